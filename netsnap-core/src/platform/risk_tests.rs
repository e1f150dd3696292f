//! Each class has rows, and each row says what it is meant to say.

use super::*;

#[test]
fn every_table_parses() {
    for (name, text) in TABLES {
        Risks::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

fn class(platform: &str, section: &[&str], line: &str) -> (RiskClass, RiskLevel) {
    let risks = Risks::named(platform);
    let section: Vec<String> = section.iter().map(ToString::to_string).collect();
    risks.of(&risks.command(&section, line))
}

#[test]
fn the_name_of_a_device_stays_on_it() {
    for (platform, line) in [
        ("frr", "hostname r2"),
        ("cisco_ios", "hostname r2"),
        ("cisco_iosxr", "hostname r2"),
        ("cisco_nxos", "hostname r2"),
        ("arista_eos", "hostname r2"),
        ("huawei_vrp", "sysname r2"),
        ("juniper_junos", "set system host-name r2"),
        ("drivenets_dnos", "system name r2"),
        ("nokia_sros", "/configure system name \"r2\""),
    ] {
        let found = class(platform, &[], line);
        assert_eq!(found, (RiskClass::Local, RiskLevel::Low), "{platform}");
    }
}

/// Platform, section, line, class.
const TRIPLES: &[(&str, &[&str], &str, RiskClass)] = &{
    use RiskClass::{ControlPlane, Cosmetic, Local, Management, Service, Unknown};
    [
        ("frr", &["interface eth0"], "description to r2", Cosmetic),
        ("frr", &["interface eth0"], "no description", Cosmetic),
        ("frr", &["interface eth0"], "shutdown", Service),
        ("frr", &["interface eth0"], "ip ospf cost 10", ControlPlane),
        ("frr", &[], "log syslog informational", Local),
        ("frr", &[], "ip route 0.0.0.0/0 10.0.0.1", Management),
        ("frr", &[], "ip route 192.0.2.0/24 10.0.0.1", Service),
        (
            "frr",
            &["router bgp 65001"],
            "neighbor 10.0.0.1 remote-as 65002",
            ControlPlane,
        ),
        (
            "frr",
            &["router bgp 65001"],
            "neighbor 10.0.0.1 description r2",
            Cosmetic,
        ),
        ("frr", &[], "no router ospf", ControlPlane),
        ("frr", &[], "password x", Management),
        ("frr", &[], "frobnicate the router", Unknown),
        (
            "cisco_ios",
            &["interface GigabitEthernet0/1"],
            "description uplink",
            Cosmetic,
        ),
        (
            "cisco_ios",
            &["interface GigabitEthernet0/1"],
            "switchport access vlan 10",
            Service,
        ),
        (
            "cisco_ios",
            &["interface GigabitEthernet0/1"],
            "default switchport",
            Service,
        ),
        (
            "cisco_ios",
            &["interface GigabitEthernet0/1"],
            "ip ospf 1 area 0",
            ControlPlane,
        ),
        ("cisco_ios", &[], "username anna secret x", Management),
        (
            "cisco_ios",
            &["line vty 0 4"],
            "transport input ssh",
            Management,
        ),
        (
            "cisco_ios",
            &[],
            "ip route 0.0.0.0 0.0.0.0 10.0.0.1",
            Management,
        ),
        ("cisco_ios", &[], "logging host 10.0.0.9", Local),
        (
            "cisco_ios",
            &["router ospf 1"],
            "router-id 10.0.0.1",
            ControlPlane,
        ),
        ("cisco_ios", &[], "frobnicate", Unknown),
        (
            "arista_eos",
            &["interface Ethernet1"],
            "description x",
            Cosmetic,
        ),
        (
            "arista_eos",
            &["interface Management1"],
            "ip address 10.0.0.1/24",
            Management,
        ),
        ("arista_eos", &["management ssh"], "shutdown", Management),
        (
            "arista_eos",
            &["router bgp 65001"],
            "neighbor 10.0.0.1 remote-as 65002",
            ControlPlane,
        ),
        ("arista_eos", &["vlan 10"], "name blue", Service),
        ("arista_eos", &[], "logging host 10.0.0.9", Local),
        ("arista_eos", &[], "frobnicate", Unknown),
        (
            "cisco_nxos",
            &["interface Ethernet1/1"],
            "description x",
            Cosmetic,
        ),
        ("cisco_nxos", &[], "no feature bgp", ControlPlane),
        ("cisco_nxos", &[], "no feature ssh", Management),
        (
            "cisco_nxos",
            &["interface mgmt0"],
            "ip address 10.0.0.1/24",
            Management,
        ),
        ("cisco_nxos", &["vlan 10"], "name blue", Service),
        ("cisco_nxos", &[], "logging server 10.0.0.9", Local),
        ("cisco_nxos", &[], "frobnicate", Unknown),
        (
            "cisco_iosxr",
            &["interface GigabitEthernet0/0/0/0"],
            "description x",
            Cosmetic,
        ),
        (
            "cisco_iosxr",
            &["router static", "address-family ipv4 unicast"],
            "0.0.0.0/0 10.0.0.1",
            Management,
        ),
        (
            "cisco_iosxr",
            &["router bgp 65001", "neighbor 10.0.0.1"],
            "remote-as 65002",
            ControlPlane,
        ),
        (
            "cisco_iosxr",
            &["l2vpn", "bridge group G"],
            "bridge-domain B",
            Service,
        ),
        ("cisco_iosxr", &[], "logging 10.0.0.9", Local),
        ("cisco_iosxr", &[], "frobnicate", Unknown),
        (
            "juniper_junos",
            &[],
            "set interfaces ge-0/0/0 description up",
            Cosmetic,
        ),
        (
            "juniper_junos",
            &[],
            "delete interfaces ge-0/0/0 description",
            Cosmetic,
        ),
        ("juniper_junos", &[], "delete interfaces ge-0/0/0", Service),
        (
            "juniper_junos",
            &[],
            "set interfaces fxp0 unit 0 family inet address 10.0.0.1/24",
            Management,
        ),
        (
            "juniper_junos",
            &[],
            "set protocols bgp group g neighbor 10.0.0.1",
            ControlPlane,
        ),
        (
            "juniper_junos",
            &[],
            "set system syslog host 10.0.0.9 any notice",
            Local,
        ),
        (
            "juniper_junos",
            &[],
            "set system domain-name lab",
            Management,
        ),
        (
            "juniper_junos",
            &[],
            "insert policy-options policy-statement p term a before term b",
            ControlPlane,
        ),
        ("juniper_junos", &[], "set frobnicate", Unknown),
        (
            "nokia_sros",
            &[],
            "/configure port 1/1/1 description \"up\"",
            Cosmetic,
        ),
        ("nokia_sros", &[], "/configure delete port 1/1/1", Service),
        (
            "nokia_sros",
            &[],
            "/configure router \"Base\" bgp neighbor \"10.0.0.1\" peer-as 65002",
            ControlPlane,
        ),
        (
            "nokia_sros",
            &[],
            "/configure system security user-params local-user user \"anna\"",
            Management,
        ),
        (
            "nokia_sros",
            &[],
            "/configure log log-id \"99\" description x",
            Local,
        ),
        ("nokia_sros", &[], "/configure frobnicate", Unknown),
        (
            "drivenets_dnos",
            &["interfaces", "ge100-0/0/0"],
            "description up",
            Cosmetic,
        ),
        (
            "drivenets_dnos",
            &["interfaces", "mgmt0"],
            "ipv4-address 10.0.0.1/24",
            Management,
        ),
        (
            "drivenets_dnos",
            &["protocols", "bgp 65001", "neighbor 10.0.0.1"],
            "remote-as 65002",
            ControlPlane,
        ),
        (
            "drivenets_dnos",
            &["network-services", "bridge-domain", "instance B"],
            "no interface ge100-0/0/0.10",
            Service,
        ),
        (
            "drivenets_dnos",
            &["system", "logging"],
            "server 10.0.0.9",
            Local,
        ),
        ("drivenets_dnos", &[], "frobnicate", Unknown),
        (
            "huawei_vrp",
            &["interface GE0/1/0"],
            "description up",
            Cosmetic,
        ),
        (
            "huawei_vrp",
            &["interface GE0/1/0"],
            "undo shutdown",
            Service,
        ),
        (
            "huawei_vrp",
            &["aaa"],
            "local-user anna password cipher x",
            Management,
        ),
        (
            "huawei_vrp",
            &["bgp 65001"],
            "peer 10.0.0.1 as-number 65002",
            ControlPlane,
        ),
        ("huawei_vrp", &[], "info-center loghost 10.0.0.9", Local),
        ("huawei_vrp", &[], "frobnicate", Unknown),
    ]
};

#[test]
fn each_class_of_each_platform_is_found_by_its_command() {
    for (platform, section, line, expected) in TRIPLES {
        let (found, level) = class(platform, section, line);
        assert_eq!(found, *expected, "{platform}: {section:?} {line}");
        assert!(level >= expected.level(), "{platform}: {line}");
    }
    for (platform, _) in TABLES {
        for row in &Risks::named(platform).risk {
            let of_row = |triple: &&(&str, &[&str], &str, RiskClass)| {
                triple.0 == *platform && triple.3 == row.class
            };
            assert!(
                TRIPLES.iter().any(|triple| of_row(&triple)),
                "{platform}: {:?}",
                row.class
            );
        }
    }
}

#[test]
fn an_unknown_command_is_never_low() {
    for platform in ["frr", "cisco_ios", "a platform without a table"] {
        let (class, level) = class(platform, &["somewhere"], "something new");
        assert_eq!((class, level), (RiskClass::Unknown, RiskLevel::Medium));
    }
}

#[test]
fn only_classes_of_commands_stand_in_tables() {
    use RiskClass::{ControlPlane, Cosmetic, Local, Management, Service};
    for (platform, _) in TABLES {
        for row in &Risks::named(platform).risk {
            let known = [Cosmetic, Local, Service, ControlPlane, Management];
            assert!(known.contains(&row.class), "{platform}: {:?}", row.class);
        }
    }
}

#[test]
fn a_whole_protocol_that_goes_is_worse_than_one_that_changes() {
    let level = |platform, section: &[&str], line| class(platform, section, line).1;
    for (platform, line) in [
        ("frr", "no router bgp 65001"),
        ("cisco_ios", "no router ospf 1"),
        ("huawei_vrp", "undo bgp 65001"),
        ("juniper_junos", "delete protocols bgp"),
        ("nokia_sros", "/configure delete router \"Base\" bgp"),
    ] {
        assert_eq!(level(platform, &[], line), RiskLevel::High, "{line}");
    }
    let network = level("frr", &["router ospf"], "network 10.0.0.0/24 area 0");
    assert_eq!(network, RiskLevel::Medium);
}

#[test]
fn what_a_device_is_known_by_is_read_from_its_lines() {
    let identity = |platform, path| Risks::named(platform).identity(path);
    let found = identity(
        "cisco_ios",
        "interface Gi0/1 ip address 10.0.0.1 255.255.255.0",
    )
    .unwrap();
    assert_eq!(
        (found.kind, found.scope.as_str(), found.value.as_str()),
        (IdentityKind::Address, "Gi0/1", "10.0.0.1")
    );
    let found = identity("arista_eos", "vlan 10 name blue").unwrap();
    assert_eq!(
        (found.kind, found.scope.as_str(), found.value.as_str()),
        (IdentityKind::VlanName, "10", "blue")
    );
    assert_eq!(identity("frr", "interface eth0 ip ospf cost 10"), None);
}
