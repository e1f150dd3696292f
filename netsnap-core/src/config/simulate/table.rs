//! What does a device of this platform accept, print and refuse?

mod effect;
mod rule;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::circle;
use super::index::RuleIndex;
use super::pattern::Pattern;
use super::reading;
use crate::error::{Error, ErrorKind, Result};
use crate::platform::Shelf;
pub(super) use effect::{Effect, Negative};
pub(super) use rule::Rule;

/// The rules of one platform: `platforms/simulator/NAME.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) messages: Messages,
    /// Whether a rule that names no source proves nothing.
    #[serde(default)]
    sources_required: bool,
    #[serde(default)]
    pub(super) hostname: String,
    /// Whether a bundle carries its lines on to its members.
    #[serde(default)]
    pub(super) bundles_lead: bool,
    /// Whether a port that leaves its bundle may be shut then.
    #[serde(default)]
    pub(super) left_are_shut: bool,
    /// Whether it goes back to what it had before it joined.
    #[serde(default)]
    pub(super) members_revert: bool,
    /// Whether what an interface had may come back when it is deleted and made again.
    #[serde(default)]
    pub(super) remembers_deleted: bool,
    /// Whether access lists print lengths of prefixes, or masks of their addresses.
    #[serde(default)]
    pub(super) acl_prefixes: bool,
    /// Whether they print `host` before a single address, or its length behind it.
    #[serde(default)]
    pub(super) acl_hosts: bool,
    /// Whether each line of an access list filters as it is typed.
    #[serde(default)]
    pub(super) acl_by_line: bool,
    /// Ports for which access lists are printed with a name.
    #[serde(default)]
    pub(super) named_ports: Vec<u16>,
    /// The names of ports in access lists that other devices do not have.
    #[serde(default)]
    pub(super) port_words: Vec<String>,
    /// Whether a port that switches takes no address.
    #[serde(default)]
    pub(super) switched_take_no_address: bool,
    /// Whether a port that is put into a VLAN makes it.
    #[serde(default)]
    pub(super) ports_make_vlans: bool,
    /// The first of the VLANs that routed ports take for themselves, one each.
    #[serde(default)]
    pub(super) internal_vlans: Option<u16>,
    /// Whether it complains of a host name with other characters than letters, digits and hyphens.
    #[serde(default)]
    pub(super) hosts_are_letters: bool,
    /// Kinds of interfaces as the device spells them.
    #[serde(default)]
    pub(super) interfaces: Vec<String>,
    /// The lowest and the highest number of some of these kinds.
    #[serde(default)]
    pub(super) interface_numbers: BTreeMap<String, (u32, u32)>,
    /// First words of lines at the top that change what the device prints elsewhere.
    #[serde(default)]
    pub(super) switches: Vec<String>,
    /// Kinds of sections of which one that names another is followed to its end: no circle of them is taken.
    #[serde(default)]
    pub(super) follows: Vec<circle::Caller>,
    /// Texts that it reads to their end without a prompt.
    #[serde(default)]
    pub(super) texts: Vec<reading::Kind>,
    pub(super) modes: BTreeMap<String, Mode>,
}

/// What it prints when it refuses; `{line}` is the line, `{caret}` a line that points at the wrong word.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Messages {
    pub(super) unknown: String,
    pub(super) incomplete: String,
}

/// One section kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mode {
    /// What the prompt shows.
    #[serde(default)]
    pub(super) prompt: String,
    /// The order of its lines.
    #[serde(default)]
    pub(super) order: Order,
    /// First words that the device knows, with the second ones where they are literal: `ip:address,ospf description`.
    /// Empty: everything is taken for known.
    #[serde(default)]
    pub(super) words: String,
    /// A word that leaves the section, besides `exit`.
    #[serde(default)]
    pub(super) leave: Option<String>,
    /// Whether taking back another value than the one that stands proves nothing.
    #[serde(default)]
    pub(super) other_values_unproven: bool,
    /// Its lines, in the order in which the device prints them.
    #[serde(default)]
    pub(super) lines: Vec<Rule>,
    /// The mode whose lines it has besides its own, which come first.
    #[serde(default)]
    like: Option<String>,
    #[serde(skip)]
    index: RuleIndex,
}

/// The order in which a device prints the lines of a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// That of the rules.
    #[default]
    Rules,
    /// That of the bytes of the text.
    Text,
    /// That of arrival.
    Arrival,
}

/// A pattern in a table, parsed when the table is read.
#[derive(Clone, Debug)]
pub(super) struct Notation(pub(super) Pattern);

impl<'de> Deserialize<'de> for Notation {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Pattern::parse(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

const FILES: &[(&str, &str)] = &[
    (
        "arista_eos",
        include_str!("../../../platforms/simulator/arista_eos.toml"),
    ),
    (
        "cisco_ios",
        include_str!("../../../platforms/simulator/cisco_ios.toml"),
    ),
    (
        "cisco_nxos",
        include_str!("../../../platforms/simulator/cisco_nxos.toml"),
    ),
    ("frr", include_str!("../../../platforms/simulator/frr.toml")),
];

/// Returns the text of a platform's rules.
pub(super) fn text(platform: &str) -> Option<&'static str> {
    let mut files = FILES.iter();
    files.find_map(|(name, text)| (*name == platform).then_some(*text))
}

impl Table {
    /// Returns the rules of a platform.
    pub(super) fn named(platform: &str) -> Result<Arc<Self>> {
        static LOADED: Shelf<Table, { FILES.len() }> = Shelf::new();
        let place = FILES.iter().position(|(name, _)| *name == platform);
        let place = place.ok_or_else(|| {
            let names: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
            Error::new(
                ErrorKind::Unsupported,
                "no simulator rules for this platform",
            )
            .during("config.simulate")
            .with("platform", platform.escape_debug())
            .hint(format!("platforms with rules: {}", names.join(", ")))
        })?;
        let read = || Self::parse(FILES[place].1).expect("a test parses every table");
        Ok(LOADED.get(place, read))
    }

    /// Says whether its rules come from documents and were not measured.
    pub(super) fn is_documented(&self) -> bool {
        self.sources_required
    }

    /// Says whether a line that enters a section can say something of the whole device too. Its first word is fixed.
    pub(super) fn may_be_top(&self, words: &[&str]) -> bool {
        let first = words.first().copied().unwrap_or_default();
        let is_alike = |top: &str| top.starts_with(first) || first.starts_with(top);
        let mut switches = self.switches.iter();
        is_alike("feature") || switches.any(|switch| is_alike(switch))
    }

    fn parse(text: &str) -> std::result::Result<Self, toml::de::Error> {
        let mut table: Self = toml::from_str(text)?;
        let rules = table.modes.values_mut().flat_map(|mode| &mut mode.lines);
        for rule in rules.filter(|rule| table.sources_required && rule.source.is_none()) {
            rule.unproven = true;
        }
        let shared: Vec<(String, Vec<Rule>)> = table
            .modes
            .iter()
            .filter_map(|(name, mode)| {
                let like = table.modes.get(mode.like.as_ref()?)?;
                Some((name.clone(), like.lines.clone()))
            })
            .collect();
        for (name, lines) in shared {
            if let Some(mode) = table.modes.get_mut(&name) {
                mode.lines.extend(lines);
            }
        }
        table.modes.values_mut().for_each(Mode::rank);
        Ok(table)
    }
}

impl Mode {
    fn rank(&mut self) {
        for place in 0..self.lines.len() {
            let group = self.lines[place].group.as_ref();
            let first = |rule: &Rule| group.is_some() && rule.group.as_ref() == group;
            let rank = self.lines.iter().position(first).unwrap_or(place);
            self.lines[place].own_rank = match place.checked_sub(1) {
                Some(before) if self.lines[place].shared_rank => self.lines[before].own_rank,
                _ => place,
            };
            self.lines[place].rank = rank;
        }
        self.index = RuleIndex::of(&self.lines);
    }

    /// Returns the rules that a line of these words can follow at all, in the order of the table. The others depart from it
    /// at the first word.
    pub(super) fn rules_for(&self, words: &[&str]) -> impl Iterator<Item = &Rule> {
        let places = self.index.places(words.first().copied());
        places.iter().map(|place| &self.lines[*place])
    }

    /// Says whether the device knows a line that begins with these words.
    pub(super) fn knows(&self, words: &[&str]) -> bool {
        let Some(first) = words.first() else {
            return false;
        };
        self.words.is_empty()
            || self
                .words
                .split_whitespace()
                .any(|known| match known.split_once(':') {
                    None => known == *first,
                    Some((head, seconds)) => {
                        head == *first
                            && words.get(1).is_some_and(|second| {
                                seconds.split(',').any(|known| known == *second)
                            })
                    }
                })
    }
}

#[cfg(test)]
mod tests;
