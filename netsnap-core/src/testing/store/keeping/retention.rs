//! What retention removes, what it keeps, and what remains.

use super::history::{Past, hours_ago};
use crate::error::ErrorKind;
use crate::model::{DeviceStatus, Execution, ExecutionKind, ExecutionStatus};
use crate::store::audit::{Audit, AuditAction, AuditOptions};
use crate::store::remarks::{self, Author};
use crate::store::retention::{
    Newest, Per, PruneOptions, PruneReport, RetentionPolicy, TOMBSTONES, Tombstone, prune,
};
use crate::store::stats::{GroupBy, Stats, StatsOptions, latest_by_device, stats};
use crate::store::{Backend, Filter, Selection};
use crate::testing::store::{Store, fails_with};

pub(super) fn really(policy: RetentionPolicy) -> PruneOptions {
    PruneOptions {
        policy,
        dry_run: false,
        actor: "keeper".into(),
        reason: Some("the disk is small".into()),
        ..PruneOptions::default()
    }
}

pub(super) fn older_than(age: &str) -> RetentionPolicy {
    RetentionPolicy {
        older_than: Some(age.into()),
        ..RetentionPolicy::default()
    }
}

pub(super) async fn pruned(store: &dyn Backend, options: &PruneOptions) -> PruneReport {
    prune(store, options, &|_| ()).await.unwrap()
}

async fn put(store: &Store, runs: Vec<Past>) -> Vec<Execution> {
    let mut put = Vec::new();
    for past in runs {
        put.push(past.put(store).await);
    }
    put
}

/// The random parts of the ids of runs that are there, newest first.
pub(super) async fn left(store: &Store) -> Vec<u32> {
    let runs = store.select(&Selection::newest(10_000)).await.unwrap();
    let random = |run: Execution| u32::from_str_radix(&run.id.as_str()[23..], 16).unwrap();
    runs.into_iter().map(random).collect()
}

pub(super) async fn tombstones(store: &Store) -> Vec<Tombstone> {
    let entries = store.log(TOMBSTONES, 1, 100_000).await.unwrap();
    let read = entries
        .iter()
        .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap());
    read.collect()
}

/// Without a rule nothing goes, and a dry run, which is the default, names what a prune removes and removes nothing.
pub async fn a_dry_run_names_what_a_prune_removes(store: Store) {
    put(
        &store,
        (1..=6)
            .map(|day| hours_ago(i64::from(day) * 24, day))
            .collect(),
    )
    .await;
    let nothing = pruned(store.as_ref(), &really(RetentionPolicy::default())).await;
    assert_eq!((nothing.removed, left(&store).await.len()), (0, 6));
    let dry = PruneOptions {
        policy: older_than("84h"),
        ..PruneOptions::default()
    };
    let dry = pruned(store.as_ref(), &dry).await;
    assert!(dry.dry_run && left(&store).await.len() == 6 && tombstones(&store).await.is_empty());
    assert_eq!((dry.seen, dry.removed, dry.kept["not_due"]), (6, 3, 3));
    let done = pruned(store.as_ref(), &really(older_than("84h"))).await;
    assert_eq!(
        (&done.runs, done.bytes, &done.kept),
        (&dry.runs, dry.bytes, &dry.kept)
    );
    assert!(done.bytes > 0 && done.runs.is_sorted_by_key(|run| run.created_at));
    assert_eq!(left(&store).await, [1, 2, 3]);
    fails_with(
        prune(store.as_ref(), &really(older_than("soon")), &|_| ()).await,
        ErrorKind::InvalidInput,
    );
}

/// Whatever says remove, what one rule keeps stays.
pub async fn what_one_rule_keeps_stays(store: Store) {
    use ExecutionStatus::{Failed, Running, Succeeded};
    let day = |day: u32, status| hours_ago(i64::from(day) * 24, day).status(status);
    let grandparent = day(30, Succeeded);
    let parent = day(20, Succeeded).with(|run| run.parent = Some(grandparent.run.id.clone()));
    let child = day(19, Running).with(|run| run.parent = Some(parent.run.id.clone()));
    let last = day(15, Succeeded).with(|run| run.name = "weekly".into());
    let runs = vec![
        day(1, Succeeded),
        day(11, Failed),
        day(12, Succeeded),
        last,
        day(16, Failed).with(|run| run.name = "weekly".into()),
        day(17, Succeeded).with(|run| run.pinned = true),
        child,
        parent,
        day(29, Failed),
        grandparent,
    ];
    put(&store, runs).await;
    let policy = RetentionPolicy {
        keep_failed_for: Some("14d".into()),
        keep_last_success: vec![Per::Name],
        ..older_than("10d")
    };
    let report = pruned(store.as_ref(), &really(policy)).await;
    assert_eq!(left(&store).await, [1, 11, 15, 17, 19, 20, 30]);
    let kept: Vec<_> = report
        .kept
        .iter()
        .map(|(why, count)| (why.as_str(), *count))
        .collect();
    let expected = [
        ("keep_failed_for", 1),
        ("last_success", 2),
        ("parent_of_unfinished", 2),
        ("pinned", 1),
        ("unfinished", 1),
    ];
    assert_eq!(kept, expected);
    assert_eq!((report.removed, report.by_rule["older_than"]), (3, 3));
}

/// The newest of a store, kind, name, label or device are counted apart.
pub async fn the_newest_are_counted_per_group(store: Store) {
    let run = |hour: u32, kind, site: &str, device| {
        hours_ago(hour.into(), hour)
            .device(device, DeviceStatus::Ok)
            .with(|run| {
                run.kind = kind;
                run.labels.insert("site".into(), site.into());
            })
    };
    use ExecutionKind::{Collect, Deploy};
    let runs = vec![
        run(1, Collect, "north", "r1"),
        run(2, Collect, "north", "r2"),
        run(3, Deploy, "south", "r1"),
        run(4, Collect, "north", "r1"),
        run(5, Deploy, "north", "r3"),
    ];
    put(&store, runs).await;
    let gone = async |policy| {
        let dry = PruneOptions {
            policy,
            ..PruneOptions::default()
        };
        let report = pruned(store.as_ref(), &dry).await;
        let random = |id: &str| id[23..].trim_start_matches('0').parse::<u32>().unwrap();
        report
            .runs
            .iter()
            .map(|run| random(run.id.as_str()))
            .rev()
            .collect::<Vec<_>>()
    };
    let at_most = |count, per| RetentionPolicy {
        at_most: vec![Newest { count, per }],
        ..RetentionPolicy::default()
    };
    assert_eq!(gone(at_most(3, Per::Store)).await, [4, 5]);
    assert_eq!(gone(at_most(1, Per::Kind)).await, [2, 4, 5]);
    assert_eq!(gone(at_most(1, Per::Name)).await, [2, 3, 4, 5]);
    assert_eq!(gone(at_most(2, Per::Label("site".into()))).await, [4, 5]);
    assert_eq!(
        gone(at_most(0, Per::Label("none".into()))).await,
        [0_u32; 0]
    );
    assert_eq!(gone(at_most(1, Per::Device)).await, [3, 4]);
    let at_least = |per| RetentionPolicy {
        at_least: vec![Newest { count: 1, per }],
        ..older_than("1s")
    };
    assert_eq!(gone(at_least(Per::Kind)).await, [2, 4, 5]);
    assert_eq!(gone(at_least(Per::Device)).await, [3, 4]);
    let last = |per| RetentionPolicy {
        keep_last_success: vec![per],
        ..older_than("1s")
    };
    assert_eq!(gone(last(Per::Device)).await, [3, 4]);
    assert_eq!(gone(last(Per::Store)).await, [2, 3, 4, 5]);
    let only = RetentionPolicy {
        filter: Filter::Kind(vec![Deploy]),
        ..at_most(1, Per::Store)
    };
    assert_eq!(gone(only).await, [5]);
}

/// The oldest go until the rest fits; what is kept counts.
pub async fn bytes_are_limited_from_the_oldest_on(store: Store) {
    let runs = put(
        &store,
        (1..=6).map(|hour| hours_ago(hour.into(), hour)).collect(),
    )
    .await;
    let mut sizes = Vec::new();
    for run in &runs {
        sizes.push(store.size(&run.id).await.unwrap());
    }
    remarks::pin(store.as_ref(), &runs[5].id, &Author::new("ana"))
        .await
        .unwrap();
    let limit = |bytes| {
        really(RetentionPolicy {
            max_bytes: Some(bytes),
            ..RetentionPolicy::default()
        })
    };
    let all: u64 = sizes.iter().sum();
    assert_eq!(pruned(store.as_ref(), &limit(all * 2)).await.removed, 0);
    let report = pruned(store.as_ref(), &limit(all - sizes[4])).await;
    assert!(report.removed >= 1 && report.by_rule["max_bytes"] == report.removed);
    assert!(!left(&store).await.contains(&5) && left(&store).await.contains(&6));
    let report = pruned(store.as_ref(), &limit(0)).await;
    assert_eq!(left(&store).await, [6]);
    assert!(report.bytes_over > 0);
}

pub(super) async fn told(store: &Store, group_by: GroupBy) -> Stats {
    let options = StatsOptions {
        group_by,
        ..StatsOptions::default()
    };
    stats(store.as_ref(), &options).await.unwrap()
}

/// Makes two statistics comparable: percentiles of removed runs may be 1 % off, and streaks are of runs that are there.
fn without_percentiles(mut stats: Stats) -> (Stats, Vec<u64>) {
    let mut percentiles = Vec::new();
    let groups = stats.groups.iter_mut().map(|group| &mut group.figures);
    for figures in groups.chain([&mut stats.all]) {
        let durations = &mut figures.durations;
        percentiles.extend(
            [
                durations.p50_us.take(),
                durations.p95_us.take(),
                durations.p99_us.take(),
            ]
            .map(Option::unwrap),
        );
        durations.approximate = false;
    }
    stats.removed = 0;
    if let Some(health) = &mut stats.devices {
        health.longest_failing.clear();
        health.flapping.clear();
        for device in &mut health.devices {
            (
                device.failing_streak,
                device.longest_failing_streak,
                device.recent_changes,
            ) = (0, 0, 0);
        }
    }
    (stats, percentiles)
}

/// Figures are the same before and after runs are removed; percentiles at most 1 % off.
pub async fn figures_outlive_the_runs(store: Store) {
    let mut runs = Vec::new();
    for number in 1..=60_u32 {
        let status =
            [ExecutionStatus::Succeeded, ExecutionStatus::Failed][usize::from(number % 5 == 0)];
        let device = [DeviceStatus::Ok, DeviceStatus::Unreachable][usize::from(number % 5 == 0)];
        let past = hours_ago(i64::from(number) * 7, number)
            .status(status)
            .device("r1", device);
        runs.push(past.device("r2", DeviceStatus::Changed).with(|run| {
            run.kind =
                [ExecutionKind::Collect, ExecutionKind::Deploy][usize::from(number % 3 == 0)];
            run.actor = ["ana", "ben"][usize::from(number % 2 == 0)].into();
            run.name = format!("name {}", number % 4);
            run.labels
                .insert("site".into(), format!("site {}", number % 2));
            run.duration_us = Some(u64::from(number) * 1_000_003);
        }));
    }
    put(&store, runs).await;
    let questions = [
        GroupBy::None,
        GroupBy::Day,
        GroupBy::Hour,
        GroupBy::Kind,
        GroupBy::Actor,
        GroupBy::Device,
        GroupBy::ErrorKind,
        GroupBy::Name,
        GroupBy::Label("site".into()),
    ];
    let mut before = Vec::new();
    for question in &questions {
        before.push(told(&store, question.clone()).await);
    }
    let failed = StatsOptions {
        filter: Filter::Any(vec![
            Filter::Device("r?".into()),
            Filter::Name(crate::store::query::TextMatch::Contains("1".into())),
        ]),
        ..StatsOptions::default()
    };
    let filtered = stats(store.as_ref(), &failed).await.unwrap();
    let latest = latest_by_device(store.as_ref(), &Filter::default())
        .await
        .unwrap();
    for (step, age) in ["300h", "100h", "1h"].iter().enumerate() {
        pruned(store.as_ref(), &really(older_than(age))).await;
        let removed = tombstones(&store).await.len() as u64;
        for (question, before) in questions.iter().zip(&before) {
            let after = told(&store, question.clone()).await;
            assert_eq!(after.removed, removed, "{question:?} {step}");
            let (before, exact) = without_percentiles(before.clone());
            let (after, found) = without_percentiles(after);
            assert_eq!(after, before, "{question:?} {step}");
            for (exact, found) in exact.iter().zip(&found) {
                assert!(
                    found.abs_diff(*exact) * 100 <= exact * 101 / 100 + 100,
                    "{found} {exact}"
                );
            }
        }
        let after = stats(store.as_ref(), &failed).await.unwrap();
        assert_eq!(
            after.all, filtered.all,
            "single tombstones are as exact as runs"
        );
    }
    assert!(left(&store).await.is_empty());
    let after = latest_by_device(store.as_ref(), &Filter::default())
        .await
        .unwrap();
    for (before, after) in latest.iter().zip(&after) {
        assert_eq!(
            (&after.execution_id, after.status, after.removed),
            (&before.execution_id, before.status, true)
        );
    }
    assert_eq!(after.len(), 2);
}

/// What was removed leaves a tombstone and an entry in the audit log, with who, why and where the log ended.
pub async fn what_is_removed_leaves_a_tombstone(store: Store) {
    let past = hours_ago(50, 1)
        .device("r1", DeviceStatus::Failed)
        .with(|run| run.ticket = Some("NET-1".into()));
    let run = past.put(&store).await;
    let created = Audit::of(store.as_ref()).created(&run).await.unwrap();
    let bytes = store.size(&run.id).await.unwrap();
    pruned(store.as_ref(), &really(older_than("1d"))).await;
    let [tombstone] = tombstones(&store).await.try_into().unwrap();
    assert_eq!((&tombstone.execution.id, tombstone.bytes), (&run.id, bytes));
    assert_eq!(
        (tombstone.pruned_by.as_str(), tombstone.why.as_str()),
        ("keeper", "older_than")
    );
    assert_eq!(tombstone.audit_head, Some(created.anchor()));
    assert_eq!(tombstone.execution.ticket.as_deref(), Some("NET-1"));
    assert_eq!(
        tombstone.devices[0].error_kind,
        Some(ErrorKind::ConnectTimeout)
    );
    assert_eq!(tombstone.summary().devices.len(), 1);
    let page = Audit::of(store.as_ref())
        .entries(&AuditOptions::default())
        .await
        .unwrap();
    let entry = &page.items[0];
    assert_eq!(
        (entry.action, entry.object_id.as_str()),
        (AuditAction::Prune, run.id.as_str())
    );
    assert_eq!((entry.before, entry.after), (created.after, None));
    assert!(
        entry
            .reason
            .as_ref()
            .unwrap()
            .ends_with("the disk is small")
    );
}
