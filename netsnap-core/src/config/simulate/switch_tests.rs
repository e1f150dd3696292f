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
            ("interface Ethernet1/2; vrf B", "ip address", "vrf B\n"),
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
                "router bgp 65001; neighbor 10.0.0.9 remote-as 65002",
                "",
                "neighbor 10.0.0.9 remote-as 65002",
            ),
        ],
    );
}

#[test]
fn what_eos_documents_do_not_say_is_not_modelled() {
    for lines in [
        "interface Ethernet1/1; no switchport",
        "interface Ethernet1/1; storm-control broadcast level 1",
        "ip route 10.8.0.0/16 10.0.0.9; ip route 10.8.0.0/16 10.0.0.9 50",
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
                "interface Ethernet1/2; vrf member B",
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
    // An interface speaks of OSPF too: what becomes of that is not known.
    let (response, running) = after("cisco_nxos", "no feature ospf");
    assert!(response.accepted && !response.modelled, "{response:?}");
    assert!(!running.contains("router ospf"));
    let (response, running) = after(
        "cisco_nxos",
        "interface Ethernet1/2; no ip ospf cost; no feature ospf",
    );
    assert!(response.accepted && response.modelled, "{response:?}");
    assert!(!running.contains("ospf"), "{running}");
}
