//! Finding runs: filters, orders, pages.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::random::Random;
use super::{Store, fails_with, later, time};
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::{DeviceSummary, Execution, ExecutionKind, ExecutionStatus, Trigger};
use crate::store::query::{
    CounterMatch, CounterName, LabelMatch, Range, TextMatch, TimeRange,
};
use crate::store::{
    Direction, Filter, ListOptions, Selection, Sort, SortBy, SortKey, list,
};

const STATES: [ExecutionStatus; 8] = [
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
const RUNS: usize = 24;

fn base() -> Timestamp {
    time("2026-03-01T10:00:00Z")
}

fn id(number: usize) -> ExecutionId {
    let created_at = later(base(), 700_000_000 * i64::try_from(number).unwrap());
    // The random part falls while the time rises.
    ExecutionId::new(created_at, u32::try_from(1000 - number).unwrap())
}

/// A run whose facts follow from its number.
fn sample(number: usize) -> Execution {
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
    run.labels.insert("site".into(), ["north", "south", ""][number % 3].into());
    if number % 4 == 0 {
        run.labels.insert("r\u{e9}gion %".into(), format!("'{}'", number % 8));
    }
    run.devices = (0..number % 3).map(|device| device_of(number, device)).collect();
    run.pinned = number % 5 == 0;
    run.dry_run = number % 6 == 1;
    run.archived = number % 7 == 2;
    run.incomplete = (number % 8 == 3).then(|| "cut".into());
    set_numbers(&mut run, number);
    run
}

fn device_of(number: usize, device: usize) -> DeviceSummary {
    DeviceSummary {
        id: format!("id-{number}-{device}"),
        name: format!("core_{}.{device}", number % 4),
        ip: String::new(),
    }
}

fn set_numbers(run: &mut Execution, number: usize) {
    let count = number as u64;
    run.results.total_devices = count % 3;
    run.results.failed_commands = count % 4;
    run.results.successful_commands = count;
    run.started_at = (number % 8 != 0).then(|| later(run.created_at, 5));
    if run.status.is_terminal() {
        run.ended_at = Some(later(run.created_at, 1_000_000_000 - 50_000_000 * i64::try_from(number).unwrap()));
        run.duration_us = Some(count % 5 * 1000);
    }
    if number % 3 == 1 {
        run.error_kinds.insert(ErrorKind::ConnectTimeout, 1);
    }
    if number % 6 == 4 {
        run.error_kinds.insert(ErrorKind::AuthenticationRejected, 2);
    }
}

async fn populated(store: &Store) -> Vec<Execution> {
    let runs: Vec<Execution> = (0..RUNS).map(sample).collect();
    for run in &runs {
        store.create(run).await.unwrap();
    }
    runs
}

fn text(text: &str) -> TextMatch {
    TextMatch::Equals(text.into())
}

fn label(key: &str, equals: Option<&str>, one_of: Option<&[&str]>) -> Filter {
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
        case(Filter::Name(some(&["Nightly", "", "x"])), |n| n % 5 == 2 || n % 5 == 3),
        case(Filter::Name(some(&[])), |_| false),
        case(Filter::Name(TextMatch::StartsWith("nightly ".into())), |n| n % 5 < 2),
        case(Filter::Name(TextMatch::StartsWith("NIGHTLY".into())), |_| false),
        case(Filter::Name(TextMatch::Contains("%_\\".into())), |n| n % 5 == 4),
        case(Filter::Name(TextMatch::Contains("_".into())), |n| n % 5 == 4),
        case(Filter::Name(TextMatch::Contains("é'".into())), |n| n % 5 == 4),
        case(Filter::Name(TextMatch::Contains(String::new())), |_| true),
        case(Filter::Actor(text("actor 2")), |n| n % 4 == 2),
        case(Filter::Ticket(TextMatch::StartsWith("CHG-1".into())), |n| n == 5),
        case(Filter::Ticket(TextMatch::Contains(String::new())), |n| n % 4 == 1),
        case(Filter::Job("job 1".into()), |n| n % 5 == 2 && n % 2 == 1),
        case(Filter::Tool("ansible".into()), |n| n % 6 == 5),
        case(label("site", None, None), |_| true),
        case(label("site", Some("south"), None), |n| n % 3 == 1),
        case(label("site", Some(""), None), |n| n % 3 == 2),
        case(label("site", None, Some(&["north", "south"])), |n| n % 3 < 2),
        case(label("site", None, Some(&[])), |_| false),
        case(label("site", Some("north"), Some(&["south"])), |_| false),
        case(label("r\u{e9}gion %", Some("'4'"), None), |n| n % 8 == 4),
        case(label("region", None, None), |_| false),
        case(Filter::Device("core_1.*".into()), |n| n % 4 == 1 && n % 3 > 0),
        case(Filter::Device("core?1.1".into()), |n| n % 4 == 1 && n % 3 == 2),
        case(Filter::Device("id-7-0".into()), |n| n == 7),
        case(Filter::Device("core_1".into()), |_| false),
        case(Filter::Device("*".into()), |n| n % 3 > 0),
    ]
}

fn set_cases() -> Vec<Case> {
    vec![
        case(Filter::Status(vec![ExecutionStatus::Failed, ExecutionStatus::Partial]), |n| {
            n % 8 == 3 || n % 8 == 4
        }),
        case(Filter::Status(Vec::new()), |_| false),
        case(Filter::Kind(vec![ExecutionKind::Deploy]), |n| n % 3 == 1),
        case(Filter::Kind(vec![ExecutionKind::Workflow]), |_| false),
        case(Filter::Trigger(vec![Trigger::Schedule, Trigger::Event]), |n| n / 2 % 3 > 0),
        case(Filter::Parent(id(0)), |n| n % 7 == 3),
        case(Filter::RetryOf(id(1)), |n| n % 9 == 4),
        case(Filter::Parent(id(1)), |_| false),
        case(Filter::ErrorKind(vec![ErrorKind::ConnectTimeout]), |n| n % 3 == 1),
        case(Filter::ErrorKind(vec![ErrorKind::AuthenticationRejected, ErrorKind::Drift]), |n| {
            n % 6 == 4
        }),
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
        case(Filter::Created(times(created(5), created(9))), |n| (5..9).contains(&n)),
        case(Filter::Created(times(None, created(3))), |n| n < 3),
        case(Filter::Created(TimeRange::default()), |_| true),
        case(Filter::Started(TimeRange::default()), |n| n % 8 != 0),
        case(Filter::Started(times(created(20), None)), |n| n >= 20 && n % 8 != 0),
        case(Filter::Ended(TimeRange::default()), |n| n % 8 > 1),
        case(Filter::Ended(times(at(10), at(11))), |n| n == 10),
        case(Filter::DurationUs(Range::default()), |n| n % 8 > 1),
        case(Filter::DurationUs(range(Some(2000), Some(3000))), |n| {
            n % 8 > 1 && (n % 5 == 2 || n % 5 == 3)
        }),
        case(counter(CounterName::TotalDevices, Some(2), None), |n| n % 3 == 2),
        case(counter(CounterName::FailedCommands, None, Some(0)), |n| n % 4 == 0),
        case(counter(CounterName::SuccessfulCommands, Some(7), Some(7)), |n| n == 7),
        case(counter(CounterName::SuccessfulCommands, Some(8), Some(7)), |_| false),
        case(counter(CounterName::ChangedDevices, None, None), |_| true),
        case(counter(CounterName::SkippedDevices, Some(u64::MAX), None), |_| false),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    [text_cases(), set_cases(), number_cases()].concat()
}

async fn found(store: &Store, filter: Filter) -> BTreeSet<ExecutionId> {
    let selection = Selection::newest(usize::MAX).filter(filter);
    let runs = store.select(&selection).await.unwrap();
    runs.into_iter().map(|run| run.id).collect()
}

/// Every condition finds exactly the runs that it means, and its opposite all others: what a run does not have matches nothing.
pub async fn each_filter_finds_what_it_means(store: Store) {
    populated(&store).await;
    for (filter, means) in cases() {
        let of = |wanted: bool| (0..RUNS).filter(|n| means(*n) == wanted).map(id).collect::<BTreeSet<_>>();
        assert_eq!(found(&store, filter.clone()).await, of(true), "{filter:?}");
        let opposite = Filter::Not(Box::new(filter.clone()));
        assert_eq!(found(&store, opposite).await, of(false), "not {filter:?}");
        let count = store.count(&filter, u64::MAX).await.unwrap();
        assert_eq!(count, of(true).len() as u64, "{filter:?}");
    }
}

/// Conditions that are joined at random find what each run by itself says, in every order, behind any run.
pub async fn joined_filters_find_what_each_run_says(store: Store) {
    let runs = populated(&store).await;
    let cases = cases();
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let selection = selection(&mut random, &cases, &runs);
        let expected: Vec<Execution> = selection.of(&runs).into_iter().cloned().collect();
        let found = store.select(&selection).await.unwrap();
        assert_eq!(found, expected, "seed {seed}: {selection:?}");
        let count = store.count(&selection.filter, 7).await.unwrap();
        let fitting = runs.iter().filter(|run| selection.filter.matches(run)).count();
        assert_eq!(count, fitting.min(7) as u64, "seed {seed}: {selection:?}");
    }
}

pub(super) fn selection(random: &mut Random, cases: &[Case], runs: &[Execution]) -> Selection {
    let selection = Selection {
        filter: joined(random, cases, 3),
        sort: *random.pick(&sorts()),
        after: None,
        skip: random.below(4),
        limit: random.below(RUNS),
    };
    match random.once_in(2) {
        true => selection.after(random.pick(runs)),
        false => selection,
    }
}

fn joined(random: &mut Random, cases: &[Case], depth: usize) -> Filter {
    let some = |random: &mut Random| -> Vec<Filter> {
        (0..random.below(4)).map(|_| joined(random, cases, depth - 1)).collect()
    };
    match random.below(if depth == 0 { 1 } else { 5 }) {
        0 => random.pick(cases).0.clone(),
        1 => Filter::Not(Box::new(joined(random, cases, depth - 1))),
        2 | 3 => Filter::Any(some(random)),
        _ => Filter::All(some(random)),
    }
}

fn sorts() -> Vec<Sort> {
    let by = [SortBy::Created, SortBy::Ended, SortBy::Duration, SortBy::Name];
    let directions = [Direction::Descending, Direction::Ascending];
    let each = by.into_iter();
    each.flat_map(|by| directions.map(|direction| Sort { by, direction })).collect()
}

/// A walk by cursors visits every run once, in every order, though runs of the same key stand on its page breaks.
pub async fn a_walk_visits_each_run_once_in_every_order(store: Store) {
    let runs = populated(&store).await;
    for sort in sorts() {
        let mut options = ListOptions {
            sort,
            limit: 5,
            filter: Filter::Not(Box::new(Filter::Tool("ansible".into()))),
            ..ListOptions::default()
        };
        let all = Selection { sort, limit: RUNS, filter: options.filter.clone(), ..Selection::default() };
        let expected: Vec<Execution> = all.of(&runs).into_iter().cloned().collect();
        let mut walked = Vec::new();
        loop {
            let page = list(store.as_ref(), &options).await.unwrap();
            walked.extend(page.items);
            options.cursor = page.cursor;
            if options.cursor.is_none() {
                break;
            }
        }
        assert_eq!(walked, expected, "{sort:?}");
    }
}

/// Runs that begin meanwhile, before and behind where a walk stands, take no run from it and add none twice.
pub async fn a_sorted_walk_is_steady_while_runs_begin(store: Store) {
    let there: BTreeSet<ExecutionId> = populated(&store).await.into_iter().map(|run| run.id).collect();
    let sort = Sort { by: SortBy::Name, direction: Direction::Ascending };
    let mut options = ListOptions { sort, limit: 4, ..ListOptions::default() };
    let mut seen = Vec::new();
    for number in 100.. {
        let page = list(store.as_ref(), &options).await.unwrap();
        seen.extend(page.items.into_iter().map(|run| run.id));
        options.cursor = page.cursor;
        if options.cursor.is_none() {
            break;
        }
        for name in ["", "zzz"] {
            let mut new = sample(number + 50 * name.len());
            new.name = name.into();
            store.create(&new).await.unwrap();
        }
    }
    let once: BTreeSet<ExecutionId> = seen.iter().cloned().collect();
    assert_eq!(once.len(), seen.len(), "a run came twice");
    assert!(once.is_superset(&there), "a run was left out");
}

/// Pages have numbers, and a total says how many there are, up to the number that was asked for.
pub async fn pages_have_numbers_and_a_total(store: Store) {
    let mut runs = populated(&store).await;
    runs.reverse();
    let options = |page, count_up_to| ListOptions { limit: 10, page: Some(page), count_up_to, ..ListOptions::default() };
    for page in 1..=4 {
        let listed = list(store.as_ref(), &options(page, Some(100))).await.unwrap();
        let start = RUNS.min(10 * (page - 1));
        assert_eq!(listed.items, runs[start..RUNS.min(start + 10)]);
        assert_eq!(listed.cursor.is_some(), page < 3);
        let total = listed.total.unwrap();
        assert_eq!((total.count, total.capped, total.pages), (24, false, 3));
    }
    for (cap, capped, pages) in [(24, false, 3), (23, true, 3), (10, true, 1), (0, true, 0)] {
        let total = list(store.as_ref(), &options(1, Some(cap))).await.unwrap().total.unwrap();
        assert_eq!((total.count, total.capped, total.pages), (cap, capped, pages));
    }
    assert_eq!(list(store.as_ref(), &options(1, None)).await.unwrap().total, None);
    fails_with(list(store.as_ref(), &options(0, None)).await, ErrorKind::InvalidInput);
    fails_with(list(store.as_ref(), &options(usize::MAX, None)).await, ErrorKind::InvalidInput);
}

/// A cursor goes on with its own list, and with no other.
pub async fn a_cursor_of_another_list_is_refused(store: Store) {
    populated(&store).await;
    let options = ListOptions { limit: 3, filter: Filter::Pinned(false), ..ListOptions::default() };
    let cursor = list(store.as_ref(), &options).await.unwrap().cursor;
    assert!(cursor.is_some());
    let mut others = vec![ListOptions { filter: Filter::Pinned(true), ..options.clone() }];
    others.extend(sorts()[1..].iter().map(|sort| ListOptions { sort: *sort, ..options.clone() }));
    others.push(ListOptions { page: Some(2), ..options.clone() });
    for mut other in others {
        other.cursor.clone_from(&cursor);
        fails_with(list(store.as_ref(), &other).await, ErrorKind::InvalidInput);
    }
    let larger = ListOptions { cursor, limit: 100, ..options };
    let rest = list(store.as_ref(), &larger).await.unwrap();
    assert!(rest.items.len() > 3 && rest.cursor.is_none());
}

/// Changes of a run move it in and out of what filters find, and in orders, at once.
pub async fn a_changed_run_is_found_as_it_is_now(store: Store) {
    let mut run = populated(&store).await.swap_remove(1);
    for (number, status) in STATES[2..4].iter().enumerate() {
        // Only the first change may end the run; remarks follow.
        if number == 0 {
            run.status = *status;
            run.name = "changed".into();
            run.duration_us = Some(99_000_000);
        }
        run.labels.insert("note".into(), format!("{number}"));
        run.pinned = number == 1;
        run = store.update(&run).await.unwrap();
        let mine: BTreeSet<ExecutionId> = [run.id.clone()].into();
        let note = label("note", Some(&number.to_string()), None);
        assert_eq!(found(&store, note).await, mine);
        assert_eq!(found(&store, Filter::Name(text("changed"))).await, mine);
        assert_eq!(found(&store, Filter::Pinned(true)).await.contains(&run.id), run.pinned);
        let longest = Selection {
            sort: Sort { by: SortBy::Duration, direction: Direction::Descending },
            ..Selection::newest(1)
        };
        assert_eq!(store.select(&longest).await.unwrap(), [run.clone()]);
        assert_eq!(SortBy::Duration.key(&run), SortKey::Number(99_000_000));
    }
}
