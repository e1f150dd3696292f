//! Do lines that the grammar does not know stand in another order?
//!
//! Of a line that nobody knows nobody knows whether its place makes a difference: the entries of a list may be such lines.

use crate::config::canonical::{Item, Level};

/// Names the first line of each section that stands before others in one configuration and behind them in the other, where the
/// grammar knows none of them.
pub(super) fn moved(before: Level<'_>, after: Level<'_>) -> Vec<String> {
    let mut doubts = Vec::new();
    collect(before, after, &mut doubts);
    doubts
}

fn collect(before: Level<'_>, after: Level<'_>, doubts: &mut Vec<String>) {
    let mut last = 0;
    let mut is_told = false;
    for item in after.items() {
        let is_unknown = item.rule().is_none();
        if !is_unknown && item.children().is_empty() {
            continue;
        }
        let Some(old) = before.find(item) else {
            continue;
        };
        if is_unknown && old.number() < last && !is_told {
            is_told = true;
            doubts.push(doubt(item));
        }
        if is_unknown {
            last = last.max(old.number());
        }
        collect(old.children(), item.children(), doubts);
    }
}

fn doubt(item: Item<'_>) -> String {
    let first = item.text().lines().next().unwrap_or_default();
    format!("the grammar does not know `{first}`, which stands at another place among such lines")
}
