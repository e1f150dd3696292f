//! Is everything that a strict run was told is kept there, in its place and once, whenever its process is killed?
//!
//! Children record one thing after the other, each awaited, and say what they were told; they are killed behind some line, before or
//! within the next write. Several at once share a store.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Arc;
use std::time::Duration;

use netsnap_core::event::EventKind;
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{DeviceResult, DeviceStatus, ExecutionStatus, RecordingLevel};
use netsnap_core::store::{self, Backend, Durability, NewExecution, Recorder};

#[cfg(feature = "postgres")]
use crate::server::Schema;
use crate::{assert_legal, child, given_store, note, output, quick_folder, say};

const ROUNDS: u32 = 30;
/// So many are killed in one round: 120 in all.
const CHILDREN: u32 = 4;
/// Nobody says more lines than this. It is enough for some rows of a database, each of which is written again until it is full.
const LINES: u32 = 140;

/// What a child was told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    run: Option<ExecutionId>,
    pub(crate) events: u64,
    outputs: BTreeSet<u64>,
    results: BTreeSet<String>,
}

pub(crate) async fn promise_until_killed(url: &str) {
    let store = store::open(url).await.unwrap();
    let (bus, _) = tokio::sync::broadcast::channel(16);
    let new = NewExecution {
        level: RecordingLevel::Strict,
        ..NewExecution::default()
    };
    let recorder = Recorder::begin(store, new, bus).await.unwrap();
    say(&format!("began {}", recorder.id()));
    for number in 0_u64.. {
        let recorded = recorder.event(note(number), Durability::Batched).await;
        // Outputs and results are told of as events, too.
        let told = number / 5 + number / 7;
        assert_eq!(recorded.unwrap(), number + told + 2);
        say(&format!("event {number}"));
        if number % 5 == 4 {
            recorder.output(output(number)).await.unwrap();
            say(&format!("output {number}"));
        }
        if number % 7 == 6 {
            let result = DeviceResult::new(format!("r{number}"), DeviceStatus::Ok);
            recorder.device_result(result).await.unwrap();
            say(&format!("result r{number}"));
        }
    }
}

/// A child at work.
pub(crate) struct Running {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    told: Told,
}

/// Starts a child, and returns once it has said so many lines.
pub(crate) fn running(test: &str, url: &str, lines: u32) -> Running {
    let mut child = child(test, url).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut told = Told::default();
    let mut heard = 0;
    while heard < lines {
        let line = said.next().expect("the child ended by itself").unwrap();
        heard += u32::from(told.hear(&line));
    }
    Running { child, said, told }
}

impl Running {
    /// Kills it, and returns what it was told.
    pub(crate) fn end(mut self) -> Told {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for line in self.said.map_while(|line| line.ok()) {
            self.told.hear(&line);
        }
        self.told
    }
}

/// Kills a child a moment after it has said so many lines.
fn killed(test: &str, url: &str, lines: u32) -> Told {
    let running = running(test, url, lines);
    let chance = u64::from(getrandom::u32().unwrap());
    std::thread::sleep(Duration::from_micros(chance % 800));
    running.end()
}

impl Told {
    /// Takes down a line, and says whether it was one.
    fn hear(&mut self, line: &str) -> bool {
        let (word, what) = line.split_once(' ').unwrap_or_default();
        match word {
            "began" => self.run = Some(what.parse().unwrap()),
            "event" => {
                assert_eq!(what, self.events.to_string());
                self.events += 1;
            }
            "output" => drop(self.outputs.insert(what.parse().unwrap())),
            "result" => drop(self.results.insert(what.to_owned())),
            _ => return false,
        }
        true
    }

    /// Holds a store against it; what was being written may be there, too.
    pub(crate) async fn assert_kept(&self, store: &dyn Backend) {
        let id = self.run.as_ref().expect("it began");
        let run = store.load(id).await.unwrap();
        assert_eq!(run.status, ExecutionStatus::Interrupted);
        assert_legal(store, &run).await;
        let log = store.events(id, 1, 100_000).await.unwrap();
        let notes = log.iter().filter(|event| event.kind == EventKind::Note);
        let notes: Vec<&str> = notes.map(|event| event.text.as_str()).collect();
        let recorded: Vec<String> = (0..notes.len()).map(|at| format!("note {at}")).collect();
        assert_eq!(notes, recorded, "each once, in order");
        let more = (notes.len() as u64).checked_sub(self.events);
        assert!(more.is_some_and(|more| more <= 1), "{more:?} of {self:?}");
        for number in &self.outputs {
            let kept = store.output(id, "r1", &format!("show {number}")).await;
            assert_eq!(kept.unwrap().bytes, vec![b'x'; 3000]);
        }
        let results = store.device_results(id).await.unwrap();
        let devices: BTreeSet<String> = results.into_iter().map(|result| result.device).collect();
        assert!(self.results.is_subset(&devices), "{devices:?} of {self:?}");
    }
}

/// Kills children round by round, each behind another line, and looks each time.
async fn kill_in(test: &str, url: &str) {
    let mut events = 0;
    for round in 0..ROUNDS {
        let kill = |number: u32| {
            let lines = 1 + (round * CHILDREN + number) * 37 % LINES;
            let (test, url) = (test.to_owned(), url.to_owned());
            std::thread::spawn(move || killed(&test, &url, lines))
        };
        let told: Vec<_> = (0..CHILDREN).map(kill).collect();
        let told: Vec<Told> = told.into_iter().map(|told| told.join().unwrap()).collect();
        let store: Arc<dyn Backend> = store::open(url).await.unwrap();
        for told in told {
            told.assert_kept(store.as_ref()).await;
            events += told.events;
        }
    }
    eprintln!("{events} events of {} runs", ROUNDS * CHILDREN);
    assert!(events > 1000, "{events}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_promised_is_in_files() {
    if let Some(url) = given_store() {
        return promise_until_killed(&url).await;
    }
    let folder = quick_folder();
    let url = folder.path().join("data").display().to_string();
    kill_in("promises::what_was_promised_is_in_files", &url).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_promised_is_in_a_database() {
    if let Some(url) = given_store() {
        return promise_until_killed(&url).await;
    }
    let folder = quick_folder();
    let url = format!("sqlite:{}", folder.path().join("runs.db").display());
    kill_in("promises::what_was_promised_is_in_a_database", &url).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_promised_is_on_a_server() {
    if let Some(url) = given_store() {
        return promise_until_killed(&url).await;
    }
    let Some((url, schema)) = Schema::new("promised").await else {
        return;
    };
    kill_in("promises::what_was_promised_is_on_a_server", &url).await;
    Schema::drop(schema).await;
}
