//! Is there a text in the way that the device reads to its end without a prompt?
//!
//! Each line of a deployment is sent behind a prompt, journalled, and answered. Of a banner only the last line is answered: a line
//! typed into the middle, the fence among them, would become a part of it, and a session that breaks off leaves a device of which
//! nobody knows what it made of the rest. Before such a text is sent, a session has to write it in one go, look for the fence behind
//! its end alone, and hold no line of it for a refusal; and a run that was killed in the middle has to be found.

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Plan, Step};

/// Refuses a plan that types such a text, there or back.
///
/// # Errors
/// `Unsupported`.
pub(super) fn check(plan: &Plan) -> Result<()> {
    let texts = plan.devices.iter().flat_map(|device| {
        let steps = device.steps.iter().chain(&device.inverse);
        steps.map(move |step| (device, step))
    });
    let mut texts = texts.filter(|(_, step)| step.without_prompt);
    let Some((device, step)) = texts.next() else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Unsupported,
        "the plan holds a text that the device reads to its end without a prompt",
    )
    .during("deploy")
    .with("device", &device.device)
    .with("text", first_line(step))
    .hint("type that command of the plan by hand, capture the device, and plan the rest; nothing was sent"))
}

/// Leaves out what cannot be sent: the next look tells that it is missing.
pub(super) fn without(mut steps: Vec<Step>) -> Vec<Step> {
    steps.retain(|step| !step.without_prompt);
    steps
}

fn first_line(step: &Step) -> &str {
    step.line.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Configuration;
    use crate::plan::{DeploymentPlanner as _, PlanInput, PlanOptions, Remediator};
    use crate::platform::Platform;

    fn plan(running: &str, intended: &str) -> Plan {
        let platform = Platform::named("cisco_ios").unwrap();
        let read = |text: &str| Configuration::parse(text, &platform).unwrap();
        let input = PlanInput {
            device: "r1".into(),
            running: read(running),
            intended: read(intended),
            snapshot: None,
            platform: platform.clone(),
        };
        Remediator.plan(&[input], &PlanOptions::default()).unwrap()
    }

    #[test]
    fn a_text_that_is_read_without_a_prompt_is_refused_there_and_back() {
        let banner = "banner motd ^C\nhello\n^C\n";
        for (running, intended) in [("hostname r1\n", banner), (banner, "hostname r1\n")] {
            let texts = [running, intended].map(|text| format!("{text}ip routing\n"));
            let error = check(&plan(&texts[0], &texts[1])).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            let report = error.report();
            assert!(report.hint.is_some(), "{report:?}");
        }
        assert!(check(&plan("hostname r1\n", "hostname r2\nbanner motd #one#\n")).is_ok());
    }

    #[test]
    fn the_way_back_sends_what_it_can() {
        let plan = plan("hostname r1\n", "hostname r2\nbanner motd ^C\nhello\n^C\n");
        let steps = without(plan.devices[0].steps.clone());
        let lines: Vec<&str> = steps.iter().map(|step| step.line.as_str()).collect();
        assert_eq!(lines, ["hostname r2"]);
    }
}
