//! Which rules can a line follow at all?
//!
//! Most rules begin with a fixed word, so that one look leaves a handful of them.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::table::Rule;

/// The places of a mode's rules, by the first word of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleIndex {
    /// For the words that rules begin with: theirs and those for any word.
    by_word: HashMap<String, Vec<usize>, RandomState>,
    any_word: Vec<usize>,
    all: Vec<usize>,
}

impl RuleIndex {
    /// Sorts rules, which keep their order.
    pub(super) fn of(rules: &[Rule]) -> Self {
        let mut index = Self::default();
        for (place, rule) in rules.iter().enumerate() {
            index.add(place, rule.set.0.first_word());
        }
        index
    }

    fn add(&mut self, place: usize, word: Option<&str>) {
        self.all.push(place);
        let Some(word) = word else {
            self.any_word.push(place);
            let lists = self.by_word.values_mut();
            return lists.for_each(|list| list.push(place));
        };
        let list = self.by_word.entry(word.to_owned());
        list.or_insert_with(|| self.any_word.clone()).push(place);
    }

    /// Returns the places of the rules for a line with this first word; for a line without words those of all.
    pub(super) fn places(&self, word: Option<&str>) -> &[usize] {
        match word {
            Some(word) => self.by_word.get(word).unwrap_or(&self.any_word),
            None => &self.all,
        }
    }
}
