//! Plans: ours beside hier_config and annet, how fast and how often right, on the same pairs in one go.

mod divergences;
mod judge;
mod languages;
mod pairs;
mod score;
mod speed;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser, ValueEnum};
use netsnap_benches::child::{Measured, measure};
use netsnap_benches::figure::Figure;
use netsnap_benches::report;
use netsnap_core::{Error, ErrorKind, Result};
use tempfile::TempDir;

/// The benchmark, as it is called on the command line.
const BENCH: &str = "plan";

const NOTES: &str = "Rounds are interleaved, and figures are the least of them: what else the machine does can only add. \
Speed: an aggregation router in the style of Cisco IOS, about 1 % of its lines changed. Both texts are in files; figures are \
the processor time from the texts in memory to the lines there and back, without imports and after a small pair that pays for what is done once \
in a process. *Planned* parses both and makes their structural difference, the plan and its inverse; *proven* is the frozen plan with its proof. \
Memory is the highest of the whole process: ours has the planner and not the engine, which is some 5 MB of code; the peers' includes their \
interpreter. The fleet is planned on all cores, each device from two texts in \
memory, sixteen kinds of them. The verbs of the engine are done in each language in goes of some 10 to 60 ms, two to get warm and four to be measured; \
what counts is the processor time of all threads in the least of these four, so that a collection of garbage that few goes have is not in it. Each of 21 rounds gives a ratio to \
Rust; it and the times are medians, as one machine is slow and quick for minutes. The allocator of Rust is left as it is found; that of Python and Node keeps what a verb gives back, as a \
program in Rust may tell its own to. The goal of a fleet is read as that of planning; its proofs are shown without one. Score: each tool's lines are typed on the same simulated device, booted with the running configuration, and what it \
then holds is compared with the intended one. Right is what arrives, also where a line was refused on the way; not judged is a plan with a line that the \
simulated device has no rules for. FRR is given to the peers as IOS. What ours gets wrong it calls unproven; what the peers get wrong is in \
benches/divergences.md, with reasons.";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// How fast a pair is planned.
    Speed,
    /// How fast a fleet is planned.
    Fleet,
    /// How fast a pair is planned and compared through Python and Node.
    Languages,
    /// How often the plan is right.
    Score,
}

/// Measures, prints a table and a line of JSON for each figure, and writes the results file.
#[derive(Debug, Parser)]
struct Arguments {
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
    /// One round and less work: to see that it runs, not how fast.
    #[arg(long)]
    quick: bool,
    /// Only this part.
    #[arg(long)]
    only: Option<Part>,
    /// The Python that has the peers.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The Python that has netsnap; without it, Python is left out.
    #[arg(long)]
    own_python: Option<PathBuf>,
    /// The folder whose `node_modules` has netsnap; without it, Node is left out.
    #[arg(long)]
    node_project: Option<PathBuf>,
    /// Our own contender.
    #[arg(long, default_value = "target/release/plan-ours")]
    ours: PathBuf,
    /// Our own contender through the engine.
    #[arg(long, default_value = "target/release/plan-engine")]
    engine: PathBuf,
    /// The folder with the peers' scripts.
    #[arg(long, default_value = "benches/peers")]
    scripts: PathBuf,
    /// The folder with the pairs of each platform.
    #[arg(long, default_value = "netsnap-core/src/plan/tests/triples")]
    triples: PathBuf,
    /// The pairs of FRR.
    #[arg(long, default_value = "tests/lab/pairs.txt")]
    frr: PathBuf,
    /// What is known to differ, and why.
    #[arg(long, default_value = "benches/divergences.md")]
    divergences: PathBuf,
    /// Name the lines of our plans that the simulated devices have no rules for.
    #[arg(long)]
    unknown: bool,
    /// Where the results are kept; without it they are only printed.
    #[arg(long)]
    results: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let bed = Bed::make(arguments)?;
    let mut figures = Vec::new();
    if bed.wants(Part::Speed) {
        figures.extend(speed::pairs(&bed)?);
    }
    if bed.wants(Part::Fleet) {
        figures.extend(speed::fleet(&bed));
    }
    if bed.wants(Part::Languages) {
        figures.extend(languages::measure(&bed)?);
    }
    if bed.wants(Part::Score) {
        figures.extend(score::measure(&bed)?);
    }
    bed.finish(&figures)
}

/// Everything that is needed to measure.
#[derive(Debug)]
struct Bed {
    arguments: Arguments,
    scratch: TempDir,
}

impl Bed {
    fn make(arguments: Arguments) -> Result<Self> {
        let scratch = tempfile::tempdir()
            .map_err(|error| unusable("no scratch folder can be made").because(error))?;
        Ok(Self { arguments, scratch })
    }

    fn wants(&self, part: Part) -> bool {
        self.arguments.only.is_none_or(|only| only == part)
    }

    /// Of two numbers the one for a whole run, or for a quick one.
    fn size(&self, whole: usize, quick: usize) -> usize {
        if self.arguments.quick { quick } else { whole }
    }

    /// Does a case of our own contender.
    fn ours(&self, case: &str, more: &[&str]) -> Option<Measured> {
        heard(Command::new(&self.arguments.ours).arg(case).args(more))
    }

    /// Does a case of a peer.
    fn peer(&self, name: &str, case: &str, more: &[&str]) -> Option<Measured> {
        let script = self.arguments.scripts.join(format!("{name}_plan.py"));
        let mut command = Command::new(&self.arguments.python);
        heard(command.arg(script).arg(case).args(more))
    }

    fn finish(&self, figures: &[Figure]) -> Result<ExitCode> {
        report::print(figures);
        if let Some(path) = &self.arguments.results {
            report::write(path, BENCH, NOTES, figures)?;
        }
        let missed: Vec<_> = report::missed(figures).collect();
        for figure in &missed {
            eprintln!("missed: {}, {}", figure.case, figure.figure);
        }
        let is_failure = self.arguments.check && !missed.is_empty();
        Ok(ExitCode::from(u8::from(is_failure)))
    }
}

fn heard(command: &mut Command) -> Option<Measured> {
    measure(command)
        .inspect_err(|error| eprintln!("{error}"))
        .ok()
}

fn unusable(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, message).during("bench.plan")
}
