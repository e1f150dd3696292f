//! What does a configuration make, use and say about its device? One walk over it answers for the risk and for the checks.

use std::collections::BTreeMap;

use crate::config::Configuration;
use crate::config::canonical::{Item, Level};
use crate::platform::{IdentityKind, Risks, Rule};

/// What one walk over a configuration found.
#[derive(Debug, Default)]
pub(super) struct Survey<'c> {
    /// Names that lines make or use: `access-list EDGE`.
    pub(super) names: BTreeMap<String, Name<'c>>,
    /// Lines that the table does not know, by their path. What stands inside one is not looked at.
    pub(super) unknown: BTreeMap<String, Place<'c>>,
    /// What only one device of a network can have.
    pub(super) identities: Vec<Said>,
    /// The entries of the lists that are sections, by the name of the list.
    pub(super) entries: BTreeMap<String, Vec<Place<'c>>>,
    /// What only one line of a device, or of a port, can have: tags behind their port, VNIs.
    pub(super) claims: BTreeMap<String, Vec<Place<'c>>>,
}

/// Where a name is made and used.
#[derive(Debug, Default)]
pub(super) struct Name<'c> {
    pub(super) made: Vec<Place<'c>>,
    pub(super) used: Vec<Place<'c>>,
}

/// A line in its section.
#[derive(Clone, Debug)]
pub(super) struct Place<'c> {
    pub(super) section: Vec<&'c str>,
    pub(super) line: &'c str,
}

/// Something that a line says about the device.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) kind: IdentityKind,
    /// The interface, or the VLAN; empty for the device.
    pub(super) scope: String,
    pub(super) value: String,
    /// The VRF that the line itself names; empty where it names none.
    pub(super) table: String,
    pub(super) section: Vec<String>,
    pub(super) line: String,
}

impl Place<'_> {
    /// Returns the headers of the sections and the line as one text.
    pub(super) fn path(&self) -> String {
        let mut words = self.section.clone();
        words.push(self.line);
        words.join(" ")
    }

    /// Returns the section headers as texts of their own.
    pub(super) fn section(&self) -> Vec<String> {
        self.section.iter().map(ToString::to_string).collect()
    }
}

impl<'c> Survey<'c> {
    /// Walks over a configuration.
    pub(super) fn of(configuration: &'c Configuration, risks: &Risks) -> Self {
        let mut walk = Walk {
            survey: Self::default(),
            risks,
            section: Vec::new(),
            lists: Vec::new(),
            path: String::new(),
        };
        walk.level(configuration.level());
        walk.survey
    }
}

struct Walk<'c, 'r> {
    survey: Survey<'c>,
    risks: &'r Risks,
    section: Vec<&'c str>,
    /// The names that the header of the section makes.
    lists: Vec<String>,
    path: String,
}

impl<'c> Walk<'c, '_> {
    fn level(&mut self, level: Level<'c>) {
        for item in level.items() {
            let length = self.path.len();
            if length > 0 {
                self.path.push(' ');
            }
            let line = first_line(item);
            self.path.push_str(line);
            self.item(item, line);
            self.path.truncate(length);
        }
    }

    fn item(&mut self, item: Item<'c>, line: &'c str) {
        let Some(rule) = item.rule() else {
            let place = self.place(line);
            self.survey.unknown.insert(self.path.clone(), place);
            return;
        };
        let made = rule.defines(item.text());
        if made.is_empty() && (rule.is_entry() || rule.ordered) {
            for list in self.lists.clone() {
                let place = self.place(line);
                self.survey.entries.entry(list).or_default().push(place);
            }
        }
        for name in made.iter().cloned() {
            let place = self.place(line);
            self.survey.names.entry(name).or_default().made.push(place);
        }
        for name in rule.uses(item.text()) {
            let place = self.place(line);
            self.survey.names.entry(name).or_default().used.push(place);
        }
        self.claims(rule, item.text(), line);
        self.identity(line);
        if !item.children().is_empty() {
            self.section.push(line);
            let lists = std::mem::replace(&mut self.lists, made);
            self.level(item.children());
            self.lists = lists;
            self.section.pop();
        }
    }

    fn claims(&mut self, rule: &Rule, text: &str, line: &'c str) {
        let header = self.section.last().copied().unwrap_or_default();
        let port = header.split('.').next().unwrap_or(header);
        let of_port = rule.claims_of_port(text).into_iter();
        let of_port = of_port.map(|name| format!("{name} of {port}"));
        for name in rule.claims(text).into_iter().chain(of_port) {
            let place = self.place(line);
            self.survey.claims.entry(name).or_default().push(place);
        }
    }

    fn identity(&mut self, line: &str) {
        let Some(found) = self.risks.identity(&self.path) else {
            return;
        };
        self.survey.identities.push(Said {
            kind: found.kind,
            scope: found.scope,
            value: found.value,
            table: found.table,
            section: self.section.iter().map(ToString::to_string).collect(),
            line: line.to_owned(),
        });
    }

    fn place(&self, line: &'c str) -> Place<'c> {
        Place {
            section: self.section.clone(),
            line,
        }
    }
}

fn first_line<'c>(item: Item<'c>) -> &'c str {
    item.text().lines().next().unwrap_or_default()
}
