//! Commands on many devices, into an execution.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::context::{Context, check_devices, summaries};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::fleet;
use crate::id::ExecutionId;
use crate::model::{
    Answer, Device, DeviceResult, DeviceStatus, Execution, ExecutionKind, ExecutionStatus, Gap,
    Output, Trigger,
};
use crate::rerun::Manner;
use crate::store::{Durability, NewExecution, Recorder, Stop, Subject, answered, ended};
use crate::transport::{Limits, Reading, Session};

/// How a collection is carried out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CollectOptions {
    /// One line for a person.
    pub name: String,
    /// Who asked for it.
    pub actor: String,
    /// Devices worked on at once.
    pub in_flight: usize,
    /// Time and size limits of each connection.
    pub limits: Limits,
    /// Of an output of more bytes, head and tail are kept, with a line between them that says what is missing, and what is between is
    /// never held: `limits.output` is no limit then. Outputs are whole when absent.
    pub output_limit: Option<usize>,
    /// Stops the work.
    pub cancel: CancellationToken,
    /// The run that this one repeats, whole or in part.
    pub retry_of: Option<ExecutionId>,
    /// What set it going.
    pub trigger: Trigger,
    /// What it is about beside its work.
    pub subject: Subject,
}

impl Default for CollectOptions {
    fn default() -> Self {
        Self {
            name: "collect".to_owned(),
            actor: String::new(),
            in_flight: fleet::DEFAULT_IN_FLIGHT,
            limits: Limits::default(),
            output_limit: None,
            cancel: CancellationToken::new(),
            retry_of: None,
            trigger: Trigger::Manual,
            subject: Subject::default(),
        }
    }
}

/// What a collection brought: the run, and how each device ended. The outputs are in the run.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Collection {
    /// The run.
    pub execution: Execution,
    /// One for each device, in the order given.
    pub devices: Vec<DeviceResult>,
}

/// Runs commands on many devices and records each output.
///
/// A device that fails is a result; it never ends the others. A command that a device refuses is recorded with its
/// answer, and the next one is run. A command that goes on for more than half a second shows what has come of its output: whole lines, as
/// events of kind `output_part`, two a second at most.
///
/// # Errors
/// `InvalidInput` for no devices, no commands, or a command with a control character, before anything is recorded;
/// `Storage` when the record cannot be kept.
pub(crate) async fn collect(
    context: &Context,
    devices: &[Device],
    commands: &[String],
    options: &CollectOptions,
) -> Result<Collection> {
    check_devices(devices)?;
    check_commands(commands).map_err(|error| error.during("collect"))?;
    let recorder = context.begin(begin(devices, commands, options)).await?;
    let stop = recorder.stop(&options.cancel);
    let what = Arc::new((commands.to_vec(), options.clone()));
    // A device that was begun tells itself how far it came.
    let never = CancellationToken::new();
    let results = fleet::each(devices, options.in_flight, &never, |device| {
        let (context, recorder, stop) = (context.clone(), recorder.clone(), stop.token().clone());
        let what = Arc::clone(&what);
        async move {
            if stop.is_cancelled() {
                return Err(fleet::cancelled());
            }
            Ok(collect_device(&context, &recorder, &device, (&what.0, &what.1), &stop).await)
        }
    })
    .await;
    let devices = record_results(&recorder, devices, results).await?;
    let execution = end(&recorder, &devices, &stop).await?;
    Ok(Collection { execution, devices })
}

/// Ends a run as its devices ended, or as cancelled with the reason that was given.
pub(crate) async fn end(
    recorder: &Recorder,
    devices: &[DeviceResult],
    stop: &Stop,
) -> Result<Execution> {
    let status = status_of(devices, stop.token());
    recorder.finish(status, stop.reason()).await
}

fn begin(devices: &[Device], commands: &[String], options: &CollectOptions) -> NewExecution {
    NewExecution {
        kind: ExecutionKind::Collect,
        name: options.name.clone(),
        actor: options.actor.clone(),
        retry_of: options.retry_of.clone(),
        trigger: options.trigger,
        devices: summaries(devices),
        commands: commands.to_vec(),
        manner: Manner {
            in_flight: options.in_flight,
            limits: options.limits.clone(),
            output_limit: options.output_limit,
        }
        .data(),
        output_limit: options.output_limit,
        ..options.subject.begin()
    }
}

pub(crate) fn check_commands(commands: &[String]) -> Result<()> {
    let bad = |what: &'static str| Error::new(ErrorKind::InvalidInput, what);
    if commands.is_empty() {
        return Err(bad("no commands were given").hint("pass at least one command"));
    }
    match commands
        .iter()
        .find(|command| command.trim().is_empty() || command.chars().any(char::is_control))
    {
        None => Ok(()),
        Some(command) => Err(bad("a command is empty or holds a control character")
            .with("command", command.escape_debug())
            .hint("give one command per entry, without line ends")),
    }
}

/// Runs the commands on one device; every failure is in the result, and so is how far it came when it was stopped.
async fn collect_device(
    context: &Context,
    recorder: &Recorder,
    device: &Device,
    what: (&[String], &CollectOptions),
    stop: &CancellationToken,
) -> DeviceResult {
    let started = Instant::now();
    let mut result = DeviceResult::new(&device.name, DeviceStatus::Ok);
    result.started_at = Some(Timestamp::now());
    let work = run_commands(context, recorder, device, what, &mut result);
    let done = stop.run_until_cancelled(work).await;
    if let Err(error) = done.unwrap_or_else(|| Err(fleet::cancelled())) {
        result.status = failed_status(&error);
        result.error = Some(error.with("device", &device.name).report());
    }
    result.duration_us = microseconds(started);
    result.ended_at = Some(Timestamp::now());
    result
}

async fn run_commands(
    context: &Context,
    recorder: &Recorder,
    device: &Device,
    (commands, options): (&[String], &CollectOptions),
    result: &mut DeviceResult,
) -> Result<()> {
    let total = commands.len() as u64 + 1;
    note(
        recorder,
        device,
        EventKind::DeviceStarted,
        "connecting",
        (0, total),
    )
    .await?;
    let (mut session, _) = context.connect(device, &options.limits).await?;
    note(
        recorder,
        device,
        EventKind::Connected,
        session.hostname(),
        (1, total),
    )
    .await?;
    let reading = options.output_limit.map(Reading::most).unwrap_or_default();
    for (position, command) in commands.iter().enumerate() {
        let accepted = run_command(
            recorder,
            device,
            session.as_mut(),
            (command, &reading),
            (position as u64 + 2, total),
        )
        .await;
        match accepted {
            Ok(true) => result.commands_ok += 1,
            Ok(false) => {
                result.commands_failed += 1;
                result.status = DeviceStatus::Failed;
            }
            Err(error) => {
                result.commands_failed += 1;
                session.close().await;
                return Err(error.with("command", command));
            }
        }
    }
    session.close().await;
    Ok(())
}

/// Runs and records one command; says whether the device took it.
async fn run_command(
    recorder: &Recorder,
    device: &Device,
    session: &mut dyn Session,
    (command, reading): (&str, &Reading),
    (done, total): (u64, u64),
) -> Result<bool> {
    let started_at = Timestamp::now();
    let (answer, gap) = read(recorder, device, session, (command, reading)).await?;
    let output = Output::new(&device.name, command, started_at, answer);
    let accepted = output.summary.rejection.is_none();
    let event = answered(&output.summary).progress(done, total);
    recorder.output_with(output, gap).await?;
    recorder.event(event, Durability::Batched).await?;
    Ok(accepted)
}

/// Reads the answer to a command, and shows what has come of it while more is to come.
pub(crate) async fn read(
    recorder: &Recorder,
    device: &Device,
    session: &mut dyn Session,
    (command, reading): (&str, &Reading),
) -> Result<(Answer, Option<Gap>)> {
    let (parts, mut coming) = mpsc::channel(1);
    let reading = reading.clone().shown_to(parts);
    let mut answer = session.read(command, &reading);
    loop {
        tokio::select! {
            biased;
            answer = &mut answer => return answer,
            Some(part) = coming.recv() => {
                recorder.output_part(&device.name, command, &part).await?;
            }
        }
    }
}

async fn note(
    recorder: &Recorder,
    device: &Device,
    kind: EventKind,
    text: &str,
    (done, total): (u64, u64),
) -> Result<()> {
    let event = NewEvent::new(kind, text)
        .on(&device.name)
        .progress(done, total);
    recorder.event(event, Durability::Batched).await.map(drop)
}

/// Records how each device ended, and returns it in the order of the devices.
pub(crate) async fn record_results(
    recorder: &Recorder,
    devices: &[Device],
    results: Vec<Result<DeviceResult>>,
) -> Result<Vec<DeviceResult>> {
    let mut recorded = Vec::with_capacity(results.len());
    for (device, result) in devices.iter().zip(results) {
        let result = result.unwrap_or_else(|error| not_done(device, error));
        recorder.event(ended(&result), Durability::Batched).await?;
        recorded.push(result);
    }
    recorder.untold_device_results(&recorded).await?;
    Ok(recorded)
}

fn not_done(device: &Device, error: Error) -> DeviceResult {
    let status = match error.kind() {
        ErrorKind::Cancelled => DeviceStatus::Skipped,
        _ => failed_status(&error),
    };
    DeviceResult {
        error: Some(error.with("device", &device.name).report()),
        ..DeviceResult::new(&device.name, status)
    }
}

/// Tells a device that was not reached from one that was and failed.
pub(crate) fn failed_status(error: &Error) -> DeviceStatus {
    match error.kind() {
        ErrorKind::NameResolution
        | ErrorKind::ConnectionRefused
        | ErrorKind::Unreachable
        | ErrorKind::ConnectTimeout
        | ErrorKind::BannerTimeout => DeviceStatus::Unreachable,
        _ => DeviceStatus::Failed,
    }
}

/// Returns how a run ended from how its devices did.
fn status_of(devices: &[DeviceResult], cancel: &CancellationToken) -> ExecutionStatus {
    let well =
        |result: &&DeviceResult| matches!(result.status, DeviceStatus::Ok | DeviceStatus::Changed);
    match devices.iter().filter(well).count() {
        _ if cancel.is_cancelled() => ExecutionStatus::Cancelled,
        count if count == devices.len() => ExecutionStatus::Succeeded,
        0 => ExecutionStatus::Failed,
        _ => ExecutionStatus::Partial,
    }
}

/// Returns the time since an instant in microseconds.
pub(crate) fn microseconds(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}
