//! Which word takes a line back?

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// The word that takes a line back: `no`, `undo`. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Negation {
    /// With the blank behind it.
    word: Arc<str>,
    /// How it begins: of each line of a configuration this much is looked at, more than once.
    head: [u8; 2],
}

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
        let word: Arc<str> = format!("{word} ").into();
        let head = [word.as_bytes()[0], word.as_bytes()[1]];
        Ok(Self { word, head })
    }

    /// Returns a line without its negation.
    pub(crate) fn positive<'t>(&self, line: &'t str) -> &'t str {
        match self.is_on(line) {
            true => line[self.word.len()..].trim_start(),
            false => line,
        }
    }

    /// Says whether a line is a negation.
    pub(crate) fn is_on(&self, line: &str) -> bool {
        line.as_bytes().starts_with(&self.head) && line.starts_with(&*self.word)
    }

    /// Returns the negation of a line, or what it negates. Of a text of several lines its first one counts.
    pub(crate) fn inverse(&self, line: &str) -> String {
        match self.is_on(line) {
            true => self.positive(line).to_owned(),
            false => format!("{}{}", self.word, line.lines().next().unwrap_or_default()),
        }
    }
}
