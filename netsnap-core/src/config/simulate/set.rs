//! What does a line do that says what shall hold?

use super::execute::{Attempt, Device, Passive, best};
use super::known::{Known, key};
use super::table::{Effect, Mode, Rule};
use super::tree::{Node, Separator};
use super::{
    bundle, doubt, effects, list, ospf, peers, port, regexp, route, switch, unnumbered, unseen,
    value,
};

/// Tries a line without `no`.
pub(super) fn try_set(
    device: &Device<'_>,
    mode: &Mode,
    section: &mut Node,
    words: &[&str],
) -> Attempt {
    let (rule, words) = match best(mode, words, |rule| rule.set.0.follow(words)) {
        Ok(found) => found,
        Err(attempt) => return attempt,
    };
    let words = value::kept(rule, words);
    let doubtful = rule.unproven
        || (!stands(rule, section, &words) && is_doubtful(device, rule, section, &words))
        || (rule.change_unproven && value::is_other(rule, section, &words))
        || value::is_doubtful(rule, &words)
        || value::leaves_out(rule, section, &words)
        || doubt::by_spelling(device, rule, section, &words)
        || list::is_taken(rule, section, &words)
        || list::may_number_anew(rule, section, &words, false)
        || value::are_timers_adjusted(&words)
        || regexp::is_doubtful(rule, &words)
        || device.bgp.is_retyped(rule);
    let known = Known {
        mode,
        rule,
        words,
        negated: false,
        arrivals: None,
    };
    match carry_out(device, section, known) {
        attempt if doubtful => attempt.doubted(),
        attempt => attempt,
    }
}

/// Says whether a section stands already, so that its header only enters it again.
fn stands(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let child = section.child(&key(rule, words));
    rule.enter.is_some() && child.is_some_and(|child| child.text == words.join(" "))
}

/// Says whether a line that no rule knows may change what this one does.
pub(super) fn is_doubtful(
    device: &Device<'_>,
    rule: &Rule,
    section: &Node,
    words: &[String],
) -> bool {
    let key = key(rule, words);
    let begins = |text: &str| {
        let rest = text.strip_prefix(key.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let has_rival = section
        .children
        .iter()
        .any(|child| child.literal && begins(&child.text));
    // A map that calls itself is refused.
    let calls_itself =
        words[0] == "call" && section.text.split(' ').nth(1) == words.get(1).map(String::as_str);
    // An entry that denies goes nowhere.
    let goes_on = words[0] == "on-match" && !section.text.contains(" permit ");
    has_rival
        || calls_itself
        || goes_on
        || is_second_peer(section, &key, words)
        || device.bgp.is_doubtful(rule, section, words)
        || ospf::is_doubtful(rule, section, words)
        || doubt::by_neighbours(device, rule, section, words)
}

/// BFD refuses a peer on an interface beside the same peer on none (recorded, FRR 8.4.4).
fn is_second_peer(section: &Node, key: &str, words: &[String]) -> bool {
    let is_peer = section.mode.as_deref() == Some("bfd") && words[0] == "peer" && words.len() > 1;
    let is_other = |child: &Node| {
        let mut other = child.key.split(' ');
        child.key != key && other.next() == Some("peer") && other.next() == Some(&words[1])
    };
    is_peer && section.children.iter().any(is_other)
}

fn carry_out(device: &Device<'_>, section: &mut Node, known: Known<'_>) -> Attempt {
    let rule = known.rule;
    if let Some(refusal) = refusal(device, rule, section, &known.words) {
        return Attempt::Refused(refusal);
    }
    if value::is_hidden(rule, &known.words) {
        section.take_out(|child| child.key == known.key());
        return Attempt::Taken(String::new());
    }
    if device.bgp.is_idle(rule, &known.words) {
        return Attempt::Taken(String::new());
    }
    let note = note(device, section, &known);
    match rule.effect {
        Some(Effect::FamilyDefault) => return peers::turn_default(device, section, &known),
        _ if device.has_by_default(rule) => {
            section.take_out(|child| child.key == known.key());
        }
        Some(Effect::Sequence) => list::set_sequence(section, known),
        Some(Effect::Numbered) => return list::set_numbered(device, section, known),
        Some(Effect::Resequence) => return unseen::give(section, &known.words),
        Some(Effect::Route) => return route::set(section, &known),
        Some(Effect::Member) => return peers::join(device, section, &known),
        Some(Effect::Peer) if device.bgp.is_group() => {
            return peers::set_group_as(device, section, &known);
        }
        Some(Effect::Peer) if device.bgp.is_of_interface() => {
            return unnumbered::set_as(device, section, &known);
        }
        Some(Effect::Peer) => return peers::set_as(device, section, &known),
        Some(Effect::InterfacePeer) => return unnumbered::set(device, section, &known),
        Some(Effect::PeerBfd) => return peers::set_bfd(device, section, &known),
        Some(Effect::Activate) => return peers::activate(device, section, &known),
        Some(Effect::Area) => return ospf::set(device, section, &known),
        Some(Effect::IntoUnicast) => return effects::in_unicast(device, section, &known.text()),
        Some(Effect::Passive) => return passive(&known.words[1], "ip ospf passive", &note),
        Some(Effect::ClearsAddresses) => return effects::change_vrf(section, &known),
        Some(Effect::ClearsLayer3) => return switch::change_vrf(section, &known),
        Some(Effect::Vlans) => return switch::set_vlans(section, &known),
        Some(Effect::MoreVlans) => return switch::change_vlans(section, &known),
        Some(Effect::MoreNames) => return switch::change_names(section, &known),
        Some(Effect::Everywhere) => return effects::turn_everywhere(section, &known),
        Some(Effect::Exception) => return effects::except(section, &known),
        Some(Effect::Layer) => return port::turn(device, section, &known),
        Some(Effect::Bundle) => return bundle::join(section, &known, note),
        _ => return place(section, &known, note),
    }
    Attempt::Taken(note)
}

fn refusal(device: &Device<'_>, rule: &Rule, section: &Node, words: &[String]) -> Option<String> {
    let on_loopback = || {
        let refusal = rule.on_loopback.clone()?;
        (section.text == "interface lo").then_some(refusal)
    };
    let by_effect = match rule.effect {
        Some(
            Effect::NeedsPeer
            | Effect::Peer
            | Effect::InterfacePeer
            | Effect::Member
            | Effect::Activate
            | Effect::PeerBfd,
        ) => device.bgp.refusal(rule, section, words),
        Some(Effect::Sequence) => value::bad_range(words)
            .or_else(|| conflict(rule, section, words))
            .or_else(|| regexp::refusal(rule, words)),
        Some(Effect::Area | Effect::NetworkOfArea | Effect::AreaOfInterface | Effect::Profile) => {
            device.ospf.refusal(rule, section, words)
        }
        Some(Effect::Address) => effects::bad_address(words),
        _ => value::goes_back(section, words),
    };
    by_effect
        .or_else(|| switch::missing(device, rule, words))
        .or_else(on_loopback)
        .or_else(|| taken(rule, section, words))
}

fn taken(rule: &Rule, section: &Node, words: &[String]) -> Option<String> {
    let taken = rule.taken.as_ref()?;
    let key = key(rule, words);
    let stands = section
        .child(&key)
        .filter(|child| !value::is_same(&child.text, &words.join(" ")))?;
    let mut words = stands.text.split(' ').enumerate();
    let is_value = |at: usize| {
        rule.identity
            .as_ref()
            .is_some_and(|identity| !identity.contains(&at))
    };
    let value = words.find(|(at, _)| is_value(*at)).map(|(_, word)| word);
    let value = value.or_else(|| stands.text.rsplit(' ').next());
    Some(taken.replace("{value}", value.unwrap_or_default()))
}

/// Two lists of one name are of one kind.
fn conflict(rule: &Rule, section: &Node, words: &[String]) -> Option<String> {
    let conflict = rule.conflict.as_ref()?;
    let start = format!("{} {} ", words[0], words[1]);
    let other = |child: &Node| {
        let (kind, rest) = child.text.strip_prefix(&start)?.split_once(' ')?;
        let is_other = rest.split(' ').next() == Some(&words[3]) && kind != words[2];
        is_other.then(|| conflict.replace("{kind}", kind))
    };
    section.children.iter().find_map(other)
}

fn note(device: &Device<'_>, section: &Node, known: &Known<'_>) -> String {
    let again = known.rule.again.clone();
    let again = again.filter(|_| section.child(&known.key()).is_some());
    device
        .bgp
        .note(known.rule, &known.words)
        .or(again)
        .or_else(|| known.rule.note.clone())
        .unwrap_or_default()
}

/// Puts a line where the device prints it, in place of what has the same identity.
pub(super) fn place(section: &mut Node, known: &Known<'_>, note: String) -> Attempt {
    let node = known.node(&section.children);
    let key = node.key.clone();
    let entered = node.mode.is_some();
    match section.child_mut(&key) {
        Some(stands) if value::is_same(&stands.text, &node.text) => {}
        Some(_) if known.rule.negative.is_some() => effects::turn(section, known, node),
        Some(stands) if entered || stands.place == node.place => stands.text.clone_from(&node.text),
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

/// The line is kept on an interface.
pub(super) fn passive(interface: &str, line: &str, note: &str) -> Attempt {
    Attempt::Passive(Passive {
        line: line.to_owned(),
        interface: interface.to_owned(),
        note: note.replace("{line}", line),
    })
}

/// Says whether a line of this rule gets a `!` before it.
pub(super) fn separator(rule: &Rule) -> Separator {
    match rule.block.is_some() || rule.gap {
        true => Separator::Block,
        false => Separator::Never,
    }
}

/// Says what `no X` prints where it is printed.
pub(super) fn place_negated(
    mode: &Mode,
    section: &mut Node,
    (rule, words): (&Rule, &[String]),
) -> Attempt {
    let known = Known {
        mode,
        rule,
        words: words.to_vec(),
        negated: true,
        arrivals: None,
    };
    debug_assert!(rule.default_on || rule.negative.is_some());
    place(section, &known, String::new())
}
