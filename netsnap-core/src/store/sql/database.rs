//! How is a SQLite database opened, read and written by many tasks and processes at once?
//!
//! WAL; one connection writes, each transaction from its first statement on (`BEGIN IMMEDIATE`), so that none has to be given up
//! half-way; others read.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, SqlSafeStr as _};
use tokio::sync::Mutex;

use crate::error::{Error, ErrorKind, Result};
use crate::store::Durability;

/// How long a statement waits for another process.
const BUSY: Duration = Duration::from_secs(10);
/// How many connections read at once.
const READERS: u32 = 4;

/// A database that is open.
#[derive(Debug)]
pub(super) struct Database {
    writer: Mutex<Writer>,
    pub(super) readers: SqlitePool,
}

#[derive(Debug)]
struct Writer {
    connection: SqliteConnection,
    durability: Durability,
}

impl Database {
    /// Opens a database, makes it when it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) async fn open(path: &Path) -> Result<Self> {
        make_private(path)?;
        let options = options(path);
        let connection = patiently(&options)
            .await
            .map_err(|error| database(error).with("path", path.display()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Self {
            writer: Mutex::new(Writer {
                connection,
                durability: Durability::Durable,
            }),
            readers,
        })
    }

    /// Runs work as one transaction, which is either committed or leaves nothing. It runs to its end even when nobody waits, so
    /// that no transaction stays open behind a caller who gave up.
    ///
    /// # Errors
    /// What the work fails with; `Storage`.
    pub(super) async fn write<T, F>(self: &Arc<Self>, durability: Durability, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let database = Arc::clone(self);
        tokio::spawn(async move { database.transaction(durability, work).await })
            .await
            .map_err(|source| {
                Error::new(ErrorKind::Internal, "a transaction did not end").because(source)
            })
            .flatten()
    }

    async fn transaction<T, F>(&self, durability: Durability, work: F) -> Result<T>
    where
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send,
    {
        let mut writer = self.writer.lock().await;
        writer.promise(durability).await.map_err(database)?;
        let mut transaction = writer
            .connection
            .begin_with("begin immediate")
            .await
            .map_err(database)?;
        match work(&mut transaction).await {
            Ok(value) => {
                transaction.commit().await.map_err(database)?;
                Ok(value)
            }
            Err(error) => {
                // The work's own failure says more than that of taking it back.
                let _ = transaction.rollback().await;
                Err(error)
            }
        }
    }
}

impl Writer {
    /// Chooses whether a commit waits for the disk (<https://sqlite.org/pragma.html#pragma_synchronous>): in WAL mode NORMAL
    /// loses the newest transactions on power loss and nothing else, FULL none.
    async fn promise(&mut self, durability: Durability) -> sqlx::Result<()> {
        if self.durability == durability {
            return Ok(());
        }
        let pragma = match durability {
            Durability::Durable => "pragma synchronous = full",
            Durability::Batched => "pragma synchronous = normal",
        };
        self.connection.execute(pragma).await?;
        self.durability = durability;
        Ok(())
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// Connects and migrates. The change to WAL does not wait for others as statements do, so it is tried again.
async fn patiently(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let started = Instant::now();
    loop {
        match connect(options).await {
            Err(error) if is_busy(&error) && started.elapsed() < BUSY => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            result => return result,
        }
    }
}

async fn connect(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin_with("begin immediate").await?;
    // Inside of one transaction, so that of many processes that open a new database one makes its tables.
    // `run` cannot be seen to be `Send` ("`Acquire` is not general enough"); this is what it calls.
    migrator()
        .run_direct(None, &mut *transaction, false)
        .await?;
    transaction.commit().await?;
    Ok(connection)
}

fn migrator() -> Migrator {
    const INIT: &str = include_str!("../../../migrations/sqlite/0001_init.sql");
    Migrator::with_migrations(vec![Migration::new(
        1,
        "init".into(),
        MigrationType::Simple,
        INIT.into_sql_str(),
        false,
    )])
}

fn is_busy(error: &sqlx::Error) -> bool {
    // <https://sqlite.org/rescode.html>: the low byte is the primary code; 5 is SQLITE_BUSY, 6 SQLITE_LOCKED.
    error
        .as_database_error()
        .and_then(|error| error.code()?.parse::<u32>().ok())
        .is_some_and(|code| [5, 6].contains(&(code & 0xff)))
}

/// Makes the file for the owner alone; SQLite gives its other files the same mode.
fn make_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|source| {
        Error::new(ErrorKind::Storage, "the database cannot be opened")
            .with("path", path.display())
            .hint("check that its folder exists and is writable")
            .because(source)
    })
}

/// Wraps a failure of the database.
pub(super) fn database(source: sqlx::Error) -> Error {
    let hint = if is_busy(&source) {
        "another process holds the database for long; try again"
    } else {
        "check the file, its folder and the free space"
    };
    Error::new(ErrorKind::Storage, "the database refused")
        .hint(hint)
        .because(source)
}
