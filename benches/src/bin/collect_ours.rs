//! Our own contender: does one case with the engine as its users do, and reports it in one line of JSON.
//!
//! `collect-ours CASE --inventory FILE [--in-flight N] [--count N] [--timeout-ms N] COMMAND...`, as every contender, and
//! `--store` for where the runs are kept. What is smaller than a run (one login, one command) is done with the transport.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use netsnap_benches::cost::memory_mb;
use netsnap_benches::rounds::median;
use netsnap_core::ErrorKind;
use netsnap_core::engine::{CollectOptions, Collection, Netsnap};
use netsnap_core::model::{Device, Inventory};
use netsnap_core::platform::Platform;
use netsnap_core::transport::{Limits, Session, SshTransport, Transport};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[derive(Clone, Copy, ValueEnum)]
enum Case {
    /// Nothing but starting up, which is taken off the other cases.
    Idle,
    /// All commands on all devices.
    Fleet,
    /// The first command on the first device, once, with its memory.
    Big,
    /// From nothing to the prompt of the first device, again and again.
    Login,
    /// The first command on the first device, again and again in one session.
    Repeat,
    /// Each command on the first device: is its last line there?
    Traps,
    /// Connects that run into the time limit: are their sockets gone?
    Stalled,
}

/// Where the runs are kept.
#[derive(Clone, Copy, ValueEnum)]
enum Store {
    /// In memory.
    Memory,
    /// In a folder of its own among the temporary ones, left there.
    Files,
}

#[derive(Parser)]
struct Arguments {
    case: Case,
    #[arg(long, value_enum, default_value_t = Store::Memory)]
    store: Store,
    #[arg(long)]
    inventory: PathBuf,
    #[arg(long, default_value_t = 1)]
    in_flight: usize,
    #[arg(long, default_value_t = 1)]
    count: usize,
    #[arg(long, default_value_t = 500)]
    timeout_ms: u64,
    commands: Vec<String>,
}

struct Work {
    arguments: Arguments,
    devices: Vec<Device>,
    engine: Netsnap,
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    reason = "the line on standard output is the result"
)]
async fn main() -> Outcome<()> {
    let work = Work::new(Arguments::parse()).await?;
    let result = match work.arguments.case {
        Case::Idle => json!({}),
        Case::Fleet => work.fleet().await?,
        Case::Big => work.big().await?,
        Case::Login => work.login().await?,
        Case::Repeat => work.repeat().await?,
        Case::Traps => work.traps().await?,
        Case::Stalled => work.stalled().await?,
    };
    println!("{result}");
    Ok(())
}

impl Work {
    async fn new(arguments: Arguments) -> Outcome<Self> {
        let devices = Inventory::from_file(&arguments.inventory)?.devices;
        if devices.is_empty() {
            return Err("the inventory is empty".into());
        }
        let url = match arguments.store {
            Store::Memory => "memory:".to_owned(),
            // Who measures removes it: that is no part of the work.
            Store::Files => tempfile::tempdir()?.keep().display().to_string(),
        };
        Ok(Self {
            engine: Netsnap::open(&url).await?,
            arguments,
            devices,
        })
    }

    async fn connect(&self) -> netsnap_core::Result<Box<dyn Session>> {
        let device = &self.devices[0];
        let platform: Arc<Platform> = Platform::named(&device.platform)?;
        SshTransport::default()
            .connect(device, &platform, &Limits::default())
            .await
    }

    async fn collect(&self, devices: &[Device], commands: &[String]) -> Outcome<Collection> {
        let options = self.options();
        Ok(self.engine.collect(devices, commands, &options).await?)
    }

    fn options(&self) -> CollectOptions {
        let mut options = CollectOptions::default();
        options.in_flight = self.arguments.in_flight;
        options
    }

    fn command(&self) -> Outcome<&str> {
        Ok(self.arguments.commands.first().ok_or("no command given")?)
    }

    async fn fleet(&self) -> Outcome<Value> {
        let start = Instant::now();
        let commands = &self.arguments.commands;
        let collection = self.collect(&self.devices, commands).await?;
        let wall_s = start.elapsed().as_secs_f64();
        let failed = collection
            .devices
            .iter()
            .filter(|one| one.error.is_some() || one.commands_ok != commands.len() as u64);
        Ok(json!({
            "wall_s": wall_s, "bytes": self.bytes_of(&collection).await?,
            "failures": failed.count(),
            "failure": collection.devices.iter().find_map(|one| one.error.as_ref()),
        }))
    }

    /// How much a run kept.
    async fn bytes_of(&self, collection: &Collection) -> Outcome<u64> {
        let outputs = self.engine.outputs(&collection.execution.id).await?;
        Ok(outputs.iter().map(|output| output.bytes).sum())
    }

    /// From the call to the end of the run, the login included, and again with the bytes in hand.
    async fn big(&self) -> Outcome<Value> {
        let one = &self.devices[..1];
        self.collect(one, &["show version".to_owned()]).await?;
        let start_mb = memory_mb("VmRSS:")?;
        let start = Instant::now();
        let command = self.command()?;
        let run = self.collect(one, &[command.to_owned()]).await?.execution;
        let wall_s = start.elapsed().as_secs_f64();
        let growth_mb = memory_mb("VmHWM:")? - start_mb;
        let output = self.engine.output(&run.id, &one[0].name, command).await?;
        let in_hand_mb = memory_mb("VmHWM:")? - start_mb;
        Ok(json!({
            "wall_s": wall_s, "bytes": output.bytes.len(),
            "growth_mb": growth_mb, "in_hand_mb": in_hand_mb,
        }))
    }

    async fn login(&self) -> Outcome<Value> {
        let mut times = Vec::new();
        for _ in 0..self.arguments.count {
            let start = Instant::now();
            let session = self.connect().await?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            session.close().await;
        }
        Ok(json!({"ms": median(times)}))
    }

    async fn repeat(&self) -> Outcome<Value> {
        let mut session = self.connect().await?;
        let mut times = Vec::new();
        for _ in 0..self.arguments.count {
            let start = Instant::now();
            session.run(self.command()?).await?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        session.close().await;
        Ok(json!({"ms": median(times)}))
    }

    async fn traps(&self) -> Outcome<Value> {
        let one = &self.devices[..1];
        let mut whole = 0;
        for command in &self.arguments.commands {
            let run = self.collect(one, std::slice::from_ref(command)).await?;
            let output = self
                .engine
                .output(&run.execution.id, &one[0].name, command)
                .await?;
            whole += usize::from(output.text().contains(&format!("end of {command}")));
        }
        Ok(json!({"whole": whole}))
    }

    async fn stalled(&self) -> Outcome<Value> {
        let devices: Vec<Device> = (0..self.arguments.count)
            .map(|number| {
                let mut device = self.devices[0].clone();
                device.name = format!("{}-{number}", device.name);
                device
            })
            .collect();
        let mut options = self.options();
        options.limits.handshake = Duration::from_millis(self.arguments.timeout_ms);
        let commands = ["show version".to_owned()];
        let before = sockets()?;
        let collection = self.engine.collect(&devices, &commands, &options).await?;
        let timeouts = collection.devices.iter().filter(|one| {
            let kind = one.error.as_ref().map(|error| error.kind);
            matches!(
                kind,
                Some(ErrorKind::BannerTimeout | ErrorKind::ConnectTimeout)
            )
        });
        let timeouts = timeouts.count();
        // What is being closed may take a moment; what leaks stays.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok(json!({"timeouts": timeouts, "sockets": sockets()? - before}))
    }
}

/// How many sockets this process has open.
fn sockets() -> Outcome<i64> {
    let open = std::fs::read_dir("/proc/self/fd")?
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count();
    Ok(i64::try_from(open)?)
}
