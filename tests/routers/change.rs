//! Changes on real routers that do not go as meant.

use netsnap_core::ErrorKind;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::model::{DeviceOutcome, RollbackOutcome};
use netsnap_tests::{Bench, Lab, device};

/// Adds global lines in front of the end.
fn with_global(text: &str, lines: &str) -> String {
    let (head, _) = text.rsplit_once("end\n").expect("a whole configuration");
    format!("{head}{lines}end\n")
}

fn with_route(text: &str) -> String {
    with_global(text, "ip route 203.0.113.0/24 Null0\n!\n")
}

#[tokio::test]
async fn an_error_without_a_percent_sign_halfway_brings_the_router_back() {
    let lab = Lab::find();
    let (bench, router) = (Bench::new().await, [lab.router("r1")]);
    let before = bench.texts(&router).await["r1"].clone();
    // bgpd does not run in the lab, which only the router can know.
    let change = |text: &str| {
        with_global(
            &with_route(text),
            "router bgp 65000\n bgp router-id 192.0.2.1\nexit\n!\n",
        )
    };
    let plan = bench.plan(&router, change).await;
    let deployment = bench.deploy(&plan, &router).await;
    let report = device(&deployment, "r1");
    let error = report.error.clone().expect("the router refuses");
    assert_eq!(
        (error.kind, report.outcome),
        (ErrorKind::CommandRejected, DeviceOutcome::RolledBack),
        "{report:?}"
    );
    assert!(error.context["answer"].contains("bgpd is not running"));
    assert_eq!(report.rollback, Some(RollbackOutcome::Exact));
    assert_eq!(bench.texts(&router).await["r1"], before);
    bench.assert_nothing_half_written();
}

#[tokio::test]
async fn a_plan_applied_twice_is_already_done_and_goes_back_once() {
    let lab = Lab::find();
    let (bench, router) = (Bench::new().await, [lab.router("r2")]);
    let plan = bench.plan(&router, with_route).await;
    let first = bench.deploy(&plan, &router).await;
    let second = bench.deploy(&plan, &router).await;
    let back = bench
        .engine
        .rollback(&first.execution, &router, &DeployOptions::default())
        .await
        .unwrap();
    assert_eq!(
        device(&first, "r2").outcome,
        DeviceOutcome::Changed,
        "{first:?}"
    );
    assert_eq!(device(&second, "r2").outcome, DeviceOutcome::AlreadyDone);
    assert!(
        device(&second, "r2").lines.is_empty(),
        "nothing is sent twice"
    );
    assert_eq!(device(&back, "r2").rollback, Some(RollbackOutcome::Exact));
}

#[tokio::test]
async fn a_router_that_somebody_else_changed_is_refused_and_so_is_its_rollback() {
    let lab = Lab::find();
    let (bench, router) = (Bench::new().await, [lab.router("r3")]);
    let plan = bench.plan(&router, with_route).await;
    lab.somebody_else("r3", &["ip route 203.0.113.128/25 Null0"]);
    let refused = bench.deploy(&plan, &router).await;
    lab.somebody_else("r3", &["no ip route 203.0.113.128/25 Null0"]);
    let report = device(&refused, "r3");
    assert_eq!(report.outcome, DeviceOutcome::Refused);
    assert_eq!(report.error.clone().unwrap().kind, ErrorKind::Drift);
    assert!(report.lines.is_empty(), "no byte of a change is sent");

    let done = bench.deploy(&plan, &router).await;
    lab.somebody_else("r3", &["ip route 203.0.113.128/25 Null0"]);
    let error = bench
        .engine
        .rollback(&done.execution, &router, &DeployOptions::default())
        .await
        .unwrap_err();
    lab.somebody_else("r3", &["no ip route 203.0.113.128/25 Null0"]);
    assert_eq!(error.kind(), ErrorKind::Drift);
    let back = bench
        .engine
        .rollback(&done.execution, &router, &DeployOptions::default())
        .await
        .unwrap();
    assert_eq!(device(&back, "r3").rollback, Some(RollbackOutcome::Exact));
}
