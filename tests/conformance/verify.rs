//! What was sent without an error is still read back and checked.

use netsnap_core::ErrorKind;
use netsnap_core::model::{DeviceOutcome, ExecutionStatus, RollbackOutcome};
use netsnap_core::sim::Fault;
use netsnap_tests::change::{ROUTE, in_section, with_more};
use netsnap_tests::{Bed, device, impatient};

#[tokio::test]
async fn a_line_that_a_device_takes_and_drops_is_found_and_the_rest_taken_back() {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    bed.fault("r1", Fault::Ignore(ROUTE.to_owned()));
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    let report = device(&deployment, "r1");
    assert_eq!(report.outcome, DeviceOutcome::RolledBack, "{report:?}");
    assert_eq!(report.rollback, Some(RollbackOutcome::Exact));
    let error = report.error.clone().expect("the reason");
    assert_eq!(error.kind, ErrorKind::VerificationFailed);
    assert!(error.hint.is_some(), "{error:?}");
    assert!(
        report
            .lines
            .iter()
            .any(|line| line.line == ROUTE && line.accepted)
    );
    assert_eq!(device(&deployment, "r2").outcome, DeviceOutcome::Skipped);
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_change_that_costs_a_neighbour_is_taken_back() {
    let bed = Bed::ring(4).await;
    let full = |bed: &Bed| {
        let (mut devices, bench) = (bed.devices(), bed.engine.clone());
        devices.truncate(1);
        async move {
            let command = ["show ip ospf neighbor".to_owned()];
            let run = bench.collect(&devices, &command, &Default::default()).await;
            let run = run.unwrap().execution.id;
            let output = bench.output(&run, "r1", &command[0]).await.unwrap();
            output.text().matches("Full/").count()
        }
    };
    while full(&bed).await < 2 {}
    let shut = |text: &str| in_section(text, "interface eth1", " shutdown");
    let plan = bed.plan(&[bed.device("r1")], shut).await;
    let deployment = bed
        .engine
        .deploy(&plan.id, &bed.devices(), &impatient())
        .await;
    let deployment = deployment.unwrap();
    let report = device(&deployment, "r1");
    assert_eq!(report.outcome, DeviceOutcome::RolledBack, "{report:?}");
    assert_eq!(report.rollback, Some(RollbackOutcome::Exact));
    let error = report.error.clone().expect("the reason");
    assert_eq!(error.kind, ErrorKind::CheckFailed);
    assert_eq!(error.context["check"], "ospf_neighbors_full");
    assert_eq!(error.context["missing"], "10.255.0.2");
    assert!(error.hint.is_some(), "{error:?}");
    let run = bed.engine.execution(&deployment.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Failed);
    bed.assert_as_before();
    while full(&bed).await < 2 {}
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_device_that_does_not_save_is_changed_and_says_so() {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    let startup = bed.network.device("r1").unwrap().startup();
    bed.fault("r1", Fault::Ignore("write memory".to_owned()));
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    let report = device(&deployment, "r1");
    assert_eq!(
        (report.outcome, report.saved),
        (DeviceOutcome::Changed, false)
    );
    assert!(report.error.as_ref().unwrap().hint.is_some());
    assert_eq!(bed.network.device("r1").unwrap().startup(), startup);
    bed.assert_clean().await;
}
