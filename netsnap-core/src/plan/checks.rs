//! What is looked at before, during and after a change?
//!
//! The same that a deployment does, written down so that a person can read it before.

use crate::config::Configuration;
use crate::model::{Phase, ValidationStep};
use crate::platform::Platform;

/// Returns the steps of validation of one device, in their order.
pub(super) fn checks(platform: &Platform, running: &Configuration) -> Vec<ValidationStep> {
    let show = platform
        .configuration
        .as_ref()
        .map(|commands| commands.show.as_str());
    let mut steps = Vec::new();
    if let Some(show) = show {
        steps.push(step(
            (Phase::Before, "as_planned_for", show),
            "what runs means what the plan was made for; anything else is drift, and nothing is sent",
        ));
    }
    steps.extend(operational(platform, running, Phase::Before));
    steps.push(step(
        (Phase::During, "each_line_taken", ""),
        "the device takes each line; after a refusal the device is brought back",
    ));
    if let Some(show) = show {
        steps.push(step(
            (Phase::After, "as_intended", show),
            "over a new login, what runs means what was intended",
        ));
    }
    steps.extend(operational(platform, running, Phase::After));
    steps
}

fn operational(
    platform: &Platform,
    running: &Configuration,
    phase: Phase,
) -> impl Iterator<Item = ValidationStep> {
    let text = running.body();
    let asked = platform
        .checks
        .iter()
        .filter(move |check| text.lines().any(|line| check.when.0.is_match(line)));
    asked.map(move |check| {
        let healthy = check.healthy.0.as_str();
        let expect = match phase {
            Phase::After => format!(
                "each `key` that was healthy before is healthy again: lines like `{healthy}`"
            ),
            Phase::Before | Phase::During => {
                format!("what is healthy now is noted: lines like `{healthy}`")
            }
        };
        step((phase, &check.name, &check.command), &expect)
    })
}

fn step((phase, name, command): (Phase, &str, &str), expect: &str) -> ValidationStep {
    ValidationStep {
        phase,
        name: name.to_owned(),
        command: command.to_owned(),
        expect: expect.to_owned(),
    }
}
