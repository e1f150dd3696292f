//! How is a run watched, from any process, without a gap?

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{BoxStream, StreamExt as _, try_unfold};

use super::Backend;
use crate::error::Result;
use crate::event::{Event, EventKind};
use crate::id::ExecutionId;

/// How long a follower waits before it looks again, at most.
const PAUSE: Duration = Duration::from_millis(50);
/// How many events are read at once.
const CHUNK: usize = 500;

/// Replays the events of a run from a sequence number on, then goes on as they come, and ends with the run.
///
/// Each event comes once, in order, as soon as it is in the store; no event is left out. It works while another process
/// records, and ends as well when that process is killed: a store that was [opened](super::open) ends its run then, about a second
/// later (see [`Vigil`](super::Vigil)). After an error the stream ends.
pub fn follow(
    store: Arc<dyn Backend>,
    id: ExecutionId,
    from: u64,
) -> BoxStream<'static, Result<Event>> {
    let follower = Follower {
        store,
        id,
        next: from.max(1),
        read: VecDeque::new(),
        ended: false,
    };
    try_unfold(follower, |mut follower| async move {
        let event = follower.event().await?;
        Ok(event.map(|event| (event, follower)))
    })
    .boxed()
}

struct Follower {
    store: Arc<dyn Backend>,
    id: ExecutionId,
    next: u64,
    read: VecDeque<Event>,
    ended: bool,
}

impl Follower {
    async fn event(&mut self) -> Result<Option<Event>> {
        while self.read.is_empty() && !self.ended {
            self.look().await?;
        }
        let Some(event) = self.read.pop_front() else {
            return Ok(None);
        };
        self.next = event.sequence + 1;
        self.ended = event.kind == EventKind::ExecutionFinished;
        Ok(Some(event))
    }

    /// Reads what came, or waits when nothing did.
    async fn look(&mut self) -> Result<()> {
        // Asked first: events that come between the two questions are then still read.
        let terminal = self.store.load(&self.id).await?.status.is_terminal();
        let events = self.store.events(&self.id, self.next, CHUNK).await?;
        match (events.is_empty(), terminal) {
            (false, _) => self.read.extend(events),
            (true, true) => self.ended = true,
            (true, false) => self.store.wait(&self.id, self.next, PAUSE).await?,
        }
        Ok(())
    }
}
