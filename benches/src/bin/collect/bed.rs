//! What do the contenders run against? Devices in processes of their own, and three ways to make life hard.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use netsnap_core::{Error, ErrorKind, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::Arguments;

/// Devices that a fleet is made of.
pub(crate) const FLEET: usize = 100;
/// Devices for the memory of many sessions at once.
pub(crate) const MANY: usize = 200;
/// The round-trip time that the slow line adds.
pub(crate) const ROUND_TRIP: Duration = Duration::from_millis(40);

/// Inventories of everything that is measured against. Ends its processes when dropped.
#[derive(Debug)]
pub(crate) struct Bed {
    /// The devices of a fleet.
    pub(crate) fleet: PathBuf,
    /// All devices.
    pub(crate) many: PathBuf,
    /// One device.
    pub(crate) one: PathBuf,
    /// The same device behind a line with a longer round trip.
    pub(crate) distant: PathBuf,
    /// A device that pauses where a client may think that the answer is over.
    pub(crate) traps: PathBuf,
    /// A server that never says a word.
    pub(crate) silent: PathBuf,
    _processes: Vec<Process>,
    _folder: TempDir,
}

#[derive(Debug)]
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Bed {
    /// Starts everything and waits until it answers.
    pub(crate) fn make(arguments: &Arguments) -> Result<Self> {
        let folder =
            tempfile::tempdir().map_err(|error| unusable("temporary folder").because(error))?;
        let mut processes = Vec::new();
        let source = match &arguments.inventory {
            Some(given) => given.clone(),
            None => {
                let file = folder.path().join("simulated.json");
                let mut command = Command::new(&arguments.simulator);
                command
                    .args(["--devices", &MANY.to_string(), "--inventory"])
                    .arg(&file);
                processes.push(start(&mut command, &file)?);
                file
            }
        };
        let devices = read(&source)?;
        let first = devices
            .first()
            .cloned()
            .ok_or_else(|| unusable("an empty inventory"))?;
        let traps = folder.path().join("traps.json");
        let mut command = Command::new(&arguments.python);
        command
            .arg(arguments.scripts.join("trap_server.py"))
            .arg(&traps);
        processes.push(start(&mut command, &traps)?);

        let keep = |name: &str, devices: &[Value]| {
            let path = folder.path().join(name);
            write(&path, &Value::from(devices).to_string()).map(|()| path)
        };
        let silent = moved(&first, silent_server()?, None);
        let known_hosts = folder.path().join("known_hosts");
        Ok(Self {
            fleet: keep("fleet.json", &devices[..devices.len().min(FLEET)])?,
            many: keep("many.json", &devices)?,
            one: keep("one.json", &devices[..1])?,
            distant: keep("distant.json", &[distant(&first, &known_hosts)?])?,
            silent: keep("silent.json", &[silent])?,
            traps,
            _processes: processes,
            _folder: folder,
        })
    }
}

fn unusable(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidInput, "the test bed cannot be made")
        .during("bench.bed")
        .with("because_of", what.into())
}

fn read(path: &Path) -> Result<Vec<Value>> {
    let text =
        fs::read(path).map_err(|error| unusable(path.display().to_string()).because(error))?;
    serde_json::from_slice(&text)
        .map_err(|error| unusable(path.display().to_string()).because(error))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| unusable(path.display().to_string()).because(error))
}

/// Starts devices and waits until the last of their inventory accepts connections.
fn start(command: &mut Command, inventory: &Path) -> Result<Process> {
    let name = format!("{command:?}");
    let child = command
        // They run until their input ends, also when we end without a word.
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| unusable(&name).because(error))?;
    let mut process = Process(child);
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        let devices = read(inventory).unwrap_or_default();
        if devices
            .last()
            .is_some_and(|device| TcpStream::connect(address(device)).is_ok())
        {
            return Ok(process);
        }
        if let Ok(Some(status)) = process.0.try_wait() {
            return Err(unusable(name).with("status", status));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Err(unusable(name).with("waited", "60 s"))
}

fn address(device: &Value) -> String {
    let host = device["host"].as_str().unwrap_or_default();
    format!("{host}:{}", device["port"].as_u64().unwrap_or(22))
}

/// The same device under another address, and with other known hosts where given.
fn moved(device: &Value, to: SocketAddr, known_hosts: Option<&Path>) -> Value {
    let mut device = device.clone();
    device["host"] = to.ip().to_string().into();
    device["port"] = to.port().into();
    if let Some(path) = known_hosts {
        device["known_hosts"] = path.display().to_string().into();
    }
    device
}

fn listen() -> Result<(TcpListener, SocketAddr)> {
    let failed = |error| unusable("a loopback port").because(error);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Accepts and keeps what it accepted, in silence.
fn silent_server() -> Result<SocketAddr> {
    let (listener, address) = listen()?;
    thread::spawn(move || {
        let mut kept = Vec::new();
        kept.extend(listener.incoming().flatten());
    });
    Ok(address)
}

/// The device behind a relay that delays each direction by half a round trip.
fn distant(device: &Value, known_hosts: &Path) -> Result<Value> {
    let (listener, relay) = listen()?;
    let target = address(device);
    let keys = fs::read_to_string(device["known_hosts"].as_str().unwrap_or_default())
        .map_err(|error| unusable("known hosts").because(error))?;
    write(known_hosts, &keys_at(&keys, device, relay))?;
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            if let Ok(server) = TcpStream::connect(&target) {
                let _ = client
                    .set_nodelay(true)
                    .and_then(|()| server.set_nodelay(true));
                carry(client.try_clone(), server.try_clone());
                carry(Ok(server), Ok(client));
            }
        }
    });
    Ok(moved(device, relay, Some(known_hosts)))
}

/// The keys of a device, said of another address.
fn keys_at(keys: &str, device: &Value, to: SocketAddr) -> String {
    let host = device["host"].as_str().unwrap_or_default();
    let names = [format!("[{host}]:{}", device["port"]), host.to_owned()];
    keys.lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(name, _)| names.iter().any(|known| known == name))
        .map(|(_, key)| format!("[{}]:{} {key}\n", to.ip(), to.port()))
        .collect()
}

/// Passes bytes on, each piece half a round trip later.
fn carry(from: std::io::Result<TcpStream>, to: std::io::Result<TcpStream>) {
    let (Ok(mut from), Ok(mut to)) = (from, to) else {
        return;
    };
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        for (due, piece) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; 65536];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if sender
                .send((Instant::now() + ROUND_TRIP / 2, buffer[..length].to_vec()))
                .is_err()
            {
                break;
            }
        }
    });
}
