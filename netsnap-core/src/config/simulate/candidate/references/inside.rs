//! What must stand in a section or beside a line when a change is taken over, and what must not?

use std::collections::HashSet;

use super::super::beside::is_so;
use super::super::effects::begins;
use super::super::notation::Over;
use super::super::schema::{Body, Statement};
use super::super::tree::Node;
use super::Names;

/// Says whether a statement that begins so stands in a section.
fn has(section: &Node, start: &str) -> bool {
    let mut children = section.children.iter().filter(|child| !child.inactive);
    children.any(|child| begins(&child.key, start))
}

/// Says whether a statement stands in the section that a line beside it is the name of.
fn has_named(around: &Node, line: &Node, start: &str) -> bool {
    let named = around.children.get(&line.text());
    named.is_some_and(|named| has(named, start))
}

/// Says whether the number of a line is under the one beside it, or not over it by as much as it has to be.
fn is_under(section: &Node, line: &Node, over: &Over) -> bool {
    let number = |line: &Node| line.value.as_ref()?.parse::<u64>().ok();
    let beside = section.children.get(&over.line).and_then(number);
    let least = beside.unwrap_or(over.otherwise) + over.by;
    number(line).is_some_and(|own| own < least)
}

impl<'t> Names<'t> {
    /// Notes what must stand in a section and does not.
    pub(super) fn check(&mut self, node: &Node, statement: &Statement) {
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
        self.check_values(node);
    }

    /// Notes what must stand around a peer for what stands in it.
    pub(super) fn check_around(&mut self, around: &Node, peer: &Node) {
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
            let by_name = rule.needs_or_named.iter();
            let by_name =
                by_name.filter(|start| !has(peer, start) && !has_named(around, child, start));
            let by_name = by_name.map(|start| format!("{start} is missing in {}", peer.key));
            let also = &rule.needs_also;
            let also = (!also.is_empty() && !also.iter().any(|start| has(peer, start)))
                .then(|| format!("{} is missing in {}", also.join(" or "), peer.key));
            let barred = rule.bars.iter().filter(|start| has(peer, start));
            let barred = barred
                .map(|start| format!("{start} stands beside {} in {}", child.text(), peer.key));
            let under = rule.over.iter().filter(|over| is_under(peer, child, over));
            let under = under.map(|over| {
                let line = child.text();
                format!("{line} is not over that of {} in {}", over.line, peer.key)
            });
            let lacking = still.chain(outside).chain(too).chain(also).chain(by_name);
            let lacking: Vec<String> = lacking.chain(barred).chain(under).collect();
            self.lacking.extend(lacking);
        }
    }

    /// Notes what only one of the sections beside each other may say, and another one says too.
    pub(super) fn check_beside(&mut self, around: &Node) {
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
}
