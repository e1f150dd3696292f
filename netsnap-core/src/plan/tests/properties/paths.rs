//! Where does a whole path lead, and what is done there?

use super::node::{Node, begins};
use crate::platform::Grammar;

/// Deletes what stands at a path and begins with it; returns how many lines.
pub(super) fn cut(section: &mut Node, around: &str, path: &str) -> usize {
    let before = section.children.len();
    let full = |node: &Node| join(around, &node.text);
    section.children.retain(|node| !begins(&full(node), path));
    let mut count = before - section.children.len();
    for node in &mut section.children {
        let full = join(around, &node.text);
        if begins(path, &full) {
            count += cut(node, &full, path);
        }
    }
    if count > 0 {
        let texts: Vec<String> = section
            .children
            .iter()
            .map(|node| node.text.clone())
            .collect();
        let has = |statement: &str| texts.iter().any(|text| begins(text, statement));
        let lost = |node: &Node| {
            node.text
                .split_once(": ")
                .filter(|(mark, _)| *mark == "inactive")
                .is_some_and(|(_, statement)| !has(statement))
        };
        section.children.retain(|node| !lost(node));
    }
    count
}

fn join(around: &str, text: &str) -> String {
    match around {
        "" => text.to_owned(),
        around => format!("{around} {text}"),
    }
}

/// Lets the statement at a path do nothing, or act again.
pub(super) fn marked(
    grammar: &Grammar,
    section: &mut Node,
    (around, path): (&str, &str),
    (word, is_off): (&str, bool),
) -> bool {
    let found = section
        .children
        .iter()
        .any(|node| begins(&join(around, &node.text), path));
    if found {
        let statement = path.strip_prefix(around).unwrap_or(path).trim_start();
        let mark = format!("{word} {statement}");
        section.children.retain(|node| node.text != mark);
        if is_off {
            let mark = Node::new(grammar, section.opens, &mark);
            section.children.push(mark);
        }
        return true;
    }
    section.children.iter_mut().any(|node| {
        let full = join(around, &node.text);
        begins(path, &full) && marked(grammar, node, (&full, path), (word, is_off))
    })
}

/// Puts the line at a path beside another one of its list.
pub(super) fn moved(
    section: &mut Node,
    around: &str,
    (path, side, other): (&str, &str, &str),
) -> bool {
    let place = section
        .children
        .iter()
        .position(|node| begins(&join(around, &node.text), path));
    if let Some(place) = place {
        let node = section.children.remove(place);
        let is_other = |beside: &Node| {
            begins(&beside.text, other) || beside.text.ends_with(&format!(" {other}"))
        };
        let first = node.text.split(' ').next();
        let found = section.children.iter().position(|beside| {
            let same_list = beside.text.split(' ').next() == first || begins(&beside.text, other);
            same_list && is_other(beside)
        });
        let Some(found) = found else {
            return false;
        };
        section
            .children
            .insert(found + usize::from(side == "after"), node);
        return true;
    }
    section.children.iter_mut().any(|node| {
        let full = join(around, &node.text);
        begins(path, &full) && moved(node, &full, (path, side, other))
    })
}
