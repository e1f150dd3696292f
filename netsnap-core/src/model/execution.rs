//! One isolated run: who did what, when, to which devices, and how it ended.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::counters::{Cost, Counters, Files};
use super::device_result::DeviceSummary;
use crate::error::ErrorKind;
use crate::id::{Digest, ExecutionId};

/// What a run was for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExecutionKind {
    /// Commands on devices, outputs recorded.
    Collect,
    /// Configurations of devices, captured as snapshots.
    Capture,
    /// A plan made and proven. Nothing is sent.
    Plan,
    /// A plan carried out.
    Deploy,
    /// A deployment taken back.
    Rollback,
    /// A look whether something is as it should be. Nothing is changed.
    Check,
    /// A playbook of Ansible.
    Playbook,
    /// One command or module on many hosts, asked for by hand.
    Adhoc,
    /// Several steps that belong together.
    Workflow,
    /// Whatever a program records through a recorder.
    #[default]
    Custom,
}

/// Where a run stands. The last six are terminal, and terminal states are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// Created, not started.
    Queued,
    /// Going on, as far as the record says.
    Running,
    /// Every device ended well.
    Succeeded,
    /// Some devices ended well.
    Partial,
    /// No device ended well, or the run itself failed.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// Its time limit stopped it.
    TimedOut,
    /// Its process went away; found when a store is opened or asked, with the reason.
    Interrupted,
}

impl ExecutionStatus {
    /// Says whether the run has ended.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// What set a run going.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// A person.
    #[default]
    Manual,
    /// A clock.
    Schedule,
    /// Another program.
    Api,
    /// Something that happened in the network.
    Event,
    /// The failure of an earlier run.
    Retry,
}

/// How much of a run power loss may take while it goes on. Its begin and its end are durable in every case, and so is everything
/// before the end. What is lost is always the newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingLevel {
    /// Nothing: each event, output and device result is on the disk when its call returns.
    Strict,
    /// At most the last 250 milliseconds. When only the process dies, at most the last 10 milliseconds.
    #[default]
    Batched,
    /// Everything since the begin.
    Relaxed,
}

/// A remark that somebody made about a run, also after its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub text: String,
}

/// Somebody's wish that a run end, made by whoever has the store open. Who holds the run decides what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelRequest {
    /// When.
    pub at: Timestamp,
    /// Who.
    #[serde(default)]
    pub actor: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl CancelRequest {
    /// Returns it as the reason of a run that ended for it.
    #[must_use]
    pub fn told(&self) -> String {
        let who = match self.actor.as_str() {
            "" => "somebody",
            actor => actor,
        };
        match &self.reason {
            Some(reason) => format!("{who} asked to cancel it: {reason}"),
            None => format!("{who} asked to cancel it"),
        }
    }
}

/// Who writes a run: enough to tell later, without a clock, whether the writer still lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The machine's name.
    pub host: String,
    /// Changes at each boot of the machine; empty where it cannot be had.
    pub boot: String,
    /// The process.
    pub process: u32,
    /// When the process started, in the kernel's own unit; tells a reused process number apart. 0 where it cannot be had.
    pub process_start: u64,
    /// Stands for the machine, whatever it is called: a digest, since the machine's own id is not to be shown. Empty where it
    /// cannot be had.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub machine: String,
    /// Where the number of the process counts: each container has its own. 0 where it cannot be had.
    #[serde(default, skip_serializing_if = "is_nowhere")]
    pub space: u64,
    /// Names the connection to a store that many machines share, or on one machine this opening of it; 0 where neither can be had.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub session: i64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde asks for"
)]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde asks for"
)]
fn is_nowhere(space: &u64) -> bool {
    *space == 0
}

/// One isolated run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// The name of the run.
    #[serde(rename = "execution_id")]
    pub id: ExecutionId,
    /// The job it belongs to, if a scheduler named one.
    #[serde(default)]
    pub job_id: Option<String>,
    /// What it was for.
    pub kind: ExecutionKind,
    /// One line for a person.
    pub name: String,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// Why it stands there, when that needs a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was created: with the id, the order of lists.
    #[serde(rename = "timestamp")]
    pub created_at: Timestamp,
    /// When it left the queue; absent while it waits there, and in records of version 0.1.0, where it is the time of creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How long it took by the recorder's monotonic clock, in microseconds; absent when it never left the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// The run that started this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ExecutionId>,
    /// The run that this one repeats, whole or in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<ExecutionId>,
    /// Who asked for it.
    #[serde(default)]
    pub actor: String,
    /// What set it going.
    #[serde(default)]
    pub trigger: Trigger,
    /// Why it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The ticket it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Set when nothing was to be changed, only tried.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// What was asked for; no secrets.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub parameters: Value,
    /// SHA-256 of the parameters as they stand here, written as compact JSON: equal for runs of equal parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters_digest: Option<Digest>,
    /// Free words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Its devices.
    pub devices: Vec<DeviceSummary>,
    /// Its commands.
    pub commands: Vec<String>,
    /// How it went.
    pub results: Counters,
    /// How many devices ended with an error of each kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub error_kinds: BTreeMap<ErrorKind, u64>,
    /// What it left.
    pub files: Files,
    /// What it used up.
    #[serde(default, skip_serializing_if = "Cost::is_nothing")]
    pub cost: Cost,
    /// The first wish that it end, when somebody had one while it went on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_request: Option<CancelRequest>,
    /// Set when retention must not remove it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Remarks, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// Set when its outputs were moved to compressed form.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// How much of it power loss could take while it went on; absent where no recorder wrote it, and in records of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<RecordingLevel>,
    /// Why something is missing in its record, when something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
    /// The last event recorded when this summary was written.
    #[serde(default)]
    pub last_sequence: u64,
    /// SHA-256 over all that was recorded of it, as its store keeps it: events, outputs (by their digests), device results. Set when it ends, and
    /// anew by the store that takes it in from elsewhere, so that the audit log, which names this summary, binds the whole record. Absent while
    /// it goes on, where the record cannot be read, and in records of before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_digest: Option<Digest>,
    /// Grows by one with each change of this record: the base of compare-and-set. Begins with 0; of a run that was imported, with the
    /// microsecond at which it came in, so that it never is that of a record that stood here before.
    #[serde(default)]
    pub revision: u64,
    /// Who writes it, until it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// The machine that it ran on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// The tool that did the work: `netsnap`, or whatever recorded through it.
    #[serde(default = "netsnap")]
    pub tool: String,
    /// The version of the tool.
    #[serde(default)]
    pub version: String,
}

fn netsnap() -> String {
    "netsnap".to_owned()
}

impl Execution {
    /// Describes a run that is going on, of nobody, about nothing yet.
    #[must_use]
    pub fn new(id: ExecutionId, created_at: Timestamp) -> Self {
        Self {
            id,
            job_id: None,
            kind: ExecutionKind::Custom,
            name: String::new(),
            status: ExecutionStatus::Running,
            reason: None,
            created_at,
            started_at: None,
            ended_at: None,
            duration_us: None,
            parent: None,
            retry_of: None,
            actor: String::new(),
            trigger: Trigger::Manual,
            why: None,
            ticket: None,
            dry_run: false,
            parameters: Value::Null,
            parameters_digest: None,
            labels: BTreeMap::new(),
            devices: Vec::new(),
            commands: Vec::new(),
            results: Counters::default(),
            error_kinds: BTreeMap::new(),
            files: Files::default(),
            cost: Cost::default(),
            cancel_request: None,
            pinned: false,
            annotations: Vec::new(),
            archived: false,
            level: None,
            incomplete: None,
            last_sequence: 0,
            record_digest: None,
            revision: 0,
            owner: None,
            host: String::new(),
            tool: netsnap(),
            version: String::new(),
        }
    }
}
