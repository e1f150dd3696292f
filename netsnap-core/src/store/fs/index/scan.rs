//! What do the folders say? Asked for what the index does not know.

use std::fs::{self, Metadata};
use std::path::Path;

use super::file::Change;
use super::{Entry, Index, Key, Row, State, Version, layout};
use crate::error::{ErrorKind, Result};
use crate::model::Execution;
use crate::store::fs::durable::{self, storage};
use crate::store::fs::run::Run;
use crate::store::fs::told;

/// From this many summaries on, they are read by several threads.
const SHARE: usize = 64;
/// So many summaries are held at one time.
const CHUNK: usize = 4096;
/// What tells one state of a broken run from the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::fs) struct Stamp {
    folder: Option<Version>,
    summary: Option<(Version, u64)>,
}

/// What the folder of a run says.
#[derive(Debug)]
pub(in crate::store::fs) struct Answer {
    pub(in crate::store::fs) key: Key,
    pub(in crate::store::fs) run: Result<Execution>,
    pub(super) stamp: Stamp,
}

/// Returns the version of the folder of the runs.
pub(super) fn version(root: &Path) -> Option<Version> {
    Some(durable::version(
        &fs::symlink_metadata(layout::executions(root)).ok()?,
    ))
}

/// Returns the state of a run's folder.
pub(super) fn stamp(root: &Path, key: Key) -> Stamp {
    let folder = layout::execution(root, &key.id());
    let of = |path: &Path| fs::symlink_metadata(path).ok();
    let sized = |metadata: Metadata| (durable::version(&metadata), metadata.len());
    Stamp {
        summary: of(&folder.join(layout::METADATA)).map(sized),
        folder: of(&folder).as_ref().map(durable::version),
    }
}

/// Reads a summary.
pub(super) fn summary(root: &Path, key: Key) -> Result<Execution> {
    Run::open(root, &key.id())?.load()
}

/// Reads summaries, by several threads when they are many.
pub(in crate::store::fs) fn summaries(root: &Path, keys: &[Key]) -> Vec<Answer> {
    let answer = |key: &Key| {
        if let Ok(run) = Run::open(root, &key.id()) {
            told::settle_idle(root, &run);
        }
        // Taken first: a change while it is read is then found later.
        let stamp = stamp(root, *key);
        let (key, run) = (*key, summary(root, *key));
        Answer { key, run, stamp }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = keys.len().div_ceil(threads).max(SHARE);
    if keys.len() <= share {
        return keys.iter().map(answer).collect();
    }
    let answer = &answer;
    std::thread::scope(|scope| {
        let reading: Vec<_> = keys
            .chunks(share)
            .map(|keys| scope.spawn(|| keys.iter().map(answer).collect::<Vec<_>>()))
            .collect();
        let read = reading.into_iter().map(|thread| thread.join());
        read.flat_map(|answers| answers.expect("reading does not panic"))
            .collect()
    })
}

/// Returns the runs whose folders are there, by name alone, the oldest first.
fn names(root: &Path) -> Result<Vec<Key>> {
    let folder = layout::executions(root);
    let refused = |error| storage(&folder, error);
    durable::check_folder(&folder)?;
    let mut keys = Vec::new();
    for entry in fs::read_dir(&folder).map_err(refused)? {
        let name = entry.map_err(refused)?.file_name();
        if let Some(id) = name.to_str().and_then(|name| name.parse().ok()) {
            keys.push(Key::of(&id));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

impl Index {
    /// Compares the rows with the folders, whatever the file says of them.
    ///
    /// # Errors
    /// `Storage`.
    pub(in crate::store::fs) fn look(&self) -> Result<()> {
        self.look_around(&mut self.write())
    }

    /// Compares the rows with the folders, and reads what is new.
    pub(super) fn look_around(&self, state: &mut State) -> Result<()> {
        self.looking(|| self.look_around_locked(state))?
    }

    pub(super) fn look_around_locked(&self, state: &mut State) -> Result<()> {
        // Who holds the lock is the only one to append.
        self.take_news(state)?;
        let version = version(&self.root).filter(|version| durable::is_settled(*version));
        let there = names(&self.root)?;
        let is_there = |key: &Key| there.binary_search(key).is_ok();
        state.broken.retain(|key, _| is_there(key));
        let mut unknown = there.clone();
        unknown.retain(|key| !state.table.has(*key));
        // Mostly each row has its folder, which the numbers of both tell already.
        if there.len() - unknown.len() < state.table.len() {
            let left = state.table.keys().filter(|key| !is_there(key));
            let left: Vec<Answer> = left.map(|key| self.gone(key)).collect();
            self.settle(state, left);
        }
        unknown.retain(|key| state.broken.get(key) != Some(&stamp(&self.root, *key)));
        for keys in unknown.chunks(CHUNK) {
            self.settle(state, summaries(&self.root, keys));
        }
        state.table.looked_here(version);
        self.tell_looked(state);
        self.point_locked(state);
        Ok(())
    }

    /// Tells who opens the store next that it need not read the names: the rows of the file stand for this version of the folder.
    fn tell_looked(&self, state: &mut State) {
        // The file does not say which runs are broken: each process has to find them.
        let is_told = state.broken.is_empty() && !state.untold;
        let version = state.table.folder.filter(|_| is_told);
        if let Some(version) = version {
            self.tell(state, &super::encode(&[Entry::Folder(version, version)]));
        }
    }

    fn gone(&self, key: Key) -> Answer {
        Answer {
            key,
            run: Err(crate::store::rules::no_execution(&key.id())),
            stamp: stamp(&self.root, key),
        }
    }

    /// Takes in what folders say, and tells the others. The caller holds the lock of the store.
    pub(super) fn settle(&self, state: &mut State, answers: Vec<Answer>) {
        if let Some(frames) = self.news_of(state, answers) {
            self.tell(state, &frames);
        }
    }

    /// Appends what others should know. When it cannot be written, they find out themselves.
    fn tell(&self, state: &mut State, frames: &[u8]) {
        let Some(file) = state.file.as_mut().filter(|_| self.is_writable()) else {
            return;
        };
        let is_whole = file.change() == Change::None;
        state.untold |= !is_whole || file.append(frames).is_err();
    }

    /// Says whether nobody is writing a run.
    fn is_idle(&self, key: Key) -> bool {
        Run::open(&self.root, &key.id()).is_ok_and(|run| run.is_idle())
    }

    /// Takes in what folders say, and returns what others have to be told.
    fn news_of(&self, state: &mut State, answers: Vec<Answer>) -> Option<Vec<u8>> {
        if state.file.is_some() {
            // What others appended since comes first.
            let _ = self.take_news(state);
        }
        let is_told = state.file.is_some();
        let mut frames = Vec::new();
        for answer in answers {
            let key = answer.key;
            let pending = state.table.pending.contains(&key);
            let busy = pending && !self.is_idle(key);
            let known = state.table.get(key).map(|row| row.revision);
            let entry = match &answer.run {
                // Who is writing it tells the others.
                _ if busy => None,
                Ok(run) if known == Some(run.revision) && !pending => continue,
                Ok(run) => Some(Entry::Put(Box::new(Row::of(run)))),
                Err(error) if error.kind() == ErrorKind::NotFound => Some(Entry::Gone(key)),
                Err(_) => None,
            };
            if is_told {
                frames.extend(super::encode(&entry));
            }
            state.note(answer);
            state.table.pending.extend(busy.then_some(key));
        }
        is_told.then_some(frames)
    }
}
