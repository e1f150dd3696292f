//! What does a line change besides itself?

use super::execute::{Attempt, Device, attempt};
use super::known::Known;
use super::shape;
use super::table::Negative;
use super::tree::{Node, Separator};

const UNICAST: &[&str] = &["address-family", "ipv4", "unicast"];

/// Changes `X` into `no X` or back, or takes it away, as its rule says.
pub(super) fn turn(section: &mut Node, known: &Known<'_>, node: Node) {
    section.take_out(|child| child.key == node.key);
    if known.rule.negative != Some(Negative::Toggles) {
        section.insert(node, &Separator::Never);
    }
}

/// Says why an interface refuses an IPv4 address (recorded, FRR 8.4.4: of the networks 0, 127 and 224).
pub(super) fn bad_address(words: &[String]) -> Option<String> {
    let address = words.last()?.split('/').next()?;
    let is_host = address.parse().is_ok_and(shape::is_host);
    (!is_host).then(|| "% Invalid address".to_owned())
}

/// Carries a line out in the IPv4 unicast address family, where FRR prints it.
pub(super) fn in_unicast(device: &Device<'_>, section: &mut Node, line: &str) -> Attempt {
    let Attempt::Entered(key) = attempt(device, "router-bgp", section, UNICAST) else {
        return Attempt::Unmodelled;
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    match section.child_mut(&key) {
        Some(family) => attempt(device, "af", family, &words),
        None => Attempt::Unmodelled,
    }
}

/// Cisco IOS clears the addresses of an interface whose VRF changes (Cisco IOS configuration guide, MPLS layer 3 VPNs).
pub(super) fn change_vrf(section: &mut Node, known: &Known<'_>) -> Attempt {
    let node = known.node(&section.children);
    if section
        .child(&node.key)
        .is_some_and(|stands| stands.text == node.text)
    {
        return Attempt::Taken(String::new());
    }
    let vrf = node.text.rsplit(' ').next().unwrap_or_default().to_owned();
    section.take_out(|child| child.key == node.key);
    section.insert(node, &Separator::Never);
    Attempt::Taken(clear_addresses(section, &format!("enabling VRF {vrf}")))
}

/// The same on the way back to the global table.
pub(super) fn leave_vrf(section: &mut Node, key: &str) -> Attempt {
    let Some(stands) = section.child(key) else {
        return Attempt::Taken(String::new());
    };
    let vrf = stands
        .text
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    section.take_out(|child| child.key == key);
    Attempt::Taken(clear_addresses(section, &format!("disabling VRF {vrf}")))
}

/// Turns around what holds for all interfaces. What was said of single ones goes: where all are switched off that is what holds for
/// them anyway, and may come back with the next turn; else it proves nothing.
pub(super) fn turn_everywhere(section: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    let start = known.words[0].clone() + " ";
    if section.child(&key).is_some() != known.negated {
        return Attempt::Taken(String::new());
    }
    let is_exception = |child: &Node| {
        let line = child.text.strip_prefix("no ").unwrap_or(&child.text);
        child.key != key && line.starts_with(&start)
    };
    if known.negated {
        let exceptions = section.children.iter().filter(|child| is_exception(child));
        let names: Vec<&str> = exceptions.map(|child| child.key.as_str()).collect();
        section.memory = (!names.is_empty()).then(|| names.join("\n"));
    }
    let had_exceptions = section.take_out(is_exception);
    match known.negated {
        true => drop(section.take_out(|child| child.key == key)),
        false => section.insert(known.node(&section.children), &Separator::Never),
    }
    match had_exceptions && !known.negated {
        true => Attempt::Taken(String::new()).doubted(),
        false => Attempt::Taken(String::new()),
    }
}

/// Names the exceptions that may have come back with what holds for all, and that nobody spoke of since.
pub(super) fn come_back(root: &Node) -> Vec<String> {
    let holds = |section: &&Node| {
        let mut lines = section.children.iter();
        lines.any(|line| line.key == "passive-interface default")
    };
    // Few sections remember anything.
    let sections = root.children.iter();
    let sections = sections.filter(|section| section.memory.is_some());
    let lines = sections
        .filter(holds)
        .flat_map(|section| section.memory.iter().flat_map(|names| names.lines()));
    lines
        .map(|line| format!("`no {line}` may come back"))
        .collect()
}

/// Says of one interface what holds for all already, or the contrary: only the contrary is printed.
pub(super) fn except(section: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    let holds = section
        .child(&format!("{} default", known.words[0]))
        .is_some();
    section.take_out(|child| child.key == key);
    if let Some(names) = section.memory.take() {
        let others: Vec<&str> = names.lines().filter(|name| *name != key).collect();
        section.memory = (!others.is_empty()).then(|| others.join("\n"));
    }
    if holds == known.negated {
        section.insert(known.node(&section.children), &Separator::Never);
    }
    Attempt::Taken(String::new())
}

fn clear_addresses(section: &mut Node, cause: &str) -> String {
    let name = section
        .text
        .strip_prefix("interface ")
        .unwrap_or_default()
        .to_owned();
    let v4 = section.take_out(|child| child.key.starts_with("ip address"));
    section.take_out(|child| child.key.starts_with("ipv6 address"));
    match v4 {
        true => format!("% Interface {name} IPv4 disabled and address(es) removed due to {cause}"),
        false => String::new(),
    }
}
