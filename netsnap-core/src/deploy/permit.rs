//! May this plan be carried out now?
//!
//! Its time is not over, it is proven, somebody agreed where that is asked for, and it was not carried out before.

use super::options::DeployOptions;
use super::record::{self, Record};
use super::{approval, sent_lines};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{Deployment, DeviceOutcome, DeviceProof, Plan};
use crate::{plan, store};
use jiff::Timestamp;

/// Refuses a plan that may not be carried out.
///
/// # Errors
/// `PlanExpired`, `PlanUnproven`, `PlanNotApproved`, `PlanUsed`, `Conflict` while another run carries it out; `Storage`.
pub(super) async fn check(context: &Context, plan: &Plan, options: &DeployOptions) -> Result<()> {
    plan::check_time(plan, Timestamp::now())?;
    check_proof(plan, options)?;
    if options.require_approval {
        check_approval(context, plan).await?;
    }
    let turns = record::turns(context, &plan.id).await?;
    check_use(context, plan, &turns, options).await
}

/// Takes the next turn of a plan for a run that has begun and has sent nothing. What [`check`] saw may be over by now: others of this
/// process, and other processes, may have looked at the same moment. Whoever finds the turn taken looks again at who has it.
///
/// # Errors
/// `PlanUsed`; `Conflict` while another run carries it out; `Storage`.
pub(super) async fn take_turn(
    context: &Context,
    plan: &Plan,
    run: &ExecutionId,
    options: &DeployOptions,
) -> Result<()> {
    loop {
        let turns = record::turns(context, &plan.id).await?;
        check_use(context, plan, &turns, options).await?;
        match record::take_turn(context, &plan.id, turns.len() + 1, run).await {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            taken => return taken,
        }
    }
}

fn check_proof(plan: &Plan, options: &DeployOptions) -> Result<()> {
    let unproven = plan.devices.iter().find_map(|device| match &device.proof {
        DeviceProof::Unproven { reasons } => Some((device, reasons)),
        DeviceProof::Proven { .. } => None,
    });
    match unproven {
        Some((device, reasons)) if !options.allow_unproven => Err(Error::new(
            ErrorKind::PlanUnproven,
            "the plan is not proven for a device",
        )
        .during("deploy")
        .with("plan", plan.id)
        .with("device", &device.device)
        .with("reasons", reasons.join("; "))
        .hint("change the intended configuration, or allow unproven plans for this deployment")),
        _ => Ok(()),
    }
}

async fn check_approval(context: &Context, plan: &Plan) -> Result<()> {
    let approvals = approval::approvals(context, &plan.id).await?;
    if approvals.iter().any(|approval| approval.plan == plan.id) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::PlanNotApproved,
        "nobody agreed that this plan be carried out",
    )
    .during("deploy")
    .with("plan", plan.id)
    .hint("let somebody approve this very plan; an approval of another one does not count"))
}

async fn check_use(
    context: &Context,
    plan: &Plan,
    turns: &[ExecutionId],
    options: &DeployOptions,
) -> Result<()> {
    if options.allow_reuse {
        return Ok(());
    }
    // A run of an elder netsnap took no turn.
    let elder = record::runs_of(context, plan).await?;
    let elder = elder.iter().filter(|run| !turns.contains(run));
    for run in turns.iter().chain(elder) {
        if let Some(error) = used_by(context, run).await? {
            return Err(error
                .during("deploy")
                .with("plan", plan.id)
                .with("execution", run));
        }
    }
    Ok(())
}

/// Says what an earlier run of the plan did that stands against another one; nothing for a run that left every device as it was.
async fn used_by(context: &Context, run: &ExecutionId) -> Result<Option<Error>> {
    // Asked first: of a run that has ended by now no record is still to come.
    let is_running = is_running(context, run).await?;
    match known(context, run).await? {
        Some(Record::Ended(deployment)) if changed_nothing(&deployment) => Ok(None),
        Some(Record::Ended(_)) => Ok(Some(used(
            "plan again from what the devices run now, or allow it to be used again",
        ))),
        _ if is_running => Ok(Some(
            Error::new(ErrorKind::Conflict, "another run carries the plan out")
                .hint("wait for its end"),
        )),
        // It had its turn, and ended before it wrote down that it begins.
        None => Ok(None),
        Some(Record::Begun(_)) if !has_sent(context, run).await? => Ok(None),
        Some(Record::Begun(_)) => Ok(Some(used(
            "its process went away on the way: roll that run back, or allow the plan to be used again",
        ))),
    }
}

async fn known(context: &Context, run: &ExecutionId) -> Result<Option<Record>> {
    match record::load(context, run).await {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn used(hint: &'static str) -> Error {
    Error::new(ErrorKind::PlanUsed, "the plan was carried out before").hint(hint)
}

fn changed_nothing(deployment: &Deployment) -> bool {
    let mut outcomes = deployment.devices.iter().map(|device| device.outcome);
    outcomes.all(|outcome| outcome != DeviceOutcome::Changed)
}

/// Says whether a run goes on. Its process may have gone away since this store was opened.
async fn is_running(context: &Context, run: &ExecutionId) -> Result<bool> {
    if has_ended(context, run).await? {
        return Ok(false);
    }
    store::recover(context.store.as_ref()).await?;
    Ok(!has_ended(context, run).await?)
}

/// A run that was removed has ended.
async fn has_ended(context: &Context, run: &ExecutionId) -> Result<bool> {
    match context.store.load(run).await {
        Ok(execution) => Ok(execution.status.is_terminal()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Says whether a run may have sent something. Of one that was removed nobody knows.
async fn has_sent(context: &Context, run: &ExecutionId) -> Result<bool> {
    match sent_lines(context, run).await {
        Ok(sent) => Ok(!sent.is_empty()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[cfg(all(feature = "sim", feature = "ssh"))]
mod tests;
