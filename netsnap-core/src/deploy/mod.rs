//! Carries a plan out: is every device still what the plan was made for, does each line arrive, and is the result what
//! was intended?
//!
//! Order of a deployment: read and compare every device; wave by wave, journal, send, read back over a new login, check;
//! save last. A device that fails is brought back at once, and no later wave begins.
//!
//! Only devices are deployed to that carry out each line at once. A plan for one that takes a change over as a whole can be several
//! changes, with a commit as a step between two of them; a person types it. Before such a device is deployed to, each commit has
//! to be an act of its own here: journalled with its number before it is typed, guarded (`commit confirmed`), read back and
//! compared with what the plan brings into force there, so that a run that was killed in between is found neither before nor
//! after, and is taken back from where it stands; and the way back over several commits is several, too.

mod apply;
mod approval;
mod check;
mod classify;
mod device;
mod journal;
mod learned;
mod live;
mod options;
mod permit;
mod planned_only;
mod record;
mod restore;
mod run;
mod save;
mod target;
mod texts;

pub use approval::ApproveOptions;
pub use options::DeployOptions;

pub(crate) use approval::{approvals, approve};
pub(crate) use classify::{SentLine, State, classify};
pub(crate) use journal::sent_lines;
pub(crate) use learned::durations;
pub(crate) use live::ask;
pub(crate) use record::{Record, keep_plan, load, load_plan};
pub(crate) use run::{Order, carry_out};

use crate::context::Context;
use crate::error::Result;
use crate::id::PlanId;
use crate::model::{Deployment, Device, ExecutionKind};

/// Carries out a frozen plan.
///
/// No byte of a change is sent to any device before every device has been read and found to be what the plan was made
/// for. A device that is already at its target is `AlreadyDone`. What happened to each device is in the result; the run
/// behind it holds every line sent and every answer.
///
/// # Errors
/// `NotFound` for an unknown plan or a device that is not given; `Corrupt` for a plan that was touched; `PlanExpired`;
/// `PlanUnproven` and `PlanUsed` unless the options allow it; `PlanNotApproved` where the options ask for it; `Conflict` while
/// another run carries the plan out; `Unsupported` for a plan that changes a device of a platform that is planned only, and
/// for one with a text that a device reads without a prompt; `InvalidInput`; `Storage`. Drift, refusals and failed checks are in the result, per device.
pub(crate) async fn deploy(
    context: &Context,
    plan: &PlanId,
    devices: &[Device],
    options: &DeployOptions,
) -> Result<Deployment> {
    let plan = load_plan(context, plan).await?;
    planned_only::check(&plan)?;
    permit::check(context, &plan, options).await?;
    carry_out(
        context,
        Order {
            plan,
            kind: ExecutionKind::Deploy,
            rollback_of: None,
        },
        devices,
        options,
    )
    .await
}
