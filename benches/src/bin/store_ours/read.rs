//! How fast is a text found in what devices said?

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use netsnap_benches::rounds::median;
use netsnap_core::model::{Answer, ExecutionStatus, Output, Proof};
use netsnap_core::store::search::{SearchOptions, Syntax};
use netsnap_core::store::{Backend, NewExecution, search_output};
use serde_json::{Value, json};

use crate::{Outcome, begin, milliseconds};

/// Commands of a device.
const COMMANDS: usize = 100;
/// Lines of an output.
const LINES: usize = 200;
const ATTEMPTS: usize = 5;

/// Puts a run with so many outputs into a store; one line of each hundred outputs is another.
pub(crate) async fn texts(store: Arc<dyn Backend>, count: usize) -> Outcome<Value> {
    let new = NewExecution {
        name: "texts".into(),
        ..NewExecution::default()
    };
    let recorder = begin(&store, new).await?;
    let mut bytes = 0;
    for number in 0..count {
        let output = output(number);
        bytes += output.summary.bytes;
        recorder.untold_output(output).await?;
    }
    recorder.finish(ExecutionStatus::Succeeded, None).await?;
    Ok(json!({ "bytes": bytes }))
}

fn output(number: usize) -> Output {
    let device = format!("r{:02}", number / COMMANDS);
    let command = format!("show interface {}", number % COMMANDS);
    let mut text: String = (0..LINES)
        .map(|line| format!("GigabitEthernet0/{line} is up, line protocol is up, {number} drops\n"))
        .collect();
    if number.is_multiple_of(COMMANDS) {
        text.push_str("GigabitEthernet0/999 is administratively down, line protocol is down\n");
    }
    let answer = Answer {
        bytes: text.into_bytes(),
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 5,
    };
    Output::new(device, command, Timestamp::now(), answer)
}

/// A literal and an expression, with two lines around each hit.
pub(crate) async fn search(store: &dyn Backend) -> Outcome<Value> {
    let (literal_ms, hits) = time(store, "administratively down", Syntax::Literal).await?;
    let (regex_ms, same) = time(store, r"is \w+ively down", Syntax::Regex).await?;
    Ok(json!({ "literal_ms": literal_ms, "regex_ms": regex_ms, "hits": hits, "same": same }))
}

async fn time(store: &dyn Backend, pattern: &str, syntax: Syntax) -> Outcome<(f64, usize)> {
    let options = SearchOptions {
        pattern: pattern.into(),
        syntax,
        before: 2,
        after: 2,
        ..SearchOptions::default()
    };
    let (mut times, mut hits) = (Vec::new(), 0);
    for _ in 0..ATTEMPTS {
        let start = Instant::now();
        hits = search_output(store, &options, &|_| ()).await?.hits.len();
        times.push(milliseconds(start));
    }
    Ok((median(times).ok_or("nothing was timed")?, hits))
}
