//! What did a deployment do? One paragraph for each device, and each line that was refused.

use super::Layout;
use super::paint::{paint, state, strong};
use crate::model::{Deployment, DeviceDeployment, LineResult};
use crate::report::text::{count, fit, one_line};
use crate::report::words::{Tone, device_outcome, rollback_outcome};

/// Returns what a deployment or rollback did, device by device.
#[must_use]
pub fn deployment(deployment: &Deployment, layout: &Layout) -> String {
    let verb = match &deployment.rollback_of {
        Some(taken_back) => format!("Rollback {} of {taken_back}", deployment.execution),
        None => format!("Deployment {}", deployment.execution),
    };
    let mut text = strong(&verb, layout) + "\n";
    for device in &deployment.devices {
        text.push_str(&device_text(device, layout));
    }
    text
}

fn device_text(device: &DeviceDeployment, layout: &Layout) -> String {
    let mut text = head(device, layout);
    for refused in device.lines.iter().filter(|line| !line.accepted) {
        text.push_str(&refusal(refused, layout));
    }
    if let Some(outcome) = device.rollback {
        text.push_str(&format!(
            "    rollback {}\n",
            state(rollback_outcome(outcome), layout)
        ));
    }
    if let Some(error) = &device.error {
        text.push_str(&format!(
            "    {} ({})\n",
            one_line(&error.message),
            error.kind
        ));
        let hint = error
            .hint
            .as_deref()
            .map(|hint| format!("    → {}\n", one_line(hint)));
        text.push_str(&hint.unwrap_or_default());
    }
    text
}

fn head(device: &DeviceDeployment, layout: &Layout) -> String {
    let accepted = device.lines.iter().filter(|line| line.accepted).count();
    let mut facts = Vec::new();
    if !device.lines.is_empty() {
        facts.push(format!(
            "{accepted} of {} accepted",
            count(device.lines.len(), "line")
        ));
    }
    if device.saved {
        facts.push("saved".to_owned());
    }
    let outcome = state(device_outcome(device.outcome), layout);
    let head = format!(
        "  {}  {outcome}  {}",
        one_line(&device.device),
        facts.join(", ")
    );
    head.trim_end().to_owned() + "\n"
}

fn refusal(line: &LineResult, layout: &Layout) -> String {
    let sent = format!("    refused: {}", one_line(&line.line));
    let mut text = paint(&fit(&sent, layout.width), Tone::Bad, layout) + "\n";
    for answer in line.answer.lines() {
        let said = format!("      {}", one_line(answer));
        text.push_str(&fit(&said, layout.width));
        text.push('\n');
    }
    text
}
