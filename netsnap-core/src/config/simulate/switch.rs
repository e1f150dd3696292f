//! What does a line of a switch do: a set of VLANs, a feature, a VRF that takes all of IP along?

use std::collections::BTreeSet;

use super::execute::{Attempt, Device};
use super::known::Known;
use super::table::{Rule, Table};
use super::tree::{Node, Separator};

/// Returns the features that are switched on.
pub(super) fn features(root: &Node) -> Vec<String> {
    let named = |node: &Node| node.key.strip_prefix("feature ").map(str::to_owned);
    root.children.iter().filter_map(named).collect()
}

/// Returns the lines at the top that change what the device prints elsewhere.
pub(super) fn switches(table: &Table, root: &Node) -> Vec<String> {
    if table.switches.is_empty() {
        return Vec::new();
    }
    let is_switch = |line: &str| {
        table
            .switches
            .iter()
            .any(|start| line.starts_with(start.as_str()))
    };
    let lines = root.children.iter().map(|child| &child.text);
    lines.filter(|line| is_switch(line)).cloned().collect()
}

/// Says how a line is refused whose feature is not switched on.
pub(super) fn missing(device: &Device<'_>, rule: &Rule, words: &[String]) -> Option<String> {
    let feature = rule.needs.as_ref()?;
    let message = || device.table.messages.unknown.replace("{caret}", "^");
    (!device.features.contains(feature)).then(|| message().replace("{line}", &words.join(" ")))
}

/// Switches a feature off: all lines that need it go, inside of other sections too (NX-OS unicast routing configuration guide,
/// `no feature ospf`: disables the feature and removes all associated configuration). Lines that no rule knows are not told
/// apart, so that this proves nothing where one may belong to the feature.
pub(super) fn end_feature(device: &Device<'_>, root: &mut Node, words: &[String]) -> Attempt {
    let line = words.join(" ");
    root.take_out(|child| child.key == line);
    take_what_needs(device, root, ("global", &words[1]));
    match is_spoken_of(root, &words[1]) || root.children.iter().any(|node| node.literal) {
        true => Attempt::Taken(String::new()).doubted(),
        false => Attempt::Taken(String::new()),
    }
}

fn take_what_needs(device: &Device<'_>, section: &mut Node, (mode, feature): (&str, &str)) {
    let needs = |node: &Node| {
        let known = Known::find(device.table, mode, &node.text);
        known.is_some_and(|known| known.rule.needs.as_deref() == Some(feature))
    };
    section.take_out(needs);
    for child in &mut section.children {
        if let Some(mode) = child.mode.clone() {
            take_what_needs(device, child, (&mode, feature));
        }
    }
}

fn is_spoken_of(section: &Node, feature: &str) -> bool {
    let mut children = section.children.iter();
    children.any(|child| {
        child.text.split(' ').any(|word| word == feature) || is_spoken_of(child, feature)
    })
}

/// NX-OS drops all that is said about IP on an interface whose VRF changes (NX-OS unicast routing configuration guide,
/// configuring layer 3 virtualization: assigning an interface to a VRF removes its layer 3 configuration).
pub(super) fn change_vrf(section: &mut Node, known: &Known<'_>) -> Attempt {
    let node = known.node(&section.children);
    if section.children.iter().any(|child| child.text == node.text) {
        return Attempt::Taken(String::new());
    }
    section.take_out(|child| child.key == node.key);
    section.insert(node, &Separator::Never);
    clear(section)
}

/// The same on the way back.
pub(super) fn leave_vrf(section: &mut Node, key: &str) -> Attempt {
    match section.take_out(|child| child.key == key) {
        true => clear(section),
        false => Attempt::Taken(String::new()),
    }
}

/// What else belongs to layer 3 is not listed in a document, so that the change proves nothing beside it.
fn clear(section: &mut Node) -> Attempt {
    let name = section.text.strip_prefix("interface ").unwrap_or_default();
    let message = format!("Warning: Deleted all L3 config on interface {name}");
    let first = |text: &str| {
        let mut words = text.split(' ').filter(|word| *word != "no");
        words.next().unwrap_or_default().to_owned()
    };
    let found = section.take_out(|child| matches!(first(&child.text).as_str(), "ip" | "ipv6"));
    let is_other = |child: &Node| {
        const OTHER: [&str; 8] = [
            "bfd",
            "fabric",
            "glbp",
            "hsrp",
            "isis",
            "management",
            "mpls",
            "vrrp",
        ];
        OTHER.contains(&first(&child.text).as_str())
    };
    match Attempt::Taken(if found { message } else { String::new() }) {
        taken if section.children.iter().any(is_other) => taken.doubted(),
        taken => taken,
    }
}

/// Sets which VLANs a trunk carries: `LIST`, `none`, `all`, `add LIST`, `remove LIST`, `except LIST`.
pub(super) fn set_vlans(section: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    // A long list is printed in several lines, all but the first with `add`.
    let mut stands = section.children.iter().filter(|child| child.key == key);
    let told = stands.try_fold(all(), |now, child| next(&now, &behind(&child.text)));
    let Some(now) = told else {
        return Attempt::Unmodelled;
    };
    let words: Vec<&str> = known.words[4..].iter().map(String::as_str).collect();
    let Some(next) = next(&now, &words) else {
        return Attempt::Wrong(4);
    };
    section.take_out(|child| child.key == known.key());
    if next != all() {
        let head = known.words[..4].to_vec();
        let told = Known {
            words: [head, vec![list(&next)]].concat(),
            ..known.clone()
        };
        let node = told.node(&section.children);
        section.insert(node, &Separator::Never);
    }
    Attempt::Taken(String::new())
}

pub(super) type Vlans = BTreeSet<u16>;

fn all() -> Vlans {
    (1..=4094).collect()
}

fn next(now: &Vlans, words: &[&str]) -> Option<Vlans> {
    match words {
        ["none"] => Some(Vlans::new()),
        ["all"] => Some(all()),
        ["add", list] => Some(now | &read(list)?),
        ["remove", list] => Some(now - &read(list)?),
        ["except", list] => Some(&all() - &read(list)?),
        [list] => read(list),
        _ => None,
    }
}

/// Returns the words that say which VLANs.
fn behind(line: &str) -> Vec<&str> {
    line.split(' ').skip(4).collect()
}

/// Adds VLANs to those of a line, or takes them from it: `instance 1 vlan 10,20`.
pub(super) fn change_vlans(section: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    let stands = section.child(&key).map(|child| child.text.clone());
    let now = match stands.as_deref().map(last_list) {
        None => Vlans::new(),
        Some(Some(now)) => now,
        Some(None) => return Attempt::Unmodelled,
    };
    let Some(typed) = known.words.last().and_then(|list| read(list)) else {
        return Attempt::Unmodelled;
    };
    let next = match known.negated {
        true => &now - &typed,
        false => &now | &typed,
    };
    section.take_out(|child| child.key == key);
    if !next.is_empty() {
        let told = Known {
            words: vec![key, list(&next)],
            negated: false,
            ..known.clone()
        };
        let mut node = told.node(&section.children);
        node.identify(known.key());
        section.insert(node, &Separator::Never);
    }
    Attempt::Taken(String::new())
}

/// Adds names to those of a line, or takes them from it: `match ip address prefix-list A B`. What becomes of a name that does not
/// stand is not known.
pub(super) fn change_names(section: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    let behind = |text: &str| -> Vec<String> {
        let names = text.strip_prefix(key.as_str()).unwrap_or_default();
        names.split_whitespace().map(str::to_owned).collect()
    };
    let stands = section.child(&key).map(|child| behind(&child.text));
    let mut names = stands.unwrap_or_default();
    let typed = behind(&known.words.join(" "));
    let is_sure = !known.negated || typed.iter().all(|name| names.contains(name));
    names.retain(|name| !typed.contains(name) || !known.negated);
    if !known.negated {
        let more = typed.into_iter().filter(|name| !names.contains(name));
        let more: Vec<String> = more.collect();
        names.extend(more);
    }
    section.take_out(|child| child.key == key);
    if !names.is_empty() {
        let told = Known {
            words: vec![key.clone(), names.join(" ")],
            negated: false,
            ..known.clone()
        };
        let mut node = told.node(&section.children);
        node.identify(key);
        section.insert(node, &Separator::Never);
    }
    match Attempt::Taken(String::new()) {
        taken if is_sure => taken,
        taken => taken.doubted(),
    }
}

fn last_list(line: &str) -> Option<Vlans> {
    read(line.rsplit(' ').next()?)
}

/// Reads `10,20-22`.
pub(super) fn read(list: &str) -> Option<Vlans> {
    let mut vlans = Vlans::new();
    for part in list.split(',') {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        let (low, high): (u16, u16) = (low.parse().ok()?, high.parse().ok()?);
        if low == 0 || high > 4094 || low > high {
            return None;
        }
        vlans.extend(low..=high);
    }
    Some(vlans)
}

/// Writes a set as the device does: `10,20-22`; empty: `none`.
fn list(vlans: &Vlans) -> String {
    let mut parts: Vec<(u16, u16)> = Vec::new();
    for vlan in vlans {
        match parts.last_mut() {
            Some((_, high)) if *high + 1 == *vlan => *high = *vlan,
            _ => parts.push((*vlan, *vlan)),
        }
    }
    let written: Vec<String> = parts
        .iter()
        .map(|(low, high)| match low == high {
            true => low.to_string(),
            false => format!("{low}-{high}"),
        })
        .collect();
    match written.is_empty() {
        true => "none".to_owned(),
        false => written.join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_vlans_is_told_whole_or_by_what_comes_and_goes() {
        let now = read("10,20-22").unwrap();
        for (words, told) in [
            ("11", "11"),
            ("add 11-12", "10-12,20-22"),
            ("remove 21", "10,20,22"),
            ("remove 10,20-22", "none"),
            ("none", "none"),
            ("all", "1-4094"),
            ("except 5-4094", "1-4"),
        ] {
            let words: Vec<&str> = words.split(' ').collect();
            assert_eq!(list(&next(&now, &words).unwrap()), told, "{words:?}");
        }
        for bad in ["0", "4095", "5-4", "x", "1,,2"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
