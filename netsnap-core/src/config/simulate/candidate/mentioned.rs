//! Does a line that no rule knows speak of something that a change takes away?
//!
//! A device refuses to take away what is in use (IOS XR: access lists, policies and sets that something is attached to). Which lines
//! use something is said by their rules; of a line without a rule it may be.

use std::collections::HashSet;

use super::schema::Schema;
use super::tree::Node;

/// Lines that are texts.
const TEXTS: [&str; 2] = ["description", "remark"];

/// Names what was made before a change, and is not any more, where such a line still holds its name.
pub(super) fn complaints(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let is_made = |node: &&Node| node.rule(schema).is_some_and(|rule| rule.defines.is_some());
    let made = before.children.iter().filter(is_made);
    let gone: Vec<&Node> = made
        .filter(|node| now.children.get(&node.key).is_none())
        .filter(|node| node.name().parse::<u64>().is_err())
        .collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let mut words = HashSet::new();
    collect(schema, now, &mut words);
    let mentioned = gone.iter().filter(|node| words.contains(node.name()));
    mentioned
        .map(|node| format!("{} may be in use", node.key))
        .collect()
}

fn collect(schema: &Schema, section: &Node, words: &mut HashSet<String>) {
    for child in section.children.iter() {
        let text = child.text();
        let is_text = TEXTS.iter().any(|start| text.starts_with(start));
        if child.rule(schema).is_none() && !is_text {
            words.extend(text.split(' ').map(str::to_owned));
        }
        collect(schema, child, words);
    }
}
