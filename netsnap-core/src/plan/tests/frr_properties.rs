//! What holds for plans between any two FRRouting configurations that a device can have.
//!
//! The configurations are what the simulated device prints after lines of many sorts were typed on it.

use std::collections::BTreeSet;

use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::config::simulate::Simulation;

/// Lines with the section that they belong into, in the order to type them.
type Typed = Vec<(String, String)>;

/// Some of these lines of a section.
fn some_of(section: &'static str, lines: &'static [&'static str]) -> impl Strategy<Value = Typed> {
    let typed = move |lines: Vec<&str>| {
        let line = |line: &&str| (section.to_owned(), (*line).to_owned());
        lines.iter().map(line).collect()
    };
    subsequence(lines, 0..=lines.len()).prop_map(typed)
}

/// One of these lines of a section, or none: they overwrite each other.
fn one_of(section: &'static str, lines: &'static [&'static str]) -> impl Strategy<Value = Typed> {
    let typed = move |line: Option<&str>| {
        let line = line.map(|line| (section.to_owned(), line.to_owned()));
        line.into_iter().collect()
    };
    option::of(select(lines)).prop_map(typed)
}

/// A numbered list, in which no entry stands twice.
fn list(kind: &'static str, texts: &'static [&'static str]) -> impl Strategy<Value = Typed> {
    btree_map(1u8..5, select(texts), 0..4).prop_map(move |entries| {
        let mut seen = BTreeSet::new();
        let entries = entries.into_iter().filter(|(_, text)| seen.insert(*text));
        let line = |(number, text): (u8, &str)| {
            (String::new(), format!("{kind} seq {} {text}", number * 5))
        };
        entries.map(line).collect()
    })
}

fn lists() -> impl Strategy<Value = Typed> {
    const NETWORKS: &[&str] = &["permit 10.0.0.0/8", "permit 10.1.0.0/16 le 24", "deny any"];
    let lists = (
        list("ip prefix-list P", NETWORKS),
        list("ip prefix-list Q", NETWORKS),
        list(
            "access-list A",
            &["permit 10.0.0.0/8", "permit 10.9.0.0/16", "deny any"],
        ),
        list(
            "bgp as-path access-list AP",
            &["permit ^65002_", "permit ^65003$", "deny .*"],
        ),
        list(
            "bgp community-list standard CS",
            &["permit 65001:1", "deny 65001:2"],
        ),
        list(
            "bgp large-community-list standard LC",
            &["permit 65001:1:1", "deny 65001:1:2"],
        ),
    );
    lists.prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

fn maps() -> impl Strategy<Value = Typed> {
    let entries = (
        one_of(
            "route-map RM permit 10",
            &[
                "match ip address prefix-list P",
                "match ip address prefix-list Q",
            ],
        ),
        one_of(
            "route-map RM permit 10",
            &["set community 65001:1", "set community 65001:1 additive"],
        ),
        some_of(
            "route-map RM permit 10",
            &["set metric 5", "match as-path AP", "description first"],
        ),
        one_of(
            "route-map RM permit 20",
            &["on-match next", "on-match goto 40"],
        ),
        some_of(
            "route-map RM permit 20",
            &["call RN", "set local-preference 50"],
        ),
        some_of(
            "route-map RN deny 5",
            &["match community CS", "match large-community LC"],
        ),
    );
    entries.prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

/// Peers with an AS of their own, groups, and peers that are in one of them.
fn peers() -> impl Strategy<Value = Typed> {
    let own = btree_map(1u8..4, (2u32..4, option::of(0u8..3), any::<bool>()), 0..3);
    let grouped = btree_map(4u8..8, (option::of(0u8..2), any::<bool>()), 0..4);
    let groups = [2u32..4, 2u32..4];
    (own, groups, any::<bool>(), grouped, any::<[bool; 2]>()).prop_map(
        |(own, groups, is_timed, grouped, is_moved)| {
            const PROCESS: &str = "router bgp 65001";
            const FAMILY: &str = "router bgp 65001 / address-family ipv4 unicast";
            let mut typed = Typed::new();
            let mut say = |section: &str, line: String| typed.push((section.to_owned(), line));
            for (name, number) in ["EDGE", "CORE"].into_iter().zip(groups) {
                say(PROCESS, format!("neighbor {name} peer-group"));
                say(PROCESS, format!("neighbor {name} remote-as {number}"));
            }
            if is_timed {
                say(PROCESS, "neighbor EDGE timers 3 9".to_owned());
                say(FAMILY, "neighbor EDGE route-map RM in".to_owned());
            }
            for (peer, (number, text, is_strict)) in own {
                say(
                    PROCESS,
                    format!("neighbor 10.0.0.{peer} remote-as {number}"),
                );
                if let Some(text) = text {
                    say(
                        PROCESS,
                        format!("neighbor 10.0.0.{peer} description to {text}"),
                    );
                }
                if is_strict {
                    say(FAMILY, format!("neighbor 10.0.0.{peer} prefix-list P in"));
                    say(FAMILY, format!("no neighbor 10.0.0.{peer} activate"));
                }
            }
            for (peer, (text, is_soft)) in grouped {
                let group = ["EDGE", "CORE"][usize::from(is_moved[usize::from(peer % 2)])];
                say(
                    PROCESS,
                    format!("neighbor 10.0.0.{peer} peer-group {group}"),
                );
                if let Some(text) = text {
                    say(
                        PROCESS,
                        format!("neighbor 10.0.0.{peer} description to {text}"),
                    );
                }
                if is_soft {
                    say(
                        FAMILY,
                        format!("neighbor 10.0.0.{peer} soft-reconfiguration inbound"),
                    );
                }
            }
            typed
        },
    )
}

fn areas() -> impl Strategy<Value = Typed> {
    const OSPF: &str = "router ospf";
    let lines = (
        some_of(
            OSPF,
            &[
                "network 10.1.0.0/24 area 1",
                "network 10.2.0.0/24 area 2",
                "area 1 range 10.1.0.0/16",
            ],
        ),
        one_of(
            OSPF,
            &["area 1 stub", "area 1 stub no-summary", "area 1 nssa"],
        ),
        one_of(
            OSPF,
            &[
                "redistribute static",
                "redistribute static metric 5",
                "redistribute static route-map RM",
            ],
        ),
        some_of(OSPF, &["area 2 authentication", "default-metric 9"]),
        one_of("interface eth0", &["ip ospf cost 5", "ip ospf cost 7"]),
        some_of(
            "interface eth0",
            &[
                "ip address 10.0.9.2/24",
                "ip ospf bfd",
                "ip ospf bfd profile fast",
            ],
        ),
    );
    lines.prop_map(|(a, b, c, d, e, f)| {
        // A profile brings the line that it needs, so that without it nothing would be missing.
        let has_profile = f.iter().any(|(_, line)| line.ends_with("fast"));
        let f = f
            .into_iter()
            .filter(|(_, line)| !has_profile || !line.contains("bfd"));
        [a, b, c, d, e, f.collect()].concat()
    })
}

fn rest() -> impl Strategy<Value = Typed> {
    let lines = (
        one_of(
            "",
            &[
                "ip route 192.0.2.0/24 10.0.0.1",
                "ip route 192.0.2.0/24 10.0.0.1 tag 5 200",
                "ip route 192.0.2.0/24 Null0",
            ],
        ),
        some_of(
            "",
            &[
                "ip route 198.51.100.0/24 10.0.0.1",
                "ip route 198.51.100.0/24 10.0.0.5 30",
            ],
        ),
        some_of("vrf RED", &["ip route 192.0.2.0/24 10.1.0.1", "vni 100"]),
        one_of(
            "bfd / profile fast",
            &["transmit-interval 100", "transmit-interval 200"],
        ),
        some_of(
            "bfd / peer 10.0.0.1",
            &["profile fast", "shutdown", "detect-multiplier 5"],
        ),
        some_of(
            "router bgp 65001 vrf RED",
            &["neighbor 10.1.0.1 remote-as 65009", "bgp router-id 1.1.1.1"],
        ),
    );
    lines.prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

/// What the device prints after lines of all sorts.
fn configuration() -> impl Strategy<Value = String> {
    (lists(), maps(), peers(), areas(), rest()).prop_map(|(a, b, c, d, e)| {
        let mut device = Simulation::new("frr", "hostname r1\n").unwrap();
        for (section, line) in [a, b, c, d, e].concat() {
            device.reset();
            let headers = section.split(" / ").filter(|header| !header.is_empty());
            for line in headers.chain([line.as_str()]) {
                let answer = device.line(line);
                assert!(answer.accepted, "{section} / {line}: {answer:?}");
            }
        }
        device.running()
    })
}

/// What a device prints after some steps, and whether it refused one.
fn after(before: &str, steps: &[Step]) -> (String, bool) {
    let platform = Platform::named("frr").unwrap();
    let mut device = Simulation::new("frr", before).unwrap();
    let answers: Vec<_> = lines(steps, &platform)
        .iter()
        .map(|line| device.line(line))
        .collect();
    let refused = answers.iter().any(|answer| !answer.accepted);
    (device.running(), refused)
}

fn meaning(text: &str) -> crate::id::Digest {
    read("frr", text).meaning()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_frr_plan_arrives_is_minimal_and_every_beginning_of_it_leads_back(
        (running, intended) in (configuration(), configuration()),
    ) {
        let made = plan("frr", &running, &intended).unwrap();
        let device = &made.devices[0];
        prop_assert!(device.proof.is_proven(), "{:?}\n{:#?}", device.proof, device.steps);
        let (end, _) = after(&running, &device.steps);
        prop_assert!(plan("frr", &end, &intended).unwrap().is_empty());
        for left_out in 0..device.steps.len() {
            let mut fewer = device.steps.clone();
            let step = fewer.remove(left_out);
            let (end, refused) = after(&running, &fewer);
            prop_assert!(
                refused || meaning(&end) != meaning(&intended),
                "{step:?} is not needed in {:#?}", device.steps
            );
        }
        for count in 0..device.steps.len() {
            let (partial, _) = after(&running, &device.steps[..count]);
            let back = plan("frr", &partial, &running).unwrap();
            let proof = &back.devices[0].proof;
            prop_assert!(proof.is_proven(), "behind {:#?}: {proof:?}", &device.steps[..count]);
        }
    }
}
