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
use super::unit::Unit;
use crate::model::Step;
use crate::platform::Platform;

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
            Some(line) => self.steps.push(Step {
                section: Vec::new(),
                line: line.to_owned(),
            }),
            None => self.doubts.push(format!(
                "needs a commit between: plan what comes before {} as a change of its own",
                unit.name()
            )),
        }
    }
}

/// The places of the units before which a change has to be put into force.
fn cuts(units: &[Unit]) -> Vec<usize> {
    let mut freed: HashSet<&str> = HashSet::new();
    let mut cuts = Vec::new();
    for (place, unit) in units.iter().enumerate() {
        let mut claims = unit.claims.iter();
        if claims.any(|name| freed.contains(name.as_str())) {
            cuts.push(place);
            freed.clear();
        }
        let releases = unit.releases.iter().filter(|name| name.starts_with(MARK));
        freed.extend(releases.map(String::as_str));
    }
    cuts
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
        let released = |name: &str| Unit {
            releases: vec![name.to_owned()],
            claims: vec![name.to_owned()],
            ..Unit::new(Vec::new())
        };
        assert_eq!(cuts(&[released("a"), released("a")]), [] as [usize; 0]);
    }
}
