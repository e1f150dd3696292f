//! Collecting from devices: ours in Rust and through Python, netmiko, scrapli and asyncssh, on the same devices in one go.

mod bed;
mod cases;
mod contender;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use netsnap_benches::report;
use netsnap_core::Result;

/// Measures, prints a table and a line of JSON for each figure, and writes the results file.
#[derive(Parser)]
struct Arguments {
    /// Fail when a target is missed.
    #[arg(long)]
    check: bool,
    /// One round and less work: to see that it runs, not how fast.
    #[arg(long)]
    quick: bool,
    /// The folder with the peers' scripts.
    #[arg(long, default_value = "benches/peers")]
    scripts: PathBuf,
    /// The Python that has the peers, and netsnap.
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The program that plays the devices.
    #[arg(long, default_value = "target/release/simulator")]
    simulator: PathBuf,
    /// Our own contender in Rust.
    #[arg(long, default_value = "target/release/collect-ours")]
    ours: PathBuf,
    /// Devices to use in place of simulated ones; they are only read from.
    #[arg(long)]
    inventory: Option<PathBuf>,
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
    let bed = bed::Bed::make(arguments)?;
    let contenders = contender::all(arguments);
    let figures = cases::Cases::new(&bed, &contenders, arguments.quick).measure();
    report::print(&figures);
    if let Some(path) = &arguments.results {
        report::write(path, cases::BENCH, cases::NOTES, &figures)?;
    }
    let missed: Vec<_> = report::missed(&figures).collect();
    for figure in &missed {
        eprintln!("missed: {}, {}", figure.case, figure.figure);
    }
    Ok(ExitCode::from(u8::from(
        arguments.check && !missed.is_empty(),
    )))
}
