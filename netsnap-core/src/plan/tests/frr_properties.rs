//! What holds for plans between any two FRRouting configurations that a device can have.
//!
//! The configurations are what the simulated device prints after lines of many sorts were typed on it.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::config::simulate::Simulation;
use crate::model::Step;

/// Lines with the lines that lead to their section, in the order to type them.
type Typed = Vec<(Vec<String>, String)>;

fn at(section: &str, line: impl Into<String>) -> (Vec<String>, String) {
    let section = section.split(" / ").filter(|part| !part.is_empty());
    (section.map(str::to_owned).collect(), line.into())
}

fn flat(parts: impl IntoIterator<Item = Typed>) -> Typed {
    parts.into_iter().flatten().collect()
}

/// Some of these lines of a section.
fn some_of(section: &'static str, lines: &'static [&'static str]) -> impl Strategy<Value = Typed> {
    let lines = lines.iter().map(|line| option::of(Just(*line)));
    let lines: Vec<_> = lines.collect();
    lines.prop_map(move |lines| {
        let lines = lines.into_iter().flatten();
        lines.map(|line| at(section, line)).collect()
    })
}

/// Entries of the lists that route maps and neighbors may use.
fn lists() -> impl Strategy<Value = Typed> {
    let entries = |kind: &'static str, texts: &'static [&'static str]| {
        btree_map(1u8..5, select(texts), 0..4).prop_map(move |entries| {
            let mut seen = std::collections::BTreeSet::new();
            let entries = entries.into_iter().filter(|(_, text)| seen.insert(*text));
            let line = |(number, text): (u8, &str)| format!("{kind} seq {} {text}", number * 5);
            entries.map(|entry| at("", line(entry))).collect::<Typed>()
        })
    };
    let networks = &["permit 10.0.0.0/8", "permit 10.1.0.0/16 le 24", "deny 10.2.0.0/16", "deny any"];
    (
        entries("ip prefix-list P", networks),
        entries("ip prefix-list Q", networks),
        entries("access-list A", &["permit 10.0.0.0/8", "permit 192.168.0.0/16", "deny any"]),
        entries("bgp as-path access-list AP", &["permit ^65002_", "permit ^65003$", "deny .*"]),
        entries("bgp community-list standard CS", &["permit 65001:1", "permit 65001:2", "deny 65001:3"]),
        entries("bgp large-community-list standard LC", &["permit 65001:1:1", "deny 65001:1:2"]),
    )
        .prop_map(|(a, b, c, d, e, f)| flat([a, b, c, d, e, f]))
}
