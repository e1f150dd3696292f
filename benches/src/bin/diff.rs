//! Differences of two configurations: ours beside imara-diff and similar in one process, and beside GNU diff, git diff and difflib as
//! processes, on the same pairs in one go.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;
use netsnap_benches::child::{Measured, measure};
use netsnap_benches::configs::PATHOLOGICAL;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::report;
use netsnap_benches::rounds::{interleave, least};
use netsnap_core::Result;

/// The benchmark, as it is called on the command line.
const BENCH: &str = "diff";

const NOTES: &str = "Rounds are interleaved, and figures are the least of them: what else the machine does can only add. \
Pairs are generated: an aggregation router in the style of Cisco IOS, 1 % of its lines changed. In one process, figures are the \
processor time of one difference, the two texts in memory, its unified form with three lines of context as a text; *structural* parses both and \
compares what they mean. As processes, figures are the wall time from a shell's call to its end, files read and the difference written. \
Pairs that are meant to be slow: everything different, one value in each section, one long section with each line changed, moved or shuffled.";

/// Measures, prints a table and a line of JSON for each figure, and writes the results file.
#[derive(Parser)]
struct Arguments {
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
    /// One round and less work: to see that it runs, not how fast.
    #[arg(long)]
    quick: bool,
    /// The Python with difflib.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Our own contender.
    #[arg(long, default_value = "target/release/diff-ours")]
    ours: PathBuf,
    /// The folder with the peers' scripts.
    #[arg(long, default_value = "benches/peers")]
    scripts: PathBuf,
    /// Where the results are kept; without it they are only printed.
    #[arg(long)]
    results: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let sizes: &[usize] = if arguments.quick {
        &[1_000]
    } else {
        &[1_000, 10_000, 50_000]
    };
    let mut figures = Vec::new();
    for lines in sizes {
        figures.extend(in_process(arguments, *lines));
    }
    for lines in sizes {
        figures.extend(as_processes(arguments, *lines)?);
    }
    figures.extend(slow(
        arguments,
        if arguments.quick { 2_000 } else { 50_000 },
    ));
    report::print(&figures);
    if let Some(path) = &arguments.results {
        report::write(path, BENCH, NOTES, &figures)?;
    }
    let missed: Vec<_> = report::missed(&figures).collect();
    for figure in &missed {
        eprintln!("missed: {}, {}", figure.case, figure.figure);
    }
    Ok(ExitCode::from(u8::from(
        arguments.check && !missed.is_empty(),
    )))
}

impl Arguments {
    fn rounds(&self) -> usize {
        if self.quick { 1 } else { 7 }
    }

    /// Does a case of our own contender, so often that the kernel, which counts in steps of 4 ms, counts it well.
    fn ours(&self, case: &str, lines: usize, more: &[&str]) -> Option<Measured> {
        let most = if more.is_empty() { 2_000_000 } else { 200_000 };
        let count = (most / lines).clamp(1, 2_000).to_string();
        let mut command = Command::new(&self.ours);
        command.args([case, "--lines", &lines.to_string(), "--count", &count]);
        heard(command.args(more))
    }
}

fn heard(command: &mut Command) -> Option<Measured> {
    measure(command)
        .inspect_err(|error| eprintln!("{error}"))
        .ok()
}

fn in_process(arguments: &Arguments, lines: usize) -> Vec<Figure> {
    let contenders = ["text", "imara", "similar", "structural"];
    let costs = interleave(&contenders, arguments.rounds(), |case| {
        arguments.ours(case, lines, &[])?.number("cpu_ms")
    });
    let least_costs: Vec<Option<f64>> = costs.into_iter().map(least).collect();
    let figure = |ours: usize, peer: Option<(&str, usize)>, target| Figure {
        bench: BENCH,
        case: format!("{lines} lines, in one process ({})", contenders[ours]),
        figure: "processor time",
        unit: "ms",
        ours: least_costs[ours],
        peer: peer.map(|(name, _)| name.to_owned()),
        theirs: peer.and_then(|(_, place)| least_costs[place]),
        target,
    };
    vec![
        figure(0, Some(("imara-diff, histogram", 1)), Target::Within(1.5)),
        figure(0, Some(("similar, Myers", 2)), Target::Within(1.0)),
        figure(3, None, Target::None),
    ]
}

/// Runs a program so often in one shell that its start is counted, and that of the shell is not.
fn repeated(program: &[String], folder: &Path, count: usize) -> Option<f64> {
    let line = format!(
        "i=0; while [ $i -lt {count} ]; do {} >/dev/null; i=$((i+1)); done; echo '{{}}'",
        program.join(" ")
    );
    let measured = heard(Command::new("sh").args(["-c", &line]).current_dir(folder))?;
    #[expect(clippy::cast_precision_loss, reason = "a count of some dozens")]
    let count = count as f64;
    Some(measured.wall.as_secs_f64() * 1000.0 / count)
}

fn as_processes(arguments: &Arguments, lines: usize) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir().map_err(|error| {
        netsnap_core::Error::new(netsnap_core::ErrorKind::Storage, "no scratch folder")
            .because(error)
    })?;
    let place = folder.path().display().to_string();
    arguments.ours("write", lines, &["--folder", &place]);
    let absolute = |path: &Path| {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        path.display().to_string()
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let own = arguments.ours.with_file_name("diff-process");
    let own = vec![absolute(&own), "a.cfg b.cfg".to_owned()];
    let script = absolute(&arguments.scripts.join("difflib_diff.py"));
    let python = vec![
        arguments.python.display().to_string(),
        script,
        "a.cfg b.cfg".to_owned(),
    ];
    let contenders = [
        own,
        words("diff -u a.cfg b.cfg"),
        words("git diff --no-index --histogram a.cfg b.cfg"),
        python,
    ];
    let count = if arguments.quick { 2 } else { 20 };
    let costs = interleave(&contenders, arguments.rounds(), |program| {
        let is_slow = program == &contenders[3];
        repeated(program, folder.path(), if is_slow { 1 } else { count })
    });
    let least_costs: Vec<Option<f64>> = costs.into_iter().map(least).collect();
    let figure = |peer: &str, place: usize, target| Figure {
        bench: BENCH,
        case: format!("{lines} lines, as a process"),
        figure: "wall time",
        unit: "ms",
        ours: least_costs[0],
        peer: Some(peer.to_owned()),
        theirs: least_costs[place],
        target,
    };
    Ok(vec![
        figure("GNU diff", 1, Target::Within(1.0)),
        figure("git diff, histogram", 2, Target::None),
        figure("difflib", 3, Target::None),
    ])
}

/// Pairs that are meant to be slow: a second is the most that any may take.
fn slow(arguments: &Arguments, lines: usize) -> Vec<Figure> {
    let figure = |name: &str, case: &'static str| {
        let cost = arguments.ours(case, lines, &["--slow", name]);
        Figure {
            bench: BENCH,
            case: format!("{lines} lines, meant to be slow: {name} ({case})"),
            figure: "processor time",
            unit: "ms",
            ours: cost.and_then(|cost| cost.number("cpu_ms")),
            peer: None,
            theirs: None,
            target: Target::AtMost(1_000.0),
        }
    };
    let names = PATHOLOGICAL.iter();
    names
        .flat_map(|name| ["text", "structural"].map(|case| figure(name, case)))
        .collect()
}
