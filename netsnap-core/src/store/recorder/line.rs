//! Where do events wait until they are written? In one line for each run, in the order of their numbers.

use std::time::Duration;

use tokio::time::Instant;

use crate::event::Event;

/// At most so many events wait for a batch.
pub(super) const BATCH: usize = 256;
/// How many events wait before a caller has to.
const FULL: usize = 4096;

/// What is new is in the summary so long after it came.
const TELLING: Duration = Duration::from_secs(2);

/// Events that wait.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The number of the last event that was given one.
    pub(super) sequence: u64,
    waiting: Vec<Event>,
    /// Since when something was written that may not have reached the disk.
    pub(super) unsynced: Option<Instant>,
    /// When to look next whether somebody asks the run to end; nobody looks while it is absent.
    pub(super) listening: Option<Instant>,
    /// When the summary has to say what is new; nothing is while it is absent.
    pub(super) telling: Option<Instant>,
}

impl Line {
    /// Adds an event, and says whether the writing task has to hear of it.
    pub(super) fn push(&mut self, event: Event) -> bool {
        self.waiting.push(event);
        matches!(self.waiting.len(), 1 | BATCH)
    }

    /// Notes that there is something new that the summary has to say, and says whether that is news itself.
    pub(super) fn tell_later(&mut self) -> bool {
        let is_news = self.telling.is_none();
        if is_news {
            self.telling = Some(Instant::now() + TELLING);
        }
        is_news
    }

    /// Takes all that waits to the end of what is to be written.
    pub(super) fn move_to(&mut self, pending: &mut Vec<Event>) {
        pending.append(&mut self.waiting);
    }

    pub(super) fn is_batch(&self) -> bool {
        self.waiting.len() >= BATCH
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= FULL
    }
}
