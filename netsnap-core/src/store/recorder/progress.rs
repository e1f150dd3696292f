//! What does the summary of a run say while it goes on? How far it came, two seconds ago at most.

use tokio::time::Instant;

use super::{Clock, Shared, lock};
use crate::error::{ErrorKind, Result};
use crate::model::{Cost, Execution};
use crate::store::contention::Contention;
use crate::store::rules;

impl Shared {
    /// Sees to it that the summary soon says what is new.
    pub(super) fn tell_later(&self) {
        if lock(&self.line).tell_later() {
            self.news.notify_one();
        }
    }

    /// Sees to it that the summary says at once what is new.
    pub(super) fn tell_now(&self) {
        lock(&self.line).telling = Some(Instant::now());
        self.news.notify_one();
    }

    /// Brings the summary up to date. What fails is tried again, unless the run has ended.
    pub(super) async fn tell(&self) {
        match self.try_to_tell().await {
            // What still waits is told when it is in the log.
            Ok(told) if told >= lock(&self.line).sequence => {}
            Err(error) if is_over(error.kind()) => {}
            _ => self.tell_later(),
        }
    }

    /// Returns the last event that is told of.
    async fn try_to_tell(&self) -> Result<u64> {
        let mut contention = Contention::default();
        loop {
            let written = self.desk.lock().await.written;
            let stored = self.store.load(&self.created.id).await?;
            if stored.status.is_terminal() {
                return Err(rules::finished(&stored.id));
            }
            let told = self.so_far(stored, written);
            match self.store.refresh(&told).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    contention.wait_after(error).await?;
                }
                refreshed => return refreshed.map(|run| run.last_sequence),
            }
        }
    }

    /// The summary of a run that goes on, as far as it came.
    fn so_far(&self, mut run: Execution, written: u64) -> Execution {
        let tally = lock(&self.tally);
        tally.name_all(&mut run);
        run.results = tally.counters(run.devices.len() as u64);
        run.files = tally.files();
        run.error_kinds = tally.error_kinds();
        run.cost = Cost {
            cpu_us: self.clock.get().map_or(0, Clock::cpu_us),
            ..tally.cost()
        };
        run.last_sequence = run.last_sequence.max(written);
        run.incomplete.clone_from(&lock(&self.incomplete));
        run
    }
}

/// Says whether there is nothing to tell any more.
fn is_over(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::AlreadyFinished | ErrorKind::NotFound)
}
