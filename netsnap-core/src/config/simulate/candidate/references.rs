//! Is everything made that is referred to, and there what must be?

mod alone;
mod circles;
mod inside;
mod numbered;
mod own;
mod ports;
mod used;
mod zones;

use std::collections::{HashMap, HashSet};

use super::super::address::Prefix;
use super::super::circle::Graph;
use super::addresses;
use super::around::Placed;
use super::calls::Calls;
use super::connector::Told;
use super::effects::begins;
use super::labels;
use super::lengths;
use super::networks::Addresses;
use super::notation::{Addressed, Sphere};
use super::peers;
use super::policy;
use super::schema::{Body, Schema, Statement};
use super::texts;
use super::tree::Node;
use super::value::unquoted;
use circles::Made;
use used::{Used, bare};

/// What a device complains of when a change is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaints {
    /// In words.
    pub(super) missing: Vec<String>,
    /// The kinds of which something is made, with their sphere.
    pub(super) kinds: HashSet<(String, String)>,
}

/// Collects the complaints about a tree. What is switched off neither makes nor refers to anything (Junos OS CLI User Guide,
/// deactivating statements). Of what kinds something stood before, is told: of those the text is whole.
pub(super) fn complaints<'t>(
    schema: &'t Schema,
    root: &'t Node,
    stood: &'t HashSet<(String, String)>,
) -> Complaints {
    let mut names = Names {
        schema,
        root,
        made: HashSet::new(),
        used: Vec::new(),
        in_texts: Vec::new(),
        owned: HashSet::new(),
        owners: HashMap::new(),
        barred: Vec::new(),
        used_inside: Vec::new(),
        named: HashSet::new(),
        to_name: Vec::new(),
        addresses: Addresses::default(),
        own: Vec::new(),
        others: Vec::new(),
        alone: Vec::new(),
        once: Vec::new(),
        told: Told::of(root, stood),
        calls: Calls::default(),
        sphere: String::new(),
        kinds: HashSet::new(),
        stood,
        of_ports: HashSet::new(),
        lacking: Vec::new(),
        held: Vec::new(),
        paths: Vec::new(),
        numbers: Vec::new(),
        asked: Vec::new(),
        makers: Vec::new(),
        circles: Graph::default(),
    };
    names.collect(&mut vec![root]);
    let undefined = names.used.iter().filter(|used| !names.is_made(used));
    let undefined = undefined.map(|used| {
        let kind = &used.statement.refers[0];
        format!("{kind} {} referenced but not defined", used.name)
    });
    let mut missing: Vec<String> = undefined.collect();
    missing.extend(names.undefined_in_texts());
    missing.extend(names.unnamed());
    missing.extend(names.owned_elsewhere());
    missing.extend(names.strangers());
    missing.extend(names.own_named());
    missing.extend(names.together());
    missing.extend(names.torn());
    missing.extend(names.bound_again());
    missing.extend(names.calls.complaints());
    missing.extend(names.circles());
    missing.extend(names.unmade_numbers());
    let is_made = |value: &str| names.made.iter().any(|(_, _, name)| name == value);
    missing.extend(names.calls.strangers(is_made));
    missing.append(&mut names.lacking);
    let owners = names.owners;
    let table_of = |interface: &str| owners.get(&(INTERFACE, interface)).cloned();
    missing.extend(names.addresses.complaints(table_of));
    let unmet = names.paths.iter().filter(|used| used.lacks_path(root));
    missing.extend(unmet.map(|used| format!("{} is not ready for it", used.name)));
    missing.extend(addresses::complaints(schema, root));
    missing.extend(peers::complaints(schema, root));
    missing.extend(labels::complaints(root));
    missing.sort();
    missing.dedup();
    let kinds = names.kinds.into_iter();
    let kinds = kinds.map(|(kind, sphere)| (kind.to_owned(), sphere));
    Complaints {
        missing,
        kinds: kinds.collect(),
    }
}

struct Names<'t> {
    schema: &'t Schema,
    root: &'t Node,
    /// What is made: kind, sphere and name.
    made: HashSet<Made<'t>>,
    used: Vec<Used<'t>>,
    /// What texts refer to: kind and name.
    in_texts: Vec<(&'t str, String)>,
    /// Values that only one may have.
    owned: HashSet<(&'t str, String, &'t str)>,
    /// Whose they are.
    owners: HashMap<(&'t str, &'t str), String>,
    /// What only one has, and what has none of it.
    barred: Vec<(&'t str, &'t str)>,
    /// What is said of something that belongs to the sphere in which it is said.
    used_inside: Vec<(&'t str, &'t str, String)>,
    /// What is named for the sake of its being named, and what has to be.
    named: HashSet<(&'t str, &'t str)>,
    to_name: Vec<(&'t str, String)>,
    addresses: Addresses,
    /// The addresses of the device, each with the sphere of its table, and what must be another's.
    own: Vec<own::Own>,
    others: Vec<own::Other>,
    told: Told,
    /// Interfaces of which a routing table has one.
    alone: Vec<String>,
    /// What is bound once, with its kind.
    once: Vec<(&'t str, &'t str)>,
    calls: Calls,
    /// Whose names are meant here.
    sphere: String,
    /// The kinds of which something is made, with their sphere.
    kinds: HashSet<(&'t str, String)>,
    /// Those of which something was made before.
    stood: &'t HashSet<(String, String)>,
    /// What only one part of a port may say, with the port.
    of_ports: HashSet<(&'t str, String)>,
    lacking: Vec<String>,
    /// Interfaces of one routing table, with what holds them.
    held: Vec<(&'t str, &'t str)>,
    /// What needs a line elsewhere.
    paths: Vec<Used<'t>>,
    /// The numbers that something has, from one to another, and those that are asked for.
    numbers: Vec<(&'t str, u32, u32)>,
    asked: Vec<(&'t str, u32)>,
    /// What the sections make in which a line stands, and what calls what of its kind.
    makers: Vec<Made<'t>>,
    circles: Graph<Made<'t>>,
}

/// What has values and calls others.
const POLICY: &str = "route-policy";

/// Says whether a number of a text stands before a smaller one.
fn falls(text: &str) -> bool {
    let numbers: Vec<u64> = text
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    !numbers.is_sorted()
}

/// What only one has: so many last words of a line; its value, else its last word, for none.
fn owned(node: &Node, words: usize) -> &str {
    let mut spaces = node.key.rmatch_indices(' ').map(|(at, _)| at + 1);
    match words.checked_sub(1).and_then(|before| spaces.nth(before)) {
        Some(start) => &node.key[start..],
        None => node.value.as_deref().unwrap_or(node.name()),
    }
}

/// A name with that of the section around it before it, where the rule says so.
fn joined(around: &Node, name: &str, statement: &Statement) -> String {
    match &statement.joined {
        Some(between) => format!("{}{between}{name}", around.name()),
        None => name.to_owned(),
    }
}

/// All that there are, wherever it is said.
const ALL: &str = "all";

/// By what a device knows whose routing table an interface is in.
const INTERFACE: &str = "interface of a routing instance";

impl<'t> Names<'t> {
    /// Goes through what stands in the last of the sections.
    fn collect(&mut self, path: &mut Vec<&'t Node>) {
        let schema = self.schema;
        let Some(node) = path.last().copied() else {
            return;
        };
        self.check_beside(node);
        let there = node.children.iter();
        for child in there.filter(|child| !child.inactive && child.stands(schema)) {
            let around = self.enter(child);
            let makers = self.makers.len();
            if let Some(statement) = child.rule(schema) {
                self.note(node, child, statement);
                self.note_bound(node, child, statement);
                self.note_other(child, statement);
                self.note_address((path, child), statement);
                self.check(child, statement);
                let placed = Placed {
                    schema,
                    path: path.as_slice(),
                    node: child,
                    rule: statement,
                };
                self.lacking.extend(placed.complaints());
            }
            self.check_around(node, child);
            self.check_port(child);
            path.push(child);
            self.collect(path);
            path.pop();
            self.makers.truncate(makers);
            self.sphere = around;
        }
    }

    /// Goes into the sphere of a section; returns the one around.
    fn enter(&mut self, node: &Node) -> String {
        let around = self.sphere.clone();
        let rule = node.rule(self.schema);
        match rule.and_then(|rule| rule.sphere.as_ref()) {
            Some(Sphere::Own) => self.sphere.clone_from(&node.key),
            Some(Sphere::Of(key)) => self.sphere.clone_from(key),
            None => {}
        }
        around
    }

    /// Returns whose a name of a statement is.
    fn sphere_of(&self, statement: &Statement) -> String {
        match statement.in_sphere {
            true => self.sphere.clone(),
            false => String::new(),
        }
    }

    fn note_made(&mut self, around: &Node, node: &'t Node, statement: &'t Statement) {
        let sphere = self.sphere_of(statement);
        if let Some(kind) = &statement.defines {
            let word = |place| node.key.split(' ').nth(place).unwrap_or_default();
            let own = match statement.body {
                Body::Leaf(_) if !statement.names_values() => {
                    node.value.as_deref().unwrap_or(node.name())
                }
                _ => node.name(),
            };
            let name = statement.defined_at.map_or(own, word);
            let name = joined(around, bare(name), statement);
            self.note_alone(&name, statement);
            self.kinds.insert((kind, sphere.clone()));
            let name_in_calls = unquoted(&name).to_owned();
            self.makers.push((kind, sphere.clone(), name_in_calls));
            self.made.insert((kind, sphere, name));
        }
        if let Some(kind) = &statement.names {
            let name = node.value.as_deref().unwrap_or(node.name());
            self.named.insert((kind, name));
        }
        let by = statement.named_by.as_ref();
        if let Some(by) = by.filter(|by| by.inside == around.key) {
            let name = joined(around, node.name(), statement);
            self.to_name.push((&by.kind, name));
        }
    }

    /// What texts name, and nothing makes.
    fn undefined_in_texts(&self) -> Vec<String> {
        let is_made =
            |kind, name: &str| self.made.contains(&(kind, String::new(), name.to_owned()));
        let all = self.in_texts.iter();
        let undefined = all.filter(|(kind, name)| !is_made(*kind, name));
        undefined
            .map(|(kind, name)| format!("{kind} {name} referenced but not defined"))
            .collect()
    }

    /// What has to be named elsewhere, and is not.
    fn unnamed(&self) -> Vec<String> {
        let all = self.to_name.iter();
        let unnamed = all.filter(|(kind, name)| !self.named.contains(&(*kind, name.as_str())));
        unnamed
            .map(|(kind, name)| format!("{name} is the {kind} of nothing"))
            .collect()
    }

    /// What another one has that should have none of it.
    fn owned_elsewhere(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (kind, name) in &self.barred {
            let is_of = |value: &str| {
                let rest = value.strip_prefix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            };
            let all = self.owned.iter();
            let meant = all.filter(|(other, _, value)| kind == other && is_of(value));
            found.extend(meant.map(|(kind, _, value)| format!("{kind} {value} is of a group")));
        }
        found
    }

    /// What is said of something in one sphere and belongs to another; what nobody has is of none.
    fn strangers(&self) -> Vec<String> {
        let owner = |kind, name| self.owners.get(&(kind, name)).map_or("", String::as_str);
        let all = self.used_inside.iter();
        let strange = all.filter(|(kind, name, sphere)| owner(*kind, *name) != sphere);
        strange
            .map(|(kind, name, sphere)| match sphere.as_str() {
                "" => format!("{kind} {name} is not of its own"),
                sphere => format!("{kind} {name} is not of {sphere}"),
            })
            .collect()
    }

    /// Notes what a port carries.
    fn note_bound(&mut self, around: &Node, node: &'t Node, statement: &'t Statement) {
        let name = node.value.as_deref().unwrap_or(node.name());
        let made = |place| node.key.split(' ').nth(place);
        let name = statement.defined_at.and_then(made).unwrap_or(name);
        if let Some(kind) = &statement.bars_owner {
            self.barred.push((kind, name));
        }
        if let Some(kind) = statement.of_sphere.as_ref().filter(|_| name != ALL) {
            self.used_inside.push((kind, name, self.sphere.clone()));
        }
        let Some(bound) = statement.bound else {
            return;
        };
        let complaint = match bound.is_by_hardware() {
            true => self.told.complaint(self.root, name),
            false => None,
        };
        let complaint = complaint.or_else(|| bound.complaint(statement, (self.root, around), name));
        self.lacking.extend(complaint);
    }

    /// Notes the address of an interface: with its mask, or with the length that stands beside or inside of it.
    fn note_address(&mut self, (path, node): (&[&'t Node], &'t Node), statement: &Statement) {
        let Some(how) = statement.addressed else {
            return;
        };
        let around = path.last().copied().unwrap_or(node);
        let text = node.value.as_deref().unwrap_or(node.name());
        let length = |section: &Node| section.children.get("prefix-length")?.value.clone();
        let length = length(node).or_else(|| length(around));
        let whole = length.map(|length| format!("{text}/{length}"));
        let prefix = Prefix::parse(whole.as_deref().unwrap_or(text));
        if let Some(prefix) = prefix {
            let owner = self.interface(path, how);
            self.addresses.note((prefix, how), &owner, &self.sphere);
            self.note_own(owner, prefix.address());
        }
    }

    /// The name of the interface that something stands in.
    fn interface(&self, path: &[&Node], how: Addressed) -> String {
        let has_name = |node: &&&Node| match how {
            Addressed::Alone => begins(&node.key, "unit"),
            Addressed::Apart => begins(&node.key, "interface"),
        };
        let Some(at) = path.iter().position(|node| has_name(&node)) else {
            return String::new();
        };
        let rule = path[at].rule(self.schema);
        rule.map_or_else(String::new, |rule| {
            joined(path[at - 1], path[at].name(), rule)
        })
    }

    fn note(&mut self, around: &'t Node, node: &'t Node, statement: &'t Statement) {
        self.note_made(around, node, statement);
        self.note_once(node, statement);
        self.note_numbers(node, statement);
        self.note_text(node, statement);
        self.note_held(around, node, statement);
        if let Some(kind) = &statement.one_owner {
            let value = owned(node, statement.owner_words);
            let sphere = self.sphere_of(statement);
            let is_free = value == "auto" || statement.built_in.iter().any(|free| free == value);
            if !is_free && !self.owned.insert((kind, sphere, value)) {
                self.lacking.push(format!("{kind} {value} stands twice"));
            }
            self.owners.insert((kind, value), around.key.clone());
        }
        for name in used::named_in(node, statement) {
            self.note_call(name, statement);
            self.note_used(name, statement);
        }
    }

    /// Notes what a text names, and what no device is known to take in it.
    fn note_text(&mut self, node: &Node, statement: &'t Statement) {
        let text = node.value.as_deref().unwrap_or_default();
        if let Some(language) = statement.language {
            let unread = policy::unread(text, language).into_iter();
            let unread = unread.map(|part| format!("{part} in {} may be refused", node.key));
            self.lacking.extend(unread);
        }
        if statement.defines.as_deref() == Some(POLICY) {
            self.calls.define(node.name(), text);
        }
        if !statement.names_in_text.is_empty() {
            let named = texts::named(text, &statement.names_in_text).into_iter();
            let is_other = |(_, name): &(&str, String)| !statement.built_in.contains(name);
            for (kind, name) in named.filter(is_other) {
                self.note_call_in_text(kind, &name);
                self.in_texts.push((kind, name));
            }
        }
        if statement.bounds_length && lengths::are_wrong(node) {
            let line = node.text();
            self.lacking.push(format!("{line} holds no length"));
        }
        if !texts::is_known(text, statement) {
            let line = node.text();
            self.lacking.push(format!("`{line}` may be refused"));
        }
        if statement
            .of_family
            .is_some_and(|family| texts::are_strange_to(text, family))
        {
            let line = node.text();
            self.lacking
                .push(format!("`{line}` has an address of another family"));
        }
        if statement.rises && falls(text) {
            let line = node.text();
            self.lacking.push(format!("the numbers of `{line}` fall"));
        }
    }
}
