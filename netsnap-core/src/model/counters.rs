//! What of a run is counted: the work, what it left and what it used up.

use serde::{Deserialize, Serialize};

use super::ExecutionStatus;

/// What a run used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cost {
    /// Processor time of the recording process between the begin and the end of the run, in microseconds. Runs that go on in one
    /// process at one time share it: each counts all of it.
    pub cpu_us: u64,
    /// Bytes of the outputs that devices sent.
    pub bytes_in: u64,
    /// Bytes of the commands that were sent to devices.
    pub bytes_out: u64,
    /// The sum of the durations of its devices, in microseconds.
    pub device_us: u64,
}

impl Cost {
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// How tasks ended, in the words of Ansible. `changed` tasks count in `ok` too; a rescued failure counts only in `rescued`, an
/// ignored one in `ok` and `ignored`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskCounters {
    /// Ended well.
    pub ok: u64,
    /// Ended well and changed something.
    pub changed: u64,
    /// Could not be tried: the host was not reached.
    pub unreachable: u64,
    /// Failed.
    pub failed: u64,
    /// Not tried.
    pub skipped: u64,
    /// Failed, and a rescue followed.
    pub rescued: u64,
    /// Failed, and that was to be ignored.
    pub ignored: u64,
}

impl TaskCounters {
    /// Says whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds those of another.
    pub fn add(&mut self, other: &Self) {
        self.ok += other.ok;
        self.changed += other.changed;
        self.unreachable += other.unreachable;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.rescued += other.rescued;
        self.ignored += other.ignored;
    }
}

/// How much there was to do, and how it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Devices of the run.
    pub total_devices: u64,
    /// Devices that are done, well or not.
    pub completed_devices: u64,
    /// Devices that did not end well, those that were not reached included.
    pub failed_devices: u64,
    /// Devices that are another one than before.
    pub changed_devices: u64,
    /// Devices that were not reached.
    pub unreachable_devices: u64,
    /// Devices that were not tried.
    pub skipped_devices: u64,
    /// Commands answered or given up.
    pub total_commands: u64,
    /// Commands answered and not refused.
    pub successful_commands: u64,
    /// Commands refused or given up.
    pub failed_commands: u64,
    /// How the tasks of all devices ended, where the run speaks of tasks.
    #[serde(skip_serializing_if = "TaskCounters::is_empty")]
    pub tasks: TaskCounters,
}

impl Counters {
    /// Says how a run ended by how its devices did, and why when that was not well: `failed` when each of its devices failed,
    /// `partial` when some did or did not end, `succeeded` otherwise, and where nobody recorded how any device ended.
    #[must_use]
    pub fn verdict(&self) -> (ExecutionStatus, Option<String>) {
        let total = self.total_devices.max(self.completed_devices);
        let (failed, missing) = (self.failed_devices, total - self.completed_devices);
        if self.completed_devices == 0 || failed + missing == 0 {
            return (ExecutionStatus::Succeeded, None);
        }
        let status = match failed == total {
            true => ExecutionStatus::Failed,
            false => ExecutionStatus::Partial,
        };
        let parts = [(failed, "failed"), (missing, "did not end")];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        (
            status,
            Some(format!("of {total} devices, {}", parts.join(", "))),
        )
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_as_its_devices_did() {
        use ExecutionStatus::{Failed, Partial, Succeeded};
        for ((total, completed, failed), status, reason) in [
            ((0, 0, 0), Succeeded, None),
            ((2, 2, 0), Succeeded, None),
            // Of outputs alone nobody said how a device ended.
            ((2, 0, 0), Succeeded, None),
            ((2, 2, 2), Failed, Some("of 2 devices, 2 failed")),
            ((3, 3, 1), Partial, Some("of 3 devices, 1 failed")),
            ((3, 1, 0), Partial, Some("of 3 devices, 2 did not end")),
            (
                (3, 2, 1),
                Partial,
                Some("of 3 devices, 1 failed, 1 did not end"),
            ),
            // Devices that nobody announced.
            ((0, 2, 2), Failed, Some("of 2 devices, 2 failed")),
        ] {
            let counters = Counters {
                total_devices: total,
                completed_devices: completed,
                failed_devices: failed,
                ..Counters::default()
            };
            let expected = (status, reason.map(str::to_owned));
            assert_eq!(counters.verdict(), expected);
        }
    }
}
