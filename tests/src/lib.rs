//! What the tests of several rooms share: an engine with a store of its own, and the lab.

use std::path::{Path, PathBuf};
use std::process::Command;

use netsnap_core::Netsnap;
use netsnap_core::capture::CaptureOptions;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::engine::{PlanTarget, PlanningOptions};
use netsnap_core::model::{Deployment, Device, DeviceDeployment, Inventory, Plan};

/// An engine on a folder that goes away with it.
#[derive(Debug)]
pub struct Bench {
    /// The engine.
    pub engine: Netsnap,
    /// The folder of its store.
    pub folder: tempfile::TempDir,
}

impl Bench {
    /// Opens an engine on a new folder.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = Netsnap::open(folder.path().to_str().expect("UTF-8"))
            .await
            .expect("a new store opens");
        Self { engine, folder }
    }

    /// Captures devices and returns the text of each, by name.
    ///
    /// # Panics
    /// When a device cannot be captured.
    pub async fn texts(&self, devices: &[Device]) -> std::collections::BTreeMap<String, String> {
        let capture = self
            .engine
            .capture(devices, &CaptureOptions::default())
            .await
            .expect("captured");
        let mut texts = std::collections::BTreeMap::new();
        for snapshot in capture.snapshots {
            texts.insert(
                snapshot.subject.clone(),
                self.engine
                    .snapshot_text(&snapshot.id)
                    .await
                    .expect("its text"),
            );
        }
        assert_eq!(texts.len(), devices.len(), "{:?}", capture.devices);
        texts
    }

    /// Captures devices and plans a change of each one's text.
    ///
    /// # Panics
    /// When a device cannot be captured or planned for.
    pub async fn plan(&self, devices: &[Device], change: impl Fn(&str) -> String) -> Plan {
        let target = |(device, text): (String, String)| PlanTarget {
            intended: change(&text),
            device,
            snapshot: None,
        };
        let targets: Vec<_> = self.texts(devices).await.into_iter().map(target).collect();
        self.engine
            .plan(&targets, &PlanningOptions::default())
            .await
            .expect("planned")
    }

    /// Carries out a plan.
    ///
    /// # Panics
    /// When the deployment as a whole is refused.
    pub async fn deploy(&self, plan: &Plan, devices: &[Device]) -> Deployment {
        self.engine
            .deploy(&plan.id, devices, &DeployOptions::default())
            .await
            .expect("carried out")
    }

    /// Fails when the store holds a half-written file.
    ///
    /// # Panics
    /// When it does.
    pub fn assert_nothing_half_written(&self) {
        let left = leftovers(self.folder.path());
        assert!(left.is_empty(), "half-written: {left:?}");
    }
}

/// Returns what staging and atomic replacement would leave behind if they were broken off.
fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(".tmp") || name.starts_with(".staging") || name.ends_with(".tmp") {
            left.push(entry.path());
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            left.extend(leftovers(&entry.path()));
        }
    }
    left
}

/// Returns the report of a device.
///
/// # Panics
/// When the deployment has none.
#[must_use]
pub fn device<'a>(deployment: &'a Deployment, name: &str) -> &'a DeviceDeployment {
    deployment
        .devices
        .iter()
        .find(|device| device.device == name)
        .expect("a report of the device")
}

/// The real routers that `tests/run` has started.
#[derive(Debug)]
pub struct Lab {
    script: PathBuf,
    /// The routers.
    pub inventory: Inventory,
}

impl Lab {
    /// Finds the lab.
    ///
    /// # Panics
    /// When `NETSNAP_LAB` (the script) or `NETSNAP_LAB_INVENTORY` (what `lab inventory` prints) is not set.
    #[must_use]
    pub fn find() -> Self {
        let path = |name: &str| {
            PathBuf::from(
                std::env::var_os(name)
                    .unwrap_or_else(|| panic!("{name} is not set; use tests/run lab")),
            )
        };
        let inventory =
            Inventory::from_file(&path("NETSNAP_LAB_INVENTORY")).expect("the inventory of the lab");
        Self {
            script: path("NETSNAP_LAB"),
            inventory,
        }
    }

    /// Returns one router.
    ///
    /// # Panics
    /// When the lab has no such router.
    #[must_use]
    pub fn router(&self, name: &str) -> Device {
        self.inventory
            .device(name)
            .expect("a router of the lab")
            .clone()
    }

    /// Runs the lab script and returns what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn lab(&self, arguments: &[&str]) -> String {
        let output = Command::new(&self.script)
            .args(arguments)
            .output()
            .expect("the lab script runs");
        assert!(
            output.status.success(),
            "lab {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Types configuration lines on a router's own console, as somebody else would.
    ///
    /// # Panics
    /// When the router refuses.
    pub fn somebody_else(&self, router: &str, lines: &[&str]) {
        let mut arguments = vec!["exec", router, "vtysh", "-c", "configure terminal"];
        for line in lines {
            arguments.extend(["-c", line]);
        }
        self.lab(&arguments);
    }
}
