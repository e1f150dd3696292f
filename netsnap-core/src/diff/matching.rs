//! Which command of one section belongs to which of another?

use std::collections::HashMap;

use crate::config::canonical::{Item, Level};

/// The commands of two sections, put together.
#[derive(Debug, Default)]
pub(crate) struct Matching<'a, 'c> {
    /// In the first only, in its order.
    pub(crate) removed: Vec<&'a Item<'c>>,
    /// The same command in both, in the order of the second.
    pub(crate) both: Vec<(&'a Item<'c>, &'a Item<'c>)>,
    /// In the second only, in its order.
    pub(crate) added: Vec<&'a Item<'c>>,
    /// Commands whose order matters, where they differ.
    pub(crate) ordered: Vec<Ordered<'a, 'c>>,
}

/// Commands that keep their order among each other.
#[derive(Debug, Default)]
pub(crate) struct Ordered<'a, 'c> {
    pub(crate) before: Vec<&'a Item<'c>>,
    pub(crate) after: Vec<&'a Item<'c>>,
}

impl<'a, 'c> Matching<'a, 'c> {
    /// Puts two sections together, in time proportional to their size.
    pub(crate) fn of(before: &'a Level<'c>, after: &'a Level<'c>) -> Self {
        let mut matching = Self::default();
        for item in after.items.iter().filter(|item| item.group.is_none()) {
            match before.find(item) {
                Some(old) => matching.both.push((old, item)),
                None => matching.added.push(item),
            }
        }
        let gone = |item: &&Item<'_>| item.group.is_none() && after.find(item).is_none();
        matching.removed = before.items.iter().filter(gone).collect();
        for group in groups(before, after) {
            matching.add_group(group);
        }
        matching
    }

    fn add_group(&mut self, group: Ordered<'a, 'c>) {
        let texts = |items: &[&'a Item<'c>]| items.iter().map(|item| item.text).collect::<Vec<_>>();
        if texts(&group.before) == texts(&group.after) {
            self.both.extend(group.before.into_iter().zip(group.after));
        } else {
            self.ordered.push(group);
        }
    }
}

fn groups<'a, 'c>(before: &'a Level<'c>, after: &'a Level<'c>) -> Vec<Ordered<'a, 'c>> {
    let mut groups: Vec<Ordered<'a, 'c>> = Vec::new();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    let sides = before
        .items
        .iter()
        .map(|item| (item, false))
        .chain(after.items.iter().map(|item| (item, true)));
    for (item, is_after) in sides {
        let Some(name) = &item.group else { continue };
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
        .push(item);
    }
    groups
}

impl<'a, 'c> Ordered<'a, 'c> {
    /// Splits what a device that appends can keep from what has to go and what has to come.
    ///
    /// Kept is the longest beginning of the second list that stands in the first in the same order.
    pub(crate) fn appended(&self) -> Appended<'a, 'c> {
        let mut appended = Appended::default();
        for item in &self.before {
            match self.after.get(appended.kept.len()) {
                Some(wanted) if wanted.has_text_of(item) => appended.kept.push((item, wanted)),
                _ => appended.removed.push(item),
            }
        }
        appended.added = self.after[appended.kept.len()..].to_vec();
        appended
    }

    /// Pairs the commands that are in both lists, in the order of the second.
    pub(crate) fn common(&self) -> Vec<(usize, &'a Item<'c>, &'a Item<'c>)> {
        let places: HashMap<&str, usize> = self
            .before
            .iter()
            .enumerate()
            .map(|(place, item)| (item.text, place))
            .collect();
        self.after
            .iter()
            .filter_map(|item| {
                places
                    .get(item.text)
                    .map(|place| (*place, self.before[*place], *item))
            })
            .collect()
    }
}

/// How one ordered list becomes another on a device that appends.
#[derive(Debug, Default)]
pub(crate) struct Appended<'a, 'c> {
    pub(crate) kept: Vec<(&'a Item<'c>, &'a Item<'c>)>,
    pub(crate) removed: Vec<&'a Item<'c>>,
    pub(crate) added: Vec<&'a Item<'c>>,
}
