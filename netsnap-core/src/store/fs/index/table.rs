//! What does this process know of the runs of a store? All rows, small, in the order of their creation.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use jiff::Timestamp;

use super::Version;
use super::key::Key;
use super::row::{Counters, Entry, Flags, Row, instant};
use super::texts::{Symbol, Vocabulary};

/// After so many changes of the folder of the runs, an open reads its names again.
const STEPS: u32 = 64;

/// A run in memory: facts that are numbers, and the numbers of its texts.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) key: Key,
    pub(super) revision: u64,
    pub(super) created: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) duration_us: Option<u64>,
    pub(super) counters: Counters,
    pub(super) flags: Flags,
    pub(super) words: Symbol,
    pub(super) name: Symbol,
    pub(super) actor: Symbol,
    pub(super) tool: Symbol,
    pub(super) job: Symbol,
    pub(super) ticket: Symbol,
    pub(super) parent: Symbol,
    pub(super) retry_of: Symbol,
    pub(super) devices: Symbol,
    pub(super) labels: Symbol,
}

impl Known {
    /// Where it stands in the order of creation.
    pub(super) fn rank(&self) -> (Timestamp, Key) {
        (self.created, self.key)
    }
}

/// The runs of a store.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Option<Known>>,
    free: Vec<u32>,
    places: HashMap<Key, u32, RandomState>,
    /// Places by creation and id, oldest first.
    order: Vec<u32>,
    pub(super) vocabulary: Vocabulary,
    /// Runs whose summary is being replaced.
    pub(super) pending: BTreeSet<Key>,
    /// The version of the folder of the runs that the rows stand for.
    pub(super) folder: Option<Version>,
    /// How often the folder changed since somebody read its names.
    steps: u32,
    /// There is a row that could not be read: only the folders tell of its run.
    strange: bool,
    /// Entries of the file that made the table.
    pub(super) entries: usize,
}

impl Table {
    /// Makes a table of entries.
    pub(super) fn load<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Self {
        let mut table = Self::default();
        for entry in entries {
            table.entries += 1;
            match entry {
                Entry::Put(row) => table.strange |= table.place(&row).is_none(),
                Entry::Gone(key) => drop(table.take(key)),
                other => table.note(&other),
            }
        }
        let rows = table.rows.iter().zip(0..);
        let ranked = rows.filter_map(|(row, place)| row.as_ref().map(|row| (row.rank(), place)));
        let mut ranked: Vec<((Timestamp, Key), u32)> = ranked.collect();
        // They were written in nearly this order, which this way of sorting makes use of.
        ranked.sort();
        table.order = ranked.into_iter().map(|(_, place)| place).collect();
        table.folder = table.folder.filter(|_| table.is_trusted());
        table
    }

    /// Takes in an entry.
    pub(super) fn apply(&mut self, entry: &Entry<'_>) {
        self.entries += 1;
        match entry {
            Entry::Put(row) => self.put(row),
            Entry::Gone(key) => self.remove(*key),
            other => self.note(other),
        }
    }

    fn note(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::Intent(key) => drop(self.pending.insert(*key)),
            Entry::Folder(version, same) if version == same => self.looked(Some(*version)),
            Entry::Folder(before, after) if self.folder == Some(*before) => {
                self.folder = Some(*after);
                self.steps += 1;
            }
            _ => {}
        }
    }

    /// Takes in that somebody read the names of the folder, when it was of a version, and wrote down what was new.
    fn looked(&mut self, version: Option<Version>) {
        (self.folder, self.steps) = (version.filter(|_| !self.strange), 0);
    }

    /// Takes in that the names of the folder were read here.
    pub(super) fn looked_here(&mut self, version: Option<Version>) {
        self.strange = false;
        self.looked(version);
    }

    /// Says whether who has nothing but the file may believe that the rows stand for a version.
    fn is_trusted(&self) -> bool {
        !self.strange && self.steps <= STEPS
    }

    fn put(&mut self, row: &Row<'_>) {
        let old = self.places.get(&row.key).copied();
        let moved = old.is_none_or(|place| self.rank(place).0 != row.created());
        if let Some(place) = old.filter(|_| moved) {
            self.leave_order(place);
        }
        let Some(place) = self.place(row) else {
            // Written by a later version: its folder is asked again.
            (self.folder, self.strange) = (None, true);
            return;
        };
        if moved {
            let at = self.before(self.rank(place));
            self.order.insert(at, place);
        }
    }

    pub(super) fn remove(&mut self, key: Key) {
        if let Some(place) = self.places.get(&key).copied() {
            self.leave_order(place);
        }
        self.take(key);
    }

    fn leave_order(&mut self, place: u32) {
        let at = self.before(self.rank(place));
        self.order.remove(at);
    }

    /// Returns how many rows stand before a rank.
    pub(super) fn before(&self, rank: (Timestamp, Key)) -> usize {
        // Nearly always it is the newest.
        match self.order.last() {
            Some(last) if self.rank(*last) >= rank => {}
            _ => return self.order.len(),
        }
        self.order.partition_point(|place| self.rank(*place) < rank)
    }

    fn rank(&self, place: u32) -> (Timestamp, Key) {
        self.row(place).rank()
    }

    /// Writes a row into its place, and leaves the order as it is. A row whose words cannot be read has none.
    fn place(&mut self, row: &Row<'_>) -> Option<u32> {
        let known = self.known(row);
        if self.vocabulary.words.get(known.words)?.is_none() {
            self.take(row.key);
            return None;
        }
        self.pending.remove(&row.key);
        let place = match self.places.get(&row.key) {
            Some(place) => *place,
            None => self.new_place(row.key),
        };
        self.rows[place as usize] = Some(known);
        Some(place)
    }

    fn new_place(&mut self, key: Key) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.rows.push(None);
            u32::try_from(self.rows.len() - 1).expect("memory holds fewer rows")
        });
        self.places.insert(key, place);
        place
    }

    fn take(&mut self, key: Key) -> Option<Known> {
        self.pending.remove(&key);
        let place = self.places.remove(&key)?;
        self.free.push(place);
        self.rows[place as usize].take()
    }

    fn known(&mut self, row: &Row<'_>) -> Known {
        let vocabulary = &mut self.vocabulary;
        Known {
            key: row.key,
            revision: row.revision,
            created: row.created(),
            started: row.started(),
            ended: row.ended(),
            duration_us: row.duration_us,
            counters: row.counters,
            flags: row.flags,
            words: vocabulary.words(&row.words),
            devices: vocabulary.devices(&row.devices),
            labels: vocabulary.labels.intern(&row.labels),
            name: vocabulary.names.texts.intern(&row.name),
            actor: vocabulary.texts.intern(&row.actor),
            tool: vocabulary.texts.intern(&row.tool),
            job: vocabulary.texts.intern_some(row.job.as_deref()),
            ticket: vocabulary.texts.intern_some(row.ticket.as_deref()),
            parent: vocabulary.texts.intern_some(row.parent.as_deref()),
            retry_of: vocabulary.texts.intern_some(row.retry_of.as_deref()),
        }
    }

    /// Returns the row in a place of the order.
    pub(super) fn row(&self, place: u32) -> &Known {
        self.rows[place as usize]
            .as_ref()
            .expect("a place of the order holds a row")
    }

    /// Returns the places of all rows, oldest first.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Returns the row of a run.
    pub(super) fn get(&self, key: Key) -> Option<&Known> {
        Some(self.row(*self.places.get(&key)?))
    }

    /// Says whether a run is there.
    pub(super) fn has(&self, key: Key) -> bool {
        self.places.contains_key(&key)
    }

    /// Returns the runs that are there.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.places.keys().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Returns a row as it stands in the file.
    pub(super) fn stored(&self, known: &Known) -> Row<'_> {
        let Vocabulary {
            texts,
            names,
            words,
            devices,
            labels,
        } = &self.vocabulary;
        let some = |number| texts.some(number).map(Into::into);
        Row {
            key: known.key,
            revision: known.revision,
            created: instant(known.created),
            started: known.started.map(instant),
            ended: known.ended.map(instant),
            duration_us: known.duration_us,
            counters: known.counters,
            flags: known.flags,
            words: words.text(known.words).into(),
            name: names.texts.get(known.name).into(),
            actor: texts.get(known.actor).into(),
            tool: texts.get(known.tool).into(),
            job: some(known.job),
            ticket: some(known.ticket),
            parent: some(known.parent),
            retry_of: some(known.retry_of),
            devices: devices.text(known.devices).into(),
            labels: labels.text(known.labels).into(),
        }
    }
}
