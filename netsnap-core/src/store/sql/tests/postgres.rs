//! What only a PostgreSQL store promises: owners known across machines, readers told at once.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Answer, Execution, Output, Owner, Proof};
use crate::store::sql::SqlStore;
use crate::store::sql::testing::Schema;
use crate::store::{Durability, ExecutionStore as _, Selection};

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

/// Says something to the server of a schema, which `{schema}` names.
async fn say(schema: &Schema, sql: &str) {
    let mut connection = PgConnection::connect(&schema.url).await.unwrap();
    let name: String = sqlx::query_scalar("select current_schema()::text")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let sql = sqlx::AssertSqlSafe(sql.replace("{schema}", &name));
    connection.execute(sql).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_only_select_reads_and_leaves_what_was_left() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let writer = SqlStore::postgres(&schema.url).await.unwrap();
    let left = run(&writer, 1).await;
    let role = format!("reader_{:016x}", getrandom::u64().unwrap());
    let made = format!(
        "create role {role}; grant usage on schema {{schema}} to {role}; \
         grant select on all tables in schema {{schema}} to {role}"
    );
    say(&schema, &made).await;
    let url = format!("{}%20-c%20role%3D{role}", schema.url);
    let store = crate::store::open(&url).await.unwrap();
    assert_eq!(store.load(&left.id).await.unwrap(), left);
    let listed = store.select(&Selection::newest(9)).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&left));
    assert_eq!(store.events(&left.id, 1, 9).await.unwrap(), []);
    assert!(store.usage().await.unwrap().bytes > 0);
    for refused in [
        store.create(&left).await,
        store.update(&left).await.map(drop),
        store.append_log("kept", 1, &[b"{}".to_vec()]).await,
    ] {
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ReadOnly, "{refused}");
        let place = &refused.report().context["store"];
        assert!(place.starts_with("postgres://"), "{place}");
    }
    drop(store);
    say(&schema, &format!("drop owned by {role}; drop role {role}")).await;
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

/// What the server says of a full disk, said by triggers; a server whose disk is full indeed is among the tests of processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_of_the_server_is_the_error_of_any_full_disk() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let store = SqlStore::postgres(&schema.url).await.unwrap();
    let run = run(&store, 1).await;
    let mut server = PgConnection::connect(&schema.url).await.unwrap();
    let full = "create function full_disk() returns trigger language plpgsql as $$ begin \
         raise exception 'could not extend file' using errcode = 'disk_full'; end $$; \
         create trigger full_disk before insert or update on summary execute function full_disk(); \
         create trigger full_disk before insert or update on event_chunk execute function full_disk(); \
         create trigger full_disk before insert or update on run_output execute function full_disk()";
    server.execute(full).await.unwrap();
    let at = run.created_at;
    let event = NewEvent::new(EventKind::Note, "x").at(1, at);
    let events = std::slice::from_ref(&event);
    let refused = [
        store.append(&run.id, events, Durability::Batched).await,
        store.append(&run.id, events, Durability::Durable).await,
        store.put_output(&run.id, output(at)).await.map(drop),
        store.update(&run).await.map(drop),
        store
            .create(&Execution::new(ExecutionId::new(at, 2), at))
            .await,
    ];
    for refused in refused {
        let report = refused.unwrap_err().report();
        assert_eq!(report.kind, ErrorKind::StorageFull, "{report:?}");
        assert!(report.hint.unwrap().contains("make room"));
    }
    assert_eq!(store.load(&run.id).await.unwrap(), run);
    server
        .execute("drop function full_disk cascade")
        .await
        .unwrap();
    store
        .append(&run.id, events, Durability::Durable)
        .await
        .unwrap();
    assert_eq!(store.events(&run.id, 1, 9).await.unwrap(), [event]);
    assert_eq!(store.outputs(&run.id).await.unwrap(), []);
}

fn output(at: jiff::Timestamp) -> Output {
    let answer = Answer {
        bytes: b"text".to_vec(),
        proof: Proof::Exec,
        exit_status: Some(0),
        rejection: None,
        warnings: Vec::new(),
        duration_us: 1,
    };
    Output::new("r1", "show version", at, answer)
}

/// A statement that fails leaves its connection as it was; one that the server closed is replaced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_the_server_closes_is_replaced() {
    let Some(schema) = Schema::apart().await else {
        return;
    };
    let store = SqlStore::postgres(&schema.url).await.unwrap();
    let id = run(&store, 1).await.id;
    let at = "2026-03-01T10:00:01Z".parse().unwrap();
    let note = |number| [NewEvent::new(EventKind::Note, "x").at(number, at)];
    store
        .append(&id, &note(1), Durability::Durable)
        .await
        .unwrap();
    let mut server = PgConnection::connect(&schema.url).await.unwrap();
    let close = "select pg_terminate_backend(pid) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid()";
    assert!(server.execute(close).await.unwrap().rows_affected() > 0);
    // It was not asked whether it stands: one call may find out, none behind it.
    if store
        .append(&id, &note(2), Durability::Durable)
        .await
        .is_err()
    {
        store
            .append(&id, &note(2), Durability::Durable)
            .await
            .unwrap();
    }
    assert_eq!(store.events(&id, 1, 9).await.unwrap().len(), 2);
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
