//! How does a program record a run while it happens?
//!
//! Events wait in a line. One task per run writes them in batches, so that recording holds up the work as little as it can; who
//! has to wait for the disk anyway writes what stands in the line by itself.

mod beginning;
mod desk;
mod line;
mod listening;
mod onward;
mod progress;
mod shared;
mod starting;
mod telling;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedRwLockReadGuard, RwLock, broadcast, mpsc, watch};

pub(crate) use self::beginning::REPLAYED;
pub use self::beginning::{NewExecution, Subject};
pub use self::listening::CancelRequests;
use self::listening::Heard;
pub(crate) use self::listening::Stop;
use self::onward::Onward;
use self::shared::{Gate, Shared};
use self::starting::Clock;
pub(crate) use self::telling::{answered, ended};
use self::writer::Writer;
use super::contention::Contention;
use super::{Backend, Durability, rules};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, LiveEvent, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Counters, DeviceSummary, Execution, ExecutionStatus, RecordingLevel};

/// Records one run. Clones record into the same run.
///
/// Events get dense sequence numbers in the order in which they are recorded, and reach the store in batches of at most 256
/// events or 10 milliseconds, so that who follows live is hardly behind. When the last clone is dropped without [`finish`](Self::finish), the run ends as
/// `interrupted`, as long as the tokio runtime still runs; a run that even this misses is found at a later open.
#[derive(Clone, Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
    /// Wakes the writing task, which ends the run when the last one is gone.
    bell: mpsc::Sender<()>,
}

impl Recorder {
    /// Makes a run appear in the store, owned by this process: as running, with the event that it began, or as queued until
    /// [`start`](Self::start).
    ///
    /// Every event goes to `bus` as well; a slow receiver there misses events, the log never does.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn begin(
        store: Arc<dyn Backend>,
        new: NewExecution,
        bus: broadcast::Sender<LiveEvent>,
    ) -> Result<Self> {
        let created = beginning::create(store.as_ref(), &new).await?;
        let shared = Arc::new(Shared {
            store,
            announced: Mutex::new(created.devices.clone()),
            created,
            clock: OnceLock::new(),
            starting: tokio::sync::Mutex::default(),
            manner: new.manner,
            bus,
            gate: Arc::new(RwLock::new(Gate::Open)),
            line: Mutex::default(),
            desk: tokio::sync::Mutex::default(),
            runtime: Handle::current(),
            tally: Mutex::default(),
            level: new.level,
            output_limit: new.output_limit,
            parts: Mutex::default(),
            incomplete: Mutex::default(),
            failure: Mutex::default(),
            heard: watch::Sender::new(Heard::Nothing),
            news: Notify::new(),
        });
        let (bell, heard) = mpsc::channel(1);
        tokio::spawn(Writer::new(Arc::clone(&shared), heard).run());
        let recorder = Self { shared, bell };
        if !new.queued {
            recorder.shared.clock.get_or_init(Clock::start);
            let began = recorder.shared.began();
            recorder.event(began, Durability::Batched).await?;
        }
        Ok(recorder)
    }

    /// Returns the name of the run.
    #[must_use]
    pub fn id(&self) -> &ExecutionId {
        &self.shared.created.id
    }

    /// Returns the summary as it was when the run began.
    #[must_use]
    pub fn created(&self) -> &Execution {
        &self.shared.created
    }

    /// Returns how much was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.counters()
    }

    /// Records an event and returns its sequence number. A durable event is on the disk, with all before it, on return.
    ///
    /// When the store failed before, the event is taken only after what waits was written.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Conflict` when somebody else wrote to the log; `Storage`: a durable event may then still be
    /// written later, a batched one was not taken.
    pub async fn event(&self, event: NewEvent, durability: Durability) -> Result<u64> {
        let _open = self.enter().await?;
        self.make_room().await?;
        match self.shared.level.raised(durability) {
            Durability::Batched => Ok(self.place(event)),
            Durability::Durable => self.write(event).await,
        }
    }

    /// Records an event that is on the disk on return.
    async fn write(&self, event: NewEvent) -> Result<u64> {
        // The writing task need not hear of what its caller is about to write.
        let (sequence, _) = self.shared.place(event);
        self.write_through(sequence).await?;
        Ok(sequence)
    }

    /// Records an event as [`event`](Self::event) does, without waiting for anything; `None` when there is something to wait for, and
    /// nothing was recorded. It spares callers that are not asynchronous the way through a runtime and back.
    ///
    /// # Errors
    /// `AlreadyFinished`.
    pub fn event_at_once(&self, event: impl FnOnce() -> NewEvent) -> Result<Option<u64>> {
        let waits =
            self.shared.level == RecordingLevel::Strict || lock(&self.shared.failure).is_some();
        let (false, Ok(gate)) = (waits, self.shared.gate.try_read()) else {
            return Ok(None);
        };
        if *gate == Gate::Finished {
            return Err(rules::finished(self.id()).during("recorder.record"));
        }
        if lock(&self.shared.line).is_full() {
            return Ok(None);
        }
        self.serves()?;
        Ok(Some(self.place(event())))
    }

    /// Shows a part of an output that is still being sent: whole lines become events of kind `output_part`, what is behind the last
    /// newline waits for the next part. The output itself is kept by [`output`](Self::output), once it is whole.
    ///
    /// # Errors
    /// As [`event`](Self::event).
    pub async fn output_part(&self, device: &str, command: &str, bytes: &[u8]) -> Result<()> {
        for text in self.shared.shown(device, command, bytes) {
            let event = NewEvent::new(EventKind::OutputPart, text)
                .on(device)
                .data(serde_json::json!({ "command": command }));
            self.event(event, Durability::Batched).await?;
        }
        Ok(())
    }

    /// Says that something is missing in the record, and why. The first reason stays. A moment later the summary says it, too, so that
    /// it is known when this process is killed.
    pub fn incomplete(&self, reason: impl Into<String>) {
        let mut incomplete = lock(&self.shared.incomplete);
        if incomplete.is_none() {
            *incomplete = Some(reason.into());
            drop(incomplete);
            self.shared.tell_now();
        }
    }

    /// Adds devices to those that the run is about, as far as they are not among them.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Conflict` when others change the run all the time; `Storage`.
    pub async fn add_devices(&self, devices: &[DeviceSummary]) -> Result<()> {
        let _open = self.enter().await?;
        let mut contention = Contention::default();
        loop {
            let mut run = self.shared.store.load(self.id()).await?;
            for device in devices {
                match run.devices.iter_mut().find(|known| known.id == device.id) {
                    // One that only its records named until now.
                    Some(known) if known.ip.is_empty() && known.platform.is_none() => {
                        known.clone_from(device);
                    }
                    Some(_) => {}
                    None => run.devices.push(device.clone()),
                }
            }
            run.results.total_devices = run.devices.len() as u64;
            match self.shared.store.update(&run).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    contention.wait_after(error).await?;
                }
                updated => {
                    let devices = updated?.devices;
                    let mut announced = lock(&self.shared.announced);
                    // Of several that add at once, the first to write may be the last to hear of it.
                    if devices.len() > announced.len() {
                        *announced = devices;
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Ends the run and returns its summary. On return everything that was recorded survives power loss.
    ///
    /// It goes on to its end when the caller stops waiting. After a failure the run is still open, and it can be tried again.
    ///
    /// # Errors
    /// `InvalidInput` when the status is not terminal, and when a run is to succeed that was never started; `AlreadyFinished`;
    /// `Conflict`; `Storage`.
    pub async fn finish(
        &self,
        status: ExecutionStatus,
        reason: Option<String>,
    ) -> Result<Execution> {
        if !status.is_terminal() {
            return Err(
                Error::new(ErrorKind::InvalidInput, "a run does not end in this status")
                    .during("recorder.finish")
                    .with("execution", self.id())
                    .hint("finish with a terminal status such as succeeded or failed"),
            );
        }
        let gate = Arc::clone(&self.shared.gate).write_owned().await;
        if *gate == Gate::Finished {
            return Err(rules::finished(self.id()).during("recorder.finish"));
        }
        self.shared.check_end(status)?;
        self.serves()?;
        let shared = Arc::clone(&self.shared);
        let end = async move { shared.end(gate, status, reason).await };
        Onward::new(&self.shared.runtime, end).await
    }

    /// Ends the run as its devices did, which a reason says unless another one is given ([`Counters::verdict`]).
    ///
    /// # Errors
    /// Those of [`finish`](Self::finish).
    pub async fn finish_as_recorded(&self, reason: Option<String>) -> Result<Execution> {
        let (status, why) = self.shared.counters().verdict();
        self.finish(status, reason.or(why)).await
    }

    /// Writes everything up to an event, together with whoever records at the same time.
    async fn write_through(&self, sequence: u64) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let write = async move {
            // Others of the same task come to the line now, too.
            tokio::task::yield_now().await;
            let mut desk = shared.desk.lock().await;
            desk.write_through(&shared, sequence).await
        };
        let written = Onward::new(&self.shared.runtime, write).await;
        if written.is_err() {
            self.ring();
        }
        written
    }

    /// Waits for the disk when nothing may be lost; otherwise sees to it that somebody does soon.
    async fn keep_promise(&self) -> Result<()> {
        match self.shared.level {
            RecordingLevel::Strict => self.shared.store.sync(self.id()).await,
            RecordingLevel::Batched | RecordingLevel::Relaxed => {
                // Who owes already has heard of it.
                if self.shared.owe_sync() {
                    self.ring();
                }
                Ok(())
            }
        }
    }

    /// Keeps the run open while something is recorded.
    async fn enter(&self) -> Result<OwnedRwLockReadGuard<Gate>> {
        let gate = Arc::clone(&self.shared.gate).read_owned().await;
        if *gate == Gate::Finished {
            return Err(rules::finished(self.id()).during("recorder.record"));
        }
        Ok(gate)
    }

    /// Writes what waits when that failed before, and when too much waits.
    async fn make_room(&self) -> Result<()> {
        self.serves()?;
        if lock(&self.shared.failure).is_none() && !lock(&self.shared.line).is_full() {
            return Ok(());
        }
        let shared = Arc::clone(&self.shared);
        let flush = async move {
            let mut desk = shared.desk.lock().await;
            desk.flush(&shared, Durability::Batched).await
        };
        let flushed = Onward::new(&self.shared.runtime, flush).await;
        self.ring();
        flushed.map_err(Error::from)
    }

    fn place(&self, event: NewEvent) -> u64 {
        let (sequence, is_news) = self.shared.place(event);
        if is_news {
            self.ring();
        }
        sequence
    }

    fn ring(&self) {
        // A bell that rings already is heard, too.
        let _ = self.bell.try_send(());
    }

    /// Makes sure that somebody writes what is recorded.
    fn serves(&self) -> Result<()> {
        match self.bell.is_closed() {
            false => Ok(()),
            true => Err(self.stopped()),
        }
    }

    fn stopped(&self) -> Error {
        Error::new(ErrorKind::Internal, "the task that writes the run is gone")
            .during("recorder.record")
            .with("execution", self.id())
            .hint("keep the tokio runtime in which the run began until it is finished")
    }
}

fn microseconds(time: Duration) -> Option<u64> {
    u64::try_from(time.as_micros()).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is whole after each single statement.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
