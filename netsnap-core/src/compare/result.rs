//! The words of a comparison.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{ErrorKind, ErrorReport};
use crate::id::{Digest, ExecutionId};
use crate::model::{CommandStatus, DeviceStatus, Execution, ExecutionKind, ExecutionStatus};

/// What is different between two runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The first run.
    pub before: RunSide,
    /// The second run.
    pub after: RunSide,
    /// How long the runs took.
    pub duration: DurationChange,
    /// How many of each.
    pub totals: ComparisonTotals,
    /// Every device of either run, by name.
    pub devices: Vec<DeviceComparison>,
    /// How many devices ended with each kind of error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_kinds: Vec<ErrorKindChange>,
    /// Set when something was left out for its size; the place says what.
    pub truncated: bool,
}

/// One of the two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSide {
    /// The run.
    pub execution: ExecutionId,
    /// What it was for.
    pub kind: ExecutionKind,
    /// Its one line for a person.
    pub name: String,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// When it was created.
    pub created_at: Timestamp,
}

/// Two lengths of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DurationChange {
    /// The first, in microseconds.
    pub before_us: Option<u64>,
    /// The second, in microseconds.
    pub after_us: Option<u64>,
    /// The second less the first, in microseconds.
    pub change_us: Option<i64>,
    /// The second divided by the first.
    pub ratio: Option<f64>,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonTotals {
    /// Devices that ended well only after.
    pub fixed: u64,
    /// Devices that ended well only before.
    pub broken: u64,
    /// Devices that ended alike.
    pub same: u64,
    /// Devices of the second run only.
    pub added: u64,
    /// Devices of the first run only.
    pub removed: u64,
    /// Commands that a device of both runs answered only after.
    pub commands_added: u64,
    /// Commands that a device of both runs answered only before.
    pub commands_removed: u64,
    /// Outputs that are byte for byte the same.
    pub outputs_same: u64,
    /// Outputs that differ.
    pub outputs_changed: u64,
    /// Outputs that differ only in what changes by itself.
    pub outputs_masked: u64,
    /// Outputs that differ in their bytes and were not compared inside.
    pub outputs_unknown: u64,
    /// Lines and values that were masked, on both sides.
    pub masked: u64,
}

/// What became of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChange {
    /// It failed or was not reached before, and ended well after.
    Fixed,
    /// It ended well before, and failed or was not reached after.
    Broken,
    /// Neither.
    Same,
    /// It is in the second run only.
    Added,
    /// It is in the first run only.
    Removed,
}

/// One device in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceComparison {
    /// The device.
    pub device: String,
    /// What became of it.
    pub change: DeviceChange,
    /// How it ended before, where that is recorded.
    pub status_before: Option<DeviceStatus>,
    /// How it ended after, where that is recorded.
    pub status_after: Option<DeviceStatus>,
    /// The kind of its error before.
    pub error_before: Option<ErrorKind>,
    /// The kind of its error after.
    pub error_after: Option<ErrorKind>,
    /// How long it took.
    pub duration: DurationChange,
    /// Commands that it answered only after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands_added: Vec<String>,
    /// Commands that it answered only before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands_removed: Vec<String>,
    /// Outputs that are byte for byte the same.
    pub outputs_same: u64,
    /// Outputs that are not, in the order in which they were recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputComparison>,
}

/// How two outputs relate that are not byte for byte the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputChange {
    /// They differ.
    Changed,
    /// They differ only in what changes by itself, or in how a JSON document is laid out.
    Masked,
    /// They were not compared inside.
    Unknown,
}

/// Two outputs of one command on one device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputComparison {
    /// The command.
    pub command: String,
    /// Which of its outputs, counted from 1.
    pub occurrence: usize,
    /// How they relate.
    pub change: OutputChange,
    /// The first.
    pub before: OutputFacts,
    /// The second.
    pub after: OutputFacts,
    /// How long the command took.
    pub duration: DurationChange,
    /// The difference as `diff -u` writes it, for texts that differ. Bytes that are no UTF-8 stand there as `\xff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// The differences, for JSON documents that differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Vec<JsonChange>>,
    /// Lines or values masked in the first.
    pub masked_before: u64,
    /// Lines or values masked in the second.
    pub masked_after: u64,
    /// What was left out for its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncation>,
    /// Why one of them could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

/// An output, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFacts {
    /// Number of bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// How the command ended.
    pub status: CommandStatus,
}

/// What was left out for its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truncation {
    /// An output is too large to be compared inside.
    Output,
    /// The difference is longer than what is shown of it.
    Difference,
    /// All differences together reached their limit before.
    Total,
}

/// One difference of two JSON documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonChange {
    /// Where: a JSON pointer (RFC 6901). In a list that became longer or shorter, the place in the list it is in.
    pub path: String,
    /// What stood there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What stands there after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// How many devices ended with an error of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorKindChange {
    /// The kind.
    pub kind: ErrorKind,
    /// Devices before.
    pub before: u64,
    /// Devices after.
    pub after: u64,
}

impl From<&Execution> for RunSide {
    fn from(run: &Execution) -> Self {
        Self {
            execution: run.id.clone(),
            kind: run.kind,
            name: run.name.clone(),
            status: run.status,
            created_at: run.created_at,
        }
    }
}

impl DurationChange {
    /// Joins two lengths of time, in microseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio is for people")]
    pub fn new(before_us: Option<u64>, after_us: Option<u64>) -> Self {
        let both = before_us.zip(after_us);
        let signed = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
        Self {
            before_us,
            after_us,
            change_us: both.map(|(before, after)| signed(after) - signed(before)),
            ratio: both
                .filter(|(before, _)| *before > 0)
                .map(|(before, after)| after as f64 / before as f64),
        }
    }
}

impl Comparison {
    /// Begins the comparison of two runs.
    pub(super) fn new(before: &Execution, after: &Execution) -> Self {
        Self {
            before: before.into(),
            after: after.into(),
            duration: DurationChange::new(before.duration_us, after.duration_us),
            totals: ComparisonTotals::default(),
            devices: Vec::new(),
            error_kinds: Vec::new(),
            truncated: false,
        }
    }

    /// Adds a device and counts it.
    pub(super) fn add(&mut self, device: DeviceComparison) {
        let kinds = [(device.error_before, true), (device.error_after, false)];
        for (kind, is_before) in kinds {
            if let Some(kind) = kind {
                self.count(kind, is_before);
            }
        }
        self.totals.add(&device);
        let mut outputs = device.outputs.iter();
        self.truncated |= outputs.any(|output| output.truncated.is_some());
        self.devices.push(device);
    }

    fn count(&mut self, kind: ErrorKind, is_before: bool) {
        let place = self.error_kinds.iter().position(|known| known.kind == kind);
        let place = place.unwrap_or_else(|| {
            let (before, after) = (0, 0);
            self.error_kinds.push(ErrorKindChange {
                kind,
                before,
                after,
            });
            self.error_kinds.len() - 1
        });
        let counted = &mut self.error_kinds[place];
        counted.before += u64::from(is_before);
        counted.after += u64::from(!is_before);
    }
}

impl ComparisonTotals {
    fn add(&mut self, device: &DeviceComparison) {
        let devices = match device.change {
            DeviceChange::Fixed => &mut self.fixed,
            DeviceChange::Broken => &mut self.broken,
            DeviceChange::Same => &mut self.same,
            DeviceChange::Added => &mut self.added,
            DeviceChange::Removed => &mut self.removed,
        };
        *devices += 1;
        self.commands_added += device.commands_added.len() as u64;
        self.commands_removed += device.commands_removed.len() as u64;
        self.outputs_same += device.outputs_same;
        for output in &device.outputs {
            let outputs = match output.change {
                OutputChange::Changed => &mut self.outputs_changed,
                OutputChange::Masked => &mut self.outputs_masked,
                OutputChange::Unknown => &mut self.outputs_unknown,
            };
            *outputs += 1;
            self.masked += output.masked_before + output.masked_after;
        }
    }
}
