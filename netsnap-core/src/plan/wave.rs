//! Which devices are changed together?

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{DevicePlan, Wave};

/// Which devices are changed together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WavePolicy {
    /// One device first, then the rest.
    #[default]
    Canary,
    /// So many at a time, by name.
    Size(usize),
    /// As listed.
    Listed(Vec<Vec<String>>),
}

impl WavePolicy {
    /// Returns the waves of the devices that have something to do.
    pub(super) fn waves(&self, devices: &[DevicePlan]) -> Result<Vec<Wave>> {
        let changed: Vec<&str> = devices
            .iter()
            .filter(|device| !device.steps.is_empty())
            .map(|device| device.device.as_str())
            .collect();
        match self {
            Self::Canary => {
                let (first, rest) = changed.split_at(changed.len().min(1));
                Ok([first, rest].into_iter().filter_map(wave).collect())
            }
            Self::Size(0) => Err(invalid("a wave of no devices")),
            Self::Size(size) => Ok(changed.chunks(*size).filter_map(wave).collect()),
            Self::Listed(waves) => listed(waves, devices, &changed),
        }
    }
}

fn wave(devices: &[&str]) -> Option<Wave> {
    (!devices.is_empty()).then(|| Wave {
        devices: devices.iter().map(ToString::to_string).collect(),
    })
}

fn listed(waves: &[Vec<String>], devices: &[DevicePlan], changed: &[&str]) -> Result<Vec<Wave>> {
    let mut seen = BTreeSet::new();
    for name in waves.iter().flatten() {
        if !devices.iter().any(|device| device.device == *name) {
            return Err(invalid("a wave names a device that is not planned").with("device", name));
        }
        if !seen.insert(name.as_str()) {
            return Err(invalid("a device is in two waves").with("device", name));
        }
    }
    if let Some(missing) = changed.iter().find(|name| !seen.contains(*name)) {
        return Err(invalid("a device with changes is in no wave").with("device", missing));
    }
    let only_changed = |names: &Vec<String>| {
        let names: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| changed.contains(name))
            .collect();
        wave(&names)
    };
    Ok(waves.iter().filter_map(only_changed).collect())
}

fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
        .during("plan.waves")
        .hint("name each device that changes in exactly one wave")
}
