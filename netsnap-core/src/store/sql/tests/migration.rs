//! Does a database of an earlier version open, and hold what it held?

use std::path::Path;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _};

use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::id::{Digest, ExecutionId};
use crate::model::{Answer, DeviceResult, DeviceStatus, Execution, Output, Proof};
use crate::store::sql::SqlStore;
use crate::store::{Durability, ExecutionStore as _, Filter, Selection};

const BYTES: &[u8] = b"a\0b\xff\n";

/// Makes a database as version 0.1.0 made it, with a run as it wrote it.
pub(super) async fn old(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let init = include_str!("../../../../migrations/sqlite/0001_init.sql").into_sql_str();
    let init = Migration::new(1, "init".into(), MigrationType::Simple, init, false);
    let migrator = Migrator::with_migrations(vec![init]);
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
    connection
}

fn id(random: u32) -> ExecutionId {
    ExecutionId::new("2026-03-01T10:00:00.5Z".parse().unwrap(), random)
}

async fn insert(connection: &mut SqliteConnection, id: &ExecutionId, summary: &str) {
    sqlx::query("insert into execution (id, created_at, revision, terminal, summary) values ($1, $2, 3, 1, $3)")
        .bind(id.as_str())
        .bind(1_772_359_200_500_000_000_i64)
        .bind(summary)
        .execute(connection)
        .await
        .unwrap();
}

fn summary(id: &ExecutionId) -> String {
    serde_json::json!({
        "execution_id": id, "job_id": "nightly", "kind": "collect", "name": "backup", "status": "partial",
        "timestamp": "2026-03-01T10:00:00.5Z", "ended_at": "2026-03-01T10:00:07Z", "duration_us": 6_500_000, "actor": "ann",
        "labels": {"site": "north"}, "devices": [{"id": "r1", "name": "core-1", "ip": "10.0.0.1"}], "commands": ["show version"],
        "results": {"total_devices": 1, "failed_devices": 1}, "files": {}, "last_sequence": 2, "revision": 3,
    })
    .to_string()
}

async fn fill(connection: &mut SqliteConnection, id: &ExecutionId) {
    insert(connection, id, &summary(id)).await;
    for event in events(1..=600) {
        sqlx::query(
            "insert into event (execution_id, sequence, kind, body) values ($1, $2, $3, $4)",
        )
        .bind(id.as_str())
        .bind(i64::try_from(event.sequence).unwrap())
        .bind(event.kind.as_str())
        .bind(serde_json::to_string(&event).unwrap())
        .execute(&mut *connection)
        .await
        .unwrap();
    }
    let output = output();
    sqlx::query(
        "insert into output (execution_id, position, device, command, summary, bytes) values ($1, 1, 'r1', $2, $3, $4)",
    )
    .bind(id.as_str())
    .bind(&output.summary.command)
    .bind(serde_json::to_string(&output.summary).unwrap())
    .bind(BYTES)
    .execute(&mut *connection)
    .await
    .unwrap();
    sqlx::query("insert into device_result (execution_id, device, body) values ($1, 'r1', $2)")
        .bind(id.as_str())
        .bind(serde_json::to_string(&result()).unwrap())
        .execute(connection)
        .await
        .unwrap();
}

fn events(sequences: std::ops::RangeInclusive<u64>) -> Vec<crate::event::Event> {
    let at = "2026-03-01T10:00:01Z".parse().unwrap();
    let event = |number| NewEvent::new(EventKind::Note, format!("é\n{number}\0")).at(number, at);
    sequences.map(event).collect()
}

fn output() -> Output {
    let answer = Answer {
        bytes: BYTES.to_vec(),
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 1,
    };
    Output::new(
        "r1",
        "show version",
        "2026-03-01T10:00:02Z".parse().unwrap(),
        answer,
    )
}

fn result() -> DeviceResult {
    DeviceResult::new("r1", DeviceStatus::Failed)
}

async fn found(store: &SqlStore, filter: &str) -> Vec<ExecutionId> {
    let filter: Filter = serde_json::from_str(filter).unwrap();
    let runs = store
        .select(&Selection::newest(9).filter(filter))
        .await
        .unwrap();
    runs.into_iter().map(|run| run.id).collect()
}

#[tokio::test]
async fn a_database_of_the_first_schema_keeps_what_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let (id, broken) = (id(7), id(8));
    let mut connection = old(&path).await;
    fill(&mut connection, &id).await;
    insert(&mut connection, &broken, "{").await;
    connection.close().await.unwrap();

    let store = SqlStore::sqlite(&path).await.unwrap();
    let run = store.load(&id).await.unwrap();
    assert_eq!(
        run,
        serde_json::from_str::<Execution>(&summary(&id)).unwrap()
    );
    assert_eq!(store.events(&id, 1, 9999).await.unwrap(), events(1..=600));
    assert_eq!(store.events(&id, 255, 4).await.unwrap(), events(255..=258));
    let read = store.output(&id, "r1", "show version").await.unwrap();
    assert_eq!(read.bytes, BYTES);
    assert_eq!(read.summary.digest, Digest::of(BYTES));
    assert_eq!(store.device_results(&id).await.unwrap(), [result()]);
    for filter in [
        r#"{"all":[]}"#,
        r#"{"status":["partial"]}"#,
        r#"{"job":"nightly"}"#,
        r#"{"name":{"starts_with":"back"}}"#,
        r#"{"label":{"key":"site","equals":"north"}}"#,
        r#"{"device":"core-*"}"#,
        r#"{"duration_us":{"at_least":6500000}}"#,
        r#"{"ended":{"from":"2026-03-01T10:00:07Z"}}"#,
        r#"{"counter":{"name":"failed_devices","at_least":1}}"#,
    ] {
        let found = found(&store, filter).await;
        assert_eq!(found, std::slice::from_ref(&id), "{filter}");
    }
    let damage = store.damage().await.unwrap();
    assert_eq!(damage.len(), 1);
    assert_eq!(damage[0].place, broken.as_str());
    assert_eq!(damage[0].error.kind, ErrorKind::Corrupt);

    // It has ended like any other, and opens again.
    let late = events(601..=602);
    let late = store.append(&id, &late, Durability::Durable).await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::AlreadyFinished);
    drop(store);
    let store = SqlStore::sqlite(&path).await.unwrap();
    assert_eq!(store.events(&id, 599, 9).await.unwrap(), events(599..=600));
    let deleted = store.delete(std::slice::from_ref(&broken)).await.unwrap();
    assert_eq!(deleted, [broken]);
    assert!(store.damage().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_database_of_a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    drop(SqlStore::sqlite(&path).await.unwrap());
    let mut connection = SqliteConnectOptions::new()
        .filename(&path)
        .connect()
        .await
        .unwrap();
    sqlx::query("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (999, 'later', 1, x'00', 0)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let error = SqlStore::sqlite(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.report().hint.unwrap().contains("newer"));
}

#[tokio::test]
async fn what_is_no_database_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    std::fs::write(&path, [b'x'; 5000]).unwrap();
    let error = SqlStore::sqlite(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}
