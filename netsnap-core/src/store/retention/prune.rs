//! How are runs removed so that nothing is lost or counted twice, whatever happens in between?

use std::collections::{BTreeMap, HashSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bury::{Others, Record, tombstones_of};
use super::choose::{Choice, choose};
use super::policy::RetentionPolicy;
use super::settle::{settle, settled};
use super::word;
use crate::error::{Error, ErrorKind, ErrorReport, Result};
use crate::event::Progress;
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionKind, ExecutionStatus};
use crate::store::{Backend, Reserve};

/// Runs that are removed in one step.
const BATCH: usize = 100;
/// Batches after which what was removed is summed up.
const SETTLE_EVERY: usize = 20;
/// Bytes that are given back in one step.
const GIVE_BACK: u64 = 16 << 20;

/// What is to be removed, by whom, and whether really.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PruneOptions {
    /// Which runs.
    pub policy: RetentionPolicy,
    /// Only say what would be removed. Set by default.
    pub dry_run: bool,
    /// Who removes.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// At most so many runs are removed, the oldest.
    pub limit: usize,
    /// At most so many of them are named in the report.
    pub list: usize,
}

impl Default for PruneOptions {
    fn default() -> Self {
        Self {
            policy: RetentionPolicy::default(),
            dry_run: true,
            actor: String::new(),
            reason: None,
            limit: 100_000,
            list: 1000,
        }
    }
}

/// A run that is removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrunedRun {
    /// Its id.
    pub id: ExecutionId,
    /// Its kind.
    pub kind: ExecutionKind,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub status: ExecutionStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// How many bytes it takes.
    pub bytes: u64,
    /// The rule that removes it: `older_than`, `at_most` or `max_bytes`.
    pub why: String,
}

impl PrunedRun {
    pub(super) fn of(run: &Execution, bytes: u64, why: &str) -> Self {
        Self {
            id: run.id.clone(),
            kind: run.kind,
            name: run.name.clone(),
            status: run.status,
            created_at: run.created_at,
            bytes,
            why: why.to_owned(),
        }
    }
}

/// What a prune removed, or would remove.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PruneReport {
    /// Set when nothing was removed.
    pub dry_run: bool,
    /// Runs that were looked at.
    pub seen: u64,
    /// Runs that were removed, or would be.
    pub removed: u64,
    /// Bytes that these took.
    pub bytes: u64,
    /// Bytes that were given back to the system beyond what removing gives back by itself.
    pub reclaimed: u64,
    /// How many of the removed each rule removed.
    pub by_rule: BTreeMap<String, u64>,
    /// How many runs were kept, by the reason: `pinned`, `unfinished`, `parent_of_unfinished`, `last_success`, `at_least`,
    /// `keep_failed_for`; `not_due` when no rule says remove; `changed` when it was pinned or removed by another meanwhile.
    pub kept: BTreeMap<String, u64>,
    /// The removed runs, the oldest first, cut as the options say.
    pub runs: Vec<PrunedRun>,
    /// Set when the policy removes more than the limit: prune again.
    pub more: bool,
    /// So many bytes remain above `max_bytes`, because other rules keep them or the limit was reached.
    pub bytes_over: u64,
    /// Runs whose removal an earlier prune had begun, and this one completed.
    pub completed: u64,
    /// Runs that were removed on a full disk and whose tombstone could not be written.
    pub unrecorded: Vec<ExecutionId>,
    /// Why it stopped early, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<ErrorReport>,
}

/// Removes the runs that a policy chooses, or says which.
///
/// In batches of at most 100 runs, the oldest first: a tombstone of each (log `tombstones`), an entry of each in the audit log,
/// then the runs in one short step; in the end the tombstones are summed up (log `rollups`) and space is given back. A crash
/// between any two steps leaves runs that are whole, or gone with a tombstone; the next prune completes what was begun.
///
/// **On a full disk** a tombstone may not fit. Then the largest run of the batch is removed first, its tombstone held in memory,
/// and the tombstones are written into the space that it leaves; if they still do not fit, the next largest goes, and so on.
/// A crash in that moment loses the tombstones of the runs removed so far, though not their entries in the audit log: `verify`
/// tells of them. When not even a whole batch makes room, the prune stops and the report names the runs without a tombstone.
///
/// # Errors
/// `InvalidInput` for a time that cannot be read or a limit of 0; `StorageFull` when nothing can be removed on a full disk;
/// `Storage`. What was removed until then stays removed.
pub async fn prune(
    store: &dyn Backend,
    options: &PruneOptions,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<PruneReport> {
    if options.limit == 0 {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "a prune of no runs removes nothing",
        )
        .during("prune")
        .hint("set a limit of at least one run, or leave it out"));
    }
    let completed = match options.dry_run {
        true => 0,
        false => settle_patiently(store).await?,
    };
    let choice = choose(store, options).await?;
    let mut prune = Prune::new(store, options, &choice);
    prune.report.completed = completed;
    if options.dry_run {
        choice.runs.iter().for_each(|run| prune.count(run));
    } else {
        prune.carry_out(choice.runs, progress).await?;
    }
    Ok(prune.report)
}

/// Completes what earlier prunes began. On a full disk that waits until there is room.
async fn settle_patiently(store: &dyn Backend) -> Result<u64> {
    match settle(store).await {
        Err(error) if error.kind() == ErrorKind::StorageFull => Ok(0),
        settled => settled,
    }
}

struct Prune<'a> {
    store: &'a dyn Backend,
    options: &'a PruneOptions,
    report: PruneReport,
    others: Others,
}

impl<'a> Prune<'a> {
    fn new(store: &'a dyn Backend, options: &'a PruneOptions, choice: &Choice) -> Self {
        let report = PruneReport {
            dry_run: options.dry_run,
            seen: choice.seen,
            kept: choice.kept.clone(),
            more: choice.more,
            bytes_over: choice.bytes_over,
            ..PruneReport::default()
        };
        Self {
            store,
            options,
            report,
            others: Others::default(),
        }
    }

    fn count(&mut self, run: &PrunedRun) {
        self.report.removed += 1;
        self.report.bytes += run.bytes;
        *self.report.by_rule.entry(run.why.clone()).or_default() += 1;
        if self.report.runs.len() < self.options.list {
            self.report.runs.push(run.clone());
        }
    }

    async fn carry_out(
        &mut self,
        mut runs: VecDeque<PrunedRun>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<()> {
        let total = runs.len() as u64;
        let (mut done, mut batches) = (0, 0);
        self.others = Others::behind(settled(self.store).await?);
        while !runs.is_empty() && self.report.stopped.is_none() {
            let batch: Vec<PrunedRun> = runs.drain(..runs.len().min(BATCH)).collect();
            self.remove(&batch).await?;
            done += batch.len() as u64;
            batches += 1;
            progress(Progress { done, total });
            if batches % SETTLE_EVERY == 0 {
                settle_patiently(self.store).await?;
            }
        }
        settle_patiently(self.store).await?;
        self.reclaim(self.report.bytes).await?;
        self.store.reserve(Reserve::Held).await.map(drop)
    }

    async fn remove(&mut self, batch: &[PrunedRun]) -> Result<()> {
        let tombstones = tombstones_of(self.store, self.options, batch).await?;
        let mut others = std::mem::take(&mut self.others);
        let mut record = Record::new(self.store, tombstones, &mut others);
        match self.write(&mut record).await {
            Err(error) if error.kind() == ErrorKind::StorageFull => {
                self.make_room(&mut record).await?;
            }
            written => {
                written?;
                self.store.delete(&record.ids()).await?;
            }
        }
        let removed: HashSet<ExecutionId> = record.ids().into_iter().collect();
        self.others = others;
        for run in batch {
            match removed.contains(&run.id) {
                true => self.count(run),
                false => *self.report.kept.entry("changed".to_owned()).or_default() += 1,
            }
        }
        Ok(())
    }

    /// Writes what is told of a batch, if need be into the space that is held for that.
    async fn write(&self, record: &mut Record<'_>) -> Result<()> {
        match record.write().await {
            Err(error)
                if error.kind() == ErrorKind::StorageFull
                    && self.store.reserve(Reserve::GivenUp).await? =>
            {
                record.write().await
            }
            written => written,
        }
    }

    /// Removes runs before their tombstones fit, the largest first, until they do.
    async fn make_room(&mut self, record: &mut Record<'_>) -> Result<()> {
        let mut full = None;
        for (id, bytes) in record.largest_first() {
            if record.is_written() {
                break;
            }
            self.store.delete(&[id]).await?;
            self.reclaim(bytes).await?;
            full = match record.write().await {
                Err(error) if error.kind() == ErrorKind::StorageFull => Some(error),
                written => written.map(|()| None)?,
            };
        }
        self.store.delete(&record.ids()).await?;
        let Some(error) = full else {
            return Ok(());
        };
        if !record.is_buried() {
            self.report.unrecorded.extend(record.ids());
        }
        self.report.stopped = Some(error.during("prune").report());
        Ok(())
    }

    /// Gives back so much at once, if need be by means of the space that is held for that.
    async fn give_back(&self, bytes: u64) -> Result<u64> {
        match self.store.reclaim(bytes).await {
            Err(error)
                if error.kind() == ErrorKind::StorageFull
                    && self.store.reserve(Reserve::GivenUp).await? =>
            {
                self.store.reclaim(bytes).await
            }
            given => given,
        }
    }

    /// Gives back so much, in small steps, as far as the store can.
    async fn reclaim(&mut self, bytes: u64) -> Result<()> {
        let mut left = bytes;
        while left > 0 {
            let given = match self.give_back(left.min(GIVE_BACK)).await {
                // Giving back may need room itself. What was removed is free for the store all the same.
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
                given => given?,
            };
            if given == 0 {
                break;
            }
            self.report.reclaimed += given;
            left = left.saturating_sub(given);
        }
        Ok(())
    }
}

/// What the audit log says of a removal.
pub(super) fn spoken(why: &str, status: ExecutionStatus, reason: Option<&str>) -> String {
    let rule = format!("{why} removes a run that ended as {}", word(&status));
    match reason {
        Some(reason) => format!("{rule}: {reason}"),
        None => rule,
    }
}
