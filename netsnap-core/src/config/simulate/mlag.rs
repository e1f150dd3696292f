//! Is a channel to a pair of devices the link between the two as well?
//!
//! Of the channels of a pair one is the link between them, and the others end on both (EOS user manual, MLAG: peer-link, mlag).

use super::doubt::begins;
use super::tree::Node;

/// Says so once a line was carried out.
pub(super) fn is_both(root: &Node, words: &[&str]) -> bool {
    let Some(pair) = root.child("mlag configuration") else {
        return false;
    };
    let is_both = |line: &Node| {
        let name = line.text.strip_prefix("peer-link ");
        let channel = name.and_then(|name| root.child(&format!("interface {name}")));
        channel.is_some_and(|channel| {
            channel
                .children
                .iter()
                .any(|line| begins(&line.text, "mlag"))
        })
    };
    matches!(words, ["peer-link", _] | ["mlag", _])
        && words != ["mlag", "configuration"]
        && pair.children.iter().any(is_both)
}
