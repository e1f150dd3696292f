//! How runs, snapshots, plans and bytes are kept.
//!
//! A backend implements few primitives, the three traits below. Every rule (states, recovery, following a live run,
//! paging by cursor text) stands once above them.

pub mod audit;
mod cancel;
pub mod cap;
mod contention;
pub mod exchange;
mod follow;
mod front;
mod fs;
mod gap;
mod gate;
mod kept;
mod lines;
mod memory;
pub mod metrics;
mod open;
mod owner;
pub mod query;
mod read_only;
mod record;
mod recorder;
mod recover;
pub mod remarks;
pub mod retention;
mod rules;
pub mod search;
mod seat;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
pub mod stats;
mod tally;
#[cfg(test)]
mod tests;
pub mod verify;
mod vigil;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::cancel::cancel;
pub use self::follow::follow;
pub use self::front::Front;
pub use self::fs::FsStore;
pub use self::gate::Gate;
pub use self::kept::{BlobStore, LogStore, RecordStore};
pub use self::memory::MemoryStore;
pub use self::open::{open, open_with};
pub use self::query::{
    Direction, Filter, ListOptions, Page, Position, Selection, Sort, SortBy, SortKey, Total, list,
};
pub use self::read_only::ReadOnly;
pub use self::recorder::{CancelRequests, NewExecution, Recorder, Subject};
pub(crate) use self::recorder::{REPLAYED, Stop, answered, ended};
pub use self::recover::{RecoverOptions, Recovery, recover, recover_with};
pub use self::search::search_output;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::sql::SqlStore;
pub use self::vigil::Vigil;

use crate::error::{ErrorReport, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
pub use crate::model::RecordingLevel;
use crate::model::{DeviceResult, Execution, ExecutionStatus, Output, OutputSummary, Owner};

/// Whether a write must have reached the disk when the call returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// It survives power loss.
    Durable,
    /// It survives the process; after power loss the newest may be missing, never one in the middle.
    #[default]
    Batched,
}

/// Something in a store that cannot be read, and is passed over by every list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Damage {
    /// What it is: an id, or a path within the store.
    pub place: String,
    /// Why it cannot be read.
    pub error: ErrorReport,
}

/// What moving the outputs of a run to compressed form did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// Bytes of the outputs as they are.
    pub plain: u64,
    /// Bytes that they take now.
    pub stored: u64,
}

/// What becomes of the space that is held for a full disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserve {
    /// It is held, as far as there is room for it.
    Held,
    /// It is free for what comes next.
    GivenUp,
}

/// What a store takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Bytes on the disk or in the database, everything included.
    pub bytes: u64,
    /// Of these, bytes that nothing uses and that were not given back yet.
    pub free: u64,
}

/// Keeps runs: a summary with compare-and-set, an append-only log, outputs.
///
/// All calls may come from many tasks and processes at once. After `create` and `update` return, what they wrote survives
/// power loss.
#[async_trait]
pub trait ExecutionStore: std::fmt::Debug + Send + Sync {
    /// Makes a run appear, whole.
    ///
    /// # Errors
    /// `AlreadyExists` when the id is taken; `InvalidInput` when its second is not that of the creation; `Storage`.
    async fn create(&self, execution: &Execution) -> Result<()>;

    /// Replaces a summary whose revision in the store is `execution.revision`, and returns it with the next revision.
    ///
    /// Of a run that has ended, only labels, pin, annotations and the mark `archived` change.
    ///
    /// # Errors
    /// `NotFound`; `AlreadyFinished` when the stored status is terminal and anything else is another one; `Conflict` when the
    /// revision is another one; `Storage`.
    async fn update(&self, execution: &Execution) -> Result<Execution>;

    /// Replaces a summary as [`update`](Self::update) does, of a run that goes on, without waiting for all of the disk: after power loss
    /// the one before may be back.
    ///
    /// # Errors
    /// Those of [`update`](Self::update).
    async fn refresh(&self, execution: &Execution) -> Result<Execution> {
        self.update(execution).await
    }

    /// Replaces a summary as [`update`](Self::update) does, and appends the entry that tells of it to the log
    /// [`audit`](audit::LOG), with the number `number`: both or neither, whenever the process dies.
    ///
    /// # Errors
    /// Those of [`update`](Self::update); `Conflict` also when `number` is not the next one; `Corrupt` when the log is damaged
    /// before its end.
    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution>;

    /// Returns a summary as [`update`](Self::update) would keep it in the place of `stored`, but for what the store itself sets.
    fn summary_as_kept(&self, stored: &Execution, wanted: &Execution) -> Execution {
        let _ = stored;
        wanted.clone()
    }

    /// Returns the summary of a run.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    async fn load(&self, id: &ExecutionId) -> Result<Execution>;

    /// Returns the runs of a selection, in its order. Times in its filter are absolute.
    ///
    /// A run that cannot be read is left out; it never hides the others. See [`damage`](Self::damage).
    ///
    /// # Errors
    /// `Storage`.
    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>>;

    /// Returns what is counted of the runs of a selection, in its order: id, creation, state, kind, actor, name, duration, the kinds
    /// of their errors (each as 1), and the label that is asked for; everything else is as in a new run. It costs less than
    /// [`select`](Self::select) where a backend keeps these facts beside the summaries, which are not read then: a run whose
    /// summary alone is damaged may be among them.
    ///
    /// # Errors
    /// `Storage`.
    async fn outlines(&self, selection: &Selection, label: Option<&str>) -> Result<Vec<Execution>> {
        let runs = self.select(selection).await?;
        Ok(runs.iter().map(|run| run.outline(label)).collect())
    }

    /// Lists how devices ended in several runs, as [`device_results`](Self::device_results) does in one: none for a run whose
    /// results cannot be read, `None` for a run that is not there.
    ///
    /// # Errors
    /// `Storage`.
    async fn results_of(&self, ids: &[ExecutionId]) -> Result<Vec<Option<Vec<DeviceResult>>>> {
        let mut results = Vec::with_capacity(ids.len());
        for ids in ids.chunks(AT_ONCE) {
            let read = join_all(ids.iter().map(|id| self.device_results(id))).await;
            for read in read {
                results.push(rules::unless_gone(read)?);
            }
        }
        Ok(results)
    }

    /// Counts the runs that fit a filter, and stops at `cap`.
    ///
    /// # Errors
    /// `Storage`.
    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64>;

    /// Returns the newest finished run, if there is one.
    ///
    /// # Errors
    /// `Storage`.
    async fn current(&self) -> Result<Option<ExecutionId>>;

    /// Returns the runs that have not ended, in no order.
    ///
    /// # Errors
    /// `Storage`.
    async fn unfinished(&self) -> Result<Vec<Execution>> {
        let open = Filter::Status(vec![ExecutionStatus::Queued, ExecutionStatus::Running]);
        self.select(&Selection::newest(usize::MAX).filter(open))
            .await
    }

    /// Lists what of the runs cannot be read.
    ///
    /// # Errors
    /// `Storage`.
    async fn damage(&self) -> Result<Vec<Damage>>;

    /// Returns the time that is written down and that ages are counted from. Clocks are set back: nothing is put in order by it, and no
    /// duration is the difference of two.
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Describes this process as the owner of the runs that it writes.
    fn owner(&self) -> Owner {
        owner::this_process()
    }

    /// Says why an owner certainly is gone; `None` when it lives or cannot be judged from here.
    ///
    /// # Errors
    /// `Storage`.
    async fn gone(&self, owner: &Owner) -> Result<Option<&'static str>> {
        Ok(owner::gone(owner))
    }

    /// Says whether an owner certainly lives. One that neither lives nor is [`gone`](Self::gone) cannot be judged from here.
    ///
    /// # Errors
    /// `Storage`.
    async fn lives(&self, owner: &Owner) -> Result<bool> {
        Ok(owner::lives(owner))
    }

    /// Returns how long an owner that is [`gone`](Self::gone) may need to show that it lives all the same. Who looks time and again
    /// waits so long before it ends anything.
    fn doubt(&self, owner: &Owner) -> Duration {
        let _ = owner;
        Duration::ZERO
    }

    /// Returns a text as the store would keep it: a reason, for one.
    fn text_as_kept(&self, text: &str) -> String {
        text.to_owned()
    }

    /// Appends events whose sequence numbers continue the log without a hole: all of them or none.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when a sequence is not the next one; `AlreadyFinished` behind the event that ends a run, and of a
    /// run whose summary says that it has ended; `Corrupt` when the log is damaged before its end; `Storage`.
    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()>;

    /// Appends events that are already as the store keeps them, as [`as_kept`](Self::as_kept) returned them: they are not masked once more.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    async fn append_kept(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        self.append(id, events, durability).await
    }

    /// Returns an output as the store would keep it: whoever cuts one cuts what is kept, and no secret in two.
    fn output_as_kept(&self, output: Output) -> Output {
        output
    }

    /// Returns an event as the store would keep it: what is shown live is what is read later.
    fn as_kept(&self, event: Event) -> Event {
        event
    }

    /// Returns up to `limit` events from sequence `from` on.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>>;

    /// Returns the last event of a run. What stands before it need not be read.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt` when the end of the log cannot be read; `Storage`.
    async fn last_event(&self, id: &ExecutionId) -> Result<Option<Event>> {
        const CHUNK: usize = 1000;
        let mut last: Option<Event> = None;
        loop {
            let from = last.as_ref().map_or(1, |event| event.sequence + 1);
            let events = self.events(id, from, CHUNK).await?;
            match events.into_iter().next_back() {
                Some(event) => last = Some(event),
                None => return Ok(last),
            }
        }
    }

    /// Returns as soon as event `from` of a run may be there, or its summary is another one, and after `patience` anyway.
    ///
    /// # Errors
    /// `Storage`.
    async fn wait(&self, id: &ExecutionId, from: u64, patience: Duration) -> Result<()> {
        let _ = (id, from);
        tokio::time::sleep(patience.min(LOOK_AGAIN)).await;
        Ok(())
    }

    /// Keeps an output; one device and command can have several, in the order they are put.
    ///
    /// # Errors
    /// `NotFound`; `AlreadyFinished` when the run has ended, or its log has; `Storage`.
    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary>;

    /// Lists the outputs of a run in the order they were put.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>>;

    /// Returns the newest output of a command on a device.
    ///
    /// # Errors
    /// `NotFound` for the run or the output; `Corrupt` when the bytes do not match their digest; `Storage`.
    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output>;

    /// Returns the output at a place in [`outputs`](Self::outputs), counted from 0.
    ///
    /// # Errors
    /// `NotFound` for the run or the place; `Corrupt` when the bytes do not match their digest; `Unsupported` from a backend that
    /// can only read the newest output of a command, for an older one with other bytes; `Storage`.
    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        let summary = self.outputs(id).await?.into_iter().nth(place);
        let summary = summary.ok_or_else(|| rules::no_output_at(id, place))?;
        let newest = self.output(id, &summary.device, &summary.command).await?;
        if newest.summary.digest == summary.digest {
            return Ok(Output { summary, ..newest });
        }
        Err(rules::only_newest(id, &summary))
    }

    /// Keeps how devices ended; a device that is there already is replaced.
    ///
    /// # Errors
    /// `NotFound`; `AlreadyFinished` when the run has ended, or its log has; `Storage`.
    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()>;

    /// Lists how devices ended, by name.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>>;

    /// Lists the [`outputs`](Self::outputs) of a run and its [`device_results`](Self::device_results), for who counts both.
    ///
    /// # Errors
    /// Theirs.
    async fn recorded(&self, id: &ExecutionId) -> Result<(Vec<OutputSummary>, Vec<DeviceResult>)> {
        Ok((self.outputs(id).await?, self.device_results(id).await?))
    }

    /// Names all that was recorded of a run by one SHA-256: the lines of its log, of its outputs (which hold the digests of their bytes) and of
    /// its device results, as this store keeps them. Archiving changes none of them.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt` when they cannot be read; `Storage`.
    async fn record_digest(&self, id: &ExecutionId) -> Result<Digest> {
        record::digest_of_values(self, id).await
    }

    /// Lists what stands beside the record of a run that has ended and is not what the store put there, where it keeps something that is
    /// read by others than itself.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt` when the record cannot be read; `Storage`.
    async fn strays(&self, run: &Execution) -> Result<Vec<Damage>> {
        let _ = run;
        Ok(Vec::new())
    }

    /// Makes everything that was recorded of a run so far survive power loss.
    ///
    /// # Errors
    /// `NotFound`; `Storage`.
    async fn sync(&self, id: &ExecutionId) -> Result<()>;

    /// Keeps a document that was derived from a run, such as `topology.json`, in the place of the one of this name. Durable on
    /// return. A name has letters, digits, `-`, `_` and `.`, and does not begin with a dot.
    ///
    /// A document is no part of the record, since it can be derived again: it is kept of a run that has ended, too.
    ///
    /// # Errors
    /// `InvalidInput` for another name or one that the store uses itself; `NotFound`; `Storage`.
    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()>;

    /// Returns a document of a run.
    ///
    /// # Errors
    /// `InvalidInput` for a name that cannot be one; `NotFound` for the run or the document; `Storage`.
    async fn document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>>;

    /// Returns how many bytes a run takes.
    ///
    /// # Errors
    /// `NotFound`; `Storage`.
    async fn size(&self, id: &ExecutionId) -> Result<u64>;

    /// Moves the outputs of a run to compressed form. Every call answers as before. A crash leaves each output in one of the
    /// two forms, whole; asked again, it goes on.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    async fn archive(&self, id: &ExecutionId) -> Result<Archived>;

    /// Removes runs with all that belongs to them, in one short step, and returns those that were there. After a crash each
    /// run is there whole or not at all. It asks nobody: who may be removed is decided above.
    ///
    /// # Errors
    /// `Storage`.
    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>>;

    /// Gives up to `bytes` of free space back to the system, where deleting does not do so by itself, and returns how many it
    /// gave.
    ///
    /// # Errors
    /// `Storage`.
    async fn reclaim(&self, bytes: u64) -> Result<u64> {
        let _ = bytes;
        Ok(0)
    }

    /// Gives up the space that is held for the record of what is removed on a full disk, or holds it again, where removing does not see
    /// to that by itself. Says whether something was given up.
    ///
    /// # Errors
    /// `Storage`.
    async fn reserve(&self, reserve: Reserve) -> Result<bool> {
        let _ = reserve;
        Ok(false)
    }

    /// Returns what the store takes.
    ///
    /// # Errors
    /// `Storage`.
    async fn usage(&self) -> Result<Usage>;
}

/// Runs that are read at one time.
const AT_ONCE: usize = 16;

/// How long a wait lasts where nobody says that something happened.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Everything that a backend offers.
pub trait Backend: ExecutionStore + RecordStore + BlobStore + LogStore {}

impl<T: ExecutionStore + RecordStore + BlobStore + LogStore> Backend for T {}
