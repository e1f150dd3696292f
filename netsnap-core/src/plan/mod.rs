//! What has to be sent, in which order, and is it sure to arrive?
//!
//! [`remediate`] turns two configurations into steps: as few as possible, a value overwritten where the device overwrites,
//! ordered by what the lines need from each other. [`Remediator`] adds the way back, the proof and the waves, and freezes
//! all of it under the digest of its content, together with what a person wants to know before: the risk, what is wrong with the
//! change on paper, what is looked at around it, and how long it takes.

mod barrier;
mod beginnings;
mod checks;
mod cores;
mod defaults;
mod edits;
mod forms;
mod freeze;
mod lines;
mod lost;
mod manner;
mod members;
mod numbers;
mod order;
mod park;
mod placement;
mod proof;
mod queue;
mod replace;
mod resequence;
mod risk;
mod schedule;
#[cfg(test)]
mod schema;
mod survey;
mod turns;
mod undo;
mod unit;
mod unread;
mod validate;
mod wave;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Configuration;
use crate::diff::annotation_changes;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, SnapshotId};
use crate::model::{Change, DevicePlan, Plan, PlanFinding, Step};
use crate::platform::{Platform, Risks};
use barrier::Committed;
pub use freeze::{check_time, document, verify};
pub use lines::lines;
pub use risk::ManagementPath;
pub use schedule::{DurationSample, Durations, Schedule};
use survey::Survey;
use validate::Facts;
pub use validate::validate;
pub use wave::{Canary, WavePolicy};

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
    /// When the plan may no longer be carried out; never when absent.
    pub expires_at: Option<Timestamp>,
    /// Which devices wait for which.
    pub schedule: Schedule,
    /// By which way each device is managed, where that is known.
    pub management: BTreeMap<String, ManagementPath>,
    /// How long changes of the past took.
    pub durations: Durations,
}

/// Something that makes plans.
pub trait DeploymentPlanner {
    /// Makes a frozen plan for some devices. Equal inputs and options make a plan with an equal id.
    ///
    /// A device whose change cannot be proven is in the plan with the reasons; a device with nothing to do is in no wave.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for a device named twice or waves that do not fit the devices; [`ErrorKind::PlanConflict`] for a
    /// schedule that goes in a circle, which is printed, or that the listed waves contradict;
    /// [`ErrorKind::ConfigurationInvalid`] where a masked secret would become a command, or
    /// what is protected would be changed.
    fn plan(&self, inputs: &[PlanInput], options: &PlanOptions) -> Result<Plan>;
}

/// Plans line by line, from what runs to what is intended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Remediator;

impl DeploymentPlanner for Remediator {
    fn plan(&self, inputs: &[PlanInput], options: &PlanOptions) -> Result<Plan> {
        check_names(inputs)?;
        let mut devices = Vec::with_capacity(inputs.len());
        let (mut findings, mut facts) = (Vec::new(), Vec::new());
        for looked_at in cores::each(inputs, |input| plan_device(input, options)) {
            let looked_at = looked_at?;
            devices.push(looked_at.plan);
            findings.extend(looked_at.findings);
            facts.push(looked_at.facts);
        }
        devices.sort_by(|a, b| a.device.cmp(&b.device));
        findings.extend(validate::of_fleet(&facts));
        findings.extend(validate::of_names(options, &devices));
        let mut waves = options.waves.waves(&devices, &options.schedule)?;
        for wave in &mut waves {
            wave.estimate = options.durations.of_wave(wave, &devices);
        }
        freeze::freeze(Plan {
            id: freeze::no_id(),
            schema: 0,
            created_at: options.created_at,
            expires_at: options.expires_at,
            risk: Some(risk::plan_risk(&devices, &waves, &options.schedule)),
            findings: validate::sorted(findings),
            devices,
            waves,
        })
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
        let Committed { steps, doubts } = Committed::of(units, platform, way);
        check_masks(&steps, platform)?;
        check_barred(&steps, platform)?;
        let doubts = edits.doubts.into_iter().chain(circles).chain(doubts);
        Ok(Self {
            steps,
            doubts: doubts.collect(),
        })
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

/// Refuses steps for what a mark bars from being changed.
fn check_barred(steps: &[Step], platform: &Platform) -> Result<()> {
    let is_barred = |step: &&Step| {
        let mut lines = step.section.iter().chain([&step.line]);
        lines.any(|line| platform.grammar.is_barred(line))
    };
    let Some(step) = steps.iter().find(is_barred) else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::ConfigurationInvalid,
        "a protected statement would be changed",
    )
    .during("plan.remediate")
    .with("command", step.line.as_str())
    .with("section", step.section.join(" / "))
    .hint("take the protection away by hand first, or write it on both sides"))
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

/// The plan of one device, and what was found on the way.
struct LookedAt {
    plan: DevicePlan,
    findings: Vec<PlanFinding>,
    facts: Facts,
}

/// The steps there and back, with everything that is doubtful about either.
struct Ways {
    there: Vec<Step>,
    back: Vec<Step>,
    doubts: Vec<String>,
}

impl Ways {
    /// Finds both ways. What touches the way by which the device is managed comes as late as it can, where that way is known.
    fn of(input: &PlanInput, management: Option<&ManagementPath>) -> Result<Self> {
        let touches = |path: &str| management.is_some_and(|way| way.touched_by(path).is_some());
        let way: Option<&dyn Fn(&str) -> bool> = management.map(|_| &touches as _);
        let remedy = |from, to| Remedy::reached_by(way, (from, to), &input.platform);
        let forward = remedy(&input.running, &input.intended)
            .map_err(|error| error.with("device", &input.device))?;
        // The way back can be barred where the way there is open: what runs was read with its secrets masked.
        let (inverse, barred) = match remedy(&input.intended, &input.running) {
            Ok(inverse) => (inverse, None),
            Err(error) => (
                Remedy::default(),
                Some(format!("there is no way back: {error}")),
            ),
        };
        let doubts = forward.doubts.into_iter().chain(inverse.doubts);
        let doubts = doubts.chain(kept_comments(input));
        let mut doubts: Vec<String> = doubts.chain(barred).collect();
        doubts.sort();
        doubts.dedup();
        Ok(Self {
            there: forward.steps,
            back: inverse.steps,
            doubts,
        })
    }
}

/// Names the comments that the device keeps and that are to be others: no step says so.
fn kept_comments(input: &PlanInput) -> impl Iterator<Item = String> + use<> {
    let changes = annotation_changes(&input.running, &input.intended);
    let text = |change: Change| change.after.or(change.before).unwrap_or_default();
    let named = changes.into_iter().map(text);
    named.map(|text| {
        format!("`{text}` is a comment that the device keeps, and no step changes those")
    })
}

fn plan_device(input: &PlanInput, options: &PlanOptions) -> Result<LookedAt> {
    let management = options.management.get(&input.device);
    // A way that nobody knows holds nothing up.
    let known = management.filter(|way| way.is_known(input));
    let ways = Ways::of(input, known)?;
    let proof = proof::prove(input, (&ways.there, &ways.back), ways.doubts);
    let mut plan = DevicePlan {
        device: input.device.clone(),
        platform: input.platform.name.clone(),
        snapshot: input.snapshot,
        running: Digest::of(input.running.text().as_bytes()),
        running_meaning: input.running.meaning(),
        intended: Digest::of(input.intended.text().as_bytes()),
        intended_meaning: input.intended.meaning(),
        proof,
        steps: ways.there,
        inverse: ways.back,
        risk: None,
        step_risks: Vec::new(),
        undo: Vec::new(),
        native_rollback: None,
        native_replace: None,
        checks: Vec::new(),
    };
    let risks = Risks::of_platform(&input.platform);
    plan.native_replace = replace::way_out(&plan.proof, input, risks.replace.as_ref());
    let before = Survey::of(&input.running, &risks);
    let after = Survey::of(&input.intended, &risks);
    let subject = validate::Subject::new(input, &plan, (&before, &after));
    let findings = validate::of_device(&subject);
    let domains = subject.domains;
    if !plan.steps.is_empty() {
        surround(&mut plan, input, (&risks, management, (&before, &after)));
    }
    let facts = Facts::of(&input.device, (before, after), domains);
    Ok(LookedAt {
        plan,
        findings,
        facts,
    })
}

/// Adds what surrounds the steps of a device.
fn surround(
    plan: &mut DevicePlan,
    input: &PlanInput,
    (risks, management, (before, after)): (
        &Risks,
        Option<&ManagementPath>,
        (&Survey<'_>, &Survey<'_>),
    ),
) {
    let way = risk::way(input, management);
    let subject = risk::Subject {
        platform: &input.platform,
        risks,
        before,
        after,
        management,
        way: &way,
    };
    plan.step_risks = risk::step_risks(&subject, &plan.steps);
    plan.risk = Some(risk::device_risk(
        &plan.steps,
        &plan.step_risks,
        (&plan.proof, risk::unknown_way(input, management)),
    ));
    plan.undo = undo::undo(&input.platform, &plan.steps, &plan.inverse);
    plan.native_rollback = native_rollback(plan, input, risks);
    plan.checks = checks::checks(&input.platform, &input.running);
}

/// Returns the platform's own way back: over as many commits as the plan has.
fn native_rollback(plan: &DevicePlan, input: &PlanInput, risks: &Risks) -> Option<String> {
    let steps = plan.steps.iter();
    let between = steps.filter(|step| barrier::is_commit(step, &input.platform));
    let commits = between.count() + 1;
    let rollback = risks.rollback.as_ref()?;
    Some(rollback.replace("{commits}", &commits.to_string()))
}

#[cfg(test)]
mod tests;
