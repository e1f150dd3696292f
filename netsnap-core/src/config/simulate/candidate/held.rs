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
    for child in now.children.iter() {
        if let Some(old) = before.children.get(&child.key) {
            compare(schema, (old, child), complaints);
        }
    }
}
