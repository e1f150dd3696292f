//! Does a log stay one log when several stores write to it, each of which remembers how it ended?

use crate::error::ErrorKind;
use crate::event::{Event, EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::sql::SqlStore;
use crate::store::{Durability, ExecutionStore as _};

/// So many events each writer adds: rows become full, and others follow them.
const EACH: u64 = 150;

fn at(sequence: u64, text: &str) -> Event {
    let now = "2026-03-01T10:00:00Z".parse().unwrap();
    NewEvent::new(EventKind::Note, text).at(sequence, now)
}

async fn made(store: &SqlStore) -> ExecutionId {
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    let run = Execution::new(ExecutionId::new(at, 1), at);
    store.create(&run).await.unwrap();
    run.id
}

/// Adds events, one to three at a time, each where the log ends, wherever somebody else has brought it.
async fn write(store: SqlStore, id: ExecutionId, name: &'static str) {
    let (mut next, mut done) = (1, 0);
    while done < EACH {
        let count = (1 + done % 3).min(EACH - done);
        let events: Vec<Event> = (0..count)
            .map(|place| at(next + place, &format!("{name} {}", done + place)))
            .collect();
        let durability = [Durability::Batched, Durability::Durable][usize::from(done % 8 == 0)];
        match store.append(&id, &events, durability).await {
            Ok(()) => {
                next += count;
                done += count;
            }
            Err(error) if error.kind() == ErrorKind::Conflict => {
                next += store.events(&id, next, 1000).await.unwrap().len() as u64;
            }
            Err(error) => panic!("{error}"),
        }
        // Now one writes alone for a while, now they take turns.
        if done % 10 == 0 {
            tokio::task::yield_now().await;
        }
    }
}

async fn writers_make_one_log(first: SqlStore, second: SqlStore) {
    let id = made(&first).await;
    let writers = [(first.clone(), "first"), (second, "second")]
        .map(|(store, name)| tokio::spawn(write(store, id.clone(), name)));
    for writer in writers {
        writer.await.unwrap();
    }
    let events = first.events(&id, 1, 1000).await.unwrap();
    let sequences: Vec<u64> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=2 * EACH).collect::<Vec<_>>());
    for name in ["first", "second"] {
        let told: Vec<&str> = events
            .iter()
            .map(|event| event.text.as_str())
            .filter(|text| text.starts_with(name))
            .collect();
        let wanted: Vec<String> = (0..EACH).map(|number| format!("{name} {number}")).collect();
        assert_eq!(told, wanted);
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_make_one_log_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let first = SqlStore::sqlite(&path).await.unwrap();
    let second = SqlStore::sqlite(&path).await.unwrap();
    writers_make_one_log(first, second).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_make_one_log_in_postgres() {
    let Some(schema) = super::super::testing::Schema::new().await else {
        return;
    };
    let first = SqlStore::postgres(&schema.url).await.unwrap();
    let second = SqlStore::postgres(&schema.url).await.unwrap();
    writers_make_one_log(first, second).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_stale_memory_of_a_log_is_no_reason_to_lose_an_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let first = SqlStore::sqlite(&path).await.unwrap();
    let second = SqlStore::sqlite(&path).await.unwrap();
    let id = made(&first).await;
    let add = async |store: &SqlStore, sequence| {
        let event = at(sequence, &sequence.to_string());
        store.append(&id, &[event], Durability::Batched).await
    };
    add(&first, 1).await.unwrap();
    add(&second, 2).await.unwrap();
    let error = add(&first, 2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    add(&first, 3).await.unwrap();
    first.append(&id, &[], Durability::Durable).await.unwrap();
    add(&first, 4).await.unwrap();
    let events = second.events(&id, 1, 10).await.unwrap();
    let texts: Vec<&str> = events.iter().map(|event| event.text.as_str()).collect();
    assert_eq!(texts, ["1", "2", "3", "4"]);
}
