//! What does a configuration say?
//!
//! A [`Configuration`] keeps the text byte for byte and reads it as a tree, by its indentation, its braces or the paths of its
//! lines. What two configurations have in common is decided on a canonical view of that tree: comments, closers and the lines around the configuration
//! are left out, siblings are found by the command they give, and order counts only where the device minds it.

pub(crate) mod canonical;
mod parse;
mod paths;
pub mod simulate;
#[cfg(test)]
mod tests;
mod tree;

use std::sync::OnceLock;

use serde::Serialize;

use crate::error::Result;
use crate::id::Digest;
use crate::platform::{Form, Grammar, Platform};
use canonical::Level;
use tree::Tree;

/// Says in which order the bytes of a text stand, where that can be asked (Unicode 15.0, 23.8): at its begin it is no part of it.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// A configuration as a lossless tree.
#[derive(Clone, Debug)]
pub struct Configuration {
    tree: Tree,
    left_out: Vec<LeftOut>,
    /// The comments that the device keeps; none where the form of the text holds none.
    annotations: Option<Vec<Annotation>>,
    meaning: OnceLock<Digest>,
}

/// A comment that the device keeps with its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Annotation {
    /// The headers around it; where it is of one statement, that statement without its value.
    pub(crate) section: Vec<String>,
    /// What it says, blanks and newlines as one blank each.
    pub(crate) text: String,
}

/// A piece of the text that is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    start: u32,
    end: u32,
    why: WhyLeftOut,
}

/// Why a piece of a text makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeftOut {
    /// It is a comment.
    Comment,
    /// It is a comment that the device keeps: it makes a difference, and none that a step carries over.
    Annotation,
    /// It only leaves a section.
    Closer,
    /// It stands around the configuration, where the device writes it of its own accord: the version of its software.
    Around,
    /// It has no meaning for a change.
    Ignored,
    /// A later line gives the same command with another value.
    Overwritten,
}

/// A piece of a text that makes no difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread<'c> {
    /// The number of the line that it begins in, from 1.
    pub line: usize,
    /// The piece itself.
    pub text: &'c str,
    /// Why it makes no difference.
    pub why: WhyLeftOut,
}

impl Configuration {
    /// Reads a configuration as a device prints it or a person writes it. Never panics.
    ///
    /// # Errors
    /// [`ErrorKind::ConfigurationInvalid`](crate::ErrorKind::ConfigurationInvalid) with the number of the line, the line and a
    /// hint: nothing in the text, a control character, a byte order mark that is not the first character, a line indented under nothing or at a depth of its own, a section
    /// where none can stand, a text of several lines without its end, a printed configuration without its last line.
    pub fn parse(text: &str, platform: &Platform) -> Result<Self> {
        parse::parse(text, platform)
    }

    /// Reads what a device has on the way of a change, which may be nothing.
    pub(crate) fn of_state(text: &str, platform: &Platform) -> Result<Self> {
        parse::state(text, platform)
    }

    /// Returns the text, byte for byte what was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.tree.texts[..self.tree.length]
    }

    /// Returns the text as it is read: without the byte order mark that some editors write before it.
    pub(crate) fn body(&self) -> &str {
        let text = self.text();
        text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
    }

    /// Returns each piece of the text that makes no difference, in its order, with the reason. Blank lines are none.
    #[must_use]
    pub fn unread(&self) -> Vec<Unread<'_>> {
        let text = self.text();
        let (mut line, mut from) = (1, 0);
        let mut pieces = Vec::with_capacity(self.left_out.len());
        for piece in &self.left_out {
            let start = piece.start as usize;
            line += text[from..start].matches('\n').count();
            from = start;
            pieces.push(Unread {
                line,
                text: &text[start..piece.end as usize],
                why: piece.why,
            });
        }
        pieces
    }

    /// Returns the comments that the device keeps; none where the form of the text holds none.
    pub(crate) fn annotations(&self) -> Option<&[Annotation]> {
        self.annotations.as_deref()
    }

    /// Returns the digest of what the configuration means.
    ///
    /// Equal for two texts that leave a device in the same state: comments, closers, lines around the configuration,
    /// lines that only say a default, and the order of siblings where the device does not mind it make no difference. Comments
    /// that the device keeps make none here either.
    #[must_use]
    pub fn meaning(&self) -> Digest {
        let digest = || Digest::of_kind("configuration", self.level().canonical_text().as_bytes());
        *self.meaning.get_or_init(digest)
    }

    /// Says whether two configurations mean the same. Lines that stand alike are compared first: that is cheaper than two digests.
    pub(crate) fn means_what(&self, other: &Self) -> bool {
        self.level().is_alike(other.level()) || self.meaning() == other.meaning()
    }

    /// Says whether its commands are whole paths.
    pub(crate) fn has_paths(&self) -> bool {
        self.tree.grammar.form() != Form::Indented
    }

    /// Returns what its lines mean.
    pub(crate) fn grammar(&self) -> &Grammar {
        &self.tree.grammar
    }

    /// Returns how many commands the longest section holds.
    pub(crate) fn widest(&self) -> usize {
        self.tree.widest()
    }

    /// Returns the canonical view of the whole configuration.
    pub(crate) fn level(&self) -> Level<'_> {
        Level::of(self)
    }
}
