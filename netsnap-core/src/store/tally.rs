//! How much did a run do? Counted while it runs, and counted again, the same way, when it is recovered.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::ErrorKind;
use crate::model::{
    Cost, Counters, DeviceResult, DeviceStatus, DeviceSummary, Execution, Files, OutputSummary,
    TaskCounters,
};

/// What is counted, device by device.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    devices: BTreeMap<String, Device>,
    commands: BTreeSet<String>,
    text_files: u64,
    json_files: u64,
    bytes: u64,
    command_bytes: u64,
}

#[derive(Clone, Debug, Default)]
struct Device {
    status: Option<DeviceStatus>,
    answered: u64,
    refused: u64,
    reported_ok: u64,
    reported_failed: u64,
    tasks: TaskCounters,
    error: Option<ErrorKind>,
    duration_us: u64,
}

impl Tally {
    /// Counts an output.
    pub(super) fn output(&mut self, summary: &OutputSummary) {
        let device = self.devices.entry(summary.device.clone()).or_default();
        match summary.status.is_failure() || summary.rejection.is_some() {
            false => device.answered += 1,
            true => device.refused += 1,
        }
        self.json_files += u64::from(summary.json) + u64::from(summary.parsed);
        self.text_files += u64::from(!summary.json);
        if !self.commands.contains(&summary.command) {
            self.commands.insert(summary.command.clone());
        }
        self.bytes += summary.bytes;
        self.command_bytes += summary.command.len() as u64;
    }

    /// Counts how a device ended; a later result of the same device takes the place of the earlier.
    pub(super) fn result(&mut self, result: &DeviceResult) {
        let device = self.devices.entry(result.device.clone()).or_default();
        device.status = Some(result.status);
        device.reported_ok = result.commands_ok;
        device.reported_failed = result.commands_failed;
        device.tasks = result.tasks;
        device.error = result.error.as_ref().map(|error| error.kind);
        device.duration_us = result.duration_us;
    }

    /// Returns the devices of which something was recorded, and that are not among these, neither by id nor by name.
    fn unnamed<'a>(&'a self, named: &[DeviceSummary]) -> impl Iterator<Item = &'a String> {
        let named = named.iter().flat_map(|device| [&device.id, &device.name]);
        let named: BTreeSet<String> = named.cloned().collect();
        let recorded = self.devices.keys();
        recorded.filter(move |device| !named.contains(*device))
    }

    /// Counts the devices of a run that is about these: them, and the others of which something was recorded.
    pub(super) fn total(&self, named: &[DeviceSummary]) -> u64 {
        (named.len() + self.unnamed(named).count()) as u64
    }

    /// Adds to a summary the devices and commands that were recorded and not announced, so that the run is found by them.
    pub(super) fn name_all(&self, run: &mut Execution) {
        let devices: Vec<_> = self
            .unnamed(&run.devices)
            .map(|name| by_name(name))
            .collect();
        run.devices.extend(devices);
        let announced: BTreeSet<String> = run.commands.iter().cloned().collect();
        let commands = self.commands.difference(&announced).cloned();
        run.commands.extend(commands);
    }

    /// Sums up. A device's own numbers and its outputs speak of the same commands: the greater number counts.
    pub(super) fn counters(&self, total_devices: u64) -> Counters {
        let sum = |count: fn(&Device) -> u64| self.devices.values().map(count).sum::<u64>();
        let successful_commands = sum(|device| device.answered.max(device.reported_ok));
        let failed_commands = sum(|device| device.refused.max(device.reported_failed));
        let count = |status| {
            let ended = self
                .devices
                .values()
                .filter(|one| one.status == Some(status));
            ended.count() as u64
        };
        let mut tasks = TaskCounters::default();
        self.devices
            .values()
            .for_each(|device| tasks.add(&device.tasks));
        Counters {
            total_devices,
            completed_devices: sum(|device| u64::from(device.status.is_some())),
            failed_devices: sum(|device| u64::from(device.status.is_some_and(is_failure))),
            changed_devices: count(DeviceStatus::Changed),
            unreachable_devices: count(DeviceStatus::Unreachable),
            skipped_devices: count(DeviceStatus::Skipped),
            total_commands: successful_commands + failed_commands,
            successful_commands,
            failed_commands,
            tasks,
        }
    }

    /// Counts the devices that ended with an error, by its kind.
    pub(super) fn error_kinds(&self) -> BTreeMap<ErrorKind, u64> {
        let mut kinds = BTreeMap::new();
        for kind in self.devices.values().filter_map(|device| device.error) {
            *kinds.entry(kind).or_default() += 1;
        }
        kinds
    }

    /// Says what devices and outputs took; the processor's time is not known here.
    pub(super) fn cost(&self) -> Cost {
        Cost {
            cpu_us: 0,
            bytes_in: self.bytes,
            bytes_out: self.command_bytes,
            device_us: self.devices.values().map(|device| device.duration_us).sum(),
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

/// A device of which no more is known than its name.
fn by_name(name: &str) -> DeviceSummary {
    DeviceSummary {
        id: name.to_owned(),
        name: name.to_owned(),
        ip: String::new(),
        platform: None,
    }
}

fn is_failure(status: DeviceStatus) -> bool {
    matches!(status, DeviceStatus::Failed | DeviceStatus::Unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Output;

    fn result(status: DeviceStatus, commands_ok: u64, commands_failed: u64) -> DeviceResult {
        DeviceResult {
            commands_ok,
            commands_failed,
            ..DeviceResult::new("r1", status)
        }
    }

    #[test]
    fn an_answer_that_was_parsed_is_a_text_and_a_file_of_json() {
        let files = |json, parsed| {
            let answer = crate::model::Answer {
                bytes: b"{}".to_vec(),
                proof: crate::model::Proof::Exec,
                exit_status: None,
                rejection: None,
                warnings: Vec::new(),
                duration_us: 0,
            };
            let output = Output::new("r1", "show version", jiff::Timestamp::UNIX_EPOCH, answer);
            let mut tally = Tally::default();
            tally.output(&OutputSummary {
                json,
                parsed,
                ..output.summary
            });
            (tally.files().text_files, tally.files().json_files)
        };
        assert_eq!(files(false, false), (1, 0));
        assert_eq!(files(false, true), (1, 1));
        assert_eq!(files(true, false), (0, 1));
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
