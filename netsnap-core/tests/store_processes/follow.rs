//! Does who follows a run that another process records see each event once?

use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use netsnap_core::event::{Event, EventKind};
use netsnap_core::id::ExecutionId;
use netsnap_core::model::ExecutionStatus;
use netsnap_core::store::{self, Backend, Durability, Filter, ListOptions, Recorder, follow, list};

#[cfg(feature = "postgres")]
use crate::server::Schema;
use crate::{begin, child, given_store, note, quick_folder, say};

/// Notes that the child records before it waits to be told to go on, and behind that.
const NOTES: [u64; 2] = [120, 700];
/// The number of the last note of the first part: the beginning of the run comes before it.
const PAUSE: u64 = NOTES[0] + 1;

/// What the child says of its record.
const MISSING: &str = "the first minute";

/// Many times what it takes.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long a run may seem to go on whose process was killed, while many others share the processors: alone it takes a second.
const NOTICED: Duration = Duration::from_secs(4);
/// So long a process that lives says nothing, and nobody may end its run.
const SILENCE: Duration = Duration::from_millis(2500);

/// Records a run, says which, and goes on in the middle when it is told to.
async fn record_as_told(url: &str) {
    let store = store::open(url).await.unwrap();
    let recorder = begin(&store).await;
    say(&format!("began {}", recorder.id()));
    recorder.incomplete(MISSING);
    for (part, notes) in NOTES.into_iter().enumerate() {
        if part > 0 {
            let told = tokio::task::spawn_blocking(|| std::io::stdin().read_exact(&mut [0]));
            told.await.unwrap().unwrap();
        }
        record(&recorder, notes).await;
    }
    let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
    ended.unwrap();
}

async fn record(recorder: &Recorder, notes: u64) {
    for number in 1..=notes {
        let durability = match number % 50 {
            0 => Durability::Durable,
            _ => Durability::Batched,
        };
        recorder.event(note(number), durability).await.unwrap();
        if number % 100 == 0 {
            // Whoever follows catches up, and has to wait again.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A child that records, and the run that it said.
pub(crate) struct Writer {
    pub(crate) id: ExecutionId,
    pub(crate) child: Child,
    told: ChildStdin,
    /// Held open: who says something to nobody fails.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Writer {
    pub(crate) fn start(test: &str, url: &str) -> Self {
        let mut command = child(test, url);
        command.arg("--nocapture");
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let id = said
            .by_ref()
            .map(|line| line.unwrap())
            .find_map(|line| Some(line.strip_prefix("began ")?.parse().unwrap()));
        Self {
            id: id.unwrap(),
            told: child.stdin.take().unwrap(),
            child,
            _said: said,
        }
    }
}

/// Follows from an event on, to another or to the end.
async fn followed(store: &Arc<dyn Backend>, id: &ExecutionId, from: u64, to: u64) -> Vec<Event> {
    let many = usize::try_from(to.saturating_sub(from - 1)).unwrap();
    let events = follow(Arc::clone(store), id.clone(), from).take(many);
    events.map(|event| event.unwrap()).collect().await
}

fn numbers(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.sequence).collect()
}

async fn follow_a_process(test: &str, url: &str) {
    if let Some(url) = given_store() {
        return record_as_told(&url).await;
    }
    // Who misses an event waits for it for ever.
    let followed = tokio::time::timeout(PATIENCE, follow_to_the_end(test, url)).await;
    followed.expect("an event is missing");
}

async fn follow_to_the_end(test: &str, url: &str) {
    let store = store::open(url).await.unwrap();
    let mut writer = Writer::start(test, url);
    let id = writer.id.clone();
    let following = |from| {
        let (store, id) = (Arc::clone(&store), id.clone());
        tokio::spawn(async move { followed(&store, &id, from, u64::MAX >> 1).await })
    };
    // From the beginning, from the middle of what there is, from where nothing is yet.
    let whole = [1, PAUSE / 2, PAUSE + 300].map(|from| (from, following(from)));
    let mut resumed = followed(&store, &id, 1, PAUSE).await;
    tokio::time::sleep(SILENCE).await;
    // The run goes on only now: everything up to here was read while another process had it open.
    writer.told.write_all(b"\n").unwrap();
    for to in [PAUSE + 1, PAUSE + 250, u64::MAX >> 1] {
        let from = resumed.last().unwrap().sequence + 1;
        resumed.extend(followed(&store, &id, from, to).await);
    }
    let log = store.events(&id, 1, 10_000).await.unwrap();
    assert!(writer.child.wait().unwrap().success());
    assert_eq!(numbers(&log), Vec::from_iter(1..=NOTES[0] + NOTES[1] + 2));
    assert_eq!(log.last().unwrap().kind, EventKind::ExecutionFinished);
    assert_eq!(resumed, log);
    for (from, seen) in whole {
        let rest = log.iter().filter(|event| event.sequence >= from);
        assert_eq!(
            numbers(&seen.await.unwrap()),
            numbers(&Vec::from_iter(rest.cloned()))
        );
    }
}

/// Follows a process until it is killed, in a store that was opened before and is never opened again.
async fn follow_a_killed_process(test: &str, url: &str) {
    if let Some(url) = given_store() {
        return record_as_told(&url).await;
    }
    let (following, asking) = (
        store::open(url).await.unwrap(),
        store::open(url).await.unwrap(),
    );
    let mut writer = Writer::start(test, url);
    let id = writer.id.clone();
    let begun = Instant::now();
    let mut stream = follow(Arc::clone(&following), id.clone(), 1);
    for _ in 0..PAUSE {
        stream.next().await.unwrap().unwrap();
    }
    // Said before the events, and known when they are or a moment later.
    while following.load(&id).await.unwrap().incomplete.is_none() {
        assert!(begun.elapsed() < PATIENCE, "nobody knows what is missing");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Whoever is in the midst of a run of its own goes on.
    let bystander = begin(&following).await;
    assert_eq!(asking.current().await.unwrap(), None);
    let killed = Instant::now();
    writer.child.kill().unwrap();
    let rest = tokio::time::timeout(NOTICED, stream.collect::<Vec<_>>()).await;
    let rest = rest.expect("the run goes on for ever");
    eprintln!("the stream ended {:?} behind the kill", killed.elapsed());
    let last = rest.last().unwrap().as_ref().unwrap();
    assert_eq!(last.kind, EventKind::ExecutionFinished);
    assert_eq!(last.data["status"], "interrupted");
    assert_eq!(last.sequence, PAUSE + 1);
    let ended = following.load(&id).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Interrupted);
    let reason = ended.reason.unwrap();
    assert!(reason.contains("its process went away"), "{reason}");
    assert_eq!(ended.incomplete.as_deref(), Some(MISSING));
    assert_eq!(asking.current().await.unwrap(), Some(id));
    let status = following.load(bystander.id()).await.unwrap().status;
    assert_eq!(status, ExecutionStatus::Running);
    writer.child.wait().unwrap();
    told_without_a_follower(test, url, asking.as_ref()).await;
}

/// Who asks what goes on, and what ended last, hears of no run whose process was killed meanwhile.
async fn told_without_a_follower(test: &str, url: &str, store: &dyn Backend) {
    let mut writer = Writer::start(test, url);
    let running = ListOptions {
        filter: Filter::Status(vec![ExecutionStatus::Running]),
        ..ListOptions::default()
    };
    let goes_on = async || {
        let page = list(store, &running).await.unwrap();
        page.items.iter().any(|run| run.id == writer.id)
    };
    assert!(goes_on().await);
    writer.child.kill().unwrap();
    let killed = Instant::now();
    while goes_on().await {
        assert!(killed.elapsed() < NOTICED, "the run goes on for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(store.current().await.unwrap().as_ref(), Some(&writer.id));
    writer.child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_files_hears_that_their_process_was_killed() {
    let folder = quick_folder();
    let url = folder.path().join("data").display().to_string();
    let test = "follow::who_follows_files_hears_that_their_process_was_killed";
    follow_a_killed_process(test, &url).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_database_hears_that_its_process_was_killed() {
    let folder = quick_folder();
    let url = format!("sqlite:{}", folder.path().join("runs.db").display());
    let test = "follow::who_follows_a_database_hears_that_its_process_was_killed";
    follow_a_killed_process(test, &url).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_server_hears_that_a_process_was_killed() {
    let test = "follow::who_follows_a_server_hears_that_a_process_was_killed";
    if let Some((url, schema)) = Schema::new("left").await {
        follow_a_killed_process(test, &url).await;
        Schema::drop(schema).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_files_of_another_process_misses_nothing() {
    let folder = quick_folder();
    let url = folder.path().join("data").display().to_string();
    let test = "follow::who_follows_files_of_another_process_misses_nothing";
    follow_a_process(test, &url).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_database_of_another_process_misses_nothing() {
    let folder = quick_folder();
    let url = format!("sqlite:{}", folder.path().join("runs.db").display());
    let test = "follow::who_follows_a_database_of_another_process_misses_nothing";
    follow_a_process(test, &url).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_server_of_another_process_misses_nothing() {
    let test = "follow::who_follows_a_server_of_another_process_misses_nothing";
    if let Some((url, schema)) = Schema::new("followed").await {
        follow_a_process(test, &url).await;
        Schema::drop(schema).await;
    }
}
