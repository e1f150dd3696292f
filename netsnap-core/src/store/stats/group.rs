//! Which runs are counted together?

use std::collections::BTreeMap;

use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::figures::{Figures, Measure, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{DeviceStatus, Execution, ExecutionStatus};
use crate::store::retention::{DeviceOutcome, DurationSum, word};

/// Durations of a group that are kept as they are; beyond that a sketch takes their place.
const EXACT: usize = 10_000;

/// By what runs are counted together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// All in one.
    #[default]
    None,
    /// The hour of their creation.
    Hour,
    /// The day of their creation.
    Day,
    /// Their kind.
    Kind,
    /// Who asked for them.
    Actor,
    /// Their devices: here the results of devices are counted, not runs. `ok` and `changed` succeeded, `skipped` has not ended.
    Device,
    /// The kinds of error of their devices; a run without an error is in no group, one with several kinds in several.
    ErrorKind,
    /// Their name.
    Name,
    /// The value of this label; a run without it is in no group.
    Label(String),
}

/// The figures of one group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What its runs have in common: a day such as `2026-03-01`, the beginning of an hour such as `2026-03-01T10:00:00+01:00`, or
    /// a word.
    pub key: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Counts groups.
#[derive(Debug)]
pub(super) struct Groups {
    by: GroupBy,
    zone: TimeZone,
    groups: BTreeMap<String, Measure>,
}

impl Groups {
    pub(super) fn new(by: GroupBy, zone: TimeZone) -> Self {
        Self {
            by,
            zone,
            groups: BTreeMap::new(),
        }
    }

    pub(super) fn by(&self) -> &GroupBy {
        &self.by
    }

    /// Counts a run.
    pub(super) fn run(&mut self, run: &Execution, status: &str) {
        for key in self.keys(run) {
            let group = self.group(key);
            group.count(of_run(run.status, status), 1);
            if let Some(duration_us) = run.duration_us {
                group.duration(duration_us);
            }
        }
    }

    /// Counts runs that are alike in everything that they could be grouped by.
    pub(super) fn runs(&mut self, like: &Execution, count: u64, durations: &DurationSum) {
        let status = word(&like.status);
        for key in self.keys(like) {
            let group = self.group(key);
            group.count(of_run(like.status, &status), count);
            group.durations(&durations.sketch, durations.sum_us);
        }
    }

    /// Counts how a device ended.
    pub(super) fn device(&mut self, outcome: &DeviceOutcome) {
        let status = word(&outcome.status);
        let group = self.group(outcome.device.clone());
        group.count(of_device(outcome.status, &status), 1);
        group.duration(outcome.duration_us);
    }

    /// Counts how a device ended many times.
    pub(super) fn devices(
        &mut self,
        (device, status): (&str, DeviceStatus),
        count: u64,
        durations: &DurationSum,
    ) {
        let group = self.group(device.to_owned());
        group.count(of_device(status, &word(&status)), count);
        group.durations(&durations.sketch, durations.sum_us);
    }

    fn group(&mut self, key: String) -> &mut Measure {
        let groups = self.groups.entry(key);
        groups.or_insert_with(|| Measure::new(EXACT))
    }

    fn keys(&self, run: &Execution) -> Vec<String> {
        match &self.by {
            GroupBy::None | GroupBy::Device => Vec::new(),
            GroupBy::Hour => vec![self.time(run, "%Y-%m-%dT%H:00:00%:z")],
            GroupBy::Day => vec![self.time(run, "%Y-%m-%d")],
            GroupBy::Kind => vec![word(&run.kind)],
            GroupBy::Actor => vec![run.actor.clone()],
            GroupBy::Name => vec![run.name.clone()],
            GroupBy::ErrorKind => run.error_kinds.keys().map(ToString::to_string).collect(),
            GroupBy::Label(key) => run.labels.get(key).cloned().into_iter().collect(),
        }
    }

    fn time(&self, run: &Execution, format: &str) -> String {
        let at = run.created_at.to_zoned(self.zone.clone());
        at.strftime(format).to_string()
    }

    /// Sums up: times in their order, everything else by number, the greatest first.
    pub(super) fn figures(self) -> Vec<Group> {
        let in_order = matches!(self.by, GroupBy::Hour | GroupBy::Day);
        let summed = self.groups.into_iter().map(|(key, measure)| Group {
            key,
            figures: measure.figures(),
        });
        let mut groups: Vec<Group> = summed.collect();
        if !in_order {
            groups.sort_by_key(|group| std::cmp::Reverse(group.figures.total));
        }
        groups
    }
}

pub(super) fn of_run(status: ExecutionStatus, word: &str) -> Outcome<'_> {
    Outcome {
        status: word,
        ended: status.is_terminal(),
        succeeded: status == ExecutionStatus::Succeeded,
    }
}

fn of_device(status: DeviceStatus, word: &str) -> Outcome<'_> {
    Outcome {
        status: word,
        ended: status != DeviceStatus::Skipped,
        succeeded: matches!(status, DeviceStatus::Ok | DeviceStatus::Changed),
    }
}

/// Reads a time zone: a name of the IANA database or an offset such as `+02:00`; UTC when there is none.
///
/// # Errors
/// `InvalidInput`.
pub(super) fn zone(text: Option<&str>) -> Result<TimeZone> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    let Some(text) = text else {
        return Ok(TimeZone::UTC);
    };
    PARSER.parse_time_zone(text).map_err(|source| {
        Error::new(ErrorKind::InvalidInput, "not a time zone")
            .during("stats")
            .with("time_zone", text.escape_debug())
            .hint("write such as Europe/Berlin, +02:00 or UTC")
            .because(source)
    })
}
