//! How is a command written that sets, takes back or moves a line?

use std::collections::HashSet;

use crate::config::Configuration;
use crate::config::canonical::Item;
use crate::model::Step;
use crate::platform::positive;

/// How the commands of a platform are written.
#[derive(Clone, Debug, Default)]
pub(super) enum Manner {
    /// A line in its section, and `no` before one that goes.
    #[default]
    Lines,
    /// A verb and a whole path.
    Paths {
        /// What stands before a statement that is there and does nothing.
        inactive: Option<String>,
    },
}

impl Manner {
    /// Returns the manner of a configuration's platform.
    pub(super) fn of(configuration: &Configuration) -> Self {
        match configuration.has_paths() {
            true => Self::Paths {
                inactive: configuration.inactive().map(str::to_owned),
            },
            false => Self::Lines,
        }
    }

    /// Says whether a command can be put between others.
    pub(super) fn places(&self) -> bool {
        matches!(self, Self::Paths { .. })
    }

    /// Sets a line.
    pub(super) fn set(&self, section: &[String], item: Item<'_>) -> Step {
        match self {
            Self::Lines => step(section, item.text().to_owned()),
            Self::Paths { .. } => match self.marked(item.text()) {
                Some(statement) => path("deactivate", section, statement),
                None => path("set", section, item.text()),
            },
        }
    }

    /// Takes a line back: with one line, whatever the text.
    pub(super) fn undo(&self, section: &[String], item: Item<'_>) -> Step {
        match self {
            Self::Lines => step(section, negation(item)),
            Self::Paths { .. } => match self.marked(item.text()) {
                Some(statement) => path("activate", section, statement),
                None => path("delete", section, named(item)),
            },
        }
    }

    /// Puts a line beside another one: `insert PATH term b after term a`, of lists `insert PATH import b after a`.
    pub(super) fn insert(
        &self,
        section: &[String],
        item: Item<'_>,
        (side, other): (&str, Item<'_>),
    ) -> Step {
        let other = match item.is_section() {
            true => other.text(),
            false => other.text().rsplit(' ').next().unwrap_or_default(),
        };
        path(
            "insert",
            section,
            &format!("{} {side} {other}", item.text()),
        )
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
        let Self::Paths {
            inactive: Some(mark),
        } = self
        else {
            return None;
        };
        text.strip_prefix(mark.as_str())?.strip_prefix(' ')
    }
}

fn step(section: &[String], line: String) -> Step {
    Step {
        section: section.to_vec(),
        line,
    }
}

/// A path stands for itself, wherever it is typed.
fn path(verb: &str, section: &[String], statement: &str) -> Step {
    let mut line = verb.to_owned();
    for part in section.iter().map(String::as_str).chain([statement]) {
        line.push(' ');
        line.push_str(part);
    }
    step(&[], line)
}

fn negation(item: Item<'_>) -> String {
    match item.rule() {
        Some(rule) => rule.negation(item.text()),
        None if positive(item.text()).len() != item.text().len() => {
            positive(item.text()).to_owned()
        }
        None => format!("no {}", item.text().lines().next().unwrap_or_default()),
    }
}

/// A statement without its value.
fn named(item: Item<'_>) -> &str {
    match item.rule() {
        Some(rule) => rule.named(item.text()),
        None => item.text(),
    }
}
