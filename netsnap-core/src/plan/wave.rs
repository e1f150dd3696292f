//! Which devices are changed together?

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::schedule::{self, Graph, Schedule};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{DevicePlan, Wave};

/// Which devices are changed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WavePolicy {
    /// The canary first, then at most so many at a time, by name.
    Filled {
        /// Who goes first.
        canary: Canary,
        /// Devices of a wave.
        size: usize,
    },
    /// As listed.
    Listed(Vec<Vec<String>>),
}

impl Default for WavePolicy {
    fn default() -> Self {
        Self::Filled {
            canary: Canary::default(),
            size: usize::MAX,
        }
    }
}

/// Which devices are changed before all others, so that what is wrong with a plan shows on few.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Canary {
    /// One: the first by name that waits for no other.
    #[default]
    First,
    /// These; the first by name where none of them has anything to do.
    These(Vec<String>),
    /// Nobody goes ahead.
    Nobody,
}

/// Without a list the first one by name, with an empty one nobody.
impl From<Option<Vec<String>>> for Canary {
    fn from(names: Option<Vec<String>>) -> Self {
        match names {
            None => Self::First,
            Some(names) if names.is_empty() => Self::Nobody,
            Some(names) => Self::These(names),
        }
    }
}

impl Canary {
    /// Returns the places of the named devices that have something to do.
    fn places(&self, names: &[&str], changed: &[bool]) -> Result<Vec<usize>> {
        let Self::These(canaries) = self else {
            return Ok(Vec::new());
        };
        let place = |name: &String| {
            let found = names.iter().position(|other| other == name);
            found.ok_or_else(|| {
                invalid("a canary is not planned for")
                    .with("device", name)
                    .hint("name devices that the plan holds")
            })
        };
        let places = canaries.iter().map(place).collect::<Result<Vec<_>>>()?;
        Ok(places.into_iter().filter(|place| changed[*place]).collect())
    }
}

impl WavePolicy {
    /// Returns the waves of the devices that have something to do, as the schedule allows.
    pub(super) fn waves(&self, devices: &[DevicePlan], schedule: &Schedule) -> Result<Vec<Wave>> {
        let names: Vec<&str> = devices
            .iter()
            .map(|device| device.device.as_str())
            .collect();
        let changed: Vec<bool> = devices
            .iter()
            .map(|device| !device.steps.is_empty())
            .collect();
        let places = match self {
            Self::Filled { size: 0, .. } => return Err(invalid("a wave of no devices")),
            Self::Filled { canary, size } => {
                let canaries = canary.places(&names, &changed)?;
                let graph = Graph::of(schedule, &names, &canaries)?;
                let alone = *canary != Canary::Nobody && canaries.is_empty();
                let first = if alone { 1 } else { *size };
                schedule::pack(&graph, schedule, &names, (&changed, &[first, *size]))
            }
            Self::Listed(waves) => {
                let graph = Graph::of(schedule, &names, &[])?;
                let places = listed(waves, &names, &changed)?;
                schedule::check(&graph, schedule, &names, &places)?;
                places
            }
        };
        Ok(places.iter().map(|wave| named(wave, &names)).collect())
    }
}

fn named(wave: &[usize], names: &[&str]) -> Wave {
    Wave {
        devices: wave.iter().map(|place| names[*place].to_owned()).collect(),
        estimate: None,
    }
}

fn listed(waves: &[Vec<String>], names: &[&str], changed: &[bool]) -> Result<Vec<Vec<usize>>> {
    let mut seen = BTreeSet::new();
    let mut places = Vec::with_capacity(waves.len());
    for wave in waves {
        let mut here = Vec::new();
        for name in wave {
            let place = names
                .iter()
                .position(|other| other == name)
                .ok_or_else(|| {
                    invalid("a wave names a device that is not planned").with("device", name)
                })?;
            if !seen.insert(place) {
                return Err(invalid("a device is in two waves").with("device", name));
            }
            if changed[place] {
                here.push(place);
            }
        }
        places.push(here);
    }
    let missing = (0..names.len()).find(|place| changed[*place] && !seen.contains(place));
    if let Some(missing) = missing {
        return Err(invalid("a device with changes is in no wave").with("device", names[missing]));
    }
    places.retain(|wave| !wave.is_empty());
    Ok(places)
}

fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
        .during("plan.waves")
        .hint("name each device that changes in exactly one wave")
}
