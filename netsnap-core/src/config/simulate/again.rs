//! What does a device print, once a change is done, that nobody asked for, and what does it not print?

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::switch;
use super::tree::Node;
use super::{LineDevice, boot};
use crate::error::Result;

/// Names lines of interfaces that were deleted and made again without them: Cisco IOS says "Not all config may be removed and
/// may reappear after reactivating the sub-interface" (recorded by many; which lines do is not said).
pub(super) fn reappearing(deleted: &[Node], root: &Node) -> Vec<String> {
    let mut lines = Vec::new();
    for old in deleted {
        let Some(now) = root.child(&old.key) else {
            continue;
        };
        let is_gone = |line: &&Node| now.children.iter().all(|other| other.text != line.text);
        let gone = old.children.iter().filter(is_gone);
        lines.extend(gone.map(|line| format!("`{}` may reappear in {}", line.text, now.text)));
    }
    lines.dedup();
    lines
}

/// Says whether a device prints a line that a text does not hold: one of a route beside another that only differs in its
/// distance is such a line, where the reader of the text takes both for the same.
pub(super) fn prints_more(root: &Node, text: &str) -> bool {
    let lines: HashSet<&str, RandomState> = text.lines().map(str::trim).collect();
    let lists = lines.iter().filter_map(|line| line.strip_prefix("vlan "));
    let vlans: HashSet<u16, RandomState> = lists.filter_map(switch::read).flatten().collect();
    has_more(root, (&lines, &vlans))
}

fn has_more(
    section: &Node,
    (lines, vlans): (&HashSet<&str, RandomState>, &HashSet<u16, RandomState>),
) -> bool {
    let is_listed = |line: &str| {
        let vlan = line
            .strip_prefix("vlan ")
            .and_then(|vlan| vlan.parse().ok());
        vlan.is_some_and(|vlan| vlans.contains(&vlan))
    };
    let is_line = |child: &&Node| child.is_printed() && !child.is_text;
    let mut printed = section.children.iter().filter(is_line);
    printed.any(|child| {
        let line = child.text.trim();
        // A port stays when all of its lines go, and a long set of VLANs is printed in several lines.
        let is_set = line.contains(" allowed vlan ") || line.contains('\n');
        let is_empty = child.mode.is_some() && child.children.is_empty();
        let is_known = is_set || is_empty || lines.contains(line) || is_listed(line);
        !is_known || has_more(child, (lines, vlans))
    })
}

/// Returns the lines of a text that a device does not print; those that say what holds by default are among them.
pub(super) fn unprinted<'t>(root: &Node, text: &'t str) -> HashSet<&'t str, RandomState> {
    let mut printed = HashSet::default();
    collect(root, &mut printed);
    let is_line = |line: &&str| !line.is_empty() && *line != "end" && !line.starts_with(['!', '#']);
    let lines = text.lines().map(str::trim).filter(is_line);
    lines.filter(|line| !printed.contains(line)).collect()
}

fn collect<'n>(section: &'n Node, printed: &mut HashSet<&'n str, RandomState>) {
    for child in section.children.iter().filter(|child| child.is_printed()) {
        match child.is_text {
            true => printed.extend(child.text.lines().map(str::trim)),
            false => drop(printed.insert(child.text.trim())),
        }
        printed.extend(child.close.as_deref());
        collect(child, printed);
    }
}

/// Says whether one of these lines stands on a device that booted with the text, and not on this one: a route of another distance
/// is another route, where the reader of the text takes both for one. What no rule knows is the reader's alone to compare.
pub(super) fn lacks(now: &Node, booted: &Node, lines: &HashSet<&str, RandomState>) -> bool {
    booted.children.iter().any(|child| {
        let is_meant = !child.literal && lines.contains(child.text.trim());
        let is_set = child.text.contains(" allowed vlan ") || child.text.starts_with("vlan ");
        match now.child(&child.key) {
            Some(other) => lacks(other, child, lines),
            None => is_meant && !is_set && child.is_printed(),
        }
    })
}

/// Says whether two devices print other lines, as far as there are rules for them.
pub(super) fn differ(one: &Node, other: &Node) -> bool {
    has_other(one, other) || has_other(other, one)
}

fn has_other(one: &Node, other: &Node) -> bool {
    let mut known = one.children.iter();
    known.any(|child| match other.child(&child.key) {
        Some(same) => (!child.literal && child.text != same.text) || has_other(child, same),
        None => !child.literal && child.is_printed() && !child.text.contains(" allowed vlan "),
    })
}

impl LineDevice {
    /// Says whether all that it prints stands in a text, and all of the text that its rules know on it.
    pub(super) fn is_as(&self, text: &str) -> Result<bool> {
        let root = &self.document.root;
        if prints_more(root, text) || !self.has_texts_of(text)? {
            return Ok(false);
        }
        let lines = unprinted(root, text);
        if lines.is_empty() {
            return Ok(true);
        }
        let booted = boot::boot(&self.table, text)?;
        Ok(!lacks(root, &booted.root, &lines))
    }

    /// Says whether it prints other lines than another device, as far as its rules know them.
    pub(super) fn differs_from(&self, other: &Self) -> bool {
        differ(&self.document.root, &other.document.root)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Simulation;

    #[test]
    fn what_was_deleted_may_come_back() {
        let port = "interface Loopback1\n description old\n ip address 10.0.0.1 255.255.255.255\n";
        let typed = |lines: &[&str]| {
            let mut device = Simulation::new("cisco_ios", port).unwrap();
            lines.iter().for_each(|line| drop(device.line(line)));
            device.commit()
        };
        let made = ["no interface Loopback1", "interface Loopback1"];
        let address = "ip address 10.0.0.1 255.255.255.255";
        let refused = typed(&[made[0], made[1], address]);
        assert!(!refused.accepted);
        assert!(refused.output.contains("description old"), "{refused:?}");
        assert!(typed(&[made[0], made[1], "description old", address]).accepted);
        assert!(typed(&made[..1]).accepted);
    }

    #[test]
    fn a_line_more_is_seen() {
        let route = "ip route 10.0.0.0/8 10.1.0.1";
        let text = format!("vlan 10-11\n{route}\ninterface Ethernet1\n");
        let mut device = Simulation::new("arista_eos", &text).unwrap();
        assert!(device.is_as(&text.replace("10-11", "10,11")).unwrap());
        device.line(&format!("{route} 200"));
        let other = text.replace("0.1\n", "0.1 200\n");
        assert!(!device.is_as(&other).unwrap());
        assert!(device.is_as(&(text.clone() + &other)).unwrap());
        let alone = Simulation::new("arista_eos", &other).unwrap();
        assert!(!alone.is_as(&(text.clone() + &other)).unwrap());
        let booted = |text: &str| Simulation::new("arista_eos", text).unwrap();
        assert!(booted(&text).differs_from(&booted(&(text.clone() + &other))));
        assert!(!booted(&text).differs_from(&booted(&format!("! another day\n{text}"))));
    }
}
