//! Does a store that was closed and opened, or that two have open, answer as one that was open all the time?

use std::sync::Arc;

use crate::store::FsStore;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::store::SqlStore;
use crate::testing::store::{Store, a_reopened_store_answers_as_its_model};

#[tokio::test]
async fn files_answer_as_their_model_after_each_opening() {
    // Memory where there is such a folder: thousands of operations would wait for the disk.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    let folder = folder.unwrap();
    let open = async || Arc::new(FsStore::open(folder.path()).await.unwrap()) as Store;
    a_reopened_store_answers_as_its_model(open).await;
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_database_answers_as_its_model_after_each_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.db");
    let open = async || Arc::new(SqlStore::sqlite(&path).await.unwrap()) as Store;
    a_reopened_store_answers_as_its_model(open).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_answers_as_its_model_after_each_opening() {
    let Some(schema) = crate::store::sql::testing::Schema::new().await else {
        return;
    };
    let open = async || Arc::new(SqlStore::postgres(&schema.url).await.unwrap()) as Store;
    a_reopened_store_answers_as_its_model(open).await;
}
