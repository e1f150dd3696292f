//! Is a channel to a pair of devices the link between the two as well?
//!
//! Of the channels of a pair one is the link between them, and the others end on both (EOS user manual, MLAG: peer-link, mlag).
//! Whether a port of that link may have such a number no document says.

use super::doubt::begins;
use super::tree::Node;

/// Says so once a line was carried out.
pub(super) fn is_both(root: &Node, words: &[&str]) -> bool {
    let is_about = match words {
        ["mlag", number] => *number != "configuration",
        ["peer-link", _] | ["channel-group", ..] => true,
        _ => false,
    };
    let pair = is_about.then(|| root.child("mlag configuration")).flatten();
    let links = pair.into_iter().flat_map(|pair| &pair.children);
    let mut links = links.filter_map(|line| line.text.strip_prefix("peer-link "));
    links.any(|link| root.children.iter().any(|port| ends_on_both(port, link)))
}

/// Says whether a port is the link, or one of its members, and has the number of a channel that ends on both.
fn ends_on_both(port: &Node, link: &str) -> bool {
    let has = |start: &str| port.children.iter().any(|line| begins(&line.text, start));
    let group = link.strip_prefix("Port-Channel");
    let group = group.map(|number| format!("channel-group {number}"));
    let is_of_link = port.text.strip_prefix("interface ") == Some(link)
        || (port.text.starts_with("interface ") && group.is_some_and(|group| has(&group)));
    is_of_link && has("mlag")
}
