//! When does the work of a run begin? With the run itself, or when it is taken out of the queue.

use std::sync::Arc;
use std::time::Instant;

use cpu_time::ProcessTime;

use super::onward::Onward;
use super::{Recorder, RecordingLevel, Shared, microseconds};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::model::{Execution, ExecutionStatus};
use crate::store::audit::Audit;
use crate::store::contention::Contention;
use crate::store::{Durability, rules};

/// Since when a run is going on, by clocks that nobody sets.
#[derive(Debug)]
pub(super) struct Clock {
    started: Instant,
    processor: ProcessTime,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
            processor: ProcessTime::now(),
        }
    }

    /// How long the run goes on, in microseconds.
    pub(super) fn duration_us(&self) -> Option<u64> {
        microseconds(self.started.elapsed())
    }

    /// How much processor time its process used since, in microseconds.
    pub(super) fn cpu_us(&self) -> u64 {
        microseconds(self.processor.elapsed()).unwrap_or_default()
    }
}

impl Recorder {
    /// Takes a run out of the queue and returns it: from now on it is running, and its duration counts. The audit log and the log of
    /// the run tell of it. Of a run that is going on already nothing changes.
    ///
    /// It goes on to its end when the caller stops waiting. After a failure it can be tried again.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Conflict` when others change the run all the time; `Corrupt` when the audit log cannot be continued; `Storage`.
    pub async fn start(&self) -> Result<Execution> {
        let open = self.enter().await?;
        self.make_room().await?;
        let shared = Arc::clone(&self.shared);
        let start = async move {
            let _open = open;
            shared.start().await
        };
        let started = Onward::new(&self.shared.runtime, start).await;
        self.ring();
        started.map_err(|error| error.during("recorder.start"))
    }
}

impl Shared {
    async fn start(&self) -> Result<Execution> {
        let _alone = self.starting.lock().await;
        if self.clock.get().is_some() {
            return self.store.load(&self.created.id).await;
        }
        let run = self.leave_queue().await?;
        self.clock.get_or_init(Clock::start);
        self.place(self.began());
        if self.level == RecordingLevel::Strict {
            self.desk
                .lock()
                .await
                .flush(self, Durability::Durable)
                .await?;
        }
        Ok(run)
    }

    /// Says in the log that the work of the run begins.
    pub(super) fn began(&self) -> NewEvent {
        let event = NewEvent::new(EventKind::ExecutionStarted, self.created.name.clone());
        event.data(self.manner.clone())
    }

    async fn leave_queue(&self) -> Result<Execution> {
        let mut contention = Contention::default();
        loop {
            let queued = self.store.load(&self.created.id).await?;
            match queued.status {
                ExecutionStatus::Queued => {}
                // An attempt of before came so far.
                ExecutionStatus::Running => return Ok(queued),
                _ => return Err(rules::finished(&queued.id)),
            }
            let running = Execution {
                status: ExecutionStatus::Running,
                started_at: Some(self.store.now()),
                ..queued.clone()
            };
            let audit = Audit::of(self.store.as_ref());
            match audit.start(&queued, &running).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    contention.wait_after(error).await?;
                }
                started => return started,
            }
        }
    }

    /// Makes sure that a run can end so: nothing succeeds that was not begun.
    ///
    /// # Errors
    /// `InvalidInput`.
    pub(super) fn check_end(&self, status: ExecutionStatus) -> Result<()> {
        let well = matches!(
            status,
            ExecutionStatus::Succeeded | ExecutionStatus::Partial
        );
        if !well || self.clock.get().is_some() {
            return Ok(());
        }
        let what = "a run that was never started does not succeed";
        Err(Error::new(ErrorKind::InvalidInput, what)
            .during("recorder.finish")
            .with("execution", &self.created.id)
            .hint("start the run first, or finish it as cancelled or failed"))
    }
}
