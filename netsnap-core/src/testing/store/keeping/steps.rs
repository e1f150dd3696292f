//! How much a prune does in one step, and whether others come in between.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::history::hours_ago;
use super::retention::{left, older_than, pruned, really};
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::retention::TOMBSTONES;
use crate::store::{Backend, Front};
use crate::testing::store::Store;

/// Runs that a prune removes in one step, at most.
const AT_ONCE: usize = 100;

/// Notes how much each step changes, and writes a run behind each removal.
#[derive(Debug)]
struct Watched {
    inner: Store,
    removals: Mutex<Vec<usize>>,
    tombstones: Mutex<Vec<usize>>,
    between: Mutex<Vec<Execution>>,
}

#[async_trait]
impl Front for Watched {
    fn behind(&self) -> &dyn Backend {
        self.inner.as_ref()
    }

    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        let removed = self.inner.delete(ids).await?;
        let number = {
            let mut removals = self.removals.lock().unwrap();
            removals.push(removed.len());
            u32::try_from(removals.len()).unwrap()
        };
        let written = hours_ago(0, 10_000 + number).put(&self.inner).await;
        self.between.lock().unwrap().push(written);
        Ok(removed)
    }

    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        if log == TOMBSTONES {
            self.tombstones.lock().unwrap().push(entries.len());
        }
        self.inner.append_log(log, next, entries).await
    }
}

/// However many runs go, each step removes few of them, its tombstones before it, and a writer comes in between two steps.
pub async fn a_prune_removes_few_runs_at_a_time(store: Store) {
    for number in 1..=250 {
        hours_ago(48, number).put(&store).await;
    }
    let watched = Watched {
        inner: Arc::clone(&store),
        removals: Mutex::default(),
        tombstones: Mutex::default(),
        between: Mutex::default(),
    };
    let report = pruned(&watched, &really(older_than("1d"))).await;
    assert_eq!(report.removed, 250);
    let removals = watched.removals.into_inner().unwrap();
    assert_eq!(removals.iter().sum::<usize>(), 250);
    assert!(removals.iter().all(|many| *many <= AT_ONCE), "{removals:?}");
    assert_eq!(removals, watched.tombstones.into_inner().unwrap());
    let between = watched.between.into_inner().unwrap();
    assert_eq!(left(&store).await.len(), between.len());
    for run in between {
        assert_eq!(store.load(&run.id).await.unwrap(), run);
    }
}
