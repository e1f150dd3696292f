//! What a crash leaves of a change that two files have to tell of.

use std::fs;
use std::path::PathBuf;

use super::{Fixture, fixture};
use crate::id::Digest;
use crate::model::Execution;
use crate::store::audit::LOG;
use crate::store::fs::{FsStore, layout, run};
use crate::store::verify::{VerifyOptions, verify};
use crate::store::{ExecutionStore as _, LogStore as _, Selection};

/// Where a process died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Died {
    BeforeTheEntry,
    BehindTheEntry,
}

const ENTRY: &[u8] = b"{\"tells\":\"of it\"}";

/// Leaves what a process leaves that dies there while it pins a run.
async fn left(fixture: &Fixture, died: Died) -> (Execution, PathBuf) {
    let run = fixture.run().await;
    let pinned = Execution {
        pinned: true,
        revision: run.revision + 1,
        ..run.clone()
    };
    let number = fixture.store.log_end(LOG).await.unwrap().unwrap().0 + 1;
    let name = format!(".next-{number}-{}", Digest::of(ENTRY));
    let next = layout::execution(fixture.folder.path(), &run.id).join(name);
    fs::write(&next, run::pretty(&pinned).unwrap()).unwrap();
    if died == Died::BehindTheEntry {
        let entries = [ENTRY.to_vec()];
        fixture
            .store
            .append_log(LOG, number, &entries)
            .await
            .unwrap();
    }
    (run, next)
}

#[tokio::test]
async fn who_writes_next_completes_what_was_told_and_drops_what_was_not() {
    for died in [Died::BeforeTheEntry, Died::BehindTheEntry] {
        let fixture = fixture().await;
        let (run, next) = left(&fixture, died).await;
        let labels = [("a".to_owned(), "b".to_owned())].into();
        let labelled = Execution {
            labels,
            ..run.clone()
        };
        let updated = fixture.store.update(&labelled).await;
        assert_eq!(
            updated.is_err(),
            died == Died::BehindTheEntry,
            "{updated:?}"
        );
        let stored = fixture.store.load(&run.id).await.unwrap();
        assert_eq!(stored.pinned, died == Died::BehindTheEntry);
        assert_eq!(stored.revision, run.revision + 1);
        assert!(!next.exists());
    }
}

#[tokio::test]
async fn who_lists_without_an_index_does_too() {
    for died in [Died::BeforeTheEntry, Died::BehindTheEntry] {
        let fixture = fixture().await;
        let (run, next) = left(&fixture, died).await;
        fs::remove_file(layout::index(fixture.folder.path())).unwrap();
        let store = FsStore::open(fixture.folder.path()).await.unwrap();
        let listed = store.select(&Selection::newest(9)).await.unwrap();
        assert_eq!(listed[0].id, run.id);
        assert_eq!(listed[0].pinned, died == Died::BehindTheEntry);
        assert!(!next.exists());
    }
}

#[tokio::test]
async fn nobody_takes_a_change_from_its_living_writer() {
    let fixture = fixture().await;
    let (run, next) = left(&fixture, Died::BeforeTheEntry).await;
    let folder = layout::execution(fixture.folder.path(), &run.id);
    let lock = fs::File::open(folder.join(layout::LOCK)).unwrap();
    lock.lock().unwrap();
    fs::remove_file(layout::index(fixture.folder.path())).unwrap();
    let store = FsStore::open(fixture.folder.path()).await.unwrap();
    assert_eq!(store.select(&Selection::newest(9)).await.unwrap(), [run]);
    assert!(next.exists());
    let report = verify(&store, &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}
