//! Runs of every kind, and which of them each condition means.

use jiff::Timestamp;

use super::{Store, later, time};
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::{
    DeviceSummary, Execution, ExecutionKind, ExecutionStatus, TaskCounters, Trigger,
};
use crate::store::Filter;
use crate::store::query::{CounterMatch, CounterName, LabelMatch, Range, TextMatch, TimeRange};

pub(super) const STATES: [ExecutionStatus; 8] = [
    ExecutionStatus::Queued,
    ExecutionStatus::Running,
    ExecutionStatus::Succeeded,
    ExecutionStatus::Partial,
    ExecutionStatus::Failed,
    ExecutionStatus::Cancelled,
    ExecutionStatus::TimedOut,
    ExecutionStatus::Interrupted,
];
const KINDS: [ExecutionKind; 3] = [
    ExecutionKind::Collect,
    ExecutionKind::Deploy,
    ExecutionKind::Playbook,
];
const TRIGGERS: [Trigger; 3] = [Trigger::Manual, Trigger::Schedule, Trigger::Event];
/// Names with what some language of patterns takes for a pattern, and with bytes beyond ASCII.
const NAMES: [&str; 5] = ["nightly core", "nightly edge", "Nightly", "", "100%_\\é'"];
pub(super) const RUNS: usize = 24;

fn base() -> Timestamp {
    time("2026-03-01T10:00:00Z")
}

pub(super) fn id(number: usize) -> ExecutionId {
    let created_at = later(base(), 700_000_000 * i64::try_from(number).unwrap());
    // The random part falls while the time rises.
    ExecutionId::new(created_at, u32::try_from(1000 - number).unwrap())
}

/// A run whose facts follow from its number.
pub(super) fn sample(number: usize) -> Execution {
    let created_at = later(base(), 700_000_000 * i64::try_from(number).unwrap());
    let mut run = Execution::new(id(number), created_at);
    run.status = STATES[number % 8];
    run.kind = KINDS[number % 3];
    run.trigger = TRIGGERS[number / 2 % 3];
    run.name = NAMES[number % 5].into();
    run.actor = format!("actor {}", number % 4);
    run.ticket = (number % 4 == 1).then(|| format!("CHG-{}", number / 4));
    run.job_id = (number % 5 == 2).then(|| format!("job {}", number % 2));
    run.parent = (number % 7 == 3).then(|| id(0));
    run.retry_of = (number % 9 == 4).then(|| id(1));
    run.tool = ["netsnap", "ansible"][usize::from(number % 6 == 5)].into();
    run.labels
        .insert("site".into(), ["north", "south", ""][number % 3].into());
    if number.is_multiple_of(4) {
        run.labels
            .insert("r\u{e9}gion %".into(), format!("'{}'", number % 8));
    }
    run.devices = (0..number % 3)
        .map(|device| device_of(number, device))
        .collect();
    run.pinned = number.is_multiple_of(5);
    run.dry_run = number % 6 == 1;
    run.archived = number % 7 == 2;
    run.incomplete = (number % 8 == 3).then(|| "cut".into());
    set_numbers(&mut run, number);
    run
}

/// Each number of tasks and bytes follows another rule, so that none is taken for another.
fn set_tasks(run: &mut Execution, count: u64) {
    run.results.tasks = TaskCounters {
        ok: count % 5,
        changed: count % 6,
        unreachable: count % 7,
        failed: count % 8,
        skipped: count % 9,
        rescued: count % 10,
        ignored: count % 11,
    };
    run.cost.bytes_in = count * 1_000_000_000_000;
    run.cost.bytes_out = if count == 13 { u64::MAX } else { count % 12 };
}

fn device_of(number: usize, device: usize) -> DeviceSummary {
    DeviceSummary {
        id: format!("id-{number}-{device}"),
        name: format!("core_{}.{device}", number % 4),
        ip: String::new(),
        platform: None,
    }
}

fn set_numbers(run: &mut Execution, number: usize) {
    let count = number as u64;
    run.results.total_devices = count % 3;
    run.results.failed_commands = count % 4;
    run.results.successful_commands = count;
    set_tasks(run, count);
    run.started_at = (!number.is_multiple_of(8)).then(|| later(run.created_at, 5));
    if run.status.is_terminal() {
        run.ended_at = Some(later(
            run.created_at,
            1_000_000_000 - 50_000_000 * i64::try_from(number).unwrap(),
        ));
        run.duration_us = Some(count % 5 * 1000);
    }
    if number % 3 == 1 {
        run.error_kinds.insert(ErrorKind::ConnectTimeout, 1);
    }
    if number % 6 == 4 {
        run.error_kinds.insert(ErrorKind::AuthenticationRejected, 2);
    }
}

pub(super) async fn populated(store: &Store) -> Vec<Execution> {
    let runs: Vec<Execution> = (0..RUNS).map(sample).collect();
    for run in &runs {
        store.create(run).await.unwrap();
    }
    runs
}

pub(super) fn text(text: &str) -> TextMatch {
    TextMatch::Equals(text.into())
}

pub(super) fn label(key: &str, equals: Option<&str>, one_of: Option<&[&str]>) -> Filter {
    Filter::Label(LabelMatch {
        key: key.into(),
        equals: equals.map(Into::into),
        one_of: one_of.map(|values| values.iter().map(|value| (*value).into()).collect()),
    })
}

fn range(at_least: Option<u64>, at_most: Option<u64>) -> Range {
    Range { at_least, at_most }
}

fn times(from: Option<Timestamp>, until: Option<Timestamp>) -> TimeRange {
    TimeRange {
        from,
        until,
        within: None,
    }
}

fn counter(name: CounterName, at_least: Option<u64>, at_most: Option<u64>) -> Filter {
    Filter::Counter(CounterMatch {
        name,
        at_least,
        at_most,
    })
}

/// A filter, and which numbers of [`sample`] it means.
pub(super) type Case = (Filter, fn(usize) -> bool);

fn case(filter: Filter, means: fn(usize) -> bool) -> Case {
    (filter, means)
}

fn text_cases() -> Vec<Case> {
    let some = |texts: &[&str]| TextMatch::In(texts.iter().map(|text| (*text).into()).collect());
    vec![
        case(Filter::Name(text("Nightly")), |n| n % 5 == 2),
        case(Filter::Name(text("nightly")), |_| false),
        case(Filter::Name(text("")), |n| n % 5 == 3),
        case(Filter::Name(some(&["Nightly", "", "x"])), |n| {
            n % 5 == 2 || n % 5 == 3
        }),
        case(Filter::Name(some(&[])), |_| false),
        case(
            Filter::Name(TextMatch::StartsWith("nightly ".into())),
            |n| n % 5 < 2,
        ),
        case(
            Filter::Name(TextMatch::StartsWith("NIGHTLY".into())),
            |_| false,
        ),
        case(Filter::Name(TextMatch::Contains("%_\\".into())), |n| {
            n % 5 == 4
        }),
        case(Filter::Name(TextMatch::Contains("_".into())), |n| {
            n % 5 == 4
        }),
        case(Filter::Name(TextMatch::Contains("é'".into())), |n| {
            n % 5 == 4
        }),
        case(Filter::Name(TextMatch::Contains(String::new())), |_| true),
        case(Filter::Actor(text("actor 2")), |n| n % 4 == 2),
        case(Filter::Ticket(TextMatch::StartsWith("CHG-1".into())), |n| {
            n == 5
        }),
        case(Filter::Ticket(TextMatch::Contains(String::new())), |n| {
            n % 4 == 1
        }),
        case(Filter::Job("job 1".into()), |n| n % 5 == 2 && n % 2 == 1),
        case(Filter::Tool("ansible".into()), |n| n % 6 == 5),
        case(label("site", None, None), |_| true),
        case(label("site", Some("south"), None), |n| n % 3 == 1),
        case(label("site", Some(""), None), |n| n % 3 == 2),
        case(label("site", None, Some(&["north", "south"])), |n| {
            n % 3 < 2
        }),
        case(label("site", None, Some(&[])), |_| false),
        case(label("site", Some("north"), Some(&["south"])), |_| false),
        case(label("r\u{e9}gion %", Some("'4'"), None), |n| n % 8 == 4),
        case(label("region", None, None), |_| false),
        case(Filter::Device("core_1.*".into()), |n| {
            n % 4 == 1 && n % 3 > 0
        }),
        case(Filter::Device("core?1.1".into()), |n| {
            n % 4 == 1 && n % 3 == 2
        }),
        case(Filter::Device("id-7-0".into()), |n| n == 7),
        case(Filter::Device("core_1".into()), |_| false),
        case(Filter::Device("*".into()), |n| n % 3 > 0),
    ]
}

fn set_cases() -> Vec<Case> {
    vec![
        case(
            Filter::Status(vec![ExecutionStatus::Failed, ExecutionStatus::Partial]),
            |n| n % 8 == 3 || n % 8 == 4,
        ),
        case(Filter::Status(Vec::new()), |_| false),
        case(Filter::Kind(vec![ExecutionKind::Deploy]), |n| n % 3 == 1),
        case(Filter::Kind(vec![ExecutionKind::Workflow]), |_| false),
        case(
            Filter::Trigger(vec![Trigger::Schedule, Trigger::Event]),
            |n| n / 2 % 3 > 0,
        ),
        case(Filter::Parent(id(0)), |n| n % 7 == 3),
        case(Filter::RetryOf(id(1)), |n| n % 9 == 4),
        case(Filter::Parent(id(1)), |_| false),
        case(Filter::ErrorKind(vec![ErrorKind::ConnectTimeout]), |n| {
            n % 3 == 1
        }),
        case(
            Filter::ErrorKind(vec![ErrorKind::AuthenticationRejected, ErrorKind::Drift]),
            |n| n % 6 == 4,
        ),
        case(Filter::ErrorKind(Vec::new()), |_| false),
        case(Filter::Pinned(true), |n| n % 5 == 0),
        case(Filter::Pinned(false), |n| n % 5 != 0),
        case(Filter::DryRun(true), |n| n % 6 == 1),
        case(Filter::Archived(true), |n| n % 7 == 2),
        case(Filter::Incomplete(true), |n| n % 8 == 3),
        case(Filter::Incomplete(false), |n| n % 8 != 3),
        case(Filter::All(Vec::new()), |_| true),
        case(Filter::Any(Vec::new()), |_| false),
    ]
}

fn number_cases() -> Vec<Case> {
    let created = |number| Some(sample(number).created_at);
    let at = |number| sample(number).ended_at;
    vec![
        case(Filter::Created(times(created(5), created(9))), |n| {
            (5..9).contains(&n)
        }),
        case(Filter::Created(times(None, created(3))), |n| n < 3),
        case(Filter::Created(TimeRange::default()), |_| true),
        case(Filter::Started(TimeRange::default()), |n| n % 8 != 0),
        case(Filter::Started(times(created(20), None)), |n| {
            n >= 20 && n % 8 != 0
        }),
        case(Filter::Ended(TimeRange::default()), |n| n % 8 > 1),
        case(Filter::Ended(times(at(10), at(11))), |n| n == 10),
        case(Filter::DurationUs(Range::default()), |n| n % 8 > 1),
        case(Filter::DurationUs(range(Some(2000), Some(3000))), |n| {
            n % 8 > 1 && (n % 5 == 2 || n % 5 == 3)
        }),
        case(counter(CounterName::TotalDevices, Some(2), None), |n| {
            n % 3 == 2
        }),
        case(counter(CounterName::FailedCommands, None, Some(0)), |n| {
            n % 4 == 0
        }),
        case(
            counter(CounterName::SuccessfulCommands, Some(7), Some(7)),
            |n| n == 7,
        ),
        case(
            counter(CounterName::SuccessfulCommands, Some(8), Some(7)),
            |_| false,
        ),
        case(counter(CounterName::ChangedDevices, None, None), |_| true),
        case(
            counter(CounterName::SkippedDevices, Some(u64::MAX), None),
            |_| false,
        ),
    ]
}

fn task_cases() -> Vec<Case> {
    let two = |name| counter(name, Some(2), Some(2));
    vec![
        case(two(CounterName::OkTasks), |n| n % 5 == 2),
        case(two(CounterName::ChangedTasks), |n| n % 6 == 2),
        case(two(CounterName::UnreachableTasks), |n| n % 7 == 2),
        case(two(CounterName::FailedTasks), |n| n % 8 == 2),
        case(two(CounterName::SkippedTasks), |n| n % 9 == 2),
        case(two(CounterName::RescuedTasks), |n| n % 10 == 2),
        case(two(CounterName::IgnoredTasks), |n| n % 11 == 2),
        case(counter(CounterName::FailedTasks, Some(1), None), |n| {
            n % 8 > 0
        }),
        case(counter(CounterName::RescuedTasks, None, Some(0)), |n| {
            n % 10 == 0
        }),
        case(
            counter(CounterName::BytesIn, Some(7_000_000_000_000), None),
            |n| n >= 7,
        ),
        case(counter(CounterName::BytesOut, Some(3), Some(11)), |n| {
            n % 12 >= 3 && n != 13
        }),
        case(counter(CounterName::BytesOut, Some(12), None), |n| n == 13),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    [text_cases(), set_cases(), number_cases(), task_cases()].concat()
}
