//! How are runs, records and contents kept in a SQL database?
//!
//! Every statement and every rule stands here once, over a small [`driver`](driver::Driver) that each database implements.

#[cfg(feature = "postgres")]
mod address;
mod content;
mod convert;
mod driver;
mod events;
mod execution;
mod filter;
mod keeping;
mod known;
mod lead;
#[cfg(feature = "postgres")]
mod lender;
mod logs;
#[cfg(feature = "sqlite")]
mod lookout;
mod migrate;
#[cfg(feature = "postgres")]
mod news;
#[cfg(feature = "sqlite")]
mod opening;
mod outline;
mod outputs;
mod pack;
mod page;
mod places;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod reading;
mod record;
#[cfg(feature = "sqlite")]
mod reserve;
mod results;
mod rows;
#[cfg(feature = "postgres")]
mod spare;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statement;
mod tails;
#[cfg(all(test, feature = "postgres"))]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod trouble;

#[cfg(feature = "sqlite")]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::BoxFuture;

use self::driver::{Driver, Row, Session, Value};
use self::places::Places;
use self::tails::Tails;
use super::{Durability, metrics, rules};
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;

/// A store in a SQL database.
///
/// In SQLite it is for many tasks and processes of one machine, and not for a network file system: WAL needs memory that
/// processes share (<https://sqlite.org/wal.html>). In PostgreSQL it is for many machines.
#[derive(Clone, Debug)]
pub struct SqlStore {
    driver: Arc<dyn Driver>,
    tails: Arc<Tails>,
    places: Arc<Places>,
}

impl SqlStore {
    /// Opens a SQLite database as a store, and makes it when it is missing. One that cannot be written is opened for reading.
    ///
    /// Beside the file stand the log and the index of SQLite (`-wal`, `-shm`) while it is open, and `-reserve`, a megabyte and a half that
    /// is given up when the disk is full, so that runs can end and be removed then.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`, `Corrupt`; `Unsupported` for a database of a newer netsnap; `ReadOnly` for one of an older that cannot be
    /// written, and one that cannot be written and was left with a log.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        match opening::is_closed(&path) {
            true => Self::over(reading::ReadingDriver::open(&path).await),
            false => Self::over(sqlite::SqliteDriver::open(&path).await),
        }
    }

    /// Opens a PostgreSQL database as a store, and makes its tables when they are missing, in the first schema of the search
    /// path. Whose user may only read them, for reading.
    ///
    /// Beside the options of the database, the address takes three of ours, each a time from `2s` to `24h`:
    ///
    /// - `netsnap_lease` (30 s): so long after the last word of this store the server ends the connection that says that it lives,
    ///   even when nothing says that its machine is gone; from then on anybody who opens the store ends its runs as `interrupted`.
    ///   Word is given four times within a lease. Before PostgreSQL 14 the server notices a machine that is gone, within the same
    ///   time, and not one that hangs.
    /// - `netsnap_answer` (60 s): no statement is waited for longer.
    /// - `netsnap_connect` (15 s): no connection is waited for longer.
    ///
    /// # Errors
    /// `InvalidInput` for an address that cannot be read; `Storage`, also when the server does not answer in time; `StorageFull`; `Unsupported` for a database of a newer
    /// netsnap. No error contains the password.
    #[cfg(feature = "postgres")]
    pub async fn postgres(url: &str) -> Result<Self> {
        let (address, patience) = address::read(url).map_err(|error| error.during("store.open"))?;
        Self::patient(&address, patience).await
    }

    #[cfg(feature = "postgres")]
    async fn patient(url: &str, patience: postgres::Patience) -> Result<Self> {
        let driver = postgres::PostgresDriver::open(url, patience).await;
        Self::over(driver)
    }

    fn over(driver: Result<impl Driver + 'static>) -> Result<Self> {
        let driver = driver.map_err(|error| error.during("store.open"))?;
        Ok(Self {
            driver: Arc::new(driver),
            tails: Arc::default(),
            places: Arc::default(),
        })
    }

    /// Names the store where it was opened for reading alone. Put [`ReadOnly`](super::ReadOnly) before it then: here the database refuses
    /// what is written, in its own words.
    #[must_use]
    pub fn read_only(&self) -> Option<String> {
        self.driver.is_read_only().then(|| self.driver.place())
    }

    /// Runs work as one transaction, which is either committed or leaves nothing. It runs to its end even when nobody waits, so
    /// that no transaction stays open behind a caller who gave up.
    async fn write<T, F>(
        &self,
        operation: &'static str,
        durability: Durability,
        work: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut dyn Session) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let driver = Arc::clone(&self.driver);
        tokio::spawn(async move { transaction(driver.as_ref(), durability, work).await })
            .await
            .map_err(|source| {
                Error::new(ErrorKind::Internal, "a transaction did not end").because(source)
            })
            .flatten()
            .map_err(|error| error.during(operation))
    }

    /// Runs one statement as a transaction of its own, and returns how many rows it changed; see [`Driver::alone`]. When nobody
    /// waits any more, it is done whole or not at all.
    async fn alone(
        &self,
        operation: &'static str,
        durability: Durability,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<u64> {
        let done = self.driver.alone(durability, sql, values).await;
        done.map_err(|error| error.during(operation))
    }

    /// Reads rows.
    async fn rows(
        &self,
        operation: &'static str,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let read = async || self.driver.read().await?.rows(sql, values).await;
        read().await.map_err(|error| error.during(operation))
    }

    /// Reads the rows of a run; when there are none, tells an empty run from one that is not there.
    async fn rows_of(
        &self,
        operation: &'static str,
        id: &ExecutionId,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        let rows = self.rows(operation, sql, values).await?;
        if rows.is_empty() {
            self.number(operation, id).await?;
        }
        Ok(rows)
    }

    /// Returns the number of a run.
    async fn number(&self, operation: &'static str, id: &ExecutionId) -> Result<i64> {
        let mut session = self.driver.read().await?;
        number(session.as_mut(), id, Hold::No)
            .await
            .map_err(|error| error.during(operation))
    }
}

async fn transaction<T, F>(driver: &dyn Driver, durability: Durability, work: F) -> Result<T>
where
    F: for<'c> FnOnce(&'c mut dyn Session) -> BoxFuture<'c, Result<T>> + Send,
{
    let mut transaction = driver.begin(durability).await?;
    match work(transaction.session()).await {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // The work's own failure says more than that of taking it back.
            transaction.roll_back().await;
            Err(error)
        }
    }
}

/// Whether a transaction keeps others from changing a run until it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Yes,
    No,
}

/// Returns the number of a run that has not ended, and keeps others from ending it.
///
/// # Errors
/// `NotFound`; `AlreadyFinished`; `Storage`.
async fn open_number(session: &mut dyn Session, id: &ExecutionId) -> Result<i64> {
    let sql = "select number, terminal from execution where id = $1";
    let rows = one(session, sql, id, Hold::Yes).await?;
    let row = rows.into_iter().next();
    let mut row = row.ok_or_else(|| rules::no_execution(id))?;
    let number = row.int()?;
    rules::check_open(id, row.int()? != 0)?;
    Ok(number)
}

/// Asks for what a statement says of one run. Where others hold it, who wants to hold it waits for them, and the time is counted.
///
/// # Errors
/// `Storage`.
async fn one(
    session: &mut dyn Session,
    sql: &str,
    id: &ExecutionId,
    hold: Hold,
) -> Result<Vec<Row>> {
    let values = || vec![id.as_str().into()];
    let held = session.dialect().for_update;
    if hold == Hold::No || held.is_empty() {
        return session.rows(sql, values()).await;
    }
    let free = format!("{sql}{held} skip locked");
    let rows = session.rows(&free, values()).await?;
    if !rows.is_empty() {
        return Ok(rows);
    }
    let started = Instant::now();
    let rows = session.rows(&format!("{sql}{held}"), values()).await?;
    // A run that is not there was waited for by nobody.
    if !rows.is_empty() {
        metrics::waited(started.elapsed());
    }
    Ok(rows)
}

/// Returns the number of a run.
///
/// # Errors
/// `NotFound`; `Storage`.
async fn number(session: &mut dyn Session, id: &ExecutionId, hold: Hold) -> Result<i64> {
    let sql = "select number from execution where id = $1";
    let rows = one(session, sql, id, hold).await?;
    let row = rows.into_iter().next();
    row.ok_or_else(|| rules::no_execution(id))?.int()
}
