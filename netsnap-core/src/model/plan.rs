//! A change, frozen: what will be sent to which device, in which order, and the proof that it arrives.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{Digest, PlanId, SnapshotId};

/// One line to send, with the place it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The section headers to enter first, outermost first; empty for a global line.
    pub section: Vec<String>,
    /// The line, without indentation; a text of several lines in one piece, which is typed line by line.
    pub line: String,
}

impl Step {
    /// Returns the step that only enters the innermost section; none for a global line.
    pub(crate) fn header(&self) -> Option<Self> {
        let (line, section) = self.section.split_last()?;
        Some(Self {
            section: section.to_vec(),
            line: line.clone(),
        })
    }
}

/// What the simulator said about the steps of one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum DeviceProof {
    /// The steps end exactly at the intended configuration and the inverse ends at the running one.
    Proven {
        /// Lines carried out by the simulator, both ways.
        lines: u64,
    },
    /// It could not be shown; a plan with such a device is refused unless the caller insists.
    Unproven {
        /// Why not, one reason a line.
        reasons: Vec<String>,
    },
}

impl DeviceProof {
    /// Says whether the proof holds.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self, Self::Proven { .. })
    }
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
    /// From running to intended. Empty when nothing is to do.
    pub steps: Vec<Step>,
    /// From intended back to running.
    pub inverse: Vec<Step>,
    /// What the simulator said.
    pub proof: DeviceProof,
}

/// Devices that are changed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// Their names.
    pub devices: Vec<String>,
}

/// A frozen plan. Its id is the digest of its canonical form, so a plan that was touched is no plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The digest of everything below.
    pub id: PlanId,
    /// The version of this form.
    pub schema: u32,
    /// When it was made.
    pub created_at: Timestamp,
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

    /// Says whether nothing is to do anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.devices.iter().all(|plan| plan.steps.is_empty())
    }
}
