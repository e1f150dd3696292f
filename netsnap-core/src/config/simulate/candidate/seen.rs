//! How does a device print, as far as what it printed when it booted says?

use std::collections::HashSet;

use super::schema::{Schema, StatementId};
use super::tree::Node;

/// Says whether a device does not print a statement: it prints none of the kind, or what stands against it.
pub(super) fn is_without_a_word(
    schema: &Schema,
    id: StatementId,
    seen: &HashSet<StatementId>,
) -> bool {
    let rule = schema.statement(id);
    let is_other = |other: &str| seen.iter().any(|id| schema.statement(*id).is == other);
    let may_be = rule.only_if_seen || rule.unless_seen.as_deref().is_some_and(is_other);
    may_be && !seen.contains(&id)
}

/// Collects the statements that tell how a device prints.
pub(super) fn collect(schema: &Schema, root: &Node) -> HashSet<StatementId> {
    let mut seen = HashSet::new();
    let mut nodes = vec![root];
    while let Some(node) = nodes.pop() {
        let tells = |id: &StatementId| {
            let rule = schema.statement(*id);
            rule.only_if_seen || rule.unless_seen.is_some()
        };
        seen.extend(node.statement.filter(tells));
        nodes.extend(node.children.iter());
    }
    seen
}
