//! Where does a plan put into force what was typed so far?
//!
//! A device that takes a change over as a whole looks at what it comes to. Some changes it refuses all the same: what was there
//! has to be gone when one change is put into force, before another one makes something else of it. A plan of such a device
//! is then several changes, and the step between two of them is what puts the first into force.
//!
//! What is in force between two changes is a configuration like any other: the simulated device takes it over or refuses it,
//! and from there a way back is looked for, as from each line on a device that carries out every line at once.

use std::collections::HashSet;

use super::lines;
use super::lost::Lost;
use super::unit::Unit;
use crate::config::canonical::Item;
use crate::model::Step;
use crate::platform::{Platform, Rule};

/// What the names of things begin with that have to be free when a change is put into force before another unit takes them.
const MARK: &str = "commit\n";

/// Returns the name of something that has to be free when a change is put into force.
pub(super) fn apart(name: impl AsRef<str>) -> String {
    format!("{MARK}{}", name.as_ref())
}

/// Says whether a step puts into force what was typed before it.
pub(super) fn is_commit(step: &Step, platform: &Platform) -> bool {
    step.section.is_empty() && platform.grammar.commit() == Some(step.line.as_str())
}

/// Returns the lines that carry out some steps, one list for each change that is put into force.
pub(super) fn changes(steps: &[Step], platform: &Platform) -> Vec<Vec<String>> {
    let changes = steps.split(|step| is_commit(step, platform));
    changes.map(|change| lines(change, platform)).collect()
}

/// Says whether a line has to be gone when a change is put into force before it comes again.
pub(super) fn is_made_anew(old: Item<'_>, new: Item<'_>, lost: &Lost) -> bool {
    let is_remade = || {
        remade(old)
            .zip(remade(new))
            .is_some_and(|(old, new)| old != new)
    };
    let is_other = || !old.has_text_of(new) || is_remade();
    let stands_apart = new.rule().is_some_and(Rule::stands_apart);
    lost.goes_ahead_of(new).is_some() || (stands_apart && is_other())
}

/// Returns the line inside with whose value a section is another one.
fn remade(item: Item<'_>) -> Option<&str> {
    let mut lines = item.children().items();
    let line = lines.find(|line| line.rule().is_some_and(|rule| rule.remakes));
    line.map(Item::text)
}

/// The steps of some units, and why they may not do what they should.
#[derive(Debug, Default)]
pub(super) struct Committed {
    pub(super) steps: Vec<Step>,
    pub(super) doubts: Vec<String>,
}

impl Committed {
    /// Puts what puts a change into force between units where it has to stand, as seldom as their order allows.
    ///
    /// Nobody may come back to a device whose way in goes with a change that is not the last: that is a doubt.
    pub(super) fn of(
        units: Vec<Unit>,
        platform: &Platform,
        way: Option<&dyn Fn(&str) -> bool>,
    ) -> Self {
        let cuts = cuts(&units);
        let mut committed = Self::default();
        let Some(last) = cuts.last() else {
            committed.steps = units.into_iter().flat_map(|unit| unit.steps).collect();
            return committed;
        };
        let before = units[..*last].iter();
        let cut_off = way.and_then(|way| before.clone().find(|unit| unit.touches(way)));
        committed.doubts.extend(cut_off.map(|unit| {
            let name = unit.name();
            format!("{name} touches the way by which the device is managed, and more than one commit is needed")
        }));
        for (place, unit) in units.into_iter().enumerate() {
            if cuts.contains(&place) {
                committed.commit(&unit, platform);
            }
            committed.steps.extend(unit.steps);
        }
        committed
    }

    fn commit(&mut self, unit: &Unit, platform: &Platform) {
        match platform.grammar.commit() {
            Some(line) => self.steps.push(Step::new(Vec::new(), line.to_owned())),
            None => self.doubts.push(format!(
                "needs a commit between: plan what comes before {} as a change of its own",
                unit.name()
            )),
        }
    }
}

/// The places of the units before which a change has to be put into force.
fn cuts(units: &[Unit]) -> Vec<usize> {
    let mut since = Since::default();
    let mut cuts = Vec::new();
    for (place, unit) in units.iter().enumerate() {
        if since.is_in_the_way_of(unit) {
            cuts.push(place);
            since = Since::default();
        }
        since.note(unit);
    }
    cuts
}

/// What came to be free since a change was put into force.
#[derive(Default)]
struct Since<'u> {
    released: HashSet<&'u str>,
    unused: HashSet<&'u str>,
}

impl<'u> Since<'u> {
    fn is_in_the_way_of(&self, unit: &Unit) -> bool {
        let is_released = |name: &String| self.released.contains(name.as_str());
        let is_unused = |name: &String| self.unused.contains(name.as_str());
        unit.claims.iter().any(is_released) || unit.freed.iter().any(is_unused)
    }

    fn note(&mut self, unit: &'u Unit) {
        let released = unit.releases.iter().filter(|name| name.starts_with(MARK));
        self.released.extend(released.map(String::as_str));
        self.unused.extend(unit.unuses.iter().map(String::as_str));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(claims: &[&str], releases: &[&str]) -> Unit {
        Unit {
            claims: claims.iter().map(apart).collect(),
            releases: releases.iter().map(apart).collect(),
            ..Unit::new(Vec::new())
        }
    }

    #[test]
    fn a_change_is_put_into_force_as_seldom_as_it_can() {
        let units = [
            unit(&[], &["a"]),
            unit(&[], &["b"]),
            unit(&["a"], &[]),
            unit(&["b"], &["c"]),
            unit(&["d"], &[]),
            unit(&["c"], &[]),
        ];
        assert_eq!(cuts(&units), [2, 5]);
        assert_eq!(cuts(&units[..2]), [] as [usize; 0]);
        let unused = Unit {
            unuses: vec!["d".to_owned()],
            ..Unit::new(Vec::new())
        };
        let freed = Unit {
            freed: vec!["d".to_owned()],
            ..Unit::new(Vec::new())
        };
        assert_eq!(cuts(&[unused, freed.clone(), freed]), [1]);
        let released = |name: &str| Unit {
            releases: vec![name.to_owned()],
            claims: vec![name.to_owned()],
            ..Unit::new(Vec::new())
        };
        assert_eq!(cuts(&[released("a"), released("a")]), [] as [usize; 0]);
    }
}
