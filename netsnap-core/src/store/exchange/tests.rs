//! The contract of exports and imports in memory, and what real recordings bring.

#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::model::{Execution, ExecutionStatus};
use crate::store::{Backend, Filter, MemoryStore, Selection};
use crate::testing::store as contract;

fn memory() -> Arc<dyn Backend> {
    Arc::new(MemoryStore::new())
}

macro_rules! contracts {
    ($($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            contract::$name(memory()).await;
        }
    )*};
}

contracts! {
    a_bundle_brings_runs_back
    a_bundle_never_replaces_another_run
    a_run_that_goes_on_is_left_out_of_a_bundle
    an_export_as_json_holds_everything
    an_export_as_csv_holds_no_formula
    an_export_to_a_file_is_whole_or_not_there
    a_legacy_folder_becomes_runs
    an_old_run_folder_is_read_by_its_record
    old_run_folders_come_in_under_names_that_are_free
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/ansible")
        .join(name)
}

async fn whole(store: &Arc<dyn Backend>, format: ExportFormat) -> Vec<u8> {
    let options = ExportOptions {
        format,
        events: true,
        ..ExportOptions::default()
    };
    let mut bytes = Vec::new();
    export(store.as_ref(), &options, &mut bytes, &mut |_| ())
        .await
        .expect("exported");
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ansible_left_comes_in_once_and_without_secrets() {
    let store = memory();
    let sources = [
        ("artifacts", ImportFormat::AnsibleRunner, 3),
        ("callback.json", ImportFormat::AnsibleJson, 1),
        ("callback.jsonl", ImportFormat::AnsibleJson, 1),
        ("recap_color.txt", ImportFormat::Recap, 1),
    ];
    for (name, from, count) in sources {
        let options = ImportOptions::default();
        let report = import(&store, &data(name), &options, &|_| ())
            .await
            .unwrap();
        assert_eq!(
            (report.format, report.imported.len()),
            (from, count),
            "{report:?}"
        );
        let again = import(&store, &data(name), &options, &|_| ())
            .await
            .unwrap();
        assert_eq!(again.skipped.len(), count, "{again:?}");
    }
    for format in [
        ExportFormat::Json,
        ExportFormat::Ndjson,
        ExportFormat::Bundle,
    ] {
        let bytes = whole(&store, format).await;
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("canary"), "a secret was kept");
    }
    let bundle = whole(&store, ExportFormat::Bundle).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.tar");
    std::fs::write(&path, bundle).unwrap();
    let other = memory();
    let report = import(&other, &path, &ImportOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().imported.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recap_without_a_time_comes_in_once() {
    let store = memory();
    let text = std::fs::read_to_string(data("recap.txt")).unwrap();
    let (monday, tuesday) = (Some("2026-03-02T10:00:00Z"), Some("2026-03-03T10:00:00Z"));
    // A playbook that finds nothing to do says the same each night: the time that was named tells two nights apart.
    for (at, count) in [(monday, 1), (tuesday, 1), (monday, 0), (None, 1), (None, 0)] {
        let options = ImportOptions {
            at: at.map(|at| at.parse().unwrap()),
            ..ImportOptions::default()
        };
        let report = import_text(&store, &text, &options, &|_| ()).await.unwrap();
        assert_eq!(report.imported.len(), count, "{at:?}");
    }
    let error = import_text(&store, "nothing", &ImportOptions::default(), &|_| ()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recaps_of_two_nights_and_of_two_files_are_runs_of_their_own() {
    let store = memory();
    let recap = "PLAY RECAP ***\nr1 : ok=1 changed=0 unreachable=0 failed=0\n\n";
    let folder = tempfile::tempdir().unwrap();
    let options = ImportOptions::default();
    for (name, nights, count) in [
        ("monday.log", 1, 1),
        ("tuesday.log", 1, 1),
        ("tuesday.log", 1, 0),
        ("all.log", 2, 2),
        ("all.log", 3, 1),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, recap.repeat(nights)).unwrap();
        let report = import(&store, &path, &options, &|_| ()).await.unwrap();
        assert_eq!(report.imported.len(), count, "{name} with {nights}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_import_left_behind_is_brought_again() {
    let source = memory();
    let options = ImportOptions::default();
    let path = data("artifacts/site");
    let report = import(&source, &path, &options, &|_| ()).await.unwrap();
    let id = report.imported[0].execution.clone();
    let run = source.load(&id).await.unwrap();
    let store = memory();
    // As a process leaves it that dies while it brings the run.
    begun(&store, &run).await;
    let report = import(&store, &path, &options, &|_| ()).await.unwrap();
    assert_eq!(report.refused[0].error.kind, ErrorKind::Conflict);
    let mut left = store.load(&id).await.unwrap();
    left.status = ExecutionStatus::Interrupted;
    left.owner = None;
    store.update(&left).await.unwrap();
    let report = import(&store, &path, &options, &|_| ()).await.unwrap();
    assert_eq!(report.imported.len(), 1, "{report:?}");
    let brought: Execution = store.load(&id).await.unwrap();
    assert_eq!((brought.status, brought.incomplete), (run.status, None));
    let all = Selection::newest(10).filter(Filter::default());
    assert_eq!(store.select(&all).await.unwrap().len(), 1);
}

/// Begins to bring a run, as a process does that is killed right after.
async fn begun(store: &Arc<dyn Backend>, run: &Execution) -> Execution {
    let bringer = landing::Bringer::default();
    landing::Landing::begin(Arc::clone(store), run.clone(), bringer)
        .await
        .unwrap();
    store.load(&run.id).await.unwrap()
}

/// Two processes find what a third left: one ends it, in two steps; in between the other removes it and brings the run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_ends_what_was_left_does_not_end_what_came_in_its_place() {
    let source = memory();
    let path = data("artifacts/site");
    let report = import(&source, &path, &ImportOptions::default(), &|_| ()).await;
    let id = report.unwrap().imported[0].execution.clone();
    let run = source.load(&id).await.unwrap();
    let store = memory();
    let left = begun(&store, &run).await;
    store.delete(std::slice::from_ref(&id)).await.unwrap();
    let again = begun(&store, &run).await;
    let ended = Execution {
        status: ExecutionStatus::Interrupted,
        owner: None,
        ..left
    };
    let error = store.update(&ended).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(store.load(&id).await.unwrap(), again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_none_of_the_formats_is_refused() {
    let store = memory();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.bin");
    std::fs::write(&file, [0, 159, 146, 150]).unwrap();
    for (path, kind) in [
        (folder.path().to_owned(), ErrorKind::InvalidInput),
        (file, ErrorKind::InvalidInput),
        (folder.path().join("none"), ErrorKind::NotFound),
    ] {
        let error = import(&store, &path, &ImportOptions::default(), &|_| ()).await;
        assert_eq!(error.unwrap_err().kind(), kind, "{}", path.display());
    }
    for wrong in [r#"{"from": "zip"}"#, r#"{"form": "auto"}"#] {
        assert!(serde_json::from_str::<ImportOptions>(wrong).is_err());
    }
    serde_json::from_str::<ImportOptions>("{}").unwrap();
    serde_json::from_str::<ExportOptions>(r#"{"format": "bundle"}"#).unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unpacked_bundle_is_a_folder_of_the_file_store() {
    let source = memory();
    let path = data("artifacts/site");
    let report = import(&source, &path, &ImportOptions::default(), &|_| ()).await;
    let id = report.unwrap().imported[0].execution.clone();
    let bundle = whole(&source, ExportFormat::Bundle).await;
    let folder = tempfile::tempdir().unwrap();
    tar::Archive::new(bundle.as_slice())
        .unpack(folder.path())
        .unwrap();
    let url = folder.path().to_str().unwrap();
    let store = crate::store::open(url).await.unwrap();
    assert_eq!(
        store.load(&id).await.unwrap(),
        source.load(&id).await.unwrap()
    );
    assert_eq!(
        store.events(&id, 1, 1000).await.unwrap(),
        source.events(&id, 1, 1000).await.unwrap()
    );
    assert_eq!(
        store.device_results(&id).await.unwrap(),
        source.device_results(&id).await.unwrap()
    );
    let listed = store.outputs(&id).await.unwrap();
    assert_eq!(listed.len(), source.outputs(&id).await.unwrap().len());
    for one in listed {
        let read = store.output(&id, &one.device, &one.command).await;
        assert_eq!(read.unwrap().summary.digest, one.digest);
    }
}

const WARNING: &str = "[WARNING]: No inventory was parsed, only implicit localhost is available. Note that\nit does not match 'all'\n\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_json_callbacks_print_comes_in_behind_warnings_and_as_a_text() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["callback.json", "callback.jsonl"] {
        let text = WARNING.to_owned() + &std::fs::read_to_string(data(name)).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &text).unwrap();
        let options = ImportOptions::default();
        let report = import(&memory(), &path, &options, &|_| ()).await.unwrap();
        assert_eq!(report.format, ImportFormat::AnsibleJson, "{name}");
        assert_eq!(report.imported.len(), 1, "{name}");
        for format in [ImportFormat::Auto, ImportFormat::AnsibleJson] {
            let options = ImportOptions {
                format,
                ..ImportOptions::default()
            };
            let report = import_text(&memory(), &text, &options, &|_| ()).await;
            let report = report.unwrap();
            assert_eq!(report.format, ImportFormat::AnsibleJson, "{name}");
            assert_eq!(report.imported.len(), 1, "{name}");
        }
    }
    for format in [ImportFormat::Bundle, ImportFormat::Legacy] {
        let options = ImportOptions {
            format,
            ..ImportOptions::default()
        };
        let refused = import_text(&memory(), "{}", &options, &|_| ()).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_masked_in_what_comes_in_is_counted() {
    let store = memory();
    let folder = tempfile::tempdir().unwrap();
    let secret = "hostname r1\nenable secret 0 hunter2xyz\n";
    for (name, text) in [
        ("r1_show_run.txt", secret),
        ("r1_show_run.json", r#"{"password": "hunter2xyz"}"#),
        ("r1_show_clock.txt", "10:00\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let document = serde_json::json!({
        "plays": [{ "tasks": [{ "task": { "name": "show" }, "hosts": { "r1": { "stdout": secret } } }] }],
        "stats": { "r1": { "ok": 1 } }
    });
    let options = ImportOptions::default();
    let files = import(&store, folder.path(), &options, &|_| ()).await;
    let text = import_text(&store, &document.to_string(), &options, &|_| ()).await;
    let runs = [files.unwrap(), text.unwrap()].map(|report| report.imported[0].execution.clone());
    for (id, command, count) in [
        (&runs[0], "show run", 2),
        (&runs[0], "show clock", 0),
        (&runs[1], "show", 1),
    ] {
        let output = store.output(id, "r1", command).await.unwrap();
        assert_eq!(output.summary.redactions, count, "{command}");
        assert!(!output.text().contains("hunter2xyz"));
    }
}
