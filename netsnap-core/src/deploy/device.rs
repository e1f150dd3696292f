//! One device through its change: read, compare, send, read back, check.

use std::time::Instant;

use serde_json::json;

use super::apply::{Journal, Way, send};
use super::check::{Health, health, wait_until_as_before};
use super::classify::{State, compare};
use super::restore::restore;
use super::target::{Purpose, Target, check_identity};
use crate::capture::{Reading, read};
use crate::collect::microseconds;
use crate::context::Context;
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::model::{DeviceDeployment, DeviceOutcome, RollbackOutcome};
use crate::plan;
use crate::store::{Durability, Recorder};
use crate::transport::Session;

/// Starts the report of a device.
pub(super) fn report(target: &Target, outcome: DeviceOutcome) -> DeviceDeployment {
    DeviceDeployment {
        device: target.device.name.clone(),
        outcome,
        lines: Vec::new(),
        before: None,
        after: None,
        saved: false,
        duration_us: 0,
        rollback: None,
        error: None,
    }
}

/// Reads a device and says where it stands, without sending a byte of a change.
pub(super) async fn inspect(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
) -> Result<State> {
    let (mut session, platform) = context
        .connect(&target.device, &target.options.limits)
        .await?;
    let state = async {
        let reading = read(session.as_mut(), &target.device, &platform).await?;
        stand(session.as_ref(), recorder, target, &reading).await
    }
    .await;
    session.close().await;
    state
}

/// Compares what was read with the plan; a device that is neither before nor after it is refused.
pub(super) async fn stand(
    session: &dyn Session,
    recorder: &Recorder,
    target: &Target,
    reading: &Reading,
) -> Result<State> {
    let found = reading.configuration.meaning();
    let state = compare(&target.plan, found);
    let (text, level) = match state {
        State::Before => ("as planned for", Level::Info),
        State::After => ("already at the target", Level::Info),
        State::Partial(_) | State::Foreign => (
            "changed by somebody else since the plan was made",
            Level::Error,
        ),
    };
    let event = NewEvent::new(EventKind::StateCompared, text)
        .on(&target.device.name)
        .level(level)
        .data(json!({ "expected": target.plan.running_meaning, "found": found }));
    recorder.event(event, Durability::Batched).await?;
    match state {
        State::Before | State::After => Ok(state),
        State::Partial(_) | State::Foreign => Err(drift(session, target, reading)),
    }
}

fn drift(session: &dyn Session, target: &Target, reading: &Reading) -> Error {
    if let Err(error) = check_identity(session, target) {
        return error;
    }
    Error::new(
        ErrorKind::Drift,
        "the device was changed since the plan was made",
    )
    .during("deploy")
    .with("device", &target.device.name)
    .with("expected", target.plan.running_meaning)
    .with("found", reading.configuration.meaning())
    .hint("capture the device and plan again; nothing was sent")
}

/// Changes one device, and brings it back when that fails. Every failure is in the report.
pub(super) async fn change(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
) -> DeviceDeployment {
    let started = Instant::now();
    let mut report = report(target, DeviceOutcome::Changed);
    if let Err(error) = attempt(context, recorder, target, &mut report).await {
        failed(context, recorder, (target, error), &mut report).await;
    }
    report.duration_us = microseconds(started);
    report
}

async fn failed(
    context: &Context,
    recorder: &Recorder,
    (target, error): (&Target, Error),
    report: &mut DeviceDeployment,
) {
    let mut error = error.with("device", &target.device.name);
    if report.lines.is_empty() {
        report.outcome = DeviceOutcome::Refused;
    } else if let Err(failure) = bring_back(context, recorder, target, &error, report).await {
        error = error.with("rollback", failure);
    }
    report.error = Some(error.report());
}

async fn attempt(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    report: &mut DeviceDeployment,
) -> Result<()> {
    let (mut session, _) = context
        .connect(&target.device, &target.options.limits)
        .await?;
    let connected = NewEvent::new(EventKind::Connected, session.hostname()).on(&target.device.name);
    recorder.event(connected, Durability::Batched).await?;
    let sent = send_plan(session.as_mut(), recorder, target, report).await;
    session.close().await;
    let Some(before) = sent? else { return Ok(()) };
    read_back(context, recorder, target, (&before, report)).await
}

/// Compares, then sends the plan's lines; returns what was well before, or nothing when nothing is to do.
async fn send_plan(
    session: &mut dyn Session,
    recorder: &Recorder,
    target: &Target,
    report: &mut DeviceDeployment,
) -> Result<Option<Health>> {
    let reading = read(session, &target.device, &target.platform).await?;
    report.before = Some(reading.output.summary.digest);
    report.after = report.before;
    if stand(session, recorder, target, &reading).await? == State::After {
        report.outcome = DeviceOutcome::AlreadyDone;
        return Ok(None);
    }
    let before = health(session, &target.platform, &reading.configuration).await?;
    let lines = plan::lines(&target.plan.steps, &target.platform);
    let journal = Journal {
        recorder,
        device: &target.device.name,
        total: lines.len(),
        way: Way::There,
    };
    session.configure().await?;
    send(session, &journal, &lines, &mut report.lines).await?;
    session.leave().await?;
    Ok(Some(before))
}

/// Reads the device over a new login, which also proves that it can still be managed.
async fn read_back(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    (before, report): (&Health, &mut DeviceDeployment),
) -> Result<()> {
    let (mut session, platform) = context
        .connect(&target.device, &target.options.limits)
        .await?;
    let verified = async {
        let reading = read(session.as_mut(), &target.device, &platform).await?;
        recorder.untold_output(reading.output.clone()).await?;
        context.store.put_blob(&reading.output.bytes).await?;
        report.after = Some(reading.output.summary.digest);
        verify(recorder, target, &reading).await?;
        if target.purpose == Purpose::Rollback {
            report.rollback = Some(exactness(target, &reading));
        }
        wait_until_as_before(session.as_mut(), target, before, recorder).await
    }
    .await;
    session.close().await;
    verified
}

async fn verify(recorder: &Recorder, target: &Target, reading: &Reading) -> Result<()> {
    let found = reading.configuration.meaning();
    let passed = found == target.plan.intended_meaning;
    let event = NewEvent::new(
        EventKind::Verified,
        if passed {
            "as intended"
        } else {
            "not as intended"
        },
    )
    .on(&target.device.name)
    .level(if passed { Level::Info } else { Level::Error })
    .data(json!({ "expected": target.plan.intended_meaning, "found": found, "passed": passed }));
    recorder.event(event, Durability::Durable).await?;
    if passed {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::VerificationFailed,
        "what was read back is not what was intended",
    )
    .during("deploy.verify")
    .with("expected", target.plan.intended_meaning)
    .with("found", found)
    .hint("compare the output of this run with the intended configuration: the device took a line and did something else")
    .effect(Effect::Known))
}

/// Says how exactly a device is where its plan wanted it.
pub(super) fn exactness(target: &Target, reading: &Reading) -> RollbackOutcome {
    match &reading.output.summary.digest {
        content if *content == target.plan.intended => RollbackOutcome::Exact,
        _ if reading.configuration.meaning() == target.plan.intended_meaning => {
            RollbackOutcome::Equivalent
        }
        _ => RollbackOutcome::Different,
    }
}

/// Brings a device back and says so in its report.
///
/// # Errors
/// Those of [`restore`]; the report then says `RollbackFailed`.
async fn bring_back(
    context: &Context,
    recorder: &Recorder,
    target: &Target,
    reason: &Error,
    report: &mut DeviceDeployment,
) -> Result<()> {
    report.after = None;
    report.rollback = Some(RollbackOutcome::Different);
    report.outcome = DeviceOutcome::RollbackFailed;
    let (outcome, after) = restore(context, recorder, target, reason, &mut report.lines).await?;
    report.after = Some(after);
    report.rollback = Some(outcome);
    report.outcome = match target.purpose {
        Purpose::Deploy => DeviceOutcome::RolledBack,
        // The refuge of a rollback is its goal: it arrived, by another way.
        Purpose::Rollback => DeviceOutcome::Changed,
    };
    Ok(())
}
