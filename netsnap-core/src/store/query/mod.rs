//! How are runs found? A filter, an order, a place to go on from.

mod filter;
mod list;
mod matches;
mod outline;
mod words;

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::filter::{
    CounterMatch, CounterName, Filter, LabelMatch, Range, TextMatch, TimeRange, length,
};
pub use self::list::{ListOptions, Page, Total, list};
pub(crate) use self::matches::Facts;
pub use self::matches::glob;
use crate::id::ExecutionId;
use crate::model::Execution;

/// By what runs are ordered. Runs that are equal there stand by creation, then by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum SortBy {
    /// When they were created.
    #[default]
    Created,
    /// When they ended; a run without an end stands below all others.
    Ended,
    /// How long they took; a run without a duration stands below all others.
    Duration,
    /// Their name, byte by byte.
    Name,
    /// One of their numbers, by its own name.
    #[serde(untagged)]
    Counter(CounterName),
}

/// In which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The greatest, newest, longest first.
    #[default]
    Descending,
    /// The least, oldest, shortest first.
    Ascending,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// In which direction; that of creation and id, too.
    pub direction: Direction,
}

/// What a run is ordered by, before creation and id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// Nothing: creation and id alone, or the run lacks what it is sorted by.
    None,
    /// Nanoseconds since 1970, microseconds of a duration, or a count.
    Number(i64),
    /// A name.
    Text(String),
}

impl SortKey {
    /// What a number is ordered by: such as are too great for the column of a database are the greatest.
    fn of(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A position in a list of runs: the page after it begins with the next one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// What the last run of the page before is ordered by.
    pub key: SortKey,
    /// When it was created.
    pub created_at: Timestamp,
    /// Its id, which orders runs of one instant.
    pub id: ExecutionId,
}

impl Position {
    /// The position of a run in an order.
    #[must_use]
    pub fn of(execution: &Execution, by: SortBy) -> Self {
        Self {
            key: by.key(execution),
            created_at: execution.created_at,
            id: execution.id.clone(),
        }
    }
}

impl SortBy {
    /// Returns what a run is ordered by.
    #[must_use]
    pub fn key(self, execution: &Execution) -> SortKey {
        match self {
            Self::Created => SortKey::None,
            Self::Ended => execution
                .ended_at
                .map_or(SortKey::None, |at| SortKey::Number(nanoseconds(at))),
            Self::Duration => execution.duration_us.map_or(SortKey::None, SortKey::of),
            Self::Name => SortKey::Text(execution.name.clone()),
            Self::Counter(name) => SortKey::of(name.of(execution)),
        }
    }
}

/// Nanoseconds since 1970, at the edge of what fits for times before 1677 and after 2262.
pub(crate) fn nanoseconds(at: Timestamp) -> i64 {
    let edge = if at.as_nanosecond() < 0 {
        i64::MIN
    } else {
        i64::MAX
    };
    i64::try_from(at.as_nanosecond()).unwrap_or(edge)
}

impl Sort {
    /// Compares two positions of this order: `Less` stands in front.
    #[must_use]
    pub fn compare(self, a: &Position, b: &Position) -> Ordering {
        match self.direction {
            Direction::Ascending => a.cmp(b),
            Direction::Descending => b.cmp(a),
        }
    }
}

/// What a backend is asked for: the runs that fit, in order, from a place on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Which runs; times are absolute.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Only those that stand behind this.
    pub after: Option<Position>,
    /// Pass over so many first.
    pub skip: usize,
    /// Return at most so many.
    pub limit: usize,
}

impl Selection {
    /// The newest runs.
    #[must_use]
    pub fn newest(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Sets the filter.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Continues behind a run.
    #[must_use]
    pub fn after(mut self, last: &Execution) -> Self {
        self.after = Some(Position::of(last, self.sort.by));
        self
    }

    /// Chooses among runs that are all in memory: the plain meaning of a selection.
    #[must_use]
    pub fn of<'a>(&self, runs: impl IntoIterator<Item = &'a Execution>) -> Vec<&'a Execution> {
        let mut found: Vec<(Position, &Execution)> = runs
            .into_iter()
            .filter(|run| self.filter.matches(run))
            .map(|run| (Position::of(run, self.sort.by), run))
            .filter(|(position, _)| self.is_behind(position))
            .collect();
        found.sort_unstable_by(|(a, _), (b, _)| self.sort.compare(a, b));
        let runs = found.into_iter().map(|(_, run)| run);
        runs.skip(self.skip).take(self.limit).collect()
    }

    /// Says whether a position stands behind where the selection goes on.
    #[must_use]
    pub fn is_behind(&self, position: &Position) -> bool {
        self.after
            .as_ref()
            .is_none_or(|after| self.sort.compare(after, position).is_lt())
    }
}
