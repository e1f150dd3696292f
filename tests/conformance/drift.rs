//! What is done already is not done twice, and what somebody else changed is not touched.

use netsnap_core::ErrorKind;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::model::{DeviceOutcome, ExecutionStatus, RollbackOutcome};
use netsnap_tests::change::with_route;
use netsnap_tests::{Bed, device};

const FOREIGN: &str = "ip route 203.0.113.128/25 Null0";

fn sent(bed: &Bed, name: &str) -> usize {
    let commands = bed.network.commands(name).unwrap();
    commands
        .iter()
        .filter(|line| *line == "configure terminal")
        .count()
}

#[tokio::test]
async fn a_plan_applied_twice_is_already_done_and_sends_nothing() {
    let bed = Bed::ring(2).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let first = bed.deploy(&plan, &bed.devices()).await;
    assert!(first.devices.iter().all(|device| device.saved));
    let after = bed.network.running("r1").unwrap();
    let second = bed.deploy_again(&plan, &bed.devices()).await;
    for report in &second.devices {
        assert_eq!(report.outcome, DeviceOutcome::AlreadyDone);
        assert!(report.lines.is_empty());
        assert_eq!(sent(&bed, &report.device), 1, "the first time alone");
    }
    assert_eq!(bed.network.running("r1").unwrap(), after);
    let run = bed.engine.execution(&second.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    let back = bed.roll_back(&first, &bed.devices()).await;
    assert_eq!(device(&back, "r2").rollback, Some(RollbackOutcome::Exact));
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn one_drifted_device_of_four_stops_all_four() {
    let bed = Bed::ring(4).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    bed.somebody_else("r3", FOREIGN);
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    for report in &deployment.devices {
        assert!(report.lines.is_empty());
        let expected = match report.device.as_str() {
            "r3" => DeviceOutcome::Refused,
            _ => DeviceOutcome::Skipped,
        };
        assert_eq!(report.outcome, expected, "{report:?}");
    }
    let error = device(&deployment, "r3").error.clone().expect("the reason");
    assert_eq!(error.kind, ErrorKind::Drift);
    assert!(error.hint.is_some());
    assert!(bed.is_untouched());
    let run = bed.engine.execution(&deployment.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Failed);
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_rollback_over_somebody_elses_change_is_refused_for_every_device() {
    let bed = Bed::ring(4).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    bed.somebody_else("r2", FOREIGN);
    let changed = bed.network.running("r1").unwrap();
    let error = bed
        .engine
        .rollback(
            &deployment.execution,
            &bed.devices(),
            &DeployOptions::default(),
        )
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Drift);
    let report = error.report();
    assert!(
        report.hint.is_some() && report.context["device"] == "r2",
        "{report:?}"
    );
    assert_eq!(bed.network.running("r1").unwrap(), changed);
    assert!((1..=4).all(|number| sent(&bed, &format!("r{number}")) == 1));

    bed.somebody_else("r2", &format!("no {FOREIGN}"));
    let back = bed.roll_back(&deployment, &bed.devices()).await;
    assert!(back.succeeded());
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn another_device_behind_the_address_is_told_from_drift() {
    let bed = Bed::ring(2).await;
    let plan = bed.plan(&[bed.device("r1")], with_route).await;
    let mut swapped = bed.device("r2");
    swapped.name = "r1".to_owned();
    let deployment = bed.deploy(&plan, &[swapped]).await;
    let error = device(&deployment, "r1").error.clone().expect("refused");
    assert_eq!(error.kind, ErrorKind::WrongDevice);
    assert!(error.hint.is_some());
    assert!(bed.is_untouched());
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_run_that_is_no_deployment_cannot_be_taken_back() {
    let bed = Bed::ring(1).await;
    bed.texts(&bed.devices()).await;
    let run = bed.engine.current().await.unwrap().expect("the capture");
    let error = bed
        .engine
        .rollback(&run.id, &bed.devices(), &DeployOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.report().hint.is_some());
}
