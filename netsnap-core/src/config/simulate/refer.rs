//! Does a line name something that is not there, or take something away that is still named?
//!
//! Devices refuse such lines, make what is missing, or take more away: which of them is not modelled.

use super::doubt::begins;
use super::execute::best;
use super::known::{follow_removal, split_no};
use super::pattern::Match;
use super::table::{Effect, Mode, Rule};
use super::tree::Node;

/// Says so of a line, once it was carried out.
pub(super) fn is_dangling(mode: &Mode, root: &Node, words: &[&str]) -> bool {
    let refers = |rule: &Rule| {
        let is_entry = rule.effect == Some(Effect::Numbered);
        rule.unique
            || rule.if_seen
            || rule.refers.is_some()
            || !rule.companions.is_empty()
            || !rule.rivals.is_empty()
            || !rule.referred.is_empty()
            || is_entry
    };
    if !mode.lines.iter().any(refers) {
        return false;
    }
    let (negated, words) = split_no(words);
    let follow = |rule: &Rule| -> Match {
        match negated {
            true => follow_removal(rule, words),
            false => rule.set.0.follow(words),
        }
    };
    let Ok((rule, words)) = best(mode, words, follow) else {
        return negated && takes_what_is_named(mode, root, words);
    };
    match negated {
        true => is_named(root, &rule.referred, &words),
        false => {
            lacks(root, rule, &words)
                || lacks_group(root, rule, &words)
                || lacks_companion(root, rule, &words)
                || is_named(root, &rule.rivals, &words)
                || (rule.if_seen && !is_printed(root, &words.join(" ")))
                || (rule.unique && count(root, &words.join(" ")) > 1)
        }
    }
}

/// Says whether a further form of a removal takes something whole that a line still names: a list in use is gone for a while, and lets
/// everything through.
fn takes_what_is_named(mode: &Mode, root: &Node, words: &[&str]) -> bool {
    let taken = |rule: &Rule| {
        let mut forms = rule.remove.iter();
        forms.find_map(|form| match form.0.follow(words) {
            Match::Whole(words) => Some(words),
            _ => None,
        })
    };
    let mut rules = mode.lines.iter();
    rules.any(|rule| taken(rule).is_some_and(|words| is_named(root, &rule.referred, &words)))
}

fn lacks(root: &Node, rule: &Rule, words: &[String]) -> bool {
    let Some(refers) = rule.refers.as_ref().map(|refers| filled(refers, words)) else {
        return false;
    };
    let own = words.join(" ");
    let is_one = |child: &Node| refers.split('|').any(|header| begins(&child.text, header));
    let is_there = |child: &Node| child.text != own && is_one(child);
    !root.children.iter().any(is_there)
}

fn lacks_companion(root: &Node, rule: &Rule, words: &[String]) -> bool {
    !rule.companions.is_empty() && !is_named(root, &rule.companions, words)
}

/// Says whether an entry of an access list names a group that is not there, or is empty.
fn lacks_group(root: &Node, rule: &Rule, words: &[String]) -> bool {
    const KINDS: &[&str] = &["object-group", "addrgroup", "portgroup"];
    if rule.effect != Some(Effect::Numbered) {
        return false;
    }
    let line = words.join(" ");
    let words: Vec<&str> = line.split(' ').collect();
    let is_there = |name: &str| {
        let mut groups = root.children.iter();
        groups.any(|group| {
            let is_group = group.text.starts_with("object-group ");
            is_group && group.text.ends_with(&format!(" {name}")) && !group.children.is_empty()
        })
    };
    let mut pairs = words.windows(2);
    pairs.any(|pair| KINDS.contains(&pair[0]) && !is_there(pair[1]))
}

/// Says whether a group is empty now that an access list names: it cannot be made so (IOS security configuration guide, object
/// groups for ACLs: restrictions).
pub(super) fn is_emptied(root: &Node, section: Option<&str>) -> bool {
    let group = section.filter(|key| key.starts_with("object-group "));
    let Some(group) = group.and_then(|key| root.child(key)) else {
        return false;
    };
    let is_member = |line: &Node| !line.text.starts_with("description ");
    let name = group.text.rsplit(' ').next().unwrap_or_default();
    !group.children.iter().any(is_member) && has_line(root, &[format!("*object-group {name}")])
}

/// Says whether the device printed such a line when it booted.
fn is_printed(section: &Node, line: &str) -> bool {
    let mut children = section.children.iter();
    children.any(|child| (child.booted && child.text == line) || is_printed(child, line))
}

fn count(section: &Node, line: &str) -> usize {
    let of = |child: &Node| usize::from(child.text == line) + count(child, line);
    section.children.iter().map(of).sum()
}

/// Says whether a line anywhere begins with what names the thing that goes, or holds it.
fn is_named(section: &Node, referred: &[String], words: &[String]) -> bool {
    let starts: Vec<String> = referred
        .iter()
        .map(|refers| filled(refers, words))
        .collect();
    !starts.is_empty() && has_line(section, &starts)
}

fn has_line(section: &Node, starts: &[String]) -> bool {
    let mut children = section.children.iter();
    children.any(|child| names(&child.text, starts) || has_line(child, starts))
}

fn names(line: &str, starts: &[String]) -> bool {
    starts.iter().any(|start| match start.strip_prefix('*') {
        Some(part) => format!(" {line} ").contains(&format!(" {part} ")),
        None => match start.strip_suffix('$') {
            Some(whole) => line == whole,
            None => begins(line, start),
        },
    })
}

/// Says whether a section that was just made was named before by a line that somebody typed: the device may have refused it, or
/// made the section by itself.
pub(super) fn is_named_before(mode: &Mode, root: &Node, words: &[&str]) -> bool {
    let Ok((rule, words)) = best(mode, words, |rule| rule.set.0.follow(words)) else {
        return false;
    };
    let starts: Vec<String> = rule
        .referred
        .iter()
        .map(|refers| filled(refers, &words))
        .collect();
    let mut named = Vec::new();
    typed_lines(root, &starts, &mut named);
    // So do its own line, and what came with it.
    let own = words.join(" ");
    let brings = |line: &str| {
        let mut brought = rule.brings.iter();
        line == own
            || brought.any(|brought| filled(brought.trim_start_matches('/'), &words) == line)
    };
    named.iter().any(|line| !brings(line))
}

fn typed_lines<'n>(section: &'n Node, starts: &[String], found: &mut Vec<&'n str>) {
    for child in &section.children {
        if !child.booted && names(&child.text, starts) {
            found.push(&child.text);
        }
        typed_lines(child, starts, found);
    }
}

/// Puts the words of a line into a template.
pub(super) fn filled(template: &str, words: &[String]) -> String {
    if !template.contains('{') {
        return template.to_owned();
    }
    let fill = |text: String, (at, word): (usize, &String)| {
        let number = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        text.replace(&format!("{{{at}}}"), word)
            .replace(&format!("{{{at}#}}"), number)
    };
    words.iter().enumerate().fold(template.to_owned(), fill)
}
