//! Who writes the log of a run, and its end? Whoever holds its desk: a caller that has to wait for the disk anyway, or the task
//! that writes for those who do not.

use tokio::time::Instant;

use super::{RecordingLevel, Shared, lock};
use crate::error::{Error, ErrorKind, ErrorReport, Result};
use crate::event::{Event, LiveEvent};
use crate::model::{Execution, ExecutionStatus};
use crate::store::Durability;
use crate::store::audit::Audit;
use crate::store::recover::Closing;

/// How often the end of a run is tried against others who change its summary.
const FINISH_ATTEMPTS: usize = 16;

/// What only one at a time may know and change.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// Events, as they are kept, that left the line and are not known to be written.
    pending: Vec<Event>,
    /// The last event that is in the log.
    pub(super) written: u64,
    /// The last event that is on the disk.
    durable: u64,
    /// When a batch was last begun to be written.
    pub(super) flushed: Option<Instant>,
    /// Set once the last event is in the log: from then on only the summary is missing.
    closed: Option<(Closing, Event)>,
}

impl Desk {
    /// Writes what waits, unless an event was taken to the disk by others meanwhile.
    pub(super) async fn write_through(&mut self, shared: &Shared, sequence: u64) -> Result<()> {
        let durability = match shared.level {
            RecordingLevel::Relaxed => Durability::Batched,
            RecordingLevel::Batched | RecordingLevel::Strict => Durability::Durable,
        };
        let reached = match durability {
            Durability::Batched => self.written,
            Durability::Durable => self.durable,
        };
        if reached >= sequence {
            return Ok(());
        }
        self.flush(shared, durability).await?;
        if durability == Durability::Durable && self.durable < sequence {
            // It went along with a batch, before its caller came.
            self.sync(shared).await?;
        }
        Ok(())
    }

    /// Writes what waits. On failure it stays, and is tried again.
    pub(super) async fn flush(
        &mut self,
        shared: &Shared,
        durability: Durability,
    ) -> Result<(), ErrorReport> {
        lock(&shared.line).move_to(&mut self.pending);
        let Some(last) = self.pending.last().map(|event| event.sequence) else {
            return Ok(());
        };
        self.flushed = Some(Instant::now());
        let id = &shared.created.id;
        let appended = shared
            .store
            .append_kept(id, &self.pending, durability)
            .await;
        let written = appended.map_err(|error| error.report());
        *lock(&shared.failure) = written.clone().err();
        written?;
        self.pending.clear();
        self.written = last;
        match durability {
            Durability::Durable => self.reached_disk(shared),
            // The writing task looks at the clocks behind each of its writes.
            Durability::Batched => {
                shared.owe_sync();
            }
        }
        Ok(())
    }

    /// How many events were taken and are in no log, as the last write left it.
    pub(super) fn waiting(&self) -> u64 {
        self.pending.len() as u64
    }

    fn reached_disk(&mut self, shared: &Shared) {
        self.durable = self.written;
        lock(&shared.line).unsynced = None;
    }

    /// Takes what was written to the disk.
    pub(super) async fn sync(&mut self, shared: &Shared) -> Result<()> {
        // Taken off before: what is written meanwhile waits for the next time.
        lock(&shared.line).unsynced = None;
        shared.store.sync(&shared.created.id).await?;
        self.durable = self.written;
        Ok(())
    }

    /// Writes the last event, durable with all before it, then the summary.
    pub(super) async fn end(
        &mut self,
        shared: &Shared,
        status: ExecutionStatus,
        reason: Option<String>,
    ) -> Result<Execution> {
        match self.flush(shared, Durability::Batched).await {
            // The end of a run may take space that is kept for it: what waits goes along with the last event.
            Err(error) if error.kind == ErrorKind::StorageFull && self.closed.is_none() => {}
            flushed => flushed.map_err(Error::from)?,
        }
        let (closing, event) = match &self.closed {
            Some(closed) => closed.clone(),
            None => self.close(shared, status, reason).await?,
        };
        let finished = summarise_patiently(shared, &closing, &event).await?;
        // Told last: whoever hears of the end and loads the run finds it ended.
        let _ = shared.bus.send(LiveEvent {
            execution: finished.id.clone(),
            event,
        });
        Ok(finished)
    }

    async fn close(
        &mut self,
        shared: &Shared,
        status: ExecutionStatus,
        reason: Option<String>,
    ) -> Result<(Closing, Event)> {
        let closing = shared.closing(status, reason);
        let sequence = lock(&shared.line).sequence + 1;
        let event = closing.event(sequence, shared.store.now());
        let event = shared.store.as_kept(event);
        let mut last = self.pending.clone();
        last.push(event.clone());
        let id = &shared.created.id;
        shared
            .store
            .append_kept(id, &last, Durability::Durable)
            .await?;
        self.pending.clear();
        self.written = sequence;
        self.reached_disk(shared);
        lock(&shared.line).sequence = sequence;
        self.closed = Some((closing.clone(), event.clone()));
        Ok((closing, event))
    }
}

async fn summarise_patiently(
    shared: &Shared,
    closing: &Closing,
    event: &Event,
) -> Result<Execution> {
    for _ in 1..FINISH_ATTEMPTS {
        match summarise(shared, closing, event).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            result => return result,
        }
    }
    summarise(shared, closing, event).await
}

/// Finishes the summary as it stands now: others may have changed their parts of it meanwhile.
async fn summarise(shared: &Shared, closing: &Closing, event: &Event) -> Result<Execution> {
    let store = &shared.store;
    let stored = store.load(&shared.created.id).await?;
    let mut ended = closing.applied_to(stored.clone(), event);
    lock(&shared.tally).name_all(&mut ended);
    Audit::of(store.as_ref()).finish(&stored, &ended).await
}
