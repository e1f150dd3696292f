//! How are runs, records and contents kept in a SQLite database?

mod content;
mod database;
mod execution;
mod rows;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnection;

use self::database::Database;
use super::Durability;
use crate::error::Result;

/// A store in a SQLite database, for many tasks and processes of one machine. Not for a network file system: WAL needs memory
/// that processes share (<https://sqlite.org/wal.html>).
#[derive(Clone, Debug)]
pub struct SqliteStore {
    database: Arc<Database>,
}

impl SqliteStore {
    /// Opens a database as a store, and makes it when it is missing.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let database = Database::open(&path.into())
            .await
            .map_err(|error| error.during("store.open"))?;
        Ok(Self {
            database: Arc::new(database),
        })
    }

    async fn write<T, F>(
        &self,
        operation: &'static str,
        durability: Durability,
        work: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        self.database
            .write(durability, work)
            .await
            .map_err(|error| error.during(operation))
    }
}
