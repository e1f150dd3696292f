//! How does a list get its order where one command can be put beside another?

use std::collections::{HashMap, HashSet};

use crate::config::canonical::Item;
use crate::diff::longest_rising;
use crate::diff::matching::{Appended, Ordered};
use crate::platform::Rule;

/// What goes from a list where a new command goes to the end, and when.
#[derive(Debug, Default)]
pub(super) struct Leaving<'c> {
    /// Before anything comes.
    pub(super) early: Vec<Item<'c>>,
    /// What comes again at the end, each right before it does.
    moved: Vec<Item<'c>>,
    /// When all has come.
    pub(super) late: Vec<Item<'c>>,
}

impl<'c> Leaving<'c> {
    /// Takes it from a list. One that may be in use, or by which the device is reached, is not empty for a moment. Sections that move
    /// all go before: what comes among them may have its place by them.
    pub(super) fn of(list: &mut Appended<'c>, rule: Option<&Rule>) -> Self {
        let is_line = rule.is_some_and(|rule| rule.opens().is_none());
        let stays = rule.is_some_and(|rule| rule.is_entry() || rule.make_before_break);
        let mut leaving = Self::default();
        for item in std::mem::take(&mut list.removed) {
            let comes_again = list.added.iter().any(|new| new.has_text_of(item));
            match comes_again {
                true if is_line => leaving.moved.push(item),
                false if stays => leaving.late.push(item),
                _ => leaving.early.push(item),
            }
        }
        leaving
    }

    /// Returns what goes right before it comes again.
    pub(super) fn right_before(&self, item: Item<'_>) -> Option<&Item<'c>> {
        self.moved.iter().find(|old| old.has_text_of(item))
    }
}

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

    /// Returns the place in the first list of a command that is in both.
    pub(super) fn place(&self, item: Item<'_>) -> usize {
        self.places.get(item.text()).copied().unwrap_or_default()
    }

    fn stays_put(&self, item: Item<'_>) -> bool {
        self.places
            .get(item.text())
            .is_some_and(|place| self.stays.contains(place))
    }
}
