//! How does a reader of a SQLite database learn that somebody wrote? A connection of its own asks whether the data is another version
//! (<https://sqlite.org/pragma.html#pragma_data_version>), often and cheaply.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

use super::driver::Watch;
use super::sqlite::{database, rows};
use crate::error::Result;

/// How often to look.
const LOOK: Duration = Duration::from_millis(4);

/// The connection that looks whether others wrote.
#[derive(Debug)]
pub(super) struct Lookout {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
    last: Option<(Instant, i64)>,
}

impl Lookout {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self {
            options,
            connection: None,
            last: None,
        }
    }

    /// Returns a number that changes with each commit of another connection, not older than so long.
    pub(super) async fn version(&mut self, age: Duration) -> Result<i64> {
        if let Some((_, version)) = self.last.filter(|(at, _)| at.elapsed() < age) {
            return Ok(version);
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.options.connect().await.map_err(database)?,
        };
        let found = rows(&mut connection, "pragma data_version", Vec::new()).await?;
        self.connection = Some(connection);
        let version = found
            .into_iter()
            .next()
            .map_or(Ok(0), |mut row| row.int())?;
        self.last = Some((Instant::now(), version));
        Ok(version)
    }
}

pub(super) struct Watching {
    pub(super) lookout: Arc<Mutex<Lookout>>,
    pub(super) seen: i64,
}

#[async_trait]
impl Watch for Watching {
    async fn changed(&mut self, patience: Duration) -> Result<()> {
        let end = tokio::time::Instant::now() + patience;
        loop {
            // Many who wait look once.
            let version = self.lookout.lock().await.version(LOOK / 2).await?;
            let seen = std::mem::replace(&mut self.seen, version);
            let now = tokio::time::Instant::now();
            if seen != version || now >= end {
                return Ok(());
            }
            tokio::time::sleep(LOOK.min(end - now)).await;
        }
    }
}
