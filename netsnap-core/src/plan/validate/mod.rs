//! Is a plan sound on paper, before any device is asked?
//!
//! Each look is a function from what is planned to findings. Those of [`DEVICE`] see one device at a time, those of [`FLEET`] what all
//! devices will say about themselves. A new look is a new line in one of the two lists.

mod claims;
mod fleet;
mod layer2;
mod lines;
mod references;
mod segments;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::survey::{Said, Survey};
use super::{PlanInput, PlanOptions};
use crate::domain::{self, Domains};
use crate::model::{DevicePlan, Plan, PlanFinding, PlanFindingKind, PlanSeverity, Step};
use crate::platform::Risks;
use crate::redact;
use segments::Segment;

/// One device: what it runs, what it shall run, and what is sent.
pub(super) struct Subject<'s> {
    pub(super) input: &'s PlanInput,
    pub(super) steps: &'s [Step],
    pub(super) inverse: &'s [Step],
    pub(super) before: &'s Survey<'s>,
    pub(super) after: &'s Survey<'s>,
    /// What the device shall bridge; none of a platform whose domains nobody wrote down.
    pub(super) domains: Option<Domains>,
}

/// What a device will say about itself.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) device: String,
    pub(super) said: Vec<Said>,
    /// What it says before the change.
    pub(super) was: Vec<Said>,
    /// The VLANs that it shares with others.
    pub(super) segments: Vec<Segment>,
}

impl Facts {
    /// Gathers what a device will say and bridge.
    pub(super) fn of(
        device: &str,
        (before, after): (Survey<'_>, Survey<'_>),
        domains: Option<Domains>,
    ) -> Self {
        Self {
            device: device.to_owned(),
            said: after.identities,
            was: before.identities,
            segments: segments::segments(domains),
        }
    }

    /// Says whether the device says something of an interface already.
    fn was_so(&self, said: &Said) -> bool {
        let is_same = |was: &Said| {
            (was.kind, &was.scope, &was.value, &was.table)
                == (said.kind, &said.scope, &said.value, &said.table)
        };
        self.was.iter().any(is_same)
    }
}

/// Looks at one device.
type DeviceLook = fn(&Subject<'_>) -> Vec<PlanFinding>;

/// Looks at all devices together.
type FleetLook = fn(&[Facts]) -> Vec<PlanFinding>;

const DEVICE: &[DeviceLook] = &[
    lines::unknown,
    lines::masked,
    lines::unread,
    references::undefined,
    references::orphans,
    references::unused,
    layer2::orphans,
    claims::twice,
];

const FLEET: &[FleetLook] = &[
    fleet::addresses,
    fleet::router_ids,
    fleet::vlan_names,
    segments::networks,
];

/// Looks at a plan whose configurations are at hand, and returns what was found: the worst first.
#[must_use]
pub fn validate(inputs: &[PlanInput], plan: &Plan) -> Vec<PlanFinding> {
    let mut findings = Vec::new();
    let mut facts = Vec::new();
    for input in inputs {
        let Some(device) = plan.device(&input.device) else {
            continue;
        };
        let risks = Risks::of_platform(&input.platform);
        let before = Survey::of(&input.running, &risks);
        let after = Survey::of(&input.intended, &risks);
        let subject = Subject::new(input, device, (&before, &after));
        findings.extend(of_device(&subject));
        let domains = subject.domains;
        facts.push(Facts::of(&input.device, (before, after), domains));
    }
    findings.extend(of_fleet(&facts));
    sorted(findings)
}

impl<'s> Subject<'s> {
    /// Puts together what the looks at one device need.
    pub(super) fn new(
        input: &'s PlanInput,
        plan: &'s DevicePlan,
        (before, after): (&'s Survey<'s>, &'s Survey<'s>),
    ) -> Self {
        Self {
            input,
            steps: &plan.steps,
            inverse: &plan.inverse,
            before,
            after,
            domains: domain::domains(&input.intended, &input.platform.name).ok(),
        }
    }
}

/// Takes every look at one device.
pub(super) fn of_device(subject: &Subject<'_>) -> Vec<PlanFinding> {
    DEVICE.iter().flat_map(|look| look(subject)).collect()
}

/// Takes every look at all devices.
pub(super) fn of_fleet(facts: &[Facts]) -> Vec<PlanFinding> {
    FLEET.iter().flat_map(|look| look(facts)).collect()
}

/// Names in the schedule, and among the ways by which devices are managed, that no device of the plan has: a misspelt one would
/// silently protect nothing.
pub(super) fn of_names(options: &PlanOptions, devices: &[DevicePlan]) -> Vec<PlanFinding> {
    let is_planned = |name: &&str| devices.iter().any(|device| device.device == *name);
    let absent = |names: BTreeSet<&str>, text: &str| {
        let names = names.into_iter().filter(|name| !is_planned(name));
        names.map(|name| unknown_device(name, text)).collect()
    };
    let managed = options.management.keys().map(String::as_str).collect();
    let mut findings: Vec<_> = absent(
        options.schedule.names(),
        "the schedule names a device that the plan does not hold",
    );
    findings.extend::<Vec<_>>(absent(
        managed,
        "a way of management is given for a device that the plan does not hold",
    ));
    findings
}

fn unknown_device(name: &str, text: &str) -> PlanFinding {
    PlanFinding {
        severity: PlanSeverity::Warning,
        kind: PlanFindingKind::UnknownDevice,
        device: name.to_owned(),
        section: Vec::new(),
        line: String::new(),
        text: text.to_owned(),
    }
}

/// So many findings of one kind and device are listed, where none is an error: nobody reads more, and each of them says the same.
const MOST: usize = 100;

/// Puts findings in order, the worst first, and masks what is secret in them. Errors are all listed; of others that come in crowds the
/// rest is counted.
pub(super) fn sorted(mut findings: Vec<PlanFinding>) -> Vec<PlanFinding> {
    for finding in &mut findings {
        finding.line = redact::secrets_in(&finding.section, &finding.line).into_owned();
        finding.section = redact::secret_path(&finding.section);
        finding.text = redact::secrets(&finding.text).into_owned();
    }
    findings.sort_by(|a, b| {
        let key = |finding: &PlanFinding| {
            (
                finding.kind,
                finding.device.clone(),
                finding.section.clone(),
            )
        };
        (b.severity.cmp(&a.severity))
            .then_with(|| key(a).cmp(&key(b)))
            .then_with(|| (&a.line, &a.text).cmp(&(&b.line, &b.text)))
    });
    findings.dedup();
    findings
        .chunk_by(|a, b| (a.severity, a.kind, &a.device) == (b.severity, b.kind, &b.device))
        .flat_map(cut)
        .collect()
}

/// Lists findings of one severity, kind and device, or the first of them and how many more there are.
fn cut(alike: &[PlanFinding]) -> Vec<PlanFinding> {
    if alike.len() <= MOST || alike[0].severity == PlanSeverity::Error {
        return alike.to_vec();
    }
    let (listed, rest) = alike.split_at(MOST);
    let mut listed = listed.to_vec();
    listed.push(PlanFinding {
        section: Vec::new(),
        line: String::new(),
        text: format!("{} more like the ones before are not listed", rest.len()),
        ..rest[0].clone()
    });
    listed
}
