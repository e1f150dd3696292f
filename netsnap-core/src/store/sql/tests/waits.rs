//! Is the time counted for which a store waits for others?

use std::sync::Arc;
use std::time::Duration;

use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::metrics::metrics;
use crate::store::sql::SqlStore;
use crate::store::{Backend, ExecutionStore as _};

/// So long others hold what the store wants: much longer than tests beside this one wait for each other.
const HELD: Duration = Duration::from_millis(400);

/// Seconds that this process has waited so far.
async fn waited(store: &dyn Backend) -> f64 {
    let text = metrics(store).await.unwrap();
    let name = "netsnap_store_wait_seconds_total ";
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

async fn created(store: &SqlStore) -> Execution {
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    let run = Execution::new(ExecutionId::new(at, 1), at);
    store.create(&run).await.unwrap();
    run
}

/// Changes a run while others hold it, and says how much longer the process has waited since.
async fn waits(store: &Arc<SqlStore>, run: &Execution, free: impl Future<Output = ()>) -> f64 {
    let before = waited(store.as_ref()).await;
    let (changed, ()) = tokio::join!(store.update(run), async {
        tokio::time::sleep(HELD).await;
        free.await;
    });
    changed.unwrap();
    waited(store.as_ref()).await - before
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_database_that_another_connection_writes_is_waited_for_and_counted() {
    use sqlx::{Connection as _, Executor as _, SqliteConnection};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let store = Arc::new(SqlStore::sqlite(path.to_str().unwrap()).await.unwrap());
    let run = created(&store).await;
    let url = format!("sqlite:{}", path.display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("begin immediate").await.unwrap();
    let free = async { other.execute("rollback").await.map(drop).unwrap() };
    let waited = waits(&store, &run, free).await;
    assert!(waited >= HELD.as_secs_f64() * 0.9, "{waited}");
}

/// A connection that reads is opened without a word that a writer would have to wait for.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_new_reader_waits_for_no_writer() {
    use sqlx::{Connection as _, Executor as _, SqliteConnection};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let store = SqlStore::sqlite(path.to_str().unwrap()).await.unwrap();
    let run = created(&store).await;
    let url = format!("sqlite:{}", path.display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("begin immediate").await.unwrap();
    assert_eq!(store.load(&run.id).await.unwrap(), run);
    other.execute("rollback").await.unwrap();
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_run_that_another_transaction_holds_is_waited_for_and_counted() {
    use sqlx::{Connection as _, Executor as _, PgConnection};
    let Some(schema) = crate::store::sql::testing::Schema::new().await else {
        return;
    };
    let store = Arc::new(SqlStore::postgres(&schema.url).await.unwrap());
    let run = created(&store).await;
    let mut other = PgConnection::connect(&schema.url).await.unwrap();
    other.execute("begin").await.unwrap();
    let hold = "select 1 from execution for no key update";
    other.execute(hold).await.unwrap();
    let free = async { other.execute("rollback").await.map(drop).unwrap() };
    let waited = waits(&store, &run, free).await;
    assert!(waited >= HELD.as_secs_f64() * 0.9, "{waited}");
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_connection_that_others_hold_is_waited_for_and_counted() {
    use crate::store::Durability;
    let Some(schema) = crate::store::sql::testing::Schema::new().await else {
        return;
    };
    let store = Arc::new(SqlStore::postgres(&schema.url).await.unwrap());
    let run = created(&store).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(store.driver.begin(Durability::Batched).await.unwrap());
    }
    let free = async { drop(held) };
    let waited = waits(&store, &run, free).await;
    assert!(waited >= HELD.as_secs_f64() * 0.9, "{waited}");
}
