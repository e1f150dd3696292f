//! What is kept of a run in the index? Every fact that a filter or an order asks for, and nothing else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::Key;
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::{Execution, ExecutionKind, ExecutionStatus, Trigger};
use crate::store::query::CounterName;

/// A time as seconds and nanoseconds since 1970.
pub(super) type Instant = (i64, i32);

/// The numbers of a run, in the order of their names.
pub(super) type Counters = [u64; CounterName::ALL.len()];

/// A run as it stands in the file of the index. Lists stand there as JSON, so that equal ones are told by their text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row<'a> {
    pub(super) key: Key,
    pub(super) revision: u64,
    pub(super) created: Instant,
    pub(super) started: Option<Instant>,
    pub(super) ended: Option<Instant>,
    pub(super) duration_us: Option<u64>,
    pub(super) counters: Counters,
    pub(super) flags: Flags,
    /// A [`Words`].
    #[serde(borrow)]
    pub(super) words: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) actor: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) tool: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) job: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) ticket: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) parent: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) retry_of: Option<Cow<'a, str>>,
    /// Ids and names, each once: a JSON array.
    #[serde(borrow)]
    pub(super) devices: Cow<'a, str>,
    /// A JSON object.
    #[serde(borrow)]
    pub(super) labels: Cow<'a, str>,
}

/// What is true of a run or not, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Flags(u8);

impl Flags {
    pub(super) const PINNED: Self = Self(1);
    pub(super) const DRY_RUN: Self = Self(2);
    pub(super) const ARCHIVED: Self = Self(4);
    pub(super) const INCOMPLETE: Self = Self(8);

    fn of(run: &Execution) -> Self {
        let all = [
            (Self::PINNED, run.pinned),
            (Self::DRY_RUN, run.dry_run),
            (Self::ARCHIVED, run.archived),
            (Self::INCOMPLETE, run.incomplete.is_some()),
        ];
        let set = all.into_iter().filter(|(_, set)| *set);
        Self(set.fold(0, |bits, (flag, _)| bits | flag.0))
    }

    /// Says whether a flag is set.
    pub(super) fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }
}

/// What a run has one of few of. Written as words, so that the order of an enum may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Words {
    pub(super) kind: ExecutionKind,
    pub(super) status: ExecutionStatus,
    pub(super) trigger: Trigger,
    pub(super) errors: Vec<ErrorKind>,
}

impl Row<'_> {
    /// Takes the facts from a summary.
    pub(super) fn of(run: &Execution) -> Row<'_> {
        let names: BTreeSet<&str> = run
            .devices
            .iter()
            .flat_map(|device| [device.id.as_str(), device.name.as_str()])
            .collect();
        let words = Words {
            kind: run.kind,
            status: run.status,
            trigger: run.trigger,
            errors: run.error_kinds.keys().copied().collect(),
        };
        let id = |id: &'_ Option<ExecutionId>| id.as_ref().map(|id| id.to_string().into());
        Row {
            key: Key::of(&run.id),
            revision: run.revision,
            created: instant(run.created_at),
            started: run.started_at.map(instant),
            ended: run.ended_at.map(instant),
            duration_us: run.duration_us,
            counters: CounterName::ALL.map(|name| name.of(run)),
            flags: Flags::of(run),
            words: json(&words).into(),
            name: run.name.as_str().into(),
            actor: run.actor.as_str().into(),
            tool: run.tool.as_str().into(),
            job: run.job_id.as_deref().map(Cow::from),
            ticket: run.ticket.as_deref().map(Cow::from),
            parent: id(&run.parent),
            retry_of: id(&run.retry_of),
            devices: json(&names).into(),
            labels: json(&run.labels).into(),
        }
    }

    pub(super) fn created(&self) -> Timestamp {
        timestamp(self.created)
    }

    pub(super) fn started(&self) -> Option<Timestamp> {
        self.started.map(timestamp)
    }

    pub(super) fn ended(&self) -> Option<Timestamp> {
        self.ended.map(timestamp)
    }
}

/// The lists of a row, read.
pub(super) fn words(text: &str) -> Option<Words> {
    serde_json::from_str(text).ok()
}

pub(super) fn devices(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

pub(super) fn labels(text: &str) -> BTreeMap<String, String> {
    serde_json::from_str(text).unwrap_or_default()
}

pub(super) fn instant(at: Timestamp) -> Instant {
    (at.as_second(), at.subsec_nanosecond())
}

fn timestamp((second, nanosecond): Instant) -> Timestamp {
    // Written from a time, under a checksum.
    Timestamp::new(second, nanosecond).unwrap_or_default()
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("lists of texts are JSON")
}

/// One entry of the file of the index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Entry<'a> {
    /// The summary of a run is about to be replaced: until its row comes, the folder alone knows.
    Intent(Key),
    /// A run as it stands now.
    #[serde(borrow)]
    Put(Box<Row<'a>>),
    /// A run went away.
    Gone(Key),
    /// A change of ours led the folder of the runs from one version to the next.
    Folder(super::Version, super::Version),
}
