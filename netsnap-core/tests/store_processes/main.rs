//! Does a store stay legal among processes: killed at any point, or eight at once?
//!
//! Each test starts itself again as a child, by its own name, with the store to use in an environment variable.

#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use netsnap_core::error::ErrorKind;
use netsnap_core::event::{EventKind, NewEvent};
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{
    Answer, DeviceResult, DeviceStatus, Execution, ExecutionStatus, Output, Proof,
};
use netsnap_core::store::{self, Backend, Durability, Filter, NewExecution, Recorder, Selection};
use tokio::sync::broadcast;

const STORE: &str = "NETSNAP_TEST_STORE";
const KILLS: u64 = 12;
const MANY_KILLS: u64 = 120;
const PROCESSES: usize = 8;
const RUNS: u64 = 5;
const EVENTS: u64 = 30;

/// Returns the store that this process is to use as a child, if it is one.
fn given_store() -> Option<String> {
    std::env::var(STORE).ok()
}

fn start(test: &str, url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--test-threads", "1"])
        .env(STORE, url)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

async fn begin(store: &Arc<dyn Backend>) -> Recorder {
    let (bus, _) = broadcast::channel(16);
    Recorder::begin(Arc::clone(store), NewExecution::default(), bus)
        .await
        .unwrap()
}

fn note(number: u64) -> NewEvent {
    NewEvent::new(EventKind::Note, format!("note {number}"))
}

fn output(number: u64) -> Output {
    let answer = Answer {
        bytes: vec![b'x'; 3000],
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 1,
    };
    Output::new("r1", format!("show {number}"), Timestamp::now(), answer)
}

/// Records without end.
async fn record_until_killed(url: &str) {
    let store = store::open(url).await.unwrap();
    let recorder = begin(&store).await;
    for number in 0.. {
        let durability = match number % 7 {
            0 => Durability::Durable,
            _ => Durability::Batched,
        };
        recorder.event(note(number), durability).await.unwrap();
        if number % 5 == 0 {
            // Long enough runs, and yet few enough events to look at each of them.
            tokio::time::sleep(Duration::from_millis(2)).await;
            recorder.output(output(number)).await.unwrap();
        }
        if number == 60 {
            let short = begin(&store).await;
            short.event(note(0), Durability::Durable).await.unwrap();
            short
                .finish(ExecutionStatus::Succeeded, None)
                .await
                .unwrap();
        }
    }
}

async fn all(store: &dyn Backend) -> Vec<Execution> {
    store.select(&Selection::newest(100_000)).await.unwrap()
}

/// Kills a recording child at many points, and looks at what is left each time.
async fn kill_often(test: &str, url: &str) {
    if let Some(url) = given_store() {
        return record_until_killed(&url).await;
    }
    let mut interrupted = 0;
    for round in 0..KILLS {
        let mut child = start(test, url);
        // Spread from before the store is open to long after the first run ended.
        tokio::time::sleep(Duration::from_millis(20 + 61 * round)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let store = store::open(url).await.unwrap();
        for run in all(store.as_ref()).await {
            assert_legal(store.as_ref(), &run).await;
            interrupted += u64::from(run.status == ExecutionStatus::Interrupted);
        }
        assert!(store.unfinished().await.unwrap().is_empty());
    }
    assert!(interrupted > 0, "no child was killed while it recorded");
}

/// The log is 1..k, the state terminal with a reason, the last event the end, and every listed output whole.
async fn assert_legal(store: &dyn Backend, run: &Execution) {
    let log = store.events(&run.id, 1, 1_000_000).await.unwrap();
    for (position, event) in log.iter().enumerate() {
        assert_eq!(event.sequence, position as u64 + 1);
    }
    assert!(run.status.is_terminal(), "{run:?}");
    if run.status == ExecutionStatus::Interrupted {
        assert!(run.reason.is_some());
    }
    assert_eq!(run.last_sequence, log.len() as u64);
    let last = log.last().unwrap_or_else(|| panic!("no event: {run:?}"));
    assert_eq!(last.kind, EventKind::ExecutionFinished);
    for summary in store.outputs(&run.id).await.unwrap() {
        let output = store.output(&run.id, &summary.device, &summary.command);
        assert_eq!(output.await.unwrap().bytes.len(), 3000);
    }
}

/// Eight processes record into one store at once, none fails, nothing is lost.
async fn record_from_many(test: &str, url: &str) {
    if let Some(url) = given_store() {
        return record_some(&url).await;
    }
    let children: Vec<Child> = (0..PROCESSES).map(|_| start(test, url)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success(), "a process failed");
    }
    let store = store::open(url).await.unwrap();
    let runs = all(store.as_ref()).await;
    assert_eq!(runs.len() as u64, PROCESSES as u64 * RUNS);
    for run in &runs {
        assert_eq!(run.status, ExecutionStatus::Succeeded);
        assert_eq!(run.last_sequence, EVENTS + 2);
        assert_legal(store.as_ref(), run).await;
    }
    let newest: Option<ExecutionId> = runs.first().map(|run| run.id.clone());
    assert_eq!(store.current().await.unwrap(), newest);
}

async fn record_some(url: &str) {
    let store = store::open(url).await.unwrap();
    for _ in 0..RUNS {
        let recorder = begin(&store).await;
        for number in 0..EVENTS {
            let durability = match number % 10 {
                0 => Durability::Durable,
                _ => Durability::Batched,
            };
            recorder.event(note(number), durability).await.unwrap();
        }
        recorder.output(output(1)).await.unwrap();
        store.put_blob(b"the same bytes").await.unwrap();
        store.put_record("shared", "key", b"value").await.unwrap();
        recorder
            .finish(ExecutionStatus::Succeeded, None)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_recorder_leaves_legal_files() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("data").display().to_string();
    kill_often("a_killed_recorder_leaves_legal_files", &url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("data").display().to_string();
    record_from_many("many_processes_share_a_folder", &url).await;
}

/// A folder in memory where there is one: what a kill leaves is the same, and nobody waits for a disk.
fn quick_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Changes a store in every way there is, without end.
async fn change_until_killed(url: &str) {
    let store = store::open(url).await.unwrap();
    let mut number = u64::from(getrandom::u32().unwrap() % 1000);
    loop {
        number += 1;
        let recorder = begin(&store).await;
        let id = recorder.id().clone();
        recorder
            .event(note(number), Durability::Durable)
            .await
            .unwrap();
        let parsed = output(number).with_parsed(serde_json::json!({ "number": number }));
        recorder.output(parsed).await.unwrap();
        recorder.output(output(number)).await.unwrap();
        let result = DeviceResult::new("r1", DeviceStatus::Ok);
        recorder.device_result(result).await.unwrap();
        store
            .put_document(&id, "topology.json", &document(number))
            .await
            .unwrap();
        let mut run = recorder
            .finish(ExecutionStatus::Succeeded, None)
            .await
            .unwrap();
        for round in 0..number % 4 {
            run.pinned = !run.pinned;
            run.labels.insert("round".into(), round.to_string());
            run = store.update(&run).await.unwrap();
        }
        store.archive(&id).await.unwrap();
        let next = store
            .log_end("kept")
            .await
            .unwrap()
            .map_or(1, |(last, _)| last + 1);
        let entries = [format!("{{\"number\":{next}}}").into_bytes(), vec![0xff; 9]];
        store.append_log("kept", next, &entries).await.unwrap();
        let old = all(store.as_ref()).await.into_iter().skip(6);
        let old: Vec<ExecutionId> = old.map(|run| run.id).collect();
        store.delete(&old).await.unwrap();
    }
}

fn document(number: u64) -> Vec<u8> {
    format!("{number}\n").repeat(2000).into_bytes()
}

/// Whatever a kill left: every run is whole, the lists say what the folders say, and nothing lies about.
async fn assert_whole(folder: &Path, store: &dyn Backend) {
    assert_eq!(store.damage().await.unwrap(), []);
    assert!(store.unfinished().await.unwrap().is_empty());
    let runs = all(store).await;
    for run in &runs {
        assert_legal(store, run).await;
        assert_eq!(store.load(&run.id).await.unwrap(), *run);
        if let Ok(bytes) = store.document(&run.id, "topology.json").await {
            let first = bytes.split(|byte| *byte == b'\n').next().unwrap();
            let number = std::str::from_utf8(first).unwrap().parse().unwrap();
            assert_eq!(bytes, document(number));
        }
    }
    let names = std::fs::read_dir(folder.join("executions")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let folders = names.filter(|name| !name.starts_with('.')).count();
    assert_eq!(runs.len(), folders);
    for pinned in [true, false] {
        let found = store
            .count(&Filter::Pinned(pinned), u64::MAX)
            .await
            .unwrap();
        let there = runs.iter().filter(|run| run.pinned == pinned).count();
        assert_eq!(found, there as u64);
    }
    assert_eq!(
        store.current().await.unwrap(),
        runs.first().map(|run| run.id.clone())
    );
    let log = store.log("kept", 1, usize::MAX).await.unwrap();
    assert!(
        (1..)
            .zip(&log)
            .all(|(expected, (number, _))| *number == expected)
    );
    assert_eq!(std::fs::read_dir(folder.join(".trash")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_any_write_leaves_whole_files() {
    let test = "a_kill_in_any_write_leaves_whole_files";
    if let Some(url) = given_store() {
        return change_until_killed(&url).await;
    }
    let folder = quick_folder();
    let path = folder.path().join("data");
    let url = path.display().to_string();
    let mut runs = 0;
    for _ in 0..MANY_KILLS {
        let mut child = start(test, &url);
        let patience = 15 + u64::from(getrandom::u32().unwrap() % 60);
        tokio::time::sleep(Duration::from_millis(patience)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let store = store::open(&url).await.unwrap();
        assert_whole(&path, store.as_ref()).await;
        runs = runs.max(all(store.as_ref()).await.len());
    }
    assert!(runs > 1, "no child lived long enough to write");
}

/// Starts this test again where the folder of the store is a file system of 2 MB of its own. Only root can do that.
#[cfg(target_os = "linux")]
fn start_in_small_space(test: &str, folder: &Path) -> Option<std::process::ExitStatus> {
    let script =
        "mount -t tmpfs -o size=2m tmpfs \"$1\" || exit 99; exec \"$0\" --exact \"$2\" --nocapture";
    let status = Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .arg(std::env::current_exe().unwrap())
        .args([folder.as_os_str(), test.as_ref()])
        .env(STORE, folder)
        .stdout(Stdio::null())
        .status();
    // 1 and 99: a name space, or the mount in it, is refused to who is not root.
    status
        .ok()
        .filter(|status| ![Some(1), Some(99)].contains(&status.code()))
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_leaves_a_store_that_reads_ends_and_deletes() {
    let test = "a_full_disk_is_told_and_leaves_a_store_that_reads_ends_and_deletes";
    if let Some(url) = given_store() {
        return fill_the_disk(Path::new(&url)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    match start_in_small_space(test, folder.path()) {
        Some(status) => assert!(status.success(), "{status}"),
        None => eprintln!("skipped: only root can mount a small file system"),
    }
}

#[cfg(target_os = "linux")]
async fn fill_the_disk(folder: &Path) {
    let store = store::open(&folder.join("data").display().to_string())
        .await
        .unwrap();
    let old = begin(&store).await;
    old.output(output(1)).await.unwrap();
    let old = old.finish(ExecutionStatus::Succeeded, None).await.unwrap();
    let recorder = begin(&store).await;
    let id = recorder.id().clone();
    recorder.output(output(1)).await.unwrap();
    let _ = std::fs::write(folder.join("filler"), vec![b'x'; 4_000_000]);
    let full = recorder.output(output(2)).await.unwrap_err();
    assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
    assert_eq!(full.report().kind, ErrorKind::StorageFull);
    let mut told = None;
    for number in 0..500 {
        told = recorder
            .event(note(number), Durability::Durable)
            .await
            .err();
        if told.is_some() {
            break;
        }
    }
    assert_eq!(told.map(|error| error.kind()), Some(ErrorKind::StorageFull));
    for result in [
        store.put_document(&id, "topology.json", &document(9)).await,
        store.put_record("kept", "key", &document(9)).await,
        store.put_blob(&document(9)).await.map(drop),
        store.append_log("kept", 1, &[document(9)]).await,
        store.archive(&id).await.map(drop),
    ] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::StorageFull);
    }
    // It reads, here and in a store that is opened now.
    let other = store::open(&folder.join("data").display().to_string())
        .await
        .unwrap();
    for store in [&store, &other] {
        assert_eq!(all(store.as_ref()).await.len(), 2);
        assert_eq!(store.outputs(&id).await.unwrap().len(), 1);
        assert_eq!(
            store.output(&id, "r1", "show 1").await.unwrap().bytes.len(),
            3000
        );
    }
    let run = recorder
        .finish(ExecutionStatus::Failed, Some("full".into()))
        .await
        .unwrap();
    assert_legal(store.as_ref(), &run).await;
    assert_eq!(
        store.delete(std::slice::from_ref(&old.id)).await.unwrap(),
        [old.id]
    );
    assert_eq!(all(other.as_ref()).await, [run]);
    std::fs::remove_file(folder.join("filler")).unwrap();
    let again = begin(&store).await;
    again
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_recorder_leaves_a_legal_database() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("runs.db").display());
    kill_often("a_killed_recorder_leaves_a_legal_database", &url).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_share_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("runs.db").display());
    record_from_many("many_processes_share_a_database", &url).await;
}

/// A schema of its own on the server of the tests, that goes away with the test. A child is given the one of its parent.
#[cfg(feature = "postgres")]
struct Schema {
    server: String,
    name: String,
}

#[cfg(feature = "postgres")]
impl Schema {
    /// Returns the address of a store, and what drops its schema; `None`, and says so, when there is no server.
    async fn new(name: &str) -> Option<(String, Option<Self>)> {
        if let Some(url) = given_store() {
            return Some((url, None));
        }
        let Ok(server) = std::env::var("NETSNAP_TEST_POSTGRES") else {
            eprintln!("skipped: NETSNAP_TEST_POSTGRES names no server");
            return None;
        };
        let name = format!("{name}_{}", std::process::id());
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-c%20search_path%3D{name}");
        let schema = Self { server, name };
        schema.execute("create schema").await;
        Some((url, Some(schema)))
    }

    async fn execute(&self, what: &'static str) {
        use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
        let mut connection = sqlx::PgConnection::connect(&self.server).await.unwrap();
        let sql = AssertSqlSafe(format!("{what} {}", self.name));
        connection.execute(sql).await.unwrap();
    }

    async fn drop(schema: Option<Self>) {
        if let Some(schema) = schema {
            let name = format!("{} cascade", schema.name);
            Self { name, ..schema }.execute("drop schema").await;
        }
    }
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_recorder_leaves_a_legal_server() {
    if let Some((url, schema)) = Schema::new("killed").await {
        kill_often("a_killed_recorder_leaves_a_legal_server", &url).await;
        Schema::drop(schema).await;
    }
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_share_a_server() {
    if let Some((url, schema)) = Schema::new("shared").await {
        record_from_many("many_processes_share_a_server", &url).await;
        Schema::drop(schema).await;
    }
}
