//! What do configuration lines mean?
//!
//! The grammar of a platform is data: which lines open a section, which words of a line are its identity and which its
//! value, what takes a line back, what it needs and what it does to its neighbours. Lines without a rule stay as they
//! are and are taken back with the word of negation; a plan that touches one is never proven.

mod build;
mod captures;
mod check;
mod index;
mod mention;
mod negation;
mod numbers;
mod pattern;
mod phrases;
mod quotes;
mod range;
mod rule;
mod table;
#[cfg(test)]
mod tests;
mod texts;

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;

use super::Pattern;
use crate::error::{Error, Result};
use crate::redact;
use index::{Forms, RuleIndex};
pub(crate) use mention::Mention;
pub(crate) use negation::Negation;
pub(crate) use pattern::{FirstWords, LinePattern, Template};
pub(crate) use rule::{Removal, Rule, RuleId, TextForm};
use table::{BlobTable, GrammarTable};
pub(crate) use table::{Bundle, Form, Indentation, Terminator, Verbs};

/// What the lines of one platform mean. Cheap to clone.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "GrammarTable")]
pub struct Grammar(Arc<Tables>);

#[derive(Debug)]
struct Tables {
    form: Form,
    negation: Negation,
    leave: String,
    commit: Option<String>,
    verbs: Verbs,
    terminator: Terminator,
    quotes: Vec<char>,
    needless_quotes: bool,
    root: Option<String>,
    inactive: Option<String>,
    indentation: Indentation,
    comments: Vec<char>,
    annotations: Vec<String>,
    closers: Forms,
    written: Forms,
    ignored: Forms,
    masked: Vec<Pattern>,
    barred: Vec<Pattern>,
    bundle: Option<Bundle>,
    blobs: Vec<BlobTable>,
    rules: Vec<Rule>,
    sections: Vec<Section>,
}

/// The longest beginning of a line in a table, in words.
pub(crate) const LONGEST_BEGINNING: usize = 4;

/// The number of a section's rules in a grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SectionId(u16);

impl SectionId {
    /// The outermost section.
    pub(crate) const GLOBAL: Self = Self(0);
    /// A section without rules.
    pub(crate) const UNKNOWN: Self = Self(1);

    fn of(number: usize) -> Result<Self> {
        u16::try_from(number)
            .map(Self)
            .map_err(|_| too_many("sections"))
    }
}

fn too_many(what: &str) -> Error {
    Error::new(
        crate::error::ErrorKind::InvalidInput,
        "a grammar is too long",
    )
    .during("grammar.parse")
    .with("of", what)
}

#[derive(Debug, Default)]
struct Section {
    name: String,
    leave: Option<String>,
    rules: RuleIndex,
}

/// How a text of several lines ends.
#[derive(Clone, Debug)]
pub(crate) enum BlobEnd {
    /// In its first line.
    Here,
    /// With the next line that holds these characters.
    Delimiter(String),
    /// With the next line of this form.
    Line(Pattern),
}

impl Default for Grammar {
    fn default() -> Self {
        Self::try_from(GrammarTable::default()).expect("an empty table has no bad pattern")
    }
}

impl Grammar {
    /// Returns how a configuration is written.
    pub(crate) fn form(&self) -> Form {
        self.0.form
    }

    /// Returns what ends a statement in braces.
    pub(crate) fn terminator(&self) -> Terminator {
        self.0.terminator
    }

    /// Says whether a character begins and ends a word with blanks in it.
    pub(crate) fn is_quote(&self, quote: char) -> bool {
        self.0.quotes.contains(&quote)
    }

    /// Returns a line without the quotes that say nothing: those around a plain word, where the device leaves them out.
    pub(crate) fn unquoted<'t>(&self, line: &'t str) -> Cow<'t, str> {
        match self.0.needless_quotes && line.contains('"') {
            true => quotes::without_needless(line),
            false => Cow::Borrowed(line),
        }
    }

    /// Says whether two lines say the same: word for word, but for quotes that say nothing.
    pub(crate) fn says_the_same(&self, one: &str, other: &str) -> bool {
        one == other || self.unquoted(one) == self.unquoted(other)
    }

    /// Returns what stands before a statement that does nothing.
    pub(crate) fn inactive(&self) -> Option<&str> {
        self.0.inactive.as_deref()
    }

    /// Returns what stands around the whole configuration and in no path.
    pub(crate) fn root(&self) -> Option<&str> {
        self.0.root.as_deref()
    }

    /// Returns how the lines of one section are indented.
    pub(crate) fn indentation(&self) -> Indentation {
        self.0.indentation
    }

    /// Says whether words name a command of a section, its value left out.
    pub(crate) fn is_name(&self, section: SectionId, words: &[&str]) -> bool {
        let rules = words
            .first()
            .map(|word| self.section(section).rules.of_word(word));
        let mut rules = rules.into_iter().flatten();
        rules.any(|number| self.rule(*number).pattern.is_named_by(words))
    }

    /// Returns the rule of the header that a path begins with in a section, and how many words it takes.
    pub(crate) fn header(&self, section: SectionId, path: &[&str]) -> Option<(RuleId, usize)> {
        let candidates = self.section(section).rules.of_word(path.first()?);
        candidates.iter().find_map(|number| {
            let rule = self.rule(*number);
            let length = rule.opens().and_then(|_| rule.begins(path))?;
            Some((*number, length))
        })
    }

    /// Says whether a line without indentation is a comment.
    pub(crate) fn is_comment(&self, line: &str) -> bool {
        line.starts_with(self.0.comments.as_slice())
    }

    /// Says whether a comment is one that the device keeps with its configuration.
    pub(crate) fn is_annotation(&self, comment: &str) -> bool {
        let mut marks = self.0.annotations.iter();
        marks.any(|mark| comment.starts_with(mark.as_str()))
    }

    /// Says whether a line only leaves a section or ends the text.
    pub(crate) fn is_closer(&self, line: &str) -> bool {
        self.0.closers.matches(line)
    }

    /// Says whether the device writes a global line of its own accord.
    pub(crate) fn is_written(&self, line: &str) -> bool {
        self.0.written.matches(line)
    }

    /// Says whether a global line has no meaning for a change.
    pub(crate) fn is_ignored(&self, line: &str) -> bool {
        self.0.ignored.matches(line)
    }

    /// Returns how ports are bundled; none where a bundle carries nothing on to its members.
    pub(crate) fn bundle(&self) -> Option<&Bundle> {
        self.0.bundle.as_ref()
    }

    /// Says whether a line holds a mask where a secret was.
    pub(crate) fn is_masked(&self, line: &str) -> bool {
        let mut own = self.0.masked.iter();
        redact::is_masked(line) || own.any(|Pattern(mask)| mask.is_match(line))
    }

    /// Says whether the device takes no command for a line.
    pub(crate) fn is_barred(&self, line: &str) -> bool {
        self.0
            .barred
            .iter()
            .any(|Pattern(mark)| mark.is_match(line))
    }

    /// Returns how the text of several lines ends that a line begins; none for an ordinary line.
    pub(crate) fn blob(&self, line: &str) -> Option<BlobEnd> {
        let body = line.trim();
        let word = first_word(body);
        let is_inside = line.starts_with(' ');
        self.0
            .blobs
            .iter()
            .filter(|blob| blob.word == word && !(blob.outermost && is_inside))
            .find_map(|blob| blob_end(blob, body))
    }

    /// Returns a text between delimiters with the one that is typed, which all that hold the same text share.
    pub(crate) fn delimited(&self, text: &str) -> Option<String> {
        let (blob, found) = self.delimiters_of(text)?;
        let mut marks = blob.delimiters.chars();
        let mark = marks.find(|mark| !found.inside.contains(*mark))?;
        Some(format!("{}{mark}{}{mark}", found.head, found.inside))
    }

    /// Says whether a text that is typed in one go has an end: a last line, or a delimiter that can be typed.
    pub(crate) fn has_typed_end(&self, text: &str) -> bool {
        match self.delimiters_of(text) {
            Some((blob, found)) => blob.delimiters.contains(found.mark),
            None => {
                let end = self.blob(text.lines().next().unwrap_or_default());
                matches!(end, None | Some(BlobEnd::Line(_)))
            }
        }
    }

    fn delimiters_of<'t>(&self, text: &'t str) -> Option<(&BlobTable, Delimited<'t>)> {
        let word = first_word(text);
        let mut blobs = self.0.blobs.iter().filter(|blob| blob.word == word);
        blobs.find_map(|blob| Some((blob, Delimited::of(blob, text)?)))
    }

    /// Returns the number of the rule for a line of a section.
    pub(crate) fn find(&self, section: SectionId, line: &str) -> Option<RuleId> {
        let body = self.positive(line);
        let first = FirstWords::of(body);
        let is_negated = body.len() < line.len();
        self.section(section).rules.candidates(body).find(|number| {
            let rule = self.rule(*number);
            (is_negated || rule.pattern.may_match(&first)) && rule.fits(line, body)
        })
    }

    /// Says whether a section knows a line by its first word, and the line opens nothing.
    pub(crate) fn is_statement(&self, section: SectionId, line: &str) -> bool {
        let rule = self.find(section, line).map(|number| self.rule(number));
        rule.is_some_and(|rule| rule.opens.is_none() && rule.pattern.first_word().is_some())
    }

    /// Returns a rule by its number.
    pub(crate) fn rule(&self, number: RuleId) -> &Rule {
        &self.0.rules[number.index()]
    }

    /// Returns all rules that are written in the table, each with how it is written.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = (RuleId, String)> {
        let rules = self.0.rules.iter().enumerate();
        let written = rules.filter(|(_, rule)| !rule.continues() && !rule.stands_for_others());
        written.map(|(number, rule)| (RuleId::of(number).unwrap(), rule.texts.row.clone()))
    }

    fn section(&self, section: SectionId) -> &Section {
        &self.0.sections[usize::from(section.0)]
    }

    /// Returns the section that a line opens; none for a line that opens none or has no rule.
    pub(crate) fn opens(&self, section: SectionId, line: &str) -> Option<SectionId> {
        self.rule(self.find(section, line)?).opens()
    }

    /// Returns what leaves a section.
    pub(crate) fn leave(&self, section: SectionId) -> &str {
        let own = self.section(section).leave.as_deref();
        own.unwrap_or(&self.0.leave)
    }

    /// Returns what puts into force what was typed so far, where a plan can do so in between.
    pub(crate) fn commit(&self) -> Option<&str> {
        self.0.commit.as_deref()
    }

    /// Returns what takes lines back.
    pub(crate) fn negation(&self) -> &Negation {
        &self.0.negation
    }

    /// Returns a line without its negation.
    pub(crate) fn positive<'t>(&self, line: &'t str) -> &'t str {
        self.0.negation.positive(line)
    }

    /// Returns what stands before a path.
    pub(crate) fn verbs(&self) -> &Verbs {
        &self.0.verbs
    }
}

fn first_word(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

/// A text between two delimiters, with nothing behind them.
struct Delimited<'t> {
    head: &'t str,
    mark: &'t str,
    inside: &'t str,
}

impl<'t> Delimited<'t> {
    fn of(blob: &BlobTable, text: &'t str) -> Option<Self> {
        let first = text.lines().next()?;
        let mark = blob.start.0.captures(first)?.name("delimiter")?.range();
        let (inside, behind) = text[mark.end..].split_once(&text[mark.clone()])?;
        behind.trim().is_empty().then(|| Self {
            head: &text[..mark.start],
            mark: &text[mark],
            inside,
        })
    }
}

fn blob_end(blob: &BlobTable, line: &str) -> Option<BlobEnd> {
    let captures = blob.start.0.captures(line)?;
    let Some(delimiter) = captures.name("delimiter") else {
        return blob.end.clone().map(BlobEnd::Line);
    };
    if line[delimiter.end()..].contains(delimiter.as_str()) {
        return Some(BlobEnd::Here);
    }
    Some(BlobEnd::Delimiter(delimiter.as_str().to_owned()))
}
