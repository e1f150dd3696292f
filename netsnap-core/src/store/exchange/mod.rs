//! How does a history get out of a store, and how do others' records get in?
//!
//! [`export`] writes runs as JSON, lines of JSON, CSV or a bundle: a plain tar file that [`import`] takes back, elsewhere, byte
//! for byte. [`import`] also takes what other tools leave: folders of output files, artefacts of ansible-runner, `PLAY RECAP`
//! text and the documents of Ansible's JSON callbacks. What it brings are finished runs, each with a remark that says where it
//! comes from. Taking in the same thing twice brings it once.

mod ansible;
mod bundle;
mod content;
mod detect;
mod draft;
mod export;
mod import;
mod landing;
mod legacy;
mod secrets;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::io;
use std::path::Path;

pub use self::export::{
    CsvTable, Existing, ExportFormat, ExportOptions, ExportReport, LeftOut, export, export_file,
};
pub(in crate::store) use self::import::ORIGIN;
pub use self::import::{
    ImportFormat, ImportOptions, ImportReport, ImportedRun, RefusedRun, import, import_text,
};
pub(in crate::store) use self::landing::is_whole;
use crate::error::{Error, ErrorKind, Result};

/// An error of what somebody gives us to read.
fn refused(what: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidInput, what).during("store.import")
}

/// An error of a file that cannot be read or written.
fn file_error(path: &Path, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::AlreadyExists => ErrorKind::AlreadyExists,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::StorageFull,
        _ => ErrorKind::Storage,
    };
    Error::new(kind, "a file cannot be read or written")
        .with("path", path.display())
        .because(error)
}

/// Does blocking work on a thread where that is allowed.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|source| Error::new(ErrorKind::Internal, "a task panicked").because(source))?
}
