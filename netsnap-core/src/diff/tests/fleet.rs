use super::*;
use crate::model::Step;

fn device<'c>(
    name: &'c str,
    running: Option<&'c Configuration>,
    intended: Option<&'c Configuration>,
) -> FleetDevice<'c> {
    FleetDevice {
        device: name,
        platform: "cisco_ios",
        running,
        intended,
        address: None,
        commands: &[],
        proof: None,
    }
}

const PLAIN: &str = "hostname a\ninterface GigabitEthernet0/1\n ip address 192.0.2.1 255.255.255.0\ninterface GigabitEthernet0/2\n description x\nrouter bgp 65000\n neighbor 192.0.2.2 remote-as 65001\nvlan 10\n name BLUE\n";

#[test]
fn devices_come_go_change_and_stay() {
    let (plain, other) = (
        ios(PLAIN),
        ios(&PLAIN.replace("description x", "description y")),
    );
    let diff = deployment_diff(
        &[
            device("r10", Some(&plain), Some(&plain)),
            device("r9", Some(&plain), Some(&other)),
            device("r2", Some(&plain), None),
            device("r1", None, Some(&plain)),
        ],
        &FleetLimits::default(),
    );
    let told: Vec<_> = diff
        .devices
        .iter()
        .map(|device| (device.device.as_str(), device.action))
        .collect();
    assert_eq!(
        told,
        [
            ("r1", DeviceAction::Add),
            ("r2", DeviceAction::Remove),
            ("r9", DeviceAction::Modify)
        ]
    );
    assert_eq!(diff.unchanged, ["r10"]);
    assert_eq!(diff.impact.devices, 3);
    assert!(
        diff.devices[0]
            .diff
            .changes
            .iter()
            .all(|change| change.kind == ChangeKind::Added)
    );
}

#[test]
fn a_change_tells_what_it_touches() {
    let before = ios(PLAIN);
    let after = ios(&PLAIN
        .replace("description x", "description y")
        .replace("remote-as 65001", "remote-as 65002")
        .replace("name BLUE", "name GREEN"));
    let diff = deployment_diff(
        &[device("r1", Some(&before), Some(&after))],
        &FleetLimits::default(),
    );
    let impact = &diff.devices[0].impact;
    assert_eq!(impact.interfaces, ["GigabitEthernet0/2"]);
    assert_eq!(impact.neighbors, ["192.0.2.2"]);
    assert_eq!(impact.services, ["vlan 10"]);
    assert!(impact.management.is_empty() && diff.impact.management.is_empty());
    assert_eq!(diff.domains.changed[0].changed, ["name"]);
}

#[test]
fn the_way_we_come_in_by_is_told() {
    let before = ios(&format!("{PLAIN}line vty 0 4\n transport input ssh\n"));
    let after = ios(&format!("{PLAIN}line vty 0 4\n transport input none\n")
        .replace("0/1\n ip", "0/1\n description z\n ip"));
    let mut changed = device("r1", Some(&before), Some(&after));
    changed.address = Some("192.0.2.1");
    let diff = deployment_diff(&[changed], &FleetLimits::default());
    let why: Vec<&str> = diff.devices[0]
        .impact
        .management
        .iter()
        .map(|touch| touch.why.as_str())
        .collect();
    assert_eq!(
        why,
        [
            "the interface that it is reached by",
            "who may log in, and how"
        ]
    );
    assert_eq!(diff.impact.management, ["r1"]);
}

#[test]
fn what_the_way_in_leads_over_is_told() {
    let port = "interface GigabitEthernet0/1\n mtu 1500\n";
    let unit = "interface GigabitEthernet0/1.99\n encapsulation dot1Q 99\n ip address 192.0.2.1 255.255.255.0\n ip access-group A in\n";
    let list = "ip access-list extended A\n 10 permit ip any any\n";
    let before = ios(&format!("{port}{unit}{list}"));
    let filtered = list.replace(" 10", " 5 deny tcp any any eq 22\n 10");
    for (after, line) in [
        (
            format!("{port} shutdown\n{unit}{list}"),
            "interface GigabitEthernet0/1 shutdown",
        ),
        (
            format!("{port}{unit}{filtered}"),
            "ip access-list extended A 5 deny tcp any any eq 22",
        ),
    ] {
        let after = ios(&after);
        let mut changed = device("r1", Some(&before), Some(&after));
        changed.address = Some("192.0.2.1");
        let diff = deployment_diff(&[changed], &FleetLimits::default());
        let touches = &diff.devices[0].impact.management;
        assert_eq!(touches.len(), 1, "{touches:?}");
        assert_eq!(touches[0].line, line);
        assert_eq!(diff.impact.management, ["r1"]);
    }
}

#[test]
fn commands_are_limited_and_show_no_secret() {
    let (before, after) = (ios("hostname a\n"), ios("hostname b\n"));
    let step = |line: &str| Step::new(Vec::new(), line.to_owned());
    let commands = [step("enable secret 0 hunter2hunter2"), step("hostname b")];
    let mut changed = device("r1", Some(&before), Some(&after));
    changed.commands = &commands;
    let limits = FleetLimits {
        changes: 0,
        commands: 1,
    };
    let diff = deployment_diff(&[changed], &limits);
    let device = &diff.devices[0];
    assert_eq!(device.commands.len(), 1);
    assert_eq!((device.commands_truncated, device.diff.truncated), (1, 1));
    assert!(!serde_json::to_string(&diff).unwrap().contains("hunter2"));
}

#[test]
fn a_vlan_that_changes_its_device_has_moved() {
    let (with, without) = (ios(PLAIN), ios(&PLAIN.replace("vlan 10\n name BLUE\n", "")));
    let diff = deployment_diff(
        &[
            device("r1", Some(&with), Some(&without)),
            device("r2", Some(&without), Some(&with)),
        ],
        &FleetLimits::default(),
    );
    assert_eq!(diff.domains.moved.len(), 1);
    assert_eq!(diff.devices[1].impact.services, ["vlan 10"]);
}
