//! How long will a wave take, going by what was recorded?

use serde::{Deserialize, Serialize};

use crate::model::{DevicePlan, DurationBasis, RiskClass, Wave, WaveEstimate};

/// How long the change of one device took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurationSample {
    /// Its network OS.
    pub platform: String,
    /// The greatest class of its commands; none where it is not known.
    pub kind: Option<RiskClass>,
    /// How many lines it was sent.
    pub commands: u64,
    /// From login to the last check, in milliseconds.
    pub duration_ms: u64,
}

/// What estimates rest on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// How long changes of the past took.
    pub samples: Vec<DurationSample>,
    /// How many devices of a wave change at once; 0 for all of them.
    pub in_flight: usize,
}

impl Durations {
    /// Estimates a wave; none where the platform of one of its devices was never changed before.
    ///
    /// A device takes as long as half of the changes of the same platform and kind took less than; with more lines than those, more in
    /// proportion. Of a wave, no more than `in_flight` devices change at once, and it takes as long as its longest device at least.
    #[must_use]
    pub fn of_wave(&self, wave: &Wave, devices: &[DevicePlan]) -> Option<WaveEstimate> {
        let planned = devices
            .iter()
            .filter(|device| wave.devices.contains(&device.device));
        let mut basis: Vec<DurationBasis> = Vec::new();
        let (mut longest, mut all, mut count) = (0, 0u64, 0usize);
        for device in planned {
            let rests_on = self.basis(device)?;
            let duration = duration(&rests_on, device.steps.len() as u64);
            longest = longest.max(duration);
            all = all.saturating_add(duration);
            count += 1;
            if !basis.contains(&rests_on) {
                basis.push(rests_on);
            }
        }
        let at_once = match self.in_flight {
            0 => count,
            limit => limit.min(count),
        };
        let shared = all / u64::try_from(at_once.max(1)).unwrap_or(1);
        Some(WaveEstimate {
            duration_ms: longest.max(shared),
            basis,
        })
    }

    fn basis(&self, device: &DevicePlan) -> Option<DurationBasis> {
        let kind = device.step_risks.iter().map(|risk| risk.kind).max();
        let of_platform: Vec<&DurationSample> = self
            .samples
            .iter()
            .filter(|sample| sample.platform == device.platform)
            .collect();
        let of_kind: Vec<&DurationSample> = of_platform
            .iter()
            .copied()
            .filter(|sample| sample.kind.is_some() && sample.kind == kind)
            .collect();
        let (samples, kind) = match of_kind.is_empty() {
            true => (of_platform, None),
            false => (of_kind, kind),
        };
        Some(DurationBasis {
            platform: device.platform.clone(),
            kind,
            commands: middle(samples.iter().map(|sample| sample.commands))?,
            runs: samples.len() as u64,
            p50_ms: middle(samples.iter().map(|sample| sample.duration_ms))?,
        })
    }
}

fn duration(basis: &DurationBasis, commands: u64) -> u64 {
    match basis.commands {
        usual if usual > 0 && commands > usual => basis.p50_ms.saturating_mul(commands) / usual,
        _ => basis.p50_ms,
    }
}

fn middle(values: impl Iterator<Item = u64>) -> Option<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}
