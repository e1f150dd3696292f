//! What a run becomes when single writes are refused.

use std::sync::Arc;

use super::recording::{begun, log, result};
use super::{Fault, Faulty, Store, Write, fails_with, output};
use crate::error::{ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{DeviceStatus, ExecutionStatus};
use crate::store::audit::{Audit, AuditOptions};
use crate::store::verify::{VerifyOptions, verify};
use crate::store::{Durability, NewExecution, Recorder, Selection};

fn note(text: &str) -> NewEvent {
    NewEvent::new(EventKind::Note, text)
}

/// Records a little of each kind.
async fn record(recorder: &Recorder, text: &str) -> [(Write, Result<()>); 3] {
    let event = recorder.event(note(text), Durability::Durable).await;
    let kept = recorder.output(output("r1", text, b"answer")).await;
    let result = recorder.device_result(result(text, DeviceStatus::Ok)).await;
    [
        (Write::Append, event.map(drop)),
        (Write::PutOutput, kept.map(drop)),
        (Write::PutDeviceResults, result),
    ]
}

async fn assert_verified(store: &Store) {
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// A refused event, output or result is told to who recorded it, counts nowhere and leaves nothing; what else is recorded is kept,
/// and the run ends whole.
pub async fn a_refused_write_is_told_and_leaves_nothing(store: Store) {
    for refused in [Write::Append, Write::PutOutput, Write::PutDeviceResults] {
        let faulty = Arc::new(Faulty::new(Arc::clone(&store), Fault::Never));
        let front: Store = Arc::clone(&faulty) as Store;
        let (recorder, _seen) = begun(&front, &["r1"]).await;
        for (write, done) in record(&recorder, "before").await {
            assert!(done.is_ok(), "{write:?}");
        }
        faulty.turn(Fault::Refuses(refused));
        for (write, done) in record(&recorder, "meanwhile").await {
            match write == refused {
                true => fails_with(done, ErrorKind::Storage),
                false => done.unwrap(),
            }
        }
        let id = recorder.id().clone();
        let kept = |write: Write| if write == refused { 1 } else { 2 };
        assert_eq!(
            store.outputs(&id).await.unwrap().len(),
            kept(Write::PutOutput)
        );
        let results = store.device_results(&id).await.unwrap();
        assert_eq!(results.len(), kept(Write::PutDeviceResults));
        assert_eq!(notes(&store, &id).await.len(), kept(Write::Append));
        faulty.turn(Fault::Never);
        for (write, done) in record(&recorder, "behind").await {
            assert!(done.is_ok(), "{write:?}");
        }
        let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
        let ended = ended.unwrap();
        assert_eq!(
            ended.results.total_commands,
            1 + kept(Write::PutOutput) as u64
        );
        let outputs = store.outputs(&id).await.unwrap();
        assert_eq!(outputs.len() as u64, ended.results.total_commands);
        // An event that was refused waits, and comes with the next.
        let texts = notes(&store, &id).await;
        assert_eq!(texts, ["before", "meanwhile", "behind"]);
    }
    assert_verified(&store).await;
}

async fn notes(store: &Store, id: &ExecutionId) -> Vec<String> {
    let log = log(store, id).await.into_iter();
    let notes = log.filter(|event| event.kind == EventKind::Note);
    notes.map(|event| event.text).collect()
}

/// While events are refused a run does not end, says so, and ends when they are taken again.
pub async fn a_run_whose_end_is_refused_can_be_ended_later(store: Store) {
    let faulty = Arc::new(Faulty::new(Arc::clone(&store), Fault::Never));
    let front: Store = Arc::clone(&faulty) as Store;
    let (recorder, _seen) = begun(&front, &["r1"]).await;
    let durable = recorder.event(note("before"), Durability::Durable).await;
    durable.unwrap();
    faulty.turn(Fault::Refuses(Write::Append));
    for _ in 0..2 {
        let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
        fails_with(ended, ErrorKind::Storage);
        let run = store.load(recorder.id()).await.unwrap();
        assert_eq!(run.status, ExecutionStatus::Running);
    }
    faulty.turn(Fault::Never);
    let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
    assert_eq!(ended.unwrap().last_sequence, 3);
    assert_verified(&store).await;
}

/// A run that cannot appear is told, and nothing tells of it; the next begins.
pub async fn a_run_that_is_refused_leaves_nothing(store: Store) {
    let faulty = Arc::new(Faulty::new(
        Arc::clone(&store),
        Fault::Refuses(Write::Create),
    ));
    let (bus, _seen) = tokio::sync::broadcast::channel(16);
    let front: Store = Arc::clone(&faulty) as Store;
    let begun = Recorder::begin(front, NewExecution::default(), bus.clone()).await;
    fails_with(begun, ErrorKind::Storage);
    assert!(
        store
            .select(&Selection::newest(9))
            .await
            .unwrap()
            .is_empty()
    );
    let told = Audit::of(store.as_ref())
        .entries(&AuditOptions::default())
        .await;
    assert!(told.unwrap().items.is_empty());
    faulty.turn(Fault::Never);
    let begun = Recorder::begin(Arc::clone(&faulty) as Store, NewExecution::default(), bus).await;
    let ended = begun.unwrap().finish(ExecutionStatus::Failed, None).await;
    ended.unwrap();
    assert_verified(&store).await;
}
