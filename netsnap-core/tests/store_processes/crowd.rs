//! Do eight processes get along in one store?

use std::process::Child;

use netsnap_core::id::ExecutionId;
use netsnap_core::model::ExecutionStatus;
use netsnap_core::store::{self, Durability};

#[cfg(feature = "postgres")]
use crate::server::Schema;
use crate::{all, assert_legal, begin, child, given_store, note, output};

const PROCESSES: usize = 8;
const RUNS: u64 = 5;
const EVENTS: u64 = 30;

/// Eight processes record into one store at once, none fails, nothing is lost.
async fn record_from_many(test: &str, url: &str) {
    if let Some(url) = given_store() {
        return record_some(&url).await;
    }
    let children: Vec<Child> = (0..PROCESSES)
        .map(|_| child(test, url).spawn().unwrap())
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success(), "a process failed");
    }
    let store = store::open(url).await.unwrap();
    let runs = all(store.as_ref()).await;
    assert_eq!(runs.len() as u64, PROCESSES as u64 * RUNS);
    for run in &runs {
        assert_eq!(run.status, ExecutionStatus::Succeeded);
        assert_eq!(run.last_sequence, EVENTS + 3);
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
async fn many_processes_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("data").display().to_string();
    record_from_many("crowd::many_processes_share_a_folder", &url).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_share_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("runs.db").display());
    record_from_many("crowd::many_processes_share_a_database", &url).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_share_a_server() {
    if let Some((url, schema)) = Schema::new("shared").await {
        record_from_many("crowd::many_processes_share_a_server", &url).await;
        Schema::drop(schema).await;
    }
}
