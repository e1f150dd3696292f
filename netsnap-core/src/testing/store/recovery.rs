//! Recovering runs whose process is gone, and those of which nobody can judge it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::recording::{begun, log, result};
use super::{Store, events, fails_with, output, run, time};
use crate::error::ErrorKind;
use crate::event::{EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{DeviceStatus, Execution, ExecutionStatus, Owner};
use crate::store::audit::{Audit, AuditAction, AuditOptions};
use crate::store::{Durability, RecoverOptions, Selection, follow, recover, recover_with};

fn older_than(age: &str) -> RecoverOptions {
    RecoverOptions {
        older_than: Some(age.to_owned()),
    }
}

/// Makes a run that began two days ago, and returns it.
async fn old(store: &Store, random: u32, owner: Option<Owner>) -> Execution {
    let second = Timestamp::from_second(store.now().as_second()).unwrap();
    let begun = Execution {
        owner,
        ..run(second - SignedDuration::from_hours(48), random)
    };
    store.create(&begun).await.unwrap();
    begun
}

/// A run whose owner nobody can judge goes on, unless somebody says how long a silence is too long. Owners that live, and runs of which
/// something was heard since, go on all the same.
pub async fn a_run_of_an_unknown_owner_ends_where_that_is_asked_for(store: Store) {
    let living = owner(&store).await;
    let distant = Owner {
        host: "another".into(),
        boot: "another".into(),
        machine: "another".into(),
        session: 0,
        ..living.clone()
    };
    let silent = old(&store, 1, Some(distant.clone())).await;
    let unknown = old(&store, 2, None).await;
    let heard = old(&store, 3, Some(distant.clone())).await;
    let event = NewEvent::new(EventKind::Note, "still here").at(1, store.now());
    let said = [event];
    let appended = store.append(&heard.id, &said, Durability::Batched);
    appended.await.unwrap();
    let answered = old(&store, 4, Some(distant)).await;
    let mut said = output("r1", "show clock", b"x");
    said.summary.started_at = store.now();
    store.put_output(&answered.id, said).await.unwrap();
    let mut open = vec![heard.id.clone(), answered.id.clone()];
    if !living.boot.is_empty() {
        open.push(old(&store, 5, Some(living)).await.id);
    }
    assert!(recover(store.as_ref()).await.unwrap().ended.is_empty());
    let without = recover_with(store.as_ref(), &RecoverOptions::default()).await;
    assert!(without.unwrap().ended.is_empty());
    for age in ["soon", "-1d", ""] {
        let refused = recover_with(store.as_ref(), &older_than(age)).await;
        fails_with(refused, ErrorKind::InvalidInput);
    }
    let patient = recover_with(store.as_ref(), &older_than("3d")).await;
    assert!(patient.unwrap().ended.is_empty());
    let mut ended = recover_with(store.as_ref(), &older_than("1d"))
        .await
        .unwrap();
    ended.ended.sort();
    assert_eq!(ended.ended, [silent.id.clone(), unknown.id]);
    assert!(ended.failed.is_empty());
    let left = store.load(&silent.id).await.unwrap();
    assert_eq!(left.status, ExecutionStatus::Interrupted);
    assert!(left.reason.unwrap().contains("nothing was recorded"));
    let unfinished = store.unfinished().await.unwrap();
    let mut unfinished: Vec<_> = unfinished.into_iter().map(|run| run.id).collect();
    unfinished.sort();
    open.sort();
    assert_eq!(unfinished, open);
}

/// An owner that is this process, as the store records it.
async fn owner(store: &Store) -> Owner {
    let (recorder, _seen) = begun(store, &[]).await;
    let owner = recorder.created().owner.clone().unwrap();
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    owner
}

/// A run whose process is gone ends as interrupted, with the reason, the last event and its counts. Once.
pub async fn a_run_of_a_dead_process_is_interrupted(store: Store) {
    let mut dead = owner(&store).await;
    if dead.boot.is_empty() {
        // Without /proc nobody can be judged, so there is nothing to recover.
        return;
    }
    dead.boot = "an earlier boot".into();
    // The connection of a process ends with it.
    dead.session = dead.session.wrapping_neg();
    let mut run = run(time("2026-03-01T10:00:00Z"), 1);
    run.owner = Some(dead);
    store.create(&run).await.unwrap();
    let log = events(1..=3);
    store
        .append(&run.id, &log, Durability::Batched)
        .await
        .unwrap();
    let output = output("r1", "show", b"x");
    store.put_output(&run.id, output).await.unwrap();
    let recovery = recover(store.as_ref()).await.unwrap();
    assert_eq!(recovery.ended, [run.id.clone()]);
    assert!(recovery.failed.is_empty());
    let ended = store.load(&run.id).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Interrupted);
    assert!(ended.reason.as_ref().unwrap().contains("restarted"));
    assert_eq!(ended.last_sequence, 4);
    assert_eq!(ended.results.successful_commands, 1);
    let recovered = store.events(&run.id, 4, 9).await.unwrap();
    assert_eq!(recovered.len(), 1);
    assert_eq!(recovered[0].kind, EventKind::ExecutionFinished);
    let again = recover(store.as_ref()).await.unwrap();
    assert!(again.ended.is_empty() && again.failed.is_empty());
    assert_eq!(store.load(&run.id).await.unwrap(), ended);
}

/// What a run did, and what is missing of it, its summary says while it goes on, and still does when its process is killed.
pub async fn a_run_that_goes_on_says_how_far_it_came(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1", "r2"]).await;
    recorder.output(output("r1", "show", b"x")).await.unwrap();
    let done = result("r1", DeviceStatus::Changed);
    recorder.device_result(done).await.unwrap();
    recorder.incomplete("lost; password hunter2");
    let load = async || store.load(recorder.id()).await.unwrap();
    let end = Instant::now() + NOTICED;
    let mut run = load().await;
    while (run.results.total_commands, run.last_sequence) != (1, 3) {
        assert!(Instant::now() < end, "it says nothing: {run:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        run = load().await;
    }
    assert_eq!(run.incomplete.as_deref(), Some("lost; password ********"));
    let seen = run.results;
    assert_eq!((seen.total_devices, seen.completed_devices), (2, 1));
    assert_eq!((seen.changed_devices, run.files.text_files), (1, 1));
    assert_eq!(run.status, ExecutionStatus::Running);
    let Some(owner) = run.owner.as_mut().filter(|owner| !owner.boot.is_empty()) else {
        return;
    };
    owner.boot = "an earlier boot".into();
    owner.session = owner.session.wrapping_neg();
    store.update(&run).await.unwrap();
    recover(store.as_ref()).await.unwrap();
    let left = load().await;
    assert_eq!(left.status, ExecutionStatus::Interrupted);
    assert_eq!((left.results, left.incomplete), (seen, run.incomplete));
    let last = left.last_sequence;
    let last = store.events(&left.id, last, 9).await.unwrap().remove(0);
    assert_eq!(last.data["incomplete"], "lost; password ********");
}

/// While a store is open, a run whose process goes away ends as soon as somebody asks for it, lists runs or follows it. Whatever else
/// goes on goes on.
pub async fn a_run_that_is_left_ends_as_soon_as_somebody_asks(store: Store) {
    let (recorder, _seen) = begun(&store, &[]).await;
    let mut dead = recorder.created().owner.clone().unwrap();
    if dead.boot.is_empty() {
        return;
    }
    dead.boot = "an earlier boot".into();
    dead.session = dead.session.wrapping_neg();
    let followed = old(&store, 1, Some(dead.clone())).await;
    let log = events(1..=3);
    let appended = store.append(&followed.id, &log, Durability::Batched);
    appended.await.unwrap();
    let stream = follow(Arc::clone(&store), followed.id.clone(), 1).collect::<Vec<_>>();
    let seen = tokio::time::timeout(NOTICED, stream).await.unwrap();
    assert_eq!(seen.len(), 4);
    let last = seen.last().unwrap().as_ref().unwrap();
    assert_eq!(last.kind, EventKind::ExecutionFinished);
    let asked = old(&store, 2, Some(dead.clone())).await;
    let ended = eventually(async || Some(store.load(&asked.id).await.unwrap())).await;
    assert!(ended.reason.unwrap().contains("restarted"));
    let listed = old(&store, 3, Some(dead.clone())).await;
    let is_it = |run: &Execution| run.id == listed.id && run.status.is_terminal();
    eventually(async || {
        let runs = store.select(&Selection::newest(9)).await.unwrap();
        runs.into_iter().find(is_it)
    })
    .await;
    let current = old(&store, 4, Some(dead)).await;
    eventually(async || {
        let named = store.current().await.unwrap();
        // Of the runs that ended it is the newest by its id.
        let is_it = named.is_some_and(|id| id == current.id);
        is_it.then_some(store.load(&current.id).await.unwrap())
    })
    .await;
    let (audit, options) = (Audit::of(store.as_ref()), AuditOptions::default());
    let told = audit.entries(&options).await.unwrap().items;
    let recovered = told
        .iter()
        .filter(|entry| entry.action == AuditAction::Recover);
    assert_eq!(recovered.count(), 4);
    let alive = store.load(recorder.id()).await.unwrap();
    assert_eq!(alive.status, ExecutionStatus::Running);
}

/// Many times what it takes to see that a process is gone.
const NOTICED: Duration = Duration::from_secs(20);

/// Asks for a run until it has ended.
async fn eventually(asked: impl AsyncFn() -> Option<Execution>) -> Execution {
    let end = Instant::now() + NOTICED;
    loop {
        if let Some(run) = asked().await.filter(|run| run.status.is_terminal()) {
            return run;
        }
        assert!(Instant::now() < end, "it goes on for ever");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A writer that comes back after its run was recovered changes nothing, and hears so from each call.
pub async fn a_writer_that_comes_back_finds_its_run_ended(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1"]).await;
    let note = || NewEvent::new(EventKind::Note, "a note");
    recorder.event(note(), Durability::Durable).await.unwrap();
    let shown = output("r1", "show", b"x");
    recorder.untold_output(shown).await.unwrap();
    let mut run = store.load(recorder.id()).await.unwrap();
    let Some(owner) = run.owner.as_mut().filter(|owner| !owner.boot.is_empty()) else {
        return;
    };
    // Whoever looks finds the process of the writer gone, as when its machine hung for long.
    owner.boot = "an earlier boot".into();
    owner.session = owner.session.wrapping_neg();
    store.update(&run).await.unwrap();
    let recovery = recover(store.as_ref()).await.unwrap();
    assert_eq!(recovery.ended, std::slice::from_ref(&run.id));
    let ended = store.load(&run.id).await.unwrap();
    let log = log(&store, &run.id).await;
    let outputs = store.outputs(&run.id).await.unwrap();
    let kind = ErrorKind::AlreadyFinished;
    fails_with(recorder.event(note(), Durability::Durable).await, kind);
    fails_with(recorder.output(output("r1", "show", b"y")).await, kind);
    let late = recorder.device_result(result("r1", DeviceStatus::Ok)).await;
    fails_with(late, kind);
    let end = recorder.finish(ExecutionStatus::Succeeded, None).await;
    fails_with(end, kind);
    drop(recorder);
    assert_eq!(store.load(&run.id).await.unwrap(), ended);
    assert_eq!(self::log(&store, &run.id).await, log);
    assert_eq!(store.outputs(&run.id).await.unwrap(), outputs);
    assert!(store.device_results(&run.id).await.unwrap().is_empty());
}

/// A run whose owner lives, is elsewhere or is unknown goes on.
pub async fn a_run_of_a_living_or_distant_process_is_left_alone(store: Store) {
    let living = owner(&store).await;
    let distant = Owner {
        host: "another".into(),
        boot: "another".into(),
        machine: "another".into(),
        ..living.clone()
    };
    for (random, owner) in [(1, Some(living)), (2, Some(distant)), (3, None)] {
        let mut run = run(time("2026-03-01T10:00:00Z"), random);
        run.owner = owner;
        store.create(&run).await.unwrap();
    }
    let recovery = recover(store.as_ref()).await.unwrap();
    assert!(recovery.ended.is_empty() && recovery.failed.is_empty());
    assert_eq!(store.unfinished().await.unwrap().len(), 3);
}

/// A writer that died between its last event and its summary did finish: the log says how.
pub async fn an_end_that_is_logged_is_completed(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1"]).await;
    let done = result("r1", DeviceStatus::Ok);
    recorder.device_result(done).await.unwrap();
    let id = recorder.id().clone();
    let mut dead = recorder.created().clone();
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    let log = log(&store, &id).await;
    let Some(owner) = dead.owner.as_mut().filter(|owner| !owner.boot.is_empty()) else {
        return;
    };
    owner.boot = "an earlier boot".into();
    owner.session = owner.session.wrapping_neg();
    dead.id = ExecutionId::new(dead.created_at, 0xdead_beef);
    store.create(&dead).await.unwrap();
    store
        .append(&dead.id, &log, Durability::Batched)
        .await
        .unwrap();
    recover(store.as_ref()).await.unwrap();
    let ended = store.load(&dead.id).await.unwrap();
    assert_eq!(ended.status, ExecutionStatus::Succeeded);
    assert_eq!(ended.results.completed_devices, 1);
    assert_eq!(store.events(&dead.id, 1, 99).await.unwrap(), log);
}
