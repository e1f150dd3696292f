//! A change, frozen: what will be sent to which device, in which order, and the proof that it arrives.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{PlanFinding, Risk, RiskClass, StepRisk};
use crate::id::{Digest, PlanId, SnapshotId};

/// One command to send, with the place it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The section headers to enter first, outermost first; empty for a global line.
    pub section: Vec<String>,
    /// The line, without indentation; a text of several lines in one piece, which is typed line by line.
    pub line: String,
    /// Whether the line is of several and the device shows its prompt behind the last one alone, as of a banner: what is typed in
    /// between is no command, and nothing answers it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub without_prompt: bool,
}

impl Step {
    /// Makes a step of a command behind which the device shows its prompt.
    #[must_use]
    pub fn new(section: Vec<String>, line: String) -> Self {
        Self {
            section,
            line,
            without_prompt: false,
        }
    }

    /// Returns the step that only enters the innermost section; none for a global line.
    pub(crate) fn header(&self) -> Option<Self> {
        let (line, section) = self.section.split_last()?;
        Some(Self::new(section.to_vec(), line.clone()))
    }
}

/// What the simulator said about the steps of one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum DeviceProof {
    /// The steps end exactly at the intended configuration and the inverse ends at the running one; so does a way back from each
    /// state on the way, where a line is in force as soon as it is typed, or a commit stands between the steps.
    Proven {
        /// Lines carried out by the simulator, both ways.
        lines: u64,
        /// From how many states on the way, each of them, a way back was carried out, too. Zero on a device that takes all the
        /// steps over as one change, and in plans of before this was looked at.
        #[serde(default, skip_serializing_if = "is_zero")]
        beginnings: u64,
        /// The digest of the rules by which the device was simulated. None in plans of the first two forms, and where nothing is
        /// to do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rules: Option<Digest>,
    },
    /// It could not be shown; a plan with such a device is refused unless the caller insists.
    Unproven {
        /// Why not, one reason a line.
        reasons: Vec<String>,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl DeviceProof {
    /// Says whether the proof holds.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self, Self::Proven { .. })
    }
}

/// When a step of validation is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the first line is sent.
    Before,
    /// While lines are sent.
    During,
    /// When all lines are sent.
    After,
}

/// What a deployment looks at, and what must be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationStep {
    /// When.
    pub phase: Phase,
    /// The name of the check.
    pub name: String,
    /// The command that asks; empty where the answer to each line tells.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// What must be seen, for a person.
    pub expect: String,
}

/// How a person replaces the whole configuration with the platform's own means, where nobody can prove that the steps arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeReplace {
    /// Why it is the way out.
    pub reason: String,
    /// What is typed, in this order. `FILE` is a file on the device that holds the whole intended configuration.
    pub commands: Vec<String>,
    /// What has to be known before.
    pub caution: String,
}

/// What will happen to one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicePlan {
    /// The device.
    pub device: String,
    /// Its network OS.
    pub platform: String,
    /// The snapshot that the plan starts from, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotId>,
    /// The exact running configuration: the name of its blob.
    pub running: Digest,
    /// The meaning of the running configuration; another one found on the device is drift.
    pub running_meaning: Digest,
    /// The exact intended configuration: the name of its blob.
    pub intended: Digest,
    /// The meaning of the intended configuration; found on the device, the change is done.
    pub intended_meaning: Digest,
    /// From running to intended. Empty when nothing is to do. On a device that takes a change over as a whole a step at the top may
    /// be the platform's own word for that, `commit`: what stands before it is in force before the rest is typed.
    pub steps: Vec<Step>,
    /// From intended back to running.
    pub inverse: Vec<Step>,
    /// What the simulator said.
    pub proof: DeviceProof,
    /// How much can go wrong, and why. None in plans of the first form, and where nothing is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// The risk of each step, in the order of `steps`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub step_risks: Vec<StepRisk>,
    /// For each step, in the order of `steps`, the places in `inverse` of the lines that take it back. A line that takes back
    /// several steps stands with each; a step that others take back along has none, nor has a commit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<Vec<usize>>,
    /// The platform's own way back to the configuration before the last change, for a person. Netsnap does not type it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_rollback: Option<String>,
    /// The way out where the steps are not proven and the platform can replace its configuration as a whole. A deployment never takes
    /// it: what it sends are the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_replace: Option<NativeReplace>,
    /// What is looked at before, during and after the change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<ValidationStep>,
}

/// What an estimate rests on: deployments of the past on the same platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurationBasis {
    /// The network OS.
    pub platform: String,
    /// What their commands reached at most; none where no past change of the same kind was found and all kinds were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RiskClass>,
    /// How many lines they sent: half of them sent fewer.
    pub commands: u64,
    /// How many changes of a device were looked at.
    pub runs: u64,
    /// Half of them took less, in milliseconds.
    pub p50_ms: u64,
}

/// How long a wave will take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveEstimate {
    /// The whole wave, in milliseconds.
    pub duration_ms: u64,
    /// What that rests on.
    pub basis: Vec<DurationBasis>,
}

/// Devices that are changed together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// Their names.
    pub devices: Vec<String>,
    /// How long it will take; none where nothing like it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<WaveEstimate>,
}

/// Somebody agreed that a plan be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The plan.
    pub plan: PlanId,
    /// Who.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// Why, or under which ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A frozen plan. Its id is the SHA-256 of its document (`plan::document`), so a plan that was touched is no
/// plan. Which form that has `schema/plan.v4.json` says to the byte: anybody can work the id out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The digest of everything below.
    pub id: PlanId,
    /// The version of this form.
    pub schema: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it may no longer be carried out; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// How much can go wrong, and why. None in plans of the first form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// What is wrong with it or worth a look: the worst first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<PlanFinding>,
    /// One for each device, in the order of the names.
    pub devices: Vec<DevicePlan>,
    /// One after the other; devices of one wave at the same time. Devices without steps are in no wave.
    pub waves: Vec<Wave>,
}

impl Plan {
    /// Returns the plan of a device.
    #[must_use]
    pub fn device(&self, name: &str) -> Option<&DevicePlan> {
        self.devices.iter().find(|plan| plan.device == name)
    }

    /// Says whether each device's steps are proven.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.devices.iter().all(|plan| plan.proof.is_proven())
    }

    /// Says whether the time is over in which the plan may be carried out.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }

    /// Says whether nothing is to do anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.devices.iter().all(|plan| plan.steps.is_empty())
    }
}
