//! What another tool read is planned from, and a device that is no longer as it was read is not touched.

use netsnap_core::ErrorKind;
use netsnap_core::engine::{KeepOptions, PlanTarget, PlanningOptions};
use netsnap_core::model::{DeviceOutcome, Plan, Proof};
use netsnap_tests::change::with_route;
use netsnap_tests::{Bed, device};

/// Hands in what `r1` runs, as another tool would, and plans a route from there.
async fn planned(bed: &Bed) -> Plan {
    let text = bed.network.running("r1").unwrap();
    let now = KeepOptions::default();
    let kept = bed.engine.keep_configuration("r1", "frr", &text, &now);
    let kept = kept.await.unwrap();
    assert_eq!(kept.proof, Proof::Given);
    let target = PlanTarget {
        device: "r1".to_owned(),
        intended: with_route(&text),
        snapshot: Some(kept.id),
    };
    let plan = bed
        .engine
        .plan(&[target], &PlanningOptions::default())
        .await;
    plan.unwrap()
}

#[tokio::test]
async fn a_plan_from_a_text_that_was_handed_in_is_carried_out_and_taken_back() {
    let bed = Bed::ring(1).await;
    let plan = planned(&bed).await;
    assert_eq!(bed.network.connections().accepted, 0, "nobody was asked");
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    assert!(deployment.succeeded());
    assert_eq!(device(&deployment, "r1").outcome, DeviceOutcome::Changed);
    let back = bed.roll_back(&deployment, &bed.devices()).await;
    assert!(back.succeeded());
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_device_that_is_no_longer_what_was_handed_in_is_not_changed() {
    let bed = Bed::ring(1).await;
    let plan = planned(&bed).await;
    bed.somebody_else("r1", "ip route 203.0.113.128/25 Null0");
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    let report = device(&deployment, "r1");
    assert_eq!(report.outcome, DeviceOutcome::Refused);
    let error = report.error.clone().expect("the reason");
    assert_eq!(error.kind, ErrorKind::Drift);
    assert!(bed.is_untouched());
    bed.assert_clean().await;
}
