//! Does what each earlier schema held come over into the newest, whole, on each database?

use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, Executor, SqlSafeStr as _, raw_sql};

use crate::event::{Event, EventKind, NewEvent};
use crate::id::{Digest, ExecutionId};
use crate::model::{Answer, DeviceResult, DeviceStatus, Execution, Output, Proof};
use crate::store::sql::SqlStore;
use crate::store::{
    BlobStore as _, ExecutionStore as _, Filter, LogStore as _, RecordStore as _, Selection,
};

const BYTES: &[u8] = b"a\0b\xff\n";
const DOCUMENT: &[u8] = b"{\"nodes\": []}";
const ENTRIES: [&[u8]; 2] = [b"{\"number\":1}", b"\0\xff"];

/// How a database writes values, and the schemas that it had.
struct Words {
    bytes: fn(&[u8]) -> String,
    /// A name in the first schema.
    name: fn(&str) -> String,
    schemas: [&'static str; 3],
}

#[cfg(feature = "sqlite")]
const SQLITE: Words = Words {
    bytes: |bytes| format!("x'{}'", hex(bytes)),
    name: quoted,
    schemas: [
        include_str!("../../../../migrations/sqlite/0001_init.sql"),
        include_str!("../../../../migrations/sqlite/0002_history.sql"),
        include_str!("../../../../migrations/sqlite/0003_packed.sql"),
    ],
};

#[cfg(feature = "postgres")]
const POSTGRES: Words = Words {
    bytes: bytea,
    name: |name| bytea(name.as_bytes()),
    schemas: [
        include_str!("../../../../migrations/postgres/0001_init.sql"),
        include_str!("../../../../migrations/postgres/0002_history.sql"),
        include_str!("../../../../migrations/postgres/0003_packed.sql"),
    ],
};

#[cfg(feature = "postgres")]
fn bytea(bytes: &[u8]) -> String {
    format!("'\\x{}'::bytea", hex(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn id() -> ExecutionId {
    ExecutionId::new("2026-03-01T10:00:00.5Z".parse().unwrap(), 7)
}

fn summary() -> String {
    serde_json::json!({
        "execution_id": id(), "job_id": "nightly", "kind": "collect", "name": "back'up", "status": "partial",
        "timestamp": "2026-03-01T10:00:00.5Z", "ended_at": "2026-03-01T10:00:07Z", "duration_us": 6_500_000, "actor": "ann",
        "labels": {"site": "north"}, "devices": [{"id": "r1", "name": "core-1", "ip": "10.0.0.1"}], "commands": ["show version"],
        "results": {"total_devices": 1, "failed_devices": 1, "tasks": {"failed": 3, "rescued": 2}},
        "cost": {"bytes_in": 5, "bytes_out": 9}, "files": {}, "last_sequence": 600, "revision": 3,
    })
    .to_string()
}

fn events() -> Vec<Event> {
    let at = "2026-03-01T10:00:01Z".parse().unwrap();
    let event = |number| NewEvent::new(EventKind::Note, format!("é'\n{number}\0")).at(number, at);
    (1..=600).map(event).collect()
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
    let at = "2026-03-01T10:00:02Z".parse().unwrap();
    Output::new("r1", "show version", at, answer)
}

fn result() -> DeviceResult {
    DeviceResult::new("r1", DeviceStatus::Failed)
}

fn contents(words: &Words) -> Vec<String> {
    let bytes = words.bytes;
    let digest = bytes(Digest::of(BYTES).as_bytes());
    vec![
        format!(
            "insert into record values ('kept', {}, {})",
            bytes(b"a\0/b"),
            bytes(BYTES)
        ),
        format!("insert into blob values ({digest}, {})", bytes(BYTES)),
    ]
}

/// What version 0.1.0 wrote.
fn first(words: &Words) -> Vec<String> {
    let (bytes, name, id) = (words.bytes, words.name, quoted(id().as_str()));
    let mut rows = vec![format!(
        "insert into execution values ({id}, 1772359200500000000, 3, 1, {})",
        quoted(&summary())
    )];
    rows.extend(events().iter().map(|event| {
        let (number, kind) = (event.sequence, event.kind.as_str());
        format!(
            "insert into event values ({id}, {number}, '{kind}', {})",
            quoted(&json(event))
        )
    }));
    rows.push(format!(
        "insert into output values ({id}, 1, {}, {}, {}, {})",
        name("r1"),
        name("show version"),
        quoted(&json(&output().summary)),
        bytes(BYTES)
    ));
    let result = quoted(&json(&result()));
    rows.push(format!(
        "insert into device_result values ({id}, {}, {result})",
        name("r1")
    ));
    rows
}

/// The same as the second schema held it, with a document and a log, which it was the first to have. The third is the second with
/// summaries and entries of logs packed.
fn later(words: &Words, schema: usize) -> Vec<String> {
    let bytes = words.bytes;
    let (id, tie) = (quoted(id().as_str()), quoted(&id().as_str()[23..]));
    let plain = |content: &[u8]| bytes(&[b"\0", content].concat());
    let of_run = |table: &str, columns: &str, values: String| {
        format!("insert into {table} (execution, {columns}) select number, {values} from execution")
    };
    let order = format!("1772359200500000000, {tie}");
    let mut rows = vec![format!(
        "insert into execution (id, created_at, tie, revision, terminal, status, kind, name, actor, cause, job, ended_at, \
         duration_us, total_devices, failed_devices) values ({id}, {order}, 3, 1, 'partial', 'collect', {}, {}, 'manual', {}, \
         1772359207000000000, 6500000, 1, 1)",
        bytes(b"back'up"),
        bytes(b"ann"),
        bytes(b"nightly")
    )];
    let body = match schema {
        2 => quoted(&summary()),
        _ => plain(summary().as_bytes()),
    };
    rows.push(of_run("summary", "body", body));
    let label = format!("{}, {}, {order}", bytes(b"site"), bytes(b"north"));
    rows.push(of_run("label", "key, value, created_at, tie", label));
    for name in ["r1", "core-1"] {
        rows.push(of_run(
            "device",
            "name, created_at, tie",
            format!("'{name}', {order}"),
        ));
    }
    for chunk in events().chunks(256) {
        let (first, last) = (chunk[0].sequence, chunk[chunk.len() - 1].sequence);
        let lines: Vec<String> = chunk.iter().map(json).collect();
        let body = plain(lines.join("\n").as_bytes());
        let values = format!("{first}, {last}, 0, {body}");
        rows.push(of_run("event_chunk", "first, last, closed, body", values));
    }
    let kept = format!("0, {}, {}", quoted(&json(&output().summary)), plain(BYTES));
    rows.push(of_run("run_output", "place, summary, bytes", kept));
    let result = format!("{}, {}", bytes(b"r1"), quoted(&json(&result())));
    rows.push(of_run("run_result", "device, body", result));
    let document = format!("'topology.json', {}", plain(DOCUMENT));
    rows.push(of_run("document", "name, bytes", document));
    for (number, entry) in (1..).zip(ENTRIES) {
        let entry = match schema {
            2 => bytes(entry),
            _ => plain(entry),
        };
        rows.push(format!(
            "insert into log_entry values ({}, {number}, {entry})",
            bytes(b"kept")
        ));
    }
    rows
}

/// Makes a database of the schema with this number, and fills it.
async fn make<C>(connection: &mut C, words: &Words, schema: usize)
where
    C: Migrate,
    for<'c> &'c mut C: Executor<'c>,
{
    let step = |(version, (name, sql)): (i64, (&'static str, &'static str))| {
        let kind = MigrationType::Simple;
        Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
    };
    let steps = ["init", "history", "packed"].into_iter().zip(words.schemas);
    let steps = (1..).zip(steps.take(schema)).map(step).collect();
    let migrator = Migrator::with_migrations(steps);
    migrator.run_direct(None, connection, false).await.unwrap();
    let mut rows = contents(words);
    rows.extend(match schema {
        1 => first(words),
        _ => later(words, schema),
    });
    let script = format!("begin; {}; commit", rows.join(";\n"));
    let written = connection.execute(raw_sql(AssertSqlSafe(script))).await;
    written.unwrap();
}

/// Everything that was there is there.
async fn assert_whole(store: &SqlStore, schema: usize) {
    let id = id();
    let run: Execution = serde_json::from_str(&summary()).unwrap();
    assert_eq!(store.load(&id).await.unwrap(), run);
    assert_eq!(store.events(&id, 1, 9999).await.unwrap(), events());
    assert_eq!(store.events(&id, 255, 4).await.unwrap(), events()[254..258]);
    for read in [
        store.output(&id, "r1", "show version").await,
        store.output_at(&id, 0).await,
    ] {
        assert_eq!(read.unwrap().bytes, BYTES);
    }
    assert_eq!(store.device_results(&id).await.unwrap(), [result()]);
    assert_eq!(store.record("kept", "a\0/b").await.unwrap(), BYTES);
    assert_eq!(store.blob(&Digest::of(BYTES)).await.unwrap(), BYTES);
    assert_found(store).await;
    if schema > 1 {
        let document = store.document(&id, "topology.json").await;
        assert_eq!(document.unwrap(), DOCUMENT);
        let entries = (1..).zip(ENTRIES.map(<[u8]>::to_vec));
        assert_eq!(
            store.log("kept", 1, 9).await.unwrap(),
            Vec::from_iter(entries)
        );
    }
    assert!(store.damage().await.unwrap().is_empty());
}

async fn assert_found(store: &SqlStore) {
    for filter in [
        r#"{"all":[]}"#,
        r#"{"status":["partial"]}"#,
        r#"{"kind":["collect"]}"#,
        r#"{"job":"nightly"}"#,
        r#"{"name":{"starts_with":"back'"}}"#,
        r#"{"label":{"key":"site","equals":"north"}}"#,
        r#"{"device":"core-*"}"#,
        r#"{"duration_us":{"at_least":6500000}}"#,
        r#"{"ended":{"from":"2026-03-01T10:00:07Z"}}"#,
        r#"{"counter":{"name":"failed_devices","at_least":1}}"#,
        r#"{"counter":{"name":"failed_tasks","at_least":3}}"#,
        r#"{"not":{"counter":{"name":"rescued_tasks","at_most":1}}}"#,
        r#"{"counter":{"name":"ok_tasks","at_most":0}}"#,
        r#"{"counter":{"name":"bytes_in","at_least":5,"at_most":5}}"#,
        r#"{"counter":{"name":"bytes_out","at_least":9}}"#,
    ] {
        let selection = Selection::newest(9).filter(serde_json::from_str(filter).unwrap());
        let found = store.select(&selection).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|run| run.id).collect();
        assert_eq!(found, [id()], "{filter}");
    }
}

/// It goes on as a store of the newest schema.
async fn assert_goes_on(store: &SqlStore) {
    let at = "2026-03-02T10:00:00Z".parse().unwrap();
    let run = Execution::new(ExecutionId::new(at, 1), at);
    store.create(&run).await.unwrap();
    let put = store.put_output(&run.id, output()).await;
    put.unwrap();
    let next = store.log_end("kept").await.unwrap();
    let next = next.map_or(1, |(number, _)| number + 1);
    let entry = b"more".to_vec();
    store
        .append_log("kept", next, std::slice::from_ref(&entry))
        .await
        .unwrap();
    assert_eq!(store.log_end("kept").await.unwrap(), Some((next, entry)));
    let both = store.count(&Filter::default(), 9).await.unwrap();
    assert_eq!(both, 2);
    let deleted = store.delete(&[id(), run.id]).await.unwrap();
    assert_eq!(deleted.len(), 2);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn what_a_database_of_each_schema_held_comes_over() {
    for schema in [1, 2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runs.db");
        let address = format!("sqlite:{}?mode=rwc", path.display());
        let mut connection = sqlx::SqliteConnection::connect(&address).await.unwrap();
        make(&mut connection, &SQLITE, schema).await;
        connection.close().await.unwrap();
        let store = SqlStore::sqlite(&path).await.unwrap();
        assert_whole(&store, schema).await;
        drop(store);
        let store = SqlStore::sqlite(&path).await.unwrap();
        assert_whole(&store, schema).await;
        assert_goes_on(&store).await;
    }
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_of_each_schema_held_comes_over() {
    for schema in [1, 2, 3] {
        let Some(place) = crate::store::sql::testing::Schema::new().await else {
            return;
        };
        let mut connection = sqlx::PgConnection::connect(&place.url).await.unwrap();
        make(&mut connection, &POSTGRES, schema).await;
        connection.close().await.unwrap();
        let store = SqlStore::postgres(&place.url).await.unwrap();
        assert_whole(&store, schema).await;
        drop(store);
        let store = SqlStore::postgres(&place.url).await.unwrap();
        assert_whole(&store, schema).await;
        assert_goes_on(&store).await;
    }
}
