//! What does a long history look like?

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use netsnap_core::id::ExecutionId;
use netsnap_core::model::{Counters, DeviceSummary, Execution, ExecutionKind, ExecutionStatus};
use netsnap_core::store::query::LabelMatch;
use netsnap_core::store::{Backend, Filter, ListOptions, list};
use serde_json::{Value, json};

use crate::{Outcome, Part, many};

/// Seconds between two runs.
const PAUSE: i64 = 30;
const DEVICES: usize = 100;
const SITES: usize = 5;

/// Puts finished runs into a store, oldest first as far as several at one time allow.
pub(crate) async fn history(store: Arc<dyn Backend>, count: usize) -> Outcome<Value> {
    let first: Timestamp = "2025-01-01T00:00:00Z".parse()?;
    many(count, |number| {
        let store = Arc::clone(&store);
        async move { store.create(&run(first, number)).await }
    })
    .await?;
    Ok(json!({ "runs": count }))
}

/// Writes the summary of each run into a file, one JSON to a line.
pub(crate) async fn summaries(store: &dyn Backend, file: &Path) -> Outcome<Value> {
    let all = ListOptions {
        limit: 1000,
        ..ListOptions::default()
    };
    let runs = list(store, &all).await?.items;
    let lines: Result<Vec<_>, _> = runs.iter().map(serde_json::to_string).collect();
    std::fs::write(file, lines?.join("\n"))?;
    Ok(json!({ "runs": runs.len() }))
}

fn run(first: Timestamp, number: usize) -> Execution {
    let seconds = PAUSE * i64::try_from(number).unwrap_or(i64::MAX);
    let at = first + SignedDuration::from_secs(seconds);
    let random = u32::try_from(number).unwrap_or(u32::MAX);
    let labels = [
        ("site", format!("site-{}", number / 10 % SITES)),
        ("batch", format!("{}", number / 100)),
    ];
    Execution {
        kind: ExecutionKind::Collect,
        name: format!("nightly backup, part {}", number % 48),
        status: status(number),
        started_at: Some(at),
        ended_at: Some(at + SignedDuration::from_secs(4)),
        duration_us: Some(4_000_000 + number as u64 % 1000),
        actor: "bench".into(),
        labels: labels.map(|(key, value)| (key.to_owned(), value)).into(),
        devices: (0..3).map(|place| device(number * 3 + place)).collect(),
        commands: vec!["show version".into(), "show running-config".into()],
        results: Counters {
            total_devices: 3,
            completed_devices: 3,
            total_commands: 6,
            successful_commands: 6,
            ..Counters::default()
        },
        last_sequence: 14,
        ..Execution::new(ExecutionId::new(at, random), at)
    }
}

fn status(number: usize) -> ExecutionStatus {
    match number % 10 {
        0 => ExecutionStatus::Failed,
        1 => ExecutionStatus::Partial,
        _ => ExecutionStatus::Succeeded,
    }
}

fn device(number: usize) -> DeviceSummary {
    let name = format!("r{:03}", number % DEVICES);
    DeviceSummary {
        id: name.clone(),
        ip: format!("192.0.2.{}", number % DEVICES),
        name,
        platform: None,
    }
}

/// The condition on a part of that history.
pub(crate) fn filter(part: Part) -> Filter {
    match part {
        Part::Every => Filter::default(),
        Part::Device => Filter::Device("r042".into()),
        Part::Failed => Filter::All(vec![
            Filter::Status(vec![ExecutionStatus::Failed]),
            Filter::Label(LabelMatch {
                key: "site".into(),
                equals: Some("site-3".into()),
                one_of: None,
            }),
        ]),
    }
}
