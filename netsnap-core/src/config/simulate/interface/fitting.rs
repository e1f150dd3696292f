//! Which lines does no interface take, or not this one?
//!
//! Addresses of another kind than an interface has, and what only another interface does: devices refuse them as they are typed.

use std::net::{IpAddr, Ipv4Addr};

use super::super::address::Prefix;
use super::super::doubt::begins;
use super::super::shape;
use super::super::table::Table;
use super::super::tree::Node;
use super::{Interface, NO_PORTS, kind, network};

/// Says whether a word is a group of multicast, or a network of groups: no route leads there or through one, and no peer is one.
pub(super) fn is_group(word: &str) -> bool {
    let address = word.split('/').next().unwrap_or(word);
    let address = address.parse::<Ipv4Addr>();
    address.is_ok_and(|address| address.is_multicast())
}

/// Says whether no way stands behind the network of a route: an address of no host (Cisco IOS: "%Invalid next hop address"), or one is
/// for the device itself.
pub(super) fn leads_nowhere(words: &[&str]) -> bool {
    let words = words
        .strip_prefix(&["vrf"])
        .map_or(words, |rest| &rest[rest.len().min(1)..]);
    let is_no_host = |word: &&str| {
        let address = word.parse::<Ipv4Addr>();
        address.is_ok_and(|address| !shape::is_host(address.into()))
    };
    let [network, _, hops @ ..] = words else {
        return false;
    };
    network.starts_with("127.") || (!network.contains('/') && hops.iter().any(is_no_host))
}

/// Says whether a word names a tunnel that is not there, by which a route cannot lead. Ports may be left out of a text.
pub(super) fn is_no_interface(table: &Table, root: &Node, word: &str) -> bool {
    let own = word.trim_end_matches(|c: char| c.is_ascii_digit() || "/.:".contains(c));
    let is_name = own.len() < word.len() && table.interfaces.iter().any(|kind| kind == own);
    is_name && own == "Tunnel" && root.child(&format!("interface {word}")).is_none()
}

/// Says whether a word is an address of IPv6 of one link alone, or of a group: no way leads through one without an interface (Cisco
/// IOS: "Interface has to be specified for a link-local nexthop").
pub(super) fn is_of_one_link(word: &str) -> bool {
    let address = word.parse::<std::net::Ipv6Addr>();
    address.is_ok_and(|address| address.is_unicast_link_local() || address.is_multicast())
}

/// Says whether an interface is a part of a port that switches, which has none.
pub(super) fn is_of_switched(root: &Node, name: &str) -> bool {
    let port = name
        .split_once('.')
        .map(|(port, _)| format!("interface {port}"));
    let port = port.and_then(|port| root.child(&port));
    let port = port.and_then(Interface::of);
    port.is_some_and(|port| port.has("switchport") && !port.has("no switchport"))
}

impl Interface<'_> {
    /// A subinterface has a tag before it has an address, and what is none has no tag.
    pub(super) fn lacks_its_tag(self, words: &[&str]) -> bool {
        let has_parts = !NO_PORTS.contains(&kind(self.name).as_str());
        if matches!(words, ["encapsulation", "dot1Q" | "dot1q", ..]) {
            return has_parts && !self.name.contains('.');
        }
        let is_address = matches!(words, ["ip" | "ipv6", "address", ..]);
        is_address && self.name.contains('.') && !self.has("encapsulation")
    }

    /// What becomes of the parts of a port that is to switch no document says.
    pub(super) fn has_parts(self, root: &Node) -> bool {
        let part = format!("interface {}.", self.name);
        root.children
            .iter()
            .any(|port| port.text.starts_with(&part))
    }

    /// Says whether another part of the same port has the tag of a line.
    pub(super) fn shares_its_tag(self, root: &Node, words: &[&str]) -> bool {
        let Some((port, _)) = self.name.split_once('.') else {
            return false;
        };
        let line = words.join(" ");
        let mut others = root.children.iter().filter_map(Interface::of);
        words[0] == "encapsulation"
            && others.any(|other| {
                let is_part = other
                    .name
                    .split_once('.')
                    .is_some_and(|(own, _)| own == port);
                is_part && other.name != self.name && other.lines().any(|own| own == line)
            })
    }

    /// A mask of all bits is one of loopbacks (Cisco IOS: "Bad mask /32 for address"); tunnels and dialled lines have it, too.
    pub(super) fn is_single_address(self, words: &[&str]) -> bool {
        const BROADCAST: &[&str] = &["vlan", "port-channel", "bdi", "bvi"];
        let kind = kind(self.name);
        let is_broadcast = BROADCAST.contains(&kind.as_str())
            || kind.ends_with("ethernet")
            || kind.ends_with("gige");
        let own = network(&words.join(" ")).filter(|_| is_broadcast);
        own.is_some_and(|own| own.address().is_ipv4() && own.length() == 32)
    }

    /// No packet of IP is longer than what the interface carries.
    pub(super) fn is_too_long(self, words: &[&str]) -> bool {
        let ["ip" | "ipv6", "mtu", most] = words else {
            return false;
        };
        let carried = self.lines().find_map(|line| line.strip_prefix("mtu "));
        let carried = carried.and_then(|most| most.parse().ok()).unwrap_or(1500);
        // What a part of a port carries is said of the port.
        let is_port = !NO_PORTS.contains(&kind(self.name).as_str()) && !self.name.contains('.');
        is_port && most.parse::<u32>().is_ok_and(|most| most > carried)
    }

    /// A thousand megabits and more are sent and received at the same time.
    pub(super) fn is_half_of_fast(self, words: &[&str]) -> bool {
        words == ["duplex", "half"] && (self.has("speed 1000") || self.has("speed 10000"))
    }

    /// What a loopback carries is not set (Cisco IOS: "Interface Loopback0 does not support user settable mtu").
    pub(super) fn carries_all(self, words: &[&str]) -> bool {
        matches!(words, ["mtu", ..]) && matches!(kind(self.name).as_str(), "loopback" | "tunnel")
    }

    /// Says whether a line of ports stands on what is none, or one of tunnels on another interface: no device takes it there.
    pub(super) fn is_no_port_or_tunnel(self, words: &[&str]) -> bool {
        const LOGICAL: &[&str] = &[
            "loopback", "vlan", "tunnel", "null", "nve", "vxlan", "bdi", "bvi",
        ];
        let kind = kind(self.name);
        let is_logical = LOGICAL.contains(&kind.as_str());
        match words {
            ["speed" | "duplex", ..] | ["ip", "dhcp", "snooping", "trust"] => is_logical,
            ["standby" | "vrrp", ..] => matches!(kind.as_str(), "loopback" | "tunnel"),
            ["tunnel", ..] => (is_logical && kind != "tunnel") || self.name.contains('/'),
            ["switchport", "access" | "voice", "vlan", vlan]
            | ["switchport", "trunk", "native", "vlan", vlan] => vlan
                .parse()
                .is_ok_and(|vlan: u16| (1002..=1005).contains(&vlan)),
            _ => false,
        }
    }

    /// Says whether a tunnel has its own address for its source, or both ends of another one: they may be refused, or go down.
    pub(super) fn is_tunnel_again(self, root: &Node, words: &[&str]) -> bool {
        if let ["tunnel", "source", source] = words {
            return *source == self.name;
        }
        let end = words.join(" ");
        let source = self.lines().find(|line| begins(line, "tunnel source"));
        let is_other = |other: Interface<'_>| {
            let has = |line: &str| other.lines().any(|own| own == line);
            other.name != self.name
                && !other.has("tunnel key")
                && has(&end)
                && source.is_some_and(has)
        };
        let mut others = root.children.iter().filter_map(Interface::of);
        matches!(words, ["tunnel", "destination", _]) && others.any(is_other)
    }

    /// Two groups of an interface have no gateway in common.
    pub(super) fn shares_its_gateway(self, words: &[&str]) -> bool {
        let [
            "standby" | "vrrp",
            group,
            family @ ("ip" | "ipv4"),
            address,
            ..,
        ] = words
        else {
            return false;
        };
        let is_other = |line: &str| {
            let other: Vec<&str> = line.split(' ').collect();
            matches!(other[..], [what, number, kind, gateway, ..]
                if what == words[0] && number != *group && kind == *family && gateway == *address)
        };
        self.lines().any(is_other)
    }
}

/// Says whether a line gives an interface an IPv6 address of a group, or one of its link alone as if it were of a network.
pub(super) fn is_no_global(words: &[&str]) -> bool {
    let ["ipv6", "address", prefix] = words else {
        return false;
    };
    let address = Prefix::parse(prefix).map(Prefix::address);
    matches!(address, Some(IpAddr::V6(address)) if address.is_multicast()
        || address.is_unicast_link_local()
        || address.is_loopback()
        || address.is_unspecified())
}

/// Says whether a policy that has queues is to look at what comes in: there are queues where packets leave alone.
pub(super) fn queues_what_comes_in(root: &Node, words: &[&str]) -> bool {
    const QUEUES: &[&str] = &[
        "priority",
        "bandwidth",
        "shape",
        "fair-queue",
        "random-detect",
    ];
    let ["service-policy", "input", name] = words else {
        return false;
    };
    let policy = root.child(&format!("policy-map {name}"));
    let classes = policy.into_iter().flat_map(|policy| policy.children.iter());
    let mut lines = classes.flat_map(|class| class.children.iter());
    lines.any(|line| QUEUES.iter().any(|start| begins(&line.text, start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_no_host() {
        for word in ["224.0.0.1", "239.0.0.0/8"] {
            assert!(is_group(word), "{word}");
        }
        for word in ["10.0.0.1", "240.0.0.0", "Null0", "255.255.255.0"] {
            assert!(!is_group(word), "{word}");
        }
    }

    #[test]
    fn an_address_of_ipv6_is_of_a_network() {
        let is_no_global = |line: &str| is_no_global(&line.split(' ').collect::<Vec<_>>());
        for line in [
            "ipv6 address FF02::1/64",
            "ipv6 address fe80::1/64",
            "ipv6 address ::1/128",
        ] {
            assert!(is_no_global(line), "{line}");
        }
        for line in [
            "ipv6 address 2001:DB8::1/64",
            "ipv6 address FE80::1 link-local",
        ] {
            assert!(!is_no_global(line), "{line}");
        }
    }
}
