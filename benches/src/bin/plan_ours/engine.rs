//! What does a plan cost through the engine, from a snapshot to the plan in the store?

use std::sync::Arc;

use jiff::Timestamp;
use netsnap_benches::configs::Pair;
use netsnap_core::Netsnap;
use netsnap_core::config::Configuration;
use netsnap_core::engine::{PlanTarget, PlanningOptions};
use netsnap_core::model::{Proof, SnapshotKind};
use netsnap_core::platform::Platform;
use netsnap_core::snapshot::{NewSnapshot, SnapshotService as _, StoredSnapshots};
use netsnap_core::store;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{Arguments, Outcome, process_cpu_ms};

const DEVICE: &str = "r1";

/// Keeps the running configuration as if it had been captured.
pub(crate) fn keep(arguments: &Arguments, platform: &Arc<Platform>, pair: &Pair) -> Outcome<Value> {
    let observed = NewSnapshot {
        subject: DEVICE.to_owned(),
        kind: SnapshotKind::RunningConfiguration,
        platform: platform.name.clone(),
        meaning: Configuration::parse(&pair.running, platform)?.meaning(),
        taken_at: Timestamp::now(),
        execution: None,
        proof: Proof::Fence,
    };
    let taken = Runtime::new()?.block_on(async {
        let snapshots = StoredSnapshots::new(store::open(&arguments.store).await?);
        snapshots.take(observed, pair.running.as_bytes()).await
    })?;
    Ok(json!({ "bytes": taken.bytes }))
}

pub(crate) fn run(arguments: &Arguments, pair: &Pair) -> Outcome<Value> {
    let targets = [PlanTarget {
        device: DEVICE.to_owned(),
        intended: pair.intended.clone(),
        snapshot: None,
    }];
    Runtime::new()?.block_on(async {
        let engine = Netsnap::open(&arguments.store).await?;
        let options = PlanningOptions::default();
        let mut plan = engine.plan(&targets, &options).await?;
        let start = process_cpu_ms();
        for _ in 0..arguments.count {
            plan = engine.plan(&targets, &options).await?;
        }
        let cost = (process_cpu_ms() - start) / f64::from(arguments.count);
        Ok(json!({ "cpu_ms": cost, "steps": plan.devices[0].steps.len() }))
    })
}
