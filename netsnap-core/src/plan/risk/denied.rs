//! Does what an entry of a used list denies pass for a moment, because the entry is away while another takes its place?

use std::collections::{BTreeMap, HashMap};

use super::open::{covers, paths};
use super::{Subject, risk};
use crate::model::{RiskClass, Step, StepRisk};
use crate::plan::survey::{Place, Survey};
use crate::platform::{Command, Rule, SectionId};

/// The first words of entries: one lets nothing through, the other what a missing one before it does not stop.
const DENY: &str = "deny";
const PERMIT: &str = "permit";

/// An entry: the list that it stands in, and what it says there.
#[derive(Clone, Debug)]
struct Entry {
    list: String,
    says: String,
}

/// Returns, for each step, the risk of what passes until a later step denies it again.
pub(super) fn passing(
    subject: &Subject<'_>,
    steps: &[Step],
    commands: &[Command],
) -> Vec<Option<StepRisk>> {
    let [before, after] = [subject.before, subject.after].map(|survey| denials(subject, survey));
    let mut later = Later::default();
    let numbered = steps.iter().zip(commands).rev();
    let mut found: Vec<Option<StepRisk>> = numbered
        .map(|(step, command)| {
            if !command.is_removed {
                later.add(&after, step, command);
                return None;
            }
            let gone = gone(&before, &command.path);
            let line = gone.filter_map(|(path, denial)| later.taking_over(path, denial));
            line.min().map(passes_until)
        })
        .collect();
    found.reverse();
    found
}

fn passes_until(line: &str) -> StepRisk {
    let reason = format!("what it denies can pass until `{line}` is there");
    risk(RiskClass::FailOpen, reason)
}

/// An entry that denies, and whether one behind it permits.
#[derive(Debug)]
struct Denial {
    entry: Entry,
    is_before_permit: bool,
}

/// Lines to come that deny, by what they say and by the beginnings of their paths.
#[derive(Default)]
struct Later<'s> {
    by_words: HashMap<(String, String), (bool, &'s str)>,
    by_path: HashMap<String, (String, bool, &'s str)>,
}

impl<'s> Later<'s> {
    fn add(&mut self, after: &BTreeMap<String, Denial>, step: &'s Step, command: &Command) {
        let Some(denial) = after.get(&command.path) else {
            return;
        };
        let Entry { list, says } = denial.entry.clone();
        let (line, opens) = (step.line.as_str(), denial.is_before_permit);
        let place = numbered(&command.path, &says).to_owned();
        self.by_path.insert(place, (list.clone(), opens, line));
        self.by_words.insert((list, says), (opens, line));
    }

    /// Returns the line that says the same, or that takes the place of an entry, where something permits behind either.
    fn taking_over(&self, path: &str, denial: &Denial) -> Option<&'s str> {
        let Entry { list, says } = &denial.entry;
        let same_place = self.by_path.get(numbered(path, says));
        let same_place = same_place.filter(|(other, ..)| other == list);
        let same_place = same_place.map(|(_, opens, line)| (*opens, *line));
        let words = (list.clone(), says.clone());
        let (opens, line) = same_place.or_else(|| self.by_words.get(&words).copied())?;
        (opens || denial.is_before_permit).then_some(line)
    }
}

/// Returns the path of an entry without what it says: its list and its number.
fn numbered<'p>(path: &'p str, says: &str) -> &'p str {
    path.strip_suffix(says).unwrap_or(path).trim_end()
}

/// Returns the entries that a removal takes; with a whole list, none of them.
fn gone<'b>(
    before: &'b BTreeMap<String, Denial>,
    path: &'b str,
) -> impl Iterator<Item = (&'b String, &'b Denial)> {
    let after = before.range(path.to_owned()..);
    let begun = after.take_while(move |(entry, _)| entry.starts_with(path));
    begun.filter(move |(entry, denial)| {
        covers(path, entry) && numbered(entry, &denial.entry.says).len() <= path.len()
    })
}

/// Returns the entries that deny, in lists that filter and that something uses before and after the change.
fn denials(subject: &Subject<'_>, survey: &Survey<'_>) -> BTreeMap<String, Denial> {
    let mut found = BTreeMap::new();
    for (name, made) in &survey.names {
        if !subject.risks.fails_open(name) || !stays_in_use(subject, name) {
            continue;
        }
        let inside = survey.entries.get(name).into_iter().flatten();
        let places: Vec<&Place<'_>> = made.made.iter().chain(inside).collect();
        let mut is_before_permit = false;
        for place in places.into_iter().rev() {
            let Some(entry) = entry(subject, place) else {
                continue;
            };
            match entry.says.split(' ').next() {
                Some(PERMIT) => is_before_permit = true,
                Some(DENY) => {
                    let denial = Denial {
                        entry,
                        is_before_permit,
                    };
                    found.insert(place.path(), denial);
                }
                _ => {}
            }
        }
    }
    found
}

fn stays_in_use(subject: &Subject<'_>, name: &str) -> bool {
    let used = |survey: &Survey<'_>| survey.names.get(name).map(|found| paths(&found.used));
    let uses = used(subject.before).zip(used(subject.after));
    uses.is_some_and(|(before, after)| !before.is_disjoint(&after))
}

fn entry(subject: &Subject<'_>, place: &Place<'_>) -> Option<Entry> {
    let grammar = &subject.platform.grammar;
    let (mut inside, mut list) = (SectionId::GLOBAL, Vec::new());
    for header in &place.section {
        let rule = grammar.rule(grammar.find(inside, header)?);
        list = rule.defines(header);
        inside = rule.opens()?;
    }
    let rule = grammar.rule(grammar.find(inside, place.line)?);
    let (own, says) = said(rule, place.line)?;
    let list = if own.is_empty() { list.join("\n") } else { own };
    Some(Entry { list, says })
}

/// Returns what a line says in a list, and in which where the line itself names it. An entry without a number is its own text.
fn said(rule: &Rule, line: &str) -> Option<(String, String)> {
    let is_bare = rule.ordered && (line.starts_with(DENY) || line.starts_with(PERMIT));
    rule.entry(line)
        .or_else(|| is_bare.then(|| (String::new(), line.to_owned())))
}
