//! What becomes of lines whose order matters?

use super::super::lost::Lost;
use super::super::numbers::{self, Change};
use super::super::order::service;
use super::super::park;
use super::super::placement::{Leaving, Placement};
use super::super::resequence::{Resequenced, Turn};
use super::super::unit::{Phase, Unit};
use super::Edits;
use crate::config::canonical::Item;
use crate::diff::matching::{Matching, Ordered};
use crate::model::Step;

impl Edits {
    /// Lets the only two entries of lists take each other's number, and returns which did.
    pub(super) fn swapped(&mut self, matching: &Matching<'_>, lost: &Lost) -> Vec<park::Swap> {
        if self.manner.has_paths() {
            return Vec::new();
        }
        let mut swaps = park::swaps(matching);
        swaps.retain(|(one, other)| {
            let pairs = [matching.both[*one], matching.both[*other]];
            let is_free = pairs
                .iter()
                .all(|(_, new)| lost.dropped_with(*new).is_none());
            is_free && self.swap(pairs)
        });
        swaps
    }

    /// One entry goes behind the other until that has its number. False where no number is left for it.
    fn swap(&mut self, [(one, to_one), (other, to_other)]: [(Item<'_>, Item<'_>); 2]) -> bool {
        let meanwhile = park::parked(one.text(), to_other.text());
        let Some((meanwhile, rule)) = meanwhile.zip(to_other.rule()) else {
            return false;
        };
        let undo = rule.negation(&meanwhile);
        let mut unit = self.unit((Phase::Rest, to_one.position()));
        for (old, new) in [(one, to_one), (other, to_other)] {
            unit.goes(old);
            unit.comes(new);
            service::note(&mut unit, &self.section, (Some(old), Some(new)));
        }
        unit.steps.extend(self.undone(one));
        unit.steps.push(self.step(meanwhile));
        unit.steps.extend(self.undone(other));
        unit.steps.extend(self.set(to_one));
        unit.steps.push(self.step(undo));
        unit.steps.extend(self.set(to_other));
        self.units.push(unit);
        true
    }

    /// Gives the entries of lists other numbers, one after the other, where all change and a list would be empty for a moment.
    pub(super) fn renumbered(&mut self, matching: &mut Matching<'_>, lost: &Lost) {
        if self.manner.has_paths() {
            return;
        }
        let is_free = |item: &Item<'_>| lost.comes_after(*item).is_none();
        for renumbered in numbers::renumbered(matching, is_free) {
            let mut unit = self.unit((Phase::Rest, renumbered.position));
            for change in &renumbered.changes {
                match change {
                    Change::Goes(old) => unit.steps.extend(self.undone(*old)),
                    Change::Comes(new) => unit.steps.extend(self.set(*new)),
                }
            }
            for (old, new) in renumbered.pairs {
                old.into_iter().for_each(|old| unit.goes(old));
                new.into_iter().for_each(|new| unit.comes(new));
                service::note(&mut unit, &self.section, (old, new));
            }
            self.units.push(unit);
        }
    }

    /// Lines whose order matters stay in one unit: nothing may come between and turn them around.
    pub(super) fn ordered(&mut self, group: &Ordered<'_>, lost: &Lost) {
        let rule = group
            .after
            .first()
            .or(group.before.first())
            .and_then(|item| item.rule());
        if self.manner.places() && rule.is_some_and(|rule| rule.ordered) {
            return self.placed(group, lost);
        }
        let mut appended = group.appended();
        let whole = group
            .before
            .first()
            .and_then(|item| item.rule()?.negation_of_all(item.text()));
        if let Some(whole) = whole.filter(|_| !appended.removed.is_empty()) {
            return self.rebuilt(group, whole);
        }
        if appended.added.iter().any(|item| self.is_left_out(*item)) {
            return;
        }
        if let Some((line, found)) = self.renumber.clone().zip(Resequenced::of(group)) {
            return self.resequenced(&line, &found);
        }
        let place = group
            .after
            .first()
            .or(group.before.first())
            .map_or(0, |item| item.position());
        let mut unit = self.unit((Phase::Rest, place));
        let leaving = Leaving::of(&mut appended, rule);
        self.taken_back(&mut unit, &leaving.early);
        for item in &appended.added {
            self.taken_back(&mut unit, leaving.right_before(*item));
            unit.comes(*item);
            self.arrive(&mut unit, *item);
        }
        self.taken_back(&mut unit, &leaving.late);
        self.units.push(unit);
        for (old, new) in appended.kept.drain(..) {
            self.kept(old, new, lost);
        }
    }

    /// A list that counts anew, so that what comes has a place between others.
    fn resequenced(&mut self, line: &str, found: &Resequenced<'_, '_>) {
        let place = found.turns.first().map_or(0, |(item, ..)| item.position());
        let mut unit = self.unit((Phase::Rest, place));
        let around = self
            .section
            .split_last()
            .map_or(&[][..], |(_, outer)| outer);
        let line = format!("{line} {0} {0}", found.step);
        unit.steps.push(Step::new(around.to_vec(), line));
        for (item, moves, turn) in &found.turns {
            let number = match turn {
                Turn::Stays => continue,
                Turn::Between(number) => format!("{number} "),
                Turn::Last => String::new(),
            };
            if *moves {
                self.taken_back(&mut unit, [item]);
            }
            unit.comes(*item);
            self.doubt(*item);
            let entry = format!("{number}{}", item.text());
            unit.steps.push(self.step(entry));
        }
        self.taken_back(&mut unit, &found.placement.removed);
        self.units.push(unit);
    }

    fn taken_back<'a, 'c: 'a>(
        &mut self,
        unit: &mut Unit,
        items: impl IntoIterator<Item = &'a Item<'c>>,
    ) {
        for item in items {
            unit.goes(*item);
            unit.steps.extend(self.undone(*item));
            self.doubt(*item);
        }
    }

    /// A list whose commands can be put between others.
    fn placed(&mut self, group: &Ordered<'_>, lost: &Lost) {
        let placement = Placement::of(group);
        let place = group.after.first().or(group.before.first());
        let mut unit = self.unit((Phase::Rest, place.map_or(0, |item| item.position())));
        self.taken_back(&mut unit, &placement.removed);
        for (item, arrival) in placement.arrivals() {
            if arrival.is_new {
                unit.comes(item);
                self.arrive(&mut unit, item);
            }
            let beside = arrival
                .beside
                .map(|beside| self.manner.insert(&self.section, item, beside));
            unit.steps.extend(beside);
        }
        self.units.push(unit);
        for (_, old, new) in placement.common {
            self.kept(old, new, lost);
        }
    }

    fn rebuilt(&mut self, group: &Ordered<'_>, negation: String) {
        let place = group.before.first().map_or(0, |item| item.position());
        let mut unit = self.unit((Phase::Rest, place));
        unit.steps.push(self.step(negation));
        for item in &group.before {
            unit.goes(*item);
            self.doubt(*item);
        }
        for item in &group.after {
            unit.comes(*item);
            self.arrive(&mut unit, *item);
        }
        self.units.push(unit);
    }
}
