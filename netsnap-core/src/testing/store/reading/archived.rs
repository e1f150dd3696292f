//! What is read of runs whose outputs were moved to compressed form.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use serde_json::{Value, to_value};

use super::super::Store;
use super::{recorded, rerun};
use crate::compare::{CompareOptions, compare_executions};
use crate::event::Event;
use crate::model::Execution;
use crate::rerun::{Pace, replay};
use crate::store::exchange::{ExportFormat, ExportOptions, export};
use crate::store::retention::{ArchiveOptions, archive};
use crate::store::search::SearchOptions;
use crate::store::search_output;
use crate::store::verify::{VerifyOptions, verify};
use crate::topology::topology;

const NEIGHBOUR: &[u8] = b"Neighbor ID     Pri State           Up Time         Dead Time Address         Interface                        RXmtL RqstL DBsmL
2.2.2.2           1 Full/-          34.891s            7.543s 10.0.1.1        eth1:10.0.1.0                        0     0     0
";

/// Two runs in which a command was answered twice, with text, JSON and bytes that are neither.
async fn two(store: &Store) -> [Execution; 2] {
    let long = b"interface Gi0/1 is up\r\n".repeat(500);
    let first: [(&str, &str, &[u8]); 6] = [
        ("r1", "show clock", b"an older needle"),
        ("r1", "show clock", b"a newer needle"),
        ("r1", "show raw", b"needle \0 \xff\xfe"),
        ("r1", "show data", b"{\"needle\": [1, 2]}"),
        ("r1", "show ip ospf neighbor", NEIGHBOUR),
        ("r2", "show tech", &long),
    ];
    let second: [(&str, &str, &[u8]); 3] = [
        ("r1", "show clock", b"no such thing"),
        ("r1", "show data", b"{\"needle\": [1, 3]}"),
        ("r2", "show tech", &long),
    ];
    [
        recorded(store, 1, &first).await,
        recorded(store, 2, &second).await,
    ]
}

async fn exported(store: &Store, format: ExportFormat) -> Vec<u8> {
    let options = ExportOptions {
        format,
        events: true,
        outputs: true,
        ..ExportOptions::default()
    };
    let mut bytes = Vec::new();
    let report = export(store.as_ref(), &options, &mut bytes, &mut |_| ()).await;
    assert_eq!(report.unwrap().executions, 2);
    bytes
}

/// The outputs of a run, read by their place and by their name.
async fn read(store: &Store, run: &Execution) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut read = Vec::new();
    let outputs = store.outputs(&run.id).await.unwrap();
    for (place, summary) in outputs.iter().enumerate() {
        let at = store.output_at(&run.id, place).await.unwrap();
        let newest = store.output(&run.id, &summary.device, &summary.command);
        assert_eq!(at.summary, *summary);
        read.push((at.bytes, newest.await.unwrap().bytes));
    }
    read
}

/// What every verb that reads outputs says of two runs, by its name.
async fn told(store: &Store, runs: &[Execution; 2]) -> Vec<(&'static str, Value)> {
    let search = SearchOptions {
        pattern: "needle".into(),
        before: 1,
        ..SearchOptions::default()
    };
    let found = search_output(store.as_ref(), &search, &|_| ()).await;
    let found = found.unwrap();
    assert_eq!(found.hits.len(), 5);
    let [before, after] = runs;
    let options = CompareOptions::default();
    let compared = compare_executions(store.as_ref(), &before.id, &after.id, &options).await;
    let compared = compared.unwrap();
    assert_eq!(compared.totals.outputs_changed, 2);
    let links = topology(store.as_ref(), &before.id).await.unwrap();
    assert_eq!(links.links.len(), 1);
    let outputs = (read(store, before).await, read(store, after).await);
    assert_ne!(outputs.0[0].0, outputs.0[0].1, "an older one is read");
    vec![
        ("search", to_value(found).unwrap()),
        ("compare", to_value(compared).unwrap()),
        ("topology", to_value(links).unwrap()),
        ("output", to_value(outputs).unwrap()),
    ]
}

/// What is searched, compared, drawn, exported and read of a run is the same before and after its outputs were compressed.
pub async fn an_archived_run_answers_each_verb_as_before(store: Store) {
    const FORMATS: [ExportFormat; 4] = [
        ExportFormat::Json,
        ExportFormat::Ndjson,
        ExportFormat::Csv,
        ExportFormat::Bundle,
    ];
    let runs = two(&store).await;
    let before = told(&store, &runs).await;
    let mut exports = Vec::new();
    for format in FORMATS {
        exports.push(exported(&store, format).await);
    }
    for run in &runs {
        store.archive(&run.id).await.unwrap();
    }
    for ((verb, after), (_, before)) in told(&store, &runs).await.into_iter().zip(before) {
        assert_eq!(after, before, "{verb}");
    }
    for (format, before) in FORMATS.into_iter().zip(exports) {
        let after = exported(&store, format).await;
        assert!(after == before, "{format:?} is other bytes");
    }
}

/// An archived run is replayed, a collection runs against it, and nothing is found wrong with it.
pub async fn an_archived_run_is_replayed_and_verified(store: Store) {
    let run = rerun::past(&store).await;
    let log = store.events(&run.id, 1, 1000).await.unwrap();
    let options = ArchiveOptions {
        dry_run: false,
        ..ArchiveOptions::default()
    };
    let report = archive(store.as_ref(), &options, &|_| ()).await.unwrap();
    assert_eq!((report.archived, report.failed.len()), (1, 0));
    assert!(store.load(&run.id).await.unwrap().archived);
    let past = replay(Arc::clone(&store), &run.id, Pace::AtOnce).await;
    let events: Vec<Event> = past.unwrap().events(1).try_collect().await.unwrap();
    assert_eq!(events, log);
    rerun::assert_collects_the_same(&store, &run).await;
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}
