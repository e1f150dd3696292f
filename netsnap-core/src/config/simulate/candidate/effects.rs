//! What does a line do to others?

use super::numbers;
use super::path::{Step, Target};
use super::schema::{Body, Schema, Statement, StatementId};
use super::tree::Node;

/// Takes out what does not outlive another value of a statement beside it.
pub(super) fn clear(rule: &Statement, section: &mut Node) {
    for gone in &rule.clears {
        section.children.take_out(|child| begins(&child.key, gone));
    }
}

/// Takes out what goes with what a removal names, which is taken out later.
pub(super) fn follow(schema: &Schema, section: &mut Node, target: &Target) {
    let named = |child: &Node| match target {
        Target::One { key, .. } | Target::Value { key, .. } => child.key == *key,
        Target::All(statements, words) => {
            child.statement.is_some_and(|id| statements.contains(&id)) && begins(&child.key, words)
        }
        Target::Literal(_) => false,
    };
    let children = section.children.iter().filter(|child| named(child));
    let rules: Vec<(StatementId, String)> = children
        .filter_map(|child| Some((child.statement?, child.key.clone())))
        .collect();
    for (id, key) in rules {
        let rule = schema.statement(id);
        clear(rule, section);
        // Its number alone is taken back with all its words; all of it with the first of them.
        if let (Target::All(..), true) = (target, rule.owns > 0) {
            disown(schema, section, &first(&key, rule.owns));
        }
    }
}

/// Takes out what begins with these words, here and in the sections here that have no owner of their own for them.
fn disown(schema: &Schema, section: &mut Node, owner: &str) {
    section.children.take_out(|child| begins(&child.key, owner));
    let keys: Vec<String> = section
        .children
        .iter()
        .map(|child| child.key.clone())
        .collect();
    for key in keys {
        if let Some(inner) = section.children.get_mut(&key)
            && !has_owner(schema, inner, owner)
        {
            disown(schema, inner, owner);
        }
    }
}

fn has_owner(schema: &Schema, section: &Node, owner: &str) -> bool {
    let mut children = section.children.iter();
    children.any(|child| {
        child.rule(schema).is_some_and(|rule| rule.owns > 0) && begins(&child.key, owner)
    })
}

/// Says whether the rules know what a line does beside what stands already, and whether what it needs stands.
pub(super) fn has_place(
    schema: &Schema,
    root: &Node,
    (around, steps): (&[String], &[Step]),
) -> bool {
    let mut sections = vec![root];
    for key in around {
        let inner = sections.last().and_then(|node| node.children.get(key));
        sections.extend(inner);
    }
    let mut name = around.last().map(String::as_str);
    for step in steps {
        let (Step::Enter(id, key) | Step::Put(id, key, _)) = step else {
            return true;
        };
        let rule = schema.statement(*id);
        let Some(section) = sections.last() else {
            return true;
        };
        let parent = sections.len().checked_sub(2).map(|at| sections[at]);
        let has_parts = || parent.is_some_and(|parent| has_parts(parent, name));
        if !fits_beside(rule, key, section) || (rule.alone_with.is_some() && has_parts()) {
            return false;
        }
        if rule.owned > 0 {
            let owner = first(key, rule.owned);
            let mut around = sections.iter();
            return around.any(|node| has_owner(schema, node, &owner));
        }
        let Some(inner) = section.children.get(key) else {
            return true;
        };
        sections.push(inner);
        name = Some(key);
    }
    true
}

fn fits_beside(rule: &Statement, key: &str, section: &Node) -> bool {
    let others = || section.children.iter().filter(|child| child.key != key);
    let is_excluded = |child: &Node| rule.excludes.iter().any(|other| begins(&child.key, other));
    let is_needed = |child: &Node| rule.needs.as_ref().is_none_or(|need| child.key == *need);
    !others().any(is_excluded)
        && (rule.needs.is_none() || others().any(is_needed))
        && is_alone(rule, key, section)
}

fn is_alone(rule: &Statement, key: &str, section: &Node) -> bool {
    let Some(company) = &rule.alone_with else {
        return true;
    };
    let is_company = |child: &Node| company.iter().any(|other| begins(&child.key, other));
    let mut children = section.children.iter();
    children.all(|child| child.key == key || is_company(child))
}

/// Says whether a port has parts: `ge1.100` of `ge1`.
fn has_parts(parent: &Node, port: Option<&str>) -> bool {
    let of = |port: &str, key: &str| {
        let rest = key.strip_prefix(port);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    let mut children = parent.children.iter();
    port.is_some_and(|port| children.any(|child| of(port, &child.key)))
}

/// Says whether the rules know what the removal of something does.
pub(super) fn goes_surely(schema: &Schema, section: &Node, target: &Target) -> bool {
    let (Target::One { key, .. } | Target::Value { key, .. }) = target else {
        return true;
    };
    let Some(node) = section.children.get(key) else {
        return true;
    };
    node.rule(schema).is_none_or(|rule| {
        let is_alone = rule.alone_with.is_none() || section.children.iter().count() == 1;
        !rule.removal_unproven && is_alone
    })
}

/// Says whether a set of numbers loses some and keeps others; it is then changed.
pub(super) fn shrinks(schema: &Schema, section: &mut Node, (key, fewer): (&str, &str)) -> bool {
    let Some(node) = section.children.get_mut(key) else {
        return false;
    };
    if !node
        .rule(schema)
        .is_some_and(|rule| rule.body == Body::Numbers)
    {
        return false;
    }
    let left = node
        .value
        .as_deref()
        .map(|value| numbers::without(value, fewer));
    match left.flatten() {
        Some(left) => node.value = Some(left),
        None => drop(section.children.take_out(|child| child.key == key)),
    }
    true
}

/// Says whether a line holds more than one statement: here one line is one, whose parts may stand on it.
pub(super) fn is_more_than_one(schema: &Schema, steps: &[Step]) -> bool {
    let put = steps.iter().position(|step| matches!(step, Step::Put(..)));
    let has_parts = steps.iter().any(|step| is_one_line(schema, step));
    !has_parts && put.is_some_and(|put| put + 1 < steps.len())
}

/// Says whether a line names all parts that its statement has: what becomes of those it leaves out is not known.
pub(super) fn is_whole(schema: &Schema, section: &Node, steps: &[Step]) -> bool {
    let mut node = section;
    for (place, step) in steps.iter().enumerate() {
        let Step::Enter(_, key) = step else {
            return true;
        };
        let Some(inner) = node.children.get(key) else {
            return true;
        };
        node = inner;
        if is_one_line(schema, step) {
            let named = |part: &Node| {
                let mut typed = steps[place..].iter();
                typed.any(|step| matches!(step, Step::Put(_, key, _) if *key == part.key))
            };
            return node.children.iter().all(named);
        }
    }
    true
}

/// Says whether a step goes into a statement of one line.
pub(super) fn is_one_line(schema: &Schema, step: &Step) -> bool {
    matches!(step, Step::Enter(id, _) if schema.statement(*id).one_line)
}

/// The same of what stands.
pub(super) fn is_of_one_line(schema: &Schema, node: &Node) -> bool {
    node.rule(schema).is_some_and(|rule| rule.one_line)
}

/// Writes a statement and its parts on one line.
pub(super) fn one_line(schema: &Schema, node: &Node) -> String {
    let mut parts: Vec<&Node> = node.children.iter().collect();
    parts.retain(|part| part.stands(schema));
    parts.sort_by_key(|part| part.statement);
    let parts = parts.into_iter().map(Node::text);
    let words: Vec<String> = std::iter::once(node.key.clone()).chain(parts).collect();
    words.join(" ")
}

fn begins(key: &str, words: &str) -> bool {
    let rest = key.strip_prefix(words);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn first(key: &str, count: usize) -> String {
    key.split(' ').take(count).collect::<Vec<_>>().join(" ")
}
