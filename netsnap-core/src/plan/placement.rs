//! How does a list get its order where one command can be put beside another?

use std::collections::{HashMap, HashSet};

use crate::config::canonical::Item;
use crate::diff::longest_rising;
use crate::diff::matching::Ordered;

/// What stays, goes, comes and moves in a list. As many commands as possible stay where they are.
#[derive(Debug)]
pub(super) struct Placement<'g, 'c> {
    group: &'g Ordered<'c>,
    /// In the first list only.
    pub(super) removed: Vec<Item<'c>>,
    /// In both lists, with the place in the first one.
    pub(super) common: Vec<(usize, Item<'c>, Item<'c>)>,
    places: HashMap<&'c str, usize>,
    stays: HashSet<usize>,
}

/// What has to be done for one command of the second list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival<'c> {
    /// Whether it is set first, and so goes to the end.
    pub(super) is_new: bool,
    /// The side and the command that it is put beside; none where it is in its place already.
    pub(super) beside: Option<(&'static str, Item<'c>)>,
}

impl<'g, 'c> Placement<'g, 'c> {
    /// Compares the two lists.
    pub(super) fn of(group: &'g Ordered<'c>) -> Self {
        let common = group.common();
        let places: HashMap<_, _> = common
            .iter()
            .map(|(place, _, new)| (new.text(), *place))
            .collect();
        let order: Vec<usize> = common.iter().map(|(place, ..)| *place).collect();
        let gone = |item: &&Item<'c>| !places.contains_key(item.text());
        Self {
            removed: group.before.iter().filter(gone).copied().collect(),
            stays: longest_rising(&order),
            group,
            common,
            places,
        }
    }

    /// Returns the commands of the second list in their order, with what has to be done for each.
    ///
    /// What is new or has moved goes right behind the one before it, which is in its place by then.
    pub(super) fn arrivals(&self) -> impl Iterator<Item = (Item<'c>, Arrival<'c>)> {
        let mut behind = self.common.len();
        self.group
            .after
            .iter()
            .enumerate()
            .map(move |(place, item)| {
                let known = self.places.get(item.text());
                behind -= usize::from(known.is_some());
                let is_there = match known {
                    Some(place) => self.stays.contains(place),
                    None => behind == 0,
                };
                let arrival = Arrival {
                    is_new: known.is_none(),
                    beside: (!is_there).then(|| self.beside(place)).flatten(),
                };
                (*item, arrival)
            })
    }

    fn beside(&self, place: usize) -> Option<(&'static str, Item<'c>)> {
        let after = &self.group.after;
        match place.checked_sub(1) {
            Some(before) => Some(("after", after[before])),
            None => after
                .iter()
                .find(|item| self.stays_put(**item))
                .map(|item| ("before", *item)),
        }
    }

    fn stays_put(&self, item: Item<'_>) -> bool {
        self.places
            .get(item.text())
            .is_some_and(|place| self.stays.contains(place))
    }
}
