//! What may only one part of a port say, or only one of some sections beside each other?

use std::collections::HashSet;

use super::super::schema::Statement;
use super::super::tree::Node;
use super::Names;

impl<'t> Names<'t> {
    /// Notes what only one part of a port may say, and another one says too.
    pub(super) fn check_port(&mut self, node: &'t Node) {
        let schema = self.schema;
        let name = node.key.split(' ').nth(1).unwrap_or(&node.key);
        let port = name.split('.').next().unwrap_or_default();
        self.check_part(node, name, port);
        let of_port = |child: &&Node| child.rule(schema).is_some_and(|rule| rule.one_of_port);
        for child in node.children.iter().filter(of_port) {
            if !self.of_ports.insert((port, child.text())) {
                self.lacking
                    .push(format!("{} stands twice on {port}", child.text()));
            }
        }
    }

    /// Notes what a sub-interface does not stand with, and what it alone says.
    fn check_part(&mut self, node: &Node, name: &str, port: &str) {
        let schema = self.schema;
        if !node.key.starts_with("interface ") {
            return;
        }
        let says = |section: &Node, is_so: fn(&Statement) -> bool| {
            let mut lines = section.children.iter();
            lines.any(|line| line.rule(schema).is_some_and(is_so))
        };
        let around = self.root.children.get(&format!("interface {port}"));
        let is_barred = || around.is_some_and(|around| says(around, |rule| rule.bars_parts));
        let is_wrong = match name.contains('.') {
            true => is_barred(),
            false => says(node, |rule| rule.part_alone),
        };
        if is_wrong {
            self.lacking.push(format!(
                "{name} is no part of {port}, or says what a part says"
            ));
        }
    }

    /// Notes what stands twice among those that differ in it.
    pub(super) fn check_like(&mut self, node: &Node) {
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
}
