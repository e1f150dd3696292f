//! Is everything made that is referred to?

use std::collections::HashSet;

use super::schema::{Schema, Statement};
use super::tree::Node;

/// What a device complains of when a change is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Complaints {
    /// References to what is not made, in words.
    pub(super) missing: Vec<String>,
}

/// Collects the complaints about a tree. What is switched off neither makes nor refers to anything (Junos OS CLI User Guide,
/// deactivating statements).
pub(super) fn complaints(schema: &Schema, root: &Node) -> Complaints {
    let mut names = Names {
        schema,
        made: HashSet::new(),
        used: Vec::new(),
    };
    names.collect(root);
    let Names { made, used, .. } = names;
    let is_made = |used: &Used<'_>| {
        let mut kinds = used.statement.refers.iter();
        kinds.any(|kind| made.contains(&(kind.as_str(), used.name)))
    };
    let mut missing: Vec<String> = used
        .iter()
        .filter(|used| !is_made(used))
        .map(|used| {
            format!(
                "{} {} referenced but not defined",
                used.statement.refers[0], used.name
            )
        })
        .collect();
    missing.sort();
    missing.dedup();
    Complaints { missing }
}

struct Names<'t> {
    schema: &'t Schema,
    made: HashSet<(&'t str, &'t str)>,
    used: Vec<Used<'t>>,
}

struct Used<'t> {
    statement: &'t Statement,
    name: &'t str,
}

impl<'t> Names<'t> {
    fn collect(&mut self, node: &'t Node) {
        for child in node.children.iter().filter(|child| !child.inactive) {
            if let Some(statement) = child.rule(self.schema) {
                self.note(child, statement);
            }
            self.collect(child);
        }
    }

    fn note(&mut self, node: &'t Node, statement: &'t Statement) {
        let last = node.key.rsplit(' ').next().unwrap_or_default();
        if let Some(kind) = &statement.defines {
            self.made.insert((kind, last));
        }
        let name = node.value.as_deref().unwrap_or(last);
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if !statement.refers.is_empty()
            && is_name
            && !statement.built_in.iter().any(|known| known == name)
        {
            self.used.push(Used { statement, name });
        }
    }
}
