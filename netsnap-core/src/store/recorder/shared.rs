//! What do the handles of a run and its writing task have in common?

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedRwLockWriteGuard, RwLock, broadcast, watch};

use super::desk::Desk;
use super::line::Line;
use super::listening::Heard;
use super::lock;
use super::starting::Clock;
use crate::error::{ErrorKind, ErrorReport, Result};
use crate::event::{LiveEvent, NewEvent};
use crate::model::{Cost, Counters, DeviceSummary, Execution, ExecutionStatus, RecordingLevel};
use crate::redact::Stream;
use crate::store::Backend;
use crate::store::recover::Closing;
use crate::store::tally::Tally;

/// What the handles of a run and its writing task have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) store: Arc<dyn Backend>,
    pub(super) created: Execution,
    /// The devices that the run is said to be about.
    pub(super) announced: Mutex<Vec<DeviceSummary>>,
    /// Set once the work begins; a run that waits in the queue has none.
    pub(super) clock: OnceLock<Clock>,
    /// Who takes the run out of the queue holds it.
    pub(super) starting: tokio::sync::Mutex<()>,
    /// See [`NewExecution::manner`].
    pub(super) manner: Value,
    pub(super) bus: broadcast::Sender<LiveEvent>,
    /// Whoever records holds it for reading, who finishes for writing: nothing is recorded beside or behind the end.
    pub(super) gate: Arc<RwLock<Gate>>,
    pub(super) line: Mutex<Line>,
    pub(super) desk: tokio::sync::Mutex<Desk>,
    /// Where writes go on that nobody waits for any more.
    pub(super) runtime: Handle,
    pub(super) tally: Mutex<Tally>,
    pub(super) level: RecordingLevel,
    pub(super) output_limit: Option<usize>,
    pub(super) parts: Mutex<BTreeMap<(String, String), Stream>>,
    pub(super) incomplete: Mutex<Option<String>>,
    pub(super) failure: Mutex<Option<ErrorReport>>,
    /// Whether somebody asked the run to end.
    pub(super) heard: watch::Sender<Heard>,
    /// Tells the writing task that one of its clocks was set.
    pub(super) news: Notify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    Finished,
}

impl Shared {
    /// Gives an event its place in the line and shows it. Returns its number, and whether the writing task has to hear of it.
    pub(super) fn place(&self, event: NewEvent) -> (u64, bool) {
        let mut line = lock(&self.line);
        line.sequence += 1;
        let sequence = line.sequence;
        let event = self.store.as_kept(event.at(sequence, self.store.now()));
        // Nobody listening is no fault.
        let live = (self.bus.receiver_count() > 0).then(|| LiveEvent {
            execution: self.created.id.clone(),
            event: event.clone(),
        });
        let is_news = line.push(event);
        if line.tell_later() {
            self.news.notify_one();
        }
        if let Some(live) = live {
            let _ = self.bus.send(live);
        }
        (sequence, is_news)
    }

    /// Notes that something was written that may not have reached the disk, and says whether that is news to the writing task.
    pub(super) fn owe_sync(&self) -> bool {
        if self.level == RecordingLevel::Relaxed {
            return false;
        }
        let mut line = lock(&self.line);
        let is_news = line.unsynced.is_none();
        line.unsynced.get_or_insert_with(tokio::time::Instant::now);
        is_news
    }

    pub(super) async fn end(
        &self,
        mut gate: OwnedRwLockWriteGuard<Gate>,
        status: ExecutionStatus,
        reason: Option<String>,
    ) -> Result<Execution> {
        let finished = self.desk.lock().await.end(self, status, reason).await;
        let settled = match &finished {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::AlreadyFinished,
        };
        if settled {
            *gate = Gate::Finished;
            lock(&self.line).telling = None;
            self.stop_listening();
        }
        finished
    }

    /// Adds a part of an output to what waits, and returns what can be shown of it.
    pub(super) fn shown(&self, device: &str, command: &str, bytes: &[u8]) -> Vec<String> {
        let mut parts = lock(&self.parts);
        let stream = parts
            .entry((device.to_owned(), command.to_owned()))
            .or_default();
        stream.push(bytes, |text| self.store.text_as_kept(text))
    }

    /// Says how the run ends, as far as it was recorded.
    pub(super) fn closing(&self, status: ExecutionStatus, reason: Option<String>) -> Closing {
        let tally = lock(&self.tally);
        Closing {
            status,
            reason,
            duration_us: self.clock.get().and_then(Clock::duration_us),
            results: tally.counters(tally.total(&lock(&self.announced))),
            files: tally.files(),
            error_kinds: tally.error_kinds(),
            incomplete: lock(&self.incomplete).clone(),
            cost: Cost {
                cpu_us: self.clock.get().map_or(0, Clock::cpu_us),
                ..tally.cost()
            },
        }
    }

    pub(super) fn counters(&self) -> Counters {
        let tally = lock(&self.tally);
        tally.counters(tally.total(&lock(&self.announced)))
    }
}
