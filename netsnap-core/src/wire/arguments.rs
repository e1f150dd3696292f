//! What does each verb take?
//!
//! An unknown name is refused, a missing one has the default of the engine's own options. Durations are seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::engine::HistoryOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent, Progress};
use crate::id::ExecutionId;
use crate::model::{DeviceSummary, ExecutionKind, ExecutionStatus, Trigger};
use crate::store::{NewExecution, RecordingLevel};

/// Reads the arguments of a verb.
///
/// # Errors
/// `InvalidInput` for anything that does not fit.
pub(super) fn parse<T: DeserializeOwned>(verb: &str, arguments: &str) -> Result<T> {
    serde_json::from_str(arguments).map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("the arguments do not fit: {error}"),
        )
        .during(verb.to_owned())
    })
}

/// Returns the error for an argument that is needed, and why it does not do.
pub(super) fn unfit(verb: &str, name: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        format!("the arguments do not fit: `{name}` {why}"),
    )
    .during(verb.to_owned())
}

/// Returns the error for a verb that does not exist.
pub(super) fn unknown_verb(verb: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "no such verb").with("verb", verb.escape_debug())
}

/// No arguments.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The name of one thing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Id {
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct History {
    pub(super) subject: String,
    #[serde(default = "page_limit")]
    pub(super) limit: usize,
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

fn page_limit() -> usize {
    HistoryOptions::default().limit
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Events {
    pub(super) id: String,
    #[serde(default = "first")]
    pub(super) start: u64,
    #[serde(default = "event_limit")]
    pub(super) limit: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Follow {
    pub(super) id: String,
    #[serde(default = "first")]
    pub(super) start: u64,
}

pub(super) fn first() -> u64 {
    1
}

fn event_limit() -> usize {
    1000
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OneOutput {
    pub(super) id: String,
    pub(super) device: String,
    pub(super) command: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DiffConfig {
    pub(super) platform: String,
    #[serde(default)]
    pub(super) limit: Option<usize>,
}

/// Time and size limits of a connection, in seconds and bytes.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    connect: Option<f64>,
    handshake: Option<f64>,
    authentication: Option<f64>,
    prompt: Option<f64>,
    idle: Option<f64>,
    total: Option<f64>,
    output: Option<u64>,
}

impl Limits {
    /// Returns the engine's limits with those that were given.
    ///
    /// # Errors
    /// `InvalidInput` for a duration that is negative or no number.
    pub(super) fn into_limits(self) -> Result<crate::transport::Limits> {
        let mut limits = crate::transport::Limits::default();
        let given = [
            (&mut limits.connect, self.connect),
            (&mut limits.handshake, self.handshake),
            (&mut limits.authentication, self.authentication),
            (&mut limits.prompt, self.prompt),
            (&mut limits.idle, self.idle),
            (&mut limits.total, self.total),
        ];
        for (limit, seconds) in given {
            if let Some(seconds) = seconds {
                *limit = duration(seconds)?;
            }
        }
        limits.output = self.output.unwrap_or(limits.output);
        Ok(limits)
    }
}

/// Returns seconds as a duration.
///
/// # Errors
/// `InvalidInput` when they are negative or too many.
pub(super) fn duration(seconds: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|error| {
        Error::new(ErrorKind::InvalidInput, "not a duration in seconds")
            .with("seconds", seconds)
            .because(error)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collect {
    pub(super) commands: Vec<String>,
    /// A past run that answers in the place of the devices.
    #[serde(default)]
    pub(super) replay: Option<ExecutionId>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) actor: Option<String>,
    #[serde(default)]
    pub(super) in_flight: Option<usize>,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) output_limit: Option<usize>,
}

/// What a device is asked by a program that records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    pub(super) command: String,
    #[serde(default)]
    pub(super) limits: Limits,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Capture {
    pub(super) name: Option<String>,
    pub(super) actor: Option<String>,
    pub(super) in_flight: Option<usize>,
    pub(super) limits: Limits,
}

/// A deployment of a plan, or the way back of a deployment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deploy {
    #[serde(alias = "plan", alias = "deployment")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) actor: Option<String>,
    #[serde(default)]
    pub(super) in_flight: Option<usize>,
    #[serde(default)]
    pub(super) allow_unproven: Option<bool>,
    #[serde(default)]
    pub(super) require_approval: Option<bool>,
    #[serde(default)]
    pub(super) allow_reuse: Option<bool>,
    #[serde(default)]
    pub(super) save: Option<bool>,
    #[serde(default)]
    pub(super) check_timeout: Option<f64>,
    #[serde(default)]
    pub(super) limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    pub(super) executions: Vec<String>,
}

/// A run that the caller records.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Begin {
    name: String,
    kind: ExecutionKind,
    actor: String,
    job_id: Option<String>,
    parent: Option<ExecutionId>,
    retry_of: Option<ExecutionId>,
    trigger: Trigger,
    why: Option<String>,
    ticket: Option<String>,
    dry_run: bool,
    labels: BTreeMap<String, String>,
    parameters: Value,
    devices: Vec<DeviceSummary>,
    commands: Vec<String>,
    tool: Option<String>,
    version: Option<String>,
    queued: bool,
    level: RecordingLevel,
    output_limit: Option<usize>,
}

impl Begin {
    pub(super) fn into_new(self) -> NewExecution {
        NewExecution {
            name: self.name,
            kind: self.kind,
            actor: self.actor,
            job_id: self.job_id,
            labels: self.labels,
            parent: self.parent,
            retry_of: self.retry_of,
            trigger: self.trigger,
            why: self.why,
            ticket: self.ticket,
            dry_run: self.dry_run,
            parameters: self.parameters,
            devices: self.devices,
            commands: self.commands,
            tool: self
                .tool
                .map(|tool| (tool, self.version.unwrap_or_default())),
            queued: self.queued,
            level: self.level,
            output_limit: self.output_limit,
            ..NewExecution::default()
        }
    }
}

/// A run that is to leave the queue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    kind: Option<EventKind>,
    #[serde(default)]
    device: Option<String>,
    #[serde(default)]
    level: Option<Level>,
    #[serde(default)]
    progress: Option<Progress>,
    #[serde(default)]
    data: Value,
}

impl Note {
    pub(super) fn into_new(self) -> NewEvent {
        NewEvent {
            device: self.device,
            kind: self.kind.unwrap_or(EventKind::Note),
            level: self.level.unwrap_or_default(),
            text: self.text.unwrap_or_default(),
            progress: self.progress,
            data: self.data,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finish {
    /// As its devices did, when absent.
    #[serde(default)]
    pub(super) status: Option<ExecutionStatus>,
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// How long somebody waits, in seconds; as long as it takes when absent.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Patience {
    timeout: Option<f64>,
}

impl Patience {
    /// Returns the time.
    ///
    /// # Errors
    /// `InvalidInput` for one that is negative or no number.
    pub(super) fn time(&self) -> Result<Option<Duration>> {
        self.timeout.map(duration).transpose()
    }
}

/// Devices that a run turned out to be about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddedDevices {
    pub(super) devices: Vec<DeviceSummary>,
}

/// Why something is missing in a record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Incomplete {
    pub(super) reason: String,
}

/// A part of an output that a device is still sending; its bytes come beside.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutputPart {
    pub(super) device: String,
    pub(super) command: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_does_not_exist_is_refused_with_the_verb() {
        let error = parse::<Id>("execution", r#"{"id":"x","ide":1}"#)
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(
            error.to_string().starts_with("execution: ")
                && error.to_string().contains("unknown field `ide`")
        );
    }

    #[test]
    fn limits_that_are_not_given_stay_as_the_engine_has_them() {
        let given: Limits = parse("collect", r#"{"connect":0.5,"output":7}"#).unwrap();
        let limits = given.into_limits().unwrap();
        let engine = crate::transport::Limits::default();
        assert_eq!(
            (limits.connect, limits.output),
            (Duration::from_millis(500), 7)
        );
        assert_eq!((limits.idle, limits.total), (engine.idle, engine.total));
    }

    #[test]
    fn a_duration_that_is_none_is_refused() {
        for seconds in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(
                duration(seconds).unwrap_err().kind(),
                ErrorKind::InvalidInput
            );
        }
    }
}
