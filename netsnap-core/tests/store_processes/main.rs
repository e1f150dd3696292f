//! Does a store stay legal among processes: killed at any point, eight at once, or on a full disk?
//!
//! Each test starts itself again as a child, by its own name, with the store to use in an environment variable.

#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod cancel;
#[cfg(all(unix, feature = "postgres"))]
mod crash;
mod crowd;
#[cfg(target_os = "linux")]
mod disk;
mod follow;
mod kills;
#[cfg(target_os = "linux")]
mod links;
mod long;
mod promises;
#[cfg(target_os = "linux")]
mod read_only;
#[cfg(feature = "postgres")]
mod server;
#[path = "../shared/skip.rs"]
mod skip;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use netsnap_core::event::{EventKind, NewEvent};
use netsnap_core::model::{Answer, Execution, ExecutionStatus, Output, Proof};
use netsnap_core::store::{Backend, NewExecution, Recorder, Selection};
use tokio::sync::broadcast;

const STORE: &str = "NETSNAP_TEST_STORE";

/// Returns the store that this process is to use as a child, if it is one.
fn given_store() -> Option<String> {
    std::env::var(STORE).ok()
}

/// Names the test to start as a child, and its store.
fn child(test: &str, url: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--test-threads", "1"])
        .env(STORE, url)
        .stdout(Stdio::null());
    command
}

/// Says a line, past whatever keeps what tests print, and apart from the beginning of a line that names the test.
fn say(line: &str) {
    let line = format!("\n{line}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
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
    output_of(number, vec![b'x'; 3000])
}

fn output_of(number: u64, bytes: Vec<u8>) -> Output {
    let answer = Answer {
        bytes,
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 1,
    };
    Output::new("r1", format!("show {number}"), Timestamp::now(), answer)
}

async fn all(store: &dyn Backend) -> Vec<Execution> {
    store.select(&Selection::newest(100_000)).await.unwrap()
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

/// A folder in memory where there is one: what a kill leaves is the same, and nobody waits for a disk.
fn quick_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn document(number: u64) -> Vec<u8> {
    format!("{number}\n").repeat(2000).into_bytes()
}
