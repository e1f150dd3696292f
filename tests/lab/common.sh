# What every part of the lab uses: messages, processes, and what the machine must have. Sourced by `lab`.

die()  { echo "lab: $*" >&2; exit 1; }
say()  { echo "lab: $*"; }
now()  { date +%s.%N; }
took() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f s", b - a }'; }

need_root() {
    [ "$(id -u)" = 0 ] || die "must run as root: it makes network namespaces"
    unshare --net --mount --pid --fork true 2>/dev/null ||
        die "cannot create namespaces: CAP_SYS_ADMIN is missing here"
}

# The names end up in interface names (15 bytes at most) and in files that are read by the shell.
check_settings() {
    [[ $LAB_NAME =~ ^[a-z][a-z0-9]{0,9}$ ]] || die "LAB_NAME must be 1 to 10 small letters and digits, not '$LAB_NAME'"
    [[ $LAB_NET =~ ^10\.[0-9]{1,3}\.[0-9]{1,3}$ ]] || die "LAB_NET must be like 10.213.0, not '$LAB_NET'"
    [[ $LAB_NET != 10.0.* && $LAB_NET != 10.255.* && $LAB_NET != 10.20.0 ]] || die "LAB_NET $LAB_NET is used inside the lab"
    case $LAB_DIR in
        *[!A-Za-z0-9/._-]*) die "LAB_DIR may hold letters, digits and /._- only: '$LAB_DIR'" ;;
        /run/*|/home/*|/etc/*|/var/log/*) die "LAB_DIR $LAB_DIR would be hidden inside a device; choose another place" ;;
        /*) ;;
        *) die "LAB_DIR must be an absolute path, not '$LAB_DIR'" ;;
    esac
}

need_programs() {             # switches: 0 or 1
    local missing=()
    command -v ip >/dev/null                              || missing+=(iproute2)
    [ -x /usr/lib/frr/zebra ]                             || missing+=(frr)
    [ -x /usr/sbin/sshd ]                                 || missing+=(openssh-server)
    command -v ssh >/dev/null                             || missing+=(openssh-client)
    /usr/bin/python3 -c 'import asyncio' 2>/dev/null      || missing+=(python3)
    command -v openssl >/dev/null                         || missing+=(openssl)
    if [ "$1" = 1 ]; then
        command -v ovs-vswitchd >/dev/null                || missing+=(openvswitch-switch)
        command -v ping >/dev/null                        || missing+=(iputils-ping)
    fi
    need_packages "$LAB_DIR/apt.log" "${missing[@]}" || die "a package is missing"
}

# A process is remembered as "pid starttime", so that a recycled pid is never mistaken for ours.
starttime() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
remember()  { echo "$2 $(starttime "$2")" >"$1"; }
pid_of()    { cut -d' ' -f1 "$1"; }
alive() {
    local pid='' start=''
    [ -r "$1" ] && read -r pid start <"$1" && [ -n "$pid" ] && [ -n "$start" ] &&
        [ "$(starttime "$pid")" = "$start" ]
}

# end FILE: kills the remembered process and forgets it.
end() {
    if alive "$1"; then kill -KILL "$(pid_of "$1")" 2>/dev/null || true; fi
    gone "$1"
    rm -f "$1"
}
gone() {
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        alive "$1" || return 0
        sleep 0.05
    done
    say "process $(pid_of "$1") does not end"
}

# Runs a command inside a device, as its root.
inside() {
    local device=$1
    shift
    alive "$LAB_DIR/$device/init.pid" || { echo "lab: $device is not running" >&2; return 1; }
    nsenter -t "$(pid_of "$LAB_DIR/$device/init.pid")" -r -n -m -u -p -- "$@"
}

# Whether an SSH server names itself on port 22 of a device, in one second or so many.
answers() {                   # device [seconds]
    timeout "${2:-1}" bash -c "read -r line </dev/tcp/$(address "$1")/22 && [[ \$line == SSH* ]]" 2>/dev/null
}
