//! How is a PostgreSQL database opened, read and written by many machines at once?
//!
//! Short transactions on a few connections. One more connection belongs to this store alone: while it stands, so does a lock that
//! names it, by which everybody can tell whether the writer of a run still lives.

use std::str::FromStr as _;

use async_trait::async_trait;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, Row as _, TypeInfo as _, ValueRef as _,
};
use std::time::Duration;

use super::convert::{query_of, row_of};
use super::driver::{Dialect, Driver, News, Row, Session, Transaction, Value, Watch};
use super::migrate;
use super::news::{Bell, Ear};
use super::trouble::{Trouble, failure};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Durability, Usage};

/// How many connections read and write at once.
const CONNECTIONS: u32 = 6;
/// How long to wait for one of them.
const PATIENCE: Duration = Duration::from_secs(15);
/// Names the lock under which the schema is brought up to date.
const MIGRATION: i64 = 0x6e65_7473_6e61_7001;
/// What is set on each connection: a server may be told not to wait for the disk, and plans have to look at the values. A page
/// takes a few milliseconds, less than the start of the processes that would share in it.
const SETTINGS: &str = "select set_config('synchronous_commit', 'on', false) \
     where current_setting('synchronous_commit') = 'off'; \
     select set_config('plan_cache_mode', 'force_custom_plan', false), set_config('jit', 'off', false), \
     set_config('max_parallel_workers_per_gather', '0', false)";

static DIALECT: Dialect = Dialect {
    for_update: " for no key update",
    contains: "position({part} in {text}) > 0",
    like: "like",
    pattern: like,
    indexed: "substr({}, 1, 600)",
    indexed_length: 600,
    most_values: 65_000,
};

fn like(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    for mark in pattern.chars() {
        match mark {
            '*' => written.push('%'),
            '?' => written.push('_'),
            '%' | '_' | '\\' => written.extend(['\\', mark]),
            other => written.push(other),
        }
    }
    written
}

/// A database on a server.
#[derive(Debug)]
pub(super) struct PostgresDriver {
    pool: PgPool,
    session: i64,
    bell: Bell,
    ear: Ear,
}

impl PostgresDriver {
    /// Opens a database and brings its schema up to date.
    ///
    /// # Errors
    /// `InvalidInput`; `Storage`; `Unsupported`.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let options = options(url)?;
        let mut connection = options.connect().await.map_err(database)?;
        prepare(&mut connection).await?;
        let session = lock(&mut connection).await.map_err(database)?;
        Ok(Self {
            pool: pool(CONNECTIONS).connect_lazy_with(options.clone()),
            session,
            bell: Bell::new(connection, options.clone(), session),
            ear: Ear::new(
                pool(1)
                    .idle_timeout(None)
                    .max_lifetime(None)
                    .connect_lazy_with(options),
            ),
        })
    }
}

/// Reads an address. Its text can hold a password and stands in no error.
fn options(url: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        Error::new(
            ErrorKind::InvalidInput,
            "the address of the database cannot be read",
        )
        .hint("write postgres://user@host:5432/database, with special characters percent-encoded")
    })?;
    Ok(options
        .application_name("netsnap")
        .disable_statement_logging())
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(SETTINGS).await.map(drop) })
        })
}

/// Brings the schema up to date, one process after the other.
async fn prepare(connection: &mut PgConnection) -> Result<()> {
    let mut transaction = connection.begin().await.map_err(database)?;
    let mut session = Plain(&mut transaction);
    let encoding = session.rows("show server_encoding", Vec::new()).await?;
    let encoding = encoding
        .into_iter()
        .next()
        .map_or(Ok(String::new()), |mut row| row.text())?;
    if encoding != "UTF8" {
        return Err(
            Error::new(ErrorKind::Unsupported, "the database is not in UTF-8")
                .with("encoding", encoding)
                .hint(
                    "make a database with `create database … encoding 'UTF8' template template0`",
                ),
        );
    }
    session
        .rows("select pg_advisory_xact_lock($1)", vec![MIGRATION.into()])
        .await?;
    migrate::postgres(&mut *transaction)
        .await
        .map_err(migrate::refused)?;
    migrate::carry_over(&mut Plain(&mut transaction)).await?;
    transaction.commit().await.map_err(database)
}

/// Takes a lock that names this connection until it ends.
async fn lock(connection: &mut PgConnection) -> sqlx::Result<i64> {
    loop {
        let session = random();
        if hold(connection, session).await? {
            return Ok(session);
        }
    }
}

/// Word of an event need not be durable; and of a machine that fell silent the server is to take notice soon.
const LIFE: &str = "set synchronous_commit = off; set tcp_keepalives_idle = 10; \
     set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3";

/// Tries to take the lock of a session.
pub(super) async fn hold(connection: &mut PgConnection, session: i64) -> sqlx::Result<bool> {
    connection.execute(LIFE).await?;
    sqlx::query_scalar("select pg_try_advisory_lock($1)")
        .bind(session)
        .fetch_one(connection)
        .await
}

/// Any number but 0 and that of the migration.
fn random() -> i64 {
    let mut bytes = [0; 8];
    loop {
        // Without a source of chance the number of the process and the time have to do.
        if getrandom::fill(&mut bytes).is_err() {
            let now = jiff::Timestamp::now().as_nanosecond().to_le_bytes();
            bytes.copy_from_slice(&now[..8]);
            bytes[7] ^= std::process::id().to_le_bytes()[0];
        }
        let number = i64::from_le_bytes(bytes);
        if ![0, MIGRATION].contains(&number) {
            return number;
        }
    }
}

#[async_trait]
impl Driver for PostgresDriver {
    async fn read(&self) -> Result<Box<dyn Session>> {
        let connection = self.pool.acquire().await.map_err(database)?;
        Ok(Box::new(Reader(connection)))
    }

    async fn begin(&self, durability: Durability) -> Result<Box<dyn Transaction>> {
        // On power loss of the server the newest transactions may be missing, and nothing else
        // (<https://www.postgresql.org/docs/current/wal-async-commit.html>).
        let begin = match durability {
            Durability::Durable => "begin",
            Durability::Batched => "begin; set local synchronous_commit = off",
        };
        let transaction = self.pool.begin_with(begin).await.map_err(database)?;
        Ok(Box::new(Writing(transaction)))
    }

    async fn watch(&self, execution: &str) -> Result<Box<dyn Watch>> {
        Ok(Box::new(self.ear.watch(execution).await))
    }

    fn tell(&self, execution: &str, news: News) {
        self.bell.ring(execution, news);
    }

    fn session(&self) -> i64 {
        self.session
    }

    async fn stands(&self, session: i64) -> Result<bool> {
        if session == self.session {
            return Ok(true);
        }
        let mut reader = self.read().await?;
        // Taken, the lock is given back with the end of the statement.
        let free = "select pg_try_advisory_xact_lock($1)";
        let rows = reader.rows(free, vec![session.into()]).await?;
        let free = rows.into_iter().next().map_or(Ok(0), |mut row| row.int())?;
        Ok(free == 0)
    }

    async fn usage(&self) -> Result<Usage> {
        let mut reader = self.read().await?;
        let tables = TABLES.map(|table| format!("pg_total_relation_size('{table}')"));
        let sql = format!("select {}", tables.join(" + "));
        let rows = reader.rows(&sql, Vec::new()).await?;
        let bytes = rows
            .into_iter()
            .next()
            .map_or(Ok(0), |mut row| row.count())?;
        Ok(Usage { bytes, free: 0 })
    }

    /// Gives what stands free at the ends of the tables back; how much that is the server decides.
    async fn reclaim(&self, _: u64) -> Result<u64> {
        let before = self.usage().await?.bytes;
        let mut connection = self.pool.acquire().await.map_err(database)?;
        for table in TABLES {
            let vacuum = sqlx::AssertSqlSafe(format!("vacuum (truncate) {table}"));
            connection.execute(vacuum).await.map_err(database)?;
        }
        drop(connection);
        Ok(before.saturating_sub(self.usage().await?.bytes))
    }
}

const TABLES: [&str; 12] = [
    "execution",
    "summary",
    "label",
    "device",
    "error_kind",
    "event_chunk",
    "run_output",
    "run_result",
    "document",
    "log_entry",
    "record",
    "blob",
];

/// A connection as it is.
struct Plain<'c>(&'c mut PgConnection);

struct Reader(PoolConnection<Postgres>);

struct Writing(sqlx::Transaction<'static, Postgres>);

async fn rows(connection: &mut PgConnection, sql: &str, values: Vec<Value>) -> Result<Vec<Row>> {
    let found = query_of!(Postgres, sql, values).fetch_all(connection).await;
    let found = found.map_err(database)?;
    let read = |row: PgRow| row_of!(row);
    found
        .into_iter()
        .map(read)
        .collect::<sqlx::Result<_>>()
        .map_err(database)
}

async fn execute(connection: &mut PgConnection, sql: &str, values: Vec<Value>) -> Result<u64> {
    let done = query_of!(Postgres, sql, values).execute(connection).await;
    done.map(|done| done.rows_affected()).map_err(database)
}

super::convert::sessions! {
    Plain<'_>, self => &mut *self.0;
    Reader, self => &mut *self.0;
    Writing, self => &mut *self.0;
}

#[async_trait]
impl Transaction for Writing {
    async fn commit(self: Box<Self>) -> Result<()> {
        self.0.commit().await.map_err(database)
    }

    async fn roll_back(self: Box<Self>) {
        // A connection that cannot roll back is given up, and the server rolls back.
        let _ = self.0.rollback().await;
    }

    fn session(&mut self) -> &mut dyn Session {
        self
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn trouble(error: &sqlx::Error) -> Trouble {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return Trouble::Busy;
    }
    let code = error.as_database_error().and_then(|error| error.code());
    match code.as_deref() {
        // disk_full
        Some("53100") => Trouble::Full,
        // too_many_connections, lock_not_available, serialization_failure, deadlock_detected
        Some("53300" | "55P03" | "40001" | "40P01") => Trouble::Busy,
        // data_corrupted, index_corrupted
        Some("XX001" | "XX002") => Trouble::Corrupt,
        // read_only_sql_transaction, insufficient_privilege
        Some("25006" | "42501") => Trouble::ReadOnly,
        _ => Trouble::Other,
    }
}

fn database(source: sqlx::Error) -> Error {
    failure(trouble(&source), source)
}
