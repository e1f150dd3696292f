//! How do events reach the store? One task writes the log of a run, in batches.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedRwLockWriteGuard, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::{Gate, RecordingLevel, Shared, lock};
use crate::error::{Error, ErrorKind, ErrorReport, Result};
use crate::event::{Event, LiveEvent};
use crate::model::{Execution, ExecutionStatus};
use crate::store::Durability;
use crate::store::audit::Audit;
use crate::store::recover::Closing;

/// At most so many events wait for a batch …
const BATCH: usize = 256;
/// … and at most so long. What comes after a rest is written at once.
const PATIENCE: Duration = Duration::from_millis(10);
/// How long a write that failed is not tried again.
const PAUSE: Duration = Duration::from_millis(250);
/// How long what was written may wait for the disk.
const SYNC: Duration = Duration::from_millis(250);
/// How often the end of a run is tried against others who change its summary.
const FINISH_ATTEMPTS: usize = 16;

/// What handles ask of the writing task.
#[derive(Debug)]
pub(super) enum Request {
    /// Append an event; a waiting sender makes it durable.
    Record(Box<Event>, Option<oneshot::Sender<Result<()>>>),
    /// Write what waits.
    Flush(oneshot::Sender<Result<()>>),
    /// End the run.
    Finish(Box<Ending>),
}

/// How a run is to end.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) status: ExecutionStatus,
    pub(super) reason: Option<String>,
    pub(super) gate: OwnedRwLockWriteGuard<Gate>,
    pub(super) reply: oneshot::Sender<Result<Execution>>,
}

/// The task that writes one run.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    requests: mpsc::Receiver<Request>,
    pending: Vec<Event>,
    waiting: Vec<oneshot::Sender<Result<()>>>,
    due: Option<Instant>,
    /// When a batch was last begun to be written.
    flushed: Option<Instant>,
    /// Since when something was written that may not have reached the disk.
    unsynced: Option<Instant>,
    /// Set once the last event is in the log: from then on only the summary is missing.
    closed: Option<(Closing, Event)>,
}

enum Next {
    Request(Request),
    Due,
    Abandoned,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, requests: mpsc::Receiver<Request>) -> Self {
        Self {
            shared,
            requests,
            pending: Vec::new(),
            waiting: Vec::new(),
            due: None,
            flushed: None,
            unsynced: None,
            closed: None,
        }
    }

    /// Serves until the run is finished or nobody can record into it any more.
    pub(super) async fn run(mut self) {
        loop {
            match self.next().await {
                Next::Request(Request::Record(event, durable)) => {
                    self.record(*event, durable).await;
                }
                Next::Request(Request::Flush(reply)) => {
                    let written = self.flush().await.map_err(Error::from);
                    let _ = reply.send(written);
                }
                Next::Request(Request::Finish(ending)) => self.finish(*ending).await,
                Next::Due => self.serve_clocks().await,
                Next::Abandoned => return self.abandon().await,
            }
        }
    }

    async fn next(&mut self) -> Next {
        let synced = self.unsynced.map(|since| since + SYNC);
        let received = match [self.due, synced].into_iter().flatten().min() {
            Some(due) => timeout_at(due, self.requests.recv()).await,
            None => Ok(self.requests.recv().await),
        };
        match received {
            Ok(Some(request)) => Next::Request(request),
            Ok(None) => Next::Abandoned,
            Err(_) => Next::Due,
        }
    }

    async fn record(&mut self, event: Event, durable: Option<oneshot::Sender<Result<()>>>) {
        self.pending.push(event);
        self.waiting.extend(durable);
        let rested = self.flushed.map(|last| last + PATIENCE);
        self.due
            .get_or_insert_with(|| rested.unwrap_or_else(Instant::now));
        // Whoever else already stands in line shares the wait for the disk.
        let pressing = !self.waiting.is_empty() && self.requests.is_empty();
        if pressing || self.pending.len() >= BATCH {
            drop(self.flush().await);
        }
    }

    /// Writes what waits. On failure it stays, and is tried again.
    async fn flush(&mut self) -> Result<(), ErrorReport> {
        self.due = None;
        if self.pending.is_empty() {
            return Ok(());
        }
        self.flushed = Some(Instant::now());
        let durability = if self.shared.level == RecordingLevel::Relaxed || self.waiting.is_empty()
        {
            Durability::Batched
        } else {
            Durability::Durable
        };
        let written = self.append(durability).await;
        if written.is_err() {
            self.due = Some(Instant::now() + PAUSE);
        }
        for waiting in self.waiting.drain(..) {
            let _ = waiting.send(written.clone().map_err(Error::from));
        }
        *lock(&self.shared.failure) = written.clone().err();
        written
    }

    async fn append(&mut self, durability: Durability) -> Result<(), ErrorReport> {
        let id = &self.shared.created.id;
        let appended = self
            .shared
            .store
            .append(id, &self.pending, durability)
            .await;
        appended.map_err(|error| error.report())?;
        self.pending.clear();
        match (durability, self.shared.level) {
            (Durability::Durable, _) => self.unsynced = None,
            (Durability::Batched, RecordingLevel::Relaxed) => {}
            (Durability::Batched, _) => {
                self.unsynced.get_or_insert_with(Instant::now);
            }
        }
        Ok(())
    }

    /// Writes what has waited for long enough, and takes what was written to the disk.
    async fn serve_clocks(&mut self) {
        let now = Instant::now();
        if self.due.is_some_and(|due| due <= now) {
            // What failed is kept in `shared.failure` and told to the next who records.
            drop(self.flush().await);
        }
        if self.unsynced.is_some_and(|since| since + SYNC <= now) {
            // A sync that failed shows at the next durable write.
            drop(self.shared.store.sync(&self.shared.created.id).await);
            self.unsynced = None;
        }
    }

    async fn finish(&mut self, ending: Ending) {
        let Ending {
            status,
            reason,
            mut gate,
            reply,
        } = ending;
        let finished = self.end(status, reason).await;
        let settled = match &finished {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::AlreadyFinished,
        };
        if settled {
            *gate = Gate::Finished;
        }
        drop(gate);
        let _ = reply.send(finished);
    }

    /// Writes the last event, durable with all before it, then the summary.
    async fn end(&mut self, status: ExecutionStatus, reason: Option<String>) -> Result<Execution> {
        match self.flush().await {
            // The end of a run may take space that is kept for it: what waits goes along with the last event.
            Err(error) if error.kind == ErrorKind::StorageFull && self.closed.is_none() => {}
            flushed => flushed?,
        }
        let (closing, event) = match &self.closed {
            Some(closed) => closed.clone(),
            None => self.close(status, reason).await?,
        };
        let finished = self.summarise_patiently(&closing, &event).await?;
        // Told last: whoever hears of the end and loads the run finds it ended.
        let _ = self.shared.bus.send(LiveEvent {
            execution: finished.id.clone(),
            event,
        });
        Ok(finished)
    }

    async fn summarise_patiently(&self, closing: &Closing, event: &Event) -> Result<Execution> {
        for _ in 1..FINISH_ATTEMPTS {
            match self.summarise(closing, event).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                result => return result,
            }
        }
        self.summarise(closing, event).await
    }

    async fn close(
        &mut self,
        status: ExecutionStatus,
        reason: Option<String>,
    ) -> Result<(Closing, Event)> {
        let closing = self.shared.closing(status, reason);
        let sequence = *lock(&self.shared.sequence) + 1;
        let event = closing.event(sequence, self.shared.store.now());
        let event = self.shared.store.as_kept(event);
        let mut last = self.pending.clone();
        last.push(event.clone());
        let id = &self.shared.created.id;
        self.shared
            .store
            .append(id, &last, Durability::Durable)
            .await?;
        self.pending.clear();
        *lock(&self.shared.sequence) = sequence;
        self.closed = Some((closing.clone(), event.clone()));
        Ok((closing, event))
    }

    /// Finishes the summary as it stands now: others may have changed their parts of it meanwhile.
    async fn summarise(&self, closing: &Closing, event: &Event) -> Result<Execution> {
        let store = &self.shared.store;
        let stored = store.load(&self.shared.created.id).await?;
        let ended = closing.applied_to(stored.clone(), event);
        Audit::of(store.as_ref()).finish(&stored, &ended).await
    }

    /// Ends a run that nobody finished. What cannot be written now is found at a later open.
    async fn abandon(mut self) {
        if *self.shared.gate.read().await == Gate::Finished {
            return;
        }
        let reason = "its recorder was dropped before the run was finished".to_owned();
        let _ = self.end(ExecutionStatus::Interrupted, Some(reason)).await;
    }
}
