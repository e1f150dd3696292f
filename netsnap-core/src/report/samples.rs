//! A change told from the capture to the rollback, for the tests of this room.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{DeviceDiff, ExecutionReport, OutputReport, RunReport};
use crate::error::{Effect, Error, ErrorKind};
use crate::event::{Event, EventKind, Level, NewEvent};
use crate::id::{Digest, ExecutionId, PlanId};
use crate::model::*;

const BEFORE: &str = include_str!("samples/before.conf");
const AFTER: &str = include_str!("samples/after.conf");
const SUMMARY: &str = include_str!("samples/bgp_summary.txt");

pub(super) fn at(millis: i64) -> Timestamp {
    let start: Timestamp = "2026-03-14T02:00:00Z".parse().unwrap();
    start + SignedDuration::from_millis(millis)
}

pub(super) fn execution(kind: ExecutionKind, status: ExecutionStatus, start: i64) -> Execution {
    let names = ["r1", "r2", "r3", "r4"];
    Execution {
        kind,
        status,
        ended_at: Some(at(start + 2_400)),
        duration_us: Some(2_400_000),
        actor: "mira".into(),
        labels: [("ticket".to_owned(), "CHG-20814".to_owned())].into(),
        devices: names.iter().enumerate().map(summary).collect(),
        commands: vec!["show bgp summary".into()],
        results: Counters {
            total_devices: 4,
            completed_devices: 4,
            total_commands: 8,
            successful_commands: 8,
            ..Counters::default()
        },
        revision: 1,
        version: "0.1.0".into(),
        ..Execution::new(ExecutionId::new(at(start), 0x0a1b_2c3d), at(start))
    }
}

fn summary((index, name): (usize, &&str)) -> DeviceSummary {
    DeviceSummary {
        id: (*name).to_owned(),
        name: (*name).to_owned(),
        ip: format!("10.213.0.{}", 11 + index),
        platform: None,
    }
}

pub(super) fn result(device: &str, status: DeviceStatus, millis: u64) -> DeviceResult {
    DeviceResult {
        commands_ok: 2,
        duration_us: millis * 1_000,
        ..DeviceResult::new(device, status)
    }
}

pub(super) fn output(device: &str, command: &str, text: &str) -> Output {
    let answer = Answer {
        bytes: text.as_bytes().to_vec(),
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: vec![],
        duration_us: 31_400,
    };
    Output::new(device, command, at(900), answer)
}

/// A log under construction: events at rising times.
pub(super) struct Log(pub(super) Vec<Event>);

impl Log {
    pub(super) fn add(&mut self, millis: i64, event: NewEvent) -> &mut Self {
        let sequence = self.0.len() as u64 + 1;
        self.0.push(event.at(sequence, at(millis)));
        self
    }

    fn command(&mut self, device: &str, from: i64, to: i64, command: &str) {
        let sent = NewEvent::new(EventKind::CommandStarted, command).on(device);
        let answered = NewEvent::new(EventKind::CommandFinished, command).on(device);
        self.add(from, sent.data(json!({"command": command})));
        self.add(
            to,
            answered.data(json!({"command": command, "bytes": 1184, "proof": "fence"})),
        );
    }

    fn line(&mut self, device: &str, from: i64, line: &str, accepted: bool) {
        let (kind, level) = (
            EventKind::LineAnswered,
            if accepted { Level::Info } else { Level::Error },
        );
        self.add(
            from,
            NewEvent::new(EventKind::LineIntended, line)
                .on(device)
                .data(json!({"line": line})),
        );
        let answer = NewEvent::new(kind, line).on(device).level(level);
        self.add(
            from + 28,
            answer.data(json!({"line": line, "accepted": accepted})),
        );
    }

    fn simple(&mut self, millis: i64, device: &str, kind: EventKind) {
        let text = kind.as_str().replace('_', " ");
        self.add(millis, NewEvent::new(kind, text).on(device));
    }
}

fn collect() -> ExecutionReport {
    let mut log = Log(vec![]);
    log.add(
        0,
        NewEvent::new(EventKind::ExecutionStarted, "collect from 4 devices"),
    );
    for (index, device) in ["r1", "r2", "r3"].into_iter().enumerate() {
        let shift = index as i64 * 37;
        log.simple(5 + shift, device, EventKind::DeviceStarted);
        log.simple(240 + shift * 2, device, EventKind::Connected);
        log.command(device, 245 + shift * 2, 420 + shift * 3, "show bgp summary");
        log.command(
            device,
            430 + shift * 3,
            900 + shift * 4,
            "show running-config",
        );
        log.simple(940 + shift * 4, device, EventKind::SnapshotTaken);
        log.simple(960 + shift * 4, device, EventKind::DeviceFinished);
    }
    log.simple(8, "r4", EventKind::DeviceStarted);
    log.add(
        1_508,
        NewEvent::new(EventKind::DeviceFinished, "the host did not answer in time")
            .on("r4")
            .level(Level::Error),
    );
    let mut lost = result("r4", DeviceStatus::Unreachable, 1_500);
    lost.commands_ok = 0;
    let refusal = Error::new(ErrorKind::ConnectTimeout, "the host did not answer in time");
    lost.error = Some(
        refusal
            .during("transport.connect")
            .with("address", "10.213.0.14:22")
            .hint("check that the device is up and that port 22 is reachable from here")
            .report(),
    );
    let mut report = ExecutionReport::new(execution(
        ExecutionKind::Capture,
        ExecutionStatus::Partial,
        0,
    ));
    report.execution.name = "Nightly capture before CHG-20814".into();
    report.execution.results.failed_devices = 1;
    report.devices = vec![
        result("r1", DeviceStatus::Ok, 955),
        result("r2", DeviceStatus::Ok, 1_103),
        result("r3", DeviceStatus::Ok, 1_251),
        lost,
    ];
    report.events = log.0;
    report.outputs = ["r1", "r2", "r3"]
        .map(|device| OutputReport::new(&output(device, "show bgp summary", SUMMARY)))
        .into();
    report
}

fn step(section: &[&str], line: &str) -> Step {
    let section = section.iter().map(|part| (*part).to_owned()).collect();
    Step::new(section, line.into())
}

pub(super) fn device_plan(device: &str) -> DevicePlan {
    let (bgp, family) = ("router bgp 65001", "address-family ipv4 unicast");
    DevicePlan {
        device: device.into(),
        platform: "frr".into(),
        snapshot: None,
        running: Digest::of(b"running"),
        running_meaning: Digest::of(b"running meaning"),
        intended: Digest::of(b"intended"),
        intended_meaning: Digest::of(b"intended meaning"),
        steps: vec![
            step(
                &[],
                "ip prefix-list CUSTOMER seq 20 permit 198.51.100.0/24 le 28",
            ),
            step(&["interface eth1"], "description uplink to r2 (core)"),
            step(&[bgp], "neighbor 10.0.12.2 timers 10 30"),
            step(&[bgp, family], "network 198.51.100.0/24"),
            step(&[bgp, family], "no network 203.0.113.0/24"),
        ],
        inverse: vec![
            step(&[bgp, family], "network 203.0.113.0/24"),
            step(&[bgp, family], "no network 198.51.100.0/24"),
            step(&[bgp], "no neighbor 10.0.12.2 timers 10 30"),
            step(&["interface eth1"], "description uplink to r2"),
            step(
                &[],
                "no ip prefix-list CUSTOMER seq 20 permit 198.51.100.0/24 le 28",
            ),
        ],
        proof: DeviceProof::Proven {
            lines: 10,
            beginnings: 4,
            rules: None,
        },
        risk: Some(risk()),
        step_risks: vec![
            step_risk(RiskClass::ControlPlane),
            step_risk(RiskClass::Cosmetic),
            step_risk(RiskClass::ControlPlane),
            step_risk(RiskClass::ControlPlane),
            step_risk(RiskClass::ControlPlane),
        ],
        undo: vec![vec![4], vec![3], vec![2], vec![1], vec![0]],
        native_rollback: None,
        native_replace: None,
        checks: vec![ValidationStep {
            phase: Phase::After,
            name: "ospf_neighbors_full".into(),
            command: "show ip ospf neighbor".into(),
            expect: "each `key` that was healthy before is healthy again".into(),
        }],
    }
}

fn risk() -> Risk {
    Risk::of(vec![RiskReason {
        level: RiskLevel::Medium,
        kind: RiskClass::ControlPlane,
        text: "4 commands, first `ip prefix-list CUSTOMER`: routing can change".into(),
    }])
}

fn step_risk(class: RiskClass) -> StepRisk {
    StepRisk {
        level: class.level(),
        kind: class,
        reason: "routing can change".into(),
    }
}

fn estimate() -> WaveEstimate {
    WaveEstimate {
        duration_ms: 2_500,
        basis: vec![DurationBasis {
            platform: "frr".into(),
            kind: Some(RiskClass::ControlPlane),
            commands: 4,
            runs: 12,
            p50_ms: 2_500,
        }],
    }
}

fn finding() -> PlanFinding {
    PlanFinding {
        severity: PlanSeverity::Warning,
        kind: PlanFindingKind::Orphan,
        device: "r2".into(),
        section: Vec::new(),
        line: "ip prefix-list OLD seq 5 permit any".into(),
        text: "`prefix-list OLD` was used before the change and is not used after it".into(),
    }
}

pub(super) fn plan() -> Plan {
    let mut doubtful = device_plan("r3");
    doubtful.proof = DeviceProof::Unproven {
        reasons: vec!["line 41: `bfd profile fast` is not in the grammar of frr".into()],
    };
    Plan {
        id: PlanId::from(Digest::of(b"plan")),
        schema: 4,
        created_at: at(5_000),
        expires_at: Some(at(90_000)),
        risk: Some(risk()),
        findings: vec![finding()],
        devices: vec![device_plan("r1"), device_plan("r2"), doubtful],
        waves: vec![
            Wave {
                devices: vec!["r1".into()],
                estimate: Some(estimate()),
            },
            Wave {
                devices: vec!["r2".into(), "r3".into()],
                estimate: None,
            },
        ],
    }
}

fn deployed(device: &str, outcome: DeviceOutcome) -> DeviceDeployment {
    let sent = device_plan(device).steps;
    DeviceDeployment {
        duration_us: 0,
        device: device.into(),
        outcome,
        lines: sent
            .into_iter()
            .map(|step| LineResult {
                line: step.line,
                accepted: true,
                answer: String::new(),
            })
            .collect(),
        before: Some(Digest::of(b"running")),
        after: Some(Digest::of(b"intended")),
        saved: true,
        rollback: None,
        error: None,
    }
}

pub(super) fn deployment() -> Deployment {
    let mut broken = deployed("r2", DeviceOutcome::RolledBack);
    broken.lines.truncate(3);
    broken.lines[2].accepted = false;
    broken.lines[2].answer = "% Specify remote-as or peer-group commands first".into();
    broken.after = broken.before;
    broken.saved = false;
    broken.rollback = Some(RollbackOutcome::Exact);
    let refusal = Error::new(
        ErrorKind::CommandRejected,
        "the device refused a configuration line",
    );
    broken.error = Some(
        refusal
            .with("line", "neighbor 10.0.12.2 timers 10 30")
            .effect(Effect::Known)
            .hint("the neighbor has no remote-as: add it to the intended configuration")
            .report(),
    );
    let mut skipped = deployed("r3", DeviceOutcome::Skipped);
    (skipped.lines, skipped.saved, skipped.after, skipped.before) = (vec![], false, None, None);
    Deployment {
        execution: ExecutionId::new(at(60_000), 0x0a1b_2c3d),
        plan: plan().id,
        rollback_of: None,
        devices: vec![deployed("r1", DeviceOutcome::Changed), broken, skipped],
    }
}

fn deploy_log() -> Vec<Event> {
    let mut log = Log(vec![]);
    let steps = device_plan("r1").steps;
    for (device, shift) in [("r1", 60_000), ("r2", 61_150)] {
        log.simple(shift, device, EventKind::DeviceStarted);
        log.simple(shift + 210, device, EventKind::Connected);
        log.simple(shift + 390, device, EventKind::StateCompared);
        for (position, step) in steps
            .iter()
            .enumerate()
            .take(if device == "r1" { 5 } else { 3 })
        {
            log.line(
                device,
                shift + 400 + position as i64 * 40,
                &step.line,
                device == "r1" || position < 2,
            );
        }
    }
    log.0.sort_by_key(|event| event.at);
    log.simple(60_900, "r1", EventKind::Verified);
    log.simple(61_080, "r1", EventKind::Checked);
    log.simple(61_120, "r1", EventKind::Saved);
    log.simple(61_130, "r1", EventKind::DeviceFinished);
    log.0.sort_by_key(|event| event.at);
    log.simple(61_690, "r2", EventKind::RollbackStarted);
    log.line("r2", 61_700, "no ip prefix-list CUSTOMER seq 20", true);
    log.simple(62_260, "r2", EventKind::RollbackFinished);
    log.add(
        62_300,
        NewEvent::new(EventKind::DeviceFinished, "rolled back")
            .on("r2")
            .level(Level::Error),
    );
    (1..)
        .zip(&mut log.0)
        .for_each(|(sequence, event)| event.sequence = sequence);
    log.0
}

fn deploy() -> ExecutionReport {
    let mut report = ExecutionReport::new(execution(
        ExecutionKind::Deploy,
        ExecutionStatus::Failed,
        60_000,
    ));
    report.execution.name = "CHG-20814: announce 198.51.100.0/24".into();
    report.execution.reason = Some(
        "r2 refused a line; it was brought back and the rest of wave 2 was not started".into(),
    );
    report.execution.results.failed_devices = 1;
    report.execution.results.failed_commands = 1;
    report.devices = vec![
        result("r1", DeviceStatus::Changed, 1_130),
        result("r2", DeviceStatus::Failed, 1_150),
        result("r3", DeviceStatus::Skipped, 0),
    ];
    report.devices[1].error = deployment().devices[1].error.clone();
    report.events = deploy_log();
    report.deployment = Some(deployment());
    report
}

fn rollback() -> ExecutionReport {
    let mut report = ExecutionReport::new(execution(
        ExecutionKind::Rollback,
        ExecutionStatus::Succeeded,
        90_000,
    ));
    let mut done = deployed("r1", DeviceOutcome::Changed);
    done.rollback = Some(RollbackOutcome::Equivalent);
    report.devices = vec![result("r1", DeviceStatus::Changed, 870)];
    report.deployment = Some(Deployment {
        rollback_of: Some(deployment().execution),
        devices: vec![done],
        ..deployment()
    });
    report
}

/// The whole story of one change.
pub(super) fn change() -> RunReport {
    let diff = |device: &str| DeviceDiff {
        device: device.into(),
        before: BEFORE.into(),
        after: AFTER.into(),
    };
    RunReport {
        title: "CHG-20814: announce 198.51.100.0/24 from the edge".into(),
        executions: vec![collect(), deploy(), rollback()],
        plan: Some(plan()),
        approvals: Vec::new(),
        diffs: vec![diff("r1")],
        comparison: None,
    }
}
