//! What does a device of this platform accept, print and refuse?

mod effect;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::circle;
use super::index::RuleIndex;
use super::pattern::{Pattern, Value};
use super::reading;
use crate::error::{Error, ErrorKind, Result};
use crate::platform::Shelf;
pub(super) use effect::{Effect, Negative};

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

/// One line that the device knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Its shape.
    pub(super) set: Notation,
    /// Which words identify it, where that is not a prefix.
    #[serde(default)]
    pub(super) identity: Option<Vec<usize>>,
    /// Whether the value may stand behind `no`.
    #[serde(default)]
    pub(super) behind_no: Value,
    /// Values that the device does not print, because they are its defaults.
    #[serde(default)]
    pub(super) hidden: Vec<String>,
    /// Words that it leaves out, for the same reason.
    #[serde(default)]
    pub(super) omits: Vec<String>,
    /// The value that it prints when none was typed.
    #[serde(default)]
    pub(super) fills: Option<String>,
    /// Whether it prints `no X` too, and when.
    #[serde(default)]
    pub(super) negative: Option<Negative>,
    /// Of an entry, a last word with which it stands for the one without it as well: that one is left out as if it stood already.
    #[serde(default)]
    pub(super) lingers: Option<String>,
    /// Whether `no X VALUE` takes the value away and leaves `X`.
    #[serde(default)]
    pub(super) reduces: bool,
    /// Whether the device may do otherwise than this rule: the line is carried out, and proves nothing.
    #[serde(default)]
    pub(super) unproven: bool,
    /// The same for its removal alone.
    #[serde(default)]
    pub(super) removal_unproven: bool,
    /// Whether its removal proves something all the same where no other line shares its first two words.
    #[serde(default)]
    pub(super) sure_alone: bool,
    /// The document that says so.
    #[serde(default)]
    source: Option<String>,
    /// Values with which it proves nothing: the device may not print them.
    #[serde(default)]
    pub(super) doubtful: Vec<String>,
    /// Whether putting it in the place of another value proves nothing.
    #[serde(default)]
    pub(super) change_unproven: bool,
    /// Whether words that a new line leaves out may stay.
    #[serde(default)]
    pub(super) options_stay: bool,
    /// First words of lines beside which it proves nothing, in the section, at its head or among the `switches`; `*` behind them
    /// cuts the last one, and `{1}` is the second word of this line.
    #[serde(default)]
    pub(super) beside: Vec<String>,
    /// Lines with which those of `beside` do no harm.
    #[serde(default)]
    pub(super) unless: Vec<String>,
    /// First words of a line of its section that must stand before it, in the same notation.
    #[serde(default)]
    pub(super) follows: Option<String>,
    /// Whether it proves nothing unless the device printed one of the same words when it booted: releases spell it in several ways.
    #[serde(default)]
    pub(super) if_seen: bool,
    /// How many first words it may share with no other line.
    #[serde(default)]
    pub(super) alone: Option<usize>,
    /// First words of lines of which one must stand, here or at the top: the device may not print it otherwise.
    #[serde(default)]
    pub(super) shown_with: Vec<String>,
    /// Whether a mask that it names matches the bits that are set in it: host bits prove nothing.
    #[serde(default)]
    pub(super) masked: bool,
    /// The same for the bits that are not set.
    #[serde(default)]
    pub(super) wildcard: bool,
    /// Whether the device leaves the mask of a class out.
    #[serde(default)]
    pub(super) classful: bool,
    /// Whether another line of its section with the same first and last words makes it prove nothing.
    #[serde(default)]
    pub(super) own_value: bool,
    /// Whether the same line in another section makes it prove nothing.
    #[serde(default)]
    pub(super) unique: bool,
    /// The section that must stand at the top; `{1}` is its second word; behind a `|` another one that will do.
    #[serde(default)]
    pub(super) refers: Option<String>,
    /// Lines that the device prints once the section is made, in the same notation; behind a `/` beside it, and they go with it;
    /// with ` > ` in a section beside it, where that stands.
    #[serde(default)]
    pub(super) brings: Vec<String>,
    /// First words of a line that some releases print besides, once this one is new: a line of the same kind that stands without
    /// it tells that this one does not.
    #[serde(default)]
    pub(super) may_bring: Option<String>,
    /// First words of lines anywhere that speak of it, in the same notation: its removal proves nothing while one stands.
    /// `{1#}` is the number in the second word; behind a `*` the words may stand anywhere in a line, before a `$` they are all of it.
    #[serde(default)]
    pub(super) referred: Vec<String>,
    /// First words of lines anywhere of which one must stand, in the same notation.
    #[serde(default)]
    pub(super) companions: Vec<String>,
    /// First words of lines anywhere beside which it proves nothing, in the same notation.
    #[serde(default)]
    pub(super) rivals: Vec<String>,
    /// Whether numbers or addresses of it that fall prove nothing: the first of a range stands before its last.
    #[serde(default)]
    pub(super) rises: bool,
    /// Whether an odd number proves nothing.
    #[serde(default)]
    pub(super) even: bool,
    /// Printed instead of setting it on a loopback interface.
    #[serde(default)]
    pub(super) on_loopback: Option<String>,
    /// Printed when it stands already.
    #[serde(default)]
    pub(super) again: Option<String>,
    /// Printed when what it matches is no regular expression; `{text}` is that.
    #[serde(default)]
    pub(super) malformed: Option<String>,
    /// Printed when it has letters, which then may not stand in one.
    #[serde(default)]
    pub(super) lettered: Option<String>,
    /// Whether the names of its lists are printed in the order of their bytes.
    #[serde(default)]
    pub(super) bytes: bool,
    /// Whether it holds by default: the device prints only `no X`.
    #[serde(default)]
    pub(super) default_on: bool,
    /// A line at the top with which it does not hold by default.
    #[serde(default)]
    pub(super) turned_by: Option<String>,
    /// Printed after taking it.
    #[serde(default)]
    pub(super) note: Option<String>,
    /// What the device prints behind a `no` where none stands: the same as nothing.
    #[serde(default)]
    pub(super) absence: Option<String>,
    /// Printed when there is nothing to remove.
    #[serde(default)]
    pub(super) absent: Option<String>,
    /// Printed instead of removing it; `{line}` is the line.
    #[serde(default)]
    pub(super) fixed: Option<String>,
    /// Printed instead of removing it when the device booted with it.
    #[serde(default)]
    pub(super) active: Option<String>,
    /// Printed after removing it.
    #[serde(default)]
    pub(super) farewell: Option<String>,
    /// Printed when another value stands already; `{value}` is that one.
    #[serde(default)]
    pub(super) taken: Option<String>,
    /// Printed when the value behind `no` is another one than that which stands.
    #[serde(default)]
    pub(super) other: Option<String>,
    /// Further forms of its removal, without the `no`: they remove all lines that begin so.
    #[serde(default)]
    pub(super) remove: Vec<Notation>,
    /// Rules of one group print together, by the word `by` first.
    #[serde(default)]
    pub(super) group: Option<String>,
    /// The word by which lines of one rule or group sort.
    #[serde(default)]
    pub(super) by: Option<usize>,
    /// The word that names a list: names print in the order of arrival, the entries of one by number.
    #[serde(default)]
    pub(super) listed: Option<usize>,
    /// The word that stands before the number of an entry, where numbers have one.
    #[serde(default)]
    pub(super) numbered_by: Option<String>,
    /// Neighbouring lines of one block have no `!` between them.
    #[serde(default)]
    pub(super) block: Option<String>,
    /// The mode that this section header enters.
    #[serde(default)]
    pub(super) enter: Option<String>,
    /// What the device prints at the end of the section.
    #[serde(default)]
    pub(super) close: Option<String>,
    /// Whether it prints the section without content.
    #[serde(default)]
    pub(super) keeps: bool,
    /// Whether a `!` stands before it inside a section.
    #[serde(default)]
    pub(super) gap: bool,
    /// Printed when a list of the same name and another kind stands; `{kind}` is that one.
    #[serde(default)]
    pub(super) conflict: Option<String>,
    /// Printed when something else is missing that the line needs.
    #[serde(default)]
    pub(super) need: Option<String>,
    /// The word by which lines of this rule sort that are equal until there.
    #[serde(default)]
    pub(super) then: Option<usize>,
    /// Whether it prints in the place of the rule before.
    #[serde(default)]
    shared_rank: bool,
    /// Whether a blank stands behind it where it has no value.
    #[serde(default)]
    pub(super) trailing: bool,
    /// Whether a `!` stands behind the section.
    #[serde(default)]
    pub(super) trails: bool,
    /// What it does besides.
    #[serde(default)]
    pub(super) effect: Option<Effect>,
    /// The feature that must be switched on for it, and whose end is its own.
    #[serde(default)]
    pub(super) needs: Option<String>,
    /// Its place among the rules of its mode.
    #[serde(skip)]
    pub(super) own_rank: usize,
    /// The place of the first rule of its group; its own without a group.
    #[serde(skip)]
    pub(super) rank: usize,
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

impl Rule {
    /// Says whether the device prints `X` at times and `no X` at others.
    pub(super) fn prints_both(&self) -> bool {
        self.negative.is_some() || matches!(self.effect, Some(Effect::Exception | Effect::Layer))
    }

    /// Says whether a device prints this form of it, with a `no` or without.
    pub(super) fn is_printed(&self, negated: bool) -> bool {
        let is_usual = self.default_on == negated;
        is_usual || self.prints_both() || (self.turned_by.is_some() && !negated)
    }

    /// Says whether it was read in a document and not measured: what happens to another value than the one that stands is
    /// then not known.
    pub(super) fn is_documented(&self) -> bool {
        self.source.is_some()
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
