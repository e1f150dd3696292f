//! Which numbers stand in a line, and what is left when some go?

use std::collections::BTreeSet;

use crate::platform::{Grammar, Rule};

type Set = BTreeSet<u32>;

/// Splits a line into what stands before its list, and the list: its longest end that is one.
fn split(line: &str) -> Option<(&str, Set)> {
    if let Some((head, last)) = line.rsplit_once(' ') {
        match last {
            "none" => return Some((head, Set::new())),
            "all" => return Some((head, (1..=4094).collect())),
            _ => {}
        }
    }
    let starts = line.match_indices(' ').map(|(place, _)| place);
    starts
        .filter_map(|place| Some((&line[..place], read(&line[place + 1..])?)))
        .next()
}

fn read(list: &str) -> Option<Set> {
    let list = list.replace(" to ", "-");
    let mut set = Set::new();
    for item in list.split([' ', ',']) {
        let (first, last) = item.split_once('-').unwrap_or((item, item));
        set.extend(first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?);
    }
    Some(set)
}

fn write(rule: &Rule, head: &str, set: &Set) -> Option<String> {
    let items: Vec<String> = set.iter().map(u32::to_string).collect();
    // Either mark between two numbers is read by one of the platforms.
    [",", " "].into_iter().find_map(|between| {
        let line = match items.is_empty() {
            true => format!("{head} none"),
            false => format!("{head} {}", items.join(between)),
        };
        rule.settled(&line, None)
    })
}

/// Splits a line into what stands before its list of names, and the names.
fn names<'l>(rule: &Rule, line: &'l str) -> (&'l str, Vec<&'l str>) {
    let head = rule.named(line);
    (head, line[head.len()..].split_whitespace().collect())
}

/// Returns a line with the numbers of another one of its command too.
pub(super) fn with(rule: &Rule, line: &str, more: &str) -> Option<String> {
    if rule.adds_names() {
        let (head, mut names) = names(rule, line);
        let (_, more) = self::names(rule, more);
        let new = more.into_iter().filter(|name| !names.contains(name));
        let new: Vec<&str> = new.collect();
        names.extend(new);
        return Some(format!("{head} {}", names.join(" ")));
    }
    let ((head, mut set), (_, more)) = (split(line)?, split(more)?);
    set.extend(more);
    write(rule, head, &set)
}

/// Returns what is left of a line when another takes numbers out of it: nothing, or a shorter list. None where it takes out none.
pub(super) fn without(rule: &Rule, line: &str, taken: &str) -> Option<String> {
    let (head, mut set) = split(line).filter(|_| rule.is_range())?;
    let (_, gone) = split(taken).filter(|(_, gone)| gone.is_subset(&set))?;
    // So many others that the numbers are taken out and the list is not written anew.
    let others: Set = (1000..1400)
        .step_by(2)
        .filter(|other| !gone.contains(other))
        .collect();
    let all = write(rule, head, &others.union(&gone).copied().collect())?;
    let rest = write(rule, head, &others)?;
    if rule.delta(Some(&all), Some(&rest))? != [taken] {
        return None;
    }
    set.retain(|number| !gone.contains(number));
    match set.is_empty() {
        true => Some(write(rule, head, &set).unwrap_or_default()),
        false => write(rule, head, &set),
    }
}

/// Takes the names of a negated line out of those of a line; empty where none is left.
pub(super) fn without_names(
    rule: &Rule,
    before: &str,
    grammar: &Grammar,
    line: &str,
) -> Option<String> {
    let negation = grammar.negation();
    let named = rule.named(before);
    let gone = negation.positive(line).strip_prefix(named)?;
    let gone: Vec<&str> = gone.split_whitespace().collect();
    let names: Vec<&str> = before.strip_prefix(named)?.split_whitespace().collect();
    if !negation.is_on(line) || !gone.iter().all(|name| names.contains(name)) {
        return None;
    }
    let rest: Vec<&str> = names
        .into_iter()
        .filter(|name| !gone.contains(name))
        .collect();
    match rest.is_empty() {
        true => Some(String::new()),
        false => Some(format!("{named} {}", rest.join(" "))),
    }
}
