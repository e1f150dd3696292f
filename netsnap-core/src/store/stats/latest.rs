//! How is each device now, as far as the history says?

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::census::{Census, Count, Detail, Past};
use crate::error::{ErrorKind, ErrorReport, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceStatus, Execution, ExecutionStatus};
use crate::store::retention::{Rollup, Tombstone};
use crate::store::{Backend, Filter};

/// The newest run of a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatestDevice {
    /// The device.
    pub device: String,
    /// Its newest run.
    pub execution_id: ExecutionId,
    /// When that run was created.
    pub at: Timestamp,
    /// Where that run stands.
    pub run_status: ExecutionStatus,
    /// How the device ended there; absent when that is not recorded, or not yet.
    pub status: Option<DeviceStatus>,
    /// Of what kind of error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_kind: Option<ErrorKind>,
    /// The whole error, as long as the run is in the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
    /// Set when the run was removed since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// Returns the newest run of each device among the runs that fit a filter, by the name of the device. A device whose runs were
/// all removed is known by the newest of their tombstones.
///
/// It reads every run that fits, and every tombstone; what it keeps grows with the number of devices.
///
/// # Errors
/// `InvalidInput` for a time in the filter that cannot be read; `Storage`.
pub async fn latest_by_device(store: &dyn Backend, filter: &Filter) -> Result<Vec<LatestDevice>> {
    let filter = filter.at(store.now())?;
    let mut latest = Latest::default();
    let census = Census {
        filter: &filter,
        detail: Detail::Whole,
        label: None,
        past: Past::Single,
    };
    census.take(store, &mut latest).await?;
    Ok(latest.devices.into_values().collect())
}

#[derive(Default)]
struct Latest {
    devices: BTreeMap<String, LatestDevice>,
}

impl Latest {
    fn meet(&mut self, found: LatestDevice) {
        match self.devices.get_mut(&found.device) {
            Some(known) if (known.at, &known.execution_id) >= (found.at, &found.execution_id) => {}
            Some(known) => *known = found,
            None => drop(self.devices.insert(found.device.clone(), found)),
        }
    }
}

fn untold(run: &Execution, device: &str) -> LatestDevice {
    LatestDevice {
        device: device.to_owned(),
        execution_id: run.id.clone(),
        at: run.created_at,
        run_status: run.status,
        status: None,
        error_kind: None,
        error: None,
        removed: false,
    }
}

impl Count for Latest {
    fn live(&mut self, run: &Execution, devices: &[DeviceResult]) {
        for result in devices {
            self.meet(LatestDevice {
                status: Some(result.status),
                error_kind: result.error.as_ref().map(|error| error.kind),
                error: result.error.clone(),
                ..untold(run, &result.device)
            });
        }
        // Those that have a result are known by now, and stay.
        run.devices
            .iter()
            .for_each(|device| self.meet(untold(run, &device.id)));
    }

    fn removed(&mut self, tombstone: &Tombstone) {
        let run = &tombstone.execution;
        for outcome in &tombstone.devices {
            self.meet(LatestDevice {
                status: Some(outcome.status),
                error_kind: outcome.error_kind,
                removed: true,
                ..untold(run, &outcome.device)
            });
        }
    }

    fn rolled(&mut self, _: &Rollup) {}
}
