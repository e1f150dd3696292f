//! Plans that cannot be made, that are not proven, or that were touched.

use netsnap_core::deploy::DeployOptions;
use netsnap_core::engine::{PlanTarget, PlanningOptions};
use netsnap_core::model::DeviceProof;
use netsnap_core::{Error, ErrorKind};
use netsnap_tests::change::{with_global, with_route};
use netsnap_tests::{Bed, files};

fn assert_helpful(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(error.report().hint.is_some(), "no hint: {error:?}");
}

async fn planned(bed: &Bed, device: &str, intended: String) -> Result<(), Error> {
    let target = PlanTarget {
        device: device.to_owned(),
        intended,
        snapshot: None,
    };
    let planned = bed
        .engine
        .plan(&[target], &PlanningOptions::default())
        .await;
    planned.map(drop)
}

#[tokio::test]
async fn an_intended_configuration_that_does_not_parse_is_refused_with_its_line() {
    let bed = Bed::ring(1).await;
    let text = bed.texts(&bed.devices()).await["r1"].clone();
    let broken = text.replacen("\ninterface lo\n", "\n      interface lo\n", 1);
    let error = planned(&bed, "r1", broken).await.unwrap_err();
    assert_helpful(&error, ErrorKind::ConfigurationInvalid);
    let report = error.report();
    assert_eq!(report.context["device"], "r1");
    assert!(report.context.contains_key("line"), "{report:?}");
    assert!(bed.is_untouched());
}

#[tokio::test]
async fn nothing_is_planned_for_a_device_without_a_snapshot() {
    let bed = Bed::ring(1).await;
    let text = bed.network.running("r1").unwrap();
    let error = planned(&bed, "r1", text).await.unwrap_err();
    assert_helpful(&error, ErrorKind::NotFound);
}

#[tokio::test]
async fn an_unproven_plan_is_refused_unless_it_is_allowed() {
    let bed = Bed::ring(1).await;
    let change = |text: &str| with_global(text, "frobnicate 7");
    let plan = bed.plan(&bed.devices(), change).await;
    let DeviceProof::Unproven { reasons } = &plan.devices[0].proof else {
        panic!("proven: {plan:?}");
    };
    assert!(reasons.iter().any(|reason| reason.contains("frobnicate")));
    let mut options = DeployOptions::default();
    let refused = bed.engine.deploy(&plan.id, &bed.devices(), &options).await;
    assert_helpful(&refused.unwrap_err(), ErrorKind::PlanUnproven);
    assert_eq!(bed.network.connections().accepted, 1, "the capture alone");

    options.allow_unproven = true;
    let allowed = bed.engine.deploy(&plan.id, &bed.devices(), &options).await;
    assert_eq!(allowed.unwrap().devices.len(), 1);
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_plan_that_was_touched_in_the_store_is_no_plan() {
    let bed = Bed::ring(1).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let id = plan.id.to_string();
    let is_plan = |file: &std::path::PathBuf| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.contains(&id) && text.contains("203.0.113.0/24")
    };
    let kept = files(bed.folder.path())
        .into_iter()
        .find(is_plan)
        .expect("its file");
    let text = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, text.replace("203.0.113.0/24", "203.0.113.0/25")).unwrap();
    let refused = bed
        .engine
        .deploy(&plan.id, &bed.devices(), &DeployOptions::default())
        .await;
    assert_helpful(&refused.unwrap_err(), ErrorKind::Corrupt);
    let loaded = bed.engine.load_plan(&plan.id).await.unwrap_err();
    assert_helpful(&loaded, ErrorKind::Corrupt);
    assert!(bed.is_untouched());
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_plan_for_devices_that_are_not_given_is_refused() {
    let bed = Bed::ring(2).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let refused = bed
        .engine
        .deploy(&plan.id, &[bed.device("r1")], &DeployOptions::default())
        .await;
    assert_helpful(&refused.unwrap_err(), ErrorKind::NotFound);
    assert!(bed.is_untouched());
}
