//! Folders of runs that older tools left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Store, time};
use crate::event::EventKind;
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionStatus};
use crate::store::exchange::{ImportFormat, ImportOptions, ImportReport, import};
use crate::store::verify::{VerifyOptions, verify};

/// The folder of one run as an older tool left it, named `name`: its record, and the outputs of two devices.
fn old_run(root: &Path, name: &str, record: &str) -> PathBuf {
    let folder = root.join(name);
    for below in ["TEXT", "JSON"] {
        std::fs::create_dir_all(folder.join(below)).unwrap();
    }
    for (name, bytes) in [
        ("metadata.json", record),
        (
            "devices.json",
            r#"[{"name": "r1", "status": "success"}, {"name": "edge_2", "status": "failed"}]"#,
        ),
        ("topology.json", r#"{"nodes": [], "links": []}"#),
        ("TEXT/r1_show_version.txt", "version 1"),
        ("TEXT/edge_2_show_ip_route___include_O.txt", "O 10.0.0.0/8"),
        ("JSON/r1_show_version.json", r#"{"version": 1}"#),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    folder
}

/// A record with the fields that the tools before wrote.
fn old_record(id: &str, status: &str) -> String {
    let record = serde_json::json!({
        "execution_id": id, "job_id": "nightly", "timestamp": "2025-11-24T19:44:01.250000", "status": status,
        "devices": [
            {"id": "d1", "name": "r1", "ip": "192.0.2.1"},
            {"id": "d2", "name": "edge_2", "ip": "192.0.2.2"},
        ],
        "commands": ["show version", "show ip route | include O"],
        "results": {"total_devices": 2, "completed_devices": 2, "total_commands": 4, "successful_commands": 3, "failed_commands": 1},
        "files": {"text_files": 2, "json_files": 1, "total_size_mb": 0.1},
    });
    record.to_string()
}

/// Every file below a folder, with what is in it.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(everything(&path)),
            false => drop(found.insert(path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    found
}

async fn taken(store: &Store, path: &Path) -> ImportReport {
    let options = ImportOptions::default();
    import(store, path, &options, &|_| ()).await.unwrap()
}

/// Where a run left a record beside its outputs, it is that run again, under its own name, and stays as it is.
pub async fn an_old_run_folder_is_read_by_its_record(store: Store) {
    let root = tempfile::tempdir().unwrap();
    let name = "exec_2025-11-24_194401_a1b2c3d4";
    let folder = old_run(root.path(), name, &old_record(name, "partial"));
    let before = everything(root.path());
    let report = taken(&store, &folder).await;
    assert_eq!(report.format, ImportFormat::Legacy);
    assert_eq!(
        (report.imported.len(), report.refused.len()),
        (1, 0),
        "{report:?}"
    );
    let id: ExecutionId = name.parse().unwrap();
    let run = store.load(&id).await.unwrap();
    assert_eq!(run.job_id.as_deref(), Some("nightly"));
    assert_eq!(run.created_at, time("2025-11-24T19:44:01.25Z"));
    assert_eq!(run.status, ExecutionStatus::Partial);
    let devices: Vec<_> = run
        .devices
        .iter()
        .map(|one| (&*one.id, &*one.name, &*one.ip))
        .collect();
    assert_eq!(
        devices,
        [("d1", "r1", "192.0.2.1"), ("d2", "edge_2", "192.0.2.2")]
    );
    assert_eq!(run.commands, ["show version", "show ip route | include O"]);
    let counted = (
        run.results.total_devices,
        run.results.completed_devices,
        run.results.failed_devices,
    );
    assert_eq!(counted, (2, 2, 1));
    let said = run.incomplete.expect("a command is missing");
    assert!(said.contains("4 commands"), "{said}");
    let outputs = store.outputs(&id).await.unwrap();
    let mut outputs: Vec<_> = outputs
        .iter()
        .map(|one| (&*one.device, &*one.command, one.parsed))
        .collect();
    outputs.sort_unstable();
    assert_eq!(
        outputs,
        [
            ("edge_2", "show ip route | include O", false),
            ("r1", "show version", true)
        ]
    );
    // What has no place of its own in a summary of ours is in the log.
    let log = store.events(&id, 1, 100).await.unwrap();
    let record = log
        .iter()
        .find(|event| event.kind == EventKind::Note)
        .expect("the record");
    assert_eq!(record.data["results"]["failed_commands"], 1);
    // A copy has other times, and is the same run.
    for path in before.keys() {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now()).unwrap();
    }
    let again = taken(&store, &folder).await;
    assert_eq!(
        (again.imported.len(), again.skipped.len()),
        (0, 1),
        "{again:?}"
    );
    assert_eq!(everything(root.path()), before);
    let verified = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(verified.unwrap().findings, []);
}

/// A name that is none, or is taken, gives way to one that the same record always has; a folder of runs brings each of them.
pub async fn old_run_folders_come_in_under_names_that_are_free(store: Store) {
    let root = tempfile::tempdir().unwrap();
    let name = "exec_2025-11-24_194401_a1b2c3d4";
    old_run(root.path(), "a", &old_record(name, "completed"));
    old_run(root.path(), "b", &old_record(name, "failed"));
    old_run(root.path(), "c", &old_record("run 7", "running"));
    old_run(root.path(), "d", &old_record("run 8", "weird"));
    old_run(root.path(), "e", "{\"execution_id\": ");
    // A run of a file store says more than would come in this way.
    let ours = Execution::new(name.parse().unwrap(), time("2025-11-24T19:44:01Z"));
    old_run(root.path(), "f", &serde_json::to_string(&ours).unwrap());
    let before = everything(root.path());
    let report = taken(&store, root.path()).await;
    assert_eq!(
        (report.imported.len(), report.refused.len()),
        (4, 1),
        "{report:?}"
    );
    assert_eq!(report.refused[0].source, "f");
    let ids: Vec<_> = report
        .imported
        .iter()
        .map(|one| one.execution.clone())
        .collect();
    assert_eq!(ids[0].as_str(), name);
    for id in &ids[1..] {
        assert_ne!(*id, ids[0]);
        assert_eq!(id.second(), ids[0].second());
    }
    let said = report.remarks.join("\n");
    for word in [name, "run 7", "weird", "e/metadata.json"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let mut statuses = Vec::new();
    for id in &ids {
        let run = store.load(id).await.unwrap();
        assert_eq!(store.outputs(id).await.unwrap().len(), 2);
        statuses.push((run.status, run.reason.is_some()));
    }
    use ExecutionStatus::{Failed, Interrupted, Succeeded};
    assert_eq!(
        statuses,
        [
            (Succeeded, false),
            (Failed, false),
            (Interrupted, true),
            (Interrupted, true)
        ]
    );
    let again = taken(&store, root.path()).await;
    assert_eq!(
        (again.imported.len(), again.skipped.len()),
        (0, 4),
        "{again:?}"
    );
    let known: Vec<_> = again
        .skipped
        .iter()
        .map(|one| one.execution.clone())
        .collect();
    assert_eq!((known, everything(root.path())), (ids, before));
}
