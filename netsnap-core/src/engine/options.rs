//! What the engine's own verbs can be told.

use serde::{Deserialize, Serialize};

use crate::id::SnapshotId;

/// How the snapshots of a device are cut into pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryOptions {
    /// Items of a page.
    pub limit: usize,
    /// The cursor of the page before; none for the first page.
    pub cursor: Option<String>,
}

impl Default for HistoryOptions {
    fn default() -> Self {
        Self {
            limit: 50,
            cursor: None,
        }
    }
}

/// What one device is to become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanTarget {
    /// The device.
    pub device: String,
    /// Its whole intended configuration.
    pub intended: String,
    /// The snapshot to start from; the newest of the device when absent.
    #[serde(default)]
    pub snapshot: Option<SnapshotId>,
}

/// How a plan is divided into waves. Without a wish: one device first, then the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanningOptions {
    /// Devices of a wave.
    pub wave_size: Option<usize>,
    /// The waves by name; each device of the plan in exactly one.
    pub waves: Option<Vec<Vec<String>>>,
    /// Who asked for it.
    pub actor: String,
}
