//! Outputs of systems that were not recorded, written after their command references.

use super::super::fact::{Adjacent, Fact, LsaKind, Neighbor};
use super::super::parse::read;

macro_rules! written {
    ($file:literal) => {
        include_str!(concat!("../../../tests/data/topology/written/", $file))
    };
}

fn facts(command: &str, text: &str) -> Vec<Fact> {
    read(command, text).unwrap()
}

fn neighbors(command: &str, text: &str) -> Vec<[String; 4]> {
    let part = |part: Option<String>| part.unwrap_or_else(|| "-".into());
    let row = |fact| match fact {
        Fact::Neighbor(Neighbor {
            router_id,
            address,
            interface,
            state,
            ..
        }) => [router_id, part(address), part(interface), part(state)],
        other => panic!("{other:?}"),
    };
    facts(command, text).into_iter().map(row).collect()
}

#[test]
fn neighbours_of_ios_and_eos() {
    let first = ["192.0.2.2", "10.1.0.2", "GigabitEthernet0/0/0", "FULL/DR"];
    let second = ["192.0.2.3", "10.1.1.3", "Serial0/1/0", "FULL/-"];
    let third = [
        "192.0.2.4",
        "10.1.0.4",
        "GigabitEthernet0/0/0",
        "2WAY/DROTHER",
    ];
    assert_eq!(
        neighbors("show ip ospf neighbor", written!("ios_ospf_neighbor.txt")),
        [first, second, third]
    );
    let detail = neighbors(
        "sh ip ospf neigh det",
        written!("ios_ospf_neighbor_detail.txt"),
    );
    assert_eq!(
        detail[0],
        ["192.0.2.2", "10.1.0.2", "GigabitEthernet0/0/0", "FULL"]
    );
    assert_eq!(detail[1], ["192.0.2.3", "10.1.1.3", "Serial0/1/0", "FULL"]);
    let eos = neighbors(
        "show ip ospf 1 vrf default neighbor",
        written!("eos_ospf_neighbor.txt"),
    );
    assert_eq!(eos[0], ["192.0.2.2", "10.1.0.2", "Ethernet1", "FULL/BDR"]);
    assert_eq!(eos[1], ["192.0.2.3", "10.1.1.3", "Ethernet2", "FULL"]);
}

#[test]
fn the_database_of_ios() {
    let found = facts(
        "show ip ospf database router",
        written!("ios_ospf_database_router.txt"),
    );
    let [Fact::RouterId(id), Fact::Router(lsa)] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (id.as_str(), lsa.router.as_str(), lsa.area.as_str()),
        ("192.0.2.1", "192.0.2.1", "0.0.0.0")
    );
    let links: Vec<_> = lsa
        .links
        .iter()
        .map(|link| (link.kind, link.id.as_str(), link.metric))
        .collect();
    let expected = [
        (LsaKind::Transit, "10.1.0.2", 1),
        (LsaKind::PointToPoint, "192.0.2.3", 64),
        (LsaKind::Stub, "10.1.1.0", 64),
    ];
    assert_eq!(links, expected);
    let found = facts(
        "show ip ospf database network",
        written!("ios_ospf_database_network.txt"),
    );
    let Some(Fact::Network(lsa)) = found.last() else {
        panic!("{found:?}")
    };
    assert_eq!((lsa.address.as_str(), lsa.prefix), ("10.1.0.2", Some(24)));
    assert_eq!(lsa.attached, ["192.0.2.2", "192.0.2.1", "192.0.2.4"]);
}

#[test]
fn interfaces_of_ios() {
    let found = facts("show ip ospf interface", written!("ios_ospf_interface.txt"));
    let interfaces: Vec<_> = found
        .iter()
        .filter_map(|fact| match fact {
            Fact::Interface(one) => Some((
                one.name.as_str(),
                one.address.as_deref(),
                one.cost,
                one.area.as_deref(),
            )),
            _ => None,
        })
        .collect();
    let expected = [
        (
            "GigabitEthernet0/0/0",
            Some("10.1.0.1"),
            Some(1),
            Some("0.0.0.0"),
        ),
        ("Serial0/1/0", Some("10.1.1.1"), Some(64), Some("0.0.0.10")),
    ];
    assert_eq!(interfaces, expected);
    assert_eq!(found[0], Fact::RouterId("192.0.2.1".into()));
    assert_eq!(
        facts(
            "show ip ospf",
            " Routing Process \"ospf 1\" with ID 192.0.2.1\n"
        ),
        [Fact::RouterId("192.0.2.1".into())]
    );
    assert_eq!(
        facts(
            "show ip ospf",
            " OSPF Routing Process, Router ID: 10.255.0.2\n"
        ),
        [Fact::RouterId("10.255.0.2".into())]
    );
}

/// Interface, name, port and first address of each neighbour.
fn cables(command: &str, text: &str) -> Vec<[String; 4]> {
    let row = |fact| match fact {
        Fact::Adjacent(Adjacent {
            interface,
            name,
            port,
            addresses,
            ..
        }) => [
            interface,
            name,
            port.unwrap_or_default(),
            addresses.concat(),
        ],
        other => panic!("{other:?}"),
    };
    facts(command, text).into_iter().map(row).collect()
}

#[test]
fn cables_by_lldp() {
    let ios = cables(
        "show lldp neighbors detail",
        written!("ios_lldp_detail.txt"),
    );
    assert_eq!(
        ios,
        [
            ["Gi1/0/1", "core-2.lab.example", "Gi0/1", "192.0.2.2"],
            ["Gi1/0/2", "0011.2233.6677", "eth0", ""]
        ]
    );
    let nxos = cables(
        "show lldp neighbors detail",
        written!("nxos_lldp_detail.txt"),
    );
    assert_eq!(
        nxos,
        [
            ["Eth1/49", "spine-1", "Ethernet1/1", "192.0.2.11"],
            ["Eth1/50", "spine-2", "Ethernet1/1", "192.0.2.12"]
        ]
    );
    let eos = cables(
        "show lldp neighbors detail",
        written!("eos_lldp_detail.txt"),
    );
    let expected = [
        [
            "Ethernet1",
            "spine-1.lab.example",
            "Ethernet2",
            "192.0.2.21",
        ],
        ["Ethernet3", "spine-2", "Ethernet7", ""],
        ["Ethernet3", "spine-3", "Ethernet8", ""],
    ];
    assert_eq!(eos, expected);
}

#[test]
fn cables_by_cdp() {
    let ios = cables("show cdp neighbors detail", written!("ios_cdp_detail.txt"));
    let expected = [
        [
            "GigabitEthernet1/0/1",
            "core-2.lab.example",
            "GigabitEthernet0/1",
            "192.0.2.2",
        ],
        ["GigabitEthernet1/0/3", "core-3", "GigabitEthernet0/0/1", ""],
    ];
    assert_eq!(ios, expected);
    let nxos = cables("sh cdp nei det", written!("nxos_cdp_detail.txt"));
    assert_eq!(
        nxos,
        [["Ethernet1/49", "spine-1", "Ethernet1/1", "192.0.2.11"]]
    );
}

#[test]
fn other_commands_say_nothing_and_broken_outputs_are_no_panic() {
    for command in [
        "show version",
        "show ip ospf route",
        "show ip route",
        "show lldp",
        "show ip ospf database",
    ] {
        assert!(read(command, "x").is_none(), "{command}");
    }
    for command in [
        "show ip ospf neighbor json",
        "lldpctl -f json",
        "show ip ospf database router json",
        "show lldp neighbors detail",
        "show cdp nei detail",
        "show ip ospf interface",
    ] {
        for text in [
            "",
            "{",
            "{}",
            "[]",
            "{\"lldp\": {\"interface\": [1, {\"eth0\": {}}]}}",
            "{\"neighbors\": [3]}",
            "% Unknown command",
            "\u{0}::",
        ] {
            assert_eq!(facts(command, text), [], "{command} {text}");
        }
    }
}
