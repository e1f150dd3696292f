//! How does the device print its tree?

use super::schema::{Body, Schema, StatementId};
use super::tree::{Node, split_last};
use super::words::Ends;

/// Prints statements in braces: in the order of the rules, those of one rule in their own.
pub(super) fn braces(schema: &Schema, root: &Node, ends: Ends) -> String {
    let mut printer = Printer {
        schema,
        ends,
        text: String::new(),
    };
    printer.section(root, 0);
    printer.text
}

struct Printer<'s> {
    schema: &'s Schema,
    ends: Ends,
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
                0 => self.one(first, depth),
                1 if self.ends == Ends::WithSemicolon => self.one(first, depth),
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
        let values: Vec<&str> = nodes.iter().map(|node| node.name()).collect();
        let values = values.join(" ");
        let head = split_last(&nodes[0].key).0;
        match self.ends {
            Ends::WithSemicolon => self.push(depth, &format!("{head} [ {values} ];")),
            Ends::WithLine => self.push(depth, &format!("{head} [{values}]")),
        }
    }

    fn one(&mut self, node: &Node, depth: usize) {
        let mark = if node.inactive { "inactive: " } else { "" };
        let text = format!("{mark}{}", node.text());
        if self.ends == Ends::WithSemicolon && !self.has_content(node) {
            return self.push(depth, &format!("{text};"));
        }
        let rule = node.rule(self.schema);
        if rule.is_some_and(|rule| rule.one_line) && self.fits_one_line(node) {
            let parts: Vec<String> = self.parts(node).collect();
            return self.push(depth, &format!("{text} {};", parts.join(" ")));
        }
        if !rule.is_some_and(|rule| matches!(rule.body, Body::Section { .. })) {
            return self.push(depth, &text);
        }
        self.push(depth, &format!("{text} {{"));
        self.section(node, depth + 1);
        self.push(depth, "}");
    }

    /// What is switched off stands on a line of its own.
    fn fits_one_line(&self, node: &Node) -> bool {
        let mut children = node.children.iter();
        self.ends == Ends::WithSemicolon && !children.any(|child| child.inactive)
    }

    /// What stands on the line of a statement.
    fn parts(&self, node: &Node) -> impl Iterator<Item = String> {
        let children = node.children.iter();
        let mut parts: Vec<&Node> = children.filter(|child| child.stands(self.schema)).collect();
        parts.sort_by_key(|part| part.statement.map_or((1, None), |id| (0, Some(id))));
        parts.into_iter().map(Node::text)
    }

    fn has_content(&self, node: &Node) -> bool {
        let mut children = node.children.iter();
        children.any(|child| child.stands(self.schema))
    }

    fn push(&mut self, depth: usize, line: &str) {
        self.text.push_str(&"    ".repeat(depth));
        self.text.push_str(line);
        self.text.push('\n');
    }
}
