//! A controlling process that is killed at any point leaves devices that another process takes back exactly.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use netsnap_core::deploy::DeployOptions;
use netsnap_core::model::{ExecutionKind, ExecutionStatus, Plan};
use netsnap_core::{ErrorKind, Netsnap};
use netsnap_tests::change::with_more;
use netsnap_tests::{Bed, Job, eventually};

const THIS: &str = "kill::a_killed_deployment_is_taken_back_from_another_process";
const ROUNDS: usize = 8;

/// Counts the lines that devices have received.
fn received(bed: &Bed) -> usize {
    let count = |number| bed.network.commands(&format!("r{number}")).unwrap().len();
    (1..=3).map(count).sum()
}

/// Deploys in another process, and kills that when the devices have received so many more lines.
async fn deploy_and_kill(bed: &Bed, plan: &Plan, lines: usize) {
    let goal = received(bed) + lines;
    let mut child = Job::command(bed, THIS, &plan.id.to_string())
        .spawn()
        .unwrap();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            break;
        }
        if received(bed) >= goal {
            child.kill().await.unwrap();
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    eventually("its sockets are closed", || {
        bed.network.connections().open == 0
    })
    .await;
}

/// Opens the store anew, as the next process would, and takes back what the killed one had begun.
async fn take_back(bed: &Bed, known: &mut BTreeSet<String>) {
    let store = bed.folder.path().join("store");
    let engine = Netsnap::open(store.to_str().unwrap()).await.unwrap();
    let runs = engine.list_executions(&Default::default()).await.unwrap();
    let is_new = |run: &&_| is_deployment(run) && !known.contains(run.id.as_str());
    let Some(run) = runs.items.iter().find(is_new) else {
        return bed.assert_as_before();
    };
    known.insert(run.id.to_string());
    use ExecutionStatus::{Interrupted, Succeeded};
    assert!(matches!(run.status, Interrupted | Succeeded), "{run:?}");
    let options = DeployOptions::default();
    match engine.rollback(&run.id, &bed.devices(), &options).await {
        Ok(back) => assert!(back.succeeded(), "{back:?}"),
        // Killed before it had written down what it was about to do.
        Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}"),
    }
    bed.assert_as_before();
}

fn is_deployment(run: &netsnap_core::model::Execution) -> bool {
    run.kind == ExecutionKind::Deploy
}

/// The killed process.
async fn carry_out(job: Job) {
    let engine = Netsnap::open(&job.store).await.unwrap();
    let plan = job.what.parse().unwrap();
    let mut options = DeployOptions::default();
    // The same plan is carried out and taken back again and again.
    options.allow_reuse = true;
    let deployment = engine.deploy(&plan, &job.devices, &options).await.unwrap();
    assert!(deployment.succeeded(), "{deployment:?}");
}

#[tokio::test]
async fn a_killed_deployment_is_taken_back_from_another_process() {
    if let Some(job) = Job::of_this_process() {
        return carry_out(job).await;
    }
    let bed = Bed::ring(3).await;
    let plan = bed.plan(&bed.devices(), with_more).await;
    let (before, mut known) = (received(&bed), BTreeSet::new());
    deploy_and_kill(&bed, &plan, usize::MAX / 2).await;
    let whole = received(&bed) - before;
    assert!(
        bed.network
            .running("r3")
            .unwrap()
            .contains("203.0.113.0/24")
    );
    take_back(&bed, &mut known).await;
    for _ in 0..ROUNDS {
        let lines = usize::try_from(RandomState::new().hash_one(()) % whole as u64).unwrap();
        eprintln!("killed behind line {lines} of {whole}");
        deploy_and_kill(&bed, &plan, lines).await;
        take_back(&bed, &mut known).await;
    }
    assert!(known.len() > 1, "no kill came in time");
    bed.assert_clean().await;
}
