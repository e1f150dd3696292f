//! A device that knows paths alone carries out what is planned: nothing of it comes from the tables of the planner.
//!
//! Its rules are those of the Junos OS CLI User Guide: `set` replaces a value and puts what is new at the end, `delete` takes
//! away all below a path and leaves the list entry around it, `insert` moves one entry beside another.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

use super::*;

const PLATFORM: &str = "juniper_junos";

/// Nodes of two words.
const KEYED: &[&str] = &[
    "unit",
    "family",
    "address",
    "policy-statement",
    "term",
    "group",
    "neighbor",
    "route",
    "protocol",
    "import",
    "next-hop",
];
/// Statements with one value.
const SINGLE: &[&str] = &[
    "host-name",
    "description",
    "mtu",
    "type",
    "peer-as",
    "metric",
];

type Path = Vec<String>;

#[derive(Default)]
struct Device {
    paths: Vec<Path>,
    inactive: BTreeSet<Path>,
}

/// Splits words into nodes: a keyword with its name, or a word alone.
fn nodes(line: &str) -> Path {
    let mut words = line.split(' ').peekable();
    let mut path = Path::new();
    while let Some(word) = words.next() {
        let is_pair = KEYED.contains(&word) || SINGLE.contains(&word);
        match words.next_if(|_| is_pair) {
            Some(name) => path.push(format!("{word} {name}")),
            None => path.push(word.to_owned()),
        }
    }
    path
}

impl Device {
    fn of(configuration: &Configuration) -> Self {
        let mut device = Self::default();
        configuration
            .paths()
            .iter()
            .for_each(|line| device.line(line));
        device
    }

    fn line(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap();
        match verb {
            "set" => self.set(nodes(rest)),
            "delete" => self.delete(&nodes(rest)),
            "insert" => self.insert(rest),
            "deactivate" => assert!(self.inactive.insert(nodes(rest)), "{line}"),
            "activate" => assert!(self.inactive.remove(&nodes(rest)), "{line}"),
            _ => panic!("{line}"),
        }
    }

    fn set(&mut self, path: Path) {
        if self.paths.iter().any(|known| known.starts_with(&path)) {
            return;
        }
        let (last, parent) = path.split_last().unwrap();
        let key = last.split(' ').next().unwrap();
        let replaces = |other: &str| {
            let is_choice = |word: &str| matches!(word, "accept" | "reject");
            (SINGLE.contains(&key) && other.split(' ').next() == Some(key))
                || (is_choice(last) && is_choice(other))
        };
        let mut known = self.paths.iter_mut();
        let old = known.find(|old| {
            old.len() == path.len() && old.starts_with(parent) && replaces(&old[parent.len()])
        });
        match old {
            Some(old) => *old = path,
            None => self.add(path),
        }
    }

    /// What is new goes to the end of the innermost section that is there.
    fn add(&mut self, path: Path) {
        let shared = |known: &Path| known.iter().zip(&path).take_while(|(a, b)| a == b).count();
        let most = self.paths.iter().map(shared).max().unwrap_or_default();
        let last = self.paths.iter().rposition(|known| shared(known) == most);
        self.paths.insert(last.map_or(0, |last| last + 1), path);
    }

    fn delete(&mut self, path: &Path) {
        let (last, parent) = path.split_last().unwrap();
        let is_below = |known: &Path| {
            let node = known
                .starts_with(parent)
                .then(|| known.get(parent.len()))
                .flatten();
            let is_value = |node: &String| {
                SINGLE.contains(&last.as_str()) && node.split(' ').next() == Some(last)
            };
            node.is_some_and(|node| node == last || is_value(node))
        };
        let place = self.paths.iter().position(is_below);
        let place = place.unwrap_or_else(|| panic!("nothing to delete: {path:?}"));
        let gone: Vec<Path> = self.paths.extract_if(.., |known| is_below(known)).collect();
        self.inactive
            .retain(|marked| !marked.starts_with(path) && !gone.contains(marked));
        if !parent.is_empty() && !self.paths.iter().any(|known| known.starts_with(parent)) {
            self.paths.insert(place, parent.to_vec());
        }
    }

    fn insert(&mut self, rest: &str) {
        let side = if rest.contains(" before ") {
            " before "
        } else {
            " after "
        };
        let (moved, other) = rest.split_once(side).unwrap();
        let moved = nodes(moved);
        let (last, parent) = moved.split_last().unwrap();
        let keyword = last.split(' ').next().unwrap();
        let name = other.rsplit(' ').next().unwrap();
        let beside = [parent, &[format!("{keyword} {name}")]].concat();
        let block: Vec<Path> = self
            .paths
            .extract_if(.., |known| known.starts_with(&moved))
            .collect();
        assert!(!block.is_empty(), "nothing to insert: {rest}");
        let mut places =
            (0..self.paths.len()).filter(|place| self.paths[*place].starts_with(&beside));
        let place = match side {
            " before " => places.next(),
            _ => places.next_back().map(|place| place + 1),
        };
        let place = place.unwrap_or_else(|| panic!("nothing to insert it beside: {rest}"));
        self.paths.splice(place..place, block);
    }

    fn configuration(&self) -> Configuration {
        let set = self
            .paths
            .iter()
            .map(|path| format!("set {}\n", path.join(" ")));
        let marks = self
            .inactive
            .iter()
            .map(|path| format!("deactivate {}\n", path.join(" ")));
        read(PLATFORM, &set.chain(marks).collect::<String>())
    }
}

fn maybe(words: &'static str, values: std::ops::Range<u32>) -> impl Strategy<Value = String> {
    proptest::option::of(values).prop_map(move |value| match value {
        Some(value) => words.replace('#', &value.to_string()),
        None => String::new(),
    })
}

fn interfaces() -> impl Strategy<Value = String> {
    let unit = (0u8..2, btree_set(0u8..3, 0..3)).prop_map(|(number, addresses)| {
        let addresses: String = addresses
            .iter()
            .map(|address| format!("address 10.0.{address}.1/24; "))
            .collect();
        format!("unit {number} {{ family inet {{ {addresses} }} }} ")
    });
    let interface = (
        maybe("description to#;", 0..3),
        maybe("mtu 900#;", 0..3),
        maybe("disable;", 0..1),
        proptest::option::of(unit),
        any::<bool>(),
    );
    btree_map(0u8..3, interface, 0..4).prop_map(|all| {
        let one = |(name, (a, b, c, unit, is_off)): (
            u8,
            (String, String, String, Option<String>, bool),
        )| {
            let mark = if is_off { "inactive: " } else { "" };
            let marked = b.replace("mtu 9000", "inactive: mtu 9000");
            format!(
                "{mark}ge-0/0/{name} {{ {a} {marked} {c} {} }} ",
                unit.unwrap_or_default()
            )
        };
        format!(
            "interfaces {{ {} }}\n",
            all.into_iter().map(one).collect::<String>()
        )
    })
}

fn policy() -> impl Strategy<Value = String> {
    let term = (0u32..3, 0u8..3, btree_set("bgp|ospf|static", 0..3));
    let names = Just(vec!["a", "b", "c", "d", "e"]).prop_shuffle();
    (names, vec(term, 0..6)).prop_map(|(names, terms)| {
        let one = |(name, (metric, action, protocols)): (&str, (u32, u8, BTreeSet<String>))| {
            let protocols: Vec<String> = protocols.into_iter().collect();
            let from = match protocols.is_empty() {
                true => String::new(),
                false => format!("from protocol [ {} ]; ", protocols.join(" ")),
            };
            let action = ["accept;", "reject;", ""][usize::from(action)];
            format!("term {name} {{ {from} then {{ metric {metric}; {action} }} }} ")
        };
        let terms: String = names.into_iter().zip(terms).map(one).collect();
        format!("policy-options {{ policy-statement P {{ {terms} }} }}\n")
    })
}

fn bgp() -> impl Strategy<Value = String> {
    let names = Just(vec!["A", "B", "C", "D"]).prop_shuffle();
    let peers = btree_map(1u8..4, (1u32..4, maybe("description peer#;", 0..3)), 0..4);
    (names, 0usize..5, peers, maybe("type internal;", 0..1)).prop_map(
        |(names, count, peers, kind)| {
            let import = match count {
                0 => String::new(),
                _ => format!("import [ {} ];", names[..count].join(" ")),
            };
            let one = |(host, (number, text)): (u8, (u32, String))| {
                format!("neighbor 10.0.0.{host} {{ peer-as {number}; {text} }} ")
            };
            let peers: String = peers.into_iter().map(one).collect();
            format!("protocols {{ bgp {{ group G {{ {kind} {import} {peers} }} }} }}\n")
        },
    )
}

fn routes() -> impl Strategy<Value = String> {
    btree_map(0u8..4, btree_set(1u8..4, 1..3), 0..4).prop_map(|routes| {
        let one = |(network, hops): (u8, BTreeSet<u8>)| {
            let hops: String = hops
                .iter()
                .map(|hop| format!("next-hop 10.0.0.{hop}; "))
                .collect();
            format!("route 10.{network}.0.0/16 {{ {hops} }} ")
        };
        format!(
            "routing-options {{ static {{ {} }} }}\n",
            routes.into_iter().map(one).collect::<String>()
        )
    })
}

fn configuration() -> impl Strategy<Value = String> {
    let part = |part: BoxedStrategy<String>| {
        proptest::option::weighted(0.8, part).prop_map(Option::unwrap_or_default)
    };
    (
        part(interfaces().boxed()),
        part(policy().boxed()),
        part(bgp().boxed()),
        part(routes().boxed()),
    )
        .prop_map(|(a, b, c, d)| format!("system {{ host-name r1; }}\n{a}{b}{c}{d}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_junos_plan_arrives_and_comes_back((running, intended) in (configuration(), configuration())) {
        let plan = plan(PLATFORM, &running, &intended).unwrap();
        let (before, after) = (read(PLATFORM, &running), read(PLATFORM, &intended));
        let platform = Platform::named(PLATFORM).unwrap();
        let mut device = Device::of(&before);
        prop_assert_eq!(device.configuration().meaning(), before.meaning());
        for (steps, target) in [(&plan.devices[0].steps, &after), (&plan.devices[0].inverse, &before)] {
            let typed = lines(steps, &platform);
            typed.iter().for_each(|line| device.line(line));
            let differences = diff_config(&device.configuration(), target).changes;
            prop_assert!(differences.is_empty(), "{:?}\n{:?}\n{running}--\n{intended}", differences, typed);
        }
        prop_assert_eq!(plan.is_empty(), before.meaning() == after.meaning());
    }

    #[test]
    fn paths_read_again_mean_the_same(text in configuration()) {
        let configuration = read(PLATFORM, &text);
        let again = read(PLATFORM, &configuration.paths().join("\n"));
        prop_assert_eq!(again.meaning(), configuration.meaning());
        prop_assert_eq!(again.paths(), configuration.paths());
    }
}
