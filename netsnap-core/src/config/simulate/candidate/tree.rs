//! What stands in the configuration of a device that keeps a tree?

use std::collections::HashMap;

use super::schema::{Body, Order, Schema, Statement, StatementId};
use super::value::unquoted;

/// A statement with what stands in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// Its rule; none where no rule knows it.
    pub(super) statement: Option<StatementId>,
    /// The words that identify it among its siblings, as the device spells them.
    pub(super) key: String,
    /// Its one value.
    pub(super) value: Option<String>,
    /// Whether it is switched off.
    pub(super) inactive: bool,
    /// Whether the device printed it without content, and prints it so as long as nothing is said of it.
    pub(super) printed_empty: bool,
    /// What stands in it.
    pub(super) children: Children,
}

impl Node {
    /// Makes a statement.
    pub(super) fn new(statement: Option<StatementId>, key: String, value: Option<String>) -> Self {
        Self {
            statement,
            key,
            value,
            ..Self::default()
        }
    }

    /// Returns its rule.
    pub(super) fn rule<'s>(&self, schema: &'s Schema) -> Option<&'s Statement> {
        self.statement.map(|id| schema.statement(id))
    }

    /// Says whether it is there: a section without content is not, unless it stands empty.
    pub(super) fn stands(&self, schema: &Schema) -> bool {
        match self.rule(schema).map(|rule| &rule.body) {
            Some(Body::Section {
                stands_empty: false,
                ..
            }) => self.printed_empty || self.children.iter().any(|child| child.stands(schema)),
            _ => true,
        }
    }

    /// Notes which of its sections were printed without content by a device that may put its own lines into empty ones.
    pub(super) fn note_empty(&mut self, schema: &Schema) {
        for child in &mut self.children.nodes {
            let may_fill = child.rule(schema).is_some_and(|rule| rule.emptied_unproven);
            child.printed_empty = may_fill && child.children.nodes.is_empty();
        }
    }

    /// Returns the last of the words that identify it.
    pub(super) fn name(&self) -> &str {
        split_last(&self.key).1
    }

    /// Returns what it says without its children.
    pub(super) fn text(&self) -> String {
        match &self.value {
            Some(value) => format!("{} {value}", self.key),
            None => self.key.clone(),
        }
    }

    /// Says whether two trees mean the same: the order counts where the rules say so.
    pub(super) fn means(&self, other: &Self, schema: &Schema) -> bool {
        let value = |node: &Self| node.value.as_deref().map(unquoted).map(str::to_owned);
        let same_self =
            (&self.key, value(self), self.inactive) == (&other.key, value(other), other.inactive);
        let [mine, theirs] = [self, other].map(|node| standing(node, schema));
        same_self
            && mine.len() == theirs.len()
            && mine.iter().all(|child| {
                let twin = other.children.get(&child.key);
                twin.is_some_and(|twin| twin.means(child, schema))
            })
            && in_order(&mine, schema) == in_order(&theirs, schema)
    }
}

/// Splits the last word from those before it; a quoted word is one.
pub(super) fn split_last(key: &str) -> (&str, &str) {
    let at = match key.ends_with('"') {
        true => key.rfind(" \""),
        false => key.rfind(' '),
    };
    at.map_or(("", key), |at| (&key[..at], &key[at + 1..]))
}

fn standing<'n>(node: &'n Node, schema: &Schema) -> Vec<&'n Node> {
    let children = node.children.iter();
    children.filter(|child| child.stands(schema)).collect()
}

/// The keys of those whose order has a meaning, by rule.
fn in_order<'n>(nodes: &[&'n Node], schema: &Schema) -> Vec<(StatementId, &'n str)> {
    let mut keys: Vec<_> = nodes
        .iter()
        .filter_map(|node| {
            let id = node.statement?;
            let has_meaning = schema.statement(id).order == Order::Meaning;
            has_meaning.then_some((id, node.key.as_str()))
        })
        .collect();
    keys.sort_by_key(|(id, _)| *id);
    keys
}

/// Siblings, in order. One is found by its key in constant time, unless they were changed in the middle just before.
#[derive(Clone, Debug, Default)]
pub(super) struct Children {
    nodes: Vec<Node>,
    places: HashMap<String, usize>,
    is_stale: bool,
}

impl PartialEq for Children {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
    }
}

impl Eq for Children {}

/// Fewer siblings are looked through.
const FEW: usize = 16;

impl Children {
    /// Returns all, in order.
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Node> {
        self.nodes.iter()
    }

    /// Says whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns the one that a key identifies.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match self.is_stale || self.places.is_empty() {
            true => self.nodes.iter().find(|node| node.key == key),
            false => self.places.get(key).map(|place| &self.nodes[*place]),
        }
    }

    /// Returns the place of the one that a key identifies.
    pub(super) fn place(&mut self, key: &str) -> Option<usize> {
        if self.nodes.len() <= FEW {
            return self.nodes.iter().position(|node| node.key == key);
        }
        if self.is_stale || self.places.is_empty() {
            let all = self.nodes.iter().enumerate();
            self.places = all.map(|(at, node)| (node.key.clone(), at)).collect();
            self.is_stale = false;
        }
        self.places.get(key).copied()
    }

    /// Returns the one that a key identifies, to change all but its key.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.place(key).map(|place| &mut self.nodes[place])
    }

    /// Puts one at the end.
    pub(super) fn push(&mut self, node: Node) {
        if !self.places.is_empty() && !self.is_stale {
            self.places.insert(node.key.clone(), self.nodes.len());
        }
        self.nodes.push(node);
    }

    /// Returns the one with a key, made at the end where it is not there.
    pub(super) fn entry(&mut self, node: Node) -> &mut Node {
        let place = match self.place(&node.key) {
            Some(place) => place,
            None => {
                self.push(node);
                self.nodes.len() - 1
            }
        };
        &mut self.nodes[place]
    }

    /// Takes out those that a question picks; returns how many.
    pub(super) fn take_out(&mut self, picked: impl Fn(&Node) -> bool) -> usize {
        let count = self.nodes.len();
        self.nodes.retain(|node| !picked(node));
        self.is_stale |= self.nodes.len() < count;
        count - self.nodes.len()
    }

    /// Moves one beside another one.
    pub(super) fn move_beside(&mut self, moved: &str, (side, other): (Side, &str)) {
        let Some(from) = self.place(moved) else {
            return;
        };
        let node = self.nodes.remove(from);
        self.is_stale = true;
        let at = self.nodes.iter().position(|node| node.key == other);
        let at = match (at, side) {
            (None, _) => from,
            (Some(at), Side::Before) => at,
            (Some(at), Side::After) => at + 1,
        };
        self.nodes.insert(at, node);
    }
}

/// The side of a sibling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(children: &Children) -> String {
        children.iter().map(|node| node.key.as_str()).collect()
    }

    #[test]
    fn siblings_are_found_however_many_they_are() {
        let mut children = Children::default();
        for number in 0..2 * FEW {
            children.entry(Node::new(None, format!("n{number}"), None));
            for known in 0..=number {
                assert!(children.get(&format!("n{known}")).is_some(), "{number}");
            }
        }
    }

    #[test]
    fn siblings_are_found_after_any_change() {
        let mut children = Children::default();
        let names: Vec<String> = ('a'..='z').map(String::from).collect();
        for name in &names {
            children.push(Node::new(None, name.clone(), None));
        }
        assert_eq!(children.place("k"), Some(10));
        children.take_out(|node| node.key == "c");
        assert_eq!(children.place("k"), Some(9));
        children.move_beside("z", (Side::Before, "a"));
        children.move_beside("y", (Side::After, "a"));
        assert_eq!(keys(&children), "zaybdefghijklmnopqrstuvwx");
        assert_eq!(children.place("k"), Some(11));
        children.push(Node::new(None, "new".into(), None));
        assert_eq!(
            children.get("new").map(|node| node.key.as_str()),
            Some("new")
        );
        assert_eq!(children.get("c"), None);
    }
}
