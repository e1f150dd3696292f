//! What is the same when a run is done once more, and what did it bring?

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::sync::broadcast;

use super::super::{Store, fails_with, output};
use super::rerun::past;
use crate::collect::CollectOptions;
use crate::engine::{DeployOptions, Netsnap, RerunOptions};
use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::id::Digest;
use crate::model::{
    Device, DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionKind, ExecutionStatus,
};
use crate::platform::Platform;
use crate::rerun::{Pace, Scope, replay};
use crate::store::audit::LOG;
use crate::store::{Durability, NewExecution, Recorder};
use crate::transport::{Limits, Session, Transport};

/// What a device showed that was captured.
const RUNNING: &[u8] = b"!\nhostname r1\n!\nend\n";

fn devices(names: &[&str]) -> Vec<Device> {
    let one = |name: &&str| {
        let device =
            json!({"name": name, "host": "192.0.2.1", "username": "a", "platform": "cisco_ios"});
        serde_json::from_value(device).unwrap()
    };
    names.iter().map(one).collect()
}

/// A capture in which r1 answered and r2 was not reached.
async fn captured(store: &Store) -> Execution {
    let device = |name: &str| DeviceSummary {
        id: name.to_owned(),
        name: name.to_owned(),
        ip: "192.0.2.1".into(),
        platform: Some("cisco_ios".into()),
    };
    let new = NewExecution {
        kind: ExecutionKind::Capture,
        name: "of then".into(),
        devices: ["r1", "r2"].map(device).into(),
        ..NewExecution::default()
    };
    let (bus, _) = broadcast::channel(16);
    let recorder = Recorder::begin(Arc::clone(store), new, bus).await.unwrap();
    let connected = NewEvent::new(EventKind::Connected, "r1").on("r1");
    recorder
        .event(connected, Durability::Batched)
        .await
        .unwrap();
    let shown = output("r1", "show running-config", RUNNING);
    recorder.output(shown).await.unwrap();
    let results = [
        DeviceResult::new("r1", DeviceStatus::Ok),
        DeviceResult::new("r2", DeviceStatus::Unreachable),
    ];
    recorder.device_results(&results).await.unwrap();
    recorder
        .finish(ExecutionStatus::Partial, None)
        .await
        .unwrap()
}

async fn engine(store: &Store, run: &Execution) -> Netsnap {
    let past = replay(Arc::clone(store), &run.id, Pace::AtOnce);
    Netsnap::new(Arc::clone(store), Arc::new(past.await.unwrap()))
}

/// A capture is done once more: it takes snapshots of its own, under the name of then.
pub async fn a_capture_is_done_once_more(store: Store) {
    let run = captured(&store).await;
    let engine = engine(&store, &run).await;
    let options = RerunOptions {
        scope: Scope::Devices(vec!["r1".into()]),
        ..RerunOptions::default()
    };
    let inventory = devices(&["r1"]);
    let again = engine.rerun(&run.id, &inventory, &options).await.unwrap();
    let new = store.load(&again.execution.id).await.unwrap();
    assert_eq!(
        (new.kind, new.status, &new.name, new.retry_of),
        (
            ExecutionKind::Capture,
            ExecutionStatus::Succeeded,
            &run.name,
            Some(run.id)
        )
    );
    let [snapshot] = &again.snapshots[..] else {
        panic!("one device, one snapshot: {:?}", again.snapshots);
    };
    assert_eq!(snapshot.execution.as_ref(), Some(&new.id));
    assert_eq!(snapshot.bytes, RUNNING.len() as u64);
}

/// A run is done once more within the limits of then, which its log tells; those that are given take their place.
pub async fn a_run_is_done_once_more_within_its_limits(store: Store) {
    let past = captured(&store).await;
    let engine = engine(&store, &past).await;
    let limits = Limits {
        connect: Duration::from_millis(1500),
        output: 4096,
        ..Limits::default()
    };
    let options = CollectOptions {
        in_flight: 3,
        limits: limits.clone(),
        output_limit: Some(10),
        ..CollectOptions::default()
    };
    let commands = ["show running-config".to_owned()];
    let inventory = devices(&["r1"]);
    let first = engine.collect(&inventory, &commands, &options).await;
    let first = first.unwrap().execution;
    let told = began(&store, &first).await;
    assert_eq!(told["in_flight"], 3);
    assert_eq!(told["limits"]["connect"], 1.5);
    assert_eq!(told["limits"]["output"], 4096);
    assert_eq!(told["limits"]["total"], 600.0);
    assert_eq!(told["output_limit"], 10);
    let same = RerunOptions::default();
    let again = engine.rerun(&first.id, &inventory, &same).await.unwrap();
    assert_eq!(began(&store, &again.execution).await, told);
    let shown = store.outputs(&again.execution.id).await.unwrap();
    let cut = shown[0].cut.expect("it is cut as it was then");
    assert_eq!(cut.bytes, RUNNING.len() as u64);
    let other = RerunOptions {
        in_flight: Some(1),
        limits: Some(Limits::default()),
        ..RerunOptions::default()
    };
    let last = engine.rerun(&again.execution.id, &inventory, &other).await;
    let last = began(&store, &last.unwrap().execution).await;
    assert_eq!(last["in_flight"], 1);
    assert_eq!(last["limits"]["connect"], 10.0);
    // A run of before limits were recorded is done as any other is.
    let one = RerunOptions {
        scope: Scope::Devices(vec!["r1".into()]),
        ..RerunOptions::default()
    };
    let silent = engine.rerun(&past.id, &inventory, &one);
    let silent = began(&store, &silent.await.unwrap().execution).await;
    assert_eq!(silent["in_flight"], 50);
    assert_eq!(silent["limits"], last["limits"]);
}

/// A program asks the past through a run of its own: the answers come in their order and are recorded, and the run says whom it asked.
pub async fn a_program_asks_the_past(store: Store) {
    let then = past(&store).await;
    let live = Netsnap::new(Arc::clone(&store), Arc::new(Nowhere));
    let engine = live.replaying(&then.id).await.unwrap();
    let recorder = engine.begin(NewExecution::default()).await.unwrap();
    let logins = engine.logins();
    let inventory = devices(&["r1", "r2", "r3"]);
    let limits = Limits::default();
    let ask = async |device: usize, command| {
        let device = &inventory[device];
        logins.ask(&recorder, device, command, &limits).await
    };
    for expected in [&b"10:00:01\xff\n"[..], b"10:00:02\n"] {
        assert_eq!(ask(0, "show clock").await.unwrap().bytes, expected);
    }
    fails_with(ask(0, "show clock").await, ErrorKind::NotFound);
    let refused = ask(0, "show foo").await.unwrap();
    assert!(refused.summary.rejection.is_some());
    // As then: it did not answer, and the next question is another login.
    fails_with(ask(1, "show tech").await, ErrorKind::CommandTimeout);
    let again = ask(1, "show clock").await.unwrap();
    assert_eq!(again.bytes, b"10:00:01\xff\n");
    fails_with(ask(2, "show clock").await, ErrorKind::ConnectTimeout);
    fails_with(ask(0, "").await, ErrorKind::InvalidInput);
    logins.close().await;
    let run = recorder.finish(ExecutionStatus::Succeeded, None);
    let run = run.await.unwrap();
    fails_with(ask(0, "show clock").await, ErrorKind::AlreadyFinished);
    assert_eq!(run.labels["replay_of"], then.id.as_str());
    assert_eq!(run.devices.len(), 3);
    let recorded = store.outputs(&run.id).await.unwrap();
    let commands = recorded.iter().map(|output| output.command.as_str());
    let expected = ["show clock", "show clock", "show foo", "show clock"];
    assert_eq!(commands.collect::<Vec<_>>(), expected);
    // It can be asked in its turn.
    let again = engine.replaying(&run.id).await.unwrap();
    let (commands, options) = (["show clock".to_owned()], CollectOptions::default());
    let collected = again.collect(&inventory[..1], &commands, &options).await;
    let collected = collected.unwrap().execution;
    assert_eq!(collected.status, ExecutionStatus::Succeeded);
    assert_eq!(collected.labels["replay_of"], run.id.as_str());
}

/// Nothing is changed in the past, and no plan is used up; where devices answer, no run says that they are of the past.
pub async fn the_past_is_not_changed(store: Store) {
    let run = captured(&store).await;
    let live = engine(&store, &run).await;
    let past = live.replaying(&run.id).await.unwrap();
    let inventory = devices(&["r1"]);
    let options = DeployOptions::default();
    let plan = Digest::of(b"a plan").to_string().parse().unwrap();
    let before = store.log_end(LOG).await.unwrap();
    let refused = past.deploy(&plan, &inventory, &options).await;
    fails_with(refused, ErrorKind::Unsupported);
    let refused = past.rollback(&run.id, &inventory, &options).await;
    fails_with(refused, ErrorKind::Unsupported);
    let after = store.log_end(LOG).await.unwrap();
    assert_eq!(after, before, "nothing was begun");
    let commands = ["show running-config".to_owned()];
    let options = CollectOptions::default();
    let collected = live.collect(&inventory, &commands, &options).await;
    assert!(collected.unwrap().execution.labels.is_empty());
}

/// Devices that are not to be reached.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn connect(
        &self,
        device: &Device,
        _: &Arc<Platform>,
        _: &Limits,
    ) -> crate::Result<Box<dyn Session>> {
        panic!("{} was to be reached", device.name)
    }
}

async fn began(store: &Store, run: &Execution) -> serde_json::Value {
    let mut first = store.events(&run.id, 1, 1).await.unwrap();
    let first = first.remove(0);
    assert_eq!(first.kind, EventKind::ExecutionStarted);
    first.data
}
