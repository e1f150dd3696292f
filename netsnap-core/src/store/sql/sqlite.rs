//! How is a SQLite database opened, read and written by many tasks and processes at once?
//!
//! WAL; one connection writes, each transaction from its first statement on (`BEGIN IMMEDIATE`), so that none has to be given up
//! half-way; others read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    Sqlite, SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteRow,
};
use sqlx::{Executor as _, Row as _, TypeInfo as _, ValueRef as _};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::convert::{query_of, row_of};
use super::driver::{Dialect, Driver, News, Row, Session, Transaction, Value, Watch};
use super::lookout::{Lookout, Watching};
use super::opening::{AGAIN, BUSY, beside, make_private, options, owners, patiently, take_seat};
use super::reserve;
use super::trouble::{Trouble, failure};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Owner;
use crate::store::seat::{self, Seat};
use crate::store::{Durability, Reserve, Usage, metrics};

/// What takes longer waited for others.
const AT_ONCE: Duration = Duration::from_millis(1);
/// How many connections read at once.
const READERS: u32 = 4;

pub(super) static DIALECT: Dialect = Dialect {
    for_update: "",
    at_ease: "",
    // The greatest number is given again once its run is removed (<https://sqlite.org/autoinc.html>).
    numbers_are_unique: false,
    contains: "instr({text}, {part}) > 0",
    like: "glob",
    pattern: glob,
    indexed: "{}",
    indexed_length: usize::MAX,
    // <https://sqlite.org/limits.html>: SQLITE_MAX_VARIABLE_NUMBER is 32766.
    most_values: 32_000,
};

/// SQLite knows classes in brackets, too; a bracket alone in one stands for itself.
fn glob(pattern: &str) -> String {
    pattern.replace('[', "[[]")
}

/// A database in a file.
#[derive(Debug)]
pub(super) struct SqliteDriver {
    path: PathBuf,
    writer: Arc<Mutex<Writer>>,
    readers: SqlitePool,
    lookout: Arc<Mutex<Lookout>>,
    seat: Option<Seat>,
}

#[derive(Debug)]
struct Writer {
    connection: SqliteConnection,
    durability: Durability,
    /// Set while a transaction is open; seen by the next one only when that one went away without an end.
    open: bool,
}

impl SqliteDriver {
    /// Opens a database, makes it when it is missing, and brings its schema up to date.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`, `Corrupt`.
    pub(super) async fn open(path: &Path) -> Result<Self> {
        make_private(path)?;
        let opened = match patiently(path).await {
            Err(error) if error.kind() == ErrorKind::StorageFull && reserve::give_up(path) => {
                patiently(path).await
            }
            opened => opened,
        };
        let connection = opened.map_err(|error| error.with("path", path.display()))?;
        reserve::keep(path);
        let reading = options(path).pragma("query_only", "on");
        Ok(Self {
            path: path.to_owned(),
            writer: Arc::new(Mutex::new(Writer {
                connection,
                durability: Durability::Durable,
                open: false,
            })),
            readers: readers(reading.clone()),
            lookout: Arc::new(Mutex::new(Lookout::new(reading))),
            seat: take_seat(path),
        })
    }
}

/// Connections that read.
pub(super) fn readers(options: SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .connect_lazy_with(options)
}

#[async_trait]
impl Driver for SqliteDriver {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    async fn read(&self) -> Result<Box<dyn Session>> {
        let connection = self.readers.acquire().await.map_err(database)?;
        Ok(Box::new(Reader(connection)))
    }

    async fn begin(&self, durability: Durability) -> Result<Box<dyn Transaction>> {
        let mut writer = metrics::counted(Arc::clone(&self.writer).lock_owned()).await;
        writer.begin(durability).await.map_err(database)?;
        Ok(Box::new(Writing(writer)))
    }

    async fn alone(&self, durability: Durability, sql: &str, values: Vec<Value>) -> Result<u64> {
        let mut writer = metrics::counted(Arc::clone(&self.writer).lock_owned()).await;
        writer.settle().await;
        writer.promise(durability).await.map_err(database)?;
        let sql = DIALECT.with_ease(sql, durability);
        execute(&mut writer.connection, &sql, values).await
    }

    async fn watch(&self, _: &str) -> Result<Box<dyn Watch>> {
        let lookout = Arc::clone(&self.lookout);
        let seen = lookout.lock().await.version(Duration::ZERO).await?;
        Ok(Box::new(Watching { lookout, seen }))
    }

    /// Each commit is seen by the version of the data.
    fn tell(&self, _: &str, _: News) {}

    fn session(&self) -> i64 {
        self.seat.as_ref().map_or(0, Seat::session)
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn gone(&self, owner: &Owner) -> Option<&'static str> {
        seat::gone(&owners(&self.path), owner)
    }

    fn lives(&self, owner: &Owner) -> bool {
        seat::lives(&owners(&self.path), owner)
    }

    async fn stands(&self, _: i64) -> Result<bool> {
        Ok(true)
    }

    async fn usage(&self) -> Result<Usage> {
        usage(self.read().await?.as_mut(), &self.path).await
    }

    async fn reclaim(&self, bytes: u64) -> Result<u64> {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        writer.settle().await;
        let mut session = Plain(&mut writer.connection);
        let page = pragma(&mut session, "pragma page_size").await?.max(1);
        let before = pragma(&mut session, "pragma freelist_count").await?;
        let vacuum = format!("pragma incremental_vacuum({})", bytes.div_ceil(page));
        let vacuumed = session.rows(&vacuum, Vec::new()).await;
        let after = pragma(&mut session, "pragma freelist_count").await?;
        // The file shrinks when the log is written back to it, and the log then in any case.
        self.write_back(&mut session).await?;
        vacuumed?;
        reserve::keep(&self.path);
        Ok(before.saturating_sub(after) * page)
    }

    async fn make_room(&self) -> bool {
        if !reserve::give_up(&self.path) {
            return false;
        }
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        writer.settle().await;
        let mut session = Plain(&mut writer.connection);
        let _ = self.write_back(&mut session).await;
        true
    }

    async fn reserve(&self, reserve: Reserve) -> Result<bool> {
        match reserve {
            Reserve::GivenUp => Ok(self.make_room().await),
            Reserve::Held => {
                reserve::keep(&self.path);
                Ok(false)
            }
        }
    }
}

impl SqliteDriver {
    /// Writes the log back to the database and empties it, unless somebody still reads in it, or the database has no room to become
    /// as long as it has to be: half of it would take the room away, and empty nothing.
    async fn write_back(&self, session: &mut dyn Session) -> Result<()> {
        if !reserve::has_room(&self.path, self.growth(session).await?) {
            return Ok(());
        }
        let written = session.rows("pragma wal_checkpoint(truncate)", Vec::new());
        written.await.map(drop)
    }

    /// Bytes by which the file becomes longer when the log is written back.
    async fn growth(&self, session: &mut dyn Session) -> Result<u64> {
        let page = pragma(session, "pragma page_size").await?;
        let pages = pragma(session, "pragma page_count").await?;
        let there = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        Ok((pages * page).saturating_sub(there))
    }
}

/// Returns what a database takes.
pub(super) async fn usage(session: &mut dyn Session, path: &Path) -> Result<Usage> {
    let page = pragma(session, "pragma page_size").await?;
    let pages = pragma(session, "pragma page_count").await?;
    let free = pragma(session, "pragma freelist_count").await?;
    Ok(Usage {
        bytes: pages * page + log_size(path),
        free: free * page,
    })
}

/// Bytes of the log that is not written back yet.
fn log_size(path: &Path) -> u64 {
    std::fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len())
}

async fn pragma(session: &mut dyn Session, sql: &str) -> Result<u64> {
    let rows = session.rows(sql, Vec::new()).await?;
    let mut row = rows.into_iter().next().ok_or_else(|| {
        Error::new(ErrorKind::Storage, "the database gave no answer").with("asked", sql)
    })?;
    row.count()
}

impl Writer {
    async fn begin(&mut self, durability: Durability) -> sqlx::Result<()> {
        self.settle().await;
        self.promise(durability).await?;
        let started = Instant::now();
        loop {
            match self.connection.execute("begin immediate").await {
                Err(error) if is_busy(&error) && started.elapsed() < BUSY => {
                    tokio::time::sleep(AGAIN).await;
                }
                Err(error) => return Err(error),
                Ok(_) => break,
            }
        }
        let took = started.elapsed();
        if took > AT_ONCE {
            metrics::waited(took);
        }
        self.open = true;
        Ok(())
    }

    /// Takes back what went away without an end.
    async fn settle(&mut self) {
        if std::mem::take(&mut self.open) {
            // A failure that ended the transaction by itself leaves nothing to take back, and says so.
            let _ = self.connection.execute("rollback").await;
        }
    }

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

/// A connection as it is.
pub(super) struct Plain<'c>(pub(super) &'c mut SqliteConnection);

pub(super) struct Reader(pub(super) PoolConnection<Sqlite>);

struct Writing(OwnedMutexGuard<Writer>);

pub(super) async fn rows(
    connection: &mut SqliteConnection,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<Row>> {
    let found = query_of!(Sqlite, sql, values).fetch_all(connection).await;
    let found = found.map_err(database)?;
    let read = |row: SqliteRow| row_of!(row);
    found
        .into_iter()
        .map(read)
        .collect::<sqlx::Result<_>>()
        .map_err(database)
}

async fn execute(connection: &mut SqliteConnection, sql: &str, values: Vec<Value>) -> Result<u64> {
    let done = query_of!(Sqlite, sql, values).execute(connection).await;
    done.map(|done| done.rows_affected()).map_err(database)
}

super::convert::sessions! {
    Plain<'_>, self => &mut *self.0;
    Reader, self => &mut *self.0;
    Writing, self => &mut self.0.connection;
}

#[async_trait]
impl Transaction for Writing {
    async fn commit(mut self: Box<Self>) -> Result<()> {
        let done = self.0.connection.execute("commit").await;
        match done {
            Ok(_) => self.0.open = false,
            Err(error) => {
                self.0.settle().await;
                return Err(database(error));
            }
        }
        Ok(())
    }

    async fn roll_back(mut self: Box<Self>) {
        self.0.settle().await;
    }

    fn session(&mut self) -> &mut dyn Session {
        self
    }
}

pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    trouble(error) == Trouble::Busy
}

/// <https://sqlite.org/rescode.html>: the low byte is the primary code.
fn trouble(error: &sqlx::Error) -> Trouble {
    let code = error
        .as_database_error()
        .and_then(|error| error.code()?.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        // SQLITE_IOERR_SHMSIZE: the file that processes share cannot be made as long as it has to be.
        Some(_) if code == Some(4874) => Trouble::Full,
        // SQLITE_BUSY, SQLITE_LOCKED
        Some(5 | 6) => Trouble::Busy,
        // SQLITE_FULL
        Some(13) => Trouble::Full,
        // SQLITE_CORRUPT, SQLITE_NOTADB
        Some(11 | 26) => Trouble::Corrupt,
        // SQLITE_READONLY
        Some(8) => Trouble::ReadOnly,
        _ => Trouble::Other,
    }
}

/// Wraps a failure of the database.
pub(super) fn database(source: sqlx::Error) -> Error {
    failure(trouble(&source), source)
}
