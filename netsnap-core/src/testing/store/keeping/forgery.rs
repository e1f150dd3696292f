//! That a record is bound when its run ends, and that whoever changes it then is found, also when he computes each checksum anew.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use tokio::sync::broadcast;

use super::history::hours_ago;
use crate::error::{Error, ErrorKind};
use crate::event::{EventKind, NewEvent};
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionStatus};
use crate::store::audit::Audit;
use crate::store::exchange::{ExportFormat, ImportOptions};
use crate::store::remarks::{Author, pin};
use crate::store::verify::{Check, Severity, VerifyOptions, VerifyReport, verify};
use crate::store::{Durability, MemoryStore, NewExecution, Recorder, RecoverOptions, recover_with};
use crate::testing::store::exchange::{exported, form, imported};
use crate::testing::store::{Store, output};

/// Changes what a store keeps as somebody does who knows its form: by other means than the store, and with every checksum made to fit.
#[async_trait]
pub trait Forger: Send + Sync {
    /// Changes the lines of a record, each a JSON object: all at once, or those of each kind by themselves.
    async fn forge(&self, id: &ExecutionId, change: Change<'_>);

    /// Puts bytes in the place of those of an output, and JSON in the place of what was parsed of it. Returns of both the digests of before
    /// and of now, in the place of which [`forge`](Self::forge) puts them.
    async fn forge_output(
        &self,
        id: &ExecutionId,
        place: usize,
        bytes: &[u8],
        parsed: &str,
    ) -> [(Digest, Digest); 2];
}

/// What becomes of lines.
pub type Change<'a> = &'a (dyn Fn(&mut Vec<String>) + Send + Sync);

/// Puts a word in the place of another.
fn reword(from: &str, to: &str) -> impl Fn(&mut Vec<String>) + Send + Sync {
    let (from, to) = (from.to_owned(), to.to_owned());
    move |lines| {
        for line in lines {
            *line = line.replace(&from, &to);
        }
    }
}

/// Records a run in which each kind of thing is recorded.
async fn recorded(store: &Store) -> Execution {
    let device = DeviceSummary {
        id: "r1".into(),
        name: "r1".into(),
        ip: String::new(),
        platform: None,
    };
    let new = NewExecution {
        actor: "ana".into(),
        devices: vec![device],
        ..NewExecution::default()
    };
    let (bus, _seen) = broadcast::channel(64);
    let recorder = Recorder::begin(Arc::clone(store), new, bus).await.unwrap();
    let event = NewEvent::new(EventKind::Note, "somebody pressed stop").data(json!({"by": "bob"}));
    recorder.event(event, Durability::Batched).await.unwrap();
    for text in ["one", "two"] {
        let parsed = output("r1", "show version", text.as_bytes()).with_parsed(json!({"v": text}));
        recorder.output(parsed).await.unwrap();
    }
    let result = DeviceResult {
        error: Some(Error::new(ErrorKind::Internal, "neighbor is down").report()),
        commands_ok: 2,
        ..DeviceResult::new("r1", DeviceStatus::Failed)
    };
    recorder.device_result(result).await.unwrap();
    recorder
        .finish(ExecutionStatus::Failed, None)
        .await
        .unwrap()
}

async fn verified(store: &Store) -> VerifyReport {
    verify(store.as_ref(), &VerifyOptions::default(), &|_| ())
        .await
        .unwrap()
}

async fn assert_whole(store: &Store) {
    let report = verified(store).await;
    assert_eq!(report.findings, []);
    assert_eq!(report.runs_unbound, 0);
}

/// Makes sure that the records of these runs are found to be changed, and nothing else.
async fn assert_found(store: &Store, forged: &[ExecutionId]) {
    let report = verified(store).await;
    let found = report.findings.iter();
    let mut found: Vec<_> = found
        .map(|one| (one.severity, one.check, one.place.as_str()))
        .collect();
    found.sort();
    let place = |id: &'_ ExecutionId| id.to_string();
    let mut forged: Vec<String> = forged.iter().map(place).collect();
    forged.sort();
    let expected = forged.iter().map(String::as_str);
    let expected: Vec<_> = expected
        .map(|place| (Severity::Error, Check::Record, place))
        .collect();
    assert_eq!(found, expected, "{:?}", report.findings);
}

/// What is changed in the record of a run that has ended is found, though all else fits.
pub async fn a_forged_record_is_found(store: Store, forger: &dyn Forger) {
    let untouched = recorded(&store).await;
    let event = reword("somebody pressed stop", "nobody pressed stop");
    let data = reword("\"bob\"", "\"eve\"");
    let error = reword("neighbor is down", "neighbor is up");
    let unseen = reword(
        "\"somebody pressed stop\"",
        "\"somebody pressed stop\",\"by\":1",
    );
    let changes: [Change<'_>; 4] = [&event, &data, &error, &unseen];
    let mut forged = Vec::new();
    for change in changes {
        let run = recorded(&store).await;
        assert_eq!(verified(&store).await.findings.len(), forged.len());
        forger.forge(&run.id, change).await;
        forged.push(run.id);
    }
    // A forger who changes nothing is not found.
    forger.forge(&untouched.id, &|_| ()).await;
    assert_found(&store, &forged).await;
}

/// A line that was removed from the record of a run, or added to it, is found beside what it no longer fits to.
pub async fn a_forged_line_is_found(store: Store, forger: &dyn Forger) {
    const RESULT: &str = "neighbor is down";
    let removes = |lines: &mut Vec<String>| lines.retain(|line| !line.contains(RESULT));
    let adds = |lines: &mut Vec<String>| {
        let copies = lines.iter().filter(|line| line.contains(RESULT));
        let copies: Vec<_> = copies.map(|line| line.replace("r1", "r9")).collect();
        lines.splice(0..0, copies);
    };
    let changes: [Change<'_>; 2] = [&removes, &adds];
    for change in changes {
        let run = recorded(&store).await;
        let place = run.id.to_string();
        let is_found = |report: VerifyReport| {
            let mut findings = report.findings.into_iter();
            findings.any(|one| one.check == Check::Record && one.place == place)
        };
        assert!(!is_found(verified(&store).await));
        forger.forge(&run.id, change).await;
        assert!(is_found(verified(&store).await));
    }
}

/// An output that was changed together with its digest is found, and so is what was parsed of one.
pub async fn a_forged_output_is_found(store: Store, forger: &dyn Forger) {
    recorded(&store).await;
    let mut forged = Vec::new();
    for (bytes, parsed) in [("TWO", r#"{"v":"two"}"#), ("two", r#"{"v":"TWO"}"#)] {
        let run = recorded(&store).await;
        let digests = forger.forge_output(&run.id, 1, bytes.as_bytes(), parsed);
        for (was, is) in digests.await {
            let (was, is) = (was.to_string(), is.to_string());
            forger.forge(&run.id, &reword(&was, &is)).await;
        }
        // Whoever reads it, is told what was forged.
        let read = store.output(&run.id, "r1", "show version").await.unwrap();
        assert_eq!(read.text(), bytes);
        let parsed: serde_json::Value = serde_json::from_str(parsed).unwrap();
        assert_eq!(read.parsed, Some(parsed));
        forged.push(run.id);
    }
    assert_found(&store, &forged).await;
}

/// A run is bound to its record when it ends, however it does, and stays so whatever is remarked about it.
pub async fn a_record_is_bound_when_its_run_ends(store: Store) {
    let ended = recorded(&store).await;
    let source: Store = Arc::new(MemoryStore::new());
    let brought = recorded(&source).await;
    let bundle = exported(&source, &form(ExportFormat::Bundle)).await.0;
    imported(&store, &bundle, &ImportOptions::default()).await;
    let left = hours_ago(48, 1)
        .status(ExecutionStatus::Running)
        .output(output("r1", "show version", b"one"));
    let left = left.put(&store).await;
    Audit::of(store.as_ref()).created(&left).await.unwrap();
    assert_eq!(left.record_digest, None);
    let day = RecoverOptions {
        older_than: Some("1d".into()),
    };
    let recovery = recover_with(store.as_ref(), &day).await.unwrap();
    assert_eq!(recovery.ended, std::slice::from_ref(&left.id));
    assert_whole(&store).await;
    for id in [&ended.id, &brought.id, &left.id] {
        let bound = store.load(id).await.unwrap().record_digest;
        assert!(bound.is_some(), "{id}");
        pin(store.as_ref(), id, &Author::new("ana")).await.unwrap();
        store.archive(id).await.unwrap();
        assert_eq!(store.load(id).await.unwrap().record_digest, bound);
        assert_eq!(store.record_digest(id).await.unwrap(), bound.unwrap());
    }
    assert_whole(&store).await;
}

/// A run that was kept before records were bound is no finding; it is counted.
pub async fn a_run_that_nothing_binds_is_counted(store: Store) {
    let elder = hours_ago(1, 1).put(&store).await;
    Audit::of(store.as_ref()).created(&elder).await.unwrap();
    recorded(&store).await;
    let report = verified(&store).await;
    assert_eq!((report.errors, report.runs_unbound), (0, 1));
}
