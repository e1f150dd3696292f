//! How does a SQLite database come to be, and how does it open beside many others who do the same?

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::migrate;
use super::sqlite::{Plain, database, is_busy};
use crate::error::{Error, ErrorKind, Result};
use crate::store::seat::Seat;

/// How long a statement waits for another process.
pub(super) const BUSY: Duration = Duration::from_secs(10);
/// How long to wait before something busy is tried again.
pub(super) const AGAIN: Duration = Duration::from_millis(20);

/// What stands beside a database, and is called as it is with an ending.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(ending);
    name.into()
}

/// Where those show that they live who have the database open: in a folder beside it.
pub(super) fn owners(path: &Path) -> PathBuf {
    beside(path, "-owners")
}

/// Says whether a database is there that may be read and not written: neither its file nor, as SQLite needs for its log, the folder.
pub(super) fn is_closed(path: &Path) -> bool {
    let opened = std::fs::OpenOptions::new().append(true).open(path);
    match opened {
        Err(error) => {
            let closed = [
                io::ErrorKind::PermissionDenied,
                io::ErrorKind::ReadOnlyFilesystem,
            ];
            closed.contains(&error.kind()) && path.is_file()
        }
        Ok(file) => is_closed_folder(path) && file.metadata().is_ok_and(|file| file.len() > 0),
    }
}

/// Says whether no log can be made beside a database, and there is none.
#[cfg(unix)]
fn is_closed_folder(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let closed = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err();
    closed && !beside(path, "-wal").exists()
}

#[cfg(not(unix))]
fn is_closed_folder(_: &Path) -> bool {
    false
}

pub(super) fn take_seat(path: &Path) -> Option<Seat> {
    let folder = owners(path);
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // It may be there already; where it cannot be made, no seat is taken either.
    let _ = builder.create(&folder);
    let is_folder = std::fs::symlink_metadata(&folder).is_ok_and(|folder| folder.is_dir());
    is_folder.then(|| Seat::take(&folder)).flatten()
}

pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// How a database is made. Saying so writes to one that there is, which a full disk refuses.
fn making(path: &Path) -> SqliteConnectOptions {
    let is_new = std::fs::metadata(path).is_ok_and(|file| file.len() == 0);
    match is_new {
        true => options(path).auto_vacuum(SqliteAutoVacuum::Incremental),
        false => options(path),
    }
}

/// Connects and migrates. The change to WAL does not wait for others as statements do, so it is tried again.
pub(super) async fn patiently(path: &Path) -> Result<SqliteConnection> {
    let started = Instant::now();
    loop {
        match connect(&making(path)).await {
            Err(Opening::Database(error)) if is_busy(&error) && started.elapsed() < BUSY => {
                tokio::time::sleep(AGAIN).await;
            }
            Err(Opening::Database(error)) => return Err(database(error)),
            Err(Opening::Migration(error)) => return Err(error),
            Ok(connection) => return Ok(connection),
        }
    }
}

/// What can go wrong at an opening.
enum Opening {
    Database(sqlx::Error),
    Migration(Error),
}

impl From<sqlx::Error> for Opening {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, Opening> {
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin_with("begin immediate").await?;
    // Inside of one transaction, so that of many processes that open a new database one makes its tables.
    migrate::sqlite(&mut *transaction).await.map_err(opening)?;
    migrate::carry_over(&mut Plain(&mut transaction))
        .await
        .map_err(Opening::Migration)?;
    transaction.commit().await?;
    // A statement that may have to be taken back notes the pages that it changes, otherwise in a file of its own: two writes more for
    // each event (seen with SQLite 3.51.3). What tables take to be migrated is larger, and was done before.
    connection.execute("pragma temp_store = memory").await?;
    // What the database has to become longer by, once the log is written back, is to fit into the room that is kept for a full disk.
    connection
        .execute("pragma wal_autocheckpoint = 256")
        .await?;
    Ok(connection)
}

fn opening(error: MigrateError) -> Opening {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            Opening::Database(error)
        }
        error => Opening::Migration(migrate::refused(error)),
    }
}

/// Makes the file for the owner alone; SQLite gives its other files the same mode.
pub(super) fn make_private(path: &Path) -> Result<()> {
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
