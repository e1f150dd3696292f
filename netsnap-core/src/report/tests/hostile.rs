//! Text that tries to break out stays text, wherever it comes from.

use super::*;

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
    run
}

fn hostile() -> RunReport {
    let step = Step {
        section: vec![HOSTILE.into()],
        line: HOSTILE.into(),
    };
    let mut plan = plan();
    plan.devices[0] = DevicePlan {
        device: HOSTILE.into(),
        platform: HOSTILE.into(),
        steps: vec![step.clone()],
        inverse: vec![step],
        proof: DeviceProof::Unproven {
            reasons: vec![HOSTILE.into()],
        },
        ..device_plan("r1")
    };
    plan.waves[0].devices = vec![HOSTILE.into()];
    RunReport {
        title: HOSTILE.into(),
        executions: vec![hostile_run()],
        plan: Some(plan),
        diffs: vec![DeviceDiff {
            device: HOSTILE.into(),
            before: format!("one\n{HOSTILE} two"),
            after: format!("one\n{HOSTILE} three\n{HOSTILE}"),
        }],
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
