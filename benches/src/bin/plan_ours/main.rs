//! Our own contender for plans: does one case, and reports processor time and memory in one line of JSON.
//!
//! `plan-ours CASE --lines N` on a generated pair, `--slow NAME` on one that is meant to be slow, `--running FILE --intended
//! FILE` on anything else. `write FOLDER` puts the pair where the peers can read it. `fleet` and `fleet-proven` plan many devices.
//! Nothing of the engine is in this program, so that its memory is the planner's.

mod fleet;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, ValueEnum};
use netsnap_benches::configs::{self, Pair};
use netsnap_benches::cost::memory_mb;
use netsnap_core::config::Configuration;
use netsnap_core::diff::diff_config;
use netsnap_core::plan::{DeploymentPlanner, PlanInput, PlanOptions, Remediator, remediate};
use netsnap_core::platform::Platform;
use serde_json::{Map, Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Case {
    /// Nothing but reading the pair, which is taken off the other cases.
    Idle,
    /// Parse both.
    Parse,
    /// The structural difference too.
    Diff,
    /// Steps there and back too.
    Plan,
    /// A frozen plan with its proof, from two texts.
    Proven,
    /// The pair into a folder, and nothing else.
    Write,
    /// Plans for many devices, without proof.
    Fleet,
    /// The same with their proofs.
    FleetProven,
}

#[derive(Parser)]
struct Arguments {
    case: Case,
    #[arg(long, default_value_t = 10_000)]
    lines: usize,
    #[arg(long, default_value_t = 12)]
    per_mille: u64,
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How often: the kernel counts processor time in steps of some milliseconds.
    #[arg(long, default_value_t = 1)]
    count: u32,
    #[arg(long)]
    slow: Option<String>,
    #[arg(long, requires = "intended")]
    running: Option<PathBuf>,
    #[arg(long, requires = "running")]
    intended: Option<PathBuf>,
    #[arg(long, default_value = "cisco_ios")]
    platform: String,
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    #[arg(long, default_value_t = 100)]
    devices: usize,
}

#[expect(
    clippy::print_stdout,
    reason = "the line on standard output is the result"
)]
fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let platform = Platform::named(&arguments.platform)?;
    // The simulator's tables and the patterns are read once in a process.
    warm(&platform)?;
    println!("{}", said(&arguments, &platform)?);
    Ok(())
}

/// Does a case, and returns what there is to say about it.
fn said(arguments: &Arguments, platform: &Arc<Platform>) -> Outcome<Value> {
    match arguments.case {
        Case::Fleet => fleet::run(arguments, platform, fleet::Work::Planned),
        Case::FleetProven => fleet::run(arguments, platform, fleet::Work::Proven),
        _ => measured(arguments, platform),
    }
}

fn measured(arguments: &Arguments, platform: &Arc<Platform>) -> Outcome<Value> {
    let pair = pair(arguments)?;
    let mut steps = Steps::new(arguments.count)?;
    for _ in 0..arguments.count {
        match arguments.case {
            Case::Idle => {}
            Case::Write => write(arguments, &pair)?,
            Case::Proven => proven(&mut steps, &pair, Arc::clone(platform))?,
            case => planned(&mut steps, case, &pair, platform)?,
        }
        steps.round()?;
    }
    Ok(Value::Object(steps.finish()?))
}

fn pair(arguments: &Arguments) -> Outcome<Pair> {
    if let (Some(running), Some(intended)) = (&arguments.running, &arguments.intended) {
        return Ok(Pair {
            running: std::fs::read_to_string(running)?,
            intended: std::fs::read_to_string(intended)?,
        });
    }
    match &arguments.slow {
        Some(name) => configs::pathological(name, arguments.lines)
            .ok_or_else(|| format!("slow pairs: {}", configs::PATHOLOGICAL.join(", ")).into()),
        None => Ok(configs::pair(
            arguments.lines,
            arguments.per_mille,
            arguments.seed,
        )),
    }
}

fn write(arguments: &Arguments, pair: &Pair) -> Outcome<()> {
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("running.cfg"), &pair.running)?;
    std::fs::write(folder.join("intended.cfg"), &pair.intended)?;
    Ok(())
}

fn warm(platform: &Arc<Platform>) -> Outcome<()> {
    // A line in braces and one in indented lines: each platform reads one of them.
    let read = |text: &str| {
        let lines = Configuration::parse(&format!("hostname {text}\n"), platform);
        lines.or_else(|_| Configuration::parse(&format!("hostname {text};"), platform))
    };
    let input = PlanInput {
        device: "warm".into(),
        platform: Arc::clone(platform),
        running: read("a")?,
        intended: read("b")?,
        snapshot: None,
    };
    Remediator.plan(&[input], &PlanOptions::default())?;
    Ok(())
}

fn planned(steps: &mut Steps, case: Case, pair: &Pair, platform: &Platform) -> Outcome<()> {
    let running = Configuration::parse(&pair.running, platform)?;
    let intended = Configuration::parse(&pair.intended, platform)?;
    steps.done("parse_ms")?;
    if case >= Case::Diff {
        let changes = diff_config(&running, &intended).changes;
        steps.done("diff_ms")?;
        steps.count("changes", changes.len());
    }
    if case >= Case::Plan {
        let there = remediate(&running, &intended, platform)?;
        steps.done("plan_ms")?;
        let back = remediate(&intended, &running, platform)?;
        steps.done("inverse_ms")?;
        steps.count("steps", there.len());
        steps.count("inverse_steps", back.len());
    }
    Ok(())
}

fn proven(steps: &mut Steps, pair: &Pair, platform: Arc<Platform>) -> Outcome<()> {
    let input = PlanInput {
        device: "r1".into(),
        running: Configuration::parse(&pair.running, &platform)?,
        intended: Configuration::parse(&pair.intended, &platform)?,
        platform,
        snapshot: None,
    };
    steps.done("parse_ms")?;
    let plan = Remediator.plan(&[input], &PlanOptions::default())?;
    steps.done("proven_plan_ms")?;
    steps.count("steps", plan.devices[0].steps.len());
    steps.said.insert("id".into(), plan.id.to_string().into());
    let proof = serde_json::to_value(&plan.devices[0].proof)?;
    steps
        .said
        .insert("verdict".into(), proof["verdict"].clone());
    if let Some(reasons) = proof["reasons"].as_array() {
        steps.count("reasons", reasons.len());
    }
    Ok(())
}

/// What each step cost, in processor time of this thread, on the average of all rounds.
struct Steps {
    count: u32,
    start: f64,
    last: f64,
    cost: BTreeMap<&'static str, f64>,
    said: Map<String, Value>,
}

impl Steps {
    fn new(count: u32) -> Outcome<Self> {
        let mut said = Map::new();
        said.insert("start_mb".into(), json!(memory_mb("VmRSS:")?));
        let start = cpu_ms()?;
        Ok(Self {
            count,
            start,
            last: start,
            cost: BTreeMap::new(),
            said,
        })
    }

    fn done(&mut self, name: &'static str) -> Outcome<()> {
        let now = cpu_ms()?;
        *self.cost.entry(name).or_default() += now - self.last;
        self.last = now;
        Ok(())
    }

    /// Ends a round: what was made is given back by now.
    fn round(&mut self) -> Outcome<()> {
        self.done("drop_ms")
    }

    fn count(&mut self, name: &str, count: usize) {
        self.said.insert(name.to_owned(), json!(count));
    }

    fn finish(mut self) -> Outcome<Map<String, Value>> {
        let rounds = f64::from(self.count);
        for (name, cost) in self.cost {
            self.said.insert(name.to_owned(), json!(cost / rounds));
        }
        let all = (self.last - self.start) / rounds;
        self.said.insert("cpu_ms".into(), json!(all));
        let peak = memory_mb("VmHWM:")?;
        self.said.insert("peak_mb".into(), json!(peak));
        Ok(self.said)
    }
}

/// The processor time of this thread so far.
fn cpu_ms() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split(' ').next().ok_or("the kernel does not tell")?;
    Ok(nanoseconds.parse::<f64>()? / 1e6)
}
