//! What does a port that switches make of a line?
//!
//! A port that was printed with lines of switching switches until `no switchport` is typed, and takes no address (Catalyst
//! software guide, configuring interfaces: routed ports; NX-OS interfaces configuration guide, layer 3 interfaces). A port that
//! is put into a VLAN which is not there makes it, on Catalyst switches and on EOS ("Access VLAN does not exist. Creating vlan").

use super::doubt::begins;
use super::execute::{Attempt, Device};
use super::known::Known;
use super::overall::Booted;
use super::switch;
use super::table::Table;
use super::tree::{Node, Separator};

/// Lines of a port that are of no layer.
const OF_NO_LAYER: &[&str] = &["description", "shutdown", "speed", "duplex"];

/// Says whether ports switch where nothing says so, as far as what a device printed tells: it prints the other form alone. A port that
/// is printed with lines of switching, and without `switchport`, switches by itself.
pub(super) fn switches_by_itself(root: &Node) -> Option<bool> {
    let ports = || {
        root.children
            .iter()
            .filter(|port| port.text.starts_with("interface "))
    };
    let prints = |line: &str| ports().any(|port| port.children.iter().any(|own| own.text == line));
    let is_switched = |port: &Node| has(port, "switchport mode") || has(port, "switchport access");
    match (prints("switchport"), prints("no switchport")) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        (false, false) => ports().any(is_switched).then_some(true),
        (true, true) => None,
    }
}

/// Makes a port switch, or route. Lines of the layer that it leaves are lost or kept, which is not known.
pub(super) fn turn(device: &Device<'_>, port: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    port.take_out(|line| line.key == key);
    let is_bare = port.children.iter().all(|line| is_of_no_layer(&line.text));
    if device.switches_by_itself != Some(!known.negated) {
        port.insert(known.node(&port.children), &Separator::Never);
    }
    match Attempt::Taken(String::new()) {
        taken if is_bare && device.switches_by_itself.is_some() => taken,
        taken => taken.doubted(),
    }
}

pub(super) fn is_of_no_layer(line: &str) -> bool {
    OF_NO_LAYER.iter().any(|start| begins(line, start))
}

/// Names the ports that a device printed with lines of switching, and those that say nothing of routing where others of their kind say
/// that they do: they switch.
pub(super) fn switched(table: &Table, root: &Node) -> Vec<String> {
    let ports = || {
        let ports = root
            .children
            .iter()
            .filter(|_| table.switched_take_no_address);
        ports.filter(|port| port.text.starts_with("interface "))
    };
    let told: Vec<&str> = ports()
        .filter(|port| has(port, "no switchport"))
        .map(kind)
        .collect();
    let is_silent = |port: &Node| told.contains(&kind(port)) && !is_routed(port);
    let switching = ports()
        .filter(|port| !has(port, "no switchport") && (has(port, "switchport") || is_silent(port)));
    switching.map(|port| port.key.clone()).collect()
}

/// The kind of a port: its name up to its number.
fn kind(port: &Node) -> &str {
    let end = port.text.find(|c: char| c.is_ascii_digit());
    &port.text[..end.unwrap_or(port.text.len())]
}

/// Says whether a port has lines that none has which switches, or is a part of one.
fn is_routed(port: &Node) -> bool {
    const ROUTED: &[&str] = &["ip", "no ip", "ipv6", "vrf", "encapsulation"];
    port.text.contains('.') || ROUTED.iter().any(|start| has(port, start))
}

/// Names the ports that a device printed with an address, and without a word that they route: they do by themselves, and take no line
/// of switching before they are told to switch.
pub(super) fn routed(table: &Table, root: &Node) -> Vec<String> {
    let ports = root.children.iter().filter(|port| {
        table.switched_take_no_address
            && port.text.starts_with("interface ")
            && (has(port, "ip address") || has(port, "ipv6 address"))
            && !has(port, "no switchport")
    });
    ports.map(|port| port.key.clone()).collect()
}

/// Says whether a line does otherwise on a port that switches than its words say.
pub(super) fn is_doubtful(
    table: &Table,
    root: &Node,
    (section, words): (Option<&str>, &[&str]),
    booted: &Booted,
) -> bool {
    match (section, words) {
        // Where ports route by themselves, one switches that says so.
        (Some(key), ["ip" | "ipv6", "address", ..] | ["vrf", ..] | ["ip", "vrf", ..])
            if booted.switches_by_itself == Some(false) =>
        {
            root.child(key).is_some_and(|port| has(port, "switchport"))
        }
        (Some(key), ["switchport", _, ..])
            if (booted.switches_by_itself == Some(false)
                || booted.routed.iter().any(|port| port == key))
                && !root.child(key).is_some_and(is_told) =>
        {
            true
        }
        (Some(key), ["ip" | "ipv6", "address", ..] | ["vrf", ..] | ["ip", "vrf", ..]) => {
            let port = booted.switched.iter().find(|port| *port == key);
            let port = port.and_then(|port| root.child(port));
            port.is_some_and(|port| !has(port, "no switchport"))
        }
        // A routed port has no tree.
        (Some(key), ["spanning-tree", ..]) => {
            let port = root.child(key).filter(|_| table.switched_take_no_address);
            port.is_some_and(|port| has(port, "no switchport"))
        }
        (Some(_), ["switchport", "access" | "voice" | "phone", "vlan", vlan]) => {
            table.ports_make_vlans && lacks_vlan(root, vlan)
        }
        _ => false,
    }
}

/// Says whether a line makes a VLAN that a routed port may have taken: each has one of its own, which is refused for others (EOS user
/// manual, virtual LANs: vlan internal order).
pub(super) fn takes_internal(table: &Table, root: &Node, words: &[&str]) -> bool {
    let (["vlan", list], Some(first)) = (words, table.internal_vlans) else {
        return false;
    };
    let mut lines = root.children.iter();
    let range = lines.find_map(|line| line.text.strip_prefix("vlan internal order "));
    let bounds = range.map(|range| {
        let ends = range.split(' ').filter_map(|word| word.parse().ok());
        ends.collect::<Vec<u16>>()
    });
    let routed = root
        .children
        .iter()
        .filter(|port| has(port, "no switchport"));
    let taken = match bounds.as_deref() {
        Some([low, high]) => *low..=*high,
        _ => first..=first + u16::try_from(routed.count()).unwrap_or(u16::MAX - first),
    };
    let wanted = switch::read(list);
    wanted.is_some_and(|wanted| taken.into_iter().any(|vlan| wanted.contains(&vlan)))
}

fn is_told(port: &Node) -> bool {
    port.children.iter().any(|line| line.text == "switchport")
}

fn has(section: &Node, start: &str) -> bool {
    let mut lines = section.children.iter();
    lines.any(|line| begins(&line.text, start))
}

/// Says whether VLANs are shown, and this one is not among them.
fn lacks_vlan(root: &Node, vlan: &str) -> bool {
    let lines = root.children.iter();
    let lists = lines.filter_map(|line| switch::read(line.text.strip_prefix("vlan ")?));
    let mut lists = lists.peekable();
    let Ok(vlan) = vlan.parse() else {
        return false;
    };
    vlan != 1 && lists.peek().is_some() && !lists.any(|list| list.contains(&vlan))
}

#[cfg(test)]
mod tests {
    use super::super::Simulation;

    fn is_known(platform: &str, running: &str, typed: [&str; 2]) -> bool {
        let mut device = Simulation::new(platform, running).unwrap();
        typed.iter().all(|line| device.line(line).modelled)
    }

    #[test]
    fn a_port_that_switched_takes_no_address() {
        let port = "interface GigabitEthernet1/0/1";
        let address = "ip address 10.0.0.1 255.255.255.0";
        let running = |line: &str| format!("hostname r1\n{port}\n {line}\n");
        for (line, is_routed) in [
            ("switchport access vlan 10", false),
            ("description to r2", true),
            ("no switchport", true),
        ] {
            let known = is_known("cisco_ios", &running(line), [port, address]);
            assert_eq!(known, is_routed, "{line}");
        }
    }

    #[test]
    fn a_vlan_that_is_not_there_is_made() {
        let typed = ["interface Ethernet1", "switchport access vlan 30"];
        let port = "interface Ethernet1\n   switchport access vlan 20\n";
        for (vlans, is_there) in [("", true), ("vlan 20\n", false), ("vlan 20-30\n", true)] {
            let known = is_known("arista_eos", &format!("{vlans}{port}"), typed);
            assert_eq!(known, is_there, "{vlans}");
        }
    }
}
