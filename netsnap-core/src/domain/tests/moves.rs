//! Services between devices.

use super::*;

fn fleet(devices: &[(&str, &str, &str)]) -> Fleet {
    let read =
        |(device, platform, text): &(&str, &str, &str)| ((*device).to_owned(), of(platform, text));
    devices.iter().map(read).collect()
}

const WITH: &str = "hostname a\nvlan 10\n name BLUE\ninterface GigabitEthernet1/0/1\n switchport access vlan 10\n switchport mode access\nvlan 20\n";
const WITHOUT: &str = "hostname a\nvlan 20\n";

#[test]
fn equal_fleets_have_no_difference() {
    let fleet = fleet(&[("s1", "cisco_ios", WITH)]);
    assert!(diff_domains(&fleet, &fleet).is_empty());
}

#[test]
fn a_vlan_that_left_one_switch_and_came_up_on_another_has_moved() {
    let before = fleet(&[("s1", "cisco_ios", WITH), ("s2", "cisco_ios", WITHOUT)]);
    let after = fleet(&[("s1", "cisco_ios", WITHOUT), ("s2", "cisco_ios", WITH)]);
    let diff = diff_domains(&before, &after);
    assert!(diff.added.is_empty() && diff.removed.is_empty() && diff.changed.is_empty());
    assert_eq!(diff.moved.len(), 1);
    let moved = &diff.moved[0];
    assert_eq!(
        (
            moved.from_device.as_str(),
            moved.to_device.as_str(),
            moved.after.id.as_str()
        ),
        ("s1", "s2", "vlan 10")
    );
}

#[test]
fn a_service_keeps_its_name_on_a_platform_with_other_words() {
    let before = fleet(&[(
        "x1",
        "cisco_ios",
        "hostname a\nvlan 10\n name BLUE\nvlan 20\n",
    )]);
    let after = fleet(&[
        ("x1", "cisco_ios", "hostname a\nvlan 20\n"),
        (
            "j1",
            "juniper_junos",
            "bridge-domains { BLUE { vlan-id 10; } }",
        ),
    ]);
    let diff = diff_domains(&before, &after);
    assert_eq!(diff.moved.len(), 1, "{diff:?}");
    assert_eq!(diff.moved[0].after.id, "bridge-domain BLUE");
}

#[test]
fn of_two_devices_that_it_could_have_gone_to_one_counts_as_new() {
    let before = fleet(&[("s1", "cisco_ios", WITH)]);
    let after = fleet(&[
        ("s2", "cisco_ios", "hostname a\nvlan 10\n"),
        ("s3", "cisco_ios", WITH),
    ]);
    let diff = diff_domains(&before, &after);
    let moved: Vec<_> = diff
        .moved
        .iter()
        .map(|moved| (moved.to_device.as_str(), moved.after.id.as_str()))
        .collect();
    assert_eq!(moved, [("s3", "vlan 10"), ("s3", "vlan 20")]);
    let added: Vec<_> = diff.added.iter().map(|at| at.device.as_str()).collect();
    assert_eq!(added, ["s2"]);
}

#[test]
fn a_domain_that_stays_tells_what_changed_in_it() {
    let before = fleet(&[("s1", "cisco_ios", WITH)]);
    let text = WITH.replace("BLUE", "GREEN").replace("1/0/1", "1/0/2");
    let after = fleet(&[("s1", "cisco_ios", &text)]);
    let diff = diff_domains(&before, &after);
    assert_eq!(diff.changed.len(), 1);
    let change = &diff.changed[0];
    assert_eq!(change.changed, ["name", "members"]);
    assert_eq!(change.members_added[0].interface, "GigabitEthernet1/0/2");
    assert_eq!(change.members_removed[0].interface, "GigabitEthernet1/0/1");
}

#[test]
fn a_bridge_domain_with_another_name_and_the_same_interfaces_was_renamed() {
    let text = |name: &str| {
        format!("bridge-domains {{ {name} {{ vlan-id 10; interface ge-0/0/1.10; }} }}")
    };
    let before = fleet(&[("j1", "juniper_junos", &text("OLD"))]);
    let after = fleet(&[("j1", "juniper_junos", &text("NEW"))]);
    let diff = diff_domains(&before, &after);
    assert_eq!(diff.changed.len(), 1, "{diff:?}");
    assert_eq!(diff.changed[0].changed, ["id", "name"]);
}
