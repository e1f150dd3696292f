//! Which unit goes before which?
//!
//! A name is defined before it is used, no longer used before it goes, and free before somebody else takes it. Where
//! nothing of that decides, the rank does. A circle is opened by taking a unit apart: a reference comes later, or goes
//! earlier, or a value goes before the new one comes. Where that is not possible, the circle is named.

mod graph;
mod mention;
pub(super) mod service;

use std::collections::HashMap;

use self::graph::{Condition, Graph, Link};
use super::unit::{Part, Phase, Unit};

/// Puts units into an order that respects what they need from each other, and names the circles that stay.
pub(super) fn ordered(mut units: Vec<Unit>) -> (Vec<Unit>, Vec<String>) {
    mention::settle(&mut units);
    units.iter_mut().for_each(Unit::settle);
    service::wait_for_guards(&mut units);
    patient(&mut units);
    loop {
        units.sort_by(|a, b| a.rank.cmp(&b.rank));
        let place = |circle: &[Link<'_>]| Some(cut(&units, circle)?.0);
        let sorted = Graph::of(&units).sorted(place);
        let cuts = sorted
            .circles
            .iter()
            .filter_map(|circle| cut(&units, circle));
        let mut cuts: HashMap<usize, Cut> = cuts.collect();
        if cuts.is_empty() {
            let circles = sorted.circles.iter();
            let circles = circles.map(|circle| named(&units, circle)).collect();
            let order = sorted.order;
            return (taken(units, &order), circles);
        }
        let places = units.into_iter().enumerate();
        let apart = places.flat_map(|(place, unit)| match cuts.remove(&place) {
            Some(cut) => cut.apart(unit),
            None => vec![unit],
        });
        units = apart.collect();
    }
}

/// Lets what makes the device drop lines wait for the names that the lines to come use: so that what is set up anew is not without
/// them, a filter say, for longer than it takes to type it.
fn patient(units: &mut [Unit]) {
    let mut waiting: HashMap<String, Vec<String>> = HashMap::new();
    for unit in &*units {
        let losses = unit.claims.iter().filter(|name| is_loss(name));
        losses.for_each(|loss| {
            let names = waiting.entry(loss.clone()).or_default();
            names.extend(unit.uses.iter().chain(&unit.wishes).cloned());
        });
    }
    for unit in units {
        let losses = unit.releases.iter().filter(|name| is_loss(name));
        let names = losses.filter_map(|loss| waiting.get(loss));
        unit.wishes.extend(names.flatten().cloned());
        unit.settle_wishes();
    }
}

fn taken(units: Vec<Unit>, order: &[usize]) -> Vec<Unit> {
    let mut slots: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    order
        .iter()
        .filter_map(|place| slots[*place].take())
        .collect()
}

/// Names the lines of a circle, each before the one that it waits for.
fn named(units: &[Unit], circle: &[Link<'_>]) -> String {
    let lines = circle.iter().map(|link| units[link.place].name());
    let mut lines: Vec<String> = lines.collect();
    lines.extend(lines.first().cloned());
    format!(
        "each of these lines waits for the next: {}",
        lines.join(" -> ")
    )
}

/// How a unit is taken apart.
#[derive(Clone, Debug)]
enum Cut {
    /// The lines that use a name come later.
    Later(String),
    /// The old value goes before the new one comes.
    ValueFirst,
    /// The lines that use a name go before the rest.
    Earlier(String),
    /// The lines that have a thing go before the rest.
    Freed(String),
}

/// Finds the unit of a circle that can be taken apart, with as few lines more as possible.
fn cut(units: &[Unit], circle: &[Link<'_>]) -> Option<(usize, Cut)> {
    let kinds = [later, freed, value_first, earlier];
    kinds.iter().find_map(|kind| {
        let mut links = circle.iter();
        links.find_map(|link| Some((link.place, kind(&units[link.place], link)?)))
    })
}

fn later(unit: &Unit, link: &Link<'_>) -> Option<Cut> {
    let Condition::Defined(name) = link.waits_for else {
        return None;
    };
    let has_it = unit.late.iter().any(|part| part.uses_name(name));
    has_it.then(|| Cut::Later(name.to_owned()))
}

fn value_first(unit: &Unit, link: &Link<'_>) -> Option<Cut> {
    let is_old = match link.makes {
        Condition::Free(name) => !is_loss(name),
        Condition::Unused(_) => true,
        Condition::Defined(_) => false,
    };
    (is_old && !unit.undo.is_empty()).then_some(Cut::ValueFirst)
}

fn earlier(unit: &Unit, link: &Link<'_>) -> Option<Cut> {
    let Condition::Unused(name) = link.makes else {
        return None;
    };
    let has_it = unit.early.iter().any(|part| part.uses_name(name));
    has_it.then(|| Cut::Earlier(name.to_owned()))
}

fn freed(unit: &Unit, link: &Link<'_>) -> Option<Cut> {
    let Condition::Free(name) = link.makes else {
        return None;
    };
    let has_it = unit.early.iter().any(|part| part.has_thing(name));
    has_it.then(|| Cut::Freed(name.to_owned()))
}

/// Says whether a thing is what the device drops by itself when the new value comes.
fn is_loss(name: &str) -> bool {
    name.starts_with(super::lost::MARK)
}

impl Cut {
    /// Takes a unit apart, the part in front that goes first.
    fn apart(self, unit: Unit) -> Vec<Unit> {
        let marker = format!("apart\n{:?}\n{self:?}", unit.rank);
        let (mut first, mut second) = match self {
            Self::Later(name) => later_apart(unit, &name),
            Self::ValueFirst => value_apart(unit),
            Self::Earlier(name) => earlier_apart(unit, |part| part.uses_name(&name)),
            Self::Freed(name) => earlier_apart(unit, |part| part.has_thing(&name)),
        };
        first.releases.push(marker.clone());
        second.claims.push(marker);
        vec![first, second]
    }
}

fn later_apart(mut unit: Unit, name: &str) -> (Unit, Unit) {
    let mut second = Unit::new(unit.rank.clone());
    let parts = std::mem::take(&mut unit.late).into_iter();
    let (moved, stays): (Vec<_>, Vec<_>) = parts.partition(|part| part.uses_name(name));
    unit.late = stays;
    for part in moved {
        unit.steps.retain(|step| !part.steps.contains(step));
        part.names
            .iter()
            .for_each(|name| unit.needs_once_less(name));
        second.uses.extend(part.names);
        second.steps.extend(part.steps);
    }
    if let ([], [step, ..]) = (&unit.steps[..], &second.steps[..]) {
        unit.steps.extend(step.header());
    }
    (unit, second)
}

fn value_apart(mut unit: Unit) -> (Unit, Unit) {
    let mut first = Unit::new(unit.rank.clone());
    if let Some((phase, _)) = first.rank.last_mut() {
        *phase = Phase::Remove;
    }
    let undo = std::mem::take(&mut unit.undo);
    if unit.steps.starts_with(&undo) {
        unit.steps.drain(..undo.len());
    }
    first.steps = undo;
    first.unuses = std::mem::take(&mut unit.unuses);
    let releases = std::mem::take(&mut unit.releases).into_iter();
    (unit.releases, first.releases) = releases.partition(|name| is_loss(name));
    (first, unit)
}

fn earlier_apart(mut unit: Unit, is_early: impl Fn(&Part) -> bool) -> (Unit, Unit) {
    let mut first = Unit::new(unit.rank.clone());
    let parts = std::mem::take(&mut unit.early).into_iter();
    let (moved, stays): (Vec<_>, Vec<_>) = parts.partition(is_early);
    unit.early = stays;
    for part in moved {
        part.names
            .iter()
            .for_each(|name| unit.frees_once_less(name));
        first.unuses.extend(part.names);
        unit.releases.retain(|thing| !part.frees.contains(thing));
        first.releases.extend(part.frees);
        first.steps.extend(part.steps);
    }
    (first, unit)
}
