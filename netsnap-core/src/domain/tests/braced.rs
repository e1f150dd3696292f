//! Platforms with braces and paths.

use super::*;

const JUNOS: &str = r#"
system { host-name j1; }
interfaces {
    ge-0/0/1 {
        native-vlan-id 10;
        unit 0 {
            family ethernet-switching {
                interface-mode trunk;
                vlan { members [ BLUE 20-21 ]; }
            }
        }
    }
    ge-0/0/2 {
        unit 0 {
            family ethernet-switching { vlan { members RED; } }
        }
    }
    ge-0/0/3 {
        flexible-vlan-tagging;
        encapsulation flexible-ethernet-services;
        unit 100 { encapsulation vlan-bridge; vlan-tags outer 100 inner 7; }
        unit 300 { encapsulation vlan-bridge; vlan-id 300; }
        unit 400 { encapsulation vlan-vpls; vlan-id 400; }
    }
    irb { unit 10 { family inet { address 192.0.2.1/24; } } unit 99 { family inet { address 198.51.100.1/24; } } }
}
vlans {
    BLUE { vlan-id 10; description "the blue one"; l3-interface irb.10; vxlan { vni 10010; } }
    RED { vlan-id 20; }
    EMPTY { vlan-id 30; }
}
bridge-domains {
    CUSTOMER { domain-type bridge; vlan-id 100; interface ge-0/0/3.100; }
}
routing-instances {
    SITE {
        instance-type vpls;
        interface ge-0/0/3.400;
        protocols { vpls { vpls-id 7; neighbor 192.0.2.9; } }
    }
    CUST-VRF { instance-type vrf; interface irb.10; }
}
protocols { evpn { vni-options { vni 10010 { vrf-target target:1:1; } } } }
"#;

#[test]
fn a_switch_with_junos_tells_its_vlans() {
    let found = of("juniper_junos", JUNOS);
    assert_eq!(
        told(&found, "vlan 10"),
        "BLUE | ge-0/0/1.0:u | irb.10 | evpn vxlan 10010"
    );
    assert_eq!(told(&found, "vlan 20"), "RED | ge-0/0/1.0:t20 ge-0/0/2.0:u");
    let blue = found.domain("vlan 10").unwrap();
    assert_eq!(blue.description.as_deref(), Some("the blue one"));
}

#[test]
fn a_router_with_junos_tells_its_bridge_domains_and_vpls_instances() {
    let found = of("juniper_junos", JUNOS);
    assert_eq!(
        told(&found, "bridge-domain CUSTOMER"),
        "CUSTOMER | ge-0/0/3.100:t100.7"
    );
    assert_eq!(
        told(&found, "bridge-domain SITE"),
        "SITE | ge-0/0/3.400:t400 |  | pseudowire 7 pseudowire 192.0.2.9"
    );
    assert_eq!(
        told(&found, "bridge-domain CUST-VRF"),
        "no bridge-domain CUST-VRF"
    );
    assert_eq!(
        orphans(&found),
        [
            "VlanWithoutMember: vlan 30",
            "MemberWithoutVlan: ge-0/0/1.0 21",
            "GatewayWithoutDomain: irb.99",
            "InterfaceWithoutDomain: ge-0/0/3.300",
        ]
    );
}

#[test]
fn set_lines_and_braces_tell_the_same() {
    let braces = "vlans { BLUE { vlan-id 10; } } interfaces { ge-0/0/1 { unit 0 { family ethernet-switching { interface-mode trunk; vlan { members BLUE; } } } } }";
    let lines = "set vlans BLUE vlan-id 10\nset interfaces ge-0/0/1 unit 0 family ethernet-switching interface-mode trunk\nset interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members BLUE\n";
    assert_eq!(of("juniper_junos", braces), of("juniper_junos", lines));
    assert_eq!(
        told(&of("juniper_junos", lines), "vlan 10"),
        "BLUE | ge-0/0/1.0:t10"
    );
}

#[test]
fn what_is_there_and_does_nothing_is_in_no_domain() {
    let found = of(
        "juniper_junos",
        "bridge-domains { A { vlan-id 10; interface ge-0/0/1.10; } inactive: B { vlan-id 20; } }",
    );
    assert_eq!(told(&found, "bridge-domain A"), "A | ge-0/0/1.10:u");
    assert_eq!(told(&found, "bridge-domain B"), "no bridge-domain B");
}

#[test]
fn a_router_with_sr_os_tells_its_services() {
    let found = of(
        "nokia_sros",
        "configure {\n    service {\n        vpls \"BLUE\" {\n            admin-state enable\n            description \"the blue one\"\n            service-id 100\n            customer \"1\"\n            vxlan {\n                instance 1 {\n                    vni 10010\n                }\n            }\n            bgp-evpn {\n                evi 10\n            }\n            sap 1/1/c1/1:100 {\n            }\n            sap 1/1/c2/1:200.7 {\n            }\n            spoke-sdp 12:100 {\n            }\n        }\n        vpls \"EMPTY\" {\n            customer \"1\"\n        }\n        vprn \"CUST\" {\n            interface \"irb-blue\" {\n                vpls \"BLUE\" {\n                }\n            }\n            interface \"irb-gone\" {\n                vpls \"GONE\" {\n                }\n            }\n        }\n    }\n}\n",
    );
    assert_eq!(
        told(&found, "bridge-domain BLUE"),
        "BLUE | 1/1/c1/1:100:t100 1/1/c2/1:200.7:t200.7 | irb-blue | pseudowire 12:100 evpn 10 vxlan 10010"
    );
    assert_eq!(
        orphans(&found),
        [
            "BridgeDomainWithoutInterface: bridge-domain EMPTY",
            "GatewayWithoutDomain: bridge-domain GONE irb-gone",
        ]
    );
}
