//! Which words and marks does a text consist of?

use crate::error::{Error, ErrorKind, Result};

/// A word or a mark of a text in braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Word(String),
    Open,
    Close,
    ListOpen,
    ListClose,
    /// A semicolon, or the end of a line where that ends a statement.
    End,
}

/// What ends a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// A semicolon.
    WithSemicolon,
    /// The end of the line.
    WithLine,
}

/// Splits a line into its words; quoted ones keep their quotes and blanks.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut rest = line.trim();
    let mut words = Vec::new();
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(word_length(rest, char::is_whitespace));
        words.push(word.to_owned());
        rest = behind.trim_start();
    }
    words
}

/// Splits a line into its words, brackets by themselves.
///
/// # Errors
/// `ConfigurationInvalid` for a comment without its end, and for braces.
pub(super) fn bracketed(line: &str) -> Result<Vec<String>> {
    let words = marks(line, Ends::WithLine)?
        .into_iter()
        .map(|mark| match mark {
            Mark::Word(word) => Ok(word),
            Mark::ListOpen => Ok("[".to_owned()),
            Mark::ListClose => Ok("]".to_owned()),
            Mark::Open | Mark::Close | Mark::End => Err(Error::new(
                ErrorKind::ConfigurationInvalid,
                "a brace in a line",
            )),
        });
    words.collect()
}

/// How far a word goes; a quoted part is part of it, with what its quotes hold.
fn word_length(text: &str, ends: impl Fn(char) -> bool) -> usize {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if !is_quoted && ends(c) => return at,
            _ => {}
        }
    }
    text.len()
}

/// Splits a text in braces. Comments are left out.
///
/// # Errors
/// `ConfigurationInvalid` for a comment without its end.
pub(super) fn marks(text: &str, ends: Ends) -> Result<Vec<Mark>> {
    let mut marks = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\n' if ends == Ends::WithLine => {
                marks.push(Mark::End);
                1
            }
            _ if first.is_whitespace() => first.len_utf8(),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").ok_or_else(cut)? + 2,
            _ => token(rest, first, ends, &mut marks),
        };
        rest = &rest[length..];
    }
    Ok(marks)
}

fn token(rest: &str, first: char, ends: Ends, marks: &mut Vec<Mark>) -> usize {
    let is_alone = rest[first.len_utf8()..].starts_with(char::is_whitespace);
    let mark = match first {
        '{' => Mark::Open,
        '}' => Mark::Close,
        ';' if ends == Ends::WithSemicolon => Mark::End,
        '[' if is_alone || ends == Ends::WithLine => Mark::ListOpen,
        ']' => Mark::ListClose,
        _ => {
            let ends_word = |c: char| {
                c.is_whitespace() || "{}]".contains(c) || (c == ';' && ends == Ends::WithSemicolon)
            };
            let length = word_length(rest, ends_word);
            marks.push(Mark::Word(rest[..length].to_owned()));
            return length;
        }
    };
    marks.push(mark);
    1
}

fn cut() -> Error {
    Error::new(ErrorKind::ConfigurationInvalid, "a comment has no end").during("config.simulate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_keep_blanks_braces_and_escaped_quotes() {
        assert_eq!(
            words(r#"set a "b { c" "d\" e" f"#),
            ["set", "a", "\"b { c\"", "\"d\\\" e\"", "f"]
        );
    }

    #[test]
    fn comments_are_no_marks() {
        let text = "/* a { */ a { # b\n  b [ c d ]; }\n";
        let word = |text: &str| Mark::Word(text.to_owned());
        let expected = [
            word("a"),
            Mark::Open,
            word("b"),
            Mark::ListOpen,
            word("c"),
            word("d"),
            Mark::ListClose,
            Mark::End,
            Mark::Close,
        ];
        assert_eq!(marks(text, Ends::WithSemicolon).unwrap(), expected);
        assert!(marks("/* a", Ends::WithSemicolon).is_err());
    }
}
