//! The difference between two configurations, as data.

use serde::{Deserialize, Serialize};

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The line is in the second configuration only.
    Added,
    /// The line is in the first configuration only.
    Removed,
    /// The same command with another value.
    Changed,
    /// The same line at another place in a section where order matters.
    Moved,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The headers of the sections around the line, outermost first.
    pub section: Vec<String>,
    /// The line as it was, without indentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The line as it is, without indentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The structural difference of two configurations. Empty means that they mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigDiff {
    /// In the order of the sections.
    pub changes: Vec<Change>,
}

impl ConfigDiff {
    /// Says whether the two configurations mean the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
