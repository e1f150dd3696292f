//! How does the record of a removal come before the removal?

use std::collections::HashSet;

use futures_util::future::join_all;

use super::choose::or_default;
use super::prune::{PruneOptions, PrunedRun, spoken};
use super::tombstone::{self, DeviceOutcome, TOMBSTONES, Tombstone, tombstones};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::redact;
use crate::store::Backend;
use crate::store::audit::{Anchor, Audit, AuditAction, NewAuditEntry};
use crate::store::contention::Contention;
use crate::store::stats::key;

/// Runs that are read at one time.
const AT_ONCE: usize = 16;

/// Makes the tombstones of runs, with their entries in the audit log, as the runs are now. One that is gone, cannot be read or
/// was pinned gets none.
pub(super) async fn tombstones_of(
    store: &dyn Backend,
    options: &PruneOptions,
    batch: &[PrunedRun],
) -> Result<Vec<(Tombstone, NewAuditEntry)>> {
    let head = Audit::of(store).head().await?;
    let mut made = Vec::with_capacity(batch.len());
    for runs in batch.chunks(AT_ONCE) {
        let now = join_all(runs.iter().map(|run| as_it_is(store, &run.id))).await;
        for (chosen, now) in runs.iter().zip(now) {
            let Some((run, devices)) = now? else {
                continue;
            };
            let entry =
                NewAuditEntry::change(&options.actor, AuditAction::Prune, Some(&run), None)?;
            let spoken = spoken(&chosen.why, run.status, options.reason.as_deref());
            let kept = tombstone((store, options), chosen, (run, devices), head.clone());
            made.push((kept, entry.because(Some(&spoken))));
        }
    }
    Ok(made)
}

async fn as_it_is(
    store: &dyn Backend,
    id: &ExecutionId,
) -> Result<Option<(Execution, Vec<DeviceOutcome>)>> {
    let run = match store.load(id).await {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Corrupt) => {
            return Ok(None);
        }
        run => run?,
    };
    if run.pinned || !run.status.is_terminal() {
        return Ok(None);
    }
    let devices = or_default(store.device_results(id).await)?;
    Ok(Some((
        run,
        devices.iter().map(DeviceOutcome::from).collect(),
    )))
}

fn tombstone(
    (store, options): (&dyn Backend, &PruneOptions),
    chosen: &PrunedRun,
    (run, devices): (Execution, Vec<DeviceOutcome>),
    audit_head: Option<Anchor>,
) -> Tombstone {
    let reason = options.reason.as_deref();
    Tombstone {
        execution: Tombstone::keeping(run, &devices),
        devices,
        bytes: chosen.bytes,
        pruned_at: store.now(),
        pruned_by: redact::in_name(&options.actor).into_owned(),
        why: chosen.why.clone(),
        reason: reason.map(|reason| store.text_as_kept(reason)),
        audit_head,
    }
}

/// The tombstones that were written since a prune began: a run that has one of them gets no other, even while it is still there.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// The last tombstone that was looked at.
    known: u64,
    /// Their runs.
    runs: HashSet<u128>,
}

impl Others {
    /// Begins behind a tombstone up to which all runs are gone.
    pub(super) fn behind(settled: u64) -> Self {
        Self {
            known: settled,
            runs: HashSet::new(),
        }
    }

    async fn read_on(&mut self, store: &dyn Backend) -> Result<()> {
        let end = tombstone::end(store).await?;
        while self.known < end {
            let Some((read, next)) = tombstones(store, self.known + 1).await? else {
                return Ok(());
            };
            let ids = read.iter().map(|(_, one)| key(&one.execution.id));
            self.runs.extend(ids);
            self.known = next - 1;
        }
        Ok(())
    }
}

/// The record of the removal of some runs, and how far it is written.
pub(super) struct Record<'a> {
    store: &'a dyn Backend,
    runs: Vec<(Tombstone, NewAuditEntry)>,
    others: &'a mut Others,
    buried: bool,
    audited: bool,
}

impl<'a> Record<'a> {
    pub(super) fn new(
        store: &'a dyn Backend,
        runs: Vec<(Tombstone, NewAuditEntry)>,
        others: &'a mut Others,
    ) -> Self {
        Self {
            store,
            runs,
            others,
            buried: false,
            audited: false,
        }
    }

    /// The runs that it speaks of: those that another removes in this moment fall out when it is written.
    pub(super) fn ids(&self) -> Vec<ExecutionId> {
        let runs = self.runs.iter();
        runs.map(|(tombstone, _)| tombstone.execution.id.clone())
            .collect()
    }

    pub(super) fn is_buried(&self) -> bool {
        self.buried
    }

    pub(super) fn is_written(&self) -> bool {
        self.buried && self.audited
    }

    /// The runs with their sizes, the largest first.
    pub(super) fn largest_first(&self) -> Vec<(ExecutionId, u64)> {
        let sized =
            |(tombstone, _): &(Tombstone, _)| (tombstone.execution.id.clone(), tombstone.bytes);
        let mut runs: Vec<_> = self.runs.iter().map(sized).collect();
        runs.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        runs
    }

    /// Writes what is not written yet: the tombstones, then the entries of the audit log.
    pub(super) async fn write(&mut self) -> Result<()> {
        if !self.buried {
            self.bury().await?;
            self.buried = true;
        }
        if !self.audited && !self.runs.is_empty() {
            let entries = self.runs.iter().map(|(_, entry)| entry.clone());
            Audit::of(self.store).append_all(entries.collect()).await?;
        }
        self.audited = true;
        Ok(())
    }

    async fn bury(&mut self) -> Result<()> {
        let mut contention = Contention::default();
        loop {
            self.others.read_on(self.store).await?;
            let others = &self.others.runs;
            self.runs
                .retain(|(one, _)| !others.contains(&key(&one.execution.id)));
            if self.runs.is_empty() {
                return Ok(());
            }
            let bytes: Vec<Vec<u8>> = self.runs.iter().map(|(one, _)| one.bytes()).collect();
            let next = self.others.known + 1;
            match self.store.append_log(TOMBSTONES, next, &bytes).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    contention.wait_after(error).await?;
                }
                appended => {
                    appended?;
                    // These numbers are ours: nobody has to read them again.
                    self.others.known += self.runs.len() as u64;
                    return Ok(());
                }
            }
        }
    }
}
