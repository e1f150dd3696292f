//! How is a PostgreSQL database opened, read and written by many machines at once?
//!
//! Short transactions on a few connections. One more connection belongs to this store alone: while it stands, so does a lock that
//! names it, by which everybody can tell whether the writer of a run still lives.

use std::str::FromStr as _;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow, Postgres};
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, Row as _, TypeInfo as _, ValueRef as _,
};
use std::time::Duration;
use tokio::time::timeout;

use super::convert::{query_of, row_of};
use super::driver::{Dialect, Driver, News, Row, Session, Transaction, Value, Watch};
use super::lender::{Lender, pool};
use super::migrate;
use super::news::{Bell, Caller, Ear};
use super::spare;
use super::trouble::{Trouble, failure};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Durability, Reserve, Usage};

/// How many connections read at once, and how many others write.
const CONNECTIONS: u32 = 4;
/// How long to wait for the words that bring the schema up to date, or that clean up, and for who else does so.
const UPKEEP: Duration = Duration::from_secs(600);
/// Names the lock under which the schema is brought up to date.
const MIGRATION: i64 = 0x6e65_7473_6e61_7001;
/// What is set on a connection that writes: a server may be told not to wait for the disk. Its statements find rows by their
/// names, and keep their plans (an output took 0.06 ms so and 0.24 planned anew, PostgreSQL 15).
const WRITING: &str = "select set_config('synchronous_commit', 'on', false) \
     where current_setting('synchronous_commit') = 'off'; \
     select set_config('plan_cache_mode', 'auto', false), set_config('jit', 'off', false)";
/// What is set on a connection that reads: its plans have to look at the values. A page takes a few milliseconds, less than the start
/// of the processes that would share in it.
const READING: &str = "select set_config('plan_cache_mode', 'force_custom_plan', false), set_config('jit', 'off', false), \
     set_config('max_parallel_workers_per_gather', '0', false)";

pub(super) static DIALECT: Dialect = Dialect {
    for_update: " for no key update",
    at_ease: ", (select set_config('synchronous_commit', 'off', true)) ease",
    // `generated always as identity`
    numbers_are_unique: true,
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

/// How long to wait for a server that may have fallen silent: without a limit a connection to a machine that is gone would wait for
/// ever.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For a connection.
    pub(super) connection: Duration,
    /// For the answer to a statement.
    pub(super) answer: Duration,
    /// How long the server waits for word of this store before it takes it for dead.
    pub(super) lease: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connection: Duration::from_secs(15),
            answer: Duration::from_secs(60),
            lease: Duration::from_secs(30),
        }
    }
}

/// A database on a server.
#[derive(Debug)]
pub(super) struct PostgresDriver {
    readers: Lender,
    writers: Lender,
    session: i64,
    lease: Duration,
    place: String,
    is_read_only: bool,
    bell: Bell,
    ear: Ear,
}

impl PostgresDriver {
    /// Opens a database and brings its schema up to date. One whose tables are there and may only be read is left as it is.
    ///
    /// # Errors
    /// `InvalidInput`; `Storage`; `Unsupported`; `ReadOnly` for one that may only be read and is of an older netsnap.
    pub(super) async fn open(url: &str, patience: Patience) -> Result<Self> {
        let options = options(url)?;
        let mut connection = within(patience.connection, options.connect()).await?;
        let place = place(&options);
        let is_read_only = prepare(&mut connection, &place, patience).await?;
        let session = within(patience.answer, lock(&mut connection, patience.lease)).await?;
        let caller = Caller {
            options: options.clone(),
            session,
            patience,
        };
        let lender = |settings| {
            let pool = pool(CONNECTIONS, patience, settings);
            Lender::new(pool.connect_lazy_with(options.clone()), patience)
        };
        let writers = lender(WRITING);
        if !is_read_only {
            spare::hold(&mut writers.lend().await?).await;
        }
        Ok(Self {
            readers: lender(READING),
            writers,
            session,
            lease: patience.lease,
            place,
            is_read_only,
            bell: Bell::new(connection, caller),
            ear: Ear::new(
                pool(1, patience, READING)
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

/// Names a database, without its password.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    format!("postgres://{}/{database}", options.get_host())
}

/// Brings the schema up to date, one process after the other, unless it may only be read, and says whether that is so.
async fn prepare(connection: &mut PgConnection, place: &str, patience: Patience) -> Result<bool> {
    let shown = sqlx::query_scalar("show server_encoding").fetch_one(&mut *connection);
    is_unicode(within(patience.answer, shown).await?)?;
    let closed = sqlx::query_scalar(IS_CLOSED).fetch_one(&mut *connection);
    if within(patience.answer, closed).await? {
        migrate::check(&mut Plain(connection), place).await?;
        return Ok(true);
    }
    let done = tokio::time::timeout(UPKEEP, bring_up_to_date(connection)).await;
    done.unwrap_or_else(|_| Err(silent()))?;
    Ok(false)
}

/// Says whether the tables are there and may be read alone, by the rights of the user or since the server takes no changes.
const IS_CLOSED: &str = "select to_regclass('execution') is not null \
     and (not has_table_privilege(to_regclass('execution'), 'insert') \
         or current_setting('transaction_read_only') = 'on')";

fn is_unicode(encoding: String) -> Result<()> {
    if encoding != "UTF8" {
        return Err(
            Error::new(ErrorKind::Unsupported, "the database is not in UTF-8")
                .with("encoding", encoding)
                .hint(
                    "make a database with `create database … encoding 'UTF8' template template0`",
                ),
        );
    }
    Ok(())
}

async fn bring_up_to_date(connection: &mut PgConnection) -> Result<()> {
    let mut transaction = connection.begin().await.map_err(database)?;
    Plain(&mut transaction)
        .rows("select pg_advisory_xact_lock($1)", vec![MIGRATION.into()])
        .await?;
    migrate::postgres(&mut *transaction)
        .await
        .map_err(migrate::refused)?;
    migrate::carry_over(&mut Plain(&mut transaction)).await?;
    transaction.commit().await.map_err(database)
}

/// Takes a lock that names this connection until it ends.
async fn lock(connection: &mut PgConnection, lease: Duration) -> sqlx::Result<i64> {
    loop {
        let session = random();
        if hold(connection, session, lease).await? {
            return Ok(session);
        }
    }
}

/// Word of an event need not be durable; and the server is to take notice within a lease of a machine that is gone (half of it, then
/// three probes) and of one that says nothing although what stands between still answers probes: that setting came with
/// PostgreSQL 14 (<https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-SESSION-TIMEOUT>).
fn life(lease: Duration) -> String {
    let (idle, between) = (lease.as_secs().div_ceil(2), lease.as_secs().div_ceil(6));
    let whole = lease.as_millis();
    format!(
        "set synchronous_commit = off; set tcp_keepalives_idle = {idle}; \
         set tcp_keepalives_interval = {between}; set tcp_keepalives_count = 3; \
         select set_config(name, '{whole}', false) from pg_settings where name = 'idle_session_timeout'"
    )
}

/// Tries to take the lock of a session.
pub(super) async fn hold(
    connection: &mut PgConnection,
    session: i64,
    lease: Duration,
) -> sqlx::Result<bool> {
    let life = sqlx::AssertSqlSafe(life(lease));
    connection.execute(life).await?;
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
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn place(&self) -> String {
        self.place.clone()
    }

    fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    async fn read(&self) -> Result<Box<dyn Session>> {
        Ok(Box::new(self.readers.lend().await?))
    }

    async fn begin(&self, durability: Durability) -> Result<Box<dyn Transaction>> {
        let mut line = self.writers.lend().await?;
        // On power loss of the server the newest transactions may be missing, and nothing else
        // (<https://www.postgresql.org/docs/current/wal-async-commit.html>).
        let words = match durability {
            Durability::Durable => "begin",
            Durability::Batched => "begin; set local synchronous_commit = off",
        };
        line.open = true;
        line.say(words).await?;
        Ok(Box::new(line))
    }

    async fn alone(&self, durability: Durability, sql: &str, values: Vec<Value>) -> Result<u64> {
        let mut line = self.writers.lend().await?;
        line.execute(&DIALECT.with_ease(sql, durability), values)
            .await
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

    /// Each store looks several times within its lease whether its connection stands, and makes another one.
    fn doubt(&self) -> Duration {
        self.lease
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
        let mut line = self.writers.lend().await?;
        line.patience = UPKEEP;
        for table in TABLES {
            line.say(&format!("vacuum (truncate) {table}")).await?;
        }
        drop(line);
        Ok(before.saturating_sub(self.usage().await?.bytes))
    }

    async fn reserve(&self, reserve: Reserve) -> Result<bool> {
        let mut line = self.writers.lend().await?;
        match reserve {
            Reserve::GivenUp => spare::give_up(&mut line).await,
            Reserve::Held => {
                spare::hold(&mut line).await;
                Ok(false)
            }
        }
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

/// Waits for a database, and not for ever.
async fn within<T>(patience: Duration, answer: impl Future<Output = sqlx::Result<T>>) -> Result<T> {
    match timeout(patience, answer).await {
        Ok(answer) => answer.map_err(database),
        Err(_) => Err(silent()),
    }
}

pub(super) fn silent() -> Error {
    failure(Trouble::Silent, sqlx::Error::PoolTimedOut)
}

pub(super) async fn ask(
    connection: &mut PgConnection,
    sql: &str,
    values: Vec<Value>,
) -> sqlx::Result<Vec<Row>> {
    let found = query_of!(Postgres, sql, values).fetch_all(connection);
    let read = |row: PgRow| row_of!(row);
    found.await?.into_iter().map(read).collect()
}

pub(super) async fn change(
    connection: &mut PgConnection,
    sql: &str,
    values: Vec<Value>,
) -> sqlx::Result<u64> {
    let done = query_of!(Postgres, sql, values).execute(connection);
    done.await.map(|done| done.rows_affected())
}

async fn rows(connection: &mut PgConnection, sql: &str, values: Vec<Value>) -> Result<Vec<Row>> {
    ask(connection, sql, values).await.map_err(database)
}

async fn execute(connection: &mut PgConnection, sql: &str, values: Vec<Value>) -> Result<u64> {
    change(connection, sql, values).await.map_err(database)
}

super::convert::sessions! {
    Plain<'_>, self => &mut *self.0;
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn trouble(error: &sqlx::Error) -> Trouble {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return Trouble::Silent;
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

pub(super) fn database(source: sqlx::Error) -> Error {
    failure(trouble(&source), source)
}
