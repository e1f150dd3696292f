//! Which runs may go, and which have to stay?

use serde::{Deserialize, Serialize};

use crate::model::Execution;
use crate::store::Filter;

/// Among which runs newest and last ones are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Among all.
    #[default]
    Store,
    /// Among those of one kind.
    Kind,
    /// Among those of one name.
    Name,
    /// Among those with one value of this label; those without it are not looked at.
    Label(String),
    /// Among those of one device. A run of several devices counts for each.
    Device,
}

impl Per {
    /// The groups that a run belongs to.
    pub(super) fn keys(&self, run: &Execution) -> Vec<String> {
        match self {
            Self::Store => vec![String::new()],
            Self::Kind => vec![super::word(&run.kind)],
            Self::Name => vec![run.name.clone()],
            Self::Label(key) => run.labels.get(key).cloned().into_iter().collect(),
            Self::Device => run.devices.iter().map(|one| one.id.clone()).collect(),
        }
    }
}

/// The newest of some runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newest {
    /// So many.
    pub count: u64,
    /// Among which.
    #[serde(default)]
    pub per: Per,
}

/// Rules of two sorts: some say *remove*, some say *keep*. **A run is removed when at least one rule says remove and none says
/// keep.** Without a rule that says remove nothing is removed.
///
/// Two things are kept whatever the rules are: a run that is pinned, and one that has not ended, with the runs that started it.
/// Runs are looked at by their creation. Only runs that have ended count as newest or last ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionPolicy {
    /// The policy speaks of these runs only: others are neither removed nor counted. Every run by default.
    pub filter: Filter,
    /// Remove what was created longer ago than this: `90d`, `36h`.
    pub older_than: Option<String>,
    /// Remove all but the newest so many; of a run of several devices, when that is so for each of them.
    pub at_most: Vec<Newest>,
    /// Remove the oldest until the runs take at most so many bytes. What other rules keep is counted and stays, so more can
    /// remain; the report says so.
    pub max_bytes: Option<u64>,
    /// Keep the newest so many; of a run of several devices, when that is so for one of them.
    pub at_least: Vec<Newest>,
    /// Keep what did not end well (`failed`, `partial`, `timed_out`, `interrupted`) and was created within this time.
    pub keep_failed_for: Option<String>,
    /// Keep the newest run that succeeded, among these; per device, the newest run in which the device ended well.
    pub keep_last_success: Vec<Per>,
}

impl RetentionPolicy {
    /// Says whether a rule says remove.
    #[must_use]
    pub fn removes(&self) -> bool {
        self.older_than.is_some() || !self.at_most.is_empty() || self.max_bytes.is_some()
    }
}
