//! Is everything made that is referred to, and there what must be?

use std::collections::HashSet;

use super::addresses;
use super::beside::is_so;
use super::effects::begins;
use super::peers;
use super::schema::{Body, Schema, Statement};
use super::tree::Node;

/// What a device complains of when a change is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaints {
    /// In words.
    pub(super) missing: Vec<String>,
}

/// Collects the complaints about a tree. What is switched off neither makes nor refers to anything (Junos OS CLI User Guide,
/// deactivating statements).
pub(super) fn complaints(schema: &Schema, root: &Node) -> Complaints {
    let mut names = Names {
        schema,
        root,
        made: HashSet::new(),
        used: Vec::new(),
        owned: HashSet::new(),
        of_ports: HashSet::new(),
        lacking: Vec::new(),
        paths: Vec::new(),
    };
    names.collect(root);
    let undefined = names.used.iter().filter(|used| !names.is_made(used));
    let undefined = undefined.map(|used| {
        let kind = &used.statement.refers[0];
        format!("{kind} {} referenced but not defined", used.name)
    });
    let mut missing: Vec<String> = undefined.collect();
    missing.append(&mut names.lacking);
    let unmet = names.paths.iter().filter(|used| used.lacks_path(root));
    missing.extend(unmet.map(|used| format!("{} is not ready for it", used.name)));
    missing.extend(addresses::complaints(schema, root));
    missing.extend(peers::complaints(schema, root));
    missing.sort();
    missing.dedup();
    Complaints { missing }
}

/// Says whether a statement that begins so stands in a section.
fn has(section: &Node, start: &str) -> bool {
    let mut children = section.children.iter().filter(|child| !child.inactive);
    children.any(|child| begins(&child.key, start))
}

struct Names<'t> {
    schema: &'t Schema,
    root: &'t Node,
    made: HashSet<(&'t str, &'t str)>,
    used: Vec<Used<'t>>,
    /// Values that only one may have.
    owned: HashSet<(&'t str, &'t str)>,
    /// What only one part of a port may say, with the port.
    of_ports: HashSet<(&'t str, String)>,
    lacking: Vec<String>,
    /// What needs a line elsewhere.
    paths: Vec<Used<'t>>,
}

/// A name without the values behind it.
fn bare(name: &str) -> &str {
    let named = name.split('(').next();
    named.filter(|named| !named.is_empty()).unwrap_or(name)
}

struct Used<'t> {
    statement: &'t Statement,
    name: &'t str,
}

impl Used<'_> {
    fn lacks_path(&self, root: &Node) -> bool {
        let mut node = root;
        let path = &self.statement.needs_path;
        for (place, step) in path.iter().enumerate() {
            let step = step.replace('*', self.name);
            let mut children = node.children.iter().filter(|child| !child.inactive);
            match children.find(|child| child.key == step || child.text() == step) {
                Some(child) => node = child,
                None => return self.statement.path_stands || place + 1 == path.len(),
            }
        }
        false
    }
}

impl<'t> Names<'t> {
    fn collect(&mut self, node: &'t Node) {
        let schema = self.schema;
        self.check_beside(node);
        let there = node.children.iter();
        for child in there.filter(|child| !child.inactive && child.stands(schema)) {
            if let Some(statement) = child.rule(schema) {
                self.note(child, statement);
                self.check(child, statement);
            }
            self.check_around(node, child);
            self.check_port(child);
            self.collect(child);
        }
    }

    fn note(&mut self, node: &'t Node, statement: &'t Statement) {
        if let Some(kind) = &statement.defines {
            let word = |place| node.key.split(' ').nth(place).unwrap_or_default();
            let name = statement.defined_at.map_or(node.name(), word);
            self.made.insert((kind, bare(name)));
        }
        if let Some(kind) = &statement.one_owner {
            let value = node.value.as_deref().unwrap_or(node.name());
            if !self.owned.insert((kind, value)) {
                self.lacking.push(format!("{kind} {value} stands twice"));
            }
        }
        let name = match statement.named_at {
            Some(place) => node.key.split(' ').nth(place).unwrap_or_default(),
            None => node.value.as_deref().unwrap_or(node.name()),
        };
        let name = bare(name);
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || "_\"".contains(c));
        if !statement.needs_path.is_empty() {
            self.paths.push(Used { statement, name });
        }
        if !statement.refers.is_empty()
            && (is_name || statement.refers_to_numbers)
            && !statement.built_in.iter().any(|known| known == name)
        {
            self.used.push(Used { statement, name });
        }
    }

    /// Notes what must stand in a section and does not.
    fn check(&mut self, node: &Node, statement: &Statement) {
        let Body::Section { section, .. } = &statement.body else {
            return;
        };
        for id in self.schema.mandatory(*section) {
            let mut children = node.children.iter();
            if !children.any(|child| child.statement == Some(*id)) {
                let name = self.schema.statement(*id).name();
                self.lacking
                    .push(format!("{name} is missing in {}", node.key));
            }
        }
        let starts = &statement.needs_inside;
        let is_one = |child: &Node| starts.iter().any(|start| begins(&child.key, start));
        if !starts.is_empty() && !node.children.iter().any(is_one) {
            let starts = starts.join(" or ");
            self.lacking
                .push(format!("{starts} is missing in {}", node.key));
        }
        self.check_like(node);
    }

    /// Notes what only one part of a port may say, and another one says too.
    fn check_port(&mut self, node: &'t Node) {
        let schema = self.schema;
        let name = node.key.split(' ').nth(1).unwrap_or(&node.key);
        let port = name.split('.').next().unwrap_or_default();
        let of_port = |child: &&Node| child.rule(schema).is_some_and(|rule| rule.one_of_port);
        for child in node.children.iter().filter(of_port) {
            if !self.of_ports.insert((port, child.text())) {
                self.lacking
                    .push(format!("{} stands twice on {port}", child.text()));
            }
        }
    }

    /// Notes what stands twice among those that differ in it.
    fn check_like(&mut self, node: &Node) {
        let mut values = HashSet::new();
        for child in node.children.iter().filter(|child| !child.inactive) {
            let rule = child.rule(self.schema);
            let Some(line) = rule.and_then(|rule| rule.differs_in.as_ref()) else {
                continue;
            };
            let inner = child.children.get(line).filter(|inner| !inner.inactive);
            if let Some(value) = inner.and_then(|inner| inner.value.as_ref())
                && !values.insert(value)
            {
                self.lacking
                    .push(format!("{line} {value} stands twice in {}", node.key));
            }
        }
    }

    /// Notes what must stand around a peer for what stands in it.
    fn check_around(&mut self, around: &Node, peer: &Node) {
        let schema = self.schema;
        let needs = |child: &&Node| child.rule(schema).is_some_and(|rule| rule.needs_around);
        let lacking = peer.children.iter().filter(needs);
        let lacking = lacking.filter(|child| around.children.get(&child.key).is_none());
        if peer.key.starts_with("neighbor ") {
            let complaint = |child: &Node| format!("{} is missing in {}", child.key, around.key);
            self.lacking.extend(lacking.map(complaint));
        }
        for child in peer.children.iter() {
            let Some(rule) = child.rule(schema) else {
                continue;
            };
            if rule.where_value.is_some() && rule.where_value != child.value {
                continue;
            }
            let still = rule.needs.iter().filter(|_| rule.needs_still);
            let still = still.filter(|need| !peer.children.iter().any(|line| is_so(line, need)));
            let still = still.map(|need| format!("{need} is missing in {}", peer.key));
            let outside = rule.needs_outside.iter();
            let outside = outside.filter(|key| around.children.get(key).is_none());
            let outside = outside.map(|key| format!("{key} is missing in {}", around.key));
            let too = rule.needs_too.iter();
            let too = too.filter(|start| !self.has_too(peer, start) && !self.has_instead(rule));
            let too = too.map(|start| format!("{start} is missing in {}", peer.key));
            let barred = rule.bars.iter().filter(|start| has(peer, start));
            let barred = barred
                .map(|start| format!("{start} stands beside {} in {}", child.text(), peer.key));
            let lacking: Vec<String> = still.chain(outside).chain(too).chain(barred).collect();
            self.lacking.extend(lacking);
        }
    }

    /// Notes what only one of the sections beside each other may say, and another one says too.
    fn check_beside(&mut self, around: &Node) {
        let schema = self.schema;
        let is_one = |child: &&Node| child.rule(schema).is_some_and(|rule| rule.one_beside);
        let sections = around.children.iter().filter(|section| !section.inactive);
        let said = sections.flat_map(|section| section.children.iter().filter(is_one));
        let mut known = HashSet::new();
        for line in said.filter(|line| !line.inactive).map(Node::text) {
            if !known.insert(line.clone()) {
                let place = [line.as_str(), "stands twice in", &around.key].join(" ");
                self.lacking.push(place.trim_end().to_owned());
            }
        }
    }

    /// Says whether a statement stands in a section, or in the outermost one of its name.
    fn has_too(&self, section: &Node, start: &str) -> bool {
        let namesake = self.root.children.get(&section.key);
        has(section, start) || namesake.is_some_and(|namesake| has(namesake, start))
    }

    /// Says whether something stands that does for what is missing.
    fn has_instead(&self, rule: &Statement) -> bool {
        let mut keys = rule.needs_unless.iter();
        let inner = keys.try_fold(self.root, |node, key| node.children.get(key));
        !rule.needs_unless.is_empty() && inner.is_some()
    }

    fn is_made(&self, used: &Used<'_>) -> bool {
        let mut kinds = used.statement.refers.iter();
        kinds.any(|kind| self.made.contains(&(kind.as_str(), used.name)))
    }
}
