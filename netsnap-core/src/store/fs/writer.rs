//! How is a run changed? Under its lock, with the files that this process writes kept open.

use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::durable::{self, storage};
use super::index::{Index, Intent};
use super::layout;
use super::log::{self, LogFile, Look};
use super::names::Names;
use super::run::{ResultLine, Run, devices_json, pretty};
use super::told::{self, Telling};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Execution};
use crate::store::Durability;
use crate::store::rules::{self, Tail};

/// So many runs are kept open for writing, with two files each.
const KEPT: usize = 64;

/// The runs that this process writes.
#[derive(Debug, Default)]
pub(super) struct Writers {
    open: Mutex<HashMap<ExecutionId, Arc<Mutex<Writer>>>>,
}

/// A run that is open for writing.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) run: Run,
    /// The folder as it was opened: another one of this name is another run.
    folder: Metadata,
    lock: File,
    log: Option<LogFile>,
    /// Where the events of the log end, as this process left it.
    tail: Tail,
    /// The files of outputs that may not have reached the disk; `None` when others than those of this process may be among them.
    pub(super) unsynced: Option<Vec<String>>,
    /// The file of a summary that says that the run goes on.
    open: Option<Metadata>,
    /// What need not be looked at again while the folder is as it was; `None` while it cannot be told whether it is.
    pub(super) seen: Option<Seen>,
    /// The names of its output files; `None` until one is written.
    pub(super) names: Option<Names>,
}

/// What was seen in the folder of a run while it was of a version: with another one something came, went or was replaced in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    version: (i64, i64),
    /// The run goes on.
    goes_on: bool,
    /// There is no pack.
    pub(super) is_loose: bool,
    /// The folders of the two kinds of outputs are folders.
    pub(super) has: Has,
}

/// Folders that are there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Has {
    pub(super) text: bool,
    pub(super) json: bool,
}

impl Writers {
    /// Changes a run while nobody else writes to it.
    ///
    /// # Errors
    /// `NotFound`; those of the work.
    pub(super) fn with<T>(
        &self,
        root: &Path,
        id: &ExecutionId,
        work: impl FnOnce(&mut Writer) -> Result<T>,
    ) -> Result<T> {
        let shared = self.get(root, id)?;
        let mut writer = lock(&shared);
        let path = writer.run.file(layout::LOCK);
        let refused = |error| storage(&path, error);
        durable::hold(&writer.lock).map_err(refused)?;
        if !writer.looks_in() {
            // Another run of this name may have come since it was opened; the folder says.
            self.forget(id);
            drop(writer);
            return self.with(root, id, work);
        }
        let done = work(&mut writer);
        writer.lock.unlock().map_err(refused)?;
        if done.is_err() {
            // Whatever failed, the next call begins from what is on the disk.
            self.forget(id);
        }
        match done {
            Err(error) if error.kind() == ErrorKind::Storage && writer.version().is_none() => {
                Err(rules::no_execution(id).because(error))
            }
            done => done,
        }
    }

    /// Makes everything that was recorded so far of a run survive power loss. Nobody who records waits while the disk takes the files
    /// of outputs.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub(super) fn sync(&self, root: &Path, id: &ExecutionId) -> Result<()> {
        let (run, files) = self.with(root, id, Writer::owed)?;
        if let Err(error) = run.sync_files(&files) {
            // Which of them reached the disk is not known: the next one takes all.
            self.forget(id);
            return Err(error);
        }
        self.with(root, id, |writer| {
            writer.log()?.sync()?;
            writer.paid(&files);
            Ok(())
        })
    }

    fn get(&self, root: &Path, id: &ExecutionId) -> Result<Arc<Mutex<Writer>>> {
        let mut open = lock(&self.open);
        if let Some(writer) = open.get(id) {
            return Ok(Arc::clone(writer));
        }
        let writer = Arc::new(Mutex::new(Writer::open(root, id)?));
        if open.len() >= KEPT {
            open.retain(|_, writer| Arc::strong_count(writer) > 1);
        }
        open.insert(id.clone(), Arc::clone(&writer));
        Ok(writer)
    }

    /// Closes the files of a run.
    pub(super) fn forget(&self, id: &ExecutionId) {
        lock(&self.open).remove(id);
    }
}

fn is_unchanged(known: &Metadata, now: &Metadata) -> bool {
    let facts = |file: &Metadata| (durable::version(file), file.len());
    durable::is_same(known, now) && facts(known) == facts(now)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panic left half-way is on the disk, where the next call looks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writer {
    fn open(root: &Path, id: &ExecutionId) -> Result<Self> {
        let run = Run::open(root, id)?;
        let path = run.file(layout::LOCK);
        let open = || -> io::Result<(Metadata, File)> {
            Ok((fs::symlink_metadata(&run.path)?, durable::open_lock(&path)?))
        };
        let (folder, lock) = open().map_err(|error| storage(&path, error))?;
        Ok(Self {
            run,
            folder,
            lock,
            log: None,
            tail: Tail::default(),
            unsynced: None,
            open: None,
            seen: None,
            names: None,
        })
    }

    /// Makes sure that the run has not ended. The summary is read again only when its file is another one: each change replaces it.
    ///
    /// # Errors
    /// `AlreadyFinished`; `Corrupt`; `Storage`.
    pub(super) fn check_open(&mut self) -> Result<()> {
        if self.seen.is_some_and(|seen| seen.goes_on) {
            return Ok(());
        }
        self.ask_open()?;
        if let Some(seen) = &mut self.seen {
            seen.goes_on = true;
        }
        Ok(())
    }

    fn ask_open(&mut self) -> Result<()> {
        let now = fs::symlink_metadata(self.file(layout::METADATA)).ok();
        let known = self.open.as_ref().zip(now.as_ref());
        if known.is_some_and(|(known, now)| is_unchanged(known, now)) {
            return Ok(());
        }
        let stored = self.run.load()?;
        rules::check_open(&self.run.id, stored.status.is_terminal())?;
        self.open = now;
        Ok(())
    }

    /// Says whether the run is still there, and forgets what was seen in its folder when that changed since.
    fn looks_in(&mut self) -> bool {
        let Some(version) = self.version() else {
            return false;
        };
        if self.seen.is_none_or(|seen| seen.version != version) {
            // Of a version that is too young a later change may be, too.
            self.seen = durable::is_settled(version).then_some(Seen {
                version,
                goes_on: false,
                is_loose: false,
                has: Has::default(),
            });
        }
        true
    }

    /// Returns the version of the folder, if it still is the one that was opened.
    fn version(&self) -> Option<(i64, i64)> {
        let now = fs::symlink_metadata(&self.run.path).ok()?;
        let is_it = now.is_dir() && durable::is_same(&now, &self.folder);
        is_it.then(|| durable::version(&now))
    }

    /// The path of a file of the run.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.run.file(name)
    }

    /// Returns the log, open.
    pub(super) fn log(&mut self) -> Result<&mut LogFile> {
        let log = match self.log.take() {
            Some(log) => log,
            None => LogFile::open(self.file(layout::EVENTS))?,
        };
        Ok(self.log.insert(log))
    }

    /// Learns how the log ends, and forgets what it knew of the run when others wrote to it.
    ///
    /// Returns how long the log is.
    fn look(&mut self) -> Result<u64> {
        let log = self.log()?;
        let (end, look) = log.look()?;
        if look == Look::Anew {
            let last: Option<Event> = log.last()?;
            self.tail = Tail::after(last.as_ref());
            self.unsynced = None;
        }
        Ok(end)
    }

    /// Appends events; see [`crate::store::ExecutionStore::append`].
    pub(super) fn append(&mut self, events: &[Event], durability: Durability) -> Result<()> {
        let mut lines = Vec::new();
        for event in events {
            lines.extend(log::encode(event)?);
        }
        let end = self.look()?;
        self.tail.check(&self.run.id, events)?;
        if durability == Durability::Durable && self.unsynced.as_deref() != Some(&[]) {
            self.sync_outputs()?;
        }
        self.log()?.append_at(end, &lines, durability)?;
        if let Some(last) = events.last() {
            self.tail = Tail::after(Some(last));
        }
        Ok(())
    }

    /// Keeps how devices ended.
    pub(super) fn put_device_results(&mut self, results: &[DeviceResult]) -> Result<()> {
        let mut lines = Vec::new();
        for result in results {
            lines.extend(log::encode(&ResultLine { result })?);
        }
        self.put_lines(&lines)
    }

    /// Appends lines that are no events.
    pub(super) fn put_lines(&mut self, lines: &[u8]) -> Result<()> {
        let end = self.look()?;
        rules::check_open(&self.run.id, self.tail.closed)?;
        self.log()?.append_at(end, lines, Durability::Batched)
    }

    /// Replaces the summary; see [`crate::store::ExecutionStore::update`] and, with what tells of it,
    /// [`crate::store::ExecutionStore::update_audited`].
    pub(super) fn update(
        &mut self,
        index: &Index,
        execution: &Execution,
        telling: Option<Telling<'_>>,
    ) -> Result<Execution> {
        told::settle(index.root(), &self.run)?;
        let stored = self.run.load()?;
        let next = rules::next_revision(&stored, execution)?;
        let ended = stored.status.is_terminal();
        if next.status.is_terminal() && !ended {
            self.settle(&next)?;
        }
        let bytes = pretty(&next)?;
        let intent = if ended {
            Intent::Durable
        } else {
            Intent::Plain
        };
        index.intend(&next.id, intent)?;
        match telling {
            Some(telling) => telling.replace(&self.run, &bytes)?,
            None => self.put_document(layout::METADATA, &bytes)?,
        }
        index.record(&next);
        Ok(next)
    }

    /// Replaces the summary of a run that goes on; see [`crate::store::ExecutionStore::refresh`].
    pub(super) fn refresh(&mut self, index: &Index, execution: &Execution) -> Result<Execution> {
        told::settle(index.root(), &self.run)?;
        let next = rules::next_revision(&self.run.load()?, execution)?;
        let bytes = pretty(&next)?;
        index.intend(&next.id, Intent::Plain)?;
        let path = self.file(layout::METADATA);
        durable::swap(&self.run.root, &path, &bytes).map_err(|error| storage(&path, error))?;
        index.record(&next);
        Ok(next)
    }

    /// Returns the files of outputs that may not have reached the disk. They count as such until they are [`paid`](Self::paid).
    fn owed(&mut self) -> Result<(Run, Vec<String>)> {
        self.look()?;
        let files = match self.unsynced.take() {
            Some(files) => files,
            None => self.run.output_files()?,
        };
        self.unsynced = Some(files.clone());
        Ok((self.run.clone(), files))
    }

    /// Notes that files which were owed have reached the disk.
    fn paid(&mut self, files: &[String]) {
        let unsynced = self.unsynced.iter_mut();
        for unsynced in unsynced.filter(|unsynced| unsynced.starts_with(files)) {
            unsynced.drain(..files.len());
        }
    }

    /// Makes everything that was recorded so far survive power loss.
    fn sync(&mut self) -> Result<()> {
        self.sync_outputs()?;
        self.log()?.sync()
    }

    /// Makes the files of outputs survive power loss: what is durable takes along all that was recorded before it.
    fn sync_outputs(&mut self) -> Result<()> {
        let (run, files) = self.owed()?;
        run.sync_files(&files)?;
        self.paid(&files);
        Ok(())
    }

    /// Makes everything that was recorded before the end of a run survive power loss; its names do once the summary, which
    /// stands in the same folder, is replaced.
    fn settle(&mut self, execution: &Execution) -> Result<()> {
        if !execution.devices.is_empty() {
            let devices = devices_json(execution, &self.run.device_results()?)?;
            let path = self.file(layout::DEVICES);
            durable::swap(&self.run.root, &path, &devices)
                .map_err(|error| storage(&path, error))?;
        }
        self.sync()?;
        [layout::OUTPUTS, layout::RESULTS]
            .into_iter()
            .try_for_each(|name| super::run::sync_if_there(&self.file(name)))
    }

    /// Keeps a document in the place of the one of this name.
    pub(super) fn put_document(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.file(name);
        durable::replace(&self.run.root, &path, bytes).map_err(|error| storage(&path, error))
    }
}

impl Run {
    /// Returns a document.
    ///
    /// # Errors
    /// `NotFound`; `Storage`.
    pub(super) fn document(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.file(name);
        durable::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::InvalidData => {
                rules::no_document(&self.id, name)
            }
            _ => storage(&path, error),
        })
    }
}

/// Makes sure that a document can have a name.
///
/// # Errors
/// `InvalidInput`.
pub(super) fn check_document(name: &str) -> Result<()> {
    rules::check_document(name)?;
    if !layout::is_own(name) {
        return Ok(());
    }
    Err(
        Error::new(ErrorKind::InvalidInput, "the store uses this name itself")
            .with("name", name)
            .hint("give the document another name"),
    )
}
