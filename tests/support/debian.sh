# Debian packages that a test needs: sourced, not run.

# need_packages LOG PACKAGE...: installs them, without starting the services that come with them.
# Fails when it cannot; what apt said stands in LOG.
need_packages() {
    local log=$1
    shift
    [ $# -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || { echo "not root, so these stay missing: $*" >&2; return 1; }
    command -v apt-get >/dev/null || { echo "no apt-get here, so these stay missing: $*" >&2; return 1; }
    echo "installing $*"
    (
        # One at a time: two runs would take each other's policy file away.
        flock 9
        policy=/usr/sbin/policy-rc.d
        # 101 forbids to start a service. A policy that the machine already has is left alone.
        if [ ! -e $policy ]; then
            trap 'rm -f $policy' EXIT
            printf '#!/bin/sh\nexit 101\n' >$policy
            chmod 755 $policy
        fi
        export DEBIAN_FRONTEND=noninteractive
        apt_get update && apt_get install -y --no-install-recommends "$@"
    ) 9>/tmp/netsnap-packages.lock >"$log" 2>&1 </dev/null ||
        { echo "apt-get failed: $(tail -n 1 "$log") (all of it: $log)" >&2; return 1; }
}

apt_get() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }
