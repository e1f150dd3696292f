//! What does a device print of its own accord once a section is made?
//!
//! Recorded in the running configurations of batfish/lab-validation: each `vrf instance` of Arista EOS 4.21 to 4.36 has a line
//! `ip routing vrf` or `no ip routing vrf` (64 of 64), each `router ospf` a line `max-lsa` (8 of 8); each `router bgp` of Cisco
//! IOS has a line `bgp log-neighbor-changes` (70 of 70).

use super::known::Known;
use super::refer::filled;
use super::set::separator;
use super::table::{Rule, Table};
use super::tree::Node;

/// A section and how it reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) table: &'a Table,
    pub(super) mode: &'a str,
}

impl Place<'_> {
    /// Puts what the device prints of its own accord into a section that was made, and beside it.
    pub(super) fn bring(self, parent: &mut Node, words: &[&str]) {
        let Some(known) = Known::find(self.table, self.mode, &words.join(" ")) else {
            return;
        };
        let key = known.key();
        for line in &known.rule.brings {
            let line = filled(line, &known.words);
            if let Some((header, line)) = line.split_once(" > ") {
                self.put_into(parent, header, line);
                continue;
            }
            match (line.strip_prefix('/'), &known.rule.enter) {
                (Some(line), _) => self.put(parent, line),
                (None, Some(mode)) => {
                    let inner = Place { mode, ..self };
                    if let Some(section) = parent.child_mut(&key) {
                        inner.put(section, &line);
                    }
                }
                (None, None) => {}
            }
        }
    }

    /// Takes what was printed beside a section along with it.
    pub(super) fn take(self, parent: &mut Node, words: &[&str]) {
        let line = words.join(" ");
        let Some(known) = Known::find(self.table, self.mode, &line) else {
            return;
        };
        if parent.child(&known.key()).is_some() {
            return;
        }
        let lines = beside(known.rule, &known.words);
        parent.take_out(|child| lines.contains(&child.text));
    }

    /// Puts a line into a section beside what was made, where that stands.
    fn put_into(self, parent: &mut Node, header: &str, line: &str) {
        let Some(section) = parent.child_mut(header) else {
            return;
        };
        if let Some(mode) = section.mode.clone() {
            Place {
                mode: &mode,
                ..self
            }
            .put(section, line);
        }
    }

    fn put(self, section: &mut Node, line: &str) {
        if let Some(known) = Known::find(self.table, self.mode, line)
            && section.child(&known.key()).is_none()
        {
            let node = known.node(&section.children);
            section.insert(node, &separator(known.rule));
        }
    }
}

fn beside(rule: &Rule, words: &[String]) -> Vec<String> {
    let lines = rule.brings.iter().filter_map(|line| line.strip_prefix('/'));
    lines.map(|line| filled(line, words)).collect()
}
