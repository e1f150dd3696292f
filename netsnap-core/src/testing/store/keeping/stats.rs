//! Statistics over runs that are there.

use std::sync::Arc;

use async_trait::async_trait;

use super::history::{at, hours_ago};
use crate::error::{ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceStatus, Execution, ExecutionKind, ExecutionStatus};
use crate::store::metrics::metrics;
use crate::store::retention::{PruneOptions, RetentionPolicy, prune};
use crate::store::stats::{GroupBy, Stats, StatsOptions, latest_by_device, stats};
use crate::store::{Backend, Filter, Front, Selection, query::TextMatch};
use crate::testing::store::random::Random;
use crate::testing::store::{Store, fails_with, time};

fn by(group_by: GroupBy) -> StatsOptions {
    StatsOptions {
        group_by,
        ..StatsOptions::default()
    }
}

async fn of(store: &Store, options: &StatsOptions) -> Stats {
    stats(store.as_ref(), options).await.unwrap()
}

fn keys(stats: &Stats) -> Vec<(&str, u64)> {
    let groups = stats.groups.iter();
    groups
        .map(|group| (group.key.as_str(), group.figures.total))
        .collect()
}

/// Runs are counted by state; the rate is of those that ended; durations are exact.
pub async fn stats_count_states_and_durations(store: Store) {
    let empty = of(&store, &StatsOptions::default()).await;
    assert_eq!((empty.all.total, empty.all.success_rate), (0, None));
    for number in 1..=100 {
        let status = match number {
            1..=60 => ExecutionStatus::Succeeded,
            61..=90 => ExecutionStatus::Failed,
            _ => ExecutionStatus::Partial,
        };
        let past = hours_ago(number.into(), number).status(status);
        let past = past.with(|run| run.duration_us = Some(u64::from(number) * 1000));
        past.put(&store).await;
    }
    hours_ago(0, 101)
        .status(ExecutionStatus::Running)
        .put(&store)
        .await;
    let all = of(&store, &StatsOptions::default()).await;
    assert_eq!(
        (all.all.total, all.all.ended, all.all.succeeded),
        (101, 100, 60)
    );
    assert_eq!(all.all.success_rate, Some(0.6));
    let count = |status: &str| all.all.by_status.get(status).copied();
    assert_eq!(
        [count("failed"), count("partial"), count("running")],
        [Some(30), Some(10), Some(1)]
    );
    let durations = all.all.durations;
    assert_eq!((durations.count, durations.mean_us), (100, Some(50_500)));
    let percentiles = [durations.p50_us, durations.p95_us, durations.p99_us];
    assert_eq!(percentiles, [Some(50_000), Some(95_000), Some(99_000)]);
    assert!(!durations.approximate);
    let failed = StatsOptions {
        filter: Filter::Status(vec![ExecutionStatus::Failed]),
        ..StatsOptions::default()
    };
    assert_eq!(of(&store, &failed).await.all.success_rate, Some(0.0));
}

/// Groups are those of their key; times in their order and in the zone that was asked for.
pub async fn stats_group_by_what_is_asked(store: Store) {
    let times = [
        "2026-03-01T22:30:00Z",
        "2026-03-01T23:30:00Z",
        "2026-03-02T00:30:00Z",
    ];
    for (number, created_at) in (0..).zip(times) {
        let past = at(time(created_at), number).with(|run| {
            run.kind = [ExecutionKind::Collect, ExecutionKind::Deploy][usize::from(number > 1)];
            run.actor = ["ana", "ben", "ana"][number as usize].into();
            run.name = format!("name {number}");
            run.labels.insert(
                "site".into(),
                ["north", "south", "north"][number as usize].into(),
            );
        });
        let status = [
            DeviceStatus::Ok,
            DeviceStatus::Failed,
            DeviceStatus::Skipped,
        ][number as usize];
        past.device("r1", status)
            .device("r2", DeviceStatus::Changed)
            .put(&store)
            .await;
    }
    let days = of(&store, &by(GroupBy::Day)).await;
    assert_eq!(keys(&days), [("2026-03-01", 2), ("2026-03-02", 1)]);
    let berlin = StatsOptions {
        time_zone: Some("+01:00".into()),
        ..by(GroupBy::Day)
    };
    assert_eq!(
        keys(&of(&store, &berlin).await),
        [("2026-03-01", 1), ("2026-03-02", 2)]
    );
    let hours = StatsOptions {
        time_zone: Some("+01:00".into()),
        ..by(GroupBy::Hour)
    };
    let hours = of(&store, &hours).await;
    assert_eq!(keys(&hours)[0], ("2026-03-01T23:00:00+01:00", 1));
    assert_eq!(
        keys(&of(&store, &by(GroupBy::Kind)).await),
        [("collect", 2), ("deploy", 1)]
    );
    assert_eq!(
        keys(&of(&store, &by(GroupBy::Actor)).await),
        [("ana", 2), ("ben", 1)]
    );
    let sites = GroupBy::Label("site".into());
    assert_eq!(
        keys(&of(&store, &by(sites)).await),
        [("north", 2), ("south", 1)]
    );
    assert!(keys(&of(&store, &by(GroupBy::Label("none".into()))).await).is_empty());
    assert_eq!(
        keys(&of(&store, &by(GroupBy::ErrorKind)).await),
        [("connect_timeout", 1)]
    );
    let devices = of(&store, &by(GroupBy::Device)).await;
    assert_eq!(keys(&devices), [("r1", 3), ("r2", 3)]);
    assert_eq!(devices.groups[0].figures.success_rate, Some(0.5));
    assert_eq!(devices.groups[1].figures.success_rate, Some(1.0));
    let few = StatsOptions {
        groups: 2,
        ..by(GroupBy::Name)
    };
    let few = of(&store, &few).await;
    assert_eq!((few.groups.len(), few.groups_left_off), (2, 1));
    let nowhere = StatsOptions {
        time_zone: Some("Nowhere/Land".into()),
        ..by(GroupBy::Day)
    };
    fails_with(
        stats(store.as_ref(), &nowhere).await,
        ErrorKind::InvalidInput,
    );
}

/// Streaks, flapping and last results of devices are told.
pub async fn stats_tell_how_devices_fare(store: Store) {
    use DeviceStatus::{Failed, Ok, Skipped, Unreachable};
    // The newest run first.
    let dead = [
        Failed,
        Unreachable,
        Skipped,
        Failed,
        Ok,
        Failed,
        Ok,
        Ok,
        Ok,
        Ok,
    ];
    let flaps = [Ok, Failed, Ok, Failed, Ok, Failed, Ok, Ok, Ok, Ok];
    let never = [Failed; 10];
    let mut ids = Vec::new();
    for hour in 0..10_u8 {
        let place = usize::from(hour);
        let past = hours_ago(i64::from(hour) + 1, hour.into()).device("dead", dead[place]);
        let past = past
            .device("flaps", flaps[place])
            .device("never", never[place]);
        ids.push(past.device("well", Ok).put(&store).await.id);
    }
    let health = of(&store, &StatsOptions::default()).await.devices.unwrap();
    let figures = |name: &str| {
        let found = health.devices.iter().find(|one| one.device == name);
        found.unwrap().clone()
    };
    let dead = figures("dead");
    assert_eq!((dead.total, dead.failed, dead.failing_streak), (9, 4, 3));
    assert_eq!(dead.last_success.unwrap().execution_id, ids[4]);
    let failure = dead.last_failure.unwrap();
    assert_eq!(
        (failure.execution_id, failure.error_kind),
        (ids[0].clone(), Some(ErrorKind::ConnectTimeout))
    );
    let never = figures("never");
    assert_eq!(
        (
            never.failing_streak,
            never.longest_failing_streak,
            never.last_success
        ),
        (10, 10, None)
    );
    assert_eq!(
        (
            figures("flaps").recent_changes,
            figures("flaps").failing_streak
        ),
        (6, 0)
    );
    assert_eq!(health.devices[0].device, "never");
    assert_eq!(health.longest_failing, ["never", "dead", "flaps"]);
    assert_eq!(health.flapping, ["flaps"]);
    assert_eq!(health.never_succeeded, ["never"]);
    assert_eq!(health.known, 4);
    let none = StatsOptions {
        devices: 0,
        ..StatsOptions::default()
    };
    assert_eq!(of(&store, &none).await.devices, None);
}

/// Each device is shown with its newest run, a running one included.
pub async fn the_latest_run_of_each_device_is_told(store: Store) {
    let old = hours_ago(3, 1)
        .device("r1", DeviceStatus::Ok)
        .device("r2", DeviceStatus::Ok);
    old.put(&store).await;
    let failed = hours_ago(2, 2)
        .device("r1", DeviceStatus::Failed)
        .put(&store)
        .await;
    let mut running = hours_ago(1, 3)
        .status(ExecutionStatus::Running)
        .device("r2", DeviceStatus::Ok);
    running.devices.clear();
    running.put(&store).await;
    let latest = latest_by_device(store.as_ref(), &Filter::default())
        .await
        .unwrap();
    let [r1, r2] = latest.try_into().unwrap();
    assert_eq!((r1.device.as_str(), &r1.execution_id), ("r1", &failed.id));
    assert_eq!(
        (r1.status, r1.error_kind),
        (Some(DeviceStatus::Failed), Some(ErrorKind::ConnectTimeout))
    );
    assert!(r1.error.unwrap().message.contains("did not answer"));
    assert_eq!((r2.run_status, r2.status), (ExecutionStatus::Running, None));
    let nobody = Filter::Actor(TextMatch::Equals("eve".into()));
    assert!(
        latest_by_device(store.as_ref(), &nobody)
            .await
            .unwrap()
            .is_empty()
    );
}

/// Answers what is counted from whole summaries, one run after the other: the yardstick of stores that keep it beside them.
#[derive(Debug)]
struct Read(Store);

#[async_trait]
impl Front for Read {
    fn behind(&self) -> &dyn Backend {
        self.0.as_ref()
    }

    async fn outlines(&self, selection: &Selection, label: Option<&str>) -> Result<Vec<Execution>> {
        let runs = self.0.select(selection).await?;
        Ok(runs.iter().map(|run| run.outline(label)).collect())
    }

    async fn results_of(&self, ids: &[ExecutionId]) -> Result<Vec<Option<Vec<DeviceResult>>>> {
        let mut results = Vec::new();
        for id in ids {
            match self.0.device_results(id).await {
                Err(error) if error.kind() == ErrorKind::NotFound => results.push(None),
                read => results.push(Some(read?)),
            }
        }
        Ok(results)
    }
}

const TEXTS: [&str; 5] = ["", "a", "a%_\u{0}b", "\u{1F980}", "ä\\"];

const STATES: [ExecutionStatus; 5] = [
    ExecutionStatus::Succeeded,
    ExecutionStatus::Failed,
    ExecutionStatus::Partial,
    ExecutionStatus::Running,
    ExecutionStatus::Interrupted,
];
const ENDED: [DeviceStatus; 5] = [
    DeviceStatus::Ok,
    DeviceStatus::Changed,
    DeviceStatus::Failed,
    DeviceStatus::Unreachable,
    DeviceStatus::Skipped,
];

async fn put_random(store: &Store, count: u32) {
    let mut random = Random::new(7);
    for number in 0..count {
        let hours = i64::try_from(random.below(72)).unwrap();
        let past = hours_ago(hours, number).status(*random.pick(&STATES));
        let mut past = past.with(|run| fill(run, &mut random));
        for device in ["r1", "r2", "r3"] {
            if !random.once_in(3) {
                past = past.device(device, *random.pick(&ENDED));
            }
        }
        past.put(store).await;
    }
}

fn fill(run: &mut Execution, random: &mut Random) {
    run.kind = *random.pick(&[ExecutionKind::Collect, ExecutionKind::Deploy]);
    run.name = (*random.pick(&TEXTS)).to_owned();
    run.actor = (*random.pick(&TEXTS)).to_owned();
    run.duration_us = (!random.once_in(4)).then(|| random.number() % 9_000_000_000);
    for key in TEXTS {
        if random.once_in(2) {
            let value = (*random.pick(&TEXTS)).to_owned();
            run.labels.insert(key.into(), value);
        }
    }
    for kind in [ErrorKind::Unreachable, ErrorKind::Storage] {
        if random.once_in(3) {
            run.error_kinds.insert(kind, 3);
        }
    }
}

/// What is counted beside the summaries is what is counted from them: with removed runs, and without.
pub async fn what_is_counted_is_what_the_summaries_say(store: Store) {
    put_random(&store, 120).await;
    let read = Read(Arc::clone(&store));
    assert_counted_as_read(store.as_ref(), &read).await;
    let options = PruneOptions {
        policy: RetentionPolicy {
            older_than: Some("48h".into()),
            ..RetentionPolicy::default()
        },
        dry_run: false,
        ..PruneOptions::default()
    };
    assert!(
        prune(store.as_ref(), &options, &|_| ())
            .await
            .unwrap()
            .removed
            > 10
    );
    assert_counted_as_read(store.as_ref(), &read).await;
}

async fn assert_counted_as_read(store: &dyn Backend, read: &dyn Backend) {
    let groups = [
        GroupBy::None,
        GroupBy::Hour,
        GroupBy::Day,
        GroupBy::Kind,
        GroupBy::Actor,
        GroupBy::Device,
        GroupBy::ErrorKind,
        GroupBy::Name,
        GroupBy::Label("a".into()),
        GroupBy::Label(String::new()),
    ];
    let filters = [
        Filter::default(),
        Filter::Status(vec![ExecutionStatus::Failed, ExecutionStatus::Running]),
        Filter::Device("r[12]".into()),
        Filter::Not(Box::new(Filter::ErrorKind(vec![ErrorKind::Unreachable]))),
        Filter::Any(vec![
            Filter::Name(TextMatch::Contains("%".into())),
            Filter::Kind(vec![ExecutionKind::Deploy]),
        ]),
    ];
    for group_by in groups {
        for filter in &filters {
            for devices in [0, 10] {
                let options = StatsOptions {
                    filter: filter.clone(),
                    group_by: group_by.clone(),
                    time_zone: Some("Asia/Kathmandu".into()),
                    groups: 1000,
                    devices,
                };
                let expected = stats(read, &options).await.unwrap();
                assert_eq!(
                    stats(store, &options).await.unwrap(),
                    expected,
                    "{options:?}"
                );
            }
        }
    }
    let counted = async |store| {
        let text = metrics(store).await.unwrap();
        let lines = text.lines().filter(|line| line.starts_with("netsnap_exec"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let expected = counted(read).await;
    assert!(expected.len() > 20);
    assert_eq!(counted(store).await, expected);
}
