//! Which runs of the table fit, and in which order?

use std::cell::RefCell;
use std::sync::Arc;

use jiff::Timestamp;

use super::key::Key;
use super::table::{Known, Table};
use super::texts::Ranks;
use crate::error::ErrorKind;
use crate::model::{Execution, ExecutionKind, ExecutionStatus, Trigger};
use crate::store::query::{CounterName, Facts, glob, nanoseconds};
use crate::store::{Direction, Filter, Position, Selection, SortBy, SortKey};

/// A run that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::fs) struct Hit {
    pub(in crate::store::fs) key: Key,
    pub(in crate::store::fs) revision: u64,
}

/// Which lists of devices fit which patterns: asked once for each list, not for each run.
#[derive(Debug, Default)]
struct Seen {
    patterns: RefCell<Vec<(String, Vec<Option<bool>>)>>,
}

impl Seen {
    fn fits(&self, table: &Table, pattern: &str, list: u32) -> bool {
        let mut patterns = self.patterns.borrow_mut();
        let at = match patterns.iter().position(|(known, _)| known == pattern) {
            Some(at) => at,
            None => {
                let unknown = vec![None; table.vocabulary.devices.len()];
                patterns.push((pattern.to_owned(), unknown));
                patterns.len() - 1
            }
        };
        let answers = &mut patterns[at].1;
        let Some(answer) = answers.get_mut(list as usize) else {
            return false;
        };
        *answer.get_or_insert_with(|| any_device(table, pattern, list))
    }
}

fn any_device(table: &Table, pattern: &str, list: u32) -> bool {
    let texts = &table.vocabulary.texts;
    let names = table.vocabulary.devices.get(list);
    names.is_some_and(|names| names.iter().any(|name| glob(pattern, texts.get(*name))))
}

/// What rows are ordered by.
struct Keys<'a> {
    table: &'a Table,
    by: SortBy,
    /// The order of the names, when they are asked for.
    names: Arc<Ranks>,
}

impl<'a> Keys<'a> {
    fn new(table: &'a Table, by: SortBy) -> Self {
        let names = match by {
            SortBy::Name => table.vocabulary.names.ranks(),
            _ => Arc::default(),
        };
        Self { table, by, names }
    }

    fn of(&self, row: &Known) -> RowKey {
        match self.by {
            SortBy::Created => RowKey::None,
            SortBy::Ended => row
                .ended
                .map_or(RowKey::None, |at| RowKey::Number(nanoseconds(at))),
            SortBy::Duration => row.duration_us.map_or(RowKey::None, RowKey::of),
            SortBy::Counter(name) => RowKey::of(row.counters[name.place()]),
            SortBy::Name => RowKey::Number(self.names.get(row.name)),
        }
    }

    /// Returns a rank that parts what stands before a position, or in it, from what stands behind it.
    fn after(&self, position: &Position, direction: Direction) -> u128 {
        let names = &self.table.vocabulary.names;
        let key = match (&position.key, self.by) {
            (SortKey::Text(name), SortBy::Name) => RowKey::Number(names.rank_of(&self.names, name)),
            (SortKey::Text(_), _) => RowKey::Text,
            // Every text stands behind it.
            (SortKey::Number(_), SortBy::Name) | (SortKey::None, _) => RowKey::None,
            (SortKey::Number(number), _) => RowKey::Number(*number),
        };
        let rank = (position.created_at, Key::of(&position.id));
        key.rank(match direction {
            Direction::Ascending => self.table.not_behind(rank),
            Direction::Descending => self.table.before(rank),
        })
    }
}

/// A row together with what its numbers stand for.
struct View<'a> {
    table: &'a Table,
    row: &'a Known,
    seen: &'a Seen,
}

impl View<'_> {
    fn text(&self, number: u32) -> &str {
        self.table.vocabulary.texts.get(number)
    }

    fn some(&self, number: u32) -> Option<&str> {
        self.table.vocabulary.texts.some(number)
    }

    fn words(&self) -> &super::row::Words {
        self.table.words(self.row)
    }
}

impl Table {
    /// Returns the words of a row.
    pub(super) fn words(&self, row: &Known) -> &super::row::Words {
        let words = self.vocabulary.words.get(row.words);
        words
            .and_then(Option::as_ref)
            .expect("a row whose words cannot be read is not taken in")
    }
}

impl Facts for View<'_> {
    fn status(&self) -> ExecutionStatus {
        self.words().status
    }
    fn kind(&self) -> ExecutionKind {
        self.words().kind
    }
    fn trigger(&self) -> Trigger {
        self.words().trigger
    }
    fn name(&self) -> &str {
        self.table.vocabulary.names.texts.get(self.row.name)
    }
    fn actor(&self) -> &str {
        self.text(self.row.actor)
    }
    fn tool(&self) -> &str {
        self.text(self.row.tool)
    }
    fn ticket(&self) -> Option<&str> {
        self.some(self.row.ticket)
    }
    fn job(&self) -> Option<&str> {
        self.some(self.row.job)
    }
    fn parent(&self) -> Option<&str> {
        self.some(self.row.parent)
    }
    fn retry_of(&self) -> Option<&str> {
        self.some(self.row.retry_of)
    }
    fn label(&self, key: &str) -> Option<&str> {
        let labels = &self.table.vocabulary.labels;
        labels.value(self.row.labels, key)
    }
    fn has_device(&self, pattern: &str) -> bool {
        self.seen.fits(self.table, pattern, self.row.devices)
    }
    fn has_error(&self, kind: ErrorKind) -> bool {
        self.words().errors.contains(&kind)
    }
    fn created_at(&self) -> Timestamp {
        self.row.created
    }
    fn started_at(&self) -> Option<Timestamp> {
        self.row.started
    }
    fn ended_at(&self) -> Option<Timestamp> {
        self.row.ended
    }
    fn duration_us(&self) -> Option<u64> {
        self.row.duration_us
    }
    fn counter(&self, name: CounterName) -> u64 {
        self.row.counters[name.place()]
    }
    fn is_pinned(&self) -> bool {
        self.row.flags.has(super::row::Flags::PINNED)
    }
    fn is_dry_run(&self) -> bool {
        self.row.flags.has(super::row::Flags::DRY_RUN)
    }
    fn is_archived(&self) -> bool {
        self.row.flags.has(super::row::Flags::ARCHIVED)
    }
    fn is_incomplete(&self) -> bool {
        self.row.flags.has(super::row::Flags::INCOMPLETE)
    }
}

/// What a row is ordered by: the order of [`SortKey`], with ranks for texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowKey {
    None,
    Number(i64),
    /// Behind all numbers.
    Text,
}

impl RowKey {
    /// See [`SortKey`].
    fn of(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// A place in an order as one number: the key, then the place in the order of creation. Comparing such numbers is what makes
    /// a sorted page quick.
    fn rank(self, place: usize) -> u128 {
        let key = match self {
            Self::None => 0,
            // The sign turned, so that they are ordered without one.
            Self::Number(number) => 1 << 64 | u128::from(number.cast_unsigned() ^ (1 << 63)),
            Self::Text => 2 << 64,
        };
        key << 32 | place as u128
    }
}

/// The place in the order of creation that ends a rank.
fn place_of(rank: u128) -> usize {
    (rank & u128::from(u32::MAX)) as usize
}

impl Table {
    /// Says which runs a selection has, in its order.
    pub(super) fn hits(&self, selection: &Selection) -> Vec<Hit> {
        self.select(selection).into_iter().map(hit).collect()
    }

    /// Returns the outline of the run of a row; see [`Execution::outline`].
    pub(super) fn outline(&self, row: &Known, label: Option<&str>) -> Execution {
        let seen = &Seen::default();
        let view = View {
            table: self,
            row,
            seen,
        };
        let labels = label.and_then(|key| Some((key.to_owned(), view.label(key)?.to_owned())));
        Execution {
            status: view.status(),
            kind: view.kind(),
            actor: view.actor().to_owned(),
            name: view.name().to_owned(),
            duration_us: row.duration_us,
            error_kinds: view.words().errors.iter().map(|kind| (*kind, 1)).collect(),
            labels: labels.into_iter().collect(),
            ..Execution::new(row.key.id(), row.created)
        }
    }

    /// Returns the rows of a selection, in its order.
    pub(super) fn select<'a>(&'a self, selection: &'a Selection) -> Vec<&'a Known> {
        match (selection.sort.by, &selection.after) {
            (SortBy::Created, None) => self.by_creation(selection, None),
            (SortBy::Created, Some(after)) if after.key == SortKey::None => {
                self.by_creation(selection, Some((after.created_at, Key::of(&after.id))))
            }
            _ => self.by_key(selection),
        }
    }

    /// Counts the runs that fit, up to a number.
    pub(super) fn count(&self, filter: &Filter, cap: u64) -> u64 {
        if filter.is_everything() {
            return cap.min(self.len() as u64);
        }
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        self.fitting(self.order(), filter).take(cap).count() as u64
    }

    fn fitting<'a>(
        &'a self,
        places: impl IntoIterator<Item = &'a u32, IntoIter: 'a>,
        filter: &'a Filter,
    ) -> impl Iterator<Item = &'a Known> + 'a {
        let seen = Seen::default();
        let rows = places.into_iter().map(|place| self.row(*place));
        rows.filter(move |row| {
            let (table, seen) = (self, &seen);
            filter.fits(&View { table, row, seen })
        })
    }

    /// The rows stand in this order already.
    fn by_creation<'a>(
        &'a self,
        selection: &'a Selection,
        after: Option<(Timestamp, Key)>,
    ) -> Vec<&'a Known> {
        let order = self.order();
        fn cut<'a>(selection: &Selection, rows: impl Iterator<Item = &'a Known>) -> Vec<&'a Known> {
            rows.skip(selection.skip).take(selection.limit).collect()
        }
        match selection.sort.direction {
            Direction::Descending => {
                let end = after.map_or(order.len(), |rank| self.before(rank));
                let rows = self.fitting(order[..end].iter().rev(), &selection.filter);
                cut(selection, rows)
            }
            Direction::Ascending => {
                let start = after.map_or(0, |rank| self.not_behind(rank));
                cut(selection, self.fitting(&order[start..], &selection.filter))
            }
        }
    }

    /// Returns how many rows stand before a rank or in it.
    fn not_behind(&self, rank: (Timestamp, Key)) -> usize {
        let before = self.before(rank);
        let there = self.order().get(before).map(|place| self.row(*place));
        before + usize::from(there.is_some_and(|row| row.rank() == rank))
    }

    /// Gathers what fits, and sorts no more of it than is asked for.
    fn by_key<'a>(&'a self, selection: &Selection) -> Vec<&'a Known> {
        let keys = Keys::new(self, selection.sort.by);
        let mut ranks = self.ranks(selection, &keys);
        if selection.sort.direction == Direction::Descending {
            // Turned around, so that the first comes first.
            ranks.iter_mut().for_each(|rank| *rank = !*rank);
        }
        let mut page = &mut ranks[..];
        if selection.skip >= page.len() {
            return Vec::new();
        }
        if selection.skip > 0 {
            page.select_nth_unstable(selection.skip);
            page = &mut page[selection.skip..];
        }
        if selection.limit < page.len() {
            page.select_nth_unstable(selection.limit);
            page = &mut page[..selection.limit];
        }
        page.sort_unstable();
        let turned = match selection.sort.direction {
            Direction::Ascending => 0,
            Direction::Descending => u128::MAX,
        };
        let places = page.iter().map(|rank| place_of(rank ^ turned));
        places.map(|place| self.row(self.order()[place])).collect()
    }

    /// Returns the ranks of what fits and stands behind the last page.
    fn ranks(&self, selection: &Selection, keys: &Keys<'_>) -> Vec<u128> {
        let after = selection
            .after
            .as_ref()
            .map(|after| keys.after(after, selection.sort.direction));
        let is_behind = |rank: u128| match (after, selection.sort.direction) {
            (None, _) => true,
            (Some(after), Direction::Ascending) => rank >= after,
            (Some(after), Direction::Descending) => rank < after,
        };
        let seen = Seen::default();
        let rows = self
            .order()
            .iter()
            .map(|place| self.row(*place))
            .enumerate();
        let (table, seen) = (self, &seen);
        let fitting = rows.filter(|(_, row)| selection.filter.fits(&View { table, row, seen }));
        let ranks = fitting.map(|(place, row)| keys.of(row).rank(place));
        ranks.filter(|rank| is_behind(*rank)).collect()
    }

    /// Returns the newest run that has ended.
    pub(super) fn newest_finished(&self) -> Option<Key> {
        let mut newest = self.order().iter().rev().map(|place| self.row(*place));
        newest
            .find(|row| self.words(row).status.is_terminal())
            .map(|row| row.key)
    }

    /// Returns the runs that have not ended.
    pub(super) fn unfinished(&self) -> Vec<Key> {
        let rows = self.order().iter().map(|place| self.row(*place));
        let open = rows.filter(|row| !self.words(row).status.is_terminal());
        open.map(|row| row.key).collect()
    }
}

fn hit(row: &Known) -> Hit {
    Hit {
        key: row.key,
        revision: row.revision,
    }
}
