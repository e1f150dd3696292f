//! What does a store answer that cannot be written, on read-only media or of another user? All that it is asked; each change it refuses.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::front::Front;
use super::{Archived, Backend, Durability};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};

/// A store that is there for reading alone. Nothing is written to it, and runs that were left are shown as they are.
#[derive(Debug)]
pub struct ReadOnly {
    store: Arc<dyn Backend>,
    place: String,
}

impl ReadOnly {
    /// Stands before a store that is to be read alone; the place names it in what is refused.
    #[must_use]
    pub fn new(store: Arc<dyn Backend>, place: impl Into<String>) -> Self {
        let place = place.into();
        Self { store, place }
    }

    fn refuse<T>(&self, operation: &'static str) -> Result<T> {
        Err(refusal(&self.place).during(operation))
    }

    /// Says whether a run stays as it is, since its process went away and nobody can end it here.
    async fn is_left(&self, id: &ExecutionId) -> Result<bool> {
        let owner = match self.store.load(id).await? {
            run if run.status.is_terminal() => None,
            run => run.owner,
        };
        match owner {
            Some(owner) if self.store.doubt(&owner).is_zero() => {
                Ok(self.store.gone(&owner).await?.is_some())
            }
            // Another store that may write ends it.
            _ => Ok(false),
        }
    }

    /// Says whether there is something to read that was not yet asked for: an event, or the end.
    async fn has_news(&self, id: &ExecutionId, from: u64) -> Result<bool> {
        let last = self.store.last_event(id).await?;
        Ok(last.is_some_and(|event| event.sequence >= from)
            || self.store.load(id).await?.status.is_terminal())
    }
}

/// The error of whoever would change a store that was opened for reading alone.
pub(super) fn refusal(place: &str) -> Error {
    Error::new(
        ErrorKind::ReadOnly,
        "the store was opened for reading alone, since it cannot be written",
    )
    .with("store", place)
    .hint(
        "open it as a user who may write, where it is not mounted read-only; \
         or export its runs and import them into a store of your own",
    )
}

fn left(id: &ExecutionId) -> Error {
    Error::new(
        ErrorKind::ReadOnly,
        "the process of the run went away, and a store for reading alone cannot end it",
    )
    .with("execution", id)
    .hint("open the store once where it can be written: the run ends as interrupted then")
}

#[async_trait]
impl Front for ReadOnly {
    fn behind(&self) -> &dyn Backend {
        self.store.as_ref()
    }

    /// Whoever waits for a run that nobody can end would wait for ever.
    async fn wait(&self, id: &ExecutionId, from: u64, patience: Duration) -> Result<()> {
        if self.is_left(id).await? && !self.has_news(id, from).await? {
            return Err(left(id).during("store.wait").with("store", &self.place));
        }
        self.store.wait(id, from, patience).await
    }

    async fn create(&self, _: &Execution) -> Result<()> {
        self.refuse("store.create")
    }

    async fn update(&self, _: &Execution) -> Result<Execution> {
        self.refuse("store.update")
    }

    async fn refresh(&self, _: &Execution) -> Result<Execution> {
        self.refuse("store.refresh")
    }

    async fn update_audited(&self, _: &Execution, _: u64, _: &[u8]) -> Result<Execution> {
        self.refuse("store.update_audited")
    }

    async fn append(&self, _: &ExecutionId, _: &[Event], _: Durability) -> Result<()> {
        self.refuse("store.append")
    }

    async fn put_output(&self, _: &ExecutionId, _: Output) -> Result<OutputSummary> {
        self.refuse("store.put_output")
    }

    async fn put_device_results(&self, _: &ExecutionId, _: &[DeviceResult]) -> Result<()> {
        self.refuse("store.put_device_results")
    }

    async fn sync(&self, _: &ExecutionId) -> Result<()> {
        self.refuse("store.sync")
    }

    async fn put_document(&self, _: &ExecutionId, _: &str, _: &[u8]) -> Result<()> {
        self.refuse("store.put_document")
    }

    async fn archive(&self, _: &ExecutionId) -> Result<Archived> {
        self.refuse("store.archive")
    }

    async fn delete(&self, _: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        self.refuse("store.delete")
    }

    async fn reclaim(&self, _: u64) -> Result<u64> {
        self.refuse("store.reclaim")
    }

    async fn put_record(&self, _: &str, _: &str, _: &[u8]) -> Result<()> {
        self.refuse("store.put_record")
    }

    async fn put_blob(&self, _: &[u8]) -> Result<Digest> {
        self.refuse("store.put_blob")
    }

    async fn append_log(&self, _: &str, _: u64, _: &[Vec<u8>]) -> Result<()> {
        self.refuse("store.append_log")
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;
    use crate::event::{EventKind, NewEvent};
    use crate::store::{ExecutionStore as _, MemoryStore, follow, owner};

    /// A run that stays as somebody left it, with one event.
    async fn left_by(process: u32) -> (Arc<dyn Backend>, Execution) {
        let store = MemoryStore::new();
        let now = store.now();
        let mut run = Execution::new(ExecutionId::new(now, 1), now);
        let mut owner = owner::this_process();
        owner.process = process;
        run.owner = Some(owner);
        store.create(&run).await.unwrap();
        let said = NewEvent::new(EventKind::Note, "said").at(1, now);
        let said = [said];
        let appended = store.append(&run.id, &said, Durability::Durable);
        appended.await.unwrap();
        (Arc::new(ReadOnly::new(Arc::new(store), "here")), run)
    }

    /// Elsewhere nobody knows which processes live.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_follower_of_a_run_that_nobody_can_end_hears_what_there_is_and_why_it_stops() {
        let (store, run) = left_by(u32::MAX - 1).await;
        let mut events = follow(Arc::clone(&store), run.id.clone(), 1);
        assert_eq!(events.next().await.unwrap().unwrap().text, "said");
        let stopped = events.next().await.unwrap().unwrap_err();
        assert_eq!(stopped.kind(), ErrorKind::ReadOnly);
        assert!(stopped.report().hint.unwrap().contains("interrupted"));
        assert_eq!(store.load(&run.id).await.unwrap(), run);
    }

    #[tokio::test]
    async fn a_follower_of_a_run_whose_process_lives_waits() {
        let (store, run) = left_by(std::process::id()).await;
        let mut events = follow(store, run.id, 2);
        let waited = tokio::time::timeout(Duration::from_millis(200), events.next());
        assert!(waited.await.is_err());
    }
}
