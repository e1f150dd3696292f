//! Clocks that are set back, stand still or run ahead: what was recorded stays in order, and nothing took a negative time.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::broadcast;

use super::{Store, output, time};
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceStatus, Execution, ExecutionStatus};
use crate::rerun::{Pace, replay};
use crate::store::audit::{Audit, AuditOptions};
use crate::store::exchange::{ImportOptions, import_text};
use crate::store::query::TimeRange;
use crate::store::retention::{
    ArchiveOptions, PruneOptions, RetentionPolicy, TOMBSTONES, Tombstone, archive, prune,
};
use crate::store::stats::{StatsOptions, stats};
use crate::store::verify::{VerifyOptions, verify};
use crate::store::{
    Backend, Direction, Durability, Filter, Front, ListOptions, NewExecution, Recorder, follow,
    list, recover,
};

/// Stands before a store, with a clock that is set by hand.
#[derive(Debug)]
pub struct Clocked {
    inner: Store,
    now: Mutex<Timestamp>,
}

impl Clocked {
    /// Puts itself before a store.
    #[must_use]
    pub fn new(inner: Store, now: Timestamp) -> Self {
        let now = Mutex::new(now);
        Self { inner, now }
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

#[async_trait]
impl Front for Clocked {
    fn behind(&self) -> &dyn Backend {
        self.inner.as_ref()
    }

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const NOON: &str = "2026-03-01T12:00:00Z";

/// A time some minutes behind noon, or before it.
fn minutes(minutes: i64) -> Timestamp {
    time(NOON) + SignedDuration::from_mins(minutes)
}

fn clocked(store: &Store) -> (Arc<Clocked>, Store) {
    let clock = Arc::new(Clocked::new(Arc::clone(store), minutes(0)));
    (Arc::clone(&clock), clock)
}

async fn begun(store: &Store) -> Recorder {
    let (bus, _) = broadcast::channel(64);
    Recorder::begin(Arc::clone(store), NewExecution::default(), bus)
        .await
        .unwrap()
}

async fn ended(recorder: &Recorder) -> Execution {
    let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
    ended.unwrap()
}

/// Records a run during which the clock is set forward and back.
async fn record(clock: &Clocked, store: &Store) -> Execution {
    let recorder = begun(store).await;
    for (place, minute) in [5, -60, -30, 1].into_iter().enumerate() {
        clock.set(minutes(minute));
        let note = NewEvent::new(EventKind::Note, format!("note {place}"));
        recorder.event(note, Durability::Durable).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    clock.set(minutes(-90));
    recorder
        .untold_output(output("r1", "show", b"text"))
        .await
        .unwrap();
    let result = DeviceResult::new("r1", DeviceStatus::Ok);
    recorder.untold_device_results(&[result]).await.unwrap();
    ended(&recorder).await
}

/// Events stand, are followed and are replayed in the order in which they were recorded; the run took as long as it took.
pub async fn a_clock_that_is_set_back_changes_no_order_and_no_duration(store: Store) {
    let (clock, store) = clocked(&store);
    let started = Instant::now();
    let run = record(&clock, &store).await;
    let took = started.elapsed();
    assert!(run.ended_at < run.started_at, "times are as the clock said");
    let duration = Duration::from_micros(run.duration_us.unwrap());
    assert!(Duration::from_millis(20) <= duration && duration <= took);
    let log = store.events(&run.id, 1, 100).await.unwrap();
    assert!(log.iter().map(|event| event.sequence).eq(1..=6));
    let texts: Vec<&str> = log[1..5].iter().map(|event| event.text.as_str()).collect();
    assert_eq!(texts, ["note 0", "note 1", "note 2", "note 3"]);
    assert_eq!((log[1].at, log[2].at), (minutes(5), minutes(-60)));
    let followed = follow(Arc::clone(&store), run.id.clone(), 1);
    let followed: Vec<_> = followed.try_collect().await.unwrap();
    assert_eq!(followed, log);
    // Recorded to have taken more than two hours, on a clock that ran so far.
    let past = replay(Arc::clone(&store), &run.id, Pace::Faster(1e6));
    let replayed: Vec<_> = past.await.unwrap().events(1).collect().await;
    let replayed: Vec<_> = replayed.into_iter().map(|event| event.unwrap()).collect();
    assert_eq!(replayed, log);
    let figures = stats(store.as_ref(), &StatsOptions::default()).await;
    let longest = figures.unwrap().all.durations.p99_us;
    assert_eq!(longest, run.duration_us);
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// In one second that does not end, or comes again and again, no two runs get the same name, and a walk meets each of them once.
pub async fn ids_are_unique_while_a_clock_repeats_itself(store: Store) {
    let (clock, store) = clocked(&store);
    let mut ids = BTreeSet::new();
    let mut walk = ListOptions {
        limit: 7,
        ..ListOptions::default()
    };
    for minute in [0, 1, 0, -1, 0] {
        clock.set(minutes(minute));
        let many = (0..8).map(|_| begun(&store));
        for recorder in futures_util::future::join_all(many).await {
            assert!(ids.insert(recorder.id().clone()));
            ended(&recorder).await;
        }
    }
    let mut met = Vec::new();
    loop {
        clock.set(minutes(met.len() as i64 * -11));
        let page = list(store.as_ref(), &walk).await.unwrap();
        met.extend(page.items.into_iter().map(|run| run.id));
        walk.cursor = page.cursor;
        if walk.cursor.is_none() {
            break;
        }
    }
    met.sort();
    assert_eq!(met, Vec::from_iter(ids));
}

fn within(length: &str) -> TimeRange {
    TimeRange {
        within: Some(length.into()),
        ..TimeRange::default()
    }
}

async fn found(store: &Store, length: &str) -> BTreeSet<ExecutionId> {
    let options = ListOptions {
        filter: Filter::Created(within(length)),
        ..ListOptions::default()
    };
    let page = list(store.as_ref(), &options).await.unwrap();
    page.items.into_iter().map(|run| run.id).collect()
}

/// A run that was recorded while the clock ran ahead belongs to the last hours, is not old, and hides no other.
pub async fn relative_times_hold_when_a_clock_is_set_back(store: Store) {
    let (clock, store) = clocked(&store);
    let mut ids = Vec::new();
    for minute in [-180, 600, -60, 0] {
        clock.set(minutes(minute));
        let recorder = begun(&store).await;
        ids.push(ended(&recorder).await.id);
    }
    let [old, ahead, recent, now] = ids.try_into().unwrap();
    let lately = BTreeSet::from([ahead.clone(), recent.clone(), now.clone()]);
    assert_eq!(found(&store, "2h").await, lately);
    assert_eq!(found(&store, "10m").await, [ahead, now].into());
    assert!(found(&store, "4h").await.contains(&old));
    // Who did it stands in the order in which it was done.
    let options = AuditOptions {
        direction: Direction::Ascending,
        ..AuditOptions::default()
    };
    let entries = Audit::of(store.as_ref()).entries(&options).await;
    let entries = entries.unwrap();
    let numbers = entries.items.iter().map(|entry| entry.number);
    assert!(numbers.eq(1..=8));
    let lately = AuditOptions {
        at: within("2h"),
        ..AuditOptions::default()
    };
    let entries = Audit::of(store.as_ref()).entries(&lately).await.unwrap();
    assert_eq!(entries.items.len(), 6);
}

/// Runs that were recorded when the clock of the store said so are as old as that clock says: what is pruned and compressed by age, and
/// when, is asked of it alone.
pub async fn retention_asks_the_clock_of_the_store(store: Store) {
    let (clock, store) = clocked(&store);
    let run = ended(&begun(&store).await).await;
    clock.set(minutes(60));
    let seen = async |dry_run: bool| {
        let policy = RetentionPolicy {
            older_than: Some("2h".into()),
            filter: Filter::Created(within("4h")),
            ..RetentionPolicy::default()
        };
        let options = PruneOptions {
            policy,
            dry_run,
            ..PruneOptions::default()
        };
        let report = prune(store.as_ref(), &options, &|_| ()).await.unwrap();
        (report.seen, report.removed)
    };
    let compressed = async || {
        let options = ArchiveOptions {
            older_than: Some("2h".into()),
            filter: Filter::Ended(within("4h")),
            ..ArchiveOptions::default()
        };
        let report = archive(store.as_ref(), &options, &|_| ()).await;
        report.unwrap().archived
    };
    assert_eq!((seen(true).await, compressed().await), ((1, 0), 0));
    clock.set(minutes(180));
    assert_eq!((seen(true).await, compressed().await), ((1, 1), 1));
    clock.set(minutes(300));
    assert_eq!((seen(true).await, compressed().await), ((0, 0), 0));
    clock.set(minutes(180));
    assert_eq!(seen(false).await, (1, 1));
    let tombstones = store.log(TOMBSTONES, 1, 9).await.unwrap();
    let buried: Tombstone = serde_json::from_slice(&tombstones[0].1).unwrap();
    assert_eq!(buried.execution.id, run.id);
    assert_eq!(buried.pruned_at, minutes(180));
}

/// What an import remarks, and when a run came to be that does not say it itself, is asked of the clock of the store.
pub async fn an_import_asks_the_clock_of_the_store(store: Store) {
    const RECAP: &str = "PLAY RECAP ****\nr1 : ok=1 changed=0 unreachable=0 failed=0\n";
    let (clock, store) = clocked(&store);
    clock.set(minutes(7));
    let report = import_text(&store, RECAP, &ImportOptions::default(), &|_| ()).await;
    let id = &report.unwrap().imported[0].execution;
    let run = store.load(id).await.unwrap();
    assert_eq!(run.created_at, minutes(7));
    assert_eq!(run.annotations[0].at, minutes(7));
}

/// A run that seems to be of tomorrow is removed by no age, and one of a dead process ends before it began, without a duration.
pub async fn a_run_of_tomorrow_is_kept_and_can_be_ended(store: Store) {
    let (clock, store) = clocked(&store);
    clock.set(Timestamp::now() + SignedDuration::from_hours(24));
    let recorder = begun(&store).await;
    let tomorrow = ended(&recorder).await;
    let mut owner = store.owner();
    owner.process = u32::MAX - 1;
    owner.session = owner.session.wrapping_neg();
    let at = store.now();
    let lost = Execution {
        owner: Some(owner),
        started_at: Some(at),
        ..Execution::new(ExecutionId::new(at, 7), at)
    };
    store.create(&lost).await.unwrap();
    clock.set(Timestamp::now());
    let recovery = recover(store.as_ref()).await.unwrap();
    if !store.owner().boot.is_empty() {
        assert_eq!(recovery.ended, std::slice::from_ref(&lost.id));
        let lost = store.load(&lost.id).await.unwrap();
        assert_eq!(lost.status, ExecutionStatus::Interrupted);
        assert!(lost.duration_us.is_none() && lost.ended_at < lost.started_at);
    }
    let options = PruneOptions {
        policy: RetentionPolicy {
            older_than: Some("1h".into()),
            ..RetentionPolicy::default()
        },
        dry_run: false,
        ..PruneOptions::default()
    };
    prune(store.as_ref(), &options, &|_| ()).await.unwrap();
    assert_eq!(store.load(&tomorrow.id).await.unwrap(), tomorrow);
}
