//! Is a full disk told, and does it leave a store that reads, ends and deletes?

mod prune;
#[cfg(feature = "postgres")]
mod tablespace;

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use netsnap_core::error::ErrorKind;
use netsnap_core::model::ExecutionStatus;
use netsnap_core::store::{self, Durability};

use crate::skip::skip;
use crate::{STORE, all, assert_legal, begin, document, given_store, note, output};

/// Starts a test again where the folder of the store is a small file system of its own. Only root can do that.
fn start_in_small_space(test: &str, folder: &Path, size: &str) -> Option<ExitStatus> {
    let script = "mount -t tmpfs -o size=\"$3\" tmpfs \"$1\" || exit 99; exec \"$0\" --exact \"$2\" --nocapture";
    let status = Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .arg(std::env::current_exe().unwrap())
        .args([folder.as_os_str(), test.as_ref(), size.as_ref()])
        .env(STORE, folder)
        .stdout(Stdio::null())
        .status();
    // 1 and 99: a name space, or the mount in it, is refused to who is not root.
    status
        .ok()
        .filter(|status| ![Some(1), Some(99)].contains(&status.code()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_leaves_a_store_that_reads_ends_and_deletes() {
    let test = "disk::a_full_disk_is_told_and_leaves_a_store_that_reads_ends_and_deletes";
    if let Some(url) = given_store() {
        return fill_the_disk(Path::new(&url)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    match start_in_small_space(test, folder.path(), "2m") {
        Some(status) => assert!(status.success(), "{status}"),
        None => skip("only root can mount a small file system"),
    }
}

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
