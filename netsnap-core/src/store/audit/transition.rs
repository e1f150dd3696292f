//! Which entries tell the life of a run? One function for each of its transitions.

use super::{Anchor, Audit, AuditAction, AuditEntry, NewAuditEntry, execution_digest};
use crate::error::{ErrorKind, Result};
use crate::model::{Execution, ExecutionStatus};
use crate::store::contention::Contention;
use crate::store::{record, rules};

/// Who ends a run whose process went away.
const RECOVERY: &str = "netsnap";

/// What becomes of a run whose end cannot be told.
const UNTOLD: &str =
    "the run itself has ended and is recorded; only the entry in the audit log is missing";

/// Says whether a failure may be one of the log alone.
fn is_of_the_log(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Corrupt | ErrorKind::Storage | ErrorKind::StorageFull
    )
}

impl NewAuditEntry {
    /// Says that somebody changed a run; `None` stands for a run that was not there before, or is not afterwards.
    ///
    /// # Errors
    /// `Internal` for a summary that cannot be written as JSON.
    pub fn change(
        actor: &str,
        action: AuditAction,
        before: Option<&Execution>,
        after: Option<&Execution>,
    ) -> Result<Self> {
        let id = after.or(before).map_or("", |run| run.id.as_str());
        Ok(Self {
            before: before.map(execution_digest).transpose()?,
            after: after.map(execution_digest).transpose()?,
            ..Self::new(actor, action, "execution", id)
        })
    }
}

/// Who changes a run, how, and why.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Who.
    pub actor: &'a str,
    /// What is done.
    pub action: AuditAction,
    /// Why.
    pub reason: Option<&'a str>,
}

impl Audit<'_> {
    /// Changes a run that stands at `before`, tells of it in the same step, and returns the run.
    ///
    /// # Errors
    /// `Conflict` when the run no longer stands there, or when others append to the log for several seconds; `AlreadyFinished` when
    /// more than remarks of a run would change that has ended; `NotFound`; `Corrupt` when the log cannot be continued; `Storage`.
    pub async fn change(
        &self,
        change: Change<'_>,
        before: &Execution,
        wanted: &Execution,
    ) -> Result<Execution> {
        self.change_after(&mut None, change, before, wanted).await
    }

    /// Does the same where the end of the log may be known, and knows it then.
    async fn change_after(
        &self,
        end: &mut Option<Anchor>,
        change: Change<'_>,
        before: &Execution,
        wanted: &Execution,
    ) -> Result<Execution> {
        let after = rules::next_revision(before, &self.store.summary_as_kept(before, wanted))?;
        let states = (Some(before), Some(&after));
        let new = NewAuditEntry::change(change.actor, change.action, states.0, states.1)?;
        let new = new.because(change.reason);
        self.carry_out(end, &new, before, wanted).await
    }

    /// Ends a run that came in from elsewhere and stands at `before`, binds its record as this store keeps it, tells in the same step who brought it and from where, and
    /// returns the run.
    ///
    /// # Errors
    /// As for [`change`](Self::change).
    pub(in crate::store) async fn import(
        &self,
        (actor, source): (&str, &str),
        before: &Execution,
        wanted: &Execution,
    ) -> Result<Execution> {
        let wanted = &record::bound(self.store, wanted).await?;
        let after = rules::next_revision(before, &self.store.summary_as_kept(before, wanted))?;
        // To this store the run is new: what it was while it came in is nobody's concern.
        let new = NewAuditEntry::change(actor, AuditAction::Import, None, Some(&after))?;
        let new = new.because(Some(source));
        self.carry_out(&mut None, &new, before, wanted).await
    }

    /// Changes a run that stands at `before` together with the entry that tells of it.
    async fn carry_out(
        &self,
        end: &mut Option<Anchor>,
        new: &NewAuditEntry,
        before: &Execution,
        wanted: &Execution,
    ) -> Result<Execution> {
        let mut contention = Contention::default();
        loop {
            // Where somebody else appended meanwhile, the number is taken, and the end is asked for.
            let last = match end.take() {
                Some(known) => known,
                None => self.head().await?.unwrap_or_default(),
            };
            let entry = self.as_kept(new).sealed(&last, self.store.now());
            let (number, bytes) = (entry.number, entry.bytes());
            match self.store.update_audited(wanted, number, &bytes).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    if self.store.load(&before.id).await?.revision != before.revision {
                        return Err(error);
                    }
                    contention.wait_after(error).await?;
                }
                updated => {
                    *end = updated.is_ok().then(|| entry.anchor());
                    return updated;
                }
            }
        }
    }

    /// Takes a run out of the queue that stands at `before`, tells of it in the same step, and returns the run.
    ///
    /// # Errors
    /// As for [`change`](Self::change).
    pub async fn start(&self, before: &Execution, wanted: &Execution) -> Result<Execution> {
        let change = Change {
            actor: &wanted.actor,
            action: AuditAction::Start,
            reason: None,
        };
        self.change(change, before, wanted).await
    }

    /// Ends a run that stands at `before` and whose log is complete, binds its record, tells of it in the same step, and returns the run. Of one that ends as cancelled it is told
    /// that somebody stopped it.
    ///
    /// When the log cannot be continued, the run ends all the same, without an entry.
    ///
    /// # Errors
    /// As for [`change`](Self::change).
    pub async fn finish(&self, before: &Execution, wanted: &Execution) -> Result<Execution> {
        let action = match wanted.status {
            ExecutionStatus::Cancelled => AuditAction::Cancel,
            _ => AuditAction::Finish,
        };
        let step = (action, wanted.actor.as_str());
        self.end(step, before, wanted).await
    }

    /// Ends a run whose process went away, as [`finish`](Self::finish) does.
    ///
    /// # Errors
    /// As for [`change`](Self::change).
    pub async fn recover(&self, before: &Execution, wanted: &Execution) -> Result<Execution> {
        let step = (AuditAction::Recover, RECOVERY);
        self.end(step, before, wanted).await
    }

    /// Does the same for one of many that are bound to their records already. Where the log ends is asked for once.
    pub(in crate::store) async fn recover_after(
        &self,
        end: &mut Option<Anchor>,
        before: &Execution,
        bound: &Execution,
    ) -> Result<Execution> {
        let step = (AuditAction::Recover, RECOVERY);
        self.end_after(end, step, before, bound).await
    }

    async fn end(
        &self,
        step: (AuditAction, &str),
        before: &Execution,
        wanted: &Execution,
    ) -> Result<Execution> {
        let bound = record::bound(self.store, wanted).await?;
        self.end_after(&mut None, step, before, &bound).await
    }

    async fn end_after(
        &self,
        end: &mut Option<Anchor>,
        (action, actor): (AuditAction, &str),
        before: &Execution,
        wanted: &Execution,
    ) -> Result<Execution> {
        let kept = self.store.summary_as_kept(before, wanted);
        let change = Change {
            actor,
            action,
            reason: kept.reason.as_deref(),
        };
        match self.change_after(end, change, before, wanted).await {
            Err(error) if is_of_the_log(error.kind()) => {
                self.store.update(wanted).await?;
                Err(error.hint(UNTOLD))
            }
            ended => ended,
        }
    }

    /// Tells that a run was created, by its actor, for the reason it was asked for.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn created(&self, run: &Execution) -> Result<AuditEntry> {
        let entry = NewAuditEntry::change(&run.actor, AuditAction::Create, None, Some(run))?;
        self.append(entry.because(run.why.as_deref())).await
    }
}
