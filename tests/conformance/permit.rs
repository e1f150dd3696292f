//! A plan is carried out once, in its time, by those who may; and before that a device can be asked whether it would get through.

use std::time::Duration;

use netsnap_core::deploy::DeployOptions;
use netsnap_core::engine::{
    ApproveOptions, CheckPlanOptions, PlanFormat, PlanningOptions, ShowPlanOptions,
};
use netsnap_core::model::{
    DeviceOutcome, ExecutionKind, ExecutionStatus, LiveCheckKind, LiveStatus, Plan, Secret,
};
use netsnap_core::store::audit::{AuditAction, AuditOptions};
use netsnap_core::{Error, ErrorKind};
use netsnap_tests::Bed;
use netsnap_tests::change::{with_global, with_route};

async fn refusal(bed: &Bed, plan: &Plan, options: &DeployOptions) -> Error {
    let refused = bed.engine.deploy(&plan.id, &bed.devices(), options).await;
    let error = refused.expect_err("refused");
    assert!(error.report().hint.is_some(), "no hint: {error:?}");
    error
}

#[tokio::test]
async fn a_plan_whose_time_is_over_is_refused_before_a_device_is_asked() {
    let bed = Bed::ring(1).await;
    let options = PlanningOptions {
        expires_in: Some(Duration::ZERO),
        ..PlanningOptions::default()
    };
    let plan = bed.plan_with(&bed.devices(), with_route, &options).await;
    let error = refusal(&bed, &plan, &DeployOptions::default()).await;
    assert_eq!(error.kind(), ErrorKind::PlanExpired);
    assert_eq!(bed.network.connections().accepted, 1, "the capture alone");
}

#[tokio::test]
async fn an_approval_counts_for_its_own_plan_alone_and_is_audited() {
    let bed = Bed::ring(1).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let other = bed
        .plan(&bed.devices(), |text| {
            with_global(text, "ip route 198.51.100.0/24 Null0")
        })
        .await;
    let approve = ApproveOptions {
        actor: "anna".to_owned(),
        reason: Some("CHG-1, password tiger42".to_owned()),
    };
    bed.engine.approve_plan(&other.id, &approve).await.unwrap();
    let mut options = DeployOptions::default();
    options.require_approval = true;
    let error = refusal(&bed, &plan, &options).await;
    assert_eq!(error.kind(), ErrorKind::PlanNotApproved);
    assert!(bed.is_untouched());

    let approval = bed.engine.approve_plan(&plan.id, &approve).await.unwrap();
    assert_eq!((approval.plan, approval.actor.as_str()), (plan.id, "anna"));
    assert!(!format!("{approval:?}").contains("tiger42"));
    let told = AuditOptions {
        object_type: Some("plan".to_owned()),
        object_id: Some(plan.id.to_string()),
        ..AuditOptions::default()
    };
    let entries = bed.engine.audit(&told).await.unwrap().items;
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].action, entries[0].actor.as_str()),
        (AuditAction::Approve, "anna")
    );
    let done = bed.engine.deploy(&plan.id, &bed.devices(), &options).await;
    assert!(done.unwrap().succeeded());
    let options = ShowPlanOptions {
        format: PlanFormat::Markdown,
        ..ShowPlanOptions::default()
    };
    let page = bed.engine.show_plan(&plan.id, &options).await.unwrap();
    assert!(
        page.contains("## Approved") && page.contains("anna"),
        "{page}"
    );
}

#[tokio::test]
async fn a_plan_that_was_carried_out_is_not_carried_out_again_unless_that_is_asked_for() {
    let bed = Bed::ring(2).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let first = bed.deploy(&plan, &bed.devices()).await;
    let before = bed.network.connections().accepted;
    let error = refusal(&bed, &plan, &DeployOptions::default()).await;
    assert_eq!(error.kind(), ErrorKind::PlanUsed);
    assert_eq!(
        error.report().context["execution"],
        first.execution.to_string()
    );
    assert_eq!(
        bed.network.connections().accepted,
        before,
        "no device is asked"
    );
    let mut options = DeployOptions::default();
    options.allow_reuse = true;
    let second = bed.engine.deploy(&plan.id, &bed.devices(), &options).await;
    let done = |report: &netsnap_core::model::DeviceDeployment| {
        report.outcome == DeviceOutcome::AlreadyDone
    };
    assert!(second.unwrap().devices.iter().all(done));
}

#[tokio::test]
async fn a_plan_that_changed_nothing_may_be_tried_again() {
    let bed = Bed::ring(1).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let foreign = "ip route 203.0.113.128/25 Null0";
    bed.somebody_else("r1", foreign);
    let refused = bed.deploy(&plan, &bed.devices()).await;
    assert_eq!(refused.devices[0].outcome, DeviceOutcome::Refused);
    bed.somebody_else("r1", &format!("no {foreign}"));
    assert!(bed.deploy(&plan, &bed.devices()).await.succeeded());
}

#[tokio::test]
async fn devices_are_asked_whether_a_plan_would_get_through_and_none_is_changed() {
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let asked = CheckPlanOptions::default();
    let well = bed
        .engine
        .check_plan(&plan.id, &bed.devices(), &asked)
        .await
        .unwrap();
    assert!(well.passed, "{well:?}");
    assert_eq!(well.live.len(), 12);
    let run = bed
        .engine
        .execution(&well.execution.unwrap())
        .await
        .unwrap();
    assert_eq!(
        (run.kind, run.status),
        (ExecutionKind::Check, ExecutionStatus::Succeeded)
    );
    bed.assert_as_before();

    bed.somebody_else("r2", "ip route 203.0.113.128/25 Null0");
    let mut devices = bed.devices();
    devices.retain(|device| device.name != "r3");
    let mut away = bed.device("r3");
    away.port = 1;
    devices.push(away);
    let ill = bed
        .engine
        .check_plan(&plan.id, &devices, &asked)
        .await
        .unwrap();
    let status = |device: &str, check| {
        let row = ill
            .live
            .iter()
            .find(|row| row.device == device && row.check == check);
        row.unwrap().status
    };
    assert!(!ill.passed);
    assert_eq!(status("r1", LiveCheckKind::Drift), LiveStatus::Passed);
    assert_eq!(status("r2", LiveCheckKind::Privilege), LiveStatus::Passed);
    assert_eq!(status("r2", LiveCheckKind::Drift), LiveStatus::Failed);
    assert_eq!(
        status("r3", LiveCheckKind::Reachability),
        LiveStatus::Failed
    );
    assert_eq!(status("r3", LiveCheckKind::Drift), LiveStatus::Skipped);
    let run = bed.engine.execution(&ill.execution.unwrap()).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Partial);
}

#[tokio::test]
async fn a_wrong_password_fails_the_login_and_not_the_reachability() {
    let bed = Bed::ring(1).await;
    let plan = bed.plan(&bed.devices(), with_route).await;
    let mut device = bed.device("r1");
    device.password = Some(Secret::Literal("not this one".to_owned()));
    let asked = CheckPlanOptions::default();
    let found = bed
        .engine
        .check_plan(&plan.id, &[device], &asked)
        .await
        .unwrap();
    let statuses: Vec<LiveStatus> = found.live.iter().map(|row| row.status).collect();
    use LiveStatus::{Failed, Passed, Skipped};
    assert_eq!(statuses, [Passed, Failed, Skipped, Skipped], "{found:?}");
    let error = found.live[1].error.as_ref().unwrap();
    assert_eq!(error.kind, ErrorKind::AuthenticationRejected);
}

#[tokio::test]
async fn a_second_plan_knows_how_long_the_first_one_took() {
    let bed = Bed::ring(2).await;
    let first = bed.plan(&bed.devices(), with_route).await;
    assert!(first.waves.iter().all(|wave| wave.estimate.is_none()));
    let done = bed.deploy(&first, &bed.devices()).await;
    assert!(done.devices.iter().all(|device| device.duration_us > 0));
    let change = |text: &str| with_global(text, "ip route 198.51.100.0/24 Null0");
    let second = bed.plan(&bed.devices(), change).await;
    for wave in &second.waves {
        let estimate = wave.estimate.as_ref().expect("the first one was recorded");
        assert_eq!(
            (estimate.basis[0].platform.as_str(), estimate.basis[0].runs),
            ("frr", 2)
        );
        assert!(estimate.duration_ms >= estimate.basis[0].p50_ms);
    }
    let found = bed.engine.validate_plan(&second.id).await.unwrap();
    assert_eq!((found.plan, found.passed), (second.id, true));
}
