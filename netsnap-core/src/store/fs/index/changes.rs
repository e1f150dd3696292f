//! What does the index learn when a run appears, changes or goes away?

use super::file::encode;
use super::row::{Entry, Row};
use super::{Found, Index, Intent, Key, State, Version, scan};
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::fs::current;
use crate::store::fs::durable::{self, storage};
use crate::store::fs::layout;

impl Index {
    /// Appends entries, under the lock of the store, behind everything that others appended.
    pub(super) fn append(&self, state: &mut State, entries: &[Entry<'_>]) -> Result<()> {
        let found = self.take_news(state)?;
        let written = match state.file.as_mut().filter(|_| found == Found::Index) {
            Some(file) => file.append(&encode(entries)),
            // It was deleted: the next list makes it again.
            None => Ok(()),
        };
        state.untold |= written.is_err();
        entries.iter().for_each(|entry| state.table.apply(entry));
        written.map_err(|error| storage(&self.path(), error))
    }

    /// Says that the summary of a run is about to be replaced.
    ///
    /// # Errors
    /// `Storage`: it must not be replaced then.
    pub(in crate::store::fs) fn intend(&self, id: &ExecutionId, intent: Intent) -> Result<()> {
        let mut state = self.write();
        let entry = Entry::Intent(Key::of(id));
        self.locked(|| self.append(&mut state, &[entry]))??;
        match state.file.as_ref().filter(|_| intent == Intent::Durable) {
            Some(file) => file.sync().map_err(|error| storage(&self.path(), error)),
            None => Ok(()),
        }
    }

    /// Says what a summary is now. When that cannot be written, the intent still says to ask the folder.
    pub(in crate::store::fs) fn record(&self, run: &Execution) {
        let mut state = self.write();
        let key = Key::of(&run.id);
        state.broken.remove(&key);
        let entry = match durable::is_folder(&layout::execution(&self.root, &run.id)) {
            true => Entry::Put(Box::new(Row::of(run))),
            // Somebody removed it meanwhile.
            false => Entry::Gone(key),
        };
        let _ = self.locked(|| {
            let _ = self.append(&mut state, &[entry]);
            self.point_locked(&state);
        });
        self.compact(&mut state);
    }

    /// Lets a run appear.
    ///
    /// # Errors
    /// Those of the work that does it.
    pub(in crate::store::fs) fn admit(
        &self,
        run: &Execution,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let mut state = self.write();
        self.locked(|| -> Result<()> {
            let before = scan::version(&self.root);
            work()?;
            let mut entries = vec![Entry::Put(Box::new(Row::of(run)))];
            entries.extend(self.step(before));
            // When it cannot be written, the version of the folder says that something is new.
            let _ = self.append(&mut state, &entries);
            self.point_locked(&state);
            Ok(())
        })??;
        self.compact(&mut state);
        Ok(())
    }

    /// Lets runs go away, and returns those that went.
    ///
    /// # Errors
    /// Those of the work that does it, after those that went before are noted.
    pub(in crate::store::fs) fn dismiss(
        &self,
        ids: &[ExecutionId],
        mut work: impl FnMut(&ExecutionId) -> Result<bool>,
    ) -> Result<Vec<ExecutionId>> {
        let mut state = self.write();
        let mut gone = Vec::new();
        let failed = self.locked(|| {
            let before = scan::version(&self.root);
            let mut failed = None;
            for id in ids {
                match work(id) {
                    Ok(true) => gone.push(id.clone()),
                    Ok(false) => {}
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
            let mut entries: Vec<_> = gone.iter().map(|id| Entry::Gone(Key::of(id))).collect();
            entries.extend(self.step(before));
            let _ = self.append(&mut state, &entries);
            for id in &gone {
                state.broken.remove(&Key::of(id));
            }
            self.point_locked(&state);
            failed
        })?;
        self.compact(&mut state);
        failed.map_or(Ok(gone), Err)
    }

    fn step<'a>(&self, before: Option<Version>) -> Option<Entry<'a>> {
        Some(Entry::Folder(before?, scan::version(&self.root)?))
    }

    pub(super) fn point(&self, state: &State) {
        let _ = self.locked(|| {
            current::sweep(&self.root);
            self.point_locked(state);
        });
    }

    /// Makes `current` name the newest finished run. It helps people; answers come from the rows, so a failure harms nobody.
    pub(super) fn point_locked(&self, state: &State) {
        if state.file.is_some() && self.is_writable() {
            // What it names now is read, not remembered: another store may have changed it.
            let id = state.table.newest_finished().map(Key::id);
            let _ = current::point(&self.root, id.as_ref());
        }
    }
}
