//! What `current` says while runs end and go, and after somebody changed it, as a link and where links cannot be made.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::current;
use super::*;

/// Reads the link again and again, and returns how often it changed.
fn watch(root: &Path, ended: &AtomicBool) -> usize {
    let mut seen = Vec::new();
    while !ended.load(Ordering::SeqCst) {
        let target = fs::read_link(root.join("current")).expect("the link is there");
        let summary = fs::read(root.join(&target).join(layout::METADATA));
        let summary: serde_json::Value = serde_json::from_slice(&summary.unwrap()).unwrap();
        assert_eq!(summary["status"], "succeeded", "{}", target.display());
        assert!(
            seen.last().is_none_or(|last| *last <= target),
            "it went back"
        );
        if seen.last() != Some(&target) {
            seen.push(target);
        }
    }
    seen.len()
}

/// A run that ended, so many seconds behind the first.
async fn ended(store: &FsStore, number: u32) -> Execution {
    let first: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    let at = first + jiff::SignedDuration::from_secs(number.into());
    let mut run = Execution::new(ExecutionId::new(at, number), at);
    store.create(&run).await.unwrap();
    run.status = ExecutionStatus::Succeeded;
    store.update(&run).await.unwrap()
}

fn target(fixture: &Fixture) -> PathBuf {
    fs::read_link(fixture.folder.path().join("current")).unwrap()
}

/// How a file system without links refuses one.
const REFUSALS: [fn(&Path, &Path) -> io::Result<()>; 3] = [
    |_, _| Err(rustix::io::Errno::PERM.into()),
    |_, _| Err(rustix::io::Errno::OPNOTSUPP.into()),
    |_, _| Err(rustix::io::Errno::NOSYS.into()),
];

fn names(fixture: &Fixture, run: &Execution) -> bool {
    target(fixture) == layout::current_target(&run.id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_the_link_finds_a_finished_run_while_others_end() {
    let fixture = fixture().await;
    ended(&fixture.store, 0).await;
    let done = Arc::new(AtomicBool::new(false));
    let watching = std::thread::spawn({
        let (root, done) = (fixture.folder.path().to_owned(), Arc::clone(&done));
        move || watch(&root, &done)
    });
    for number in 1..=100 {
        ended(&fixture.store, number).await;
    }
    done.store(true, Ordering::SeqCst);
    let seen = watching.join().unwrap();
    assert!(seen > 2, "it was looked at {seen} times only");
    let left = fs::read_dir(fixture.folder.path()).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = left.filter(|name| name.starts_with(".current-")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn an_open_makes_the_link_right() {
    let fixture = fixture().await;
    let older = ended(&fixture.store, 1).await;
    let newest = ended(&fixture.store, 2).await;
    let link = fixture.folder.path().join("current");
    let wrong = |target: PathBuf| {
        let _ = fs::remove_file(&link);
        symlink(target, &link).unwrap();
    };
    let gone = ExecutionId::new(newest.created_at, 99);
    let damages: [&dyn Fn(); 4] = [
        &|| fs::remove_file(&link).unwrap(),
        &|| wrong(layout::current_target(&older.id)),
        &|| wrong(layout::current_target(&gone)),
        &|| wrong("/etc".into()),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        damage();
        FsStore::open(fixture.folder.path()).await.unwrap();
        assert!(names(&fixture, &newest), "after damage {number}");
    }
}

#[tokio::test]
async fn the_link_follows_what_several_stores_end_and_remove() {
    let fixture = fixture().await;
    let other = FsStore::open(fixture.folder.path()).await.unwrap();
    let first = ended(&fixture.store, 1).await;
    let second = ended(&other, 2).await;
    assert!(names(&fixture, &second));
    fixture
        .store
        .delete(std::slice::from_ref(&second.id))
        .await
        .unwrap();
    assert!(names(&fixture, &first), "{:?}", target(&fixture));
    let third = ended(&other, 3).await;
    other.delete(std::slice::from_ref(&third.id)).await.unwrap();
    assert!(names(&fixture, &first), "{:?}", target(&fixture));
    fixture.store.delete(&[first.id]).await.unwrap();
    let none = fs::symlink_metadata(fixture.folder.path().join("current"));
    assert!(none.is_err(), "it names nothing where nothing is");
}

#[tokio::test]
async fn an_open_sweeps_links_that_somebody_died_over() {
    let fixture = fixture().await;
    let newest = ended(&fixture.store, 1).await;
    let root = fixture.folder.path();
    let left = root.join(".current-Ab12Cd");
    symlink(layout::current_target(&newest.id), &left).unwrap();
    let foreign = root.join("current-of-somebody");
    fs::write(&foreign, b"kept").unwrap();
    FsStore::open(root).await.unwrap();
    assert!(fs::symlink_metadata(&left).is_err(), "it lies about");
    assert!(names(&fixture, &newest) && foreign.is_file());
}

#[tokio::test]
async fn where_links_are_refused_a_file_says_the_same() {
    let fixture = fixture().await;
    let older = ended(&fixture.store, 1).await;
    let newest = ended(&fixture.store, 2).await;
    let root = fixture.folder.path();
    let path = root.join("current");
    for refused in REFUSALS {
        fs::remove_file(&path).unwrap();
        for run in [&older, &newest, &newest] {
            current::point_by(root, Some(&run.id), refused).unwrap();
            let said = fs::read_to_string(&path).unwrap();
            assert_eq!(Path::new(&said), layout::current_target(&run.id));
            assert!(fs::symlink_metadata(&path).unwrap().is_file());
            assert!(root.join(said).join(layout::METADATA).is_file());
        }
        let left = fs::read_dir(root).unwrap();
        let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(left.filter(|name| name.starts_with(".current-")).count(), 0);
        current::point_by(root, None, refused).unwrap();
        assert!(fs::symlink_metadata(&path).is_err());
        current::point_by(root, Some(&older.id), refused).unwrap();
    }
}

#[tokio::test]
async fn an_open_understands_a_file_and_makes_it_right() {
    let fixture = fixture().await;
    let older = ended(&fixture.store, 1).await;
    let newest = ended(&fixture.store, 2).await;
    let path = fixture.folder.path().join("current");
    let say = |run: &Execution, end: &str| {
        let _ = fs::remove_file(&path);
        let text = layout::current_target(&run.id).display().to_string();
        fs::write(&path, text + end).unwrap();
    };
    // One that is right stays, also as somebody's editor left it.
    for end in ["", "\n"] {
        say(&newest, end);
        FsStore::open(fixture.folder.path()).await.unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }
    say(&older, "");
    FsStore::open(fixture.folder.path()).await.unwrap();
    assert!(names(&fixture, &newest), "here links can be made");
    say(&older, "");
    let next = ended(&fixture.store, 3).await;
    assert!(names(&fixture, &next));
    say(&next, "");
    fixture
        .store
        .delete(std::slice::from_ref(&next.id))
        .await
        .unwrap();
    assert!(names(&fixture, &newest), "{:?}", target(&fixture));
}
