use serde_json::json;

use super::*;
use crate::diff::{DeviceAction, DeviceDifference, DeviceImpact, ManagementTouch};
use crate::model::{Change, ChangeKind, ConfigDiff, Places, Step};

/// What a device or a person could say to steer who reads it.
const HOSTILE: &str = "r1</pre><script>alert(1)</script>\u{1b}[31m\u{202e}`*#";

fn change(kind: ChangeKind, before: Option<&str>, after: Option<&str>) -> Change {
    Change {
        kind,
        section: vec!["interface lo".to_owned()],
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        places: (kind == ChangeKind::Moved).then_some(Places {
            before: 3,
            after: 1,
        }),
    }
}

fn sample(device: &str) -> DeploymentDiff {
    let changes = vec![
        change(ChangeKind::Changed, Some("mtu 1400"), Some("mtu 1500")),
        change(ChangeKind::Moved, Some("class A"), Some("class A")),
        change(ChangeKind::Secret, Some("key ***"), Some("key ***")),
    ];
    let mut diff = DeploymentDiff {
        devices: vec![DeviceDifference {
            device: device.to_owned(),
            platform: "cisco_ios".to_owned(),
            action: DeviceAction::Modify,
            diff: ConfigDiff {
                changes,
                truncated: 2,
                ..ConfigDiff::default()
            },
            commands: vec![Step::new(
                vec!["interface lo".to_owned()],
                "mtu 1500".to_owned(),
            )],
            commands_truncated: 0,
            proof: None,
            impact: DeviceImpact {
                interfaces: vec!["lo".to_owned()],
                management: vec![ManagementTouch {
                    line: "interface lo mtu 1500".to_owned(),
                    why: "the interface that it is reached by".to_owned(),
                }],
                ..DeviceImpact::default()
            },
        }],
        unchanged: vec!["r2".to_owned()],
        ..DeploymentDiff::default()
    };
    diff.impact.management = vec![device.to_owned()];
    diff
}

fn shown(diff: &DeploymentDiff, format: ShowFormat) -> String {
    let options = ShowOptions {
        format,
        ..ShowOptions::default()
    };
    show_fleet(diff, &options)
}

#[test]
fn a_terminal_reads_what_changes_where_and_what_it_touches() {
    let text = shown(&sample("r1"), ShowFormat::Terminal);
    for line in [
        "0 devices to add, 1 to modify, 0 to remove, 1 unchanged; touches 0 interfaces, 0 neighbours, 0 services",
        "  ~ r1 (cisco_ios): 5 changes, 1 command",
        "  ! the way in is touched on r1",
        "    interface lo",
        "  -  mtu 1400",
        "  +  mtu 1500",
        "  >  class A (place 3 → 1)",
        "  *  key *** (another secret)",
        "  ! truncated: 2 more changes are not shown",
        "  ! the interface that it is reached by: interface lo mtu 1500",
    ] {
        let cut: String = line.chars().take(99).collect();
        assert!(text.contains(&cut), "{line}\n--\n{text}");
    }
    assert!(!text.contains('\x1b'));
}

#[test]
fn the_header_of_a_new_section_stands_once() {
    let mut diff = sample("r1");
    let of = |section: &[&str], line: &str| Change {
        section: section.iter().map(ToString::to_string).collect(),
        ..change(ChangeKind::Added, None, Some(line))
    };
    let step = |section: &[&str], line: &str| {
        let section = section.iter().map(ToString::to_string).collect();
        Step::new(section, line.to_owned())
    };
    let device = &mut diff.devices[0];
    device.diff.changes = vec![of(&[], "interface Lo1"), of(&["interface Lo1"], "mtu 9000")];
    device.commands = vec![
        step(&[], "interface Lo1"),
        step(&["interface Lo1"], "mtu 9000"),
    ];
    let text = shown(&diff, ShowFormat::Terminal);
    assert_eq!(text.matches("interface Lo1").count(), 2, "{text}");
    assert!(
        text.contains("  + interface Lo1\n  +  mtu 9000\n"),
        "{text}"
    );
    assert!(
        text.contains("    interface Lo1\n     mtu 9000\n"),
        "{text}"
    );
}

#[test]
fn a_ticket_keeps_every_line_as_it_is() {
    let mut diff = sample("r_1");
    diff.devices[0].commands[0].line = "description ```` x".to_owned();
    let text = shown(&diff, ShowFormat::Markdown);
    assert!(text.contains("## r\\_1: difference"), "{text}");
    assert!(
        text.contains("`````diff\n  interface lo\n   description ```` x\n`````\n"),
        "{text}"
    );
}

#[test]
fn no_text_of_a_device_steers_a_page_or_a_terminal() {
    let mut diff = sample(HOSTILE);
    diff.devices[0].diff.changes[0].after = Some(HOSTILE.to_owned());
    let page = shown(&diff, ShowFormat::Html);
    assert!(!page.contains("<script") && page.starts_with("<!DOCTYPE html>"));
    for format in [ShowFormat::Terminal, ShowFormat::Markdown, ShowFormat::Html] {
        assert!(!shown(&diff, format).contains('\x1b'));
    }
}

#[test]
fn a_block_that_is_cut_says_so() {
    let options = ShowOptions {
        limit: 1,
        ..ShowOptions::default()
    };
    let text = show_fleet(&sample("r1"), &options);
    assert!(text.contains("! truncated: "), "{text}");
}

#[test]
fn nothing_changed_says_so_in_every_form() {
    for format in [ShowFormat::Terminal, ShowFormat::Markdown, ShowFormat::Html] {
        assert!(shown(&DeploymentDiff::default(), format).contains("Nothing changes."));
    }
}

#[test]
fn a_topology_tells_devices_links_and_domains() {
    let diff: TopologyDiff = serde_json::from_value(json!({
        "nodes_added": [{ "id": "r3", "collected": true }], "nodes_removed": [],
        "links_added": [{ "a": { "node": "r1", "interface": "eth1" }, "b": { "node": "r3" }, "kind": "physical", "one_sided": false,
            "protocols": ["lldp"], "sources": [] }],
        "links_removed": [], "links_changed": [],
        "domains": { "added": [{ "device": "r1", "domain": { "id": "vlan 10", "kind": "vlan", "vlan": 10, "name": "BLUE",
            "members": [{ "interface": "eth2", "tagging": "tagged", "outer": "10" }], "gateways": [], "ends": [], "defined": true } }],
            "removed": [], "changed": [], "moved": [] } }))
    .unwrap();
    let text = show_topology(&diff, &ShowOptions::default());
    for line in [
        "  + r3\n",
        "  + r1 eth1 – r3\n",
        "  + r1 vlan 10 (BLUE) with eth2 tag 10\n",
    ] {
        assert!(text.contains(line), "{line}\n--\n{text}");
    }
}
