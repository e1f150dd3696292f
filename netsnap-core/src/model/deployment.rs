//! What a deployment or a rollback did, device by device.

use serde::{Deserialize, Serialize};

use crate::error::ErrorReport;
use crate::id::{Digest, ExecutionId, PlanId};

/// How a device ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceOutcome {
    /// Nothing was to do: the device was at the target already.
    AlreadyDone,
    /// Changed, read back over a new login, checked.
    Changed,
    /// Changed in part, then brought back.
    RolledBack,
    /// Changed, and the way back did not arrive: a person must look.
    RollbackFailed,
    /// Refused before a byte of a change was sent.
    Refused,
    /// Not started, because an earlier device or wave failed.
    Skipped,
}

/// How exactly a rollback arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollbackOutcome {
    /// Byte for byte the configuration from before.
    Exact,
    /// The same meaning, another text.
    Equivalent,
    /// Not the configuration from before.
    Different,
}

/// What became of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineResult {
    /// The line as sent, its secret masked.
    pub line: String,
    /// Whether the device took it.
    pub accepted: bool,
    /// What the device said, if it said something.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
}

/// What happened to one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceDeployment {
    /// The device.
    pub device: String,
    /// How it ended.
    pub outcome: DeviceOutcome,
    /// Each line that was sent, in order, those of an automatic rollback included.
    pub lines: Vec<LineResult>,
    /// The exact configuration before: the name of its blob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// The exact configuration after: the name of its blob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Digest>,
    /// Whether the running configuration was saved.
    pub saved: bool,
    /// How long it took, from login to the last check, in microseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duration_us: u64,
    /// How exactly a rollback arrived, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackOutcome>,
    /// Why it did not end as meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What a deployment, or a rollback (the deployment of an inverse), did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// The run that carried it out.
    pub execution: ExecutionId,
    /// The plan that was carried out; a rollback makes one of its own from the observed state.
    pub plan: PlanId,
    /// The deployment that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_of: Option<ExecutionId>,
    /// One for each device of the plan.
    pub devices: Vec<DeviceDeployment>,
}

impl Deployment {
    /// Says whether every device ended where the plan wanted it.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.devices.iter().all(|device| {
            matches!(
                device.outcome,
                DeviceOutcome::Changed | DeviceOutcome::AlreadyDone
            )
        })
    }
}
