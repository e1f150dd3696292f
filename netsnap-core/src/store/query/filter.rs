//! Which runs are meant? One tree of conditions, the same words in every language and on every backend.
//!
//! As JSON each node is an object with one field: `{"all": [{"status": ["failed", "partial"]}, {"label": {"key": "site",
//! "equals": "north"}}, {"not": {"device": "lab-*"}}]}`.

use std::str::FromStr as _;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{ExecutionKind, ExecutionStatus, Trigger};

/// A condition on runs. What a run does not have matches nothing: a run without an end stands in no range of ends, and
/// [`Not`](Self::Not) is the plain opposite.
///
/// Text is compared byte by byte, so upper and lower case differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
#[non_exhaustive]
pub enum Filter {
    /// Every one of these; true for none.
    All(Vec<Self>),
    /// At least one of these; false for none.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// In one of these states.
    Status(Vec<ExecutionStatus>),
    /// Of one of these kinds.
    Kind(Vec<ExecutionKind>),
    /// With such a name.
    Name(TextMatch),
    /// With such a label.
    Label(LabelMatch),
    /// With at least one device whose id or name fits: `*` stands for any characters, `?` for one, every other character for itself.
    /// There are no sets such as `[ab]` or `{a,b}`, and upper and lower case differ.
    Device(String),
    /// Asked for by this actor.
    Actor(TextMatch),
    /// Set going by one of these.
    Trigger(Vec<Trigger>),
    /// Of such a ticket.
    Ticket(TextMatch),
    /// Of this job.
    Job(String),
    /// Started by this run.
    Parent(ExecutionId),
    /// A repetition of this run.
    RetryOf(ExecutionId),
    /// Of this tool.
    Tool(String),
    /// With a device that ended with one of these kinds of error.
    ErrorKind(Vec<ErrorKind>),
    /// Created in this time.
    Created(TimeRange),
    /// Started in this time.
    Started(TimeRange),
    /// Ended in this time.
    Ended(TimeRange),
    /// Of such a duration, in microseconds.
    DurationUs(Range),
    /// With such a number.
    Counter(CounterMatch),
    /// That retention must keep, or may remove.
    Pinned(bool),
    /// That only tried, or did.
    DryRun(bool),
    /// Whose outputs are compressed, or not.
    Archived(bool),
    /// Whose record misses something, or nothing.
    Incomplete(bool),
}

impl Default for Filter {
    /// Every run.
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// A condition on a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextMatch {
    /// Exactly this.
    Equals(String),
    /// One of these.
    In(Vec<String>),
    /// Beginning with this.
    StartsWith(String),
    /// Containing this.
    Contains(String),
}

/// A condition on a label. With neither `equals` nor `in` the label only has to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelMatch {
    /// The label's name.
    pub key: String,
    /// Its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<String>,
    /// One of these is its value.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "in")]
    pub one_of: Option<Vec<String>>,
}

/// A time range, `from` included, `until` excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimeRange {
    /// The first instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The first instant behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The last days, hours or minutes up to now: `7d`, `36h`, `90 minutes`, `P7D`. A day has 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// A range of numbers, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Range {
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// The greatest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

impl Range {
    /// Says whether a number is in the range.
    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        self.at_least.is_none_or(|least| least <= number)
            && self.at_most.is_none_or(|most| number <= most)
    }
}

/// A condition on one of the numbers of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterMatch {
    /// Which number.
    pub name: CounterName,
    /// The least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

impl CounterMatch {
    /// The range that it asks for.
    #[must_use]
    pub fn range(&self) -> Range {
        Range {
            at_least: self.at_least,
            at_most: self.at_most,
        }
    }
}

/// The numbers of a run; see [`Counters`](crate::model::Counters), [`TaskCounters`](crate::model::TaskCounters) and
/// [`Cost`](crate::model::Cost).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterName {
    /// Devices of the run.
    TotalDevices,
    /// Devices that are done.
    CompletedDevices,
    /// Devices that did not end well.
    FailedDevices,
    /// Devices that were changed.
    ChangedDevices,
    /// Devices that were not reached.
    UnreachableDevices,
    /// Devices that were not tried.
    SkippedDevices,
    /// Commands answered or given up.
    TotalCommands,
    /// Commands answered and not refused.
    SuccessfulCommands,
    /// Commands refused or given up.
    FailedCommands,
    /// Tasks that ended well.
    OkTasks,
    /// Tasks that changed something.
    ChangedTasks,
    /// Tasks whose host was not reached.
    UnreachableTasks,
    /// Tasks that failed.
    FailedTasks,
    /// Tasks that were not tried.
    SkippedTasks,
    /// Tasks that failed, and a rescue followed.
    RescuedTasks,
    /// Tasks that failed, and that was to be ignored.
    IgnoredTasks,
    /// Bytes of the outputs that devices sent.
    BytesIn,
    /// Bytes of the commands that were sent to devices.
    BytesOut,
}

impl CounterName {
    /// Every number there is, in the order of their declaration.
    pub const ALL: [Self; 18] = [
        Self::TotalDevices,
        Self::CompletedDevices,
        Self::FailedDevices,
        Self::ChangedDevices,
        Self::UnreachableDevices,
        Self::SkippedDevices,
        Self::TotalCommands,
        Self::SuccessfulCommands,
        Self::FailedCommands,
        Self::OkTasks,
        Self::ChangedTasks,
        Self::UnreachableTasks,
        Self::FailedTasks,
        Self::SkippedTasks,
        Self::RescuedTasks,
        Self::IgnoredTasks,
        Self::BytesIn,
        Self::BytesOut,
    ];

    /// Where it stands among [all](Self::ALL).
    pub(in crate::store) fn place(self) -> usize {
        self as usize
    }
}

impl Filter {
    /// Returns the filter with its relative times made absolute, so that every page of one walk means the same.
    ///
    /// # Errors
    /// `InvalidInput` for a time that cannot be read, or a range whose two beginnings contradict each other.
    pub fn at(&self, now: Timestamp) -> Result<Self> {
        let each = |filters: &[Self]| -> Result<Vec<Self>> {
            filters.iter().map(|filter| filter.at(now)).collect()
        };
        Ok(match self {
            Self::All(filters) => Self::All(each(filters)?),
            Self::Any(filters) => Self::Any(each(filters)?),
            Self::Not(filter) => Self::Not(Box::new(filter.at(now)?)),
            Self::Created(range) => Self::Created(range.at(now)?),
            Self::Started(range) => Self::Started(range.at(now)?),
            Self::Ended(range) => Self::Ended(range.at(now)?),
            other => other.clone(),
        })
    }

    /// Says whether it lets every run through.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(filters) if filters.iter().all(Self::is_everything))
    }
}

impl TimeRange {
    /// Makes a relative range absolute.
    pub(in crate::store) fn at(&self, now: Timestamp) -> Result<Self> {
        let Some(within) = &self.within else {
            return Ok(self.clone());
        };
        if self.from.is_some() {
            return Err(bad("a range has either `from` or `within`", within));
        }
        let from = now.checked_sub(length(within)?).unwrap_or(Timestamp::MIN);
        Ok(Self {
            from: Some(from),
            until: self.until,
            within: None,
        })
    }

    /// Says whether a time is in an absolute range.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// Reads a length of time such as `7d`, with days of 24 hours.
///
/// # Errors
/// `InvalidInput`.
pub fn length(text: &str) -> Result<SignedDuration> {
    let span = jiff::Span::from_str(text.trim())
        .map_err(|error| bad("not a length of time", text).because(error))?;
    let length = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .map_err(|error| bad("not a length of time in days or less", text).because(error))?;
    if length.is_negative() {
        return Err(bad("a length of time is not negative", text));
    }
    Ok(length)
}

fn bad(what: &'static str, text: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, what)
        .during("store.filter")
        .with("text", text.escape_debug())
        .hint("write such as 7d, 36h or 90m")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = TextMatch> {
        prop_oneof![
            any::<String>().prop_map(TextMatch::Equals),
            any::<Vec<String>>().prop_map(TextMatch::In),
            any::<String>().prop_map(TextMatch::StartsWith),
            any::<String>().prop_map(TextMatch::Contains),
        ]
    }

    fn times() -> impl Strategy<Value = TimeRange> {
        let at = || {
            proptest::option::of(any::<i32>()).prop_map(|at| {
                at.map(|second| Timestamp::new(i64::from(second), second / 3).unwrap())
            })
        };
        (at(), at(), any::<Option<String>>()).prop_map(|(from, until, within)| TimeRange {
            from,
            until,
            within,
        })
    }

    fn label() -> impl Strategy<Value = Filter> {
        let parts = (
            any::<String>(),
            any::<Option<String>>(),
            any::<Option<Vec<String>>>(),
        );
        parts.prop_map(|(key, equals, one_of)| {
            Filter::Label(LabelMatch {
                key,
                equals,
                one_of,
            })
        })
    }

    fn number() -> impl Strategy<Value = Filter> {
        let parts = (
            0..CounterName::ALL.len(),
            any::<Option<u64>>(),
            any::<Option<u64>>(),
        );
        parts.prop_flat_map(|(name, at_least, at_most)| {
            let name = CounterName::ALL[name];
            prop_oneof![
                Just(Filter::DurationUs(Range { at_least, at_most })),
                Just(Filter::Counter(CounterMatch {
                    name,
                    at_least,
                    at_most
                })),
            ]
        })
    }

    fn leaf() -> impl Strategy<Value = Filter> {
        let id = any::<u32>().prop_map(|random| ExecutionId::new(Timestamp::UNIX_EPOCH, random));
        let kinds = proptest::sample::subsequence(ErrorKind::ALL, 0..4);
        prop_oneof![
            text().prop_map(Filter::Name),
            text().prop_map(Filter::Actor),
            text().prop_map(Filter::Ticket),
            label(),
            number(),
            any::<String>().prop_map(Filter::Device),
            any::<String>().prop_map(Filter::Job),
            any::<String>().prop_map(Filter::Tool),
            id.clone().prop_map(Filter::Parent),
            id.prop_map(Filter::RetryOf),
            kinds.prop_map(Filter::ErrorKind),
            times().prop_map(Filter::Created),
            times().prop_map(Filter::Started),
            times().prop_map(Filter::Ended),
            any::<bool>().prop_map(Filter::Pinned),
            any::<bool>().prop_map(Filter::DryRun),
            any::<bool>().prop_map(Filter::Archived),
            any::<bool>().prop_map(Filter::Incomplete),
            Just(Filter::Status(vec![ExecutionStatus::TimedOut])),
            Just(Filter::Kind(vec![ExecutionKind::Playbook])),
            Just(Filter::Trigger(vec![Trigger::Api, Trigger::Event])),
        ]
    }

    fn tree() -> impl Strategy<Value = Filter> {
        leaf().prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::All),
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::Any),
                inner.prop_map(|filter| Filter::Not(Box::new(filter))),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_filter_comes_back_from_its_json(filter in tree()) {
            let written = serde_json::to_string(&filter).unwrap();
            prop_assert_eq!(serde_json::from_str::<Filter>(&written).unwrap(), filter);
        }
    }

    #[test]
    fn a_filter_reads_as_people_write_it() {
        let text = r#"{"all":[{"status":["failed","partial"]},{"name":{"starts_with":"nightly"}},
            {"label":{"key":"site","in":["north"]}},{"not":{"device":"lab-*"}},{"created":{"within":"7d"}},
            {"counter":{"name":"failed_devices","at_least":1}},{"counter":{"name":"rescued_tasks","at_most":0}},{"error_kind":["connect_timeout"]},{"pinned":true}]}"#;
        let filter: Filter = serde_json::from_str(text).unwrap();
        let written = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<Filter>(&written).unwrap(), filter);
        for wrong in [
            r#"{"state":["failed"]}"#,
            r#"{"label":{"key":"a","is":"b"}}"#,
            r#"{"status":["broken"]}"#,
        ] {
            assert!(serde_json::from_str::<Filter>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_number_stands_in_its_place() {
        let places = CounterName::ALL.map(CounterName::place);
        assert_eq!(places, std::array::from_fn(|place| place));
    }

    #[test]
    fn relative_times_become_absolute_once() {
        let now: Timestamp = "2026-03-08T10:00:00Z".parse().unwrap();
        for (within, from) in [
            ("7d", "2026-03-01T10:00:00Z"),
            ("36h", "2026-03-06T22:00:00Z"),
            ("90 minutes", "2026-03-08T08:30:00Z"),
            ("P1D", "2026-03-07T10:00:00Z"),
        ] {
            let range = TimeRange {
                within: Some(within.into()),
                ..TimeRange::default()
            };
            assert_eq!(range.at(now).unwrap().from, Some(from.parse().unwrap()));
        }
        let long = TimeRange {
            within: Some("7000000d".into()),
            ..TimeRange::default()
        };
        assert_eq!(long.at(now).unwrap().from, Some(Timestamp::MIN));
        for wrong in ["", "soon", "-3d", "1 month", "9999999999999d"] {
            let kind = length(wrong).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::InvalidInput, "{wrong}");
        }
    }
}
