//! One safe change on the devices of an inventory, taken back at the end.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use netsnap_core::model::Inventory;
use netsnap_core::{Netsnap, Result};
use netsnap_examples::{console, ring::Ring};

/// Changes the OSPF cost of one interface and adds a prefix list and a static route on each router, in waves;
/// reads everything back, saves, then rolls back and proves that each configuration is what it was.
#[derive(Debug, Parser)]
struct Arguments {
    /// A JSON array of devices.
    #[arg(long)]
    inventory: PathBuf,
    /// Where runs are kept: a folder, or sqlite:PATH.
    #[arg(long, default_value = "netsnap-data")]
    store: String,
    /// Where the page goes.
    #[arg(long, default_value = "netsnap-data/reports")]
    reports: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    run(arguments)
        .await
        .unwrap_or_else(|error| console::failure(&error))
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    let ring = Ring {
        inventory: Inventory::from_file(&arguments.inventory)?,
        engine: Netsnap::open(&arguments.store).await?,
        reports: arguments.reports,
        cancel: console::cancelled_by_interrupt(),
    };
    ring.run().await
}
