//! What is not as it should be, where, and what can be done?

use serde::{Deserialize, Serialize};

use crate::id::ExecutionId;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Unusual, or not done yet.
    Warning,
    /// Not what was written.
    Error,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Check {
    /// What the store itself cannot read.
    Damage,
    /// The audit log: its chain, and whether it tells of every run as the run is.
    Audit,
    /// Tombstones and rollups: whether they can be read, and the runs are gone.
    Tombstones,
    /// All that was recorded of a run against the digest in its summary, which the audit log binds; and what stands beside it.
    Record,
    /// The log of a run: whether it is dense and ends where the summary says.
    Log,
    /// The summary of a run against its last event.
    Summary,
    /// The counters of a run against its outputs and the results of its devices.
    Counters,
    /// The bytes of outputs against their digests.
    Outputs,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What was compared.
    pub check: Check,
    /// Where: the id of a run, a log and a number, or a path.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// What can be done.
    pub hint: String,
}

/// Where something is, as text.
pub(super) struct Place(String);

impl From<String> for Place {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Place {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&ExecutionId> for Place {
    fn from(id: &ExecutionId) -> Self {
        Self(id.to_string())
    }
}

impl Check {
    pub(super) fn error(self, place: impl Into<Place>, what: impl Into<String>) -> Finding {
        self.finding(Severity::Error, place.into().0, what.into())
    }

    pub(super) fn warning(self, place: impl Into<Place>, what: impl Into<String>) -> Finding {
        self.finding(Severity::Warning, place.into().0, what.into())
    }

    fn finding(self, severity: Severity, place: String, what: String) -> Finding {
        Finding {
            severity,
            check: self,
            place,
            what,
            hint: "compare with a copy of the store to see what was changed".to_owned(),
        }
    }
}

impl Finding {
    pub(super) fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }
}
