//! What stays as it is when another value becomes the default, and has to be said because it is to change with it?
//!
//! A device prints of a thing only what does not hold by default. Where nothing is printed of it before a default turns and
//! nothing behind, its value turns with the default in what is intended, and stays on the device.

use std::collections::BTreeSet;

use crate::config::canonical::{Item, Level};
use crate::diff::matching::Matching;
use crate::platform::Rule;

/// Returns the lines that say so, each with its section.
pub(super) fn unsaid(
    matching: &Matching<'_>,
    before: Level<'_>,
    after: Level<'_>,
) -> Vec<(String, String)> {
    let came = matching.added.iter().map(|item| (item, !item.is_negated()));
    let went = matching
        .removed
        .iter()
        .map(|item| (item, item.is_negated()));
    let turned = came.chain(went).filter_map(|(item, is_on)| {
        let rule = item.rule()?;
        Some((rule, rule.rewrites_of()?, is_on))
    });
    let mut lines = Vec::new();
    for (rule, kind, is_on) in turned {
        let things = things(matching, kind);
        for (header, form) in rule
            .rewrites()
            .iter()
            .filter_map(|form| form.split_once(" / "))
        {
            let said: BTreeSet<&str> = said(before, header).chain(said(after, header)).collect();
            let line = things.iter().map(|thing| form.replace('*', thing));
            let line = line.filter(|line| !said.contains(line.as_str()));
            let line = line.map(|line| if is_on { line } else { format!("no {line}") });
            lines.extend(line.map(|line| (header.to_owned(), line)));
        }
    }
    lines
}

/// What is there before and after, and follows nobody else.
fn things(matching: &Matching<'_>, kind: &str) -> BTreeSet<String> {
    let both = matching.both.iter().filter_map(|(_, new)| own(*new, kind));
    both.flatten().collect()
}

fn own(item: Item<'_>, kind: &str) -> Option<Vec<String>> {
    let rule = item.rule().filter(|rule| !follows(rule, item, kind))?;
    let names = rule.exposes(item.text());
    let names = names.iter().filter_map(|name| named(name, kind));
    Some(names.map(str::to_owned).collect())
}

fn follows(rule: &Rule, item: Item<'_>, kind: &str) -> bool {
    let uses = rule.uses(item.text());
    uses.iter().any(|name| named(name, kind).is_some())
}

fn named<'n>(name: &'n str, kind: &str) -> Option<&'n str> {
    name.strip_prefix(kind)?.strip_prefix(' ')
}

/// What a section says, its negations too.
fn said<'c>(level: Level<'c>, header: &str) -> impl Iterator<Item = &'c str> {
    let section = level.items().find(|item| item.text() == header);
    let lines = section.into_iter().flat_map(|item| item.children().items());
    lines.map(Item::positive)
}
