//! How much did a run do? Counted while it runs, and counted again, the same way, when it is recovered.

use std::collections::BTreeMap;

use crate::model::{Counters, DeviceResult, DeviceStatus, Files, OutputSummary};

/// What is counted, device by device.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    devices: BTreeMap<String, Device>,
    text_files: u64,
    json_files: u64,
    bytes: u64,
}

#[derive(Clone, Debug, Default)]
struct Device {
    status: Option<DeviceStatus>,
    answered: u64,
    refused: u64,
    reported_ok: u64,
    reported_failed: u64,
}

impl Tally {
    /// Counts an output.
    pub(super) fn output(&mut self, summary: &OutputSummary) {
        let device = self.devices.entry(summary.device.clone()).or_default();
        match summary.rejection {
            None => device.answered += 1,
            Some(_) => device.refused += 1,
        }
        if summary.json {
            self.json_files += 1;
        } else {
            self.text_files += 1;
        }
        self.bytes += summary.bytes;
    }

    /// Counts how a device ended; a later result of the same device takes the place of the earlier.
    pub(super) fn result(&mut self, result: &DeviceResult) {
        let device = self.devices.entry(result.device.clone()).or_default();
        device.status = Some(result.status);
        device.reported_ok = result.commands_ok;
        device.reported_failed = result.commands_failed;
    }

    /// Sums up. A device's own numbers and its outputs speak of the same commands: the greater number counts.
    pub(super) fn counters(&self, total_devices: u64) -> Counters {
        let sum = |count: fn(&Device) -> u64| self.devices.values().map(count).sum::<u64>();
        let successful_commands = sum(|device| device.answered.max(device.reported_ok));
        let failed_commands = sum(|device| device.refused.max(device.reported_failed));
        Counters {
            total_devices,
            completed_devices: sum(|device| u64::from(device.status.is_some())),
            failed_devices: sum(|device| u64::from(device.status.is_some_and(is_failure))),
            total_commands: successful_commands + failed_commands,
            successful_commands,
            failed_commands,
        }
    }

    /// Says what was left.
    #[expect(clippy::cast_precision_loss, reason = "a size for a person")]
    pub(super) fn files(&self) -> Files {
        Files {
            text_files: self.text_files,
            json_files: self.json_files,
            total_size_mb: self.bytes as f64 / 1_000_000.0,
        }
    }
}

fn is_failure(status: DeviceStatus) -> bool {
    matches!(status, DeviceStatus::Failed | DeviceStatus::Unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(status: DeviceStatus, commands_ok: u64, commands_failed: u64) -> DeviceResult {
        DeviceResult {
            device: "r1".into(),
            status,
            commands_ok,
            commands_failed,
            duration_us: 1,
            error: None,
        }
    }

    #[test]
    fn a_device_that_ends_twice_counts_once() {
        let mut tally = Tally::default();
        tally.result(&result(DeviceStatus::Failed, 0, 2));
        tally.result(&result(DeviceStatus::Ok, 3, 0));
        let counters = tally.counters(4);
        assert_eq!(
            (counters.completed_devices, counters.failed_devices),
            (1, 0)
        );
        assert_eq!((counters.total_commands, counters.failed_commands), (3, 0));
        assert_eq!(counters.total_devices, 4);
    }
}
