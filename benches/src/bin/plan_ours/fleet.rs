//! What does a fleet cost, each device planned by itself on whatever core is free?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use netsnap_benches::configs::{self, Pair};
use netsnap_benches::cost::{memory_mb, process_cpu_ms};
use netsnap_core::config::Configuration;
use netsnap_core::diff::diff_config;
use netsnap_core::plan::{DeploymentPlanner, PlanInput, PlanOptions, Remediator, remediate};
use netsnap_core::platform::Platform;
use serde_json::{Value, json};

use crate::{Arguments, Outcome};

/// How many kinds of devices there are. Texts of all would be most of the memory that is measured.
const KINDS: u64 = 16;

/// What is done for a device.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// Parse both, difference, plan, inverse.
    Planned,
    /// A frozen plan with its proof.
    Proven,
}

pub(crate) fn run(arguments: &Arguments, platform: &Arc<Platform>, work: Work) -> Outcome<Value> {
    let seeds = arguments.seed..arguments.seed + KINDS;
    let kinds: Vec<Pair> = seeds
        .map(|seed| configs::pair(arguments.lines, arguments.per_mille, seed))
        .collect();
    let next = AtomicUsize::new(0);
    let (start, cpu) = (Instant::now(), process_cpu_ms());
    let worker = || -> Result<usize, netsnap_core::Error> {
        let mut steps = 0;
        loop {
            let device = next.fetch_add(1, Ordering::Relaxed);
            if device >= arguments.devices {
                return Ok(steps);
            }
            steps += plan(device, &kinds[device % kinds.len()], platform, work)?;
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let steps = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let results = workers.into_iter().map(|worker| worker.join());
        results
            .map(|result| Ok(result.map_err(|_| "a worker panicked")??))
            .sum::<Outcome<usize>>()
    })?;
    Ok(json!({
        "wall_s": start.elapsed().as_secs_f64(),
        "cpu_ms": process_cpu_ms() - cpu,
        "peak_mb": memory_mb("VmHWM:")?,
        "steps": steps,
    }))
}

/// Plans one device, and returns how many steps that takes.
fn plan(
    device: usize,
    pair: &Pair,
    platform: &Arc<Platform>,
    work: Work,
) -> Result<usize, netsnap_core::Error> {
    let running = Configuration::parse(&pair.running, platform)?;
    let intended = Configuration::parse(&pair.intended, platform)?;
    match work {
        Work::Planned => {
            std::hint::black_box(diff_config(&running, &intended));
            let back = remediate(&intended, &running, platform)?;
            Ok(remediate(&running, &intended, platform)?.len() + back.len())
        }
        Work::Proven => {
            let input = PlanInput {
                device: format!("r{device}"),
                platform: Arc::clone(platform),
                running,
                intended,
                snapshot: None,
            };
            let plan = Remediator.plan(&[input], &PlanOptions::default())?;
            Ok(plan.devices[0].steps.len() + plan.devices[0].inverse.len())
        }
    }
}
