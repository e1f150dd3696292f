//! Cisco IOS XR, DriveNets DNOS and Huawei VRP: lines in sections.

use super::*;

const XR: &str = "cisco_iosxr";

const PE: &str = "hostname r1\nvrf A\n address-family ipv4 unicast\n  import route-target\n   65000:1\n  !\n !\n!\nvrf B\n!\ninterface GigabitEthernet0/0/0/0\n description to r2\n vrf A\n ipv4 address 10.0.0.1 255.255.255.0\n!\nprefix-set PL\n  10.0.0.0/8 le 24,\n  11.0.0.0/8\nend-set\n!\nroute-policy P\n  if destination in PL then\n    pass\n  endif\nend-policy\n!\nrouter static\n address-family ipv4 unicast\n  0.0.0.0/0 10.0.0.9\n !\n!\nrouter bgp 65000\n neighbor 10.0.0.2\n  remote-as 65001\n  address-family ipv4 unicast\n   route-policy P in\n  !\n !\n!\nfrob nicate\n seven 7\n!\nend\n";

#[test]
fn xr_prints_what_it_booted_with() {
    let device = Simulation::new(XR, PE).unwrap();
    let again = Simulation::new(XR, &device.running()).unwrap();
    assert_eq!(again.running(), device.running());
    assert!(device.is_as(PE).unwrap());
    assert_eq!(device.hostname(), "r1");
    for part in [
        " neighbor 10.0.0.2\n  remote-as 65001\n  address-family ipv4 unicast\n   route-policy P in\n  !\n !\n!\n",
        "prefix-set PL\n  10.0.0.0/8 le 24,\n  11.0.0.0/8\nend-set\n",
        "frob nicate\n seven 7\n!\n",
    ] {
        assert!(device.running().contains(part), "{}", device.running());
    }
}

#[test]
fn xr_takes_lines_in_sections() {
    let port = "interface GigabitEthernet0/0/0/0; ";
    let peer = "router bgp 65000; neighbor 10.0.0.2; ";
    all(
        XR,
        &[
            (PE, &format!("{port}description to r3"), Surely, &PE.replace("to r2", "to r3")),
            (PE, &format!("{port}no description"), Surely, &PE.replace(" description to r2\n", "")),
            (PE, &format!("{port}no description to r2"), Surely, &PE.replace(" description to r2\n", "")),
            (PE, &format!("{port}ipv4 address 10.0.0.3 255.255.255.0"), Surely, &PE.replace("10.0.0.1", "10.0.0.3")),
            (PE, &format!("{port}mtu 7"), Not, PE),
            (PE, &format!("{port}frob 7"), Perhaps, &PE.replace(" vrf A\n ipv4", " frob 7\n vrf A\n ipv4")),
            // A line of an outer section leaves the inner one.
            (PE, &format!("{port}hostname r9"), Surely, &PE.replace("hostname r1", "hostname r9")),
            (PE, "no interface GigabitEthernet0/0/0/0", Surely, &PE.replace("interface GigabitEthernet0/0/0/0\n description to r2\n vrf A\n ipv4 address 10.0.0.1 255.255.255.0\n!\n", "")),
            (PE, &format!("{peer}remote-as 65002; exit; neighbor 10.0.0.3; remote-as 65003"), Surely, &PE.replace(" neighbor 10.0.0.2\n  remote-as 65001", " neighbor 10.0.0.3\n  remote-as 65003\n !\n neighbor 10.0.0.2\n  remote-as 65002")),
            (PE, &format!("{peer}address-family ipv4 unicast; route-policy Q in"), Surely, &PE.replace("route-policy P in", "route-policy Q in")),
            (PE, "router bgp 65000 neighbor 10.0.0.2 description x", Surely, &PE.replace("  remote-as 65001", "  remote-as 65001\n  description x")),
            (PE, "prefix-set PL; 12.0.0.0/8; end-set", Surely, &PE.replace("10.0.0.0/8 le 24,\n  11.0.0.0/8", "12.0.0.0/8")),
            (PE, "no prefix-set PL", Surely, &PE.replace("prefix-set PL\n  10.0.0.0/8 le 24,\n  11.0.0.0/8\nend-set\n", "")),
            // One line is one statement.
            (
                PE,
                "router static; address-family ipv4 unicast; 10.2.0.0/16 vrf B 10.0.0.1 metric 5",
                Perhaps,
                &PE.replace("10.0.0.9\n", "10.0.0.9\n  10.2.0.0/16 vrf B 10.0.0.1 metric 5\n"),
            ),
            // A section that is emptied stays while it is open.
            (
                PE,
                "router static; address-family ipv4 unicast; no 0.0.0.0/0 10.0.0.9; 0.0.0.0/0 10.0.0.8",
                Surely,
                &PE.replace("10.0.0.9", "10.0.0.8"),
            ),
            (PE, "router static; address-family ipv4 unicast; no 0.0.0.0/0 10.0.0.9", Surely, &PE.replace("router static\n address-family ipv4 unicast\n  0.0.0.0/0 10.0.0.9\n !\n!\n", "")),
        ],
    );
}

#[test]
fn xr_refuses_at_the_commit_what_is_not_there_or_held() {
    let port = "interface GigabitEthernet0/0/0/0; ";
    for (lines, complaint) in [
        (
            format!("{port}vrf B"),
            "needs a commit between: vrf cannot change in interface GigabitEthernet0/0/0/0 before ipv4 address is gone",
        ),
        (
            format!("{port}no vrf"),
            "needs a commit between: vrf cannot change in interface GigabitEthernet0/0/0/0 before ipv4 address is gone",
        ),
        (
            format!("{port}no ipv4 address; no vrf"),
            "needs a commit between: vrf cannot change in interface GigabitEthernet0/0/0/0 before ipv4 address is gone",
        ),
        (
            format!("{port}no ipv4 address; commit; vrf B; ipv4 address 10.0.0.1 255.255.255.0"),
            "",
        ),
        (
            "no router bgp 65000; router bgp 65001".to_owned(),
            "needs a commit between: router bgp 65001 comes when the other is gone",
        ),
        (
            "no router bgp 65000; commit; router bgp 65001".to_owned(),
            "",
        ),
        (
            "no interface GigabitEthernet0/0/0/0; interface GigabitEthernet0/0/0/0 l2transport"
                .to_owned(),
            "interface GigabitEthernet0/0/0/0 may get lines of the device itself\nneeds a commit between: interface GigabitEthernet0/0/0/0 l2transport comes when interface GigabitEthernet0/0/0/0 is gone",
        ),
        (
            "interface BVI1; interface BVI1 l2transport".to_owned(),
            "needs a commit between: interface BVI1 comes when interface BVI1 l2transport is gone\nneeds a commit between: interface BVI1 l2transport comes when interface BVI1 is gone",
        ),
        (
            "interface BVI1; commit; no interface BVI1; commit; interface BVI1 l2transport"
                .to_owned(),
            "",
        ),
        (
            "no interface GigabitEthernet0/0/0/0".to_owned(),
            "interface GigabitEthernet0/0/0/0 may get lines of the device itself",
        ),
        (
            "interface Loopback0; vrf C".to_owned(),
            "vrf C referenced but not defined",
        ),
        (
            "interface Loopback0; vrf B; ipv4 address 10.9.0.1 255.255.255.255".to_owned(),
            "",
        ),
        ("route-policy P; pass".to_owned(), "a text has no end"),
    ] {
        let mut device = typed(XR, PE, &lines).1;
        assert_eq!(device.commit().output, complaint, "{lines}");
    }
}

const SERVICES: &str = "hostname r1\nvrf A\n rd 65000:9\n!\nvrf B\n!\ninterface GigabitEthernet0/0/0/1.10\n encapsulation dot1q 10\n!\ninterface GigabitEthernet0/0/0/1.20\n encapsulation dot1q 20\n!\ninterface GigabitEthernet0/0/0/2\n description a\n l2transport\n !\n!\nclass-map match-any C\n match dscp ef\n end-class-map\n!\npolicy-map P\n class C\n !\n class class-default\n !\n end-policy-map\n!\naaa group server tacacs+ T\n!\naaa authentication login default group T local\nrouter bgp 65000\n address-family vpnv4 unicast\n !\n neighbor 10.0.0.2\n  remote-as 65001\n !\n vrf B\n  rd 65000:1\n  address-family ipv4 unicast\n  !\n !\n!\nl2vpn\n bridge group G\n  bridge-domain D\n   interface GigabitEthernet0/0/0/2\n   !\n  !\n !\n!\n";

#[test]
fn xr_refuses_at_the_commit_what_its_processes_do_not_take() {
    let rd = "router bgp 65000; vrf B; rd 65000:2";
    let port = "interface GigabitEthernet0/0/0/2; ";
    let host = "interface Loopback1; ipv4 address 10.1.0.1 255.255.255.0; interface Loopback2; ";
    let free =
        "l2vpn; bridge group G; bridge-domain D; no interface GigabitEthernet0/0/0/2; root; ";
    for (lines, complaint) in [
        (
            "router bgp 65000; neighbor 10.0.0.2; no remote-as",
            "remote-as or use neighbor-group or use session-group is missing in neighbor 10.0.0.2",
        ),
        ("router bgp 65000; neighbor 10.0.0.2; description x", ""),
        (
            "router bgp 65000; no address-family vpnv4 unicast",
            "address-family vpnv4 unicast is missing in router bgp 65000",
        ),
        ("router bgp 65000; vrf B; no rd", "rd is missing in vrf B"),
        (
            "router bgp 65000; vrf B; no rd; root; vrf B; rd 65000:1",
            "",
        ),
        ("router bgp 65000; vrf A; address-family ipv4 unicast", ""),
        (
            rd,
            "needs a commit between: rd 65000:2 comes when rd 65000:1 is gone with vrf B",
        ),
        (&format!("router bgp 65000; no vrf B; commit; {rd}"), ""),
        (
            "l2vpn; xconnect group X; p2p Y; interface GigabitEthernet0/0/0/2",
            "attachment circuit GigabitEthernet0/0/0/2 stands twice",
        ),
        (
            "interface GigabitEthernet0/0/0/1.30; encapsulation dot1q 10",
            "encapsulation dot1q 10 stands twice on GigabitEthernet0/0/0/1\ninterface GigabitEthernet0/0/0/1.30 takes GigabitEthernet0/0/0/1 encapsulation dot1q 10 from interface GigabitEthernet0/0/0/1.10",
        ),
        (
            "interface GigabitEthernet0/0/0/2.10; encapsulation dot1q 10",
            "",
        ),
        (
            "no interface GigabitEthernet0/0/0/1.10; interface GigabitEthernet0/0/0/1.30; encapsulation dot1q 10",
            "",
        ),
        (
            "interface GigabitEthernet0/0/0/1.10; encapsulation dot1q 20; interface GigabitEthernet0/0/0/1.20; encapsulation dot1q 30",
            "interface GigabitEthernet0/0/0/1.10 takes GigabitEthernet0/0/0/1 encapsulation dot1q 20 from interface GigabitEthernet0/0/0/1.20",
        ),
        (
            "no class-map match-any C",
            "class-map C referenced but not defined",
        ),
        (
            "no class-map match-any C; class-map match-all C; match dscp ef",
            "needs a commit between: class-map match-all C comes when class-map match-any C is gone",
        ),
        (
            "no aaa authentication login default; no aaa group server tacacs+ T",
            "needs a commit between: aaa group server tacacs+ T goes when aaa authentication login default is gone",
        ),
        (
            "no aaa authentication login default; commit; no aaa group server tacacs+ T",
            "",
        ),
        (
            "l2vpn; bridge group G; bridge-domain D; interface GigabitEthernet0/0/0/1.10",
            "GigabitEthernet0/0/0/1.10 is not ready for it",
        ),
        (
            "interface Loopback0; ipv4 address 10.0.0.2 255.255.255.255",
            "10.0.0.2 is an address of the device itself in neighbor 10.0.0.2",
        ),
        (
            "interface Loopback0; ipv4 address 10.1.0.1 255.255.255.0 secondary",
            "ipv4 address is missing in interface Loopback0",
        ),
        (
            "interface Loopback0; ipv4 address 10.1.0.0 255.255.255.0",
            "10.1.0.0/24 is no address of interface Loopback0",
        ),
        (
            "interface Loopback0; ipv4 address 10.1.0.0 255.255.255.254",
            "",
        ),
        (
            &format!("{host}ipv4 address 10.1.0.65 255.255.255.192"),
            "Loopback2 has an address of the network of Loopback1",
        ),
        (
            &format!("{host}vrf A; ipv4 address 10.1.0.65 255.255.255.192"),
            "",
        ),
        (
            "router bgp 65000; neighbor 10.0.0.2; ebgp-multihop 2; address-family vpnv4 unicast",
            "",
        ),
        (
            "router bgp 65000; neighbor 10.0.0.2; address-family vpnv4 unicast; route-reflector-client",
            "route-reflector-client is said of a peer of the other side",
        ),
        (
            "router ospf 1; area 0; interface Loopback0; root; router ospf 1; area 1; interface Loopback0",
            "interface Loopback0 stands twice in router ospf 1",
        ),
        (
            "router isis A; interface Loopback0; commit; no router isis A; router isis B; interface Loopback0",
            "needs a commit between: router isis B takes interface Loopback0 from router isis A",
        ),
        (
            "router isis A; interface Loopback0; commit; no router isis A; commit; router isis B; interface Loopback0",
            "",
        ),
        (
            &format!("{port}no l2transport; ipv4 address 10.0.0.1 255.255.255.0"),
            "GigabitEthernet0/0/0/2 is not ready for it\nneeds a commit between: ipv4 address cannot change in interface GigabitEthernet0/0/0/2 before l2transport is gone",
        ),
        (
            &format!(
                "{free}{port}no l2transport; commit; {port}ipv4 address 10.0.0.1 255.255.255.0"
            ),
            "",
        ),
    ] {
        let mut device = typed(XR, SERVICES, lines).1;
        assert_eq!(device.commit().output, complaint, "{lines}");
    }
}

#[test]
fn lines_of_layer_3_do_not_stand_on_a_port_of_layer_2_or_a_member() {
    for line in [
        "ipv4 address 10.0.0.1 255.255.255.0",
        "ipv6 address 2001:db8::1/64",
        "ipv6 enable",
        "vrf A",
    ] {
        let taken = typed(
            XR,
            SERVICES,
            &format!("interface GigabitEthernet0/0/0/2; {line}"),
        )
        .0;
        assert_eq!(taken, Perhaps, "{line}");
        let taken = typed(
            XR,
            SERVICES,
            &format!("interface GigabitEthernet0/0/0/3; {line}; l2transport"),
        )
        .0;
        assert_eq!(taken, Perhaps, "{line}");
    }
    let member = "interface GigabitEthernet0/0/0/3; bundle id 1 mode active; ";
    for line in [
        "ipv4 address 10.0.0.1 255.255.255.0",
        "ipv6 address 2001:db8::1/64",
    ] {
        assert_eq!(
            typed(XR, SERVICES, &format!("{member}{line}")).0,
            Perhaps,
            "{line}"
        );
        let other = format!("interface GigabitEthernet0/0/0/3; {line}; bundle id 1 mode active");
        assert_eq!(typed(XR, SERVICES, &other).0, Perhaps, "{line}");
    }
    assert_eq!(
        typed(XR, SERVICES, &format!("{member}description x")).0,
        Surely
    );
}

/// What is in force is what was taken over.
#[test]
fn what_is_refused_is_not_in_force() {
    let lines = "interface GigabitEthernet0/0/0/0; vrf B; commit; no ipv4 address";
    let mut device = typed(XR, PE, lines).1;
    assert!(device.commit().output.contains("needs a commit between"));
}

#[test]
fn a_commit_is_a_line_but_inside_a_text() {
    let device = typed(XR, PE, "interface GigabitEthernet0/0/0/0; commit; mtu 9100").1;
    assert!(
        device
            .running()
            .contains("GigabitEthernet0/0/0/0\n description to r2\n mtu 9100\n"),
        "{}",
        device.running()
    );
    let (taken, mut device) = typed(XR, PE, "prefix-set PL; commit");
    assert_eq!(taken, Surely);
    assert_eq!(device.commit().output, "a text has no end");
    for (platform, lines) in [
        (XR, "interface Loopback0; vrf C; commit"),
        (
            "drivenets_dnos",
            "protocols; bgp 65000; neighbor 10.0.0.3; description x; commit",
        ),
    ] {
        assert_eq!(typed(platform, "hostname r1\n", lines).0, Not, "{lines}");
    }
    let junos = typed(
        "juniper_junos",
        "system { host-name r1; }\n",
        "set system domain-name x; commit",
    );
    assert_eq!(junos.0, Surely);
    assert_eq!(typed("huawei_vrp", "sysname r1\n", "commit").0, Perhaps);
}

#[test]
fn dnos_takes_lines_in_sections() {
    let before = "system\n  name r1\n!\ninterfaces\n  ge100-0/0/0\n    admin-state enabled\n    description \"to r2\"\n    ipv4-address 10.0.0.1/31\n  !\n!\nrouting-policy\n  prefix-list ipv4 L\n    rule 10 allow 10.0.0.0/8 matching-len le 24\n  !\n  policy IN\n    rule 10 allow\n      match ipv4 prefix L\n    !\n  !\n!\nprotocols\n  bgp 65000\n    neighbor 10.0.0.2\n      remote-as 65001\n      address-family ipv4-unicast\n        policy IN in\n      !\n    !\n  !\n!\n";
    let platform = "drivenets_dnos";
    let device = Simulation::new(platform, before).unwrap();
    let again = Simulation::new(platform, &device.running()).unwrap();
    assert_eq!(again.running(), device.running());
    assert_eq!(device.hostname(), "r1");
    let port = "interfaces; ge100-0/0/0; ";
    all(
        platform,
        &[
            (before, &format!("{port}description \"to r3\""), Surely, &before.replace("to r2", "to r3")),
            (before, &format!("{port}no ipv4-address"), Surely, &before.replace("    ipv4-address 10.0.0.1/31\n", "")),
            (before, &format!("{port}mtu 7"), Not, before),
            (before, &format!("{port}bundle-id 1"), Perhaps, &before.replace("    admin-state", "    bundle-id 1\n    admin-state")),
            (before, "interfaces; no ge100-0/0/0", Surely, &before.replace("interfaces\n  ge100-0/0/0\n    admin-state enabled\n    description \"to r2\"\n    ipv4-address 10.0.0.1/31\n  !\n!\n", "")),
            (before, "routing-policy; prefix-list ipv4 L; rule 10 deny 10.0.0.0/8", Surely, &before.replace("rule 10 allow 10.0.0.0/8 matching-len le 24", "rule 10 deny 10.0.0.0/8")),
            (before, "routing-policy; policy IN; rule 10 deny", Perhaps, &before.replace("    rule 10 allow\n      match ipv4 prefix L\n", "    rule 10 deny\n")),
            (before, "protocols; bgp 65000; neighbor 10.0.0.2; address-family ipv4-unicast; policy OUT in", Perhaps, &before.replace("policy IN in", "policy OUT in")),
        ],
    );
    for (lines, complaint) in [
        (
            "routing-policy; no prefix-list ipv4 L",
            "prefix-list ipv4 L referenced but not defined",
        ),
        (
            "protocols; bgp 65000; neighbor 10.0.0.3; description x",
            "remote-as is missing in neighbor 10.0.0.3",
        ),
    ] {
        assert_eq!(typed(platform, before, lines).1.commit().output, complaint);
    }
}

#[test]
fn vrp_undoes_and_quits() {
    let before = "sysname r1\n#\nvlan 10\n name blue\n#\ninterface GigabitEthernet0/0/1\n description to r2\n ip address 10.0.0.1 255.255.255.0\n#\nacl number 3000\n rule 5 permit ip\n#\nroute-policy P permit node 10\n apply cost 5\n#\nreturn\n";
    let platform = "huawei_vrp";
    let device = Simulation::new(platform, before).unwrap();
    assert_eq!(device.hostname(), "r1");
    let port = "interface GigabitEthernet0/0/1; ";
    all(
        platform,
        &[
            (
                before,
                &format!("{port}undo description"),
                Surely,
                &before.replace(" description to r2\n", ""),
            ),
            (
                before,
                &format!("{port}ip address 10.0.0.2 255.255.255.0; quit; sysname r2"),
                Surely,
                &before
                    .replace("10.0.0.1", "10.0.0.2")
                    .replace("sysname r1", "sysname r2"),
            ),
            (
                before,
                &format!("{port}undo ip address 10.0.0.1 255.255.255.0"),
                Surely,
                &before.replace(" ip address 10.0.0.1 255.255.255.0\n", ""),
            ),
            (
                before,
                &format!("{port}shutdown; undo shutdown"),
                Surely,
                before,
            ),
            (
                before,
                "vlan batch 20 to 21; undo vlan batch 20",
                Surely,
                &before.replace("interface", "vlan 21\n#\ninterface"),
            ),
            (
                before,
                "undo vlan 10",
                Surely,
                &before.replace("vlan 10\n name blue\n#\n", ""),
            ),
            (
                before,
                "acl number 3000; rule 10 deny ip",
                Surely,
                &before.replace("permit ip\n", "permit ip\n rule 10 deny ip\n"),
            ),
            (
                before,
                "acl number 3000; rule 5 deny ip",
                Perhaps,
                &before.replace("rule 5 permit", "rule 5 deny"),
            ),
            (
                before,
                "acl number 3000; undo rule 5",
                Surely,
                &before.replace(" rule 5 permit ip\n", ""),
            ),
            (
                before,
                "route-policy P deny node 10",
                Perhaps,
                &before.replace(
                    "route-policy P permit node 10\n apply cost 5",
                    "route-policy P deny node 10",
                ),
            ),
            (
                before,
                "frob 7",
                Perhaps,
                &before.replace("sysname r1", "sysname r1\nfrob 7"),
            ),
        ],
    );
}
