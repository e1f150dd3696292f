//! Collections and captures, done once more.

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::manner::Manner;
use super::plan::{Rerun, Scope, rerun_plan};
use crate::capture::{CaptureOptions, capture};
use crate::collect::{CollectOptions, collect};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
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
    /// Devices worked on at once; as many as then when left out.
    pub in_flight: Option<usize>,
    /// Time and size limits of each connection; those of then when left out.
    pub limits: Option<Limits>,
    /// Stops the work.
    pub cancel: CancellationToken,
}

impl Default for RerunOptions {
    fn default() -> Self {
        Self {
            scope: Scope::All,
            actor: String::new(),
            in_flight: None,
            limits: None,
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
/// job id, ticket and reason of then, and with its limits where they are recorded.
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
    let then = Manner::of(context.store.as_ref(), id).await?;
    let manner = Manner {
        in_flight: options.in_flight.unwrap_or(then.in_flight),
        limits: options.limits.clone().unwrap_or(then.limits),
        output_limit: then.output_limit,
    };
    let again = Again {
        plan,
        subject,
        manner,
        options,
    };
    match again.plan.kind {
        ExecutionKind::Collect => again.collect(context, &devices).await,
        ExecutionKind::Capture => again.capture(context, &devices).await,
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

/// What is done once more, and how.
struct Again<'a> {
    plan: Rerun,
    subject: Subject,
    manner: Manner,
    options: &'a RerunOptions,
}

impl Again<'_> {
    async fn collect(self, context: &Context, devices: &[Device]) -> Result<Repeated> {
        let options = CollectOptions {
            name: self.plan.name,
            actor: self.options.actor.clone(),
            in_flight: self.manner.in_flight,
            limits: self.manner.limits,
            output_limit: self.manner.output_limit,
            cancel: self.options.cancel.clone(),
            retry_of: Some(self.plan.retry_of),
            trigger: Trigger::Retry,
            subject: self.subject,
        };
        let collected = collect(context, devices, &self.plan.commands, &options).await?;
        Ok(Repeated {
            execution: collected.execution,
            devices: collected.devices,
            snapshots: Vec::new(),
        })
    }

    async fn capture(self, context: &Context, devices: &[Device]) -> Result<Repeated> {
        let options = CaptureOptions {
            name: self.plan.name,
            actor: self.options.actor.clone(),
            in_flight: self.manner.in_flight,
            limits: self.manner.limits,
            cancel: self.options.cancel.clone(),
            retry_of: Some(self.plan.retry_of),
            trigger: Trigger::Retry,
            subject: self.subject,
        };
        let captured = capture(context, devices, &options).await?;
        Ok(Repeated {
            execution: captured.execution,
            devices: captured.devices,
            snapshots: captured.snapshots,
        })
    }
}
