//! What is a simulated device before and while it runs?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::bytes::Bytes;

use super::behavior::{DeviceBehavior, Fault};
use super::defaults;
use crate::config::simulate::Simulation;
use crate::error::Result;

/// A device to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedDevice {
    /// Its name in the inventory.
    pub name: String,
    /// Its platform: `frr` or `cisco_ios`.
    pub platform: String,
    /// What it boots with, as the device prints it.
    pub running: String,
    /// How it answers.
    pub behavior: DeviceBehavior,
}

impl SimulatedDevice {
    /// Describes an FRR router without neighbours.
    #[must_use]
    pub fn frr(name: &str) -> Self {
        Self::of(name, "frr", defaults::frr(name, 1, &[]))
    }

    /// Describes a Cisco IOS router.
    #[must_use]
    pub fn ios(name: &str) -> Self {
        Self::of(name, "cisco_ios", defaults::ios(name))
    }

    pub(super) fn of(name: &str, platform: &str, running: String) -> Self {
        Self {
            name: name.to_owned(),
            platform: platform.to_owned(),
            running,
            behavior: DeviceBehavior::default(),
        }
    }
}

/// A device that runs.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) name: String,
    pub(super) platform: String,
    state: Mutex<State>,
}

/// What changes while it runs.
#[derive(Debug)]
pub(super) struct State {
    pub(super) simulation: Simulation,
    pub(super) startup: String,
    pub(super) behavior: DeviceBehavior,
    pub(super) commands: Vec<String>,
    /// Whether bgpd was started; it is when the device boots with a BGP section.
    pub(super) has_bgpd: bool,
    /// The last `show bulk`, shared by all that ask again.
    pub(super) bulk: Option<(usize, Bytes)>,
}

impl Device {
    pub(super) fn boot(spec: SimulatedDevice) -> Result<Arc<Self>> {
        let simulation = Simulation::new(&spec.platform, &spec.running)?;
        Ok(Arc::new(Self {
            state: Mutex::new(State {
                startup: simulation.running(),
                has_bgpd: spec.running.contains("\nrouter bgp "),
                simulation,
                behavior: spec.behavior,
                commands: Vec::new(),
                bulk: None,
            }),
            name: spec.name,
            platform: spec.platform,
        }))
    }

    /// A panic elsewhere leaves the state usable: each change is made in one call.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_frr(&self) -> bool {
        self.platform == "frr"
    }

    pub(super) fn behavior(&self) -> DeviceBehavior {
        self.state().behavior.clone()
    }
}

impl State {
    /// Returns the daemon that is dead.
    pub(super) fn dead_daemon(&self) -> Option<&str> {
        self.behavior.faults.iter().find_map(|fault| match fault {
            Fault::DaemonDead(daemon) => Some(daemon.as_str()),
            _ => None,
        })
    }

    /// Returns the running configuration as printed now: without the sections of a dead daemon.
    pub(super) fn running(&self) -> String {
        let text = self.simulation.running();
        match self
            .dead_daemon()
            .and_then(|daemon| daemon.strip_suffix('d'))
        {
            Some(protocol) => without_protocol(&text, protocol),
            None => text,
        }
    }
}

/// With `ospfd` down the section and the interface lines were missing (recorded, FRR 8.4.4).
fn without_protocol(text: &str, protocol: &str) -> String {
    let header = format!("router {protocol}");
    let line_start = format!(" ip {protocol} ");
    let mut inside = false;
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with(&header) {
            inside = true;
        } else if inside && line.trim_end() == "!" {
            inside = false;
            continue;
        }
        if !inside && !line.starts_with(&line_start) {
            kept.push_str(line);
        }
    }
    kept
}
