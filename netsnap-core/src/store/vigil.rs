//! Which runs go on really? A process can be killed while others have its store open: whenever these are asked about runs, they look
//! what became of those who write, and end what was left.
//!
//! Nobody looks while nobody asks. No clock of the day is asked either, and what counts as gone is what counts at an opening, but for
//! this: a connection that ended may only have been cut, so who is known by nothing else has time to come back.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::front::Front;
use super::recover::{self, Doubts};
use super::{Backend, Durability, Filter, Selection};
use crate::error::Result;
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::{Execution, Owner};

/// So long after a look nobody looks again …
const REST: Duration = Duration::from_secs(1);
/// … nor for so many times as long as it took: where many runs go on, their readers are not held up.
const SHARE: u32 = 20;

/// A store that ends the runs whose process goes away while it is open.
#[derive(Debug)]
pub struct Vigil {
    store: Arc<dyn Backend>,
    /// Who needs not be asked for.
    here: Owner,
    rounds: Mutex<Rounds>,
}

/// What is remembered from one look to the next.
#[derive(Debug)]
struct Rounds {
    /// When to look again.
    next: Instant,
    doubts: Doubts,
}

impl Vigil {
    /// Looks after a store. What was left before is found by the first look, a moment from now.
    #[must_use]
    pub fn new(store: Arc<dyn Backend>) -> Self {
        let rounds = Rounds {
            next: Instant::now() + REST,
            doubts: Doubts::default(),
        };
        Self {
            here: store.owner(),
            store,
            rounds: Mutex::new(rounds),
        }
    }

    /// Ends what was left, and says whether there was anything. Who comes while somebody looks, or soon after, does not wait for it.
    async fn look(&self) -> bool {
        let Ok(mut rounds) = self.rounds.try_lock() else {
            return false;
        };
        let begun = Instant::now();
        if begun < rounds.next {
            return false;
        }
        // Set before as well: the caller may stop waiting.
        rounds.next = begun + REST;
        let swept = recover::sweep(self.store.as_ref(), &mut rounds.doubts).await;
        rounds.next = Instant::now() + REST.max(begun.elapsed() * SHARE);
        // What cannot be ended is shown as it is, and tried again.
        swept.is_ok_and(|recovery| !recovery.ended.is_empty())
    }

    /// Says whether somebody else may have left a run.
    fn may_be_left(&self, run: &Execution) -> bool {
        let others = run.owner.as_ref().is_some_and(|owner| *owner != self.here);
        others && !run.status.is_terminal()
    }
}

#[async_trait]
impl Front for Vigil {
    fn behind(&self) -> &dyn Backend {
        self.store.as_ref()
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        let run = self.store.load(id).await?;
        if self.may_be_left(&run) && self.look().await {
            return self.store.load(id).await;
        }
        Ok(run)
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        self.look().await;
        self.store.select(selection).await
    }

    async fn outlines(&self, selection: &Selection, label: Option<&str>) -> Result<Vec<Execution>> {
        self.look().await;
        self.store.outlines(selection, label).await
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        self.look().await;
        self.store.count(filter, cap).await
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        self.look().await;
        self.store.current().await
    }

    /// It stands before what masks, which has to hear that these are masked.
    async fn append_kept(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        self.store.append_kept(id, events, durability).await
    }
}

#[cfg(test)]
mod tests;
