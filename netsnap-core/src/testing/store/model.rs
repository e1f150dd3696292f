//! Any operations in any order: does a store answer what [`MemoryStore`] answers?

mod agree;

use std::sync::Arc;

use jiff::Timestamp;

use self::agree::agreed;
use super::query::selection;
use super::random::Random;
use super::samples::{Case, cases};
use super::{Store, later, output, time};
use crate::event::{Event, EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Annotation, DeviceResult, DeviceStatus, Execution, ExecutionStatus};
use crate::store::audit::LOG;
use crate::store::{Durability, MemoryStore, Selection};

const SEQUENCES: u64 = 24;
const OPERATIONS: usize = 220;

const DEVICES: [&str; 6] = ["r1", "R1", "../r1", "r\u{e9}seau/1", "", "a_b"];
const COMMANDS: [&str; 5] = ["show version", "show\nclock", "..", "SHOW VERSION", "b c"];
const DOCUMENTS: [&str; 6] = ["topology.json", "a", "A.b-c_1", "../x", ".hidden", ""];
const LOGS: [&str; 3] = [LOG, "Audit/../x", ""];
const KEYS: [&str; 5] = ["", "a", "a/b", "a/../b", "\u{1F980}"];

/// A store and its model, which answer the same.
struct Pair {
    store: Store,
    /// The same store, opened apart, if there is such: it is asked in turns.
    apart: Option<Store>,
    model: Store,
    random: Random,
    ids: Vec<ExecutionId>,
    cases: Vec<Case>,
}

/// Asks both the same and makes sure that they answer the same: the value, or the kind of the error.
macro_rules! both {
    ($pair:expr, $method:ident($($argument:expr),*)) => {{
        let given = $pair.store.$method($($argument),*).await;
        let expected = $pair.model.$method($($argument),*).await;
        agreed(stringify!($method), given, expected)
    }};
}

impl Pair {
    fn id(&mut self) -> ExecutionId {
        match self.random.once_in(12) || self.ids.is_empty() {
            true => ExecutionId::new(time("2030-01-01T00:00:00Z"), 1),
            false => self.random.pick(&self.ids).clone(),
        }
    }

    fn text(&mut self) -> String {
        let words = ["", "x", "nightly core", "100%_\\é'", "two\nlines", "\0"];
        (*self.random.pick(&words)).to_owned()
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = self.random.below(40);
        let any = (0..length).map(|_| self.random.number().to_le_bytes()[0]);
        let any: Vec<u8> = any.collect();
        let known: [&[u8]; 4] = [b"", b"{\"a\": [1, 2]}", b"text\r\n\0\xff", &any];
        self.random.pick(&known).to_vec()
    }

    async fn create(&mut self) {
        let at = later(
            time("2026-05-01T00:00:00Z"),
            i64::try_from(self.random.below(90)).unwrap() * 333_333_333,
        );
        let number = u32::try_from(self.random.below(40)).unwrap();
        let mut run = Execution::new(ExecutionId::new(at, number), at);
        if self.random.once_in(20) {
            run.created_at = later(at, 5_000_000_000);
        }
        run.name = self.text();
        run.actor = self.text();
        run.labels.insert("site".into(), self.text());
        if self.random.once_in(3) {
            run.status = ExecutionStatus::Queued;
        }
        if both!(self, create(&run)).is_some() {
            self.ids.push(run.id);
        }
    }

    async fn update(&mut self) {
        let id = self.id();
        let Some(mut run) = both!(self, load(&id)) else {
            return;
        };
        match self.random.below(8) {
            0 | 1 => self.remark(&mut run),
            2 => run.name = self.text(),
            3 => run.revision += 1,
            4 => self.count(&mut run),
            5 => run.ended_at = Some(time("2026-06-01T00:00:00Z")),
            6 => run.created_at = later(run.created_at, 1),
            _ => run.status = ExecutionStatus::Succeeded,
        }
        if self.random.once_in(2) {
            let _ = both!(self, update(&run));
            return;
        }
        let next = self.next_number(LOG).await;
        let entry = self.bytes();
        let _ = both!(self, update_audited(&run, next, &entry));
    }

    fn count(&mut self, run: &mut Execution) {
        run.results.total_devices = self.random.number() >> 1;
        run.results.tasks.rescued = self.random.below(12) as u64;
        run.cost.bytes_in = self.random.number();
    }

    /// The next number of a log, or seldom one behind that.
    async fn next_number(&mut self, log: &str) -> u64 {
        let end = both!(self, log_end(log)).flatten();
        let last = end.map_or(0, |(number, _)| number);
        match self.random.once_in(8) {
            true => last + 2,
            false => last + 1,
        }
    }

    fn remark(&mut self, run: &mut Execution) {
        run.pinned = !run.pinned;
        let text = self.text();
        run.labels.insert("note".into(), text.clone());
        run.annotations.push(Annotation {
            at: time("2026-06-02T00:00:00Z"),
            actor: "model".into(),
            text,
        });
    }

    async fn append(&mut self) {
        let id = self.id();
        let known = self.model.events(&id, 1, usize::MAX).await;
        let end = known.map_or(0, |events| events.len() as u64);
        let first = if self.random.once_in(10) {
            end + 2
        } else {
            end + 1
        };
        let mut events: Vec<Event> = Vec::new();
        for sequence in first..first + self.random.below(4) as u64 {
            events.push(
                NewEvent::new(EventKind::Note, self.text()).at(sequence, Timestamp::UNIX_EPOCH),
            );
        }
        if let Some(last) = events.last_mut().filter(|_| self.random.once_in(12)) {
            last.kind = EventKind::ExecutionFinished;
        }
        let _ = both!(self, append(&id, &events, Durability::Batched));
        let from = self.random.below(6) as u64;
        let _ = both!(self, events(&id, from, 5));
    }

    async fn put_output(&mut self) {
        let (id, bytes) = (self.id(), self.bytes());
        let (device, command) = (self.random.pick(&DEVICES), self.random.pick(&COMMANDS));
        let mut output = output(device, command, &bytes);
        if self.random.once_in(3) {
            output = output.with_parsed(serde_json::json!({ "number": self.random.below(9) }));
        }
        let _ = both!(self, put_output(&id, output.clone()));
    }

    async fn read_outputs(&mut self) {
        let id = self.id();
        let (device, command) = (self.random.pick(&DEVICES), self.random.pick(&COMMANDS));
        let _ = both!(self, output(&id, device, command));
        let _ = both!(self, outputs(&id));
        let place = self.random.below(6);
        let _ = both!(self, output_at(&id, place));
        let _ = both!(self, device_results(&id));
        if self.random.once_in(3) {
            let ids = [id, self.id(), self.id()];
            let _ = both!(self, results_of(&ids));
        }
    }

    async fn put_results(&mut self) {
        let id = self.id();
        let states = [
            DeviceStatus::Ok,
            DeviceStatus::Failed,
            DeviceStatus::Skipped,
        ];
        let mut results = Vec::new();
        for _ in 0..self.random.below(3) {
            let status = *self.random.pick(&states);
            results.push(DeviceResult::new(*self.random.pick(&DEVICES), status));
        }
        let _ = both!(self, put_device_results(&id, &results));
    }

    async fn document(&mut self) {
        let (id, bytes) = (self.id(), self.bytes());
        let name = *self.random.pick(&DOCUMENTS);
        if self.random.once_in(2) {
            let _ = both!(self, put_document(&id, name, &bytes));
        }
        let _ = both!(self, document(&id, name));
    }

    async fn delete(&mut self) {
        let ids = [self.id(), self.id(), self.id()];
        let ids = &ids[..self.random.below(4)];
        let _ = both!(self, delete(ids));
    }

    async fn archive(&mut self) {
        let id = self.id();
        let archived = both!(self, archive(&id));
        assert!(archived.is_none_or(|done| (done.plain > 0) <= (done.stored > 0)));
        // How many bytes it is differs; whether it is there does not, nor that a store takes what its runs take.
        let sizes = (self.store.size(&id).await, self.model.size(&id).await);
        assert_eq!(sizes.0.is_ok(), sizes.1.is_ok());
        let usage = self.store.usage().await.unwrap();
        assert!(usage.free <= usage.bytes, "{usage:?}");
        assert!(sizes.0.unwrap_or(0) <= usage.bytes, "{usage:?}");
    }

    async fn select(&mut self) {
        let runs = self
            .model
            .select(&Selection::newest(usize::MAX))
            .await
            .unwrap();
        if runs.is_empty() {
            return;
        }
        let selection = selection(&mut self.random, &self.cases, &runs);
        let _ = both!(self, select(&selection));
        let _ = both!(self, count(&selection.filter, 9));
        let _ = both!(self, current());
        if !self.random.once_in(3) {
            return;
        }
        let label = *self.random.pick(&[None, Some("site"), Some("none")]);
        let _ = both!(self, outlines(&selection, label));
        let unfinished = (self.store.unfinished().await, self.model.unfinished().await);
        agreed(
            "unfinished",
            unfinished.0.map(by_id),
            unfinished.1.map(by_id),
        );
    }

    async fn log(&mut self) {
        let log = *self.random.pick(&LOGS);
        let next = self.next_number(log).await;
        let entries = [self.bytes(), self.bytes()];
        let entries = &entries[..self.random.below(3)];
        let _ = both!(self, append_log(log, next, entries));
        let from = self.random.below(8) as u64;
        let _ = both!(self, log(log, from, 3));
    }

    async fn record(&mut self) {
        let (key, value) = (*self.random.pick(&KEYS), self.bytes());
        let _ = both!(self, put_record("kept", key, &value));
        let other = *self.random.pick(&KEYS);
        let _ = both!(self, record("kept", other));
        let after = self.random.once_in(2).then_some("a/b");
        let prefix = *self.random.pick(&["", "a", "a/"]);
        let _ = both!(self, records("kept", prefix, after, 2));
        let blob = both!(self, put_blob(&value)).unwrap();
        let _ = both!(self, blob(&blob));
    }

    async fn step(&mut self) {
        if let Some(apart) = self.apart.as_mut().filter(|_| self.random.once_in(4)) {
            std::mem::swap(&mut self.store, apart);
        }
        match self.random.below(24) {
            0 | 1 => self.create().await,
            2 | 3 => self.update().await,
            4..7 => self.append().await,
            7..10 => self.put_output().await,
            10..13 => self.read_outputs().await,
            13 | 14 => self.put_results().await,
            15 => self.document().await,
            16 if self.random.once_in(3) => self.delete().await,
            17 => self.archive().await,
            18 if self.random.once_in(2) => self.log().await,
            19 if self.random.once_in(2) => self.record().await,
            _ => self.select().await,
        }
    }

    /// Everything that is there, once more.
    async fn compare(&mut self) {
        let all = Selection::newest(usize::MAX);
        let runs = both!(self, select(&all)).unwrap();
        for id in runs.into_iter().map(|run| run.id) {
            let _ = both!(self, events(&id, 1, usize::MAX));
            let _ = both!(self, device_results(&id));
            let outputs = both!(self, outputs(&id)).unwrap();
            for place in 0..outputs.len() {
                let _ = both!(self, output_at(&id, place));
            }
        }
        assert!(self.store.damage().await.unwrap().is_empty());
    }
}

fn by_id(mut runs: Vec<Execution>) -> Vec<Execution> {
    runs.sort_by(|one, other| one.id.cmp(&other.id));
    runs
}

impl Pair {
    fn new(store: Store, apart: Option<Store>) -> Self {
        Self {
            store,
            apart,
            model: Arc::new(MemoryStore::new()),
            random: Random::new(0),
            ids: Vec::new(),
            cases: cases(),
        }
    }

    /// Does what a number stands for, and holds the stores against each other.
    async fn sequence(&mut self, seed: u64) {
        self.random = Random::new(seed);
        // Said when a test fails, and by nobody else.
        let _said = Seed(seed);
        for _ in 0..OPERATIONS {
            self.step().await;
        }
        self.compare().await;
    }
}

/// A store answers what the model answers, value or kind of error, whatever is asked in whatever order.
pub async fn a_store_answers_as_its_model(store: Store) {
    let mut pair = Pair::new(store, None);
    for seed in 0..SEQUENCES {
        pair.sequence(seed).await;
    }
}

/// The same holds of one that is opened again and again, and used by two openings in turns. The argument opens it, always the
/// same one, and ends nobody's run.
pub async fn a_reopened_store_answers_as_its_model(open: impl AsyncFn() -> Store) {
    let mut pair = Pair::new(open().await, Some(open().await));
    for seed in 0..SEQUENCES / 2 {
        pair.sequence(1000 + seed).await;
        pair.store = open().await;
    }
    // All others are closed.
    (pair.store, pair.apart) = (open().await, None);
    pair.compare().await;
}

/// Names the sequence of operations that a panic ends.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the failed sequence has the seed {}", self.0);
        }
    }
}
