//! What does a person who has to agree read in a ticket? A plan as Markdown.
//!
//! Nothing that a device or a person wrote is taken for markup, and secrets are masked: a ticket is read by many.

use super::plan_words::{estimate, phase, place};
use super::text::{count, moment, one_line};
use crate::model::{
    Approval, DevicePlan, DeviceProof, NativeReplace, Plan, PlanFinding, Risk, Step, StepRisk,
};
use crate::redact;

/// Returns a plan as Markdown.
#[must_use]
pub fn plan(plan: &Plan, approvals: &[Approval]) -> String {
    let mut page = Page::default();
    page.line(&format!("# Plan {}", plan.id.digest().short()));
    page.blank();
    facts(&mut page, plan);
    agreed(&mut page, approvals);
    if let Some(risk) = &plan.risk {
        page.heading(2, "Risk");
        reasons(&mut page, risk);
    }
    findings(&mut page, &plan.findings);
    waves(&mut page, plan);
    for device in plan
        .devices
        .iter()
        .filter(|device| !device.steps.is_empty())
    {
        device_plan(&mut page, device);
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn heading(&mut self, depth: usize, text: &str) {
        self.blank();
        self.line(&format!("{} {}", "#".repeat(depth), safe(text)));
        self.blank();
    }

    fn row(&mut self, cells: &[&str]) {
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    fn head(&mut self, cells: &[&str]) {
        self.row(cells);
        self.row(&vec!["---"; cells.len()]);
    }

    /// Text as it stands, behind a fence that it cannot end.
    fn fenced(&mut self, lines: &[String]) {
        let longest = lines
            .iter()
            .map(|line| ticks(line))
            .max()
            .unwrap_or_default();
        let fence = "`".repeat(longest.max(2) + 1);
        self.line(&fence);
        lines.iter().for_each(|line| self.line(line));
        self.line(&fence);
    }
}

/// The longest run of backticks.
fn ticks(text: &str) -> usize {
    let runs = text.split(|letter| letter != '`');
    runs.map(str::len).max().unwrap_or_default()
}

/// Text in which nothing is markup.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in one_line(&redact::secrets(text)).chars() {
        match letter {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '|' | '!' | '~' => {
                safe.push('\\');
                safe.push(letter);
            }
            letter => safe.push(letter),
        }
    }
    safe
}

fn facts(page: &mut Page, plan: &Plan) {
    let lines: usize = plan.devices.iter().map(|device| device.steps.len()).sum();
    let verdict = match (plan.is_empty(), plan.is_proven()) {
        (true, _) => "nothing to do",
        (false, true) => "proven",
        (false, false) => "**not proven**",
    };
    page.head(&["", ""]);
    page.row(&["Id", &format!("`{}`", plan.id)]);
    page.row(&["Made", &moment(plan.created_at)]);
    if let Some(end) = plan.expires_at {
        page.row(&["May be carried out until", &moment(end)]);
    }
    page.row(&["Devices", &plan.devices.len().to_string()]);
    page.row(&["Lines to send", &lines.to_string()]);
    page.row(&["Proof", verdict]);
    if let Some(risk) = &plan.risk {
        page.row(&["Risk", &format!("**{}**", risk.level.as_str())]);
    }
}

fn agreed(page: &mut Page, approvals: &[Approval]) {
    if approvals.is_empty() {
        return;
    }
    page.heading(2, "Approved");
    for approval in approvals {
        let reason = approval.reason.as_deref().unwrap_or_default();
        let who = safe(&approval.actor);
        page.line(&format!(
            "- {who}, {}. {}",
            moment(approval.at),
            safe(reason)
        ));
    }
}

fn reasons(page: &mut Page, risk: &Risk) {
    for reason in &risk.reasons {
        let (level, class) = (reason.level.as_str(), reason.kind.as_str());
        page.line(&format!("- **{level}** ({class}) {}", safe(&reason.text)));
    }
}

fn findings(page: &mut Page, findings: &[PlanFinding]) {
    if findings.is_empty() {
        return;
    }
    page.heading(2, "Findings");
    page.head(&["Severity", "Device", "Place", "Finding"]);
    for finding in findings {
        page.row(&[
            super::plan_words::severity(finding.severity).text,
            &safe(&finding.device),
            &safe(&place(finding)),
            &safe(&finding.text),
        ]);
    }
}

fn waves(page: &mut Page, plan: &Plan) {
    if plan.waves.is_empty() {
        return;
    }
    page.heading(2, "Waves");
    page.head(&["Wave", "Devices", "Takes", "Which rests on"]);
    for (number, wave) in plan.waves.iter().enumerate() {
        let unknown = || {
            (
                "not known".to_owned(),
                "nothing like it was recorded".to_owned(),
            )
        };
        let (takes, basis) = estimate(wave).unwrap_or_else(unknown);
        let names = safe(&wave.devices.join(", "));
        page.row(&[&(number + 1).to_string(), &names, &takes, &safe(&basis)]);
    }
}

fn device_plan(page: &mut Page, plan: &DevicePlan) {
    page.heading(2, &plan.device);
    let sent = count(plan.steps.len(), "line");
    page.line(&format!(
        "{}, {sent}, {} to go back.",
        safe(&plan.platform),
        plan.inverse.len()
    ));
    page.blank();
    if let DeviceProof::Unproven { reasons } = &plan.proof {
        page.line("**Not proven:**");
        page.blank();
        reasons
            .iter()
            .for_each(|reason| page.line(&format!("- {}", safe(reason))));
        page.blank();
    }
    if let Some(risk) = &plan.risk {
        reasons(page, risk);
        page.blank();
    }
    page.line("What is sent:");
    page.blank();
    page.fenced(&steps(&plan.steps, &plan.step_risks));
    page.blank();
    page.line("The way back:");
    page.blank();
    page.fenced(&steps(&plan.inverse, &[]));
    if let Some(native) = &plan.native_rollback {
        page.blank();
        page.line(&format!("The platform's own way back: {}", safe(native)));
    }
    if let Some(replace) = &plan.native_replace {
        way_out(page, replace);
    }
    checks(page, plan);
}

/// What a person can do where the steps are not proven.
fn way_out(page: &mut Page, replace: &NativeReplace) {
    page.blank();
    page.line(&format!(
        "A way out: replace the whole configuration. {}. Netsnap does not type it. Before: {}.",
        safe(&replace.reason),
        safe(&replace.caution)
    ));
    page.blank();
    page.fenced(&replace.commands);
}

fn checks(page: &mut Page, plan: &DevicePlan) {
    if plan.checks.is_empty() {
        return;
    }
    page.blank();
    page.head(&["When", "Check", "Command", "Must be seen"]);
    for check in &plan.checks {
        let cells = [&check.name, &check.command, &check.expect].map(|text| safe(text));
        page.row(&[phase(check.phase), &cells[0], &cells[1], &cells[2]]);
    }
}

/// Lines under the headers of their sections, each with its risk where that is more than low.
fn steps(steps: &[Step], risks: &[StepRisk]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut before: &[String] = &[];
    for (place, step) in steps.iter().enumerate() {
        let shared = before
            .iter()
            .zip(&step.section)
            .take_while(|(a, b)| a == b)
            .count();
        let headers = step.section.iter().enumerate().skip(shared);
        lines.extend(headers.map(|(depth, header)| shown(&step.section[..depth], header)));
        let risk = risks
            .get(place)
            .filter(|risk| risk.level > crate::model::RiskLevel::Low);
        let risk =
            risk.map(|risk| format!("    <- {}: {}", risk.level.as_str(), one_line(&risk.reason)));
        let line = shown(&step.section, &step.line);
        lines.push(line + &risk.unwrap_or_default());
        before = &step.section;
    }
    lines
}

fn shown(section: &[String], text: &str) -> String {
    let line = redact::secrets_in(section, text);
    format!("{}{}", " ".repeat(section.len()), one_line(&line))
}
