//! Do bounds of the length of a prefix hold any?

use super::super::address::{Prefix, is_address};
use super::tree::Node;

/// The lines that bound a length, from low to high.
const BOUNDS: [&str; 3] = ["start-length", "through-length", "end-length"];

/// Says whether bounds are under the length of their prefix or over the longest one, or fall.
pub(super) fn are_outside(prefix: Prefix, bounds: &[u8]) -> bool {
    let most = if prefix.address().is_ipv4() { 32 } else { 128 };
    let mut all = bounds.iter();
    all.any(|bound| !(prefix.length()..=most).contains(bound)) || !bounds.is_sorted()
}

/// Reads an address, its length, and bounds behind words: `10.0.0.0 8 greater-equal 16 less-equal 24`.
fn worded(text: &str) -> Option<(Prefix, Vec<u8>)> {
    let words: Vec<&str> = text.split(' ').collect();
    let at = words.iter().position(|word| is_address(word))?;
    let prefix = Prefix::of(words[at].parse().ok()?, words.get(at + 1)?.parse().ok()?)?;
    let bound = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words.get(at + 1)?.parse().ok()
    };
    let bounds = ["greater-equal", "less-equal"].into_iter();
    Some((prefix, bounds.filter_map(bound).collect()))
}

/// Says so of a line that names its prefix, with the bounds in its last word, `/24-/28`, or in the lines inside.
pub(super) fn are_wrong(line: &Node) -> bool {
    let text = line.text();
    if let Some((prefix, bounds)) = worded(&text) {
        return are_outside(prefix, &bounds);
    }
    let Some(prefix) = text.split(' ').find_map(Prefix::parse) else {
        return false;
    };
    let inside = |key: &&str| line.children.get(key)?.value.as_deref()?.parse().ok();
    let last = text.rsplit(' ').next().unwrap_or_default();
    let bounds: Vec<u8> = match last.strip_prefix('/') {
        Some(bounds) => bounds
            .split("-/")
            .filter_map(|bound| bound.parse().ok())
            .collect(),
        None => BOUNDS.iter().filter_map(inside).collect(),
    };
    are_outside(prefix, &bounds)
}
