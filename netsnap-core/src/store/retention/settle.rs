//! Are the runs of all tombstones gone, and counted once?

use futures_util::future::join_all;

use super::returned::Returned;
use super::rollup::{ROLLUPS, Summing, covered};
use super::tombstone::{self, Tombstone, tombstones};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::store::Backend;
use crate::store::contention::Contention;

/// Tombstones that one rollup covers at most, so that it stays small enough to be read whole.
const STRETCH: u64 = 5000;
/// Runs that are removed in one step.
const BATCH: usize = 100;

/// Removes the runs that have a tombstone and are still there, sums up the tombstones that are in no rollup yet, and returns how
/// many runs it removed.
///
/// Everything that it does can be done twice, and by several at once. A run that was pinned since its tombstone was written
/// stays, and its tombstone counts no more.
pub(super) async fn settle(store: &dyn Backend) -> Result<u64> {
    let mut contention = Contention::default();
    let mut removed = 0;
    loop {
        let (last, next) = covered(store).await?;
        let Some(stretch) = Stretch::read(store, last + 1).await? else {
            return Ok(removed);
        };
        let left = stretch.left(store).await?;
        for ids in left.unpinned.chunks(BATCH) {
            removed += store.delete(ids).await?.len() as u64;
        }
        let returned = Returned::read(store).await?;
        let rollup = stretch.summed(left.pinned, &returned);
        let bytes = serde_json::to_vec(&rollup).expect("a rollup is plain data");
        match store.append_log(ROLLUPS, next, &[bytes]).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                contention.wait_after(error).await?;
            }
            appended => appended?,
        }
    }
}

/// Completes what a prune that died began, where there is something to complete.
///
/// # Errors
/// Those of reading and writing logs, and of removing runs.
pub(in crate::store) async fn complete(store: &dyn Backend) -> Result<()> {
    if settled(store).await? < tombstone::end(store).await? {
        settle(store).await?;
    }
    Ok(())
}

/// Returns the last tombstone that is settled.
pub(super) async fn settled(store: &dyn Backend) -> Result<u64> {
    covered(store).await.map(|(last, _)| last)
}

/// Some tombstones one behind the other.
struct Stretch {
    first: u64,
    last: u64,
    tombstones: Vec<(u64, Tombstone)>,
}

/// Runs of a stretch that are still there.
#[derive(Default)]
struct Left {
    unpinned: Vec<ExecutionId>,
    /// The numbers of their tombstones.
    pinned: Vec<u64>,
}

impl Stretch {
    async fn read(store: &dyn Backend, first: u64) -> Result<Option<Self>> {
        let mut stretch = Self {
            first,
            last: first - 1,
            tombstones: Vec::new(),
        };
        while stretch.last < first + STRETCH {
            let Some((read, next)) = tombstones(store, stretch.last + 1).await? else {
                break;
            };
            stretch.tombstones.extend(read);
            stretch.last = next - 1;
        }
        Ok((stretch.last >= first).then_some(stretch))
    }

    async fn left(&self, store: &dyn Backend) -> Result<Left> {
        let mut left = Left::default();
        for tombstones in self.tombstones.chunks(BATCH) {
            let ids = tombstones.iter().map(|(_, one)| &one.execution.id);
            let loads = join_all(ids.map(|id| store.load(id))).await;
            for ((number, one), run) in tombstones.iter().zip(loads) {
                match run {
                    Ok(run) if run.pinned => left.pinned.push(*number),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) if error.kind() != ErrorKind::Corrupt => return Err(error),
                    _ => left.unpinned.push(one.execution.id.clone()),
                }
            }
        }
        Ok(left)
    }

    /// Sums up what stands. A run that came in again and went once more counts by the tombstone that it had before.
    fn summed(self, withdrawn: Vec<u64>, returned: &Returned) -> super::Rollup {
        let mut summing = Summing::default();
        let standing = self
            .tombstones
            .iter()
            .filter(|(number, _)| !withdrawn.contains(number))
            .filter(|(number, one)| !returned.counts_before(&one.execution.id, *number));
        standing.for_each(|(_, tombstone)| summing.add(tombstone));
        summing.rollup(self.first, self.last, withdrawn)
    }
}
