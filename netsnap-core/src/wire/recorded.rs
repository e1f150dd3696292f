//! What a program records by itself: outputs, and how devices ended.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::error::ErrorReport;
use crate::model::{
    Answer, CommandStatus, DeviceResult, DeviceStatus, Output, Proof, Rejection, TaskCounters,
};

/// An output that the caller brings; its bytes come beside.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOutput {
    device: String,
    command: String,
    #[serde(default = "tail")]
    proof: Proof,
    #[serde(default)]
    exit_status: Option<u32>,
    #[serde(default)]
    rejection: Option<Rejection>,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    status: Option<CommandStatus>,
    #[serde(default)]
    parsed: Option<Value>,
    #[serde(default)]
    started_at: Option<Timestamp>,
    #[serde(default)]
    duration_us: u64,
    #[serde(default = "yes")]
    pub(super) event: bool,
}

fn yes() -> bool {
    true
}

/// What another tool read is trusted least.
fn tail() -> Proof {
    Proof::Tail
}

impl NewOutput {
    pub(super) fn into_output(self, bytes: Vec<u8>) -> Output {
        let answer = Answer {
            bytes,
            proof: self.proof,
            exit_status: self.exit_status,
            rejection: self.rejection,
            warnings: self.warnings,
            duration_us: self.duration_us,
        };
        let started_at = self.started_at.unwrap_or_else(Timestamp::now);
        let mut output = Output::new(self.device, self.command, started_at, answer);
        output.summary.status = self.status.unwrap_or(output.summary.status);
        match self.parsed {
            Some(parsed) => output.with_parsed(parsed),
            None => output,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeviceEnd {
    device: String,
    #[serde(default = "ok")]
    status: DeviceStatus,
    #[serde(default)]
    commands_ok: u64,
    #[serde(default)]
    commands_failed: u64,
    #[serde(default)]
    tasks: TaskCounters,
    #[serde(default = "first_attempt")]
    attempt: u32,
    #[serde(default)]
    started_at: Option<Timestamp>,
    #[serde(default)]
    ended_at: Option<Timestamp>,
    #[serde(default)]
    duration_us: u64,
    #[serde(default)]
    error: Option<ErrorReport>,
    #[serde(default = "yes")]
    pub(super) event: bool,
}

fn first_attempt() -> u32 {
    1
}

fn ok() -> DeviceStatus {
    DeviceStatus::Ok
}

impl DeviceEnd {
    pub(super) fn into_result(self) -> DeviceResult {
        DeviceResult {
            commands_ok: self.commands_ok,
            commands_failed: self.commands_failed,
            tasks: self.tasks,
            attempt: self.attempt,
            started_at: self.started_at,
            ended_at: self.ended_at,
            duration_us: self.duration_us,
            error: self.error,
            ..DeviceResult::new(self.device, self.status)
        }
    }
}
