//! A deployment that is cancelled ends in order: what has begun is finished or brought back, nothing else begins.

use std::time::Duration;

use netsnap_core::deploy::DeployOptions;
use netsnap_core::event::EventKind;
use netsnap_core::model::{DeviceOutcome, ExecutionStatus};
use netsnap_core::sim::DeviceBehavior;
use netsnap_tests::change::with_more;
use netsnap_tests::{Bed, device};
use tokio_util::sync::CancellationToken;

/// Cancels when the first line of the run has been answered.
fn cancel_in_the_middle(bed: &Bed) -> CancellationToken {
    let (token, mut events) = (CancellationToken::new(), bed.engine.watch());
    let fired = token.clone();
    tokio::spawn(async move {
        while let Ok(live) = events.recv().await {
            if live.event.kind == EventKind::LineAnswered {
                fired.cancel();
            }
        }
    });
    token
}

fn slow(bed: &Bed) {
    for device in bed.devices() {
        let behavior = DeviceBehavior {
            delay: Duration::from_millis(20),
            ..DeviceBehavior::default()
        };
        bed.network.device(&device.name).unwrap().behave(behavior);
    }
}

#[tokio::test]
async fn a_cancelled_deployment_finishes_what_has_begun_and_skips_the_rest() {
    let bed = Bed::ring(4).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    slow(&bed);
    let mut options = DeployOptions::default();
    options.cancel = cancel_in_the_middle(&bed);
    let deployment = bed.engine.deploy(&plan.id, &bed.devices(), &options).await;
    let deployment = deployment.unwrap();
    assert_eq!(device(&deployment, "r1").outcome, DeviceOutcome::Changed);
    for later in ["r2", "r3", "r4"] {
        let report = device(&deployment, later);
        assert_eq!(report.outcome, DeviceOutcome::Skipped, "{report:?}");
        let commands = bed.network.commands(later).unwrap();
        assert!(!commands.contains(&"configure terminal".to_owned()));
    }
    let run = bed.engine.execution(&deployment.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Cancelled);
    let back = bed.roll_back(&deployment, &bed.devices()).await;
    assert!(back.succeeded(), "{back:?}");
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_deployment_that_is_cancelled_before_it_begins_sends_nothing() {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    let mut options = DeployOptions::default();
    options.cancel = CancellationToken::new();
    options.cancel.cancel();
    let deployment = bed.engine.deploy(&plan.id, &bed.devices(), &options).await;
    let deployment = deployment.unwrap();
    let run = bed.engine.execution(&deployment.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Cancelled, "{deployment:?}");
    assert!(bed.is_untouched());
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_caller_who_goes_away_stops_a_deployment_in_order() {
    let bed = Bed::ring(4).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    slow(&bed);
    let (mut events, token) = (bed.engine.watch(), cancel_in_the_middle(&bed));
    let (devices, options) = (bed.devices(), DeployOptions::default());
    tokio::select! {
        ended = bed.engine.deploy(&plan.id, &devices, &options) => panic!("too fast: {ended:?}"),
        () = token.cancelled() => {}
    }
    let run = loop {
        let live = events.recv().await.unwrap();
        if live.event.kind == EventKind::ExecutionFinished {
            break live.execution;
        }
    };
    let deployment = bed.engine.deployment(&run).await.unwrap();
    assert_eq!(device(&deployment, "r1").outcome, DeviceOutcome::Changed);
    assert_eq!(device(&deployment, "r4").outcome, DeviceOutcome::Skipped);
    let status = bed.engine.execution(&run).await.unwrap().status;
    assert_eq!(status, ExecutionStatus::Cancelled);
    bed.roll_back(&deployment, &devices).await;
    bed.assert_as_before();
    bed.assert_clean().await;
}
