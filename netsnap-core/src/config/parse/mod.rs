//! How is a text read into a tree?
//!
//! Three forms lead to the same tree: indented lines, braces, and one path a line. What has no meaning for a change is kept as
//! a piece of the text with the reason why it was left out.

mod braced;
mod indented;
mod lexer;
#[cfg(test)]
mod odd_lines;
mod path;
mod set;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod whole;

use std::sync::OnceLock;

use super::tree::Tree;
use super::{Annotation, BYTE_ORDER_MARK, Configuration, LeftOut, WhyLeftOut};
use crate::error::{Error, ErrorKind, Result};
use crate::platform::{Form, Grammar, Platform};
use crate::redact::secrets;

/// More than any device has: places in a text take four bytes.
const LONGEST: usize = 1 << 30;

/// Reads a configuration, which has at least one line.
pub(super) fn parse(text: &str, platform: &Platform) -> Result<Configuration> {
    let configuration = state(text, platform)?;
    match configuration.tree.is_empty() {
        true => Err(invalid(
            "the configuration has no lines",
            "an empty configuration would delete everything; pass the whole one",
        )),
        false => Ok(configuration),
    }
}

/// Reads what a device has, which may be nothing.
pub(super) fn state(text: &str, platform: &Platform) -> Result<Configuration> {
    if text.len() > LONGEST {
        return Err(invalid(
            "the configuration is too long",
            "a configuration has at most a gigabyte",
        ));
    }
    match platform.grammar.form() {
        Form::Indented => indented::parse(text, platform),
        Form::Braced | Form::Set if set::is_flat(text, platform) => set::parse(text, platform),
        Form::Braced | Form::Set => braced::parse(text, platform),
    }
}

/// Returns how many bytes stand before the first word: those of a byte order mark, which is kept in the text and says nothing.
fn before(text: &str) -> usize {
    let mark = text.starts_with(BYTE_ORDER_MARK);
    usize::from(mark) * BYTE_ORDER_MARK.len_utf8()
}

/// Says what a line holds that no device prints in one; none where it is clean.
fn stray(text: &str) -> Option<&'static str> {
    let is_stray = |found: &char| found.is_control() || *found == BYTE_ORDER_MARK;
    match text.chars().find(is_stray)? {
        BYTE_ORDER_MARK => Some("a line holds a byte order mark"),
        _ => Some("a line holds a control character"),
    }
}

/// A place in the text, in the four bytes that it takes in a tree.
fn place(at: usize) -> u32 {
    u32::try_from(at).expect("a longer text was refused")
}

fn invalid(message: &'static str, hint: &'static str) -> Error {
    Error::new(ErrorKind::ConfigurationInvalid, message)
        .during("configuration.parse")
        .hint(hint)
}

fn invalid_at(line: usize, text: &str, message: &'static str, hint: &'static str) -> Error {
    invalid(message, hint)
        .with("line", line)
        .with("text", secrets(text).escape_debug())
}

/// Makes a configuration of what was read.
fn finish(
    mut tree: Tree,
    left_out: Vec<LeftOut>,
    annotations: Option<Vec<Annotation>>,
) -> Configuration {
    let mut left_out = left_out;
    left_out.extend(tree.settle());
    left_out.sort_by_key(|piece| piece.start);
    Configuration {
        tree,
        left_out,
        annotations,
        meaning: OnceLock::new(),
    }
}

/// Makes a comment that the device keeps.
fn annotation(section: Vec<String>, text: &str) -> Annotation {
    let words: Vec<&str> = text.split_whitespace().collect();
    Annotation {
        section,
        text: words.join(" "),
    }
}

/// Notes a piece of the text that is no command.
/// Says why a line at the top makes no difference; none for one that does.
fn without_meaning(grammar: &Grammar, line: &str) -> Option<WhyLeftOut> {
    match () {
        () if grammar.is_written(line) => Some(WhyLeftOut::Around),
        () if grammar.is_ignored(line) => Some(WhyLeftOut::Ignored),
        () => None,
    }
}

fn left_out(start: usize, end: usize, why: WhyLeftOut) -> LeftOut {
    LeftOut {
        start: place(start),
        end: place(end),
        why,
    }
}
