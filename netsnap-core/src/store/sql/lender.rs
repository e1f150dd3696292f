//! How are the connections to a PostgreSQL database lent and taken back?
//!
//! The pool asks each connection that comes back whether it still stands: one more exchange with the server for each statement, and
//! the next one finds another connection, which has its plans still to make. One that comes back whole rests here instead, and is
//! lent again as it is; what rests for long goes back to the pool, which closes what nobody needs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::Executor as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgDatabaseError, PgPool, PgPoolOptions, PgSeverity, Postgres};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::driver::{Dialect, Row, Session, Transaction, Value};
use super::postgres::{DIALECT, Patience, ask, change, database, silent};
use crate::error::Result;
use crate::store::metrics;

/// A connection that was not used for so long is asked first whether it still stands.
pub(super) const RESTED: Duration = Duration::from_secs(1);

/// Lends connections, to so many at once as the pool has.
#[derive(Debug)]
pub(super) struct Lender {
    pool: PgPool,
    turns: Arc<Semaphore>,
    resting: Arc<Resting>,
    patience: Patience,
}

/// Connections that came back, the last one behind the others.
#[derive(Debug, Default)]
struct Resting(Mutex<Rest>);

#[derive(Debug, Default)]
struct Rest {
    connections: Vec<(Instant, PoolConnection<Postgres>)>,
    /// Whether a task looks after them.
    is_tended: bool,
}

impl Lender {
    /// Lends connections of a pool that nobody else uses.
    pub(super) fn new(pool: PgPool, patience: Patience) -> Self {
        let all = pool.options().get_max_connections();
        Self {
            pool,
            turns: Arc::new(Semaphore::new(usize::try_from(all).unwrap_or(1))),
            resting: Arc::default(),
            patience,
        }
    }

    /// Lends a connection.
    ///
    /// # Errors
    /// `Storage` when none is free, or can be had, in time.
    pub(super) async fn lend(&self) -> Result<Line> {
        let lent = timeout(self.patience.connection, self.lend_patiently());
        lent.await.unwrap_or_else(|_| Err(silent()))
    }

    async fn lend_patiently(&self) -> Result<Line> {
        // Where all are lent, it waits for others; what comes behind may have to connect, which is no such wait.
        let turn = metrics::counted(Arc::clone(&self.turns).acquire_owned());
        let turn = turn.await.map_err(|_| silent())?;
        let rested = self.resting.take();
        let connection = match rested {
            Some(connection) => connection,
            None => self.pool.acquire().await.map_err(database)?,
        };
        Ok(Line {
            connection: Some(connection),
            resting: Arc::clone(&self.resting),
            patience: self.patience.answer,
            open: false,
            asked: false,
            _turn: turn,
        })
    }
}

impl Drop for Lender {
    fn drop(&mut self) {
        // Given back to the pool they would need a runtime, which may be gone.
        for (_, connection) in self.resting.lock().connections.drain(..) {
            drop(connection.detach());
        }
    }
}

impl Resting {
    fn lock(&self) -> MutexGuard<'_, Rest> {
        // What is guarded is whole after each single statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the connection that came back last. Where even that has rested for long, the pool has to look at all of them.
    fn take(&self) -> Option<PoolConnection<Postgres>> {
        let mut rest = self.lock();
        rest.give_back();
        rest.connections.pop().map(|(_, connection)| connection)
    }

    fn put(self: &Arc<Self>, connection: PoolConnection<Postgres>) {
        let Ok(runtime) = Handle::try_current() else {
            return drop(connection.detach());
        };
        let mut rest = self.lock();
        rest.connections.push((Instant::now(), connection));
        if !std::mem::replace(&mut rest.is_tended, true) {
            runtime.spawn(tend(Arc::downgrade(self)));
        }
    }
}

impl Rest {
    /// Gives back to the pool what has rested for long.
    fn give_back(&mut self) {
        let fresh = |(since, _): &(Instant, _)| since.elapsed() <= RESTED;
        self.connections.retain(fresh);
    }
}

/// Looks after connections until none rests any more.
async fn tend(resting: Weak<Resting>) {
    loop {
        tokio::time::sleep(RESTED).await;
        let Some(resting) = resting.upgrade() else {
            return;
        };
        let mut rest = resting.lock();
        rest.give_back();
        if rest.connections.is_empty() {
            rest.is_tended = false;
            return;
        }
    }
}

/// Makes a pool whose connections are set up by some words.
pub(super) fn pool(connections: u32, patience: Patience, settings: &'static str) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience.connection)
        // Asking whether a connection still stands costs as much as a statement on it.
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                if used.idle_for > RESTED {
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(settings).await.map(drop) })
        })
}

/// A connection that is lent, which waits for no answer longer than it may. One whose server fell silent is given up: whoever gets it
/// next would wait for it.
pub(super) struct Line {
    connection: Option<PoolConnection<Postgres>>,
    resting: Arc<Resting>,
    pub(super) patience: Duration,
    /// Whether a transaction is open on it.
    pub(super) open: bool,
    /// Whether an answer is still to come.
    asked: bool,
    _turn: OwnedSemaphorePermit,
}

impl Line {
    fn ask(&mut self) -> Result<&mut PgConnection> {
        self.asked = true;
        self.connection.as_deref_mut().ok_or_else(silent)
    }

    fn answered<T>(&mut self, answer: Result<sqlx::Result<T>, Elapsed>) -> Result<T> {
        self.asked = false;
        let Ok(answer) = answer else {
            self.give_up();
            return Err(silent());
        };
        answer.map_err(|error| {
            if !stands_behind(&error) {
                self.give_up();
            }
            database(error)
        })
    }

    /// Closes the connection without a word: the server takes back what was not committed.
    fn give_up(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }

    /// Says something that has no values and no rows.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`.
    pub(super) async fn say(&mut self, words: &str) -> Result<()> {
        let patience = self.patience;
        let words = sqlx::AssertSqlSafe(words.to_owned());
        let said = timeout(patience, self.ask()?.execute(words)).await;
        self.answered(said).map(drop)
    }
}

/// Says whether a connection is what it was although a statement failed.
fn stands_behind(error: &sqlx::Error) -> bool {
    let told = error.as_database_error();
    let told = told.and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    told.is_some_and(|told| !matches!(told.severity(), PgSeverity::Fatal | PgSeverity::Panic))
}

impl Drop for Line {
    fn drop(&mut self) {
        // Where a caller stopped waiting nobody knows what is still to come.
        if self.open || self.asked {
            self.give_up();
        }
        if let Some(connection) = self.connection.take() {
            self.resting.put(connection);
        }
    }
}

#[async_trait]
impl Session for Line {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    async fn rows(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>> {
        let patience = self.patience;
        let answer = timeout(patience, ask(self.ask()?, sql, values)).await;
        self.answered(answer)
    }

    async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let patience = self.patience;
        let answer = timeout(patience, change(self.ask()?, sql, values)).await;
        self.answered(answer)
    }
}

#[async_trait]
impl Transaction for Line {
    async fn commit(mut self: Box<Self>) -> Result<()> {
        self.say("commit").await?;
        self.open = false;
        Ok(())
    }

    async fn roll_back(mut self: Box<Self>) {
        // A connection that cannot roll back is given up, and the server rolls back.
        self.open = self.say("rollback").await.is_err();
    }

    fn session(&mut self) -> &mut dyn Session {
        self
    }
}
