//! What is left when a process is killed in the midst of a write?
//!
//! Children change a store in every way there is and are killed: before one of their writes, within it, or at any time. Several at once
//! share a store with each other and with a run of this process, which nobody may touch. What a child was told had been done is held
//! against what is left.

mod changes;
mod mortal;
mod witness;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use netsnap_core::model::{DeviceResult, DeviceStatus, ExecutionStatus};
use netsnap_core::store::remarks::{self, Author};
use netsnap_core::store::verify::{VerifyOptions, verify};
use netsnap_core::store::{self, Backend, Durability, Filter, Recorder};

use self::mortal::{Point, mortal};
use self::witness::Witness;
#[cfg(feature = "postgres")]
use crate::server::Schema;
use crate::{all, begin, child, document, given_store, note, output, quick_folder, say};

/// Each begins as nothing: the making of a store is killed, too.
const STORES: u32 = 4;
const ROUNDS: u32 = 13;
/// So many are killed in one round: 208 in all.
const CHILDREN: u32 = 4;
/// How long opening a store may take that crashed runs are in.
const OPENED: Duration = Duration::from_secs(1);
/// How long the slowest may take: of 52 openings while twelve processes shared two processors it was 0.8 s on files or in a database, and
/// 1.5 s on a server; alone 0.06 s and 0.3 s.
const PATIENCE: Duration = Duration::from_secs(5);

/// Changes a store in every way there is, without end.
async fn change_until_killed(url: &str) {
    let store = mortal(store::open(url).await.unwrap());
    let mut before: Option<Recorder> = None;
    for number in 0_u64.. {
        let recorder = begin(&store).await;
        let id = recorder.id().clone();
        say(&format!("began {id}"));
        record(&recorder, number).await;
        let text = document(number);
        store
            .put_document(&id, "topology.json", &text)
            .await
            .unwrap();
        let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
        say(&format!("finished {id}"));
        ended.unwrap();
        remarks::pin(store.as_ref(), &id, &Author::default())
            .await
            .unwrap();
        store.archive(&id).await.unwrap();
        change_what_is_shared(store.as_ref(), number).await;
        if let Some(before) = before.replace(recorder) {
            say(&format!("deleting {}", before.id()));
            let id = before.id().clone();
            store.delete(&[id]).await.unwrap();
        }
    }
}

async fn record(recorder: &Recorder, number: u64) {
    let sequence = recorder.event(note(number), Durability::Durable).await;
    say(&format!("durable {} {}", recorder.id(), sequence.unwrap()));
    let parsed = output(number).with_parsed(serde_json::json!({ "number": number }));
    recorder.output(parsed).await.unwrap();
    recorder.output(output(number)).await.unwrap();
    for more in 0..40 {
        let event = note(more);
        recorder.event(event, Durability::Batched).await.unwrap();
    }
    let result = DeviceResult::new("r1", DeviceStatus::Ok);
    recorder.device_result(result).await.unwrap();
}

/// Changes what belongs to no run, and what others change at the same time.
async fn change_what_is_shared(store: &dyn Backend, number: u64) {
    loop {
        let end = store.log_end("kept").await.unwrap();
        let next = end.map_or(1, |(last, _)| last + 1);
        let entries = [format!("{{\"number\":{next}}}").into_bytes(), vec![0xff; 9]];
        match store.append_log("kept", next, &entries).await {
            Err(error) if error.kind() == netsnap_core::ErrorKind::Conflict => {}
            appended => break appended.unwrap(),
        }
    }
    store.put_blob(&document(number)).await.unwrap();
    let key = format!("{}-{number}", std::process::id());
    store.put_record("shared", &key, b"value").await.unwrap();
}

/// Kills children in one store, round by round, and looks at what is left each time.
async fn kill_in(test: &str, url: &str, first: u32, witness: &mut Witness) {
    let mut bystander: Option<Recorder> = None;
    for round in 0..ROUNDS {
        let kill = |number: u32| {
            let point = Point::of(first + round * CHILDREN + number);
            let command = child(test, url);
            std::thread::spawn(move || point.kill(command))
        };
        let killed: Vec<_> = (0..CHILDREN).map(kill).collect();
        for child in killed {
            witness.hear(&child.join().unwrap());
        }
        let begun = Instant::now();
        let store = store::open(url).await.unwrap();
        witness.opened.push(begun.elapsed());
        let living = bystander.as_ref().map(Recorder::id);
        witness.look(store.as_ref(), living).await;
        assert_points(Path::new(url), store.as_ref()).await;
        let living = match bystander.take() {
            Some(living) => living,
            None => begin(&store).await,
        };
        let event = note(round.into());
        living.event(event, Durability::Durable).await.unwrap();
        bystander = Some(living);
    }
    let bystander = bystander.unwrap();
    let run = bystander.finish(ExecutionStatus::Succeeded, None).await;
    assert_eq!(run.unwrap().last_sequence, u64::from(ROUNDS) + 2);
    let store = store::open(url).await.unwrap();
    assert_verified(store.as_ref(), witness).await;
    witness.leave();
}

/// Every log, counter and digest is right, and the audit log tells of every run.
async fn assert_verified(store: &dyn Backend, witness: &Witness) {
    let report = verify(store, &VerifyOptions::default(), &|_| ()).await;
    for finding in report.unwrap().findings {
        assert!(witness.expects(&finding), "{finding:?}");
    }
}

/// Says what was seen in the end; a suite that killed nobody at work proves nothing.
fn assert_telling(witness: &mut Witness) {
    witness.opened.sort();
    let median = witness.opened[witness.opened.len() / 2];
    let worst = witness.opened[witness.opened.len() - 1];
    eprintln!(
        "{} runs, {} interrupted, opened in {median:?}, at most {worst:?}",
        witness.runs(),
        witness.interrupted(),
    );
    assert!(median < OPENED, "{median:?}");
    assert!(worst < PATIENCE, "{worst:?}");
    assert!(u32::try_from(witness.interrupted()).unwrap() > STORES * ROUNDS);
    assert!(witness.runs() > witness.interrupted());
}

/// What folders and lists say is the same, and nothing lies about.
async fn assert_tidy(folder: &Path, store: &dyn Backend) {
    let names = std::fs::read_dir(folder.join("executions")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let folders = names.filter(|name| !name.starts_with('.')).count();
    let runs = all(store).await;
    assert_eq!(runs.len(), folders);
    for pinned in [true, false] {
        let filter = Filter::Pinned(pinned);
        let found = store.count(&filter, u64::MAX).await.unwrap();
        let there = runs.iter().filter(|run| run.pinned == pinned).count();
        assert_eq!(found, there as u64);
    }
    assert_eq!(std::fs::read_dir(folder.join(".trash")).unwrap().count(), 0);
}

/// The files in a folder that somebody died over before they were whole.
fn halves(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let within = paths.flat_map(|path| match path.is_dir() && !path.is_symlink() {
        true => halves(&path),
        false => vec![path],
    });
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    within
        .filter(|path| name(path).starts_with(".tmp-"))
        .collect()
}

/// Lets two hours pass for such files, and says how many there are.
fn age_halves(folder: &Path) -> usize {
    let halves = halves(folder);
    let long_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
    for half in &halves {
        let file = std::fs::File::options().write(true).open(half).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    halves.len()
}

/// After an open the link of a folder names the newest run that ended, whatever was killed while it was changed.
#[cfg(unix)]
async fn assert_points(folder: &Path, store: &dyn Backend) {
    let current = store.current().await.unwrap();
    let Some(current) = current.filter(|_| folder.is_dir()) else {
        return;
    };
    let named = std::fs::read_link(folder.join("current")).unwrap();
    assert_eq!(named, Path::new("executions").join(current.as_str()));
    assert!(folder.join(named).join("metadata.json").is_file());
}

#[cfg(not(unix))]
async fn assert_points(_: &Path, _: &dyn Backend) {}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_leave_whole_files() {
    if let Some(url) = given_store() {
        return change_until_killed(&url).await;
    }
    let (mut witness, mut left) = (Witness::default(), 0);
    for number in 0..STORES {
        let folder = quick_folder();
        let path = folder.path().join("data");
        let (url, first) = (path.display().to_string(), number * ROUNDS * CHILDREN);
        let test = "kills::two_hundred_kills_leave_whole_files";
        kill_in(test, &url, first, &mut witness).await;
        let half = age_halves(&path);
        let store = store::open(&url).await.unwrap();
        assert_tidy(&path, store.as_ref()).await;
        assert_eq!(halves(&path), Vec::<PathBuf>::new(), "of {half} files");
        left += half;
    }
    eprintln!("{left} files were not whole");
    assert_telling(&mut witness);
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_leave_a_whole_database() {
    if let Some(url) = given_store() {
        return change_until_killed(&url).await;
    }
    let mut witness = Witness::default();
    for number in 0..STORES {
        let folder = quick_folder();
        let url = format!("sqlite:{}", folder.path().join("runs.db").display());
        let test = "kills::two_hundred_kills_leave_a_whole_database";
        kill_in(test, &url, number * ROUNDS * CHILDREN, &mut witness).await;
    }
    assert_telling(&mut witness);
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_leave_a_whole_server() {
    if let Some(url) = given_store() {
        return change_until_killed(&url).await;
    }
    let mut witness = Witness::default();
    for number in 0..STORES {
        let Some((url, schema)) = Schema::new(&format!("killed_{number}")).await else {
            return;
        };
        let test = "kills::two_hundred_kills_leave_a_whole_server";
        kill_in(test, &url, number * ROUNDS * CHILDREN, &mut witness).await;
        Schema::drop(schema).await;
    }
    assert_telling(&mut witness);
}
