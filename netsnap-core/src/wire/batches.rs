//! How does a stream of events cross to another language without a crossing for each?

use std::pin::pin;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::history::Replay;
use super::public;
use crate::engine::Netsnap;
use crate::error::Result;
use crate::event::{Event, LiveEvent};
use crate::id::ExecutionId;

/// Rows in one crossing, at most.
const ROWS: usize = 256;
/// Batches that wait for a slow reader; behind them the source waits.
const WAITING: usize = 2;

/// A stream of JSON arrays: what is there already comes together, and nobody waits for a batch to be full.
///
/// Dropped or stopped, it ends the work behind it.
#[derive(Debug)]
pub struct Batches {
    rows: Mutex<mpsc::Receiver<Result<String>>>,
    stop: CancellationToken,
}

impl Batches {
    /// Starts the source of a stream as a task that the engine waits for when it closes.
    pub(super) fn spawn<F, W>(tasks: &TaskTracker, stop: CancellationToken, source: F) -> Self
    where
        F: FnOnce(mpsc::Sender<Result<String>>) -> W + Send + 'static,
        W: Future<Output = ()> + Send,
    {
        let (out, rows) = mpsc::channel(WAITING);
        let stopped = stop.clone();
        tasks.spawn(async move { stopped.run_until_cancelled(source(out)).await });
        Self {
            rows: Mutex::new(rows),
            stop,
        }
    }

    /// Returns the next batch, a JSON array with at least one row; nothing at the end or once stopped.
    ///
    /// # Errors
    /// Those of the source; nothing comes after one.
    pub async fn next(&self) -> Option<Result<String>> {
        let mut rows = self.rows.lock().await;
        self.stop.run_until_cancelled(rows.recv()).await.flatten()
    }

    /// Ends the stream: a waiting [`Batches::next`] returns nothing.
    pub fn stop(&self) {
        self.stop.cancel();
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Sends the events of a run until it has ended or nobody reads them.
pub(super) async fn follow(
    engine: Netsnap,
    id: ExecutionId,
    start: u64,
    out: mpsc::Sender<Result<String>>,
) {
    send(engine.follow(&id, start), out).await;
}

/// Sends the events of a past run at the pace that was asked for.
pub(super) async fn replay(engine: Netsnap, asked: Replay, out: mpsc::Sender<Result<String>>) {
    match engine.replay(&asked.id, asked.pace()).await {
        Ok(past) => send(past.events(asked.start), out).await,
        Err(error) => drop(out.send(Err(error)).await),
    }
}

async fn send(events: BoxStream<'static, Result<Event>>, out: mpsc::Sender<Result<String>>) {
    let mut events = pin!(events.ready_chunks(ROWS));
    while let Some(chunk) = events.next().await {
        let (rows, failure) = until_failure(chunk);
        if !rows.is_empty() && out.send(public::text(&rows)).await.is_err() {
            return;
        }
        if let Some(error) = failure {
            let _ = out.send(Err(error)).await;
            return;
        }
    }
}

/// Sends live events until the engine is gone or nobody reads them.
pub(super) async fn watch(
    mut live: broadcast::Receiver<LiveEvent>,
    out: mpsc::Sender<Result<String>>,
) {
    while let Some(rows) = next_live(&mut live).await {
        if out.send(public::text(&rows)).await.is_err() {
            return;
        }
    }
}

/// Returns the rows in front of the first failure, and that failure.
fn until_failure<T>(chunk: Vec<Result<T>>) -> (Vec<T>, Option<crate::error::Error>) {
    let mut rows = Vec::with_capacity(chunk.len());
    for row in chunk {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => return (rows, Some(error)),
        }
    }
    (rows, None)
}

/// Waits for one live event and takes along what is there already; nothing once the engine is gone.
async fn next_live(events: &mut broadcast::Receiver<LiveEvent>) -> Option<Vec<LiveEvent>> {
    let first = loop {
        match events.recv().await {
            Ok(event) => break event,
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    };
    let mut rows = vec![first];
    while rows.len() < ROWS
        && let Ok(event) = events.try_recv()
    {
        rows.push(event);
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn rows_in_front_of_a_failure_are_not_lost() {
        let failure = || Error::new(ErrorKind::Storage, "no");
        let (rows, error) = until_failure(vec![Ok(1), Ok(2), Err(failure()), Ok(3)]);
        assert_eq!((rows, error.is_some()), (vec![1, 2], true));
    }

    #[tokio::test]
    async fn a_stream_that_is_stopped_ends_for_the_one_who_waits() {
        let tasks = TaskTracker::new();
        let forever = |out: mpsc::Sender<Result<String>>| async move { out.closed().await };
        let stream = Batches::spawn(&tasks, CancellationToken::new(), forever);
        let (next, ()) = tokio::join!(stream.next(), async { stream.stop() });
        assert!(next.is_none());
        tasks.close();
        tasks.wait().await;
    }

    #[tokio::test]
    async fn a_stream_that_is_dropped_ends_its_source() {
        let tasks = TaskTracker::new();
        let forever = |_out| std::future::pending();
        drop(Batches::spawn(&tasks, CancellationToken::new(), forever));
        tasks.close();
        tasks.wait().await;
    }
}
