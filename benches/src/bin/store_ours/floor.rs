//! How long does the medium itself take for bytes that are to survive power loss, with nothing of ours around them?

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::{Arguments, Outcome};

/// A place of the same kind as the store, on the same disk, that grows by one record at a time.
pub(crate) enum Floor {
    /// A file, appended to and synced.
    File { file: File, path: PathBuf },
    /// A table of SQLite, a transaction for each row, written to the disk with each (`synchronous = full`).
    Sqlite {
        connection: SqliteConnection,
        path: PathBuf,
    },
    /// A table of PostgreSQL, a transaction for each row.
    Postgres(PgConnection),
}

impl Floor {
    /// Makes it.
    pub(crate) async fn of(arguments: &Arguments) -> Outcome<Self> {
        let path = arguments
            .folder
            .join(format!("floor-{}", std::process::id()));
        match arguments.store.split(':').next() {
            Some("sqlite") => Self::sqlite(path).await,
            Some("postgres" | "postgresql") => Self::postgres(&arguments.store).await,
            _ => Self::file(path),
        }
    }

    fn file(path: PathBuf) -> Outcome<Self> {
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.sync_all()?;
        Ok(Self::File { file, path })
    }

    async fn sqlite(path: PathBuf) -> Outcome<Self> {
        let mut connection = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .connect()
            .await?;
        sqlx::query("create table record (line blob not null)")
            .execute(&mut connection)
            .await?;
        Ok(Self::Sqlite { connection, path })
    }

    async fn postgres(url: &str) -> Outcome<Self> {
        let mut connection = PgConnectOptions::from_str(url)?.connect().await?;
        sqlx::query("create table floor (line bytea not null)")
            .execute(&mut connection)
            .await?;
        Ok(Self::Postgres(connection))
    }

    /// Adds records, each on the disk before the next one, and says how long that took.
    pub(crate) async fn append(&mut self, lines: &[Vec<u8>]) -> Outcome<Duration> {
        let start = Instant::now();
        for line in lines {
            match self {
                Self::File { file, .. } => {
                    file.write_all(line)?;
                    file.sync_data()?;
                }
                Self::Sqlite { connection, .. } => {
                    let insert = sqlx::query("insert into record values ($1)").bind(line);
                    insert.execute(connection).await?;
                }
                Self::Postgres(connection) => {
                    let insert = sqlx::query("insert into floor values ($1)").bind(line);
                    insert.execute(connection).await?;
                }
            }
        }
        Ok(start.elapsed())
    }

    /// Takes it away.
    pub(crate) async fn remove(self) -> Outcome<()> {
        match self {
            Self::File { path, .. } => std::fs::remove_file(path)?,
            Self::Sqlite { connection, path } => {
                connection.close().await?;
                std::fs::remove_file(path)?;
            }
            Self::Postgres(mut connection) => {
                sqlx::query("drop table floor")
                    .execute(&mut connection)
                    .await?;
                connection.close().await?;
            }
        }
        Ok(())
    }
}
