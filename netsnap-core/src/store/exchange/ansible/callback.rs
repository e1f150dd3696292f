//! Which runs do the lines of `ansible.posix.jsonl` tell of? Each line is an event; the statistics end a run.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::document::{About, add_result, add_stats};
use super::playbook::Playbook;
use crate::error::Result;
use crate::model::{CommandStatus, ExecutionStatus};
use crate::store::exchange::ImportOptions;
use crate::store::exchange::import::Found;
use crate::store::exchange::refused;

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_event")]
    event: String,
    #[serde(default, rename = "_timestamp")]
    at: String,
    #[serde(default)]
    play: About,
    #[serde(default)]
    task: About,
    #[serde(default)]
    hosts: Map<String, Value>,
    #[serde(default)]
    stats: Map<String, Value>,
}

/// Says whether a file looks like lines of events.
pub(super) fn is_lines(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').take(100);
    lines.any(|line| serde_json::from_slice::<Line>(line).is_ok())
}

/// Reads lines.
///
/// # Errors
/// `InvalidInput` when none is an event.
pub(super) fn read(
    bytes: &[u8],
    at: Timestamp,
    source: &str,
    options: &ImportOptions,
) -> Result<Found> {
    let mut found = Found::default();
    let mut current = Playbook::new("ansible_jsonl", source);
    let mut strange = 0_u64;
    for line in bytes.split(|byte| *byte == b'\n') {
        match serde_json::from_slice::<Line>(line) {
            Ok(line) => {
                add(&mut current, &line);
                if line.event == "v2_playbook_on_stats" {
                    let next = Playbook::new("ansible_jsonl", source);
                    let ended = std::mem::replace(&mut current, next);
                    found.drafts.push(ended.into_draft(at, options));
                }
            }
            Err(_) if line.trim_ascii().is_empty() => {}
            Err(_) => strange += 1,
        }
    }
    if !current.is_empty() {
        current.verdict = Some(cut_short());
        found.drafts.push(current.into_draft(at, options));
    }
    if strange > 0 {
        let remark = format!("{strange} lines are no events and were passed over");
        found.remarks.push(remark);
    }
    if found.drafts.is_empty() {
        return Err(refused(
            "no line of the file is an event of a JSON callback",
        ));
    }
    Ok(found)
}

fn cut_short() -> (ExecutionStatus, String) {
    (
        ExecutionStatus::Interrupted,
        "the events end without statistics: the playbook did not come to its end".to_owned(),
    )
}

fn add(playbook: &mut Playbook, line: &Line) {
    let at = super::time(&line.at);
    if let Some(at) = at {
        playbook.seen(at);
    }
    if let Some(file) = line.play.file() {
        playbook.name.get_or_insert_with(|| file.to_owned());
    }
    match (line.event.as_str(), at) {
        ("v2_playbook_on_play_start", Some(at)) => {
            playbook.note(at, &format!("play: {}", line.play.name));
        }
        ("v2_playbook_on_stats", _) => add_stats(playbook, &line.stats),
        _ => {}
    }
    if let Some(status) = ending(&line.event) {
        for (host, result) in &line.hosts {
            add_result(playbook, &line.task, (host.as_str(), result));
            if let Some(task) = playbook.tasks.last_mut() {
                task.ended_at = at.or(task.ended_at);
                // The event knows it even where the result was not to be logged.
                task.status = status.unwrap_or(task.status);
            }
        }
    }
}

/// How a task ended that an event is about; `None` within when its result says so, `None` for other events.
fn ending(event: &str) -> Option<Option<CommandStatus>> {
    match event {
        "v2_runner_on_ok" => Some(None),
        "v2_runner_on_failed" => Some(Some(CommandStatus::Failed)),
        "v2_runner_on_unreachable" => Some(Some(CommandStatus::Unreachable)),
        "v2_runner_on_skipped" => Some(Some(CommandStatus::Skipped)),
        _ => None,
    }
}
