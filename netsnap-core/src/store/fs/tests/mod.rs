//! What only files can suffer: torn and damaged bytes, strangers, links, copies.

mod archive;
mod current;
mod forged;
mod legacy;
mod links;
mod names;
mod shared;
mod told;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::TempDir;

use super::{FsStore, layout};
use crate::error::ErrorKind;
use crate::event::{Event, EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Answer, Execution, ExecutionStatus, Output, Proof};
use crate::store::{
    BlobStore as _, Durability, ExecutionStore as _, NewExecution, RecordStore as _, Recorder,
    Selection,
};

struct Fixture {
    store: FsStore,
    folder: TempDir,
}

async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let store = FsStore::open(folder.path()).await.unwrap();
    Fixture { store, folder }
}

impl Fixture {
    async fn run(&self) -> Execution {
        self.run_with(vec![output(b"text")]).await
    }

    async fn run_with(&self, outputs: Vec<Output>) -> Execution {
        let (bus, _) = tokio::sync::broadcast::channel(8);
        let store = std::sync::Arc::new(self.store.clone());
        let new = NewExecution::default();
        let recorder = Recorder::begin(store, new, bus).await.unwrap();
        for output in outputs {
            recorder.output(output).await.unwrap();
        }
        recorder
            .finish(ExecutionStatus::Succeeded, None)
            .await
            .unwrap()
    }

    /// A run that nobody ends, with an output.
    async fn going_on(&self) -> Execution {
        let mut run = self.run().await;
        run.id = ExecutionId::new(run.created_at, 2);
        run.status = ExecutionStatus::Running;
        self.store.create(&run).await.unwrap();
        let kept = self.store.put_output(&run.id, output(b"text"));
        kept.await.unwrap();
        let log = events(1..=3);
        let appended = self.store.append(&run.id, &log, Durability::Durable);
        appended.await.unwrap();
        run
    }

    /// A run that nobody records, with three events.
    async fn open_run(&self) -> ExecutionId {
        let mut run = self.run().await;
        run.id = ExecutionId::new(run.created_at, 1);
        run.status = ExecutionStatus::Running;
        self.store.create(&run).await.unwrap();
        let log = events(1..=3);
        self.store
            .append(&run.id, &log, Durability::Durable)
            .await
            .unwrap();
        run.id
    }

    fn path(&self, id: &ExecutionId, name: &str) -> PathBuf {
        layout::execution(self.folder.path(), id).join(name)
    }
}

fn events(sequences: std::ops::RangeInclusive<u64>) -> Vec<Event> {
    let event = |sequence| NewEvent::new(EventKind::Note, "x").at(sequence, Timestamp::UNIX_EPOCH);
    sequences.map(event).collect()
}

fn output(bytes: &[u8]) -> Output {
    let answer = Answer {
        bytes: bytes.to_vec(),
        proof: Proof::Exec,
        exit_status: Some(0),
        rejection: None,
        warnings: Vec::new(),
        duration_us: 1,
    };
    Output::new("r1", "show version", Timestamp::UNIX_EPOCH, answer)
}

#[tokio::test]
async fn a_log_torn_anywhere_in_its_last_line_is_cut_there() {
    let fixture = fixture().await;
    let id = fixture.open_run().await;
    let path = fixture.path(&id, layout::EVENTS);
    let whole = fs::read(&path).unwrap();
    let last_line = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    for torn in last_line..whole.len() {
        fs::write(&path, &whole[..torn]).unwrap();
        let read = fixture.store.events(&id, 1, 10).await.unwrap();
        assert_eq!(read, events(1..=2), "torn at {torn}");
        let again = events(3..=3);
        fixture
            .store
            .append(&id, &again, Durability::Batched)
            .await
            .unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole, "torn at {torn}");
    }
}

#[tokio::test]
async fn a_tail_of_zeros_is_cut() {
    let fixture = fixture().await;
    let id = fixture.open_run().await;
    let path = fixture.path(&id, layout::EVENTS);
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend([0; 5000]);
    fs::write(&path, bytes).unwrap();
    assert_eq!(fixture.store.events(&id, 1, 9).await.unwrap().len(), 3);
    let next = events(4..=4);
    fixture
        .store
        .append(&id, &next, Durability::Batched)
        .await
        .unwrap();
    let read = fixture.store.events(&id, 1, 10).await.unwrap();
    assert_eq!(read, events(1..=4));
}

#[tokio::test]
async fn damage_in_the_middle_is_told_and_never_cut() {
    let fixture = fixture().await;
    let id = fixture.open_run().await;
    let path = fixture.path(&id, layout::EVENTS);
    let mut bytes = fs::read(&path).unwrap();
    bytes[20] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let read = fixture.store.events(&id, 1, 10).await.unwrap_err();
    assert_eq!(read.kind(), ErrorKind::Corrupt);
    // With a torn tail as well, cutting it must not take the intact lines behind the damage.
    bytes.extend(b"{\"sequence\":4");
    fs::write(&path, &bytes).unwrap();
    let next = events(4..=4);
    let append = fixture.store.append(&id, &next, Durability::Batched).await;
    assert_eq!(append.unwrap_err().kind(), ErrorKind::Corrupt);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn a_parsed_answer_that_was_edited_is_told() {
    let fixture = fixture().await;
    let run = fixture.going_on().await;
    let parsed = output(b"Version 8").with_parsed(serde_json::json!({ "version": 8 }));
    fixture.store.put_output(&run.id, parsed).await.unwrap();
    let read = || fixture.store.output(&run.id, "r1", "show version");
    assert_eq!(read().await.unwrap().parsed.unwrap()["version"], 8);
    let path = fixture.path(&run.id, "JSON/r1_show_version.json");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace('8', "9")).unwrap();
    let error = read().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("digest"), "{error}");
    assert_eq!(
        fixture.store.archive(&run.id).await.unwrap_err().kind(),
        ErrorKind::Corrupt
    );
}

#[tokio::test]
async fn a_broken_folder_hides_no_other() {
    let fixture = fixture().await;
    let good = fixture.run().await;
    let executions = layout::executions(fixture.folder.path());
    let broken = |number| ExecutionId::new(good.created_at, number).to_string();
    fs::create_dir(executions.join(broken(1))).unwrap();
    fs::create_dir(executions.join(broken(2))).unwrap();
    fs::write(executions.join(broken(2)).join(layout::METADATA), "{").unwrap();
    fs::write(executions.join(broken(3)), "a file").unwrap();
    fs::create_dir(executions.join("stranger")).unwrap();
    fs::create_dir(executions.join(".new-left-over")).unwrap();
    let id = broken(2).parse().unwrap();
    let error = fixture.store.load(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let reopened = FsStore::open(fixture.folder.path()).await.unwrap();
    let page = reopened.select(&Selection::newest(10)).await.unwrap();
    assert_eq!(page, std::slice::from_ref(&good));
    assert_eq!(reopened.current().await.unwrap(), Some(good.id.clone()));
    let damage = reopened.damage().await.unwrap();
    let told = damage.iter().map(|one| {
        let report = &one.error;
        assert!(report.kind == ErrorKind::Corrupt && report.hint.is_some());
        (one.place.as_str(), report.message.as_str())
    });
    let (unread, stranger) = (
        "the summary of a run cannot be read",
        "not the folder of a run",
    );
    let expected = [
        (&*broken(1), unread),
        (&*broken(2), unread),
        (&*broken(3), stranger),
        ("stranger", stranger),
    ];
    assert_eq!(Vec::from_iter(told), expected);
}

#[tokio::test]
async fn a_link_is_not_a_run_and_an_index_leads_nowhere_else() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    let linked = ExecutionId::new(run.created_at, 5);
    let target = layout::execution(fixture.folder.path(), &run.id);
    symlink(&target, layout::execution(fixture.folder.path(), &linked)).unwrap();
    let error = fixture.store.load(&linked).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(
        fixture
            .store
            .select(&Selection::newest(9))
            .await
            .unwrap()
            .len(),
        1
    );
    let secret = fixture.folder.path().join("secret");
    fs::write(&secret, "text").unwrap();
    let file = target.join("TEXT/r1_show_version.txt");
    fs::remove_file(&file).unwrap();
    symlink(&secret, &file).unwrap();
    let error = fixture.store.output(&run.id, "r1", "show version").await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn a_copied_run_opens_in_another_store() {
    let from = fixture().await;
    let run = from.run().await;
    let to = fixture().await;
    copy(
        &layout::execution(from.folder.path(), &run.id),
        &layout::execution(to.folder.path(), &run.id),
    );
    assert_eq!(to.store.load(&run.id).await.unwrap(), run);
    assert_eq!(to.store.current().await.unwrap(), Some(run.id.clone()));
    let events = to.store.events(&run.id, 1, 9).await.unwrap();
    assert_eq!(events, from.store.events(&run.id, 1, 9).await.unwrap());
    let output = to.store.output(&run.id, "r1", "show version").await;
    assert_eq!(output.unwrap().bytes, b"text");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn changed_bytes_are_found() {
    let fixture = fixture().await;
    let run = fixture.run().await;
    fs::write(fixture.path(&run.id, "TEXT/r1_show_version.txt"), "tExt").unwrap();
    let read = fixture.store.output(&run.id, "r1", "show version").await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Corrupt);
    let digest = fixture.store.put_blob(b"content").await.unwrap();
    fs::write(layout::blob(fixture.folder.path(), &digest), b"c0ntent").unwrap();
    let read = fixture.store.blob(&digest).await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Corrupt);
    fixture.store.put_blob(b"content").await.unwrap();
    assert_eq!(fixture.store.blob(&digest).await.unwrap(), b"content");
}

#[tokio::test]
async fn everything_belongs_to_its_owner_alone() {
    let fixture = fixture().await;
    fixture.run().await;
    fixture.store.put_blob(b"content").await.unwrap();
    fixture.store.put_record("plan", "a", b"b").await.unwrap();
    let mut folders = vec![layout::executions(fixture.folder.path())];
    folders.push(fixture.folder.path().join("blobs"));
    folders.push(fixture.folder.path().join("records"));
    while let Some(folder) = folders.pop() {
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::metadata(&path).unwrap();
            if metadata.is_dir() {
                folders.push(path);
                continue;
            }
            let mode = metadata.permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn a_person_finds_everything_by_name() {
    let fixture = fixture().await;
    let json = output(b"{\"up\": true}");
    let outputs = vec![output(b"text"), json, output(b"text")];
    let run = fixture.run_with(outputs).await;
    let current = fixture.folder.path().join("current");
    let target = fs::read_link(&current).unwrap();
    assert_eq!(target, Path::new("executions").join(run.id.as_str()));
    let read = |name: &str| fs::read_to_string(current.join(name)).unwrap();
    assert_eq!(read("TEXT/r1_show_version.txt"), "text");
    assert_eq!(read("TEXT/r1_show_version~2.txt"), "text");
    assert_eq!(read("JSON/r1_show_version.json"), "{\"up\": true}");
    let metadata: serde_json::Value = serde_json::from_str(&read("metadata.json")).unwrap();
    assert_eq!(metadata["status"], "succeeded");
    for line in read("events.ndjson").lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let named = event["sequence"].is_u64() || event["output"]["file"].is_string();
        assert!(named && event["crc32"].is_string(), "{line}");
    }
}

#[tokio::test]
async fn names_that_differ_in_case_alone_are_two() {
    let fixture = fixture().await;
    let mut other = output(b"other");
    other.summary.device = "R1".into();
    let run = fixture.run_with(vec![output(b"text"), other]).await;
    let read = async |device| {
        fixture
            .store
            .output(&run.id, device, "show version")
            .await
            .unwrap()
            .bytes
    };
    assert_eq!(
        (read("r1").await, read("R1").await),
        (b"text".to_vec(), b"other".to_vec())
    );
}

#[tokio::test]
async fn a_run_of_the_first_version_reads_as_before() {
    let fixture = fixture().await;
    let run = fixture.going_on().await;
    // Version 0.1.0 kept two logs more.
    let path = fixture.path(&run.id, layout::EVENTS);
    let log = fs::read_to_string(&path).unwrap();
    let (outputs, events): (Vec<_>, Vec<_>) = log
        .lines()
        .partition(|line| line.starts_with("{\"output\""));
    fs::write(&path, events.join("\n") + "\n").unwrap();
    let line: serde_json::Value = serde_json::from_str(outputs[0]).unwrap();
    let old = super::log::encode(&line["output"]).unwrap();
    fs::write(fixture.path(&run.id, layout::OUTPUTS), old).unwrap();
    let result = crate::model::DeviceResult::new("r1", crate::model::DeviceStatus::Ok);
    let old = super::log::encode(&result).unwrap();
    fs::write(fixture.path(&run.id, layout::RESULTS), old).unwrap();
    let read = fixture
        .store
        .output(&run.id, "r1", "show version")
        .await
        .unwrap();
    assert_eq!(read.bytes, b"text");
    assert_eq!(
        fixture.store.device_results(&run.id).await.unwrap(),
        [result]
    );
    let late = fixture
        .store
        .put_output(&run.id, output(b"late"))
        .await
        .unwrap();
    assert_eq!(
        fixture.store.outputs(&run.id).await.unwrap(),
        [read.summary, late]
    );
}

#[tokio::test]
async fn a_run_without_outputs_takes_three_blocks() {
    let fixture = fixture().await;
    let (bus, _) = tokio::sync::broadcast::channel(8);
    let store = std::sync::Arc::new(fixture.store.clone());
    let recorder = Recorder::begin(store, NewExecution::default(), bus)
        .await
        .unwrap();
    let run = recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    let mut names: Vec<_> = fs::read_dir(fixture.path(&run.id, ""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [".lock", "events.ndjson", "metadata.json"]);
    assert!(fixture.store.size(&run.id).await.unwrap() <= 12 * 1024);
}
