//! Which lines of two configurations are the same command?
//!
//! The canonical view holds each command once. Of two lines that give the same command the later one counts, as on a
//! device; two sections with one header are one; a line that only says a default, and a section that is absent when it is
//! empty, are left out.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Configuration, Node};
use crate::platform::{Removal, Rule, SectionId, positive};

/// The commands of one section.
#[derive(Debug, Default)]
pub(crate) struct Level<'c> {
    /// In the order of the text.
    pub(crate) items: Vec<Item<'c>>,
    index: HashMap<Key<'c>, usize>,
}

/// What names a command among its siblings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key<'c> {
    rule: Option<usize>,
    words: Cow<'c, str>,
}

/// One command, with the commands of the section that it opens.
#[derive(Debug)]
pub(crate) struct Item<'c> {
    /// The line without indentation; more than one line for a blob.
    pub(crate) text: &'c str,
    /// What the grammar knows about it.
    pub(crate) rule: Option<&'c Rule>,
    /// The section that it opens.
    pub(crate) opens: Option<SectionId>,
    /// The commands inside, empty for a plain line.
    pub(crate) children: Level<'c>,
    /// The lines that it keeps its order with; none where order does not matter.
    pub(crate) group: Option<Cow<'c, str>>,
    /// Where it stands in the text.
    pub(crate) position: usize,
    key: Key<'c>,
}

impl<'c> Item<'c> {
    /// Says whether the line opens a section, known or not.
    pub(crate) fn is_section(&self) -> bool {
        self.opens.is_some() || !self.children.items.is_empty()
    }

    /// Says whether it is a text of several lines.
    pub(crate) fn is_blob(&self) -> bool {
        self.text.contains('\n')
    }

    /// Says whether its section goes line by line and counts as absent when empty.
    fn is_reset(&self) -> bool {
        self.rule
            .is_some_and(|rule| rule.opens().is_some() && rule.removal == Removal::Reset)
    }

    /// Says whether the same command stands for the same text and the same section.
    pub(crate) fn has_text_of(&self, other: &Item<'_>) -> bool {
        self.text == other.text
    }
}

impl<'c> Level<'c> {
    /// Returns the view of a whole configuration.
    pub(super) fn of(configuration: &'c Configuration) -> Self {
        let mut level = Self::default();
        level.add_all(configuration, &configuration.roots, SectionId::GLOBAL);
        level.settle();
        level
    }

    /// Returns the item that gives the same command.
    pub(crate) fn find(&self, item: &Item<'_>) -> Option<&Item<'c>> {
        self.index
            .get(&item.key)
            .map(|position| &self.items[*position])
    }

    /// Says whether nothing is in the section.
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn add_all(&mut self, configuration: &'c Configuration, nodes: &[usize], section: SectionId) {
        for node in nodes {
            self.add(configuration, *node, section);
        }
    }

    fn add(&mut self, configuration: &'c Configuration, node: usize, section: SectionId) {
        let node = &configuration.nodes[node];
        let item = item(configuration, node, section);
        let position = self.place(item);
        if !node.children.is_empty() {
            self.items[position]
                .children
                .add_all(configuration, &node.children, node.opens);
        }
    }

    /// Puts an item where its command stands already, or at the end.
    fn place(&mut self, item: Item<'c>) -> usize {
        use std::collections::hash_map::Entry;
        match self.index.entry(item.key.clone()) {
            Entry::Occupied(entry) => {
                let position = *entry.get();
                let old = &mut self.items[position];
                // A section entered twice keeps its lines; entered as another one it begins anew.
                if !old.has_text_of(&item) {
                    *old = item;
                }
                position
            }
            Entry::Vacant(entry) => {
                entry.insert(self.items.len());
                self.items.push(item);
                self.items.len() - 1
            }
        }
    }

    /// Leaves out what means the same as its absence.
    fn settle(&mut self) {
        for item in &mut self.items {
            item.children.settle();
        }
        let before = self.items.len();
        self.items.retain(|item| {
            let is_default = item.rule.is_some_and(|rule| rule.is_default(item.text));
            let is_absent = item.is_reset() && item.children.is_empty();
            !is_default && !is_absent
        });
        if self.items.len() != before {
            self.index = self
                .items
                .iter()
                .enumerate()
                .map(|(position, item)| (item.key.clone(), position))
                .collect();
        }
    }

    /// Returns a text that two levels share exactly when they mean the same.
    pub(crate) fn canonical_text(&self) -> String {
        let mut text = String::new();
        self.write(0, &mut text);
        text
    }

    fn write(&self, depth: usize, out: &mut String) {
        let mut items: Vec<_> = self.items.iter().collect();
        // Stable: siblings whose order matters keep it.
        items.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
        for item in items {
            out.push_str(&depth.to_string());
            out.push(' ');
            out.push_str(item.text);
            // No line holds a NUL, so no text can be taken for two lines.
            out.push('\0');
            item.children.write(depth + 1, out);
        }
    }
}

fn sort_key<'a>(item: &'a Item<'_>) -> (Option<&'a str>, &'a str) {
    match &item.group {
        Some(group) => (Some(group), ""),
        None => (None, item.text),
    }
}

fn item<'c>(configuration: &'c Configuration, node: &Node, section: SectionId) -> Item<'c> {
    let (number, text) = (node.rule, &configuration.text[node.span.clone()]);
    let grammar = &configuration.grammar;
    let rule = number.map(|number| grammar.rule(number));
    let ordered = rule.filter(|rule| rule.ordered);
    let group = match ordered {
        // Lists side by side in one section are told apart by what takes them back as a whole.
        Some(rule) => Some(Cow::Owned(rule.negation_of_all(text).unwrap_or_default())),
        None if section == SectionId::UNKNOWN => Some(Cow::Borrowed("")),
        None => None,
    };
    Item {
        key: key(number.zip(rule), text, group.is_some()),
        text,
        rule,
        opens: rule.and_then(Rule::opens),
        children: Level::default(),
        group,
        position: node.span.start,
    }
}

/// A line whose order matters is named by its whole text: the same text at another place has moved.
fn key<'c>(rule: Option<(usize, &Rule)>, text: &'c str, is_ordered: bool) -> Key<'c> {
    match rule {
        Some((number, rule)) if rule.has_value() && !is_ordered => Key {
            rule: Some(number),
            words: Cow::Owned(rule.identity(text)),
        },
        _ if is_ordered => Key {
            rule: None,
            words: Cow::Borrowed(text),
        },
        _ => Key {
            rule: rule.map(|(number, _)| number),
            words: Cow::Borrowed(positive(text)),
        },
    }
}
