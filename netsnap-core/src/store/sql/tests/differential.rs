//! Does SQL choose what memory chooses? Random runs, random selections, on each database there is.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::{
    DeviceSummary, Execution, ExecutionKind, ExecutionStatus, TaskCounters, Trigger,
};
use crate::store::query::{
    CounterMatch, CounterName, Direction, LabelMatch, Range, SortBy, TextMatch, TimeRange,
};
use crate::store::sql::SqlStore;
use crate::store::{ExecutionStore as _, Filter, Position, Selection, Sort};

/// Few different texts, so that conditions meet, and the marks that databases give a meaning to.
const TEXTS: [&str; 14] = [
    "",
    "a",
    "A",
    "ab",
    "b%",
    "_",
    "a_b",
    "[a]",
    "a*b",
    "é",
    "\u{1F980}",
    "a\0b",
    "\\",
    "a?",
];
const PATTERNS: [&str; 14] = [
    "*", "?", "a*", "*b", "?b", "a", "[a]", "a_b", "*\\*", "??", "*%", "**", "a?b", "",
];

fn text() -> impl Strategy<Value = String> {
    prop::sample::select(&TEXTS[..]).prop_map(str::to_owned)
}

fn base() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

/// Few different times, within seconds and across them.
fn time() -> impl Strategy<Value = Timestamp> {
    (0..4_i64, 0..3_i64).prop_map(|(seconds, nanoseconds)| {
        base() + SignedDuration::new(seconds, i32::try_from(nanoseconds).unwrap())
    })
}

fn status() -> impl Strategy<Value = ExecutionStatus> {
    prop::sample::select(vec![
        ExecutionStatus::Queued,
        ExecutionStatus::Running,
        ExecutionStatus::Succeeded,
        ExecutionStatus::Failed,
        ExecutionStatus::Interrupted,
    ])
}

fn kind() -> impl Strategy<Value = ExecutionKind> {
    prop::sample::select(vec![
        ExecutionKind::Collect,
        ExecutionKind::Deploy,
        ExecutionKind::Custom,
    ])
}

fn trigger() -> impl Strategy<Value = Trigger> {
    prop::sample::select(vec![Trigger::Manual, Trigger::Schedule, Trigger::Retry])
}

fn error_kind() -> impl Strategy<Value = ErrorKind> {
    prop::sample::select(vec![ErrorKind::Unreachable, ErrorKind::Storage])
}

fn device() -> impl Strategy<Value = DeviceSummary> {
    (text(), text()).prop_map(|(id, name)| DeviceSummary {
        id,
        name,
        ip: String::new(),
        platform: None,
    })
}

fn id() -> impl Strategy<Value = ExecutionId> {
    (0..4_u32).prop_map(|random| ExecutionId::new(base(), random))
}

prop_compose! {
    fn outside()(
        name in text(), actor in text(), ticket in prop::option::of(text()), job in prop::option::of(text()),
        tool in text(), parent in prop::option::of(id()), retry_of in prop::option::of(id()),
        labels in prop::collection::btree_map(text(), text(), 0..3), devices in prop::collection::vec(device(), 0..3),
    ) -> Execution {
        Execution {
            name, actor, ticket, tool, parent, retry_of, labels, devices,
            job_id: job,
            ..Execution::new(ExecutionId::new(base(), 0), base())
        }
    }
}

/// Few different numbers, and such as a column has no room for.
fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..4_u64, 1 => Just(i64::MAX as u64), 1 => Just(u64::MAX)]
}

fn tasks() -> impl Strategy<Value = TaskCounters> {
    prop::array::uniform7(0..4_u64).prop_map(|numbers| TaskCounters {
        ok: numbers[0],
        changed: numbers[1],
        unreachable: numbers[2],
        failed: numbers[3],
        skipped: numbers[4],
        rescued: numbers[5],
        ignored: numbers[6],
    })
}

prop_compose! {
    fn run()(
        run in outside(), created_at in time(), random in 0..u32::MAX, status in status(), kind in kind(), trigger in trigger(),
        started_at in prop::option::of(time()), ended_at in prop::option::of(time()),
        duration_us in prop::option::of(0..5_u64), numbers in (0..3_u64, 0..3_u64), tasks in tasks(), bytes in (amount(), amount()),
        marks in prop::array::uniform4(prop::bool::weighted(0.3)),
        error_kinds in prop::collection::btree_map(error_kind(), 1..3_u64, 0..2),
    ) -> Execution {
        let mut run = Execution {
            id: ExecutionId::new(created_at, random),
            created_at, status, kind, trigger, started_at, ended_at, duration_us, error_kinds,
            pinned: marks[0],
            dry_run: marks[1],
            archived: marks[2],
            incomplete: marks[3].then(|| "lost".to_owned()),
            ..run
        };
        run.results.total_devices = numbers.0;
        run.results.failed_commands = numbers.1;
        run.results.tasks = tasks;
        run.cost.bytes_in = bytes.0;
        run.cost.bytes_out = bytes.1;
        run
    }
}

fn text_match() -> impl Strategy<Value = TextMatch> {
    prop_oneof![
        text().prop_map(TextMatch::Equals),
        prop::collection::vec(text(), 0..3).prop_map(TextMatch::In),
        text().prop_map(TextMatch::StartsWith),
        text().prop_map(TextMatch::Contains),
    ]
}

fn range() -> impl Strategy<Value = Range> {
    (prop::option::of(0..4_u64), prop::option::of(0..4_u64))
        .prop_map(|(at_least, at_most)| Range { at_least, at_most })
}

fn times() -> impl Strategy<Value = TimeRange> {
    (prop::option::of(time()), prop::option::of(time())).prop_map(|(from, until)| TimeRange {
        from,
        until,
        within: None,
    })
}

fn label() -> impl Strategy<Value = LabelMatch> {
    let values = prop::option::of(prop::collection::vec(text(), 0..3));
    (text(), prop::option::of(text()), values).prop_map(|(key, equals, one_of)| LabelMatch {
        key,
        equals,
        one_of,
    })
}

/// Most of them those that the runs have.
fn counter_name() -> impl Strategy<Value = CounterName> {
    let from = prop::sample::select(vec![0, 6]);
    from.prop_flat_map(|from| prop::sample::select(&CounterName::ALL[from..]))
}

fn counter() -> impl Strategy<Value = CounterMatch> {
    (counter_name(), range()).prop_map(|(name, range)| CounterMatch {
        name,
        at_least: range.at_least,
        at_most: range.at_most,
    })
}

fn leaf() -> impl Strategy<Value = Filter> {
    let sets = prop_oneof![
        prop::collection::vec(status(), 0..3).prop_map(Filter::Status),
        prop::collection::vec(kind(), 0..3).prop_map(Filter::Kind),
        prop::collection::vec(trigger(), 0..3).prop_map(Filter::Trigger),
        prop::collection::vec(error_kind(), 0..3).prop_map(Filter::ErrorKind),
    ];
    let texts = prop_oneof![
        text_match().prop_map(Filter::Name),
        text_match().prop_map(Filter::Actor),
        text_match().prop_map(Filter::Ticket),
        text().prop_map(Filter::Job),
        text().prop_map(Filter::Tool),
        label().prop_map(Filter::Label),
        prop::sample::select(&PATTERNS[..]).prop_map(|pattern| Filter::Device(pattern.to_owned())),
        id().prop_map(Filter::Parent),
        id().prop_map(Filter::RetryOf),
    ];
    let numbers = prop_oneof![
        times().prop_map(Filter::Created),
        times().prop_map(Filter::Started),
        times().prop_map(Filter::Ended),
        range().prop_map(Filter::DurationUs),
        counter().prop_map(Filter::Counter),
    ];
    let marks = prop_oneof![
        any::<bool>().prop_map(Filter::Pinned),
        any::<bool>().prop_map(Filter::DryRun),
        any::<bool>().prop_map(Filter::Archived),
        any::<bool>().prop_map(Filter::Incomplete),
    ];
    prop_oneof![sets, texts, numbers, marks]
}

fn filter() -> impl Strategy<Value = Filter> {
    leaf().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn sort() -> impl Strategy<Value = Sort> {
    let by = prop_oneof![
        2 => Just(SortBy::Created),
        1 => Just(SortBy::Ended),
        1 => Just(SortBy::Duration),
        1 => Just(SortBy::Name),
        2 => counter_name().prop_map(SortBy::Counter),
    ];
    let direction = prop::sample::select(vec![Direction::Ascending, Direction::Descending]);
    (by, direction).prop_map(|(by, direction)| Sort { by, direction })
}

/// A selection that goes on behind one of the runs, or behind a run that is not there.
fn selection() -> impl Strategy<Value = (Selection, Option<Result<usize, Execution>>)> {
    let after = prop_oneof![
        Just(None),
        (0..30_usize).prop_map(|place| Some(Ok(place))),
        run().prop_map(|run| Some(Err(run))),
    ];
    (filter(), sort(), after, 0..4_usize, 0..9_usize).prop_map(
        |(filter, sort, after, skip, limit)| {
            let selection = Selection {
                filter,
                sort,
                after: None,
                skip,
                limit,
            };
            (selection, after)
        },
    )
}

type Case = (
    Vec<Execution>,
    Vec<(Selection, Option<Result<usize, Execution>>)>,
);

fn case() -> impl Strategy<Value = Case> {
    let runs = prop::collection::vec(run(), 1..25);
    (runs, prop::collection::vec(selection(), 40))
}

async fn compare(store: &SqlStore, (mut runs, selections): Case) {
    runs.sort_by(|a, b| a.id.cmp(&b.id));
    runs.dedup_by(|a, b| a.id == b.id);
    for run in &runs {
        store.create(run).await.unwrap();
    }
    for (mut selection, after) in selections {
        let last = match &after {
            None => None,
            Some(Ok(place)) => Some(&runs[place % runs.len()]),
            Some(Err(run)) => Some(run),
        };
        selection.after = last.map(|run| Position::of(run, selection.sort.by));
        let expected: Vec<_> = selection.of(&runs).into_iter().cloned().collect();
        let found = store.select(&selection).await.unwrap();
        let ids = |runs: &[Execution]| runs.iter().map(|run| run.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&found), ids(&expected), "{selection:?}");
        assert_eq!(found, expected);
        let label = Some("a");
        let outlined: Vec<_> = expected.iter().map(|run| run.outline(label)).collect();
        assert_eq!(store.outlines(&selection, label).await.unwrap(), outlined);
        let all = runs
            .iter()
            .filter(|run| selection.filter.matches(run))
            .count() as u64;
        assert_eq!(store.count(&selection.filter, 1000).await.unwrap(), all);
        assert_eq!(store.count(&selection.filter, 2).await.unwrap(), all.min(2));
    }
    let ids: Vec<_> = runs.iter().map(|run| run.id.clone()).collect();
    store.delete(&ids).await.unwrap();
}

/// Runs cases, all in one store, which is emptied after each.
fn run_cases(cases: u32, store: impl AsyncFnOnce() -> Option<SqlStore>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let Some(store) = runtime.block_on(store()) else {
        return;
    };
    let config = ProptestConfig {
        max_shrink_iters: 200,
        ..ProptestConfig::with_cases(cases)
    };
    TestRunner::new(config)
        .run(&case(), |case| {
            let store = &store;
            let compared = std::panic::AssertUnwindSafe(|| runtime.block_on(compare(store, case)));
            std::panic::catch_unwind(compared).map_err(|panic| {
                let message = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                // What the failed case left would fail the next.
                runtime.block_on(clear(store));
                TestCaseError::fail(message)
            })
        })
        .unwrap();
}

async fn clear(store: &SqlStore) {
    let runs = store.select(&Selection::newest(1000)).await.unwrap();
    let ids: Vec<_> = runs.into_iter().map(|run| run.id).collect();
    store.delete(&ids).await.unwrap();
}

#[test]
fn sqlite_chooses_what_memory_chooses() {
    let folder = tempfile::tempdir().unwrap();
    run_cases(24, async || {
        Some(
            SqlStore::sqlite(folder.path().join("runs.db"))
                .await
                .unwrap(),
        )
    });
}

#[cfg(feature = "postgres")]
#[test]
fn postgres_chooses_what_memory_chooses() {
    let mut schema = None;
    run_cases(10, async || {
        schema = crate::store::sql::testing::Schema::new().await;
        let url = &schema.as_ref()?.url;
        Some(SqlStore::postgres(url).await.unwrap())
    });
}
