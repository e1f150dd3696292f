//! Starts simulated network devices and runs until Ctrl-C, SIGTERM or the end of standard input.

use std::path::{Path, PathBuf};

use clap::Parser;
use netsnap_core::sim::{SimulatedDevice, SimulatedNetwork, Topology};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Parser)]
#[command(about = "Starts simulated network devices on 127.0.0.1")]
struct Options {
    /// How many devices.
    #[arg(long, default_value_t = 4)]
    devices: usize,
    /// The inventory, written when all devices accept connections.
    #[arg(long)]
    inventory: PathBuf,
    /// The known hosts; beside the inventory when left out.
    #[arg(long)]
    known_hosts: Option<PathBuf>,
    /// The platform: frr or cisco_ios.
    #[arg(long, default_value = "frr")]
    platform: String,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let network = SimulatedNetwork::start(topology(&options)?).await?;
    let inventory = inventory(&network, &options)?;
    replace(
        &options.inventory,
        &serde_json::to_string_pretty(&inventory)?,
    )?;
    announce(&network, &options);
    until_told_to_stop().await?;
    Ok(())
}

fn topology(options: &Options) -> Result<Topology, Failure> {
    let names = (1..=options.devices).map(|number| format!("r{number}"));
    match options.platform.as_str() {
        "frr" => Ok(Topology::ring(options.devices)),
        "cisco_ios" => Ok(names
            .map(|name| SimulatedDevice::ios(&name))
            .collect::<Vec<_>>()
            .into()),
        other => {
            Err(format!("no simulator for platform {other:?}; there are frr and cisco_ios").into())
        }
    }
}

/// The passwords stand in it: an inventory of simulated devices holds no secret.
fn inventory(network: &SimulatedNetwork, options: &Options) -> Result<Value, Failure> {
    let beside = || options.inventory.with_extension("known_hosts");
    let hosts = options.known_hosts.clone().unwrap_or_else(beside);
    let mut inventory = serde_json::to_value(network.inventory())?;
    for (entry, device) in inventory
        .as_array_mut()
        .into_iter()
        .flatten()
        .zip(&network.inventory().devices)
    {
        if let Some(written) = &device.known_hosts {
            std::fs::copy(written, &hosts)?;
        }
        entry["password"] = json!("netsnap");
        entry["known_hosts"] = json!(std::path::absolute(&hosts)?);
    }
    Ok(inventory)
}

/// A reader meets the whole file or none.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let staged = path.with_extension("staged");
    std::fs::write(&staged, text)?;
    std::fs::rename(&staged, path)?;
    Ok(())
}

#[expect(
    clippy::print_stdout,
    reason = "the line that tells where the devices listen"
)]
fn announce(network: &SimulatedNetwork, options: &Options) {
    let devices = network.inventory().devices;
    let ports: Vec<String> = devices
        .iter()
        .map(|device| device.port.to_string())
        .collect();
    println!(
        "{} devices on 127.0.0.1, ports {}; inventory {}",
        devices.len(),
        ports.join(" "),
        options.inventory.display()
    );
}

async fn until_told_to_stop() -> Result<(), Failure> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut buffer = [0; 1024];
    let mut input = tokio::io::stdin();
    let closed = async { while input.read(&mut buffer).await.is_ok_and(|count| count > 0) {} };
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminated.recv() => {}
        () = closed => {}
    }
    // A read of standard input that still waits would keep the runtime.
    std::process::exit(0);
}
