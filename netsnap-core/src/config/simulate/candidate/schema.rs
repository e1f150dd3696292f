//! Which statements does a device know, and what stands in them?

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::value::{Fit, Kind};

/// The rules of one platform: `platforms/simulator/NAME.toml`.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    sections: Vec<Section>,
    statements: Vec<Statement>,
}

/// The number of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SectionId(usize);

/// The number of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct StatementId(usize);

#[derive(Clone, Debug, Default)]
struct Section {
    by_word: HashMap<String, Vec<StatementId>>,
    /// Those that begin with a value.
    others: Vec<StatementId>,
    /// Those without which it does not stand.
    mandatory: Vec<StatementId>,
}

/// One statement.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    head: Vec<Kind>,
    /// What stands behind the head.
    pub(super) body: Body,
    /// Of the statements of one choice only those of one case can stand: name of the choice, name of the case.
    pub(super) choice: Option<(String, String)>,
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
    /// Whether only one of its kind stands, whatever it names.
    pub(super) single: bool,
    /// The words by which there is only one; all when empty.
    pub(super) identity: Vec<usize>,
    /// Beginnings of statements beside it with which its value cannot change in one go.
    pub(super) held_by: Vec<String>,
    /// Whether its section does not stand without it.
    pub(super) mandatory: bool,
    /// What it makes.
    pub(super) defines: Option<String>,
    /// What must be made for it at a commit: any of these.
    pub(super) refers: Vec<String>,
    /// Values that refer to nothing.
    pub(super) built_in: Vec<String>,
    /// The word of the line that names what it refers to; none: its value, else its last word.
    pub(super) named_at: Option<usize>,
    /// The word of the line that names what it makes; none: its last word.
    pub(super) defined_at: Option<usize>,
    /// How many of its first words are documented to be enough to take it out; none: all.
    pub(super) removed_by: usize,
    /// Whether the device may do otherwise when it is taken out.
    pub(super) removal_unproven: bool,
    /// Whether it is known to go only with its value behind it.
    pub(super) removal_names_value: bool,
    /// Another way to write its removal: the values in it are those of its identity, in their order.
    pub(super) removal: Vec<Kind>,
    /// Whether the device may do more when it comes to be.
    pub(super) creation_unproven: bool,
    /// Whether one of the same identity gives way to it.
    pub(super) overwrites: bool,
    /// Whether the device prints it only where it printed one when it booted; else it only ends what excludes it.
    pub(super) only_if_seen: bool,
    /// The number that is in the set unless its negation stands.
    pub(super) default_number: Option<u16>,
    /// The outermost statement that must stand before; `*` is its value, else its last word.
    pub(super) needs_root: Option<String>,
    /// What stands before `*` in its last word; others need nothing.
    pub(super) of_prefix: Option<String>,
    /// What comes to be with it; `*` is its second word.
    pub(super) brings: Option<String>,
    /// With what beside it nothing comes.
    pub(super) brings_unless: Option<String>,
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
    /// How many of its first words begin all that goes with it, beside it and in the sections there.
    pub(super) owns: usize,
    /// The same number for what an owner must stand for, beside it or in a section around it.
    pub(super) owned: usize,
}

/// What stands behind the head of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing.
    Flag,
    /// One value, of one or more words.
    Leaf(Vec<Kind>),
    /// Lines up to this one, taken as one text.
    Text(String),
    /// A set of numbers, `10 20 to 30`: a line adds to it, its negation takes out.
    Numbers,
    /// Some values, each by itself.
    Many(Kind),
    /// Statements.
    Section {
        /// Which.
        section: SectionId,
        /// Whether it stands without content.
        stands_empty: bool,
    },
}

impl Body {
    /// Says whether its value may have several words that change by themselves.
    pub(super) fn has_words(&self) -> bool {
        matches!(self, Self::Leaf(kinds) if kinds.contains(&Kind::Words))
    }
}

/// The order among statements of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// The device's own.
    System,
    /// The user's, without a meaning.
    #[default]
    User,
    /// The user's, with a meaning.
    Meaning,
}

/// How words follow the statements of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// They begin with the head of this statement.
    Head(Head),
    /// They end inside a head.
    Short,
    /// A word stands where a value is expected, and is none.
    Wrong,
    /// No statement begins so.
    Nothing,
}

/// The head of a statement, as the device spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) statement: StatementId,
    pub(super) words: Vec<String>,
    pub(super) doubtful: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaTable {
    /// Whether a statement that names no source proves nothing.
    sources_required: bool,
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
struct Properties {
    /// Words and kinds; then `= KIND` for one value, `* KIND` for some, `{section}` for statements, `{section}!` where it
    /// stands without content, `{section}?` where it does not although it names a value, `.. LINE` for a text that ends with a line, `+ NUMBERS` for a set of numbers.
    is: String,
    choice: Option<String>,
    case: Option<String>,
    order: Order,
    one_line: bool,
    unproven: bool,
    immutable: bool,
    change_unproven: bool,
    single: bool,
    identity: Vec<usize>,
    held_by: Vec<String>,
    mandatory: bool,
    defines: Option<String>,
    refers: Vec<String>,
    built_in: Vec<String>,
    named_at: Option<usize>,
    defined_at: Option<usize>,
    removed_by: usize,
    removal_unproven: bool,
    removal_names_value: bool,
    removal: Option<String>,
    creation_unproven: bool,
    overwrites: bool,
    only_if_seen: bool,
    default_number: Option<u16>,
    needs_root: Option<String>,
    of_prefix: Option<String>,
    brings: Option<String>,
    brings_unless: Option<String>,
    refers_to_numbers: bool,
    excludes: Vec<String>,
    needs: Option<String>,
    alone_with: Option<Vec<String>>,
    clears: Vec<String>,
    owns: usize,
    owned: usize,
    source: Option<String>,
}

/// The name of the outermost section.
const ROOT: &str = "root";

impl Schema {
    /// Reads the rules.
    ///
    /// # Errors
    /// A sentence for a table that does not parse, and for a section that is named and not there.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let table: SchemaTable = toml::from_str(text).map_err(|error| error.to_string())?;
        if !table.section.contains_key(ROOT) {
            return Err(format!("there is no section {ROOT:?}"));
        }
        let others = table.section.keys().map(String::as_str);
        let names: Vec<&str> = std::iter::once(ROOT)
            .chain(others.filter(|name| *name != ROOT))
            .collect();
        let ids: HashMap<&str, SectionId> = names
            .iter()
            .enumerate()
            .map(|(number, name)| (*name, SectionId(number)))
            .collect();
        let mut schema = Self {
            sections: vec![Section::default(); names.len()],
            statements: Vec::new(),
        };
        for name in names {
            for (statement, first) in table.statements(name, 0)? {
                let statement = Statement::read(&statement, &ids)?;
                schema.add(ids[name], statement, first);
            }
        }
        Ok(schema)
    }

    fn add(&mut self, section: SectionId, statement: Statement, first: Vec<String>) {
        let id = StatementId(self.statements.len());
        let section = &mut self.sections[section.0];
        if statement.mandatory {
            section.mandatory.push(id);
        }
        self.statements.push(statement);
        if first.is_empty() {
            section.others.push(id);
        }
        for word in first {
            section.by_word.entry(word).or_default().push(id);
        }
    }

    /// The outermost section.
    pub(super) const ROOT: SectionId = SectionId(0);

    /// Returns a statement by its number.
    pub(super) fn statement(&self, id: StatementId) -> &Statement {
        &self.statements[id.0]
    }

    /// Finds the statement of a section whose other removal a line is, with the values in it.
    pub(super) fn removed<'w>(
        &self,
        section: SectionId,
        words: &'w [String],
    ) -> Option<(StatementId, Vec<&'w str>)> {
        let section = &self.sections[section.0];
        let named = words.first().and_then(|word| section.by_word.get(word));
        let mut all = named.into_iter().flatten().copied();
        all.find_map(|id| Some((id, self.statement(id).removed(words)?)))
    }

    /// Returns the statements without which a section does not stand.
    pub(super) fn mandatory(&self, section: SectionId) -> &[StatementId] {
        &self.sections[section.0].mandatory
    }

    /// Finds the statement that words begin with.
    pub(super) fn find(&self, section: SectionId, words: &[String]) -> Found {
        let Some(first) = words.first() else {
            return Found::Short;
        };
        let section = &self.sections[section.0];
        let named = section.by_word.get(first).into_iter().flatten();
        match self.best(named, words) {
            Found::Nothing => self.best(section.others.iter(), words),
            found => found,
        }
    }

    /// The one with the longest head, else why there is none.
    fn best<'i>(
        &self,
        candidates: impl Iterator<Item = &'i StatementId>,
        words: &[String],
    ) -> Found {
        let length = |found: &Found| match found {
            Found::Head(head) => head.words.len() + 2,
            Found::Short | Found::Wrong => 1,
            Found::Nothing => 0,
        };
        let all = candidates.map(|id| self.statement(*id).head(*id, words));
        let longest = |best: Found, found: Found| match length(&found) > length(&best) {
            true => found,
            false => best,
        };
        all.fold(Found::Nothing, longest)
    }

    /// Finds all statements that begin with these words.
    pub(super) fn beginning_with(&self, section: SectionId, words: &[String]) -> Vec<StatementId> {
        let Some(first) = words.first() else {
            return Vec::new();
        };
        let named = self.sections[section.0].by_word.get(first);
        let mut found: Vec<StatementId> = named.into_iter().flatten().copied().collect();
        found.retain(|id| self.statement(*id).begins_with(words));
        found
    }
}

impl SchemaTable {
    /// The statements of a section with those it includes, and the words that each begins with.
    fn statements(
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

impl Statement {
    /// Returns the words that it begins with, for people.
    pub(super) fn name(&self) -> &str {
        match self.head.first() {
            Some(Kind::OneOf(words)) => words.first().map_or("", String::as_str),
            _ => "",
        }
    }

    fn read(properties: &Properties, ids: &HashMap<&str, SectionId>) -> Result<Self, String> {
        let mut head = Vec::new();
        let mut body = Body::Flag;
        let mut words = properties.is.split_whitespace();
        while let Some(word) = words.next() {
            let rest = word.strip_prefix('{');
            match (word, rest) {
                ("=", _) => body = Body::Leaf(words.by_ref().map(kind).collect()),
                ("*", _) => body = many(words.next(), &properties.is)?,
                ("+", _) => {
                    body = Body::Numbers;
                    words.by_ref().for_each(drop);
                }
                ("..", _) => body = Body::Text(words.by_ref().collect::<Vec<_>>().join(" ")),
                (_, Some(name)) => body = section(name, &head, ids)?,
                _ => head.push(kind(word)),
            }
        }
        let case = properties.case.as_ref().unwrap_or(&properties.is);
        Ok(Self {
            head,
            body,
            choice: properties
                .choice
                .as_ref()
                .map(|choice| (choice.clone(), case.clone())),
            order: properties.order,
            one_line: properties.one_line,
            unproven: properties.unproven,
            immutable: properties.immutable,
            change_unproven: properties.change_unproven,
            single: properties.single,
            identity: properties.identity.clone(),
            held_by: properties.held_by.clone(),
            mandatory: properties.mandatory,
            defines: properties.defines.clone(),
            refers: properties.refers.clone(),
            built_in: properties.built_in.clone(),
            named_at: properties.named_at,
            defined_at: properties.defined_at,
            removed_by: properties.removed_by,
            removal_unproven: properties.removal_unproven,
            removal_names_value: properties.removal_names_value,
            removal: kinds(properties.removal.as_deref()),
            creation_unproven: properties.creation_unproven,
            overwrites: properties.overwrites,
            only_if_seen: properties.only_if_seen,
            default_number: properties.default_number,
            needs_root: properties.needs_root.clone(),
            of_prefix: properties.of_prefix.clone(),
            brings: properties.brings.clone(),
            brings_unless: properties.brings_unless.clone(),
            refers_to_numbers: properties.refers_to_numbers,
            excludes: properties.excludes.clone(),
            needs: properties.needs.clone(),
            alone_with: properties.alone_with.clone(),
            clears: properties.clears.clone(),
            owns: properties.owns,
            owned: properties.owned,
        })
    }

    fn head(&self, statement: StatementId, words: &[String]) -> Found {
        let mut spelled = Vec::with_capacity(self.head.len());
        let mut doubtful = self.unproven;
        for (place, kind) in self.head.iter().enumerate() {
            let Some(word) = words.get(place) else {
                return Found::Short;
            };
            match kind.fit(word) {
                Fit::Yes(word) => spelled.push(word),
                Fit::Doubtful(word) if !kind.is_fixed() => {
                    doubtful = true;
                    spelled.push(word);
                }
                _ if kind.is_fixed() || place == 0 => return Found::Nothing,
                _ => return Found::Wrong,
            }
        }
        Found::Head(Head {
            statement,
            words: spelled,
            doubtful,
        })
    }

    /// Returns the values of its identity in a line of it.
    pub(super) fn values<'w>(&self, words: &'w [&'w str]) -> Vec<&'w str> {
        let places = self.identity.iter().copied();
        let named =
            places.filter(|place| self.head.get(*place).is_some_and(|kind| !kind.is_fixed()));
        named
            .filter_map(|place| words.get(place).copied())
            .collect()
    }

    /// Returns the values in its other removal, where a line is one.
    pub(super) fn removed<'w>(&self, words: &'w [String]) -> Option<Vec<&'w str>> {
        let fits = |(kind, word): (&Kind, &String)| matches!(kind.fit(word), Fit::Yes(_));
        let is_one = !self.removal.is_empty() && self.removal.len() == words.len();
        let both = || self.removal.iter().zip(words);
        if !is_one || !both().all(fits) {
            return None;
        }
        let named = both().filter(|(kind, _)| !kind.is_fixed());
        Some(named.map(|(_, word)| word.as_str()).collect())
    }

    /// Says whether it names a value before what stands in it.
    pub(super) fn names_values(&self) -> bool {
        self.head.iter().any(|kind| !kind.is_fixed())
    }

    fn begins_with(&self, words: &[String]) -> bool {
        words.len() <= self.head.len()
            && self
                .head
                .iter()
                .zip(words)
                .all(|(kind, word)| matches!(kind.fit(word), Fit::Yes(_)))
    }
}

impl Kind {
    /// Says whether it stands for words that belong to the statement.
    fn is_fixed(&self) -> bool {
        matches!(self, Self::OneOf(_))
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
