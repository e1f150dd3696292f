//! The whole ring: collect, capture, plan, deploy in waves, roll back, report; on files and in a database.

use futures_util::StreamExt;
use netsnap_core::collect::CollectOptions;
use netsnap_core::engine::PlanningOptions;
use netsnap_core::event::{Event, EventKind};
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{
    Deployment, DeviceOutcome, ExecutionKind, ExecutionStatus, RollbackOutcome,
};
use netsnap_core::plan::Canary;
use netsnap_core::sim::Topology;
use netsnap_tests::change::with_more;
use netsnap_tests::{Bed, Bench};

async fn deploy_in_two_waves(bed: &Bed) -> Deployment {
    let options = PlanningOptions {
        wave_size: Some(2),
        canary: Canary::Nobody,
        ..PlanningOptions::default()
    };
    let plan = bed.plan_with(&bed.devices(), with_more, &options).await;
    let waves: Vec<_> = plan
        .waves
        .iter()
        .map(|wave| wave.devices.join(" "))
        .collect();
    assert_eq!(waves, ["r1 r2", "r3 r4"]);
    assert!(plan.is_proven(), "{plan:?}");
    let deployment = bed.deploy(&plan, &bed.devices()).await;
    for report in &deployment.devices {
        assert_eq!(
            (report.outcome, report.saved),
            (DeviceOutcome::Changed, true)
        );
        let handle = bed.network.device(&report.device).unwrap();
        assert!(handle.running().contains("ip route 203.0.113.0/24 Null0"));
        assert_eq!(handle.startup(), handle.running());
    }
    deployment
}

/// Listens for the first deployment, and follows it live to its end.
fn follow(bed: &Bed) -> tokio::task::JoinHandle<(ExecutionId, Vec<Event>)> {
    let (engine, mut live) = (bed.engine.clone(), bed.engine.watch());
    tokio::spawn(async move {
        loop {
            let run = live.recv().await.unwrap().execution;
            if engine.execution(&run).await.unwrap().kind == ExecutionKind::Deploy {
                let events = engine.follow(&run, 1).map(Result::unwrap).collect().await;
                return (run, events);
            }
        }
    })
}

async fn assert_told(bed: &Bed, run: &ExecutionId, followed: &[Event]) {
    let stored = bed.engine.events(run, 1, 100_000).await.unwrap();
    assert_eq!(followed, stored);
    let dense = stored
        .iter()
        .zip(1..)
        .all(|(event, at)| event.sequence == at);
    assert!(dense);
    let position = |kind: EventKind, nth: usize| {
        let mut of = stored.iter().filter(|event| event.kind == kind);
        of.nth(nth).expect("such an event").sequence
    };
    assert!(position(EventKind::WaveFinished, 0) < position(EventKind::WaveStarted, 1));
    assert!(position(EventKind::WaveFinished, 1) < position(EventKind::Saved, 0));
    assert_eq!(stored.last().unwrap().kind, EventKind::ExecutionFinished);
}

async fn ring(url: &str) {
    let bed = Bed::of(Topology::ring(4), Bench::at(url).await).await;
    let commands = ["show version".to_owned()];
    let run = bed
        .engine
        .collect(&bed.devices(), &commands, &CollectOptions::default())
        .await
        .unwrap();
    assert_eq!(run.execution.status, ExecutionStatus::Succeeded);
    let following = follow(&bed);
    let deployment = deploy_in_two_waves(&bed).await;
    let (followed, events) = following.await.unwrap();
    assert_eq!(followed, deployment.execution);
    assert_told(&bed, &followed, &events).await;
    assert_eq!(bed.engine.deployment(&followed).await.unwrap(), deployment);

    let back = bed.roll_back(&deployment, &bed.devices()).await;
    for report in &back.devices {
        assert_eq!(report.rollback, Some(RollbackOutcome::Exact), "{report:?}");
    }
    bed.assert_as_before();
    let page = bed.engine.report(&[followed.clone(), back.execution]).await;
    assert!(page.unwrap().contains(followed.as_str()));
    assert_reopens(&bed, url, &deployment).await;
    bed.assert_clean().await;
}

/// What one engine recorded, the next one reads.
async fn assert_reopens(bed: &Bed, url: &str, deployment: &Deployment) {
    let url = url.replace("{}", bed.folder.path().to_str().unwrap());
    let again = netsnap_core::Netsnap::open(&url).await.unwrap();
    let runs = again
        .list_executions(&Default::default())
        .await
        .unwrap()
        .items;
    let kinds: Vec<_> = runs.iter().rev().map(|run| run.kind).collect();
    use ExecutionKind::{Capture, Collect, Deploy, Plan, Rollback};
    assert_eq!(kinds, [Collect, Capture, Plan, Deploy, Rollback]);
    let read = again.deployment(&deployment.execution).await.unwrap();
    assert_eq!(&read, deployment);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ring_closes_on_files() {
    ring("{}/store").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ring_closes_in_a_database() {
    ring("sqlite:{}/runs.db").await;
}
