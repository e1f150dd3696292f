//! Is a store read where it cannot be written, on media that are mounted read-only and as another user, and is nothing left behind?

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use jiff::Timestamp;
use netsnap_core::error::ErrorKind;
use netsnap_core::id::{Digest, ExecutionId};
use netsnap_core::model::{Execution, ExecutionStatus, Owner};
use netsnap_core::store::exchange::{ExportOptions, export};
use netsnap_core::store::search::SearchOptions;
use netsnap_core::store::stats::{StatsOptions, stats};
use netsnap_core::store::verify::{VerifyOptions, verify};
use netsnap_core::store::{
    self, Backend, Durability, NewExecution, Recorder, follow, search_output,
};

use crate::skip::skip;
use crate::{STORE, all, begin, given_store, note, output};

/// Starts a test again where the folder is mounted read-only.
const MOUNTED: &str = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" || exit 99; \
     exec \"$0\" --exact \"$2\" --nocapture";
/// Who owns nothing.
const NOBODY: u32 = 65534;

/// Makes a store with a run that has ended, and one that was left by a process that went away.
async fn filled(url: &str) -> Arc<dyn Backend> {
    let store = store::open(url).await.unwrap();
    let recorder = begin(&store).await;
    recorder.output(output(1)).await.unwrap();
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    let at = Timestamp::now();
    let left = Execution {
        name: "left".into(),
        owner: Some(Owner {
            process: u32::MAX - 1,
            ..store.owner()
        }),
        ..Execution::new(ExecutionId::new(at, 7), at)
    };
    store.create(&left).await.unwrap();
    let said = [note(1).at(1, at)];
    let appended = store.append(&left.id, &said, Durability::Durable);
    appended.await.unwrap();
    store
}

/// Looks at all of it, as whoever may not write.
async fn look(url: &str) {
    let store = store::open(url).await.unwrap();
    let runs = all(store.as_ref()).await;
    let states: Vec<_> = runs.iter().map(|run| run.status).collect();
    assert_eq!(
        states,
        [ExecutionStatus::Running, ExecutionStatus::Succeeded]
    );
    let (left, ended) = (&runs[0], &runs[1]);
    assert_eq!(store.load(&left.id).await.unwrap(), *left);
    assert_eq!(store.current().await.unwrap().as_ref(), Some(&ended.id));
    let said = store.output(&ended.id, "r1", "show 1").await.unwrap();
    assert_eq!(said.bytes, output(1).bytes);
    let log = store.events(&ended.id, 1, 99).await.unwrap();
    assert_eq!(log.len() as u64, ended.last_sequence);
    ask(store.as_ref()).await;
    hear(&store, left, ended).await;
    refuse(url, &store, left).await;
    // Whoever comes next finds it as it was.
    let again = store::open(url).await.unwrap();
    assert_eq!(all(again.as_ref()).await, runs);
}

async fn ask(store: &dyn Backend) {
    let found = SearchOptions {
        pattern: "xxx".into(),
        ..SearchOptions::default()
    };
    let found = search_output(store, &found, &|_| ()).await.unwrap();
    assert_eq!((found.hits.len(), found.unreadable.len()), (1, 0));
    let counted = stats(store, &StatsOptions::default()).await.unwrap();
    assert_eq!(counted.all.total, 2);
    let report = verify(store, &VerifyOptions::default(), &|_| ()).await;
    let report = report.unwrap();
    assert_eq!(report.errors, 0, "{:?}", report.findings);
    let (mut bytes, mut told) = (Vec::new(), |_| ());
    let options = ExportOptions::default();
    let written = export(store, &options, &mut bytes, &mut told).await;
    assert_eq!(written.unwrap().audit_entry, None);
    assert!(!bytes.is_empty());
    assert!(store.damage().await.unwrap().is_empty());
}

/// What was recorded is heard whole; of the run that nobody ends, why no more comes.
async fn hear(store: &Arc<dyn Backend>, left: &Execution, ended: &Execution) {
    let whole = follow(Arc::clone(store), ended.id.clone(), 1);
    assert_eq!(whole.count().await as u64, ended.last_sequence);
    let mut open = follow(Arc::clone(store), left.id.clone(), 1);
    assert_eq!(open.next().await.unwrap().unwrap().text, "note 1");
    let stopped = open.next().await.unwrap().unwrap_err();
    assert_eq!(stopped.kind(), ErrorKind::ReadOnly, "{stopped}");
}

async fn refuse(url: &str, store: &Arc<dyn Backend>, left: &Execution) {
    let (bus, _) = tokio::sync::broadcast::channel(4);
    let begun = Recorder::begin(Arc::clone(store), NewExecution::default(), bus).await;
    let said = [note(2).at(2, left.created_at)];
    for refused in [
        begun.map(drop),
        store.update(left).await.map(drop),
        store.append(&left.id, &said, Durability::Batched).await,
        store.delete(std::slice::from_ref(&left.id)).await.map(drop),
        store.put_record("kept", "key", b"value").await,
        store.append_log("kept", 1, &[b"{}".to_vec()]).await,
    ] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ReadOnly, "{refused}");
        let place = &refused.report().context["store"];
        assert!(url.ends_with(place.as_str()), "{refused}");
    }
}

/// A file or folder: where, how long, since when, and what is in it.
type Kept = (PathBuf, u64, SystemTime, Option<Digest>);

/// Everything in a folder, so that what is written there shows.
fn tree(folder: &Path) -> Vec<Kept> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let there = fs::symlink_metadata(&path).unwrap();
            let digest = there
                .is_file()
                .then(|| Digest::of(&fs::read(&path).unwrap()));
            found.push((path.clone(), there.len(), there.modified().unwrap(), digest));
            folders.extend(there.is_dir().then_some(path));
        }
    }
    found.sort();
    found
}

/// Lets everybody read a folder, as its owner may choose to.
fn open_to_all(folder: &Path) {
    for path in
        std::iter::once(folder.to_owned()).chain(tree(folder).into_iter().map(|kept| kept.0))
    {
        let there = fs::symlink_metadata(&path).unwrap();
        if !there.is_symlink() {
            let mode = if there.is_dir() { 0o755 } else { 0o644 };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
    }
}

/// A place that everybody gets to, and in it a folder for stores: where tests keep theirs may be closed to others.
fn place() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let stores = place.path().join("stores");
    fs::create_dir(&stores).unwrap();
    (place, stores)
}

/// Puts these tests where everybody gets to them, beside the stores.
fn looker(folder: &Path) -> PathBuf {
    let looker = folder.with_file_name("looker");
    let tests = std::env::current_exe().unwrap();
    if fs::hard_link(&tests, &looker).is_err() {
        fs::copy(&tests, &looker).unwrap();
    }
    looker
}

fn mounted(test: &str, folder: &Path) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-c", MOUNTED])
        .arg(std::env::current_exe().unwrap())
        .args([folder.as_os_str(), test.as_ref()]);
    command
}

fn as_another(test: &str, folder: &Path) -> Command {
    open_to_all(folder);
    let mut command = Command::new(looker(folder));
    command.args(["--exact", test, "--nocapture"]);
    command.uid(NOBODY).gid(NOBODY);
    command
}

/// Looks at the stores in a folder in both ways, and makes sure that it is as it was.
fn looked_at(test: &str, folder: &Path) {
    for way in [mounted, as_another] {
        let mut looking = way(test, folder);
        let before = tree(folder);
        let status = looking.env(STORE, folder).stdout(Stdio::null()).status();
        match status.map(|status| status.code()) {
            Ok(Some(0)) => {}
            // A mount is refused to who is not root, and so is to become somebody else.
            Ok(Some(1 | 99)) | Err(_) => return skip("only root can mount, and be another"),
            other => panic!("{other:?}"),
        }
        assert_eq!(tree(folder), before);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_cannot_be_written_is_read() {
    let test = "read_only::a_folder_that_cannot_be_written_is_read";
    if let Some(folder) = given_store() {
        for name in ["data", "bare"] {
            look(&format!("{folder}/{name}")).await;
        }
        return;
    }
    let (_place, folder) = place();
    for name in ["data", "bare"] {
        let path = folder.join(name);
        drop(filled(path.to_str().unwrap()).await);
    }
    // As a store is that was copied without what can be derived, and what is for those alone who write.
    let bare = folder.join("bare");
    for derived in ["executions/.index", ".lock", ".reserve"] {
        fs::remove_file(bare.join(derived)).unwrap();
    }
    for hidden in [".owners", ".staging", ".trash"] {
        fs::remove_dir_all(bare.join(hidden)).unwrap();
    }
    looked_at(test, &folder);
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_written_is_read() {
    let test = "read_only::a_database_that_cannot_be_written_is_read";
    if let Some(folder) = given_store() {
        for name in ["closed", "open"] {
            look(&format!("sqlite:{folder}/{name}.db")).await;
        }
        let torn = store::open(&format!("sqlite:{folder}/torn.db")).await;
        let torn = torn.unwrap_err();
        assert_eq!(torn.kind(), ErrorKind::ReadOnly, "{torn}");
        assert!(torn.report().hint.unwrap().contains("-wal"));
        return;
    }
    let (_place, folder) = place();
    let path = |name: &str| folder.join(name);
    let store = filled(&format!("sqlite:{}", path("closed.db").display())).await;
    // As it is when its process is killed, with its log; and as who copies it may leave it.
    for (copy, files) in [("open", &["", "-wal", "-shm"][..]), ("torn", &["", "-wal"])] {
        for ending in files {
            let from = path(&format!("closed.db{ending}"));
            fs::copy(from, path(&format!("{copy}.db{ending}"))).unwrap();
        }
    }
    drop(store);
    while path("closed.db-wal").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    looked_at(test, &folder);
}
