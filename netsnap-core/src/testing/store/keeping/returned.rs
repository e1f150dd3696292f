//! Runs that were removed and come in again, and removals that are completed without another prune.

use std::sync::Arc;

use super::history::hours_ago;
use super::retention::{left, older_than, pruned, really, told};
use crate::model::DeviceStatus;
use crate::store::exchange::{ExportFormat, ImportOptions, import};
use crate::store::metrics::metrics;
use crate::store::retention::prune;
use crate::store::stats::GroupBy;
use crate::store::verify::{Check, VerifyOptions, verify};
use crate::store::{MemoryStore, Selection, recover};
use crate::testing::store::exchange::{exported, form, imported, record};
use crate::testing::store::{Fault, Faulty, Store};

/// So many runs, as a bundle.
async fn bundle(names: &[&str]) -> Vec<u8> {
    let source: Store = Arc::new(MemoryStore::new());
    for name in names {
        record(&source, name).await;
    }
    exported(&source, &form(ExportFormat::Bundle)).await.0
}

/// Whether so many runs count, each once, by whatever they are asked for, and so many of them as removed.
async fn assert_counted(store: &Store, total: u64, removed: u64) {
    for question in [GroupBy::None, GroupBy::Day, GroupBy::Name, GroupBy::Device] {
        let stats = told(store, question.clone()).await;
        assert_eq!(
            (stats.all.total, stats.removed),
            (total, removed),
            "{question:?}"
        );
        let devices = stats.devices.unwrap().devices;
        assert_eq!(
            (devices.len(), devices[0].total),
            (1, total),
            "{question:?}"
        );
    }
    let days = told(store, GroupBy::Day).await.groups;
    assert_eq!(days.iter().map(|day| day.figures.total).sum::<u64>(), total);
    let text = metrics(store.as_ref()).await.unwrap();
    let line = format!("netsnap_executions_total{{kind=\"custom\",status=\"succeeded\"}} {total}");
    assert!(text.lines().any(|one| one == line), "{text}");
}

async fn assert_whole(store: &Store) {
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// A run that was removed and comes in again counts once, however often that happens, and its store is whole.
pub async fn a_removed_run_that_comes_in_again_counts_once(store: Store) {
    let (all, one) = (bundle(&["a", "b", "c"]).await, bundle(&["d"]).await);
    let options = ImportOptions::default();
    for round in 0..3 {
        let report = imported(&store, &all, &options).await;
        assert_eq!(report.imported.len(), 3, "{round} {report:?}");
        assert_counted(&store, 3, 0).await;
        assert_whole(&store).await;
        let report = pruned(store.as_ref(), &really(older_than("0s"))).await;
        assert_eq!(report.removed, 3);
        assert_counted(&store, 3, 3).await;
        assert_whole(&store).await;
    }
    imported(&store, &one, &options).await;
    assert_counted(&store, 4, 3).await;
    imported(&store, &all, &options).await;
    assert_counted(&store, 4, 0).await;
    assert_whole(&store).await;
}

/// A run comes in again where the process that removed it, or the one that brings it, died at any step: it counts once all the while.
pub async fn a_run_that_comes_in_again_after_a_death_counts_once(store: Store) {
    let all = bundle(&["a", "b"]).await;
    let options = ImportOptions::default();
    imported(&store, &all, &options).await;
    for steps in 0..4 {
        let dying = Faulty::new(Arc::clone(&store), Fault::DiesAfter(steps));
        let died = prune(&dying, &really(older_than("0s")), &|_| ()).await;
        assert!(died.is_err(), "{steps}");
        imported(&store, &all, &options).await;
        assert_counted(&store, 2, 0).await;
        assert_whole(&store).await;
    }
    pruned(store.as_ref(), &really(older_than("0s"))).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.tar");
    std::fs::write(&path, &all).unwrap();
    for steps in 0..3 {
        let dying: Store = Arc::new(Faulty::new(Arc::clone(&store), Fault::DiesAfter(steps)));
        let _ = import(&dying, &path, &options, &|_| ()).await;
        let there = store.select(&Selection::newest(10)).await.unwrap();
        let ids: Vec<_> = there.into_iter().map(|run| run.id).collect();
        store.delete(&ids).await.unwrap();
        assert_counted(&store, 2, 2).await;
    }
}

/// What a prune began to remove before it died is gone as soon as somebody recovers the store.
pub async fn a_recovery_completes_a_removal(store: Store) {
    for number in 1..=3 {
        let past = hours_ago(48, number).device("r1", DeviceStatus::Ok);
        past.put(&store).await;
    }
    let dying = Faulty::new(Arc::clone(&store), Fault::DiesAfter(2));
    let died = prune(&dying, &really(older_than("1d")), &|_| ()).await;
    assert!(died.is_err() && left(&store).await.len() == 3);
    recover(store.as_ref()).await.unwrap();
    assert!(left(&store).await.is_empty());
    let stats = told(&store, GroupBy::None).await;
    assert_eq!((stats.all.total, stats.removed), (3, 3));
    let tombstones = VerifyOptions {
        checks: vec![Check::Tombstones],
        ..VerifyOptions::default()
    };
    let report = verify(store.as_ref(), &tombstones, &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}
