//! The first command: four simulated devices in this process, and the whole ring on them.

#![allow(
    clippy::print_stdout,
    reason = "it talks to the person at the terminal"
)]

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use netsnap_core::sim::SimulatedNetwork;
use netsnap_core::{Netsnap, Result};
use netsnap_examples::{console, ring::Ring};

/// Starts four simulated routers in this process and runs one safe change on them, and the way back.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder that keeps the runs.
    #[arg(long, default_value = "netsnap-data")]
    store: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    run(&Arguments::parse().store)
        .await
        .unwrap_or_else(|error| console::failure(&error))
}

async fn run(store: &str) -> Result<ExitCode> {
    let network = SimulatedNetwork::ring(4).await?;
    println!("Four simulated routers listen on this machine, each behind a real SSH server:");
    for device in &network.inventory().devices {
        println!("  {}  {} port {}", device.name, device.host, device.port);
    }
    let ring = Ring {
        inventory: network.inventory().clone(),
        engine: Netsnap::open(store).await?,
        reports: Path::new(store).join("reports"),
        cancel: console::cancelled_by_interrupt(),
    };
    let code = ring.run().await?;
    println!(
        "Everything is in {store}/: try `ls {store}/current/` and `cat {store}/current/metadata.json`."
    );
    Ok(code)
}
