//! What remains of a run that was removed? A tombstone, in a log of the store, for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{ErrorKind, Result};
use crate::model::{DeviceResult, DeviceStatus, DeviceSummary, Execution};
use crate::store::Backend;
use crate::store::audit::Anchor;

/// The log that holds the tombstones.
pub const TOMBSTONES: &str = "tombstones";
/// Entries of a log that are read at a time.
pub(in crate::store) const CHUNK: usize = 500;

/// How a device ended in a run: what of it outlives the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceOutcome {
    /// The device.
    pub device: String,
    /// How it ended.
    pub status: DeviceStatus,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// Why it did not end well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_kind: Option<ErrorKind>,
}

impl From<&DeviceResult> for DeviceOutcome {
    fn from(result: &DeviceResult) -> Self {
        Self {
            device: result.device.clone(),
            status: result.status,
            duration_us: result.duration_us,
            error_kind: result.error.as_ref().map(|error| error.kind),
        }
    }
}

/// What remains of a run that was removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tombstone {
    /// Its summary, without its parameters, commands, remarks and owner, and without the devices that `devices` names as well.
    pub execution: Execution,
    /// How its devices ended.
    #[serde(default)]
    pub devices: Vec<DeviceOutcome>,
    /// How many bytes it took.
    pub bytes: u64,
    /// When it was chosen for removal.
    pub pruned_at: Timestamp,
    /// By whom.
    pub pruned_by: String,
    /// The rule that chose it.
    pub why: String,
    /// Why the rules were applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the audit log ended then: it cannot be shorter now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_head: Option<Anchor>,
}

impl Tombstone {
    /// Says whether a device needs no line of its own: its name is its id, and its outcome is kept.
    fn is_told(device: &DeviceSummary, outcomes: &[DeviceOutcome]) -> bool {
        let told = |outcome: &DeviceOutcome| outcome.device == device.id;
        device.id == device.name && outcomes.iter().any(told)
    }

    /// Takes from a summary what is not kept.
    pub(super) fn keeping(mut run: Execution, outcomes: &[DeviceOutcome]) -> Execution {
        run.devices
            .retain(|device| !Self::is_told(device, outcomes));
        run.commands.clear();
        run.annotations.clear();
        run.parameters = serde_json::Value::Null;
        run.owner = None;
        run
    }

    /// Returns the summary as filters see it, with all devices.
    #[must_use]
    pub fn summary(&self) -> Execution {
        let mut run = self.execution.clone();
        let known = |name: &str| self.execution.devices.iter().any(|one| one.id == name);
        let told = self
            .devices
            .iter()
            .filter(|outcome| !known(&outcome.device));
        run.devices.extend(told.map(|outcome| DeviceSummary {
            id: outcome.device.clone(),
            name: outcome.device.clone(),
            ip: String::new(),
            platform: None,
        }));
        run
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a tombstone is plain data")
    }
}

/// Reads tombstones from a number on, as many as one read gives, with the number to go on from; none at the end.
///
/// One that cannot be read is passed over; it has its number all the same.
pub(in crate::store) async fn tombstones(
    store: &dyn Backend,
    from: u64,
) -> Result<Option<(Vec<(u64, Tombstone)>, u64)>> {
    let entries = store.log(TOMBSTONES, from, CHUNK).await?;
    let Some((last, _)) = entries.last() else {
        return Ok(None);
    };
    let next = last + 1;
    let read = entries.iter().filter_map(|(number, bytes)| {
        let tombstone = serde_json::from_slice(bytes).ok()?;
        Some((*number, tombstone))
    });
    Ok(Some((read.collect(), next)))
}

/// Returns the number of the last tombstone, 0 for none.
pub(super) async fn end(store: &dyn Backend) -> Result<u64> {
    let end = store.log_end(TOMBSTONES).await?;
    Ok(end.map_or(0, |(number, _)| number))
}
