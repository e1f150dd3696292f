//! Which removed runs came in again? An import can bring back what was removed: such a run is there, and has a tombstone that stays
//! and goes on counting, in a rollup that is never written again. The log `returned` names it, so that nothing else counts it.
//!
//! The entry comes before the run does. Whoever dies in between leaves a run that counts as removed, which it is.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::settle::{settle, settled};
use super::tombstone::{CHUNK, tombstones};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::store::Backend;
use crate::store::contention::Contention;
use crate::store::stats::key;

/// The log that names the runs that came in again.
pub const RETURNED: &str = "returned";

/// A removed run that came in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedRun {
    /// The run.
    pub execution: ExecutionId,
    /// The number of its newest tombstone then.
    pub tombstone: u64,
}

/// The runs that came in again, as far as they are named.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Returned {
    /// The number of the last entry.
    end: u64,
    /// By the first tombstone that stands for them: the one that counts.
    first: HashMap<u128, u64>,
    tombstones: HashSet<u64>,
}

impl Returned {
    pub(in crate::store) async fn read(store: &dyn Backend) -> Result<Self> {
        let mut returned = Self::default();
        returned.read_on(store).await?;
        Ok(returned)
    }

    /// Reads what was added since. An entry that cannot be read is passed over; it has its number all the same.
    pub(in crate::store) async fn read_on(&mut self, store: &dyn Backend) -> Result<()> {
        loop {
            let entries = store.log(RETURNED, self.end + 1, CHUNK).await?;
            let Some((last, _)) = entries.last() else {
                return Ok(());
            };
            self.end = *last;
            let read = entries
                .iter()
                .map(|(_, bytes)| serde_json::from_slice(bytes));
            read.flatten().for_each(|one| self.take(&one));
        }
    }

    fn take(&mut self, one: &ReturnedRun) {
        let first = self.first.entry(key(&one.execution));
        first.or_insert(one.tombstone);
        self.tombstones.insert(one.tombstone);
    }

    /// Says whether a run counts by one of the first so many tombstones, wherever else it is met.
    pub(in crate::store) fn counts_among(&self, run: u128, tombstones: u64) -> bool {
        self.first
            .get(&run)
            .is_some_and(|first| *first <= tombstones)
    }

    /// Says whether a run counts by an earlier tombstone than this.
    pub(super) fn counts_before(&self, run: &ExecutionId, tombstone: u64) -> bool {
        tombstone > 0 && self.counts_among(key(run), tombstone - 1)
    }

    /// Says whether a run that has this tombstone may be there.
    pub(in crate::store) fn holds(&self, tombstone: u64) -> bool {
        self.tombstones.contains(&tombstone)
    }
}

/// Names removed runs before they come in again.
#[derive(Debug, Default)]
pub(in crate::store) struct Returns {
    returned: Returned,
    /// The newest tombstone of each run.
    newest: HashMap<u128, u64>,
    /// The last tombstone that is known.
    end: u64,
}

impl Returns {
    /// Makes sure that a run, which is not there, counts once when it is.
    ///
    /// # Errors
    /// `Storage`; `StorageFull`.
    pub(in crate::store) async fn announce(
        &mut self,
        store: &dyn Backend,
        run: &ExecutionId,
    ) -> Result<()> {
        self.read_on(store).await?;
        let Some(tombstone) = self.newest.get(&key(run)).copied() else {
            return Ok(());
        };
        let entry = ReturnedRun {
            execution: run.clone(),
            tombstone,
        };
        let bytes = serde_json::to_vec(&entry).expect("an entry is plain data");
        let mut contention = Contention::default();
        loop {
            self.returned.read_on(store).await?;
            if self.returned.holds(tombstone) {
                return Ok(());
            }
            let next = self.returned.end + 1;
            match store
                .append_log(RETURNED, next, std::slice::from_ref(&bytes))
                .await
            {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    contention.wait_after(error).await?;
                }
                appended => return appended,
            }
        }
    }

    /// Reads the tombstones that were written since, and completes what they began: what comes in behind them is not removed by them.
    async fn read_on(&mut self, store: &dyn Backend) -> Result<()> {
        while let Some((read, next)) = tombstones(store, self.end + 1).await? {
            let numbers = read
                .iter()
                .map(|(number, one)| (key(&one.execution.id), *number));
            self.newest.extend(numbers);
            self.end = next - 1;
        }
        if settled(store).await? < self.end {
            settle(store).await?;
        }
        Ok(())
    }
}
