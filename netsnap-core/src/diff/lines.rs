//! Which lines of two texts are the same? In time that grows with the texts, not with their product.
//!
//! Lines are compared with their ends, so that a missing last newline and another kind of newline are differences. Short texts are compared by
//! the histogram of their lines. Long ones are first cut at the lines that stand once in both, as the patience algorithm does, because the
//! histogram alone takes quadratic time where every second line is repeated; what is still long then is compared by Myers' algorithm, which
//! gives up on the shortest answer after so many steps, or a window at a time where lines of few kinds are left. Steps are counted, never time: equal texts always give an equal answer.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, Token, TokenSource};

use super::rising::rising;
use super::windows;

/// So many lines of both texts together are compared by their histogram alone.
const SHORT: usize = 8_000;

/// Lines that differ: those of the first text became those of the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) before: Range<usize>,
    pub(crate) after: Range<usize>,
}

/// Splits a text into lines that keep their ends.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    // As `split_inclusive` does, which took 40 % of the time of a difference. Counted first, they take no more memory than they need:
    // much of what is left is the kernel's, for pages that come and go.
    let count = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
    let mut start = 0;
    let mut lines = Vec::with_capacity(count + 1);
    for end in ends.chain([text.len()]) {
        if end > start {
            lines.push(&text[start..end]);
            start = end;
        }
    }
    lines
}

/// Returns where two lists of lines differ, in order.
pub(crate) fn hunks(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    let input = InternedInput::new(Tokens(before), Tokens(after));
    if before.len() + after.len() > SHORT {
        return cut(&input.before, &input.after, input.interner.num_tokens());
    }
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    diff.hunks().map(|hunk| places(hunk, (0, 0))).collect()
}

pub(super) fn places(hunk: imara_diff::Hunk, start: (usize, usize)) -> Hunk {
    let wide = |range: Range<u32>| range.start as usize..range.end as usize;
    let hunk = Hunk {
        before: wide(hunk.before),
        after: wide(hunk.after),
    };
    moved(&hunk, start)
}

/// Puts a difference behind the start of the part that was compared.
fn moved(hunk: &Hunk, (before, after): (usize, usize)) -> Hunk {
    Hunk {
        before: before + hunk.before.start..before + hunk.before.end,
        after: after + hunk.after.start..after + hunk.after.end,
    }
}

/// Compares long texts piece by piece, cut at the lines that stand once in both.
fn cut(before: &[Token], after: &[Token], tokens: u32) -> Vec<Hunk> {
    let mut pieces = Pieces {
        before,
        after,
        local: vec![u32::MAX; tokens as usize],
        hunks: Vec::new(),
    };
    let (mut old, mut new) = (0, 0);
    let end = (before.len(), after.len());
    for (old_end, new_end) in anchors(before, after, tokens).into_iter().chain([end]) {
        pieces.compare(old..old_end, new..new_end);
        (old, new) = (old_end + 1, new_end + 1);
    }
    slid(pieces.hunks, before, after)
}

/// Returns the places of lines that stand once in both texts, as many as keep their order.
fn anchors(before: &[Token], after: &[Token], tokens: u32) -> Vec<(usize, usize)> {
    const NONE: u32 = u32::MAX;
    const MANY: u32 = u32::MAX - 1;
    let place_of = |text: &[Token]| {
        let mut places = vec![NONE; tokens as usize];
        for (place, token) in (0..).zip(text) {
            let known = &mut places[token.0 as usize];
            *known = if *known == NONE { place } else { MANY };
        }
        places
    };
    let old = place_of(before);
    let new = place_of(after);
    let once = after.iter().map(|token| token.0 as usize);
    let once = once.filter(|token| old[*token] < MANY && new[*token] < MANY);
    let pairs: Vec<(u32, u32)> = once.map(|token| (old[token], new[token])).collect();
    drop((old, new));
    let places: Vec<usize> = pairs.iter().map(|(place, _)| *place as usize).collect();
    let in_order = rising(&places).into_iter();
    in_order
        .map(|position| (places[position], pairs[position].1 as usize))
        .collect()
}

/// The parts of two texts between their anchors, one after the other.
struct Pieces<'t> {
    before: &'t [Token],
    after: &'t [Token],
    /// The number of a token in the part that is looked at.
    local: Vec<u32>,
    hunks: Vec<Hunk>,
}

impl Pieces<'_> {
    fn compare(&mut self, old: Range<usize>, new: Range<usize>) {
        if old.is_empty() && new.is_empty() {
            return;
        }
        let is_one_line = old.len() == 1 && new.len() == 1;
        if is_one_line && self.before[old.start] == self.after[new.start] {
            return;
        }
        if old.is_empty() || new.is_empty() || is_one_line {
            return self.push(Hunk {
                before: old,
                after: new,
            });
        }
        let mut known = 0;
        let before = self.numbered(old.clone(), self.before, &mut known);
        let after = self.numbered(new.clone(), self.after, &mut known);
        for token in self.before[old.clone()]
            .iter()
            .chain(&self.after[new.clone()])
        {
            self.local[token.0 as usize] = u32::MAX;
        }
        let lines = old.len() + new.len();
        if lines > SHORT && windows::are_alike(lines, known) {
            for hunk in windows::compare(&before, &after, known) {
                self.push(moved(&hunk, (old.start, new.start)));
            }
            return;
        }
        let algorithm = match lines {
            ..=SHORT => Algorithm::Histogram,
            _ => Algorithm::Myers,
        };
        let mut diff = Diff::default();
        diff.compute_with(algorithm, &before, &after, known);
        for hunk in diff.hunks() {
            self.push(places(hunk, (old.start, new.start)));
        }
    }

    /// Numbers tokens anew, so that a short part needs little memory.
    fn numbered(&mut self, range: Range<usize>, text: &[Token], known: &mut u32) -> Vec<Token> {
        let number = |token: &Token| {
            let local = &mut self.local[token.0 as usize];
            if *local == u32::MAX {
                *local = *known;
                *known += 1;
            }
            Token(*local)
        };
        text[range].iter().map(number).collect()
    }

    fn push(&mut self, hunk: Hunk) {
        match self.hunks.last_mut() {
            Some(last)
                if last.before.end == hunk.before.start && last.after.end == hunk.after.start =>
            {
                last.before.end = hunk.before.end;
                last.after.end = hunk.after.end;
            }
            _ => self.hunks.push(hunk),
        }
    }
}

/// Moves what was only added or only removed as far down as it goes, as GNU diff does, and joins what then touches.
fn slid(hunks: Vec<Hunk>, before: &[Token], after: &[Token]) -> Vec<Hunk> {
    let mut slid: Vec<Hunk> = Vec::with_capacity(hunks.len());
    let mut rest = hunks.into_iter().peekable();
    while let Some(mut hunk) = rest.next() {
        loop {
            let next = rest.peek().map_or(before.len(), |next| next.before.start);
            slide(&mut hunk, (before, after), next);
            let touches = |next: &Hunk| next.before.start == hunk.before.end;
            let Some(next) = rest.next_if(touches) else {
                break;
            };
            hunk.before.end = next.before.end;
            hunk.after.end = next.after.end;
        }
        slid.push(hunk);
    }
    slid
}

fn slide(hunk: &mut Hunk, (before, after): (&[Token], &[Token]), next: usize) {
    while hunk.before.end < next {
        let repeats = match (hunk.before.is_empty(), hunk.after.is_empty()) {
            (true, false) => after[hunk.after.start] == after[hunk.after.end],
            (false, true) => before[hunk.before.start] == before[hunk.before.end],
            _ => false,
        };
        if !repeats {
            return;
        }
        hunk.before = hunk.before.start + 1..hunk.before.end + 1;
        hunk.after = hunk.after.start + 1..hunk.after.end + 1;
    }
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
            prop_assert_eq!(&old, &before.split_inclusive('\n').collect::<Vec<_>>());
            let found = hunks(&old, &new);
            prop_assert_eq!(applied(&old, &new, &found), after.clone());
            prop_assert_eq!(found.is_empty(), before == after);
        }

        #[test]
        fn cut_into_pieces_long_texts_give_the_second_too(
            before in "([a-p]\n){0,60}",
            after in "([a-p]\n){0,60}",
        ) {
            let (old, new) = (lines(&before), lines(&after));
            let input = InternedInput::new(Tokens(&old), Tokens(&new));
            let found = cut(&input.before, &input.after, input.interner.num_tokens());
            prop_assert_eq!(applied(&old, &new, &found), after.clone());
            prop_assert_eq!(found.is_empty(), before == after);
            let apart = |pair: &[Hunk]| pair[0].before.end < pair[1].before.start;
            prop_assert!(found.windows(2).all(apart), "{:?}", found);
        }
    }

    #[test]
    fn a_long_text_with_one_line_more_has_one_difference() {
        let line = |number: usize| format!("interface {number}\n description x\n");
        let before: String = (0..10_000).map(line).collect();
        let after = before.replacen("interface 5000\n", "interface 5000\n shutdown\n", 1);
        let found = hunks(&lines(&before), &lines(&after));
        assert_eq!(
            found,
            [Hunk {
                before: 10_001..10_001,
                after: 10_001..10_002
            }]
        );
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
