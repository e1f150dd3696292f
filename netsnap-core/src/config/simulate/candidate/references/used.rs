//! What is referred to, and is it made?

use std::iter;

use super::super::schema::Statement;
use super::super::tree::Node;
use super::{Names, POLICY};

pub(super) struct Used<'t> {
    pub(super) statement: &'t Statement,
    pub(super) name: &'t str,
    sphere: String,
}

impl Used<'_> {
    pub(super) fn lacks_path(&self, root: &Node) -> bool {
        let mut node = root;
        let path = &self.statement.needs_path;
        for (place, step) in path.iter().enumerate() {
            let step = step.replace('*', self.name);
            let mut children = node.children.iter().filter(|child| !child.inactive);
            match children.find(|child| child.key == step || child.text() == step) {
                Some(child) => node = child,
                None => return self.statement.path_stands || place + 1 == path.len(),
            }
        }
        false
    }
}

/// What a line names: its value, else its last word, unless the rule says which words.
pub(super) fn named_in<'t>(
    node: &'t Node,
    statement: &'t Statement,
) -> impl Iterator<Item = &'t str> {
    let word = |place| node.key.split(' ').nth(place).unwrap_or_default();
    let last = || node.value.as_deref().unwrap_or(node.name());
    let first = statement.named_at.map_or_else(last, word);
    iter::once(first).chain(statement.named_too_at.map(word))
}

/// A name without the values behind it.
pub(super) fn bare(name: &str) -> &str {
    let named = name.split('(').next();
    named.filter(|named| !named.is_empty()).unwrap_or(name)
}

/// The part of a name that names what it refers to.
pub(super) fn cut<'n>(name: &'n str, statement: &Statement) -> &'n str {
    let until = statement.named_until.as_deref();
    let part = until.and_then(|until| Some(name.split_once(until)?.0));
    part.unwrap_or(name)
}

/// Says whether a name refers to anything.
fn is_meant(name: &str, statement: &Statement) -> bool {
    let starts = &statement.refers_where;
    starts.is_empty() || starts.iter().any(|start| name.starts_with(start.as_str()))
}

impl<'t> Names<'t> {
    /// Notes a name that a statement refers to.
    pub(super) fn note_used(&mut self, name: &'t str, statement: &'t Statement) {
        if statement.refers.iter().any(|kind| kind == POLICY) {
            self.calls.call(name);
            self.calls.attach(name, &statement.bars_in_policy);
        }
        let name = cut(bare(name), statement);
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || "_\"".contains(c));
        if !statement.needs_path.is_empty() {
            let sphere = String::new();
            self.paths.push(Used {
                statement,
                name,
                sphere,
            });
        }
        if !statement.refers.is_empty()
            && (is_name || statement.refers_to_numbers)
            && !statement.built_in.iter().any(|known| known == name)
            && is_meant(name, statement)
        {
            let sphere = self.sphere_of(statement);
            self.used.push(Used {
                statement,
                name,
                sphere,
            });
        }
    }

    /// Says whether it is.
    pub(super) fn is_made(&self, used: &Used<'_>) -> bool {
        let mut kinds = used.statement.refers.iter();
        let is_none = |kind: &String| {
            !self.kinds.contains(&(kind.as_str(), used.sphere.clone()))
                && !self.stood.contains(&(kind.clone(), used.sphere.clone()))
        };
        let name = |quote| format!("{quote}{}{quote}", used.name);
        let is_made = |kind: &String, quote| {
            let made = (kind.as_str(), used.sphere.clone(), name(quote));
            self.made.contains(&made)
        };
        let is_free = used.statement.refers_if_any && kinds.clone().all(is_none);
        is_free || kinds.any(|kind| is_made(kind, "") || is_made(kind, "\""))
    }
}
