//! Is the room that a prune frees given back, as the system or the server sees it?

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::id::ExecutionId;
use crate::model::{Answer, Execution, ExecutionStatus, Output, Proof};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::store::SqlStore;
use crate::store::retention::{PruneOptions, PruneReport, RetentionPolicy, prune};
use crate::store::{Backend, ExecutionStore as _, FsStore};

const RUNS: u32 = 20;
/// Bytes of each run that no compression makes fewer.
const EACH: usize = 60_000;
const ALL: u64 = RUNS as u64 * EACH as u64;
/// What a prune has to give back: tombstones and audit log take a little.
const MOST: u64 = ALL * 9 / 10;

fn noise() -> Vec<u8> {
    let mut bytes = vec![0; EACH];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// Puts a run that was created so many hours ago, with an output.
async fn put(store: &dyn Backend, hours: i64, random: u32) {
    let at = Timestamp::now() - SignedDuration::from_hours(hours);
    let mut run = Execution::new(ExecutionId::new(at, random), at);
    store.create(&run).await.unwrap();
    let answer = Answer {
        bytes: noise(),
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 1,
    };
    let output = Output::new("r1", "show tech", at, answer);
    store.put_output(&run.id, output).await.unwrap();
    run.status = ExecutionStatus::Succeeded;
    store.update(&run).await.unwrap();
}

async fn put_old(store: &dyn Backend) {
    for number in 0..RUNS {
        put(store, 48, number).await;
    }
}

async fn pruned(store: &dyn Backend) -> PruneReport {
    let options = PruneOptions {
        policy: RetentionPolicy {
            older_than: Some("1d".into()),
            ..RetentionPolicy::default()
        },
        dry_run: false,
        ..PruneOptions::default()
    };
    let report = prune(store, &options, &|_| ()).await.unwrap();
    assert_eq!(report.removed, u64::from(RUNS), "{report:?}");
    assert!(report.bytes >= ALL, "{report:?}");
    report
}

/// Bytes of everything in a folder, itself included.
fn taken(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap();
    let of = |path: &Path| match path.symlink_metadata().unwrap() {
        metadata if metadata.is_dir() => taken(path),
        metadata => metadata.len(),
    };
    entries.map(|entry| of(&entry.unwrap().path())).sum()
}

#[tokio::test]
async fn a_prune_gives_the_room_of_files_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = FsStore::open(folder.path()).await.unwrap();
    put_old(&store).await;
    put(&store, 1, RUNS).await;
    let before = taken(folder.path());
    let report = pruned(&store).await;
    assert_eq!(report.reclaimed, 0, "removing a file gives it back");
    let after = taken(folder.path());
    assert!(before - after >= MOST, "{before} then {after}");
    assert!(store.usage().await.unwrap().bytes < before - MOST);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_prune_gives_the_room_of_a_database_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let store = SqlStore::sqlite(path).await.unwrap();
    put_old(&store).await;
    // It stands behind the others in the file, and has to move.
    put(&store, 1, RUNS).await;
    let before = taken(folder.path());
    let report = pruned(&store).await;
    let after = taken(folder.path());
    assert!(before - after >= MOST, "{before} then {after}");
    let reclaimed = report.reclaimed;
    assert!(
        (MOST..=before).contains(&reclaimed),
        "{reclaimed} of {before}"
    );
}

#[cfg(feature = "postgres")]
mod server {
    use sqlx::{Connection as _, PgConnection};

    use super::*;
    use crate::store::sql::testing::Schema;

    /// Bytes of the files of the database.
    async fn taken(schema: &Schema) -> u64 {
        let mut connection = PgConnection::connect(&schema.url).await.unwrap();
        let size = sqlx::query_scalar("select pg_database_size(current_database())");
        let size: i64 = size.fetch_one(&mut connection).await.unwrap();
        u64::try_from(size).unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_prune_gives_the_room_of_a_server_back() {
        let Some(schema) = Schema::apart().await else {
            return;
        };
        let store = SqlStore::postgres(&schema.url).await.unwrap();
        put(&store, 1, RUNS).await;
        put_old(&store).await;
        let before = taken(&schema).await;
        let report = pruned(&store).await;
        let after = taken(&schema).await;
        assert!(before - after >= MOST, "{before} then {after}");
        let reclaimed = report.reclaimed;
        assert!(
            (MOST..=before).contains(&reclaimed),
            "{reclaimed} of {before}"
        );
    }

    /// Where newer runs stand behind the removed ones a server shortens no table, and puts new runs into the room.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_server_uses_the_room_of_removed_runs_again() {
        let Some(schema) = Schema::apart().await else {
            return;
        };
        let store = SqlStore::postgres(&schema.url).await.unwrap();
        let mut sizes = Vec::new();
        for round in 0..3 {
            put_old(&store).await;
            put(&store, 1, RUNS + round).await;
            sizes.push(taken(&schema).await);
            pruned(&store).await;
        }
        let grown = sizes[2] - sizes[0];
        assert!(grown < ALL / 2, "{sizes:?}");
    }
}
