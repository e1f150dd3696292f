//! Our own contender: does one case through the engine's transport, and reports it in one line of JSON.
//!
//! `collect-ours CASE --inventory FILE [--in-flight N] [--count N] [--timeout-ms N] COMMAND...`, as every contender.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use futures_util::{StreamExt, stream};
use netsnap_benches::rounds::median;
use netsnap_core::ErrorKind;
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

#[derive(Parser)]
struct Arguments {
    case: Case,
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
    platform: Arc<Platform>,
    limits: Limits,
    transport: SshTransport,
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    reason = "the line on standard output is the result"
)]
async fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    let devices = Inventory::from_file(&arguments.inventory)?.devices;
    let first = devices.first().ok_or("the inventory is empty")?;
    let work = Work {
        platform: Platform::named(&first.platform)?,
        limits: Limits::default(),
        transport: SshTransport::default(),
        arguments,
        devices,
    };
    let result = match work.arguments.case {
        Case::Idle => json!({}),
        Case::Fleet => work.fleet().await,
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
    async fn connect(&self, device: &Device) -> netsnap_core::Result<Box<dyn Session>> {
        self.transport
            .connect(device, &self.platform, &self.limits)
            .await
    }

    fn command(&self) -> Outcome<&str> {
        Ok(self.arguments.commands.first().ok_or("no command given")?)
    }

    async fn fleet(&self) -> Value {
        let start = Instant::now();
        let results: Vec<_> = stream::iter(&self.devices)
            .map(|device| self.one_device(device))
            .buffer_unordered(self.arguments.in_flight)
            .collect()
            .await;
        let bytes: usize = results.iter().flatten().sum();
        let failures: Vec<String> = results
            .iter()
            .filter_map(|result| result.as_ref().err().map(ToString::to_string))
            .collect();
        json!({
            "wall_s": start.elapsed().as_secs_f64(), "bytes": bytes,
            "failures": failures.len(), "failure": failures.first(),
        })
    }

    async fn one_device(&self, device: &Device) -> netsnap_core::Result<usize> {
        let mut session = self.connect(device).await?;
        let mut bytes = 0;
        for command in &self.arguments.commands {
            bytes += session.run(command).await?.bytes.len();
        }
        session.close().await;
        Ok(bytes)
    }

    async fn big(&self) -> Outcome<Value> {
        let mut session = self.connect(&self.devices[0]).await?;
        let start_mb = memory_mb("VmRSS:")?;
        let start = Instant::now();
        let answer = session.run(self.command()?).await?;
        let wall_s = start.elapsed().as_secs_f64();
        let growth_mb = memory_mb("VmHWM:")? - start_mb;
        let bytes = answer.bytes.len();
        session.close().await;
        Ok(json!({"wall_s": wall_s, "bytes": bytes, "growth_mb": growth_mb}))
    }

    async fn login(&self) -> Outcome<Value> {
        let mut times = Vec::new();
        for _ in 0..self.arguments.count {
            let start = Instant::now();
            let session = self.connect(&self.devices[0]).await?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            session.close().await;
        }
        Ok(json!({"ms": median(times)}))
    }

    async fn repeat(&self) -> Outcome<Value> {
        let mut session = self.connect(&self.devices[0]).await?;
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
        let mut whole = 0;
        for command in &self.arguments.commands {
            let mut session = self.connect(&self.devices[0]).await?;
            let answer = session.run(command).await?;
            whole += usize::from(answer.text().contains(&format!("end of {command}")));
            session.close().await;
        }
        Ok(json!({"whole": whole}))
    }

    async fn stalled(&self) -> Outcome<Value> {
        let mut limits = self.limits.clone();
        limits.handshake = Duration::from_millis(self.arguments.timeout_ms);
        let before = sockets()?;
        let timeouts = stream::iter(0..self.arguments.count)
            .map(|_| {
                self.transport
                    .connect(&self.devices[0], &self.platform, &limits)
            })
            .buffer_unordered(self.arguments.in_flight)
            .filter(|result| {
                let timed_out = result.as_ref().is_err_and(|error| {
                    matches!(
                        error.kind(),
                        ErrorKind::BannerTimeout | ErrorKind::ConnectTimeout
                    )
                });
                std::future::ready(timed_out)
            })
            .count()
            .await;
        // What is being closed may take a moment; what leaks stays.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok(json!({"timeouts": timeouts, "sockets": sockets()? - before}))
    }
}

/// A line of `/proc/self/status`, in megabytes of 10^6 bytes.
fn memory_mb(name: &str) -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .ok_or("the kernel does not tell")?;
    Ok(kilobytes.trim().parse::<f64>()? * 1024.0 / 1e6)
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
