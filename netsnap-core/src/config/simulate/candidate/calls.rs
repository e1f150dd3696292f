//! Does each call of a policy give as many values as the policy takes?
//!
//! A call with another number is refused, and so is a policy that calls itself (IOS XR routing configuration guide, implementing
//! routing policy: parameterization; hierarchical policies).

use std::collections::HashMap;

/// What policies take, and what calls of them give.
#[derive(Debug, Default)]
pub(super) struct Calls {
    taken: HashMap<String, usize>,
    given: Vec<(String, usize)>,
    /// Values that are names.
    names: Vec<String>,
    own: Vec<String>,
}

impl Calls {
    /// Notes a policy with its text.
    pub(super) fn define(&mut self, name: &str, text: &str) {
        let (own, count) = split(name);
        let lines = text.lines().map(str::trim);
        for called in lines.filter_map(|line| line.strip_prefix("apply ")) {
            self.call(called);
            if split(called).0 == own {
                self.own.push(own.to_owned());
            }
        }
        self.taken.insert(own.to_owned(), count);
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
        let own = self.own.iter();
        let own = own.map(|name| format!("route-policy {name} calls itself"));
        wrong.chain(own).collect()
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
        assert_eq!(complaints(&[("Q", "apply Q")], "Q"), 1);
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
