//! How fast does a history become smaller?

use std::sync::Arc;
use std::time::Instant;

use netsnap_core::model::{DeviceResult, DeviceStatus, DeviceSummary, ExecutionStatus};
use netsnap_core::store::retention::{Newest, Per, PruneOptions, RetentionPolicy, prune};
use netsnap_core::store::{Backend, Durability, NewExecution};
use serde_json::{Value, json};

use crate::{Outcome, begin, many, milliseconds, record};

/// Devices of a run; each has one result.
const DEVICES: usize = 100;

/// Puts runs with an event and a result for each of many devices into a store.
pub(crate) async fn runs(store: Arc<dyn Backend>, count: usize) -> Outcome<Value> {
    many(count, |_| run(&store)).await?;
    Ok(json!({ "runs": count }))
}

async fn run(store: &Arc<dyn Backend>) -> netsnap_core::Result<()> {
    let new = NewExecution {
        name: "site.yml".into(),
        actor: "bench".into(),
        devices: (0..DEVICES).map(device).collect(),
        ..NewExecution::default()
    };
    let recorder = begin(store, new).await?;
    for number in 0..DEVICES {
        let event = record::result(number);
        recorder.event(event, Durability::Batched).await?;
    }
    let results: Vec<_> = (0..DEVICES)
        .map(|number| DeviceResult::new(name(number), DeviceStatus::Changed))
        .collect();
    recorder.untold_device_results(&results).await?;
    recorder.finish(ExecutionStatus::Succeeded, None).await?;
    Ok(())
}

fn name(number: usize) -> String {
    format!("host{number:03}")
}

fn device(number: usize) -> DeviceSummary {
    DeviceSummary {
        id: name(number),
        name: name(number),
        ip: format!("192.0.2.{number}"),
        platform: None,
    }
}

/// Removes every run.
pub(crate) async fn all(store: &dyn Backend) -> Outcome<Value> {
    let none = Newest {
        count: 0,
        per: Per::Store,
    };
    let options = PruneOptions {
        policy: RetentionPolicy {
            at_most: vec![none],
            ..RetentionPolicy::default()
        },
        dry_run: false,
        actor: "bench".into(),
        ..PruneOptions::default()
    };
    let start = Instant::now();
    let report = prune(store, &options, &|_| {}).await?;
    Ok(json!({ "ms": milliseconds(start), "removed": report.removed }))
}
