//! How is a SQLite database read that cannot be written, on read-only media or of another user?
//!
//! A database that somebody has open has a log and an index of it beside it, and is read with both of them. One that nobody has open has
//! neither, and SQLite would have to make them; it is read as a file that does not change (<https://sqlite.org/uri.html#uriimmutable>),
//! and anew when it does.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::driver::{Dialect, Driver, News, Session, Transaction, Value, Watch};
use super::migrate;
use super::opening::{BUSY, beside, owners};
use super::sqlite::{self, DIALECT, Reader};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Owner;
use crate::store::{Durability, Usage, read_only, seat};

/// How often to look whether something happened.
const LOOK: Duration = Duration::from_millis(20);

/// A database in a file that is read alone.
#[derive(Debug)]
pub(super) struct ReadingDriver {
    path: PathBuf,
    known: Mutex<(Sight, SqlitePool)>,
}

/// What tells one state of the file from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sight {
    has_log: bool,
    file: Option<(SystemTime, u64)>,
}

impl Sight {
    fn of(path: &Path) -> Self {
        let file = std::fs::metadata(path).ok();
        Self {
            has_log: has_log(path),
            file: file.and_then(|file| Some((file.modified().ok()?, file.len()))),
        }
    }

    /// Says whether connections that were made then still read what is there. With a log they see themselves what comes.
    fn holds(&self, now: &Self) -> bool {
        self == now || self.has_log && now.has_log
    }
}

/// Says whether somebody has the database open, or was killed with it open. A log without a byte and without an index says nothing.
fn has_log(path: &Path) -> bool {
    let log = std::fs::metadata(beside(path, "-wal"));
    log.is_ok_and(|log| log.len() > 0 || beside(path, "-shm").exists())
}

fn options(path: &Path, sight: &Sight) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(!sight.has_log)
        .busy_timeout(BUSY)
        .pragma("query_only", "on")
        .disable_statement_logging()
}

impl ReadingDriver {
    /// Opens a database.
    ///
    /// # Errors
    /// `ReadOnly` for one of an older netsnap, whose schema would have to be brought up to date, and for one with a log that cannot be
    /// read by itself; `Unsupported` for one of a newer; `Corrupt`; `Storage`.
    pub(super) async fn open(path: &Path) -> Result<Self> {
        let sight = Sight::of(path);
        let driver = Self {
            path: path.to_owned(),
            known: Mutex::new((sight, sqlite::readers(options(path, &sight)))),
        };
        let checked = driver.check().await;
        checked.map_err(|error| error.with("path", path.display()))?;
        Ok(driver)
    }

    async fn check(&self) -> Result<()> {
        let checked = async || {
            let mut session = self.read().await?;
            migrate::check(session.as_mut(), &self.place()).await
        };
        match checked().await {
            Err(error) if error.kind() == ErrorKind::Storage && has_log(&self.path) => {
                Err(unread_log().with("store", self.place()).because(error))
            }
            checked => checked,
        }
    }

    fn readers(&self) -> SqlitePool {
        let now = Sight::of(&self.path);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.0.holds(&now) {
            *known = (now, sqlite::readers(options(&self.path, &now)));
        }
        known.1.clone()
    }

    fn refuse<T>(&self) -> Result<T> {
        Err(read_only::refusal(&self.place()))
    }
}

fn unread_log() -> Error {
    Error::new(
        ErrorKind::ReadOnly,
        "the database has a log that cannot be read where it cannot be written",
    )
    .hint("copy it with its -wal file to where it can be written, and open the copy")
}

#[async_trait]
impl Driver for ReadingDriver {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn is_read_only(&self) -> bool {
        true
    }

    async fn read(&self) -> Result<Box<dyn Session>> {
        let connection = self.readers().acquire().await.map_err(sqlite::database)?;
        Ok(Box::new(Reader(connection)))
    }

    async fn begin(&self, _: Durability) -> Result<Box<dyn Transaction>> {
        self.refuse()
    }

    async fn alone(&self, _: Durability, _: &str, _: Vec<Value>) -> Result<u64> {
        self.refuse()
    }

    async fn watch(&self, _: &str) -> Result<Box<dyn Watch>> {
        Ok(Box::new(Again))
    }

    fn tell(&self, _: &str, _: News) {}

    fn session(&self) -> i64 {
        0
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
        sqlite::usage(self.read().await?.as_mut(), &self.path).await
    }

    async fn reclaim(&self, _: u64) -> Result<u64> {
        self.refuse()
    }
}

/// Looks again after a while.
struct Again;

#[async_trait]
impl Watch for Again {
    async fn changed(&mut self, patience: Duration) -> Result<()> {
        tokio::time::sleep(patience.min(LOOK)).await;
        Ok(())
    }
}
