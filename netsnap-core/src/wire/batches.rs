//! How does a stream of events cross to another language without a crossing for each?

use std::pin::pin;

use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::public;
use crate::engine::Netsnap;
use crate::error::Result;
use crate::event::LiveEvent;
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
    pub(super) fn follow(
        engine: Netsnap,
        id: ExecutionId,
        from: u64,
        stop: CancellationToken,
    ) -> Self {
        Self::spawn(stop, move |out| async move {
            let mut events = pin!(engine.follow(&id, from).ready_chunks(ROWS));
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
        })
    }

    pub(super) fn watch(engine: &Netsnap, stop: CancellationToken) -> Self {
        let mut events = engine.watch();
        Self::spawn(stop, move |out| async move {
            while let Some(rows) = next_live(&mut events).await {
                if out.send(public::text(&rows)).await.is_err() {
                    return;
                }
            }
        })
    }

    fn spawn<F, W>(stop: CancellationToken, work: F) -> Self
    where
        F: FnOnce(mpsc::Sender<Result<String>>) -> W + Send + 'static,
        W: Future<Output = ()> + Send,
    {
        let (out, rows) = mpsc::channel(WAITING);
        let stopped = stop.clone();
        tokio::spawn(async move { stopped.run_until_cancelled(work(out)).await });
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
async fn next_live(
    events: &mut broadcast::Receiver<LiveEvent>,
) -> Option<Vec<impl Serialize + use<>>> {
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
