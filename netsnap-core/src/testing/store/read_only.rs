//! A store that is there for reading alone.

use std::path::PathBuf;
use std::sync::Arc;

use super::recording::begun;
use super::{Store, events, fails_with, output};
use crate::error::{Error, ErrorKind};
use crate::model::{DeviceResult, DeviceStatus, Execution, ExecutionStatus};
use crate::store::audit::LOG;
use crate::store::exchange::{ExportFormat, ExportOptions, ImportOptions, export, import};
use crate::store::remarks::{self, Author};
use crate::store::retention::{ArchiveOptions, PruneOptions, RetentionPolicy, archive, prune};
use crate::store::search::SearchOptions;
use crate::store::stats::{StatsOptions, stats};
use crate::store::verify::{VerifyOptions, verify};
use crate::store::{
    Durability, ListOptions, MemoryStore, NewExecution, ReadOnly, Recorder, list, search_output,
};
use crate::topology::topology;

const PLACE: &str = "the archive";

/// A run that has ended, in a store that is then read alone.
async fn kept(store: &Store) -> (Store, Execution) {
    let (recorder, _seen) = begun(store, &["r1"]).await;
    let said = output("r1", "show clock", b"10:00:00 UTC\n");
    recorder.output(said).await.unwrap();
    let done = DeviceResult::new("r1", DeviceStatus::Ok);
    recorder.device_result(done).await.unwrap();
    let run = recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    store.put_record("kept", "key", b"value").await.unwrap();
    (Arc::new(ReadOnly::new(Arc::clone(store), PLACE)), run)
}

/// Whatever is asked of a store that is read alone is answered, and leaves nothing behind: no word of an export, no document.
pub async fn a_store_that_is_only_read_answers_all_that_is_asked(store: Store) {
    let (reading, run) = kept(&store).await;
    let reading = reading.as_ref();
    let listed = list(reading, &ListOptions::default()).await.unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&run));
    assert_eq!(reading.load(&run.id).await.unwrap(), run);
    assert_eq!(reading.current().await.unwrap().as_ref(), Some(&run.id));
    let log = reading.events(&run.id, 1, 99).await.unwrap();
    assert_eq!(log.len() as u64, run.last_sequence);
    let said = reading.output(&run.id, "r1", "show clock").await.unwrap();
    assert_eq!(said.bytes, b"10:00:00 UTC\n");
    let found = SearchOptions {
        pattern: "UTC".into(),
        ..SearchOptions::default()
    };
    let found = search_output(reading, &found, &|_| ()).await.unwrap();
    assert_eq!(found.hits.len(), 1);
    let counted = stats(reading, &StatsOptions::default()).await.unwrap();
    assert_eq!(
        counted,
        stats(store.as_ref(), &StatsOptions::default())
            .await
            .unwrap()
    );
    let report = verify(reading, &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
    assert_eq!(reading.record("kept", "key").await.unwrap(), b"value");
    let audited = reading.log(LOG, 1, 99).await.unwrap();
    let (mut bytes, mut told) = (Vec::new(), |_| ());
    let exported = export(reading, &bundle(), &mut bytes, &mut told)
        .await
        .unwrap();
    assert_eq!((exported.executions, exported.audit_entry), (1, None));
    topology(reading, &run.id).await.unwrap();
    let document = store.document(&run.id, "topology.json").await;
    fails_with(document, ErrorKind::NotFound);
    assert_eq!(store.log(LOG, 1, 99).await.unwrap(), audited);
}

fn bundle() -> ExportOptions {
    ExportOptions {
        format: ExportFormat::Bundle,
        ..ExportOptions::default()
    }
}

/// The refusal names the store and the way out.
#[track_caller]
fn refused<T: std::fmt::Debug>(what: &str, result: Result<T, Error>) {
    let error = result.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::ReadOnly, "{what}: {error}");
    assert!(!error.is_retryable());
    let report = error.report();
    assert_eq!(report.context["store"], PLACE, "{what}");
    assert!(report.hint.unwrap().contains("export"), "{what}");
}

/// Every change of a store that is read alone is refused by its kind, and none is made.
pub async fn a_store_that_is_only_read_refuses_each_change(store: Store) {
    let (reading, run) = kept(&store).await;
    let audited = store.log(LOG, 1, 99).await.unwrap();
    primitives(&reading, &run).await;
    verbs(&reading, &run).await;
    assert_eq!(store.log(LOG, 1, 99).await.unwrap(), audited);
    let records = store.records("kept", "", None, 9).await.unwrap();
    assert_eq!(records.len(), 1);
    let listed = list(store.as_ref(), &ListOptions::default()).await;
    assert_eq!(listed.unwrap().items, [run]);
}

async fn primitives(store: &Store, run: &Execution) {
    let (id, said) = (&run.id, events(1..=1));
    let result = DeviceResult::new("r1", DeviceStatus::Failed);
    refused("create", store.create(run).await);
    refused("update", store.update(run).await);
    refused("refresh", store.refresh(run).await);
    refused("tell", store.update_audited(run, 9, b"{}").await);
    refused("append", store.append(id, &said, Durability::Durable).await);
    refused(
        "output",
        store.put_output(id, output("r1", "show", b"x")).await,
    );
    refused("result", store.put_device_results(id, &[result]).await);
    refused("sync", store.sync(id).await);
    refused("document", store.put_document(id, "a.json", b"{}").await);
    refused("archive", store.archive(id).await);
    refused("delete", store.delete(std::slice::from_ref(id)).await);
    refused("reclaim", store.reclaim(1).await);
    refused("record", store.put_record("kept", "other", b"x").await);
    refused("blob", store.put_blob(b"x").await);
    refused("log", store.append_log("kept", 1, &[b"{}".to_vec()]).await);
}

async fn verbs(reading: &Store, run: &Execution) {
    let (author, id) = (Author::new("ana"), &run.id);
    let (bus, _) = tokio::sync::broadcast::channel(4);
    let begun = Recorder::begin(Arc::clone(reading), NewExecution::default(), bus).await;
    refused("begin", begun.map(drop));
    refused("pin", remarks::pin(reading.as_ref(), id, &author).await);
    let remark = remarks::annotate(reading.as_ref(), id, "seen", &author).await;
    refused("annotate", remark);
    let options = PruneOptions {
        policy: RetentionPolicy {
            older_than: Some("0s".into()),
            ..RetentionPolicy::default()
        },
        dry_run: false,
        ..PruneOptions::default()
    };
    refused("prune", prune(reading.as_ref(), &options, &|_| ()).await);
    let options = ArchiveOptions {
        dry_run: false,
        ..ArchiveOptions::default()
    };
    let compressed = archive(reading.as_ref(), &options, &|_| ()).await;
    refused("archive", compressed);
    let (path, _folder) = bundled().await;
    let options = ImportOptions::default();
    refused("import", import(reading, &path, &options, &|_| ()).await);
}

/// A bundle with a run of another store.
async fn bundled() -> (PathBuf, tempfile::TempDir) {
    let other: Store = Arc::new(MemoryStore::new());
    kept(&other).await;
    let (mut bytes, mut told) = (Vec::new(), |_| ());
    let written = export(other.as_ref(), &bundle(), &mut bytes, &mut told).await;
    written.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.tar");
    std::fs::write(&path, bytes).unwrap();
    (path, folder)
}
