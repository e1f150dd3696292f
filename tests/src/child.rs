//! A test that works in a process of its own: the same binary again, with this one test and a job in the environment.

use std::path::Path;

use netsnap_core::model::{Device, Inventory};
use tokio::process::Command;

use crate::Bed;

const JOB: &str = "NETSNAP_TEST_JOB";
const INVENTORY: &str = "NETSNAP_TEST_JOB_INVENTORY";
const STORE: &str = "NETSNAP_TEST_JOB_STORE";

/// What a process is asked to do.
#[derive(Clone, Debug)]
pub struct Job {
    /// Whatever the test needs to know.
    pub what: String,
    /// The devices, that live in the process that asks.
    pub devices: Vec<Device>,
    /// The address of the store.
    pub store: String,
}

impl Job {
    /// Returns the job of this process; none in the process that asks.
    ///
    /// # Panics
    /// When the job is not complete.
    #[must_use]
    pub fn of_this_process() -> Option<Self> {
        let what = std::env::var(JOB).ok()?;
        let path = std::env::var(INVENTORY).expect("the inventory");
        let inventory = Inventory::from_file(Path::new(&path)).expect("the inventory");
        Some(Self {
            what,
            devices: inventory.devices,
            store: std::env::var(STORE).expect("the store"),
        })
    }

    /// Returns the command that gives a process this job, for a test named as `cargo test` prints it.
    ///
    /// # Panics
    /// When the inventory cannot be written.
    #[must_use]
    pub fn command(bed: &Bed, test: &str, what: &str) -> Command {
        let inventory = bed.folder.path().join("inventory.json");
        let mut devices = bed.devices();
        for device in &mut devices {
            // A password is never written, also not here.
            (device.password, device.key) = (None, Some(bed.network.client_key().to_owned()));
        }
        let text = serde_json::to_vec(&Inventory { devices }).expect("JSON");
        std::fs::write(&inventory, text).expect("written");
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command
            .args([test, "--exact", "--nocapture"])
            .env(JOB, what)
            .env(INVENTORY, inventory)
            .env(STORE, bed.folder.path().join("store"))
            .stdout(std::process::Stdio::null())
            .kill_on_drop(true);
        command
    }
}
