//! What has to be sent, in which order, and is it sure to arrive?
//!
//! [`remediate`] turns two configurations into steps: as few as possible, a value overwritten where the device overwrites,
//! ordered by what the lines need from each other. [`Remediator`] adds the way back, the proof and the waves, and freezes
//! all of it under the digest of its content.

mod edits;
mod freeze;
mod lines;
mod lost;
mod manner;
mod order;
mod placement;
mod proof;
mod unit;
mod wave;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Configuration;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, SnapshotId};
use crate::model::{DevicePlan, Plan, Step};
use crate::platform::Platform;
pub use freeze::verify;
pub use lines::lines;
pub use wave::WavePolicy;

/// What a plan is made from, for one device.
#[derive(Clone, Debug)]
pub struct PlanInput {
    /// The device.
    pub device: String,
    /// Its network OS.
    pub platform: Arc<Platform>,
    /// What it runs.
    pub running: Configuration,
    /// What it shall run.
    pub intended: Configuration,
    /// The snapshot that holds what it runs, where there is one.
    pub snapshot: Option<SnapshotId>,
}

/// How a plan is made.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// Which devices are changed together.
    pub waves: WavePolicy,
    /// The time that the plan carries; equal inputs and an equal time make an equal plan.
    pub created_at: Timestamp,
}

/// Something that makes plans.
pub trait DeploymentPlanner {
    /// Makes a frozen plan for some devices. Equal inputs and options make a plan with an equal id.
    ///
    /// A device whose change cannot be proven is in the plan with the reasons; a device with nothing to do is in no wave.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a device named twice or waves that do not fit the devices;
    /// [`ErrorKind::ConfigurationInvalid`] where a masked secret would become a command.
    fn plan(&self, inputs: &[PlanInput], options: &PlanOptions) -> Result<Plan>;
}

/// Plans line by line, from what runs to what is intended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Remediator;

impl DeploymentPlanner for Remediator {
    fn plan(&self, inputs: &[PlanInput], options: &PlanOptions) -> Result<Plan> {
        check_names(inputs)?;
        let mut devices = inputs.iter().map(plan_device).collect::<Result<Vec<_>>>()?;
        devices.sort_by(|a, b| a.device.cmp(&b.device));
        let waves = options.waves.waves(&devices)?;
        freeze::freeze(devices, waves, options.created_at)
    }
}

/// Returns the steps from one configuration to another, in the order to send them. Empty when they mean the same.
///
/// A text of several lines that has to be set is left out where the device does not take it line by line; a plan that needs
/// one is not proven.
///
/// # Errors
/// [`ErrorKind::ConfigurationInvalid`] where a masked secret would become a command.
pub fn remediate(
    running: &Configuration,
    intended: &Configuration,
    platform: &Platform,
) -> Result<Vec<Step>> {
    Remedy::of(running, intended, platform).map(|remedy| remedy.steps)
}

/// The steps, with what is doubtful about them.
#[derive(Debug, Default)]
struct Remedy {
    steps: Vec<Step>,
    doubts: Vec<String>,
}

impl Remedy {
    fn of(running: &Configuration, intended: &Configuration, platform: &Platform) -> Result<Self> {
        Self::reached_by(None, (running, intended), platform)
    }

    /// The same, where what touches the way by which the device is reached comes as late as it can. The way says whether a
    /// line, the headers of its sections before it, touches it.
    fn reached_by(
        way: Option<&dyn Fn(&str) -> bool>,
        (running, intended): (&Configuration, &Configuration),
        platform: &Platform,
    ) -> Result<Self> {
        let mut edits = edits::Edits::between(running, intended);
        if let Some(way) = way {
            let touching = edits.units.iter_mut().filter(|unit| unit.touches(way));
            touching.for_each(unit::Unit::wait_for_the_end);
        }
        let (units, circles) = order::ordered(edits.units);
        let steps: Vec<Step> = units.into_iter().flat_map(|unit| unit.steps).collect();
        check_masks(&steps, platform)?;
        let mut doubts = edits.doubts;
        doubts.extend(circles);
        Ok(Self { steps, doubts })
    }
}

/// Refuses steps that hold a mask where a secret was. The line itself is not shown: it may hold a part of one.
fn check_masks(steps: &[Step], platform: &Platform) -> Result<()> {
    let Some(step) = steps
        .iter()
        .find(|step| platform.grammar.is_masked(&step.line))
    else {
        return Ok(());
    };
    let command: Vec<&str> = step.line.split(' ').take(2).collect();
    Err(Error::new(
        ErrorKind::ConfigurationInvalid,
        "a masked secret would become a command",
    )
    .during("plan.remediate")
    .with("command", command.join(" "))
    .with("section", step.section.join(" / "))
    .hint("put the real value into the intended configuration, or the same mask on both sides"))
}

fn check_names(inputs: &[PlanInput]) -> Result<()> {
    let mut names = BTreeSet::new();
    for input in inputs {
        if !names.insert(&input.device) {
            return Err(
                Error::new(ErrorKind::InvalidInput, "two inputs are for one device")
                    .during("plan")
                    .with("device", &input.device),
            );
        }
    }
    Ok(())
}

fn plan_device(input: &PlanInput) -> Result<DevicePlan> {
    let forward = Remedy::of(&input.running, &input.intended, &input.platform)
        .map_err(|error| error.with("device", &input.device))?;
    // The way back can be barred where the way there is open: what runs was read with its secrets masked.
    let (inverse, barred) = match Remedy::of(&input.intended, &input.running, &input.platform) {
        Ok(inverse) => (inverse, None),
        Err(error) => (
            Remedy::default(),
            Some(format!("there is no way back: {error}")),
        ),
    };
    let mut doubts: Vec<String> = forward
        .doubts
        .into_iter()
        .chain(inverse.doubts)
        .chain(barred)
        .collect();
    doubts.sort();
    doubts.dedup();
    Ok(DevicePlan {
        device: input.device.clone(),
        platform: input.platform.name.clone(),
        snapshot: input.snapshot,
        running: Digest::of(input.running.text().as_bytes()),
        running_meaning: input.running.meaning(),
        intended: Digest::of(input.intended.text().as_bytes()),
        intended_meaning: input.intended.meaning(),
        proof: proof::prove(input, (&forward.steps, &inverse.steps), doubts),
        steps: forward.steps,
        inverse: inverse.steps,
    })
}

#[cfg(test)]
mod tests;
