//! What holds for every pair of configurations, on generated ones.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::super::*;

/// Sections with their lines, whose order among each other makes no difference.
type Sections = Vec<(String, Vec<String>)>;

fn maybe(
    line: &'static str,
    values: std::ops::Range<u32>,
) -> impl Strategy<Value = Option<String>> {
    proptest::option::of(values.prop_map(move |value| line.replace('#', &value.to_string())))
}

fn frr_interface() -> impl Strategy<Value = Vec<String>> {
    (
        maybe("description port #", 0..4),
        maybe("ip ospf cost #", 1..4),
        maybe("ip ospf hello-interval #", 1..4),
        maybe("shutdown", 0..1),
        maybe("ip ospf passive", 0..1),
    )
        .prop_map(|(a, b, c, d, e)| [a, b, c, d, e].into_iter().flatten().collect())
}

fn frr_bgp() -> impl Strategy<Value = Vec<String>> {
    let peer = (
        1u32..4,
        maybe("description to #", 0..3),
        maybe("timers # 30", 3..6),
    );
    btree_map(1u8..5, peer, 0..4).prop_map(|peers| {
        let mut lines = vec!["bgp router-id 10.255.0.1".to_owned()];
        for (number, (remote, description, timers)) in peers {
            lines.push(format!("neighbor 10.0.0.{number} remote-as {remote}"));
            for line in [description, timers].into_iter().flatten() {
                lines.push(format!("neighbor 10.0.0.{number} {line}"));
            }
        }
        lines
    })
}

fn frr() -> impl Strategy<Value = Sections> {
    (
        btree_map(0u8..4, frr_interface(), 0..4),
        proptest::option::of(frr_bgp()),
        btree_map(1u8..5, (1u8..4, 1u32..3), 0..4),
        vec(1u8..4, 0..3),
    )
        .prop_map(|(interfaces, bgp, lists, routes)| {
            let mut sections: Sections = vec![("hostname r1".into(), Vec::new())];
            let routes: std::collections::BTreeSet<_> = routes.into_iter().collect();
            sections.extend(
                routes
                    .into_iter()
                    .map(|to| (format!("ip route 0.0.0.0/0 10.0.0.{to}"), Vec::new())),
            );
            sections.extend(
                interfaces
                    .into_iter()
                    .map(|(name, lines)| (format!("interface eth{name}"), lines)),
            );
            for (number, (mask, action)) in lists {
                let action = ["permit", "deny"][action as usize - 1];
                sections.push((
                    format!(
                        "ip prefix-list L seq {} {action} 10.{number}.0.0/16 le {}",
                        number * 5,
                        16 + mask
                    ),
                    Vec::new(),
                ));
            }
            sections.extend(bgp.map(|lines| ("router bgp 65001".to_owned(), lines)));
            sections
        })
}

fn ios() -> impl Strategy<Value = Sections> {
    let interface = (
        maybe("description port #", 0..4),
        maybe("ip mtu 140#", 0..4),
        maybe("ip ospf cost #", 1..4),
        maybe("bandwidth 100#", 0..3),
        maybe("shutdown", 0..1),
    )
        .prop_map(|(a, b, c, d, e)| [a, b, c, d, e].into_iter().flatten().collect::<Vec<_>>());
    let entries = btree_map(1u8..9, 1u8..9, 1..6).prop_map(|entries| {
        entries
            .into_iter()
            .map(|(number, host)| {
                // IOS takes no entry twice.
                format!(
                    "{} permit ip host 10.0.{number}.{host} any",
                    u32::from(number) * 10
                )
            })
            .collect::<Vec<_>>()
    });
    (
        btree_map(0u8..4, interface, 0..4),
        btree_map(0u8..3, entries, 0..3),
    )
        .prop_map(|(interfaces, lists)| {
            let mut sections: Sections = vec![("hostname r1".into(), Vec::new())];
            // A device prints all its ports.
            sections.extend((0..4).map(|name| {
                let lines = interfaces.get(&name).cloned().unwrap_or_default();
                (format!("interface GigabitEthernet0/{name}"), lines)
            }));
            sections.extend(
                lists
                    .into_iter()
                    .map(|(name, lines)| (format!("ip access-list extended L{name}"), lines)),
            );
            sections
        })
}

fn render(sections: &Sections) -> String {
    let mut text = String::new();
    for (header, lines) in sections {
        text.push_str(header);
        text.push('\n');
        lines
            .iter()
            .for_each(|line| text.push_str(&format!(" {line}\n")));
    }
    text
}

fn turned(sections: &Sections) -> String {
    let lines = |lines: &Vec<String>| lines.iter().rev().cloned().collect();
    render(
        &sections
            .iter()
            .rev()
            .map(|(header, inside)| (header.clone(), lines(inside)))
            .collect(),
    )
}

fn holds(platform: &str, (running, intended): (&Sections, &Sections)) -> Result<(), TestCaseError> {
    let turned = turned(running);
    let [before, after] = [running, intended].map(render);
    let plan_of = |a: &str, b: &str| plan(platform, a, b).unwrap();
    prop_assert!(plan_of(&before, &before).is_empty());
    prop_assert!(plan_of(&before, &turned).is_empty());
    prop_assert_eq!(
        read(platform, &before).meaning(),
        read(platform, &turned).meaning()
    );
    let plan = plan_of(&before, &after);
    prop_assert_eq!(&plan, &plan_of(&before, &after));
    prop_assert!(
        plan.is_proven(),
        "{:?}\n{:?}",
        plan.devices[0].steps,
        plan.devices[0].proof
    );
    let differs = !diff_config(&read(platform, &before), &read(platform, &after)).is_empty();
    prop_assert_eq!(differs, !plan.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_frr_plan_arrives_and_comes_back((a, b) in (frr(), frr())) {
        holds("frr", (&a, &b))?;
    }

    #[test]
    fn every_ios_plan_arrives_and_comes_back((a, b) in (ios(), ios())) {
        holds("cisco_ios", (&a, &b))?;
    }

    #[test]
    fn turning_an_ordered_section_around_is_a_change(hosts in proptest::collection::btree_set(1u8..99, 2..6)) {
        let list = |hosts: &mut dyn Iterator<Item = &u8>| {
            hosts.map(|host| format!("access-list 10 permit 10.0.0.{host}\n")).collect::<String>()
        };
        let (a, b) = (list(&mut hosts.iter()), list(&mut hosts.iter().rev()));
        let plan = plan("cisco_ios", &a, &b).unwrap();
        prop_assert!(!plan.is_empty());
    }
}
