//! Removing runs while processes die, race, and find the disk full.

use super::history::hours_ago;
use super::retention::{left, older_than, pruned, really, told, tombstones};
use crate::error::ErrorKind;
use crate::model::{DeviceStatus, ExecutionStatus};
use crate::store::Selection;
use crate::store::audit::{Audit, AuditAction, AuditOptions};
use crate::store::remarks::{self, Author};
use crate::store::retention::{ArchiveOptions, archive, prune};
use crate::store::stats::{GroupBy, StatsOptions, stats};
use crate::testing::store::{Fault, Faulty, Store};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Whether each of so many runs is there, or has a tombstone, and counts once.
async fn assert_legal(store: &Store, total: usize) {
    let live: BTreeSet<_> = store
        .select(&Selection::newest(10_000))
        .await
        .unwrap()
        .into_iter()
        .map(|run| run.id)
        .collect();
    let buried: Vec<_> = tombstones(store)
        .await
        .into_iter()
        .map(|one| one.execution.id)
        .collect();
    let distinct: BTreeSet<_> = buried.iter().cloned().collect();
    assert_eq!(distinct.len(), buried.len(), "a run has one tombstone");
    assert_eq!(live.union(&distinct).count(), total);
    let options = StatsOptions::default();
    assert_eq!(
        stats(store.as_ref(), &options).await.unwrap().all.total,
        total as u64
    );
    let hours = told(store, GroupBy::Hour).await;
    assert_eq!(hours.all.total, total as u64);
    assert_eq!(
        Audit::of(store.as_ref()).verify(None).await.unwrap().fault,
        None
    );
}

/// A prune that dies between any two steps leaves a legal state, and the next one goes on.
pub async fn a_prune_that_dies_is_completed_by_the_next(store: Store) {
    let mut total = 0;
    for steps in 0..20 {
        for _ in 0..5 {
            total += 1;
            hours_ago(48, total)
                .device("r1", DeviceStatus::Ok)
                .put(&store)
                .await;
        }
        let dying = Faulty::new(Arc::clone(&store), Fault::DiesAfter(steps));
        let died = prune(&dying, &really(older_than("1d")), &|_| ()).await;
        assert_legal(&store, total as usize).await;
        let report = pruned(store.as_ref(), &really(older_than("1d"))).await;
        assert!(left(&store).await.is_empty(), "{report:?}");
        assert_legal(&store, total as usize).await;
        if died.is_ok() {
            assert!(
                steps >= 4,
                "tombstones, audit, removal and rollup are steps"
            );
            return;
        }
    }
    panic!("the prune never came to its end");
}

/// A run that is pinned after a prune died that had chosen it stays, and counts once; it can be removed later.
pub async fn a_run_pinned_after_its_tombstone_stays(store: Store) {
    let run = hours_ago(48, 1).put(&store).await;
    hours_ago(48, 2).put(&store).await;
    let dying = Faulty::new(Arc::clone(&store), Fault::DiesAfter(2));
    prune(&dying, &really(older_than("1d")), &|_| ())
        .await
        .unwrap_err();
    assert_eq!(tombstones(&store).await.len(), 2);
    remarks::pin(store.as_ref(), &run.id, &Author::new("ana"))
        .await
        .unwrap();
    let report = pruned(store.as_ref(), &really(older_than("1d"))).await;
    assert_eq!((report.completed, report.kept["pinned"]), (1, 1));
    assert_eq!(left(&store).await, [1]);
    for question in [GroupBy::None, GroupBy::Name] {
        assert_eq!(told(&store, question).await.all.total, 2);
    }
    remarks::unpin(store.as_ref(), &run.id, &Author::new("ana"))
        .await
        .unwrap();
    assert_eq!(
        pruned(store.as_ref(), &really(older_than("1d")))
            .await
            .removed,
        1
    );
    for question in [GroupBy::None, GroupBy::Name] {
        assert_eq!(told(&store, question).await.all.total, 2);
    }
}

/// Prunes that race remove each run once.
pub async fn prunes_that_race_remove_each_run_once(store: Store) {
    for number in 1..=230 {
        hours_ago(48, number).put(&store).await;
    }
    let racing: Vec<_> = (0..4)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { pruned(store.as_ref(), &really(older_than("1d"))).await })
        })
        .collect();
    let mut removed = 0;
    for task in racing {
        removed += task.await.unwrap().removed;
    }
    assert_eq!(removed, 230);
    assert!(left(&store).await.is_empty());
    assert_legal(&store, 230).await;
}

/// On a full disk runs are removed first, and their tombstones follow into the space that they leave.
pub async fn a_full_disk_is_pruned(store: Store) {
    for number in 1..=20 {
        hours_ago(48, number).put(&store).await;
    }
    let full = Faulty::new(Arc::clone(&store), Fault::FullUntilRemoved(3));
    let report = pruned(&full, &really(older_than("1d"))).await;
    assert_eq!(
        (report.removed, report.stopped, report.unrecorded.len()),
        (20, None, 0)
    );
    assert!(left(&store).await.is_empty());
    assert_legal(&store, 20).await;
    for number in 21..=40 {
        hours_ago(48, number).put(&store).await;
    }
    let hopeless = Faulty::new(Arc::clone(&store), Fault::FullUntilRemoved(1000));
    let report = pruned(&hopeless, &really(older_than("1d"))).await;
    assert_eq!(report.stopped.unwrap().kind, ErrorKind::StorageFull);
    assert_eq!(report.unrecorded.len(), 20);
}

/// Old runs are compressed, marked and audited, and say the same as before.
pub async fn old_runs_are_archived(store: Store) {
    let output = crate::testing::store::output("r1", "show version", &b"version 1\n".repeat(100));
    let old = hours_ago(48, 1).output(output.clone()).put(&store).await;
    hours_ago(1, 2).put(&store).await;
    hours_ago(48, 3)
        .status(ExecutionStatus::Running)
        .put(&store)
        .await;
    let options = ArchiveOptions {
        older_than: Some("1d".into()),
        actor: "keeper".into(),
        ..ArchiveOptions::default()
    };
    let archived = async |dry_run| {
        let options = ArchiveOptions {
            dry_run,
            ..options.clone()
        };
        archive(store.as_ref(), &options, &|_| ()).await.unwrap()
    };
    assert_eq!(
        (
            archived(true).await.archived,
            store.load(&old.id).await.unwrap().archived
        ),
        (1, false)
    );
    let report = archived(false).await;
    assert_eq!(
        (report.archived, report.plain, report.failed.len()),
        (1, 1000, 0)
    );
    assert!(store.load(&old.id).await.unwrap().archived);
    let read = store.output(&old.id, "r1", "show version").await.unwrap();
    assert_eq!(read.bytes, output.bytes);
    let page = Audit::of(store.as_ref())
        .entries(&AuditOptions::default())
        .await
        .unwrap();
    assert_eq!(
        (page.items.len(), page.items[0].action),
        (1, AuditAction::Archive)
    );
    assert_eq!(archived(false).await.archived, 0);
}
