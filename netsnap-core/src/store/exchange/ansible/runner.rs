//! Which run is in a folder of artefacts of ansible-runner?
//!
//! `job_events/N-uuid.json` holds the events, `status` and `rc` how it ended, `command` what was called, with the whole
//! environment of the caller: of it a few harmless names are kept. A runner that was killed leaves no `status`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::outcome;
use super::playbook::{Playbook, Task};
use crate::error::Result;
use crate::model::{CommandStatus, ExecutionStatus};
use crate::store::exchange::ImportOptions;
use crate::store::exchange::file_error;
use crate::store::exchange::import::{Found, RefusedRun, file_name};
use crate::store::exchange::{refused, secrets};

/// The variables of the environment that are kept.
const KEPT: &[&str] = &[
    "ANSIBLE_COLLECTIONS_PATH",
    "ANSIBLE_CONFIG",
    "ANSIBLE_FORKS",
    "ANSIBLE_GATHERING",
    "ANSIBLE_INVENTORY",
    "ANSIBLE_ROLES_PATH",
    "ANSIBLE_STRATEGY",
    "LANG",
    "LC_ALL",
    "TZ",
    "USER",
];

/// How much of what was printed says why nothing was done.
const REASON: usize = 1000;

#[derive(Deserialize)]
struct Event {
    event: String,
    #[serde(default)]
    created: String,
    #[serde(default)]
    event_data: Map<String, Value>,
}

#[derive(Default, Deserialize)]
struct Command {
    #[serde(default)]
    command: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, Value>,
}

/// Reads one folder. A folder that tells nothing is refused; others come in all the same. Blocking.
///
/// # Errors
/// `Storage`.
pub(super) fn read(folder: &Path, options: &ImportOptions, found: &mut Found) -> Result<()> {
    let source = file_name(folder);
    let mut playbook = Playbook::new("ansible_runner", &source);
    let strange = add_events(&mut playbook, folder)?;
    if strange > 0 {
        found
            .remarks
            .push(format!("{source}: {strange} events cannot be read"));
    }
    playbook.job = Some(source.clone());
    add_command(&mut playbook, folder);
    if playbook.is_empty() && !folder.join("command").is_file() {
        found.refused.push(RefusedRun {
            execution: None,
            source,
            error: refused("the folder tells of no run").report(),
        });
        return Ok(());
    }
    playbook.verdict = verdict(&playbook, folder);
    let at = super::time_of(&folder.join("command"), options);
    found.drafts.push(playbook.into_draft(at, options));
    Ok(())
}

/// Adds the events in their order, and returns how many cannot be read.
fn add_events(playbook: &mut Playbook, folder: &Path) -> Result<u64> {
    let mut strange = 0;
    for (_, path) in event_files(&folder.join("job_events"))? {
        let bytes = super::read(&path).ok();
        match bytes.and_then(|bytes| serde_json::from_slice::<Event>(&bytes).ok()) {
            Some(event) => add(playbook, &event),
            None => strange += 1,
        }
    }
    Ok(strange)
}

/// Finds the files of events by their number. Those that are still being written have another ending.
fn event_files(folder: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let unreadable = |error| file_error(folder, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if let Some(number) = number(&entry.file_name().to_string_lossy()).filter(|_| is_file) {
            files.push((number, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

fn number(name: &str) -> Option<u64> {
    let stem = name.strip_suffix(".json")?;
    if stem.ends_with("-partial") {
        return None;
    }
    stem.split_once('-')?.0.parse().ok()
}

fn add(playbook: &mut Playbook, event: &Event) {
    let data = &event.event_data;
    let at = super::time(&event.created);
    if let Some(at) = at {
        playbook.seen(at);
    }
    if let Some(name) = text(data, "playbook") {
        playbook.name.get_or_insert_with(|| name.to_owned());
    }
    match (event.event.as_str(), at) {
        ("playbook_on_play_start", Some(at)) => {
            playbook.note(at, &format!("play: {}", text(data, "name").unwrap_or("")));
        }
        ("playbook_on_stats", _) => add_stats(playbook, data),
        _ => {}
    }
    if let Some(status) = ending(&event.event, data) {
        add_result(playbook, data, status);
    }
}

fn text<'d>(data: &'d Map<String, Value>, name: &str) -> Option<&'d str> {
    data.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// How a task ended that an event is about; `None` for other events. Events of single items are not counted.
fn ending(event: &str, data: &Map<String, Value>) -> Option<CommandStatus> {
    let is = |name: &str| data.get(name) == Some(&Value::Bool(true));
    match event {
        "runner_on_ok" => {
            let result = data.get("res").unwrap_or(&Value::Null);
            Some(outcome::status(result))
        }
        "runner_on_failed" if is("ignore_errors") => Some(CommandStatus::Ignored),
        "runner_on_failed" => Some(CommandStatus::Failed),
        "runner_on_unreachable" => Some(CommandStatus::Unreachable),
        "runner_on_skipped" => Some(CommandStatus::Skipped),
        _ => None,
    }
}

fn add_result(playbook: &mut Playbook, data: &Map<String, Value>, status: CommandStatus) {
    let Some(host) = text(data, "host") else {
        return;
    };
    let moment = |name| text(data, name).and_then(super::time);
    let task = text(data, "task").or_else(|| text(data, "task_action"));
    playbook.task(Task {
        host: host.to_owned(),
        name: task.unwrap_or_default().to_owned(),
        status,
        started_at: moment("start"),
        ended_at: moment("end"),
        outcome: outcome::read(data.get("res").unwrap_or(&Value::Null)),
    });
    let address = text(data, "remote_addr").filter(|address| *address != host);
    if let Some(known) = playbook.hosts.get_mut(host) {
        known.address = address.map(str::to_owned).or(known.address.take());
    }
}

/// Adds the counters of `{"ok": {"r1": 7}, "failures": {}, "processed": {"r1": 1}}`.
fn add_stats(playbook: &mut Playbook, data: &Map<String, Value>) {
    for host in objects(data, "processed").map(|(host, _)| host) {
        playbook.count(host, "ok", 0);
    }
    for name in [
        "ok", "changed", "dark", "failures", "skipped", "rescued", "ignored",
    ] {
        for (host, count) in objects(data, name) {
            playbook.count(host, name, count.as_u64().unwrap_or_default());
        }
    }
}

fn objects<'d>(
    data: &'d Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = (&'d String, &'d Value)> {
    let object = data.get(name).and_then(Value::as_object);
    object.into_iter().flatten()
}

/// Adds what was called, without its secrets.
fn add_command(playbook: &mut Playbook, folder: &Path) {
    let Some(command) = super::read(&folder.join("command"))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Command>(&bytes).ok())
    else {
        return;
    };
    let Command { command, env } = command;
    let line = command.join(" ");
    let kept: BTreeMap<&String, String> = env
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
        .filter_map(|(name, value)| Some((name, secrets::text(value.as_str()?).into_owned())))
        .collect();
    playbook.actor = kept
        .iter()
        .find(|(name, _)| **name == "USER")
        .map(|(_, user)| user.clone());
    let is_dry = |word: &String| matches!(word.as_str(), "--check" | "-C");
    playbook.dry_run = command.iter().any(is_dry);
    let tool = command.first().and_then(|tool| tool.rsplit('/').next());
    playbook.adhoc = tool == Some("ansible");
    playbook.parameters = json!({"command": secrets::text(&line), "environment": kept});
}

/// Says how the run ended by what the runner wrote about it.
fn verdict(playbook: &Playbook, folder: &Path) -> Option<(ExecutionStatus, String)> {
    let status = small(&folder.join("status"));
    let hosts_failed = || {
        let failed = |host: &super::playbook::Host| {
            let counters = host.counters.unwrap_or_default();
            counters.failed + counters.unreachable > 0
        };
        playbook.hosts.values().any(failed)
    };
    match status.as_deref() {
        None => Some((
            ExecutionStatus::Interrupted,
            "ansible-runner left no status: it was killed, or it still went on".to_owned(),
        )),
        Some("canceled") => Some((ExecutionStatus::Cancelled, "it was cancelled".to_owned())),
        Some("timeout") => Some((ExecutionStatus::TimedOut, "its time ran out".to_owned())),
        Some("failed") if !hosts_failed() => Some((ExecutionStatus::Failed, reason(folder))),
        Some("successful" | "failed") => None,
        Some(other) => Some((
            ExecutionStatus::Interrupted,
            format!("ansible-runner left the status {}", other.escape_debug()),
        )),
    }
}

/// Why it failed, where no host did: the begin of what was printed.
fn reason(folder: &Path) -> String {
    let rc = small(&folder.join("rc")).unwrap_or_default();
    let printed = super::read(&folder.join("stdout")).unwrap_or_default();
    let printed = String::from_utf8_lossy(&printed);
    let begin: String = secrets::text(printed.trim()).chars().take(REASON).collect();
    format!("ansible ended with status {rc}: {begin}")
}

/// Reads a file of one word.
fn small(path: &Path) -> Option<String> {
    const LONGEST: u64 = 100;
    let about = fs::symlink_metadata(path).ok()?;
    if !about.is_file() || about.len() > LONGEST {
        return None;
    }
    Some(fs::read_to_string(path).ok()?.trim().to_owned()).filter(|word| !word.is_empty())
}
