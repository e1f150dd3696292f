//! Which rule does a line belong to, and what identifies it?

use super::pattern::Match;
use super::place::{Arrivals, Spelled};
use super::table::{Effect, Mode, Rule, Table};
use super::tree::{Line, Node};

/// A line that a rule knows, as the device spells it.
#[derive(Clone, Debug)]
pub(super) struct Known<'a> {
    pub(super) mode: &'a Mode,
    pub(super) rule: &'a Rule,
    /// Without a leading `no`.
    pub(super) words: Vec<String>,
    /// Whether a `no` stands before them.
    pub(super) negated: bool,
    /// What is known of its siblings already.
    pub(super) arrivals: Option<&'a Arrivals>,
}

impl<'a> Known<'a> {
    /// Finds the rule of a line that a device has printed.
    pub(super) fn find(table: &'a Table, mode: &str, line: &str) -> Option<Self> {
        let mode = table.modes.get(mode)?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let (negated, words) = split_no(&words);
        mode.rules_for(words)
            .filter(|rule| rule.is_printed(negated))
            .filter(|rule| !rule.set.0.departs_early(words))
            .find_map(|rule| match rule.set.0.follow(words) {
                Match::Whole(words) => Some(Known {
                    mode,
                    rule,
                    words,
                    negated,
                    arrivals: None,
                }),
                _ => None,
            })
    }

    /// Returns what identifies it among its siblings.
    pub(super) fn key(&self) -> String {
        key(self.rule, &self.words)
    }

    /// Returns it as the device prints it.
    pub(super) fn text(&self) -> String {
        let words = self.words.join(" ");
        match self.negated {
            true => format!("no {words}"),
            false => words,
        }
    }

    /// Returns it as a node that stands among these siblings.
    pub(super) fn node(&self, siblings: &[Node]) -> Node {
        let route = match self.rule.effect {
            Some(Effect::Route) => super::route::node(self, siblings),
            _ => None,
        };
        route.unwrap_or_else(|| self.plain_node(siblings))
    }

    /// The same by its rule alone.
    pub(super) fn plain_node(&self, siblings: &[Node]) -> Node {
        let (mut text, key) = (self.text(), self.key());
        if self.rule.trailing && text == key {
            text.push(' ');
        }
        let spelled = Spelled {
            mode: self.mode,
            rule: self.rule,
            words: &self.words,
            text: &text,
            arrivals: self.arrivals,
        };
        Node::from(Line {
            place: Some(
                super::list::place(self.rule, &self.words)
                    .unwrap_or_else(|| spelled.place(siblings)),
            ),
            key,
            block: self.rule.block.clone(),
            mode: self.rule.enter.clone(),
            close: self.rule.close.clone(),
            keeps: self.rule.keeps,
            trails: self.rule.trails,
            text,
            ..Line::default()
        })
    }
}

/// Returns the words that identify a line of this rule.
pub(super) fn key(rule: &Rule, words: &[String]) -> String {
    if let Some(identity) = &rule.identity {
        let picked: Vec<&str> = identity
            .iter()
            .filter_map(|index| words.get(*index).map(String::as_str))
            .collect();
        return picked.join(" ");
    }
    match rule.effect {
        Some(Effect::Sequence) => super::list::sequence_key(rule, words),
        Some(Effect::Numbered) => super::list::numbered_key(rule, words),
        Some(Effect::Route) => super::route::key(words),
        _ => words[..rule
            .set
            .0
            .identity_words()
            .unwrap_or(words.len())
            .min(words.len())]
            .join(" "),
    }
}

/// Says how far words follow what may be typed behind `no`.
pub(super) fn follow_removal(rule: &Rule, words: &[&str]) -> Match {
    match rule.default_on || rule.prints_both() {
        true => rule.set.0.follow(words),
        false => rule.set.0.follow_removal(words, rule.behind_no),
    }
}

/// Splits a leading `no` off.
pub(super) fn split_no<'a, 'b>(words: &'a [&'b str]) -> (bool, &'a [&'b str]) {
    match words.split_first() {
        Some((&"no", rest)) => (true, rest),
        _ => (false, words),
    }
}
