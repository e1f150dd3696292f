//! Recording, following and recovering.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::json;
use tokio::sync::broadcast;

use super::{Store, created, events, fails_with, finished, output, time};
use crate::error::ErrorKind;
use crate::event::{Event, EventKind, Level, LiveEvent, NewEvent};
use crate::id::{Digest, ExecutionId};
use crate::model::{
    CommandStatus, DeviceResult, DeviceStatus, DeviceSummary, ExecutionStatus, Rejection,
};
use crate::store::verify::{VerifyOptions, verify};
use crate::store::{Durability, Filter, NewExecution, Recorder, follow};

fn new(devices: &[&str]) -> NewExecution {
    let device = |name: &&str| DeviceSummary {
        id: (*name).to_owned(),
        name: (*name).to_owned(),
        ip: "192.0.2.1".into(),
        platform: None,
    };
    NewExecution {
        name: "recorded".into(),
        devices: devices.iter().map(device).collect(),
        ..NewExecution::default()
    }
}

pub(super) async fn begun(
    store: &Store,
    devices: &[&str],
) -> (Recorder, broadcast::Receiver<LiveEvent>) {
    let (bus, seen) = broadcast::channel(4096);
    let recorder = Recorder::begin(Arc::clone(store), new(devices), bus);
    (recorder.await.unwrap(), seen)
}

fn note(text: &str) -> NewEvent {
    NewEvent::new(EventKind::Note, text)
}

pub(super) fn result(device: &str, status: DeviceStatus) -> DeviceResult {
    DeviceResult {
        duration_us: 1,
        ..DeviceResult::new(device, status)
    }
}

pub(super) async fn log(store: &Store, id: &ExecutionId) -> Vec<Event> {
    store.events(id, 1, 1_000_000).await.unwrap()
}

/// Counts that end where they should: 1, 2, 3, …
fn assert_dense(events: &[Event]) {
    for (position, event) in events.iter().enumerate() {
        assert_eq!(event.sequence, position as u64 + 1);
    }
}

/// Everything that was recorded is in the store, counted, shown on the bus, and closed by the last event.
pub async fn a_recorder_writes_a_whole_run(store: Store) {
    let (recorder, mut seen) = begun(&store, &["r1", "r2"]).await;
    let id = recorder.id().clone();
    let running = store.load(&id).await.unwrap();
    assert_eq!(running.status, ExecutionStatus::Running);
    assert_eq!(running.owner.unwrap().process, std::process::id());
    let sequence = recorder.event(note("hello"), Durability::Batched).await;
    assert_eq!(sequence.unwrap(), 2);
    let mut refused = output("r1", "show nonsense", b"% invalid");
    refused.summary.rejection = Some(Rejection {
        line: "% invalid".into(),
        rule: "invalid".into(),
    });
    recorder.output(refused).await.unwrap();
    let json = output("r1", "show json", b"[1]");
    recorder.output(json).await.unwrap();
    for (device, status) in [("r1", DeviceStatus::Ok), ("r2", DeviceStatus::Unreachable)] {
        let result = result(device, status);
        recorder.device_result(result).await.unwrap();
    }
    let ended = recorder
        .finish(ExecutionStatus::Partial, Some("one device is away".into()))
        .await
        .unwrap();
    assert_eq!(store.load(&id).await.unwrap(), ended);
    assert_eq!(ended.status, ExecutionStatus::Partial);
    assert_eq!(ended.reason.as_deref(), Some("one device is away"));
    assert!(ended.duration_us.is_some() && ended.ended_at.is_some() && ended.owner.is_none());
    let counted = ended.results;
    assert_eq!((counted.total_devices, counted.completed_devices), (2, 2));
    assert_eq!((counted.failed_devices, counted.total_commands), (1, 2));
    assert_eq!(
        (counted.successful_commands, counted.failed_commands),
        (1, 1)
    );
    assert_eq!((ended.files.text_files, ended.files.json_files), (1, 1));
    let log = log(&store, &id).await;
    let kinds: Vec<_> = log.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [
            EventKind::ExecutionStarted,
            EventKind::Note,
            EventKind::CommandFinished,
            EventKind::CommandFinished,
            EventKind::DeviceFinished,
            EventKind::DeviceFinished,
            EventKind::ExecutionFinished
        ]
    );
    assert_eq!(ended.last_sequence, 7);
    for event in log {
        let live = seen.recv().await.unwrap();
        assert_eq!((live.execution, live.event), (id.clone(), event));
    }
    assert_eq!(store.current().await.unwrap(), Some(id));
}

/// Who follows a run hears of each output and each device that ended, once, and finds what he hears of.
pub async fn who_follows_hears_of_outputs_and_devices(store: Store) {
    let (recorder, _) = begun(&store, &["r1"]).await;
    let mut seen = follow(Arc::clone(&store), recorder.id().clone(), 2);
    let mut next = async || seen.next().await.unwrap().unwrap();
    let mut wrong = output("r1", "show all", b"no");
    wrong.summary.status = CommandStatus::Failed;
    recorder.output(wrong).await.unwrap();
    let told = next().await;
    let facts = [&told.data["command"], &told.data["status"]];
    assert_eq!(
        (told.kind, facts),
        (
            EventKind::CommandFinished,
            [&json!("show all"), &json!("failed")]
        )
    );
    assert_eq!((told.sequence, told.level), (2, Level::Error));
    assert_eq!(told.device.as_deref(), Some("r1"));
    let found = store.output(recorder.id(), "r1", "show all").await;
    assert_eq!(found.unwrap().text(), "no");
    let untold = output("r1", "show more", b"x");
    recorder.untold_output(untold).await.unwrap();
    let quiet = result("r2", DeviceStatus::Ok);
    recorder.untold_device_results(&[quiet]).await.unwrap();
    let result = result("r1", DeviceStatus::Unreachable);
    recorder.device_result(result).await.unwrap();
    let told = next().await;
    assert_eq!((told.kind, told.sequence), (EventKind::DeviceFinished, 3));
    assert_eq!(
        (told.level, &told.data["status"]),
        (Level::Error, &json!("unreachable"))
    );
    recorder.finish_as_recorded(None).await.unwrap();
    assert_eq!(next().await.kind, EventKind::ExecutionFinished);
}

/// A run says what its process worked meanwhile, and names what it was asked for, so that runs of equal parameters can be told.
pub async fn a_run_says_what_it_took_and_was_asked_for(store: Store) {
    let ended = async |parameters: serde_json::Value| {
        let (bus, _) = broadcast::channel(16);
        let new = NewExecution {
            parameters,
            ..NewExecution::default()
        };
        let recorder = Recorder::begin(Arc::clone(&store), new, bus).await.unwrap();
        let (begun, mut worked) = (cpu_time::ProcessTime::now(), 0_u64);
        while begun.elapsed() < Duration::from_millis(20) {
            worked = std::hint::black_box(worked.wrapping_add(1));
        }
        let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
        ended.unwrap()
    };
    let deep = ended(serde_json::json!({"depth": 2, "site": "north"})).await;
    assert!(deep.cost.cpu_us >= 20_000, "{:?}", deep.cost);
    let again = ended(serde_json::json!({"site": "north", "depth": 2})).await;
    let other = ended(serde_json::json!({"site": "north", "depth": 3})).await;
    let nothing = ended(serde_json::Value::Null).await;
    let written = Digest::of(br#"{"depth":2,"site":"north"}"#);
    assert_eq!(deep.parameters_digest, Some(written));
    assert_eq!(again.parameters_digest, Some(written));
    assert_ne!(other.parameters_digest, Some(written));
    assert_eq!(nothing.parameters_digest, None);
    assert_eq!(store.load(&deep.id).await.unwrap(), deep);
}

/// A device that a run turns out to be about is in its record and counts, each once, whoever else changes the run meanwhile.
pub async fn devices_can_join_a_run(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1"]).await;
    let id = recorder.id().clone();
    let added = new(&["r1", "r2", "r3"]).devices;
    let adding = added
        .iter()
        .map(|device| recorder.add_devices(std::slice::from_ref(device)));
    for added in futures_util::future::join_all(adding).await {
        added.unwrap();
    }
    let running = store.load(&id).await.unwrap();
    assert_eq!(running.results.total_devices, 3);
    let filter = Filter::Device("r3".into());
    assert_eq!(store.count(&filter, 10).await.unwrap(), 1);
    let result = result("r3", DeviceStatus::Ok);
    recorder.device_result(result).await.unwrap();
    let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
    let ended = ended.unwrap();
    let mut names: Vec<&str> = ended.devices.iter().map(|one| one.id.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["r1", "r2", "r3"]);
    assert_eq!(
        (ended.results.total_devices, ended.results.completed_devices),
        (3, 1)
    );
    let late = recorder.add_devices(&added).await;
    fails_with(late, ErrorKind::AlreadyFinished);
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// A device of which something is recorded is one that the run is about, announced or not; so is a command. The run is found by both while it
/// goes on and afterwards, and counts them.
pub async fn what_is_recorded_and_was_not_announced_belongs_to_the_run(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1"]).await;
    let id = recorder.id().clone();
    let all = ["r1", "r2", "r3"];
    for device in all {
        let answer = output(device, "show version", b"x");
        recorder.output(answer).await.unwrap();
    }
    let results = [("r2", DeviceStatus::Failed), ("r4", DeviceStatus::Ok)];
    let results = results.map(|(device, status)| result(device, status));
    recorder.device_results(&results).await.unwrap();
    let counted = recorder.counters();
    assert_eq!((counted.total_devices, counted.completed_devices), (4, 2));
    // It is added in full when more is known of it.
    recorder.add_devices(&new(&["r3"]).devices).await.unwrap();
    let ended = recorder.finish(ExecutionStatus::Partial, None).await;
    let ended = ended.unwrap();
    let mut names: Vec<&str> = ended.devices.iter().map(|one| one.id.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        (names, ended.results.total_devices),
        (vec!["r1", "r2", "r3", "r4"], 4)
    );
    assert_eq!(ended.commands, ["show version"]);
    for device in ["r1", "r2", "r3", "r4"] {
        let filter = Filter::Device(device.into());
        assert_eq!(store.count(&filter, 10).await.unwrap(), 1, "{device}");
    }
    assert_eq!(store.load(&id).await.unwrap(), ended);
    let report = verify(store.as_ref(), &VerifyOptions::default(), &|_| ()).await;
    assert_eq!(report.unwrap().findings, []);
}

/// What a device still sends is shown as whole lines, each once; a secret that two parts split is not shown.
pub async fn parts_of_an_output_are_shown_as_whole_lines(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1"]).await;
    for part in [&b"one\ntw"[..], b"o\nenable sec", b"ret 5 hunter2\nlast"] {
        recorder.output_part("r1", "show", part).await.unwrap();
    }
    let whole = output("r1", "show", b"one\ntwo\nenable secret 5 hunter2\nlast");
    let kept = recorder.output(whole).await.unwrap();
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    let log = log(&store, recorder.id()).await;
    let parts = log
        .iter()
        .filter(|event| event.kind == EventKind::OutputPart);
    let shown: Vec<&str> = parts.map(|event| event.text.as_str()).collect();
    assert_eq!(shown, ["one\n", "two\n", "enable secret 5 ********\n"]);
    assert_eq!(kept.redactions, 1);
    let read = store.output(recorder.id(), "r1", "show").await.unwrap();
    assert_eq!(read.bytes, b"one\ntwo\nenable secret 5 ********\nlast");
}

/// A key that goes on over parts and a secret where a long line is cut are not shown, whatever the parts are.
pub async fn a_secret_that_parts_split_is_not_shown(store: Store) {
    let (recorder, _seen) = begun(&store, &["r1"]).await;
    let long = format!("{} password hunter2\n", "x".repeat(64 * 1024 - 13));
    let key =
        "-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2\nhunter2==\n-----END RSA PRIVATE KEY-----\n";
    let whole = format!("one\n{key}{long}two\n");
    for part in whole.as_bytes().chunks(45) {
        recorder.output_part("r1", "show", part).await.unwrap();
    }
    let output = output("r1", "show", whole.as_bytes());
    recorder.output(output).await.unwrap();
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    let log = log(&store, recorder.id()).await;
    let parts = log
        .iter()
        .filter(|event| event.kind == EventKind::OutputPart);
    let shown: String = parts.map(|event| event.text.as_str()).collect();
    let read = store.output(recorder.id(), "r1", "show").await.unwrap();
    assert_eq!(shown, read.text());
    assert!(!shown.contains("hunter2") && shown.ends_with("password ********\ntwo\n"));
}

/// Of an output above the limit head and tail are kept, and the cut is visible.
pub async fn a_large_output_is_cut_where_that_was_asked_for(store: Store) {
    let new = NewExecution {
        output_limit: Some(1000),
        ..NewExecution::default()
    };
    let (bus, _seen) = broadcast::channel(16);
    let recorder = Recorder::begin(Arc::clone(&store), new, bus).await.unwrap();
    let text: String = (0..1000).map(|line| format!("line {line}\n")).collect();
    let kept = recorder
        .output(output("r1", "show", text.as_bytes()))
        .await
        .unwrap();
    let cut = kept.cut.unwrap();
    assert_eq!(cut.bytes, text.len() as u64);
    let read = store.output(recorder.id(), "r1", "show").await.unwrap();
    let shown = read.text();
    assert!(
        read.bytes.len() < 1200 && shown.starts_with("line 0\n") && shown.ends_with("line 999\n")
    );
    assert!(shown.contains("left out"), "{shown}");
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
}

/// A record that misses something says so once it has ended, with the first reason.
pub async fn an_incomplete_record_says_so(store: Store) {
    let (recorder, _seen) = begun(&store, &[]).await;
    recorder.incomplete("12 results were dropped");
    recorder.incomplete("later");
    let ended = recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    assert_eq!(ended.incomplete.as_deref(), Some("12 results were dropped"));
    assert_eq!(store.load(&ended.id).await.unwrap(), ended);
}

/// Fifty tasks record into one run: the log is dense, and the events of each task are in its order.
pub async fn many_tasks_record_into_one_run(store: Store) {
    const TASKS: u64 = 50;
    const EACH: u64 = 20;
    let (recorder, _seen) = begun(&store, &[]).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let recorder = recorder.clone();
            tokio::spawn(async move {
                let device = format!("r{task}");
                for number in 0..EACH {
                    let durability = match number % 10 {
                        9 => Durability::Durable,
                        _ => Durability::Batched,
                    };
                    let event = note(&number.to_string()).on(&device);
                    recorder.event(event, durability).await.unwrap();
                }
                let output = output(&device, "show", b"done");
                recorder.output(output).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
    let ended = ended.unwrap();
    let log = log(&store, recorder.id()).await;
    assert_dense(&log);
    assert_eq!(log.len() as u64, TASKS * (EACH + 1) + 2);
    assert_eq!(ended.last_sequence, TASKS * (EACH + 1) + 2);
    assert_eq!(ended.results.successful_commands, TASKS);
    for task in 0..TASKS {
        let device = format!("r{task}");
        let own = log
            .iter()
            .filter(|event| event.device.as_ref() == Some(&device));
        let texts: Vec<_> = own.map(|event| event.text.clone()).collect();
        let notes = (0..EACH).map(|number| number.to_string());
        let expected: Vec<_> = notes.chain(["show".to_owned()]).collect();
        assert_eq!(texts, expected);
    }
}

/// A durable event is written, with all before it, when the call returns.
pub async fn a_durable_event_is_in_the_store_on_return(store: Store) {
    let (recorder, _seen) = begun(&store, &[]).await;
    for number in 0..10 {
        let event = note(&number.to_string());
        recorder.event(event, Durability::Batched).await.unwrap();
    }
    let last = recorder.event(note("durable"), Durability::Durable).await;
    let log = log(&store, recorder.id()).await;
    assert_dense(&log);
    assert_eq!(log.len() as u64, last.unwrap());
}

/// After the end every call fails, and the run stays as it ended.
pub async fn nothing_is_recorded_after_the_end(store: Store) {
    let (recorder, _seen) = begun(&store, &[]).await;
    let running = recorder.finish(ExecutionStatus::Running, None).await;
    fails_with(running, ErrorKind::InvalidInput);
    let ended = recorder.finish(ExecutionStatus::Cancelled, None).await;
    let ended = ended.unwrap();
    let kind = ErrorKind::AlreadyFinished;
    let event = recorder.event(note("late"), Durability::Durable).await;
    fails_with(event, kind);
    let output = recorder.output(output("r1", "show", b"late")).await;
    fails_with(output, kind);
    let late = result("r1", DeviceStatus::Ok);
    fails_with(recorder.device_result(late).await, kind);
    fails_with(
        recorder.finish(ExecutionStatus::Succeeded, None).await,
        kind,
    );
    drop(recorder);
    assert_eq!(store.load(&ended.id).await.unwrap(), ended);
    assert_eq!(log(&store, &ended.id).await.len(), 2);
}

/// A recorder that is dropped ends its run as interrupted, with all that was recorded.
pub async fn a_dropped_recorder_leaves_an_interrupted_run(store: Store) {
    let (recorder, _seen) = begun(&store, &[]).await;
    let id = recorder.id().clone();
    let clone = recorder.clone();
    drop(recorder);
    clone
        .event(note("kept"), Durability::Batched)
        .await
        .unwrap();
    drop(clone);
    let stream = follow(Arc::clone(&store), id.clone(), 1);
    let log: Vec<Event> = stream.map(Result::unwrap).collect().await;
    assert_dense(&log);
    assert_eq!(log[1].text, "kept");
    assert_eq!(log[2].data["status"], "interrupted");
    let mut ended = store.load(&id).await.unwrap();
    while !ended.status.is_terminal() {
        tokio::time::sleep(Duration::from_millis(5)).await;
        ended = store.load(&id).await.unwrap();
    }
    assert_eq!(ended.status, ExecutionStatus::Interrupted);
    assert!(ended.reason.unwrap().contains("dropped"));
}

/// Followers that begin anywhere, before and during the run, see each event once and in order, and end with the run.
pub async fn a_follower_sees_each_event_once(store: Store) {
    let (recorder, _seen) = begun(&store, &[]).await;
    let watch = |from| {
        let stream = follow(Arc::clone(&store), recorder.id().clone(), from);
        tokio::spawn(stream.map(Result::unwrap).collect::<Vec<Event>>())
    };
    let early = watch(0);
    let ahead = watch(400);
    for number in 0..600 {
        let event = note(&number.to_string());
        recorder.event(event, Durability::Batched).await.unwrap();
        if number % 100 == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let late = watch(5);
    recorder
        .finish(ExecutionStatus::Succeeded, None)
        .await
        .unwrap();
    let log = log(&store, recorder.id()).await;
    assert_eq!(log.len(), 602);
    assert_eq!(early.await.unwrap(), log);
    assert_eq!(ahead.await.unwrap(), log[399..]);
    assert_eq!(late.await.unwrap(), log[4..]);
}

/// Following a run that ended replays it and ends, even when no event says that it ended.
pub async fn a_follower_of_an_ended_run_ends(store: Store) {
    let run = created(&store, 1).await;
    let log = events(1..=3);
    store
        .append(&run.id, &log, Durability::Batched)
        .await
        .unwrap();
    let ended = finished(&store, run).await;
    let stream = follow(Arc::clone(&store), ended.id, 2);
    let seen: Vec<Event> = stream.map(Result::unwrap).collect().await;
    assert_eq!(seen, log[1..]);
    let nowhere = super::run(time("2026-03-01T10:00:00Z"), 77).id;
    let mut stream = follow(store, nowhere, 1);
    fails_with(stream.next().await.unwrap(), ErrorKind::NotFound);
    assert!(stream.next().await.is_none());
}
