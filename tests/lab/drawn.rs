//! How are pairs of configurations drawn by lot? What the planner is asked then, nobody thought of.

use std::collections::BTreeMap;

use fastrand::Rng;

const GRAMMAR: &str = include_str!("drawn.txt");
/// How often of a hundred times a line is drawn anew for the second configuration of a pair, and a coin flipped again.
const ANEW: u8 = 20;

/// A line that may be there.
struct Line<'g> {
    chance: u8,
    coin: Option<&'g str>,
    words: &'g str,
    inner: Vec<Self>,
}

/// A line that is there.
#[derive(Clone)]
struct Drawn {
    words: String,
    inner: Vec<Option<Self>>,
}

type Coins<'g> = BTreeMap<&'g str, (u8, bool)>;

/// Draws two configurations of which the second is the first with some changes.
pub(crate) fn pair(seed: u64) -> (String, String) {
    let mut lot = Lot::of(seed);
    let lines = read(
        &mut GRAMMAR.lines().filter(|line| is_line(line)).peekable(),
        0,
    );
    let before = lot.draw(&lines);
    lot.flip(ANEW);
    let after = lot.redraw(&lines, &before);
    (text(&before), text(&after))
}

fn is_line(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with(['#', '@'])
}

/// Reads lines that stand so far in, and those within them.
fn read<'g>(
    rest: &mut std::iter::Peekable<impl Iterator<Item = &'g str>>,
    depth: usize,
) -> Vec<Line<'g>> {
    let mut lines = Vec::new();
    while let Some(line) = rest.next_if(|line| indent(line) == depth) {
        let (chance, words) = line.trim().split_once(' ').expect("a chance and words");
        let (chance, coin) = match chance.split_once('@') {
            Some((chance, coin)) => (chance, Some(coin)),
            None => (chance, None),
        };
        let chance = chance.parse().expect("a chance of a hundred");
        let inner = read(rest, depth + 2);
        lines.push(Line {
            chance,
            coin,
            words,
            inner,
        });
    }
    lines
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Chance that comes out the same for one seed.
struct Lot<'g> {
    chance: Rng,
    coins: Coins<'g>,
}

impl Lot<'_> {
    fn of(seed: u64) -> Self {
        let coins = GRAMMAR.lines().filter_map(|line| {
            let (name, chance) = line.strip_prefix('@')?.split_once(' ')?;
            Some((name, (chance.parse().expect("a chance"), false)))
        });
        let mut lot = Self {
            chance: Rng::with_seed(seed),
            coins: coins.collect(),
        };
        lot.flip(100);
        lot
    }

    fn happens(&mut self, chance: u8) -> bool {
        self.chance.u8(0..100) < chance
    }

    /// Flips so many of the coins.
    fn flip(&mut self, share: u8) {
        for (chance, up) in self.coins.values_mut() {
            if self.chance.u8(0..100) < share {
                *up = self.chance.u8(0..100) < *chance;
            }
        }
    }

    fn may_be(&self, line: &Line<'_>) -> bool {
        line.coin.is_none_or(|coin| self.coins[coin].1)
    }

    fn draw(&mut self, lines: &[Line<'_>]) -> Vec<Option<Drawn>> {
        lines.iter().map(|line| self.draw_line(line)).collect()
    }

    fn draw_line(&mut self, line: &Line<'_>) -> Option<Drawn> {
        (self.may_be(line) && self.happens(line.chance)).then(|| Drawn {
            words: self.words(line.words),
            inner: self.draw(&line.inner),
        })
    }

    /// Draws some of the lines anew; the others stay, as far as their coins say so.
    fn redraw(&mut self, lines: &[Line<'_>], before: &[Option<Drawn>]) -> Vec<Option<Drawn>> {
        let pairs = lines.iter().zip(before);
        pairs
            .map(|(line, old)| self.redraw_line(line, old.as_ref()))
            .collect()
    }

    fn redraw_line(&mut self, line: &Line<'_>, old: Option<&Drawn>) -> Option<Drawn> {
        let returns = old.is_none() && line.coin.is_some();
        if !self.may_be(line) || returns || self.happens(ANEW) {
            let inner = old.map(|old| self.redraw(&line.inner, &old.inner));
            let mut new = self.draw_line(line)?;
            new.inner = inner.unwrap_or(new.inner);
            return Some(new);
        }
        let old = old?;
        Some(Drawn {
            words: old.words.clone(),
            inner: self.redraw(&line.inner, &old.inner),
        })
    }

    /// Chooses of each `{a|b}`.
    fn words(&mut self, pattern: &str) -> String {
        let mut words = String::new();
        let mut rest = pattern;
        while let Some((before, choices, behind)) = split(rest) {
            let choices: Vec<&str> = choices.split('|').collect();
            words += before;
            words += choices[self.chance.usize(..choices.len())];
            rest = behind;
        }
        words + rest
    }
}

fn split(pattern: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = pattern.split_once('{')?;
    let (choices, behind) = rest.split_once('}')?;
    Some((before, choices, behind))
}

fn text(lines: &[Option<Drawn>]) -> String {
    let mut text = String::new();
    for line in lines.iter().flatten() {
        write(&mut text, line, 0);
    }
    text
}

fn write(text: &mut String, line: &Drawn, depth: usize) {
    let indent = " ".repeat(depth);
    *text += &format!("{indent}{}\n", line.words);
    for inner in line.inner.iter().flatten() {
        write(text, inner, depth + 1);
    }
    if let Some(end) = end(&line.words) {
        *text += &format!("{indent}{end}\n");
    }
}

/// What leaves a section.
fn end(words: &str) -> Option<&'static str> {
    match words.split(' ').next()? {
        "vrf" => Some("exit-vrf"),
        "address-family" => Some("exit-address-family"),
        "interface" | "route-map" | "router" => Some("exit"),
        _ => None,
    }
}

#[test]
fn a_seed_draws_one_pair_and_another_seed_another() {
    let (before, after) = pair(1);
    assert_eq!(pair(1), (before.clone(), after.clone()));
    assert_ne!(before, after);
    assert_ne!(pair(2).0, before);
    let pairs: Vec<String> = (0..50).map(|seed| pair(seed).0).collect();
    for word in [
        "router bgp",
        "interface eth0",
        " exit-address-family",
        "exit-vrf",
    ] {
        assert!(pairs.iter().any(|text| text.contains(word)), "{word}");
    }
    assert!(pairs.iter().all(|text| !text.contains(['{', '|', '@'])));
}
