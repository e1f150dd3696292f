# Which devices there are, how they are cabled, and what they are called. Sourced by `lab`.

load() {
    [ -r "$LAB_DIR/lab.env" ] || die "the lab is down (no $LAB_DIR/lab.env)"
    . "$LAB_DIR/lab.env"
}

ns()       { echo "$LAB_NAME-$1"; }
routers()  { local i; for ((i = 1; i <= N; i++)); do echo "r$i"; done; }
switches() { if [ "$SWITCHES" = 1 ]; then printf '%s\n' sw1 sw2; fi; }
hosts()    { if [ "$SWITCHES" = 1 ]; then printf '%s\n' h1 h2 h3 h4; fi; }
devices()  { routers; switches; }

address() {                   # device: its management address
    case $1 in
        r*)  echo "$LAB_NET.$((10 + ${1#r}))" ;;
        sw*) echo "$LAB_NET.$((200 + ${1#sw}))" ;;
    esac
}

is_device() { devices | grep -x -- "${1:-}" >/dev/null || die "no such device: ${1:-(none given)}"; }
is_router() { routers | grep -x -- "${1:-}" >/dev/null || die "no such router: ${1:-(none given)}"; }

# One line for each data link: "A ifA B ifB addressA addressB kind".
links() {
    local i next half
    ((N >= 2)) || return 0
    for ((i = 1; i <= N; i++)); do
        next=$((i % N + 1))
        ((N == 2 && i == 2)) && break
        echo "r$i eth1 r$next eth2 10.0.$i.0/31 10.0.$i.1/31 p2p"
    done
    half=$((N / 2 + 1))
    ((N >= 4)) && echo "r1 eth3 r$half eth3 10.0.200.1/30 10.0.200.2/30 lan"
    return 0
}

degree() { links | awk -v r="$1" '$1 == r || $3 == r' | wc -l; }

# The unreachable route keeps lab traffic from ever leaving by the machine's default route.
lay_cables() {
    local device i a ai b bi _
    ip route add unreachable "$LAB_NET.0/24" || die "$LAB_NET.0/24 is in use here; set LAB_NET"
    for device in $(devices) $(hosts); do ip netns add "$(ns "$device")"; done
    for device in $(devices); do
        ip link add "$(ns "$device")" type veth peer name eth0 netns "$(ns "$device")"
        ip addr add "$LAB_NET.1/32" peer "$(address "$device")/32" dev "$(ns "$device")"
        ip link set "$(ns "$device")" up
    done
    links | while read -r a ai b bi _; do
        ip link add "$ai" netns "$(ns "$a")" type veth peer name "$bi" netns "$(ns "$b")"
    done
    [ "$SWITCHES" = 0 ] || lay_switch_cables
}

# h1 and h2 in VLAN 10, h3 and h4 in VLAN 20, one of each on each switch.
lay_switch_cables() {
    local i
    ip link add trunk1 netns "$(ns sw1)" type veth peer name trunk1 netns "$(ns sw2)"
    for i in 1 2 3 4; do
        ip link add eth0 netns "$(ns h$i)" type veth \
            peer name "p$(((i + 1) / 2))" netns "$(ns sw$((2 - i % 2)))"
        ip -n "$(ns h$i)" addr add "10.20.0.$i/24" dev eth0
        ip -n "$(ns h$i)" link set lo up
        ip -n "$(ns h$i)" link set eth0 up
        # Userspace switching does not fill in checksums.
        if command -v ethtool >/dev/null; then
            ip netns exec "$(ns h$i)" ethtool -K eth0 tx off >/dev/null 2>&1 || true
        fi
    done
}

cut_cables() {
    local device
    for device in $(devices) $(hosts); do
        ip link del "$(ns "$device")" 2>/dev/null || true
        ip netns del "$(ns "$device")" 2>/dev/null || true
    done
    ip route del unreachable "$LAB_NET.0/24" 2>/dev/null || true
}

neighbors_up() {              # router: adjacencies that are up
    if [ "$PROTO" = ospf ]; then
        inside "$1" vtysh -c 'show ip ospf neighbor' 2>/dev/null | grep -c ' Full/' || true
    else
        inside "$1" vtysh -c 'show bgp summary' 2>/dev/null |
            awk '$2 == 4 && $3 ~ /^650/ && $10 ~ /^[0-9]+$/' | wc -l
    fi
}

loopbacks_known() {           # router: routes to other routers' loopbacks
    inside "$1" ip -4 route show proto "$PROTO" 2>/dev/null |
        grep -cE '^10\.255\.0\.[0-9]+ ' || true
}

converged() {                 # router
    [ "$(neighbors_up "$1")" -ge "$(degree "$1")" ] && [ "$(loopbacks_known "$1")" -ge $((N - 1)) ]
}

wait_converged() {
    local router deadline=$((SECONDS + CONVERGE_S))
    for router in $(routers); do
        until converged "$router"; do
            ((SECONDS < deadline)) || die "$router has not converged after $CONVERGE_S s"
            sleep 0.3
        done
    done
}

wait_ready() {                # every device has run its init script and answers on port 22
    local device deadline=$((SECONDS + 120))
    for device in $(devices); do
        until [ -e "$LAB_DIR/$device/ready" ] && answers "$device"; do
            alive "$LAB_DIR/$device/init.pid" || die "$device died, see $LAB_DIR/$device/init.log"
            ((SECONDS < deadline)) || die "$device does not answer on port 22 after 120 s"
            sleep 0.1
        done
    done
}
