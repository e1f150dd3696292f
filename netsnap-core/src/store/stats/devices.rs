//! How are the devices? Which fail most, and since when; which come and go; which never succeeded.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::figures::rate;
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::{DeviceStatus, Execution};
use crate::store::retention::{DeviceCell, DeviceOutcome};

/// The newest results of a device that are looked at for flapping …
const RECENT: usize = 10;
/// … and how often they change between well and not well in a device that flaps.
const FLAPPING: u64 = 4;

/// The result of a device in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceMoment {
    /// When the run was created.
    pub at: Timestamp,
    /// The run; it may have been removed since.
    pub execution_id: ExecutionId,
    /// Why the device did not end well there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_kind: Option<ErrorKind>,
}

/// How a device fared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceFigures {
    /// The device.
    pub device: String,
    /// Runs that tried it.
    pub total: u64,
    /// Of these, runs in which it ended well.
    pub succeeded: u64,
    /// Runs in which it did not, those that did not reach it included.
    pub failed: u64,
    /// `succeeded / total`; absent when it was never tried.
    pub success_rate: Option<f64>,
    /// So often it failed one run after the other, up to the newest. Of runs that are still in the store, as the next two.
    pub failing_streak: u64,
    /// So often at most it failed one run after the other.
    pub longest_failing_streak: u64,
    /// So often its 10 newest results change between well and not well.
    pub recent_changes: u64,
    /// The newest run in which it ended well.
    pub last_success: Option<DeviceMoment>,
    /// The newest run in which it did not.
    pub last_failure: Option<DeviceMoment>,
}

/// How the devices fared. The lists of names are cut as `devices` is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeviceHealth {
    /// So many devices are known.
    pub known: u64,
    /// Those with the most failures first.
    pub devices: Vec<DeviceFigures>,
    /// Those that failed longest one run after the other, the longest first.
    pub longest_failing: Vec<String>,
    /// Those whose 10 newest results change at least 4 times between well and not well, the most changes first.
    pub flapping: Vec<String>,
    /// Those that were tried and never ended well, by name.
    pub never_succeeded: Vec<String>,
}

/// Counts devices. Results of runs that are there come newest first, all others in no order.
#[derive(Debug, Default)]
pub(super) struct Devices {
    devices: BTreeMap<String, Track>,
}

#[derive(Debug, Default)]
struct Track {
    succeeded: u64,
    failed: u64,
    /// Failures one after the other, as far as the walk into the past has come.
    running: u64,
    longest: u64,
    /// The streak up to the newest result, once it is known where it begins.
    newest: Option<u64>,
    recent: VecDeque<bool>,
    last_success: Option<DeviceMoment>,
    last_failure: Option<DeviceMoment>,
}

/// Says whether a device ended well; `None` when it was not tried.
fn ended_well(status: DeviceStatus) -> Option<bool> {
    match status {
        DeviceStatus::Ok | DeviceStatus::Changed => Some(true),
        DeviceStatus::Failed | DeviceStatus::Unreachable => Some(false),
        DeviceStatus::Skipped => None,
    }
}

impl Devices {
    pub(super) fn live(&mut self, run: &Execution, outcome: &DeviceOutcome) {
        if let Some(well) = ended_well(outcome.status) {
            let track = self.track(&outcome.device);
            track.older(well);
            track.count(well, 1, moment(run, outcome));
        }
    }

    /// Of a run that came in again the result is counted already; it has its place among the newest all the same.
    pub(super) fn returned(&mut self, outcome: &DeviceOutcome) {
        if let Some(well) = ended_well(outcome.status) {
            self.track(&outcome.device).older(well);
        }
    }

    pub(super) fn removed(&mut self, run: &Execution, outcome: &DeviceOutcome) {
        if let Some(well) = ended_well(outcome.status) {
            self.track(&outcome.device)
                .count(well, 1, moment(run, outcome));
        }
    }

    pub(super) fn rolled(&mut self, cell: &DeviceCell) {
        if let Some(well) = ended_well(cell.status) {
            let moment = DeviceMoment {
                at: cell.last_at,
                execution_id: cell.last.clone(),
                error_kind: cell.last_error,
            };
            self.track(&cell.device).count(well, cell.count, moment);
        }
    }

    fn track(&mut self, device: &str) -> &mut Track {
        if !self.devices.contains_key(device) {
            self.devices.insert(device.to_owned(), Track::default());
        }
        self.devices.entry(device.to_owned()).or_default()
    }

    /// Sums up, and names at most so many in each list.
    pub(super) fn health(self, limit: usize) -> DeviceHealth {
        let figures = self
            .devices
            .into_iter()
            .map(|(device, track)| track.figures(device));
        let mut devices: Vec<DeviceFigures> = figures.collect();
        let never = devices.iter().filter(|one| one.succeeded == 0);
        let mut health = DeviceHealth {
            known: devices.len() as u64,
            never_succeeded: never.take(limit).map(|one| one.device.clone()).collect(),
            longest_failing: most(&devices, limit, |one| one.longest_failing_streak, 1),
            flapping: most(&devices, limit, |one| one.recent_changes, FLAPPING),
            devices: Vec::new(),
        };
        devices.sort_by_key(|one| std::cmp::Reverse(one.failed));
        devices.truncate(limit);
        health.devices = devices;
        health
    }
}

/// Names the devices with the greatest numbers, from a least one on.
fn most(
    devices: &[DeviceFigures],
    limit: usize,
    number: fn(&DeviceFigures) -> u64,
    least: u64,
) -> Vec<String> {
    let mut chosen: Vec<_> = devices.iter().filter(|one| number(one) >= least).collect();
    chosen.sort_by_key(|one| std::cmp::Reverse(number(one)));
    let names = chosen.into_iter().take(limit);
    names.map(|one| one.device.clone()).collect()
}

fn moment(run: &Execution, outcome: &DeviceOutcome) -> DeviceMoment {
    DeviceMoment {
        at: run.created_at,
        execution_id: run.id.clone(),
        error_kind: outcome.error_kind,
    }
}

impl Track {
    /// Goes one result further into the past.
    fn older(&mut self, well: bool) {
        if self.recent.len() < RECENT {
            self.recent.push_back(well);
        }
        if well {
            self.newest.get_or_insert(self.running);
            self.running = 0;
        } else {
            self.running += 1;
            self.longest = self.longest.max(self.running);
        }
    }

    fn count(&mut self, well: bool, count: u64, moment: DeviceMoment) {
        let last = if well {
            self.succeeded += count;
            &mut self.last_success
        } else {
            self.failed += count;
            &mut self.last_failure
        };
        let newer = |known: &DeviceMoment| {
            (known.at, &known.execution_id) < (moment.at, &moment.execution_id)
        };
        if last.as_ref().is_none_or(newer) {
            *last = Some(moment);
        }
    }

    fn figures(self, device: String) -> DeviceFigures {
        let total = self.succeeded + self.failed;
        let changes = self.recent.iter().zip(self.recent.iter().skip(1));
        DeviceFigures {
            device,
            total,
            succeeded: self.succeeded,
            failed: self.failed,
            success_rate: rate(self.succeeded, total),
            failing_streak: self.newest.unwrap_or(self.running),
            longest_failing_streak: self.longest,
            recent_changes: changes.filter(|(a, b)| a != b).count() as u64,
            last_success: self.last_success,
            last_failure: self.last_failure,
        }
    }
}
