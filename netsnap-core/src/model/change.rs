//! The difference between two configurations, as data.

use serde::{Deserialize, Serialize};

/// What happened to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The command is in the second configuration only.
    Added,
    /// The command is in the first configuration only.
    Removed,
    /// The same command with another value.
    Changed,
    /// The same command at another place in a list where order matters.
    Moved,
    /// The same text of several lines with other words: a banner, a certificate.
    Text,
    /// The same command with another secret. Neither is shown; devices write one secret in more than one way, so the text is another, and
    /// the secret may still be the same.
    Secret,
}

/// One difference. Secrets are masked in all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The headers of the sections around the command, outermost first.
    pub section: Vec<String>,
    /// The command as it was, without indentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The command as it is, without indentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Of a move: where it stood and where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<Places>,
}

/// Two places in a list where order matters, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// In the first configuration.
    pub before: usize,
    /// In the second configuration.
    pub after: usize,
}

impl Change {
    /// Returns the command with the headers around it, as it is; as it was where it is no more.
    #[must_use]
    pub fn path(&self) -> String {
        let own = self.after.as_deref().or(self.before.as_deref());
        let words = self.section.iter().map(String::as_str).chain(own);
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The structural difference of two configurations. Empty means that they mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigDiff {
    /// In the order of the sections.
    pub changes: Vec<Change>,
    /// How many more there are than were asked for.
    #[serde(default)]
    pub truncated: usize,
    /// What of the two texts was not read as configuration.
    #[serde(default)]
    pub unread: UnreadSides,
}

/// What of two texts was not read as configuration, and so makes no difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadSides {
    /// Of the first text.
    pub before: UnreadLines,
    /// Of the second text.
    pub after: UnreadLines,
}

/// What of a text was not read as configuration. Separators, and what only leaves a section, are not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadLines {
    /// How many pieces there are.
    pub count: usize,
    /// The first hundred of them, in their order.
    pub lines: Vec<UnreadLine>,
}

/// A piece of a text that was not read as configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadLine {
    /// The number of the line that it begins in, from 1.
    pub line: usize,
    /// Its first line, secrets masked, at most 200 characters.
    pub text: String,
    /// Why it makes no difference.
    pub why: UnreadReason,
}

/// Why a piece of a text makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnreadReason {
    /// It is a comment that the device does not keep.
    Comment,
    /// It stands around the configuration.
    Around,
    /// It has no meaning for a change, as the version of the software that printed the text.
    Ignored,
    /// A later line gives the same command with another value.
    Overwritten,
}

impl ConfigDiff {
    /// Says whether the two configurations mean the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.truncated == 0
    }

    /// Counts the changes of one kind.
    #[must_use]
    pub fn count(&self, kind: ChangeKind) -> usize {
        let of_kind = self.changes.iter().filter(|change| change.kind == kind);
        of_kind.count()
    }

    /// Leaves out what is more than a number of changes, and says how many those are.
    #[must_use]
    pub fn limited(mut self, most: usize) -> Self {
        self.truncated += self.changes.len().saturating_sub(most);
        self.changes.truncate(most);
        self
    }
}
