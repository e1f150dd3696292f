//! What does nobody know about the lines of a change?

use super::Edits;
use crate::config::canonical::Item;
use crate::config::{Configuration, WhyLeftOut};

impl Edits {
    /// Says whether a command cannot be typed, or something inside, so that what it takes the place of stays. Says which.
    pub(super) fn is_left_out(&mut self, item: Item<'_>) -> bool {
        if !self.manner.types(item) {
            self.leave_out(item);
            return true;
        }
        let mut inside = item.children().items();
        inside.any(|child| self.is_left_out(child))
    }

    /// Openly types nothing for a text of several lines, and for one with a tab.
    pub(super) fn leave_out(&mut self, item: Item<'_>) {
        let first = item.text().lines().next().unwrap_or_default();
        let why = match !item.is_blob() && first.contains('\t') {
            true => "holds a tab and is not set: a device takes that for a key",
            false => {
                "begins a text of several lines, which is not set: nobody knows how the device reads it"
            }
        };
        self.doubts.push(format!("`{first}` {why}"));
    }

    pub(super) fn doubt_default(&mut self, item: Item<'_>) {
        match item.rule().filter(|rule| rule.leaves_unknown()) {
            Some(rule) if rule.prints_one_form => {
                self.unprinted.insert(item.positive().to_owned());
            }
            Some(_) => self.doubts.push(unknown(item.positive())),
            None => {}
        }
    }

    pub(super) fn doubt(&mut self, item: Item<'_>) {
        match item.rule() {
            None => {
                let first = item.text().lines().next().unwrap_or_default();
                self.doubts
                    .push(format!("the grammar does not know `{first}`"));
            }
            Some(_) => self.doubt_inside(item),
        }
    }

    /// Of a line that is known to open no section nobody knows what becomes of the lines that stand inside all the same.
    pub(super) fn doubt_inside(&mut self, item: Item<'_>) {
        if item.rule().is_some_and(|rule| rule.opens().is_none()) {
            item.children().items().for_each(|child| self.doubt(child));
        }
    }
}

pub(super) fn unknown(line: &str) -> String {
    format!("nobody knows what holds without `{line}` or its negation")
}

/// Names the lines that another one of the same text takes the place of. A device that prints both knows two commands.
pub(super) fn twice(configuration: &Configuration) -> impl Iterator<Item = String> {
    let pieces = match configuration.has_paths() {
        // Paths may be written as they are typed, one after the other.
        true => Vec::new(),
        false => configuration.unread(),
    };
    let twice = pieces
        .into_iter()
        .filter(|piece| piece.why == WhyLeftOut::Overwritten);
    twice.map(|piece| {
        let first = piece.text.trim().lines().next().unwrap_or_default();
        format!("`{first}` stands beside another line that the grammar takes for the same command")
    })
}
