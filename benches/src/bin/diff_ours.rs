//! Contenders for differences that live in one process: ours, and the two libraries beside it. Does one case and reports processor time in
//! one line of JSON.

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use imara_diff::{Algorithm, BasicLineDiffPrinter, Diff, InternedInput, UnifiedDiffConfig};
use netsnap_benches::configs::{self, Pair};
use netsnap_core::config::Configuration;
use netsnap_core::diff::diff_config;
use netsnap_core::diff::render::unified;
use netsnap_core::platform::Platform;
use serde_json::json;
use similar::TextDiff;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Case {
    /// Ours: the unified difference as a text.
    Text,
    /// Ours: both parsed, and compared by what they mean.
    Structural,
    /// imara-diff, histogram, its own unified difference.
    Imara,
    /// similar, Myers, its own unified difference.
    Similar,
    /// The pair into a folder.
    Write,
}

#[derive(Parser)]
struct Arguments {
    case: Case,
    #[arg(long, default_value_t = 10_000)]
    lines: usize,
    #[arg(long, default_value_t = 10)]
    per_mille: u64,
    #[arg(long)]
    slow: Option<String>,
    /// How often: the kernel counts processor time in steps.
    #[arg(long, default_value_t = 1)]
    count: u32,
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

#[expect(
    clippy::print_stdout,
    reason = "the line on standard output is the result"
)]
fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let pair = pair(&arguments)?;
    if arguments.case == Case::Write {
        std::fs::create_dir_all(&arguments.folder)?;
        std::fs::write(arguments.folder.join("a.cfg"), &pair.running)?;
        std::fs::write(arguments.folder.join("b.cfg"), &pair.intended)?;
        println!("{}", json!({}));
        return Ok(());
    }
    let platform = Platform::named("cisco_ios")?;
    // Patterns are compiled once in a process.
    once(Case::Structural, &configs::pair(200, 10, 1), &platform)?;
    let start = cpu_ms()?;
    let mut size = 0;
    for _ in 0..arguments.count {
        size = once(arguments.case, &pair, &platform)?;
    }
    let cost = (cpu_ms()? - start) / f64::from(arguments.count);
    println!("{}", json!({ "cpu_ms": cost, "size": size }));
    Ok(())
}

fn pair(arguments: &Arguments) -> Outcome<Pair> {
    match &arguments.slow {
        Some(name) => configs::pathological(name, arguments.lines)
            .ok_or_else(|| format!("slow pairs: {}", configs::PATHOLOGICAL.join(", ")).into()),
        None => Ok(configs::pair(arguments.lines, arguments.per_mille, 7)),
    }
}

/// Does a case, and returns how much it said.
fn once(case: Case, pair: &Pair, platform: &Platform) -> Outcome<usize> {
    let (before, after) = (pair.running.as_str(), pair.intended.as_str());
    Ok(match case {
        Case::Imara => {
            let input = InternedInput::new(before, after);
            let mut diff = Diff::compute(Algorithm::Histogram, &input);
            diff.postprocess_no_heuristic(&input);
            let printer = BasicLineDiffPrinter(&input.interner);
            let config = UnifiedDiffConfig::default();
            diff.unified_diff(&printer, config, &input)
                .to_string()
                .len()
        }
        Case::Similar => {
            let diff = TextDiff::from_lines(before, after);
            diff.unified_diff().context_radius(3).to_string().len()
        }
        Case::Structural => {
            let before = Configuration::parse(before, platform)?;
            let after = Configuration::parse(after, platform)?;
            diff_config(&before, &after).changes.len()
        }
        Case::Text | Case::Write => unified(before, after, "a", "b", 3).len(),
    })
}

/// The processor time of this thread so far.
fn cpu_ms() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split(' ').next().ok_or("the kernel does not tell")?;
    Ok(nanoseconds.parse::<f64>()? / 1e6)
}
