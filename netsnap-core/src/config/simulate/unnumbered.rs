//! What do lines do to BGP peers that are named by an interface instead of an address? (Recorded, FRR 8.4.4.)

use super::address::is_address;
use super::execute::{Attempt, Device};
use super::known::Known;
use super::peers;
use super::set::place;
use super::tree::Node;

/// `neighbor NAME interface [v6only] [remote-as NUMBER | peer-group GROUP]`, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unnumbered {
    is_v6_only: bool,
    pub(super) system: Option<String>,
    pub(super) group: Option<String>,
}

impl Unnumbered {
    /// Reads what stands behind the name of a peer; `None` where that is something else.
    pub(super) fn read(rest: &str) -> Option<Self> {
        let mut words = rest.split(' ');
        if words.next() != Some("interface") {
            return None;
        }
        let mut read = Self::default();
        while let Some(word) = words.next() {
            let place = match word {
                "v6only" => {
                    read.is_v6_only = true;
                    continue;
                }
                "remote-as" => &mut read.system,
                "peer-group" => &mut read.group,
                _ => return None,
            };
            *place = Some(words.next()?.to_owned());
        }
        Some(read)
    }

    /// Reads what makes a peer of an interface in a process.
    pub(super) fn of(process: &Node, peer: &str) -> Option<Self> {
        let start = format!("neighbor {peer} ");
        let line = process.child(&format!("{start}interface"))?;
        Self::read(line.text.strip_prefix(&start)?)
    }

    fn words(&self, peer: &str) -> Vec<String> {
        let mut words = vec!["neighbor", peer, "interface"];
        words.extend(self.is_v6_only.then_some("v6only"));
        let named = [("remote-as", &self.system), ("peer-group", &self.group)];
        for (word, name) in named {
            words.extend(name.iter().flat_map(|name| [word, name]));
        }
        words.into_iter().map(str::to_owned).collect()
    }
}

/// Returns the group that a line puts its peer into, by what stands behind the name of the peer.
pub(super) fn group_of(rest: &str) -> Option<String> {
    match rest.strip_prefix("peer-group ") {
        Some(group) => Some(group.to_owned()),
        None => Unnumbered::read(rest)?.group,
    }
}

/// Makes a peer of an interface, or changes one: what the line does not name stays, but for the word `v6only`. In a group that has an AS
/// it has none of its own.
pub(super) fn set(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let peer = known.words[1].clone();
    let Some(typed) = Unnumbered::read(&known.words[2..].join(" ")) else {
        return place(section, known, String::new()).doubted();
    };
    let before = Unnumbered::of(section, &peer);
    let stood = before.clone().unwrap_or_default();
    let group = typed.group.or(stood.group);
    let own = typed.system.or(stood.system);
    let common = group.as_ref().and_then(|_| device.bgp.target_as());
    let is_sure = match (&group, common) {
        // What is printed of a group without an AS are two lines.
        (Some(_), None) => false,
        (Some(group), Some(common)) => {
            let is_new = before.is_none_or(|before| before.group.is_none());
            let sort = |number: &str| device.bgp.sort_of(number);
            let same_sort = own.as_deref().is_none_or(|own| sort(own) == sort(common));
            !is_new || (same_sort && !peers::shares(section, &peer, group))
        }
        (None, _) => true,
    };
    let after = Unnumbered {
        is_v6_only: typed.is_v6_only,
        system: own.filter(|_| group.is_none()),
        group,
    };
    let attempt = write(section, known, &peer, &after);
    let attempt = peers::follow_sort(device, section, &peer, (after.system.as_deref(), attempt));
    match is_sure && !is_address(&peer) {
        true => attempt,
        false => attempt.doubted(),
    }
}

/// Gives a peer of an interface an AS, on the line that makes it.
pub(super) fn set_as(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let (peer, number) = (known.words[1].clone(), known.words[3].clone());
    let Some(stood) = Unnumbered::of(section, &peer) else {
        return place(section, known, String::new()).doubted();
    };
    let is_sure = stood.group.is_none();
    let after = Unnumbered {
        system: Some(number.clone()),
        ..stood
    };
    say(section, &peer, &after);
    let taken = Attempt::Taken(String::new());
    let attempt = peers::follow_sort(device, section, &peer, (Some(&number), taken));
    match is_sure {
        true => attempt,
        false => attempt.doubted(),
    }
}

/// Takes the AS of a peer of an interface away; the peer stays.
pub(super) fn remove_as(section: &mut Node, peer: &str, typed: &str) -> Attempt {
    let Some(stood) = Unnumbered::of(section, peer) else {
        return Attempt::Taken(String::new()).doubted();
    };
    let is_sure = stood.group.is_none() && stood.system.as_deref() == typed.rsplit(' ').next();
    let after = Unnumbered {
        system: None,
        ..stood
    };
    say(section, peer, &after);
    match Attempt::Taken(String::new()) {
        taken if is_sure => taken,
        taken => taken.doubted(),
    }
}

fn write(section: &mut Node, known: &Known<'_>, peer: &str, after: &Unnumbered) -> Attempt {
    let known = Known {
        words: after.words(peer),
        ..known.clone()
    };
    place(section, &known, String::new())
}

fn say(section: &mut Node, peer: &str, after: &Unnumbered) {
    if let Some(line) = section.child_mut(&format!("neighbor {peer} interface")) {
        line.text = after.words(peer).join(" ");
    }
}
