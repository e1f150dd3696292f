//! Which changes does a device not take over in one go, though it takes what they come to?

use std::collections::HashMap;

use super::schema::Schema;
use super::tree::Node;

/// Names what changed although what stood beside it, or in its place, had to be gone by a commit before.
pub(super) fn held(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let mut complaints = Vec::new();
    compare(schema, (before, now), &mut complaints);
    complaints.dedup();
    complaints
}

fn compare(schema: &Schema, (before, now): (&Node, &Node), complaints: &mut Vec<String>) {
    let changed = before.children.iter().chain(now.children.iter());
    for node in changed {
        let Some(rule) = node.rule(schema).filter(|rule| !rule.held_by.is_empty()) else {
            continue;
        };
        let value = |section: &Node| section.children.get(&node.key).map(Node::text);
        let holds = |child: &Node| rule.held_by.iter().any(|held| child.key.starts_with(held));
        if value(before) != value(now) && before.children.iter().any(holds) {
            complaints.push(format!(
                "needs a commit between: {} cannot change in {} before {} is gone",
                node.key,
                now.key,
                rule.held_by.join(" or ")
            ));
        }
    }
    complaints.extend(swapped(schema, (before, now)));
    complaints.extend(renamed(schema, (before, now)));
    for child in now.children.iter() {
        if let Some(old) = before.children.get(&child.key) {
            compare(schema, (old, child), complaints);
        }
    }
}

/// Returns what was not there before.
fn came<'n>(before: &Node, now: &'n Node) -> impl Iterator<Item = &'n Node> {
    let children = now.children.iter();
    children.filter(|node| before.children.get(&node.key).is_none())
}

/// Names what came in the place of another of its kind, or beside it, where there is only one and that takes two changes.
fn swapped(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let is_one = |node: &&Node| node.rule(schema).is_some_and(|rule| rule.one_a_change);
    let came = came(before, now).filter(is_one);
    let other = |new: &Node| {
        let mut all = before.children.iter().chain(now.children.iter());
        all.any(|old| old.statement == new.statement && old.key != new.key)
    };
    let swapped = came.filter(|node| other(node));
    swapped
        .map(|node| {
            format!(
                "needs a commit between: {} comes when the other is gone",
                node.key
            )
        })
        .collect()
}

/// Names what came under a name that something of another kind has or had.
fn renamed(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let named = |node: &Node| {
        let kind = node.rule(schema)?.named_alone.as_deref()?;
        let name = node.key.split(' ').nth(1)?;
        Some(format!("{kind} {name}"))
    };
    let mut came = came(before, now).filter(|node| named(node).is_some());
    let Some(first) = came.next() else {
        return Vec::new();
    };
    let all = before.children.iter().chain(now.children.iter());
    let mut known: HashMap<String, Vec<&Node>> = HashMap::new();
    for node in all {
        if let Some(name) = named(node) {
            known.entry(name).or_default().push(node);
        }
    }
    let other = |node: &Node| {
        let mut others = known.get(&named(node)?)?.iter();
        others.find(|other| other.key != node.key).copied()
    };
    let complaint = |node: &Node| {
        let other = other(node)?;
        Some(format!(
            "needs a commit between: {} comes when {} is gone",
            node.key, other.key
        ))
    };
    std::iter::once(first)
        .chain(came)
        .filter_map(complaint)
        .collect()
}
