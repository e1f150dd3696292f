//! How do the entries of a list get other numbers without the list being empty for a moment?
//!
//! A device that refuses an entry which stands already, under whatever number, has to lose it before it can come again. Where no
//! entry keeps its number, one goes and comes again after the other, those whose new number is free first.

use std::collections::BTreeMap;

use crate::config::canonical::Item;
use crate::diff::matching::Matching;

/// What becomes of one entry.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change<'c> {
    Goes(Item<'c>),
    Comes(Item<'c>),
}

/// A list whose entries get other numbers.
#[derive(Debug, Default)]
pub(super) struct Renumbered<'c> {
    pub(super) changes: Vec<Change<'c>>,
    /// What stands under each number, before and after.
    pub(super) pairs: Vec<(Option<Item<'c>>, Option<Item<'c>>)>,
    /// Where the first entry stands.
    pub(super) position: usize,
}

/// More entries than these are not put into an order.
const MOST: usize = 200;

/// Finds such lists, whose entries can come, and takes them out of what is to be done.
pub(super) fn renumbered<'c>(
    matching: &mut Matching<'c>,
    can_come: impl Fn(&Item<'c>) -> bool,
) -> Vec<Renumbered<'c>> {
    let mut lists: BTreeMap<String, Renumbered<'c>> = BTreeMap::new();
    for (old, new) in changed(matching) {
        if let Some(list) = new.or(old).and_then(list) {
            lists.entry(list).or_default().pairs.push((old, new));
        }
    }
    lists.retain(|_, found| (2..MOST).contains(&found.pairs.len()));
    if lists.is_empty() {
        return Vec::new();
    }
    for (_, new) in matching.both.iter().filter(|pair| is_kept(pair)) {
        list(*new).map(|list| lists.remove(&list));
    }
    let can_come = |found: &Renumbered<'c>| {
        let mut coming = found.pairs.iter().filter_map(|(_, new)| new.as_ref());
        coming.all(&can_come)
    };
    lists.retain(|_, found| can_come(found) && found.is_ordered());
    let is_left = |item: &Item<'c>| list(*item).is_none_or(|list| !lists.contains_key(&list));
    if !lists.is_empty() {
        matching.removed.retain(|item| is_left(item));
        matching.added.retain(|item| is_left(item));
        matching.both.retain(|(_, new)| is_left(new));
    }
    lists.into_values().collect()
}

fn is_kept((old, new): &(Item<'_>, Item<'_>)) -> bool {
    old.has_text_of(*new)
}

/// What stands under each number before and after, where that is not the same.
fn changed<'c>(
    matching: &Matching<'c>,
) -> impl Iterator<Item = (Option<Item<'c>>, Option<Item<'c>>)> {
    let removed = matching.removed.iter().map(|old| (Some(*old), None));
    let added = matching.added.iter().map(|new| (None, Some(*new)));
    let both = matching.both.iter().filter(|pair| !is_kept(pair));
    let both = both.map(|(old, new)| (Some(*old), Some(*new)));
    removed.chain(both).chain(added)
}

/// The list of a numbered entry that is refused while it, or its number, is there.
fn list(item: Item<'_>) -> Option<String> {
    let rule = item.rule().filter(|rule| rule.remove_first)?;
    let (list, _) = rule.entry(item.text()).filter(|_| !item.is_section())?;
    Some(list)
}

fn says(item: Item<'_>) -> String {
    let entry = item.rule().and_then(|rule| rule.entry(item.text()));
    entry.map_or_else(String::new, |(_, says)| says)
}

/// An entry that is there, with what it says.
type Standing<'c> = (Item<'c>, String);

/// An entry to come, with what it says and what has its number.
type Coming<'c> = (Option<Item<'c>>, Item<'c>, String);

impl<'c> Renumbered<'c> {
    /// Finds an order in which an entry is always there. False where there is none, or where nothing only changes its number.
    fn is_ordered(&mut self) -> bool {
        let standing = self.pairs.iter().filter_map(|(old, _)| *old);
        let mut standing: Vec<Standing<'c>> = standing.map(|old| (old, says(old))).collect();
        let coming = self
            .pairs
            .iter()
            .filter_map(|(old, new)| Some((*old, (*new)?)));
        let mut coming: Vec<Coming<'c>> = coming.map(|(old, new)| (old, new, says(new))).collect();
        let stays = |(_, _, wanted): &Coming<'c>| standing.iter().any(|(_, says)| says == wanted);
        if standing.len() < 2 || !coming.iter().any(stays) {
            return false;
        }
        let positions = coming.iter().map(|(_, new, _)| new.position());
        self.position = positions.min().unwrap_or_default();
        let mut arrived = 0;
        while !coming.is_empty() || !standing.is_empty() {
            let Some((gone, come)) = next(&standing, &coming, arrived) else {
                return false;
            };
            self.changes
                .extend(gone.map(|at| Change::Goes(standing.remove(at).0)));
            self.changes
                .extend(come.map(|at| Change::Comes(coming.remove(at).1)));
            arrived += usize::from(come.is_some());
        }
        true
    }
}

/// The places of an entry to go and of one to come.
type Next = (Option<usize>, Option<usize>);

/// Finds what can happen next: what is new comes, else one gets another number, else what is no longer wanted goes.
fn next(standing: &[Standing<'_>], coming: &[Coming<'_>], arrived: usize) -> Option<Next> {
    let place = |wanted: &str| standing.iter().position(|(_, says)| says == wanted);
    let is_there = |old: Item<'_>| {
        standing
            .iter()
            .any(|(other, _)| other.number() == old.number())
    };
    let all = coming.iter().enumerate();
    let free: Vec<(usize, &Coming<'_>)> = all
        .filter(|(_, (old, _, _))| !old.is_some_and(is_there))
        .collect();
    let mut new = free
        .iter()
        .filter(|(_, (_, _, says))| place(says).is_none());
    if let Some((at, _)) = new.next() {
        return Some((None, Some(*at)));
    }
    // Another one has to be there while one is away.
    if standing.len() + arrived < 2 {
        return None;
    }
    if let Some((at, (_, _, says))) = free.first() {
        return Some((place(says), Some(*at)));
    }
    let is_wanted = |wanted: &str| coming.iter().any(|(_, _, says)| says == wanted);
    let unwanted = standing.iter().position(|(_, says)| !is_wanted(says))?;
    Some((Some(unwanted), None))
}
