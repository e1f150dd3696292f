//! What do small runs take, and how fast are they found by a label? The same runs as `peers/mlflow_store.py` makes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use netsnap_benches::rounds::median;
use netsnap_core::event::{EventKind, NewEvent};
use netsnap_core::model::{
    Answer, DeviceResult, DeviceStatus, DeviceSummary, ExecutionStatus, Output, Proof,
};
use netsnap_core::store::query::LabelMatch;
use netsnap_core::store::{Backend, Durability, Filter, ListOptions, NewExecution, list};
use serde_json::{Value, json};

use crate::{Outcome, begin, many, milliseconds};

/// Labels and parameters of a run, of each so many.
const WORDS: usize = 20;
/// Different values of a label.
const VALUES: usize = 50;
const ATTEMPTS: usize = 30;

/// Runs with labels and parameters and nothing else, one after the other.
pub(crate) async fn record(store: Arc<dyn Backend>, count: usize) -> Outcome<Value> {
    let start = Instant::now();
    for number in 0..count {
        let recorder = begin(&store, labelled(number)).await?;
        recorder.finish(ExecutionStatus::Succeeded, None).await?;
    }
    Ok(json!({ "ms": milliseconds(start) / f64::from(u32::try_from(count)?) }))
}

fn labelled(number: usize) -> NewExecution {
    let labels = (0..WORDS).map(|place| (key(place), value(number + place)));
    let parameters = (0..WORDS).map(|place| (format!("param{place:02}"), json!(number * place)));
    NewExecution {
        name: format!("run {number}"),
        actor: "bench".into(),
        labels: labels.collect::<BTreeMap<_, _>>(),
        parameters: Value::Object(parameters.collect()),
        ..NewExecution::default()
    }
}

fn key(place: usize) -> String {
    format!("tag{place:02}")
}

fn value(number: usize) -> String {
    format!("v{}", number % VALUES)
}

/// Runs with one device, one command and its output.
pub(crate) async fn commands(store: Arc<dyn Backend>, count: usize) -> Outcome<Value> {
    many(count, |number| command(&store, number)).await?;
    Ok(json!({ "runs": count }))
}

async fn command(store: &Arc<dyn Backend>, number: usize) -> netsnap_core::Result<()> {
    let device = DeviceSummary {
        id: "r1".into(),
        name: "r1".into(),
        ip: "192.0.2.1".into(),
        platform: None,
    };
    let new = NewExecution {
        name: format!("run {number}"),
        actor: "bench".into(),
        devices: vec![device],
        commands: vec!["show version".into()],
        ..NewExecution::default()
    };
    let recorder = begin(store, new).await?;
    recorder.untold_output(output(number)).await?;
    let answered = NewEvent::new(EventKind::CommandFinished, "show version").on("r1");
    recorder.event(answered, Durability::Batched).await?;
    let result = DeviceResult::new("r1", DeviceStatus::Ok);
    recorder.untold_device_results(&[result]).await?;
    recorder.finish(ExecutionStatus::Succeeded, None).await?;
    Ok(())
}

fn output(number: usize) -> Output {
    let text = format!("FRRouting 8.4.4 (r1) on Linux, up {number} minutes\n");
    let answer = Answer {
        bytes: text.into_bytes(),
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 5,
    };
    Output::new("r1", "show version", Timestamp::now(), answer)
}

/// The first page, the runs with one label, and those with two.
pub(crate) async fn search(store: &dyn Backend) -> Outcome<Value> {
    let one = label(3, 7);
    let two = Filter::All(vec![one.clone(), label(10, 14)]);
    let (all_ms, all) = time(store, Filter::default()).await?;
    let (one_ms, hits) = time(store, one).await?;
    let (two_ms, both) = time(store, two).await?;
    Ok(json!({
        "all_ms": all_ms, "one_ms": one_ms, "two_ms": two_ms,
        "all": all, "hits": hits, "both": both,
    }))
}

fn label(place: usize, number: usize) -> Filter {
    Filter::Label(LabelMatch {
        key: key(place),
        equals: Some(value(number)),
        one_of: None,
    })
}

async fn time(store: &dyn Backend, filter: Filter) -> Outcome<(f64, usize)> {
    let options = ListOptions {
        filter,
        limit: 100,
        ..ListOptions::default()
    };
    let (mut times, mut found) = (Vec::new(), 0);
    for _ in 0..ATTEMPTS {
        let start = Instant::now();
        found = list(store, &options).await?.items.len();
        times.push(milliseconds(start));
    }
    Ok((median(times).ok_or("nothing was timed")?, found))
}
