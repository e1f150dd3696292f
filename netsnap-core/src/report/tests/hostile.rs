//! Text that tries to break out stays text, wherever it comes from.

use super::*;
use crate::compare::{Comparison, ComparisonTotals};
use crate::model::NativeReplace;
use crate::topology::Topology;

/// Breaks out of text, attributes, comments, CDATA and style sheets, where a page is careless.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>]]>--></style></title></pre>\
    <svg onload=alert(1)>&lt;javascript:alert(1) https://evil.example/ ../../x\u{1b}[31m\u{202e}\0";

fn hostile_run() -> ExecutionReport {
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Deploy,
        ExecutionStatus::Interrupted,
        0,
    ));
    let bad = HOSTILE.to_owned();
    run.execution.name.clone_from(&bad);
    run.execution.actor.clone_from(&bad);
    run.execution.reason = Some(bad.clone());
    run.execution.labels = [(bad.clone(), bad.clone())].into();
    run.execution.devices = vec![DeviceSummary {
        id: bad.clone(),
        name: bad.clone(),
        ip: bad.clone(),
        platform: None,
    }];
    let error = Error::new(ErrorKind::CommandRejected, HOSTILE)
        .with(HOSTILE, HOSTILE)
        .hint(HOSTILE);
    let mut device = result(HOSTILE, DeviceStatus::Failed, 5);
    device.error = Some(error.report());
    run.devices = vec![device];
    let event = |kind| {
        NewEvent::new(kind, HOSTILE)
            .on(HOSTILE)
            .level(Level::Error)
            .data(json!({HOSTILE: HOSTILE, "command": HOSTILE}))
    };
    run.events = vec![
        event(EventKind::CommandStarted).at(1, at(0)),
        event(EventKind::CommandFinished).at(2, at(9)),
    ];
    let mut said = output(HOSTILE, HOSTILE, HOSTILE);
    said.summary.rejection = Some(Rejection {
        line: bad.clone(),
        rule: bad.clone(),
    });
    run.outputs = vec![OutputReport::new(&said)];
    let line = LineResult {
        line: bad.clone(),
        accepted: false,
        answer: bad.clone(),
    };
    let mut deployment = samples::deployment();
    deployment.devices[1] = DeviceDeployment {
        device: bad,
        lines: vec![line],
        error: Some(error.report()),
        ..deployment.devices[1].clone()
    };
    run.deployment = Some(deployment);
    run.topology = Some(hostile_topology());
    run
}

fn hostile_topology() -> Topology {
    let end =
        json!({ "node": HOSTILE, "interface": HOSTILE, "address": HOSTILE, "state": HOSTILE });
    let other = json!({ "node": "r2", "interface": HOSTILE });
    serde_json::from_value(json!({ "execution": "exec_2026-03-01_100000_00000001",
        "nodes": [{ "id": HOSTILE, "collected": true, "hostnames": [HOSTILE], "platform": HOSTILE },
            { "id": "r2", "collected": false, "router_ids": [HOSTILE] }],
        "links": [{ "a": end, "b": other, "kind": "broadcast", "area": HOSTILE, "network": HOSTILE, "one_sided": true,
            "protocols": ["ospf"], "sources": [] }] }))
    .unwrap()
}

fn hostile_comparison() -> Comparison {
    let side = json!({ "execution": "exec_2026-03-01_100000_00000001", "kind": "collect", "name": HOSTILE, "status": "failed",
        "created_at": "2026-03-01T10:00:00Z" });
    let facts = json!({ "bytes": 1, "digest": "0".repeat(64), "status": "ok" });
    let took = json!({ "before_us": 1, "after_us": 2, "change_us": 1, "ratio": 2.0 });
    let output = json!({ "command": HOSTILE, "occurrence": 1, "change": "changed", "before": facts, "after": facts,
        "duration": took, "diff": format!("--- a\n+++ b\n-{HOSTILE}\n+{HOSTILE}\n"),
        "json": [{ "path": HOSTILE, "before": HOSTILE, "after": { HOSTILE: 1 } }], "masked_before": 1, "masked_after": 1 });
    let device = json!({ "device": HOSTILE, "change": "same", "status_before": "ok", "status_after": null, "error_before": null,
        "error_after": null, "duration": took, "commands_added": [HOSTILE], "commands_removed": [HOSTILE], "outputs_same": 0,
        "outputs": [output] });
    let totals = serde_json::to_value(ComparisonTotals::default()).unwrap();
    serde_json::from_value(json!({ "before": side, "after": side, "duration": took, "totals": totals, "devices": [device],
        "truncated": false }))
    .unwrap()
}

fn hostile() -> RunReport {
    let step = Step::new(vec![HOSTILE.into()], HOSTILE.into());
    let mut plan = plan();
    plan.devices[0] = DevicePlan {
        device: HOSTILE.into(),
        platform: HOSTILE.into(),
        steps: vec![step.clone()],
        inverse: vec![step],
        proof: DeviceProof::Unproven {
            reasons: vec![HOSTILE.into()],
        },
        native_replace: Some(NativeReplace {
            reason: HOSTILE.into(),
            commands: vec![HOSTILE.into()],
            caution: HOSTILE.into(),
        }),
        ..device_plan("r1")
    };
    plan.waves[0].devices = vec![HOSTILE.into()];
    RunReport {
        title: HOSTILE.into(),
        executions: vec![hostile_run()],
        plan: Some(plan),
        approvals: vec![Approval {
            plan: crate::id::PlanId::from(crate::id::Digest::of(b"plan")),
            actor: HOSTILE.into(),
            at: at(1),
            reason: Some(HOSTILE.into()),
        }],
        diffs: vec![DeviceDiff {
            device: HOSTILE.into(),
            before: format!("one\n{HOSTILE} two"),
            after: format!("one\n{HOSTILE} three\n{HOSTILE}"),
        }],
        comparison: Some(hostile_comparison()),
    }
}

#[test]
fn hostile_text_stays_text_wherever_it_comes_from() {
    let page = parse(&hostile());
    assert_inert(&page);
    let harmless = text::one_line(HOSTILE);
    for place in [
        "h1",
        "title",
        ".lead",
        ".reason",
        "th[scope=row] code",
        ".error .hint",
        ".error .context",
        ".lane .device",
        "svg title",
        ".steps code",
        ".reasons li",
        ".chip",
        ".lines code",
        ".answer",
        ".output .command",
        ".output pre",
        ".log td",
        ".diff td.text",
        ".facts dt",
    ] {
        let found = all(&page, place)
            .into_iter()
            .any(|element| text(element).contains(harmless.as_ref()));
        assert!(found, "{place}");
    }
}

#[test]
fn no_control_character_and_no_change_of_direction_reaches_the_page() {
    let page = html(&hostile());
    let is_steering =
        |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
    assert_eq!(page.chars().find(is_steering), None);
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let mut said = output("r1", "show", "");
    said.bytes = b"up\xff\xfe\0down".to_vec();
    let mut run = ExecutionReport::new(execution(
        ExecutionKind::Collect,
        ExecutionStatus::Succeeded,
        0,
    ));
    run.outputs = vec![OutputReport::new(&said)];
    let page = parse(&RunReport {
        executions: vec![run],
        ..RunReport::default()
    });
    assert_eq!(
        text(all(&page, ".output pre")[0]),
        "up\u{fffd}\u{fffd}␀down"
    );
}
