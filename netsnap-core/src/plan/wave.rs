//! Which devices are changed together?

use std::collections::BTreeSet;

use super::schedule::{self, Graph, Schedule};
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
        let graph = Graph::of(schedule, &names)?;
        let pack = |sizes: &[usize]| schedule::pack(&graph, schedule, &names, (&changed, sizes));
        let places = match self {
            Self::Canary => pack(&[1, usize::MAX]),
            Self::Size(0) => return Err(invalid("a wave of no devices")),
            Self::Size(size) => pack(&[*size]),
            Self::Listed(waves) => {
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
