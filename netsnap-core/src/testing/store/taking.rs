//! What does the audit log say of what leaves the store?

use std::sync::Arc;

use super::{Fault, Faulty, Store, created, fails_with, finished, run, time};
use crate::error::ErrorKind;
use crate::id::{Digest, ExecutionId};
use crate::store::Filter;
use crate::store::audit::{Audit, AuditAction, AuditEntry, AuditOptions};
use crate::store::exchange::{ExportFormat, ExportOptions, export, export_file};
use crate::store::verify::{VerifyOptions, verify};

async fn exports(store: &Store) -> Vec<AuditEntry> {
    let options = AuditOptions {
        actions: vec![AuditAction::Export],
        ..AuditOptions::default()
    };
    let page = Audit::of(store.as_ref()).entries(&options).await.unwrap();
    page.items
}

/// Each export leaves one entry, however many runs it takes: who took how many of them, in which form, where to, by which filter, and what
/// the bytes were. One that fails leaves none, and one from a full disk is good without.
pub async fn an_export_is_told_of(store: Store) {
    let first = created(&store, 1).await;
    finished(&store, first).await;
    store
        .create(&run(time("2026-03-01T10:00:00Z"), 2))
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.ndjson");
    let options = ExportOptions {
        format: ExportFormat::Ndjson,
        actor: "ana".into(),
        reason: Some("password hunter2, for the auditors".into()),
        ..ExportOptions::default()
    };
    let report = export_file(store.as_ref(), &options, &path, &mut |_| ()).await;
    let report = report.unwrap();
    let told = exports(&store).await.remove(0);
    assert_eq!(report.audit_entry, Some(told.number));
    assert_eq!(
        (&*told.actor, &*told.object_type, &*told.object_id),
        ("ana", "store", "")
    );
    assert_eq!((told.before, told.after), (None, Some(report.digest)));
    assert_eq!(Digest::of(&std::fs::read(&path).unwrap()), report.digest);
    let reason = told.reason.unwrap();
    assert!(
        reason.starts_with("2 runs as ndjson, chosen by "),
        "{reason}"
    );
    let place = format!(", into {}: password ********", path.display());
    assert!(reason.contains(&place), "{reason}");
    fails_without_a_word(&store, &options, &path).await;
    let filter = Filter::Job("none".into());
    let narrow = ExportOptions { filter, ..options };
    let mut bytes = Vec::new();
    let narrow = export(store.as_ref(), &narrow, &mut bytes, &mut |_| ()).await;
    let told = exports(&store).await;
    let other = told[0].reason.as_deref().unwrap();
    assert_eq!((told.len(), narrow.unwrap().executions), (2, 0));
    assert!(other.starts_with("0 runs as ndjson"), "{other}");
    let filter_of = |reason: &str| reason.split(' ').nth(6).map(str::to_owned);
    assert_ne!(filter_of(other), filter_of(&reason), "another filter");
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().errors, 0);
    still_leaves_a_full_disk(&store).await;
}

async fn fails_without_a_word(store: &Store, options: &ExportOptions, path: &std::path::Path) {
    let there = export_file(store.as_ref(), options, path, &mut |_| ()).await;
    fails_with(there, ErrorKind::AlreadyExists);
    let unknown = ExportOptions {
        executions: vec![ExecutionId::new(time("2020-01-01T00:00:00Z"), 1)],
        ..options.clone()
    };
    let missing = export(store.as_ref(), &unknown, &mut Vec::new(), &mut |_| ()).await;
    fails_with(missing, ErrorKind::NotFound);
    assert_eq!(exports(store).await.len(), 1);
}

async fn still_leaves_a_full_disk(store: &Store) {
    let full = Faulty::new(Arc::clone(store), Fault::FullUntilRemoved(1));
    let mut bytes = Vec::new();
    let options = ExportOptions::default();
    let report = export(&full, &options, &mut bytes, &mut |_| ()).await;
    let report = report.unwrap();
    assert_eq!((report.executions, report.audit_entry), (2, None));
    assert_eq!(exports(store).await.len(), 2);
}
