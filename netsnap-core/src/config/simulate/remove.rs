//! What does a line do that begins with `no`?

use super::bgp::NO_PEER;
use super::execute::{Attempt, Device, best};
use super::known::{follow_removal, key};
use super::pattern::Match;
use super::set::{is_doubtful, passive, place_negated};
use super::table::{Effect, Mode, Rule};
use super::tree::Node;
use super::{effects, list, switch, value};

/// Tries a line behind `no`.
pub(super) fn try_removal(
    device: &Device<'_>,
    mode: &Mode,
    section: &mut Node,
    words: &[&str],
) -> Attempt {
    let found = best(mode, |rule| follow_removal(rule, words));
    let attempt = match found {
        Ok((rule, words)) => {
            let words = value::kept(rule, words);
            let doubtful = rule.unproven
                || rule.removal_unproven
                || (rule.is_documented() && value::names_another(rule, section, &words))
                || is_doubtful(device, rule, section, &words);
            return match remove(device, mode, section, (rule, &words)) {
                attempt if doubtful => attempt.doubted(),
                attempt => attempt,
            };
        }
        Err(attempt) => attempt,
    };
    for rule in &mode.lines {
        for notation in &rule.remove {
            if let Match::Whole(words) = notation.0.follow(words) {
                let doubtful = is_doubtful(device, rule, section, &words);
                return match remove_all(section, rule, &words) {
                    attempt if doubtful || rule.unproven => attempt.doubted(),
                    attempt => attempt,
                };
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
        let line = format!("no {}", words.join(" "));
        return Attempt::Refused(fixed.replace("{line}", &line));
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
    if key == "ip address" && has_secondary(section) {
        return Attempt::Refused(SECONDARY_FIRST.to_owned()).doubted();
    }
    match rule.effect {
        Some(Effect::NeedsPeer) if !device.bgp.has(&words[1]) => {
            Attempt::Refused(NO_PEER.to_owned())
        }
        _ if rule.default_on || rule.negative.is_some() => {
            place_negated(mode, section, (rule, words))
        }
        _ if rule.reduces && typed != key => reduce(section, &key, &typed),
        Some(Effect::Sequence) => {
            let gone = list::remove_sequence(section, rule, words);
            let whole_list = rule.listed.is_some_and(|name| words.len() == name + 1);
            match done(rule, words, gone) {
                refused if !gone && !whole_list && rule.absent.is_some() => refused.doubted(),
                attempt => attempt,
            }
        }
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
        Some(Effect::ClearsLayer3) => switch::leave_vrf(section, &key),
        Some(Effect::Feature) => switch::end_feature(device, section, words),
        _ => match other_value(rule, section, &key, &typed) {
            Some(refusal) if refusal.is_empty() => Attempt::Taken(refusal),
            Some(refusal) => Attempt::Refused(refusal),
            None => done(rule, words, section.take_out(|child| child.key == key)),
        },
    }
}

/// Cisco IOS; the words are not from a document.
const SECONDARY_FIRST: &str = "Must delete secondary before deleting primary";

fn has_secondary(section: &Node) -> bool {
    section
        .children
        .iter()
        .any(|child| child.text.ends_with(" secondary"))
}

/// Some removals name the value, and are refused when another one stands.
fn other_value(rule: &Rule, section: &Node, key: &str, typed: &str) -> Option<String> {
    let other = rule.other.as_ref()?;
    let text = section.child(key).map(|child| child.text.as_str());
    let same = text.is_some_and(|text| value::is_same(text, typed));
    (typed != key && !same).then(|| other.clone())
}

/// Takes the value away, if it is the one that stands.
fn reduce(section: &mut Node, key: &str, typed: &str) -> Attempt {
    if let Some(stands) = section.child_mut(key).filter(|child| child.text == typed) {
        stands.text = key.to_owned();
    }
    Attempt::Taken(String::new())
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
        .or(rule.by)
        .and_then(|name| words.get(name))
        .map_or("", String::as_str);
    match &rule.absent {
        Some(absent) if !found => Attempt::Refused(absent.replace("{name}", name)),
        _ => Attempt::Taken(rule.farewell.clone().filter(|_| found).unwrap_or_default()),
    }
}
