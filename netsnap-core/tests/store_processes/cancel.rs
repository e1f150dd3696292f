//! Does a process hear when another one asks its run to end?

use std::time::{Duration, Instant};

use netsnap_core::ErrorKind;
use netsnap_core::model::ExecutionStatus;
use netsnap_core::store::remarks::Author;
use netsnap_core::store::{self, cancel, recover};

use crate::follow::Writer;
#[cfg(feature = "postgres")]
use crate::server::Schema;
use crate::{begin, given_store, say};

/// Many times what it takes: a second, when nobody else needs the processors.
const PATIENCE: Duration = Duration::from_secs(8);

/// Begins a run, says which, and ends it as soon as somebody asks for that.
async fn record_until_asked(url: &str) {
    let store = store::open(url).await.unwrap();
    let recorder = begin(&store).await;
    say(&format!("began {}", recorder.id()));
    let request = recorder.until_cancel_requested().await.unwrap();
    let ended = recorder.finish(ExecutionStatus::Cancelled, Some(request.told()));
    ended.await.unwrap();
}

async fn ask_a_process(test: &str, url: &str) {
    if let Some(url) = given_store() {
        return record_until_asked(&url).await;
    }
    let store = store::open(url).await.unwrap();
    let mut writer = Writer::start(test, url);
    let ana = Author::new("ana").because("the wrong site");
    let asked = Instant::now();
    let run = cancel(store.as_ref(), &writer.id, &ana).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Running);
    assert!(writer.child.wait().unwrap().success());
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
    let ended = store.load(&writer.id).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Cancelled);
    let reason = ended.reason.as_deref();
    assert_eq!(reason, Some("ana asked to cancel it: the wrong site"));
    assert_eq!(ended.cancel_request, run.cancel_request);

    // Of a process that is gone nobody hears any more, and its run ends as it would have done.
    let mut killed = Writer::start(test, url);
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    let asked = cancel(store.as_ref(), &killed.id, &ana).await;
    if let Err(error) = asked {
        assert_eq!(error.kind(), ErrorKind::AlreadyFinished, "it was found");
    }
    recover(store.as_ref()).await.unwrap();
    let left = store.load(&killed.id).await.unwrap();
    assert_eq!(left.status, ExecutionStatus::Interrupted);
    let late = cancel(store.as_ref(), &killed.id, &ana).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::AlreadyFinished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_is_asked_through_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("data").display().to_string();
    ask_a_process("cancel::another_process_is_asked_through_a_folder", &url).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_is_asked_through_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("runs.db").display());
    ask_a_process("cancel::another_process_is_asked_through_a_database", &url).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_is_asked_through_a_server() {
    if let Some((url, schema)) = Schema::new("asked").await {
        ask_a_process("cancel::another_process_is_asked_through_a_server", &url).await;
        Schema::drop(schema).await;
    }
}
