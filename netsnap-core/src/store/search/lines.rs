//! Which lines of one output fit?

use super::pattern::Finder;
use super::{Hit, SearchOptions, Syntax};

/// Bytes that are shown of one line.
const SHOWN: usize = 4096;

/// A line that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Counted from 1.
    pub(super) line: u64,
    /// Where the line begins, and ends without its line end.
    start: usize,
    end: usize,
    /// Where the fit begins and ends, in the whole text.
    fit: (usize, usize),
}

/// The lines of one output that fit, from a line on.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a [u8],
    finder: &'a Finder,
    /// Where to go on, and the number of the line that stands there.
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// Begins at a line, counted from 1.
    pub(super) fn from(text: &'a [u8], finder: &'a Finder, line: u64) -> Self {
        let mut lines = Self {
            text,
            finder,
            at: 0,
            line: 1,
        };
        while lines.line < line && lines.at < text.len() {
            lines.step();
        }
        lines
    }

    /// Passes over the line that stands at `at`.
    fn step(&mut self) {
        self.at = self.line_end(self.at) + 1;
        self.line += 1;
    }

    fn line_end(&self, at: usize) -> usize {
        let length = self.text[at..].iter().position(|byte| *byte == b'\n');
        length.map_or(self.text.len(), |length| at + length)
    }

    /// Goes to the line in which the next fit of a literal lies, in one sweep over all lines between.
    fn skip(&mut self) -> Option<()> {
        let (start, _) = self.finder.find(&self.text[self.at..])?;
        let between = &self.text[self.at..self.at + start];
        self.line += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        let last = between.iter().rposition(|byte| *byte == b'\n');
        self.at += last.map_or(0, |newline| newline + 1);
        Some(())
    }
}

impl Iterator for Lines<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        while self.at < self.text.len() {
            if self.finder.syntax == Syntax::Literal {
                self.skip()?;
            }
            let (start, line) = (self.at, self.line);
            let end = content_end(self.text, start, self.line_end(start));
            self.step();
            if let Some((from, to)) = self.finder.find(&self.text[start..end]) {
                let fit = (start + from, start + to);
                return Some(Found {
                    line,
                    start,
                    end,
                    fit,
                });
            }
        }
        None
    }
}

/// Leaves out the carriage return of a line end.
fn content_end(text: &[u8], start: usize, end: usize) -> usize {
    end - usize::from(end > start && text[end - 1] == b'\r')
}

/// Shows a line that fits with the lines around it; where it was found is filled in by the walk.
pub(super) fn hit(text: &[u8], found: &Found, options: &SearchOptions, place: Hit) -> Hit {
    Hit {
        line: found.line,
        column: (found.fit.0 - found.start) as u64 + 1,
        length: (found.fit.1 - found.fit.0) as u64,
        text: around(&text[found.start..found.end], found.fit.0 - found.start),
        before: lines_before(text, found.start, options.before),
        after: lines_after(text, found.end, options.after),
        ..place
    }
}

/// The part of a line around a position, when the line is very long.
fn around(line: &[u8], at: usize) -> String {
    if line.len() <= SHOWN {
        return String::from_utf8_lossy(line).into_owned();
    }
    let from = at.saturating_sub(SHOWN / 4);
    let to = line.len().min(from + SHOWN);
    let left = if from > 0 { "…" } else { "" };
    let right = if to < line.len() { "…" } else { "" };
    format!("{left}{}{right}", String::from_utf8_lossy(&line[from..to]))
}

fn lines_before(text: &[u8], start: usize, count: usize) -> Vec<String> {
    let Some(end) = start.checked_sub(1) else {
        return Vec::new();
    };
    let mut lines: Vec<String> = text[..end]
        .rsplit(|byte| *byte == b'\n')
        .take(count)
        .map(shown)
        .collect();
    lines.reverse();
    lines
}

fn lines_after(text: &[u8], end: usize, count: usize) -> Vec<String> {
    let rest = &text[end..];
    let Some(newline) = rest.iter().position(|byte| *byte == b'\n') else {
        return Vec::new();
    };
    let rest = &rest[newline + 1..];
    // What ends with a line end has no further line behind it.
    let rest = rest.strip_suffix(b"\n").unwrap_or(rest);
    if rest.is_empty() && text.ends_with(b"\n") && newline + 1 + end == text.len() {
        return Vec::new();
    }
    rest.split(|byte| *byte == b'\n')
        .take(count)
        .map(shown)
        .collect()
}

fn shown(line: &[u8]) -> String {
    around(line.strip_suffix(b"\r").unwrap_or(line), 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Case;
    use super::*;
    use crate::id::ExecutionId;

    fn numbers(text: &[u8], pattern: &str, syntax: Syntax, from: u64) -> Vec<u64> {
        let finder = Finder::new(pattern, syntax, Case::Sensitive).unwrap();
        Lines::from(text, &finder, from)
            .map(|found| found.line)
            .collect()
    }

    fn hits(text: &[u8], pattern: &str) -> Vec<Hit> {
        let finder = Finder::new(pattern, Syntax::Regex, Case::Sensitive).unwrap();
        let options = SearchOptions {
            before: 1,
            after: 2,
            ..SearchOptions::default()
        };
        let place = || Hit {
            execution: ExecutionId::new(jiff::Timestamp::UNIX_EPOCH, 0),
            device: String::new(),
            command: String::new(),
            output: 0,
            line: 0,
            column: 0,
            length: 0,
            text: String::new(),
            before: Vec::new(),
            after: Vec::new(),
        };
        let found = Lines::from(text, &finder, 1);
        found
            .map(|found| hit(text, &found, &options, place()))
            .collect()
    }

    #[test]
    fn a_hit_shows_its_line_and_the_lines_around() {
        let text = b"one\r\ntwo two\nthree \xff x\nfour\n";
        let found = hits(text, "two|four");
        assert_eq!((found[0].line, found[0].column, found[0].length), (2, 1, 3));
        assert_eq!(found[0].text, "two two");
        assert_eq!(found[0].before, ["one"]);
        assert_eq!(found[0].after, ["three \u{fffd} x", "four"]);
        assert_eq!((found[1].line, found[1].after.len()), (4, 0));
        assert_eq!(found[1].before, ["three \u{fffd} x"]);
        assert_eq!(hits(text, "x$")[0].column, 9);
        assert_eq!(hits(b"a\n\nb", "^a$")[0].after, ["", "b"]);
        assert_eq!(hits(b"a\n", "^$").len(), 0);
    }

    #[test]
    fn a_very_long_line_is_shown_around_the_fit() {
        let mut line = vec![b'a'; 100_000];
        line[50_000] = b'X';
        let found = hits(&line, "X");
        assert_eq!(found[0].column, 50_001);
        assert!(found[0].text.contains('X') && found[0].text.len() < 5_000);
        assert!(found[0].text.starts_with('…') && found[0].text.ends_with('…'));
    }

    proptest! {
        #[test]
        fn every_line_that_fits_is_found_once(text in "[ab\r\n]{0,60}", literal in "[ab]{1,2}", from in 1_u64..6) {
            let expected: Vec<u64> = (1..).zip(text.split('\n')).filter(|(number, line)| *number >= from && line.contains(&literal)).map(|(number, _)| number).collect();
            for syntax in [Syntax::Literal, Syntax::Regex] {
                prop_assert_eq!(numbers(text.as_bytes(), &literal, syntax, from), expected.clone());
            }
        }
    }
}
