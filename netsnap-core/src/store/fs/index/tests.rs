//! Copies by hand, crashes between two writes, other processes: what lists say then.

mod looks;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::super::{FsStore, layout};
use super::*;
use crate::model::ExecutionStatus;
use crate::store::ExecutionStore as _;
use crate::store::query::TextMatch;

fn sample(number: u32) -> Execution {
    let base: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    let at = base + SignedDuration::from_millis(i64::from(number) * 300);
    let mut run = Execution::new(ExecutionId::new(at, number), at);
    run.name = format!("run {}", number % 3);
    run.status = ExecutionStatus::Succeeded;
    run
}

async fn store_of(folder: &TempDir, runs: u32) -> FsStore {
    let store = FsStore::open(folder.path()).await.unwrap();
    for number in 0..runs {
        store.create(&sample(number)).await.unwrap();
    }
    store
}

async fn names(store: &FsStore) -> Vec<ExecutionId> {
    let all = store.select(&Selection::newest(usize::MAX)).await.unwrap();
    all.into_iter().map(|run| run.id).collect()
}

fn ids(numbers: impl DoubleEndedIterator<Item = u32>) -> Vec<ExecutionId> {
    numbers.rev().map(|number| sample(number).id).collect()
}

/// Puts a run into a store as somebody who knows nothing of an index.
fn copy_in(root: &Path, number: u32) {
    let run = sample(number);
    let folder = layout::execution(root, &run.id);
    fs::create_dir(&folder).unwrap();
    fs::write(
        folder.join(layout::METADATA),
        serde_json::to_vec(&run).unwrap(),
    )
    .unwrap();
}

/// Lets the folder of the runs grow old enough that each later change has another time.
async fn settled() {
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
}

#[tokio::test]
async fn a_deleted_or_damaged_index_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of(&folder, 5).await;
    let path = layout::index(folder.path());
    for bytes in [
        None,
        Some(&b""[..]),
        Some(b"another file"),
        Some(b"netsnap index 1\n\xff\xff"),
    ] {
        let _ = fs::remove_file(&path);
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).unwrap();
        }
        assert_eq!(names(&store).await, ids(0..5));
        let other = FsStore::open(folder.path()).await.unwrap();
        assert_eq!(names(&other).await, ids(0..5));
        assert!(path.is_file());
    }
}

#[tokio::test]
async fn an_index_torn_anywhere_is_as_good_as_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    drop(store_of(&folder, 4).await);
    let path = layout::index(folder.path());
    let whole = fs::read(&path).unwrap();
    for torn in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..torn]).unwrap();
        let store = FsStore::open(folder.path()).await.unwrap();
        assert_eq!(names(&store).await, ids(0..4), "torn at {torn}");
        let mut changed = store.load(&sample(2).id).await.unwrap();
        changed.pinned = !changed.pinned;
        store.update(&changed).await.unwrap();
        let pinned = store.count(&Filter::Pinned(true), 9).await.unwrap();
        assert_eq!(pinned, u64::from(changed.pinned), "torn at {torn}");
    }
}

#[tokio::test]
async fn a_run_copied_in_or_removed_by_hand_is_noticed_by_the_next_list() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of(&folder, 3).await;
    settled().await;
    assert_eq!(names(&store).await, ids(0..3));
    copy_in(folder.path(), 7);
    assert_eq!(names(&store).await, [ids(7..8), ids(0..3)].concat());
    assert_eq!(store.current().await.unwrap(), Some(sample(7).id));
    settled().await;
    names(&store).await;
    fs::remove_dir_all(layout::execution(folder.path(), &sample(1).id)).unwrap();
    assert_eq!(
        names(&store).await,
        [ids(7..8), ids(2..3), ids(0..1)].concat()
    );
    assert_eq!(store.count(&Filter::default(), 9).await.unwrap(), 3);
}

#[tokio::test]
async fn what_another_handle_writes_is_seen_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (store_of(&folder, 0).await, store_of(&folder, 0).await);
    for number in 0..40 {
        let mut run = sample(number);
        run.status = ExecutionStatus::Running;
        one.create(&run).await.unwrap();
        assert_eq!(names(&two).await[0], run.id);
        run.status = ExecutionStatus::Failed;
        run.name = "changed".into();
        one.update(&run).await.unwrap();
        let changed = Filter::Name(TextMatch::Equals("changed".into()));
        assert_eq!(two.count(&changed, 99).await.unwrap(), 1);
        assert_eq!(two.current().await.unwrap(), Some(run.id.clone()));
        one.delete(std::slice::from_ref(&run.id)).await.unwrap();
        assert!(names(&two).await.is_empty());
        assert_eq!(two.current().await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_intent_without_a_row_asks_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (store, living) = (store_of(&folder, 2).await, store_of(&folder, 0).await);
    let mut run = store.load(&sample(0).id).await.unwrap();
    // What a process leaves that dies between its summary and its row.
    store.folder.index.intend(&run.id, Intent::Durable).unwrap();
    (run.pinned, run.revision) = (true, run.revision + 1);
    let summary = layout::execution(folder.path(), &run.id).join(layout::METADATA);
    fs::write(summary, serde_json::to_vec(&run).unwrap()).unwrap();
    for store in [&living, &FsStore::open(folder.path()).await.unwrap()] {
        assert_eq!(store.count(&Filter::Pinned(true), 9).await.unwrap(), 1);
        let pinned = Selection::newest(9).filter(Filter::Pinned(true));
        assert_eq!(store.select(&pinned).await.unwrap(), [run.clone()]);
    }
}

#[tokio::test]
async fn a_mended_run_comes_back_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of(&folder, 3).await;
    let summary = layout::execution(folder.path(), &sample(1).id).join(layout::METADATA);
    let whole = fs::read(&summary).unwrap();
    fs::write(&summary, b"{").unwrap();
    assert_eq!(names(&store).await, [ids(2..3), ids(0..1)].concat());
    let damage = store.damage().await.unwrap();
    assert_eq!(damage[0].place, sample(1).id.as_str());
    assert_eq!(damage[0].error.kind, ErrorKind::Corrupt);
    fs::write(&summary, whole).unwrap();
    assert_eq!(names(&store).await, ids(0..3));
    assert!(store.damage().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_index_that_grew_old_is_written_anew_and_others_go_on_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, other) = (store_of(&folder, 3).await, store_of(&folder, 0).await);
    let path = layout::index(folder.path());
    let mut run = store.load(&sample(1).id).await.unwrap();
    let mut longest = 0;
    for number in 0..300 {
        run.pinned = !run.pinned;
        let entry = Entry::Put(Box::new(Row::of(&run)));
        let index = &store.folder.index;
        index
            .locked(|| index.append(&mut index.write(), &[entry]))
            .unwrap()
            .unwrap();
        index.record(&run);
        longest = longest.max(fs::metadata(&path).unwrap().len());
        if number % 50 == 0 {
            assert_eq!(names(&other).await, ids(0..3));
        }
    }
    assert!(fs::metadata(&path).unwrap().len() < longest);
    assert_eq!(names(&other).await, ids(0..3));
    assert_eq!(
        names(&FsStore::open(folder.path()).await.unwrap()).await,
        ids(0..3)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_and_changes_at_once_hold_each_other_up_and_never_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(store_of(&folder, 6).await);
    let writing = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for round in 0..20 {
                let mut run = store.load(&sample(round % 6).id).await.unwrap();
                run.pinned = !run.pinned;
                store.update(&run).await.unwrap();
            }
        })
    };
    while !writing.is_finished() {
        assert_eq!(names(&store).await, ids(0..6));
        let pinned = Selection::newest(9).filter(Filter::Pinned(true));
        assert!(
            store
                .select(&pinned)
                .await
                .unwrap()
                .iter()
                .all(|run| run.pinned)
        );
        tokio::task::yield_now().await;
    }
    writing.await.unwrap();
}
