//! Which changes does what stands beside them not let through?

use super::schema::Schema;
use super::tree::Node;

/// Names what changed although what stands beside it does not let it.
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
        let holds = |section: &Node| {
            let mut children = section.children.iter();
            children.any(|child| rule.held_by.iter().any(|held| child.key.starts_with(held)))
        };
        if value(before) != value(now) && holds(before) && holds(now) {
            complaints.push(format!(
                "{} cannot change in {} with {} there",
                node.key,
                now.key,
                rule.held_by.join(" or ")
            ));
        }
    }
    complaints.extend(swapped(schema, (before, now)));
    for child in now.children.iter() {
        if let Some(old) = before.children.get(&child.key) {
            compare(schema, (old, child), complaints);
        }
    }
}

/// Names what came in the place of another of its kind, where that takes two changes.
fn swapped(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let is_one = |node: &&Node| node.rule(schema).is_some_and(|rule| rule.one_a_change);
    let came = now.children.iter().filter(is_one);
    let came = came.filter(|node| before.children.get(&node.key).is_none());
    let went = |new: &Node| {
        let mut old = before.children.iter();
        old.any(|old| old.statement == new.statement && now.children.get(&old.key).is_none())
    };
    let swapped = came.filter(|node| went(node));
    swapped
        .map(|node| format!("{} comes when the other is gone", node.key))
        .collect()
}
