//! What does a monitoring system see? The store in the text format of Prometheus.

mod count;
mod text;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;

use self::count::Runs;
use self::text::Text;
use super::stats::{Census, Detail, Past};
use super::{Backend, Filter};
use crate::error::Result;

/// What the answer to an HTTP request has to declare: the text format 0.0.4.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Microseconds that this process waited.
static WAITED: AtomicU64 = AtomicU64::new(0);

/// Events that recorders of this process took, and that are in no store.
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// Counts events that a recorder took and the store refused to the end.
pub(in crate::store) fn dropped(events: u64) {
    DROPPED.fetch_add(events, Ordering::Relaxed);
}

/// Counts time that a backend waited for a lock that others held, in this process.
pub fn waited(time: Duration) {
    let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    WAITED.fetch_add(microseconds, Ordering::Relaxed);
}

/// Waits for something that others may hold, and counts the time when they did.
pub(in crate::store) async fn counted<T>(wait: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let mut wait = std::pin::pin!(wait);
    if let Some(held) = (&mut wait).now_or_never() {
        return held;
    }
    let held = wait.await;
    waited(started.elapsed());
    held
}

/// Returns the metrics of a store, in the text exposition format 0.0.4 of Prometheus.
///
/// Counters of runs never fall: removed runs are counted from their tombstones and rollups. `netsnap_store_wait_seconds_total`
/// and `netsnap_events_dropped_total` are of this process and begin at zero with it. Of runs it reads what stands in the index of the files or in the columns of the database,
/// no summary; the cost still grows with their number.
///
/// # Errors
/// `Storage`.
pub async fn metrics(store: &dyn Backend) -> Result<String> {
    let mut runs = Runs::default();
    let census = Census {
        filter: &Filter::default(),
        detail: Detail::Outlines,
        label: None,
        past: Past::Rolled,
    };
    census.take(store, &mut runs).await?;
    let usage = store.usage().await?;
    let mut text = Text::default();
    runs.write(&mut text);
    text.family(
        "store_bytes",
        "gauge",
        "Bytes that the store takes, unused ones included.",
    );
    text.number(&[], usage.bytes);
    text.family(
        "store_free_bytes",
        "gauge",
        "Of these, bytes that nothing uses and that were not given back yet.",
    );
    text.number(&[], usage.free);
    text.family(
        "store_wait_seconds_total",
        "counter",
        "Time that this process waited for locks of the store.",
    );
    text.seconds(&[], WAITED.load(Ordering::Relaxed).into());
    text.family(
        "events_dropped_total",
        "counter",
        "Events that this process recorded and the store refused until their recorder went away.",
    );
    text.number(&[], DROPPED.load(Ordering::Relaxed));
    Ok(text.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::LogStore as _;

    /// Runs work, and says how much longer this process has waited since; other tests wait at the same time.
    async fn waits(work: impl Future<Output = ()>) -> Duration {
        let before = WAITED.load(Ordering::Relaxed);
        work.await;
        Duration::from_micros(WAITED.load(Ordering::Relaxed) - before)
    }

    const HELD: Duration = Duration::from_millis(30);

    #[tokio::test]
    async fn a_lock_that_another_task_holds_is_waited_for_and_counted() {
        let lock = tokio::sync::Mutex::new(());
        let held = lock.lock().await;
        let waited = waits(async {
            let free = async {
                tokio::time::sleep(HELD).await;
                drop(held);
            };
            let (_held, ()) = tokio::join!(counted(lock.lock()), free);
        });
        assert!(waited.await >= HELD);
    }

    #[tokio::test]
    async fn a_log_that_another_process_holds_is_waited_for_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::FsStore::open(folder.path()).await.unwrap();
        let entry = [b"{}".to_vec()];
        store.append_log("kept", 1, &entry).await.unwrap();
        let files = std::fs::read_dir(folder.path().join("logs")).unwrap();
        let file = files.flatten().next().unwrap().path();
        let lock = std::fs::File::open(file).unwrap();
        lock.lock().unwrap();
        let freed = tokio::task::spawn_blocking(move || {
            std::thread::sleep(HELD);
            lock.unlock().unwrap();
        });
        let waited = waits(async {
            store.append_log("kept", 2, &entry).await.unwrap();
        });
        assert!(waited.await > Duration::ZERO);
        freed.await.unwrap();
    }
}
