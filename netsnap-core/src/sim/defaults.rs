//! What do ready-made devices boot with?

use std::fmt::Write;

use super::ospf::Link;

/// The configuration of router `number`, as FRR 8.4.4 prints that of a router in a ring with OSPF.
pub(super) fn frr(name: &str, number: usize, links: &[Link]) -> String {
    let mut text = format!(
        "Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\nfrr defaults traditional\nhostname {name}\n\
         log file /var/log/frr/frr.log informational\nno ipv6 forwarding\nservice integrated-vtysh-config\n!\n"
    );
    for host in 0..8 {
        let _ = writeln!(text, "ip route 192.0.2.{}/32 blackhole", host * 16);
    }
    let _ = write!(
        text,
        "!\ninterface eth0\n description management\n ip address 10.213.{}.{}/24\nexit\n!\n",
        number / 240,
        11 + number % 240
    );
    for link in links {
        for end in link.ends().into_iter().filter(|end| end.device == name) {
            interface(
                &mut text,
                end.interface,
                &end.peer(),
                &end.address(),
                end.is_shared(),
            );
        }
    }
    let (high, low) = (number / 256, number % 256);
    let _ = write!(
        text,
        "interface lo\n ip address 10.255.{high}.{low}/32\n ip ospf passive\nexit\n!\nrouter ospf\n ospf router-id 10.255.{high}.{low}\n \
         log-adjacency-changes\n timers throttle lsa all 100\n timers lsa min-arrival 50\n network 10.0.0.0/16 area 0\n \
         network 10.255.0.0/16 area 0\nexit\n!\n"
    );
    policies(&mut text);
    text.push_str("end\n");
    text
}

fn interface(text: &mut String, name: &str, peer: &str, address: &str, shared: bool) {
    let network = if shared {
        ""
    } else {
        " ip ospf network point-to-point\n"
    };
    let _ = write!(
        text,
        "interface {name}\n description to {peer}\n ip address {address}\n ip ospf dead-interval 8\n ip ospf hello-interval 2\n{network}exit\n!\n"
    );
}

fn policies(text: &mut String) {
    for entry in 1..=12 {
        let _ = writeln!(
            text,
            "ip prefix-list CUSTOMERS seq {} permit 198.51.{}.0/24",
            entry * 5,
            99 + entry
        );
    }
    text.push_str("!\nroute-map EXPORT permit 10\n match ip address prefix-list CUSTOMERS\n set metric 100\nexit\n!\nroute-map EXPORT deny 20\nexit\n!\n");
}

/// The configuration of a Cisco IOS router, in the shape of its configuration guides.
pub(super) fn ios(name: &str) -> String {
    let mut text = format!(
        "Building configuration...\n\nCurrent configuration : 1650 bytes\n!\nversion 17.9\nservice timestamps debug datetime msec\n\
         service timestamps log datetime msec\n!\nhostname {name}\n!\nvrf definition CUSTOMER\n rd 65000:1\n !\n address-family ipv4\n exit-address-family\n!\n\
         interface Loopback0\n ip address 10.255.0.1 255.255.255.255\n!\n"
    );
    for port in 1..=4 {
        let _ = write!(
            text,
            "interface GigabitEthernet0/{port}\n description port {port}\n ip address 10.1.{port}.1 255.255.255.0\n ip ospf cost 10\n!\n"
        );
    }
    text.push_str(
        "router ospf 1\n router-id 10.255.0.1\n network 10.0.0.0 0.255.255.255 area 0\n!\nip route 192.0.2.0 255.255.255.0 Null0\n!\n\
         ip access-list extended EDGE\n 10 permit tcp any host 10.1.1.10 eq 443\n 20 deny ip any any log\n!\n\
         ip prefix-list CUSTOMERS seq 5 permit 198.51.100.0/24\n!\nline con 0\n stopbits 1\nline vty 0 4\n login local\n transport input ssh\n!\nend\n",
    );
    text
}
