//! What is looked for, compiled once.

use regex::bytes::{Regex, RegexBuilder};

use super::{Case, Syntax, bad};
use crate::error::Result;

/// Longest pattern, in bytes.
const LONGEST: usize = 4096;
/// Memory that a compiled pattern may take, in bytes.
const COMPILED: usize = 4 << 20;
/// How deep an expression may nest.
const NESTING: u32 = 100;

/// Finds the fits of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Finder {
    regex: Regex,
    /// A literal never spans lines, so it is looked for in the whole text at once.
    pub(super) syntax: Syntax,
}

impl Finder {
    pub(super) fn new(pattern: &str, syntax: Syntax, case: Case) -> Result<Self> {
        if pattern.is_empty() || pattern.len() > LONGEST {
            return Err(bad("a pattern has between 1 and 4096 bytes").with("bytes", pattern.len()));
        }
        if syntax == Syntax::Literal && pattern.contains('\n') {
            return Err(bad(
                "a text with a line end is never found: lines are looked at one by one",
            )
            .hint("look for one of its lines, and ask for lines around it"));
        }
        let source = match syntax {
            Syntax::Literal => regex::escape(pattern),
            Syntax::Regex => pattern.to_owned(),
        };
        let regex = RegexBuilder::new(&source)
            .case_insensitive(case == Case::Ignored)
            .size_limit(COMPILED)
            .dfa_size_limit(COMPILED)
            .nest_limit(NESTING)
            .build()
            .map_err(|error| {
                bad("the pattern is no regular expression, or too large a one")
                    .with("pattern", pattern.escape_debug())
                    .hint("look around and back references do not exist; ask for the literal text with the syntax `literal`")
                    .because(error)
            })?;
        Ok(Self { regex, syntax })
    }

    /// Returns where the first fit in a text begins and ends.
    pub(super) fn find(&self, text: &[u8]) -> Option<(usize, usize)> {
        let found = self.regex.find(text)?;
        Some((found.start(), found.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_cannot_be_used_is_refused() {
        let long = "x".repeat(LONGEST + 1);
        for (pattern, syntax) in [
            ("", Syntax::Literal),
            ("a\nb", Syntax::Literal),
            (long.as_str(), Syntax::Literal),
            ("(", Syntax::Regex),
            (r"(a)\1", Syntax::Regex),
            (r"(\w{1000}){1000}", Syntax::Regex),
            (&"(".repeat(2000), Syntax::Regex),
        ] {
            let error = Finder::new(pattern, syntax, Case::Sensitive).unwrap_err();
            assert_eq!(
                error.kind(),
                crate::ErrorKind::InvalidInput,
                "{pattern:.20}"
            );
        }
    }

    #[test]
    fn case_is_ignored_only_when_asked_for() {
        let find = |case| {
            Finder::new("ÉTH", Syntax::Literal, case)
                .unwrap()
                .find("éth1".as_bytes())
        };
        assert_eq!(find(Case::Sensitive), None);
        assert_eq!(find(Case::Ignored), Some((0, 4)));
    }

    #[test]
    fn an_expression_can_ask_for_bytes_that_are_no_utf8() {
        let finder = Finder::new(r"(?-u:\xff+)x", Syntax::Regex, Case::Sensitive).unwrap();
        assert_eq!(finder.find(b"a\xff\xffx"), Some((1, 4)));
    }
}
