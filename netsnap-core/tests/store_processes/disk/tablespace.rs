//! Is a full disk of a PostgreSQL server told as any other, and can runs be read, removed and ended then?

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use netsnap_core::error::ErrorKind;
use netsnap_core::model::{ExecutionStatus, Output};
use netsnap_core::store::retention::{PruneOptions, RetentionPolicy, prune};
use netsnap_core::store::verify::{VerifyOptions, verify};
use netsnap_core::store::{self, Backend, Durability};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::prune::fill_up;
use crate::skip::skip;
use crate::{STORE, all, begin, given_store, note, output_of};

const SERVER: &str = "NETSNAP_TEST_POSTGRES";
const SERVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/with-postgres");
/// Mounts the space, and starts a server that sees it.
const SCRIPT: &str = "mount -t tmpfs -o size=4m tmpfs \"$1\" && chown postgres \"$1\" || exit 99; \
     exec \"$3\" \"$0\" --exact \"$2\" --nocapture";

/// Runs a test again beside a server of its own, with a small space in a folder. Without a server for the tests there is none to be
/// started either; and only root can mount the space for it.
fn beside_a_small_space(test: &str) {
    if std::env::var_os(SERVER).is_none() {
        return skip(&format!("{SERVER} names no server"));
    }
    // The server has to reach it, too, and nobody else may come into the folder for what tests leave.
    let folder = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir_in("/tmp")
        .unwrap();
    let status = Command::new("unshare")
        .args(["--mount", "sh", "-c", SCRIPT])
        .arg(std::env::current_exe().unwrap())
        .args([folder.path().as_os_str(), test.as_ref(), SERVED.as_ref()])
        .env(STORE, folder.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    match status.code() {
        Some(1 | 99) => skip("only root can mount a small file system for a server"),
        _ => assert!(status.success(), "{status}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_of_a_server_is_told_and_makes_room_again() {
    match given_store() {
        Some(folder) => fill_the_space(&folder).await,
        None => beside_a_small_space(
            "disk::tablespace::a_full_disk_of_a_server_is_told_and_makes_room_again",
        ),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_of_a_server_is_pruned_while_nobody_else_makes_room() {
    match given_store() {
        Some(folder) => prune_the_full(&folder).await,
        None => beside_a_small_space(
            "disk::tablespace::a_full_disk_of_a_server_is_pruned_while_nobody_else_makes_room",
        ),
    }
}

/// Does something on the server.
async fn execute(words: &str) {
    let server = std::env::var(SERVER).unwrap();
    let mut connection = sqlx::PgConnection::connect(&server).await.unwrap();
    let words = AssertSqlSafe(words.to_owned());
    connection.execute(words).await.unwrap();
}

/// Returns the address of a store whose tables and indexes lie in the small space, which the server's own files do not.
async fn address(folder: &str) -> String {
    execute(&format!("create tablespace small location '{folder}'")).await;
    // Half a megabyte of somebody else, who makes room one day.
    let filler = "create table filler tablespace small as \
         select lpad('', 1000, 'x') from generate_series(1, 500)";
    execute(filler).await;
    let server = std::env::var(SERVER).unwrap();
    format!("{server}&options=-c%20default_tablespace%3Dsmall")
}

/// An output that no compression makes smaller.
fn noise() -> Output {
    let bytes = (0..10_000).flat_map(|_| getrandom::u32().unwrap().to_le_bytes());
    output_of(1, bytes.collect())
}

async fn fill(store: &Arc<dyn Backend>) -> (store::Recorder, netsnap_core::Error) {
    let recorder = begin(store).await;
    for _ in 0..200 {
        if let Err(error) = recorder.output(noise()).await {
            return (recorder, error);
        }
    }
    panic!("8 MB find room in 4");
}

async fn fill_the_space(folder: &str) {
    let url = address(folder).await;
    let store = store::open(&url).await.unwrap();
    let old = begin(&store).await;
    for _ in 0..20 {
        old.output(noise()).await.unwrap();
    }
    let old = old.finish(ExecutionStatus::Succeeded, None).await.unwrap();
    let (recorder, full) = fill(&store).await;
    assert_eq!(full.kind(), ErrorKind::StorageFull, "{full:?}");
    let report = full.report();
    assert!(report.hint.unwrap().contains("prune old runs"));
    // It reads, here and in a store that is opened now.
    let other = store::open(&url).await.unwrap();
    for store in [&store, &other] {
        assert_eq!(all(store.as_ref()).await.len(), 2);
        let kept = store.output(&old.id, "r1", "show 1").await.unwrap();
        assert_eq!(kept.bytes.len(), 40_000);
    }
    // It removes. The server can use that room once it has some to note it in.
    let ids = [old.id];
    assert_eq!(store.delete(&ids).await.unwrap(), ids);
    execute("drop table filler").await;
    store.reclaim(u64::MAX).await.unwrap();
    let durable = recorder.event(note(1), Durability::Durable).await;
    durable.unwrap();
    let run = recorder.finish(ExecutionStatus::Failed, Some("full".into()));
    let run = run.await.unwrap();
    assert_eq!(all(other.as_ref()).await, [run]);
}

/// Records runs of some size until there is no room for one more, and leaves that as a run that goes on.
async fn fill_with_runs(store: &Arc<dyn Backend>) -> store::Recorder {
    for _ in 0..100 {
        let recorder = begin(store).await;
        for _ in 0..3 {
            if let Err(full) = recorder.output(noise()).await {
                assert_eq!(full.kind(), ErrorKind::StorageFull, "{full:?}");
                return recorder;
            }
        }
        let run = recorder.finish(ExecutionStatus::Succeeded, None).await;
        run.unwrap();
    }
    panic!("12 MB find room in 4");
}

async fn prune_the_full(folder: &str) {
    let url = address(folder).await;
    // Twice: what is given up for it is held again as soon as there is room for it.
    for _ in 0..2 {
        let store = store::open(&url).await.unwrap();
        let recorder = fill_with_runs(&store).await;
        fill_up(Path::new(folder));
        let ended = all(store.as_ref()).await.len() - 1;
        let options = PruneOptions {
            policy: RetentionPolicy {
                older_than: Some("0s".into()),
                ..RetentionPolicy::default()
            },
            dry_run: false,
            ..PruneOptions::default()
        };
        let report = prune(store.as_ref(), &options, &|_| ()).await.unwrap();
        assert_eq!((&report.stopped, report.unrecorded.len()), (&None, 0));
        assert_eq!(report.removed, ended as u64);
        recorder.output(noise()).await.unwrap();
        let run = recorder.finish(ExecutionStatus::Succeeded, None).await;
        assert_eq!(all(store.as_ref()).await, [run.unwrap()]);
        let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
        assert_eq!(report.unwrap().findings, []);
        std::fs::remove_file(Path::new(folder).join("filler")).unwrap();
    }
}
