//! A past run, open for replay.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde::Deserialize as _;

use super::pace::Pace;
use super::session::PastSession;
use crate::error::{Error, ErrorKind, ErrorReport, Result};
use crate::event::{Event, EventKind};
use crate::id::{Digest, ExecutionId};
use crate::model::{Device, Execution, Output, OutputSummary};
use crate::platform::Platform;
use crate::store::{Backend, follow};
use crate::transport::{Limits, Session, Transport};

/// Events that are read at once.
const CHUNK: usize = 1_000;
/// Names that a hint lists.
const NEAR: usize = 5;
/// How much two names have in common, from 0 to 1, before one is a hint for the other.
const ALIKE: f32 = 0.5;

/// A past run as a network that answers as it did then. Cheap to clone.
///
/// As a [`Transport`] it connects to the devices of the run and answers each command with what was recorded for it: bytes,
/// proof, exit status, rejection and duration. Several outputs of one command come in their order, counted from each
/// connection. A device that was not reached fails with the error of then, and so does the command that a device did not
/// answer. What was not recorded is `NotFound`, with the near names in the hint, and leaves the session usable; nothing is ever
/// invented. Nothing can be configured.
#[derive(Clone, Debug)]
pub struct PastRun {
    store: Arc<dyn Backend>,
    run: Arc<Execution>,
    devices: Arc<BTreeMap<String, PastDevice>>,
    pace: Pace,
}

/// What a run knows of a device.
#[derive(Clone, Debug, Default)]
pub(super) struct PastDevice {
    /// Its outputs, with their places in the list of the run.
    pub(super) outputs: Vec<(usize, OutputSummary)>,
    /// The host name in its prompt, when it was logged in to.
    hostname: Option<String>,
    /// The configuration that was captured from it, as it was: in its output the secrets are masked.
    pub(super) configuration: Option<Digest>,
    /// Why it did not end well.
    pub(super) error: Option<ErrorReport>,
}

/// Opens a past run for replay. Outputs are read when they are asked for, one at a time.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a factor that is not above 0; `Corrupt`; `Storage`.
pub async fn replay(store: Arc<dyn Backend>, id: &ExecutionId, pace: Pace) -> Result<PastRun> {
    let pace = pace.check()?;
    let run = Arc::new(store.load(id).await?);
    let mut devices: BTreeMap<String, PastDevice> = BTreeMap::new();
    for device in &run.devices {
        devices.entry(device.id.clone()).or_default();
    }
    for (place, summary) in store.outputs(id).await?.into_iter().enumerate() {
        let device = devices.entry(summary.device.clone()).or_default();
        device.outputs.push((place, summary));
    }
    for result in store.device_results(id).await? {
        devices.entry(result.device).or_default().error = result.error;
    }
    learn(store.as_ref(), id, &mut devices).await?;
    Ok(PastRun {
        store,
        run,
        devices: Arc::new(devices),
        pace,
    })
}

/// Learns from the events what the outputs do not tell.
async fn learn(
    store: &dyn Backend,
    id: &ExecutionId,
    devices: &mut BTreeMap<String, PastDevice>,
) -> Result<()> {
    let mut from = 1;
    loop {
        let events = store.events(id, from, CHUNK).await?;
        let Some(last) = events.last() else {
            return Ok(());
        };
        from = last.sequence + 1;
        for event in events {
            let device = event.device.and_then(|name| devices.get_mut(&name));
            match (event.kind, device) {
                (EventKind::Connected, Some(device)) => device.hostname = Some(event.text),
                (EventKind::SnapshotTaken, Some(device)) => {
                    let content = event.data.get("content");
                    device.configuration =
                        content.and_then(|content| Digest::deserialize(content).ok());
                }
                _ => {}
            }
        }
    }
}

impl PastRun {
    /// Returns the run.
    #[must_use]
    pub fn execution(&self) -> &Execution {
        &self.run
    }

    /// Returns its events from sequence `from` on, at the pace of the replay. Those of a run that still goes on are followed live.
    #[must_use]
    pub fn events(&self, from: u64) -> BoxStream<'static, Result<Event>> {
        self.pace
            .apply(follow(self.store.clone(), self.run.id.clone(), from))
    }

    /// Returns the devices of the run, to hand to whatever works on a [`Transport`]. Those of which
    /// the run does not say the platform are said to be of this one.
    #[must_use]
    pub fn devices(&self, platform: &str) -> Vec<Device> {
        let known = |name: &str| self.run.devices.iter().find(|known| known.id == name);
        let address = |name: &str| {
            let known = known(name).filter(|known| !known.ip.is_empty());
            known.map_or_else(|| name.to_owned(), |known| known.ip.clone())
        };
        let recorded = |name: &str| known(name)?.platform.clone();
        let device = |name: &String| Device {
            name: name.clone(),
            host: address(name),
            port: 22,
            username: "replay".to_owned(),
            platform: recorded(name).unwrap_or_else(|| platform.to_owned()),
            password: None,
            key: None,
            key_passphrase: None,
            agent: false,
            known_hosts: None,
            host_key_policy: crate::model::HostKeyPolicy::default(),
            algorithms: crate::model::AlgorithmProfile::default(),
            labels: BTreeMap::new(),
        };
        self.devices.keys().map(device).collect()
    }

    pub(super) fn device(&self, name: &str) -> Result<&PastDevice> {
        self.devices.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.devices.keys().map(String::as_str).collect();
            self.not_recorded("the run knows no such device", name, &names)
                .with("device", name)
        })
    }

    pub(super) async fn output(&self, place: usize) -> Result<Output> {
        self.store.output_at(&self.run.id, place).await
    }

    /// Returns a configuration as it was captured, while that is kept.
    pub(super) async fn configuration(&self, content: &Digest) -> Option<Vec<u8>> {
        self.store.blob(content).await.ok()
    }

    /// Waits as long as a command took.
    pub(super) async fn wait(&self, duration_us: u64) {
        let passed = std::time::Duration::from_micros(duration_us);
        tokio::time::sleep(self.pace.wait(passed)).await;
    }

    /// The error of something that was not recorded, with the names that are near.
    pub(super) fn not_recorded(&self, what: &'static str, name: &str, names: &[&str]) -> Error {
        let near = similar::get_close_matches(name, names, NEAR, ALIKE);
        let hint = match (near.is_empty(), names.is_empty()) {
            (false, _) => format!("recorded, and near: {}", near.join(", ")),
            (true, false) => {
                let some: Vec<&str> = names.iter().take(NEAR).copied().collect();
                format!("recorded: {}", some.join(", "))
            }
            (true, true) => "nothing of it was recorded".to_owned(),
        };
        Error::new(ErrorKind::NotFound, what)
            .during("replay")
            .with("execution", &self.run.id)
            .hint(hint)
    }
}

#[async_trait]
impl Transport for PastRun {
    async fn connect(
        &self,
        device: &Device,
        platform: &Arc<Platform>,
        _: &Limits,
    ) -> Result<Box<dyn Session>> {
        let past = self.device(&device.name)?;
        if let (None, Some(error)) = (&past.hostname, &past.error)
            && past.outputs.is_empty()
        {
            return Err(Error::from(error.clone()));
        }
        let hostname = past.hostname.as_ref().unwrap_or(&device.name);
        let (hostname, name) = (hostname.clone(), device.name.clone());
        Ok(Box::new(PastSession::new(
            self.clone(),
            (name, hostname),
            Arc::clone(platform),
        )))
    }
}
