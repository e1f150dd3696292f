//! Which lines of two texts are the same? In time that grows with the texts, not with their product.
//!
//! Lines are compared with their ends, so that a missing last newline and another kind of newline are differences. Where the histogram
//! of rare lines leads nowhere, the algorithm gives up on the shortest answer and takes a good one: it counts steps, never time.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, TokenSource};

/// Lines that differ: those of the first text became those of the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) before: Range<usize>,
    pub(crate) after: Range<usize>,
}

/// Splits a text into lines that keep their ends.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Returns where two lists of lines differ, in order.
pub(crate) fn hunks(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    let input = InternedInput::new(Tokens(before), Tokens(after));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let places = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks()
        .map(|hunk| Hunk {
            before: places(hunk.before),
            after: places(hunk.after),
        })
        .collect()
}

/// The pieces of a text that are compared.
struct Tokens<'l, 't>(&'l [&'t str]);

impl<'l, 't> TokenSource for Tokens<'l, 't> {
    type Token = &'t str;
    type Tokenizer = std::iter::Copied<std::slice::Iter<'l, &'t str>>;

    fn tokenize(&self) -> Self::Tokenizer {
        self.0.iter().copied()
    }

    fn estimate_tokens(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

/// Joins differences whose surroundings touch.
pub(crate) fn grouped(hunks: &[Hunk], context: usize) -> Vec<&[Hunk]> {
    let near = |one: &Hunk, next: &Hunk| {
        let between = next.before.start - one.before.end;
        between <= context.saturating_mul(2)
    };
    hunks.chunk_by(near).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(before: &[&str], after: &[&str], hunks: &[Hunk]) -> String {
        let (mut text, mut at) = (String::new(), 0);
        for hunk in hunks {
            text.extend(before[at..hunk.before.start].iter().copied());
            text.extend(after[hunk.after.clone()].iter().copied());
            at = hunk.before.end;
        }
        text.extend(before[at..].iter().copied());
        text
    }

    proptest! {
        #[test]
        fn what_differs_put_into_the_first_text_gives_the_second(
            before in "[abc\r\n]{0,60}",
            after in "[abc\r\n]{0,60}",
        ) {
            let (old, new) = (lines(&before), lines(&after));
            let found = hunks(&old, &new);
            prop_assert_eq!(applied(&old, &new, &found), after.clone());
            prop_assert_eq!(found.is_empty(), before == after);
        }
    }

    #[test]
    fn differences_that_are_near_are_shown_together() {
        let hunk = |start: usize| Hunk {
            before: start..start + 1,
            after: start..start + 1,
        };
        let all = [hunk(0), hunk(7), hunk(15)];
        let sizes: Vec<usize> = grouped(&all, 3).iter().map(|group| group.len()).collect();
        assert_eq!(sizes, [2, 1]);
    }
}
