//! Which runs of the table fit, and in which order?

use std::cell::RefCell;

use jiff::Timestamp;

use super::key::Key;
use super::table::{Known, Table};
use crate::error::ErrorKind;
use crate::model::{ExecutionKind, ExecutionStatus, Trigger};
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
        self.text(self.row.name)
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
        let labels = self.table.vocabulary.labels.get(self.row.labels)?;
        let (_, value) = labels.iter().find(|(name, _)| self.text(*name) == key)?;
        self.some(*value)
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
        let at = CounterName::ALL.iter().position(|known| *known == name);
        at.map_or(0, |at| self.row.counters[at])
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

/// What a row is ordered by; the order of [`SortKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum RowKey<'a> {
    None,
    Number(i64),
    Text(&'a str),
}

impl<'a> From<&'a SortKey> for RowKey<'a> {
    fn from(key: &'a SortKey) -> Self {
        match key {
            SortKey::None => Self::None,
            SortKey::Number(number) => Self::Number(*number),
            SortKey::Text(text) => Self::Text(text),
        }
    }
}

type Rank<'a> = (RowKey<'a>, Timestamp, Key);

fn rank_of(position: &Position) -> Rank<'_> {
    let key = Key::of(&position.id);
    (RowKey::from(&position.key), position.created_at, key)
}

impl Table {
    /// Returns the runs of a selection, in its order.
    pub(super) fn select(&self, selection: &Selection) -> Vec<Hit> {
        let after = selection.after.as_ref().map(rank_of);
        match (selection.sort.by, after) {
            (SortBy::Created, None) => self.by_creation(selection, None),
            (SortBy::Created, Some((RowKey::None, created, key))) => {
                self.by_creation(selection, Some((created, key)))
            }
            (_, after) => self.by_key(selection, after),
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
    fn by_creation(&self, selection: &Selection, after: Option<(Timestamp, Key)>) -> Vec<Hit> {
        let order = self.order();
        let cut = |rows: &mut dyn Iterator<Item = &Known>| {
            let rows = rows.skip(selection.skip).take(selection.limit);
            rows.map(hit).collect()
        };
        match selection.sort.direction {
            Direction::Descending => {
                let end = after.map_or(order.len(), |rank| self.before(rank));
                cut(&mut self.fitting(order[..end].iter().rev(), &selection.filter))
            }
            Direction::Ascending => {
                let start = after.map_or(0, |rank| self.not_behind(rank));
                cut(&mut self.fitting(&order[start..], &selection.filter))
            }
        }
    }

    /// Returns how many rows stand before a rank or in it.
    fn not_behind(&self, rank: (Timestamp, Key)) -> usize {
        let before = self.before(rank);
        let there = self.order().get(before).map(|place| self.row(*place));
        before + usize::from(there.is_some_and(|row| (row.created, row.key) == rank))
    }

    /// Gathers what fits, and sorts no more of it than is asked for.
    fn by_key(&self, selection: &Selection, after: Option<Rank<'_>>) -> Vec<Hit> {
        let sort = selection.sort;
        let compare = |a: &Rank<'_>, b: &Rank<'_>| match sort.direction {
            Direction::Ascending => a.cmp(b),
            Direction::Descending => b.cmp(a),
        };
        let mut found: Vec<(Rank<'_>, &Known)> = self
            .fitting(self.order(), &selection.filter)
            .map(|row| ((self.key(row, sort.by), row.created, row.key), row))
            .filter(|(rank, _)| {
                after
                    .as_ref()
                    .is_none_or(|after| compare(after, rank).is_lt())
            })
            .collect();
        let wanted = selection.skip.saturating_add(selection.limit);
        if wanted < found.len() {
            found.select_nth_unstable_by(wanted, |(a, _), (b, _)| compare(a, b));
            found.truncate(wanted);
        }
        found.sort_unstable_by(|(a, _), (b, _)| compare(a, b));
        let rows = found.into_iter().skip(selection.skip);
        rows.map(|(_, row)| hit(row)).collect()
    }

    fn key(&self, row: &Known, by: SortBy) -> RowKey<'_> {
        let number = |number: Option<i64>| number.map_or(RowKey::None, RowKey::Number);
        match by {
            SortBy::Created => RowKey::None,
            SortBy::Ended => number(row.ended.map(nanoseconds)),
            SortBy::Duration => number(
                row.duration_us
                    .map(|time| i64::try_from(time).unwrap_or(i64::MAX)),
            ),
            SortBy::Name => RowKey::Text(self.vocabulary.texts.get(row.name)),
        }
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
