//! Which word takes a line back?

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// The word that takes a line back: `no`, `undo`. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) enum Negation {
    /// The one that most platforms have; the reader asks for it more than once for each line.
    No,
    /// Another one, with the blank behind it.
    Word(Arc<str>),
}

impl Negation {
    /// Takes the word as it stands in a table.
    pub(super) fn parse(word: &str) -> Result<Self> {
        match word {
            "no" => Ok(Self::No),
            word if word.is_empty() || word.contains(' ') => Err(Error::new(
                ErrorKind::InvalidInput,
                "a negation is not one word",
            )
            .during("grammar.parse")
            .with("negation", word)),
            word => Ok(Self::Word(format!("{word} ").into())),
        }
    }

    /// Returns a line without its negation.
    pub(crate) fn positive<'t>(&self, line: &'t str) -> &'t str {
        self.negated(line).map_or(line, str::trim_start)
    }

    /// Says whether a line is a negation.
    pub(crate) fn is_on(&self, line: &str) -> bool {
        self.negated(line).is_some()
    }

    /// Returns the negation of a line, or what it negates. Of a text of several lines its first one counts.
    pub(crate) fn inverse(&self, line: &str) -> String {
        let first = line.lines().next().unwrap_or_default();
        match (self.negated(line), self) {
            (Some(negated), _) => negated.trim_start().to_owned(),
            (None, Self::No) => format!("no {first}"),
            (None, Self::Word(word)) => format!("{word}{first}"),
        }
    }

    fn negated<'t>(&self, line: &'t str) -> Option<&'t str> {
        match self {
            Self::No => line.strip_prefix("no "),
            Self::Word(word) => line.strip_prefix(&**word),
        }
    }
}
