//! How is a command written that sets, takes back or moves a line?

use std::collections::HashSet;

use crate::config::Configuration;
use crate::config::canonical::Item;
use crate::model::Step;
use crate::platform::{Grammar, Rule};

/// How the commands of a platform are written.
#[derive(Clone, Debug, Default)]
pub(super) enum Manner {
    /// A line in its section, and its negation where it goes.
    #[default]
    Lines,
    /// A verb and a whole path.
    Paths(Grammar),
}

impl Manner {
    /// Returns the manner of a configuration's platform.
    pub(super) fn of(configuration: &Configuration) -> Self {
        match configuration.has_paths() {
            true => Self::Paths(configuration.grammar().clone()),
            false => Self::Lines,
        }
    }

    /// Says whether a command can be put between others.
    pub(super) fn places(&self) -> bool {
        matches!(self, Self::Paths(grammar) if !grammar.verbs().insert.is_empty())
    }

    /// Says whether a command is a verb and a whole path.
    pub(super) fn has_paths(&self) -> bool {
        matches!(self, Self::Paths(_))
    }

    /// Says whether a command can be typed: a text of several lines only where it is known how the device reads it.
    pub(super) fn types(&self, item: Item<'_>) -> bool {
        item.is_typed() && !(self.has_paths() && item.is_blob())
    }

    /// Sets a line.
    pub(super) fn set(&self, section: &[String], item: Item<'_>) -> Step {
        match self {
            Self::Lines => Step {
                without_prompt: item.is_whole(),
                ..step(section, item.text().to_owned())
            },
            Self::Paths(grammar) => match self.marked(item.text()) {
                Some(statement) => path(&grammar.verbs().deactivate, section, statement),
                None => path(&grammar.verbs().set, section, item.text()),
            },
        }
    }

    /// Takes a line back: with one line, whatever the text.
    pub(super) fn undo(&self, section: &[String], item: Item<'_>) -> Step {
        match self {
            Self::Lines => step(section, item.negation()),
            Self::Paths(grammar) => match self.marked(item.text()) {
                Some(statement) => path(&grammar.verbs().activate, section, statement),
                None => path(&grammar.verbs().delete, section, named(item)),
            },
        }
    }

    /// Makes one set of numbers of another; none where the line holds no set.
    pub(super) fn delta(
        &self,
        section: &[String],
        (old, new): (Option<Item<'_>>, Option<Item<'_>>),
    ) -> Option<Vec<Step>> {
        if self.has_paths() {
            return None;
        }
        let rule = new.or(old)?.rule()?;
        let lines = rule.delta(old.map(Item::text), new.map(Item::text))?;
        Some(lines.into_iter().map(|line| step(section, line)).collect())
    }

    /// Puts a line beside another one: `insert PATH term b after term a`, of lists `insert PATH import b after a`.
    pub(super) fn insert(
        &self,
        section: &[String],
        item: Item<'_>,
        (side, other): (&str, Item<'_>),
    ) -> Step {
        let is_bare = item.rule().is_some_and(Rule::begins_with_a_name);
        let other = match item.is_section() {
            _ if is_bare => named(other),
            true => other.text(),
            false => other.text().rsplit(' ').next().unwrap_or_default(),
        };
        let moved = if is_bare { named(item) } else { item.text() };
        let verb = match self {
            Self::Lines => "insert",
            Self::Paths(grammar) => &grammar.verbs().insert,
        };
        let statement = format!("{moved} {side} {other}");
        path(verb, section, &statement)
    }

    /// Says whether a line only makes a statement do nothing.
    pub(super) fn is_mark(&self, item: Item<'_>) -> bool {
        self.marked(item.text()).is_some()
    }

    /// Leaves out the marks on statements that go themselves.
    pub(super) fn leave_marks_of_gone(&self, removed: &mut Vec<Item<'_>>) {
        let is_mark = |item: &Item<'_>| self.marked(item.text()).is_some();
        if !removed.iter().any(is_mark) {
            return;
        }
        let gone: HashSet<&str> = removed.iter().map(|item| named(*item)).collect();
        removed.retain(|item| {
            let statement = self.marked(item.text());
            statement.is_none_or(|statement| !gone.contains(statement))
        });
    }

    /// Returns the statement that a mark makes do nothing.
    fn marked<'t>(&self, text: &'t str) -> Option<&'t str> {
        let Self::Paths(grammar) = self else {
            return None;
        };
        text.strip_prefix(grammar.inactive()?)?.strip_prefix(' ')
    }
}

fn step(section: &[String], line: String) -> Step {
    Step::new(section.to_vec(), line)
}

/// A path stands for itself, wherever it is typed.
fn path(verb: &str, section: &[String], statement: &str) -> Step {
    let mut line = verb.to_owned();
    for part in section.iter().map(String::as_str).chain([statement]) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    step(&[], line)
}

/// A statement without its value.
fn named(item: Item<'_>) -> &str {
    match item.rule() {
        Some(rule) => rule.named(item.text()),
        None => item.text(),
    }
}
