//! The last act: the running configuration survives a reload only when everything has gone well.

use super::target::Target;
use crate::capture::configuration_commands;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::fleet;
use crate::model::{DeviceDeployment, DeviceOutcome};
use crate::store::{Durability, Recorder};
use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;

/// Saves every device that the plan is for, those that were found at the target included: an earlier deployment that was
/// broken off may have left them there unsaved. A failure is in the report, and leaves the device changed and not saved.
pub(super) async fn save_all(
    context: &Context,
    recorder: &Recorder,
    targets: &[Target],
    reports: &mut BTreeMap<String, DeviceDeployment>,
) {
    let arrived = |target: &&Target| {
        let report = reports.get(&target.device.name);
        !target.plan.steps.is_empty() && report.is_some_and(is_at_target)
    };
    let changed: Vec<_> = targets.iter().filter(arrived).cloned().collect();
    let devices: Vec<_> = changed.iter().map(|target| target.device.clone()).collect();
    let in_flight = changed.first().map_or(1, |target| target.options.in_flight);
    let results = fleet::each(&devices, in_flight, &CancellationToken::new(), |device| {
        let (context, recorder) = (context.clone(), recorder.clone());
        let target = changed
            .iter()
            .find(|target| target.device.name == device.name)
            .cloned();
        async move {
            match target {
                Some(target) => save(&context, &recorder, &target).await,
                None => Err(fleet::cancelled()),
            }
        }
    })
    .await;
    for (device, result) in devices.iter().zip(results) {
        let Some(report) = reports.get_mut(&device.name) else {
            continue;
        };
        match result {
            Ok(()) => report.saved = true,
            Err(error) => report.error = Some(error.with("device", &device.name).report()),
        }
    }
}

fn is_at_target(report: &DeviceDeployment) -> bool {
    matches!(
        report.outcome,
        DeviceOutcome::Changed | DeviceOutcome::AlreadyDone
    )
}

async fn save(context: &Context, recorder: &Recorder, target: &Target) -> Result<()> {
    let commands = configuration_commands(&target.platform)?;
    let Some(command) = &commands.save else {
        return Ok(());
    };
    let (mut session, _) = context
        .connect(&target.device, &target.options.limits)
        .await?;
    let answer = session.run(command).await;
    session.close().await;
    let answer = answer?;
    let text = answer.text();
    let confirmed = commands
        .saved
        .as_ref()
        .is_none_or(|saved| text.lines().any(|line| saved.0.is_match(line)));
    if answer.rejection.is_some() || !confirmed {
        return Err(Error::new(
            ErrorKind::CommandRejected,
            "the device did not save its configuration",
        )
        .during("deploy.save")
        .with("command", command)
        .with("answer", text.trim())
        .hint("the change runs, and is lost at a reload: save it by hand"));
    }
    let event = NewEvent::new(EventKind::Saved, command.as_str()).on(&target.device.name);
    recorder.event(event, Durability::Durable).await.map(drop)
}
