//! Which entries tell the life of a run? One function for each of its transitions.

use super::{Audit, AuditAction, AuditEntry, NewAuditEntry, execution_digest};
use crate::error::Result;
use crate::model::Execution;

/// Who ends a run whose process went away.
const RECOVERY: &str = "netsnap";

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

impl Audit<'_> {
    /// Tells that a run was created, by its actor, for the reason it was asked for.
    ///
    /// # Errors
    /// As for [`append`](Self::append), here and below.
    pub async fn created(&self, run: &Execution) -> Result<AuditEntry> {
        let entry = NewAuditEntry::change(&run.actor, AuditAction::Create, None, Some(run))?;
        self.append(entry.because(run.why.as_deref())).await
    }

    /// Tells that a run left the queue.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn started(&self, before: &Execution, after: &Execution) -> Result<AuditEntry> {
        let step = (AuditAction::Start, after.actor.as_str());
        self.changed(step, before, after, None).await
    }

    /// Tells that somebody stopped a run, and why.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn cancelled(
        &self,
        actor: &str,
        before: &Execution,
        after: &Execution,
    ) -> Result<AuditEntry> {
        let step = (AuditAction::Cancel, actor);
        let reason = after.reason.as_deref();
        self.changed(step, before, after, reason).await
    }

    /// Tells that a run ended. The entry's [`anchor`](AuditEntry::anchor) stands for all that was done up to then.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn finished(&self, before: &Execution, after: &Execution) -> Result<AuditEntry> {
        let step = (AuditAction::Finish, after.actor.as_str());
        let reason = after.reason.as_deref();
        self.changed(step, before, after, reason).await
    }

    /// Tells that a run whose process went away was ended.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn recovered(&self, before: &Execution, after: &Execution) -> Result<AuditEntry> {
        let step = (AuditAction::Recover, RECOVERY);
        let reason = after.reason.as_deref();
        self.changed(step, before, after, reason).await
    }

    async fn changed(
        &self,
        (action, actor): (AuditAction, &str),
        before: &Execution,
        after: &Execution,
        reason: Option<&str>,
    ) -> Result<AuditEntry> {
        let entry = NewAuditEntry::change(actor, action, Some(before), Some(after))?;
        self.append(entry.because(reason)).await
    }
}
