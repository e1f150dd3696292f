//! What does a line do that begins with `no`?

use super::address::{Prefix, is_address};
use super::bgp::{NO_GROUP, NO_PEER};
use super::doubt::begins;
use super::execute::{Attempt, Device, best};
use super::interface::network;
use super::known::{Known, follow_removal, key};
use super::pattern::Match;
use super::set::{is_doubtful, passive, place_negated};
use super::table::{Effect, Mode, Rule};
use super::tree::Node;
use super::unnumbered::{self, Unnumbered};
use super::{bundle, effects, list, ospf, peers, port, switch, value};

/// Tries a line behind `no`.
pub(super) fn try_removal(
    device: &Device<'_>,
    mode: &Mode,
    section: &mut Node,
    words: &[&str],
) -> Attempt {
    let found = best(mode, words, |rule| follow_removal(rule, words));
    let attempt = match found {
        Ok((rule, words)) => {
            let words = value::kept(rule, words);
            let doubtful = rule.unproven
                || (rule.removal_unproven && !goes_alone(rule, section, &words))
                || (rule.is_documented() && names_options(rule, &words))
                || (rule.is_documented()
                    && !matches!(
                        rule.effect,
                        Some(Effect::MoreVlans | Effect::MoreNames | Effect::Bundle)
                    )
                    && value::names_another(rule, section, &words))
                || leads_others(rule, section, &words)
                || list::names_two(rule, section, &words)
                || device.ospf.may_free(rule, section, &words)
                || list::may_number_anew(rule, section, &words, true)
                || (mode.other_values_unproven && value::contradicts(rule, section, &words))
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
                // All that shares these words goes.
                let doubtful = (rule.alone.is_none() && is_doubtful(device, rule, section, &words))
                    || list::may_number_anew(rule, section, &words, true);
                return match remove_all(section, rule, &words) {
                    attempt if doubtful || rule.unproven => attempt.doubted(),
                    attempt => attempt,
                };
            }
        }
    }
    attempt
}

/// Says whether a line goes with which nothing else can go.
fn goes_alone(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let start = words[..words.len().min(2)].join(" ");
    let mut like = section
        .children
        .iter()
        .filter(|child| begins(&child.text, &start));
    rule.sure_alone && like.next().is_some() && like.next().is_none()
}

/// Says whether others of its network stand behind an address. A kernel that promotes none of them drops them with it, while the
/// configuration goes on to show them, and refuses without a word to take them back (measured, FRR 8.4.4 on Linux without
/// `promote_secondaries`).
fn leads_others(rule: &Rule, section: &Node, words: &[String]) -> bool {
    if rule.effect != Some(Effect::Address) {
        return false;
    }
    let line = words.join(" ");
    let own = network(&line).map(Prefix::masked);
    let lines = section.children.iter().map(|child| &child.text);
    let mut behind = lines.skip_while(|other| **other != line).skip(1);
    behind.any(|other| own.is_some() && network(other).map(Prefix::masked) == own)
}

/// Says whether a removal names words that may be left out: Cisco IOS takes those away and leaves the line (recorded in a
/// network engineer's notes: `no default-information originate route-map NAME` leaves `default-information originate`).
fn names_options(rule: &Rule, words: &[String]) -> bool {
    let is_longer = words.join(" ") != key(rule, words);
    is_longer && rule.set.0.has_options()
}

fn remove(
    device: &Device<'_>,
    mode: &Mode,
    section: &mut Node,
    (rule, words): (&Rule, &[String]),
) -> Attempt {
    let refused = refusal(device, section, (rule, words));
    let special = refused
        .or_else(|| remove_of_peer(device, mode, section, (rule, words)))
        .or_else(|| remove_of_area(section, rule, words));
    if let Some(attempt) = special {
        return attempt;
    }
    let typed = words.join(" ");
    let key = key(rule, words);
    let known = || taken_back(mode, rule, words);
    match rule.effect {
        Some(Effect::Everywhere) => effects::turn_everywhere(section, &known()),
        Some(Effect::Exception) => effects::except(section, &known()),
        Some(Effect::MoreVlans) if typed != key => switch::change_vlans(section, &known()),
        Some(Effect::MoreNames) if typed != key => switch::change_names(section, &known()),
        _ if device.has_by_default(rule) || rule.negative.is_some() => {
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
        Some(Effect::ClearsAddresses) => effects::leave_vrf(section, &key),
        Some(Effect::ClearsLayer3) => switch::leave_vrf(section, &key),
        Some(Effect::Layer) => port::turn(device, section, &known()),
        Some(Effect::Bundle) => bundle::leave(device.table, section, (&key, &typed)),
        Some(Effect::Feature) => switch::end_feature(device, section, words),
        _ => match other_value(rule, section, &key, &typed) {
            Some(refusal) if refusal.is_empty() => Attempt::Taken(refusal),
            Some(refusal) => Attempt::Refused(refusal),
            None => done(rule, words, section.take_out(|child| child.key == key)),
        },
    }
}

/// Says why a line cannot be taken back.
fn refusal(
    device: &Device<'_>,
    section: &Node,
    (rule, words): (&Rule, &[String]),
) -> Option<Attempt> {
    if let Some(fixed) = &rule.fixed {
        let line = format!("no {}", words.join(" "));
        return Some(Attempt::Refused(fixed.replace("{line}", &line)));
    }
    let key = key(rule, words);
    let is_booted = || section.child(&key).is_some_and(|child| child.booted);
    if let Some(active) = rule.active.as_ref().filter(|_| is_booted()) {
        return Some(Attempt::Refused(active.clone()));
    }
    if let Some(reason) = device.ospf.missing(rule, section, words) {
        // Of an area that was never there it is read over.
        return Some(Attempt::Refused(reason).doubted());
    }
    if key == "ip address" && has_secondary(section) {
        return Some(Attempt::Refused(SECONDARY_FIRST.to_owned()).doubted());
    }
    let reason = match rule.effect? {
        Effect::NeedsPeer | Effect::Activate | Effect::PeerBfd | Effect::Member
            if !device.bgp.has(&words[1]) =>
        {
            NO_PEER
        }
        Effect::Member if !device.bgp.has_target() => NO_GROUP,
        Effect::NeedsPeer => device.bgp.of_other_sort(words)?,
        _ => return None,
    };
    Some(Attempt::Refused(reason.to_owned()))
}

/// A line with `no` in front.
fn taken_back<'k>(mode: &'k Mode, rule: &'k Rule, words: &[String]) -> Known<'k> {
    Known {
        mode,
        rule,
        words: words.to_vec(),
        negated: true,
        arrivals: None,
    }
}

/// Takes a line about a BGP peer or a group back that takes others along.
fn remove_of_peer(
    device: &Device<'_>,
    mode: &Mode,
    section: &mut Node,
    (rule, words): (&Rule, &[String]),
) -> Option<Attempt> {
    let key = key(rule, words);
    let known = || taken_back(mode, rule, words);
    Some(match rule.effect? {
        Effect::Member => forget(section, &words[1]),
        Effect::Peer if device.bgp.is_of_interface() => {
            unnumbered::remove_as(section, &words[1], &words.join(" "))
        }
        Effect::Peer if !device.bgp.is_group() => forget(section, &words[1]),
        Effect::InterfacePeer => {
            let found = Unnumbered::of(section, &words[1]).is_some();
            peers::forget(section, &words[1]);
            done(rule, words, found)
        }
        Effect::Peer if words.join(" ") == key => Attempt::Incomplete,
        Effect::Peer => {
            if section.take_out(|child| child.key == key) {
                peers::forget_members(section, &words[1]);
            }
            Attempt::Taken(String::new())
        }
        Effect::Group => {
            let found = section.child(&key).is_some();
            peers::forget(section, &words[1]);
            done(rule, words, found)
        }
        Effect::Activate => peers::activate(device, section, &known()),
        Effect::FamilyDefault => peers::turn_default(device, section, &known()),
        Effect::PeerBfd | Effect::WithProfile => peers::remove_bfd(section, &key),
        _ => return None,
    })
}

/// Takes a property of an OSPF area back where that is more than one line.
fn remove_of_area(section: &mut Node, rule: &Rule, words: &[String]) -> Option<Attempt> {
    if rule.effect != Some(Effect::Area) {
        return None;
    }
    let (key, typed) = (key(rule, words), words.join(" "));
    if typed != key && words[2] == "nssa" {
        return Some(Attempt::Unmodelled);
    }
    if ospf::frees(section, words) {
        let gone = section.take_out(|child| child.key == key);
        return Some(done(rule, words, gone).doubted());
    }
    (typed == key).then(|| ospf::remove(section, words, &key))
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
        Some(Effect::Peer) => forget_named(section, &words[1]),
        Some(Effect::Sequence) => done(rule, words, list::remove_sequence(section, rule, words)),
        _ => {
            let key = key(rule, words);
            let start = format!("{key} ");
            let gone = section.take_out(|child| child.key == key || child.key.starts_with(&start));
            done(rule, words, gone)
        }
    }
}

fn forget(section: &mut Node, peer: &str) -> Attempt {
    peers::forget(section, peer);
    Attempt::Taken(String::new())
}

/// A name that is no address has to be that of a group or of a peer of an interface (recorded, FRR 8.4.4).
fn forget_named(section: &mut Node, peer: &str) -> Attempt {
    let is_group = section
        .child(&format!("neighbor {peer} peer-group"))
        .is_some();
    match is_group || is_address(peer) || Unnumbered::of(section, peer).is_some() {
        true => forget(section, peer),
        false => Attempt::Refused("% Create the peer-group first".to_owned()),
    }
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
