//! How do long texts of few different lines compare in time that grows with their length?
//!
//! Nothing in them stands out, and imara-diff 0.2 looks back from each such line to the beginning of its text: 50,000 lines of two kinds took
//! 1.5 seconds of processor time. They are compared a window at a time, and the next one begins where the last lines matched that were well
//! inside. A block that comes or goes and is longer than a window is found as long as its lines stand nowhere else.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, Token};

use super::lines::{Hunk, places};

/// Lines of a window, in each of the two texts.
const WIDTH: usize = 2_048;

/// So far from its beginning something is well inside of a window: what follows may match otherwise with the lines behind its end.
const INSIDE: usize = WIDTH / 4 * 3;

/// How often the same line stands in both texts together, on the average, where nothing stands out.
const OFTEN: usize = 256;

/// Says whether nothing stands out in so many lines of so many kinds.
pub(super) fn are_alike(lines: usize, kinds: u32) -> bool {
    lines / OFTEN > kinds as usize
}

/// Compares two texts a window at a time.
pub(super) fn compare(before: &[Token], after: &[Token], kinds: u32) -> Vec<Hunk> {
    let (old, new) = (
        Shared::of(before, after, kinds),
        Shared::of(after, before, kinds),
    );
    let found = windows(&old.tokens, &new.tokens, kinds);
    whole(&found, &old, &new)
}

/// The lines of a text that stand in the other one too, and where.
struct Shared {
    tokens: Vec<Token>,
    places: Vec<usize>,
    /// How many lines the whole text has.
    count: usize,
}

impl Shared {
    fn of(text: &[Token], other: &[Token], kinds: u32) -> Self {
        let mut is_there = vec![false; kinds as usize];
        for token in other {
            is_there[token.0 as usize] = true;
        }
        let shared = text.iter().enumerate();
        let shared = shared.filter(|(_, token)| is_there[token.0 as usize]);
        let (places, tokens) = shared.map(|(place, token)| (place, *token)).unzip();
        Self {
            tokens,
            places,
            count: text.len(),
        }
    }

    /// Returns the places of a stretch of equal lines.
    fn equal(&self, shared: Range<usize>) -> impl Iterator<Item = usize> {
        self.places[shared].iter().copied()
    }
}

/// Returns the differences of the whole texts: everything but what is equal.
fn whole(found: &[Hunk], old: &Shared, new: &Shared) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let mut behind = (0, 0);
    let mut part = |to: (usize, usize)| {
        let hunk = Hunk {
            before: behind.0..to.0,
            after: behind.1..to.1,
        };
        if !hunk.before.is_empty() || !hunk.after.is_empty() {
            hunks.push(hunk);
        }
        behind = (to.0 + 1, to.1 + 1);
    };
    let ends = Hunk {
        before: old.tokens.len()..old.tokens.len(),
        after: new.tokens.len()..new.tokens.len(),
    };
    let mut at = (0, 0);
    for hunk in found.iter().chain([&ends]) {
        let equal = old.equal(at.0..hunk.before.start);
        let equal = equal.zip(new.equal(at.1..hunk.after.start));
        equal.for_each(&mut part);
        at = (hunk.before.end, hunk.after.end);
    }
    part((old.count, new.count));
    hunks
}

fn windows(before: &[Token], after: &[Token], kinds: u32) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let mut at = (0, 0);
    while at.0 < before.len() && at.1 < after.len() {
        let window = |text: &[Token], start: usize| start..text.len().min(start + WIDTH);
        let (old, new) = (window(before, at.0), window(after, at.1));
        let is_last = old.end == before.len() && new.end == after.len();
        let mut diff = Diff::default();
        diff.compute_with(
            Algorithm::Histogram,
            &before[old.clone()],
            &after[new.clone()],
            kinds,
        );
        let found: Vec<Hunk> = diff.hunks().map(|hunk| places(hunk, at)).collect();
        at = match is_last {
            true => (old.end, new.end),
            false => resume(&found, (&old, &new)),
        };
        hunks.extend(until(found, at));
    }
    let rest = Hunk {
        before: at.0..before.len(),
        after: at.1..after.len(),
    };
    if !rest.before.is_empty() || !rest.after.is_empty() {
        hunks.push(rest);
    }
    hunks
}

/// Returns where the next window begins: behind the last difference that is well inside of this one, since lines match there.
fn resume(found: &[Hunk], (old, new): (&Range<usize>, &Range<usize>)) -> (usize, usize) {
    let Some(first) = found.first() else {
        return (old.end, new.end);
    };
    let inside = (old.start + INSIDE, new.start + INSIDE);
    let is_inside = |hunk: &&Hunk| hunk.before.end <= inside.0 && hunk.after.end <= inside.1;
    if let Some(last) = found.iter().rev().find(is_inside) {
        return (last.before.end, last.after.end);
    }
    // Either everything matches up to it, or what is well inside is no better than changed.
    match first.before.start > old.start {
        true => (first.before.start, first.after.start),
        false => (
            first.before.end.min(inside.0),
            first.after.end.min(inside.1),
        ),
    }
}

/// Returns the differences up to a place; one that goes on behind it ends there.
fn until(found: Vec<Hunk>, (old, new): (usize, usize)) -> impl Iterator<Item = Hunk> {
    let begun = move |hunk: &Hunk| hunk.before.start < old || hunk.after.start < new;
    let cut = move |hunk: Hunk| Hunk {
        before: hunk.before.start..hunk.before.end.min(old),
        after: hunk.after.start..hunk.after.end.min(new),
    };
    found.into_iter().take_while(begun).map(cut)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(kinds: &[u32]) -> Vec<Token> {
        kinds.iter().map(|kind| Token(*kind)).collect()
    }

    /// How many lines of the first text the second one keeps. Everything that is not in a difference is equal.
    fn kept(before: &[Token], after: &[Token], kinds: u32) -> usize {
        let (mut old, mut new, mut kept) = (0, 0, 0);
        let found = compare(before, after, kinds);
        let end = Hunk {
            before: before.len()..before.len(),
            after: after.len()..after.len(),
        };
        for hunk in found.iter().chain([&end]) {
            assert_eq!(
                before[old..hunk.before.start],
                after[new..hunk.after.start],
                "{hunk:?}"
            );
            kept += hunk.before.start - old;
            (old, new) = (hunk.before.end, hunk.after.end);
        }
        kept
    }

    proptest! {
        #[test]
        fn what_is_in_no_difference_is_equal(
            before in proptest::collection::vec(0..4_u32, 0..6_000),
            after in proptest::collection::vec(1..5_u32, 0..6_000),
        ) {
            kept(&tokens(&before), &tokens(&after), 5);
        }
    }

    /// What comes shifts everything behind it: by more than a window where its lines are new. Where they
    /// are not, other lines than these may be the ones that came.
    #[test]
    fn a_block_more_is_the_only_difference() {
        let line = |number: u32| number * number / 7 % 5;
        let before: Vec<u32> = (0..9_000).map(line).collect();
        for (block, lost) in [(vec![5; WIDTH * 2], 0), (before[..WIDTH / 4].to_vec(), 90)] {
            let after = [&before[..3_000], &block, &before[3_000..]].concat();
            let (before, after) = (tokens(&before), tokens(&after));
            assert!(kept(&before, &after, 6) >= before.len() - lost);
            assert!(kept(&after, &before, 6) >= before.len() - lost);
        }
    }

    #[test]
    fn what_stands_once_or_in_short_texts_stands_out() {
        assert!(are_alike(100_000, 100));
        assert!(!are_alike(100_000, 1_000));
        assert!(!are_alike(200, 1));
    }
}
