//! Who agreed that a plan be carried out?

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::id::PlanId;
use crate::model::Approval;
use crate::plan;
use crate::redact;
use crate::store::audit::{Audit, AuditAction, NewAuditEntry};

/// Who agrees to a plan, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApproveOptions {
    /// Who.
    pub actor: String,
    /// Why, or under which ticket. Secrets in it are masked.
    pub reason: Option<String>,
}

/// Records that somebody agrees to a plan. The audit log is told first.
///
/// # Errors
/// `InvalidInput` without a name; `NotFound`; `Corrupt`; `PlanExpired`; `Storage`.
pub(crate) async fn approve(
    context: &Context,
    id: &PlanId,
    options: &ApproveOptions,
) -> Result<Approval> {
    if options.actor.trim().is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, "nobody approves")
            .during("approve_plan")
            .hint("say who agrees to the plan"));
    }
    let plan = record::load_plan(context, id)
        .await
        .map_err(|error| error.during("approve_plan"))?;
    let at = Timestamp::now();
    plan::check_time(&plan, at).map_err(|error| error.during("approve_plan"))?;
    let reason = options.reason.as_deref();
    let approval = Approval {
        plan: plan.id,
        actor: redact::in_name(&options.actor).into_owned(),
        at,
        reason: reason.map(|reason| context.store.text_as_kept(reason)),
    };
    let entry = NewAuditEntry::new(
        &approval.actor,
        AuditAction::Approve,
        "plan",
        &id.to_string(),
    );
    let entry = entry.because(approval.reason.as_deref());
    Audit::of(context.store.as_ref()).append(entry).await?;
    record::keep_approval(context, &approval).await?;
    Ok(approval)
}

/// Returns who agreed to a plan, the first one first.
///
/// # Errors
/// `Corrupt`; `Storage`.
pub(crate) async fn approvals(context: &Context, id: &PlanId) -> Result<Vec<Approval>> {
    record::approvals(context, id).await
}
