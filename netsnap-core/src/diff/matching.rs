//! Which command of one section belongs to which of another?

use std::collections::HashMap;

use crate::config::canonical::{Item, Level};

/// The commands of two sections, put together.
#[derive(Debug, Default)]
pub(crate) struct Matching<'c> {
    /// In the first only, in its order.
    pub(crate) removed: Vec<Item<'c>>,
    /// The same command in both, in the order of the second.
    pub(crate) both: Vec<(Item<'c>, Item<'c>)>,
    /// In the second only, in its order.
    pub(crate) added: Vec<Item<'c>>,
    /// Commands whose order matters, where they differ.
    pub(crate) ordered: Vec<Ordered<'c>>,
}

/// Commands that keep their order among each other.
#[derive(Debug, Default)]
pub(crate) struct Ordered<'c> {
    pub(crate) before: Vec<Item<'c>>,
    pub(crate) after: Vec<Item<'c>>,
}

impl<'c> Matching<'c> {
    /// Puts two sections together, in time proportional to their size.
    pub(crate) fn of(before: Level<'c>, after: Level<'c>) -> Self {
        let mut matching = Self::default();
        let old: Vec<Item<'c>> = before.items().collect();
        let new: Vec<Item<'c>> = after.items().collect();
        matching.pair(before, (&old, &new));
        matching.leave(&old);
        for group in groups(&old, &new) {
            matching.add_group(group);
        }
        matching
    }

    /// Most lines stand beside each other on both sides; the others are looked up.
    fn pair(&mut self, before: Level<'c>, (old, new): (&[Item<'c>], &[Item<'c>])) {
        let mut beside = 0;
        for item in new.iter().filter(|item| item.group().is_none()) {
            let is_beside = |other: &&Item<'c>| other.group().is_none() && other.has_text_of(*item);
            let found = match old.get(beside).filter(is_beside) {
                Some(other) => Some(*other),
                None => before.find(*item),
            };
            let Some(found) = found else {
                self.added.push(*item);
                continue;
            };
            self.both.push((found, *item));
            beside = match old.get(beside) {
                Some(other) if other.number() == found.number() => beside + 1,
                _ => old.partition_point(|other| other.number() <= found.number()),
            };
        }
    }

    /// Notes what has no partner. The numbers of siblings rise.
    fn leave(&mut self, old: &[Item<'c>]) {
        let mut kept: Vec<u32> = self.both.iter().map(|(old, _)| old.number()).collect();
        kept.sort_unstable();
        let mut kept = kept.into_iter().peekable();
        for item in old.iter().filter(|item| item.group().is_none()) {
            if kept.next_if_eq(&item.number()).is_none() {
                self.removed.push(*item);
            }
        }
    }

    fn add_group(&mut self, group: Ordered<'c>) {
        let is_same = group.before.len() == group.after.len()
            && group
                .before
                .iter()
                .zip(&group.after)
                .all(|(old, new)| old.has_text_of(*new));
        if is_same {
            self.both.extend(group.before.into_iter().zip(group.after));
        } else {
            self.ordered.push(group);
        }
    }
}

fn groups<'c>(before: &[Item<'c>], after: &[Item<'c>]) -> Vec<Ordered<'c>> {
    let mut groups: Vec<Ordered<'c>> = Vec::new();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    let sides = before
        .iter()
        .map(|item| (item, false))
        .chain(after.iter().map(|item| (item, true)));
    for (item, is_after) in sides {
        let Some(name) = item.group() else { continue };
        let number = *by_name.entry(name).or_insert_with(|| {
            groups.push(Ordered::default());
            groups.len() - 1
        });
        let group = &mut groups[number];
        if is_after {
            &mut group.after
        } else {
            &mut group.before
        }
        .push(*item);
    }
    groups
}

impl<'c> Ordered<'c> {
    /// Splits what a device that appends can keep from what has to go and what has to come.
    ///
    /// Kept is the longest beginning of the second list that stands in the first in the same order.
    pub(crate) fn appended(&self) -> Appended<'c> {
        let mut appended = Appended::default();
        for item in &self.before {
            match self.after.get(appended.kept.len()) {
                Some(wanted) if wanted.has_text_of(*item) => appended.kept.push((*item, *wanted)),
                _ => appended.removed.push(*item),
            }
        }
        appended.added = self.after[appended.kept.len()..].to_vec();
        appended
    }

    /// Pairs the commands that are in both lists, in the order of the second.
    pub(crate) fn common(&self) -> Vec<(usize, Item<'c>, Item<'c>)> {
        let places: HashMap<&str, usize> = self
            .before
            .iter()
            .enumerate()
            .map(|(place, item)| (item.text(), place))
            .collect();
        self.after
            .iter()
            .filter_map(|item| {
                places
                    .get(item.text())
                    .map(|place| (*place, self.before[*place], *item))
            })
            .collect()
    }
}

/// How one ordered list becomes another on a device that appends.
#[derive(Debug, Default)]
pub(crate) struct Appended<'c> {
    pub(crate) kept: Vec<(Item<'c>, Item<'c>)>,
    pub(crate) removed: Vec<Item<'c>>,
    pub(crate) added: Vec<Item<'c>>,
}
