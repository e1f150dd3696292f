//! The log of a run.

use super::{Store, created, events, fails_with, output, time};
use crate::error::ErrorKind;
use crate::event::{EventKind, Level, NewEvent};
use crate::model::{DeviceResult, DeviceStatus};
use crate::store::Durability;

/// A log begins with 1 and has no hole and no event twice.
pub async fn a_log_is_dense(store: Store) {
    let id = created(&store, 1).await.id;
    let append = async |sequences| {
        store
            .append(&id, &events(sequences), Durability::Batched)
            .await
    };
    fails_with(append(2..=2).await, ErrorKind::Conflict);
    append(1..=3).await.unwrap();
    fails_with(append(3..=4).await, ErrorKind::Conflict);
    fails_with(append(5..=5).await, ErrorKind::Conflict);
    append(4..=4).await.unwrap();
    assert_eq!(store.events(&id, 1, 10).await.unwrap(), events(1..=4));
}

/// Events with a hole among them leave nothing.
pub async fn an_append_is_all_or_nothing(store: Store) {
    let id = created(&store, 1).await.id;
    let mut holed = events(1..=3);
    holed.remove(1);
    let appended = store.append(&id, &holed, Durability::Durable).await;
    fails_with(appended, ErrorKind::Conflict);
    assert!(store.events(&id, 1, 10).await.unwrap().is_empty());
}

/// The event that ends a run is the last.
pub async fn nothing_stands_behind_the_end_of_a_log(store: Store) {
    let id = created(&store, 1).await.id;
    let mut log = events(1..=3);
    log[1].kind = EventKind::ExecutionFinished;
    let beside = store.append(&id, &log, Durability::Batched).await;
    fails_with(beside, ErrorKind::AlreadyFinished);
    let (log, behind) = log.split_at(2);
    store.append(&id, log, Durability::Batched).await.unwrap();
    let behind = store.append(&id, behind, Durability::Batched).await;
    fails_with(behind, ErrorKind::AlreadyFinished);
    assert_eq!(store.events(&id, 1, 10).await.unwrap(), log);
}

/// Behind the event that ends a run its record does not change any more, also where its summary does not say yet that it ended.
pub async fn nothing_is_put_behind_the_end_of_a_log(store: Store) {
    let id = created(&store, 1).await.id;
    let before = output("r1", "show version", b"one");
    store.put_output(&id, before).await.unwrap();
    let mut log = events(1..=300);
    log[299].kind = EventKind::ExecutionFinished;
    store.append(&id, &log, Durability::Batched).await.unwrap();
    let record = store.record_digest(&id).await.unwrap();
    let behind = output("r1", "show version", b"two");
    let behind = store.put_output(&id, behind).await;
    fails_with(behind, ErrorKind::AlreadyFinished);
    let result = [DeviceResult::new("r1", DeviceStatus::Ok)];
    let behind = store.put_device_results(&id, &result).await;
    fails_with(behind, ErrorKind::AlreadyFinished);
    assert_eq!(store.outputs(&id).await.unwrap().len(), 1);
    assert!(store.device_results(&id).await.unwrap().is_empty());
    assert_eq!(store.record_digest(&id).await.unwrap(), record);
}

/// A log is read from any event on, in pieces of any size.
pub async fn a_log_reads_from_anywhere(store: Store) {
    let id = created(&store, 1).await.id;
    let all = events(1..=3000);
    for batch in all.chunks(700) {
        store.append(&id, batch, Durability::Batched).await.unwrap();
    }
    for (from, limit) in [(0, 5), (1, 1), (1, 5000), (699, 3), (1500, 800), (3000, 9)] {
        let start = usize::try_from(from).unwrap().saturating_sub(1);
        let end = all.len().min(start + limit);
        let read = store.events(&id, from, limit).await.unwrap();
        assert_eq!(read, all[start..end], "from {from}, limit {limit}");
    }
    assert!(store.events(&id, 3001, 5).await.unwrap().is_empty());
}

/// The last event of a log is found by itself: in an empty log, behind each append, and behind lines that are no events.
pub async fn the_end_of_a_log_is_read_by_itself(store: Store) {
    let id = created(&store, 1).await.id;
    assert_eq!(store.last_event(&id).await.unwrap(), None);
    let all = events(1..=1300);
    for batch in all.chunks(300) {
        store.append(&id, batch, Durability::Batched).await.unwrap();
        let last = store.last_event(&id).await.unwrap();
        assert_eq!(last.as_ref(), batch.last());
    }
    store
        .put_output(&id, output("r1", "show", b"x"))
        .await
        .unwrap();
    let done = DeviceResult::new("r1", DeviceStatus::Ok);
    store.put_device_results(&id, &[done]).await.unwrap();
    let last = store.last_event(&id).await.unwrap();
    assert_eq!(last.as_ref(), all.last());
    let nowhere = super::run(time("2026-03-01T10:00:00Z"), 77).id;
    fails_with(store.last_event(&nowhere).await, ErrorKind::NotFound);
}

/// Every part of an event comes back, whatever characters it has.
pub async fn an_event_comes_back_exactly(store: Store) {
    let id = created(&store, 1).await.id;
    let event = NewEvent::new(
        EventKind::Note,
        "line 1\nline 2\0 \u{1F980} \",\"crc32\":\"",
    )
    .on("../../x")
    .level(Level::Warning)
    .progress(1, 2)
    .data(serde_json::json!({ "crc32": "00000000", "sequence": 7, "deep": [null, 1.5] }))
    .at(1, time("2026-03-01T10:00:00.123456789Z"));
    let log = [event];
    store.append(&id, &log, Durability::Durable).await.unwrap();
    assert_eq!(store.events(&id, 1, 2).await.unwrap(), log);
}
