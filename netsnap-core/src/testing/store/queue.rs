//! What becomes of a run that waits in a queue?

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

use super::{Store, fails_with, output};
use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionStatus, RecordingLevel};
use crate::store::audit::{Audit, AuditAction, AuditOptions, execution_digest};
use crate::store::verify::{VerifyOptions, verify};
use crate::store::{Direction, Durability, NewExecution, Recorder, recover};

async fn queued(store: &Store, level: RecordingLevel) -> Recorder {
    let new = NewExecution {
        name: "nightly".into(),
        actor: "ana".into(),
        queued: true,
        manner: serde_json::json!({ "at_once": 3 }),
        level,
        ..NewExecution::default()
    };
    let (bus, _) = broadcast::channel(16);
    Recorder::begin(Arc::clone(store), new, bus).await.unwrap()
}

async fn kinds(store: &Store, run: &Execution) -> Vec<EventKind> {
    let events = store.events(&run.id, 1, 100).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

/// A run at its end, which may still be written.
async fn eventually(store: &Store, id: &ExecutionId) -> Execution {
    loop {
        let run = store.load(id).await.unwrap();
        if run.status.is_terminal() {
            return run;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn told(store: &Store) -> Vec<AuditAction> {
    let options = AuditOptions {
        direction: Direction::Ascending,
        ..AuditOptions::default()
    };
    let told = Audit::of(store.as_ref()).entries(&options).await.unwrap();
    told.items.into_iter().map(|entry| entry.action).collect()
}

/// A run waits in the queue, is started, and ends; its times differ, its duration counts from the start, and the logs tell of each step.
pub async fn a_queued_run_is_started(store: Store) {
    for level in [
        RecordingLevel::Strict,
        RecordingLevel::Batched,
        RecordingLevel::Relaxed,
    ] {
        let recorder = queued(&store, level).await;
        let waits = store.load(recorder.id()).await.unwrap();
        assert_eq!(&waits, recorder.created());
        let facts = (waits.status, waits.started_at, waits.level);
        assert_eq!(facts, (ExecutionStatus::Queued, None, Some(level)));
        assert_eq!(kinds(&store, &waits).await, []);
        let pause = Duration::from_millis(30);
        tokio::time::sleep(pause).await;
        let running = recorder.start().await.unwrap();
        assert_eq!(running.status, ExecutionStatus::Running);
        assert_eq!(running, store.load(recorder.id()).await.unwrap());
        let started = running.started_at.unwrap();
        assert!(started > waits.created_at, "{started}");
        let again = recorder.start().await.unwrap();
        assert_eq!(again, running, "it goes on already");
        let ended = recorder.finish(ExecutionStatus::Succeeded, None);
        let ended = ended.await.unwrap();
        assert_eq!(ended.started_at, running.started_at);
        let whole = ended.ended_at.unwrap().duration_since(ended.created_at);
        let took = Duration::from_micros(ended.duration_us.unwrap());
        assert!(took + pause / 2 < whole.unsigned_abs(), "{took:?}");
        let expected = [EventKind::ExecutionStarted, EventKind::ExecutionFinished];
        assert_eq!(kinds(&store, &ended).await, expected);
        let began = store.events(&ended.id, 1, 1).await.unwrap();
        assert_eq!(began[0].text, "nightly");
        assert_eq!(began[0].data["at_once"], 3);
        fails_with(recorder.start().await, ErrorKind::AlreadyFinished);
    }
    use AuditAction::{Create, Finish, Start};
    assert_eq!(told(&store).await, [Create, Start, Finish].repeat(3));
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// Of tasks that start a run at one time one does, and each of them finds it running.
pub async fn many_starts_are_one(store: Store) {
    let recorder = queued(&store, RecordingLevel::Batched).await;
    let starts = (0..8).map(|_| recorder.start());
    let started = futures_util::future::join_all(starts).await;
    let started: Vec<_> = started.into_iter().map(Result::unwrap).collect();
    assert!(started.iter().all(|run| run == &started[0]));
    recorder
        .event(NewEvent::new(EventKind::Note, "on"), Durability::Durable)
        .await
        .unwrap();
    let expected = [EventKind::ExecutionStarted, EventKind::Note];
    assert_eq!(kinds(&store, &started[0]).await, expected);
    use AuditAction::{Create, Start};
    assert_eq!(told(&store).await, [Create, Start]);
}

/// A run that was never started may take notes, and be cancelled; it cannot succeed, and it took no time.
pub async fn a_queued_run_is_cancelled(store: Store) {
    let recorder = queued(&store, RecordingLevel::Batched).await;
    recorder
        .event(NewEvent::new(EventKind::Note, "waits"), Durability::Batched)
        .await
        .unwrap();
    for status in [ExecutionStatus::Succeeded, ExecutionStatus::Partial] {
        fails_with(recorder.finish(status, None).await, ErrorKind::InvalidInput);
    }
    let reason = Some("nobody wants it any more".to_owned());
    let ended = recorder.finish(ExecutionStatus::Cancelled, reason.clone());
    let ended = ended.await.unwrap();
    let facts = (ended.status, ended.started_at, ended.duration_us);
    assert_eq!(facts, (ExecutionStatus::Cancelled, None, None));
    assert_eq!(ended.cost.cpu_us, 0);
    let expected = [EventKind::Note, EventKind::ExecutionFinished];
    assert_eq!(kinds(&store, &ended).await, expected);
    let (audit, options) = (Audit::of(store.as_ref()), AuditOptions::default());
    let last = audit.entries(&options).await.unwrap().items.remove(0);
    assert_eq!((last.action, last.reason), (AuditAction::Cancel, reason));
    assert_eq!(last.after, Some(execution_digest(&ended).unwrap()));
}

/// A queued run whose recorder is dropped, or whose process is gone, is interrupted like one that was running.
pub async fn a_queued_run_that_nobody_holds_is_interrupted(store: Store) {
    let recorder = queued(&store, RecordingLevel::Batched).await;
    let id = recorder.id().clone();
    drop(recorder);
    let dropped = eventually(&store, &id).await;
    assert_eq!(dropped.status, ExecutionStatus::Interrupted);
    let recorder = queued(&store, RecordingLevel::Batched).await;
    assert_eq!(recover(store.as_ref()).await.unwrap().ended, []);
    let mut run = store.load(recorder.id()).await.unwrap();
    let Some(owner) = run.owner.as_mut().filter(|owner| !owner.boot.is_empty()) else {
        // Without /proc nobody can be judged.
        return;
    };
    owner.boot = "an earlier boot".into();
    owner.session = owner.session.wrapping_neg();
    store.update(&run).await.unwrap();
    let recovered = recover(store.as_ref()).await.unwrap().ended;
    assert_eq!(recovered, std::slice::from_ref(&run.id));
    let ended = store.load(&run.id).await.unwrap();
    let facts = (ended.status, ended.started_at, ended.duration_us);
    assert_eq!(facts, (ExecutionStatus::Interrupted, None, None));
    fails_with(recorder.start().await, ErrorKind::AlreadyFinished);
}

/// Lines that warn are kept with the output that they stand in, without their secrets, the first hundred of them.
pub async fn warnings_are_kept_with_their_output(store: Store) {
    let recorder = queued(&store, RecordingLevel::Batched).await;
    recorder.start().await.unwrap();
    let mut warned = output("r1", "show version", b"% note: password hunter2\n");
    warned.summary.warnings = vec!["% note: password hunter2".into(), "% one more".into()];
    recorder.output(warned).await.unwrap();
    recorder
        .output(output("r1", "show clock", b"12:00\n"))
        .await
        .unwrap();
    let ended = recorder.finish(ExecutionStatus::Succeeded, None);
    let ended = ended.await.unwrap();
    let expected = ["% note: password ********", "% one more"];
    let listed = store.outputs(&ended.id).await.unwrap();
    assert_eq!(listed[0].warnings, expected);
    assert!(listed[1].warnings.is_empty());
    store.archive(&ended.id).await.unwrap();
    let read = store.output(&ended.id, "r1", "show version").await.unwrap();
    assert_eq!(read.summary.warnings, expected);
}
