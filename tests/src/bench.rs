//! An engine with a store of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netsnap_core::Netsnap;
use netsnap_core::capture::CaptureOptions;
use netsnap_core::deploy::DeployOptions;
use netsnap_core::engine::{PlanTarget, PlanningOptions};
use netsnap_core::model::{Deployment, Device, DeviceDeployment, Plan};

/// An engine on a folder that goes away with it.
#[derive(Debug)]
pub struct Bench {
    /// The engine.
    pub engine: Netsnap,
    /// The folder around its store.
    pub folder: tempfile::TempDir,
}

impl Bench {
    /// Opens an engine on files in a new folder.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub async fn new() -> Self {
        Self::at("{}/store").await
    }

    /// Opens an engine at an address; `{}` stands for a new folder.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub async fn at(url: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = url.replace("{}", folder.path().to_str().expect("UTF-8"));
        let engine = Netsnap::open(&url).await.expect("a new store opens");
        Self { engine, folder }
    }

    /// Captures devices and returns the text of each, by name.
    ///
    /// # Panics
    /// When a device cannot be captured.
    pub async fn texts(&self, devices: &[Device]) -> BTreeMap<String, String> {
        let capture = self
            .engine
            .capture(devices, &CaptureOptions::default())
            .await
            .expect("captured");
        let mut texts = BTreeMap::new();
        for snapshot in capture.snapshots {
            let text = self.engine.snapshot_text(&snapshot.id).await;
            texts.insert(snapshot.subject.clone(), text.expect("its text"));
        }
        assert_eq!(texts.len(), devices.len(), "{:?}", capture.devices);
        texts
    }

    /// Captures devices and plans a change of each one's text.
    ///
    /// # Panics
    /// When a device cannot be captured or planned for.
    pub async fn plan(&self, devices: &[Device], change: impl Fn(&str) -> String) -> Plan {
        self.plan_with(devices, change, &PlanningOptions::default())
            .await
    }

    /// Captures devices and plans a change of each one's text, in the waves that are asked for.
    ///
    /// # Panics
    /// When a device cannot be captured or planned for.
    pub async fn plan_with(
        &self,
        devices: &[Device],
        change: impl Fn(&str) -> String,
        options: &PlanningOptions,
    ) -> Plan {
        let target = |(device, text): (String, String)| PlanTarget {
            intended: change(&text),
            device,
            snapshot: None,
        };
        let targets: Vec<_> = self.texts(devices).await.into_iter().map(target).collect();
        self.engine.plan(&targets, options).await.expect("planned")
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

    /// Carries out a plan that was carried out before.
    ///
    /// # Panics
    /// When the deployment as a whole is refused.
    pub async fn deploy_again(&self, plan: &Plan, devices: &[Device]) -> Deployment {
        let mut options = DeployOptions::default();
        options.allow_reuse = true;
        let done = self.engine.deploy(&plan.id, devices, &options).await;
        done.expect("carried out")
    }

    /// Takes a deployment back.
    ///
    /// # Panics
    /// When the rollback as a whole is refused.
    pub async fn roll_back(&self, deployment: &Deployment, devices: &[Device]) -> Deployment {
        self.engine
            .rollback(&deployment.execution, devices, &DeployOptions::default())
            .await
            .expect("taken back")
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

/// Returns every file and link below a folder.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

/// Returns what staging and atomic replacement leave behind when they are broken off: `.tmp-…` files, `.new-…` runs.
#[must_use]
pub fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let staged = |name: &str| name.starts_with(".tmp-") || name.starts_with(".new-");
    let is_left = |path: &PathBuf| {
        let inside = path.strip_prefix(folder).expect("below the folder");
        inside
            .iter()
            .any(|name| staged(name.to_str().expect("UTF-8")))
    };
    files(folder).into_iter().filter(is_left).collect()
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
