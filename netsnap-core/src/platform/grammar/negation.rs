//! Which word takes a line back?

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// The word that takes a line back: `no`, `undo`. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Negation(
    /// With the blank behind it.
    Arc<str>,
);

impl Negation {
    /// Takes the word as it stands in a table.
    pub(super) fn parse(word: &str) -> Result<Self> {
        if word.is_empty() || word.contains(' ') {
            return Err(
                Error::new(ErrorKind::InvalidInput, "a negation is not one word")
                    .during("grammar.parse")
                    .with("negation", word),
            );
        }
        Ok(Self(format!("{word} ").into()))
    }

    /// Returns a line without its negation.
    pub(crate) fn positive<'t>(&self, line: &'t str) -> &'t str {
        line.strip_prefix(&*self.0).map_or(line, str::trim_start)
    }

    /// Says whether a line is a negation.
    pub(crate) fn is_on(&self, line: &str) -> bool {
        line.starts_with(&*self.0)
    }

    /// Returns the negation of a line, or what it negates. Of a text of several lines its first one counts.
    pub(crate) fn inverse(&self, line: &str) -> String {
        match self.is_on(line) {
            true => self.positive(line).to_owned(),
            false => format!("{}{}", self.0, line.lines().next().unwrap_or_default()),
        }
    }
}
