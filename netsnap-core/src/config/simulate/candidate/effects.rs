//! What does a line do to others?

use super::numbers;
use super::path::{Step, Target};
use super::schema::{Body, Found, Schema, SectionId, Statement, StatementId};
use super::tree::Node;

/// Takes out what does not outlive what a line changes.
pub(super) fn clear_beside(schema: &Schema, section: &mut Node, steps: &[Step]) {
    let [Step::Put(id, key, value)] = steps else {
        return;
    };
    let old = section.children.get(key);
    if old.is_none_or(|old| old.value != *value) {
        clear(schema.statement(*id), section);
    }
}

/// Says what comes to be with what a line makes, as a line of its section.
pub(super) fn brought(schema: &Schema, section: &Node, steps: &[Step]) -> Option<Vec<String>> {
    let [Step::Put(id, key, value)] = steps else {
        return None;
    };
    let rule = schema.statement(*id);
    let brings = rule.brings.as_ref()?;
    let unless = |child: &Node| Some(&child.key) == rule.brings_unless.as_ref();
    if section.children.get(key).is_some() || section.children.iter().any(unless) {
        return None;
    }
    let name = key.split(' ').nth(1)?;
    Some(
        brings
            .replace("**", value.as_deref().unwrap_or_default())
            .replace('*', name)
            .split(' ')
            .map(str::to_owned)
            .collect(),
    )
}

/// Takes the default number out of what a line adds to a set: it is there, and its negation goes.
pub(super) fn without_default(
    schema: &Schema,
    (id, section): (SectionId, &mut Node),
    words: &[String],
) -> Option<Vec<String>> {
    let Found::Head(head) = schema.find(id, words) else {
        return None;
    };
    let rule = schema.statement(head.statement);
    let default = rule.default_number?;
    let (words, values) = words.split_at(head.words.len());
    let numbers = numbers::read(values)?;
    if rule.body != Body::Numbers || !numbers.contains(&default) {
        return None;
    }
    let negation = format!("undo {} {default}", head.words.join(" "));
    section.children.take_out(|child| child.key == negation);
    let typed = values.join(" ");
    let left = numbers::without(&typed, &default.to_string());
    let left = left.map(|left| format!("{} {left}", words.join(" ")));
    Some(
        left.unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
    )
}

fn clear(rule: &Statement, section: &mut Node) {
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
        if let Some(owner) = owner_by_name(rule, &key) {
            disown(schema, section, &owner);
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

pub(super) fn has_owner(schema: &Schema, section: &Node, owner: &str) -> bool {
    let mut children = section.children.iter();
    children.any(|child| {
        child.rule(schema).is_some_and(|rule| {
            let is_named = || owner_by_name(rule, &child.key).as_deref() == Some(owner);
            (rule.owns > 0 && begins(&child.key, owner)) || is_named()
        })
    })
}

/// How all begins that belongs to what a statement names.
fn owner_by_name(rule: &Statement, key: &str) -> Option<String> {
    let name = key.split(' ').nth(1)?;
    Some(rule.owns_named.as_ref()?.replace('*', name))
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

pub(super) fn begins(key: &str, words: &str) -> bool {
    let rest = key.strip_prefix(words);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

pub(super) fn first(key: &str, count: usize) -> String {
    key.split(' ').take(count).collect::<Vec<_>>().join(" ")
}
