//! What a verification finds, and that it finds nothing else.

use std::sync::Arc;

use tokio::sync::broadcast;

use super::history::hours_ago;
use crate::event::{EventKind, NewEvent};
use crate::model::{DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionStatus};
use crate::store::audit::{Audit, AuditAction, LOG, NewAuditEntry};
use crate::store::retention::{PruneOptions, RetentionPolicy, TOMBSTONES, prune};
use crate::store::verify::{Check, Severity, VerifyOptions, VerifyReport, verify};
use crate::store::{Backend, Durability, LogStore as _, MemoryStore, NewExecution, Recorder};
use crate::testing::store::{Fault, Faulty, Store, fails_with, output};

/// A run that was recorded and audited as a whole.
async fn recorded(store: &Store, name: &str) -> Execution {
    let (bus, _seen) = broadcast::channel(64);
    let new = NewExecution {
        name: name.into(),
        actor: "ana".into(),
        devices: vec![DeviceSummary {
            id: "r1".into(),
            name: "r1".into(),
            ip: String::new(),
            platform: None,
        }],
        ..NewExecution::default()
    };
    let recorder = Recorder::begin(Arc::clone(store), new, bus).await.unwrap();
    let begun = store.load(recorder.id()).await.unwrap();
    let audit = Audit::of(store.as_ref());
    audit.created(&begun).await.unwrap();
    let note = NewEvent::new(EventKind::Note, "a note");
    recorder.event(note, Durability::Batched).await.unwrap();
    for text in ["one", "two"] {
        let output = output("r1", "show version", text.as_bytes());
        recorder.output(output).await.unwrap();
    }
    let result = DeviceResult::new("r1", DeviceStatus::Ok);
    recorder.device_result(result).await.unwrap();
    let ended = recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    let states = (Some(&begun), Some(&ended));
    let told = NewAuditEntry::change(&ended.actor, AuditAction::Finish, states.0, states.1);
    audit.append(told.unwrap()).await.unwrap();
    ended
}

async fn verified(store: &dyn Backend, options: &VerifyOptions) -> VerifyReport {
    verify(store, options, &|_| ()).await.unwrap()
}

/// What is found, how bad it is, and whether it is said to be in a place.
async fn found(store: &dyn Backend) -> Vec<(Severity, Check, String)> {
    let report = verified(store, &VerifyOptions::default()).await;
    let (errors, warnings) = (report.errors, report.warnings);
    assert_eq!(errors + warnings, report.findings.len() as u64);
    let findings = report.findings.into_iter();
    findings
        .map(|one| (one.severity, one.check, one.place))
        .collect()
}

async fn pruned(store: &dyn Backend) -> crate::error::Result<()> {
    let options = PruneOptions {
        policy: RetentionPolicy {
            older_than: Some("1d".into()),
            ..RetentionPolicy::default()
        },
        dry_run: false,
        ..PruneOptions::default()
    };
    prune(store, &options, &|_| ()).await.map(drop)
}

/// A store that nobody touched has no findings, whatever was done to it with the verbs, and everything in it is looked at.
pub async fn a_whole_store_has_no_findings(store: Store) {
    let empty = verified(store.as_ref(), &VerifyOptions::default()).await;
    assert_eq!(empty, VerifyReport::default());
    let run = recorded(&store, "one").await;
    recorded(&store, "two").await;
    let author = crate::store::remarks::Author::new("ana");
    crate::store::remarks::pin(store.as_ref(), &run.id, &author)
        .await
        .unwrap();
    let old = hours_ago(48, 1).put(&store).await;
    Audit::of(store.as_ref()).created(&old).await.unwrap();
    pruned(store.as_ref()).await.unwrap();
    let going = hours_ago(1, 2)
        .status(ExecutionStatus::Running)
        .put(&store)
        .await;
    Audit::of(store.as_ref()).created(&going).await.unwrap();
    let report = verified(store.as_ref(), &VerifyOptions::default()).await;
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!((report.runs, report.events, report.tombstones), (3, 12, 1));
    assert_eq!(report.outputs + report.outputs_covered, 4);
    assert!(report.outputs >= 2 && report.output_bytes == report.outputs * 3);
    assert_eq!(
        report.audit_head,
        Audit::of(store.as_ref()).head().await.unwrap()
    );
    let options = VerifyOptions {
        anchor: report.audit_head,
        ..VerifyOptions::default()
    };
    assert_eq!(verified(store.as_ref(), &options).await.errors, 0);
}

/// A store is verified in parts that meet each run once.
pub async fn a_store_is_verified_in_parts(store: Store) {
    for number in 0..7 {
        recorded(&store, &format!("run {number}")).await;
    }
    let mut options = VerifyOptions {
        limit: 3,
        ..VerifyOptions::default()
    };
    let mut runs = Vec::new();
    loop {
        let report = verified(store.as_ref(), &options).await;
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        assert_eq!(report.audit_entries > 0, options.cursor.is_none());
        runs.push(report.runs);
        options.cursor = report.cursor;
        if options.cursor.is_none() {
            break;
        }
    }
    assert_eq!(runs, [3, 3, 1]);
    let only = VerifyOptions {
        checks: vec![Check::Outputs],
        ..VerifyOptions::default()
    };
    let only = verified(store.as_ref(), &only).await;
    assert_eq!(only.outputs + only.outputs_covered, 14);
    assert_eq!((only.events, only.audit_entries), (0, 0));
    options.limit = 0;
    fails_with(
        verify(store.as_ref(), &options, &|_| ()).await,
        crate::error::ErrorKind::InvalidInput,
    );
}

/// Bytes, events and damage that are not as they were written are found.
pub async fn changed_bytes_and_missing_events_are_found(store: Store) {
    let run = recorded(&store, "one").await;
    let changed = Faulty::new(Arc::clone(&store), Fault::ChangesOutputs);
    let output = format!("{} r1 \"show version\"", run.id);
    let changes = found(&changed).await;
    assert!(changes.contains(&(Severity::Error, Check::Outputs, output)));
    assert!(changes.iter().all(|change| change.1 == Check::Outputs));
    let hole = Faulty::new(Arc::clone(&store), Fault::HidesEvent(2));
    let id = run.id.to_string();
    assert_eq!(
        found(&hole).await,
        [(Severity::Error, Check::Log, id.clone())]
    );
    let cut = Faulty::new(Arc::clone(&store), Fault::HidesEvent(run.last_sequence));
    let cut = found(&cut).await;
    assert!(cut.contains(&(Severity::Error, Check::Log, id)), "{cut:?}");
    let damaged = Faulty::new(Arc::clone(&store), Fault::IsDamaged);
    let expected = (Severity::Error, Check::Damage, "elsewhere".to_owned());
    assert_eq!(found(&damaged).await, [expected]);
}

/// A summary that is not what its log, its outputs or the audit log say is found.
pub async fn a_summary_that_was_changed_is_found(store: Store) {
    let labelled = recorded(&store, "one").await;
    let mut unseen = labelled.clone();
    unseen.labels.insert("site".into(), "south".into());
    store.update(&unseen).await.unwrap();
    let id = labelled.id.to_string();
    assert_eq!(
        found(store.as_ref()).await,
        [(Severity::Error, Check::Audit, id.clone())]
    );
    // A log that says one thing and a summary that says another.
    let other = hours_ago(1, 7)
        .status(ExecutionStatus::Running)
        .put(&store)
        .await;
    let closing = serde_json::json!({"status": "failed", "reason": "the truth"});
    let event = NewEvent::new(EventKind::ExecutionFinished, "failed").data(closing);
    let event = event.at(1, other.created_at);
    store
        .append(&other.id, &[event], Durability::Durable)
        .await
        .unwrap();
    let half = (Severity::Warning, Check::Summary, other.id.to_string());
    assert!(found(store.as_ref()).await.contains(&half));
    let mut lie = other.clone();
    lie.status = ExecutionStatus::Succeeded;
    lie.last_sequence = 1;
    lie.results.successful_commands = 5;
    store.update(&lie).await.unwrap();
    let all = found(store.as_ref()).await;
    let id = other.id.to_string();
    for expected in [
        (Severity::Error, Check::Summary, id.clone()),
        (Severity::Error, Check::Counters, id.clone()),
        (Severity::Warning, Check::Audit, id),
    ] {
        assert!(all.contains(&expected), "{all:?}");
    }
}

/// A run that is gone without a tombstone, and one that is there in spite of its tombstone, are found.
pub async fn runs_that_are_lost_or_came_back_are_found(store: Store) {
    let lost = recorded(&store, "one").await;
    store.delete(std::slice::from_ref(&lost.id)).await.unwrap();
    let expected = (Severity::Error, Check::Audit, lost.id.to_string());
    assert_eq!(found(store.as_ref()).await, std::slice::from_ref(&expected));
    let old = hours_ago(48, 1);
    let run = old.put(&store).await;
    let dying = Faulty::new(Arc::clone(&store), Fault::DiesAfter(2));
    pruned(&dying).await.unwrap_err();
    let half = (Severity::Warning, Check::Tombstones, run.id.to_string());
    assert!(found(store.as_ref()).await.contains(&half));
    pruned(store.as_ref()).await.unwrap();
    assert_eq!(found(store.as_ref()).await, [expected]);
    old.put(&store).await;
    let back = (Severity::Error, Check::Tombstones, run.id.to_string());
    assert!(found(store.as_ref()).await.contains(&back));
}

/// An audit log whose end was cut off is found by the anchors in the tombstones.
pub async fn an_audit_log_that_was_cut_off_is_found(store: Store) {
    let audit = Audit::of(store.as_ref());
    for number in 0..5 {
        let new = NewAuditEntry::new("ana", AuditAction::Export, "store", &format!("{number}"));
        audit.append(new).await.unwrap();
    }
    hours_ago(48, 1).put(&store).await;
    pruned(store.as_ref()).await.unwrap();
    let copy = MemoryStore::new();
    for (log, kept) in [(LOG, 3), (TOMBSTONES, 10)] {
        let entries = store.log(log, 1, kept).await.unwrap();
        let entries: Vec<_> = entries.into_iter().map(|(_, bytes)| bytes).collect();
        copy.append_log(log, 1, &entries).await.unwrap();
    }
    let expected = (Severity::Error, Check::Audit, "audit 4".to_owned());
    assert_eq!(found(&copy).await, [expected]);
    let few = VerifyOptions {
        findings: 0,
        ..VerifyOptions::default()
    };
    let report = verified(&copy, &few).await;
    assert_eq!((report.errors, report.findings.len()), (1, 0));
}
