//! Living through a past run again.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use serde_json::json;
use tokio::sync::broadcast;

use super::super::{Store, fails_with, output};
use crate::collect::CollectOptions;
use crate::engine::{Netsnap, RerunOptions};
use crate::error::{Error, ErrorKind};
use crate::event::{Event, EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{
    Answer, Device, DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionKind,
    ExecutionStatus, Output, Proof, Rejection, Trigger,
};
use crate::platform::Platform;
use crate::rerun::{Pace, PastRun, Scope, replay, rerun_plan};
use crate::store::{Durability, NewExecution, Recorder};
use crate::transport::{Limits, Session, Transport as _};

fn new(kind: ExecutionKind) -> NewExecution {
    let device = |name: &str| DeviceSummary {
        id: name.to_owned(),
        name: name.to_owned(),
        ip: "192.0.2.1".into(),
        platform: None,
    };
    NewExecution {
        kind,
        name: "of then".into(),
        devices: ["r1", "r2", "r3"].map(device).into(),
        commands: vec!["show version".into(), "show clock".into()],
        job_id: Some("job-7".into()),
        why: Some("nightly".into()),
        ticket: Some("CHG-7".into()),
        parameters: json!({ "depth": 2 }),
        labels: [("site", "north"), ("imported_from", "bundle:1")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..NewExecution::default()
    }
}

async fn begun(store: &Store, new: NewExecution) -> Recorder {
    let (bus, _) = broadcast::channel(16);
    Recorder::begin(Arc::clone(store), new, bus).await.unwrap()
}

fn refused(device: &str) -> Output {
    let answer = Answer {
        bytes: b"% Unknown command: show foo\n".to_vec(),
        proof: Proof::Exec,
        exit_status: Some(1),
        rejection: Some(Rejection {
            line: "% Unknown command: show foo".into(),
            rule: "^% Unknown command".into(),
        }),
        warnings: Vec::new(),
        duration_us: 1_500,
    };
    Output::new(device, "show foo", jiff::Timestamp::UNIX_EPOCH, answer)
}

fn failed(device: &str, kind: ErrorKind) -> DeviceResult {
    let error = Error::new(kind, "as it was then").with("command", "show tech");
    DeviceResult {
        error: Some(error.report()),
        ..DeviceResult::new(device, DeviceStatus::Failed)
    }
}

/// r1 answered, r2 did not finish `show tech`, r3 was not reached.
pub(super) async fn past(store: &Store) -> Execution {
    let recorder = begun(store, new(ExecutionKind::Collect)).await;
    for device in ["r1", "r2"] {
        let connected = NewEvent::new(EventKind::Connected, "host-of-then").on(device);
        recorder
            .event(connected, Durability::Batched)
            .await
            .unwrap();
        for bytes in [&b"10:00:01\xff\n"[..], b"10:00:02\n"] {
            let answered = output(device, "show clock", bytes);
            recorder.output(answered).await.unwrap();
        }
        recorder.output(refused(device)).await.unwrap();
    }
    let results = [
        DeviceResult::new("r1", DeviceStatus::Ok),
        failed("r2", ErrorKind::CommandTimeout),
        failed("r3", ErrorKind::ConnectTimeout),
    ];
    recorder.device_results(&results).await.unwrap();
    recorder
        .finish(ExecutionStatus::Partial, None)
        .await
        .unwrap()
}

fn devices(names: &[&str]) -> Vec<Device> {
    let one = |name: &&str| {
        let device = json!({"name": name, "host": "192.0.2.1", "username": "a", "platform": "frr"});
        serde_json::from_value(device).unwrap()
    };
    names.iter().map(one).collect()
}

async fn login(past: &PastRun, device: &str) -> crate::Result<Box<dyn Session>> {
    let platform = Platform::named("frr").unwrap();
    let device = &devices(&[device])[0];
    past.connect(device, &platform, &Limits::default()).await
}

async fn log(store: &Store, id: &ExecutionId) -> Vec<Event> {
    store.events(id, 1, 1_000).await.unwrap()
}

/// The events of a past run come as they were recorded, from anywhere, and end with the run.
pub async fn a_past_run_is_replayed_event_by_event(store: Store) {
    let run = past(&store).await;
    let recorded = log(&store, &run.id).await;
    for pace in [Pace::AtOnce, Pace::Recorded, Pace::Faster(1_000.0)] {
        let past = replay(Arc::clone(&store), &run.id, pace).await.unwrap();
        let events: Vec<Event> = past.events(1).try_collect().await.unwrap();
        assert_eq!(events, recorded);
        let late: Vec<Event> = past.events(3).try_collect().await.unwrap();
        assert_eq!(late, recorded[2..]);
    }
    let backwards = replay(Arc::clone(&store), &run.id, Pace::Faster(-1.0)).await;
    fails_with(backwards, ErrorKind::InvalidInput);
    let unknown = ExecutionId::new(jiff::Timestamp::UNIX_EPOCH, 1);
    fails_with(
        replay(store, &unknown, Pace::AtOnce).await,
        ErrorKind::NotFound,
    );
}

/// A past run answers as its devices did: each output in its order, refusals and failures included, and nothing is invented.
pub async fn a_past_run_answers_as_its_devices_did(store: Store) {
    let run = past(&store).await;
    let past = replay(Arc::clone(&store), &run.id, Pace::AtOnce)
        .await
        .unwrap();
    let mut session = login(&past, "r1").await.unwrap();
    assert_eq!(session.hostname(), "host-of-then");
    let clock = session.run("show clock").await.unwrap();
    assert_eq!(clock.bytes, b"10:00:01\xff\n");
    assert_eq!((clock.proof, clock.duration_us), (Proof::Fence, 5));
    assert_eq!(
        session.run("show clock").await.unwrap().bytes,
        b"10:00:02\n"
    );
    let refusal = session.run("show foo").await.unwrap();
    assert_eq!((refusal.exit_status, refusal.duration_us), (Some(1), 1_500));
    assert_eq!(refusal.rejection.unwrap().rule, "^% Unknown command");
    let none = session.run("show clocks").await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
    assert!(none.report().hint.unwrap().contains("show clock"), "{none}");
    fails_with(session.run("show clock").await, ErrorKind::NotFound);
    fails_with(session.run("a\nb").await, ErrorKind::InvalidInput);
    fails_with(session.configure().await, ErrorKind::Unsupported);
    // Another login begins anew.
    let mut again = login(&past, "r1").await.unwrap();
    assert_eq!(
        again.run("show clock").await.unwrap().bytes,
        b"10:00:01\xff\n"
    );
    let mut r2 = login(&past, "r2").await.unwrap();
    fails_with(r2.run("show tech").await, ErrorKind::CommandTimeout);
    fails_with(r2.run("show clock").await, ErrorKind::Desynchronised);
    fails_with(login(&past, "r3").await, ErrorKind::ConnectTimeout);
    let unknown = login(&past, "r11").await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert!(unknown.report().hint.unwrap().contains("r1"), "{unknown}");
}

/// What collects from devices collects the same from a past run.
pub async fn a_collection_runs_against_the_past(store: Store) {
    let run = past(&store).await;
    assert_collects_the_same(&store, &run).await;
}

/// Collects from a past run what was collected then.
pub(super) async fn assert_collects_the_same(store: &Store, run: &Execution) {
    let past = replay(Arc::clone(store), &run.id, Pace::AtOnce)
        .await
        .unwrap();
    let inventory = past.devices("frr");
    let engine = Netsnap::new(Arc::clone(store), Arc::new(past));
    let commands = ["show clock", "show clock", "show foo"].map(str::to_owned);
    let options = CollectOptions::default();
    let collected = engine
        .collect(&inventory, &commands, &options)
        .await
        .unwrap();
    let digests = async |id: &ExecutionId| -> Vec<_> {
        let outputs = store.outputs(id).await.unwrap();
        let of_r1 = outputs.into_iter().filter(|output| output.device == "r1");
        of_r1
            .map(|output| (output.command, output.digest, output.rejection))
            .collect()
    };
    assert_eq!(
        digests(&collected.execution.id).await,
        digests(&run.id).await
    );
    let ended: Vec<_> = collected
        .devices
        .iter()
        .map(|device| device.status)
        .collect();
    assert_eq!(
        ended,
        [
            DeviceStatus::Failed,
            DeviceStatus::Failed,
            DeviceStatus::Unreachable
        ]
    );
}

/// Doing a run once more means the same work, on all of its devices, those that did not end well, or some.
pub async fn a_rerun_names_the_devices_to_work_on(store: Store) {
    let run = past(&store).await;
    let some = Scope::Devices(vec!["r3".into(), "r1".into()]);
    for (scope, expected) in [
        (Scope::All, vec!["r1", "r2", "r3"]),
        (Scope::Failed, vec!["r2", "r3"]),
        (some, vec!["r1", "r3"]),
    ] {
        let plan = rerun_plan(store.as_ref(), &run.id, &scope).await.unwrap();
        assert_eq!(plan.devices, expected);
        assert_eq!((plan.kind, plan.name.as_str()), (run.kind, "of then"));
        assert_eq!(
            (plan.commands, plan.retry_of),
            (run.commands.clone(), run.id.clone())
        );
    }
    let foreign = Scope::Devices(vec!["r9".into()]);
    let plan = rerun_plan(store.as_ref(), &run.id, &foreign).await;
    fails_with(plan, ErrorKind::NotFound);
    let nobody = Scope::Devices(Vec::new());
    let plan = rerun_plan(store.as_ref(), &run.id, &nobody).await;
    fails_with(plan, ErrorKind::InvalidInput);
}

/// A run that changed devices, that goes on, or whose secret is not in its record, is not repeated, and the error says what to do.
pub async fn a_run_that_cannot_be_repeated_is_refused(store: Store) {
    for kind in [
        ExecutionKind::Deploy,
        ExecutionKind::Rollback,
        ExecutionKind::Plan,
    ] {
        let recorder = begun(&store, new(kind)).await;
        let going_on = rerun_plan(store.as_ref(), recorder.id(), &Scope::All).await;
        fails_with(going_on, ErrorKind::Conflict);
        let run = recorder
            .finish(ExecutionStatus::Failed, None)
            .await
            .unwrap();
        let error = rerun_plan(store.as_ref(), &run.id, &Scope::All)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.report().hint.is_some());
    }
    let masked = NewExecution {
        parameters: json!({"login": [{"user": "a"}, {"password": "********"}]}),
        ..new(ExecutionKind::Custom)
    };
    let recorder = begun(&store, masked).await;
    let run = recorder
        .finish(ExecutionStatus::Failed, None)
        .await
        .unwrap();
    let error = rerun_plan(store.as_ref(), &run.id, &Scope::All)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(
        error.report().context["place"],
        "/parameters/login/1/password"
    );
}

/// A collection is done once more on the failed devices, as a run of its own that names the one it repeats.
pub async fn a_collection_is_done_once_more(store: Store) {
    let run = past(&store).await;
    let past = replay(Arc::clone(&store), &run.id, Pace::AtOnce)
        .await
        .unwrap();
    let engine = Netsnap::new(Arc::clone(&store), Arc::new(past));
    let options = RerunOptions {
        scope: Scope::Failed,
        actor: "b".into(),
        ..RerunOptions::default()
    };
    let inventory = devices(&["r3", "r2", "r1"]);
    let again = engine.rerun(&run.id, &inventory, &options).await.unwrap();
    let names: Vec<_> = again
        .devices
        .iter()
        .map(|device| device.device.as_str())
        .collect();
    assert_eq!(names, ["r2", "r3"]);
    let new = store.load(&again.execution.id).await.unwrap();
    assert_eq!(
        (new.retry_of, new.trigger),
        (Some(run.id.clone()), Trigger::Retry)
    );
    assert_eq!(
        (new.name, new.actor, new.commands),
        (run.name, "b".into(), run.commands)
    );
    assert_eq!(
        (new.job_id, new.why, new.ticket, new.parameters),
        (run.job_id, run.why, run.ticket, run.parameters)
    );
    let labels = [("site".to_owned(), "north".to_owned())].into();
    assert_eq!(new.labels, labels, "it was imported from nowhere");
    let without = engine.rerun(&run.id, &inventory[..1], &options).await;
    fails_with(without, ErrorKind::NotFound);
    let recorder = begun(&store, self::new(ExecutionKind::Custom)).await;
    let custom = recorder
        .finish(ExecutionStatus::Failed, None)
        .await
        .unwrap();
    let refused = engine.rerun(&custom.id, &inventory, &options).await;
    fails_with(refused, ErrorKind::Unsupported);
}
