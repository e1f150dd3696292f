//! Which lines of two configurations are the same command?
//!
//! The canonical view holds each command once and leaves out what means the same as its absence. It is the tree itself,
//! seen from outside: nothing is copied.

use super::Configuration;
use super::tree::{Entry, NONE, ROOT};
use crate::platform::{Rule, TextForm};

/// The commands of one section; of none for the default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Level<'c>(Option<Item<'c>>);

/// One command, with the commands of the section that it opens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'c> {
    configuration: &'c Configuration,
    entry: &'c Entry,
    number: u32,
}

impl<'c> Item<'c> {
    /// Returns the line without indentation; more than one line for a blob.
    pub(crate) fn text(self) -> &'c str {
        self.configuration.tree.text(self.entry)
    }

    /// Returns the line without what says nothing.
    fn said(self) -> std::borrow::Cow<'c, str> {
        self.configuration.tree.grammar.unquoted(self.text())
    }

    /// Returns what the grammar knows about it.
    pub(crate) fn rule(self) -> Option<&'c Rule> {
        self.configuration.tree.rule(self.entry)
    }

    /// Returns the number of what the grammar knows about it.
    #[cfg(test)]
    pub(crate) fn row(self) -> Option<crate::platform::RuleId> {
        self.entry.rule
    }

    /// Returns the text without its negation.
    pub(crate) fn positive(self) -> &'c str {
        self.configuration.tree.grammar.positive(self.text())
    }

    /// Says whether the line is a negation.
    pub(crate) fn is_negated(self) -> bool {
        let negation = self.configuration.tree.grammar.negation();
        negation.is_on(self.text())
    }

    /// Returns what takes the line back.
    pub(crate) fn negation(self) -> String {
        let negation = self.configuration.tree.grammar.negation();
        self.rule().map_or_else(
            || negation.inverse(self.text()),
            |rule| rule.negation(self.text()),
        )
    }

    /// Returns the commands inside, none for a plain line.
    pub(crate) fn children(self) -> Level<'c> {
        Level(self.entry.has_inside.then_some(self))
    }

    /// Returns the lines that it keeps its order with; none where order does not matter.
    pub(crate) fn group(self) -> Option<&'c str> {
        match self.entry.group {
            NONE => None,
            group => Some(&self.configuration.tree.groups[group as usize]),
        }
    }

    /// Returns where it stands in the text.
    pub(crate) fn position(self) -> usize {
        self.entry.position as usize
    }

    /// Returns its number, which grows in the order of its siblings.
    pub(crate) fn number(self) -> u32 {
        self.number
    }

    /// Says whether the line opens a section, known or not.
    pub(crate) fn is_section(self) -> bool {
        self.entry.has_inside || self.rule().is_some_and(|rule| rule.opens().is_some())
    }

    /// Says whether it is a text of several lines.
    pub(crate) fn is_blob(self) -> bool {
        self.text().contains('\n')
    }

    /// Says whether it is a text that the device reads to its end without a prompt.
    pub(crate) fn is_whole(self) -> bool {
        self.is_blob()
            && self
                .rule()
                .is_some_and(|rule| rule.text == Some(TextForm::Whole))
    }

    /// Says whether somebody can type it: of a text of several lines it is known how the device reads it, and how it ends. A tab in a
    /// line is a key, which completes a word.
    pub(crate) fn is_typed(self) -> bool {
        if !self.is_blob() && self.text().contains('\t') {
            return false;
        }
        match self.rule().and_then(|rule| rule.text) {
            Some(TextForm::Whole) => self.configuration.tree.grammar.has_typed_end(self.text()),
            Some(_) => true,
            None => !self.is_blob(),
        }
    }

    /// Says whether the same command stands for the same text and the same section.
    pub(crate) fn has_text_of(self, other: Item<'_>) -> bool {
        let grammar = &self.configuration.tree.grammar;
        grammar.says_the_same(self.text(), other.text())
    }

    /// Says whether two commands, and all inside, are written alike. Commands that mean the same in another order are not.
    pub(crate) fn is_alike(self, other: Item<'_>) -> bool {
        self.entry.has_inside == other.entry.has_inside
            && self.has_text_of(other)
            && (!self.entry.has_inside || self.children().is_alike(other.children()))
    }
}

impl<'c> Level<'c> {
    /// Returns the view of a whole configuration.
    pub(super) fn of(configuration: &'c Configuration) -> Self {
        Self(Some(Item {
            configuration,
            entry: &configuration.tree.entries[ROOT as usize],
            number: ROOT,
        }))
    }

    /// Returns the commands in the order of the text.
    pub(crate) fn items(self) -> impl Iterator<Item = Item<'c>> {
        let inside = self.0.map(|around| {
            let configuration = around.configuration;
            let inside = configuration.tree.inside(around.entry);
            inside.map(move |(number, entry)| Item {
                configuration,
                entry,
                number,
            })
        });
        inside
            .into_iter()
            .flatten()
            .filter(|item| !item.entry.is_absent)
    }

    /// Returns the commands, those that mean the same as their absence too.
    #[cfg(test)]
    pub(crate) fn printed(self) -> impl Iterator<Item = Item<'c>> {
        let inside = self.0.map(|around| {
            let configuration = around.configuration;
            let inside = configuration.tree.inside(around.entry);
            inside.map(move |(number, entry)| Item {
                configuration,
                entry,
                number,
            })
        });
        inside.into_iter().flatten()
    }

    /// Returns the item that gives the same command.
    pub(crate) fn find(self, item: Item<'_>) -> Option<Item<'c>> {
        let around = self.0?;
        let tree = &around.configuration.tree;
        let number = tree.find(around.number, (&item.configuration.tree, item.entry))?;
        let entry = &tree.entries[number as usize];
        (!entry.is_absent).then_some(Item {
            entry,
            number,
            ..around
        })
    }

    /// Says whether nothing is in the section.
    pub(crate) fn is_empty(self) -> bool {
        self.0.is_none_or(|around| !around.entry.has_inside)
    }

    /// Says whether two sections hold the same commands, written alike and in the same order.
    pub(crate) fn is_alike(self, other: Level<'_>) -> bool {
        let mut others = other.items();
        self.items()
            .all(|item| others.next().is_some_and(|other| item.is_alike(other)))
            && others.next().is_none()
    }

    /// Returns a text that two levels share exactly when they mean the same.
    pub(crate) fn canonical_text(self) -> String {
        let length = self.0.map_or(0, |around| around.configuration.text().len());
        let mut text = String::with_capacity(length);
        self.write(0, &mut text);
        text
    }

    fn write(self, depth: usize, out: &mut String) {
        let mut items: Vec<_> = self.items().map(|item| (sort_key(item), item)).collect();
        // Stable: siblings whose order matters keep it.
        items.sort_by_key(|(key, _)| *key);
        let depth_text = depth.to_string();
        for (_, item) in items {
            out.push_str(&depth_text);
            out.push(' ');
            out.push_str(&item.said());
            // No line holds a NUL, so no text can be taken for two lines.
            out.push('\0');
            if item.entry.has_inside {
                item.children().write(depth + 1, out);
            }
        }
    }
}

fn sort_key(item: Item<'_>) -> (Option<&str>, &str) {
    match item.group() {
        Some(group) => (Some(group), ""),
        None => (None, item.text()),
    }
}
