//! What is in service, and what guards it?
//!
//! A filter stands before what it filters is in service, and goes after it. Where a device takes the filter only once the thing
//! is there, the filter is the next command behind the one that makes it, and all that the filter needs is there before. A new
//! BGP neighbour, for one, is typed so:
//!
//! | platform | order |
//! |---|---|
//! | FRR | lists and maps; `remote-as` or its group, refused later: `% Specify remote-as or peer-group commands first`; its filters in all families; the rest; `activate` |
//! | IOS | lists and maps; `remote-as`; `activate`, without which a policy may be refused; its filters; the rest |
//! | EOS | lists and maps; `remote-as`; its filters; the rest; `activate` |
//! | NX-OS | lists and maps; `neighbor`, `remote-as`; its families, the filters first in each; the rest |
//! | VRP | lists and policies; `as-number`; `enable` in a family, without which it takes no policy; its filters; the rest |
//!
//! So a neighbour is without its filter for the time that it takes to type the next command, which the risk names. A member joins
//! its group when that has its filters and all else, and nothing of it goes before they have left. `shutdown` comes before all else, or right behind what makes the thing, and goes last. Where
//! what is typed is a candidate that is committed as a whole (IOS XR, Junos, SR OS, DNOS), the order makes no difference.
//!
//! The same care is taken of a list that may be in use: what is new in it comes before what changes in it, and that before what goes,
//! so that it is never empty for a while, unless its only entry changes under a number that the device does not overwrite, or an
//! entry only changes its number and cannot be there twice.
//!
//! All of this is wished for: a name that must be there goes before, and a wish that would make a circle is dropped.

use std::collections::{HashMap, HashSet};

use super::super::unit::Unit;
use crate::config::canonical::Item;
use crate::platform::Rule;

/// Something is there and in service.
const EXPOSED: &str = "exposed\n";
/// What comes first in a section is there.
const FIRST: &str = "first\n";
/// What stood in the sections inside is gone.
const LEFT: &str = "left\n";
/// A filter of something is there.
const GUARDED: &str = "guarded\n";
/// What is said about something is there.
const SAID: &str = "said\n";
/// What was said about something is gone.
const UNSAID: &str = "unsaid\n";
/// Nobody joins something any more.
const ALONE: &str = "alone\n";
/// Something is out of service.
const STOPPED: &str = "stopped\n";
/// What is new in a list is there.
const MORE: &str = "more\n";
/// What stays in a list has its new values.
const SETTLED: &str = "settled\n";
/// Lines of one kind in a section.
const KIND: &str = "kind\n";
/// An entry of a list.
const SAYS: &str = "says\n";

/// Notes what a line that comes, goes or changes does to what is in service. A value that changes leaves there what is there.
pub(in crate::plan) fn note(
    unit: &mut Unit,
    section: &[String],
    (old, new): (Option<Item<'_>>, Option<Item<'_>>),
) {
    let mut path = section.to_vec();
    match (old, new) {
        (Some(old), Some(new)) => {
            wait_for_the_first(unit, section, new);
            turns(unit, &path, (old, new));
        }
        (None, Some(new)) => {
            wait_for_the_first(unit, section, new);
            lead(unit, section, new);
            comes(unit, &mut path, new);
        }
        (Some(old), None) => {
            wait_for_the_last(unit, section, old);
            goes(unit, &mut path, old);
        }
        (None, None) => {}
    }
    list(unit, section, (old, new));
    kinds(unit, section, (old, new));
}

/// What a line cannot stand beside is gone before it comes: the addresses of a port before it switches.
fn kinds(unit: &mut Unit, section: &[String], (old, new): (Option<Item<'_>>, Option<Item<'_>>)) {
    let of = |item: Option<Item<'_>>, names: fn(&Rule, &str) -> Vec<String>| {
        let names = item.and_then(|item| Some(names(item.rule()?, item.text())));
        let names = names.into_iter().flatten();
        names
            .map(|name| marker(KIND, section, &name))
            .collect::<Vec<_>>()
    };
    unit.claims.extend(of(new, Rule::without));
    if new.is_none() {
        unit.releases.extend(of(old, Rule::kind));
    }
}

/// A value changes: what it guards, and what is in service only with one of the two.
fn turns(unit: &mut Unit, path: &[String], (old, new): (Item<'_>, Item<'_>)) {
    guards(unit, path, new);
    let [gone, taken] = [old, new].map(|item| of_port(path, item));
    unit.releases.extend(gone);
    unit.claims.extend(taken);
    let Some(rule) = new.rule() else {
        return;
    };
    says(unit, path, rule.belongs(new.text()));
    waits_for_guards(unit, path, &rule.exposes(new.text()));
    starts(unit, path, &rule.starts(new.text()));
    if old.is_negated() != new.is_negated() {
        stops(unit, path, rule.stops(new.text()));
    } else {
        let ended = rule.starts(old.text()).into_iter();
        let ended = ended.flat_map(|name| [STOPPED, ALONE].map(|kind| marker(kind, path, &name)));
        unit.grants.extend(ended);
    }
}

/// What is said about something is there before that comes into service because others join it.
fn says(unit: &mut Unit, path: &[String], names: Vec<String>) {
    for name in names {
        for depth in 0..=path.len() {
            unit.grants.push(marker(SAID, &path[..depth], &name));
            unit.wishes.push(marker(EXPOSED, &path[..depth], &name));
        }
    }
}

/// Returns what a line has that no other one of its port can have: a tag, say, that another port may have too.
fn of_port(path: &[String], item: Item<'_>) -> Vec<String> {
    let header = path.last().map_or("", String::as_str);
    let port = header.rsplit_once('.').map_or(header, |(port, _)| port);
    let rule = item.rule().into_iter();
    let names = rule.flat_map(|rule| rule.claims_of_port(item.text()));
    names.map(|name| format!("{port}\n{name}")).collect()
}

fn starts(unit: &mut Unit, path: &[String], names: &[String]) {
    waits_for_guards(unit, path, names);
    let said = names.iter().map(|name| marker(SAID, path, name));
    unit.wishes.extend(said);
}

fn waits_for_guards(unit: &mut Unit, path: &[String], names: &[String]) {
    for name in names {
        unit.wishes.push(marker(GUARDED, path, name));
        unit.guarded_by.push(marker(GUARDED, path, name));
    }
}

fn stops(unit: &mut Unit, path: &[String], names: Vec<String>) {
    for name in names {
        unit.is_urgent = true;
        unit.grants.push(marker(STOPPED, path, &name));
        unit.grants.push(marker(GUARDED, path, &name));
        unit.wishes.push(marker(EXPOSED, path, &name));
    }
}

/// What comes first in a section, and has to wait for names, is there before all else in it and in the sections inside. What guards,
/// and what is guarded, only waits for its own kind.
fn wait_for_the_first(unit: &mut Unit, section: &[String], item: Item<'_>) {
    if is_of_service(item) {
        return;
    }
    let is_first = item.rule().is_some_and(|rule| rule.first);
    let deepest = section.len().saturating_sub(usize::from(is_first));
    let waits = (1..=deepest).map(|depth| marker(FIRST, &section[..depth], ""));
    unit.wishes.extend(waits);
}

fn lead(unit: &mut Unit, section: &[String], item: Item<'_>) {
    if is_guarded(item) && item.rule().is_some_and(|rule| rule.first) {
        unit.grants.push(marker(FIRST, section, ""));
    }
}

fn is_guarded(item: Item<'_>) -> bool {
    has(item, Rule::exposes) || has(item, Rule::starts)
}

fn has(item: Item<'_>, names: fn(&Rule, &str) -> Vec<String>) -> bool {
    let rule = item.rule();
    rule.is_some_and(|rule| !names(rule, item.text()).is_empty())
}

/// What comes first in a section, and takes nothing along, goes after all that is in the sections inside; the guards go later still.
fn wait_for_the_last(unit: &mut Unit, section: &[String], item: Item<'_>) {
    let Some(rule) = item.rule() else {
        return;
    };
    if rule.first && !rule.destroys_inside() {
        unit.wishes.push(marker(LEFT, section, ""));
    }
    if rule.guards(item.text()).is_empty() {
        let outer = (1..section.len()).map(|depth| marker(LEFT, &section[..depth], ""));
        unit.grants.extend(outer);
    }
}

fn guards(unit: &mut Unit, path: &[String], item: Item<'_>) {
    let Some(rule) = item.rule() else {
        return;
    };
    for name in rule.guards(item.text()) {
        unit.is_urgent = true;
        for depth in 0..=path.len() {
            let guarded = marker(GUARDED, &path[..depth], &name);
            unit.grants.push(guarded.clone());
            unit.guarding.push((guarded, rule.uses(item.text())));
            unit.wishes.push(marker(EXPOSED, &path[..depth], &name));
        }
    }
}

/// When a line comes among others of a new section: what keeps out of service and what guards come before all that brings into
/// service, and what only does that comes last.
pub(in crate::plan) fn turn(item: Item<'_>) -> u8 {
    let is_first = item.rule().is_some_and(|rule| rule.first);
    match has(item, Rule::starts) && !has(item, Rule::exposes) {
        true if item.is_negated() => 5,
        true if is_first => 3,
        true => 4,
        false if is_first => 0,
        false if has(item, Rule::stops) => 1,
        false if holds_guard(item) => 2,
        false => 4,
    }
}

/// Says whether each line of a new section has its own turn: some guard, and the section itself is there without a word.
pub(in crate::plan) fn comes_in_parts(item: Item<'_>) -> bool {
    let is_there = |rule: &Rule| rule.is_emptied() && rule.defines(item.text()).is_empty();
    item.rule().is_some_and(is_there) && holds_guard(item)
}

/// Says whether a line, or all of a section, guards or is guarded.
fn is_of_service(item: Item<'_>) -> bool {
    let mut inside = item.children().items();
    match item.children().is_empty() {
        true => is_guarded(item) || has(item, Rule::guards) || has(item, Rule::belongs),
        false => inside.all(is_of_service),
    }
}

fn holds_guard(item: Item<'_>) -> bool {
    has(item, Rule::guards) || item.children().items().any(holds_guard)
}

fn comes(unit: &mut Unit, path: &mut Vec<String>, item: Item<'_>) {
    guards(unit, path, item);
    unit.claims.extend(of_port(path, item));
    if let Some(rule) = item.rule() {
        let text = item.text();
        says(unit, path, rule.belongs(text));
        stops(unit, path, rule.stops(text));
        starts(unit, path, &rule.starts(text));
        unit.is_urgent |= rule.first && is_guarded(item);
        for name in rule.exposes(text) {
            let around = 0..path.len();
            let around = around.map(|depth| marker(EXPOSED, &path[..depth], &name));
            unit.wishes.extend(around);
            unit.grants.push(marker(EXPOSED, path, &name));
            unit.guarded_by.push(marker(GUARDED, path, &name));
        }
    }
    path.push(item.text().to_owned());
    for child in item.children().items() {
        comes(unit, path, child);
    }
    path.pop();
}

fn goes(unit: &mut Unit, path: &mut Vec<String>, item: Item<'_>) {
    unit.releases.extend(of_port(path, item));
    if let Some(rule) = item.rule() {
        let (text, last) = (item.text(), path.len());
        for name in rule.guards(text) {
            // Another guard is there first, where one comes.
            unit.wishes.push(marker(GUARDED, path, &name));
            let around = (0..=last).map(|depth| marker(STOPPED, &path[..depth], &name));
            unit.wishes.extend(around);
        }
        for name in rule.exposes(text).into_iter().chain(rule.starts(text)) {
            unit.grants.push(marker(STOPPED, path, &name));
        }
        for name in rule.starts(text) {
            unit.grants.push(marker(ALONE, path, &name));
        }
        for name in rule.exposes(text) {
            unit.wishes.push(marker(UNSAID, path, &name));
            unit.wishes.push(marker(ALONE, path, &name));
        }
        for name in rule.belongs(text) {
            for depth in 0..=last {
                unit.wishes.push(marker(ALONE, &path[..depth], &name));
                unit.grants.push(marker(UNSAID, &path[..depth], &name));
            }
        }
        starts(unit, path, &rule.stops(text));
    }
    path.push(item.text().to_owned());
    for child in item.children().items() {
        goes(unit, path, child);
    }
    path.pop();
}

/// What goes by itself waits for nobody, and nobody for it.
pub(in crate::plan) fn falls(unit: &mut Unit) {
    unit.wishes.clear();
    unit.grants.retain(|grant| !grant.starts_with(UNSAID));
}

/// What is new in a list comes before what goes from it, and before what is away for a moment because it changes.
fn list(unit: &mut Unit, section: &[String], (old, new): (Option<Item<'_>>, Option<Item<'_>>)) {
    let entry = |item: Item<'_>| item.rule()?.entry(item.text());
    let [old_entry, new_entry] = [old, new].map(|item| item.and_then(entry));
    if let Some((list, _)) = &old_entry {
        unit.wishes.push(marker(MORE, section, list));
    }
    match (&old_entry, &new_entry) {
        (None, Some((list, _))) => unit.grants.push(marker(MORE, section, list)),
        (Some(_), Some((list, _))) => unit.grants.push(marker(SETTLED, section, list)),
        (Some((list, _)), None) => unit.wishes.push(marker(SETTLED, section, list)),
        (None, None) => {}
    }
    let alone = |item: Item<'_>| item.rule()?.says_alone(item.text());
    let said = |(list, says): (String, String)| marker(SAYS, section, &format!("{list}\n{says}"));
    unit.claims.extend(new.and_then(alone).map(said));
    unit.releases.extend(old.and_then(alone).map(said));
}

/// Says whether a device may refuse what does not wait for a wish.
pub(super) fn is_strong(wish: &str) -> bool {
    wish.starts_with(FIRST) || wish.starts_with(EXPOSED) || wish.starts_with(LEFT)
}

fn marker(kind: &str, path: &[String], name: &str) -> String {
    format!("{kind}{}\n{name}", path.join("\n"))
}

/// Lets what comes into service wait for the names that its guards use, so that nothing has to be made between it and them.
/// What guards, and what has to be there for it, is only in haste where the change brings into service what it guards.
pub(super) fn wait_for_guards(units: &mut [Unit]) {
    let granted: HashSet<String> = units
        .iter()
        .flat_map(|unit| unit.grants.iter().cloned())
        .collect();
    let mut needed: HashMap<String, Vec<String>> = HashMap::new();
    for unit in &mut *units {
        unit.wishes.retain(|wish| granted.contains(wish));
        let stays = |wish: &String| wish.starts_with(MORE) || wish.starts_with(SETTLED);
        if unit.wishes.iter().any(stays) {
            // The list stays, so that nobody has to let go of it.
            unit.undefines.clear();
        }
        for (guard, names) in std::mem::take(&mut unit.guarding) {
            needed.entry(guard).or_default().extend(names);
        }
    }
    for unit in units {
        let guards = unit.guarded_by.iter();
        let names: Vec<_> = guards.filter_map(|guard| needed.get(guard)).collect();
        let is_guard = unit.grants.iter().any(|name| name.starts_with(GUARDED));
        let is_behind = |kind| unit.wishes.iter().any(|wish| wish.starts_with(kind));
        unit.is_urgent &= match is_guard {
            true => is_behind(EXPOSED),
            false => is_behind(GUARDED) || is_behind(EXPOSED) && !names.is_empty(),
        };
        unit.wishes.extend(names.into_iter().flatten().cloned());
        unit.settle_wishes();
    }
}
