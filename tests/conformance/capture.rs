//! A configuration that is not whole is no snapshot, and nothing is planned from it.

use netsnap_core::ErrorKind;
use netsnap_core::capture::CaptureOptions;
use netsnap_core::engine::{PlanTarget, PlanningOptions};
use netsnap_core::sim::Fault;
use netsnap_tests::Bed;

#[tokio::test]
async fn a_dead_routing_daemon_makes_a_configuration_incomplete() {
    let bed = Bed::ring(3).await;
    let text = bed.network.running("r2").unwrap();
    bed.fault("r2", Fault::DaemonDead("ospfd".to_owned()));
    let capture = bed
        .engine
        .capture(&bed.devices(), &CaptureOptions::default())
        .await
        .unwrap();
    let of = capture
        .snapshots
        .iter()
        .map(|snapshot| snapshot.subject.as_str());
    assert_eq!(of.collect::<Vec<_>>(), ["r1", "r3"]);
    let error = capture.devices[1].error.clone().expect("r2 fails");
    assert_eq!(error.kind, ErrorKind::ConfigurationIncomplete);
    assert_eq!(error.context["part"], "ospfd");
    assert!(error.hint.is_some());

    let target = PlanTarget {
        device: "r2".to_owned(),
        intended: text,
        snapshot: None,
    };
    let refused = bed
        .engine
        .plan(&[target], &PlanningOptions::default())
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
    bed.assert_clean().await;
}

#[tokio::test]
async fn a_daemon_that_dies_between_plan_and_deployment_stops_the_deployment() {
    let bed = Bed::ring(2).await;
    let plan = bed
        .plan(&bed.devices(), netsnap_tests::change::with_route)
        .await;
    bed.fault("r2", Fault::DaemonDead("ospfd".to_owned()));
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    let report = netsnap_tests::device(&deployment, "r2");
    let error = report.error.clone().expect("refused");
    assert_eq!(error.kind, ErrorKind::ConfigurationIncomplete);
    assert!(bed.is_untouched());
    bed.assert_clean().await;
}
