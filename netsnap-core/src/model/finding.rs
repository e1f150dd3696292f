//! What is wrong with a plan, or worth a look, before anything is sent?

use serde::{Deserialize, Serialize};

use crate::error::ErrorReport;
use crate::id::{ExecutionId, PlanId};

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PlanSeverity {
    /// Good to know.
    #[default]
    Info,
    /// Somebody should look at it.
    Warning,
    /// The change leaves something broken.
    Error,
}

/// What kind of finding it is: stable, a program matches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PlanFindingKind {
    /// The platform's table does not know a line.
    UnknownLine,
    /// A name is used and nothing makes it.
    UndefinedReference,
    /// A name was used, and nothing uses it after the change.
    Orphan,
    /// A name is made by the change, and nothing uses it.
    Unused,
    /// A mask stands where a secret should be.
    MaskedSecret,
    /// Two interfaces get one address.
    DuplicateAddress,
    /// Two devices get one router id.
    DuplicateRouterId,
    /// One dot1Q tag of a port, or one VNI, is used twice.
    DuplicateVlan,
    /// One VLAN has two names.
    VlanName,
    /// A VLAN without a member.
    VlanWithoutMember,
    /// A bridge domain without an interface.
    BridgeDomainWithoutInterface,
    /// The time is over in which the plan may be carried out.
    Expired,
    /// The schedule names a device that the plan does not hold.
    UnknownDevice,
    /// Lines of a text are not read as configuration.
    UnreadLines,
}

impl PlanFindingKind {
    /// Every kind there is.
    pub const ALL: &'static [Self] = &[
        Self::UnknownLine,
        Self::UndefinedReference,
        Self::Orphan,
        Self::Unused,
        Self::MaskedSecret,
        Self::DuplicateAddress,
        Self::DuplicateRouterId,
        Self::DuplicateVlan,
        Self::VlanName,
        Self::VlanWithoutMember,
        Self::BridgeDomainWithoutInterface,
        Self::Expired,
        Self::UnknownDevice,
        Self::UnreadLines,
    ];
}

/// Something that a check of a plan found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFinding {
    /// How bad it is.
    pub severity: PlanSeverity,
    /// What kind it is.
    pub kind: PlanFindingKind,
    /// The device.
    pub device: String,
    /// The section headers around the line, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub section: Vec<String>,
    /// The line that shows it; empty where no single line does. No secret is in it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
    /// What is the matter, for a person.
    pub text: String,
}

/// What a live check of a device looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveCheckKind {
    /// Something answers at the address.
    Reachability,
    /// It lets us in, and is what the inventory says.
    Login,
    /// It lets us into its configuration mode.
    Privilege,
    /// It is what the plan was made for.
    Drift,
}

impl LiveCheckKind {
    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reachability => "reachability",
            Self::Login => "login",
            Self::Privilege => "privilege",
            Self::Drift => "drift",
        }
    }
}

/// How a live check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveStatus {
    /// It is as it must be.
    Passed,
    /// It is not.
    Failed,
    /// It could not be asked, because one before it failed.
    Skipped,
}

/// One check of one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveCheck {
    /// The device.
    pub device: String,
    /// What was looked at.
    pub check: LiveCheckKind,
    /// How it ended.
    pub status: LiveStatus,
    /// What was found, for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

/// What the checks of a plan found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// The plan.
    pub plan: PlanId,
    /// Nothing is an error, and no live check failed.
    pub passed: bool,
    /// What was found without asking a device: the worst first.
    pub findings: Vec<PlanFinding>,
    /// One row for each device and check, when devices were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub live: Vec<LiveCheck>,
    /// The run that asked them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<ExecutionId>,
}

impl Validation {
    /// Puts together what was found.
    #[must_use]
    pub fn new(plan: PlanId, findings: Vec<PlanFinding>, live: Vec<LiveCheck>) -> Self {
        let is_sound = findings
            .iter()
            .all(|finding| finding.severity < PlanSeverity::Error);
        let is_live = live.iter().all(|check| check.status == LiveStatus::Passed);
        Self {
            plan,
            passed: is_sound && is_live,
            findings,
            live,
            execution: None,
        }
    }
}
