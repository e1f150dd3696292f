//! How many runs, how well, how long? Statistics over the history, removed runs included.
//!
//! Runs that retention removed go on counting. Totals, states, success rates and means stay exact; percentiles of removed runs
//! come from a [`Sketch`] when their daily rollups answer the question, which they do for whole days (UTC), kinds, actors and
//! devices. Any other question about removed runs is answered from their tombstones, one by one, and is as exact as before.

mod cells;
mod census;
mod devices;
mod figures;
mod group;
mod latest;
mod sketch;

use serde::{Deserialize, Serialize};

pub(in crate::store) use self::census::{Census, Count, Detail, Past, key};
pub use self::devices::{DeviceFigures, DeviceHealth, DeviceMoment};
use self::figures::Measure;
pub use self::figures::{Durations, Figures};
pub use self::group::{Group, GroupBy};
use self::group::{Groups, of_run};
pub use self::latest::{LatestDevice, latest_by_device};
pub use self::sketch::Sketch;
use super::retention::{DeviceOutcome, Rollup, Tombstone, word};
use super::{Backend, Filter};
use crate::error::Result;
use crate::model::{DeviceResult, Execution};

/// Durations of all runs that are kept as they are; beyond that a sketch takes their place.
const EXACT: usize = 100_000;

/// Which runs are counted, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatsOptions {
    /// Which runs; every one by default.
    pub filter: Filter,
    /// By what they are counted together.
    pub group_by: GroupBy,
    /// Whose hours and days: a name of the IANA database such as `Europe/Berlin`, or an offset such as `+02:00`. UTC by default.
    pub time_zone: Option<String>,
    /// At most so many groups are returned.
    pub groups: usize,
    /// At most so many devices are named in each list; 0 leaves devices out, which saves reading the devices of every run.
    pub devices: usize,
}

impl Default for StatsOptions {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            group_by: GroupBy::default(),
            time_zone: None,
            groups: 1000,
            devices: 10,
        }
    }
}

/// The figures of some runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Of all of them.
    #[serde(flatten)]
    pub all: Figures,
    /// How many of them were removed from the store since.
    pub removed: u64,
    /// Of each group: times in their order, everything else by number, the greatest first.
    pub groups: Vec<Group>,
    /// How many groups were left off.
    pub groups_left_off: u64,
    /// How their devices fared, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<DeviceHealth>,
}

/// Returns the figures of the runs that fit a filter.
///
/// It reads no summary: what it counts stands in the index of the files or in the columns of the database, and is read page by page.
/// How devices ended it reads from every run that fits, when they are asked for. What it keeps in memory is bounded: 16 bytes of each run, at most 100,000
/// durations, and the groups and devices themselves. A run that is being removed meanwhile counts once.
///
/// # Errors
/// `InvalidInput` for a time zone or a time in the filter that cannot be read; `Storage`.
pub async fn stats(store: &dyn Backend, options: &StatsOptions) -> Result<Stats> {
    let zone = group::zone(options.time_zone.as_deref())?;
    let filter = options.filter.at(store.now())?;
    let mut counter = Counter {
        filter: &filter,
        all: Measure::new(EXACT),
        removed: 0,
        groups: Groups::new(options.group_by.clone(), zone),
        devices: (options.devices > 0).then(devices::Devices::default),
    };
    let census = Census {
        filter: &filter,
        detail: counter.detail(),
        label: match &options.group_by {
            GroupBy::Label(key) => Some(key),
            _ => None,
        },
        past: past(options, &filter),
    };
    census.take(store, &mut counter).await?;
    Ok(counter.stats(options))
}

/// Decides whether rollups answer, which costs little, or tombstones have to.
fn past(options: &StatsOptions, filter: &Filter) -> Past {
    let utc = matches!(options.time_zone.as_deref(), None | Some("UTC" | "Z"));
    let known = match options.group_by {
        GroupBy::None | GroupBy::Kind | GroupBy::Actor | GroupBy::Device => true,
        GroupBy::Day => utc,
        _ => false,
    };
    let devices = options.devices > 0 || options.group_by == GroupBy::Device;
    let answered =
        known && cells::asks_of_runs(filter) && (!devices || cells::asks_of_devices(filter));
    if answered { Past::Rolled } else { Past::Single }
}

struct Counter<'a> {
    filter: &'a Filter,
    all: Measure,
    removed: u64,
    groups: Groups,
    devices: Option<devices::Devices>,
}

impl Counter<'_> {
    fn detail(&self) -> Detail {
        match self.devices.is_some() || *self.groups.by() == GroupBy::Device {
            true => Detail::Devices,
            false => Detail::Outlines,
        }
    }

    fn run(&mut self, run: &Execution) {
        let status = word(&run.status);
        self.all.count(of_run(run.status, &status), 1);
        if let Some(duration_us) = run.duration_us {
            self.all.duration(duration_us);
        }
        self.groups.run(run, &status);
    }

    fn group_device(&mut self, outcome: &DeviceOutcome) {
        if *self.groups.by() == GroupBy::Device {
            self.groups.device(outcome);
        }
    }

    fn stats(self, options: &StatsOptions) -> Stats {
        let mut groups = self.groups.figures();
        let left_off = groups.len().saturating_sub(options.groups);
        groups.truncate(options.groups);
        Stats {
            all: self.all.figures(),
            removed: self.removed,
            groups,
            groups_left_off: left_off as u64,
            devices: self.devices.map(|known| known.health(options.devices)),
        }
    }
}

impl Count for Counter<'_> {
    fn live(&mut self, run: &Execution, devices: &[DeviceResult]) {
        self.run(run);
        for outcome in devices.iter().map(DeviceOutcome::from) {
            self.group_device(&outcome);
            if let Some(known) = &mut self.devices {
                known.live(run, &outcome);
            }
        }
    }

    fn removed(&mut self, tombstone: &Tombstone) {
        self.run(&tombstone.execution);
        self.removed += 1;
        for outcome in &tombstone.devices {
            self.group_device(outcome);
            if let Some(known) = &mut self.devices {
                known.removed(&tombstone.execution, outcome);
            }
        }
    }

    fn returned(&mut self, devices: &[DeviceResult]) {
        self.removed = self.removed.saturating_sub(1);
        if let Some(known) = &mut self.devices {
            let outcomes = devices.iter().map(DeviceOutcome::from);
            outcomes.for_each(|outcome| known.returned(&outcome));
        }
    }

    fn rolled(&mut self, rollup: &Rollup) {
        for cell in rollup
            .runs
            .iter()
            .filter(|cell| cells::run_fits(self.filter, cell))
        {
            let like = Execution {
                kind: cell.kind,
                actor: cell.actor.clone(),
                status: cell.status,
                ..cells::on(cell.day)
            };
            let status = word(&cell.status);
            self.all.count(of_run(cell.status, &status), cell.count);
            self.all
                .durations(&cell.durations.sketch, cell.durations.sum_us);
            self.groups.runs(&like, cell.count, &cell.durations);
            self.removed += cell.count;
        }
        for cell in rollup
            .devices
            .iter()
            .filter(|cell| cells::device_fits(self.filter, cell))
        {
            if *self.groups.by() == GroupBy::Device {
                let device = (cell.device.as_str(), cell.status);
                self.groups.devices(device, cell.count, &cell.durations);
            }
            if let Some(known) = &mut self.devices {
                known.rolled(cell);
            }
        }
    }
}
