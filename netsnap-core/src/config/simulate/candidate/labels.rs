//! Is a segment that is said by its number in the block of labels one of the block?
//!
//! A number beyond the block has no label (IOS XR segment routing configuration guide: global-block, prefix-sid index).

use super::tree::Node;

/// Names the numbers that the block of a device does not hold, where it says its block.
pub(super) fn complaints(root: &Node) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(most) = size(root) {
        check(root, most, &mut found);
    }
    found
}

/// How far the block goes.
fn size(root: &Node) -> Option<u64> {
    let routing = root.children.get("segment-routing")?;
    let mut lines = routing.children.iter().map(Node::text);
    let block = lines.find_map(|line| Some(line.strip_prefix("global-block ")?.to_owned()))?;
    let (first, last) = block.split_once(' ')?;
    last.parse::<u64>().ok()?.checked_sub(first.parse().ok()?)
}

fn check(section: &Node, most: u64, found: &mut Vec<String>) {
    for child in section.children.iter() {
        let text = child.text();
        let number = text.strip_prefix("prefix-sid index ");
        let number = number.and_then(|number| number.parse::<u64>().ok());
        if number.is_some_and(|number| number > most) {
            found.push(format!("`{text}` is beyond the block of labels"));
        }
        check(child, most, found);
    }
}
