//! What goes, and what takes it along?

use super::super::lost::Lost;
use super::super::order::service;
use super::super::unit::{Part, Phase, Unit};
use super::Edits;
use crate::config::canonical::{Item, Level};
use crate::platform::Rule;

impl Edits {
    pub(super) fn removed(&mut self, item: Item<'_>, lost: &Lost) {
        if item.rule().is_some_and(Rule::is_emptied) {
            let rank = (Phase::Remove, from_the_end(item));
            return self.inside(item, rank, |edits| {
                edits.levels(item.children(), Level::default(), lost);
            });
        }
        let mut unit = self.unit((removal_phase(item), from_the_end(item)));
        unit.goes(item);
        unit.goes_apart(item, lost);
        service::note(&mut unit, &self.section, (Some(item), None));
        self.unbind(&mut unit, item);
        self.doubt_inside(item);
        match self.dropped_with(item, lost) {
            Some(marker) => {
                unit.falls(item, marker);
                service::falls(&mut unit);
            }
            None if lost.rewrites(&self.section, item) => {}
            None => {
                unit.steps.extend(self.undone_whole(item, lost));
                unit.releases.extend(lost.markers_of(item));
                unit.releases.extend(self.markers_of(item));
                self.doubt(item);
                self.doubt_default(item);
            }
        }
        self.units.push(unit);
    }

    /// Returns the markers of the names that go with a line.
    fn markers_of(&self, item: Item<'_>) -> Vec<String> {
        let names = item.rule().map(|rule| rule.defines(item.text()));
        let names = names.into_iter().flatten();
        names
            .filter_map(|name| self.gone.get(&name).cloned())
            .collect()
    }

    /// Notes the references inside a section, and what only it can have, which can be taken back before it goes.
    fn unbind(&mut self, unit: &mut Unit, item: Item<'_>) {
        if item.children().is_empty() {
            return;
        }
        self.section.push(item.text().to_owned());
        for child in item.children().items() {
            unit.early
                .extend(Part::before(child, || self.undone(child)));
            self.unbind(unit, child);
        }
        self.section.pop();
    }
}

fn from_the_end(item: Item<'_>) -> usize {
    usize::MAX - item.position()
}

fn removal_phase(item: Item<'_>) -> Phase {
    match item.rule() {
        Some(rule) if rule.make_before_break => Phase::Last,
        Some(rule) if !rule.stops(item.text()).is_empty() => Phase::Last,
        Some(rule) if rule.first && !takes_others(rule, item.text()) => Phase::First,
        _ => Phase::Remove,
    }
}

/// Says whether lines go with one that say more than the same in other sections.
fn takes_others(rule: &Rule, line: &str) -> bool {
    rule.destroys_inside() && rule.destroys(line).iter().any(|start| start != line)
}
