//! Which words and marks does a text with braces, or with one path a line, consist of?

use super::super::{LeftOut, WhyLeftOut};
use super::{before, invalid_at, left_out, stray};
use crate::error::{Error, Result};
use crate::platform::{Grammar, Terminator};

/// A word or a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A word, quoted ones with their quotes.
    Word,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `[`
    ListOpen,
    /// `]`
    ListClose,
    /// What ends a statement.
    End,
}

/// A word or a mark at its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) mark: Mark,
    pub(super) text: &'t str,
    pub(super) start: usize,
    /// From 1.
    pub(super) line: usize,
}

impl Token<'_> {
    /// Makes an error about this place.
    pub(super) fn error(&self, message: &'static str, hint: &'static str) -> Error {
        invalid_at(self.line, self.text, message, hint)
    }
}

/// Reads a text word by word, and notes the comments.
pub(super) struct Lexer<'t> {
    text: &'t str,
    grammar: &'t Grammar,
    has_braces: bool,
    terminator: Terminator,
    /// Whether a bracket can touch the words of its list: where a line ends a statement.
    has_tight_lists: bool,
    is_in_list: bool,
    at: usize,
    line: usize,
    /// Whether a comment can begin here: not in the middle of a path.
    is_fresh: bool,
    pub(super) comments: Vec<LeftOut>,
}

impl<'t> Lexer<'t> {
    /// Reads statements in braces.
    pub(super) fn of_braces(text: &'t str, grammar: &'t Grammar) -> Self {
        Self {
            text,
            grammar,
            has_braces: true,
            terminator: grammar.terminator(),
            has_tight_lists: grammar.terminator() == Terminator::EndOfLine,
            is_in_list: false,
            at: before(text),
            line: 1,
            is_fresh: true,
            comments: Vec::new(),
        }
    }

    /// Reads one path a line.
    pub(super) fn of_paths(text: &'t str, grammar: &'t Grammar) -> Self {
        Self {
            has_braces: false,
            terminator: Terminator::EndOfLine,
            ..Self::of_braces(text, grammar)
        }
    }

    /// Returns the next word or mark; none at the end.
    ///
    /// # Errors
    /// [`ErrorKind::ConfigurationInvalid`](crate::ErrorKind::ConfigurationInvalid) for a quoted word or a comment without its end,
    /// and for a control character.
    pub(super) fn next(&mut self) -> Result<Option<Token<'t>>> {
        loop {
            let rest = &self.text[self.at..];
            let Some(first) = rest.chars().next() else {
                return Ok(None);
            };
            match first {
                '\n' if self.terminator == Terminator::EndOfLine && !self.is_fresh => {
                    return Ok(Some(self.take(1, Mark::End)));
                }
                ' ' | '\t' | '\n' | '\r' => self.skip(1),
                _ if rest.starts_with("/*") && self.has_braces => self.block_comment()?,
                _ if self.begins_comment(rest) => self.line_comment(),
                _ => return self.token(rest, first).map(Some),
            }
        }
    }

    /// In paths a `#` in the middle belongs to a word.
    fn begins_comment(&self, rest: &str) -> bool {
        (self.has_braces || self.is_fresh) && self.grammar.is_comment(rest)
    }

    fn token(&mut self, rest: &'t str, first: char) -> Result<Token<'t>> {
        let has_semicolons = self.terminator == Terminator::Semicolon;
        match first {
            '{' if self.has_braces => Ok(self.take(1, Mark::Open)),
            '}' if self.has_braces => Ok(self.take(1, Mark::Close)),
            ';' if self.has_braces && has_semicolons => Ok(self.take(1, Mark::End)),
            '[' if self.opens_list(rest) => Ok(self.take(1, Mark::ListOpen)),
            ']' => Ok(self.take(1, Mark::ListClose)),
            quote if self.grammar.is_quote(quote) => self.quoted(rest, quote),
            _ => self.word(rest),
        }
    }

    fn opens_list(&self, rest: &str) -> bool {
        let is_loose = rest[1..].starts_with([' ', '\n', '\t', '\r']);
        is_loose || (self.has_tight_lists && !self.is_in_list)
    }

    fn word(&mut self, rest: &'t str) -> Result<Token<'t>> {
        let ends = |found: char| match found {
            '{' | '}' => self.has_braces,
            ';' => self.has_braces && self.terminator == Terminator::Semicolon,
            ']' => self.has_tight_lists && self.is_in_list,
            ' ' | '\t' | '\n' | '\r' => true,
            _ => false,
        };
        let length = rest.find(ends).unwrap_or(rest.len());
        let token = self.take(length, Mark::Word);
        match stray(token.text) {
            Some(what) => Err(token.error(
                what,
                "the text is not a clean configuration: a pager or an editor left it there",
            )),
            None => Ok(token),
        }
    }

    /// A quoted word goes on over the end of a line; a backslash takes the meaning from what follows.
    fn quoted(&mut self, rest: &'t str, quote: char) -> Result<Token<'t>> {
        let mut is_escaped = false;
        let end = rest.char_indices().skip(1).find_map(|(place, found)| {
            let ends = found == quote && !is_escaped;
            is_escaped = found == '\\' && !is_escaped;
            ends.then_some(place + quote.len_utf8())
        });
        match end {
            Some(end) if rest[end..].starts_with(continues) => Err(invalid_at(
                self.line,
                &self.before_quoted(rest),
                "a quoted word goes on behind its closing quote",
                "put a backslash before a quote inside of it, or a blank behind it",
            )),
            Some(end) => Ok(self.take(end, Mark::Word)),
            None => Err(invalid_at(
                self.line,
                &self.before_quoted(rest),
                "a quoted word has no end",
                "the configuration is cut off here, or the closing quote is missing",
            )),
        }
    }

    /// What stands in the statement before a quoted word. The word itself is not told: where it cannot be read, nobody knows how much of it
    /// is a secret.
    fn before_quoted(&self, rest: &str) -> String {
        let before = self.text[..self.at].rsplit(['\n', ';', '{', '}']).next();
        let quote = rest.chars().next().into_iter();
        before
            .into_iter()
            .flat_map(str::chars)
            .chain(quote)
            .chain(['…'])
            .collect()
    }

    fn block_comment(&mut self) -> Result<()> {
        let rest = &self.text[self.at..];
        let Some(end) = rest[2..].find("*/") else {
            return Err(invalid_at(
                self.line,
                rest.lines().next().unwrap_or_default(),
                "a comment has no end",
                "the configuration is cut off here, or the closing */ is missing",
            ));
        };
        self.comment(end + 4);
        Ok(())
    }

    fn line_comment(&mut self) {
        let rest = &self.text[self.at..];
        let line = rest.lines().next().unwrap_or_default();
        self.comment(line.trim_end().len());
    }

    fn comment(&mut self, length: usize) {
        let piece = left_out(self.at, self.at + length, WhyLeftOut::Comment);
        self.comments.push(piece);
        self.skip(length);
    }

    fn take(&mut self, length: usize, mark: Mark) -> Token<'t> {
        let token = Token {
            mark,
            text: &self.text[self.at..self.at + length],
            start: self.at,
            line: self.line,
        };
        self.is_in_list = match mark {
            Mark::ListOpen => true,
            Mark::ListClose => false,
            _ => self.is_in_list,
        };
        self.is_fresh = !matches!(mark, Mark::Word | Mark::ListOpen | Mark::ListClose);
        self.skip(length);
        token
    }

    fn skip(&mut self, length: usize) {
        let passed = &self.text.as_bytes()[self.at..self.at + length];
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at += length;
    }
}

/// Says whether a character cannot stand right behind a quoted word.
fn continues(next: char) -> bool {
    !matches!(next, ' ' | '\t' | '\n' | '\r' | ';' | '{' | '}' | ']')
}
