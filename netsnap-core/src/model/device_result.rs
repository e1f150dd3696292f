//! The devices of a run, and how each of them ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::counters::TaskCounters;
use crate::error::ErrorReport;

/// A device of a run, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSummary {
    /// Its name in the run, unique there.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub ip: String,
    /// Its platform, where it is known; runs of before it was recorded do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
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
    /// How its tasks ended, where the run speaks of tasks.
    #[serde(default, skip_serializing_if = "TaskCounters::is_empty")]
    pub tasks: TaskCounters,
    /// Which try this was, counted from 1.
    #[serde(default = "first")]
    pub attempt: u32,
    /// When work on it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When work on it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// Why it did not end well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

fn first() -> u32 {
    1
}

impl DeviceResult {
    /// Says how a device ended, with nothing counted yet.
    #[must_use]
    pub fn new(device: impl Into<String>, status: DeviceStatus) -> Self {
        Self {
            device: device.into(),
            status,
            commands_ok: 0,
            commands_failed: 0,
            tasks: TaskCounters::default(),
            attempt: first(),
            started_at: None,
            ended_at: None,
            duration_us: 0,
            error: None,
        }
    }
}
