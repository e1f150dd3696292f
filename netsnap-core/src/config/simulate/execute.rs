//! What happens when a line is typed in a section?

use std::collections::BTreeSet;

use super::known::{Known, follow_removal, key, split_no};
use super::pattern::Match;
use super::table::{Effect, Mode, Rule, Table};
use super::tree::{Node, Separator};
use super::{effects, list, route};

/// What became of a line in one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The device took it, and printed this.
    Taken(String),
    /// It took it and went into this section: its key.
    Entered(String),
    /// It refused it with these words.
    Refused(String),
    /// It ends too early.
    Incomplete,
    /// It departs from all that the section knows, at this word.
    Departs(usize),
    /// It took it, printed the note, and keeps it on this interface.
    Passive(Passive),
    /// The device knows such lines; the rules do not.
    Unmodelled,
}

/// What is kept on another section than the one it was typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passive {
    pub(super) line: String,
    pub(super) interface: String,
    pub(super) note: String,
}

/// What a section cannot know by itself.
#[derive(Clone, Debug)]
pub(super) struct Device<'a> {
    pub(super) table: &'a Table,
    /// The BGP peers and peer groups.
    pub(super) peers: BTreeSet<String>,
}

/// Tries a line in a section of a mode. `section` is changed only when the line is taken.
pub(super) fn attempt(
    device: &Device<'_>,
    mode: &str,
    section: &mut Node,
    words: &[&str],
) -> Attempt {
    let Some(mode) = device.table.modes.get(mode) else {
        return Attempt::Unmodelled;
    };
    let (negated, rest) = split_no(words);
    let tried = match negated {
        true => try_removal(device, mode, section, rest),
        false => try_set(device, mode, section, rest),
    };
    match tried {
        Attempt::Departs(at) if !claimed(mode, rest) && mode.knows(rest) => match at {
            _ if rest.is_empty() => Attempt::Incomplete,
            _ => Attempt::Unmodelled,
        },
        Attempt::Departs(at) => Attempt::Departs(at + usize::from(negated)),
        other => other,
    }
}

/// Says whether a rule decides about lines that begin like this.
fn claimed(mode: &Mode, words: &[&str]) -> bool {
    mode.lines.iter().any(|rule| {
        let head = rule.set.0.head();
        !head.is_empty() && words.starts_with(&head)
    })
}

/// The rule that a line follows as a whole; else how far the best one goes.
fn best(mode: &Mode, follow: impl Fn(&Rule) -> Match) -> Result<(&Rule, Vec<String>), Attempt> {
    let mut worst = Attempt::Departs(0);
    for rule in &mode.lines {
        match (follow(rule), &worst) {
            (Match::Whole(words), _) => return Ok((rule, words)),
            (Match::Incomplete, _) => worst = Attempt::Incomplete,
            (Match::Departs(at), Attempt::Departs(most)) if at > *most => {
                worst = Attempt::Departs(at);
            }
            _ => {}
        }
    }
    Err(worst)
}

fn try_set(device: &Device<'_>, mode: &Mode, section: &mut Node, words: &[&str]) -> Attempt {
    let (rule, words) = match best(mode, |rule| rule.set.0.follow(words)) {
        Ok(found) => found,
        Err(attempt) => return attempt,
    };
    if let Some(refusal) = refusal(device, rule, section, &words) {
        return Attempt::Refused(refusal);
    }
    let note = rule.note.clone().unwrap_or_default();
    let known = Known { mode, rule, words };
    match rule.effect {
        _ if rule.default_on => drop(section.take_out(|child| child.key == known.key())),
        Some(Effect::Sequence) => list::set_sequence(section, known),
        Some(Effect::Numbered) => list::set_numbered(section, known),
        Some(Effect::Route) if !route::set(section, &known) => return Attempt::Departs(3),
        Some(Effect::Route) => {}
        Some(Effect::IntoUnicast) => return effects::in_unicast(device, section, &known.text()),
        Some(Effect::Passive) => return passive(&known.words[1], "ip ospf passive", &note),
        Some(Effect::ClearsAddresses) => return effects::change_vrf(section, &known),
        _ => return place(section, &known, note),
    }
    Attempt::Taken(note)
}

fn refusal(device: &Device<'_>, rule: &Rule, section: &Node, words: &[String]) -> Option<String> {
    if rule.effect == Some(Effect::NeedsPeer) && !device.peers.contains(&words[1]) {
        return Some(effects::NO_PEER.to_owned());
    }
    let taken = rule.taken.as_ref()?;
    let key = key(rule, words);
    let stands = section
        .child(&key)
        .filter(|child| child.text != words.join(" "))?;
    let value = stands.text.rsplit(' ').next().unwrap_or_default();
    Some(taken.replace("{value}", value))
}

fn place(section: &mut Node, known: &Known<'_>, note: String) -> Attempt {
    let node = known.node(&section.children);
    let key = node.key.clone();
    let entered = node.mode.is_some();
    match section.child_mut(&key) {
        Some(stands) if entered || stands.place == node.place => stands.text = node.text,
        Some(_) => {
            section.take_out(|child| child.key == key);
            section.insert(node, &separator(known.rule));
        }
        None => section.insert(node, &separator(known.rule)),
    }
    match entered {
        true => Attempt::Entered(key),
        false => Attempt::Taken(note),
    }
}

fn passive(interface: &str, line: &str, note: &str) -> Attempt {
    Attempt::Passive(Passive {
        line: line.to_owned(),
        interface: interface.to_owned(),
        note: note.replace("{line}", line),
    })
}

fn separator(rule: &Rule) -> Separator {
    match rule.block.is_some() || rule.gap {
        true => Separator::Block,
        false => Separator::Never,
    }
}

fn try_removal(device: &Device<'_>, mode: &Mode, section: &mut Node, words: &[&str]) -> Attempt {
    let found = best(mode, |rule| follow_removal(rule, words));
    let attempt = match found {
        Ok((rule, words)) => return remove(device, mode, section, (rule, &words)),
        Err(attempt) => attempt,
    };
    for rule in &mode.lines {
        for notation in &rule.remove {
            if let Match::Whole(words) = notation.0.follow(words) {
                return remove_all(section, rule, &words);
            }
        }
    }
    attempt
}

fn remove(
    device: &Device<'_>,
    mode: &Mode,
    section: &mut Node,
    (rule, words): (&Rule, &[String]),
) -> Attempt {
    if let Some(fixed) = &rule.fixed {
        return Attempt::Refused(fixed.clone());
    }
    if let Some(active) = &rule.active
        && section
            .child(&key(rule, words))
            .is_some_and(|child| child.booted)
    {
        return Attempt::Refused(active.clone());
    }
    let typed = words.join(" ");
    let key = key(rule, words);
    match rule.effect {
        _ if rule.default_on => {
            let known = Known {
                mode,
                rule,
                words: words.to_vec(),
            };
            place(section, &known, String::new())
        }
        Some(Effect::NeedsPeer) if !device.peers.contains(&words[1]) => {
            Attempt::Refused(effects::NO_PEER.to_owned())
        }
        Some(Effect::Sequence) => done(rule, words, list::remove_sequence(section, rule, words)),
        Some(Effect::Numbered) => done(rule, words, list::remove_numbered(section, words)),
        Some(Effect::IntoUnicast) => effects::in_unicast(device, section, &format!("no {typed}")),
        Some(Effect::Passive) => passive(
            &words[1],
            "no ip ospf passive",
            rule.note.as_deref().unwrap_or_default(),
        ),
        Some(Effect::Peer) => {
            effects::forget_peer(section, &words[1]);
            Attempt::Taken(String::new())
        }
        Some(Effect::ClearsAddresses) => effects::leave_vrf(section, &key),
        _ => match other_value(rule, section, &key, &typed) {
            Some(refusal) => Attempt::Refused(refusal),
            None => done(rule, words, section.take_out(|child| child.key == key)),
        },
    }
}

/// Some removals name the value, and are refused when another one stands.
fn other_value(rule: &Rule, section: &Node, key: &str, typed: &str) -> Option<String> {
    let other = rule.other.as_ref()?;
    let text = section.child(key).map(|child| child.text.as_str());
    (typed != key && text != Some(typed)).then(|| other.clone())
}

fn remove_all(section: &mut Node, rule: &Rule, words: &[String]) -> Attempt {
    match rule.effect {
        Some(Effect::Peer) => effects::forget_peer(section, &words[1]),
        Some(Effect::Sequence) => {
            return done(rule, words, list::remove_sequence(section, rule, words));
        }
        _ => {
            let key = key(rule, words);
            let start = format!("{key} ");
            let gone = section.take_out(|child| child.key == key || child.key.starts_with(&start));
            return done(rule, words, gone);
        }
    }
    Attempt::Taken(String::new())
}

fn done(rule: &Rule, words: &[String], found: bool) -> Attempt {
    let name = rule
        .listed
        .and_then(|name| words.get(name))
        .map_or("", String::as_str);
    match &rule.absent {
        Some(absent) if !found => Attempt::Refused(absent.replace("{name}", name)),
        _ => Attempt::Taken(rule.farewell.clone().unwrap_or_default()),
    }
}
