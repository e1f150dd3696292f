//! How are simulated devices started, reached and stopped?

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::keys::{PrivateKey, PublicKeyBase64};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::behavior::{DeviceBehavior, Fault};
use super::defaults;
use super::device::{Device as Running, SimulatedDevice};
use super::ospf::{Fabric, Link};
use super::server::{Connection, config};
use super::stream::Limited;
use crate::config::simulate::Response;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Device, Inventory, Secret};

/// The login of every simulated device.
pub(super) const USERNAME: &str = "admin";
/// Its password, unless the topology has another.
const PASSWORD: &str = "netsnap";

/// Devices, and the cables between them.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    /// The devices; names are unique.
    pub devices: Vec<SimulatedDevice>,
    /// The cables.
    pub links: Vec<Link>,
    /// How long two ends must agree before their neighbourhood is full.
    pub adjacency: Duration,
    /// The password of the login `admin`; `netsnap` when none.
    pub password: Option<String>,
    /// Where the known hosts and the client key are written; a temporary folder when none.
    pub folder: Option<PathBuf>,
}

impl From<Vec<SimulatedDevice>> for Topology {
    fn from(devices: Vec<SimulatedDevice>) -> Self {
        Self {
            devices,
            ..Self::default()
        }
    }
}

impl Topology {
    /// Describes FRR routers `r1` to `rN` in a ring, with OSPF in area 0; four and more have a chord from `r1` to the
    /// middle of the ring.
    #[must_use]
    pub fn ring(count: usize) -> Self {
        let around = match count {
            0 | 1 => 0,
            2 => 1,
            _ => count,
        };
        let links: Vec<Link> = (1..=around)
            .map(|number| ring_link(number, count))
            .chain((count >= 4).then(|| chord(count)))
            .collect();
        let devices = (1..=count)
            .map(|number| {
                let name = format!("r{number}");
                let running = defaults::frr(&name, number, &links);
                SimulatedDevice::of(&name, "frr", running)
            })
            .collect();
        Self {
            devices,
            links,
            adjacency: Duration::from_millis(50),
            ..Self::default()
        }
    }
}

fn ring_link(number: usize, count: usize) -> Link {
    let next = number % count + 1;
    let (third, fourth) = (number / 128, number % 128 * 2);
    Link {
        from: (format!("r{number}"), "eth1".to_owned()),
        to: (format!("r{next}"), "eth2".to_owned()),
        addresses: (
            format!("10.0.{third}.{fourth}/31"),
            format!("10.0.{third}.{}/31", fourth + 1),
        ),
    }
}

fn chord(count: usize) -> Link {
    Link {
        from: ("r1".to_owned(), "eth3".to_owned()),
        to: (format!("r{}", count / 2 + 1), "eth3".to_owned()),
        addresses: ("10.0.200.1/30".to_owned(), "10.0.200.2/30".to_owned()),
    }
}

/// What all connections of a network share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) devices: BTreeMap<String, Arc<Running>>,
    pub(super) fabric: Fabric,
    pub(super) client_key: PrivateKey,
    pub(super) password: String,
    open: AtomicUsize,
    accepted: AtomicUsize,
}

/// How many connections there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Open now.
    pub open: usize,
    /// Accepted since the start.
    pub accepted: usize,
}

/// Simulated devices on free ports of 127.0.0.1, each with a host key of its own. Dropping it stops everything.
#[derive(Debug)]
pub struct SimulatedNetwork {
    shared: Arc<Shared>,
    inventory: Inventory,
    key: PathBuf,
    _tasks: JoinSet<()>,
    _folder: Option<tempfile::TempDir>,
}

impl SimulatedNetwork {
    /// Starts a ring of FRR routers.
    ///
    /// # Errors
    /// As [`SimulatedNetwork::start`].
    pub async fn ring(count: usize) -> Result<Self> {
        Self::start(Topology::ring(count)).await
    }

    /// Starts devices; they accept connections when this returns.
    ///
    /// # Errors
    /// `InvalidInput` for two devices of one name; `Unsupported` and `ConfigurationInvalid` for what cannot boot;
    /// `Storage` when a port or file cannot be had.
    pub async fn start(topology: impl Into<Topology>) -> Result<Self> {
        let topology = topology.into();
        let temporary = match &topology.folder {
            Some(_) => None,
            None => Some(
                tempfile::tempdir().map_err(|error| storage("the folder cannot be made", error))?,
            ),
        };
        let folder = match (&topology.folder, &temporary) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => folder.path().to_owned(),
            (None, None) => PathBuf::new(),
        };
        let mut devices = BTreeMap::new();
        let mut order = Vec::new();
        for spec in topology.devices {
            order.push(spec.name.clone());
            devices.insert(spec.name.clone(), Running::boot(spec)?);
        }
        let shared = Arc::new(Shared {
            devices,
            fabric: Fabric::new(topology.links, topology.adjacency),
            client_key: new_key()?,
            password: topology.password.unwrap_or_else(|| PASSWORD.to_owned()),
            open: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
        });
        let (tasks, inventory, hosts) = listen(&shared, &order, &folder).await?;
        inventory.validate()?;
        let key = folder.join("client_ed25519");
        write(&folder.join("known_hosts"), &hosts)?;
        write(&key, &private_text(&shared.client_key)?)?;
        Ok(Self {
            shared,
            inventory,
            key,
            _tasks: tasks,
            _folder: temporary,
        })
    }

    /// Returns how to reach the devices: with passwords and the known hosts.
    #[must_use]
    pub fn inventory(&self) -> Inventory {
        self.inventory.clone()
    }

    /// Returns the file of the private key that all devices accept.
    #[must_use]
    pub fn client_key(&self) -> &std::path::Path {
        &self.key
    }

    /// Returns the handle of a device, for changes behind its back.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn device(&self, name: &str) -> Result<DeviceHandle> {
        let device = self.shared.devices.get(name).cloned().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "no such simulated device")
                .during("sim.device")
                .with("device", name.escape_debug())
        })?;
        Ok(DeviceHandle {
            device,
            shared: Arc::clone(&self.shared),
        })
    }

    /// Returns the running configuration of a device.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn running(&self, name: &str) -> Result<String> {
        Ok(self.device(name)?.running())
    }

    /// Returns the lines that a device has received, in order.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn commands(&self, name: &str) -> Result<Vec<String>> {
        Ok(self.device(name)?.device.state().commands.clone())
    }

    /// Returns how many connections there are.
    #[must_use]
    pub fn connections(&self) -> Connections {
        Connections {
            open: self.shared.open.load(Ordering::SeqCst),
            accepted: self.shared.accepted.load(Ordering::SeqCst),
        }
    }
}

/// A device, held from behind.
#[derive(Clone, Debug)]
pub struct DeviceHandle {
    device: Arc<Running>,
    shared: Arc<Shared>,
}

impl DeviceHandle {
    /// Carries out configuration lines, separated by newlines, as somebody else would; returns what the last one brought.
    pub fn type_line(&self, lines: &str) -> Response {
        let response = {
            let mut state = self.device.state();
            state.simulation.reset();
            lines.lines().map(|line| state.simulation.line(line)).last()
        };
        self.shared
            .fabric
            .observe(&self.device.name, &self.shared.devices);
        response.unwrap_or(Response {
            output: String::new(),
            accepted: true,
            modelled: true,
        })
    }

    /// Returns the running configuration.
    #[must_use]
    pub fn running(&self) -> String {
        self.device.state().simulation.running()
    }

    /// Returns the configuration saved last.
    #[must_use]
    pub fn startup(&self) -> String {
        self.device.state().startup.clone()
    }

    /// Changes how the device answers from now on; the key exchange and silence, from the next connection on.
    pub fn behave(&self, behavior: DeviceBehavior) {
        self.device.state().behavior = behavior;
    }
}

async fn listen(
    shared: &Arc<Shared>,
    order: &[String],
    folder: &std::path::Path,
) -> Result<(JoinSet<()>, Inventory, String)> {
    let mut tasks = JoinSet::new();
    let mut inventory = Inventory::default();
    let mut hosts = String::new();
    for name in order {
        let device = Arc::clone(&shared.devices[name]);
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|error| storage("no port is free", error))?;
        let port = listener
            .local_addr()
            .map_err(|error| storage("the port is unknown", error))?
            .port();
        let key = new_key()?;
        hosts.push_str(&format!(
            "[127.0.0.1]:{port} ssh-ed25519 {}\n",
            key.public_key().public_key_base64()
        ));
        inventory
            .devices
            .push(entry(&device, port, (&shared.password, folder)));
        tasks.spawn(accept(listener, device, Arc::clone(shared), key));
    }
    Ok((tasks, inventory, hosts))
}

fn entry(device: &Running, port: u16, (password, folder): (&str, &std::path::Path)) -> Device {
    Device {
        name: device.name.clone(),
        host: "127.0.0.1".to_owned(),
        port,
        username: USERNAME.to_owned(),
        platform: device.platform.clone(),
        password: Some(Secret::Literal(password.to_owned())),
        key: None,
        key_passphrase: None,
        agent: false,
        known_hosts: Some(folder.join("known_hosts")),
        host_key_policy: crate::model::HostKeyPolicy::default(),
        algorithms: crate::model::AlgorithmProfile::default(),
        labels: BTreeMap::new(),
    }
}

/// Accepts until it is dropped; so are its connections.
async fn accept(listener: TcpListener, device: Arc<Running>, shared: Arc<Shared>, key: PrivateKey) {
    let usual = Arc::new(config(key.clone(), false));
    let restricted = Arc::new(config(key, true));
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        // An answer in pieces would wait for the client's delayed acknowledgement, 40 ms each.
        let _ = stream.set_nodelay(true);
        shared.accepted.fetch_add(1, Ordering::SeqCst);
        let faults = device.behavior().faults;
        let config = if faults.contains(&Fault::NoCommonAlgorithm) {
            &restricted
        } else {
            &usual
        };
        connections.spawn(serve(
            stream,
            Arc::clone(config),
            (Arc::clone(&device), Arc::clone(&shared)),
        ));
    }
}

/// Counts a connection as long as it lives.
struct Open(Arc<Shared>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn serve(
    stream: TcpStream,
    config: Arc<russh::server::Config>,
    (device, shared): (Arc<Running>, Arc<Shared>),
) {
    shared.open.fetch_add(1, Ordering::SeqCst);
    let _open = Open(Arc::clone(&shared));
    let faults = device.behavior().faults;
    if faults.contains(&Fault::SilentAfterAccept) {
        silence(stream).await;
        return;
    }
    let budget = faults.iter().find_map(|fault| match fault {
        Fault::CloseAfterBytes(count) => Some(*count),
        _ => None,
    });
    let broken = Arc::new(Notify::new());
    let handler = Connection {
        device,
        shared,
        broken: Arc::clone(&broken),
        channels: HashMap::new(),
    };
    let (stream, guard) = Limited::new(stream, budget.unwrap_or(u64::MAX));
    let Ok(session) = russh::server::run_stream(config, stream, handler).await else {
        return;
    };
    tokio::select! {
        _ = session => {}
        () = broken.notified() => {}
    }
    drop(guard);
}

/// Says nothing until the other side is gone.
async fn silence(mut stream: TcpStream) {
    use tokio::io::AsyncReadExt;
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}

fn new_key() -> Result<PrivateKey> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| storage("no random bytes", error))?;
    PrivateKey::new(
        KeypairData::from(Ed25519Keypair::from_seed(&seed)),
        "simulated",
    )
    .map_err(|error| storage("no key", error))
}

fn private_text(key: &PrivateKey) -> Result<String> {
    let text = key
        .to_openssh(LineEnding::LF)
        .map_err(|error| storage("the key cannot be written", error))?;
    Ok(text.to_string())
}

fn write(path: &std::path::Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| storage("the file cannot be written", error).with("path", path.display()))
}

fn storage(message: &'static str, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Storage, message)
        .during("sim.start")
        .because(source)
}
