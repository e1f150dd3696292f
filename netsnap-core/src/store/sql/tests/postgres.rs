//! What only a PostgreSQL store promises: owners known across machines, readers told at once.

use std::time::{Duration, Instant};

use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Execution, Owner};
use crate::store::sql::SqlStore;
use crate::store::sql::testing::Schema;
use crate::store::{Durability, ExecutionStore as _};

async fn run(store: &SqlStore, random: u32) -> Execution {
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    let run = Execution {
        name: "nul \0 in a name".into(),
        labels: [("k\0".to_owned(), "v\0".to_owned())].into(),
        ..Execution::new(ExecutionId::new(at, random), at)
    };
    store.create(&run).await.unwrap();
    run
}

/// An owner as another machine would have written it.
fn distant(owner: Owner) -> Owner {
    Owner {
        host: "elsewhere".into(),
        space: 0,
        ..owner
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_is_gone_as_soon_as_its_store_is() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let writer = SqlStore::postgres(&schema.url).await.unwrap();
    let reader = SqlStore::postgres(&schema.url).await.unwrap();
    let owner = distant(writer.owner());
    assert_ne!(owner.session, reader.owner().session);
    assert_eq!(reader.gone(&owner).await.unwrap(), None);
    assert_eq!(writer.gone(&owner).await.unwrap(), None);
    drop(writer);
    let end = Instant::now() + Duration::from_secs(30);
    while reader.gone(&owner).await.unwrap().is_none() {
        assert!(
            Instant::now() < end,
            "the lock of a closed store is still held"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_with_nul_survives() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let store = SqlStore::postgres(&schema.url).await.unwrap();
    let run = run(&store, 1).await;
    assert_eq!(store.load(&run.id).await.unwrap(), run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_events_wakes_a_reader_and_loses_none() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let writer = SqlStore::postgres(&schema.url).await.unwrap();
    let reader = SqlStore::postgres(&schema.url).await.unwrap();
    let id = run(&writer, 1).await.id;
    let reading = tokio::spawn({
        let id = id.clone();
        async move {
            let mut next = 1;
            while next <= 50 {
                // Far longer than the test takes: only word of the writer ends it.
                let patience = Duration::from_secs(600);
                reader.wait(&id, next, patience).await.unwrap();
                next += reader.events(&id, next, 100).await.unwrap().len() as u64;
            }
        }
    });
    for number in 1..=50 {
        let at = "2026-03-01T10:00:01Z".parse().unwrap();
        let event = NewEvent::new(EventKind::Note, "x").at(number, at);
        writer
            .append(&id, &[event], Durability::Batched)
            .await
            .unwrap();
    }
    reading.await.unwrap();
}

#[tokio::test]
async fn no_error_shows_the_password() {
    for url in [
        "postgres://user:secret@127.0.0.1:1/x",
        "postgresql://user:secret@[/x",
        "postgres://user:secret@127.0.0.1:notaport/x",
    ] {
        let error = crate::store::open(url).await.unwrap_err();
        assert!(
            [ErrorKind::Storage, ErrorKind::InvalidInput].contains(&error.kind()),
            "{error:?}"
        );
        let told = format!("{error} {error:?} {:?}", error.report());
        assert!(!told.contains("secret"), "{told}");
    }
}
