//! Are the interfaces of a zone in one routing table?

use std::collections::{HashMap, HashSet};

use super::super::schema::Statement;
use super::super::tree::Node;
use super::{INTERFACE, Names};

impl<'t> Names<'t> {
    /// Notes an interface that is in the routing table of the others beside it.
    pub(super) fn note_held(&mut self, around: &'t Node, node: &'t Node, statement: &Statement) {
        if statement.of_one_table {
            self.held.push((&around.key, node.name()));
        }
    }

    /// What holds interfaces of more than one table.
    pub(super) fn torn(&self) -> Vec<String> {
        let mut tables: HashMap<&str, HashSet<Option<&String>>> = HashMap::new();
        for &(holder, interface) in &self.held {
            let table = self.owners.get(&(INTERFACE, interface));
            tables.entry(holder).or_default().insert(table);
        }
        let torn = tables.iter().filter(|(_, tables)| tables.len() > 1);
        torn.map(|(holder, _)| format!("{holder} has interfaces of more than one table"))
            .collect()
    }
}
