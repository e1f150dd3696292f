//! What the engine's own verbs can be told.

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::deploy::DeployOptions;
use crate::id::SnapshotId;
use crate::plan::{Canary, ManagementPath, Schedule};
use crate::transport::Limits;

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

/// How a plan is made. Without a wish: one device first, then the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanningOptions {
    /// Devices of a wave, at most; the canary goes before them.
    pub wave_size: Option<usize>,
    /// Who goes first: one device by name when nothing is said, and nobody where that is asked for.
    pub canary: Canary,
    /// The waves by name; each device of the plan in exactly one.
    pub waves: Option<Vec<Vec<String>>>,
    /// Which devices wait for which, and which never change together.
    pub schedule: Schedule,
    /// By which way devices are managed: what touches it is of high risk and comes as late as it can. For a device that is not named,
    /// the interface with the address that it was reached by when its snapshot was taken, where its configuration has that one.
    pub management: BTreeMap<String, ManagementPath>,
    /// How long the plan may be carried out; for ever when absent. A plan whose devices have changed is refused either way, so
    /// the end is for a change window, not for safety from drift.
    pub expires_in: Option<Duration>,
    /// How many devices of a wave will change at once, for the estimate; as many as a deployment takes when absent.
    pub in_flight: Option<usize>,
    /// Who asked for it.
    pub actor: String,
}

/// How the devices of a plan are asked whether it would get through.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CheckPlanOptions {
    /// One line for a person, for the run that asks the devices.
    pub name: String,
    /// Who asked for it.
    pub actor: String,
    /// Devices asked at once; as many as a deployment takes when absent.
    pub in_flight: Option<usize>,
    /// Time and size limits of each connection.
    pub limits: Limits,
    /// Stops the work.
    pub cancel: CancellationToken,
}

impl CheckPlanOptions {
    /// Returns the same as options of a deployment.
    pub(super) fn of_deployment(&self) -> DeployOptions {
        let defaults = DeployOptions::default();
        DeployOptions {
            name: self.name.clone(),
            actor: self.actor.clone(),
            in_flight: self.in_flight.unwrap_or(defaults.in_flight),
            limits: self.limits.clone(),
            cancel: self.cancel.clone(),
            ..defaults
        }
    }
}
