//! Does a prune make room on a disk that is full?

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use netsnap_core::error::ErrorKind;
use netsnap_core::model::{ExecutionStatus, Output};
use netsnap_core::store::audit::Audit;
use netsnap_core::store::retention::{
    Newest, PruneOptions, PruneReport, RetentionPolicy, TOMBSTONES, prune,
};
use netsnap_core::store::verify::{VerifyOptions, verify};
use netsnap_core::store::{self, Backend};

use super::start_in_small_space;
use crate::skip::skip;
use crate::{all, assert_legal, begin, given_store, output_of};

const RUNS: usize = 12;

/// An output that no compression makes smaller.
fn noise(number: u64) -> Output {
    noise_of(number, 40_000)
}

fn noise_of(number: u64, size: usize) -> Output {
    let bytes = (0..size / 4).flat_map(|_| getrandom::u32().unwrap().to_le_bytes());
    output_of(number, bytes.collect())
}

async fn record(store: &Arc<dyn Backend>) -> netsnap_core::Result<()> {
    record_of(store, noise(1)).await
}

async fn record_of(store: &Arc<dyn Backend>, output: Output) -> netsnap_core::Result<()> {
    let recorder = begin(store).await;
    recorder.output(output).await?;
    recorder.finish(ExecutionStatus::Succeeded, None).await?;
    Ok(())
}

/// Takes all the space that is left.
pub(super) fn fill_up(folder: &Path) {
    let mut file = File::create(folder.join("filler")).unwrap();
    for size in [65_536, 4096, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
}

/// Writes until there is no room: the log of a database can have some in it on a disk that is full.
async fn until_refused(store: &Arc<dyn Backend>) {
    for _ in 0..100 {
        if let Err(full) = store.put_blob(&noise(2).bytes).await {
            assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
            return;
        }
    }
    panic!("the disk never was full");
}

async fn pruned(store: &dyn Backend) -> PruneReport {
    let newest = Newest {
        count: 1,
        ..Newest::default()
    };
    let options = PruneOptions {
        policy: RetentionPolicy {
            at_most: vec![newest],
            ..RetentionPolicy::default()
        },
        dry_run: false,
        ..PruneOptions::default()
    };
    prune(store, &options, &|_| ()).await.unwrap()
}

/// A prune removes all but the newest, and leaves room for the next.
async fn prune_to_one(store: &Arc<dyn Backend>) {
    let there = all(store.as_ref()).await;
    let report = pruned(store.as_ref()).await;
    assert_eq!((&report.stopped, report.unrecorded.len()), (&None, 0));
    assert_eq!(report.removed, there.len() as u64 - 1);
    assert_eq!(all(store.as_ref()).await, there[..1]);
    record(store).await.unwrap();
}

/// On a disk that filled while a run went on: the run ends, and a prune works.
async fn full_while_open(store: &Arc<dyn Backend>, folder: &Path) {
    let living = begin(store).await;
    fill_up(folder);
    until_refused(store).await;
    let ended = living.finish(ExecutionStatus::Succeeded, None).await;
    assert_legal(store.as_ref(), &ended.unwrap()).await;
    prune_to_one(store).await;
}

async fn prune_the_full(folder: &Path, url: &str) {
    let store = store::open(url).await.unwrap();
    record_all(&store).await;
    full_while_open(&store, folder).await;
    std::fs::remove_file(folder.join("filler")).unwrap();
    record_all(&store).await;
    // As who opens it on a full disk finds it, while nobody else has it open.
    drop(store);
    closed(folder).await;
    fill_up(folder);
    let store = store::open(url).await.unwrap();
    prune_to_one(&store).await;
    let tombstones = store.log(TOMBSTONES, 1, 1000).await.unwrap();
    assert_eq!(tombstones.len(), 2 * RUNS + 1);
    let chain = Audit::of(store.as_ref()).verify(None).await.unwrap();
    assert_eq!(chain.fault, None);
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

async fn record_all(store: &Arc<dyn Backend>) {
    for _ in 0..RUNS {
        record(store).await.unwrap();
    }
}

/// Waits until a database that was dropped has put its log away.
async fn closed(folder: &Path) {
    for _ in 0..500 {
        if !folder.join("runs.db-wal").exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A database that was never closed, of so many runs of 100 kilobytes: most of them stand in its log alone when the disk fills up.
/// A prune works then, and again when the disk is full once more, and gives space back.
#[cfg(feature = "sqlite")]
async fn prune_the_log(folder: &Path, runs: usize) {
    let url = format!("sqlite:{}", folder.join("runs.db").display());
    let store = store::open(&url).await.unwrap();
    for _ in 0..runs {
        record_of(&store, noise_of(1, 100_000)).await.unwrap();
    }
    for _ in 0..2 {
        fill_up(folder);
        until_refused(&store).await;
        let before = taken(folder);
        prune_to_one(&store).await;
        let after = taken(folder);
        assert!(after < before, "{before} bytes, then {after}");
    }
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// Bytes that a database takes with its log.
#[cfg(feature = "sqlite")]
fn taken(folder: &Path) -> u64 {
    let size = |name| std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    size("runs.db") + size("runs.db-wal")
}

#[cfg(feature = "sqlite")]
async fn log_on_a_small_disk(test: &str, runs: usize) {
    if let Some(folder) = given_store() {
        return prune_the_log(Path::new(&folder), runs).await;
    }
    let folder = tempfile::tempdir().unwrap();
    match start_in_small_space(test, folder.path(), "8m") {
        Some(status) => assert!(status.success(), "{status}"),
        None => skip("only root can mount a small file system"),
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_few_runs_that_was_never_closed_is_pruned() {
    let test = "disk::prune::a_database_of_few_runs_that_was_never_closed_is_pruned";
    log_on_a_small_disk(test, 4).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_many_runs_that_was_never_closed_is_pruned() {
    let test = "disk::prune::a_database_of_many_runs_that_was_never_closed_is_pruned";
    log_on_a_small_disk(test, 30).await;
}

/// Runs a test again on a small disk of its own, with an address in it.
async fn on_a_small_disk(test: &str, address: fn(&Path) -> String) {
    if let Some(folder) = given_store() {
        let folder = Path::new(&folder);
        return prune_the_full(folder, &address(folder)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    match start_in_small_space(test, folder.path(), "8m") {
        Some(status) => assert!(status.success(), "{status}"),
        None => skip("only root can mount a small file system"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_of_files_is_pruned() {
    let test = "disk::prune::a_full_disk_of_files_is_pruned";
    on_a_small_disk(test, |folder| folder.join("data").display().to_string()).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_on_a_full_disk_is_pruned() {
    let test = "disk::prune::a_database_on_a_full_disk_is_pruned";
    let address = |folder: &Path| format!("sqlite:{}", folder.join("runs.db").display());
    on_a_small_disk(test, address).await;
}
