//! What do lines do to the peers and peer groups of a BGP process? (Recorded, FRR 8.4.4.)

use super::bgp::Bgp;
use super::execute::{Attempt, Device, attempt};
use super::known::Known;
use super::place::{Part, Place, natural};
use super::set::{place, separator};
use super::tree::Node;
use super::unnumbered::{Unnumbered, group_of};

const UNICAST: &[&str] = &["address-family", "ipv4", "unicast"];

/// The rest of a line about a peer: `neighbor NAME REST`, negated or not.
fn about(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("no ").unwrap_or(line);
    line.strip_prefix("neighbor ")?.split_once(' ')
}

/// Takes out all lines of a peer, in the address families too, and those of its members where it is a group.
pub(super) fn forget(section: &mut Node, peer: &str) {
    for member in members(section, peer) {
        forget(section, &member);
    }
    remember(section, peer);
    take_lines(section, peer);
}

fn take_lines(section: &mut Node, peer: &str) {
    section.take_out(|child| about(&child.text).is_some_and(|(name, _)| name == peer));
    for child in &mut section.children {
        take_lines(child, peer);
    }
}

/// Takes out the members of a group, which has lost its AS.
pub(super) fn forget_members(section: &mut Node, group: &str) {
    for member in members(section, group) {
        forget(section, &member);
    }
}

fn members(section: &Node, group: &str) -> Vec<String> {
    let lines = section
        .children
        .iter()
        .filter_map(|child| about(&child.text));
    let lines = lines.filter(|(_, rest)| group_of(rest).as_deref() == Some(group));
    lines.map(|(name, _)| name.to_owned()).collect()
}

/// A group knows of what sort its members were when they are gone.
fn remember(section: &mut Node, peer: &str) {
    let words: Vec<&str> = ["neighbor", peer].to_vec();
    let own = Bgp::of_process(section, &words);
    let (Some(group), Some(sort)) = (own.group_name(), own.own_sort()) else {
        return;
    };
    if let Some(group) = section.child_mut(&format!("neighbor {group} peer-group")) {
        group.memory = Some(sort.to_owned());
    }
}

/// Puts a peer into a group. Where the group has an AS, the peer's own goes.
pub(super) fn join(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let (peer, group) = (known.words[1].clone(), known.words[3].clone());
    let is_doubtful = !device.bgp.is_member() && shares(section, &peer, &group);
    if device.bgp.has_target_as() {
        section.take_out(|child| child.key == format!("neighbor {peer} remote-as"));
    } else if let Some(sort) = device.bgp.own_sort()
        && let Some(line) = section.child_mut(&format!("neighbor {group} peer-group"))
    {
        line.memory = Some(sort.to_owned());
    }
    match place(section, known, String::new()) {
        attempt if is_doubtful => attempt.doubted(),
        attempt => attempt,
    }
}

/// Says whether a peer and a group have settings of one kind, or the peer is active or not on its own: not measured, but for the
/// description and what stands in the process itself.
pub(super) fn shares(section: &Node, peer: &str, group: &str) -> bool {
    section.children.iter().any(|family| {
        let of = |name: &str| -> Vec<&str> {
            let lines = family
                .children
                .iter()
                .filter_map(|child| about(&child.text));
            let lines = lines.filter(|(other, _)| *other == name);
            lines
                .filter_map(|(_, rest)| rest.split(' ').next())
                .collect()
        };
        let (own, common) = (of(peer), of(group));
        own.iter()
            .any(|word| *word == "activate" || common.contains(word))
    })
}

/// Gives a group an AS; its members lose theirs.
pub(super) fn set_group_as(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let names = members(section, &known.words[1]);
    for member in names {
        section.take_out(|child| child.key == format!("neighbor {member} remote-as"));
    }
    set_as(device, section, known)
}

/// Gives a peer or a group an AS. What is for peers of the other sort alone goes without a word: a client of the reflector, and the
/// AS as which the peer sees us; devices that were not measured may keep it. The lines of members stay.
pub(super) fn set_as(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let attempt = place(section, known, String::new());
    follow_sort(
        device,
        section,
        &known.words[1],
        (Some(&known.words[3]), attempt),
    )
}

/// Takes away what a peer with an AS cannot have any more.
pub(super) fn follow_sort(
    device: &Device<'_>,
    section: &mut Node,
    peer: &str,
    (number, attempt): (Option<&str>, Attempt),
) -> Attempt {
    let Some(number) = number else {
        return attempt;
    };
    if device.bgp.sort_of(number) == "external" {
        let line = format!("neighbor {peer} route-reflector-client");
        let had_client = take_out_inside(section, &line);
        return match had_client && device.table.is_documented() {
            true => attempt.doubted(),
            false => attempt,
        };
    }
    let key = format!("neighbor {peer} local-as");
    let had_local = section.take_out(|child| child.key == key);
    match had_local && (device.bgp.is_group() || device.table.is_documented()) {
        true => attempt.doubted(),
        false => attempt,
    }
}

fn take_out_inside(section: &mut Node, line: &str) -> bool {
    let mut had = false;
    for family in &mut section.children {
        had |= family.take_out(|child| child.text == line);
    }
    had
}

/// Turns around who is active in IPv4 by default: who is active stays so, and what is printed changes.
pub(super) fn turn_default(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    let was_off = section.child(&key).is_some();
    if was_off == known.negated {
        return Attempt::Taken(String::new());
    }
    match was_off {
        true => drop(section.take_out(|child| child.key == key)),
        false => section.insert(known.node(&section.children), &separator(known.rule)),
    }
    let mut peers: Vec<String> = Vec::new();
    for (name, rest) in section
        .children
        .iter()
        .filter_map(|child| about(&child.text))
    {
        let is_own = rest == "peer-group"
            || rest.starts_with("remote-as ")
            || rest.starts_with("interface ");
        if is_own && !peers.iter().any(|peer| peer == name) {
            peers.push(name.to_owned());
        }
    }
    let has_unknown = section
        .children
        .iter()
        .any(|child| child.literal && about(&child.text).is_some());
    // Not measured.
    let is_member =
        |peer: &String| Unnumbered::of(section, peer).is_some_and(|peer| peer.group.is_some());
    let has_unknown = has_unknown || peers.iter().any(is_member);
    peers.retain(|peer| {
        section
            .child(&format!("neighbor {peer} peer-group"))
            .is_none_or(|line| line.text.ends_with(" peer-group"))
    });
    for peer in peers {
        turn_peer(device, section, (&peer, was_off));
    }
    match Attempt::Taken(String::new()) {
        taken if has_unknown => taken.doubted(),
        taken => taken,
    }
}

/// Says that a peer is active, or is not; what it is by default is not printed.
pub(super) fn activate(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let key = known.key();
    section.take_out(|child| child.key == key);
    if known.negated != device.bgp.is_default_off {
        section.insert(known.node(&section.children), &separator(known.rule));
    }
    Attempt::Taken(String::new())
}

/// Sets BFD for a peer; a profile sets it too.
pub(super) fn set_bfd(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let plain = ["neighbor", &known.words[1], "bfd"];
    if known.words.len() > plain.len() && section.child(&plain.join(" ")).is_none() {
        let _ = attempt(device, "router-bgp", section, &plain);
    }
    place(section, known, String::new())
}

/// Takes BFD back with its profile, or the profile alone.
pub(super) fn remove_bfd(section: &mut Node, key: &str) -> Attempt {
    let profile = format!("{key} profile");
    section.take_out(|child| child.key == key || child.key == profile);
    Attempt::Taken(String::new())
}

/// What is printed of one peer: what it is by default is not.
fn turn_peer(device: &Device<'_>, section: &mut Node, (peer, was_off): (&str, bool)) {
    let Attempt::Entered(family) = attempt(device, "router-bgp", section, UNICAST) else {
        return;
    };
    let key = format!("neighbor {peer} activate");
    let Some(family) = section.child_mut(&family) else {
        return;
    };
    if family.take_out(|child| child.key == key) {
        return;
    }
    let words: Vec<&str> = key.split(' ').collect();
    let negated: Vec<&str> = std::iter::once("no").chain(words.iter().copied()).collect();
    let turned = Device {
        table: device.table,
        bgp: Bgp::with_default(peer, !was_off),
        ospf: device.ospf,
        features: device.features.clone(),
        switches: device.switches.clone(),
        switches_by_itself: device.switches_by_itself,
        shows_numbers: device.shows_numbers,
    };
    let _ = match was_off {
        true => attempt(&turned, "af", family, &negated),
        false => attempt(&turned, "af", family, &words),
    };
    seat(section, peer);
}

/// Puts all lines of a peer where it stands among the others.
pub(super) fn seat(process: &mut Node, peer: &str) {
    let place = seat_of(process, peer);
    reseat(process, peer, &place);
}

/// Gives the lines of all peers their places, and leaves them where they are.
pub(super) fn seat_all(process: &mut Node) {
    let names = process
        .children
        .iter()
        .filter_map(|child| about(&child.text));
    let names: std::collections::BTreeSet<String> =
        names.map(|(name, _)| name.to_owned()).collect();
    let seats: Vec<(String, Place)> = names
        .into_iter()
        .map(|name| (name.clone(), seat_of(process, &name)))
        .collect();
    let seats = seats.into_iter().collect();
    note_seats(process, &seats);
}

fn note_seats(section: &mut Node, seats: &std::collections::BTreeMap<String, Place>) {
    for child in &mut section.children {
        note_seats(child, seats);
        if let Some((name, _)) = about(&child.text)
            && let Some(seat) = seats.get(name)
        {
            sit(&mut child.place, seat);
        }
    }
}

/// Groups by name, their members, then interfaces and addresses (recorded, FRR 8.4.4).
fn seat_of(process: &Node, peer: &str) -> Place {
    let own = process.child(&format!("neighbor {peer} peer-group"));
    let group = own.and_then(|line| {
        line.text
            .split_once(" peer-group")
            .map(|(_, group)| group.trim())
    });
    let unnumbered = Unnumbered::of(process, peer).and_then(|peer| peer.group);
    match group.or(unnumbered.as_deref()) {
        Some("") => vec![Part::Number(0), Part::Text(peer.to_owned())],
        Some(group) => {
            let mut place = vec![Part::Number(1), Part::Text(group.to_owned())];
            place.extend(natural(peer));
            place
        }
        None => {
            let mut place = vec![Part::Number(2)];
            place.extend(natural(peer));
            place
        }
    }
}

/// The rank of the rules of peers stays in front, and that of its own rule behind.
fn sit(place: &mut Option<Place>, seat: &Place) {
    let Some(old) = place.as_ref() else { return };
    let (Some(rank), Some(own)) = (old.first(), old.last()) else {
        return;
    };
    let mut new = vec![rank.clone()];
    new.extend(seat.iter().cloned());
    new.push(own.clone());
    *place = Some(new);
}

fn reseat(section: &mut Node, peer: &str, seat: &Place) {
    let is_own = |child: &Node| about(&child.text).is_some_and(|(name, _)| name == peer);
    let mut moved: Vec<Node> = Vec::new();
    let mut at = 0;
    while at < section.children.len() {
        let child = &section.children[at];
        let mut new = child.place.clone().filter(|_| is_own(child));
        sit(&mut new, seat);
        if is_own(child) && new != child.place {
            let mut child = section.children.remove(at);
            child.place = new;
            moved.push(child);
            continue;
        }
        if !child.children.is_empty() {
            reseat(&mut section.children[at], peer, seat);
        }
        at += 1;
    }
    for child in moved {
        section.insert(child, &super::tree::Separator::Never);
    }
}
