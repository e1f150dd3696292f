//! What stands alone: interfaces of which a table has one, and what is bound once?

use std::collections::HashSet;

use super::super::schema::Statement;
use super::super::tree::Node;
use super::{INTERFACE, Names};

impl<'t> Names<'t> {
    /// Notes an interface of which a routing table has one.
    pub(super) fn note_alone(&mut self, name: &str, statement: &Statement) {
        let start = statement.one_of_table.as_ref();
        if start.is_some_and(|start| name.starts_with(start.as_str())) {
            self.alone.push(name.to_owned());
        }
    }

    /// Those of them that one table has two of.
    pub(super) fn together(&self) -> Vec<String> {
        let mut tables = HashSet::new();
        let table = |name: &str| self.owners.get(&(INTERFACE, name)).cloned();
        let second = self.alone.iter().filter(|name| !tables.insert(table(name)));
        second
            .map(|name| format!("the table of {name} has another one"))
            .collect()
    }

    /// Notes what says of itself that it is bound once.
    pub(super) fn note_once(&mut self, node: &'t Node, statement: &'t Statement) {
        let (Some(line), Some(kind)) = (&statement.one_user_with, &statement.defines) else {
            return;
        };
        if node.children.iter().any(|child| child.text() == *line) {
            self.once.push((kind, node.name()));
        }
    }

    /// Those that are bound more than once.
    pub(super) fn bound_again(&self) -> Vec<String> {
        let users = |kind: &str, name: &str| {
            let is_user = |used: &&super::Used<'_>| {
                used.name == name && used.statement.refers.iter().any(|other| other == kind)
            };
            self.used.iter().filter(is_user).count()
        };
        let again = self
            .once
            .iter()
            .filter(|(kind, name)| users(kind, name) > 1);
        again
            .map(|(kind, name)| format!("{kind} {name} is bound more than once"))
            .collect()
    }
}
