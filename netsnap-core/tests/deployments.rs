//! What becomes of devices when a deployment does not go as meant: nobody waits any more, a neighbour fails, the store fails,
//! somebody else types.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

use std::time::Duration;

use netsnap_core::capture::CaptureOptions;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::engine::{CheckPlanOptions, PlanTarget, PlanningOptions};
use netsnap_core::event::{EventKind, LiveEvent};
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{
    Deployment, DeviceOutcome, ExecutionStatus, Inventory, LiveStatus, Plan,
};
use netsnap_core::plan::Canary;
use netsnap_core::sim::{DeviceBehavior, Fault, SimulatedNetwork};
use netsnap_core::{ErrorKind, Netsnap};
use tokio::sync::broadcast;

/// Simulated routers, and an engine on a folder.
struct Bench {
    network: SimulatedNetwork,
    inventory: Inventory,
    engine: Netsnap,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new(routers: usize) -> Self {
        let network = SimulatedNetwork::ring(routers).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = Netsnap::open(folder.path().to_str().unwrap())
            .await
            .unwrap();
        Self {
            inventory: network.inventory(),
            network,
            engine,
            folder,
        }
    }

    /// Plans two new lines for every router.
    async fn plan(&self, options: &PlanningOptions) -> Plan {
        let devices = &self.inventory.devices;
        let capture = self
            .engine
            .capture(devices, &CaptureOptions::default())
            .await
            .unwrap();
        let mut targets = Vec::new();
        for snapshot in capture.snapshots {
            let text = self.engine.snapshot_text(&snapshot.id).await.unwrap();
            targets.push(PlanTarget {
                device: snapshot.subject,
                intended: changed(&text),
                snapshot: None,
            });
        }
        self.engine.plan(&targets, options).await.unwrap()
    }

    async fn deploy(&self, plan: &Plan, options: &DeployOptions) -> Deployment {
        self.engine
            .deploy(&plan.id, &self.inventory.devices, options)
            .await
            .unwrap()
    }

    fn behave(&self, router: &str, behavior: DeviceBehavior) {
        self.network.device(router).unwrap().behave(behavior);
    }

    fn running(&self, router: &str) -> String {
        self.network.running(router).unwrap()
    }

    /// Waits until a run has ended.
    async fn ended(&self, id: &ExecutionId) -> ExecutionStatus {
        loop {
            let status = self.engine.execution(id).await.unwrap().status;
            if status.is_terminal() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

const LIST: &str = "ip prefix-list REVIEW seq 5 permit 198.51.100.0/24";
const ROUTE: &str = "ip route 198.51.100.0/24 Null0";

fn changed(text: &str) -> String {
    text.replace("\nend\n", &format!("\n{ROUTE}\n!\n{LIST}\n!\nend\n"))
}

fn in_waves_of(size: usize) -> PlanningOptions {
    PlanningOptions {
        wave_size: Some(size),
        canary: Canary::Nobody,
        ..PlanningOptions::default()
    }
}

fn slow() -> DeviceBehavior {
    DeviceBehavior {
        delay: Duration::from_millis(20),
        ..DeviceBehavior::default()
    }
}

fn with(fault: Fault) -> DeviceBehavior {
    DeviceBehavior {
        faults: vec![fault],
        ..DeviceBehavior::default()
    }
}

fn rejecting(line: &str) -> DeviceBehavior {
    with(Fault::Reject {
        line: line.to_owned(),
        message: "% Unknown command".to_owned(),
    })
}

async fn next(events: &mut broadcast::Receiver<LiveEvent>, kind: EventKind) -> ExecutionId {
    loop {
        let live = events.recv().await.unwrap();
        if live.event.kind == kind {
            return live.execution;
        }
    }
}

#[tokio::test]
async fn a_deployment_that_nobody_waits_for_finishes_the_device_it_has_begun_and_begins_no_other() {
    let bench = Bench::new(2).await;
    let plan = bench.plan(&in_waves_of(1)).await;
    let before = bench.running("r2");
    bench.behave("r1", slow());
    let mut events = bench.engine.watch();
    let (engine, devices) = (bench.engine.clone(), bench.inventory.devices.clone());
    let waiting = tokio::spawn(async move {
        engine
            .deploy(&plan.id, &devices, &DeployOptions::default())
            .await
    });
    let run = next(&mut events, EventKind::LineIntended).await;
    waiting.abort();
    assert_eq!(bench.ended(&run).await, ExecutionStatus::Cancelled);
    let deployment = bench.engine.deployment(&run).await.unwrap();
    let outcomes: Vec<_> = deployment.devices.iter().map(|d| d.outcome).collect();
    assert_eq!(outcomes, [DeviceOutcome::Changed, DeviceOutcome::Skipped]);
    assert!(bench.running("r1").contains(LIST) && bench.running("r1").contains(ROUTE));
    assert_eq!(bench.running("r2"), before);
    while bench.network.connections().open > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_failing_device_keeps_the_waiting_ones_of_its_wave_from_beginning() {
    let bench = Bench::new(3).await;
    let plan = bench.plan(&in_waves_of(3)).await;
    bench.behave("r1", rejecting(LIST));
    let mut options = DeployOptions::default();
    options.in_flight = 1;
    let done = bench.deploy(&plan, &options).await;
    let outcomes: Vec<_> = done.devices.iter().map(|d| d.outcome).collect();
    assert_eq!(outcomes[0], DeviceOutcome::RolledBack);
    assert_eq!(outcomes[1..], [DeviceOutcome::Skipped; 2]);
    for router in ["r1", "r2", "r3"] {
        assert!(!bench.running(router).contains("REVIEW"));
    }
}

#[tokio::test]
async fn a_rollback_leaves_a_device_alone_that_the_deployment_refused_to_touch() {
    let bench = Bench::new(2).await;
    let plan = bench.plan(&in_waves_of(1)).await;
    let (engine, devices) = (&bench.engine, &bench.inventory.devices);
    bench.behave("r1", slow());
    let mut events = engine.watch();
    let options = DeployOptions::default();
    let meddle = async {
        next(&mut events, EventKind::LineIntended).await;
        let somebody_else = bench.network.device("r2").unwrap();
        somebody_else.type_line("ip route 203.0.113.0/24 Null0");
    };
    let (deployed, ()) = tokio::join!(engine.deploy(&plan.id, devices, &options), meddle);
    let deployed = deployed.unwrap();
    assert_eq!(deployed.devices[1].outcome, DeviceOutcome::Refused);
    let back = engine
        .rollback(&deployed.execution, devices, &options)
        .await
        .unwrap();
    assert!(back.succeeded(), "{back:?}");
    assert!(!bench.running("r1").contains("REVIEW"));
    assert!(bench.running("r2").contains("203.0.113.0/24"));
}

#[tokio::test]
async fn a_deployment_that_still_sends_is_not_taken_back() {
    let bench = Bench::new(1).await;
    let plan = bench.plan(&in_waves_of(1)).await;
    let (engine, devices) = (&bench.engine, &bench.inventory.devices);
    bench.behave("r1", slow());
    let mut events = engine.watch();
    let options = DeployOptions::default();
    let take_back = async {
        let run = next(&mut events, EventKind::LineIntended).await;
        engine.rollback(&run, devices, &options).await
    };
    let (deployed, back) = tokio::join!(engine.deploy(&plan.id, devices, &options), take_back);
    assert_eq!(back.unwrap_err().kind(), ErrorKind::Conflict);
    assert!(deployed.unwrap().succeeded());
}

#[tokio::test]
async fn a_store_that_fails_half_way_does_not_keep_the_device_from_coming_back() {
    let bench = Bench::new(1).await;
    let plan = bench.plan(&in_waves_of(1)).await;
    let before = bench.running("r1");
    bench.behave("r1", slow());
    let mut events = bench.engine.watch();
    let options = DeployOptions::default();
    let lose_the_disk = async {
        let run = next(&mut events, EventKind::LineAnswered).await;
        let folder = bench.folder.path().join("executions").join(run.as_str());
        std::fs::rename(&folder, bench.folder.path().join("lost")).unwrap();
    };
    let devices = &bench.inventory.devices;
    let (deployed, ()) = tokio::join!(
        bench.engine.deploy(&plan.id, devices, &options),
        lose_the_disk
    );
    assert!(
        deployed.is_err(),
        "a run that cannot be recorded is no success"
    );
    assert!(
        bench
            .network
            .commands("r1")
            .unwrap()
            .iter()
            .any(|line| line == ROUTE || line == LIST)
    );
    assert_eq!(bench.running("r1"), before);
}

#[tokio::test]
async fn a_device_found_at_its_target_is_saved_too() {
    let bench = Bench::new(1).await;
    let plan = bench.plan(&in_waves_of(1)).await;
    let router = bench.network.device("r1").unwrap();
    router.type_line(&format!("{ROUTE}\n{LIST}"));
    let done = bench.deploy(&plan, &DeployOptions::default()).await;
    assert_eq!(done.devices[0].outcome, DeviceOutcome::AlreadyDone);
    assert!(done.devices[0].saved);
    assert_eq!(router.startup(), router.running());
}

#[tokio::test]
async fn a_device_that_does_not_save_makes_the_run_no_success() {
    let bench = Bench::new(1).await;
    let plan = bench.plan(&in_waves_of(1)).await;
    bench.behave("r1", rejecting("write memory"));
    let done = bench.deploy(&plan, &DeployOptions::default()).await;
    assert_eq!(done.devices[0].outcome, DeviceOutcome::Changed);
    let run = bench.engine.execution(&done.execution).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Partial);
}

/// What the live checks of a plan say of a device: the status of reachability, login, privilege and drift, and the kind of the first error.
async fn checked(bench: &Bench, plan: &Plan, router: &str) -> (String, Option<ErrorKind>) {
    let validation = bench
        .engine
        .check_plan(
            &plan.id,
            &bench.inventory.devices,
            &CheckPlanOptions::default(),
        )
        .await
        .unwrap();
    let rows: Vec<_> = validation
        .live
        .iter()
        .filter(|row| row.device == router)
        .collect();
    let said: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {:?}", row.check.as_str(), row.status))
        .collect();
    let failed = rows.iter().any(|row| row.status == LiveStatus::Failed);
    assert_eq!(
        validation.passed,
        !validation
            .live
            .iter()
            .any(|row| row.status != LiveStatus::Passed)
    );
    let error = rows.iter().find_map(|row| row.error.as_ref());
    assert_eq!(error.is_some(), failed, "what failed says why");
    (said.join(", "), error.map(|error| error.kind))
}

#[tokio::test]
async fn the_checks_of_a_plan_tell_what_would_stop_it_and_change_nothing() {
    let bench = Bench::new(2).await;
    let plan = bench.plan(&PlanningOptions::default()).await;
    let before = bench.running("r1");
    let sound = "reachability Passed, login Passed, privilege Passed, drift Passed".to_owned();
    assert_eq!(checked(&bench, &plan, "r1").await, (sound.clone(), None));

    bench.behave("r1", rejecting("configure terminal"));
    let (said, kind) = checked(&bench, &plan, "r1").await;
    assert_eq!(said, sound.replace("privilege Passed", "privilege Failed"));
    assert_eq!(kind, Some(ErrorKind::CommandRejected));
    assert_eq!(
        checked(&bench, &plan, "r2").await.0,
        sound,
        "one device says nothing of another"
    );

    bench.behave("r1", with(Fault::RefuseAuthentication));
    let (said, kind) = checked(&bench, &plan, "r1").await;
    assert_eq!(
        said,
        "reachability Passed, login Failed, privilege Skipped, drift Skipped"
    );
    assert_eq!(kind, Some(ErrorKind::AuthenticationRejected));

    bench.behave("r1", DeviceBehavior::default());
    assert_eq!(bench.running("r1"), before);
}
