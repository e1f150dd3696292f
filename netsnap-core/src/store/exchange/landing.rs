//! How does a run that ended elsewhere come into a store? Whole, or not at all.
//!
//! While it comes in, the run is `running` and says that it is incomplete; its last write ends it. The event that ends its log
//! comes behind everything else, since nothing is recorded of a run that has ended, and whoever recovers one believes that event. What a crash leaves is
//! ended as `interrupted` at the next open, still says so, and the next import takes its place.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, EventKind};
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, ExecutionStatus, Output};
use crate::store::audit::Audit;
use crate::store::{Backend, Durability};

use super::content;

/// What a run says about itself while it comes in.
const COMING_IN: &str = "an import of this run did not come to its end";

/// Says whether all of a run came in.
pub(in crate::store) fn is_whole(run: &Execution) -> bool {
    run.incomplete.as_deref() != Some(COMING_IN)
}

/// What is in the store under the id of a run that is to come in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing.
    Free,
    /// What an earlier import left behind.
    Remains,
    /// The same run.
    Same,
}

/// Looks whether a run can come in.
///
/// # Errors
/// `AlreadyExists` when another run has its id; `Conflict` when it comes in at this moment; `Corrupt`; `Storage`.
pub(super) async fn place(
    store: &dyn Backend,
    id: &ExecutionId,
    content: &Digest,
) -> Result<Place> {
    let there = match store.load(id).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Place::Free),
        there => there?,
    };
    if !is_whole(&there) {
        return remains(store, &there).await;
    }
    if content::stored(store, &there).await? == *content {
        return Ok(Place::Same);
    }
    Err(Error::new(
        ErrorKind::AlreadyExists,
        "the store holds another run of this name",
    )
    .with("execution", id)
    .hint("compare the two; remove the one in the store, or import into another store"))
}

async fn remains(store: &dyn Backend, there: &Execution) -> Result<Place> {
    let gone = match &there.owner {
        Some(owner) if !there.status.is_terminal() => store.gone(owner).await?.is_some(),
        _ => true,
    };
    if gone {
        return Ok(Place::Remains);
    }
    Err(
        Error::new(ErrorKind::Conflict, "another import brings this run")
            .with("execution", &there.id)
            .hint("try again when it has ended"),
    )
}

/// Who brings a run, and from where.
#[derive(Clone, Debug, Default)]
pub(super) struct Bringer {
    pub(super) actor: String,
    pub(super) source: String,
}

/// A run that comes in.
pub(super) struct Landing {
    store: Arc<dyn Backend>,
    run: Execution,
    bringer: Bringer,
    /// The event that ends the log, and what a damaged record has behind it.
    last: Vec<Event>,
}

impl Landing {
    /// Makes the run appear, as one that is coming in.
    ///
    /// # Errors
    /// `AlreadyExists`; `InvalidInput`; `Storage`.
    pub(super) async fn begin(
        store: Arc<dyn Backend>,
        run: Execution,
        bringer: Bringer,
    ) -> Result<Self> {
        let coming = Execution {
            status: ExecutionStatus::Running,
            owner: Some(store.owner()),
            incomplete: Some(COMING_IN.to_owned()),
            ended_at: None,
            // Never one that a run of this name had that was removed: who read that one, and comes to change it, must not take this for it.
            revision: store.now().as_microsecond().unsigned_abs(),
            archived: false,
            record_digest: None,
            ..run.clone()
        };
        store.create(&coming).await?;
        let last = Vec::new();
        Ok(Self {
            store,
            run,
            bringer,
            last,
        })
    }

    pub(super) async fn events(&mut self, events: &[Event]) -> Result<()> {
        let ends = |event: &Event| event.kind == EventKind::ExecutionFinished;
        let end = match self.last.is_empty() {
            true => events.iter().position(ends).unwrap_or(events.len()),
            false => 0,
        };
        let (now, last) = events.split_at(end);
        self.last.extend_from_slice(last);
        self.append(now).await
    }

    async fn append(&self, events: &[Event]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let appended = self.store.append(&self.run.id, events, Durability::Batched);
        appended.await
    }

    pub(super) async fn output(&self, output: Output) -> Result<()> {
        self.store.put_output(&self.run.id, output).await.map(drop)
    }

    pub(super) async fn results(&self, results: &[DeviceResult]) -> Result<()> {
        if results.is_empty() {
            return Ok(());
        }
        self.store.put_device_results(&self.run.id, results).await
    }

    pub(super) async fn document(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.store.put_document(&self.run.id, name, bytes).await
    }

    /// Ends the run when everything of it came in, and tells the audit log of it in the same step; removes it when not.
    ///
    /// # Errors
    /// That of what came before; `Conflict` when somebody took it for left and ended it; `Storage`.
    pub(super) async fn end(self, filled: Result<()>) -> Result<()> {
        let ended = match filled {
            Ok(()) => self.close().await,
            Err(error) => Err(error),
        };
        if ended.is_err() {
            // What cannot be removed now still says that it is incomplete.
            let _ = self.store.delete(std::slice::from_ref(&self.run.id)).await;
        }
        ended.map_err(|error| match error.kind() {
            ErrorKind::AlreadyFinished => ended_by_others(&self.run.id).because(error),
            _ => error,
        })
    }

    async fn close(&self) -> Result<()> {
        self.append(&self.last).await?;
        let before = self.store.load(&self.run.id).await?;
        let whole = Execution {
            owner: None,
            revision: before.revision,
            archived: false,
            ..self.run.clone()
        };
        let by = (&*self.bringer.actor, &*self.bringer.source);
        let audit = Audit::of(self.store.as_ref());
        audit.import(by, &before, &whole).await.map(drop)
    }
}

/// The error of a run that came in where another process was still ending what an earlier import had left.
fn ended_by_others(id: &ExecutionId) -> Error {
    Error::new(
        ErrorKind::Conflict,
        "somebody else ended this run while it came in",
    )
    .with("execution", id)
    .hint("import it again")
}
