//! Does each call of a policy give as many values as the policy takes?
//!
//! A call with another number is refused (IOS XR routing configuration guide, implementing routing policy: parameterization).

use std::collections::HashMap;

use super::effects::begins;
use super::policy;

/// What policies take, and what calls of them give.
#[derive(Debug, Default)]
pub(super) struct Calls {
    taken: HashMap<String, usize>,
    given: Vec<(String, usize)>,
    /// Values that are names.
    names: Vec<String>,
    texts: HashMap<String, String>,
    /// Policies that are named where they may not do everything, and what they may not.
    attached: Vec<(String, Vec<String>)>,
}

/// How deep policies that call others are followed.
const DEEP: usize = 8;

impl Calls {
    /// Notes a policy with its text.
    pub(super) fn define(&mut self, name: &str, text: &str) {
        let (own, count) = split(name);
        let lines = text.lines().map(str::trim);
        for called in lines.filter_map(|line| line.strip_prefix("apply ")) {
            self.call(called);
        }
        self.taken.insert(own.to_owned(), count);
        self.texts.insert(own.to_owned(), text.to_owned());
    }

    /// Notes where a policy is named that does none of some things there.
    pub(super) fn attach(&mut self, called: &str, barred: &[String]) {
        let name = split(called).0.to_owned();
        self.attached.push((name, barred.to_vec()));
    }

    /// What attached policies do that they may not where they are named (IOS XR routing configuration guide, implementing routing
    /// policy: a policy that uses what the protocol does not know at an attach point is rejected).
    fn out_of_place(&self) -> impl Iterator<Item = String> {
        self.attached.iter().flat_map(|(name, barred)| {
            let done = self.done(name, DEEP).into_iter();
            let wrong = done.filter(|done| barred.iter().any(|start| begins(done, start)));
            wrong.map(move |done| format!("`{done}` of route-policy {name} may be refused there"))
        })
    }

    /// All that a policy does or asks for, with those it calls.
    fn done(&self, name: &str, deep: usize) -> Vec<String> {
        let text = self.texts.get(name).map_or("", String::as_str);
        let lines = text.lines().map(str::trim);
        let inner = |line: &str| match line.strip_prefix("apply ") {
            Some(called) if deep > 0 => self.done(split(called).0, deep - 1),
            _ => policy::subjects(line),
        };
        lines.flat_map(inner).collect()
    }

    /// Notes a call: `P`, `P(1)`.
    pub(super) fn call(&mut self, called: &str) {
        let (name, count) = split(called);
        self.given.push((name.to_owned(), count));
        let values = called.split_once('(').map_or("", |(_, values)| values);
        let values = values.split([',', ')']).map(str::trim);
        let names = values.filter(|value| value.starts_with(|c: char| c.is_ascii_alphabetic()));
        self.names.extend(names.map(str::to_owned));
    }

    /// Names the values that are names of nothing: a policy takes numbers, addresses and the names of what is made.
    pub(super) fn strangers(&self, is_made: impl Fn(&str) -> bool) -> Vec<String> {
        let strange = self.names.iter().filter(|name| !is_made(name));
        strange
            .map(|name| format!("the value {name} is the name of nothing"))
            .collect()
    }

    /// Returns what is wrong with them.
    pub(super) fn complaints(&self) -> Vec<String> {
        let is_wrong = |(name, count): &&(String, usize)| {
            self.taken.get(name).is_some_and(|taken| taken != count)
        };
        let wrong = self.given.iter().filter(is_wrong);
        let wrong =
            wrong.map(|(name, count)| format!("route-policy {name} does not take {count} values"));
        wrong.chain(self.out_of_place()).collect()
    }
}

/// Parts a name from the values behind it, and counts these.
fn split(called: &str) -> (&str, usize) {
    let Some((name, values)) = called.split_once('(') else {
        return (called.trim(), 0);
    };
    let values = values.trim_end_matches(')');
    let count = if values.trim().is_empty() {
        0
    } else {
        values.split(',').count()
    };
    (name.trim(), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(policies: &[(&str, &str)], called: &str) -> usize {
        let mut calls = Calls::default();
        for (name, text) in policies {
            calls.define(name, text);
        }
        calls.call(called);
        calls.complaints().len()
    }

    #[test]
    fn a_call_gives_what_the_policy_takes() {
        let policies = [("P", "pass"), ("Q($a,$b)", "set med $a\npass")];
        for (called, count) in [
            ("P", 0),
            ("P(5)", 1),
            ("Q(1,2)", 0),
            ("Q(1)", 1),
            ("Q", 1),
            ("OTHER(1)", 0),
        ] {
            assert_eq!(complaints(&policies, called), count, "{called}");
        }
        assert_eq!(complaints(&[("P", "pass"), ("Q", "apply P(5)")], "Q"), 1);
        assert_eq!(
            complaints(&[("P($a)", "pass"), ("Q", "  apply P(5)")], "Q"),
            0
        );
    }

    #[test]
    fn an_attached_policy_does_what_it_may_there() {
        let barred = ["set weight".to_owned(), "if tag".to_owned()];
        for (text, count) in [
            ("set med 5\npass", 0),
            ("set weight 5", 1),
            ("# set weight 5", 0),
            ("apply Q", 1),
            (
                "if med eq 5 and (destination in (10.0.0.0/8, 11.0.0.0/8) or tag eq 5) then\npass\nendif",
                1,
            ),
            ("if destination in (10.0.0.0/8) then\npass\nendif", 0),
        ] {
            let mut calls = Calls::default();
            calls.define("P", text);
            calls.define("Q", "set weight 5");
            calls.attach("P", &barred);
            assert_eq!(calls.complaints().len(), count, "{text}");
        }
    }

    #[test]
    fn a_value_that_is_a_name_is_that_of_something() {
        let mut calls = Calls::default();
        for called in ["P(5)", "P($a)", "P(10.0.0.0/8, SET)", "P(abc)", "P"] {
            calls.call(called);
        }
        let strangers = calls.strangers(|name| name == "SET");
        assert_eq!(strangers.len(), 1, "{strangers:?}");
    }
}
