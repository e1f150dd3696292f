//! From snapshots and intended configurations to a frozen plan, as a recorded run.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::options::{PlanTarget, PlanningOptions};
use crate::config::Configuration;
use crate::context::Context;
use crate::deploy::{DeployOptions, durations, keep_plan};
use crate::domain::DomainTable;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::model::{DeviceSummary, ExecutionKind, ExecutionStatus, Plan, Proof, Snapshot};
use crate::plan::{
    Canary, DeploymentPlanner, Durations, ManagementPath, PlanInput, PlanOptions, Remediator,
    WavePolicy,
};
use crate::platform::Platform;
use crate::snapshot::{SnapshotService, StoredSnapshots};
use crate::store::{Durability, NewExecution};

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
    let mut options_of_plan = options_of_plan(context, options, waves).await?;
    for input in &inputs {
        if let Some(way) = way_in(context, input).await? {
            let ways = &mut options_of_plan.management;
            ways.entry(input.device.clone()).or_insert(way);
        }
    }
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
    let bad = |message: &'static str| Error::new(ErrorKind::InvalidInput, message).during("plan");
    let canary = options.canary.clone();
    match (&options.waves, options.wave_size) {
        (Some(_), Some(_)) => {
            Err(bad("waves and a wave size were given").hint("give one of the two"))
        }
        (Some(_), None) if canary != Canary::First => {
            Err(bad("waves and a canary were given")
                .hint("list the canary as the first of the waves"))
        }
        (Some(waves), None) => Ok(WavePolicy::Listed(waves.clone())),
        (None, Some(0)) => Err(bad("a wave of no devices never ends")),
        (None, size) => Ok(WavePolicy::Filled {
            canary,
            size: size.unwrap_or(usize::MAX),
        }),
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

/// Returns by which way a device was reached when its snapshot was taken. Without an interface the planner says that it is not known.
async fn way_in(context: &Context, input: &PlanInput) -> Result<Option<ManagementPath>> {
    let Some(address) = address_then(context, input).await? else {
        return Ok(None);
    };
    let table = DomainTable::named(&input.platform.name).ok();
    let interface = table.and_then(|table| table.interface_with(&input.running, &address));
    Ok(Some(ManagementPath {
        interface,
        address: Some(address),
        vrf: None,
    }))
}

/// Returns the address that the run knew which took the snapshot of a device. The run may be gone by now.
async fn address_then(context: &Context, input: &PlanInput) -> Result<Option<String>> {
    let Some(snapshot) = &input.snapshot else {
        return Ok(None);
    };
    let snapshots = StoredSnapshots::new(context.store.clone());
    let Some(run) = snapshots.snapshot(snapshot).await?.execution else {
        return Ok(None);
    };
    let devices = match context.store.load(&run).await {
        Ok(run) => run.devices,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let device = devices
        .into_iter()
        .find(|device| device.name == input.device);
    let address = device.map(|device| device.ip);
    Ok(address.filter(|address| !address.is_empty()))
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
            "capture it first, or hand in what another tool read of it (keep_configuration)",
        )),
        Some(snapshot) if snapshot.subject != target.device => Err(bad(
            ErrorKind::InvalidInput,
            "the snapshot is of another device",
            "pass a snapshot of this one",
        )
        .with("snapshot_of", &snapshot.subject)),
        Some(snapshot) if snapshot.proof == Proof::Tail => Err(bad(
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
    let recorder = context.begin(new).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Netsnap;
    use crate::id::ExecutionId;
    use crate::model::{RiskLevel, SnapshotKind};
    use crate::snapshot::NewSnapshot;

    const RUNNING: &str = "hostname r1\ninterface eth0\n ip address 192.0.2.1/24\ninterface eth1\n ip address 198.51.100.1/24\n";

    /// A run that knew one device, by an address.
    async fn run(engine: &Netsnap, address: &str) -> ExecutionId {
        let device = DeviceSummary {
            id: "r1".into(),
            name: "r1".into(),
            ip: address.to_owned(),
            platform: Some("frr".into()),
        };
        let new = NewExecution {
            devices: vec![device],
            ..NewExecution::default()
        };
        let recorder = engine.begin(new).await.unwrap();
        let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
        ended.unwrap().id
    }

    async fn level(engine: &Netsnap, interface: &str) -> RiskLevel {
        let targets = [PlanTarget {
            device: "r1".into(),
            intended: RUNNING.replace(interface, &format!("{interface}\n shutdown")),
            snapshot: None,
        }];
        let plan = engine.plan(&targets, &PlanningOptions::default()).await;
        plan.unwrap().risk.unwrap().level
    }

    #[tokio::test]
    async fn the_interface_that_a_snapshot_was_taken_by_is_the_way_in() {
        for (address, expected) in [
            ("192.0.2.1", [RiskLevel::High, RiskLevel::Medium]),
            ("203.0.113.9", [RiskLevel::Medium; 2]),
            ("", [RiskLevel::Medium; 2]),
        ] {
            let engine = Netsnap::open("memory:").await.unwrap();
            let observed = NewSnapshot {
                subject: "r1".into(),
                kind: SnapshotKind::RunningConfiguration,
                platform: "frr".into(),
                meaning: Configuration::parse(RUNNING, &Platform::named("frr").unwrap())
                    .unwrap()
                    .meaning(),
                taken_at: Timestamp::now(),
                execution: Some(run(&engine, address).await),
                proof: Proof::Fence,
            };
            let snapshots = StoredSnapshots::new(engine.context.store.clone());
            snapshots.take(observed, RUNNING.as_bytes()).await.unwrap();
            let levels = [
                level(&engine, "interface eth0").await,
                level(&engine, "interface eth1").await,
            ];
            assert_eq!(levels, expected, "{address}");
        }
    }
}
