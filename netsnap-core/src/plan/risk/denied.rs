//! Does what an entry of a used list denies pass for a moment, because the entry is away while another takes its place?

use std::collections::{BTreeMap, HashMap};

use super::open::{covers, paths};
use super::{Subject, risk};
use crate::model::{RiskClass, Step, StepRisk};
use crate::plan::survey::Place;
use crate::platform::{Command, Rule, SectionId};

/// The word that an entry which lets nothing through begins with.
const DENY: &str = "deny";

/// An entry that denies: the list that it stands in, and what it says there.
#[derive(Debug)]
struct Denial {
    list: String,
    says: String,
}

/// Returns, for each step, the risk of what passes until a later step denies it again.
pub(super) fn passing(
    subject: &Subject<'_>,
    steps: &[Step],
    commands: &[Command],
) -> Vec<Option<StepRisk>> {
    let before = standing(subject);
    let mut later = Later::default();
    let numbered = steps.iter().zip(commands).rev();
    let mut found: Vec<Option<StepRisk>> = numbered
        .map(|(step, command)| {
            if !command.is_removed {
                later.add(subject, step, command);
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

/// Lines to come that deny, by what they say and by the beginnings of their paths.
#[derive(Default)]
struct Later<'s> {
    by_words: HashMap<(String, String), &'s str>,
    by_path: BTreeMap<String, (String, &'s str)>,
}

impl<'s> Later<'s> {
    fn add(&mut self, subject: &Subject<'_>, step: &'s Step, command: &Command) {
        let section: Vec<&str> = step.section.iter().map(String::as_str).collect();
        let Some(denial) = denial(subject, &section, &step.line) else {
            return;
        };
        let place = numbered(&command.path, &denial.says).to_owned();
        let line = step.line.as_str();
        self.by_path.insert(place, (denial.list.clone(), line));
        self.by_words.insert((denial.list, denial.says), line);
    }

    /// Returns the line that says the same, or that takes the place of an entry.
    fn taking_over(&self, path: &str, denial: &Denial) -> Option<&'s str> {
        let place = numbered(path, &denial.says);
        let same_place = self
            .by_path
            .get(place)
            .filter(|(list, _)| *list == denial.list);
        let same_words = || {
            let words = (denial.list.clone(), denial.says.clone());
            self.by_words.get(&words).copied()
        };
        same_place.map(|(_, line)| *line).or_else(same_words)
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
        covers(path, entry) && numbered(entry, &denial.says).len() <= path.len()
    })
}

/// Returns the entries that deny, in lists that filter and that something uses before and after the change.
fn standing(subject: &Subject<'_>) -> BTreeMap<String, Denial> {
    let names = subject.before.names.iter();
    let used = names.filter(|(name, before)| {
        let after = subject.after.names.get(*name);
        let stays =
            after.is_some_and(|after| !paths(&before.used).is_disjoint(&paths(&after.used)));
        stays && subject.risks.fails_open(name)
    });
    let places = used.flat_map(|(name, before)| {
        let inside = subject.before.entries.get(name).into_iter().flatten();
        before.made.iter().chain(inside)
    });
    let denials = places.filter_map(|place| Some((place.path(), place.denial(subject)?)));
    denials.collect()
}

impl Place<'_> {
    fn denial(&self, subject: &Subject<'_>) -> Option<Denial> {
        denial(subject, &self.section, self.line)
    }
}

fn denial(subject: &Subject<'_>, section: &[&str], line: &str) -> Option<Denial> {
    let grammar = &subject.platform.grammar;
    let (mut inside, mut list) = (SectionId::GLOBAL, Vec::new());
    for header in section {
        let rule = grammar
            .find(inside, header)
            .map(|number| grammar.rule(number))?;
        list = rule.defines(header);
        inside = rule.opens()?;
    }
    let rule = grammar
        .find(inside, line)
        .map(|number| grammar.rule(number))?;
    let (own, says) = entry(rule, line)?;
    let denies = says.split(' ').next() == Some(DENY);
    let list = if own.is_empty() { list.join("\n") } else { own };
    denies.then_some(Denial { list, says })
}

/// Returns what a line says in a list, and in which where the line itself names it. An entry without a number is its own text.
fn entry(rule: &Rule, line: &str) -> Option<(String, String)> {
    let is_bare = rule.ordered && line.starts_with(DENY);
    rule.entry(line)
        .or_else(|| is_bare.then(|| (String::new(), line.to_owned())))
}
