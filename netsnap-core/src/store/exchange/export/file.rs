//! How does a file of an export appear? Whole, or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::sink::Sink;
use super::{Existing, ExportReport};
use crate::error::{Error, ErrorKind, Result};
use crate::store::exchange::file_error;

/// Chunks that wait for the disk.
const QUEUE: usize = 8;

/// A file on its way in, written by a thread of its own.
pub(super) struct File {
    whole: oneshot::Sender<()>,
    thread: JoinHandle<Result<()>>,
}

/// Makes sure that a file may be written.
///
/// # Errors
/// `AlreadyExists`.
pub(super) fn check(path: &Path, existing: Existing) -> Result<()> {
    match existing == Existing::Keep && std::fs::symlink_metadata(path).is_ok() {
        true => Err(there(path)),
        false => Ok(()),
    }
}

/// Begins a file beside the one that is meant, readable by its owner alone.
pub(super) fn begin(path: &Path, existing: Existing) -> (Sink<'static>, File) {
    let (chunks, received) = mpsc::channel(QUEUE);
    let (whole, is_whole) = oneshot::channel();
    let path = path.to_owned();
    let thread = tokio::task::spawn_blocking(move || write(&path, existing, received, is_whole));
    (Sink::thread(chunks), File { whole, thread })
}

impl File {
    /// Lets the file appear when the export succeeded.
    ///
    /// # Errors
    /// That of the file, if it has one; else that of the export.
    pub(super) async fn end(
        self,
        sink: Sink<'_>,
        report: Result<ExportReport>,
    ) -> Result<ExportReport> {
        if report.is_ok() {
            // A thread that is gone says why below.
            let _ = self.whole.send(());
        } else {
            drop(self.whole);
        }
        drop(sink);
        self.thread.await.map_err(|source| {
            Error::new(ErrorKind::Internal, "the task that writes the file is gone").because(source)
        })??;
        report
    }
}

fn write(
    path: &Path,
    existing: Existing,
    mut chunks: mpsc::Receiver<Vec<u8>>,
    mut is_whole: oneshot::Receiver<()>,
) -> Result<()> {
    let folder = folder_of(path);
    let mut file = NamedTempFile::with_prefix_in(".export-", &folder)
        .map_err(|error| file_error(&folder, error))?;
    while let Some(chunk) = chunks.blocking_recv() {
        file.write_all(&chunk)
            .map_err(|error| file_error(path, error))?;
    }
    if is_whole.try_recv().is_err() {
        return Ok(());
    }
    let synced = file.as_file().sync_all();
    synced.map_err(|error| file_error(path, error))?;
    appear(file, path, existing)?;
    sync_folder(&folder);
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn appear(file: NamedTempFile, path: &Path, existing: Existing) -> Result<()> {
    let result = match existing {
        Existing::Keep => file.persist_noclobber(path),
        Existing::Replace => file.persist(path),
    };
    match result {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(there(path)),
        Err(error) => Err(file_error(path, error.error)),
    }
}

fn there(path: &Path) -> Error {
    Error::new(ErrorKind::AlreadyExists, "the file is there already")
        .with("path", path.display())
        .hint("choose another name, or replace it")
}

/// Makes the name survive power loss, where folders can be synced. The bytes already do.
fn sync_folder(folder: &Path) {
    let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
}
