//! Is an address that changes the one under which tunnels are up?
//!
//! When the address of an anycast endpoint of a pair changes, the NVE interfaces of both have to be shut before (Nexus 9000 VXLAN
//! configuration guide, guidelines for VXLAN BGP EVPN, by name); what becomes of tunnels that are up no document says.

use super::tree::Node;

/// Says so of a line in a section at the top.
pub(super) fn is_up(root: &Node, section: Option<&str>, words: &[&str]) -> bool {
    let words = words.strip_prefix(&["no"]).unwrap_or(words);
    let name = section.and_then(|section| section.strip_prefix("interface "));
    let source = name.map(|name| format!("source-interface {name}"));
    let is_up = |source: &str| {
        let mut ends = root.children.iter();
        ends.any(|end| end.text.starts_with("interface nve") && stands(end, source))
    };
    matches!(words, ["ip", "address", ..]) && source.is_some_and(|source| is_up(&source))
}

fn stands(end: &Node, source: &str) -> bool {
    let has = |text: &str| end.children.iter().any(|line| line.text == text);
    has("no shutdown") && has(source)
}
