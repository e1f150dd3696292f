//! Does a filter stop to filter, for a moment or for good?
//!
//! Where a platform lets everything through that an absent list should filter, a list must be there as long as something
//! uses it.

use std::collections::BTreeSet;

use super::{Subject, risk};
use crate::model::{RiskClass, StepRisk};
use crate::plan::survey::{Name, Place, Survey};
use crate::platform::Command;

/// Returns, for each command, the risk of opening a filter where it does.
pub(super) fn opened(subject: &Subject<'_>, commands: &[Command]) -> Vec<Option<StepRisk>> {
    let mut found = vec![None; commands.len()];
    let empty = Name::default();
    for (name, after) in &subject.after.names {
        if after.used.is_empty() || !subject.risks.fails_open(name) {
            continue;
        }
        let before = subject.before.names.get(name).unwrap_or(&empty);
        let opens = match after.made.is_empty() {
            true => for_good(commands, before, after),
            false => for_a_moment(commands, before, after),
        };
        for place in opens {
            let when = match after.made.is_empty() {
                true => "is used and not there",
                false => "is away for a moment and still used",
            };
            let reason = format!("`{name}` {when}: the filter lets everything through");
            found[place].get_or_insert_with(|| risk(RiskClass::FailOpen, reason));
        }
        for place in emptied(subject, commands, name) {
            let reason = format!(
                "`{name}` is empty for a moment and still used: the filter lets everything through"
            );
            found[place].get_or_insert_with(|| risk(RiskClass::FailOpen, reason));
        }
    }
    found
}

/// The commands after which a list that is a section has no entry left, though it has some before and after the change.
fn emptied(subject: &Subject<'_>, commands: &[Command], name: &str) -> Vec<usize> {
    let entries = |survey: &Survey<'_>| {
        let entries = survey.entries.get(name);
        paths(entries.map(Vec::as_slice).unwrap_or_default())
    };
    let uses = |survey: &Survey<'_>| {
        let found = survey.names.get(name);
        paths(found.map(|found| found.used.as_slice()).unwrap_or_default())
    };
    let is_used = !uses(subject.before).is_disjoint(&uses(subject.after));
    let (before, after) = (entries(subject.before), entries(subject.after));
    match is_used && !after.is_empty() {
        true => gaps(commands, before, &after),
        false => Vec::new(),
    }
}

/// The commands that take a used list away, or begin to use one that is not there.
fn for_good(commands: &[Command], before: &Name<'_>, after: &Name<'_>) -> Vec<usize> {
    let made = paths(&before.made);
    let used = paths(&after.used);
    let opens = |command: &&(usize, &Command)| match command.1.is_removed {
        true => made.iter().any(|path| covers(&command.1.path, path)),
        false => used.contains(&command.1.path),
    };
    let numbered: Vec<(usize, &Command)> = commands.iter().enumerate().collect();
    numbered.iter().filter(opens).map(|found| found.0).collect()
}

/// The commands after which nothing makes a list that something uses before and after the change.
fn for_a_moment(commands: &[Command], before: &Name<'_>, after: &Name<'_>) -> Vec<usize> {
    let stays = paths(&before.used)
        .intersection(&paths(&after.used))
        .next()
        .is_some();
    match stays {
        true => gaps(commands, paths(&before.made), &paths(&after.made)),
        false => Vec::new(),
    }
}

/// The commands after which none of some lines is left.
fn gaps(commands: &[Command], mut made: BTreeSet<String>, later: &BTreeSet<String>) -> Vec<usize> {
    if made.is_empty() || made == *later {
        return Vec::new();
    }
    let mut opens = Vec::new();
    for (place, command) in commands.iter().enumerate() {
        let was_there = !made.is_empty();
        match command.is_removed {
            true => made.retain(|path| !covers(&command.path, path)),
            // A line inside a section enters the section too.
            false => {
                let new = later.iter().filter(|path| covers(path, &command.path));
                made.extend(new.cloned());
            }
        }
        if was_there && made.is_empty() {
            opens.push(place);
        }
    }
    opens
}

pub(super) fn paths(places: &[Place<'_>]) -> BTreeSet<String> {
    places.iter().map(Place::path).collect()
}

/// Says whether a command with the first path reaches the second: it is the same, or its beginning.
pub(super) fn covers(beginning: &str, path: &str) -> bool {
    path.strip_prefix(beginning)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}
