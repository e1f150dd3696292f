//! Plans for Junos are carried out by the simulated device, whose rules are not those of the planner: there and back.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

use super::*;
use crate::config::simulate::Simulation;

const PLATFORM: &str = "juniper_junos";

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
        format!("unit {number} {{ vlan-id 10{number}; family inet {{ {addresses} }} }} ")
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
                "{mark}ge-0/0/{name} {{ flexible-vlan-tagging; {a} {marked} {c} {} }} ",
                // No two ports have one address.
                unit.unwrap_or_default()
                    .replace("10.0.", &format!("10.{name}."))
            )
        };
        let ports: String = all.into_iter().map(one).collect();
        format!("interfaces {{ lo0 {{ disable; }} {ports} }}\n")
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
        format!("policy-statement P {{ {terms} }}")
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
                format!("neighbor 192.0.2.{host} {{ peer-as {number}; {text} }} ")
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
                .map(|hop| format!("next-hop 192.0.2.{hop}; "))
                .collect();
            format!("route 10.{network}.0.0/16 {{ {hops} }} ")
        };
        format!(
            "routing-options {{ router-id 10.0.0.1; static {{ route 10.99.0.0/16 discard; {} }} }}\n",
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
        .prop_map(|(a, b, c, d)| {
            let defined = ["A", "B", "C", "D"]
                .map(|name| format!("policy-statement {name} {{ then accept; }} "))
                .concat();
            format!("system {{ host-name r1; }}\n{a}policy-options {{ {defined}{b} }}\n{c}{d}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_junos_plan_arrives_and_comes_back((running, intended) in (configuration(), configuration())) {
        let plan = plan(PLATFORM, &running, &intended).unwrap();
        let typed = lines(&plan.devices[0].steps, &Platform::named(PLATFORM).unwrap());
        prop_assert!(plan.is_proven(), "{:?}\n{typed:?}\n{running}--\n{intended}", plan.devices[0].proof);
        let is_same = Simulation::new(PLATFORM, &running).unwrap().is_as(&intended).unwrap();
        prop_assert_eq!(plan.is_empty(), is_same);
    }

    #[test]
    fn paths_read_again_mean_the_same(text in configuration()) {
        let configuration = read(PLATFORM, &text);
        let again = read(PLATFORM, &configuration.paths().join("\n"));
        prop_assert_eq!(again.meaning(), configuration.meaning());
        prop_assert_eq!(again.paths(), configuration.paths());
    }
}
