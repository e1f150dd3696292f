//! What becomes of runs whose process went away? They end as `interrupted`, with the reason, as soon as somebody looks: at the next open,
//! and whenever a store that is open is asked about runs.

use std::collections::BTreeMap;

use futures_util::future::{BoxFuture, join, join_all};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::audit::{Anchor, Audit};
use super::query::length;
use super::retention::complete;
use super::tally::Tally;
use super::{Backend, Durability, record};
use crate::error::{ErrorKind, ErrorReport, Result};
use crate::event::{Event, EventKind, Level, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Cost, Counters, Execution, ExecutionStatus, Files, Owner};

/// So many runs are looked at, and their logs ended, at one time.
const AT_ONCE: usize = 8;

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
/// died between the two. Otherwise the run is `interrupted`. One run that fails does not hold up the others. What a prune began
/// to remove before its process died is removed.
///
/// # Errors
/// `Storage` when the runs cannot be listed.
///
/// The future is boxed, as `async_trait` does it, so that callers' futures are seen to be `Send`.
pub fn recover(store: &dyn Backend) -> BoxFuture<'_, Result<Recovery>> {
    Box::pin(async move {
        let ended = end_left(store, None).await;
        complete_removals(store).await;
        ended
    })
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
        let ended = end_left(store, age).await;
        complete_removals(store).await;
        ended
    })
}

/// Completes the removals that a prune began that died. What cannot be completed now harms nobody: the next prune tries again, and says
/// what is in its way.
async fn complete_removals(store: &dyn Backend) {
    let _ = complete(store).await;
}

/// Ends the runs whose owner is gone beyond doubt: what a store does that stays open.
///
/// # Errors
/// `Storage` when the runs cannot be listed.
pub(super) fn sweep<'a>(
    store: &'a dyn Backend,
    doubts: &'a mut Doubts,
) -> BoxFuture<'a, Result<Recovery>> {
    Box::pin(async move {
        let mut fates = Fates::default();
        let mut left = Vec::new();
        for run in store.unfinished().await? {
            if let Some(reason) = fates.of(store, &run).await?
                && doubts.are_over(store, &run)
            {
                left.push((run, reason));
            }
        }
        doubts.forget_but(&fates);
        Ok(end_each(store, left).await)
    })
}

async fn end_left(store: &dyn Backend, age: Option<SignedDuration>) -> Result<Recovery> {
    let mut fates = Fates::default();
    let mut left = Vec::new();
    for run in store.unfinished().await? {
        let reason = match (fates.of(store, &run).await?, age) {
            (Some(reason), _) => Some(reason),
            (None, Some(age)) => forsaken(store, &run, age).await?,
            (None, None) => None,
        };
        left.extend(reason.map(|reason| (run, reason)));
    }
    Ok(end_each(store, left).await)
}

/// Ends runs: the logs of several at a time, then their summaries one after the other, as the audit log tells of them. While it does, the
/// logs of the next are ended.
async fn end_each(store: &dyn Backend, left: Vec<(Execution, &'static str)>) -> Recovery {
    let mut teller = Teller::new(store);
    let mut chunks = left.chunks(AT_ONCE);
    let mut ended = Vec::new();
    loop {
        let next = chunks.next().unwrap_or_default();
        let (more, ()) = join(endings(store, next), teller.tell(ended)).await;
        if more.is_empty() {
            return teller.recovery;
        }
        ended = more;
    }
}

/// A run as it was left, and how it ends.
type Ending<'a> = (&'a Execution, Result<Execution>);

async fn endings<'a>(
    store: &dyn Backend,
    left: &'a [(Execution, &'static str)],
) -> Vec<Ending<'a>> {
    let ends = async |(run, reason): &'a (Execution, &'static str)| {
        let ended = ending(store, run.clone(), reason).await;
        (run, ended)
    };
    join_all(left.iter().map(ends)).await
}

/// Tells the audit log of runs that end.
struct Teller<'a> {
    audit: Audit<'a>,
    /// Where the log ends, once it is known.
    end: Option<Anchor>,
    recovery: Recovery,
}

impl<'a> Teller<'a> {
    fn new(store: &'a dyn Backend) -> Self {
        Self {
            audit: Audit::of(store),
            end: None,
            recovery: Recovery::default(),
        }
    }

    async fn tell(&mut self, endings: Vec<Ending<'_>>) {
        for (run, ended) in endings {
            match self.told(run, ended).await {
                Ok(()) => self.recovery.ended.push(run.id.clone()),
                // Somebody else recovered it in the same moment.
                Err(error) if is_settled(error.kind()) => {}
                Err(error) => self.recovery.failed.push((run.id.clone(), error.report())),
            }
        }
    }

    async fn told(&mut self, run: &Execution, ended: Result<Execution>) -> Result<()> {
        let ended = ended?;
        let told = self.audit.recover_after(&mut self.end, run, &ended);
        told.await.map(drop)
    }
}

/// What became of owners. Each is asked for once, however many runs it has.
#[derive(Debug, Default)]
struct Fates(Vec<(Owner, Option<&'static str>)>);

impl Fates {
    /// Says why the owner of a run is gone.
    async fn of(&mut self, store: &dyn Backend, run: &Execution) -> Result<Option<&'static str>> {
        let Some(owner) = &run.owner else {
            return Ok(None);
        };
        if let Some((_, fate)) = self.0.iter().find(|(known, _)| known == owner) {
            return Ok(*fate);
        }
        let fate = store.gone(owner).await?;
        self.0.push((owner.clone(), fate));
        Ok(fate)
    }

    fn is_gone(&self, owner: &Owner) -> bool {
        let gone = |(known, fate): &(Owner, Option<_>)| known == owner && fate.is_some();
        self.0.iter().any(gone)
    }
}

/// Since when owners are gone who may come back.
#[derive(Debug, Default)]
pub(super) struct Doubts(Vec<(Owner, Instant)>);

impl Doubts {
    /// Says whether the owner of a run, who is gone, has been so for long enough.
    fn are_over(&mut self, store: &dyn Backend, run: &Execution) -> bool {
        let Some(owner) = &run.owner else {
            return false;
        };
        let doubt = store.doubt(owner);
        if doubt.is_zero() {
            return true;
        }
        if let Some((_, since)) = self.0.iter().find(|(known, _)| known == owner) {
            return since.elapsed() >= doubt;
        }
        self.0.push((owner.clone(), Instant::now()));
        false
    }

    /// Forgets those who came back, and those who have no runs any more.
    fn forget_but(&mut self, fates: &Fates) {
        self.0.retain(|(owner, _)| fates.is_gone(owner));
    }
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
    let event = match store.last_event(&run.id).await {
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

fn is_settled(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::AlreadyFinished | ErrorKind::Conflict)
}

/// Ends a run that nobody writes any more.
///
/// # Errors
/// `Conflict` and `AlreadyFinished` when somebody else was faster; `Storage`.
pub(super) async fn end(store: &dyn Backend, run: Execution, reason: &str) -> Result<Execution> {
    store.update(&ending(store, run, reason).await?).await
}

/// Ends the log of a run that nobody writes any more, and returns what its summary has to say, bound to its record.
async fn ending(store: &dyn Backend, run: Execution, reason: &str) -> Result<Execution> {
    let ended = end_log(store, run, reason).await?;
    record::bound(store, &ended).await
}

async fn end_log(store: &dyn Backend, mut run: Execution, reason: &str) -> Result<Execution> {
    let last = match store.last_event(&run.id).await {
        Err(error) if error.kind() == ErrorKind::Corrupt => {
            return end_damaged(store, run, reason).await;
        }
        last => last?,
    };
    if let Some(event) = last.as_ref().filter(|event| ends_a_run(event)) {
        let closing = match Closing::read(event) {
            Some(closing) => closing,
            None => interrupted(store, &mut run, reason.to_owned()).await?,
        };
        // Its writer may have died before the summary named them.
        counted(store, &run).await?.name_all(&mut run);
        return Ok(closing.applied_to(run, event));
    }
    let sequence = last.map_or(0, |event| event.sequence);
    let reason = format!("{reason}; the log ends with event {sequence}");
    let closing = interrupted(store, &mut run, reason).await?;
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
    let closing = interrupted(store, &mut run, reason).await?;
    run.status = closing.status;
    run.reason = closing.reason;
    run.results = closing.results;
    run.files = closing.files;
    run.ended_at = Some(store.now());
    run.owner = None;
    Ok(run)
}

/// Counts what was recorded of a run, as far as it can be read.
async fn counted(store: &dyn Backend, run: &Execution) -> Result<Tally> {
    match recount(store, run).await {
        Err(error) if error.kind() == ErrorKind::Corrupt => Ok(Tally::default()),
        tally => tally,
    }
}

async fn interrupted(store: &dyn Backend, run: &mut Execution, reason: String) -> Result<Closing> {
    let tally = counted(store, run).await?;
    tally.name_all(run);
    Ok(Closing {
        status: ExecutionStatus::Interrupted,
        reason: Some(reason),
        duration_us: None,
        results: tally.counters(run.devices.len() as u64),
        files: tally.files(),
        error_kinds: tally.error_kinds(),
        cost: Cost {
            cpu_us: run.cost.cpu_us,
            ..tally.cost()
        },
        incomplete: run.incomplete.clone(),
    })
}

pub(super) async fn recount(store: &dyn Backend, run: &Execution) -> Result<Tally> {
    let mut tally = Tally::default();
    let (outputs, results) = store.recorded(&run.id).await?;
    outputs.iter().for_each(|summary| tally.output(summary));
    results.iter().for_each(|result| tally.result(result));
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

#[cfg(test)]
mod tests;
