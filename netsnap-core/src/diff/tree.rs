//! Which commands were added, removed, changed or moved?

use std::collections::HashSet;

use super::matching::{Matching, Ordered};
use crate::config::Configuration;
use crate::config::canonical::{Item, Level};
use crate::model::{Change, ChangeKind, ConfigDiff};

/// Compares what two configurations mean; empty exactly when they mean the same.
///
/// Both are read with the grammar of one platform. Comments, closers and the order of siblings where it does not matter
/// make no difference; the same command with another value is one change.
#[must_use]
pub fn diff_config(before: &Configuration, after: &Configuration) -> ConfigDiff {
    let mut walk = Walk::default();
    walk.levels(before.level(), after.level());
    ConfigDiff {
        changes: walk.changes,
    }
}

#[derive(Default)]
struct Walk {
    section: Vec<String>,
    changes: Vec<Change>,
}

impl Walk {
    fn levels<'c>(&mut self, before: Level<'c>, after: Level<'c>) {
        let matching = Matching::of(before, after);
        for item in &matching.removed {
            self.whole(*item, ChangeKind::Removed);
        }
        for (old, new) in &matching.both {
            self.pair(*old, *new);
        }
        for item in &matching.added {
            self.whole(*item, ChangeKind::Added);
        }
        for group in &matching.ordered {
            self.ordered(group);
        }
    }

    fn pair<'c>(&mut self, old: Item<'c>, new: Item<'c>) {
        if old.is_alike(new) {
            return;
        }
        if !old.has_text_of(new) {
            self.push(ChangeKind::Changed, Some(old.text()), Some(new.text()));
        }
        if old.is_section() || new.is_section() {
            self.inside(new, |walk| walk.levels(old.children(), new.children()));
        }
    }

    fn whole(&mut self, item: Item<'_>, kind: ChangeKind) {
        match kind {
            ChangeKind::Removed => self.push(kind, Some(item.text()), None),
            _ => self.push(kind, None, Some(item.text())),
        }
        self.inside(item, |walk| {
            for child in item.children().items() {
                walk.whole(child, kind);
            }
        });
    }

    fn ordered(&mut self, group: &Ordered<'_>) {
        let common = group.common();
        let texts: HashSet<&str> = common.iter().map(|(_, _, new)| new.text()).collect();
        for item in group
            .before
            .iter()
            .filter(|item| !texts.contains(item.text()))
        {
            self.whole(*item, ChangeKind::Removed);
        }
        let places: Vec<usize> = common.iter().map(|(place, _, _)| *place).collect();
        let stays = longest_rising(&places);
        for (place, old, new) in common {
            if !stays.contains(&place) {
                self.push(ChangeKind::Moved, Some(old.text()), Some(new.text()));
            }
            self.pair(old, new);
        }
        for item in group
            .after
            .iter()
            .filter(|item| !texts.contains(item.text()))
        {
            self.whole(*item, ChangeKind::Added);
        }
    }

    fn inside(&mut self, item: Item<'_>, visit: impl FnOnce(&mut Self)) {
        self.section.push(item.text().to_owned());
        visit(self);
        self.section.pop();
    }

    fn push(&mut self, kind: ChangeKind, before: Option<&str>, after: Option<&str>) {
        self.changes.push(Change {
            kind,
            section: self.section.clone(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        });
    }
}

/// Returns the longest rising subsequence of distinct numbers: what stays when the rest is moved.
pub(crate) fn longest_rising(places: &[usize]) -> HashSet<usize> {
    // `tails[n]` is the position of the smallest number that ends a rising row of n + 1.
    let mut tails: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(places.len());
    for (position, place) in places.iter().enumerate() {
        let length = tails.partition_point(|tail| places[*tail] < *place);
        previous.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        match tails.get_mut(length) {
            Some(tail) => *tail = position,
            None => tails.push(position),
        }
    }
    let last = tails.last().copied();
    std::iter::successors(last, |position| previous[*position])
        .map(|position| places[position])
        .collect()
}
