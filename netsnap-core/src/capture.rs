//! The running configuration of a device: is it whole, and what does it mean?

use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::collect::{end, failed_status, microseconds, record_results};
use crate::config::Configuration;
use crate::context::{Context, check_devices, summaries};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::fleet;
use crate::id::ExecutionId;
use crate::model::{
    Device, DeviceResult, DeviceStatus, Execution, ExecutionKind, Output, Proof, Snapshot,
    SnapshotKind, Trigger,
};
use crate::platform::{ConfigurationCommands, Platform, part};
use crate::rerun::Manner;
use crate::snapshot::{NewSnapshot, SnapshotService, StoredSnapshots};
use crate::store::{Durability, NewExecution, Recorder, Subject};
use crate::transport::{Limits, Session};

/// How configurations are captured.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CaptureOptions {
    /// One line for a person.
    pub name: String,
    /// Who asked for it.
    pub actor: String,
    /// Devices worked on at once.
    pub in_flight: usize,
    /// Time and size limits of each connection.
    pub limits: Limits,
    /// Stops the work.
    pub cancel: CancellationToken,
    /// The run that this one repeats, whole or in part.
    pub retry_of: Option<ExecutionId>,
    /// What set it going.
    pub trigger: Trigger,
    /// What it is about beside its work.
    pub subject: Subject,
}

impl Default for CaptureOptions {
    fn default() -> Self {
        Self {
            name: "capture".to_owned(),
            actor: String::new(),
            in_flight: fleet::DEFAULT_IN_FLIGHT,
            limits: Limits::default(),
            cancel: CancellationToken::new(),
            retry_of: None,
            trigger: Trigger::Manual,
            subject: Subject::default(),
        }
    }
}

/// What a capture brought.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Capture {
    /// The run.
    pub execution: Execution,
    /// One for each device whose configuration is whole, in the order given.
    pub snapshots: Vec<Snapshot>,
    /// How each device ended, in the order given.
    pub devices: Vec<DeviceResult>,
}

/// A configuration as a device printed it, known to be whole.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// What the device said.
    pub(crate) output: Output,
    /// What it means.
    pub(crate) configuration: Configuration,
    /// By what it is known to be whole, in the order in which it was asked.
    pub(crate) evidence: Vec<Output>,
}

/// Captures the running configuration of many devices, each as a snapshot.
///
/// A configuration that is not known to be whole (no proof of the end, a dead daemon) is that device's error, and no
/// snapshot is made of it.
///
/// # Errors
/// `InvalidInput` for no devices; `Storage`.
pub(crate) async fn capture(
    context: &Context,
    devices: &[Device],
    options: &CaptureOptions,
) -> Result<Capture> {
    check_devices(devices)?;
    let recorder = context.begin(begin(devices, options)).await?;
    let stop = recorder.stop(&options.cancel);
    let results = fleet::each(devices, options.in_flight, stop.token(), |device| {
        let (context, recorder, limits) =
            (context.clone(), recorder.clone(), options.limits.clone());
        async move { capture_device(&context, &recorder, &device, &limits).await }
    })
    .await;
    let mut snapshots = Vec::new();
    let keep = |result: Result<(Option<Snapshot>, DeviceResult)>| {
        result.map(|(snapshot, result)| {
            snapshots.extend(snapshot);
            result
        })
    };
    let results = results.into_iter().map(keep).collect();
    let devices = record_results(&recorder, devices, results).await?;
    let execution = end(&recorder, &devices, &stop).await?;
    Ok(Capture {
        execution,
        snapshots,
        devices,
    })
}

fn begin(devices: &[Device], options: &CaptureOptions) -> NewExecution {
    NewExecution {
        kind: ExecutionKind::Capture,
        name: options.name.clone(),
        actor: options.actor.clone(),
        retry_of: options.retry_of.clone(),
        trigger: options.trigger,
        devices: summaries(devices),
        manner: Manner {
            in_flight: options.in_flight,
            limits: options.limits.clone(),
            output_limit: None,
        }
        .data(),
        ..options.subject.begin()
    }
}

async fn capture_device(
    context: &Context,
    recorder: &Recorder,
    device: &Device,
    limits: &Limits,
) -> Result<(Option<Snapshot>, DeviceResult)> {
    let started = Instant::now();
    let captured = snapshot_device(context, recorder, device, limits).await;
    let duration_us = microseconds(started);
    let result = |status, error: Option<Error>| DeviceResult {
        commands_ok: u64::from(error.is_none()),
        commands_failed: u64::from(error.is_some()),
        duration_us,
        ended_at: Some(Timestamp::now()),
        error: error.map(|error| error.with("device", &device.name).report()),
        ..DeviceResult::new(&device.name, status)
    };
    Ok(match captured {
        Ok(snapshot) => (Some(snapshot), result(DeviceStatus::Ok, None)),
        Err(error) => (None, result(failed_status(&error), Some(error))),
    })
}

async fn snapshot_device(
    context: &Context,
    recorder: &Recorder,
    device: &Device,
    limits: &Limits,
) -> Result<Snapshot> {
    let event =
        |kind, text: &str, done| NewEvent::new(kind, text).on(&device.name).progress(done, 3);
    recorder
        .event(
            event(EventKind::DeviceStarted, "connecting", 0),
            Durability::Batched,
        )
        .await?;
    let (mut session, platform) = context.connect(device, limits).await?;
    recorder
        .event(
            event(EventKind::Connected, session.hostname(), 1),
            Durability::Batched,
        )
        .await?;
    let reading = read(session.as_mut(), device, &platform).await;
    session.close().await;
    let reading = reading?;
    // Without it, nobody could capture from this run once more.
    for output in &reading.evidence {
        recorder.untold_output(output.clone()).await?;
    }
    recorder.untold_output(reading.output.clone()).await?;
    let snapshot = keep(context, device, &reading, recorder.id()).await?;
    let taken = event(EventKind::SnapshotTaken, "configuration captured", 3).data(
        json!({ "snapshot": snapshot.id, "content": snapshot.content, "bytes": snapshot.bytes }),
    );
    recorder.event(taken, Durability::Batched).await?;
    Ok(snapshot)
}

/// Keeps a reading as a snapshot of its device.
pub(crate) async fn keep(
    context: &Context,
    device: &Device,
    reading: &Reading,
    execution: &ExecutionId,
) -> Result<Snapshot> {
    let observed = NewSnapshot {
        subject: device.name.clone(),
        kind: SnapshotKind::RunningConfiguration,
        platform: device.platform.clone(),
        meaning: reading.configuration.meaning(),
        taken_at: Timestamp::now(),
        execution: Some(execution.clone()),
        proof: reading.output.summary.proof,
    };
    StoredSnapshots::new(context.store.clone())
        .take(observed, &reading.output.bytes)
        .await
}

/// Reads the running configuration, and refuses one that is not known to be whole.
///
/// # Errors
/// `OutputTruncated` without proof of the end; `ConfigurationIncomplete` when a part is missing; `CommandRejected`;
/// `ConfigurationInvalid`; `Unsupported` for a platform without configuration; the errors of [`Session::run`].
pub(crate) async fn read(
    session: &mut dyn Session,
    device: &Device,
    platform: &Platform,
) -> Result<Reading> {
    let commands = configuration_commands(platform)?;
    let mut evidence = ask_complete(session, device, commands).await?;
    let started_at = Timestamp::now();
    let answer = session.run(&commands.show).await?;
    if let Some(rejection) = &answer.rejection {
        return Err(Error::new(
            ErrorKind::CommandRejected,
            "the device refused to show its configuration",
        )
        .during("capture")
        .with("command", &commands.show)
        .with("answer", &rejection.line));
    }
    let output = Output::new(&device.name, &commands.show, started_at, answer);
    let text = whole(&output, platform)?;
    // A part can go away while the configuration is read, so it is asked again behind it.
    evidence.extend(ask_complete(session, device, commands).await?);
    let configuration = Configuration::parse(text, platform)?;
    Ok(Reading {
        output,
        configuration,
        evidence,
    })
}

/// Returns how a platform's configuration is handled.
pub(crate) fn configuration_commands(platform: &Platform) -> Result<&ConfigurationCommands> {
    platform.configuration.as_ref().ok_or_else(|| {
        Error::new(
            ErrorKind::Unsupported,
            "this platform has no configuration to capture",
        )
        .during("capture")
        .with("platform", &platform.name)
        .hint("hand in what another tool read of it (keep_configuration), or collect commands from it")
    })
}

/// Makes sure that no part is missing, and returns what says so.
async fn ask_complete(
    session: &mut dyn Session,
    device: &Device,
    commands: &ConfigurationCommands,
) -> Result<Vec<Output>> {
    let Some(completeness) = &commands.completeness else {
        return Ok(Vec::new());
    };
    let answer = ask(session, device, &completeness.command).await?;
    if let Some(part) = completeness.missing_in(&answer.text()) {
        return Err(incomplete(part).during("capture"));
    }
    let Some(roll) = &completeness.roll else {
        return Ok(vec![answer]);
    };
    let present = ask(session, device, &roll.command).await?;
    match roll.missing_in(&answer.text(), &present.text()) {
        Some(part) => Err(incomplete(part).during("capture")),
        None => Ok(vec![answer, present]),
    }
}

/// Asks for what a completeness stands on: a refusal is no answer.
async fn ask(session: &mut dyn Session, device: &Device, command: &str) -> Result<Output> {
    let started_at = Timestamp::now();
    let answer = session.run(command).await?;
    if let Some(rejection) = &answer.rejection {
        return Err(Error::new(
            ErrorKind::ConfigurationIncomplete,
            "the device does not tell whether its configuration is whole",
        )
        .during("capture")
        .with("command", command)
        .with("answer", &rejection.line));
    }
    Ok(Output::new(&device.name, command, started_at, answer))
}

fn whole<'a>(output: &'a Output, platform: &Platform) -> Result<&'a str> {
    if output.summary.proof < Proof::Fence {
        let message = "the end of the configuration is not proven";
        return Err(truncated(message, output.bytes.len()).during("capture"));
    }
    let text = std::str::from_utf8(&output.bytes).map_err(|error| {
        Error::new(
            ErrorKind::ConfigurationInvalid,
            "the configuration is not UTF-8",
        )
        .during("capture")
        .because(error)
    })?;
    check_text(text, platform).map_err(|error| error.during("capture"))?;
    Ok(text)
}

/// Refuses a text of which can be seen that a part is missing, or the end.
///
/// # Errors
/// `ConfigurationIncomplete`; `OutputTruncated`.
pub(crate) fn check_text(text: &str, platform: &Platform) -> Result<()> {
    let commands = platform.configuration.as_ref();
    let inside = commands
        .and_then(|commands| commands.completeness.as_ref())
        .map_or(&[][..], |completeness| &completeness.inside);
    for pattern in inside {
        if let Some(part) = text.lines().find_map(|line| part(pattern, line)) {
            return Err(incomplete(part));
        }
    }
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    match platform.last_line() {
        Some(end) if last != Some(end) => {
            let message = "the configuration lacks its last line";
            Err(truncated(message, text.len()).with("expected", end))
        }
        _ => Ok(()),
    }
}

fn truncated(message: &'static str, bytes: usize) -> Error {
    Error::new(ErrorKind::OutputTruncated, message)
        .with("bytes", bytes)
        .hint("nothing was kept; read the configuration again, to its end")
}

fn incomplete(part: &str) -> Error {
    Error::new(
        ErrorKind::ConfigurationIncomplete,
        "a part of the configuration is missing because its daemon is down",
    )
    .with("part", part)
    .hint(
        "start the daemon, then capture again; nothing is planned from an incomplete configuration",
    )
}
