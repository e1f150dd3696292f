//! What does it cost to record one more result?

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use netsnap_core::engine::Netsnap;
use netsnap_core::event::{EventKind, NewEvent};
use netsnap_core::model::{
    Answer, DeviceResult, DeviceStatus, DeviceSummary, ExecutionKind, ExecutionStatus, Output,
    Proof,
};
use netsnap_core::store::{Backend, Durability, NewExecution, Recorder};
use serde_json::{Value, json};

use crate::files::Files;
use crate::floor::Floor;
use crate::{Arguments, Outcome, begin, milliseconds};

/// Hosts of the run; each has an equal share of the results.
const HOSTS: usize = 50;
/// Results between two looks at the medium, so that both see the same minutes.
const TURN: usize = 20;

/// Results as a playbook gives them: one event for each, and one result for each host at the end.
pub(crate) async fn results(store: Arc<dyn Backend>, arguments: &Arguments) -> Outcome<Value> {
    let mut floor = Floor::of(arguments).await?;
    let start = Instant::now();
    let recorder = begin(&store, run(arguments)).await?;
    let (mut ours, mut medium) = (Duration::ZERO, Duration::ZERO);
    for first in (0..arguments.count).step_by(TURN) {
        let turn = first..arguments.count.min(first + TURN);
        let bytes: Vec<_> = turn.clone().map(line).collect();
        let events: Vec<_> = turn.map(result).collect();
        let begun = Instant::now();
        for event in events {
            recorder.event(event, Durability::Batched).await?;
        }
        ours += begun.elapsed();
        medium += floor.append(&bytes).await?;
    }
    finish(&recorder).await?;
    let whole = start.elapsed().saturating_sub(medium);
    floor.remove().await?;
    Ok(figures(arguments.count, whole, ours, medium))
}

/// The same, and what each command said is kept beside its event. On files the medium makes a file for each, too.
pub(crate) async fn outputs(store: Arc<dyn Backend>, arguments: &Arguments) -> Outcome<Value> {
    let mut floor = Files::of(arguments)?;
    let start = Instant::now();
    let recorder = begin(&store, run(arguments)).await?;
    let mut medium = Duration::ZERO;
    for first in (0..arguments.count).step_by(TURN) {
        let turn = first..arguments.count.min(first + TURN);
        for number in turn.clone() {
            recorder.untold_output(output(number)).await?;
            let event = result(number);
            recorder.event(event, Durability::Batched).await?;
        }
        if let Some(floor) = &mut floor {
            let bytes: Vec<_> = turn.map(|number| output(number).bytes).collect();
            medium += floor.make(&bytes)?;
        }
    }
    finish(&recorder).await?;
    let whole = start.elapsed().saturating_sub(medium);
    if let Some(floor) = &floor {
        medium += floor.settle()?;
    }
    Ok(figures(arguments.count, whole, whole, medium))
}

/// Plain events through the engine, each awaited, from before the begin to behind the end.
pub(crate) async fn events(arguments: &Arguments) -> Outcome<Value> {
    let engine = Netsnap::open(&arguments.store).await?;
    let start = Instant::now();
    let new = NewExecution {
        name: "site.yml".into(),
        actor: "bench".into(),
        ..NewExecution::default()
    };
    let recorder = engine.begin(new).await?;
    for number in 0..arguments.count {
        let event = NewEvent::new(EventKind::Note, "interface is up")
            .on("r1")
            .data(json!({ "number": number, "interface": "ge-0/0/1" }));
        recorder.event(event, Durability::Batched).await?;
    }
    recorder.finish(ExecutionStatus::Succeeded, None).await?;
    Ok(json!({ "ms": milliseconds(start) }))
}

async fn finish(recorder: &Recorder) -> Outcome<()> {
    let results: Vec<_> = (0..HOSTS)
        .map(|number| DeviceResult::new(host(number), DeviceStatus::Changed))
        .collect();
    recorder.untold_device_results(&results).await?;
    recorder.finish(ExecutionStatus::Succeeded, None).await?;
    Ok(())
}

fn figures(count: usize, whole: Duration, results: Duration, medium: Duration) -> Value {
    let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let each = |time: Duration| time.as_secs_f64() * 1000.0 / count;
    json!({ "ms": each(whole), "result_ms": each(results), "floor_ms": each(medium) })
}

fn run(arguments: &Arguments) -> NewExecution {
    NewExecution {
        kind: ExecutionKind::Playbook,
        name: "site.yml".into(),
        actor: "bench".into(),
        devices: (0..HOSTS).map(device).collect(),
        level: arguments.level.into(),
        ..NewExecution::default()
    }
}

fn host(number: usize) -> String {
    format!("host{:02}", number % HOSTS)
}

fn device(number: usize) -> DeviceSummary {
    DeviceSummary {
        id: host(number),
        name: host(number),
        ip: format!("192.0.2.{number}"),
        platform: None,
    }
}

fn task(number: usize) -> String {
    format!("task {:02}", number / HOSTS)
}

/// A result as an event.
pub(crate) fn result(number: usize) -> NewEvent {
    NewEvent::new(EventKind::CommandFinished, task(number))
        .on(host(number))
        .data(json!({
            "command": task(number), "status": "changed", "duration_us": 1250, "path": "site.yml:12",
            "result": { "changed": true, "rc": 0, "stdout": "interface ge-0/0/1 is up, line protocol is up" },
        }))
}

/// The bytes of a result, as an event stands in a log of lines.
fn line(number: usize) -> Vec<u8> {
    let event = result(number).at(number as u64 + 1, Timestamp::now());
    let mut line = serde_json::to_vec(&event).expect("an event is plain JSON");
    line.push(b'\n');
    line
}

fn output(number: usize) -> Output {
    let text = format!("interface ge-0/0/{number} is up, line protocol is up\n");
    let answer = Answer {
        bytes: text.repeat(8).into_bytes(),
        proof: Proof::Exec,
        exit_status: Some(0),
        rejection: None,
        warnings: Vec::new(),
        duration_us: 1250,
    };
    Output::new(host(number), task(number), Timestamp::now(), answer)
}
