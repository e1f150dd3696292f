//! What the documents of Arista EOS and Cisco NX-OS say, as a table: lines typed, how the last one is taken, what then stands.

use super::{LineDevice, Response};

const PORT: &str = "hostname r1\n!\nfeature ospf\n!\nvlan 10\n   name blue\n!\ninterface Ethernet1/1\n   description port\n   switchport trunk allowed vlan 10,20-22\n   switchport mode trunk\n!\ninterface Ethernet1/2\n   vrf A\n   vrf member A\n   ip address 10.0.0.1/24\n   ip ospf cost 7\n!\nip access-list EDGE\n   10 permit ip any any\n!\nrouter ospf 1\n   router-id 10.0.0.1\n";

fn after(platform: &str, lines: &str) -> (Response, String) {
    let other = match platform {
        "arista_eos" => "   vrf member A\n",
        _ => "   vrf A\n",
    };
    let mut device = LineDevice::new(platform, &PORT.replace(other, "")).unwrap();
    let last = lines.split("; ").map(|line| device.line(line)).last();
    (last.unwrap(), device.running())
}

/// Each row: lines, what is gone, what is there.
fn all(platform: &str, rows: &[(&str, &str, &str)]) {
    for (lines, gone, there) in rows {
        let (response, running) = after(platform, lines);
        assert!(
            response.accepted && response.modelled,
            "{lines}: {response:?}"
        );
        assert!(
            gone.is_empty() || !running.contains(gone),
            "{lines}\n{running}"
        );
        assert!(running.contains(there), "{lines}\n{running}");
    }
}

#[test]
fn trunks_change_by_what_comes_and_goes() {
    let trunk = "switchport trunk allowed vlan";
    for platform in ["arista_eos", "cisco_nxos"] {
        for (line, there) in [
            ("add 23-24,11", "10-11,20-24\n"),
            ("remove 10,21", "20,22\n"),
            ("5", "5\n"),
            ("remove 1-4094", "none\n"),
        ] {
            let typed = format!("interface Ethernet1/1; {trunk} {line}");
            all(platform, &[(&typed, "", &format!("{trunk} {there}"))]);
        }
        let whole = format!("interface Ethernet1/1; {trunk} all");
        all(platform, &[(&whole, trunk, "")]);
        let none = format!("interface Ethernet1/1; no {trunk}");
        all(platform, &[(&none, trunk, "")]);
        let bad = after(
            platform,
            &format!("interface Ethernet1/1; {trunk} add 4095"),
        );
        assert!(!bad.0.accepted || !bad.0.modelled, "{:?}", bad.0);
    }
}

#[test]
fn eos_knows_its_everyday_lines() {
    all(
        "arista_eos",
        &[
            ("vlan 30; name red", "", "vlan 30\n name red\n"),
            ("vlan 10; state active", "state", ""),
            ("no vlan 10", "vlan 10\n", ""),
            (
                "vrf instance B; interface Loopback1; ip address 10.9.1.1/32; vrf B",
                "10.9.1.1",
                "vrf B\n",
            ),
            ("interface Ethernet1/2; no ip address", "ip address", ""),
            (
                "interface Ethernet1/2; ip address 10.0.0.2/24",
                "10.0.0.1/24",
                "ip address 10.0.0.2/24",
            ),
            (
                "interface Loopback0; ip address 10.9.0.1/32",
                "",
                "interface Loopback0\n ip address 10.9.0.1/32\n",
            ),
            (
                "ip access-list EDGE; 5 deny tcp any any",
                "",
                "5 deny tcp any any\n   10 permit",
            ),
            (
                "ip prefix-list P; seq 10 permit 10.0.0.0/8 le 24",
                "",
                "seq 10 permit 10.0.0.0/8 le 24",
            ),
            (
                "ip route 10.8.0.0/16 10.0.0.9",
                "",
                "ip route 10.8.0.0/16 10.0.0.9\n",
            ),
            (
                "router bgp 65001; neighbor 10.0.0.8 remote-as 65002; neighbor 10.0.0.9 remote-as 65002",
                "",
                "neighbor 10.0.0.9 remote-as 65002",
            ),
        ],
    );
}

#[test]
fn what_a_device_prints_of_its_own_accord_comes_with_the_section() {
    all(
        "arista_eos",
        &[
            ("vrf instance C", "", "no ip routing vrf C\n"),
            (
                "vrf instance C; ip routing vrf C",
                "no ip routing",
                "ip routing vrf C\n",
            ),
            ("vrf instance C; no vrf instance C", "vrf C", ""),
            ("router ospf 2", "", "max-lsa 12000\n"),
            ("interface Vxlan1", "", "vxlan udp-port 4789\n"),
        ],
    );
    all(
        "cisco_nxos",
        &[
            ("feature interface-vlan", "", "interface Vlan1\n"),
            (
                "feature interface-vlan; interface Vlan20; no shutdown",
                "",
                "interface Vlan20\n no shutdown\n",
            ),
            (
                "feature interface-vlan; no feature interface-vlan",
                "Vlan",
                "",
            ),
        ],
    );
    all(
        "cisco_ios",
        &[("router bgp 65000", "", "bgp log-neighbor-changes\n")],
    );
}

#[test]
fn routes_of_several_distances_stand_beside_each_other() {
    let typed = "ip route 10.8.0.0/16 10.0.0.9; ip route 10.8.0.0/16 10.0.0.9 50";
    let there = "ip route 10.8.0.0/16 10.0.0.9\nip route 10.8.0.0/16 10.0.0.9 50\n";
    all("arista_eos", &[(typed, "", there)]);
    let back = format!("{typed}; no ip route 10.8.0.0/16 10.0.0.9");
    all("arista_eos", &[(&back, "10.0.0.9\n", "10.0.0.9 50\n")]);
}

#[test]
fn what_eos_documents_do_not_say_is_not_modelled() {
    for lines in [
        "interface Ethernet1/1; no switchport",
        "interface Ethernet1/2; ip address 10.0.0.9/24 secondary; vrf instance B; interface Ethernet1/2; vrf B",
        "interface Ethernet1/1; storm-control broadcast level 1",
        "no interface Ethernet1/1",
        "interface Ethernet1/1; switchport mode access",
        "frobnicate",
    ] {
        assert!(!after("arista_eos", lines).0.modelled, "{lines}");
    }
}

#[test]
fn nxos_asks_for_features_and_clears_all_of_ip_with_the_vrf() {
    all(
        "cisco_nxos",
        &[
            (
                "vrf context B; interface Ethernet1/2; vrf member B",
                "ip address",
                "vrf member B\n",
            ),
            ("interface Ethernet1/2; no vrf member", "ip ospf cost", ""),
            (
                "feature bgp; router bgp 65001; neighbor 10.0.0.9; remote-as 65002",
                "",
                "neighbor 10.0.0.9\n  remote-as 65002\n",
            ),
            ("vlan 30; name red", "", "name red\n"),
        ],
    );
    let (response, running) = after("cisco_nxos", "router bgp 65001");
    assert!(!response.accepted, "{response:?}");
    assert!(!running.contains("router bgp"));
    // What the interfaces say of it goes too, but for lines that no rule knows.
    let (response, running) = after("cisco_nxos", "no feature ospf");
    assert!(response.accepted && response.modelled, "{response:?}");
    assert!(!running.contains("ospf"), "{running}");
    let unknown = "interface Ethernet1/2; ip ospf frobnicate; no feature ospf";
    assert!(!after("cisco_nxos", unknown).0.modelled);
    // What else belongs to layer 3 is not known.
    let gateway = "feature hsrp; vrf context B; interface Ethernet1/2; hsrp 10; exit; vrf member B";
    assert!(!after("cisco_nxos", gateway).0.modelled);
}

#[test]
fn vlans_of_a_list_go_one_by_one() {
    let text = "vlan 1,10-12\nvlan 11\n  name blue\n";
    let mut device = LineDevice::new("cisco_nxos", text).unwrap();
    assert!(device.line("no vlan 11").modelled);
    assert_eq!(device.running(), "vlan 1\nvlan 10\nvlan 12\n");
}

#[test]
fn vlans_are_added_to_an_instance_and_taken_from_it() {
    let tree = "spanning-tree mst configuration; instance 1 vlan";
    let rows = [
        ("10,20", "instance 1 vlan 10,20\n"),
        ("10,20; instance 1 vlan 21", "instance 1 vlan 10,20-21\n"),
        ("10,20; no instance 1 vlan 10", "instance 1 vlan 20\n"),
    ];
    for (typed, there) in rows {
        all("cisco_nxos", &[(&format!("{tree} {typed}"), "", there)]);
    }
    // A VLAN leaves the instance that it was in.
    let other = format!("{tree} 10; instance 2 vlan 10");
    assert!(!after("cisco_nxos", &other).0.modelled);
}

#[test]
fn what_is_said_of_all_interfaces_leaves_the_exceptions() {
    let ospf = "router ospf 1; passive-interface";
    for (typed, gone, there) in [
        ("Ethernet1", "", "passive-interface Ethernet1\n"),
        ("Ethernet1; no passive-interface Ethernet1", "passive", ""),
        (
            "default; passive-interface Ethernet1",
            "Ethernet1\n!",
            "passive-interface default\n",
        ),
        (
            "default; no passive-interface Ethernet1",
            "",
            "no passive-interface Ethernet1\n",
        ),
    ] {
        let typed = format!("{ospf} {typed}");
        let (response, running) = after("arista_eos", &typed);
        assert!(response.modelled, "{typed}");
        assert!(gone.is_empty() || !running.contains(gone), "{running}");
        assert!(running.contains(there), "{running}");
    }
    let turned = format!("{ospf} Ethernet1; passive-interface default");
    assert!(!after("arista_eos", &turned).0.modelled);
}

#[test]
fn what_stands_elsewhere_or_is_not_there_proves_nothing() {
    for (platform, lines) in [
        ("cisco_nxos", "interface Ethernet1/2; vrf member C"),
        (
            "cisco_nxos",
            "interface Ethernet1/3; ip address 10.0.0.1/24",
        ),
        ("cisco_nxos", "line vty; access-class NONE in"),
        (
            "arista_eos",
            "interface Ethernet1/2; channel-group 7 mode active",
        ),
        ("arista_eos", "ip domain-name a; dns domain b"),
    ] {
        assert!(!after(platform, lines).0.modelled, "{lines}");
    }
}
