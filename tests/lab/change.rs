//! Changes on real routers that do not go as meant.

use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::model::{DeviceOutcome, RollbackOutcome};
use netsnap_tests::change::{in_section, with_global, with_route};
use netsnap_tests::{Bench, device};

use crate::script::Lab;

#[tokio::test]
async fn an_error_without_a_percent_sign_halfway_brings_the_router_back() {
    let lab = Lab::take();
    let (bench, router) = (Bench::new().await, [lab.router("r1")]);
    let before = bench.texts(&router).await["r1"].clone();
    // bgpd does not run in the lab, which only the router can know.
    let bgp = "router bgp 65000\n bgp router-id 192.0.2.1\nexit";
    let plan = bench
        .plan(&router, |text| with_global(&with_route(text), bgp))
        .await;
    let deployment = bench.deploy(&plan, &router).await;
    let report = device(&deployment, "r1");
    let error = report.error.clone().expect("the router refuses");
    assert_eq!(error.kind, ErrorKind::CommandRejected, "{report:?}");
    assert_eq!(report.outcome, DeviceOutcome::RolledBack);
    assert!(error.context["answer"].contains("bgpd is not running"));
    assert_eq!(report.rollback, Some(RollbackOutcome::Exact));
    assert_eq!(bench.texts(&router).await["r1"], before);
    bench.assert_nothing_half_written();
}

#[tokio::test]
async fn a_plan_applied_twice_is_already_done_and_goes_back_once() {
    let lab = Lab::take();
    let (bench, router) = (Bench::new().await, [lab.router("r2")]);
    let plan = bench.plan(&router, with_route).await;
    let first = bench.deploy(&plan, &router).await;
    let second = bench.deploy_again(&plan, &router).await;
    let back = bench.roll_back(&first, &router).await;
    let report = device(&first, "r2");
    assert_eq!(report.outcome, DeviceOutcome::Changed, "{report:?}");
    let report = device(&second, "r2");
    assert_eq!(report.outcome, DeviceOutcome::AlreadyDone);
    assert!(report.lines.is_empty(), "nothing is sent twice");
    assert_eq!(device(&back, "r2").rollback, Some(RollbackOutcome::Exact));
}

#[tokio::test]
async fn a_router_that_somebody_else_changed_is_refused_and_so_is_its_rollback() {
    const FOREIGN: &str = "ip route 203.0.113.128/25 Null0";
    let mut lab = Lab::take();
    let (bench, router) = (Bench::new().await, [lab.router("r3")]);
    let plan = bench.plan(&router, with_route).await;
    lab.somebody_else("r3", FOREIGN);
    let refused = bench.deploy(&plan, &router).await;
    lab.nobody_else();
    let report = device(&refused, "r3");
    assert_eq!(report.outcome, DeviceOutcome::Refused);
    assert_eq!(report.error.clone().unwrap().kind, ErrorKind::Drift);
    assert!(report.lines.is_empty(), "no byte of a change is sent");

    let done = bench.deploy(&plan, &router).await;
    lab.somebody_else("r3", FOREIGN);
    let options = DeployOptions::default();
    let refused = bench.engine.rollback(&done.execution, &router, &options);
    let refused = refused.await;
    lab.nobody_else();
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Drift);
    let back = bench.roll_back(&done, &router).await;
    assert_eq!(device(&back, "r3").rollback, Some(RollbackOutcome::Exact));
}

#[tokio::test]
async fn a_change_that_costs_a_neighbour_is_taken_back() {
    let lab = Lab::take();
    let (bench, router) = (Bench::new().await, [lab.router("r4")]);
    let before = bench.texts(&router).await["r4"].clone();
    let shut = |text: &str| in_section(text, "interface eth1", " shutdown");
    let plan = bench.plan(&router, shut).await;
    let mut options = DeployOptions::default();
    options.check_timeout = Duration::from_secs(3);
    let deployment = bench.engine.deploy(&plan.id, &router, &options).await;
    let after = bench.texts(&router).await["r4"].clone();
    lab.run(&["wait"]);
    let deployment = deployment.unwrap();
    let report = device(&deployment, "r4");
    assert_eq!(report.error.clone().unwrap().kind, ErrorKind::CheckFailed);
    assert_eq!(report.outcome, DeviceOutcome::RolledBack, "{report:?}");
    assert_eq!(after, before);
}
