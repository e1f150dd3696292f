//! Connections that break and devices that hang in the middle of a change.

use netsnap_core::ErrorKind;
use netsnap_core::error::Effect;
use netsnap_core::model::{DeviceDeployment, DeviceOutcome, RollbackOutcome};
use netsnap_core::sim::Fault;
use netsnap_tests::change::{ROUTE, with_more};
use netsnap_tests::{Bed, device, impatient};

async fn assert_ends_where_it_was(fault: Fault) -> DeviceDeployment {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    bed.fault("r1", fault);
    let deployment = bed
        .engine
        .deploy(&plan.id, &bed.devices(), &impatient())
        .await;
    let deployment = deployment.unwrap();
    let report = device(&deployment, "r1").clone();
    assert_eq!(report.outcome, DeviceOutcome::RolledBack, "{report:?}");
    assert_eq!(report.rollback, Some(RollbackOutcome::Exact));
    assert_eq!(device(&deployment, "r2").outcome, DeviceOutcome::Skipped);
    assert!(report.error.as_ref().unwrap().hint.is_some(), "{report:?}");
    bed.assert_as_before();
    bed.assert_clean().await;
    report
}

#[tokio::test]
async fn a_connection_lost_behind_any_line_brings_the_device_back() {
    for line in [
        "ip prefix-list MORE seq 5 permit 198.51.100.0/24",
        ROUTE,
        "interface eth1",
        "ip ospf cost 50",
        "end",
    ] {
        let report = assert_ends_where_it_was(Fault::CloseDuring(line.to_owned())).await;
        let error = report.error.expect("the reason");
        assert_eq!(error.kind, ErrorKind::ConnectionLost, "{line}: {error:?}");
        if line != "end" {
            assert_eq!(error.context["line"], line);
            assert_eq!(error.effect, Effect::Indeterminate, "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_lost_on_the_way_into_configuration_mode_changes_nothing() {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    bed.fault("r1", Fault::CloseDuring("configure terminal".to_owned()));
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    let report = device(&deployment, "r1");
    assert_eq!(report.outcome, DeviceOutcome::Refused);
    assert_eq!(
        report.error.clone().unwrap().kind,
        ErrorKind::ConnectionLost
    );
    assert!(report.lines.is_empty());
    bed.assert_as_before();
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_device_that_hangs_on_a_line_times_out_and_is_brought_back() {
    let report = assert_ends_where_it_was(Fault::Hang(ROUTE.to_owned())).await;
    let error = report.error.expect("the reason");
    assert_eq!(error.kind, ErrorKind::CommandTimeout);
    assert_eq!(error.context["line"], ROUTE);
}
