//! How do the figures of removed runs stay known, without reading every tombstone each time?
//!
//! The log `rollups` sums up the tombstones, a stretch of them at a time: each entry names the first and last tombstone that it
//! covers, and continues the entry before it. It is written with compare-and-set after the runs are gone, so every tombstone is
//! in exactly one entry, whoever dies or races meanwhile; tombstones behind the last entry are those of a removal that may not
//! be done yet.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::tombstone::{DeviceOutcome, Tombstone};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceStatus, Execution, ExecutionKind, ExecutionStatus};
use crate::store::Backend;
use crate::store::stats::Sketch;

/// The log that holds the rollups.
pub const ROLLUPS: &str = "rollups";
/// Entries that are read at a time: each can be large.
const CHUNK: usize = 20;

/// The upper bounds of the duration histogram, in microseconds. They are part of what is stored: never change one.
pub const DURATION_BOUNDS_US: [u64; 13] = [
    100_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
    300_000_000,
    600_000_000,
    1_800_000_000,
    3_600_000_000,
];

/// Returns the place of a duration in the histogram: the first bound that it does not exceed, or one behind the last.
pub(in crate::store) fn histogram_place(duration_us: u64) -> usize {
    DURATION_BOUNDS_US.partition_point(|bound| *bound < duration_us)
}

/// How long some runs took, in a form that can be added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurationSum {
    /// The sum, in microseconds.
    pub sum_us: u64,
    /// For the percentiles.
    pub sketch: Sketch,
    /// How many stand at each place of the histogram, see [`DURATION_BOUNDS_US`]; places at the end that hold none are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub histogram: Vec<u64>,
}

impl DurationSum {
    fn add(&mut self, duration_us: u64) {
        self.sum_us = self.sum_us.saturating_add(duration_us);
        self.sketch.add(duration_us);
    }

    fn add_to_histogram(&mut self, duration_us: u64) {
        let place = histogram_place(duration_us);
        if self.histogram.len() <= place {
            self.histogram.resize(place + 1, 0);
        }
        self.histogram[place] += 1;
    }
}

/// The runs of one day (UTC, by creation), kind, actor and state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCell {
    /// The day.
    pub day: Date,
    /// The kind.
    pub kind: ExecutionKind,
    /// The actor.
    pub actor: String,
    /// How they ended.
    pub status: ExecutionStatus,
    /// How many.
    pub count: u64,
    /// How many bytes they took.
    pub bytes: u64,
    /// How long they took.
    pub durations: DurationSum,
}

/// The results of one device on one day (UTC, by the creation of the run) in one state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCell {
    /// The day.
    pub day: Date,
    /// The device.
    pub device: String,
    /// How it ended.
    pub status: DeviceStatus,
    /// How often.
    pub count: u64,
    /// How long it took.
    pub durations: DurationSum,
    /// When the newest of these runs was created.
    pub last_at: Timestamp,
    /// The newest of these runs.
    pub last: ExecutionId,
    /// Why the device did not end well there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<ErrorKind>,
}

/// The sums of a stretch of tombstones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollup {
    /// The first tombstone that it covers.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// Tombstones of these whose run was pinned before it could go, and stayed: they stand for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<u64>,
    /// The runs.
    pub runs: Vec<RunCell>,
    /// Their devices.
    pub devices: Vec<DeviceCell>,
}

/// Adds tombstones up.
#[derive(Debug, Default)]
pub(super) struct Summing {
    runs: BTreeMap<(Date, String, String, String), RunCell>,
    devices: BTreeMap<(Date, String, String), DeviceCell>,
}

impl Summing {
    pub(super) fn add(&mut self, tombstone: &Tombstone) {
        let run = &tombstone.execution;
        let day = day(run.created_at);
        let key = (day, word(&run.kind), run.actor.clone(), word(&run.status));
        let cell = self.runs.entry(key).or_insert_with(|| RunCell {
            day,
            kind: run.kind,
            actor: run.actor.clone(),
            status: run.status,
            count: 0,
            bytes: 0,
            durations: DurationSum::default(),
        });
        cell.count += 1;
        cell.bytes += tombstone.bytes;
        if let Some(duration_us) = run.duration_us {
            cell.durations.add(duration_us);
            cell.durations.add_to_histogram(duration_us);
        }
        for outcome in &tombstone.devices {
            self.add_device(run, outcome);
        }
    }

    fn add_device(&mut self, run: &Execution, outcome: &DeviceOutcome) {
        let day = day(run.created_at);
        let key = (day, outcome.device.clone(), word(&outcome.status));
        let cell = self.devices.entry(key).or_insert_with(|| DeviceCell {
            day,
            device: outcome.device.clone(),
            status: outcome.status,
            count: 0,
            durations: DurationSum::default(),
            last_at: Timestamp::MIN,
            last: run.id.clone(),
            last_error: None,
        });
        cell.count += 1;
        cell.durations.add(outcome.duration_us);
        if (cell.last_at, &cell.last) <= (run.created_at, &run.id) {
            cell.last_at = run.created_at;
            cell.last = run.id.clone();
            cell.last_error = outcome.error_kind;
        }
    }

    pub(super) fn rollup(self, first: u64, last: u64, withdrawn: Vec<u64>) -> Rollup {
        Rollup {
            first,
            last,
            withdrawn,
            runs: self.runs.into_values().collect(),
            devices: self.devices.into_values().collect(),
        }
    }
}

/// The day of a time, in UTC.
pub(in crate::store) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The word of a state or kind, as it stands in JSON.
pub(in crate::store) fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Reads rollups from a number on, as many as one read gives; none at the end. One that cannot be read is passed over.
pub(in crate::store) async fn rollups(
    store: &dyn Backend,
    from: u64,
) -> Result<Option<(Vec<Rollup>, u64)>> {
    let entries = store.log(ROLLUPS, from, CHUNK).await?;
    let Some((last, _)) = entries.last() else {
        return Ok(None);
    };
    let next = last + 1;
    let read = entries
        .iter()
        .filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok());
    Ok(Some((read.collect(), next)))
}

/// Where the rollups end: the last tombstone that is covered, and the number of the next rollup.
pub(super) async fn covered(store: &dyn Backend) -> Result<(u64, u64)> {
    let Some((number, bytes)) = store.log_end(ROLLUPS).await? else {
        return Ok((0, 1));
    };
    let rollup: Rollup = serde_json::from_slice(&bytes).map_err(|source| {
        crate::error::Error::new(ErrorKind::Corrupt, "the last rollup cannot be read")
            .with("number", number)
            .hint("restore the log `rollups` from a copy")
            .because(source)
    })?;
    Ok((rollup.last, number + 1))
}
