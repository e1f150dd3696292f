//! What calls another of its kind?
//!
//! Nothing refers to itself. What a device follows to its end, as policies that call others, does not come back to itself over
//! others either; of other kinds, as tables that lead to each other, a circle says nothing.

use std::collections::BTreeSet;

use super::super::super::circle;
use super::super::schema::Statement;
use super::super::value::unquoted;
use super::Names;
use super::used::{bare, cut};

/// What is made: its kind, its sphere and its name.
pub(super) type Made<'t> = (&'t str, String, String);

/// What stands outside of all of a kind.
fn outermost(kind: &str) -> Made<'_> {
    (kind, String::new(), "(outermost)".to_owned())
}

impl<'t> Names<'t> {
    /// Notes what a line refers to that stands in something of that kind.
    pub(super) fn note_call(&mut self, name: &str, statement: &'t Statement) {
        let sphere = self.sphere_of(statement);
        let name = unquoted(cut(bare(name), statement));
        let calls = |(kind, _, _): &&Made<'t>| statement.refers.iter().any(|other| other == kind);
        let mut callers: Vec<Made<'t>> = self.makers.iter().filter(calls).cloned().collect();
        let kind = statement.refers.first().map_or("", String::as_str);
        let is_outside = statement.built_in_outside && callers.is_empty();
        callers.extend(is_outside.then(|| outermost(kind)));
        let leaves = statement.built_in_outside && statement.built_in.iter().any(|out| out == name);
        for caller in callers {
            let called = match leaves {
                true if is_outside => continue,
                true => outermost(caller.0),
                false => (caller.0, sphere.clone(), name.to_owned()),
            };
            self.note_between(caller, called);
        }
    }

    /// Notes what a text names that something of that kind consists of.
    pub(super) fn note_call_in_text(&mut self, kind: &str, name: &str) {
        if let Some(maker) = self.makers.last().filter(|maker| maker.0 == kind).cloned() {
            let called = (maker.0, maker.1.clone(), name.to_owned());
            self.note_between(maker, called);
        }
    }

    fn note_between(&mut self, caller: Made<'t>, called: Made<'t>) {
        if caller == called || self.schema.follows(caller.0) {
            self.circles.note(caller, called);
        }
    }

    /// What comes back to itself.
    pub(super) fn circles(&self) -> BTreeSet<String> {
        let told = |circle: Vec<Made<'_>>| {
            let names: Vec<&str> = circle.iter().map(|(_, _, name)| name.as_str()).collect();
            circle::told(circle[0].0, &names)
        };
        self.circles.circles().into_iter().map(told).collect()
    }
}
