//! A device that keeps a tree of statements and takes a change over as a whole.
//!
//! Its statements are data, `platforms/simulator/NAME.toml`: what stands in what, which words identify it, which values
//! exclude each other, whose order has a meaning, what refers to what. They come from the vendors' documents and published
//! data models, none from a device. What they do not know is taken literally and proves nothing.

mod addresses;
mod around;
mod beside;
mod boot;
mod bound;
mod calls;
mod connector;
mod edit;
mod effects;
mod held;
mod junos;
mod labels;
mod lengths;
mod lines;
mod mentioned;
mod networks;
mod notation;
mod numbers;
mod path;
mod peers;
mod policy;
mod print;
mod references;
mod rules;
mod schema;
mod sections;
mod seen;
mod services;
mod spelled;
mod sros;
mod tables;
#[cfg(test)]
mod tests;
mod texts;
mod tree;
mod value;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

use super::Response;
use crate::error::Result;
use references::{Complaints, complaints};
use schema::{Schema, StatementId};
use sections::{Cursor, Device, Style};
use tree::Node;
use words::Ends;

/// What takes a change over, in each section (the vendors' guides to their command lines).
const COMMIT: &str = "commit";

/// How a platform writes its statements and its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// Juniper Junos: statements in braces, `set`, `delete`, `insert`, `activate`, `deactivate`.
    Junos,
    /// Nokia SR OS, MD-CLI: statements in braces without semicolons, `/configure PATH`, `delete /configure PATH`.
    Sros,
    /// Lines in sections, a word before what goes.
    Sections(Style),
}

/// A simulated device with a candidate configuration.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    dialect: Dialect,
    schema: Arc<Schema>,
    root: Node,
    /// What it complained of when it booted: it runs all the same.
    known: Complaints,
    /// Where the next line goes, where lines stand in sections.
    cursor: Cursor,
    /// The statements of which it printed one when it booted, where that says how it prints.
    seen: HashSet<StatementId>,
    /// What it printed when it booted, where that says how it prints.
    booted: Option<Arc<Node>>,
    /// What was taken over last: some things take two changes, and some do not go.
    committed: Node,
}

impl Candidate {
    /// Says whether there are rules for a platform.
    pub(super) fn knows(platform: &str) -> bool {
        tables::named(platform).is_some()
    }

    /// Returns the text of a platform's rules.
    pub(super) fn rules(platform: &str) -> Option<&'static str> {
        tables::text(platform)
    }

    /// Boots a device of a platform with a configuration, as the device prints it.
    ///
    /// # Errors
    /// `Unsupported` for a platform without rules; `ConfigurationInvalid` for a text that no such device prints.
    pub(super) fn new(platform: &str, running: &str) -> Result<Self> {
        let (dialect, schema) = tables::named(platform).ok_or_else(tables::unsupported)?;
        let root = booted(dialect, &schema, running)?;
        let known = complaints(&schema, &root, &HashSet::new());
        let seen = seen::collect(&schema, &root);
        let has_way = matches!(dialect, Dialect::Sections(_));
        Ok(Self {
            dialect,
            schema,
            booted: has_way.then(|| Arc::new(root.clone())),
            committed: root.clone(),
            root,
            known,
            cursor: Cursor::default(),
            seen,
        })
    }

    /// Carries out one line. What takes the change over is one, too; the section that it is typed in is not left.
    pub(super) fn line(&mut self, line: &str) -> Response {
        if line.trim() == COMMIT && !self.is_immediate() && !self.cursor.is_inside_text() {
            return self.commit();
        }
        let mut response = self.carried_out(line);
        // Some devices look for what a line names as it is typed, others when the change is taken over.
        if self.dialect == Dialect::Sections(sections::VRP) && response.modelled {
            response.modelled = self.complaints().is_empty();
        }
        response.modelled &= !self.spells_otherwise(line);
        response
    }

    /// Says whether it may print a line otherwise than typed. Terminals take a question mark for a request for help.
    fn spells_otherwise(&self, line: &str) -> bool {
        let Dialect::Sections(style) = self.dialect else {
            return false;
        };
        line.contains(['?', '\t'])
            || (style == sections::VRP && spelled::otherwise_by_vrp(line))
            || (style == sections::DNOS && spelled::otherwise_by_dnos(line))
    }

    /// Some Huawei devices put a line into force at once, others have a candidate; nobody says which one this is.
    pub(super) fn is_immediate(&self) -> bool {
        self.dialect == Dialect::Sections(sections::VRP)
    }

    fn carried_out(&mut self, line: &str) -> Response {
        match self.dialect {
            Dialect::Junos => junos::line(&self.schema, &mut self.root, line),
            Dialect::Sros => sros::line(&self.schema, &mut self.root, line),
            Dialect::Sections(style) => Device {
                style,
                schema: &self.schema,
                root: &mut self.root,
                cursor: &mut self.cursor,
                seen: Some(&self.seen),
                booted: self.booted.as_deref(),
            }
            .line(line),
        }
    }

    /// What it complains of now and did not when it booted.
    fn complaints(&self) -> Vec<String> {
        let mut missing = complaints(&self.schema, &self.root, &self.known.kinds).missing;
        missing.retain(|complaint| !self.known.missing.contains(complaint));
        missing
    }

    /// Checks the change as a whole, as the device does when it takes it over; what comes then is another change.
    ///
    /// What it complained of when it booted is no fault of the change. What is refused is not in force, and stays a change.
    pub(super) fn commit(&mut self) -> Response {
        let mut missing = self.complaints();
        if self.cursor.is_inside_text() {
            missing.push("a text has no end".to_owned());
        }
        let change = (&self.committed, &self.root);
        missing.extend(held::held(&self.schema, change));
        missing.extend(mentioned::complaints(&self.schema, change));
        if !missing.is_empty() {
            return Response::refused(missing.join("\n"));
        }
        self.committed = self.root.clone();
        Response::taken(String::new())
    }

    /// Returns the configuration as the device prints it.
    pub(super) fn running(&self) -> String {
        match self.dialect {
            Dialect::Junos => print::braces(&self.schema, &self.root, Ends::WithSemicolon),
            Dialect::Sros => print::braces(&self.schema, &self.root, Ends::WithLine),
            Dialect::Sections(style) => lines::print(style, &self.schema, &self.root),
        }
    }

    /// Says whether the device means the same as one that booted with a text.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub(super) fn is_as(&self, text: &str) -> Result<bool> {
        let root = booted(self.dialect, &self.schema, text)?;
        Ok(self.root.means(&root, &self.schema))
    }

    /// Goes back to the outermost section.
    pub(super) fn reset(&mut self) {
        self.cursor.reset();
    }

    /// Returns the host name.
    pub(super) fn hostname(&self) -> &str {
        let system = self.root.children.get("system");
        let named = |key: &str| system.and_then(|system| system.children.get(key));
        let outermost = |key: &str| self.root.children.get(key);
        let name = named("host-name").or_else(|| named("name"));
        let name = name.or_else(|| outermost("hostname").or_else(|| outermost("sysname")));
        let name = name.and_then(|name| name.value.as_deref());
        name.unwrap_or_default().trim_matches('"')
    }
}

fn booted(dialect: Dialect, schema: &Schema, text: &str) -> Result<Node> {
    match dialect {
        Dialect::Junos => junos::boot(schema, text),
        Dialect::Sros => sros::boot(schema, text),
        Dialect::Sections(style) => sections::boot(style, schema, text),
    }
}
