//! Collections and captures, done once more.

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::plan::{Rerun, Scope, rerun_plan};
use crate::capture::{CaptureOptions, capture};
use crate::collect::{CollectOptions, collect};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::fleet;
use crate::id::ExecutionId;
use crate::model::{Device, DeviceResult, Execution, ExecutionKind, Snapshot, Trigger};
use crate::store::Subject;
use crate::transport::Limits;

/// How a run is done once more.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RerunOptions {
    /// Which of its devices.
    pub scope: Scope,
    /// Who asked for it.
    pub actor: String,
    /// Devices worked on at once.
    pub in_flight: usize,
    /// Time and size limits of each connection.
    pub limits: Limits,
    /// Stops the work.
    pub cancel: CancellationToken,
}

impl Default for RerunOptions {
    fn default() -> Self {
        Self {
            scope: Scope::All,
            actor: String::new(),
            in_flight: fleet::DEFAULT_IN_FLIGHT,
            limits: Limits::default(),
            cancel: CancellationToken::new(),
        }
    }
}

/// What a run brought that was done once more.
#[derive(Clone, Debug, Serialize)]
pub struct Repeated {
    /// The new run; its `retry_of` names the old one.
    pub execution: Execution,
    /// How each device ended, in the order of the old run.
    pub devices: Vec<DeviceResult>,
    /// The snapshots, for a capture.
    pub snapshots: Vec<Snapshot>,
}

/// Does a collection or capture once more, on the devices of the inventory that have the names of then, with the labels, parameters,
/// job id, ticket and reason of then.
///
/// # Errors
/// As [`rerun_plan`]; `NotFound` for a device that the inventory does not have; `Unsupported` for a kind that only the program
/// that recorded it can repeat; `Storage`. What a device does wrong is in its result.
pub(crate) async fn rerun(
    context: &Context,
    id: &ExecutionId,
    inventory: &[Device],
    options: &RerunOptions,
) -> Result<Repeated> {
    let plan = rerun_plan(context.store.as_ref(), id, &options.scope).await?;
    let devices = plan.devices.iter().map(|name| known(inventory, name));
    let devices: Vec<Device> = devices.collect::<Result<_>>()?;
    let subject = Subject::of(&context.store.load(id).await?);
    match plan.kind {
        ExecutionKind::Collect => collect_again(context, (&plan, subject), &devices, options).await,
        ExecutionKind::Capture => capture_again(context, (&plan, subject), &devices, options).await,
        _ => Err(Error::new(
            ErrorKind::Unsupported,
            "only collections and captures are repeated here",
        )
        .during("rerun")
        .with("execution", id)
        .hint("ask what the run would do once more, and let the program that recorded it do so")),
    }
}

fn known(inventory: &[Device], name: &str) -> Result<Device> {
    let device = inventory.iter().find(|device| device.name == name);
    device.cloned().ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            "the inventory has no device of this name",
        )
        .during("rerun")
        .with("device", name)
        .hint("add it to the inventory, or leave it out by naming the devices to work on")
    })
}

async fn collect_again(
    context: &Context,
    (plan, subject): (&Rerun, Subject),
    devices: &[Device],
    options: &RerunOptions,
) -> Result<Repeated> {
    let collecting = CollectOptions {
        name: plan.name.clone(),
        actor: options.actor.clone(),
        in_flight: options.in_flight,
        limits: options.limits.clone(),
        cancel: options.cancel.clone(),
        retry_of: Some(plan.retry_of.clone()),
        trigger: Trigger::Retry,
        subject,
    };
    let collected = collect(context, devices, &plan.commands, &collecting).await?;
    Ok(Repeated {
        execution: collected.execution,
        devices: collected.devices,
        snapshots: Vec::new(),
    })
}

async fn capture_again(
    context: &Context,
    (plan, subject): (&Rerun, Subject),
    devices: &[Device],
    options: &RerunOptions,
) -> Result<Repeated> {
    let capturing = CaptureOptions {
        name: plan.name.clone(),
        actor: options.actor.clone(),
        in_flight: options.in_flight,
        limits: options.limits.clone(),
        cancel: options.cancel.clone(),
        retry_of: Some(plan.retry_of.clone()),
        trigger: Trigger::Retry,
        subject,
    };
    let captured = capture(context, devices, &capturing).await?;
    Ok(Repeated {
        execution: captured.execution,
        devices: captured.devices,
        snapshots: captured.snapshots,
    })
}
