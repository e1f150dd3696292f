//! Exports, and what imports bring.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::broadcast;

use super::{Fault, Faulty, Store, output, time};
use crate::error::ErrorKind;
use crate::event::{Event, EventKind, NewEvent, Progress};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionStatus, Output};
use crate::store::audit::{Audit, AuditAction, AuditEntry, AuditOptions, execution_digest};
use crate::store::exchange::{
    CsvTable, ExportFormat, ExportOptions, ExportReport, ImportFormat, ImportOptions, ImportReport,
    export, export_file, import,
};
use crate::store::verify::{VerifyOptions, verify};
use crate::store::{Durability, Filter, ListOptions, MemoryStore, NewExecution, Recorder, list};

/// A store to compare with.
fn other() -> Store {
    Arc::new(MemoryStore::new())
}

/// Records a run with everything that a run can have.
pub(super) async fn record(store: &Store, name: &str) -> Execution {
    let device = DeviceSummary {
        id: "r1".into(),
        name: "r1".into(),
        ip: "192.0.2.1".into(),
        platform: None,
    };
    let new = NewExecution {
        name: name.into(),
        actor: "=cmd|'/c calc'!A1".into(),
        labels: [("site".to_owned(), "north".to_owned())].into(),
        devices: vec![device],
        parameters: serde_json::json!({"ratio": 0.1, "depth": 2}),
        ..NewExecution::default()
    };
    let (bus, _) = broadcast::channel(16);
    let recorder = Recorder::begin(Arc::clone(store), new, bus).await.unwrap();
    let note =
        NewEvent::new(EventKind::Note, "a note").data(serde_json::json!({"share": 1.0 / 3.0}));
    recorder.event(note, Durability::Batched).await.unwrap();
    for one in outputs() {
        recorder.output(one).await.unwrap();
    }
    let result = DeviceResult {
        commands_ok: 5,
        ..DeviceResult::new("r1", DeviceStatus::Ok)
    };
    recorder.device_result(result).await.unwrap();
    let document = store.put_document(recorder.id(), "topology.json", b"{\"nodes\": []}");
    document.await.unwrap();
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap()
}

fn outputs() -> Vec<Output> {
    vec![
        output("r1", "show clock", b"an older answer"),
        output("r1", "show clock", b"a newer answer"),
        output("r1", "SHOW CLOCK", b"case"),
        output("../../r1", "show\n/etc", b"nul \0 and \xff\xfe"),
        output("r1", "show json", b"{\"a\": [1]}\n"),
        output("r1", "show data", b"a b").with_parsed(serde_json::json!({"a": "b"})),
    ]
}

pub(super) async fn exported(store: &Store, options: &ExportOptions) -> (Vec<u8>, ExportReport) {
    let mut bytes = Vec::new();
    let mut last = None;
    let mut progress = |now: Progress| last = Some(now);
    let report = export(store.as_ref(), options, &mut bytes, &mut progress);
    let report = report.await.unwrap();
    assert_eq!(report.bytes, bytes.len() as u64);
    assert_eq!(report.digest, crate::id::Digest::of(&bytes));
    if let Some(last) = last {
        assert_eq!(last.done, last.total);
    }
    (bytes, report)
}

pub(super) fn form(format: ExportFormat) -> ExportOptions {
    ExportOptions {
        format,
        events: true,
        ..ExportOptions::default()
    }
}

pub(super) async fn imported(store: &Store, bytes: &[u8], options: &ImportOptions) -> ImportReport {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.tar");
    std::fs::write(&path, bytes).unwrap();
    import(store, &path, options, &|_| ()).await.unwrap()
}

async fn log(store: &Store, id: &ExecutionId) -> Vec<Event> {
    store.events(id, 1, 100_000).await.unwrap()
}

/// A run without what is remarked about it.
fn bare(mut run: Execution) -> Execution {
    run.labels.clear();
    run.annotations.clear();
    run.revision = 0;
    // Each store names the record as it keeps it.
    run.record_digest = None;
    run
}

/// A run comes back from a bundle as it was, with a remark; and once.
pub async fn a_bundle_brings_runs_back(store: Store) {
    let source = other();
    let run = record(&source, "first").await;
    record(&source, "second").await;
    let (bytes, report) = exported(&source, &form(ExportFormat::Bundle)).await;
    assert_eq!((report.executions, report.superseded_outputs), (2, 0));
    let (again, _) = exported(&source, &form(ExportFormat::Bundle)).await;
    assert!(bytes == again, "the same runs are other bytes");
    let options = ImportOptions {
        labels: [("site", "south"), ("from", "lab")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        actor: "ada".into(),
        ..ImportOptions::default()
    };
    let dry = ImportOptions {
        dry_run: true,
        ..options.clone()
    };
    assert_eq!(imported(&store, &bytes, &dry).await.imported.len(), 2);
    let there = list(store.as_ref(), &ListOptions::default()).await.unwrap();
    assert!(there.items.is_empty());
    let report = imported(&store, &bytes, &options).await;
    assert_eq!(
        (report.imported.len(), report.format),
        (2, ImportFormat::Bundle)
    );
    assert_same(&source, &store, &run).await;
    let brought = store.load(&run.id).await.unwrap();
    assert_eq!(
        (
            brought.labels["site"].as_str(),
            brought.labels["from"].as_str()
        ),
        ("north", "lab")
    );
    assert_eq!(brought.annotations.last().unwrap().actor, "ada");
    assert_told(&store, &brought).await;
    let report = imported(&store, &bytes, &options).await;
    assert_eq!((report.imported.len(), report.skipped.len()), (0, 2));
    assert!(report.refused.is_empty(), "{report:?}");
}

/// Whether the audit log says who brought a run, and as what.
async fn assert_told(store: &Store, run: &Execution) {
    let audit = Audit::of(store.as_ref());
    let page = audit.entries(&AuditOptions::default()).await.unwrap();
    assert_eq!(page.items.len(), 2, "one entry for each run: {page:?}");
    let is_of_it = |entry: &&AuditEntry| entry.object_id == run.id.as_str();
    let entry = page.items.iter().find(is_of_it).unwrap();
    assert_eq!(
        (entry.action, entry.actor.as_str()),
        (AuditAction::Import, "ada")
    );
    let digest = execution_digest(run).unwrap();
    assert_eq!((entry.before, entry.after), (None, Some(digest)));
    assert!(entry.reason.as_ref().unwrap().contains("bundle.tar"));
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

async fn assert_same(source: &Store, store: &Store, run: &Execution) {
    let id = &run.id;
    assert_eq!(bare(store.load(id).await.unwrap()), bare(run.clone()));
    assert_eq!(log(store, id).await, log(source, id).await);
    assert_eq!(
        store.device_results(id).await.unwrap(),
        source.device_results(id).await.unwrap()
    );
    // Of one command on one device there are several, the first included.
    assert_eq!(store.outputs(id).await.unwrap().len(), outputs().len());
    for (place, expected) in outputs().iter().enumerate() {
        let read = store.output_at(id, place).await.unwrap();
        assert_eq!(read.summary.command, expected.summary.command);
        assert_eq!(
            (&read.bytes, &read.parsed),
            (&expected.bytes, &expected.parsed)
        );
    }
    assert_eq!(
        store.document(id, "topology.json").await.unwrap(),
        b"{\"nodes\": []}"
    );
}

/// A run whose name another one has is refused; the others come in.
pub async fn a_bundle_never_replaces_another_run(store: Store) {
    let source = other();
    let taken = record(&source, "first").await;
    let free = record(&source, "second").await;
    let (bytes, _) = exported(&source, &form(ExportFormat::Bundle)).await;
    let mut own = Execution {
        name: "own".into(),
        ..Execution::new(taken.id.clone(), taken.created_at)
    };
    store.create(&own).await.unwrap();
    own.status = ExecutionStatus::Failed;
    let own = store.update(&own).await.unwrap();
    let report = imported(&store, &bytes, &ImportOptions::default()).await;
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|one| (&one.execution, one.error.kind))
        .collect();
    assert_eq!(
        refused,
        [(&Some(taken.id.clone()), ErrorKind::AlreadyExists)]
    );
    assert_eq!(report.imported[0].execution, free.id);
    assert_eq!(store.load(&taken.id).await.unwrap(), own);
}

/// A run that goes on is in the other forms, and not in a bundle.
pub async fn a_run_that_goes_on_is_left_out_of_a_bundle(store: Store) {
    let run = super::created(&store, 1).await;
    let (_, report) = exported(&store, &form(ExportFormat::Bundle)).await;
    assert_eq!(
        (report.executions, report.left_out[0].execution.clone()),
        (0, run.id)
    );
    let (_, report) = exported(&store, &form(ExportFormat::Json)).await;
    assert_eq!(report.executions, 1);
}

/// A run of which an output cannot be read, or that goes away while it is written, is left out and named: the others are exported as if
/// it was not there.
pub async fn an_export_leaves_out_what_cannot_be_read(store: Store) {
    let broken = super::created(&store, 1).await;
    for device in ["r1", "broken"] {
        let answer = output(device, "show version", b"version 1");
        store.put_output(&broken.id, answer).await.unwrap();
    }
    let broken = super::finished(&store, broken).await.id;
    let mut whole = Vec::new();
    for name in ["first", "second"] {
        whole.push(record(&store, name).await.id);
    }
    for format in [
        ExportFormat::Json,
        ExportFormat::Ndjson,
        ExportFormat::Bundle,
    ] {
        let others = ExportOptions {
            executions: whole.clone(),
            ..form(format)
        };
        let (expected, _) = exported(&store, &others).await;
        for kind in [ErrorKind::Corrupt, ErrorKind::NotFound] {
            let fault = Fault::LosesOutputs("broken", kind);
            let faulty: Store = Arc::new(Faulty::new(Arc::clone(&store), fault));
            let (bytes, report) = exported(&faulty, &form(format)).await;
            assert_eq!(report.executions, 2);
            let [left_out] = &report.left_out[..] else {
                panic!("{report:?}");
            };
            assert_eq!(left_out.execution, broken);
            assert!(
                left_out.reason.contains("its bytes are gone"),
                "{left_out:?}"
            );
            assert!(bytes == expected, "{format:?} {kind:?}");
        }
    }
}

/// JSON and its lines hold every record, bytes exact.
pub async fn an_export_as_json_holds_everything(store: Store) {
    let run = record(&store, "whole").await;
    record(&store, "other").await;
    let options = ExportOptions {
        executions: vec![run.id.clone(), run.id.clone()],
        ..form(ExportFormat::Json)
    };
    let (bytes, _) = exported(&store, &options).await;
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let runs = document["executions"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0]["summary"], serde_json::to_value(&run).unwrap());
    assert_eq!(runs[0]["events"].as_array().unwrap().len(), 10);
    let outputs = runs[0]["outputs"].as_array().unwrap();
    assert_eq!(outputs[0]["text"], "an older answer");
    assert_eq!(outputs[1]["text"], "a newer answer");
    assert_eq!(outputs[3]["base64"], "bnVsIAAgYW5kIP/+");
    assert_eq!(outputs[5]["data"]["a"], "b");
    let (bytes, _) = exported(&store, &form(ExportFormat::Ndjson)).await;
    let lines = String::from_utf8(bytes).unwrap();
    let types: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(types.iter().filter(|kind| *kind == "execution").count(), 2);
    assert_eq!(types.iter().filter(|kind| *kind == "output").count(), 12);
    assert_eq!(types.iter().filter(|kind| *kind == "event").count(), 20);
    let nothing = ExportOptions {
        filter: Filter::Job("none".into()),
        ..form(ExportFormat::Json)
    };
    let (bytes, _) = exported(&store, &nothing).await;
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(document["executions"], serde_json::json!([]));
}

/// No cell of a table is a formula.
pub async fn an_export_as_csv_holds_no_formula(store: Store) {
    record(&store, "-1+1").await;
    for (table, rows) in [
        (CsvTable::Executions, 1),
        (CsvTable::DeviceResults, 1),
        (CsvTable::Outputs, 6),
    ] {
        let options = ExportOptions {
            table,
            ..form(ExportFormat::Csv)
        };
        let (bytes, _) = exported(&store, &options).await;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), rows);
        for cell in records.iter().flatten() {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
        }
    }
}

/// A file of an export appears whole, and takes the place of another one only when it is asked to.
pub async fn an_export_to_a_file_is_whole_or_not_there(store: Store) {
    use crate::store::exchange::Existing;
    record(&store, "one").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.ndjson");
    let options = form(ExportFormat::Ndjson);
    let written = export_file(store.as_ref(), &options, &path, &mut |_| ()).await;
    let (bytes, _) = exported(&store, &options).await;
    assert_eq!(written.unwrap().bytes, bytes.len() as u64);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    let again = export_file(store.as_ref(), &options, &path, &mut |_| ()).await;
    super::fails_with(again, ErrorKind::AlreadyExists);
    let replace = ExportOptions {
        existing: Existing::Replace,
        filter: Filter::Job("none".into()),
        ..options.clone()
    };
    export_file(store.as_ref(), &replace, &path, &mut |_| ())
        .await
        .unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"");
    let unknown = ExportOptions {
        executions: vec![ExecutionId::new(time("2020-01-01T00:00:00Z"), 1)],
        existing: Existing::Replace,
        ..options
    };
    let path = folder.path().join("x");
    let missing = export_file(store.as_ref(), &unknown, &path, &mut |_| ()).await;
    super::fails_with(missing, ErrorKind::NotFound);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

/// A folder as an older tool left it: two runs, an hour apart.
fn legacy_folder() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("TEXT")).unwrap();
    std::fs::create_dir(folder.path().join("JSON")).unwrap();
    let mut paths = Vec::new();
    for (name, bytes, second) in [
        ("r1_show_version.txt", &b"version 1"[..], 0),
        ("r2_show_run.txt", b"enable secret canary", 60),
        ("TEXT/r1_show_ip_route.txt", b"route", 200),
        (
            "JSON/r1_show_ip_route.json",
            b"{\"routes\": 1, \"password\": \"canary\"}",
            201,
        ),
        ("r1_show_clock.txt", b"later", 3600),
        ("notes.txt", b"caf\xe9", 3601),
        ("README.md", b"#", 0),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + second);
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(written).unwrap();
        paths.push(path);
    }
    (folder, paths)
}

/// A folder of files becomes runs by the gaps between them, once, and stays as it is.
pub async fn a_legacy_folder_becomes_runs(store: Store) {
    let (folder, paths) = legacy_folder();
    let before: Vec<_> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let options = ImportOptions {
        dry_run: true,
        ..ImportOptions::default()
    };
    let dry = import(&store, folder.path(), &options, &|_| ())
        .await
        .unwrap();
    let options = ImportOptions::default();
    let report = import(&store, folder.path(), &options, &|_| ())
        .await
        .unwrap();
    assert_eq!(
        (report.format, &report.imported),
        (ImportFormat::Legacy, &dry.imported)
    );
    let ids: Vec<_> = report
        .imported
        .iter()
        .map(|one| one.execution.to_string())
        .collect();
    assert_eq!(
        ids,
        [
            "exec_legacy_2023-11-14_221320_migrated",
            "exec_legacy_2023-11-14_231320_migrated"
        ]
    );
    let id = &report.imported[0].execution;
    let run = store.load(id).await.unwrap();
    let devices: Vec<_> = run.devices.iter().map(|one| one.name.as_str()).collect();
    assert_eq!((devices, run.results.total_commands), (vec!["r1", "r2"], 3));
    let route = store.output(id, "r1", "show ip route").await.unwrap();
    assert_eq!(route.bytes, b"route");
    assert_eq!(route.parsed.unwrap()["password"], "********");
    let masked = store.output(id, "r2", "show run").await.unwrap();
    assert_eq!(masked.bytes, b"enable secret ********");
    let notes = store
        .output(&report.imported[1].execution, "unknown", "notes")
        .await;
    assert_eq!(notes.unwrap().bytes, b"caf\xe9");
    let again = import(&store, folder.path(), &options, &|_| ())
        .await
        .unwrap();
    assert_eq!(
        (again.imported.len(), again.skipped.len()),
        (0, 2),
        "{again:?}"
    );
    let after: Vec<_> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert_eq!(before, after);
    let newest = list(store.as_ref(), &ListOptions::default()).await.unwrap();
    assert_eq!(newest.items[0].id.to_string(), ids[1]);
}
