//! From snapshots and intended configurations to a frozen plan, as a recorded run.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::options::{PlanTarget, PlanningOptions};
use crate::config::Configuration;
use crate::context::Context;
use crate::deploy::{DeployOptions, durations, keep_plan};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::model::{DeviceSummary, ExecutionKind, ExecutionStatus, Plan, Proof, Snapshot};
use crate::plan::{DeploymentPlanner, Durations, PlanInput, PlanOptions, Remediator, WavePolicy};
use crate::platform::Platform;
use crate::snapshot::{SnapshotService, StoredSnapshots};
use crate::store::{Durability, NewExecution, Recorder};

pub(super) async fn plan(
    context: &Context,
    targets: &[PlanTarget],
    options: &PlanningOptions,
) -> Result<Plan> {
    check(targets)?;
    let waves = waves(options)?;
    let mut inputs = Vec::with_capacity(targets.len());
    for target in targets {
        inputs.push(
            input(context, target)
                .await
                .map_err(|error| error.during("plan").with("device", &target.device))?,
        );
    }
    let options_of_plan = options_of_plan(context, options, waves).await?;
    let plan = Remediator.plan(&inputs, &options_of_plan)?;
    keep_plan(context, &plan).await?;
    record(context, &plan, options).await?;
    Ok(plan)
}

async fn options_of_plan(
    context: &Context,
    options: &PlanningOptions,
    waves: WavePolicy,
) -> Result<PlanOptions> {
    let created_at = Timestamp::now();
    let in_flight = options.in_flight;
    Ok(PlanOptions {
        waves,
        created_at,
        expires_at: options
            .expires_in
            .map(|time| end_of(created_at, time))
            .transpose()?,
        schedule: options.schedule.clone(),
        management: options.management.clone(),
        durations: Durations {
            samples: durations(context).await?,
            in_flight: in_flight.unwrap_or(DeployOptions::default().in_flight),
        },
    })
}

fn end_of(created_at: Timestamp, time: Duration) -> Result<Timestamp> {
    created_at.checked_add(time).map_err(|error| {
        Error::new(ErrorKind::InvalidInput, "the plan would end too late")
            .during("plan")
            .hint("give a shorter time, or none")
            .because(error)
    })
}

fn check(targets: &[PlanTarget]) -> Result<()> {
    let bad = |message: &'static str| Error::new(ErrorKind::InvalidInput, message).during("plan");
    if targets.is_empty() {
        return Err(bad("no devices to plan for were given")
            .hint("pass at least one intended configuration"));
    }
    let mut names = BTreeSet::new();
    match targets
        .iter()
        .find(|target| !names.insert(target.device.as_str()))
    {
        Some(twice) => Err(bad("a device is to become two things").with("device", &twice.device)),
        None => Ok(()),
    }
}

fn waves(options: &PlanningOptions) -> Result<WavePolicy> {
    match (&options.waves, options.wave_size) {
        (Some(_), Some(_)) => Err(Error::new(
            ErrorKind::InvalidInput,
            "waves and a wave size were given",
        )
        .during("plan")
        .hint("give one of the two")),
        (Some(waves), None) => Ok(WavePolicy::Listed(waves.clone())),
        (None, Some(0)) => Err(Error::new(
            ErrorKind::InvalidInput,
            "a wave of no devices never ends",
        )
        .during("plan")),
        (None, Some(size)) => Ok(WavePolicy::Size(size)),
        (None, None) => Ok(WavePolicy::default()),
    }
}

async fn input(context: &Context, target: &PlanTarget) -> Result<PlanInput> {
    let snapshots = StoredSnapshots::new(context.store.clone());
    let snapshot = starting_point(&snapshots, target).await?;
    let platform = Platform::named(&snapshot.platform)?;
    let running = Configuration::parse(&snapshots.text(&snapshot.id).await?, &platform)?;
    let intended = Configuration::parse(&target.intended, &platform)
        .map_err(|error| error.with("text", "intended"))?;
    context.store.put_blob(target.intended.as_bytes()).await?;
    Ok(PlanInput {
        device: target.device.clone(),
        platform,
        running,
        intended,
        snapshot: Some(snapshot.id),
    })
}

async fn starting_point(snapshots: &StoredSnapshots, target: &PlanTarget) -> Result<Snapshot> {
    let snapshot = match &target.snapshot {
        Some(id) => Some(snapshots.snapshot(id).await?),
        None => snapshots
            .history(&target.device, None, 1)
            .await?
            .items
            .pop(),
    };
    let bad =
        |kind, message: &'static str, hint: &'static str| Error::new(kind, message).hint(hint);
    match snapshot {
        None => Err(bad(
            ErrorKind::NotFound,
            "there is no snapshot of the device",
            "capture it first",
        )),
        Some(snapshot) if snapshot.subject != target.device => Err(bad(
            ErrorKind::InvalidInput,
            "the snapshot is of another device",
            "pass a snapshot of this one",
        )
        .with("snapshot_of", &snapshot.subject)),
        Some(snapshot) if snapshot.proof < Proof::Fence => Err(bad(
            ErrorKind::OutputTruncated,
            "the snapshot is not proven to be whole",
            "capture the device again",
        )),
        Some(snapshot) => Ok(snapshot),
    }
}

async fn record(context: &Context, plan: &Plan, options: &PlanningOptions) -> Result<()> {
    let summary = |name: &String| DeviceSummary {
        id: name.clone(),
        name: name.clone(),
        ip: String::new(),
        platform: None,
    };
    let new = NewExecution {
        kind: ExecutionKind::Plan,
        name: format!("plan {}", plan.id.digest().short()),
        actor: options.actor.clone(),
        parameters: json!({ "plan": plan.id }),
        devices: plan
            .devices
            .iter()
            .map(|device| summary(&device.device))
            .collect(),
        ..NewExecution::default()
    };
    let recorder = Recorder::begin(context.store.clone(), new, context.bus.clone()).await?;
    let steps: usize = plan.devices.iter().map(|device| device.steps.len()).sum();
    let proven = if plan.is_proven() {
        "proven"
    } else {
        "not proven"
    };
    let level = if plan.is_proven() {
        Level::Info
    } else {
        Level::Warning
    };
    let text = format!(
        "{steps} steps on {} devices in {} waves, {proven}",
        plan.devices.len(),
        plan.waves.len()
    );
    let made = NewEvent::new(EventKind::PlanMade, text)
        .level(level)
        .data(json!({ "plan": plan.id }));
    recorder.event(made, Durability::Batched).await?;
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .map(drop)
}
