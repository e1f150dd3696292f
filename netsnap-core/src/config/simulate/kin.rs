//! Is a BGP peer of the sort that a line is for: of another AS than the device, or of its own?
//!
//! Hops are counted for external peers, routes reflected for internal ones. Devices refuse such a line for the others, read it over
//! or drop it when the AS changes: which of them is not modelled.

use super::LineDevice;
use super::tree::Node;

/// First words of lines for external peers, and of those for internal ones.
const EXTERNAL: &[&str] = &["ebgp-multihop", "disable-connected-check"];
const INTERNAL: &[&str] = &["route-reflector-client"];

/// First words of lines that say of which sort a peer is.
const SORTS: &[&str] = &["remote-as", "peer", "peer-group", "inherit"];

/// Says so of a line that was carried out in a section: each node is inside of the one before.
pub(super) fn is_of_other_sort(sections: &[&Node], words: &[&str]) -> bool {
    let Some(local) = sections.first().and_then(|top| local_as(top)) else {
        return false;
    };
    let peer = match sections
        .iter()
        .position(|section| has_first(&section.text, "neighbor"))
    {
        Some(place) => Peer::of_section(sections[0], sections[place], words),
        None => Peer::of_lines(sections, words),
    };
    peer.is_some_and(|peer| peer.is_astray(local)) || is_printed_with_a_dot(sections, words)
}

/// Says whether a number of an AS is printed in two parts, as `bgp asnotation dot` has it.
fn is_printed_with_a_dot(sections: &[&Node], words: &[&str]) -> bool {
    let is_long = |word: &&str| {
        word.parse()
            .is_ok_and(|number: u32| number > u32::from(u16::MAX))
    };
    let gives_system = words.contains(&"remote-as") && words.last().is_some_and(is_long);
    gives_system && sections[0].child("bgp asnotation dot").is_some()
}

fn local_as(process: &Node) -> Option<&str> {
    process.text.strip_prefix("router bgp ")
}

/// A peer that a line is about.
#[derive(Default)]
struct Peer<'n> {
    number: Option<&'n str>,
    /// First words of what is said about it.
    said: Vec<&'n str>,
}

impl<'n> Peer<'n> {
    /// A peer whose lines stand in a section of its own.
    fn of_section(process: &'n Node, section: &'n Node, words: &[&str]) -> Option<Self> {
        is_telling(words.first()?).then_some(())?;
        let template = value(section, "inherit peer ");
        let template = template.and_then(|name| process.child(&format!("template peer {name}")));
        let own = value(section, "remote-as ");
        let mut said = Vec::new();
        firsts(section, "", &mut said);
        template
            .into_iter()
            .for_each(|template| firsts(template, "", &mut said));
        let common = || value(template?, "remote-as ");
        Some(Self {
            number: own.or_else(common),
            said,
        })
    }

    /// A peer of whom each line tells the name.
    fn of_lines(sections: &[&'n Node], words: &[&str]) -> Option<Self> {
        let ["neighbor", name, what, ..] = words else {
            return None;
        };
        is_telling(what).then_some(())?;
        let around = sections.iter().rev();
        let mut found = around.filter_map(|section| Self::in_section(section, name));
        found.next()
    }

    fn in_section(section: &'n Node, name: &str) -> Option<Self> {
        let own = format!("neighbor {name} ");
        let of = |what: &str| value(section, &format!("{own}{what} "));
        let group = of("peer-group").or_else(|| of("peer group"));
        let common = || value(section, &format!("neighbor {} remote-as ", group?));
        let number = of("remote-as").or_else(common)?;
        let mut peer = Self {
            number: Some(number),
            said: Vec::new(),
        };
        firsts(section, &own, &mut peer.said);
        if let Some(group) = group {
            firsts(section, &format!("neighbor {group} "), &mut peer.said);
        }
        Some(peer)
    }

    fn is_astray(&self, local: &str) -> bool {
        let Some(number) = self.number else {
            return false;
        };
        let barred = if number == local { EXTERNAL } else { INTERNAL };
        self.said.iter().any(|word| barred.contains(word))
    }
}

fn is_telling(word: &str) -> bool {
    [EXTERNAL, INTERNAL, SORTS]
        .iter()
        .any(|words| words.contains(&word))
}

fn value<'n>(section: &'n Node, start: &str) -> Option<&'n str> {
    let mut lines = section.children.iter();
    lines.find_map(|line| line.text.strip_prefix(start))
}

/// Collects the first words behind a beginning, those in the families of a peer too. A VRF has peers of its own.
fn firsts<'n>(section: &'n Node, start: &str, found: &mut Vec<&'n str>) {
    for child in &section.children {
        if let Some(rest) = child.text.strip_prefix(start) {
            found.extend(rest.split(' ').next());
        }
        if has_first(&child.text, "address-family") && !child.text.contains(" vrf ") {
            firsts(child, start, found);
        }
    }
}

fn has_first(text: &str, word: &str) -> bool {
    text.split(' ').next() == Some(word)
}

impl LineDevice {
    /// Says whether a line is not for a BGP peer of this sort.
    pub(super) fn is_of_other_sort(&self, depth: usize, words: &[&str]) -> bool {
        let top = self.path[..depth].first();
        if !top.is_some_and(|level| level.key.starts_with("router bgp")) {
            return false;
        }
        let mut sections: Vec<&Node> = Vec::with_capacity(depth);
        for level in &self.path[..depth] {
            let around = sections.last().copied().unwrap_or(&self.document.root);
            sections.extend(around.child(&level.key));
        }
        is_of_other_sort(&sections, words)
    }
}
