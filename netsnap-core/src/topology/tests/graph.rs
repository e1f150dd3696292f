//! The graph of the lab: a ring of four with a chord over a broadcast network.

use super::super::{LinkKind, Protocol, compare};
use super::*;

/// Who is connected with whom, where and at which cost.
const RING: [&str; 5] = [
    "r1 eth1 10.0.1.0 10 | r2 eth2 10.0.1.1 10",
    "r1 eth3 10.0.200.1 10 | r3 eth3 10.0.200.2 10",
    "r1 eth2 10.0.4.1 10 | r4 eth1 10.0.4.0 10",
    "r2 eth1 10.0.2.0 10 | r3 eth2 10.0.2.1 10",
    "r3 eth1 10.0.3.0 10 | r4 eth2 10.0.3.1 10",
];

/// Replaces the words at some places by `-`.
fn without(places: &[usize]) -> Vec<String> {
    let link = |link: &&str| {
        let words = link.split(' ').enumerate();
        let words = words.map(|(at, word)| {
            if places.contains(&(at % 5)) {
                "-"
            } else {
                word
            }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    RING.iter().map(link).collect()
}

#[test]
fn every_way_to_ask_gives_the_same_ring() {
    let everything = RING.map(str::to_owned).to_vec();
    for outputs in [
        [neighbors(), database(), networks()].concat(),
        [neighbors_json(), database_json(), networks_json()].concat(),
        [details(), database(), networks_json()].concat(),
        [interfaces(), database(), networks()].concat(),
        [interfaces_json(), neighbors()].concat(),
        [interfaces(), details_json()].concat(),
    ] {
        let topology = topology(&outputs);
        assert_eq!(links(&topology), everything, "{:?}", outputs[0].1);
        assert_eq!(topology.remarks, []);
        let ids: Vec<_> = topology
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node.router_ids.concat()))
            .collect();
        assert_eq!(
            ids,
            [1, 2, 3, 4].map(|n| (["", "r1", "r2", "r3", "r4"][n], format!("10.255.0.{n}")))
        );
    }
}

#[test]
fn neighbour_tables_alone_tell_the_router_ids_by_their_addresses() {
    let topology = topology(&neighbors());
    assert_eq!(links(&topology), without(&[3]));
    let kinds: Vec<_> = topology.links.iter().map(|link| link.kind).collect();
    let p2p = LinkKind::PointToPoint;
    assert_eq!(kinds, [p2p, LinkKind::Broadcast, p2p, p2p, p2p]);
    assert_eq!(topology.links[1].a.state.as_deref(), Some("Full/DR"));
    assert_eq!(topology.links[1].b.state.as_deref(), Some("Full/Backup"));
}

#[test]
fn the_database_of_one_device_knows_all_links() {
    let outputs = [database()[3], networks()[3]];
    let topology = topology(&outputs);
    let named = |link: String| {
        ["r1", "r2", "r3"].iter().fold(link, |link, name| {
            link.replace(name, &format!("10.255.0.{}", &name[1..]))
        })
    };
    let mut expected: Vec<String> = without(&[1]).into_iter().map(named).collect();
    let shown = links(&topology);
    // The only name is r4, which stands behind the router ids.
    expected.sort();
    let mut sorted = shown.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
    let collected: Vec<_> = topology
        .nodes
        .iter()
        .filter(|node| node.collected)
        .map(|node| &node.id)
        .collect();
    assert_eq!(collected, ["r4"]);
    let chord = topology
        .links
        .iter()
        .find(|link| link.kind == LinkKind::Broadcast)
        .unwrap();
    assert_eq!(chord.network.as_deref(), Some("10.0.200.2/30"));
    assert_eq!(
        (chord.area.as_deref(), chord.one_sided),
        (Some("0.0.0.0"), false)
    );
    assert_eq!(chord.sources.len(), 1);
}

#[test]
fn cables_join_the_links_that_run_over_them() {
    for cables in [cables_json(), cables()] {
        let alone = topology(&cables);
        assert_eq!(links(&alone), without(&[2, 3]));
        assert!(
            alone
                .links
                .iter()
                .all(|link| link.kind == LinkKind::Physical)
        );
        assert!(
            alone.nodes[0]
                .platform
                .as_deref()
                .unwrap()
                .starts_with("Debian")
        );
        let joined = topology(&[cables, neighbors(), database(), networks()].concat());
        assert_eq!(links(&joined), RING);
        assert_eq!(joined.links[0].protocols, [Protocol::Ospf, Protocol::Lldp]);
    }
}

#[test]
fn what_only_one_end_says_is_marked() {
    let outputs = [neighbors()[0], neighbors()[1]];
    let topology = topology(&outputs);
    let sides: Vec<_> = topology
        .links
        .iter()
        .map(|link| (link.a.node.as_str(), link.b.node.as_str(), link.one_sided))
        .collect();
    let expected = [
        ("10.255.0.3", "r1", true),
        ("10.255.0.3", "r2", true),
        ("10.255.0.4", "r1", true),
        ("r1", "r2", false),
    ];
    assert_eq!(sides, expected);
    assert!(!topology.node("10.255.0.3").unwrap().collected);
    assert_eq!(topology.links[3].sources.len(), 2);
}

#[test]
fn the_order_of_the_outputs_changes_nothing() {
    let mut outputs = [neighbors(), database(), networks(), cables(), interfaces()].concat();
    let first = topology(&outputs);
    outputs.reverse();
    assert_eq!(topology(&outputs), first);
    outputs.rotate_left(7);
    assert_eq!(topology(&outputs), first);
}

#[test]
fn a_link_that_went_down_is_found() {
    let before = topology(&[neighbors(), database(), networks()].concat());
    let after = topology(&down());
    assert_eq!(links(&after), RING[1..]);
    let diff = compare(&before, &after);
    let removed: Vec<_> = diff
        .links_removed
        .iter()
        .map(|link| link.a.interface.as_deref())
        .collect();
    assert_eq!(removed, [Some("eth1")]);
    assert!(
        diff.links_added.is_empty()
            && diff.links_changed.is_empty()
            && diff.nodes_removed.is_empty(),
        "{diff:?}"
    );
    assert!(compare(&before, &before).is_empty());
    assert_eq!(compare(&after, &before).links_added, diff.links_removed);
}

#[test]
fn another_cost_is_a_change_of_the_link() {
    let before = topology(&[neighbors(), database(), networks()].concat());
    let mut after = before.clone();
    after.links[2].b.cost = Some(70);
    let diff = compare(&before, &after);
    assert_eq!((diff.links_changed.len(), diff.links_added.len()), (1, 0));
    assert_eq!(diff.links_changed[0].changed, ["cost"]);
    assert_eq!(
        diff.links_changed[0].before.a.interface.as_deref(),
        Some("eth2")
    );
}

#[test]
fn a_router_that_was_only_spoken_of_is_the_device_that_is_asked_later() {
    let before = topology(&[database()[0], networks()[0]]);
    let after = topology(&[database(), networks()].concat());
    assert!(
        compare(&before, &after).is_empty(),
        "{:?}",
        compare(&before, &after)
    );
}

#[test]
fn parallel_links_stay_two() {
    let table = |far: &str, near: &str| {
        let row = |n: u8| {
            format!(
                "{far} 1 Full/- 1s 7.5s 10.9.{n}.{} eth{n}:10.9.{n}.{}\n",
                u8::from(near == "a"),
                u8::from(near != "a")
            )
        };
        format!("{}{}", row(1), row(2))
    };
    let (a, b) = (table("2.2.2.2", "a"), table("1.1.1.1", "b"));
    let outputs: [(&str, &str, &str); 2] = [
        ("a", "show ip ospf neighbor", a.leak()),
        ("b", "show ip ospf neighbor", b.leak()),
    ];
    let topology = topology(&outputs);
    assert_eq!(
        links(&topology),
        [
            "a eth1 10.9.1.0 - | b eth1 10.9.1.1 -",
            "a eth2 10.9.2.0 - | b eth2 10.9.2.1 -"
        ]
    );
}
