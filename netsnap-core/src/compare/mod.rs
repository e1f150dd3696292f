//! What is different between two runs? Devices, commands, what the devices said, how long it took.
//!
//! Outputs with equal digests are not read. Of the others, what changes by itself (times, counters) is masked on both sides
//! first, by the table of the platform and by rules of the caller, and it is counted how much that was.

mod devices;
mod json;
mod mask;
mod outputs;
mod result;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::devices::Sides;
use self::mask::Rules;
use self::outputs::Budget;
pub use self::result::{
    Comparison, ComparisonTotals, DeviceChange, DeviceComparison, DurationChange, ErrorKindChange,
    JsonChange, OutputChange, OutputComparison, OutputFacts, RunSide, Truncation,
};
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Execution, OutputSummary};
use crate::store::Backend;

/// How two runs are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompareOptions {
    /// The platform of devices that are neither in `platforms` nor have one in the runs: its table says what changes by itself in their
    /// outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The platform of each device, by name, where it is another than the runs say.
    pub platforms: BTreeMap<String, String>,
    /// Further regular expressions for what changes by itself: what fits is masked, in each line of a text, and in each
    /// `"key": value` of a JSON document.
    pub mask: Vec<String>,
    /// Only devices of such a name: `*` stands for any characters, `?` for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Only commands of such a text: `*` stands for any characters, `?` for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Equal lines around a difference.
    pub context: usize,
    /// Outputs larger than this are not compared inside.
    pub max_output_bytes: u64,
    /// Bytes of the difference of one output; JSON documents count a hundred bytes for each change.
    pub max_diff_bytes: usize,
    /// Bytes of all differences.
    pub max_total_bytes: usize,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self {
            platform: None,
            platforms: BTreeMap::new(),
            mask: Vec::new(),
            device: None,
            command: None,
            context: 3,
            max_output_bytes: 1 << 20,
            max_diff_bytes: 64 << 10,
            max_total_bytes: 4 << 20,
        }
    }
}

/// One of the two runs, with what it recorded.
#[derive(Debug)]
struct Recorded {
    run: Execution,
    results: Vec<DeviceResult>,
    outputs: Vec<OutputSummary>,
}

/// Compares two runs: `before` with `after`.
///
/// An output that cannot be read is said so at its place, and hides no other.
///
/// # Errors
/// `NotFound`; `InvalidInput` for a mask that is no regular expression; `Unsupported` for an unknown platform; `Corrupt`;
/// `Storage`.
pub async fn compare_executions(
    store: &dyn Backend,
    before: &ExecutionId,
    after: &ExecutionId,
    options: &CompareOptions,
) -> Result<Comparison> {
    let mut rules = Rules::new(options)?;
    let (before, after) = (read(store, before).await?, read(store, after).await?);
    rules.remember(&before.run.devices);
    rules.remember(&after.run.devices);
    let mut budget = Budget::new(options.max_total_bytes);
    let mut comparison = Comparison::new(&before.run, &after.run);
    for sides in Sides::all(&before, &after, options) {
        let mut device = sides.compare();
        let pairs = sides.pairs();
        device.commands_added = pairs.added;
        device.commands_removed = pairs.removed;
        for pair in pairs.both {
            if pair.is_equal() {
                device.outputs_same += 1;
                continue;
            }
            let masks = rules.of(&sides.device, pair.command());
            let runs = (&before.run.id, &after.run.id);
            let compared = pair.compare(store, runs, &masks, (options, &mut budget));
            device.outputs.push(compared.await?);
        }
        comparison.add(device);
    }
    Ok(comparison)
}

async fn read(store: &dyn Backend, id: &ExecutionId) -> Result<Recorded> {
    Ok(Recorded {
        run: store.load(id).await?,
        results: store.device_results(id).await?,
        outputs: store.outputs(id).await?,
    })
}

#[cfg(test)]
mod tests;
