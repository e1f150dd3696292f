//! How are runs, records and contents kept as plain files that `ls`, `cat`, `grep` and `jq` can read?
//!
//! ```text
//! executions/exec_…/metadata.json      the summary, replaced atomically
//!                   events.ndjson      the log: one JSON object a line, the last field a checksum. Events, how devices ended, and
//!                                      which file of TEXT/ or JSON/ is which command of which device
//!                   devices.json       the devices, with their results once the run has ended
//!                   TEXT/  JSON/       the outputs
//!                   outputs.pack       the outputs of an archived run
//!                   topology.json …    documents that were derived from the run
//! executions/.index                    what lists ask first; derived
//! current                              a link to the newest finished run
//! records/<collection>/<key>  blobs/ab/<sha-256>  logs/<name>.ndjson
//! .owners/<session>                    a locked file for each that has the store open
//! ```
//!
//! A run's folder is self-contained: copied into another store, it opens there. What a run does not have, such as outputs, takes
//! no space.

mod archive;
mod content;
mod contents;
mod current;
mod damage;
mod durable;
mod executions;
mod index;
mod layout;
mod log;
mod logs;
mod names;
mod output;
mod pack;
mod read;
mod record;
mod remove;
mod reserve;
mod run;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod told;
mod watch;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Mutex;

use self::durable::storage;
use self::index::Index;
use self::read::Reader;
use self::run::Run;
use self::writer::{Writer, Writers};
use super::seat::Seat;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;

/// A store in a folder.
#[derive(Clone, Debug)]
pub struct FsStore {
    folder: Arc<Folder>,
    /// Who keeps an output. They would only wait for the same lock, each on a thread of its own.
    turn: Arc<Mutex<()>>,
}

/// What all handles of a store in this process share.
#[derive(Debug)]
struct Folder {
    root: PathBuf,
    index: Index,
    writers: Writers,
    reader: Reader,
    keys: content::Keys,
    seat: Option<Seat>,
}

impl FsStore {
    /// Opens a folder as a store, and makes it when it is missing. One that cannot be written is opened for reading.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        let folder = blocking("store.open", move || Folder::open(&root)).await?;
        Ok(Self {
            folder: Arc::new(folder),
            turn: Arc::default(),
        })
    }

    /// Names the store where it was opened for reading alone. Put [`ReadOnly`](super::ReadOnly) before it then: here the file system
    /// refuses what is written, in its own words.
    #[must_use]
    pub fn read_only(&self) -> Option<String> {
        let folder = &self.folder;
        (!folder.index.is_writable()).then(|| folder.root.display().to_string())
    }

    /// Works on the folder.
    async fn work<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Folder) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let folder = Arc::clone(&self.folder);
        blocking(operation, move || work(&folder)).await
    }

    /// Reads from a run.
    async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        id: &ExecutionId,
        work: impl FnOnce(&Run) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let id = id.clone();
        self.work(operation, move |folder| {
            let run = Run::open(&folder.root, &id)?;
            run.unless_gone(work(&run))
        })
        .await
    }

    /// Changes a run while nobody else does.
    async fn change<T: Send + 'static>(
        &self,
        operation: &'static str,
        id: &ExecutionId,
        work: impl FnOnce(&mut Writer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let id = id.clone();
        self.write(operation, move |folder| {
            folder.writers.with(&folder.root, &id, work)
        })
        .await
    }

    /// Writes a little. A caller that waits on a thread of its own does it there, which spares the way to another thread and back:
    /// as long as an `fdatasync` of a fast disk.
    async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Folder) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if waits_on_own_thread() {
            return work(&self.folder).map_err(|error| error.during(operation));
        }
        self.work(operation, work).await
    }
}

/// Says whether this is the future that a thread waits for in `Runtime::block_on`, and not a task beside others: holding up that
/// thread holds up nobody else, since the tasks of a runtime with many threads go on without it.
fn waits_on_own_thread() -> bool {
    let is_task = tokio::task::try_id().is_some();
    let many_threads = |runtime: Handle| runtime.runtime_flavor() == RuntimeFlavor::MultiThread;
    !is_task && Handle::try_current().is_ok_and(many_threads)
}

/// Runs work on files where waiting for them holds up nobody else. It runs to its end even when nobody waits.
async fn blocking<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|source| {
            Error::new(ErrorKind::Internal, "work on files did not end").because(source)
        })
        .flatten()
        .map_err(|error| error.during(operation))
}

impl Folder {
    fn open(root: &Path) -> Result<Self> {
        match Self::open_to_write(root) {
            Err(error) if durable::is_refused(&error) && is_there(root) => Self::open_to_read(root),
            opened => opened,
        }
    }

    fn open_to_write(root: &Path) -> Result<Self> {
        prepare(root)?;
        // Before anything else is changed: who may not lock the store only reads it.
        let lock = Index::lock(root)?;
        remove::tidy(root);
        reserve::keep(root);
        let index = Index::open(root, Some(lock))?;
        Ok(Self::over(index, Seat::take(&layout::owners(root))))
    }

    fn open_to_read(root: &Path) -> Result<Self> {
        check(root)?;
        Ok(Self::over(Index::open(root, None)?, None))
    }

    fn over(index: Index, seat: Option<Seat>) -> Self {
        Self {
            root: index.root().to_owned(),
            index,
            seat,
            writers: Writers::default(),
            reader: Reader::default(),
            keys: content::Keys::default(),
        }
    }
}

fn is_there(root: &Path) -> bool {
    durable::is_folder(&layout::executions(root))
}

/// Makes sure that nothing leads out of the store.
fn check(root: &Path) -> Result<()> {
    let mut shared = layout::SHARED.iter().map(|shared| root.join(shared));
    shared.try_for_each(|folder| durable::check_folder(&folder).map(drop))
}

fn prepare(root: &Path) -> Result<()> {
    let executions = layout::executions(root);
    let is_new = !is_there(root);
    check(root)?;
    let others = [layout::trash, layout::staging, layout::owners].map(|folder| folder(root));
    for folder in others.into_iter().chain([executions]) {
        durable::check_folder(&folder)?;
        durable::create_dir(&folder).map_err(|error| storage(&folder, error))?;
    }
    if is_new {
        durable::sync_dir(root).map_err(|error| storage(root, error))?;
    }
    Ok(())
}
