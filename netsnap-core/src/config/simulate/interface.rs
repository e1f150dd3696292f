//! What must a line of an interface know of that interface and of all others?
//!
//! Devices whose documents are known refuse such lines, ignore them or carry them on to other interfaces: all of them prove
//! nothing. Two addresses of one network and of one VRF are refused (arista.eos: "% Subnet … overlaps"; cisco.ios: "% …
//! overlaps with …", both recorded by their terminal plugins). The members of a bundle are of one mode (recorded, EOS: "Cannot
//! change mode; remove all members and try again"; NX-OS: "Port-channel mode cannot be changed in a non-empty port-channel, and
//! port mode must match with port-channel mode").

mod fitting;
mod gateway;

use std::net::IpAddr;

use super::address::Prefix;
use super::bundle;
use super::doubt::begins;
use super::table::Table;
use super::tree::Node;
use fitting::{
    is_group, is_no_global, is_no_interface, is_of_one_link, is_of_switched, leads_nowhere,
    queues_what_comes_in,
};
pub(super) use gateway::{Readdressed, is_no_gateway};

/// Lines of ports alone, and of bundles.
const OF_PORTS: &[&str] = &[
    "switchport",
    "channel-group",
    "lacp",
    "storm-control",
    "spanning-tree",
    "lldp",
];

/// Lines of bundles alone.
const OF_BUNDLES: &[&str] = &["mlag", "vpc", "port-channel"];

/// Kinds of interfaces that are no ports.
const NO_PORTS: &[&str] = &[
    "loopback",
    "vlan",
    "tunnel",
    "null",
    "nve",
    "vxlan",
    "bdi",
    "bvi",
    "management",
    "mgmt",
];

/// Lines that a member of a bundle has for itself.
const OWN: &[&str] = &["description", "channel-group", "lacp", "cdp", "lldp"];

/// Lines of a bundle that its members do not take over.
const OF_THE_BUNDLE: &[&str] = &["ip", "ipv6", "vrf", "vpc"];

/// The families of a VRF.
const FAMILIES: [&str; 2] = ["address-family ipv4", "address-family ipv6"];

/// Kinds of interfaces that are made by their names, and are up then.
const LOGICAL: &[&str] = &["loopback", "vlan", "tunnel", "port-channel", "vxlan"];

/// Says so of a line that was carried out in a section at the top.
pub(super) fn is_doubtful(
    table: &Table,
    root: &Node,
    section: Option<&str>,
    words: &[&str],
) -> bool {
    if !table.is_documented() {
        return false;
    }
    match (section, words) {
        (Some(key), ["no", "address-family", ..]) if key.starts_with("vrf definition ") => {
            is_in_use(root, key)
        }
        (None, ["ip", "route", rest @ ..]) => {
            let is_wrong = |word: &&str| {
                is_own(root, word) || is_group(word) || is_no_interface(table, root, word)
            };
            rest.iter().any(is_wrong) || leads_nowhere(rest)
        }
        (None, ["interface", name]) => {
            is_made(root, name)
                && (is_invented(root, name) || is_strange(name) || is_of_switched(root, name))
        }
        (Some(key), ["neighbor", address, ..]) if key.starts_with("router bgp") => {
            is_own(root, address) || is_group(address)
        }
        (None, ["ipv6", "route", _, hop, ..]) => is_of_one_link(hop),
        (None, ["ntp", "server", rest @ ..]) => rest.iter().any(|word| is_own(root, word)),
        (Some("mlag configuration"), ["peer-address", address]) => is_own(root, address),
        (Some(key), _) => root
            .child(key)
            .and_then(Interface::of)
            .is_some_and(|own| own.is_doubtful(table, root, words)),
        _ => false,
    }
}

/// Says whether a word is an address of the device: a route through it is refused (Cisco IOS: "%Invalid next hop address (it's
/// this router)").
fn is_own(root: &Node, word: &str) -> bool {
    let Ok(address) = word.parse::<IpAddr>() else {
        return false;
    };
    let interfaces = root.children.iter().filter_map(Interface::of);
    let mut networks = interfaces.flat_map(Interface::networks);
    networks.any(|own| own.address() == address)
}

/// Says whether an interface was not there when the device booted.
fn is_made(root: &Node, name: &str) -> bool {
    let mut ports = root.children.iter().filter_map(Interface::of);
    ports.any(|port| port.name == name && !port.node.booted)
}

/// Says whether a port was made by its name, where others of its kind stood before: devices print all that they have.
fn is_invented(root: &Node, name: &str) -> bool {
    let own = kind(name);
    let is_port =
        |name: &str| own.ends_with("ethernet") && kind(name) == own && !name.contains('.');
    let ports = root.children.iter().filter_map(Interface::of);
    let (mut old, mut new): (Vec<_>, Vec<_>) = ports
        .filter(|port| is_port(port.name))
        .partition(|port| port.node.booted);
    old.retain(|port| port.name != name);
    new.retain(|port| port.name == name);
    !old.is_empty() && !new.is_empty()
}

/// Says whether an interface was made of a kind that may be shut by default, as bridge domain interfaces are.
fn is_strange(name: &str) -> bool {
    let is_known = LOGICAL.contains(&kind(name).as_str()) || name.contains('.');
    let is_port = name.contains('/') || kind(name) == "ethernet";
    // A VLAN has a number of twelve bits, and no device of IOS as many bundles. What carries no tags has no parts.
    let is_in = |low, high| {
        number(name)
            .parse()
            .is_ok_and(|number| (low..=high).contains(&number))
    };
    let is_numbered = match kind(name).as_str() {
        "vlan" => is_in(1, 4094),
        "loopback" | "tunnel" => is_in(0, i32::MAX.unsigned_abs()),
        "port-channel" => !name.starts_with("Port-channel") || name.contains('.') || is_in(1, 512),
        _ => true,
    };
    (!is_known && !is_port) || !is_numbered
}

/// Says whether a line gives an interface an address of a family that its VRF does not have: a VRF of IOS takes those of its
/// families alone (IOS MPLS command reference, vrf definition, by name).
pub(super) fn lacks_family(root: &Node, section: Option<&str>, words: &[&str]) -> bool {
    let own = section.and_then(|key| root.child(key));
    own.and_then(Interface::of)
        .is_some_and(|own| own.lacks_the_family(root, &words.join(" ")))
}

/// Says whether a text leaves the families of its VRFs out: an interface has an address that its VRF could not take.
pub(super) fn leaves_families_out(root: &Node) -> bool {
    let is_bare = |vrf: &Node| {
        vrf.text.starts_with("vrf definition ")
            && FAMILIES.iter().any(|family| vrf.child(family).is_none())
    };
    // Most texts name them, and few VRFs have one family alone.
    let bare: Vec<&Node> = root.children.iter().filter(|vrf| is_bare(vrf)).collect();
    let is_of_bare = |interface: &Interface<'_>| {
        let vrf = interface.vrf();
        vrf.is_some_and(|vrf| bare.iter().any(|bare| bare.text.ends_with(vrf)))
    };
    let interfaces = root.children.iter().filter_map(Interface::of);
    let mut interfaces = interfaces.filter(|_| !bare.is_empty()).filter(is_of_bare);
    interfaces.any(|own| own.lines().any(|line| own.lacks_the_family(root, line)))
}

/// Says whether an interface is in a VRF that loses a family: IOS takes the addresses of the family away from it (IOS MPLS
/// command reference, address-family (VRF), by name).
fn is_in_use(root: &Node, vrf: &str) -> bool {
    let name = vrf.rsplit(' ').next();
    let mut interfaces = root.children.iter().filter_map(Interface::of);
    interfaces.any(|interface| interface.vrf() == name)
}

fn kind(name: &str) -> String {
    let kind = name.split(|c: char| c.is_ascii_digit()).next();
    kind.unwrap_or_default().to_lowercase()
}

fn number(name: &str) -> &str {
    name.trim_start_matches(|c: char| !c.is_ascii_digit())
}

/// An interface with its name.
#[derive(Clone, Copy, Debug)]
struct Interface<'a> {
    name: &'a str,
    node: &'a Node,
}

impl<'a> Interface<'a> {
    fn of(node: &'a Node) -> Option<Self> {
        let name = node.text.strip_prefix("interface ")?;
        Some(Self { name, node })
    }

    fn is_doubtful(self, table: &Table, root: &Node, words: &[&str]) -> bool {
        let (negated, words) = match words {
            ["no", rest @ ..] => (true, rest),
            _ => (false, words),
        };
        let [first, ..] = words else { return false };
        let is_led = table.bundles_lead && self.is_led(root, first);
        if is_led && !bundle::is_carried_on(root, self.node, words) {
            return true;
        }
        !negated
            && (self.is_of_another_kind(first)
                || self.is_of_another_layer(words)
                || (words == ["switchport"] && self.has_parts(root))
                || self.lacks_its_tag(words)
                || self.overlaps(root, words)
                || is_no_host(words)
                || self.is_single_address(words)
                || is_no_global(words)
                || self.is_too_long(words)
                || self.is_half_of_fast(words)
                || self.carries_all(words)
                || self.is_tunnel_again(root, words)
                || self.is_no_port_or_tunnel(words)
                || self.is_no_gateway(root, words)
                || self.shares_its_gateway(words)
                || queues_what_comes_in(root, words)
                || self.is_of_another_table(root, words)
                || self.shares_its_tag(root, words)
                || (*first == "channel-group" && self.differs_from_its_bundle(table, root, words)))
    }

    fn lines(self) -> impl Iterator<Item = &'a str> {
        self.node.children.iter().map(|child| child.text.as_str())
    }

    /// Returns the addresses that it has: a device is asked for those of all its interfaces at each line.
    fn networks(self) -> &'a [Prefix] {
        let networks = &self.node.networks;
        networks.or_look(|| self.lines().filter_map(network).collect())
    }

    fn has(self, start: &str) -> bool {
        self.lines().any(|line| begins(line, start))
    }

    fn is_of_another_kind(self, first: &str) -> bool {
        let kind = kind(self.name);
        let is_bundle = kind == "port-channel" && !self.name.contains('.');
        (OF_PORTS.contains(&first)
            && (NO_PORTS.contains(&kind.as_str()) || self.name.contains('.')))
            || (OF_BUNDLES.contains(&first) && !is_bundle)
    }

    /// A switched port has no address, and a routed one no VLANs. Lists are bound to both.
    fn is_of_another_layer(self, words: &[&str]) -> bool {
        let is_unswitched = self.has("no switchport");
        match words {
            ["switchport", _, ..] => is_unswitched || self.has("ip address"),
            ["ip" | "ipv6", "address", ..]
            | ["vrf", ..]
            | ["ip", "vrf" | "router" | "ospf" | "pim", ..] => {
                self.has("switchport") && !is_unswitched
            }
            _ => false,
        }
    }

    fn vrf(self) -> Option<&'a str> {
        const STARTS: &[&str] = &["vrf", "ip vrf forwarding"];
        let is_vrf = |line: &&str| STARTS.iter().any(|start| begins(line, start));
        self.lines().find(is_vrf)?.rsplit(' ').next()
    }

    fn lacks_the_family(self, root: &Node, line: &str) -> bool {
        let family = match line.split(' ').next() {
            _ if network(line).is_none() => return false,
            Some("ip") => FAMILIES[0],
            _ => FAMILIES[1],
        };
        let vrf = self.vrf().map(|name| format!("vrf definition {name}"));
        let vrf = vrf.and_then(|vrf| root.child(&vrf));
        vrf.is_some_and(|vrf| vrf.child(family).is_none())
    }

    fn overlaps(self, root: &Node, words: &[&str]) -> bool {
        let typed = words.join(" ");
        let Some(network) = network(&typed) else {
            return false;
        };
        let is_same = |line: &str| {
            line != typed
                && self::network(line).is_some_and(|other| other.address() == network.address())
        };
        let is_near = |other: &Prefix| meet(network, *other);
        let mut others = root.children.iter().filter_map(Interface::of);
        let vrf = self.vrf();
        self.lines().any(is_same)
            || others.any(|other| {
                other.name != self.name
                    && other.networks().iter().any(is_near)
                    && other.vrf() == vrf
            })
    }

    /// A process of one routing table takes no interface of another one (IOS OSPF command reference, ip ospf area, by name).
    fn is_of_another_table(self, root: &Node, words: &[&str]) -> bool {
        let ["ip", "ospf", process, "area", ..] = words else {
            return false;
        };
        let start = format!("router ospf {process}");
        let mut sections = root.children.iter();
        let process = sections.find(|section| begins(&section.text, &start));
        process.is_some_and(|process| process.text.split(' ').nth(4) != self.vrf())
    }

    fn group(self) -> Option<&'a str> {
        self.lines()
            .find_map(|line| line.strip_prefix("channel-group "))
    }

    /// Says whether a line of a bundle is carried on to its members, or one of a member may be refused (Catalyst software guide,
    /// EtherChannels: changes of a port-channel interface apply to all its ports; NX-OS interfaces configuration guide: members
    /// take the parameters of the port channel).
    fn is_led(self, root: &Node, first: &str) -> bool {
        let is_bundle = kind(self.name) == "port-channel" && !self.name.contains('.');
        let own = number(self.name);
        let is_member = |other: Interface<'_>| {
            let group = other.group().and_then(|group| group.split(' ').next());
            group == Some(own)
        };
        let has_members = || {
            root.children
                .iter()
                .filter_map(Interface::of)
                .any(is_member)
        };
        let leads = || is_bundle && !OF_THE_BUNDLE.contains(&first) && has_members();
        !OWN.contains(&first) && (self.group().is_some() || leads())
    }

    fn differs_from_its_bundle(self, table: &Table, root: &Node, words: &[&str]) -> bool {
        let [_, bundle, mode @ ..] = words else {
            return false;
        };
        let others = || root.children.iter().filter_map(Interface::of);
        let mode = mode.join(" ");
        let is_mixed = others().filter_map(Interface::group).any(|group| {
            let (own, other) = group.split_once(' ').unwrap_or((group, ""));
            own == *bundle && other != mode
        });
        let leader = others()
            .find(|other| kind(other.name) == "port-channel" && number(other.name) == *bundle);
        // What an NX-OS port says of spanning tree is replaced by what its bundle says, which stands there alone.
        let is_led = |line: &&str| table.members_revert && begins(line, "spanning-tree");
        let is_other = leader.is_none_or(|leader| {
            let mut shared = leader.shared();
            shared.retain(|line| !is_led(line));
            shared != self.shared()
        });
        let has_address = ["ip address", "ipv6 address", "ip unnumbered"];
        let has_address = has_address.iter().any(|start| self.has(start));
        is_mixed || has_address || (table.bundles_lead && is_other)
    }

    /// Returns the lines that a bundle and its members have in common.
    fn shared(self) -> Vec<&'a str> {
        let is_shared = |line: &&str| {
            let line = line.strip_prefix("no ").unwrap_or(line);
            let first = line.split(' ').next().unwrap_or_default();
            !OWN.contains(&first) && !OF_THE_BUNDLE.contains(&first)
        };
        let mut shared: Vec<&str> = self.lines().filter(is_shared).collect();
        shared.sort_unstable();
        shared
    }
}

/// Says whether a line gives an interface an address of no host, or a mask with holes: both are refused.
pub(super) fn is_no_host(words: &[&str]) -> bool {
    let Some(own) = network(&words.join(" ")) else {
        return false;
    };
    let IpAddr::V4(address) = own.address() else {
        return false;
    };
    let has_holes = |word: &&str| {
        let mask = word
            .parse::<std::net::Ipv4Addr>()
            .map(|mask| mask.to_bits());
        mask.is_ok_and(|mask| {
            mask.leading_ones() + mask.trailing_zeros() != u32::BITS && mask >> 31 == 1
        })
    };
    let ends = u32::MAX.checked_shr(u32::from(own.length())).unwrap_or(0);
    let host = address.to_bits() & ends;
    let is_end = own.length() < 31 && (host == 0 || host == ends);
    is_end
        || own.length() == 0
        || !super::shape::is_host(address.into())
        || words.iter().skip(3).any(has_holes)
}

/// Reads the address of a line, and how far its network goes; a link-local one is for each interface.
pub(super) fn network(line: &str) -> Option<Prefix> {
    let rest = line.strip_prefix("ip address ");
    let rest = rest.or_else(|| line.strip_prefix("ipv6 address "))?;
    let mut words = rest.split(' ').skip_while(|word| *word == "virtual");
    let first = words.next()?;
    let found = Prefix::parse(first).or_else(|| {
        let word = words.next()?;
        let mask = |mask: std::net::Ipv4Addr| mask.to_bits().count_ones();
        let length: u32 = word.parse().map(mask).or_else(|_| word.parse()).ok()?;
        Prefix::of(first.parse().ok()?, u8::try_from(length).ok()?)
    });
    found.filter(|found| match found.address() {
        IpAddr::V6(address) => !address.is_unicast_link_local(),
        IpAddr::V4(_) => true,
    })
}

/// Says whether one network holds the other.
pub(super) fn meet(one: Prefix, other: Prefix) -> bool {
    let length = one.length().min(other.length());
    one.address().is_ipv4() == other.address().is_ipv4()
        && one.within(length) == other.within(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_networks_meet_where_one_holds_the_other() {
        let read = |line: &str| network(line).unwrap();
        let net = read("ip address 10.0.0.1 255.255.255.0");
        for (line, together) in [
            ("ip address 10.0.0.2/24", true),
            ("ip address 10.0.0.129/25 secondary", true),
            ("ip address 10.0.0.0/8", true),
            ("ip address virtual 10.0.1.1/24", false),
            ("ipv6 address 2001:db8::1/64", false),
        ] {
            assert_eq!(meet(net, read(line)), together, "{line}");
        }
        for line in [
            "ip address dhcp",
            "ipv6 address fe80::1/64",
            "ip ospf cost 5",
        ] {
            assert!(network(line).is_none(), "{line}");
        }
    }

    #[test]
    fn an_address_is_that_of_a_host() {
        let is_no_host = |line: &str| is_no_host(&line.split(' ').collect::<Vec<_>>());
        for line in [
            "ip address 10.0.0.0 255.255.255.0",
            "ip address 10.0.0.255 255.255.255.0",
            "ip address 10.0.0.1 255.0.255.0",
            "ip address 224.0.0.1/24",
        ] {
            assert!(is_no_host(line), "{line}");
        }
        for line in [
            "ip address 10.0.0.1 255.255.255.0 secondary",
            "ip address 10.0.0.0/31",
            "ip address 10.0.0.1/32",
            "ipv6 address 2001:db8::/64",
            "ip ospf cost 5",
        ] {
            assert!(!is_no_host(line), "{line}");
        }
    }

    #[test]
    fn an_interface_has_a_kind_and_a_number() {
        assert_eq!(kind("Port-Channel10"), "port-channel");
        assert_eq!(number("GigabitEthernet0/1"), "0/1");
    }
}
