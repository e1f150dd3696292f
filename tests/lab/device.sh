# What is inside a device: accounts, SSH server, routing configuration; and how it starts. Sourced by `lab`.

# A device has an /etc of its own, a copy of the machine's, mounted as a whole. Single files mounted over /etc/passwd and its like
# would fall off as soon as the machine replaces its own, which the installation of any package may do.
copy_etc() {                  # device
    cp -a /etc "$LAB_DIR/$1/etc"
    rm -rf "$LAB_DIR/$1/etc/frr"
}

write_accounts() {            # device login-shell extra-groups...
    local e=$LAB_DIR/$1/etc shell=$2 g hash
    shift 2
    hash=$(cat "$LAB_DIR/password.hash")
    { grep -v "^$LAB_USER:" /etc/passwd; echo "$LAB_USER:x:$LAB_UID:$LAB_UID::/home/$LAB_USER:$shell"; } >"$e/passwd"
    { grep -v "^$LAB_USER:" /etc/shadow; echo "$LAB_USER:$hash:19000:0:99999:7:::"; } >"$e/shadow"
    { grep -v "^$LAB_USER:" /etc/group;  echo "$LAB_USER:x:$LAB_UID:"; } >"$e/group"
    for g in "$@"; do
        sed -i "/^$g:/{s/:\$/:$LAB_USER/;t;s/\$/,$LAB_USER/}" "$e/group"
    done
    chown root:shadow "$e/shadow"; chmod 640 "$e/shadow"
}

write_ssh() {                 # device
    local d=$LAB_DIR/$1
    ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$d/ssh/host_ed25519"
    ssh-keygen -q -t ecdsa   -N '' -C "$1" -f "$d/ssh/host_ecdsa"
    cat >"$d/ssh/sshd_config" <<-CONF
	HostKey $d/ssh/host_ed25519
	HostKey $d/ssh/host_ecdsa
	PidFile /run/sshd.pid
	AuthorizedKeysFile /run/sshd/authorized_keys
	StrictModes no
	AllowUsers $LAB_USER
	PasswordAuthentication yes
	KbdInteractiveAuthentication yes
	PubkeyAuthentication yes
	UsePAM yes
	UseDNS no
	PrintMotd no
	PrintLastLog no
	X11Forwarding no
	AllowTcpForwarding no
	CONF
    cp "$LAB_DIR/id_ed25519.pub" "$d/run/sshd/authorized_keys"
    cat >"$d/etc/pam.d/sshd" <<-'CONF'
	auth     required pam_unix.so
	account  required pam_unix.so
	password required pam_deny.so
	session  required pam_permit.so
	CONF
}

router_conf() {               # device: its frr.conf
    local r=$1 n=${1#r} a ai b bi aa ba kind
    cat <<-CONF
	frr version 8.4.4
	frr defaults traditional
	hostname $r
	log file /var/log/frr/frr.log informational
	service integrated-vtysh-config
	!
	interface eth0
	 description management
	 ip address $(address "$r")/24
	!
	interface lo
	 ip address 10.255.0.$n/32
	$([ "$PROTO" = bgp ] || echo ' ip ospf passive')
	!
	CONF
    links | while read -r a ai b bi aa ba kind; do
        if   [ "$a" = "$r" ]; then interface_conf "$ai" "$b $bi" "$aa" "$kind"
        elif [ "$b" = "$r" ]; then interface_conf "$bi" "$a $ai" "$ba" "$kind"
        fi
    done
    if [ "$PROTO" = ospf ]; then
        cat <<-CONF
	router ospf
	 ospf router-id 10.255.0.$n
	 log-adjacency-changes
	 timers throttle lsa all 100
	 timers lsa min-arrival 50
	 network 10.0.0.0/16 area 0
	 network 10.255.0.0/24 area 0
	!
	CONF
    else
        echo "router bgp $((65000 + n))"
        echo " bgp router-id 10.255.0.$n"
        echo " no bgp ebgp-requires-policy"
        links | while read -r a ai b bi aa ba kind; do
            if   [ "$a" = "$r" ]; then neighbor_conf "$ba" "$b"
            elif [ "$b" = "$r" ]; then neighbor_conf "$aa" "$a"
            fi
        done
        cat <<-CONF
	 !
	 address-family ipv4 unicast
	  network 10.255.0.$n/32
	 exit-address-family
	!
	CONF
    fi
    echo "end"
}

interface_conf() {            # ifname "peer ifname" address kind
    echo "interface $1"
    echo " description to $2"
    echo " ip address $3"
    if [ "$PROTO" = ospf ]; then
        [ "$4" = lan ] || echo " ip ospf network point-to-point"
        echo " ip ospf hello-interval 2"
        echo " ip ospf dead-interval 8"
    fi
    echo "!"
}

neighbor_conf() {             # peer-address/len peer
    echo " neighbor ${1%/*} remote-as $((65000 + ${2#r}))"
    echo " neighbor ${1%/*} description $2"
    echo " neighbor ${1%/*} timers 3 9"
    echo " neighbor ${1%/*} timers connect 2"
    echo " neighbor ${1%/*} advertisement-interval 0"
}

write_router() {
    local r=$1 d=$LAB_DIR/$1
    mkdir -p "$d"/{run/frr,run/sshd,log/frr,ssh,home/$LAB_USER}
    copy_etc "$r"
    mkdir "$d/etc/frr"
    write_accounts "$r" /usr/bin/vtysh frr frrvty
    write_ssh "$r"
    router_conf "$r" >"$d/etc/frr/frr.conf"
    echo 'service integrated-vtysh-config' >"$d/etc/frr/vtysh.conf"
    cat >"$d/etc/frr/daemons" <<-CONF
	bgpd=$([ "$PROTO" = bgp ] && echo yes || echo no)
	ospfd=$([ "$PROTO" = ospf ] && echo yes || echo no)
	vtysh_enable=yes
	zebra_options="-A 127.0.0.1 -s 90000000"
	staticd_options="-A 127.0.0.1"
	ospfd_options="-A 127.0.0.1"
	bgpd_options="-A 127.0.0.1"
	CONF
    chown -R frr:frr "$d/etc/frr" "$d/run/frr" "$d/log/frr"
    chown frr:frrvty "$d/etc/frr/vtysh.conf"
    chmod 750 "$d/etc/frr"; chmod 640 "$d"/etc/frr/*; chmod 755 "$d/run/frr"
    chown -R $LAB_UID:$LAB_UID "$d/home/$LAB_USER"
}

write_switch() {
    local s=$1 d=$LAB_DIR/$1
    mkdir -p "$d"/{run/openvswitch,run/sshd,log,ssh,home/$LAB_USER}
    copy_etc "$s"
    mkdir -p "$d/etc/openvswitch"
    write_accounts "$s" /bin/bash
    write_ssh "$s"
    chown -R $LAB_UID:$LAB_UID "$d/home/$LAB_USER"
}

# Starts the device's first process in namespaces of its own.
start_device() {              # device kind
    local d=$1 dir=$LAB_DIR/$1 child=''
    ip netns exec "$(ns "$d")" setsid unshare --fork --pid --mount --uts --mount-proc \
        bash "$HERE/init" "$d" "$2" "$dir" "$(address "$d")" \
        </dev/null >"$dir/init.log" 2>&1 &
    local outer=$!
    disown $outer
    remember "$dir/outer.pid" $outer
    local tries
    for ((tries = 0; tries < 500; tries++)); do
        child=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null || true)
        child=${child%% *}
        # wait for the last exec, so that the child is init and not a forerunner
        [ -n "$child" ] && grep -qzF -- "$HERE/init" "/proc/$child/cmdline" 2>/dev/null && break
        sleep 0.01
    done
    [ -n "$child" ] || die "$d did not start, see $dir/init.log"
    remember "$dir/init.pid" "$child"
}
