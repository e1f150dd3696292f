//! What a person reads, character by character.

use super::*;
use crate::model::{DeviceStatus, ExecutionKind, ExecutionStatus, NativeReplace};
use crate::report::samples::{self, change};
use crate::report::text::columns;

const PLAIN: Layout = Layout {
    width: 90,
    color: Color::Never,
};

/// What is left of a coloured text when the colours are taken away.
fn without_color(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').unwrap().1)
}

fn every_view(layout: &Layout) -> [String; 3] {
    let report = change();
    let run = &report.executions[0];
    [
        summary(&run.execution, &run.devices, layout),
        plan(&report.plan.unwrap(), layout),
        deployment(&samples::deployment(), layout),
    ]
}

#[test]
fn a_summary_has_a_row_for_each_device_and_each_hint_once() {
    let [text, ..] = every_view(&PLAIN);
    let expected = "\
Capture exec_2026-03-14_020000_0a1b2c3d  ! partial  2.40 s
Nightly capture before CHG-20814

DEVICE  ENDED          COMMANDS  FAILED    TOOK  WHY
r1      ✓ ok                  2       0  955 ms
r2      ✓ ok                  2       0  1.10 s
r3      ✓ ok                  2       0  1.25 s
r4      ✗ unreachable         0       0  1.50 s  the host did not answer in time

→ r4: check that the device is up and that port 22 is reachable from here
";
    assert_eq!(text, expected);
}

#[test]
fn a_plan_reads_in_the_order_in_which_it_is_carried_out() {
    let [_, text, _] = every_view(&PLAIN);
    let first_wave = "
Wave 1: 1 device, first, about 2.5 s
  going by frr: 12 recorded devices with control plane changes, half of them under 2.5 s …
  r1  ✓ proven  5 lines, 5 to go back
      medium risk: 4 commands, first `ip prefix-list CUSTOMER`: routing can change
    + ip prefix-list CUSTOMER seq 20 permit 198.51.100.0/24 le 28
      interface eth1
    +  description uplink to r2 (core)
      router bgp 65001
    +  neighbor 10.0.12.2 timers 10 30
       address-family ipv4 unicast
    +   network 198.51.100.0/24
    -   no network 203.0.113.0/24

Wave 2: 2 devices, when the wave before is well
";
    assert!(text.contains(first_wave), "{text}");
    assert!(
        text.contains("  r3  ✗ not proven  5 lines, 5 to go back\n      because line 41: `bfd")
    );
}

#[test]
fn a_deployment_names_each_refused_line_with_the_answer() {
    let [_, _, text] = every_view(&PLAIN);
    let second = "
  r2  ! rolled back  2 of 3 lines accepted
    refused: neighbor 10.0.12.2 timers 10 30
      % Specify remote-as or peer-group commands first
    rollback ✓ exact: byte for byte as before
    the device refused a configuration line (command_rejected)
    → the neighbor has no remote-as: add it to the intended configuration
  r3  – skipped
";
    assert!(text.contains(second), "{text}");
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let color = Layout {
        color: Color::Always,
        ..PLAIN
    };
    for (plain, colored) in every_view(&PLAIN).iter().zip(every_view(&color)) {
        assert!(colored.contains("\u{1b}["));
        assert_eq!(*plain, without_color(&colored));
    }
}

#[test]
fn a_table_fits_a_narrow_terminal_and_shows_where_it_was_cut() {
    let narrow = Layout { width: 60, ..PLAIN };
    let report = change();
    let run = &report.executions[0];
    let text = summary(&run.execution, &run.devices, &narrow);
    let rows: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("DEVICE"))
        .take(5)
        .collect();
    assert!(rows.iter().all(|row| columns(row) <= 60), "{text}");
    assert!(rows[4].ends_with('…'), "{text}");
}

#[test]
fn nothing_a_device_says_steers_the_terminal() {
    let evil = "x\u{1b}]0;owned\u{7}\u{9b}2J\r\n";
    let mut deployment = samples::deployment();
    deployment.devices[1].device = evil.into();
    deployment.devices[1].lines[2].line = evil.into();
    deployment.devices[1].lines[2].answer = evil.into();
    let mut plan_of_evil = samples::plan();
    plan_of_evil.devices[0].steps[0].line = evil.into();
    plan_of_evil.devices[2].proof = crate::model::DeviceProof::Unproven {
        reasons: vec![evil.into()],
    };
    plan_of_evil.devices[2].native_replace = Some(NativeReplace {
        reason: evil.into(),
        commands: vec![evil.into()],
        caution: evil.into(),
    });
    let result = samples::result(evil, DeviceStatus::Ok, 1);
    let mut run = samples::execution(ExecutionKind::Collect, ExecutionStatus::Failed, 0);
    run.reason = Some(evil.into());
    for text in [
        super::deployment(&deployment, &PLAIN),
        plan(&plan_of_evil, &PLAIN),
        summary(&run, &[result], &PLAIN),
    ] {
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "{text:?}"
        );
    }
}

#[test]
fn the_way_out_of_what_is_not_proven_is_named_with_its_commands() {
    let mut unproven = samples::plan();
    unproven.devices[0].native_replace = Some(NativeReplace {
        reason: "the steps are not proven".into(),
        commands: vec!["load override FILE".into(), "commit confirmed 5".into()],
        caution: "the file holds all".into(),
    });
    let text = plan(&unproven, &PLAIN);
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.contains("a way out"))
        .map(str::trim)
        .take(4)
        .collect();
    assert_eq!(
        lines,
        [
            "a way out, which netsnap does not type: the steps are not proven",
            "before: the file holds all",
            "load override FILE",
            "commit confirmed 5",
        ]
    );
}

#[test]
fn a_plan_with_nothing_to_do_says_so() {
    let mut idle = samples::plan();
    idle.waves.clear();
    idle.devices
        .iter_mut()
        .for_each(|device| device.steps.clear());
    assert!(plan(&idle, &PLAIN).ends_with("Nothing to do: every device is as intended.\n"));
}
