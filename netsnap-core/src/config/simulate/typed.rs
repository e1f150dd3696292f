//! Are the words of a line what the device takes at their place?
//!
//! Rules take a name, or all that follows, where a device asks for an interface, an address or a number: a mistyped word is refused
//! as the line is typed. What is not read here may be right all the same: it proves nothing.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::shape;
use super::tree::Node;

/// Words behind which an interface is named.
const BEFORE: &[&str] = &[
    "local-interface",
    "passive-interface",
    "peer-link",
    "source-interface",
    "trap-source",
    "unnumbered",
    "update-source",
];

/// Who is asked who somebody is, and who what somebody may do, besides groups of servers.
const ASKED_WHO: &[&str] = &["local", "local-case", "none", "enable", "line", "fallback"];
const ASKED_WHAT: &[&str] = &["local", "none", "if-authenticated"];

/// How many gateways or servers a pool of DHCP names (IOS DHCP command reference, default-router, dns-server: up to eight).
const ADDRESSES: usize = 8;

/// First words of lines that are texts.
const TEXTS: &[&str] = &["alias", "banner", "description", "remark", "cli"];

/// Says whether a word of a line is none that a device with these kinds of interfaces takes there.
pub(super) fn is_mistyped<S: AsRef<str>>(kinds: &[S], words: &[&str]) -> bool {
    if kinds.is_empty() || words.first().is_none_or(|first| TEXTS.contains(first)) {
        return false;
    }
    let is_named = |word: &&str| is_interface(kinds, word);
    match words {
        ["ip", "route", "vrf", _, rest @ ..] | ["ip", "route", rest @ ..] => !has_way(kinds, rest),
        ["tunnel", "source", source] => !is_address(source) && !is_named(source),
        ["ntp", "source", name] => !is_named(name),
        ["track", _, "interface", name, ..] => !is_named(name),
        ["default-router" | "dns-server", addresses @ ..] | ["option", _, "ip", addresses @ ..] => {
            addresses.len() > ADDRESSES || !addresses.iter().copied().all(is_host)
        }
        ["set", "as-path", "prepend", numbers @ ..] => !numbers.iter().copied().all(is_as),
        ["aaa", "authentication", "login", _, methods @ ..] => !are_methods(methods, ASKED_WHO),
        ["aaa", "authorization", "exec", _, methods @ ..] => !are_methods(methods, ASKED_WHAT),
        [
            "ip",
            "as-path",
            "access-list",
            _,
            "permit" | "deny",
            pattern @ ..,
        ] => !pattern.iter().copied().all(is_balanced),
        ["spanning-tree", "vlan" | "vlan-id", vlans, ..] => !vlans.split(',').all(is_range),
        ["storm-control", _, "level", level, ..] => {
            level.parse::<f64>().is_ok_and(|level| level > 100.0)
        }
        ["hostname" | "switchname", name] => {
            let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            name.bytes().all(|byte| byte.is_ascii_digit()) || !name.bytes().all(is_known)
        }
        ["ip", "virtual-router", "mac-address", address]
        | ["fabric", "forwarding", "anycast-gateway-mac", address] => is_of_many(address),
        _ => {
            let is_wrong = |pair: &[&str]| {
                let is_place = BEFORE.contains(&pair[0]);
                is_place
                    && !matches!(pair[1], "default" | "traps" | "informs")
                    && !is_named(&pair[1])
            };
            words.windows(2).any(is_wrong)
        }
    }
}

/// Says whether a line names an interface that is not there, where others of its kind were printed: most devices refuse to take
/// their own address from one that they do not have (Cisco IOS: "% Invalid interface type and number"; others by name).
pub(super) fn names_none<S: AsRef<str>>(kinds: &[S], root: &Node, words: &[&str]) -> bool {
    if words
        .first()
        .is_none_or(|first| *first == "no" || TEXTS.contains(first))
    {
        return false;
    }
    let is_place = |pair: &&[&str]| match pair[0] {
        "source" => matches!(words, ["tunnel" | "ntp", "source", ..]),
        before => before != "passive-interface" && BEFORE.contains(&before),
    };
    let mut places = words.windows(2).filter(is_place);
    places.any(|pair| is_interface(kinds, pair[1]) && is_absent(root, pair[1]))
}

/// Says whether a line names an interface with a number that none of its kind has.
pub(super) fn is_beyond(numbers: &BTreeMap<String, (u32, u32)>, words: &[&str]) -> bool {
    let is_text = words.first().is_none_or(|first| TEXTS.contains(first));
    let is_so = |word: &&str| {
        let mut kinds = numbers.iter();
        kinds.any(|(kind, (low, high))| {
            let number = word.strip_prefix(kind.as_str());
            let number = number.and_then(|number| number.parse::<u32>().ok());
            number.is_some_and(|number| !(low..=high).contains(&&number))
        })
    };
    !is_text && words.iter().any(is_so)
}

fn is_absent(root: &Node, name: &str) -> bool {
    let kind = |name: &str| {
        name.trim_end_matches(|c: char| c.is_ascii_digit() || "/.:".contains(c))
            .to_owned()
    };
    let ports = || {
        let ports = root.children.iter();
        ports.filter_map(|port| Some((port.text.strip_prefix("interface ")?, port.booted)))
    };
    let is_of_kind = |(other, booted): (&str, bool)| booted && kind(other) == kind(name);
    ports().all(|(other, _)| other != name) && ports().any(is_of_kind)
}

/// Says whether a host name has other characters than letters, digits and hyphens, or a hyphen at one of its ends: Cisco IOS takes it,
/// and complains ("% Hostname contains one or more illegal characters.", IOS command reference, hostname).
pub(super) fn is_odd_host(words: &[&str]) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_odd =
        |name: &str| !name.bytes().all(is_plain) || name.starts_with('-') || name.ends_with('-');
    matches!(words, ["hostname", name] if is_odd(name))
}

/// Says whether a hardware address is one of many receivers: no gateway has it.
fn is_of_many(address: &str) -> bool {
    let first = address.get(..2);
    let first = first.and_then(|first| u8::from_str_radix(first, 16).ok());
    first.is_some_and(|first| first & 1 == 1)
}

/// Says whether a way stands behind the network of a route of IPv4: an address of a host, an interface, or a word that leads
/// elsewhere. Newer releases of some take a next hop of IPv6.
fn has_way<S: AsRef<str>>(kinds: &[S], words: &[&str]) -> bool {
    let behind = match words {
        [network, way, ..] if network.contains('/') => *way,
        [_, _, way, ..] => *way,
        _ => return false,
    };
    let hop = behind.parse::<IpAddr>();
    hop.is_ok_and(|hop| hop.is_ipv4() && shape::is_host(hop))
        || is_interface(kinds, behind)
        || matches!(
            behind,
            "Null0" | "null0" | "dhcp" | "Nexthop-Group" | "egress-vrf"
        )
}

/// An address, of IPv4 one of a host.
fn is_host(word: &str) -> bool {
    let address = word.parse::<IpAddr>();
    address.is_ok_and(|address| address.is_ipv6() || shape::is_host(address))
}

fn is_address(word: &str) -> bool {
    word.parse::<IpAddr>().is_ok()
}

/// A kind of interface with a number behind it.
fn is_interface<S: AsRef<str>>(kinds: &[S], word: &str) -> bool {
    let mut kinds = kinds.iter().map(AsRef::as_ref);
    kinds.any(|kind| {
        let number = word.strip_prefix(kind).unwrap_or_default();
        number.starts_with(|c: char| c.is_ascii_digit())
            && number
                .chars()
                .all(|c| c.is_ascii_digit() || "/.:".contains(c))
    })
}

/// A number of an AS, with a dot or without.
fn is_as(word: &str) -> bool {
    let dotted =
        |(high, low): (&str, &str)| high.parse::<u16>().is_ok() && low.parse::<u16>().is_ok();
    word.parse::<u32>().is_ok() || word.split_once('.').is_some_and(dotted)
}

/// Methods, each by its name or as a group: four at most, none twice, and none behind `none` (IOS security command reference, aaa
/// authentication login, aaa authorization: method lists). Whether one is taken twice is not certain.
fn are_methods(words: &[&str], known: &[&str]) -> bool {
    const MOST: usize = 4;
    let mut methods = Vec::new();
    let mut rest = words;
    while let Some((first, behind)) = rest.split_first() {
        let is_group = *first == "group";
        let group = behind.split_first().filter(|_| is_group);
        let (method, behind) = match group {
            Some((name, behind)) => (("group", *name), behind),
            None if known.contains(first) => (("", *first), behind),
            None => return false,
        };
        if methods.contains(&method) || methods.contains(&("", "none")) {
            return false;
        }
        methods.push(method);
        rest = behind;
    }
    methods.len() <= MOST
}

/// Says whether all brackets of a pattern are closed; where some are taken as they are, it is not read.
fn is_balanced(pattern: &str) -> bool {
    let count = |bracket: char| pattern.matches(bracket).count();
    // What is repeated stands before.
    !pattern.starts_with(['*', '+']) && count('(') == count(')') && count('[') == count(']')
}

fn is_range(word: &str) -> bool {
    let is_number = |word: &str| word.parse::<u16>().is_ok();
    let ends = word.split_once('-');
    is_number(word) || ends.is_some_and(|(first, last)| is_number(first) && is_number(last))
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;

    #[test]
    fn a_word_is_what_is_asked_for_at_its_place() {
        let table = Table::named("cisco_ios").unwrap();
        let is_mistyped =
            |line: &str| is_mistyped(&table.interfaces, &line.split(' ').collect::<Vec<_>>());
        for line in [
            "ip route 10.0.0.0 255.0.0.0 10.1.1.1 name X",
            "ip route vrf A 10.0.0.0 255.0.0.0 GigabitEthernet0/1 10.1.1.1",
            "ip route 10.0.0.0 255.0.0.0 Null0",
            "neighbor 10.0.0.2 update-source Loopback0",
            "neighbor 10.0.0.2 description to update-source X",
            "tunnel source 10.0.0.1",
            "passive-interface default",
            "set as-path prepend 65000 65000",
            "dns-server 10.0.0.1 10.0.0.2",
            "aaa authentication login VTY group TAC local",
            "spanning-tree vlan 1-10,20 priority 4096",
            "ip as-path access-list 10 permit ^(65001_)+[0-9]$",
            "description passive-interface X",
            "storm-control broadcast level 100.00",
            "storm-control broadcast level pps 500",
            "hostname r12",
            "ip virtual-router mac-address 00:1c:73:00:00:99",
        ] {
            let is_text = line.contains("description to");
            assert_eq!(is_mistyped(line), is_text, "{line}");
        }
        for line in [
            "ip route 10.0.0.0 255.0.0.0 10.0.0.300",
            "ip route 10.0.0.0 255.0.0.0 frob",
            "neighbor 10.0.0.2 update-source Lopback0",
            "tunnel source GigabtEthernet0/1",
            "passive-interface Vln10",
            "ntp source Loopback",
            "set as-path prepend 65000 6500O",
            "dns-server 8.8.8.300",
            "default-router 224.0.0.1",
            "ip as-path access-list 10 permit ^65001(",
            "aaa authentication login VTY grp TAC local",
            "aaa authentication login VTY none local",
            "aaa authentication login VTY local group TAC local",
            "aaa authentication login VTY group TAC local enable line none",
            "aaa authorization exec VTY group TAC enable",
            "dns-server 1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9",
            "spanning-tree vlan 10-2O priority 4096",
            "storm-control broadcast level 101.00",
            "hostname 12",
            "hostname r!1",
            "ip route 10.0.0.0 255.0.0.0 255.255.255.255",
            "ip route 10.0.0.0/8 2001:db8::1",
            "ip virtual-router mac-address 01:1c:73:00:00:99",
            "fabric forwarding anycast-gateway-mac 0100.2222.3333",
        ] {
            assert!(is_mistyped(line), "{line}");
        }
    }
}
