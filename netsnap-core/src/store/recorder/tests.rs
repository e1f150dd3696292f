//! What does each level promise, and what of it holds when callers go away? Against a store that says when it was asked for what.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::event::Event;
use crate::store::front::Front;
use crate::store::{ExecutionStore as _, MemoryStore};

/// How long the medium takes for whatever is to be on it.
const DISK: Duration = Duration::from_millis(5);

/// What a store was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// To append events up to this one.
    Append(u64, Durability),
    Sync,
    /// To bring a summary up to date.
    Refresh,
}

/// A store in memory with a slow medium, and a diary.
#[derive(Debug, Default)]
struct Diary {
    store: MemoryStore,
    asked: Mutex<Vec<(Instant, Asked)>>,
    is_full: AtomicBool,
    /// To bring a summary up to date takes a quarter of an hour.
    is_slow: AtomicBool,
    /// To read a summary takes a tenth of a second.
    reads_slowly: AtomicBool,
    loads: AtomicU64,
}

impl Diary {
    fn note(&self, asked: Asked) {
        lock(&self.asked).push((Instant::now(), asked));
    }

    fn loads(&self) -> u64 {
        self.loads.load(Ordering::Relaxed)
    }

    fn refreshes(&self) -> usize {
        let asked = lock(&self.asked);
        let refreshes = asked.iter().filter(|(_, asked)| *asked == Asked::Refresh);
        refreshes.count()
    }

    fn appends(&self, durability: Durability) -> Vec<u64> {
        let appended = |(_, asked): &(Instant, Asked)| match asked {
            Asked::Append(last, as_asked) if *as_asked == durability => Some(*last),
            _ => None,
        };
        lock(&self.asked).iter().filter_map(appended).collect()
    }

    /// Says how long after a moment something first was asked for.
    fn first_after(&self, start: Instant, is: impl Fn(&Asked) -> bool) -> Option<Duration> {
        let asked = lock(&self.asked);
        let first = asked.iter().find(|(at, asked)| *at >= start && is(asked));
        first.map(|(at, _)| *at - start)
    }
}

#[async_trait]
impl Front for Diary {
    fn behind(&self) -> &dyn Backend {
        &self.store
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        self.loads.fetch_add(1, Ordering::Relaxed);
        if self.reads_slowly.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(100)).await;
        }
        self.store.load(id).await
    }

    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        if self.is_full.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::StorageFull, "no space is left"));
        }
        if durability == Durability::Durable {
            sleep(DISK).await;
        }
        self.store.append(id, events, durability).await?;
        let last = events.last().map_or(0, |event| event.sequence);
        self.note(Asked::Append(last, durability));
        Ok(())
    }

    /// Word of a change of two devices comes late.
    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let updated = self.store.update(execution).await;
        if execution.devices.len() == 2 {
            sleep(DISK).await;
        }
        updated
    }

    async fn refresh(&self, execution: &Execution) -> Result<Execution> {
        self.note(Asked::Refresh);
        let slow = self.is_slow.load(Ordering::Relaxed);
        sleep(if slow { DISK * 180_000 } else { DISK }).await;
        self.store.refresh(execution).await
    }

    async fn sync(&self, id: &ExecutionId) -> Result<()> {
        sleep(DISK).await;
        self.note(Asked::Sync);
        self.store.sync(id).await
    }
}

async fn begun(level: RecordingLevel) -> (Arc<Diary>, Recorder) {
    let diary = Arc::new(Diary::default());
    let new = NewExecution {
        level,
        ..NewExecution::default()
    };
    let (bus, _) = broadcast::channel(16);
    let store: Arc<dyn Backend> = diary.clone();
    let recorder = Recorder::begin(store, new, bus).await.unwrap();
    (diary, recorder)
}

fn note(number: usize) -> NewEvent {
    NewEvent::new(EventKind::Note, format!("note {number}"))
}

async fn texts(recorder: &Recorder) -> Vec<String> {
    let events = recorder.shared.store.events(recorder.id(), 1, 10_000);
    let events = events.await.unwrap();
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event.sequence, number as u64 + 1, "dense");
    }
    events.into_iter().map(|event| event.text).collect()
}

#[tokio::test(start_paused = true)]
async fn a_strict_event_is_on_the_disk_on_return() {
    let (diary, recorder) = begun(RecordingLevel::Strict).await;
    for number in 0..3 {
        let sequence = recorder.event(note(number), Durability::Batched).await;
        let last = *diary.appends(Durability::Durable).last().unwrap();
        assert_eq!(sequence.unwrap(), last);
    }
    assert_eq!(diary.appends(Durability::Batched), Vec::<u64>::new());
}

#[tokio::test(start_paused = true)]
async fn a_batched_event_is_in_the_log_in_10_and_on_the_disk_in_250_milliseconds() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    sleep(Duration::from_secs(1)).await;
    // The first after a rest is written at once; the second has to wait for a batch.
    recorder.event(note(0), Durability::Batched).await.unwrap();
    sleep(Duration::from_millis(1)).await;
    let start = Instant::now();
    recorder.event(note(1), Durability::Batched).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let written = diary.first_after(start, |asked| matches!(asked, Asked::Append(3, _)));
    assert!(written.unwrap() <= Duration::from_millis(11), "{written:?}");
    let synced = diary.first_after(start, |asked| *asked == Asked::Sync);
    assert!(
        synced.unwrap() <= Duration::from_millis(250) + DISK + DISK,
        "{synced:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_output_of_a_batched_run_is_on_the_disk_in_250_milliseconds_without_any_event() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    let ended = crate::model::DeviceResult::new("r1", crate::model::DeviceStatus::Ok);
    recorder.device_result(ended).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let synced = diary.first_after(start, |asked| *asked == Asked::Sync);
    assert!(
        synced.unwrap() <= Duration::from_millis(250) + DISK + DISK,
        "{synced:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn at_most_256_events_wait_for_a_batch() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    recorder.event(note(0), Durability::Durable).await.unwrap();
    for number in 0..1000 {
        let placed = recorder.event_at_once(|| note(number)).unwrap();
        assert!(placed.is_some());
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        let written = lock(&diary.asked)
            .iter()
            .rev()
            .find_map(|(_, asked)| match asked {
                Asked::Append(last, _) => Some(*last),
                Asked::Sync | Asked::Refresh => None,
            });
        let waiting = placed.unwrap() - written.unwrap();
        assert!(waiting <= 256, "{waiting}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_relaxed_run_waits_for_the_disk_at_its_end_alone() {
    let start = Instant::now();
    let (diary, recorder) = begun(RecordingLevel::Relaxed).await;
    for number in 0..10 {
        recorder
            .event(note(number), Durability::Durable)
            .await
            .unwrap();
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(diary.appends(Durability::Durable), Vec::<u64>::new());
    assert_eq!(
        diary.first_after(start, |asked| *asked == Asked::Sync),
        None
    );
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    assert_eq!(diary.appends(Durability::Durable), [12]);
}

#[tokio::test(start_paused = true)]
async fn a_summary_says_every_two_seconds_what_is_new_and_nothing_else() {
    for level in [
        RecordingLevel::Batched,
        RecordingLevel::Strict,
        RecordingLevel::Relaxed,
    ] {
        let start = Instant::now();
        let (diary, recorder) = begun(level).await;
        let load = async || diary.store.load(recorder.id()).await.unwrap();
        for number in 0..60 {
            recorder
                .event(note(number), Durability::Durable)
                .await
                .unwrap();
            sleep(Duration::from_millis(18)).await;
        }
        let short = diary.refreshes();
        assert_eq!(short, 0, "of a run that is soon over nothing is told");
        for number in 0..1000 {
            recorder
                .event(note(number), Durability::Batched)
                .await
                .unwrap();
            sleep(Duration::from_millis(10)).await;
        }
        let told = diary.refreshes();
        let most = usize::try_from(start.elapsed().as_secs()).unwrap() / 2;
        assert!((most - 2..=most).contains(&told), "{told}, not {most}");
        assert!(load().await.last_sequence > 800);
        let ended = crate::model::DeviceResult::new("r1", crate::model::DeviceStatus::Ok);
        recorder.device_result(ended).await.unwrap();
        sleep(Duration::from_millis(2100)).await;
        let run = load().await;
        assert_eq!(
            (run.results.completed_devices, run.last_sequence),
            (1, 1062)
        );
        let told = diary.refreshes();
        sleep(Duration::from_secs(600)).await;
        assert_eq!(diary.refreshes(), told, "there is nothing new");
    }
}

#[tokio::test(start_paused = true)]
async fn no_event_waits_for_a_summary() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    diary.is_slow.store(true, Ordering::Relaxed);
    for number in 0..400 {
        recorder
            .event(note(number), Durability::Batched)
            .await
            .unwrap();
        sleep(Duration::from_millis(50)).await;
        let (_, last) = *lock(&diary.asked)
            .iter()
            .rfind(|(_, asked)| matches!(asked, Asked::Append(..)))
            .unwrap();
        let written = matches!(last, Asked::Append(last, _) if last == number as u64 + 2);
        assert!(written, "event {number} waits behind {last:?}");
    }
    let told = diary.refreshes();
    assert_eq!(told, 1, "one at a time");
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_told_at_once() {
    let (diary, recorder) = begun(RecordingLevel::Relaxed).await;
    recorder.incomplete("the first half");
    recorder.incomplete("later");
    sleep(DISK * 3).await;
    let run = diary.store.load(recorder.id()).await.unwrap();
    assert_eq!(run.incomplete.as_deref(), Some("the first half"));
    recorder.incomplete("and again");
    sleep(DISK * 3).await;
    assert_eq!(diary.refreshes(), 1, "the first reason stays");
}

#[tokio::test(start_paused = true)]
async fn who_records_at_the_same_time_shares_the_wait_for_the_disk() {
    let (diary, recorder) = begun(RecordingLevel::Strict).await;
    let before = diary.appends(Durability::Durable).len();
    let events = (0..100).map(|number| recorder.event(note(number), Durability::Durable));
    let sequences = futures_util::future::try_join_all(events).await.unwrap();
    assert_eq!(sequences, (2..102).collect::<Vec<_>>());
    let appends = diary.appends(Durability::Durable).len() - before;
    assert!(appends <= 2, "{appends} for 100");
}

#[tokio::test(start_paused = true)]
async fn a_durable_event_that_a_batch_took_along_is_synced() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    recorder.event_at_once(|| note(0)).unwrap().unwrap();
    // The batch is written while the caller of the durable event is on its way.
    let durable = recorder.event(note(1), Durability::Durable);
    let (sequence, ()) = tokio::join!(durable, async {
        let mut desk = recorder.shared.desk.lock().await;
        let flushed = desk.flush(&recorder.shared, Durability::Batched).await;
        assert!(flushed.is_ok());
    });
    assert_eq!(sequence.unwrap(), 3);
    assert_eq!(lock(&diary.asked).last().unwrap().1, Asked::Sync);
}

#[tokio::test(start_paused = true)]
async fn an_event_whose_caller_went_away_is_recorded_once() {
    let (_diary, recorder) = begun(RecordingLevel::Strict).await;
    for number in 0..20 {
        let event = recorder.event(note(number), Durability::Durable);
        let left = timeout(DISK / 2, event).await;
        left.expect_err("the disk takes longer");
        recorder
            .event(note(100 + number), Durability::Durable)
            .await
            .unwrap();
    }
    let mut expected = vec![String::new()];
    expected.extend((0..20).flat_map(|n| [format!("note {n}"), format!("note {}", 100 + n)]));
    assert_eq!(texts(&recorder).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_finish_whose_caller_went_away_comes_to_its_end() {
    let (_diary, recorder) = begun(RecordingLevel::Batched).await;
    let finish = recorder.finish(ExecutionStatus::Succeeded, None);
    timeout(DISK / 2, finish)
        .await
        .expect_err("the disk takes longer");
    sleep(DISK * 10).await;
    let run = recorder.shared.store.load(recorder.id()).await.unwrap();
    assert_eq!(run.status, ExecutionStatus::Succeeded);
    let late = recorder
        .event(note(0), Durability::Batched)
        .await
        .unwrap_err();
    assert_eq!(late.kind(), ErrorKind::AlreadyFinished);
}

#[tokio::test(start_paused = true)]
async fn what_a_full_disk_did_not_take_is_written_when_there_is_room_again() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    recorder.event(note(0), Durability::Durable).await.unwrap();
    diary.is_full.store(true, Ordering::Relaxed);
    let refused = recorder
        .event(note(1), Durability::Durable)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StorageFull);
    let refused = recorder
        .event(note(2), Durability::Batched)
        .await
        .unwrap_err();
    assert_eq!(
        refused.kind(),
        ErrorKind::StorageFull,
        "and it was not taken"
    );
    diary.is_full.store(false, Ordering::Relaxed);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(texts(&recorder).await, ["", "note 0", "note 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_full_is_written_by_whoever_comes_next() {
    let (_diary, recorder) = begun(RecordingLevel::Batched).await;
    let mut number = 0;
    // The writing task has no turn meanwhile.
    while recorder.event_at_once(|| note(number)).unwrap().is_some() {
        number += 1;
    }
    let sequence = recorder.event(note(number), Durability::Batched).await;
    assert_eq!(sequence.unwrap(), number as u64 + 2);
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    assert_eq!(texts(&recorder).await.len(), number + 3);
}

#[tokio::test(start_paused = true)]
async fn devices_count_whichever_of_those_who_add_them_hears_first() {
    let (_, recorder) = begun(RecordingLevel::Batched).await;
    let add = async |names: &[&str]| {
        let device = |name: &&str| DeviceSummary {
            id: (*name).to_owned(),
            name: (*name).to_owned(),
            ip: String::new(),
            platform: None,
        };
        let devices: Vec<_> = names.iter().map(device).collect();
        recorder.add_devices(&devices).await.unwrap();
    };
    let third = async {
        sleep(DISK / 2).await;
        add(&["r3"]).await;
    };
    tokio::join!(add(&["r1", "r2"]), third);
    assert_eq!(recorder.counters().total_devices, 3);
}

#[tokio::test(start_paused = true)]
async fn a_request_to_end_is_heard_of_in_a_second_and_looked_for_seldom() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    let begun = diary.loads();
    sleep(Duration::from_secs(600)).await;
    let looks = diary.loads() - begun;
    assert!((550..=600).contains(&looks), "{looks} in 600 seconds");
    let start = Instant::now();
    let ana = crate::store::remarks::Author::new("ana");
    let store = &diary.store;
    crate::store::cancel(store, recorder.id(), &ana)
        .await
        .unwrap();
    let request = recorder.until_cancel_requested().await.unwrap();
    assert_eq!(request.actor, "ana");
    assert!(start.elapsed() <= Duration::from_millis(1100));
    let looks = diary.loads();
    sleep(Duration::from_secs(600)).await;
    assert_eq!(diary.loads(), looks, "there is nothing more to hear");
}

#[tokio::test(start_paused = true)]
async fn nobody_looks_for_requests_to_a_run_that_has_ended() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    assert_eq!(recorder.until_cancel_requested().await, None);
    let looks = diary.loads();
    sleep(Duration::from_secs(600)).await;
    assert_eq!(diary.loads(), looks);
}

#[tokio::test(start_paused = true)]
async fn a_summary_that_is_slow_to_read_is_read_less_often() {
    let (diary, recorder) = begun(RecordingLevel::Batched).await;
    diary.reads_slowly.store(true, Ordering::Relaxed);
    sleep(Duration::from_secs(600)).await;
    let looks = diary.loads();
    assert!((100..=130).contains(&looks), "{looks} of 100 ms each");
    drop(recorder);
}
