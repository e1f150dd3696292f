//! How much can go wrong with a change, and why?
//!
//! Each step has the class that its platform's table gives it, and what the change around it adds: a filter that opens, the way
//! by which we come in. A device has the highest of its steps, a plan the highest of its devices; what is not proven is raised.

mod away;
#[cfg(test)]
mod away_tests;
mod denied;
mod fleet;
mod management;
mod open;
mod service;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod way_tests;

use std::collections::BTreeMap;

pub use management::ManagementPath;
pub(super) use management::{unknown_way, way};

use super::barrier::is_commit;
use super::survey::Survey;
use crate::domain::Way;
use crate::model::{DeviceProof, Risk, RiskClass, RiskLevel, RiskReason, Step, StepRisk};
use crate::platform::{Command, Platform, Risks};
use crate::redact;

pub(super) use fleet::plan_risk;

/// What a commit between steps does.
const BETWEEN: &str = "what goes with this commit is missing until the next one";

/// What a change of one device is judged by.
pub(super) struct Subject<'s> {
    pub(super) platform: &'s Platform,
    pub(super) risks: &'s Risks,
    pub(super) before: &'s Survey<'s>,
    pub(super) after: &'s Survey<'s>,
    /// How we come in, where that is known.
    pub(super) management: Option<&'s ManagementPath>,
    /// What the way to the device leads over.
    pub(super) way: &'s Way,
}

/// Judges each step of a device, in order.
pub(super) fn step_risks(subject: &Subject<'_>, steps: &[Step]) -> Vec<StepRisk> {
    let command = |step: &Step| subject.risks.command(&step.section, &step.line);
    let commands: Vec<Command> = steps.iter().map(command).collect();
    let opened = open::opened(subject, &commands);
    let passing = denied::passing(subject, steps, &commands);
    let unfiltered = service::unfiltered(subject, steps);
    let away = away::away(subject, steps, &commands);
    let around = opened.into_iter().zip(passing).zip(unfiltered).zip(away);
    let around = around
        .map(|(((opened, passing), unfiltered), away)| opened.or(passing).or(unfiltered).or(away));
    let judged = commands.iter().zip(steps).zip(around);
    let judged = judged.map(
        |((command, step), found)| match is_commit(step, subject.platform) {
            true => risk(RiskClass::Service, BETWEEN.to_owned()),
            false => found.unwrap_or_else(|| subject.own_risk(command)),
        },
    );
    judged.map(shown).collect()
}

/// Masks the lines that a reason quotes: it is kept and shown with the plan.
fn shown(mut risk: StepRisk) -> StepRisk {
    if risk.reason.contains('`') {
        risk.reason = redact::secrets(&risk.reason).into_owned();
    }
    risk
}

impl Subject<'_> {
    fn own_risk(&self, command: &Command) -> StepRisk {
        let is_unknown = [self.before, self.after]
            .iter()
            .any(|survey| survey.unknown.contains_key(&command.path));
        let (class, level) = match self.risks.of(command) {
            (class, _) if is_unknown && class.level() < RiskLevel::Medium => {
                (RiskClass::Unknown, RiskClass::Unknown.level())
            }
            known => known,
        };
        let way_in = self
            .management
            .filter(|_| class != RiskClass::Cosmetic)
            .and_then(|management| management.touched_by(&command.path));
        if let Some(touched) = way_in {
            return risk(
                RiskClass::Management,
                format!("it names {touched}, by which the device is managed"),
            );
        }
        // What stays on the port or in the log cuts nobody off who comes in over it.
        let on_way = Some(&command.path).filter(|_| class > RiskClass::Local);
        if let Some(why) = on_way.and_then(|path| self.way.touched_by(path)) {
            let reason = format!("the way by which the device is managed leads over it: {why}");
            return risk(RiskClass::Management, reason);
        }
        StepRisk {
            level,
            kind: class,
            reason: words(class, level).to_owned(),
        }
    }
}

fn risk(class: RiskClass, reason: String) -> StepRisk {
    StepRisk {
        level: class.level(),
        kind: class,
        reason,
    }
}

fn words(class: RiskClass, level: RiskLevel) -> &'static str {
    match class {
        RiskClass::Cosmetic => "only a name or a remark changes",
        RiskClass::Local => "it stays on the device itself",
        RiskClass::Service => "traffic through the device can change",
        RiskClass::ControlPlane if level == RiskLevel::High => {
            "a whole protocol, neighbour or feature goes"
        }
        RiskClass::ControlPlane => "routing, or what neighbours learn, can change",
        RiskClass::Management => "the way by which the device is managed can change",
        RiskClass::Unknown => "the tables do not know this command",
        RiskClass::FailOpen => "a filter stops to filter",
        RiskClass::Unproven => "the steps are not proven",
        RiskClass::Fleet => "several devices change at once",
    }
}

/// Puts the risks of the steps of a device together. What is not proven is one level higher; that the way in is not known, is told.
pub(super) fn device_risk(
    steps: &[Step],
    risks: &[StepRisk],
    (proof, unknown_way): (&DeviceProof, Option<RiskReason>),
) -> Risk {
    let mut grouped: BTreeMap<(RiskLevel, RiskClass, &str), (usize, &Step)> = BTreeMap::new();
    for (step, risk) in steps.iter().zip(risks) {
        let key = (risk.level, risk.kind, risk.reason.as_str());
        grouped.entry(key).or_insert((0, step)).0 += 1;
    }
    let mut reasons: Vec<RiskReason> = grouped
        .into_iter()
        .map(|((level, class, why), (count, first))| RiskReason {
            level,
            kind: class,
            text: reason(why, count, first),
        })
        .collect();
    let highest = reasons.iter().map(|reason| reason.level).max();
    if let (DeviceProof::Unproven { reasons: doubts }, Some(highest)) = (proof, highest) {
        reasons.push(RiskReason {
            level: highest.raised(),
            kind: RiskClass::Unproven,
            text: format!("not proven: {}", first_of(doubts)),
        });
    }
    reasons.extend(unknown_way);
    Risk::of(reasons)
}

fn first_of(doubts: &[String]) -> String {
    let first = doubts.first().map_or("no reason is given", String::as_str);
    match doubts.len() {
        0 | 1 => first.to_owned(),
        count => format!("{first}, and {} more", count - 1),
    }
}

fn reason(why: &str, count: usize, first: &Step) -> String {
    let mut place = first.section.clone();
    place.push(first.line.lines().next().unwrap_or_default().to_owned());
    let shown = place.join(" / ");
    let text = match count {
        1 => format!("`{shown}`: {why}"),
        _ => format!("{count} commands, first `{shown}`: {why}"),
    };
    redact::secrets(&text).into_owned()
}
