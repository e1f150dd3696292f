//! One isolated run: who did what, when, to which devices, and how it ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::ErrorReport;
use crate::id::ExecutionId;

/// What a run was for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExecutionKind {
    /// Commands on devices, outputs recorded.
    Collect,
    /// Configurations of devices, captured as snapshots.
    Capture,
    /// A plan made and proven. Nothing is sent.
    Plan,
    /// A plan carried out.
    Deploy,
    /// A deployment taken back.
    Rollback,
    /// Whatever a program records through a recorder.
    #[default]
    Custom,
}

/// Where a run stands. The last six are terminal, and terminal states are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// Created, not started.
    Queued,
    /// Going on, as far as the record says.
    Running,
    /// Every device ended well.
    Succeeded,
    /// Some devices ended well.
    Partial,
    /// No device ended well, or the run itself failed.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// Its time limit stopped it.
    TimedOut,
    /// Its process went away; found at a later open, with the reason.
    Interrupted,
}

impl ExecutionStatus {
    /// Says whether the run has ended.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// Who writes a run: enough to tell later, without a clock, whether the writer still lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The machine's name.
    pub host: String,
    /// Changes at each boot of the machine; empty where it cannot be had.
    pub boot: String,
    /// The process.
    pub process: u32,
    /// When the process started, in the kernel's own unit; tells a reused process number apart. 0 where it cannot be had.
    pub process_start: u64,
}

/// A device of a run, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSummary {
    /// Its name in the run, unique there.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub ip: String,
}

/// How much there was to do, and how it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Devices of the run.
    pub total_devices: u64,
    /// Devices that are done, well or not.
    pub completed_devices: u64,
    /// Devices that did not end well.
    pub failed_devices: u64,
    /// Commands answered or given up.
    pub total_commands: u64,
    /// Commands answered and not refused.
    pub successful_commands: u64,
    /// Commands refused or given up.
    pub failed_commands: u64,
}

/// What the run left on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Files {
    /// Outputs kept as text.
    pub text_files: u64,
    /// Outputs kept as JSON.
    pub json_files: u64,
    /// Their size in units of 1,000,000 bytes.
    pub total_size_mb: f64,
}

/// One isolated run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// The name of the run.
    #[serde(rename = "execution_id")]
    pub id: ExecutionId,
    /// The job it belongs to, if a scheduler named one.
    #[serde(default)]
    pub job_id: Option<String>,
    /// What it was for.
    pub kind: ExecutionKind,
    /// One line for a person.
    pub name: String,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// Why it stands there, when that needs a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was created: with the id, the order of lists.
    #[serde(rename = "timestamp")]
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How long it took by the recorder's monotonic clock, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// The run that started this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ExecutionId>,
    /// Who asked for it.
    #[serde(default)]
    pub actor: String,
    /// What was asked for; no secrets.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub parameters: Value,
    /// Free words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Its devices.
    pub devices: Vec<DeviceSummary>,
    /// Its commands.
    pub commands: Vec<String>,
    /// How it went.
    pub results: Counters,
    /// What it left.
    pub files: Files,
    /// The last event recorded when this summary was written.
    #[serde(default)]
    pub last_sequence: u64,
    /// Grows by one with each change of this record: the base of compare-and-set.
    #[serde(default)]
    pub revision: u64,
    /// Who writes it, until it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// netsnap's version.
    #[serde(default)]
    pub version: String,
}

/// How a device ended in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceStatus {
    /// Everything asked for was done.
    Ok,
    /// Done, and the device is another one than before.
    Changed,
    /// Reached, and something failed.
    Failed,
    /// Not reached.
    Unreachable,
    /// Not tried.
    Skipped,
}

/// How a device ended in a run, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceResult {
    /// The device.
    pub device: String,
    /// How it ended.
    pub status: DeviceStatus,
    /// Commands answered and not refused.
    pub commands_ok: u64,
    /// Commands refused or given up.
    pub commands_failed: u64,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// Why it did not end well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}
