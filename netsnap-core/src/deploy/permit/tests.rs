use futures_util::future::join_all;

use super::*;
use crate::capture::CaptureOptions;
use crate::engine::{CheckPlanOptions, Netsnap, PlanTarget, PlanningOptions};
use crate::model::ExecutionStatus;
use crate::sim::SimulatedNetwork;
use crate::store::{NewExecution, Recorder};

const ROUTE: &str = "ip route 198.51.100.0/24 Null0";
const FOREIGN: &str = "ip route 203.0.113.0/24 Null0";

/// A router, a plan for it, and several that have the store open.
struct Bench {
    network: SimulatedNetwork,
    engines: Vec<Netsnap>,
    plan: Plan,
    folder: tempfile::TempDir,
}

impl Bench {
    /// What `FOLDER` stands for in the address of the store is new.
    async fn at(address: &str) -> Self {
        let network = SimulatedNetwork::ring(1).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let address = address.replace("FOLDER", folder.path().to_str().unwrap());
        let first = Netsnap::open(&address).await.unwrap();
        let second = match address.as_str() {
            "memory:" => first.clone(),
            address => Netsnap::open(address).await.unwrap(),
        };
        Self {
            plan: plan(&network, &first).await,
            network,
            engines: vec![first, second],
            folder,
        }
    }

    /// Carries the plan out many times at one moment, and says how each ended.
    async fn deploy_at_once(&self, options: &DeployOptions) -> Vec<Result<Deployment>> {
        let devices = &self.network.inventory().devices;
        let deploy = |number: usize| {
            let engine = &self.engines[number % self.engines.len()];
            engine.deploy(&self.plan.id, devices, options)
        };
        join_all((0..6).map(deploy)).await
    }

    fn typed(&self) -> usize {
        let commands = self.network.commands("r1").unwrap();
        commands.iter().filter(|line| *line == ROUTE).count()
    }

    async fn begin(&self) -> Recorder {
        let new = NewExecution::default();
        self.engines[0].begin(new).await.unwrap()
    }

    async fn deploy(&self) -> Result<Deployment> {
        let devices = self.network.inventory().devices;
        let options = DeployOptions::default();
        self.engines[0]
            .deploy(&self.plan.id, &devices, &options)
            .await
    }
}

async fn plan(network: &SimulatedNetwork, engine: &Netsnap) -> Plan {
    let devices = network.inventory().devices;
    let capture = engine.capture(&devices, &CaptureOptions::default()).await;
    let snapshot = capture.unwrap().snapshots.remove(0);
    let text = engine.snapshot_text(&snapshot.id).await.unwrap();
    let target = PlanTarget {
        device: snapshot.subject,
        intended: text.replace("\nend\n", &format!("\n{ROUTE}\n!\nend\n")),
        snapshot: None,
    };
    let plan = engine.plan(&[target], &PlanningOptions::default()).await;
    plan.unwrap()
}

const STORES: [&str; 3] = ["memory:", "FOLDER/store", "sqlite:FOLDER/runs.db"];

fn kinds(ended: &[Result<Deployment>]) -> Vec<ErrorKind> {
    let refused = ended.iter().filter_map(|one| one.as_ref().err());
    refused.map(Error::kind).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_carry_a_plan_out_at_one_moment_one_does() {
    for store in STORES {
        let bench = Bench::at(store).await;
        let ended = bench.deploy_at_once(&DeployOptions::default()).await;
        let refused = kinds(&ended);
        assert_eq!(refused.len(), 5, "{store}: {ended:?}");
        let are_told = refused
            .iter()
            .all(|kind| matches!(kind, ErrorKind::Conflict | ErrorKind::PlanUsed));
        assert!(are_told, "{store}: {refused:?}");
        assert_eq!(bench.typed(), 1, "{store}");
        let again = bench.deploy().await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::PlanUsed, "{store}");
        drop(bench.folder);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_plan_that_was_refused_is_still_carried_out_once() {
    for store in STORES {
        let bench = Bench::at(store).await;
        let router = bench.network.device("r1").unwrap();
        router.type_line(FOREIGN);
        let refused = bench.deploy().await.unwrap();
        assert!(changed_nothing(&refused), "{store}: {refused:?}");
        router.type_line(&format!("no {FOREIGN}"));
        let ended = bench.deploy_at_once(&DeployOptions::default()).await;
        assert_eq!(kinds(&ended).len(), 5, "{store}: {ended:?}");
        assert_eq!(bench.typed(), 1, "{store}");
    }
}

/// A run can end between its turn and its first word about what it carries out.
#[tokio::test]
async fn a_turn_counts_as_long_as_its_run_goes_on() {
    let bench = Bench::at("memory:").await;
    let run = bench.begin().await;
    let context = &bench.engines[0].context;
    let taken = record::take_turn(context, &bench.plan.id, 1, run.id()).await;
    taken.unwrap();
    let error = bench.deploy().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(error.report().context["execution"], run.id().to_string());
    run.finish(ExecutionStatus::Failed, None).await.unwrap();
    assert!(bench.deploy().await.unwrap().succeeded());
}

#[tokio::test]
async fn a_device_that_is_not_given_is_reported_by_the_verb_that_misses_it() {
    let bench = Bench::at("memory:").await;
    let (engine, plan) = (&bench.engines[0], &bench.plan.id);
    let mut devices = bench.network.inventory().devices;
    devices[0].name = "r1x".into();
    let verb = |error: Error| error.report().operation;
    let (asked, sent) = (CheckPlanOptions::default(), DeployOptions::default());
    let checked = engine.check_plan(plan, &devices, &asked).await;
    assert_eq!(verb(checked.unwrap_err()), "check_plan");
    let deployed = engine.deploy(plan, &devices, &sent).await;
    assert_eq!(verb(deployed.unwrap_err()), "deploy");
}
