//! What must stand beside a line, and what must not, for the rules to know what it does?

use serde::Deserialize;

use super::super::address::Prefix;
use super::super::interface;
use super::effects::{begins, first, has_owner};
use super::path::{Step, Target};
use super::schema::{Body, Schema, Statement};
use super::tree::Node;

/// A line that a port has before it has another one, on a device where other ports have it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AsOthers {
    line: String,
    /// What the names of such ports contain.
    ports: Vec<String>,
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
        let (is_put, value) = match step {
            Step::Put(_, _, value) => (true, value.as_deref()),
            _ => (false, None),
        };
        let is_new = section.children.get(key).is_none();
        if !fits_beside(rule, key, section)
            || (rule.alone_with.is_some() && has_parts())
            || (is_new && rule.creation_unproven)
            || (rule.alone_around && parent.is_some_and(|parent| is_beside(parent, section, key)))
            || (rule.no_overlap && overlaps(root, section, &written(key, value)))
            || (is_new && is_beyond(rule, key))
            || (is_new && lacks_what_others_have(rule, root, (section, name)))
            || (is_put || is_new) && lacks(rule, (key, value), root)
        {
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

/// Says whether no interface of the kind has such a number.
fn is_beyond(rule: &Statement, key: &str) -> bool {
    let name = key.rsplit(' ').next().unwrap_or_default();
    let mut highest = rule.highest.iter();
    highest.any(|(kind, highest)| {
        let number = name.strip_prefix(kind.as_str());
        let number = number.and_then(|number| number.parse::<u32>().ok());
        number.is_some_and(|number| number > *highest)
    })
}

/// Says whether a port lacks a line without which other ports do not have this one. Interfaces that are no ports of Ethernet go
/// without it, and so does the port of management.
fn lacks_what_others_have(
    rule: &Statement,
    root: &Node,
    (section, name): (&Node, Option<&str>),
) -> bool {
    let Some(AsOthers { line, ports }) = &rule.needs_as_others else {
        return false;
    };
    let name = name.and_then(|name| name.strip_prefix("interface "));
    let is_port = |name: &str| {
        let is_of_kind = ports.iter().any(|kind| name.contains(kind.as_str()));
        is_of_kind && name.contains('/') && !name.contains('.')
    };
    let has = |port: &Node| port.children.get(line).is_some();
    name.is_some_and(is_port) && !has(section) && root.children.iter().any(has)
}

/// Says whether it is known where what a line makes comes to stand: nowhere where others of its kind stood before the change.
pub(super) fn lands_surely(
    schema: &Schema,
    (root, booted): (&Node, Option<&Node>),
    (around, steps): (&[String], &[Step]),
) -> bool {
    let Some(booted) = booted else {
        return true;
    };
    let mut path: Vec<&str> = around.iter().map(String::as_str).collect();
    for step in steps {
        let (Step::Enter(id, key) | Step::Put(id, key, _)) = step else {
            return true;
        };
        let is_other = |child: &Node| child.statement == Some(*id) && child.key != *key;
        let stood = || at(booted, &path).is_some_and(|node| node.children.iter().any(is_other));
        let stands = || at(root, &path).is_some_and(|node| node.children.get(key).is_some());
        if schema.statement(*id).place_unproven && !stands() && stood() {
            return false;
        }
        path.push(key);
    }
    true
}

fn at<'n>(root: &'n Node, path: &[&str]) -> Option<&'n Node> {
    path.iter()
        .try_fold(root, |node, key| node.children.get(key))
}

/// Says whether the same stands in another section of those around.
fn is_beside(around: &Node, own: &Node, key: &str) -> bool {
    let mut others = around.children.iter().filter(|other| other.key != own.key);
    others.any(|other| other.children.get(key).is_some())
}

fn written(key: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("{key} {value}"),
        None => key.to_owned(),
    }
}

/// Says whether an address is of a network that another interface of the same VPN is in, or this one under another line.
fn overlaps(root: &Node, own: &Node, line: &str) -> bool {
    const VPN: &str = "ip binding vpn-instance";
    let Some(network) = network(line) else {
        return false;
    };
    let vpn = |node: &Node| node.children.get(VPN).and_then(|vpn| vpn.value.clone());
    let interfaces = root
        .children
        .iter()
        .filter(|node| begins(&node.key, "interface"));
    let mut others = interfaces.filter(|node| node.key != own.key && vpn(node) == vpn(own));
    others.any(|other| {
        let mut lines = other.children.iter().map(Node::text);
        lines.any(|line| self::network(&line).is_some_and(|other| interface::meet(network, other)))
    })
}

fn network(line: &str) -> Option<Prefix> {
    interface::network(line.strip_suffix(" sub").unwrap_or(line))
}

fn fits_beside(rule: &Statement, key: &str, section: &Node) -> bool {
    let others = || section.children.iter().filter(|child| child.key != key);
    let is_excluded = |child: &Node| rule.excludes.iter().any(|other| begins(&child.key, other));
    let is_needed = |child: &Node| rule.needs.as_ref().is_none_or(|need| is_so(child, need));
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

/// Says whether a statement is what another needs: `KEY`, `KEY VALUE`, or `KEY *` for any that begins so.
pub(super) fn is_so(node: &Node, need: &str) -> bool {
    match need.strip_suffix(" *") {
        Some(beginning) => begins(&node.key, beginning),
        None => node.key == need || node.text() == need,
    }
}

/// The outermost statement that must stand for another one.
fn needed(rule: &Statement, key: &str, value: Option<&str>) -> Option<String> {
    let last = value.unwrap_or_else(|| key.rsplit(' ').next().unwrap_or_default());
    let mut by_name = rule.needs_of_name.iter();
    let of_name = by_name.find_map(|(start, needs)| Some((needs, last.strip_prefix(start)?)));
    let (needs, name) = match &rule.needs_root {
        Some(needs) => (needs, last),
        None => of_name?,
    };
    Some(needs.replace('*', name))
}

fn lacks(rule: &Statement, (key, value): (&str, Option<&str>), root: &Node) -> bool {
    let needed = needed(rule, key, value);
    needed.is_some_and(|key| root.children.get(&key).is_none())
}

/// Says whether something in a tree needs what a removal names at its outermost level.
pub(super) fn is_needed(schema: &Schema, root: &Node, target: &Target) -> bool {
    let Target::One { key, .. } = target else {
        return false;
    };
    root.children
        .iter()
        .any(|child| child.key != *key && needs(schema, child, key))
}

fn needs(schema: &Schema, node: &Node, key: &str) -> bool {
    let own = node.rule(schema);
    let own = own.and_then(|rule| needed(rule, &node.key, node.value.as_deref()));
    own.as_deref() == Some(key) || node.children.iter().any(|child| needs(schema, child, key))
}

/// Says whether the rules know what the removal of something does.
pub(super) fn goes_surely(schema: &Schema, section: &Node, target: &Target) -> bool {
    let children = || section.children.iter();
    let meant: Vec<&Node> = children().filter(|child| means(target, child)).collect();
    let is_all = |node: &&Node| goes_alone_surely(schema, section, (target, node));
    let is_meant = |child: &&Node| meant.iter().any(|node| node.key == child.key);
    let mut left = children().filter(|child| !is_meant(child));
    let depends = |child: &Node| {
        let needs = child.rule(schema).and_then(|rule| rule.needs.as_ref());
        needs.is_some_and(|need| meant.iter().any(|node| is_so(node, need)))
    };
    meant.iter().all(is_all) && !left.any(|child| depends(child) && !is_like(target, child))
}

/// Says whether a removal means a statement itself.
fn means(target: &Target, node: &Node) -> bool {
    match target {
        Target::One { key, .. } | Target::Value { key, .. } => node.key == *key,
        Target::All(statements, words) => {
            node.statement.is_some_and(|id| statements.contains(&id)) && begins(&node.key, words)
        }
        Target::Literal(_) => false,
    }
}

/// Says whether a statement goes with another one because it begins with its words.
fn is_like(target: &Target, node: &Node) -> bool {
    let Target::One { key, like, .. } = target else {
        return false;
    };
    let is_of = node.statement.is_some_and(|id| like.contains(&id));
    is_of && node.key != *key && begins(&node.key, key)
}

fn goes_alone_surely(schema: &Schema, section: &Node, (target, node): (&Target, &Node)) -> bool {
    let Some(rule) = node.rule(schema) else {
        return true;
    };
    let names_value = !matches!(target, Target::One { .. })
        || !matches!(rule.body, Body::Leaf(_) | Body::Numbers);
    let is_excluded = |child: &Node| rule.excludes.iter().any(|other| begins(&child.key, other));
    let mut others = section
        .children
        .iter()
        .filter(|child| child.key != node.key);
    let is_fine = |child: &Node| {
        let is_known = rule.takes_like
            || rule.spares_like
            || (rule.owns > 0 && first(&node.key, rule.owns) == node.key);
        match is_like(target, child) {
            true => is_known,
            false => !is_excluded(child),
        }
    };
    let is_fixed = rule.immutable && !matches!(target, Target::All(..));
    let leaves_parts = rule.parts_unproven && has_parts(section, Some(&node.key));
    !rule.removal_unproven
        && !is_fixed
        && !leaves_parts
        && (names_value || !rule.removal_names_value)
        && is_alone(rule, &node.key, section)
        && others.all(is_fine)
        && (matches!(target, Target::All(..)) || !leaves_owned(schema, section, (rule, &node.key)))
}

/// Says whether what an owner owns would be left behind it.
fn leaves_owned(schema: &Schema, section: &Node, (rule, key): (&Statement, &str)) -> bool {
    if rule.owns == 0 {
        return false;
    }
    let owner = first(key, rule.owns);
    // What begins with all of its words goes with it.
    if owner == *key {
        return false;
    }
    let mut owned = section
        .children
        .iter()
        .filter(|child| child.key != key && begins(&child.key, &owner));
    let is_owner = |child: &Node| child.rule(schema).is_some_and(|rule| rule.owns > 0);
    let has_other = owned.clone().any(is_owner);
    !has_other && owned.next().is_some()
}
