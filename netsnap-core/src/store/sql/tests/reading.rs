//! Is a SQLite database that cannot be written read as it is now, whatever its owner does meanwhile?

use std::path::Path;
use std::time::Duration;

use super::migration;
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::sql::SqlStore;
use crate::store::sql::opening::beside;
use crate::store::sql::reading::ReadingDriver;
use crate::store::{ExecutionStore as _, Filter, Selection};

async fn reading(path: &Path) -> SqlStore {
    SqlStore::over(ReadingDriver::open(path).await).unwrap()
}

async fn record(store: &SqlStore, number: u32) {
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    let run = Execution::new(ExecutionId::new(at, number), at);
    store.create(&run).await.unwrap();
}

async fn count(store: &SqlStore) -> usize {
    let runs = store.select(&Selection::newest(99)).await.unwrap();
    let counted = store.count(&Filter::default(), 99).await.unwrap();
    assert_eq!(counted, runs.len() as u64);
    runs.len()
}

/// Waits until the log of a database is put away, which the last does who closes it and may write.
async fn closed(path: &Path) {
    while beside(path, "-wal").exists() {
        drop(SqlStore::sqlite(path).await.unwrap());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_its_owner_records_is_seen_with_a_log_and_without() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let owner = SqlStore::sqlite(&path).await.unwrap();
    record(&owner, 1).await;
    let other = reading(&path).await;
    assert!(other.read_only().is_some() && owner.read_only().is_none());
    assert_eq!(count(&other).await, 1);
    record(&owner, 2).await;
    assert_eq!(count(&other).await, 2);
    drop((owner, other));
    closed(&path).await;
    let alone = reading(&path).await;
    assert_eq!(count(&alone).await, 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    let owner = SqlStore::sqlite(&path).await.unwrap();
    for number in 3..300 {
        record(&owner, number).await;
    }
    assert_eq!(count(&alone).await, 99);
    drop(owner);
    let all = alone.count(&Filter::default(), 1000).await.unwrap();
    assert_eq!(all, 299);
}

#[tokio::test]
async fn a_database_of_an_older_schema_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    drop(migration::old(&path).await);
    let refused = ReadingDriver::open(&path).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ReadOnly, "{refused}");
    assert!(refused.report().hint.unwrap().contains("older netsnap"));
}
