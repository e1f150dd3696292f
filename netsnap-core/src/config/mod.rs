//! What does a configuration say?
//!
//! A [`Configuration`] keeps the text byte for byte and reads it as a tree by its indentation. What two configurations
//! have in common is decided on a canonical view of that tree: comments, closers and the lines around the configuration
//! are left out, siblings are found by the command they give, and order counts only where the device minds it.

pub(crate) mod canonical;
mod parse;
pub mod simulate;
#[cfg(test)]
mod tests;
mod tree;

use std::sync::OnceLock;

use crate::error::Result;
use crate::id::Digest;
use crate::platform::Platform;
use canonical::Level;
use tree::Tree;

/// A configuration as a lossless tree.
#[derive(Clone, Debug)]
pub struct Configuration {
    tree: Tree,
    /// How much of the texts of the tree was parsed.
    length: usize,
    meaning: OnceLock<Digest>,
}

impl Configuration {
    /// Reads a configuration as a device prints it or a person writes it. Never panics.
    ///
    /// # Errors
    /// [`ErrorKind::ConfigurationInvalid`](crate::ErrorKind::ConfigurationInvalid) with the number of the line, the line and a
    /// hint: nothing in the text, a control character, a line indented under nothing or at a depth of its own, a section
    /// where none can stand, a text of several lines without its end, a printed configuration without its last line.
    pub fn parse(text: &str, platform: &Platform) -> Result<Self> {
        parse::parse(text, platform)
    }

    /// Returns the text, byte for byte what was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.tree.texts[..self.length]
    }

    /// Returns the digest of what the configuration means.
    ///
    /// Equal for two texts that leave a device in the same state: comments, closers, lines around the configuration,
    /// lines that only say a default, and the order of siblings where the device does not mind it make no difference.
    #[must_use]
    pub fn meaning(&self) -> Digest {
        let digest = || Digest::of_kind("configuration", self.level().canonical_text().as_bytes());
        *self.meaning.get_or_init(digest)
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
