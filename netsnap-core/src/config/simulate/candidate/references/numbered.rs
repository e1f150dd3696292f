//! Does something have the numbers that are named, and is what is named of a kind that may be?

use super::super::schema::Statement;
use super::super::tree::Node;
use super::Names;

/// Reads a number or a range of them.
fn bounds(word: &str) -> Option<(u32, u32)> {
    let (low, high) = word.split_once('-').unwrap_or((word, word));
    Some((low.parse().ok()?, high.parse().ok()?))
}

impl<'t> Names<'t> {
    /// Notes the numbers that a line makes or asks for. Of a range that is asked for only some need to be there.
    pub(super) fn note_numbers(&mut self, node: &'t Node, statement: &'t Statement) {
        let name = node.value.as_deref().unwrap_or(node.name());
        if let Some(kind) = &statement.makes_numbers {
            let made = bounds(name).map(|(low, high)| (kind.as_str(), low, high));
            self.numbers.extend(made);
        }
        if let (Some(kind), Ok(number)) = (&statement.asks_number, name.parse()) {
            self.asked.push((kind, number));
        }
        if statement.names_one_end && self.schema.is_shared(name) {
            let line = node.text();
            let why = format!("{line} names an interface that is not point-to-point");
            self.lacking.push(why);
        }
    }

    /// The numbers that nothing has.
    pub(super) fn unmade_numbers(&self) -> Vec<String> {
        let has = |asked: &&(&str, u32)| {
            let mut made = self.numbers.iter();
            made.any(|(kind, low, high)| *kind == asked.0 && (*low..=*high).contains(&asked.1))
        };
        let unmade = self.asked.iter().filter(|asked| !has(asked));
        unmade
            .map(|(kind, number)| format!("nothing has the {kind} {number}"))
            .collect()
    }
}
