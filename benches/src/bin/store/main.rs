//! The history of runs: ours on every backend, ARA and MLflow, on the same work in one go.

mod bed;
mod cases;
mod postgres;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use netsnap_benches::report;
use netsnap_core::Result;

/// Measures, prints a table and a line of JSON for each figure, and writes the results file.
#[derive(Debug, Parser)]
struct Arguments {
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
    /// One round and less work: to see that it runs, not how fast.
    #[arg(long)]
    quick: bool,
    /// Only the cases whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// The folder with the peers' scripts.
    #[arg(long, default_value = "benches/peers")]
    scripts: PathBuf,
    /// The Python that has the peers, and netsnap.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The folder whose `node_modules` has netsnap.
    #[arg(long, default_value = ".")]
    node_project: PathBuf,
    /// Our own contender in Rust.
    #[arg(long, default_value = "target/release/store-ours")]
    ours: PathBuf,
    /// A folder on the disk that is measured.
    #[arg(long, default_value = "target")]
    scratch: PathBuf,
    /// The client of PostgreSQL.
    #[arg(long, default_value = "psql")]
    psql: PathBuf,
    /// The address of a PostgreSQL, in which databases are made and removed; else that in NETSNAP_TEST_POSTGRES.
    #[arg(long)]
    postgres: Option<String>,
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
    let (check, results) = (arguments.check, arguments.results.clone());
    let bed = bed::Bed::make(arguments)?;
    let figures = cases::measure(&bed);
    report::print(&figures);
    if let Some(path) = &results {
        report::write(path, cases::BENCH, cases::NOTES, &figures)?;
    }
    let missed: Vec<_> = report::missed(&figures).collect();
    for figure in &missed {
        eprintln!("missed: {}, {}", figure.case, figure.figure);
    }
    Ok(ExitCode::from(u8::from(check && !missed.is_empty())))
}
