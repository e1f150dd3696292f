//! Our own contender for plans through the engine, from a snapshot to the plan in the store.
//!
//! `plan-engine keep` keeps the running configuration as a snapshot, `plan-engine plan` plans from it.

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use jiff::Timestamp;
use netsnap_benches::cost::process_cpu_ms;
use netsnap_core::Netsnap;
use netsnap_core::config::Configuration;
use netsnap_core::engine::{PlanTarget, PlanningOptions};
use netsnap_core::model::{Proof, SnapshotKind};
use netsnap_core::platform::Platform;
use netsnap_core::snapshot::{NewSnapshot, SnapshotService as _, StoredSnapshots};
use netsnap_core::store;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

type Outcome<T> = Result<T, Box<dyn Error>>;

const DEVICE: &str = "r1";
const PLATFORM: &str = "cisco_ios";

#[derive(Clone, Copy, ValueEnum)]
enum Case {
    /// The text as a snapshot into the store.
    Keep,
    /// Plans to the text from that snapshot.
    Plan,
}

#[derive(Parser)]
struct Arguments {
    case: Case,
    #[arg(long)]
    store: String,
    #[arg(long)]
    text: PathBuf,
    #[arg(long, default_value_t = 1)]
    count: u32,
}

#[expect(
    clippy::print_stdout,
    reason = "the line on standard output is the result"
)]
fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(&arguments.text)?;
    let said = match arguments.case {
        Case::Keep => keep(&arguments, &text)?,
        Case::Plan => plan(&arguments, text)?,
    };
    println!("{said}");
    Ok(())
}

/// Keeps the running configuration as if it had been captured.
fn keep(arguments: &Arguments, text: &str) -> Outcome<Value> {
    let platform = Platform::named(PLATFORM)?;
    let observed = NewSnapshot {
        subject: DEVICE.to_owned(),
        kind: SnapshotKind::RunningConfiguration,
        platform: platform.name.clone(),
        meaning: Configuration::parse(text, &platform)?.meaning(),
        taken_at: Timestamp::now(),
        execution: None,
        proof: Proof::Fence,
    };
    let taken = Runtime::new()?.block_on(async {
        let snapshots = StoredSnapshots::new(store::open(&arguments.store).await?);
        snapshots.take(observed, text.as_bytes()).await
    })?;
    Ok(json!({ "bytes": taken.bytes }))
}

fn plan(arguments: &Arguments, text: String) -> Outcome<Value> {
    let targets = [PlanTarget {
        device: DEVICE.to_owned(),
        intended: text,
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
