//! Does anything that calls others of its kind come back to itself?
//!
//! A device that carried such a call out would never end: it refuses it, as it is typed or as the change is taken over.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Deserialize;

use super::doubt::begins;
use super::tree::Node;

/// A kind of section that names others of its kind: the words before its own name, and those before the name of another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Caller {
    section: String,
    line: String,
}

impl Caller {
    /// Says in which circle a line stands that was typed.
    pub(super) fn circle(&self, root: &Node, words: &[&str]) -> Option<String> {
        name_behind(&words.join(" "), &self.line)?;
        let mut graph = Graph::default();
        self.note(root, None, &mut graph);
        let circle = graph.circles().pop_first()?;
        Some(told(&self.section, &circle))
    }

    fn note<'n>(&self, section: &'n Node, caller: Option<&'n str>, graph: &mut Graph<&'n str>) {
        for child in &section.children {
            let called = name_behind(&child.text, &self.line);
            if let Some((caller, called)) = caller.zip(called) {
                graph.note(caller, called);
            }
            let own = name_behind(&child.text, &self.section);
            self.note(child, own.or(caller), graph);
        }
    }
}

/// The word behind the first ones of a line.
fn name_behind<'l>(line: &'l str, start: &str) -> Option<&'l str> {
    begins(line, start).then(|| line[start.len()..].split_whitespace().next())?
}

/// What calls what.
#[derive(Clone, Debug)]
pub(super) struct Graph<N>(BTreeMap<N, BTreeSet<N>>);

impl<N> Default for Graph<N> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<N: Ord + Clone> Graph<N> {
    /// Notes a call.
    pub(super) fn note(&mut self, caller: N, called: N) {
        self.0.entry(caller).or_default().insert(called);
    }

    /// Returns the circles, the shortest one through each call. Each stands once and begins and ends with the least of it.
    pub(super) fn circles(&self) -> BTreeSet<Vec<N>> {
        let endless = self.endless();
        let calls = endless
            .iter()
            .flat_map(|(caller, called)| called.iter().map(move |called| (caller, called)));
        calls
            .filter_map(|(caller, called)| way(&endless, called, caller))
            .map(turned)
            .collect()
    }

    /// The calls that do not come to an end: those of what calls such that call nothing are taken out until none is left.
    fn endless(&self) -> BTreeMap<N, BTreeSet<N>> {
        let mut left = self.0.clone();
        loop {
            let callers: BTreeSet<N> = left.keys().cloned().collect();
            for called in left.values_mut() {
                called.retain(|called| callers.contains(called));
            }
            left.retain(|_, called| !called.is_empty());
            if left.len() == callers.len() {
                return left;
            }
        }
    }
}

/// The shortest way from one to another, both in it.
fn way<N: Ord + Clone>(calls: &BTreeMap<N, BTreeSet<N>>, from: &N, to: &N) -> Option<Vec<N>> {
    let mut before: BTreeMap<&N, Option<&N>> = BTreeMap::from([(from, None)]);
    let mut next = VecDeque::from([from]);
    while let Some(here) = next.pop_front() {
        if here == to {
            let mut way = vec![here.clone()];
            let mut here = here;
            while let Some(Some(earlier)) = before.get(here) {
                way.push((*earlier).clone());
                here = earlier;
            }
            way.reverse();
            return Some(way);
        }
        for called in calls.get(here).into_iter().flatten() {
            if !before.contains_key(called) {
                before.insert(called, Some(here));
                next.push_back(called);
            }
        }
    }
    None
}

/// Turns a circle so that it begins with the least, and closes it.
fn turned<N: Ord + Clone>(mut circle: Vec<N>) -> Vec<N> {
    let least = circle.iter().enumerate().min_by_key(|(_, name)| *name);
    let least = least.map_or(0, |(place, _)| place);
    circle.rotate_left(least);
    circle.extend(circle.first().cloned());
    circle
}

/// Says a circle in words.
pub(super) fn told(kind: &str, names: &[&str]) -> String {
    format!("{kind} in a circle: {}", names.join(" -> "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(calls: &[&str]) -> Vec<String> {
        let mut graph = Graph::default();
        for call in calls {
            let (caller, called) = call.split_at(1);
            graph.note(caller.to_owned(), called.to_owned());
        }
        let found = graph.circles().into_iter();
        found.map(|circle| circle.concat()).collect()
    }

    #[test]
    fn a_circle_is_found_through_any_number_of_calls() {
        for (calls, found) in [
            (&["AA"][..], &["AA"][..]),
            (&["AB", "BA"], &["ABA"]),
            (&["BC", "AB", "CA", "XA", "AY"], &["ABCA"]),
            (&["AB", "BA", "BC", "CB"], &["ABA", "BCB"]),
            (&["AB", "BC", "CB"], &["BCB"]),
        ] {
            assert_eq!(circles(calls), found, "{calls:?}");
        }
    }

    #[test]
    fn what_is_called_twice_is_no_circle() {
        for calls in [&["AB", "AC", "BD", "CD"][..], &["AB", "BC", "AC"], &[]] {
            assert!(circles(calls).is_empty(), "{calls:?}");
        }
    }
}
