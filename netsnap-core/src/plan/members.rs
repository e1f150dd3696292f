//! What does a bundle carry on to its members, so that nobody types it there, and what is said of a port that leaves one?

use std::collections::{HashMap, HashSet};

use super::unit::{Phase, Unit};
use crate::config::Configuration;
use crate::config::canonical::{Item, Level};
use crate::model::Step;
use crate::platform::Bundle;

/// Leaves out what members take over from their bundle, and says of ports that leave one that they are up.
pub(super) fn settle(units: &mut Vec<Unit>, running: &Configuration, intended: &Configuration) {
    let Some(bundle) = running.grammar().bundle() else {
        return;
    };
    let [before, after] = [running, intended].map(|text| Ports::of(text.level(), bundle));
    if before.members.is_empty() {
        return;
    }
    let led = led(bundle, &before, &after);
    let typed: HashSet<(String, String)> = units.iter().flat_map(lines).collect();
    units.retain(|unit| !is_carried(unit, &led, &typed, bundle));
    let left = units.iter().filter_map(|unit| {
        let port = unit.steps.iter().find_map(|step| leaves(step, bundle))?;
        (!before.is_shut(port) && !after.is_shut(port)).then(|| up(unit, port, bundle))?
    });
    let left: Vec<Unit> = left.collect();
    units.extend(left);
}

/// The interfaces of a configuration, and the bundles that they are in: by their headers.
struct Ports<'c> {
    items: HashMap<&'c str, Item<'c>>,
    members: HashMap<&'c str, String>,
}

impl<'c> Ports<'c> {
    fn of(level: Level<'c>, bundle: &Bundle) -> Self {
        let (kind, _) = bundle.header.split_once(' ').unwrap_or_default();
        let is_port = |item: &Item<'c>| item.text().split(' ').next() == Some(kind);
        let items: HashMap<_, _> = level
            .items()
            .filter(is_port)
            .map(|item| (item.text(), item))
            .collect();
        let bundled = items.iter().filter_map(|(header, item)| {
            let mut lines = item.children().items();
            let number = lines.find_map(|line| rest(line.text(), &bundle.member))?;
            let number = number.split(' ').next()?;
            Some((*header, format!("{}{number}", bundle.header)))
        });
        Self {
            members: bundled.collect(),
            items,
        }
    }

    fn is_shut(&self, header: &str) -> bool {
        let port = self.items.get(header);
        port.is_some_and(|port| {
            port.children()
                .items()
                .any(|line| line.text() == "shutdown")
        })
    }

    /// Says whether a member and its bundle say the same of what is carried on.
    fn is_led(&self, header: &str, bundle: &Bundle) -> bool {
        let leader = self.members.get(header);
        let said = leader.and_then(|leader| self.carried(leader, bundle));
        said.is_some() && said == self.carried(header, bundle)
    }

    /// Returns what an interface says of what is carried on.
    fn carried(&self, header: &str, bundle: &Bundle) -> Option<Vec<&'c str>> {
        let lines = self.items.get(header)?.children().items();
        let lines = lines.map(Item::text).filter(|line| is_about(line, bundle));
        Some(lines.collect())
    }
}

/// Returns the members, each with its bundle, that follow it before and after.
fn led<'c>(bundle: &Bundle, before: &Ports<'c>, after: &Ports<'c>) -> HashMap<&'c str, String> {
    let stay = before.members.iter();
    let stay = stay.filter(|(port, leader)| after.members.get(*port) == Some(*leader));
    let led = stay.filter(|(port, _)| before.is_led(port, bundle) && after.is_led(port, bundle));
    led.map(|(port, leader)| (*port, leader.clone())).collect()
}

fn lines(unit: &Unit) -> impl Iterator<Item = (String, String)> {
    let steps = unit.steps.iter().filter(|step| step.section.len() == 1);
    steps.map(|step| (step.section[0].clone(), step.line.clone()))
}

/// Says whether the bundle of a port does all that a unit does.
fn is_carried(
    unit: &Unit,
    led: &HashMap<&str, String>,
    typed: &HashSet<(String, String)>,
    bundle: &Bundle,
) -> bool {
    let is_typed = |step: &Step| {
        let leader = step.section.first().and_then(|port| led.get(port.as_str()));
        let line = leader.map(|leader| (leader.clone(), step.line.clone()));
        is_about(&step.line, bundle) && line.is_some_and(|line| typed.contains(&line))
    };
    !unit.steps.is_empty() && unit.steps.iter().all(is_typed)
}

fn is_about(line: &str, bundle: &Bundle) -> bool {
    let line = line.strip_prefix("no ").unwrap_or(line);
    let mut starts = bundle.carried.iter();
    starts.any(|start| rest(line, start).is_some())
}

fn rest<'t>(line: &'t str, start: &str) -> Option<&'t str> {
    line.strip_prefix(start)?.strip_prefix(' ')
}

/// Returns the port that a step takes out of its bundle.
fn leaves<'s>(step: &'s Step, bundle: &Bundle) -> Option<&'s str> {
    let line = step.line.strip_prefix("no ")?;
    let is_it = line == bundle.member || rest(line, &bundle.member).is_some();
    step.section.first().map(String::as_str).filter(|_| is_it)
}

/// Says that a port is up, behind all else that is done to it.
fn up(unit: &Unit, port: &str, bundle: &Bundle) -> Option<Unit> {
    let mut rank = unit.rank.clone();
    *rank.last_mut()? = (Phase::Last, usize::MAX);
    let mut up = Unit::new(rank);
    let line = bundle.left.clone()?;
    up.steps.push(Step::new(vec![port.to_owned()], line));
    Some(up)
}
