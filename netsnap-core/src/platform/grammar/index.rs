//! Which rules can fit a line at all?
//!
//! Most rules begin with one or two fixed words, so that a look into two tables leaves a handful of them.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::pattern::split_word;
use super::{LinePattern, RuleId};
use crate::error::Result;

/// The rules of a section, by their first words.
#[derive(Debug, Default)]
pub(super) struct RuleIndex {
    by_word: HashMap<String, Begun, RandomState>,
    any_word: Vec<RuleId>,
}

/// Rules with one first word.
#[derive(Debug, Default)]
struct Begun {
    /// By the second word too, those for any second word included, in the order of the table.
    by_second: HashMap<String, Vec<RuleId>, RandomState>,
    any_second: Vec<RuleId>,
    all: Vec<RuleId>,
}

impl RuleIndex {
    /// Adds a rule behind all others.
    pub(super) fn add(&mut self, rule: RuleId, pattern: &LinePattern) {
        let Some(first) = pattern.first_word() else {
            return self.any_word.push(rule);
        };
        let begun = self.by_word.entry(first.to_owned()).or_default();
        begun.all.push(rule);
        if let Some(second) = pattern.second_word() {
            let any = &begun.any_second;
            let same = begun.by_second.entry(second.to_owned());
            same.or_insert_with(|| any.clone()).push(rule);
        } else {
            begun.any_second.push(rule);
            begun
                .by_second
                .values_mut()
                .for_each(|same| same.push(rule));
        }
    }

    /// Returns the rules whose fixed first words a line has, in the order to try them.
    pub(super) fn candidates(&self, line: &str) -> impl Iterator<Item = RuleId> {
        let (first, rest) = split_word(line);
        let begun = self.by_word.get(first).map(|begun| {
            let (second, _) = split_word(rest);
            begun.by_second.get(second).unwrap_or(&begun.any_second)
        });
        begun.into_iter().flatten().chain(&self.any_word).copied()
    }

    /// Returns the rules for a first word; those for any word where none names it.
    pub(super) fn of_word(&self, word: &str) -> &[RuleId] {
        self.by_word
            .get(word)
            .map_or(&self.any_word, |begun| &begun.all)
    }

    /// Returns all rules, in the order of the table.
    pub(super) fn all(&self) -> Vec<RuleId> {
        let begun = self.by_word.values().flat_map(|begun| &begun.all);
        let mut rules: Vec<RuleId> = begun.chain(&self.any_word).copied().collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// Forms of lines, by their first word.
#[derive(Debug, Default)]
pub(super) struct Forms {
    by_word: HashMap<String, Vec<LinePattern>, RandomState>,
    any_word: Vec<LinePattern>,
}

impl Forms {
    /// Reads patterns as they stand in a table.
    pub(super) fn parse(lines: &[String]) -> Result<Self> {
        let mut forms = Self::default();
        for line in lines {
            let pattern = LinePattern::parse(line)?;
            match pattern.first_word().map(str::to_owned) {
                Some(word) => forms.by_word.entry(word).or_default().push(pattern),
                None => forms.any_word.push(pattern),
            }
        }
        Ok(forms)
    }

    /// Says whether a line has one of the forms.
    pub(super) fn matches(&self, line: &str) -> bool {
        let (first, _) = split_word(line);
        let begun = self.by_word.get(first).into_iter().flatten();
        begun.chain(&self.any_word).any(|form| form.matches(line))
    }
}
