//! What does a device print, once a change is done, that nobody asked for?

use std::collections::HashSet;

use super::switch;
use super::tree::Node;

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
    let lines: HashSet<&str> = text.lines().map(str::trim).collect();
    let lists = lines.iter().filter_map(|line| line.strip_prefix("vlan "));
    let vlans: HashSet<u16> = lists.filter_map(switch::read).flatten().collect();
    has_more(root, (&lines, &vlans))
}

fn has_more(section: &Node, (lines, vlans): (&HashSet<&str>, &HashSet<u16>)) -> bool {
    let is_listed = |line: &str| {
        let vlan = line
            .strip_prefix("vlan ")
            .and_then(|vlan| vlan.parse().ok());
        vlan.is_some_and(|vlan| vlans.contains(&vlan))
    };
    let mut printed = section.children.iter().filter(|child| child.is_printed());
    printed.any(|child| {
        let line = child.text.trim();
        // A port stays when all of its lines go, and a long set of VLANs is printed in several lines.
        let is_set = line.contains(" allowed vlan ") || line.contains('\n');
        let is_empty = child.mode.is_some() && child.children.is_empty();
        let is_known = is_set || is_empty || lines.contains(line) || is_listed(line);
        !is_known || has_more(child, (lines, vlans))
    })
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
        assert!(device.is_as(&(text + &other)).unwrap());
    }
}
