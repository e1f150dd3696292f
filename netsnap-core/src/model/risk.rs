//! How much can go wrong when a command is sent, and why?

use serde::{Deserialize, Serialize};

/// How much can go wrong.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Nothing that anybody would notice beyond the line itself.
    #[default]
    Low,
    /// Something that others may notice.
    Medium,
    /// Something that can cut off others, or us.
    High,
}

impl RiskLevel {
    /// Returns the next higher level; the highest stays.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Low => Self::Medium,
            Self::Medium | Self::High => Self::High,
        }
    }

    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What a command reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RiskClass {
    /// Nothing but names and remarks.
    Cosmetic,
    /// One port or one counter of the device itself.
    Local,
    /// Traffic that passes through the device.
    Service,
    /// No row of the table names the command.
    Unknown,
    /// Routing, and what neighbours learn.
    ControlPlane,
    /// The way by which the device is managed.
    Management,
    /// A filter stops to filter.
    FailOpen,
    /// The steps are not proven.
    Unproven,
    /// Several devices change at once.
    Fleet,
}

impl RiskClass {
    /// Every class there is, the smallest reach first.
    pub const ALL: &'static [Self] = &[
        Self::Cosmetic,
        Self::Local,
        Self::Service,
        Self::Unknown,
        Self::ControlPlane,
        Self::Management,
        Self::FailOpen,
        Self::Unproven,
        Self::Fleet,
    ];

    /// Returns the level that a command of this class has at least.
    #[must_use]
    pub fn level(self) -> RiskLevel {
        match self {
            Self::Cosmetic | Self::Local => RiskLevel::Low,
            Self::Service | Self::Unknown | Self::ControlPlane | Self::Unproven | Self::Fleet => {
                RiskLevel::Medium
            }
            Self::Management | Self::FailOpen => RiskLevel::High,
        }
    }

    /// Returns the words for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cosmetic => "cosmetic",
            Self::Local => "local",
            Self::Service => "service",
            Self::Unknown => "unknown",
            Self::ControlPlane => "control plane",
            Self::Management => "management reachability",
            Self::FailOpen => "fail-open",
            Self::Unproven => "unproven",
            Self::Fleet => "several devices",
        }
    }
}

/// The risk of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRisk {
    /// How much can go wrong.
    pub level: RiskLevel,
    /// What it reaches.
    pub kind: RiskClass,
    /// Why, for a person.
    pub reason: String,
}

/// Why something has its risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskReason {
    /// The level that this reason alone would give.
    pub level: RiskLevel,
    /// What it is about.
    pub kind: RiskClass,
    /// The reason, for a person. No secret is in it.
    pub text: String,
}

/// The risk of a device or of a plan: the highest of its reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// How much can go wrong.
    pub level: RiskLevel,
    /// Why, the greatest first. Empty where nothing is to do.
    pub reasons: Vec<RiskReason>,
}

impl Risk {
    /// Makes a risk of its reasons.
    #[must_use]
    pub fn of(mut reasons: Vec<RiskReason>) -> Self {
        reasons.sort_by(|a, b| (b.level, b.kind, &a.text).cmp(&(a.level, a.kind, &b.text)));
        let level = reasons.first().map_or(RiskLevel::Low, |first| first.level);
        Self { level, reasons }
    }
}
