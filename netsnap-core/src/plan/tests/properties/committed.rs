//! What has to be gone when a change is put into force, before another one makes something else of it?

use std::collections::{HashMap, HashSet};

use super::node::{Node, begins};
use crate::platform::{Grammar, Mention};

/// Says what a change makes of what is in force, though that had to go in a change before.
pub(super) fn made_at_once(grammar: &Grammar, (in_force, now): (&Node, &Node)) -> Vec<String> {
    let before = named(grammar, in_force);
    let after = named(grammar, now).into_iter();
    let other = |(name, text): (String, String)| {
        let old = before.get(&name).filter(|old| **old != text)?;
        Some(format!(
            "`{text}` comes in the change in which `{old}` goes"
        ))
    };
    let mut found: Vec<String> = after.filter_map(other).collect();
    beside(grammar, (in_force, now), &mut found);
    found.extend(used(grammar, (in_force, now)));
    found
}

/// What goes though something in force uses it.
fn used(grammar: &Grammar, (in_force, now): (&Node, &Node)) -> Vec<String> {
    let rule = |node: &Node| node.rule.map(|number| grammar.rule(number));
    let mut gone: HashSet<String> = HashSet::new();
    in_force.walk(&mut |_, node| {
        let is_freed = rule(node).is_some_and(|rule| rule.freed_apart);
        gone.extend(node.says.defines.iter().filter(|_| is_freed).cloned());
    });
    now.walk(&mut |_, node| {
        let kept = node.says.defines.iter();
        kept.for_each(|name| {
            gone.remove(name);
        });
    });
    let mut found = Vec::new();
    in_force.walk(&mut |_, node| {
        let spoken = rule(node).map(|rule| rule.mentions(&node.text));
        let spoken = spoken
            .into_iter()
            .flatten()
            .filter_map(|mention| match mention {
                Mention::Name(name) => Some(name),
                Mention::Each(..) => None,
            });
        let mut names = node.says.uses.iter().cloned().chain(spoken);
        if let Some(name) = names.find(|name| gone.contains(name)) {
            found.push(format!("{name} goes while `{}` is in force", node.text));
        }
    });
    found
}

/// The lines by the things that only one can have.
fn named(grammar: &Grammar, root: &Node) -> HashMap<String, String> {
    let mut names = HashMap::new();
    root.walk(&mut |_, node| {
        let rule = node.rule.map(|number| grammar.rule(number));
        let apart = rule.map(|rule| rule.apart(&node.text)).unwrap_or_default();
        names.extend(apart.into_iter().map(|name| (name, node.text.clone())));
    });
    names
}

/// Lines that change beside others that are in force.
fn beside(grammar: &Grammar, (in_force, now): (&Node, &Node), found: &mut Vec<String>) {
    let texts = |node: &Node| -> HashSet<String> {
        let texts = node.children.iter().map(|child| child.text.clone());
        texts.collect()
    };
    let (before, after) = (texts(in_force), texts(now));
    for node in in_force.children.iter().chain(&now.children) {
        let is_kept = before.contains(&node.text) && after.contains(&node.text);
        let Some(rule) = node.rule.filter(|_| !is_kept) else {
            continue;
        };
        for start in grammar.rule(rule).apart_from(&node.text) {
            let stands = before.iter().find(|text| begins(text, &start));
            found.extend(
                stands.map(|text| format!("`{}` changes before `{text}` is gone", node.text)),
            );
        }
    }
    for child in &now.children {
        let mut all = in_force.children.iter();
        if let Some(old) = all.find(|old| old.text == child.text) {
            beside(grammar, (old, child), found);
        }
    }
}
