//! Which changes does a device not take over in one go, though it takes what they come to?

use std::collections::{HashMap, HashSet};

use super::effects::begins;
use super::schema::{Schema, StatementId};
use super::tree::Node;

/// Names what changed although what stood beside it, or in its place, had to be gone by a commit before.
pub(super) fn held(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let mut complaints = Vec::new();
    compare(schema, (before, now), &mut complaints);
    gone(schema, (before, Some(now)), now, &mut complaints);
    complaints.dedup();
    complaints
}

/// Names what was left without lines, where the device may put its own there.
fn emptied(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let is_meant = |node: &&Node| {
        let rule = node.rule(schema);
        rule.is_some_and(|rule| rule.emptied_unproven)
            && (node.printed_empty || !node.children.is_empty())
    };
    let is_empty = |node: &&Node| {
        let stays = |left: &Node| left.printed_empty && node.children.is_empty();
        let left = now.children.get(&node.key);
        left.is_none_or(|left| left.children.is_empty() && !stays(left))
    };
    let left = before.children.iter().filter(is_meant).filter(is_empty);
    left.map(|node| format!("{} may get lines of the device itself", node.key))
        .collect()
}

/// Names what a device does not do without, and went.
fn gone(
    schema: &Schema,
    (before, now): (&Node, Option<&Node>),
    root: &Node,
    complaints: &mut Vec<String>,
) {
    for old in before.children.iter() {
        let new = now.and_then(|now| now.children.get(&old.key));
        let kept = old.rule(schema).and_then(|rule| rule.kept.as_ref());
        if let Some(path) = kept.filter(|_| new.is_none())
            && path
                .iter()
                .try_fold(root, |node, key| node.children.get(key))
                .is_some()
        {
            complaints.push(format!("{} is missing in {}", old.key, before.key));
        }
        gone(schema, (old, new), root, complaints);
    }
}

fn compare(schema: &Schema, (before, now): (&Node, &Node), complaints: &mut Vec<String>) {
    let changed = before.children.iter().chain(now.children.iter());
    for node in changed {
        let Some(rule) = node.rule(schema) else {
            continue;
        };
        let value = |section: &Node| section.children.get(&node.key).map(Node::text);
        if rule.fixed
            && let (Some(old), Some(new)) = (value(before), value(now))
            && old != new
        {
            complaints.push(format!(
                "needs a commit between: {new} comes when {old} is gone with {}",
                now.key
            ));
        }
        let holds = |child: &&Node| rule.held_by.iter().any(|held| begins(&child.key, held));
        let holder = before.children.iter().find(holds);
        if let Some(holder) = holder.filter(|_| value(before) != value(now)) {
            complaints.push(format!(
                "needs a commit between: {} cannot change in {} before {} is gone",
                node.key, now.key, holder.key
            ));
        }
    }
    complaints.extend(emptied(schema, (before, now)));
    complaints.extend(freed(schema, (before, now)));
    complaints.extend(swapped(schema, (before, now)));
    complaints.extend(renamed(schema, (before, now)));
    complaints.extend(moved(schema, (before, now)));
    complaints.extend(exchanged(schema, (before, now)));
    for child in now.children.iter() {
        if let Some(old) = before.children.get(&child.key) {
            compare(schema, (old, child), complaints);
        }
    }
}

/// Names what goes with what names it, where that takes two changes.
fn freed(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let is_freed = |node: &&Node| {
        node.rule(schema)
            .is_some_and(|rule| !rule.used_by.is_empty())
    };
    let children = before.children.iter().filter(is_freed);
    let went = children.filter(|node| now.children.get(&node.key).is_none());
    let complaint = |node: &Node| {
        let starts = &node.rule(schema)?.used_by;
        let name = format!(" group {} ", node.name());
        let names_it = |child: &&Node| {
            let is_one = starts.iter().any(|start| begins(&child.key, start));
            is_one && format!("{} ", child.text()).contains(&name)
        };
        let user = before.children.iter().find(names_it)?;
        Some(format!(
            "needs a commit between: {} goes when {} is gone",
            node.key, user.key
        ))
    };
    went.filter_map(complaint).collect()
}

/// Names what one part of a port takes from another that stays: whether that is one change is not known.
fn exchanged(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let of_port = |child: &&Node| child.rule(schema).is_some_and(|rule| rule.one_of_port);
    let said = |node: &Node| -> Vec<String> {
        let name = node.key.split(' ').nth(1).unwrap_or(&node.key);
        let port = name.split('.').next().unwrap_or_default();
        let lines = node.children.iter().filter(of_port);
        lines
            .map(|line| format!("{port} {}", line.text()))
            .collect()
    };
    let stays = |node: &&Node| now.children.get(&node.key).is_some();
    let mut owners: HashMap<String, &str> = HashMap::new();
    for node in before.children.iter().filter(stays) {
        owners.extend(said(node).into_iter().map(|line| (line, node.key.as_str())));
    }
    let taken = |node: &Node| -> Vec<String> {
        let own = before.children.get(&node.key).map(said).unwrap_or_default();
        let lines = said(node).into_iter().filter(|line| !own.contains(line));
        let others = lines.filter_map(|line| Some((owners.get(&line)?, line)));
        let told = others.map(|(owner, line)| format!("{} takes {line} from {owner}", node.key));
        told.collect()
    };
    now.children.iter().flat_map(taken).collect()
}

/// Names what takes an interface from another of its kind: whether that is one change is not known.
fn moved(schema: &Schema, (before, now): (&Node, &Node)) -> Vec<String> {
    let holds_apart = |node: &&Node| node.rule(schema).is_some_and(|rule| rule.interfaces_apart);
    let holders = |section: &'_ Node| -> Vec<(StatementId, String, HashSet<String>)> {
        let holders = section.children.iter().filter(holds_apart);
        let holders = holders.filter_map(|node| {
            let mut held = HashSet::new();
            interfaces(node, &mut held);
            Some((node.statement?, node.key.clone(), held))
        });
        holders.collect()
    };
    let old = holders(before);
    let mut complaints = Vec::new();
    for (kind, key, held) in holders(now) {
        let own = old.iter().find(|(_, other, _)| *other == key);
        let is_new = |interface: &&String| own.is_none_or(|(_, _, had)| !had.contains(*interface));
        let others = || old.iter().filter(|other| other.0 == kind && other.1 != key);
        let mut taken: Vec<String> = held
            .iter()
            .filter(is_new)
            .filter_map(|interface| {
                let (_, other, _) = others().find(|other| other.2.contains(interface))?;
                Some(format!(
                    "needs a commit between: {key} takes {interface} from {other}"
                ))
            })
            .collect();
        taken.sort();
        complaints.extend(taken);
    }
    complaints
}

/// Collects the interfaces that are named in a section.
fn interfaces(section: &Node, found: &mut HashSet<String>) {
    for child in section.children.iter() {
        match begins(&child.key, "interface") {
            true => drop(found.insert(child.key.clone())),
            false => interfaces(child, found),
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
        let rule = node.rule(schema)?;
        let kind = rule.named_alone.as_deref()?;
        let name = node.key.split(' ').nth(rule.defined_at.unwrap_or(1))?;
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
