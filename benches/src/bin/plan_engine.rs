//! Our own contender for verbs of the engine, beside the same verbs through Python and Node.
//!
//! `plan-engine keep` keeps the running configuration as a snapshot, `plan-engine plan` plans from it; the differences have both texts
//! in memory.

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
use netsnap_core::report::TextOptions;
use netsnap_core::snapshot::{NewSnapshot, SnapshotService as _, StoredSnapshots};
use netsnap_core::store;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

type Outcome<T> = Result<T, Box<dyn Error>>;

const DEVICE: &str = "r1";
const PLATFORM: &str = "cisco_ios";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Case {
    /// The running text as a snapshot into the store.
    Keep,
    /// Plans to the intended text from that snapshot.
    Plan,
    /// The unified difference of the two texts.
    DiffText,
    /// What the two configurations mean, compared.
    DiffConfig,
}

#[derive(Parser)]
struct Arguments {
    case: Case,
    #[arg(long)]
    store: String,
    #[arg(long)]
    running: PathBuf,
    #[arg(long)]
    intended: PathBuf,
    #[arg(long, default_value_t = 1)]
    goes: u32,
    /// How often in one go.
    #[arg(long, default_value_t = 1)]
    count: u32,
}

/// The engine, and what a verb works on.
struct Bed {
    runtime: Runtime,
    engine: Netsnap,
    running: String,
    targets: [PlanTarget; 1],
}

#[expect(
    clippy::print_stdout,
    reason = "the line on standard output is the result"
)]
fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let said = match arguments.case {
        Case::Keep => keep(&arguments)?,
        case => measure(&Bed::make(&arguments)?, case, &arguments)?,
    };
    println!("{said}");
    Ok(())
}

/// Keeps the running configuration as if it had been captured.
fn keep(arguments: &Arguments) -> Outcome<Value> {
    let text = std::fs::read_to_string(&arguments.running)?;
    let platform = Platform::named(PLATFORM)?;
    let observed = NewSnapshot {
        subject: DEVICE.to_owned(),
        kind: SnapshotKind::RunningConfiguration,
        platform: platform.name.clone(),
        meaning: Configuration::parse(&text, &platform)?.meaning(),
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

/// Goes to get warm.
const WARM: u32 = 2;

/// Carries out a verb in goes, and tells what it takes in the one that took the least.
fn measure(bed: &Bed, case: Case, arguments: &Arguments) -> Outcome<Value> {
    let (mut least, mut size) = (f64::INFINITY, 0);
    for go in 0..WARM + arguments.goes {
        let start = process_cpu_ms();
        for _ in 0..arguments.count {
            size = bed.once(case)?;
        }
        if go >= WARM {
            least = least.min(process_cpu_ms() - start);
        }
    }
    Ok(json!({ "cpu_ms": least / f64::from(arguments.count), "size": size }))
}

impl Bed {
    fn make(arguments: &Arguments) -> Outcome<Self> {
        let runtime = Runtime::new()?;
        let engine = runtime.block_on(Netsnap::open(&arguments.store))?;
        let target = PlanTarget {
            device: DEVICE.to_owned(),
            intended: std::fs::read_to_string(&arguments.intended)?,
            snapshot: None,
        };
        Ok(Self {
            runtime,
            engine,
            running: std::fs::read_to_string(&arguments.running)?,
            targets: [target],
        })
    }

    /// Carries out a verb, and returns how much it said.
    fn once(&self, case: Case) -> Outcome<usize> {
        let (before, after) = (&self.running, &self.targets[0].intended);
        Ok(match case {
            Case::DiffText => Netsnap::diff_text_as(before, after, &TextOptions::default()).len(),
            Case::DiffConfig => Netsnap::diff_config(PLATFORM, before, after)?.changes.len(),
            Case::Plan | Case::Keep => {
                let options = PlanningOptions::default();
                let plan = self.engine.plan(&self.targets, &options);
                self.runtime.block_on(plan)?.devices[0].steps.len()
            }
        })
    }
}
