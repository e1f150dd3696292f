//! What comes, stays or gets another value?

use super::super::barrier::is_made_anew;
use super::super::lost::Lost;
use super::super::order::service;
use super::super::queue;
use super::super::unit::{Part, Phase, Unit};
use super::Edits;
use crate::config::canonical::{Item, Level};
use crate::platform::Rule;

impl Edits {
    pub(super) fn kept<'c>(&mut self, old: Item<'c>, new: Item<'c>, lost: &Lost) {
        if lost.is_empty() && old.is_alike(new) {
            return;
        }
        if is_made_anew(old, new, lost) && !self.is_left_out(new) {
            self.removed(old, lost);
            return self.added(new, lost);
        }
        let is_in_place = new.rule().is_some_and(|rule| rule.in_place);
        if is_in_place && !old.has_text_of(new) && lost.dropped_with(new).is_none() {
            return self.entered_anew(old, new, lost);
        }
        if !old.has_text_of(new) {
            return match self.is_left_out(new) {
                true => (),
                false => self.changed(old, new, lost),
            };
        }
        if let Some(by) = lost.may_drop(new) {
            self.doubts.push(format!(
                "some releases drop `{}` with `{by}`: it is sent again",
                new.text()
            ));
            return self.comes_again(new, lost);
        }
        if lost.dropped_with(new).is_some() {
            return self.comes_again(new, lost);
        }
        if old.is_section() || new.is_section() {
            let rank = (Phase::Rest, new.position());
            self.inside(new, rank, |edits| {
                edits.levels(old.children(), new.children(), lost);
            });
        }
    }

    /// What the device drops by itself comes again. Where that cannot be typed, nothing is planned that drops it.
    fn comes_again(&mut self, item: Item<'_>, lost: &Lost) {
        self.is_barred |= self.is_left_out(item);
        self.added(item, lost);
    }

    /// A section whose header has another value, which overwrites the old one.
    fn entered_anew<'c>(&mut self, old: Item<'c>, new: Item<'c>, lost: &Lost) {
        let mut unit = self.unit((Phase::First, new.position()));
        unit.steps.push(self.step(new.text().to_owned()));
        self.doubt_inside(old);
        self.units.push(unit);
        let rank = (Phase::Rest, new.position());
        self.inside(new, rank, |edits| {
            edits.levels(old.children(), new.children(), lost);
        });
    }

    fn changed(&mut self, old: Item<'_>, new: Item<'_>, lost: &Lost) {
        let mut unit = self.unit((self.arrival_phase(new), new.position()));
        let is_lost = lost.dropped_with(new);
        unit.claims.extend(lost.comes_after(new).map(str::to_owned));
        unit.releases.extend(lost.markers_of(new));
        unit.goes(old);
        unit.comes(new);
        unit.comes_apart(new, lost);
        service::note(&mut unit, &self.section, (Some(old), Some(new)));
        let delta = match is_lost {
            None => self.manner.delta(&self.section, (Some(old), Some(new))),
            Some(_) => None,
        };
        if let Some(delta) = delta {
            unit.steps.extend(delta);
        } else {
            let undo = self.undone(old);
            if is_lost.is_none() {
                if must_go_first(old, new) {
                    unit.steps.extend(undo.iter().cloned());
                }
                if can_go_first(old) && !new.is_section() {
                    unit.undo = undo;
                }
            }
            self.arrive(&mut unit, new);
        }
        self.doubt(old);
        self.doubt_inside(new);
        self.units.push(unit);
    }

    pub(super) fn added(&mut self, item: Item<'_>, lost: &Lost) {
        let is_free = lost.comes_after(item).is_none() && !self.section.is_empty();
        if is_free && service::comes_in_parts(item) {
            let rank = (Phase::Rest, item.position());
            return self.inside(item, rank, |edits| {
                edits.levels(Level::default(), item.children(), lost);
            });
        }
        let mut unit = self.unit((self.arrival_phase(item), item.position()));
        unit.claims
            .extend(lost.comes_after(item).map(str::to_owned));
        unit.releases.extend(lost.markers_of(item));
        unit.comes(item);
        unit.comes_apart(item, lost);
        service::note(&mut unit, &self.section, (None, Some(item)));
        self.arrive(&mut unit, item);
        self.units.push(unit);
    }

    /// Adds the steps that make a line and everything inside it.
    pub(super) fn arrive(&mut self, unit: &mut Unit, item: Item<'_>) {
        self.doubt(item);
        if !self.manner.types(item) {
            return self.leave_out(item);
        }
        if item.children().is_empty() {
            unit.steps.extend(self.set(item));
            return;
        }
        self.section.push(item.text().to_owned());
        let mut children: Vec<_> = item.children().items().collect();
        children.sort_by_key(|child| (self.manner.is_mark(*child), service::turn(*child)));
        for child in queue::in_turn(children) {
            let before = unit.steps.len();
            self.arrive(unit, child);
            unit.late.extend(Part::behind(child, &unit.steps[before..]));
        }
        self.section.pop();
    }

    /// What switches a statement off comes when the statement is there.
    fn arrival_phase(&self, item: Item<'_>) -> Phase {
        match item.rule() {
            _ if self.manner.is_mark(item) => Phase::Last,
            Some(rule) if !rule.stops(item.text()).is_empty() => Phase::Remove,
            Some(rule) if item.is_negated() && !rule.starts(item.text()).is_empty() => Phase::Last,
            Some(rule) if rule.first => Phase::First,
            _ => Phase::Rest,
        }
    }
}

/// Says whether the old value can go for a while: of a line by which the device is reached it must not.
fn can_go_first(old: Item<'_>) -> bool {
    let has_to_stay = old.rule().is_some_and(|rule| rule.make_before_break);
    !old.is_section() && !has_to_stay
}

/// Says whether the old value has to go before the new one: a section always, a line where the device refuses or merges.
fn must_go_first(old: Item<'_>, new: Item<'_>) -> bool {
    let is_negation = old.is_negated() || new.is_negated();
    let is_stubborn = |rule: &Rule| rule.collides(old.text(), new.text()) || rule.adds();
    let is_stubborn = old.rule().is_some_and(is_stubborn) && !is_negation;
    let lingers = |rule: &Rule| rule.lingers(old.text(), new.text());
    is_stubborn || old.rule().is_some_and(lingers) || old.is_section() || new.is_section()
}
