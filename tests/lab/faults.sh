# What can go wrong with a device, on demand, and how it is put right again. Sourced by `lab`.

sshd_stop() {                 # waits, so that the port is free afterwards
    inside "$1" bash -c '
        p=$(cat /run/sshd.pid 2>/dev/null) || exit 0
        kill "$p" 2>/dev/null
        for ((i = 0; i < 100; i++)); do [ -d "/proc/$p" ] || break; sleep 0.02; done
        rm -f /run/sshd.pid' || true
}

sshd_start() {                # device [listen-address port]
    inside "$1" /usr/sbin/sshd -f "$LAB_DIR/$1/ssh/sshd_config" -E "$LAB_DIR/$1/log/sshd.log" \
        ${2:+-o ListenAddress="$2" -o Port="$3"}
}

# Whatever listens on port 22 is signalled: sshd, or the relay in front of it.
listener() {                  # device signal
    if alive "$LAB_DIR/$1/relay.pid"; then
        kill "-$2" "$(pid_of "$LAB_DIR/$1/relay.pid")"
    else
        inside "$1" bash -c 'kill -'"$2"' "$(cat /run/sshd.pid)"'
    fi
}

cmd_break() {
    need_root; load; is_device "${1:-}"
    local device=$1 mode=${2:-drop} mac
    [ -e "$LAB_DIR/$device/broken" ] && die "$device is already broken ($(cat "$LAB_DIR/$device/broken")); heal it first"
    case $mode in
        drop)
            # Both ends are local, so without this the machine would soon learn
            # "no route to host"; a fixed neighbor entry gives silence instead.
            mac=$(inside "$device" cat /sys/class/net/eth0/address)
            ip neigh replace "$(address "$device")" lladdr "$mac" dev "$(ns "$device")" nud permanent
            inside "$device" ip link set eth0 down ;;
        refuse)
            if [ -e "$LAB_DIR/$device/relay.pid" ]; then end "$LAB_DIR/$device/relay.pid"
            else sshd_stop "$device"; fi ;;
        hang) listener "$device" STOP ;;
        *) die "break: mode must be drop, refuse or hang" ;;
    esac
    echo "broken:$mode" >"$LAB_DIR/$device/broken"
    say "$device broken ($mode)"
}

# Undoes everything that was done to a device by `break`, `slow` and `kill-daemon`. A healthy device is left alone.
cmd_heal() {
    need_root; load; is_device "${1:-}"
    local device=$1
    case $(cat "$LAB_DIR/$device/broken" 2>/dev/null || true) in
        broken:drop)
            inside "$device" ip link set eth0 up
            ip neigh del "$(address "$device")" dev "$(ns "$device")" 2>/dev/null || true ;;
        broken:refuse) [ -e "$LAB_DIR/$device/slow" ] || sshd_start "$device" ;;
        broken:hang) listener "$device" CONT ;;
    esac
    rm -f "$LAB_DIR/$device/broken"
    slow_off "$device"
    revive_daemons "$device"
    until_answers "$device"
    say "$device healed"
}

until_answers() {             # device
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        answers "$1" 30 && return 0
        sleep 0.1
    done
    die "$1 does not answer on port 22"
}

slow_off() {                  # device
    local device=$1
    [ -e "$LAB_DIR/$device/slow" ] || return 0
    case $(cat "$LAB_DIR/$device/slow") in
        *relay*)
            end "$LAB_DIR/$device/relay.pid"
            sshd_stop "$device"
            sshd_start "$device" ;;
        *)
            tc qdisc del dev "$(ns "$device")" root 2>/dev/null || true
            inside "$device" tc qdisc del dev eth0 root 2>/dev/null || true ;;
    esac
    rm -f "$LAB_DIR/$device/slow"
}

cmd_slow() {
    need_root; load; is_device "${1:-}"
    local device=$1 ms=${2:-}
    [[ $ms =~ ^[0-9]{1,6}$ ]] || die "slow: MS must be a whole number of milliseconds"
    ms=$((10#$ms))
    [ -e "$LAB_DIR/$device/broken" ] && die "$device is broken; heal it first"
    slow_off "$device"
    [ "$ms" -gt 0 ] || { say "$device is at full speed"; return; }
    if tc qdisc add dev "$(ns "$device")" root netem delay "$((ms * 500))us" 2>/dev/null; then
        inside "$device" tc qdisc add dev eth0 root netem delay "$((ms * 500))us"
        echo "slow:${ms}ms(netem)" >"$LAB_DIR/$device/slow"
    else
        slow_by_relay "$device" "$ms"
    fi
    until_answers "$device"
    say "$device has $ms ms more round-trip time"
}

# For kernels without netem: sshd moves aside and a relay that delays both directions takes its place.
slow_by_relay() {             # device ms
    sshd_stop "$1"
    sshd_start "$1" 127.0.0.1 2222
    ip netns exec "$(ns "$1")" setsid /usr/bin/python3 "$HERE/relay.py" \
        "$(address "$1")" 2222 "$2" </dev/null >"$LAB_DIR/$1/log/relay.log" 2>&1 &
    local relay=$!
    disown $relay
    remember "$LAB_DIR/$1/relay.pid" $relay
    echo "slow:${2}ms(relay)" >"$LAB_DIR/$1/slow"
}

# The daemon's program is hidden behind /dev/null, inside this device alone, before the daemon is killed: watchfrr stays,
# reports the daemon as Down, and tries in vain to start it again, which is what a router with a crashing daemon does.
cmd_kill_daemon() {
    need_root; load; is_router "${1:-}"
    local router=$1 daemon=${2:-}
    case $daemon in
        ospfd|bgpd|zebra|staticd) ;;
        *) die "kill-daemon: the daemon must be ospfd, bgpd, zebra or staticd" ;;
    esac
    is_dead "$router" "$daemon" && { say "$router: $daemon is already dead"; return; }
    inside "$router" test -e "/run/frr/$daemon.pid" || die "$router does not run $daemon"
    inside "$router" mount --bind /dev/null "/usr/lib/frr/$daemon"
    echo "$daemon" >>"$LAB_DIR/$router/dead"
    inside "$router" bash -c 'kill -KILL "$(cat "/run/frr/$1.pid")"' - "$daemon"
    until_watched "$router" "$daemon" Down
    say "$router: $daemon killed"
}

is_dead() { grep -qx -- "$2" "$LAB_DIR/$1/dead" 2>/dev/null; }

# They start from the saved configuration; what was configured since and not saved is lost with the process.
revive_daemons() {            # router
    local router=$1 daemon
    [ -e "$LAB_DIR/$router/dead" ] || return 0
    while read -r daemon; do inside "$router" umount "/usr/lib/frr/$daemon"; done <"$LAB_DIR/$router/dead"
    while read -r daemon; do
        inside "$router" /usr/lib/frr/watchfrr.sh start "$daemon" >>"$LAB_DIR/$router/log/revive.log" 2>&1 </dev/null ||
            die "$router: $daemon does not start, see $LAB_DIR/$router/log/revive.log"
        until_watched "$router" "$daemon" Up
    done <"$LAB_DIR/$router/dead"
    rm -f "$LAB_DIR/$router/dead"
}

until_watched() {             # router daemon Up|Down: what `show watchfrr` says; it looks every 5 s
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        inside "$1" vtysh -c 'show watchfrr' </dev/null 2>/dev/null |
            awk -v d="$2" -v s="$3" '$1 == d && $2 == s { found = 1 } END { exit !found }' && return 0
        sleep 0.2
    done
    die "$1: watchfrr does not report $2 as $3"
}

cmd_link() {
    need_root; load; is_device "${1:-}"
    [[ ${3:-} == up || ${3:-} == down ]] || die "link: usage: lab link rN ethX up|down"
    inside "$1" ip link set "$2" "$3"
    say "$1 $2 $3"
}
