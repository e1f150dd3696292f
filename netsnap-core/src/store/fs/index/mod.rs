//! Which runs are there? Answered from rows in memory, which a file that all processes append to keeps up to date.
//!
//! The index is derived: it can be deleted at any time, and comes back. What a summary says is always read from its folder;
//! the index only says which folders to read. It is kept right by three marks:
//!
//! - before a summary is replaced, an intent is appended, and behind it the row: who died between left an intent without a row,
//!   and the folder is asked;
//! - whoever lists looks whether the file grew, or is another one: what other processes recorded is seen at once;
//! - whoever lists looks whether the folder of the runs is of the version that the rows stand for, and reads its names when
//!   not: what somebody copied in or removed by hand is seen at the next list. A change by hand within the microseconds in
//!   which a run of ours comes or goes may be taken for ours; `verify` finds it, and an open after the next 64 comings and
//!   goings, which reads the names in any case. An open before believes the version that the file ends with, since reading
//!   the names of 100,000 folders takes longer than reading their rows.

mod changes;
mod file;
mod key;
mod query;
mod row;
pub(super) mod scan;
mod table;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::file::{Change, Entries, IndexFile, encode};
pub(super) use self::key::Key;
use self::query::Hit;
use self::row::{Entry, Row};
use self::table::Table;
use super::durable::{self, storage};
use super::layout;
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::{Filter, Selection, read_only};

/// When a folder was changed: seconds and nanoseconds.
pub(super) type Version = (i64, i64);

/// How often a page is chosen again when runs change while they are read.
const ATTEMPTS: usize = 4;
/// A file with so many more entries than twice its runs is written anew.
const SLACK: usize = 512;

/// The index of a store, as one process knows it.
#[derive(Debug)]
pub(super) struct Index {
    root: PathBuf,
    /// The lock of the store, held while its index or the folder of its runs is changed; `None` where it is for reading alone.
    lock: Option<File>,
    state: RwLock<State>,
}

/// The lock of the store, given back even when the work under it panics.
struct Held<'a>(&'a File);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // It cannot fail for a lock that is held; the end of the process gives it back anyway.
        let _ = self.0.unlock();
    }
}

#[derive(Debug, Default)]
struct State {
    table: Table,
    file: Option<IndexFile>,
    /// Runs that cannot be read, as they were when that was tried.
    broken: HashMap<Key, scan::Stamp>,
    /// Something could not be written to the file: the others do not know all that is known here.
    untold: bool,
}

/// Whether what is appended has to survive power loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// A run that has not ended is looked at by every open anyway.
    Plain,
    /// A run that has ended is not.
    Durable,
}

impl Index {
    /// Opens the lock of a store.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn lock(root: &Path) -> Result<File> {
        let lock = root.join(layout::LOCK);
        durable::open_lock(&lock).map_err(|error| storage(&lock, error))
    }

    /// Reads the index of a store, and makes it right: for this process alone where there is no lock, since nothing is written then.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn open(root: &Path, lock: Option<File>) -> Result<Self> {
        let index = Self {
            root: root.to_owned(),
            lock,
            state: RwLock::default(),
        };
        let mut state = index.write();
        index.catch_up(&mut state)?;
        index.ask_unfinished(&mut state);
        index.compact(&mut state);
        index.point(&state);
        drop(state);
        Ok(index)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        // Whatever a panic left: the file and the folders are asked again before each answer.
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether the store was opened for more than reading.
    pub(super) fn is_writable(&self) -> bool {
        self.lock.is_some()
    }

    /// The folder of the store.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self) -> PathBuf {
        layout::index(&self.root)
    }

    /// Holds the lock of the store while something is done. Whoever waits for it holds the state of the index already.
    ///
    /// # Errors
    /// `ReadOnly`; `Storage`.
    fn locked<T>(&self, work: impl FnOnce() -> T) -> Result<T> {
        let Some(lock) = &self.lock else {
            return Err(read_only::refusal(&self.root.display().to_string()));
        };
        lock.lock().map_err(|error| storage(&self.root, error))?;
        let _held = Held(lock);
        Ok(work())
    }

    /// Holds the lock of the store, where there is one, while it is looked what happened.
    fn looking<T>(&self, work: impl FnOnce() -> T) -> Result<T> {
        match self.is_writable() {
            true => self.locked(work),
            false => Ok(work()),
        }
    }

    /// Returns what is known, after making sure that nothing happened meanwhile.
    fn fresh(&self) -> Result<RwLockReadGuard<'_, State>> {
        let state = self.read();
        if self.is_current(&state) {
            return Ok(state);
        }
        drop(state);
        self.catch_up(&mut self.write())?;
        Ok(self.read())
    }

    fn is_current(&self, state: &State) -> bool {
        let unchanged = |file: &IndexFile| file.change() == Change::None;
        state.file.as_ref().is_some_and(unchanged)
            && state.table.pending.is_empty()
            && state.table.folder.is_some()
            && state.table.folder == scan::version(&self.root)
            && !self.is_mended(state)
    }

    fn is_mended(&self, state: &State) -> bool {
        let changed = |(key, stamp): (&Key, &scan::Stamp)| scan::stamp(&self.root, *key) != *stamp;
        state.broken.iter().any(changed)
    }

    /// Takes in what others did.
    fn catch_up(&self, state: &mut State) -> Result<()> {
        if self.take_news(state)? == Found::Nothing {
            self.rebuild(state)?;
        } else if state.table.folder.is_none()
            || state.table.folder != scan::version(&self.root)
            || self.is_mended(state)
        {
            self.look_around(state)?;
        }
        self.ask_pending(state);
        Ok(())
    }

    /// Reads what was appended to the file, or the whole of another one.
    fn take_news(&self, state: &mut State) -> Result<Found> {
        let path = self.path();
        let refused = |error| storage(&path, error);
        match state
            .file
            .as_ref()
            .map_or(Change::Replaced, IndexFile::change)
        {
            Change::None => {}
            Change::Grown => state.grow().map_err(refused)?,
            Change::Replaced => {
                state.file = None;
                let Some((mut file, bytes)) = IndexFile::open(&path).map_err(refused)? else {
                    return Ok(Found::Nothing);
                };
                let mut entries = Entries::new(&bytes);
                state.table = Table::load(&mut entries);
                state.untold = false;
                state.broken.clear();
                file.advance(entries.valid());
                state.file = Some(file);
            }
        }
        Ok(Found::Index)
    }

    /// Makes the index from the folders. Where it cannot be written, it is made again for each list.
    fn rebuild(&self, state: &mut State) -> Result<()> {
        self.looking(|| {
            // Somebody else may have been faster.
            if self.take_news(state)? == Found::Index {
                return self.look_around_locked(state);
            }
            state.table = Table::default();
            state.broken.clear();
            self.look_around_locked(state)?;
            if self.is_writable() {
                let _ = self.write_anew(state);
            }
            Ok(())
        })?
    }

    fn write_anew(&self, state: &mut State) -> io::Result<()> {
        let State {
            table,
            file,
            untold,
            ..
        } = state;
        let rows = table.order().iter().map(|place| table.row(*place));
        let rows = rows.map(|known| Entry::Put(Box::new(table.stored(known))));
        let intents = table.pending.iter().map(|key| Entry::Intent(*key));
        *file = Some(IndexFile::create(&self.root, rows.chain(intents))?);
        (table.entries, *untold) = (table.len(), false);
        Ok(())
    }

    /// Writes the file anew when most of it is history. Nothing is lost when that fails.
    fn compact(&self, state: &mut State) {
        if !self.is_writable() {
            return;
        }
        if state.file.is_none() || state.table.entries <= 2 * state.table.len() + SLACK {
            return;
        }
        let _ = self.locked(|| match self.take_news(state) {
            Ok(Found::Index) => self.write_anew(state),
            _ => Ok(()),
        });
    }

    /// Returns the runs of a selection, read from their folders.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        for _ in 1..ATTEMPTS {
            let hits = self.fresh()?.table.hits(selection);
            let (runs, stale) = self.load(&hits);
            if stale.is_empty() {
                return Ok(runs);
            }
            self.ask(&mut self.write(), &stale);
        }
        let hits = self.fresh()?.table.hits(selection);
        let (mut runs, stale) = self.load(&hits);
        // Somebody changes them faster than they are read: each of them as it is now, if it still belongs here.
        runs.extend(
            stale
                .iter()
                .filter_map(|key| scan::summary(&self.root, *key).ok()),
        );
        Ok(selection_of(selection, &runs))
    }

    /// Reads runs, and tells those that are no longer what the table says.
    fn load(&self, hits: &[Hit]) -> (Vec<Execution>, Vec<Key>) {
        let mut runs = Vec::with_capacity(hits.len());
        let mut stale = Vec::new();
        for hit in hits {
            match scan::summary(&self.root, hit.key) {
                Ok(run) if run.revision == hit.revision => runs.push(run),
                _ => stale.push(hit.key),
            }
        }
        (runs, stale)
    }

    /// Returns the outlines of a selection, from the rows alone.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn outlines(
        &self,
        selection: &Selection,
        label: Option<&str>,
    ) -> Result<Vec<Execution>> {
        let state = self.fresh()?;
        let rows = state.table.select(selection).into_iter();
        Ok(rows.map(|row| state.table.outline(row, label)).collect())
    }

    /// Counts the runs that fit.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        Ok(self.fresh()?.table.count(filter, cap))
    }

    /// Returns the newest run that has ended.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn current(&self) -> Result<Option<ExecutionId>> {
        Ok(self.fresh()?.table.newest_finished().map(Key::id))
    }
}

/// Puts runs that were read one by one in order again, without those that no longer fit.
fn selection_of(selection: &Selection, runs: &[Execution]) -> Vec<Execution> {
    let rest = Selection {
        skip: 0,
        ..selection.clone()
    };
    rest.of(runs).into_iter().cloned().collect()
}

/// Whether there is an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Index,
    Nothing,
}

impl State {
    fn grow(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_mut() else {
            return Ok(());
        };
        let bytes = file.news()?;
        let mut entries = Entries::new(&bytes);
        for entry in &mut entries {
            self.table.apply(&entry);
            if let Entry::Put(row) = &entry {
                self.broken.remove(&row.key);
            }
        }
        file.advance(entries.valid());
        Ok(())
    }
}

impl Index {
    /// Reads summaries again.
    fn ask(&self, state: &mut State, keys: &[Key]) {
        if keys.is_empty() {
            return;
        }
        let read = scan::summaries(&self.root, keys);
        let _ = self.looking(|| self.settle(state, read));
    }

    /// Asks the folders of runs that somebody is writing, or died writing.
    fn ask_pending(&self, state: &mut State) {
        let pending: Vec<Key> = state.table.pending.iter().copied().collect();
        self.ask(state, &pending);
    }

    /// At an open: what a crash left open is settled.
    fn ask_unfinished(&self, state: &mut State) {
        let unfinished = state.table.unfinished();
        self.ask(state, &unfinished);
    }
}

impl State {
    /// Takes in what a folder says, for this process alone.
    fn note(&mut self, answer: scan::Answer) {
        let key = answer.key;
        match answer.run {
            Ok(run) => {
                self.broken.remove(&key);
                self.table.apply(&Entry::Put(Box::new(Row::of(&run))));
            }
            Err(error) => {
                self.table.remove(key);
                if error.kind() != ErrorKind::NotFound {
                    self.broken.insert(key, answer.stamp);
                }
            }
        }
    }
}
