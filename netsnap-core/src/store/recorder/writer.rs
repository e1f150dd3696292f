//! Who writes for those who do not wait? One task for each run, in batches.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::{Gate, Shared, lock};
use crate::model::ExecutionStatus;
use crate::store::{Durability, metrics};

/// So long an event waits for a batch, at most. What comes after a rest is written at once.
const PATIENCE: Duration = Duration::from_millis(10);
/// How long a write that failed is not tried again.
const PAUSE: Duration = Duration::from_millis(250);
/// How long what was written may wait for the disk.
const SYNC: Duration = Duration::from_millis(250);

/// The task that writes one run.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
    /// Rings when something waits; ends when nobody can record any more.
    bell: mpsc::Receiver<()>,
    /// When what waits is to be written.
    due: Option<Instant>,
    /// Brings the summary up to date: no event waits for that.
    telling: Option<JoinHandle<()>>,
}

enum Next {
    Rung,
    Due,
    /// There is something new to tell, by a clock of its own.
    Told,
    Abandoned,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, bell: mpsc::Receiver<()>) -> Self {
        Self {
            shared,
            bell,
            due: None,
            telling: None,
        }
    }

    /// Serves until nobody can record into the run any more.
    pub(super) async fn run(mut self) {
        loop {
            match self.next().await {
                Next::Rung => self.look().await,
                Next::Due => self.serve_clocks().await,
                Next::Told => {}
                Next::Abandoned => return self.abandon().await,
            }
            // Also where the bell never rests.
            self.tell_in_time();
        }
    }

    async fn next(&mut self) -> Next {
        let clock = self.clock();
        let rung = async {
            match clock {
                Some(due) => timeout_at(due, self.bell.recv()).await,
                None => Ok(self.bell.recv().await),
            }
        };
        let received = tokio::select! {
            rung = rung => rung,
            () = self.shared.news.notified() => return Next::Told,
        };
        match received {
            Ok(Some(())) => Next::Rung,
            Ok(None) => Next::Abandoned,
            Err(_) => Next::Due,
        }
    }

    /// When something has to be done next.
    fn clock(&self) -> Option<Instant> {
        let line = lock(&self.shared.line);
        let synced = line.unsynced.map(|since| since + SYNC);
        [self.due, synced, line.telling].into_iter().flatten().min()
    }

    /// Writes a whole batch; what is less waits a little for more.
    async fn look(&mut self) {
        if lock(&self.shared.line).is_batch() {
            return self.flush().await;
        }
        if self.due.is_none() {
            let rested = self.shared.desk.lock().await.flushed;
            self.due = Some(rested.map_or_else(Instant::now, |last| last + PATIENCE));
        }
    }

    async fn flush(&mut self) {
        let mut desk = self.shared.desk.lock().await;
        // What failed is kept in `shared.failure` and told to the next who records.
        let flushed = desk.flush(&self.shared, Durability::Batched).await;
        self.due = flushed.err().map(|_| Instant::now() + PAUSE);
    }

    /// Writes what has waited for long enough, and takes what was written to the disk.
    async fn serve_clocks(&mut self) {
        let now = Instant::now();
        if self.due.is_some_and(|due| due <= now) {
            self.flush().await;
        }
        let unsynced = lock(&self.shared.line).unsynced;
        if unsynced.is_some_and(|since| since + SYNC <= now) {
            // A sync that failed shows at the next durable write.
            drop(self.shared.desk.lock().await.sync(&self.shared).await);
        }
    }

    /// Brings the summary up to date when it is time, and once at a time.
    fn tell_in_time(&mut self) {
        let now = Instant::now();
        let mut line = lock(&self.shared.line);
        if line.telling.is_none_or(|at| at > now) {
            return;
        }
        if self
            .telling
            .as_ref()
            .is_some_and(|task| !task.is_finished())
        {
            line.telling = Some(now + PAUSE);
            return;
        }
        // Taken off before: what comes meanwhile is told the next time.
        line.telling = None;
        drop(line);
        let shared = Arc::clone(&self.shared);
        self.telling = Some(tokio::spawn(async move { shared.tell().await }));
    }

    /// Ends a run that nobody finished. What cannot be written now is found at a later open.
    async fn abandon(self) {
        if *self.shared.gate.read().await == Gate::Finished {
            return;
        }
        let reason = "its recorder was dropped before the run was finished".to_owned();
        let mut desk = self.shared.desk.lock().await;
        let ended = desk.end(&self.shared, ExecutionStatus::Interrupted, Some(reason));
        if ended.await.is_err() {
            metrics::dropped(desk.waiting());
        }
    }
}
