//! What must a line about an OSPF area know of the rest of the device, and what does it do? (Recorded, FRR 8.4.4.)

use super::execute::{Attempt, Device, attempt};
use super::known::Known;
use super::set::place;
use super::table::{Effect, Rule};
use super::tree::Node;
use super::value;

const NETWORKS_FIRST: &str = "Please remove all network commands first.";
const AREAS_FIRST: &str = "Please remove all ip ospf area x.x.x.x commands first.";
const OTHER_AREA: &str = "Must remove previous area config before changing ospf area ";

/// How areas are given their networks: never by both.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ospf {
    has_network: bool,
    has_interface: bool,
    /// Whether an area has a list.
    has_list: bool,
}

impl Ospf {
    /// Looks through a device for what a line on an area needs; nothing for other lines.
    pub(super) fn of(root: &Node, words: &[&str]) -> Self {
        let mut ospf = Self::default();
        if !words.contains(&"area") {
            return ospf;
        }
        for section in &root.children {
            let begins = |start: &str| {
                section
                    .children
                    .iter()
                    .any(|line| line.text.starts_with(start))
            };
            ospf.has_network |= section.text.starts_with("router ospf") && begins("network ");
            ospf.has_interface |= section.text.starts_with("interface ") && begins("ip ospf area ");
            ospf.has_list |= section.text.starts_with("router ospf") && has_list(section, None);
        }
        ospf
    }

    /// Says why a line on an area cannot be taken back.
    pub(super) fn missing(self, rule: &Rule, section: &Node, words: &[String]) -> Option<String> {
        let needs_sort = rule.effect == Some(Effect::Area) && !has_sort(section, words.get(1)?);
        rule.need.clone().filter(|_| needs_sort)
    }

    /// Says whether an area may go with its lists because a network or an interface leaves it.
    pub(super) fn may_free(self, rule: &Rule, section: &Node, words: &[String]) -> bool {
        match rule.effect {
            Some(Effect::NetworkOfArea) => has_list(section, words.get(3)),
            Some(Effect::AreaOfInterface) => self.has_list,
            _ => false,
        }
    }

    /// Says why a line on an area is refused.
    pub(super) fn refusal(self, rule: &Rule, section: &Node, words: &[String]) -> Option<String> {
        let reason = match rule.effect? {
            Effect::NetworkOfArea if self.has_interface => AREAS_FIRST,
            Effect::AreaOfInterface if self.has_network => NETWORKS_FIRST,
            Effect::AreaOfInterface if has_other(section, words) => OTHER_AREA,
            Effect::Area if !has_sort(section, &words[1]) => rule.need.as_deref()?,
            Effect::Profile if section.child("ip ospf bfd").is_none() => rule.need.as_deref()?,
            _ => return None,
        };
        Some(reason.to_owned())
    }
}

fn has_other(section: &Node, words: &[String]) -> bool {
    let stands = section.child("ip ospf area");
    stands.is_some_and(|line| !value::is_same(&line.text, &words.join(" ")))
}

/// Says whether taking something back from an area can let it go as a whole, with its lists.
pub(super) fn frees(section: &Node, words: &[String]) -> bool {
    !LISTS.contains(&words[2].as_str()) && has_list(section, Some(&words[1]))
}

const LISTS: [&str; 3] = ["filter-list", "export-list", "import-list"];

/// Says whether an area has a list, or any where none is named; an area has two spellings.
fn has_list(section: &Node, area: Option<&String>) -> bool {
    let is_meant = |other: &str| {
        area.is_none_or(|area| area == other || area.contains('.') || other.contains('.'))
    };
    section.children.iter().any(|child| {
        let rest = child.text.strip_prefix("area ");
        let rest = rest.and_then(|rest| rest.split_once(' '));
        rest.is_some_and(|(other, rest)| {
            is_meant(other) && LISTS.iter().any(|list| rest.starts_with(list))
        })
    })
}

/// Says whether an area is a stub or an NSSA.
fn has_sort(section: &Node, area: &str) -> bool {
    let has = |sort: &str| section.child(&format!("area {area} {sort}")).is_some();
    has("stub") || has("nssa")
}

/// Says whether the device may do otherwise: an area has two spellings, and what no rule knows of it can decide.
pub(super) fn is_doubtful(rule: &Rule, section: &Node, words: &[String]) -> bool {
    let start = |line: &Node| {
        line.text
            .strip_prefix("area ")
            .map(|rest| rest.split(' ').next() == Some(words[1].as_str()))
    };
    let is_other = |line: &Node| match start(line) {
        Some(is_same) => line.literal && (is_same || line.text.contains('.')),
        None => false,
    };
    rule.effect == Some(Effect::Area)
        && (section.children.iter().any(is_other) || turns(section, words))
}

/// Says whether an area is to become another sort without losing the first: what stays of it was not measured.
fn turns(section: &Node, words: &[String]) -> bool {
    let other = match words[2].as_str() {
        "stub" => "nssa",
        "nssa" => "stub",
        _ => return false,
    };
    section
        .child(&format!("area {} {other}", words[1]))
        .is_some()
}

/// Sets a property of an area; that of an NSSA makes one.
pub(super) fn set(device: &Device<'_>, section: &mut Node, known: &Known<'_>) -> Attempt {
    let nssa = ["area", &known.words[1], "nssa"];
    if known.words[2..] == ["nssa", "no-summary"] && section.child(&nssa.join(" ")).is_none() {
        let _ = attempt(device, "router-ospf", section, &nssa);
    }
    place(section, known, String::new())
}

/// Takes the sort of an area back. Its default cost is hidden then, and comes back with the next one.
pub(super) fn remove(section: &mut Node, words: &[String], key: &str) -> Attempt {
    let is_sort = words.len() == 3 && matches!(words[2].as_str(), "stub" | "nssa");
    let more = format!("{key} no-summary");
    section.take_out(|child| child.key == key || (is_sort && child.key == more));
    let cost = format!("area {} default-cost", words[1]);
    match section.take_out(|child| is_sort && child.key == cost) {
        true => Attempt::Taken(String::new()).doubted(),
        false => Attempt::Taken(String::new()),
    }
}
