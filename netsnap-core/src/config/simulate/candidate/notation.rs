//! How are the rules of a platform written?

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::around::Compared;
use super::beside::AsOthers;
use super::bound::Bound;
use super::peers::Side;
use super::policy::Language;
use super::schema::{Body, Order, ROOT, SectionId, Statement};
use super::value::Kind;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaTable {
    /// Whether a statement that names no source proves nothing.
    sources_required: bool,
    /// Kinds of which a device follows what one names of its own kind to the end: no circle of them is taken over.
    #[serde(default)]
    pub(super) follows: HashSet<String>,
    /// How the names of interfaces begin that may have many hosts behind them.
    #[serde(default)]
    pub(super) shared: Vec<String>,
    section: BTreeMap<String, SectionTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SectionTable {
    /// The document that says so.
    source: Option<String>,
    /// Other sections whose statements stand here too.
    includes: Vec<String>,
    statements: Vec<StatementTable>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum StatementTable {
    Plain(String),
    Full(Box<Properties>),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Properties {
    /// Words and kinds; then `= KIND` for one value, `* KIND` for some, `{section}` for statements, `{section}!` where it
    /// stands without content, `{section}?` where it does not although it names a value, `.. LINE` for a
    /// text that ends with a line, `+ NUMBERS` for a set of numbers.
    pub(super) is: String,
    /// Of the statements of one choice only those of one case can stand.
    choice: Option<String>,
    case: Option<String>,
    /// Whether the order among its like has a meaning, and whether it can be changed.
    pub(super) order: Order,
    /// Whether what stands in it belongs to one line of its own, whose parts are not switched off alone.
    pub(super) one_line: bool,
    /// Whether the device may do otherwise.
    pub(super) unproven: bool,
    /// Whether its value does not change.
    pub(super) immutable: bool,
    /// Whether the device may do otherwise when its value changes.
    pub(super) change_unproven: bool,
    /// Values that the device may not print, because they hold by default.
    pub(super) doubtful: Vec<String>,
    /// Whether only one of its kind stands, whatever it names.
    pub(super) single: bool,
    /// The words by which there is only one; all when empty.
    pub(super) identity: Vec<usize>,
    /// Beginnings of statements beside it that have to be gone by a commit before its value changes.
    pub(super) held_by: Vec<String>,
    /// Beginnings of statements beside it that have to be gone by a commit before it goes, where they name it behind `group`.
    pub(super) used_by: Vec<String>,
    /// Whether another value takes the place of its own in no single change.
    pub(super) fixed: bool,
    /// Beginnings of statements of which one must stand in its section.
    pub(super) needs_inside: Vec<String>,
    /// What must stand around the section that it is in.
    pub(super) needs_outside: Option<String>,
    /// The beginning of what must stand beside it, or in the outermost section of the name that it is in.
    pub(super) needs_too: Option<String>,
    /// What stands for that in the outermost sections, one key behind the other.
    pub(super) needs_unless: Vec<String>,
    /// Beginnings of statements of which one must stand beside it, too.
    pub(super) needs_also: Vec<String>,
    /// The beginning of what must stand beside it, or in the section around that its line is the name of, as the group of a peer.
    pub(super) needs_or_named: Option<String>,
    /// Beginnings of statements beside which no change with it is taken over.
    pub(super) bars: Vec<String>,
    /// Under which number beside it its own is not.
    pub(super) over: Option<Over>,
    /// What a policy that is named here does or asks for nowhere in it: beginnings of its lines, a comparison as `if` and its subject.
    pub(super) bars_in_policy: Vec<String>,
    /// The value with which it needs and bars anything; any where left out.
    pub(super) where_value: Option<String>,
    /// Whether only one part of a port says so.
    pub(super) one_of_port: bool,
    /// Whether only one of the sections beside each other says so.
    pub(super) one_beside: bool,
    /// Whether its section does not stand without it.
    pub(super) mandatory: bool,
    /// What it makes.
    pub(super) defines: Option<String>,
    /// What must be made for it at a commit: any of these.
    pub(super) refers: Vec<String>,
    /// What must be made for a text of several lines at a commit: each kind, with the words behind which a name of it stands.
    pub(super) names_in_text: BTreeMap<String, Vec<String>>,
    /// What a text of several lines is made of, where a device refuses another one.
    pub(super) language: Option<Language>,
    /// Of the values of its kind, the parts between dots, counted from the end, that are the same for all beside each other.
    pub(super) same_end: Option<usize>,
    /// Values that refer to nothing, and that more than one may have.
    pub(super) built_in: Vec<String>,
    /// Whether these are names of what stands outside of all that is made of the kind, as the main table of a router.
    pub(super) built_in_outside: bool,
    /// The word of the line that names what it refers to; none: its value, else its last word.
    pub(super) named_at: Option<usize>,
    /// Another word of the line that names one, too.
    pub(super) named_too_at: Option<usize>,
    /// The word of the line that names what it makes; none: its last word.
    pub(super) defined_at: Option<usize>,
    /// How many of its first words are documented to be enough to take it out; none: all.
    pub(super) removed_by: usize,
    /// Whether the device may do otherwise when it is taken out.
    pub(super) removal_unproven: bool,
    /// Whether what begins with all of its words is known to go with it.
    pub(super) takes_like: bool,
    /// Whether what begins with all of its words is known to stay without it.
    pub(super) spares_like: bool,
    /// Whether it is known to go only with its value behind it.
    pub(super) removal_names_value: bool,
    /// Another way to write its removal.
    removal: Option<String>,
    /// Whether the device may do more when it comes to be.
    pub(super) creation_unproven: bool,
    /// Whether it is not known where it comes to stand among its like that stood before the change.
    pub(super) place_unproven: bool,
    /// Whether one of the same identity gives way to it.
    pub(super) overwrites: bool,
    /// Whether the device prints it only where it printed one when it booted; else it only ends what excludes it.
    pub(super) only_if_seen: bool,
    /// Another statement: a device that printed one when it booted does not print this one, but has it without a word.
    pub(super) unless_seen: Option<String>,
    /// The number that is in the set unless its negation stands.
    pub(super) default_number: Option<u16>,
    /// The outermost statement that must stand before; `*` is its value, else its last word.
    pub(super) needs_root: Option<String>,
    /// The same by how its last word begins: `*` is what follows there.
    pub(super) needs_of_name: BTreeMap<String, String>,
    /// What comes to be with it; `*` is its second word, `**` its value.
    pub(super) brings: Option<String>,
    /// With what beside it nothing comes.
    pub(super) brings_unless: Option<String>,
    /// Of what its numbers are those that there are: one or a range.
    pub(super) makes_numbers: Option<String>,
    /// Of what there must be its number; a range asks for none of them.
    pub(super) asks_number: Option<String>,
    /// Whether an interface that it names is one with a single other end.
    pub(super) names_one_end: bool,
    /// Whether what it refers to may be a number.
    pub(super) refers_to_numbers: bool,
    /// Beginnings of statements that do not stand beside it: what becomes of them is not known.
    pub(super) excludes: Vec<String>,
    /// The beginning of a statement that must stand beside it before.
    pub(super) needs: Option<String>,
    /// Beginnings of the only statements beside which it is known what it does.
    pub(super) alone_with: Option<Vec<String>>,
    /// Beginnings of statements beside it that go when its value changes.
    pub(super) clears: Vec<String>,
    /// Whether the same must stand around the section that it is in, as an address family of a peer in the process.
    pub(super) needs_around: bool,
    /// Whether the same in another section beside its own makes it doubtful.
    pub(super) alone_around: bool,
    /// A name: what has it differs in its value, else in its last word.
    pub(super) one_owner: Option<String>,
    /// How many of its last words are what only one has; its value, else its last word, where left out.
    pub(super) owner_words: usize,
    /// Whether it is the gateway of the interface that a section around it names: an address of its networks, and none of its own.
    pub(super) gateway: bool,
    /// Whether the numbers of its value must not fall.
    pub(super) rises: bool,
    /// Whether a port that says so has no sub-interfaces.
    pub(super) bars_parts: bool,
    /// Whether sub-interfaces alone say so.
    pub(super) part_alone: bool,
    /// Whether a sub-interface says so only beside what sub-interfaces alone say.
    pub(super) needs_tag: bool,
    /// A line in it in whose value it differs from its like beside it.
    pub(super) differs_in: Option<String>,
    /// Whether its value differs from those of its like beside it, but for remarks.
    pub(super) differs: bool,
    /// Whether the device may put lines of its own into it when nothing is left there.
    pub(super) emptied_unproven: bool,
    /// The path of a line that must stand at a commit, where all before it stands; `*` is what it names.
    pub(super) needs_path: Vec<String>,
    /// Whether that line must stand where something before it does not, too.
    pub(super) path_stands: bool,
    /// Whether what it needs beside it must still stand at a commit.
    pub(super) needs_still: bool,
    /// Whether its first address is one of the device.
    pub(super) own_address: bool,
    /// Whether no other interface of the VPN has an address of its network at a commit.
    pub(super) networks_apart: bool,
    /// What the names of interfaces begin with, before a number, on which it says no network but an address alone.
    pub(super) alone_on: Option<String>,
    /// What the names of the interfaces begin with that alone have an address without a network.
    pub(super) alone_only_on: Option<Vec<String>>,
    /// The highest numbers behind how the names of interfaces begin.
    pub(super) highest: BTreeMap<String, u32>,
    /// A line that a port has before it has this one, on a device where other ports have it.
    pub(super) needs_as_others: Option<AsOthers>,
    /// Whether the last address that it names is none of the device.
    pub(super) not_own: bool,
    /// The beginning of the lines beside it in one of whose networks the last address that it names is, which no other such line
    /// beside it names.
    pub(super) in_network: Option<String>,
    /// The same for the sections around it: the last address of it is in the network that one of these names.
    pub(super) in_network_around: bool,
    /// It does not go: at all, or while something stands that these outermost sections lead to, one key behind the other.
    pub(super) kept: Option<Vec<String>>,
    /// Of which peers alone it is said.
    pub(super) of_peer: Option<Side>,
    /// Whether an interface that it holds comes from another of its kind in no single change.
    pub(super) interfaces_apart: bool,
    /// Whether one of its kind gives way to another in no single change.
    pub(super) one_a_change: bool,
    /// Of what kind its name is, the second word where it defines none: another statement with a name of that kind gives way to it
    /// in no single change.
    pub(super) named_alone: Option<String>,
    /// Whether another interface of the same VPN with an address of the network makes it doubtful.
    pub(super) no_overlap: bool,
    /// How many of its first words begin all that goes with it, beside it and in the sections there.
    pub(super) owns: usize,
    /// The same number for what an owner must stand for, beside it or in a section around it.
    pub(super) owned: usize,
    /// The line of its owner that names an address which is not that of the interface.
    pub(super) not_of_owner: Option<String>,
    /// Behind how many of its first words stands what is not the section around it.
    pub(super) not_around_behind: Option<usize>,
    /// What begins with these words goes with it, beside it and in the sections there; `*` is its second word.
    pub(super) owns_named: Option<String>,
    /// Beginnings of statements of which one must stand in it or in a section around it.
    pub(super) inherits: Vec<String>,
    /// Beginnings of statements none of which stands in a section around it.
    pub(super) bars_around: Vec<String>,
    /// What stands in a section around it where these two mean it.
    pub(super) when_around: Vec<String>,
    /// The same where any one of these does.
    pub(super) when_any_around: Vec<String>,
    /// How a section around it is named where they do: any of these beginnings.
    pub(super) where_named: Vec<String>,
    /// Beginnings of statements around a list without which only one of its values stands.
    pub(super) single_unless: Vec<String>,
    /// How the sections around are named in which it does not stand.
    pub(super) barred_in: Vec<String>,
    /// The line of whose family its address is, in it or in the nearest section around.
    pub(super) family_as: Option<String>,
    /// The line over whose number its own is not, beside it or in the nearest section around.
    pub(super) not_over: Option<String>,
    /// How many of its like stand beside each other at most.
    pub(super) at_most: Option<usize>,
    /// Beginnings of statements of which one must stand around its section, by its value.
    pub(super) inherits_where: BTreeMap<String, Vec<String>>,
    /// How many statements of some beginnings it holds.
    pub(super) holds: Option<(usize, Vec<String>)>,
    /// The statement elsewhere with whose value its own is compared.
    pub(super) compared: Option<Compared>,
    /// What its name has between that of the section around it and its own.
    pub(super) joined: Option<String>,
    /// What ends the part of its name that names what it refers to.
    pub(super) named_until: Option<String>,
    /// How the names begin that refer to anything; all where left out.
    pub(super) refers_where: Vec<String>,
    /// Whether it refers to nothing where nothing of the kind stands: the text may not be whole.
    pub(super) refers_if_any: bool,
    /// Whether names in it are its own, and what else they are the names of.
    pub(super) sphere: Option<Sphere>,
    /// Whether what it makes or refers to is that of the sphere around it.
    pub(super) in_sphere: bool,
    /// Beginnings of the statements of which one must name it where it is in a section of a name like these.
    pub(super) named_by: Option<NamedBy>,
    /// What it names for that.
    pub(super) names: Option<String>,
    /// The line in it with which only one thing refers to it.
    pub(super) one_user_with: Option<String>,
    /// Whether its last word, or what stands in it, bounds the length of the prefix that it names.
    pub(super) bounds_length: bool,
    /// How the names of interfaces begin of which a routing table has one.
    pub(super) one_of_table: Option<String>,
    /// Whether it is an interface of the routing table of the others beside it.
    pub(super) of_one_table: bool,
    /// Of which family the addresses and prefixes of its text are: 4 or 6.
    pub(super) of_family: Option<u8>,
    /// The only words of its text, beside addresses and numbers.
    pub(super) only_words: Vec<String>,
    /// What the second word of its text is one of.
    pub(super) second_word: Vec<String>,
    /// Whether it is an address of an interface, and how it differs from those of others.
    pub(super) addressed: Option<Addressed>,
    /// Lines of a port that has no parts.
    pub(super) no_parts_with: Option<String>,
    /// What it is bound to a port as.
    pub(super) bound: Option<Bound>,
    /// What has only one owner and is not of it: names that go on behind it with a colon too.
    pub(super) bars_owner: Option<String>,
    /// What has only one owner, which is the sphere around this one; outside of all spheres it has none.
    pub(super) of_sphere: Option<String>,
    /// Whether a part of what goes makes it doubtful what becomes of that: `ge1.100` without `ge1`.
    pub(super) parts_unproven: bool,
    /// Whether a peer of a group, or the line that puts it there, is on the side of the group.
    pub(super) side_of_group: bool,
    /// The document that says so.
    source: Option<String>,
}

/// The number beside another one under which that is not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Over {
    /// The line that says the number.
    pub(super) line: String,
    /// The number that holds without it.
    pub(super) otherwise: u64,
    /// By how much the other is over it at least.
    #[serde(default)]
    pub(super) by: u64,
}

/// In which sections a name has to be named elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedBy {
    /// The key of the section around.
    pub(super) inside: String,
    /// The kind of name.
    pub(super) kind: String,
}

/// Whose the names in a section are.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sphere {
    /// Its own.
    Own,
    /// Those of a section of this key.
    Of(String),
}

/// How an address differs from those of other interfaces of its routing table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Addressed {
    /// No other interface has it.
    Alone,
    /// Neither has another one an address of its network.
    Apart,
}

impl SchemaTable {
    /// Reads a table.
    ///
    /// # Errors
    /// A sentence for one that does not parse, and for one without an outermost section.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let table: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        match table.section.contains_key(ROOT) {
            true => Ok(table),
            false => Err(format!("there is no section {ROOT:?}")),
        }
    }

    /// Returns the names of its sections.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.section.keys().map(String::as_str)
    }

    /// The statements of a section with those it includes, and the words that each begins with.
    pub(super) fn statements(
        &self,
        name: &str,
        depth: usize,
    ) -> Result<Vec<(Properties, Vec<String>)>, String> {
        let Some(section) = self.section.get(name).filter(|_| depth < 8) else {
            return Err(format!("no section {name:?}, or it includes itself"));
        };
        let mut all = Vec::new();
        for statement in &section.statements {
            let mut properties = match statement.clone() {
                StatementTable::Plain(is) => Properties {
                    is,
                    ..Properties::default()
                },
                StatementTable::Full(properties) => *properties,
            };
            let source = properties.source.as_ref().or(section.source.as_ref());
            properties.unproven |= self.sources_required && source.is_none();
            let first = first_words(&properties.is);
            all.push((properties, first));
        }
        for other in &section.includes {
            all.extend(self.statements(other, depth + 1)?);
        }
        Ok(all)
    }
}

/// The words that a statement begins with; none where it begins with a value.
fn first_words(is: &str) -> Vec<String> {
    let first = is.split_whitespace().next().unwrap_or_default();
    match Kind::parse(first) {
        None => vec![first.to_owned()],
        Some(Kind::OneOf(words)) => words,
        Some(_) => Vec::new(),
    }
}

impl Properties {
    /// Reads a statement.
    ///
    /// # Errors
    /// A sentence for one that names a section which is not there, or a list without a value.
    pub(super) fn read(&self, ids: &HashMap<&str, SectionId>) -> Result<Statement, String> {
        let mut head = Vec::new();
        let mut body = Body::Flag;
        let mut words = self.is.split_whitespace();
        while let Some(word) = words.next() {
            let rest = word.strip_prefix('{');
            match (word, rest) {
                ("=", _) => body = Body::Leaf(words.by_ref().map(kind).collect()),
                ("*", _) => body = many(words.next(), &self.is)?,
                ("+", _) => {
                    body = Body::Numbers;
                    words.by_ref().for_each(drop);
                }
                ("..", _) => body = Body::Text(words.by_ref().collect::<Vec<_>>().join(" ")),
                (_, Some(name)) => body = section(name, &head, ids)?,
                _ => head.push(kind(word)),
            }
        }
        let case = self.case.as_ref().unwrap_or(&self.is);
        let choice = self.choice.as_ref();
        Ok(Statement {
            head,
            body,
            choice: choice.map(|choice| (choice.clone(), case.clone())),
            removal: kinds(self.removal.as_deref()),
            properties: self.clone(),
        })
    }
}

fn kinds(words: Option<&str>) -> Vec<Kind> {
    words
        .into_iter()
        .flat_map(str::split_whitespace)
        .map(kind)
        .collect()
}

fn kind(word: &str) -> Kind {
    Kind::parse(word).unwrap_or_else(|| Kind::OneOf(vec![word.to_owned()]))
}

fn many(word: Option<&str>, is: &str) -> Result<Body, String> {
    let kind = word
        .map(kind)
        .ok_or_else(|| format!("{is:?} has no value"))?;
    Ok(Body::Many(kind))
}

fn section(name: &str, head: &[Kind], ids: &HashMap<&str, SectionId>) -> Result<Body, String> {
    let names_values = head.iter().any(|kind| !kind.is_fixed());
    let (name, stands_empty) = match name.split_once('}') {
        Some((name, "")) => (name, names_values),
        Some((name, "!")) => (name, true),
        Some((name, "?")) => (name, false),
        _ => return Err(format!("{name:?} has no closing brace")),
    };
    match ids.get(name) {
        Some(section) => Ok(Body::Section {
            section: *section,
            stands_empty,
        }),
        None => Err(format!("no section {name:?}")),
    }
}
