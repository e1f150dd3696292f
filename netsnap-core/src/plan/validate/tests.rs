//! What is found wrong with plans.

use crate::config::Configuration;
use crate::model::{PlanFinding, PlanFindingKind, PlanSeverity};
use crate::plan::{DeploymentPlanner, PlanInput, PlanOptions, Remediator, Schedule, validate};
use crate::platform::Platform;

fn input(device: &str, platform: &str, (running, intended): (&str, &str)) -> PlanInput {
    let platform = Platform::named(platform).unwrap();
    PlanInput {
        device: device.into(),
        running: Configuration::parse(running, &platform).unwrap(),
        intended: Configuration::parse(intended, &platform).unwrap(),
        platform,
        snapshot: None,
    }
}

fn found(inputs: &[PlanInput]) -> Vec<PlanFinding> {
    let plan = Remediator.plan(inputs, &PlanOptions::default()).unwrap();
    assert_eq!(
        validate(inputs, &plan),
        plan.findings,
        "looked at again, the same is found"
    );
    plan.findings
}

/// The findings of a kind, of devices that are called by letters.
pub(super) fn found_of(kind: PlanFindingKind, devices: &[(&str, &str, &str)]) -> Vec<PlanFinding> {
    let names = 'a'..;
    let inputs = devices
        .iter()
        .zip(names)
        .map(|((platform, running, intended), name)| {
            input(&name.to_string(), platform, (running, intended))
        });
    let found = found(&inputs.collect::<Vec<_>>()).into_iter();
    found.filter(|finding| finding.kind == kind).collect()
}

fn one(
    platform: &str,
    running: &str,
    intended: &str,
) -> Vec<(PlanSeverity, PlanFindingKind, String)> {
    let findings = found(&[input("r1", platform, (running, intended))]);
    findings
        .into_iter()
        .map(|finding| (finding.severity, finding.kind, finding.line))
        .collect()
}

const MAP: &str = "ip prefix-list P seq 5 permit 10.0.0.0/8\nroute-map M permit 10\n match ip address prefix-list P\n";

#[test]
fn no_secret_is_in_what_is_said_of_a_plan() {
    let intended = "hostname a\nevent manager environment pw hunter2\nboot config tftp://u:hunter2@192.0.2.1/x\n\
        interface Gi0/1\n vrrp 1 authentication text hunter2\ninterface Tunnel0\n ip nhrp authentication hunter2\n";
    let inputs = [input("r1", "cisco_ios", ("hostname a\n", intended))];
    let plan = Remediator.plan(&inputs, &PlanOptions::default()).unwrap();
    let device = &plan.devices[0];
    assert!(format!("{:?}", device.steps).contains("hunter2"));
    let reasons = format!("{:?}", device.proof);
    assert!(reasons.contains("authentication"), "{reasons}");
    let said = format!(
        "{reasons} {:?} {:?} {:?}",
        device.risk, device.step_risks, plan.findings
    );
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_sound_change_has_no_findings() {
    assert_eq!(one("frr", "hostname a\n", "hostname b\n"), []);
    assert_eq!(
        one("frr", MAP, &MAP.replace("10.0.0.0/8", "192.0.2.0/24")),
        []
    );
}

#[test]
fn a_name_that_is_used_and_not_made_is_an_error_where_the_change_brings_it_about() {
    let hanging = MAP.replace("ip prefix-list P seq 5 permit 10.0.0.0/8\n", "");
    let line = "match ip address prefix-list P".to_owned();
    let new = one("frr", MAP, &hanging);
    assert!(
        new.contains(&(
            PlanSeverity::Error,
            PlanFindingKind::UndefinedReference,
            line.clone()
        )),
        "{new:?}"
    );
    let old = one("frr", &hanging, &format!("hostname b\n{hanging}"));
    assert!(
        old.contains(&(
            PlanSeverity::Warning,
            PlanFindingKind::UndefinedReference,
            line
        )),
        "{old:?}"
    );
}

#[test]
fn what_was_used_and_is_left_behind_is_an_orphan() {
    let loose = MAP.replace(" match ip address prefix-list P\n", "");
    let findings = one("frr", MAP, &loose);
    let line = "ip prefix-list P seq 5 permit 10.0.0.0/8".to_owned();
    assert!(
        findings.contains(&(PlanSeverity::Warning, PlanFindingKind::Orphan, line)),
        "{findings:?}"
    );
    let never_used = one("frr", &loose, &format!("hostname b\n{loose}"));
    assert!(
        never_used
            .iter()
            .all(|found| found.1 != PlanFindingKind::Orphan),
        "{never_used:?}"
    );
}

#[test]
fn an_access_list_a_vrf_and_a_route_map_can_be_left_behind() {
    let vrf = "vrf definition BLUE\n rd 1:1\ninterface Loopback1\n vrf forwarding BLUE\n";
    let list = "ip access-list extended A\n 10 permit ip any any\ninterface Loopback1\n ip access-group A in\n";
    for (text, gone) in [
        (vrf, " vrf forwarding BLUE\n"),
        (list, " ip access-group A in\n"),
    ] {
        let after = text.replace(gone, " shutdown\n");
        let findings = one("cisco_ios", text, &after);
        assert!(
            findings
                .iter()
                .any(|found| found.1 == PlanFindingKind::Orphan),
            "{findings:?}"
        );
    }
}

#[test]
fn unknown_lines_of_the_change_are_named_and_the_others_counted() {
    let findings = one(
        "frr",
        "oddity a\nhostname r1\n",
        "oddity a\noddity b\nhostname r1\n",
    );
    let unknown: Vec<_> = findings
        .iter()
        .filter(|found| found.1 == PlanFindingKind::UnknownLine)
        .collect();
    assert_eq!(
        unknown[0],
        &(
            PlanSeverity::Warning,
            PlanFindingKind::UnknownLine,
            "oddity b".to_owned()
        )
    );
    assert_eq!(unknown[1].0, PlanSeverity::Info);
    assert_eq!(unknown.len(), 2);
}

#[test]
fn two_devices_with_one_address_are_in_each_others_way() {
    let running = "interface eth0\n ip address 10.0.0.1/24\n";
    let a = input("a", "frr", (running, running));
    let other = "interface GigabitEthernet0/1\n ip address 10.0.0.9 255.255.255.0\n";
    let b = input(
        "b",
        "cisco_ios",
        (other, &other.replace("10.0.0.9", "10.0.0.1")),
    );
    let findings = found(&[a, b]);
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding.kind == PlanFindingKind::DuplicateAddress)
        .map(|finding| finding.device.as_str())
        .collect();
    assert_eq!(errors, ["a", "b"]);
    assert_eq!(findings[0].severity, PlanSeverity::Error);
    assert_eq!(
        findings[0].text,
        "10.0.0.1 is the address of a interface eth0 and b interface GigabitEthernet0/1"
    );
}

#[test]
fn what_an_interface_says_of_its_own_address_is_no_conflict() {
    let address = |line: &str| {
        let path = "set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.1/24";
        format!("{path} {line}\n")
    };
    let running = address("primary");
    let intended = format!("{running}{}", address("preferred"));
    assert_eq!(
        found(&[input("a", "juniper_junos", (&running, &intended))]),
        []
    );
}

#[test]
fn one_address_in_two_vrfs_is_no_conflict() {
    let of = |vrf: &str| {
        format!(
            "vrf definition {vrf}\n rd 1:1\ninterface Loopback1\n vrf forwarding {vrf}\n ip address 10.0.0.1 255.255.255.255\n"
        )
    };
    let (red, blue) = (of("RED"), of("BLUE"));
    let inputs = [
        input("a", "cisco_ios", (&red, &red)),
        input("b", "cisco_ios", (&blue, &blue)),
    ];
    assert_eq!(found(&inputs), []);
}

/// The VRF stands elsewhere, or around: of Junos, DNOS and SR OS. The address of a unit is that of its port, too.
#[test]
fn one_address_in_two_instances_is_no_conflict_and_in_one_it_is() {
    let junos = |instance: &str, port: &str| {
        format!(
            "set interfaces {port} unit 10 family inet address 10.0.0.1/24\nset routing-instances {instance} interface {port}.10\n"
        )
    };
    let dnos = |instance: &str, port: &str| {
        format!(
            "interfaces\n  {port}\n    ipv4-address 10.0.0.1/24\n  !\n!\nnetwork-services\n  vrf\n    instance {instance}\n      interface {port}\n    !\n  !\n!\n"
        )
    };
    let sros = |instance: &str, port: &str| {
        format!(
            "/configure service vprn \"{instance}\" interface \"{port}\" ipv4 primary address 10.0.0.1\n"
        )
    };
    let is_found = |platform: &str, text: &str| {
        let findings = found(&[input("a", platform, (text, text))]);
        let mut kinds = findings.iter().map(|finding| finding.kind);
        kinds.any(|kind| kind == PlanFindingKind::DuplicateAddress)
    };
    let judge = |platform: &str, text: &dyn Fn(&str, &str) -> String| {
        let both = |other: &str| [text("A", "ge1"), text(other, "ge2")].concat();
        assert!(!is_found(platform, &both("B")), "{platform}");
        assert!(is_found(platform, &both("A")), "{platform}");
    };
    judge("juniper_junos", &junos);
    judge("drivenets_dnos", &dnos);
    judge("nokia_sros", &sros);
}

#[test]
fn one_router_id_and_two_names_of_a_vlan_are_found() {
    let ospf = "router ospf\n ospf router-id 10.9.9.9\n";
    let ids = found(&[
        input("a", "frr", (ospf, ospf)),
        input("b", "frr", (ospf, ospf)),
    ]);
    assert!(
        ids.iter()
            .all(|finding| finding.kind == PlanFindingKind::DuplicateRouterId)
    );
    assert_eq!(ids.len(), 2);
    let (blue, red) = ("vlan 10\n name blue\n", "vlan 10\n name red\n");
    let names = found(&[
        input("a", "cisco_ios", (blue, blue)),
        input("b", "cisco_ios", (red, red)),
    ]);
    assert_eq!(names[0].kind, PlanFindingKind::VlanName);
    assert_eq!(names[0].text, "VLAN 10 is blue on a and red on b");
}

#[test]
fn one_number_of_two_vlans_is_found_on_one_device_and_on_two() {
    let vlans = |names: &[&str]| -> String {
        let vlan = |name| format!("vlans {{\n    {name} {{\n        vlan-id 10;\n    }}\n}}\n");
        names.iter().map(vlan).collect()
    };
    let (before, after) = (vlans(&["blue"]), vlans(&["blue", "red"]));
    let one = found(&[input("a", "juniper_junos", (&before, &after))]);
    let text = |findings: &[PlanFinding]| {
        let of_vlans = |finding: &&PlanFinding| finding.kind == PlanFindingKind::VlanName;
        let first = findings.iter().find(of_vlans);
        first.map(|finding| finding.text.clone())
    };
    let said = text(&one).unwrap();
    assert_eq!(said, "VLAN 10 is blue on a and red on a");
    let green = "vlan 10\n name green\n";
    let two = found(&[
        input("a", "juniper_junos", (&before, &before)),
        input("b", "cisco_ios", (green, green)),
    ]);
    assert_eq!(text(&two).unwrap(), "VLAN 10 is blue on a and green on b");
}

#[test]
fn a_schedule_that_names_nobody_is_told() {
    let inputs = [input("r1", "frr", ("hostname a\n", "hostname b\n"))];
    let options = PlanOptions {
        schedule: Schedule {
            management_path: vec!["r1x".into()],
            ..Schedule::default()
        },
        ..PlanOptions::default()
    };
    let plan = Remediator.plan(&inputs, &options).unwrap();
    assert_eq!(plan.findings[0].kind, PlanFindingKind::UnknownDevice);
    assert_eq!(plan.findings[0].device, "r1x");
}

#[test]
fn a_role_or_a_way_of_management_of_nobody_is_told() {
    let inputs = [input("r1", "frr", ("hostname a\n", "hostname b\n"))];
    let roles = PlanOptions {
        schedule: Schedule {
            roles: [("r1".into(), "edge".into()), ("r1x".into(), "edge".into())].into(),
            ..Schedule::default()
        },
        ..PlanOptions::default()
    };
    let path = crate::plan::ManagementPath::default;
    let ways = PlanOptions {
        management: [("r1".into(), path()), ("r1x".into(), path())].into(),
        ..PlanOptions::default()
    };
    for options in [roles, ways] {
        let plan = Remediator.plan(&inputs, &options).unwrap();
        let unknown = plan.findings.iter();
        let unknown = unknown.filter(|finding| finding.kind == PlanFindingKind::UnknownDevice);
        let names: Vec<_> = unknown.map(|finding| finding.device.as_str()).collect();
        assert_eq!(names, ["r1x"], "{options:?}");
    }
}

#[test]
fn no_finding_shows_a_secret() {
    let findings = found(&[input(
        "r1",
        "frr",
        ("hostname a\n", "hostname a\nodd password tiger42\n"),
    )]);
    assert!(!findings.is_empty());
    assert!(!format!("{findings:?}").contains("tiger42"), "{findings:?}");
}

const SWITCH: &str = "vlan 10\n name users\nvlan 20\n name voice\ninterface Ethernet1\n switchport access vlan 10\n\
    interface Ethernet2\n switchport access vlan 20\n";

#[test]
fn a_vlan_that_loses_its_last_member_is_told() {
    let alone = SWITCH.replace(
        "Ethernet2\n switchport access vlan 20",
        "Ethernet2\n switchport access vlan 10",
    );
    let told = (
        PlanSeverity::Warning,
        PlanFindingKind::VlanWithoutMember,
        "vlan 20".to_owned(),
    );
    assert!(one("arista_eos", SWITCH, &alone).contains(&told));
    // What did not fit before the change is none of its doing, and neither is what goes with its members.
    let later = alone.replace("name users", "name people");
    assert!(!one("arista_eos", &alone, &later).contains(&told));
    let gone = alone.replace("vlan 20\n name voice\n", "");
    assert!(!one("arista_eos", SWITCH, &gone).contains(&told));
}

#[test]
fn a_bridge_domain_that_loses_its_last_interface_is_told() {
    let running = "interface GigabitEthernet0/0/0/1.100 l2transport\n encapsulation dot1q 100\n!\nl2vpn\n bridge group G\n  bridge-domain D\n   \
        interface GigabitEthernet0/0/0/1.100\n   !\n  !\n !\n!\n";
    let intended = "l2vpn\n bridge group G\n  bridge-domain D\n  !\n !\n!\n";
    let found = one("cisco_iosxr", running, intended);
    let kinds: Vec<_> = found.iter().map(|(_, kind, _)| *kind).collect();
    assert!(
        kinds.contains(&PlanFindingKind::BridgeDomainWithoutInterface),
        "{found:?}"
    );
}

#[test]
fn of_a_crowd_of_findings_the_rest_is_counted_and_errors_are_all_listed() {
    let lists = |count: u32| {
        let list = |number| format!("ip prefix-list P{number} seq 5 permit 10.{number}.0.0/16\n");
        (0..count).map(list).collect::<String>()
    };
    let used = "route-map M permit 10\n match ip address prefix-list P0\n";
    let unused = one("frr", used, &format!("{}{used}", lists(151)));
    assert_eq!(unused.len(), 101, "{unused:?}");
    let findings = found(&[input("r1", "frr", (used, &format!("{}{used}", lists(151))))]);
    let last = findings.last().unwrap();
    assert_eq!(last.text, "50 more like the ones before are not listed");
    let maps = |count: u32| {
        let map = |number| {
            format!("route-map M{number} permit 10\n match ip address prefix-list N{number}\n")
        };
        (0..count).map(map).collect::<String>()
    };
    let errors = one("frr", "hostname a\n", &maps(120));
    let errors = errors
        .iter()
        .filter(|(severity, ..)| *severity == PlanSeverity::Error);
    assert_eq!(errors.count(), 120);
}

/// The findings of a kind, by severity, of devices that go from a text to another.
fn of_kind(
    kind: PlanFindingKind,
    (platform, running, intended): (&str, &str, &str),
) -> Vec<PlanSeverity> {
    let found = one(platform, running, intended);
    let found = found.into_iter().filter(|found| found.1 == kind);
    found.map(|found| found.0).collect()
}

#[test]
fn what_is_there_without_a_line_that_counts_is_not_missing() {
    for (platform, running, added) in [
        (
            "cisco_ios",
            "interface GigabitEthernet0/1\n no ip address\n!\n",
            "ntp source GigabitEthernet0/1\n",
        ),
        (
            "cisco_ios",
            "interface GigabitEthernet0/1\n!\n",
            "ip tftp source-interface GigabitEthernet0/1\n",
        ),
        (
            "cisco_ios",
            "interface GigabitEthernet0/1\n no ip address\n!\n",
            "bridge-domain 10\n member GigabitEthernet0/1 service-instance 10\n",
        ),
        (
            "cisco_ios",
            "vlan 10\n",
            "interface GigabitEthernet0/3\n switchport access vlan 1\n",
        ),
        (
            "cisco_ios",
            "vtp mode client\n",
            "interface GigabitEthernet0/3\n switchport access vlan 10\n",
        ),
        (
            "arista_eos",
            "hostname a\n",
            "ip name-server vrf default 192.0.2.8\n",
        ),
        (
            "cisco_nxos",
            "hostname a\n",
            "ntp server 192.0.2.8 use-vrf management\n",
        ),
    ] {
        let after = format!("{running}{added}");
        let found = of_kind(
            PlanFindingKind::UndefinedReference,
            (platform, running, &after),
        );
        assert_eq!(found, [], "{platform}: {added}");
    }
}

#[test]
fn what_is_nowhere_is_missing() {
    for (platform, running, added) in [
        (
            "cisco_ios",
            "hostname a\n",
            "ntp source GigabitEthernet0/1\n",
        ),
        (
            "cisco_ios",
            "vlan 10\n",
            "interface GigabitEthernet0/3\n switchport access vlan 11\n",
        ),
        (
            "arista_eos",
            "hostname a\n",
            "ip name-server vrf other 192.0.2.8\n",
        ),
    ] {
        let after = format!("{running}{added}");
        let found = of_kind(
            PlanFindingKind::UndefinedReference,
            (platform, running, &after),
        );
        assert_eq!(found.first(), Some(&PlanSeverity::Error), "{added}");
    }
}

#[test]
fn an_address_that_was_shared_before_is_no_error_of_the_change() {
    let loopback = "interface Loopback1\n ip address 192.0.2.254 255.255.255.255\n";
    let of = |running: &str, intended: &str| {
        let inputs = ["a", "b"].map(|device| input(device, "cisco_ios", (running, intended)));
        let found = found(&inputs).into_iter();
        let found = found.filter(|finding| finding.kind == PlanFindingKind::DuplicateAddress);
        found.map(|finding| finding.severity).collect::<Vec<_>>()
    };
    let named = format!("{loopback} description anycast\n");
    assert_eq!(of(loopback, &named), [PlanSeverity::Warning; 2]);
    assert_eq!(of("hostname a\n", loopback), [PlanSeverity::Error; 2]);
}

#[test]
fn the_gateway_of_a_fabric_is_everybodys() {
    let gateway = "feature interface-vlan\nfeature fabric forwarding\nvlan 10\ninterface Vlan10\n  ip address 192.0.2.254/24\n";
    let fabric = format!("{gateway}  fabric forwarding mode anycast-gateway\n");
    for (intended, count) in [(gateway, 2), (&fabric, 0)] {
        let inputs =
            ["a", "b"].map(|device| input(device, "cisco_nxos", ("hostname a\n", intended)));
        let found = found(&inputs).into_iter();
        let found = found.filter(|finding| finding.kind == PlanFindingKind::DuplicateAddress);
        assert_eq!(found.count(), count, "{intended}");
    }
}

#[test]
fn a_tag_or_a_vni_that_is_used_twice_is_told() {
    let unit = |number: u32, tag: u32| {
        format!("interface GigabitEthernet0/1.{number}\n encapsulation dot1Q {tag}\n")
    };
    let vxlan = |vni: u32| {
        format!(
            "vlan 10\nvlan 20\ninterface Vxlan1\n   vxlan vlan 10 vni 10010\n   vxlan vlan 20 vni {vni}\n"
        )
    };
    for (platform, sound, twice) in [
        (
            "cisco_ios",
            unit(10, 10) + &unit(20, 20),
            unit(10, 10) + &unit(20, 10),
        ),
        ("arista_eos", vxlan(10020), vxlan(10010)),
    ] {
        let kind = PlanFindingKind::DuplicateVlan;
        assert_eq!(
            of_kind(kind, (platform, &sound, &twice)),
            [PlanSeverity::Error; 2]
        );
        assert_eq!(
            of_kind(kind, (platform, &twice, &twice)),
            [PlanSeverity::Warning; 2]
        );
        assert_eq!(of_kind(kind, (platform, &twice, &sound)), [], "{platform}");
    }
    let other = unit(10, 10) + &unit(10, 10).replace("0/1", "0/2");
    let other = ("cisco_ios", &*other, &*other);
    assert_eq!(of_kind(PlanFindingKind::DuplicateVlan, other), []);
}
