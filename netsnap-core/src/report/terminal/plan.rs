//! What is going to happen? A plan in plain words.

use super::Layout;
use super::paint::{paint, state, strong};
use crate::model::{DevicePlan, DeviceProof, NativeReplace, Plan, PlanFinding, Risk, Step, Wave};
use crate::redact;
use crate::report::plan_words::{estimate, place, risk_level, severity};
use crate::report::text::{count, fit, moment, one_line};
use crate::report::words::{Tone, plan_proof};

/// Returns a plan in plain words: waves in order, the lines of each device, and what the proof says.
#[must_use]
pub fn plan(plan: &Plan, layout: &Layout) -> String {
    let mut text = format!(
        "{}\n",
        strong(&format!("Plan {}", plan.id.digest().short()), layout)
    );
    text.push_str(&format!("made {}\n", moment(plan.created_at)));
    if let Some(end) = plan.expires_at {
        text.push_str(&format!("may be carried out until {}\n", moment(end)));
    }
    if let Some(risk) = plan.risk.as_ref().filter(|risk| !risk.reasons.is_empty()) {
        text.push_str(&format!("{}\n", state(risk_level(risk.level), layout)));
        text.push_str(&risk_text("  ", risk, layout));
    }
    text.push_str(&findings(&plan.findings, layout));
    if plan.is_empty() {
        text.push_str("Nothing to do: every device is as intended.\n");
    }
    for (index, wave) in plan.waves.iter().enumerate() {
        text.push_str(&wave_text(plan, index, wave, layout));
    }
    text.push_str(&idle(plan));
    text
}

fn wave_text(plan: &Plan, index: usize, wave: &Wave, layout: &Layout) -> String {
    let when = if index == 0 {
        "first"
    } else {
        "when the wave before is well"
    };
    let number = count(wave.devices.len(), "device");
    let (takes, basis) = match estimate(wave) {
        Some((takes, basis)) => (format!(", {takes}"), format!("  going by {basis}")),
        None => (String::new(), String::new()),
    };
    let mut text = format!(
        "\n{}: {number}, {when}{takes}\n",
        strong(&format!("Wave {}", index + 1), layout)
    );
    if !basis.is_empty() {
        text.push_str(&(paint(&fit(&one_line(&basis), layout.width), Tone::Quiet, layout) + "\n"));
    }
    for device in wave.devices.iter().filter_map(|name| plan.device(name)) {
        text.push_str(&device_text(device, layout));
    }
    text
}

fn device_text(plan: &DevicePlan, layout: &Layout) -> String {
    let name = one_line(&plan.device);
    let lines = count(plan.steps.len(), "line");
    let proof = state(plan_proof(&plan.proof), layout);
    let mut text = format!(
        "  {name}  {proof}  {lines}, {} to go back\n",
        plan.inverse.len()
    );
    text.push_str(&reasons(&plan.proof, layout));
    if let Some(replace) = &plan.native_replace {
        text.push_str(&way_out(replace, layout));
    }
    if let Some(risk) = &plan.risk {
        text.push_str(&risk_text("      ", risk, layout));
    }
    let mut before: &[String] = &[];
    for step in &plan.steps {
        text.push_str(&headers(before, step, layout));
        text.push_str(&step_text(step, layout));
        before = &step.section;
    }
    text
}

fn risk_text(indent: &str, risk: &Risk, layout: &Layout) -> String {
    let reasons = risk.reasons.iter();
    reasons
        .map(|reason| {
            let line = format!(
                "{indent}{} risk: {}",
                reason.level.as_str(),
                one_line(&reason.text)
            );
            paint(
                &fit(&line, layout.width),
                risk_level(reason.level).tone,
                layout,
            ) + "\n"
        })
        .collect()
}

fn findings(findings: &[PlanFinding], layout: &Layout) -> String {
    let findings = findings.iter();
    findings
        .map(|finding| {
            let word = severity(finding.severity);
            let device = one_line(&finding.device);
            let where_to = place(finding);
            let line = format!(
                "{}: {device}: {} ({})",
                word.text,
                one_line(&finding.text),
                one_line(&where_to)
            );
            paint(&fit(&line, layout.width), word.tone, layout) + "\n"
        })
        .collect()
}

fn reasons(proof: &DeviceProof, layout: &Layout) -> String {
    let DeviceProof::Unproven { reasons } = proof else {
        return String::new();
    };
    let line = |reason: &String| format!("      because {}\n", one_line(reason));
    reasons
        .iter()
        .map(line)
        .map(|line| paint(line.trim_end(), Tone::Bad, layout) + "\n")
        .collect()
}

/// What a person can do where the steps are not proven.
fn way_out(replace: &NativeReplace, layout: &Layout) -> String {
    let head = [
        format!("a way out, which netsnap does not type: {}", replace.reason),
        format!("before: {}", replace.caution),
    ];
    let commands = replace
        .commands
        .iter()
        .map(|command| format!("  {command}"));
    head.into_iter()
        .chain(commands)
        .map(|line| fit(&format!("      {}", one_line(&line)), layout.width).into_owned())
        .map(|line| paint(&line, Tone::Quiet, layout) + "\n")
        .collect()
}

/// The section headers on the way to a step that the step before it did not stand in.
fn headers(before: &[String], step: &Step, layout: &Layout) -> String {
    let shared = before
        .iter()
        .zip(&step.section)
        .take_while(|(a, b)| a == b)
        .count();
    let headers = step.section.iter().enumerate().skip(shared);
    headers
        .map(|(depth, header)| line("  ", &step.section[..depth], header, layout))
        .map(|line| paint(&line, Tone::Quiet, layout) + "\n")
        .collect()
}

fn step_text(step: &Step, layout: &Layout) -> String {
    let (sign, tone) = match step.line.starts_with("no ") {
        true => ("- ", Tone::Bad),
        false => ("+ ", Tone::Good),
    };
    paint(&line(sign, &step.section, &step.line, layout), tone, layout) + "\n"
}

fn line(sign: &str, section: &[String], text: &str, layout: &Layout) -> String {
    let line = format!(
        "    {sign}{}{}",
        " ".repeat(section.len()),
        one_line(&redact::secrets_in(section, text))
    );
    fit(&line, layout.width).into_owned()
}

fn idle(plan: &Plan) -> String {
    let idle = plan.devices.iter().filter(|device| device.steps.is_empty());
    let names: Vec<_> = idle.map(|device| one_line(&device.device)).collect();
    match names.is_empty() || plan.is_empty() {
        true => String::new(),
        false => format!("\nNothing to do on {}.\n", names.join(", ")),
    }
}
