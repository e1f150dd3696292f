//! What a device says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::Digest;

/// How it is known that an output is whole, in rising order of certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Somebody handed it in: nobody here saw where it ends. A configuration is planned from, because whoever handed it in answers for it.
    Given,
    /// The last line looked like the prompt. Not accepted for a configuration that is planned from.
    Tail,
    /// The echo of an inert, unique line came back behind a prompt.
    Fence,
    /// The channel of this one command ended with an exit status.
    Exec,
}

/// Why a device refused a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The line of the answer that says so.
    pub line: String,
    /// The row of the platform table that recognised it.
    pub rule: String,
}

/// The answer to one line, as the transport gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The bytes between the echo and the next prompt, with line ends as `\n` and terminal control removed.
    pub bytes: Vec<u8>,
    /// How it is known that they are all.
    pub proof: Proof,
    /// The exit status, where there is one.
    pub exit_status: Option<u32>,
    /// Set when the device refused the line.
    pub rejection: Option<Rejection>,
    /// Lines that warn and do not refuse.
    pub warnings: Vec<String>,
    /// From the first byte sent to the proof, in microseconds.
    pub duration_us: u64,
}

impl Answer {
    /// Returns the answer as text; bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// A place in an answer at which bytes are missing that nobody kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where the rest of the answer goes on.
    pub at: usize,
    /// How many are missing.
    pub bytes: u64,
}

/// How a command or task ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandStatus {
    /// Answered.
    #[default]
    Ok,
    /// Answered, and the device is another one than before.
    Changed,
    /// Refused, or it failed.
    Failed,
    /// Not tried.
    Skipped,
    /// Failed, and that was to be ignored.
    Ignored,
    /// Failed, and a rescue followed.
    Rescued,
    /// Not tried, because the device was not reached.
    Unreachable,
}

impl CommandStatus {
    /// Says whether it did not end well.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Unreachable)
    }

    fn is_ok(&self) -> bool {
        *self == Self::Ok
    }
}

/// What was left out of an output that was larger than the limit: head and tail are kept, with a line between them that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Bytes of the whole output.
    pub bytes: u64,
    /// Bytes kept of its beginning.
    pub head: u64,
    /// Bytes kept of its end.
    pub tail: u64,
}

/// The recorded output of one command on one device, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputSummary {
    /// The device.
    pub device: String,
    /// The command as it was sent.
    pub command: String,
    /// Number of bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// How it is known that they are all.
    pub proof: Proof,
    /// The exit status, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_status: Option<u32>,
    /// Set when the device refused the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Rejection>,
    /// Lines that warn and do not refuse, the first of them at most [`MOST_WARNINGS`](Self::MOST_WARNINGS): all stand in the output.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How the command ended.
    #[serde(default, skip_serializing_if = "CommandStatus::is_ok")]
    pub status: CommandStatus,
    /// What was left out, when the output was larger than the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// Whether the answer is kept as parsed data beside its text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parsed: bool,
    /// How many secrets were masked in it before it was kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redactions: u32,
    /// When the command was sent.
    pub started_at: Timestamp,
    /// From the first byte sent to the proof, in microseconds.
    pub duration_us: u64,
    /// Whether the bytes are a JSON object or array; said by the store.
    #[serde(default)]
    pub json: bool,
    /// The file in the folder of the run, such as `TEXT/r1_show_version.txt`, on a file store; empty elsewhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
}

impl OutputSummary {
    /// So many warnings are kept beside an output.
    pub const MOST_WARNINGS: usize = 100;
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde asks for"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The recorded output of one command on one device. The bytes are exact, secrets aside: NUL and invalid UTF-8 survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Everything but the bytes.
    pub summary: OutputSummary,
    /// What the device said.
    pub bytes: Vec<u8>,
    /// The same as data, where somebody parsed it.
    pub parsed: Option<Value>,
}

impl Output {
    /// Joins an answer with what it answers.
    #[must_use]
    pub fn new(
        device: impl Into<String>,
        command: impl Into<String>,
        started_at: Timestamp,
        mut answer: Answer,
    ) -> Self {
        answer.warnings.truncate(OutputSummary::MOST_WARNINGS);
        let summary = OutputSummary {
            device: device.into(),
            command: command.into(),
            bytes: answer.bytes.len() as u64,
            digest: Digest::of(&answer.bytes),
            proof: answer.proof,
            exit_status: answer.exit_status,
            status: match answer.rejection {
                None => CommandStatus::Ok,
                Some(_) => CommandStatus::Failed,
            },
            rejection: answer.rejection,
            warnings: answer.warnings,
            cut: None,
            parsed: false,
            redactions: 0,
            started_at,
            duration_us: answer.duration_us,
            json: false,
            file: String::new(),
        };
        Self {
            summary,
            bytes: answer.bytes,
            parsed: None,
        }
    }

    /// Adds the answer as data.
    #[must_use]
    pub fn with_parsed(mut self, parsed: Value) -> Self {
        self.summary.parsed = true;
        self.parsed = Some(parsed);
        self
    }

    /// Returns the output as text; bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}
