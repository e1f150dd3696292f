//! Which store does an address name?

use std::sync::Arc;

use futures_util::future::BoxFuture;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use super::SqlStore;
use super::{Backend, FsStore, Gate, MemoryStore, ReadOnly, Vigil, recover};
use crate::error::{Error, ErrorKind, Result};
use crate::redact::Redactor;

/// Opens a store and ends, as `interrupted`, the runs whose process went away. Those whose process goes away later end so as soon as
/// the store is asked about runs: see [`Vigil`].
///
/// A path (`./data`) is a folder of files, `sqlite:PATH` a SQLite database, `postgres://…` a PostgreSQL database, `memory:` a store
/// that ends with the process. What is missing is made. How long a PostgreSQL store waits, and how soon it is taken for dead, its
/// address says: see `SqlStore::postgres`.
///
/// A store that is there and cannot be written, on read-only media or of another user, is opened for reading: nothing is written to it,
/// runs that were left are shown as they are, and each change is refused as [`ReadOnly`] says.
///
/// # Errors
/// `Unsupported` for any other kind; `InvalidInput` for an empty path; `Storage`.
///
/// The future is boxed so that callers' futures stay `Send` (the compiler cannot see it through the database driver).
pub fn open(url: &str) -> BoxFuture<'_, Result<Arc<dyn Backend>>> {
    open_with(url, Arc::default())
}

/// Opens a store as [`open`] does, behind a redactor that knows secrets by value.
///
/// # Errors
/// As [`open`].
pub fn open_with(url: &str, redactor: Arc<Redactor>) -> BoxFuture<'_, Result<Arc<dyn Backend>>> {
    Box::pin(async move {
        let opened = backend(url)
            .await
            .map_err(|error| error.during("store.open"))?;
        let store: Arc<dyn Backend> = Arc::new(Gate::new(opened.store, redactor));
        if opened.read_only {
            return Ok(store);
        }
        recover(store.as_ref()).await?;
        let store: Arc<dyn Backend> = Arc::new(Vigil::new(store));
        Ok(store)
    })
}

/// A store, and whether it is there for reading alone.
struct Opened {
    store: Arc<dyn Backend>,
    read_only: bool,
}

impl Opened {
    /// Takes a store, with the place that names it where it is there for reading alone.
    fn new(store: impl Backend + 'static, read_only: Option<String>) -> Self {
        let store: Arc<dyn Backend> = Arc::new(store);
        match read_only {
            None => Self {
                store,
                read_only: false,
            },
            Some(place) => Self {
                store: Arc::new(ReadOnly::new(store, place)),
                read_only: true,
            },
        }
    }
}

async fn backend(url: &str) -> Result<Opened> {
    match scheme(url) {
        None if url.is_empty() => Err(no_path()),
        None => files(url).await,
        Some(("memory", "")) => Ok(Opened::new(MemoryStore::new(), None)),
        Some(("postgres" | "postgresql", _)) => postgres(url).await,
        Some(("sqlite", path)) => sqlite(path.strip_prefix("//").unwrap_or(path)).await,
        Some((scheme, _)) => Err(unsupported(scheme)),
    }
}

/// Splits `scheme:rest`; a single letter is a drive, not a scheme.
fn scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-".contains(&byte);
    (scheme.len() > 1 && scheme.bytes().all(plain)).then_some((scheme, rest))
}

async fn files(path: &str) -> Result<Opened> {
    let store = FsStore::open(path).await?;
    let read_only = store.read_only();
    Ok(Opened::new(store, read_only))
}

#[cfg(feature = "sqlite")]
async fn sqlite(path: &str) -> Result<Opened> {
    if path.is_empty() {
        return Err(no_path());
    }
    // To SQLite itself these are not paths; a database without a file has no place for what stands beside it.
    if path.starts_with(":memory:") || path.starts_with("file:") {
        return Err(no_file());
    }
    Ok(sql(SqlStore::sqlite(path).await?))
}

#[cfg(not(feature = "sqlite"))]
async fn sqlite(_: &str) -> Result<Opened> {
    Err(unsupported("sqlite").hint("build netsnap with its feature `sqlite`"))
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str) -> Result<Opened> {
    Ok(sql(SqlStore::postgres(url).await?))
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn sql(store: SqlStore) -> Opened {
    let read_only = store.read_only();
    Opened::new(store, read_only)
}

#[cfg(not(feature = "postgres"))]
async fn postgres(_: &str) -> Result<Opened> {
    Err(unsupported("postgres").hint("build netsnap with its feature `postgres`"))
}

fn no_path() -> Error {
    Error::new(ErrorKind::InvalidInput, "the store has no path").hint(HINT)
}

#[cfg(feature = "sqlite")]
fn no_file() -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "a SQLite store is named by the path of its file",
    )
    .hint("use memory: for a store that ends with the process, or sqlite:runs.db")
}

const HINT: &str =
    "use a folder such as ./data, sqlite:runs.db, postgres://user@host/database, or memory:";

/// Names the scheme alone: what follows it can hold a password.
fn unsupported(scheme: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "this build offers no such kind of store",
    )
    .with("scheme", scheme)
    .hint(HINT)
}
