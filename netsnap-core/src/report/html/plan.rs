//! The plan: waves, the lines in order, the proof, and the way back.

use maud::{Markup, html};

use super::parts::{badge, fact};
use crate::model::{
    Approval, DevicePlan, DeviceProof, NativeReplace, Plan, PlanFinding, Risk, Step,
};
use crate::redact;
use crate::report::plan_words::{estimate, phase, place, risk_level, severity};
use crate::report::text::{count, moment, one_line, visible};
use crate::report::words::{Tone, Word, plan_proof};

/// Returns the verdict on the whole plan.
pub(super) fn verdict(plan: &Plan) -> Word {
    let (text, tone) = match (plan.is_empty(), plan.is_proven()) {
        (true, _) => ("nothing to do", Tone::Good),
        (false, true) => ("proven", Tone::Good),
        (false, false) => ("not proven", Tone::Bad),
    };
    Word { text, tone }
}

pub(super) fn plan(plan: &Plan, approvals: &[Approval]) -> Markup {
    let lines: usize = plan.devices.iter().map(|device| device.steps.len()).sum();
    html! {
        section #plan {
            h2 { "Plan " (badge(verdict(plan))) }
            dl.facts {
                (fact("Plan", &plan.id.digest().short()))
                (fact("Made", &moment(plan.created_at)))
                (fact("Devices", &plan.devices.len().to_string()))
                (fact("Lines to send", &lines.to_string()))
                @if let Some(end) = plan.expires_at { (fact("May be carried out until", &moment(end))) }
            }
            @for approval in approvals { (agreed(approval)) }
            @if let Some(found) = &plan.risk { (risk(found)) }
            (findings(&plan.findings))
            (waves(plan))
            @for device in &plan.devices { (device_plan(device)) }
        }
    }
}

fn waves(plan: &Plan) -> Markup {
    html! {
        @if !plan.waves.is_empty() {
            ol.waves {
                @for (index, wave) in plan.waves.iter().enumerate() {
                    li {
                        span.wave { "Wave " (index + 1) }
                        @for device in &wave.devices { " " code.chip { (one_line(device)) } }
                        @if let Some((takes, basis)) = estimate(wave) {
                            span.meta { " " (takes) ": " (one_line(&basis)) }
                        }
                    }
                }
            }
        }
    }
}

fn agreed(approval: &Approval) -> Markup {
    html! {
        p.meta {
            "Approved by " (one_line(&approval.actor)) ", " (moment(approval.at))
            @if let Some(reason) = &approval.reason { ": " (visible(reason)) }
        }
    }
}

fn risk(risk: &Risk) -> Markup {
    html! {
        @if !risk.reasons.is_empty() {
            p { (badge(risk_level(risk.level))) }
            ul.reasons {
                @for reason in &risk.reasons {
                    li { (reason.level.as_str()) ", " (reason.kind.as_str()) ": " (visible(&reason.text)) }
                }
            }
        }
    }
}

fn findings(findings: &[PlanFinding]) -> Markup {
    html! {
        @if !findings.is_empty() {
            h3 { "Findings" }
            ul.reasons {
                @for finding in findings {
                    li {
                        (badge(severity(finding.severity))) " " (one_line(&finding.device)) ": " (visible(&finding.text))
                        @if !place(finding).is_empty() { " " code { (one_line(&place(finding))) } }
                    }
                }
            }
        }
    }
}

fn checks(plan: &DevicePlan) -> Markup {
    html! {
        @if !plan.checks.is_empty() {
            h4 { "What is looked at" }
            ul.reasons {
                @for check in &plan.checks {
                    li {
                        (phase(check.phase)) " " (one_line(&check.name))
                        @if !check.command.is_empty() { " " code { (one_line(&check.command)) } }
                        ": " (visible(&check.expect))
                    }
                }
            }
        }
        @if let Some(native) = &plan.native_rollback {
            p.meta { "The platform's own way back: " code { (one_line(native)) } }
        }
        @if let Some(replace) = &plan.native_replace { (way_out(replace)) }
    }
}

/// What a person can do where the steps are not proven.
fn way_out(replace: &NativeReplace) -> Markup {
    html! {
        h4 { "A way out: replace the whole configuration" }
        p.meta { (one_line(&replace.reason)) ". Netsnap does not type it. Before: " (one_line(&replace.caution)) "." }
        ol.steps {
            @for command in &replace.commands { li { code { (one_line(command)) } } }
        }
    }
}

fn device_plan(plan: &DevicePlan) -> Markup {
    html! {
        details.panel open[plan.steps.len() <= 60 && !plan.steps.is_empty()] {
            summary {
                h3 { (one_line(&plan.device)) }
                (badge(plan_proof(&plan.proof)))
                span.meta {
                    (one_line(&plan.platform)) " · " (count(plan.steps.len(), "line")) ", "
                    (plan.inverse.len()) " back"
                }
            }
            (proof(&plan.proof))
            @if let Some(found) = &plan.risk { (risk(found)) }
            div.columns {
                (steps("What is sent", &plan.steps))
                (steps("The way back", &plan.inverse))
            }
            (checks(plan))
            p.meta.digests {
                "running " code { (plan.running.short()) } " → intended " code { (plan.intended.short()) }
            }
        }
    }
}

fn proof(proof: &DeviceProof) -> Markup {
    html! {
        @match proof {
            DeviceProof::Proven { lines, beginnings, .. } => p.proof {
                "A simulator of the device carried out " (lines) " lines: the steps end exactly at the intended "
                "configuration, and the way back ends exactly at the running one."
                @if *beginnings > 0 {
                    " From each of the " (beginnings) " states that the steps lead through, a way back ends there, too."
                }
            }
            DeviceProof::Unproven { reasons } => {
                p.proof { "It could not be shown that these lines arrive at the intended configuration:" }
                ul.reasons { @for reason in reasons { li { (visible(reason)) } } }
            }
        }
    }
}

fn steps(name: &str, steps: &[Step]) -> Markup {
    html! {
        div {
            h4 { (name) }
            @if steps.is_empty() { p.empty { "Nothing." } }
            @else {
                ol.steps {
                    @for (index, step) in steps.iter().enumerate() {
                        (entered(index.checked_sub(1).map(|before| &steps[before]), step))
                        (line(step))
                    }
                }
            }
        }
    }
}

/// The section headers on the way to a step that the step before it did not stand in.
fn entered(before: Option<&Step>, step: &Step) -> Markup {
    let known = before.map_or(&[][..], |before| &before.section);
    let shared = known
        .iter()
        .zip(&step.section)
        .take_while(|(a, b)| a == b)
        .count();
    html! {
        @for (depth, header) in step.section.iter().enumerate().skip(shared) {
            li.section.(depth_class(depth)) { code { (shown(&step.section[..depth], header)) } }
        }
    }
}

fn line(step: &Step) -> Markup {
    let sense = if step.line.starts_with("no ") {
        "takes"
    } else {
        "gives"
    };
    html! { li.(sense).(depth_class(step.section.len())) { code { (shown(&step.section, &step.line)) } } }
}

/// A line as a person sees it, on one line and without its secrets.
fn shown(section: &[String], line: &str) -> String {
    one_line(&redact::secrets_in(section, line)).into_owned()
}

fn depth_class(depth: usize) -> &'static str {
    ["d0", "d1", "d2", "d3"].get(depth).copied().unwrap_or("d4")
}
