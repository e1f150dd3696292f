//! Which statements does a device know, and what stands in them?

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::ops::Deref;

use serde::Deserialize;

use super::notation::{Properties, SchemaTable};
use super::value::{Fit, Kind};

/// The rules of one platform: `platforms/simulator/NAME.toml`.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    sections: Vec<Section>,
    statements: Vec<Statement>,
    /// Kinds of which one that names another is followed to its end.
    followed: HashSet<String>,
    /// How the names of interfaces begin that may have many hosts behind them.
    shared: Vec<String>,
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
    pub(super) head: Vec<Kind>,
    /// What stands behind the head.
    pub(super) body: Body,
    /// Of the statements of one choice only those of one case can stand: name of the choice, name of the case.
    pub(super) choice: Option<(String, String)>,
    /// Another way to write its removal: the values in it are those of its identity, in their order.
    pub(super) removal: Vec<Kind>,
    /// What else the table says of it.
    pub(super) properties: Properties,
}

impl Deref for Statement {
    type Target = Properties;

    fn deref(&self) -> &Properties {
        &self.properties
    }
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

/// The name of the outermost section.
pub(super) const ROOT: &str = "root";

impl Schema {
    /// Reads the rules.
    ///
    /// # Errors
    /// A sentence for a table that does not parse, and for a section that is named and not there.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let table = SchemaTable::parse(text)?;
        let others = table.names();
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
            followed: table.follows.clone(),
            shared: table.shared.clone(),
        };
        for name in names {
            for (statement, first) in table.statements(name, 0)? {
                let statement = statement.read(&ids)?;
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

    /// Says whether a device follows what one of a kind names of its own kind to the end.
    pub(super) fn follows(&self, kind: &str) -> bool {
        self.followed.contains(kind)
    }

    /// Says whether an interface may have many hosts behind it.
    pub(super) fn is_shared(&self, interface: &str) -> bool {
        let mut starts = self.shared.iter();
        interface.parse::<IpAddr>().is_err()
            && starts.any(|start| interface.starts_with(start.as_str()))
    }

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

impl Statement {
    /// Returns the words that it begins with, for people.
    pub(super) fn name(&self) -> &str {
        match self.head.first() {
            Some(Kind::OneOf(words)) => words.first().map_or("", String::as_str),
            _ => "",
        }
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
    pub(super) fn is_fixed(&self) -> bool {
        matches!(self, Self::OneOf(_))
    }
}
