//! Does something come back that was away for a while, and with it the way by which a session comes in?
//!
//! Where each line filters as it is typed, a session through the interface ends with the entry that lets it in: the line that brings
//! this back never arrives. An entry that is made anew at its number, or moved to another one, is such a one. So is an interface that
//! leaves OSPF with the network that it is in, before it is put into an area by a line of its own: that one may stand beside the other
//! (IOS OSPF command reference, ip ospf area: it takes precedence over the network).

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};

use super::address::Prefix;
use super::interface::network;
use super::tree::Node;

/// Keeps a line in mind that is about to go: an entry of an access list, or a network of OSPF.
pub(super) fn remember(section: &mut Node, words: &[&str]) {
    let ["no", rest @ ..] = words else { return };
    let line = rest.join(" ");
    let number = rest.iter().find(|word| is_number(word));
    let is_list = section.text.contains("access-list ");
    let is_process = section.text.starts_with("router ospf ");
    let is_meant = |child: &Node| match is_list {
        true => number.is_some_and(|number| child.key == *number),
        false => is_process && child.text == line && line.starts_with("network "),
    };
    let mut lines = section.children.iter();
    let Some(gone) = lines
        .find(|child| is_meant(child))
        .map(|child| child.text.clone())
    else {
        return;
    };
    let before = section.memory.take().map(|before| before + "\n");
    section.memory = Some(before.unwrap_or_default() + &gone);
}

/// Forgets what went when the section was entered before.
pub(super) fn forget(section: &mut Node) {
    let is_kept = ["access-list ", "router ospf "]
        .iter()
        .any(|text| section.text.contains(text));
    if is_kept && section.memory.is_some() {
        section.memory = None;
    }
}

/// Says whether an interface comes into an area after it left OSPF with a network that went.
pub(super) fn returns(root: &Node, section: Option<&str>, words: &[&str]) -> bool {
    let ["ip", "ospf", rest @ ..] = words else {
        return false;
    };
    let interface = section.and_then(|key| root.child(key));
    let lines = interface
        .into_iter()
        .flat_map(|interface| interface.children.iter());
    let own: Vec<IpAddr> = lines
        .filter_map(|line| network(&line.text))
        .map(Prefix::address)
        .collect();
    let processes = root.children.iter();
    let mut processes = processes.filter(|process| process.text.starts_with("router ospf "));
    let left = |process: &Node| {
        let mut gone = process.memory.as_deref().unwrap_or_default().lines();
        gone.any(|line| own.iter().any(|own| holds(line, *own)))
    };
    rest.contains(&"area") && processes.any(left)
}

/// Says whether the network of a line, with its wildcard or its length, holds an address.
fn holds(line: &str, address: IpAddr) -> bool {
    let IpAddr::V4(address) = address else {
        return false;
    };
    let words: Vec<&str> = line.split(' ').collect();
    let number = |at: usize| {
        words
            .get(at)?
            .parse::<Ipv4Addr>()
            .ok()
            .map(Ipv4Addr::to_bits)
    };
    let by_wildcard = number(1).zip(number(2));
    let by_wildcard =
        by_wildcard.is_some_and(|(own, wildcard)| own & !wildcard == address.to_bits() & !wildcard);
    let prefix = words.get(1).and_then(|word| Prefix::parse(word));
    let by_length = prefix.is_some_and(|prefix| {
        let near = Prefix::of(IpAddr::V4(address), prefix.length());
        near.is_some_and(|near| near.masked() == prefix.masked())
    });
    by_wildcard || by_length
}

/// Says whether an entry lets through what one that went let through, at its number or with its words, where the list filters.
pub(super) fn comes_back(
    (root, filters): (&Node, &Filters),
    section: Option<&str>,
    words: &[&str],
) -> bool {
    let Some(list) = section.and_then(|key| root.child(key)) else {
        return false;
    };
    let Some(gone) = list.memory.as_deref() else {
        return false;
    };
    let typed = words.join(" ");
    let Some((number, entry)) = permits(&typed) else {
        return false;
    };
    let mut gone = gone.lines().filter_map(permits);
    gone.any(|(other, text)| other == number || text == entry) && filters.contain(root, list)
}

/// Lines of ports that take no others with them.
const PLAIN: &[&str] = &[
    "description",
    "ip",
    "shutdown",
    "bandwidth",
    "load-interval",
    "service-policy",
];

/// The lists by which ports filter, found when they are asked for and kept until one may be bound or taken off. Copies of a device
/// find them for each other, until one of them forgets them.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters(Arc<OnceLock<HashSet<String>>>);

impl Filters {
    /// Forgets them where a line of a section, or at the top, may bind a list, or take off what binds one.
    pub(super) fn forget(&mut self, section: Option<&str>, words: &[&str]) {
        let is_binding = |word: &&str| matches!(*word, "access-group" | "traffic-filter");
        let positive = words.strip_prefix(&["no"]).unwrap_or(words);
        let is_plain = match section {
            // What is entered takes nothing off.
            None => positive.len() == words.len() && words.first() != Some(&"default"),
            Some(port) if port.starts_with("interface ") => {
                positive.first().is_some_and(|first| PLAIN.contains(first))
            }
            Some(_) => true,
        };
        if !is_plain || words.iter().any(is_binding) {
            self.0 = Arc::default();
        }
    }

    fn contain(&self, root: &Node, list: &Node) -> bool {
        let name = list.text.rsplit(' ').next().unwrap_or_default();
        let of_all = || {
            let mut names = HashSet::new();
            collect(root, &mut names);
            names
        };
        list.text.contains("access-list ") && self.0.get_or_init(of_all).contains(name)
    }
}

fn collect(section: &Node, names: &mut HashSet<String>) {
    const USES: &[&str] = &[
        "ip access-group ",
        "ipv6 traffic-filter ",
        "ip port access-group ",
    ];
    for line in &section.children {
        let bound = USES.iter().find_map(|start| line.text.strip_prefix(start));
        let name = bound.and_then(|bound| bound.split(' ').next());
        names.extend(name.map(str::to_owned));
        collect(line, names);
    }
}

/// The number of an entry that lets through, and what.
fn permits(entry: &str) -> Option<(&str, &str)> {
    let entry = entry.strip_prefix("sequence ").unwrap_or(entry);
    let (number, rest) = entry.split_once(' ')?;
    let rest = rest.strip_prefix("permit ")?;
    is_number(number).then_some((number, rest))
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::Simulation;
    use super::*;

    #[test]
    fn an_entry_that_lets_through_has_a_number() {
        assert_eq!(permits("10 permit ip any any"), Some(("10", "ip any any")));
        assert_eq!(
            permits("sequence 20 permit ipv6 any any"),
            Some(("20", "ipv6 any any"))
        );
        for entry in [
            "10 deny ip any any",
            "permit ip any any",
            "10 remark permit",
        ] {
            assert_eq!(permits(entry), None, "{entry}");
        }
    }

    /// Typed on one device, and which of the lines that let through prove something.
    fn proves(lines: &[&str]) -> Vec<bool> {
        let text = "hostname r1\n!\ninterface Loopback0\n ip address 10.0.0.1 255.255.255.255\n!\nip access-list extended A\n 10 permit ip any any\n";
        let mut device = Simulation::new("cisco_ios", text).unwrap();
        let typed = lines.iter().map(|line| (line, device.line(line)));
        let permits = typed.filter(|(line, _)| line.contains("permit") && !line.starts_with("no"));
        permits.map(|(_, response)| response.modelled).collect()
    }

    /// What was found for one entry holds for the next one, until a line binds the list or takes it off.
    #[test]
    fn an_entry_comes_back_where_its_list_filters_then() {
        const ANEW: [&str; 3] = ["ip access-list extended A", "no 10", "10 permit ip any any"];
        const BOUND: [&str; 2] = ["interface Loopback0", "ip access-group A in"];
        const PLAIN: [&str; 2] = ["interface Loopback0", "description x"];
        const OFF: [&str; 2] = ["interface Loopback0", "no ip access-group A in"];
        const AWAY: [&str; 2] = ["no interface Loopback0", "hostname r2"];
        for (steps, expected) in [
            (
                vec![ANEW.to_vec(), PLAIN.to_vec(), ANEW.to_vec()],
                [true, true],
            ),
            (
                vec![ANEW.to_vec(), BOUND.to_vec(), ANEW.to_vec()],
                [true, false],
            ),
            (
                vec![BOUND.to_vec(), ANEW.to_vec(), PLAIN.to_vec(), ANEW.to_vec()],
                [false, false],
            ),
            (
                vec![BOUND.to_vec(), ANEW.to_vec(), OFF.to_vec(), ANEW.to_vec()],
                [false, true],
            ),
            (
                vec![BOUND.to_vec(), ANEW.to_vec(), AWAY.to_vec(), ANEW.to_vec()],
                [false, true],
            ),
        ] {
            assert_eq!(proves(&steps.concat()), expected, "{steps:?}");
        }
    }

    /// Copies of a device find the lists for each other only as long as they have the same ones.
    #[test]
    fn what_a_copy_binds_is_its_own() {
        let text = "hostname r1\n!\ninterface Loopback0\n ip access-group A in\n!\nip access-list extended A\n 10 permit ip any any\n";
        let device = Simulation::new("cisco_ios", text).unwrap();
        let typed = |mut device: Simulation, lines: &[&str]| {
            let said = lines.iter().map(|line| device.line(line).modelled);
            said.last()
        };
        let anew = ["ip access-list extended A", "no 10", "10 permit ip any any"];
        let off = ["interface Loopback0", "no ip access-group A in"];
        let free = [&off[..], &anew[..]].concat();
        assert_eq!(typed(device.clone(), &free), Some(true));
        assert_eq!(typed(device.clone(), &anew), Some(false));
        let gone = [&["no interface Loopback0"][..], &anew[..]].concat();
        assert_eq!(typed(device.clone(), &gone), Some(true));
        assert_eq!(typed(device, &anew), Some(false));
    }

    #[test]
    fn a_network_holds_addresses_by_its_wildcard_or_its_length() {
        let address = "10.0.0.2".parse().unwrap();
        for line in [
            "network 10.0.0.0 0.0.0.3 area 0",
            "network 10.0.0.0/30 area 0.0.0.0",
        ] {
            assert!(holds(line, address), "{line}");
        }
        for line in [
            "network 10.0.0.4 0.0.0.3 area 0",
            "network 10.0.0.8/30 area 0.0.0.0",
        ] {
            assert!(!holds(line, address), "{line}");
        }
    }
}
