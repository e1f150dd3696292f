//! What does a recovery ask a store for, however long its logs and however many its runs are?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;

use super::*;
use crate::id::Digest;
use crate::store::{ExecutionStore as _, Front, MemoryStore};

/// A store that counts what it is asked for. Each question takes a moment.
#[derive(Debug, Default)]
struct Counting {
    store: MemoryStore,
    events: AtomicUsize,
    ends: AtomicUsize,
    owners: AtomicUsize,
    records: AtomicUsize,
    at_once: AtomicUsize,
    most: AtomicUsize,
}

const MOMENT: Duration = Duration::from_millis(10);

#[async_trait]
impl Front for Counting {
    fn behind(&self) -> &dyn Backend {
        &self.store
    }

    async fn gone(&self, _: &Owner) -> Result<Option<&'static str>> {
        self.owners.fetch_add(1, Ordering::Relaxed);
        Ok(Some("it went away"))
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        let events = self.store.events(id, from, limit).await?;
        self.events.fetch_add(events.len(), Ordering::Relaxed);
        Ok(events)
    }

    async fn record_digest(&self, id: &ExecutionId) -> Result<Digest> {
        self.records.fetch_add(1, Ordering::Relaxed);
        self.store.record_digest(id).await
    }

    async fn last_event(&self, id: &ExecutionId) -> Result<Option<Event>> {
        let others = self.at_once.fetch_add(1, Ordering::Relaxed);
        self.most.fetch_max(others + 1, Ordering::Relaxed);
        tokio::time::sleep(MOMENT).await;
        self.at_once.fetch_sub(1, Ordering::Relaxed);
        self.ends.fetch_add(1, Ordering::Relaxed);
        self.store.last_event(id).await
    }
}

/// Makes a run of a process that is gone, with so many events.
async fn left(store: &Counting, random: u32, events: u64) -> ExecutionId {
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    let begun = Execution {
        owner: Some(store.store.owner()),
        ..Execution::new(ExecutionId::new(at, random), at)
    };
    store.store.create(&begun).await.unwrap();
    let note = |number| NewEvent::new(EventKind::Note, "x").at(number, at);
    let events: Vec<Event> = (1..=events).map(note).collect();
    let appended = store.store.append(&begun.id, &events, Durability::Batched);
    appended.await.unwrap();
    begun.id
}

#[tokio::test(start_paused = true)]
async fn of_a_log_the_end_alone_is_read_and_the_rest_is_named_by_its_store() {
    let store = Counting::default();
    let id = left(&store, 1, 100_000).await;
    let recovery = recover(&store).await.unwrap();
    assert_eq!(recovery.ended, std::slice::from_ref(&id));
    let ended = store.store.load(&id).await.unwrap();
    assert_eq!(ended.last_sequence, 100_001);
    assert_eq!(store.events.into_inner(), 0);
    assert_eq!(store.ends.into_inner(), 1);
    assert_eq!(store.records.into_inner(), 1);
}

#[tokio::test(start_paused = true)]
async fn several_runs_are_ended_at_a_time_and_not_all() {
    let store = Arc::new(Counting::default());
    for random in 0..100 {
        left(&store, random, 3).await;
    }
    let begun = Instant::now();
    let recovery = recover(store.as_ref()).await.unwrap();
    assert_eq!((recovery.ended.len(), recovery.failed.len()), (100, 0));
    assert!(begun.elapsed() <= MOMENT * 20, "{:?}", begun.elapsed());
    let most = store.most.load(Ordering::Relaxed);
    assert!((2..=16).contains(&most), "{most} at once");
    assert_eq!(
        store.owners.load(Ordering::Relaxed),
        1,
        "all have one owner"
    );
    assert_eq!(store.ends.load(Ordering::Relaxed), 100);
    assert_eq!(store.events.load(Ordering::Relaxed), 0);
}
