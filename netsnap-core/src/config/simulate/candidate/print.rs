//! How does the device print its tree?

use super::schema::{Body, Schema, StatementId};
use super::tree::Node;

/// Prints statements in braces: in the order of the rules, those of one rule in their own.
pub(super) fn braces(schema: &Schema, root: &Node, end: &str) -> String {
    let mut printer = Printer {
        schema,
        end,
        text: String::new(),
    };
    printer.section(root, 0);
    printer.text
}

struct Printer<'s> {
    schema: &'s Schema,
    end: &'s str,
    text: String,
}

impl Printer<'_> {
    fn section(&mut self, section: &Node, depth: usize) {
        let children = section.children.iter();
        let mut children: Vec<&Node> = children.filter(|child| child.stands(self.schema)).collect();
        children.sort_by_key(|child| child.statement.map_or((1, None), |id| (0, Some(id))));
        let mut rest = &children[..];
        while let Some(first) = rest.first() {
            let length = self.list(rest);
            match length {
                0 | 1 => self.one(first, depth),
                _ => self.values(&rest[..length], depth),
            }
            rest = &rest[length.max(1)..];
        }
    }

    /// How many of these are values of one list that print together.
    fn list(&self, nodes: &[&Node]) -> usize {
        let Some(id) = nodes[0].statement.filter(|id| self.is_list(*id)) else {
            return 0;
        };
        let together = |node: &&&Node| node.statement == Some(id) && !node.inactive;
        nodes.iter().take_while(together).count()
    }

    fn is_list(&self, id: StatementId) -> bool {
        matches!(self.schema.statement(id).body, Body::Many(_))
    }

    fn values(&mut self, nodes: &[&Node], depth: usize) {
        let value = |node: &Node| split(&node.key).1.to_owned();
        let values: Vec<String> = nodes.iter().map(|node| value(node)).collect();
        let head = split(&nodes[0].key).0;
        self.push(
            depth,
            &format!("{head} [ {} ]{}", values.join(" "), self.end),
        );
    }

    fn one(&mut self, node: &Node, depth: usize) {
        let mark = if node.inactive { "inactive: " } else { "" };
        let text = format!("{mark}{}", node.text());
        if !node.children.iter().any(|child| child.stands(self.schema)) {
            let is_section = node
                .rule(self.schema)
                .is_some_and(|rule| matches!(rule.body, Body::Section { .. }));
            return match is_section && self.end.is_empty() {
                true => self.push(depth, &format!("{text} {{\n{}}}", "    ".repeat(depth))),
                false => self.push(depth, &format!("{text}{}", self.end)),
            };
        }
        self.push(depth, &format!("{text} {{"));
        self.section(node, depth + 1);
        self.push(depth, "}");
    }

    fn push(&mut self, depth: usize, line: &str) {
        self.text.push_str(&"    ".repeat(depth));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Splits a value of a list from the words before it; a quoted value is one.
fn split(key: &str) -> (&str, &str) {
    let at = match key.ends_with('"') {
        true => key.find(" \""),
        false => key.rfind(' '),
    };
    at.map_or((key, ""), |at| (&key[..at], &key[at + 1..]))
}
