//! Does a device ask what lines name in the order in which they came, and is that order another one than what is intended?
//!
//! Servers are tried one after the other. They are not put into another order: for that, all but one would have to go for a moment.

use std::collections::BTreeMap;

use crate::config::canonical::Item;
use crate::diff::matching::Matching;

/// Names the kinds of lines that would be asked in another order than what is intended.
pub(super) fn doubts(matching: &Matching<'_>) -> Vec<String> {
    let kept = matching.both.iter().filter(|(_, new)| is_asked(*new));
    let mut kept: Vec<_> = kept.map(|(old, new)| (old.position(), *new)).collect();
    kept.sort_by_key(|(position, _)| *position);
    let new = matching.added.iter().filter(|item| is_asked(**item));
    let asked = kept.into_iter().map(|(_, item)| item).chain(new.copied());
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    let mut doubts = Vec::new();
    for item in asked {
        let kind = kind(item);
        let position = item.position();
        let before = last.insert(kind.clone(), position);
        if before.is_some_and(|before| before > position) {
            doubts.push(format!(
                "each `{kind}` is asked in its turn, and the steps do not bring `{}` before others",
                item.text()
            ));
        }
    }
    doubts
}

fn is_asked(item: Item<'_>) -> bool {
    item.rule().is_some_and(|rule| rule.asked_in_turn)
}

/// The first words of lines that are asked one after the other; each VRF has servers of its own.
fn kind(item: Item<'_>) -> String {
    let words: Vec<&str> = item.text().split(' ').collect();
    let count = match words.get(2) {
        Some(&"vrf") => 4,
        _ => 2,
    };
    words[..count.min(words.len())].join(" ")
}
