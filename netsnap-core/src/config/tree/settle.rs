//! Which lines of a configuration mean the same as their absence?

use super::{LeftOut, ROOT, Tree};
use crate::platform::Removal;

impl Tree {
    /// Marks what means the same as its absence, and returns what a later line has overwritten. What stands inside has
    /// higher numbers than what it stands in.
    pub(in crate::config) fn settle(&mut self) -> Vec<LeftOut> {
        for number in (1..self.entries.len()).rev() {
            let entry = &self.entries[number];
            let is_absent = self.rule(entry).is_some_and(|rule| {
                let is_reset = rule.opens().is_some() && rule.removal == Removal::Reset;
                // A default that something stands inside of is more than the default.
                let says = |line: &str| self.says_at_top(line);
                !entry.has_inside && (is_reset || rule.is_default(self.text(entry), says))
            });
            let parent = entry.parent;
            self.entries[number].is_absent = is_absent;
            if let Some(parent) = self.entries.get_mut(parent as usize) {
                parent.has_inside |= !is_absent;
            }
        }
        self.entries.shrink_to_fit();
        std::mem::take(&mut self.overwritten)
    }

    fn says_at_top(&self, line: &str) -> bool {
        let mut top = self.inside(&self.entries[ROOT as usize]);
        top.any(|(_, entry)| self.text(entry) == line)
    }
}
