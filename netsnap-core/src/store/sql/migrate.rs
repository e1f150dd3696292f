//! How does a database get its schema, and keep what an older one held?

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::driver::{Row, Session};
use super::pack;
use super::rows::{columns_of, counters_of, sides_of};
use super::statement::Statement;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Execution;
use crate::store::read_only;

/// So many schemas there were.
const SCHEMAS: usize = 4;

/// Each is made of the one before: its name, and the words.
type Steps = [(&'static str, &'static str); SCHEMAS];

#[cfg(feature = "sqlite")]
const SQLITE: Steps = [
    (
        "init",
        include_str!("../../../migrations/sqlite/0001_init.sql"),
    ),
    (
        "history",
        include_str!("../../../migrations/sqlite/0002_history.sql"),
    ),
    (
        "packed",
        include_str!("../../../migrations/sqlite/0003_packed.sql"),
    ),
    (
        "tasks",
        include_str!("../../../migrations/sqlite/0004_tasks.sql"),
    ),
];

/// Brings the schema of a SQLite database up to date, in the transaction that is open.
#[cfg(feature = "sqlite")]
pub(super) async fn sqlite<C: Migrate>(connection: &mut C) -> Result<(), MigrateError> {
    run(connection, SQLITE).await
}

#[cfg(feature = "postgres")]
const POSTGRES: Steps = [
    (
        "init",
        include_str!("../../../migrations/postgres/0001_init.sql"),
    ),
    (
        "history",
        include_str!("../../../migrations/postgres/0002_history.sql"),
    ),
    (
        "packed",
        include_str!("../../../migrations/postgres/0003_packed.sql"),
    ),
    (
        "tasks",
        include_str!("../../../migrations/postgres/0004_tasks.sql"),
    ),
];

/// Brings the schema of a PostgreSQL database up to date, in the transaction that is open.
#[cfg(feature = "postgres")]
pub(super) async fn postgres<C: Migrate>(connection: &mut C) -> Result<(), MigrateError> {
    run(connection, POSTGRES).await
}

async fn run<C: Migrate>(connection: &mut C, steps: Steps) -> Result<(), MigrateError> {
    let step = |(version, (name, sql)): (i64, (&'static str, &'static str))| {
        let kind = MigrationType::Simple;
        Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
    };
    let steps = (1..).zip(steps).map(step).collect();
    let mut migrator = Migrator::with_migrations(steps);
    // Whoever opens a database holds its own lock already.
    migrator.set_locking(false);
    // `run` cannot be seen to be `Send` ("`Acquire` is not general enough"); this is what it calls.
    migrator.run_direct(None, connection, false).await
}

/// Makes sure that a database that is read alone has the schema of today.
///
/// # Errors
/// `ReadOnly` for an older one, `Unsupported` for a newer; `Storage`.
pub(super) async fn check(session: &mut dyn Session, place: &str) -> Result<()> {
    const NEWEST: i64 = SCHEMAS as i64;
    let version = "select coalesce(max(version), 0) from _sqlx_migrations";
    let rows = session.rows(version, Vec::new()).await?;
    let version = rows.into_iter().next().map_or(Ok(0), |mut row| row.int())?;
    match version {
        NEWEST => Ok(()),
        newer if newer > NEWEST => Err(newer_schema()),
        _ => Err(read_only::refusal(place)
            .hint("an older netsnap wrote it: open it once where it can be written, which brings its schema up to date")),
    }
}

/// The error of a schema that cannot be brought up to date.
pub(super) fn refused(source: MigrateError) -> Error {
    let newer = matches!(source, MigrateError::VersionMissing(_));
    let error = if newer {
        newer_schema()
    } else {
        let hint = "check that the database is one of netsnap, and the rights of its user";
        Error::new(ErrorKind::Storage, OUT_OF_DATE).hint(hint)
    };
    error.because(source)
}

const OUT_OF_DATE: &str = "the schema of the database cannot be brought up to date";

fn newer_schema() -> Error {
    Error::new(ErrorKind::Unsupported, OUT_OF_DATE)
        .hint("a newer netsnap wrote it; use that or a newer one")
}

/// Fills the columns of runs that were written before there were such columns.
///
/// # Errors
/// `Storage`.
pub(super) async fn carry_over(session: &mut dyn Session) -> Result<()> {
    for missing in [Missing::Everything, Missing::Tasks] {
        missing.fill_in(session).await?;
    }
    Ok(())
}

/// Columns that a schema had not.
#[derive(Clone, Copy)]
enum Missing {
    /// All that a list filters and sorts by: before the second.
    Everything,
    /// Tasks and bytes: before the fourth.
    Tasks,
}

impl Missing {
    /// Says of a row that they are not filled.
    fn mark(self) -> &'static str {
        match self {
            Self::Everything => "e.status = ''",
            Self::Tasks => "e.bytes_in < 0",
        }
    }

    async fn fill_in(self, session: &mut dyn Session) -> Result<()> {
        let mut last = -1;
        loop {
            let rows = self.batch(session, last).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for mut row in rows {
                last = row.int()?;
                // What cannot be read is left as it is: `damage` tells of it.
                let body = row.bytes()?;
                let text = pack::unpacked(&body).unwrap_or_default();
                if let Ok(run) = serde_json::from_slice::<Execution>(&text) {
                    self.fill(session, last, &run).await?;
                }
            }
        }
    }

    async fn batch(self, session: &mut dyn Session, last: i64) -> Result<Vec<Row>> {
        const BATCH: usize = 500;
        let mut batch = Statement::new(
            "select e.number, s.body from execution e join summary s on s.execution = e.number where ",
        );
        batch
            .push(self.mark())
            .push(" and e.number > ")
            .bind(last)
            .push(" order by e.number limit ")
            .bind(BATCH as i64);
        session.rows(&batch.sql, batch.values).await
    }

    async fn fill(self, session: &mut dyn Session, number: i64, run: &Execution) -> Result<()> {
        match self {
            Self::Everything => {
                columns_of(run)?.write_to(session, number).await?;
                sides_of(run)?.write_to(session, number).await
            }
            Self::Tasks => counters_of(run).write_to(session, number).await,
        }
    }
}
