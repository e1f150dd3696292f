//! How do the logs end that this store writes? Who knows it adds to the last row in one exchange with the database.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::id::ExecutionId;
use crate::store::rules::Tail;

/// So many logs are remembered, at most …
const LOGS: usize = 256;
/// … and last rows of so many bytes: a longer one is read again.
const LONGEST: usize = 64 * 1024;
/// So long a number of a run is trusted. What rests longer may meet another server under the same name, one that a copy was played back
/// to or that lost the newest runs, where the number is somebody else's; a connection is asked first whether it stands then, too.
const TRUSTED: Duration = Duration::from_secs(1);

/// The last row of a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Last {
    /// The number of the run.
    pub(super) run: i64,
    pub(super) first: u64,
    pub(super) tail: Tail,
    /// Its events, one to a line.
    pub(super) lines: Vec<u8>,
    /// When it was written.
    since: Option<Instant>,
}

impl Last {
    /// A row as it is to be written.
    pub(super) fn new(run: i64, first: u64, tail: Tail, lines: Vec<u8>) -> Self {
        Self {
            run,
            first,
            tail,
            lines,
            since: None,
        }
    }

    /// Says whether the run has certainly kept its number since the row was written.
    pub(super) fn is_fresh(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() < TRUSTED)
    }
}

/// The last rows as this store wrote them. Somebody else may have written since: what stands on one is checked by the database.
#[derive(Debug, Default)]
pub(super) struct Tails(Mutex<HashMap<ExecutionId, Last>>);

impl Tails {
    /// Takes what is remembered of a log.
    pub(super) fn take(&self, id: &ExecutionId) -> Option<Last> {
        self.lock().remove(id)
    }

    /// Remembers how a log ends, until it has ended.
    pub(super) fn remember(&self, id: &ExecutionId, mut last: Last) {
        if last.tail.closed || last.lines.len() > LONGEST {
            return;
        }
        last.since = Some(Instant::now());
        let mut logs = self.lock();
        if logs.len() >= LOGS {
            logs.clear();
        }
        logs.insert(id.clone(), last);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ExecutionId, Last>> {
        // What is guarded is whole after each single statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_trusted_for_a_moment_after_a_row_was_written() {
        let (tails, id) = (
            Tails::default(),
            ExecutionId::new(jiff::Timestamp::UNIX_EPOCH, 1),
        );
        let row = Last::new(7, 1, Tail::default(), Vec::new());
        assert!(!row.is_fresh());
        tails.remember(&id, row);
        let mut row = tails.take(&id).unwrap();
        assert!(row.is_fresh());
        row.since = Instant::now().checked_sub(TRUSTED);
        assert!(!row.is_fresh());
    }
}
