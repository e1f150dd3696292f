//! A device that refuses a line halfway through a change is brought back, and no later wave begins.

use netsnap_core::ErrorKind;
use netsnap_core::event::EventKind;
use netsnap_core::model::{DeviceOutcome, ExecutionStatus, RollbackOutcome};
use netsnap_core::sim::Fault;
use netsnap_tests::change::{ROUTE, with_more};
use netsnap_tests::{Bed, device};

/// All but the first recorded on FRR 8.4.4.
const REFUSALS: &[&str] = &[
    "% Invalid input detected at '^' marker.",
    "% Unknown command: ip route 203.0.113.0/24 Null0",
    "% Command incomplete: ip route 203.0.113.0/24 Null0",
    "There is already same network statement.",
    "ospfd is not running",
    "Warning: connecting to staticd...failed!\nstaticd is not running",
];

async fn assert_brought_back(message: &str, line: &str) {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    assert_eq!(plan.waves.len(), 2, "one device first, then the rest");
    let reject = Fault::Reject {
        line: line.to_owned(),
        message: message.to_owned(),
    };
    bed.fault("r1", reject);
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    let report = device(&deployment, "r1");
    assert_eq!(report.outcome, DeviceOutcome::RolledBack, "{report:?}");
    assert_eq!(report.rollback, Some(RollbackOutcome::Exact));
    let error = report.error.clone().expect("the reason");
    assert_eq!(error.kind, ErrorKind::CommandRejected, "{message}");
    assert_eq!(error.context["line"], line);
    assert!(error.context["answer"].contains(message.lines().next().unwrap()));
    assert!(error.hint.is_some(), "{error:?}");
    let refused: Vec<_> = report.lines.iter().filter(|line| !line.accepted).collect();
    assert_eq!(refused[0].line, line, "{report:?}");
    for later in ["r2", "r3"] {
        assert_eq!(device(&deployment, later).outcome, DeviceOutcome::Skipped);
        let commands = bed.network.commands(later).unwrap();
        assert!(!commands.contains(&"configure terminal".to_owned()));
    }
    let run = bed.engine.execution(&deployment.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Failed);
    assert!(run.reason.unwrap().contains("refused"));
    assert_journalled(&bed, &deployment.execution).await;
    bed.assert_as_before();
    bed.assert_clean().await;
}

/// Each line is intended before it is answered, and the run tells of the way back.
async fn assert_journalled(bed: &Bed, run: &netsnap_core::id::ExecutionId) {
    let events = bed.engine.events(run, 1, 10_000).await.unwrap();
    let of = |kind| {
        let events = events.iter().filter(move |event| event.kind == kind);
        events
            .map(|event| event.data["line"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(EventKind::LineIntended), of(EventKind::LineAnswered));
    assert_eq!(of(EventKind::RollbackStarted).len(), 1);
    assert_eq!(of(EventKind::RollbackFinished).len(), 1);
}

#[tokio::test]
async fn each_way_of_refusing_is_recognised_and_taken_back() {
    for message in REFUSALS {
        assert_brought_back(message, ROUTE).await;
    }
}

#[tokio::test]
async fn whichever_line_is_refused_the_device_ends_where_it_was() {
    for line in [
        "ip prefix-list MORE seq 5 permit 198.51.100.0/24",
        "ip prefix-list MORE seq 10 permit 203.0.113.0/24",
        "interface eth1",
        "ip ospf cost 50",
    ] {
        assert_brought_back("% Configuration failed.", line).await;
    }
}

#[tokio::test]
async fn a_refusal_in_the_second_wave_leaves_the_first_changed() {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    let reject = Fault::Reject {
        line: ROUTE.to_owned(),
        message: "% Malformed address".to_owned(),
    };
    bed.fault("r3", reject);
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    let outcome = |name| device(&deployment, name).outcome;
    assert_eq!(outcome("r1"), DeviceOutcome::Changed);
    assert_eq!(outcome("r2"), DeviceOutcome::Changed);
    assert_eq!(outcome("r3"), DeviceOutcome::RolledBack);
    assert!(!device(&deployment, "r1").saved, "nothing is saved");
    let run = bed.engine.execution(&deployment.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Partial);
    bed.heal("r3");
    let back = bed.roll_back(&deployment, &bed.devices()).await;
    assert!(back.succeeded(), "{back:?}");
    bed.assert_as_before();
    bed.assert_clean().await;
}
