//! What is refused when a change is taken over, as tables: what stands, what is typed, and what is then complained of.

use super::*;

/// Each row: what stands, what is typed, a part of the complaint; none where the change is taken.
fn committed(platform: &str, rows: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (before, lines, expected) in rows {
        let (_, mut device) = typed(platform, before, lines);
        let response = device.commit();
        let is_right = match expected.is_empty() {
            true => response.accepted,
            false => !response.accepted && response.output.contains(expected),
        };
        if !is_right {
            wrong.push(format!(
                "{before}--\n{lines}\n{}-- expected {expected}",
                response.output
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
}

#[test]
fn a_logical_interface_fits_its_port() {
    let plain = "interfaces { ge-0/0/0 { unit 0 { family inet { address 10.0.0.1/24; } } } }";
    let tagged = "interfaces { ge-0/0/0 { vlan-tagging; unit 10 { vlan-id 10; } } }";
    let grouped = "interfaces { ae0 { mtu 9000; } ge-0/0/0 { gigether-options { 802.3ad ae0; } } } chassis { aggregated-devices { ethernet { device-count 1; } } }";
    let missing = "vlan-tagging or flexible-vlan-tagging or stacked-vlan-tagging is missing";
    committed(
        "juniper_junos",
        &[
            (plain, "set interfaces ge-0/0/0 unit 10 vlan-id 10", missing),
            (plain, "set interfaces ge-0/0/0 unit 5 family inet", missing),
            (
                plain,
                "set interfaces ge-0/0/0 unit 0 vlan-tags outer 1 inner 2",
                "stacked-vlan-tagging is missing",
            ),
            (plain, "set interfaces lo0 unit 5 family inet", ""),
            (
                plain,
                "set interfaces ge-0/0/0 vlan-tagging",
                "vlan-id or vlan-id-range",
            ),
            (
                plain,
                "set interfaces ge-0/0/0 flexible-vlan-tagging",
                "vlan-id or vlan-id-range",
            ),
            (
                plain,
                "set interfaces ge-0/0/0 vlan-tagging; set interfaces ge-0/0/0 unit 0 vlan-id 5",
                "",
            ),
            (
                plain,
                "set interfaces ge-0/0/0 unit 0 family ethernet-switching",
                "family inet stands beside",
            ),
            (tagged, "delete interfaces ge-0/0/0 vlan-tagging", missing),
            (tagged, "set interfaces ge-0/0/0 unit 20 vlan-id 20", ""),
            (
                grouped,
                "set interfaces ge-0/0/0 unit 0 family inet",
                "unit stands beside",
            ),
            (
                grouped,
                "set interfaces ge-0/0/1 gigether-options 802.3ad ae0",
                "",
            ),
            (
                grouped,
                "set interfaces ge-0/0/1 gigether-options 802.3ad ae1",
                "physical interface ae1 referenced",
            ),
            (grouped, "set interfaces ae1 mtu 9000", "does not make ae1"),
        ],
    );
}

#[test]
fn a_routed_interface_and_its_vlan_belong_together() {
    let vlan = "vlans { A { vlan-id 10; } B { vlan-id 20; } }";
    let routed = "vlans { A { vlan-id 10; l3-interface irb.10; } B { vlan-id 20; } } interfaces { irb { unit 10; } }";
    let port = "vlans { A { vlan-id 10; } B { vlan-id 20; } } interfaces { ge-0/0/0 { unit 0 { family ethernet-switching { vlan { members A; } } } } }";
    let members = "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members B";
    let trunk = format!(
        "set interfaces ge-0/0/0 unit 0 family ethernet-switching interface-mode trunk; {members}"
    );
    committed(
        "juniper_junos",
        &[
            (
                vlan,
                "set vlans A l3-interface irb.10",
                "interface irb.10 referenced",
            ),
            (
                vlan,
                "set interfaces irb unit 10 family inet",
                "irb.10 is the routed interface of nothing",
            ),
            (
                vlan,
                "set vlans A l3-interface irb.10; set interfaces irb unit 10 family inet",
                "",
            ),
            (vlan, "set vlans A vlan-id 4095", ""),
            (
                routed,
                "delete interfaces irb unit 10",
                "interface irb.10 referenced",
            ),
            (
                routed,
                "delete vlans A l3-interface",
                "irb.10 is the routed interface of nothing",
            ),
            (
                routed,
                "set vlans B l3-interface irb.10",
                "routed interface irb.10 stands twice",
            ),
            (port, members, "more than one stands"),
            (port, &trunk, ""),
        ],
    );
}

#[test]
fn a_peer_has_its_system() {
    let bgp = "routing-options { autonomous-system 65000; } protocols { bgp { group I { type internal; } group E { type external; } group P { type external; peer-as 65001; } } }";
    committed(
        "juniper_junos",
        &[
            (
                bgp,
                "set protocols bgp group E neighbor 10.0.0.2",
                "peer-as or type internal is missing",
            ),
            (
                bgp,
                "set protocols bgp group E neighbor 10.0.0.2 peer-as 65001",
                "",
            ),
            (bgp, "set protocols bgp group P neighbor 10.0.0.2", ""),
            (bgp, "set protocols bgp group I neighbor 10.0.0.2", ""),
            (
                bgp,
                "set protocols bgp group I neighbor 10.0.0.2 peer-as 65001",
                "stands beside autonomous-system",
            ),
            (
                bgp,
                "set protocols bgp group I neighbor 10.0.0.2 peer-as 65000",
                "",
            ),
            (
                bgp,
                "set protocols bgp group E peer-as 65000",
                "stands beside autonomous-system",
            ),
            (
                bgp,
                "set protocols bgp group E peer-as 65000; set protocols bgp group E local-as 65009",
                "",
            ),
            (
                bgp,
                "set protocols bgp group P neighbor 10.0.0.2; set protocols bgp group I neighbor 10.0.0.2",
                "neighbor 10.0.0.2 stands twice in bgp",
            ),
        ],
    );
}

#[test]
fn one_table_hears_of_an_address_once() {
    let junos = "interfaces { ge-0/0/0 { unit 0 { family inet { address 10.0.0.1/24; } } } ge-0/0/1 { unit 0; } } routing-instances { A { instance-type virtual-router; } }";
    let other = "set interfaces ge-0/0/1 unit 0 family inet address 10.0.0.1/24";
    let apart = format!("{other}; set routing-instances A interface ge-0/0/1.0");
    committed(
        "juniper_junos",
        &[
            (
                junos,
                other,
                "10.0.0.1/24 stands in ge-0/0/0.0 and in ge-0/0/1.0",
            ),
            (junos, &apart, ""),
            (
                junos,
                "set interfaces ge-0/0/1 unit 0 family inet address 10.0.0.2/24",
                "",
            ),
            (
                junos,
                "set interfaces ge-0/0/1 unit 0 family inet address 10.1.0.0/24",
                "no address of a host",
            ),
            (
                junos,
                "set interfaces ge-0/0/1 unit 0 family inet address 10.1.0.255/24",
                "no address of a host",
            ),
            (
                junos,
                "set interfaces ge-0/0/1 unit 0 family inet address 10.1.0.0/31",
                "",
            ),
            (
                junos,
                "set routing-instances A interface ge-0/0/7.0",
                "interface ge-0/0/7.0 referenced",
            ),
        ],
    );
    let sros = "configure {\n router \"Base\" {\n interface \"a\" {\n loopback\n ipv4 {\n primary {\n address 10.0.0.1\n prefix-length 30\n }\n }\n }\n }\n service {\n vprn \"V\" {\n customer \"1\"\n }\n ies \"I\" {\n customer \"1\"\n }\n }\n}\n";
    let address = |place: &str| {
        let primary = format!("/configure {place} interface \"b\" ipv4 primary");
        format!("{primary} address 10.0.0.2; {primary} prefix-length 30")
    };
    let [base, vprn, ies] =
        ["router \"Base\"", "service vprn \"V\"", "service ies \"I\""].map(address);
    committed(
        "nokia_sros",
        &[
            (sros, &base, "10.0.0.1/30 stands in \"a\" and in \"b\""),
            (sros, &ies, "10.0.0.1/30 stands in \"a\" and in \"b\""),
            (sros, &vprn, ""),
            (
                sros,
                "/configure router \"Base\" interface \"a\" ipv4 secondary 10.0.0.2 prefix-length 30",
                "10.0.0.1/30 stands in \"a\" and in \"a\"",
            ),
            (
                sros,
                "/configure router \"Base\" interface \"a\" ipv4 secondary 10.0.0.5 prefix-length 30",
                "",
            ),
        ],
    );
}

/// Ports of three kinds, a way to another router, and a wire with its two ends.
const SERVICES: &str = "configure {\n port 1/1/1 {\n ethernet {\n mode access\n encap-type dot1q\n }\n }\n port 1/1/2 {\n ethernet {\n mode access\n }\n }\n port 1/1/3 {\n ethernet {\n mode network\n }\n }\n port 1/1/4 {\n ethernet {\n mode access\n encap-type dot1q\n }\n }\n lag \"lag-1\" {\n mode access\n encap-type dot1q\n }\n service {\n sdp 10 {\n far-end {\n ip-address 10.0.0.9\n }\n }\n epipe \"E\" {\n customer \"1\"\n sap 1/1/1:1 {\n }\n spoke-sdp 10:1 {\n }\n }\n epipe \"F\" {\n customer \"1\"\n }\n }\n}\n";

#[test]
fn a_service_has_its_ends_on_ports_that_carry_them() {
    committed(
        "nokia_sros",
        &[
            (
                SERVICES,
                "/configure service epipe \"E\" sap 1/1/1:2",
                "more than 2 of sap and spoke-sdp",
            ),
            (SERVICES, "/configure service epipe \"F\" sap 1/1/1:2", ""),
            (
                SERVICES,
                "/configure service epipe \"F\" sap 1/1/1",
                "the port does not carry 1/1/1",
            ),
            (
                SERVICES,
                "/configure service epipe \"F\" sap 1/1/1:4095",
                "1/1/1:4095 has no such tag",
            ),
            (SERVICES, "/configure service epipe \"F\" sap 1/1/2", ""),
            (
                SERVICES,
                "/configure service epipe \"F\" sap 1/1/2:1",
                "the port does not carry 1/1/2:1",
            ),
            (
                SERVICES,
                "/configure service epipe \"F\" sap 1/1/3",
                "the port does not carry 1/1/3",
            ),
            (SERVICES, "/configure service epipe \"F\" sap lag-1:5", ""),
            (
                SERVICES,
                "/configure service epipe \"F\" sap lag-2:5",
                "lag lag-2 referenced",
            ),
            (
                SERVICES,
                "/configure service epipe \"F\" spoke-sdp 10:2",
                "",
            ),
            (
                SERVICES,
                "/configure service epipe \"F\" spoke-sdp 10:1",
                "sdp binding 10:1 stands twice",
            ),
            (
                SERVICES,
                "/configure service epipe \"F\" spoke-sdp 11:1",
                "sdp 11 referenced",
            ),
            (
                SERVICES,
                "delete /configure service sdp 10",
                "sdp 10 referenced",
            ),
            (
                SERVICES,
                "/configure service vpls \"E\" customer \"1\"",
                "service name \"E\" stands twice",
            ),
            (
                SERVICES,
                "/configure router \"Base\" interface \"a\" port 1/1/2",
                "the port does not carry 1/1/2",
            ),
            (
                SERVICES,
                "/configure router \"Base\" interface \"a\" port 1/1/3",
                "",
            ),
            (SERVICES, "/configure lag \"lag-1\" port 1/1/4", ""),
            (
                SERVICES,
                "/configure lag \"lag-1\" port 1/1/1",
                "sap 1/1/1:1 is of a group",
            ),
            (
                SERVICES,
                "/configure lag \"lag-1\" port 1/1/3",
                "the port does not carry 1/1/3",
            ),
        ],
    );
}

#[test]
fn what_a_protocol_names_is_an_interface_of_its_router() {
    let router = "configure {\n router \"Base\" {\n interface \"a\" {\n loopback\n }\n }\n service {\n vprn \"V\" {\n customer \"1\"\n interface \"c\" {\n loopback true\n }\n }\n }\n}\n";
    let base = "/configure router \"Base\" ospf 0 area 0.0.0.0 interface";
    let vprn = "/configure service vprn \"V\" ospf 0 area 0.0.0.0 interface";
    let [a, b, system, c, d] = [
        (base, "a"),
        (base, "b"),
        (base, "system"),
        (vprn, "c"),
        (vprn, "a"),
    ]
    .map(|(place, name)| format!("{place} \"{name}\" metric 5"));
    committed(
        "nokia_sros",
        &[
            (router, &a, ""),
            (router, &b, "router interface \"b\" referenced"),
            (router, &system, ""),
            (router, &c, ""),
            (router, &d, "router interface \"a\" referenced"),
        ],
    );
}
