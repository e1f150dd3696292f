//! An engine and the simulated devices that it works on.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::Duration;

use netsnap_core::ErrorReport;
use netsnap_core::collect::CollectOptions;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::model::{Device, DeviceStatus};
use netsnap_core::sim::{DeviceBehavior, Fault, SimulatedNetwork, Topology};
use netsnap_core::transport::Limits;

use crate::Bench;

/// An engine and the simulated devices that it works on.
#[derive(Debug)]
pub struct Bed {
    /// The engine.
    pub bench: Bench,
    /// The devices.
    pub network: SimulatedNetwork,
    before: BTreeMap<String, String>,
}

impl Deref for Bed {
    type Target = Bench;

    fn deref(&self) -> &Bench {
        &self.bench
    }
}

impl Bed {
    /// Starts a ring of simulated FRR routers, `r1` and on.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn ring(count: usize) -> Self {
        Self::of(Topology::ring(count), Bench::new().await).await
    }

    /// Starts simulated devices beside an engine.
    ///
    /// # Panics
    /// When they cannot be started.
    pub async fn of(topology: Topology, bench: Bench) -> Self {
        let names: Vec<_> = topology
            .devices
            .iter()
            .map(|device| device.name.clone())
            .collect();
        let network = SimulatedNetwork::start(topology).await.expect("started");
        let running = |name: String| {
            let text = network.running(&name).expect("a device of the network");
            (name, text)
        };
        let before = names.into_iter().map(running).collect();
        Self {
            bench,
            network,
            before,
        }
    }

    /// Returns how to reach all devices.
    #[must_use]
    pub fn devices(&self) -> Vec<Device> {
        self.network.inventory().devices
    }

    /// Returns how to reach one device.
    ///
    /// # Panics
    /// When there is no such device.
    #[must_use]
    pub fn device(&self, name: &str) -> Device {
        self.network
            .inventory()
            .device(name)
            .expect("a device of the network")
            .clone()
    }

    /// Lets a device misbehave from now on.
    ///
    /// # Panics
    /// When there is no such device.
    pub fn fault(&self, name: &str, fault: Fault) {
        self.behave(name, vec![fault]);
    }

    /// Lets a device behave again.
    ///
    /// # Panics
    /// When there is no such device.
    pub fn heal(&self, name: &str) {
        self.behave(name, Vec::new());
    }

    fn behave(&self, name: &str, faults: Vec<Fault>) {
        let behavior = DeviceBehavior {
            faults,
            ..DeviceBehavior::default()
        };
        self.network
            .device(name)
            .expect("a device of the network")
            .behave(behavior);
    }

    /// Types configuration on a device's own console, as somebody else would.
    ///
    /// # Panics
    /// When the device refuses.
    pub fn somebody_else(&self, name: &str, lines: &str) {
        let device = self.network.device(name).expect("a device of the network");
        let response = device.type_line(lines);
        assert!(response.accepted, "{response:?}");
    }

    /// Runs one command on one device and returns how it failed.
    ///
    /// # Panics
    /// When it did not fail, or the error says not what to do.
    pub async fn failure(&self, device: Device, command: &str) -> (DeviceStatus, ErrorReport) {
        let mut options = CollectOptions::default();
        options.limits = short();
        let run = self
            .engine
            .collect(&[device], &[command.to_owned()], &options)
            .await
            .expect("recorded");
        let result = &run.devices[0];
        let error = result.error.clone().expect("it fails");
        assert!(error.hint.is_some(), "no hint: {error:?}");
        (result.status, error)
    }

    /// Says whether no device was sent any configuration.
    ///
    /// # Panics
    /// Never: the devices are those of the network.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.before.keys().all(|name| {
            let commands = self.network.commands(name).expect("a device");
            !commands.iter().any(|line| line == "configure terminal")
        })
    }

    /// Fails unless every device shows byte for byte what it showed at the start.
    ///
    /// # Panics
    /// When one does not.
    pub fn assert_as_before(&self) {
        for (name, before) in &self.before {
            assert_eq!(&self.network.running(name).expect("a device"), before);
        }
    }

    /// Fails when a socket is open or a file half-written.
    ///
    /// # Panics
    /// When one is.
    pub async fn assert_clean(&self) {
        eventually("every socket is closed", || {
            self.network.connections().open == 0
        })
        .await;
        self.bench.assert_nothing_half_written();
    }
}

/// Waits for something that happens by itself.
///
/// # Panics
/// When it does not within ten seconds.
pub async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not so: {what}");
}

/// Returns limits for devices that will not answer.
#[must_use]
pub fn short() -> Limits {
    let mut limits = Limits::default();
    limits.connect = Duration::from_secs(2);
    limits.handshake = Duration::from_secs(2);
    limits.idle = Duration::from_secs(2);
    limits
}

/// Returns options for a deployment on devices that will not answer and to neighbours that will not come back.
#[must_use]
pub fn impatient() -> DeployOptions {
    let mut options = DeployOptions::default();
    options.limits = short();
    options.check_timeout = Duration::from_secs(2);
    options
}
