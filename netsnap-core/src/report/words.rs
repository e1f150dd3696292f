//! Which word, and which tone, does each state have in front of a person?

use crate::compare::DeviceChange;
use crate::event::Level;
use crate::model::{
    DeviceOutcome, DeviceProof, DeviceStatus, ExecutionKind, ExecutionStatus, Proof,
    RollbackOutcome,
};

/// How good a state is. Colour follows it, and so does a sign for those who see no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    Quiet,
    Good,
    Info,
    Caution,
    Bad,
}

impl Tone {
    /// Returns the CSS class.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Good => "good",
            Self::Info => "info",
            Self::Caution => "caution",
            Self::Bad => "bad",
        }
    }

    /// Returns a sign that tells the tones apart without colour.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Quiet => "–",
            Self::Good => "✓",
            Self::Info => "•",
            Self::Caution => "!",
            Self::Bad => "✗",
        }
    }
}

/// A state in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: &'static str,
    pub(crate) tone: Tone,
}

const fn word(text: &'static str, tone: Tone) -> Word {
    Word { text, tone }
}

pub(crate) fn execution_kind(kind: ExecutionKind) -> &'static str {
    match kind {
        ExecutionKind::Collect => "Collect",
        ExecutionKind::Capture => "Capture",
        ExecutionKind::Plan => "Plan",
        ExecutionKind::Deploy => "Deploy",
        ExecutionKind::Rollback => "Rollback",
        ExecutionKind::Check => "Check",
        ExecutionKind::Playbook => "Playbook",
        ExecutionKind::Adhoc => "Ad hoc",
        ExecutionKind::Workflow => "Workflow",
        ExecutionKind::Custom => "Run",
    }
}

pub(crate) fn execution_status(status: ExecutionStatus) -> Word {
    match status {
        ExecutionStatus::Queued => word("queued", Tone::Quiet),
        ExecutionStatus::Running => word("running", Tone::Info),
        ExecutionStatus::Succeeded => word("succeeded", Tone::Good),
        ExecutionStatus::Partial => word("partial", Tone::Caution),
        ExecutionStatus::Failed => word("failed", Tone::Bad),
        ExecutionStatus::Cancelled => word("cancelled", Tone::Caution),
        ExecutionStatus::TimedOut => word("timed out", Tone::Bad),
        ExecutionStatus::Interrupted => word("interrupted", Tone::Bad),
    }
}

pub(crate) fn device_status(status: DeviceStatus) -> Word {
    match status {
        DeviceStatus::Ok => word("ok", Tone::Good),
        DeviceStatus::Changed => word("changed", Tone::Info),
        DeviceStatus::Failed => word("failed", Tone::Bad),
        DeviceStatus::Unreachable => word("unreachable", Tone::Bad),
        DeviceStatus::Skipped => word("skipped", Tone::Quiet),
    }
}

pub(crate) fn device_change(change: DeviceChange) -> Word {
    match change {
        DeviceChange::Fixed => word("fixed", Tone::Good),
        DeviceChange::Broken => word("broken", Tone::Bad),
        DeviceChange::Same => word("same", Tone::Quiet),
        DeviceChange::Added => word("added", Tone::Info),
        DeviceChange::Removed => word("removed", Tone::Caution),
    }
}

pub(crate) fn device_outcome(outcome: DeviceOutcome) -> Word {
    match outcome {
        DeviceOutcome::AlreadyDone => word("already done", Tone::Good),
        DeviceOutcome::Changed => word("changed", Tone::Good),
        DeviceOutcome::RolledBack => word("rolled back", Tone::Caution),
        DeviceOutcome::RollbackFailed => word("rollback failed", Tone::Bad),
        DeviceOutcome::Refused => word("refused", Tone::Bad),
        DeviceOutcome::Skipped => word("skipped", Tone::Quiet),
    }
}

pub(crate) fn rollback_outcome(outcome: RollbackOutcome) -> Word {
    match outcome {
        RollbackOutcome::Exact => word("exact: byte for byte as before", Tone::Good),
        RollbackOutcome::Equivalent => word("equivalent: same meaning, other text", Tone::Caution),
        RollbackOutcome::Different => word("different: not as before", Tone::Bad),
    }
}

pub(crate) fn plan_proof(proof: &DeviceProof) -> Word {
    match proof {
        DeviceProof::Proven { .. } => word("proven", Tone::Good),
        DeviceProof::Unproven { .. } => word("not proven", Tone::Bad),
    }
}

pub(crate) fn output_proof(proof: Proof) -> &'static str {
    match proof {
        Proof::Given => "handed in: not known to be whole",
        Proof::Tail => "ends at a prompt",
        Proof::Fence => "whole: fenced",
        Proof::Exec => "whole: own channel",
    }
}

pub(crate) fn level(level: Level) -> Word {
    match level {
        Level::Debug => word("debug", Tone::Quiet),
        Level::Info => word("info", Tone::Quiet),
        Level::Warning => word("warning", Tone::Caution),
        Level::Error => word("error", Tone::Bad),
    }
}
