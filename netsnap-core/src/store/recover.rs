//! What becomes of runs whose process went away? They end as `interrupted`, with the reason, at the next open.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::audit::Audit;
use super::query::length;
use super::tally::Tally;
use super::{Backend, Durability};
use crate::error::{ErrorKind, ErrorReport, Result};
use crate::event::{Event, EventKind, Level, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Cost, Counters, Execution, ExecutionStatus, Files};

/// Which runs a recovery ends beside those whose process certainly went away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecoverOptions {
    /// Those whose owner cannot be judged, since it was on a machine that is not known here or nothing is known of it, and of which
    /// nothing was recorded for longer than this: `7d`, `36h`. Without it they are left alone.
    ///
    /// A writer that lives all the same finds its run ended and can record no more into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than: Option<String>,
}

/// What a recovery did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// Runs that were ended.
    pub ended: Vec<ExecutionId>,
    /// Runs that could not be, and are tried again at the next open.
    pub failed: Vec<(ExecutionId, ErrorReport)>,
}

/// Ends the runs whose owner is dead.
///
/// A run is left alone when its owner lives, is on another machine, or cannot be judged. A terminal state is never
/// overwritten. When the log already holds the event that ends the run, the summary says what that event says: its writer
/// died between the two. Otherwise the run is `interrupted`. One run that fails does not hold up the others.
///
/// # Errors
/// `Storage` when the runs cannot be listed.
///
/// The future is boxed, as `async_trait` does it, so that callers' futures are seen to be `Send`.
pub fn recover(store: &dyn Backend) -> BoxFuture<'_, Result<Recovery>> {
    Box::pin(end_left(store, None))
}

/// Ends the runs whose owner is dead, as [`recover`] does, and those that the options name.
///
/// # Errors
/// `InvalidInput` for a time that cannot be read; `Storage` when the runs cannot be listed.
pub fn recover_with<'a>(
    store: &'a dyn Backend,
    options: &'a RecoverOptions,
) -> BoxFuture<'a, Result<Recovery>> {
    Box::pin(async move {
        let age = options.older_than.as_deref();
        let age = age.map(length).transpose();
        let age = age.map_err(|error| error.during("store.recover"))?;
        end_left(store, age).await
    })
}

async fn end_left(store: &dyn Backend, age: Option<SignedDuration>) -> Result<Recovery> {
    let mut recovery = Recovery::default();
    for run in store.unfinished().await? {
        let reason = match (gone(store, &run).await?, age) {
            (Some(reason), _) => Some(reason),
            (None, Some(age)) => forsaken(store, &run, age).await?,
            (None, None) => None,
        };
        let Some(reason) = reason else { continue };
        let id = run.id.clone();
        match end_and_tell(store, run, reason).await {
            Ok(()) => recovery.ended.push(id),
            // Somebody else recovered it in the same moment.
            Err(error) if is_settled(error.kind()) => {}
            Err(error) => recovery.failed.push((id, error.report())),
        }
    }
    Ok(recovery)
}

/// Says why a run is taken for left whose owner cannot be judged; `None` when the owner lives or was heard of since.
async fn forsaken(
    store: &dyn Backend,
    run: &Execution,
    age: SignedDuration,
) -> Result<Option<&'static str>> {
    if let Some(owner) = &run.owner
        && store.lives(owner).await?
    {
        return Ok(None);
    }
    let silent = store.now().duration_since(last_sign(store, run).await?) > age;
    Ok(silent.then_some("nobody knows its process, and nothing was recorded for long"))
}

/// Returns when something was last recorded of a run, as far as it can be read.
async fn last_sign(store: &dyn Backend, run: &Execution) -> Result<Timestamp> {
    let event = match last_event(store, run).await {
        Err(error) if error.kind() == ErrorKind::Corrupt => None,
        event => event?.map(|event| event.at),
    };
    let outputs = match store.outputs(&run.id).await {
        Err(error) if error.kind() == ErrorKind::Corrupt => Vec::new(),
        outputs => outputs?,
    };
    let began = [Some(run.created_at), run.started_at, event];
    let answered = outputs.into_iter().map(|output| output.started_at);
    let signs = began.into_iter().flatten().chain(answered);
    Ok(signs.max().unwrap_or(run.created_at))
}

async fn gone(store: &dyn Backend, run: &Execution) -> Result<Option<&'static str>> {
    match &run.owner {
        Some(owner) => store.gone(owner).await,
        None => Ok(None),
    }
}

fn is_settled(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::AlreadyFinished | ErrorKind::Conflict)
}

async fn end_and_tell(store: &dyn Backend, run: Execution, reason: &str) -> Result<()> {
    let before = run.clone();
    let wanted = ending(store, run, reason).await?;
    Audit::of(store).recover(&before, &wanted).await.map(drop)
}

/// Ends a run that nobody writes any more.
///
/// # Errors
/// `Conflict` and `AlreadyFinished` when somebody else was faster; `Storage`.
pub(super) async fn end(store: &dyn Backend, run: Execution, reason: &str) -> Result<Execution> {
    store.update(&ending(store, run, reason).await?).await
}

/// Ends the log of a run that nobody writes any more, and returns what its summary has to say.
async fn ending(store: &dyn Backend, run: Execution, reason: &str) -> Result<Execution> {
    let last = match last_event(store, &run).await {
        Err(error) if error.kind() == ErrorKind::Corrupt => {
            return end_damaged(store, run, reason).await;
        }
        last => last?,
    };
    if let Some(event) = last.as_ref().filter(|event| ends_a_run(event)) {
        let closing = match Closing::read(event) {
            Some(closing) => closing,
            None => interrupted(store, &run, reason.to_owned()).await?,
        };
        return Ok(closing.applied_to(run, event));
    }
    let sequence = last.map_or(0, |event| event.sequence);
    let reason = format!("{reason}; the log ends with event {sequence}");
    let closing = interrupted(store, &run, reason).await?;
    let event = closing.event(sequence + 1, store.now());
    store
        .append(&run.id, std::slice::from_ref(&event), Durability::Durable)
        .await?;
    Ok(closing.applied_to(run, &event))
}

fn ends_a_run(event: &Event) -> bool {
    event.kind == EventKind::ExecutionFinished
}

/// Ends a run whose log cannot be continued: the summary alone says so.
async fn end_damaged(store: &dyn Backend, mut run: Execution, reason: &str) -> Result<Execution> {
    let reason = format!("{reason}; its log is damaged");
    let closing = interrupted(store, &run, reason).await?;
    run.status = closing.status;
    run.reason = closing.reason;
    run.results = closing.results;
    run.files = closing.files;
    run.ended_at = Some(store.now());
    run.owner = None;
    Ok(run)
}

/// Walks to the end of a log.
async fn last_event(store: &dyn Backend, run: &Execution) -> Result<Option<Event>> {
    const CHUNK: usize = 1000;
    let mut last: Option<Event> = None;
    loop {
        let from = last.as_ref().map_or(1, |event| event.sequence + 1);
        let events = store.events(&run.id, from, CHUNK).await?;
        match events.into_iter().next_back() {
            Some(event) => last = Some(event),
            None => return Ok(last),
        }
    }
}

async fn interrupted(store: &dyn Backend, run: &Execution, reason: String) -> Result<Closing> {
    let tally = match recount(store, run).await {
        Err(error) if error.kind() == ErrorKind::Corrupt => Tally::default(),
        tally => tally?,
    };
    Ok(Closing {
        status: ExecutionStatus::Interrupted,
        reason: Some(reason),
        duration_us: None,
        results: tally.counters(run.devices.len() as u64),
        files: tally.files(),
        error_kinds: tally.error_kinds(),
        cost: tally.cost(),
        incomplete: run.incomplete.clone(),
    })
}

pub(super) async fn recount(store: &dyn Backend, run: &Execution) -> Result<Tally> {
    let mut tally = Tally::default();
    for summary in store.outputs(&run.id).await? {
        tally.output(&summary);
    }
    for result in store.device_results(&run.id).await? {
        tally.result(&result);
    }
    Ok(tally)
}

/// How a run ended: the data of its last event, from which its summary can be finished.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Closing {
    pub(super) status: ExecutionStatus,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) duration_us: Option<u64>,
    #[serde(default)]
    pub(super) results: Counters,
    #[serde(default)]
    pub(super) files: Files,
    #[serde(default)]
    pub(super) error_kinds: BTreeMap<ErrorKind, u64>,
    #[serde(default)]
    pub(super) cost: Cost,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) incomplete: Option<String>,
}

impl Closing {
    /// Reads it from an event; `None` when the event does not end a run.
    pub(super) fn read(event: &Event) -> Option<Self> {
        if event.kind != EventKind::ExecutionFinished {
            return None;
        }
        let closing: Self = serde_json::from_value(event.data.clone()).ok()?;
        closing.status.is_terminal().then_some(closing)
    }

    /// Writes it as the last event of a run.
    pub(super) fn event(&self, sequence: u64, at: Timestamp) -> Event {
        let data = serde_json::to_value(self).expect("a closing is plain data");
        let word = data["status"].as_str().unwrap_or_default().to_owned();
        let text = match &self.reason {
            Some(reason) => format!("{}: {reason}", word.replace('_', " ")),
            None => word.replace('_', " "),
        };
        NewEvent::new(EventKind::ExecutionFinished, text)
            .level(level(self.status))
            .data(data)
            .at(sequence, at)
    }

    /// Finishes a summary.
    pub(super) fn applied_to(&self, mut run: Execution, event: &Event) -> Execution {
        run.status = self.status;
        run.reason.clone_from(&self.reason);
        run.duration_us = self.duration_us;
        run.results = self.results;
        run.files = self.files;
        run.error_kinds.clone_from(&self.error_kinds);
        run.cost = self.cost;
        run.incomplete.clone_from(&self.incomplete);
        run.ended_at = Some(event.at);
        run.last_sequence = event.sequence;
        run.owner = None;
        run
    }
}

fn level(status: ExecutionStatus) -> Level {
    match status {
        ExecutionStatus::Succeeded => Level::Info,
        ExecutionStatus::Partial | ExecutionStatus::Cancelled => Level::Warning,
        _ => Level::Error,
    }
}
