//! How does a playbook become a run? Gathered task by task, then put together.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::judge;
use super::outcome::Outcome;
use crate::event::{EventKind, Level, NewEvent};
use crate::id::Digest;
use crate::model::{
    CommandStatus, DeviceResult, DeviceSummary, Execution, ExecutionKind, ExecutionStatus,
    TaskCounters,
};
use crate::store::exchange::ImportOptions;
use crate::store::exchange::draft::{self, Draft, DraftOutput, Parts};
use crate::store::exchange::import::origin;
use crate::store::exchange::secrets;

/// No task takes longer; a greater number is none.
const LONGEST_US: u64 = 366 * 86_400 * 1_000_000;
/// No host has more tasks; a greater number is none.
const MOST: u64 = u32::MAX as u64;

/// What is known of a playbook.
#[derive(Clone, Debug, Default)]
pub(super) struct Playbook {
    pub(super) format: &'static str,
    pub(super) source: String,
    pub(super) name: Option<String>,
    pub(super) adhoc: bool,
    pub(super) job: Option<String>,
    pub(super) actor: Option<String>,
    pub(super) dry_run: bool,
    pub(super) parameters: Value,
    pub(super) started_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) hosts: BTreeMap<String, Host>,
    pub(super) tasks: Vec<Task>,
    pub(super) events: Vec<(Timestamp, NewEvent)>,
    /// How the whole ended, where that is known otherwise than from its hosts.
    pub(super) verdict: Option<(ExecutionStatus, String)>,
    /// Which one it is of those that its source tells of.
    pub(super) place: usize,
}

/// What is known of a host.
#[derive(Clone, Debug, Default)]
pub(super) struct Host {
    pub(super) address: Option<String>,
    /// From the recap; `None` when there was none.
    pub(super) counters: Option<TaskCounters>,
    /// Counters that are not known here.
    pub(super) extra: BTreeMap<String, u64>,
}

/// A task on a host.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) host: String,
    pub(super) name: String,
    pub(super) status: CommandStatus,
    pub(super) started_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) outcome: Outcome,
}

impl Playbook {
    pub(super) fn new(format: &'static str, source: &str) -> Self {
        Self {
            format,
            source: source.to_owned(),
            ..Self::default()
        }
    }

    /// Says whether anything was seen.
    pub(super) fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.tasks.is_empty() && self.events.is_empty()
    }

    /// Takes in that something happened at a time.
    pub(super) fn seen(&mut self, at: Timestamp) {
        self.started_at = Some(self.started_at.map_or(at, |first| first.min(at)));
        self.ended_at = Some(self.ended_at.map_or(at, |last| last.max(at)));
    }

    /// Adds an event that a person reads.
    pub(super) fn note(&mut self, at: Timestamp, text: &str) {
        let text = secrets::text(text).into_owned();
        self.events.push((at, NewEvent::new(EventKind::Note, text)));
    }

    /// Adds a task.
    pub(super) fn task(&mut self, task: Task) {
        self.hosts.entry(task.host.clone()).or_default();
        self.tasks.push(task);
    }

    /// Sets a counter of a host, by the name that it has in a recap or in the statistics of a callback.
    pub(super) fn count(&mut self, host: &str, name: &str, count: u64) {
        let count = count.min(MOST);
        let host = self.hosts.entry(host.to_owned()).or_default();
        let counters = host.counters.get_or_insert_default();
        let counter = match name {
            "ok" => &mut counters.ok,
            "changed" => &mut counters.changed,
            "unreachable" | "dark" => &mut counters.unreachable,
            "failed" | "failures" => &mut counters.failed,
            "skipped" => &mut counters.skipped,
            "rescued" => &mut counters.rescued,
            "ignored" => &mut counters.ignored,
            // How often a host was counted, always 1.
            "processed" => return,
            _ => host.extra.entry(name.to_owned()).or_default(),
        };
        *counter = count;
    }

    /// Puts the run together; `at` is when it happened, if nothing in it says so.
    pub(super) fn into_draft(mut self, at: Timestamp, options: &ImportOptions) -> Draft {
        let mut host_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, task) in self.tasks.iter().enumerate() {
            host_of.entry(task.host.clone()).or_default().push(position);
        }
        for (host, positions) in &host_of {
            let counters = self.hosts.get(host).and_then(|host| host.counters);
            judge::failures(&mut self.tasks, positions, counters);
        }
        let started_at = self.started_at.unwrap_or(at);
        let results = self.results(&host_of);
        let outputs = self.outputs(started_at);
        self.close_devices(&results, started_at);
        self.assemble(started_at, results, outputs, options)
    }

    fn results(&self, host_of: &BTreeMap<String, Vec<usize>>) -> Vec<DeviceResult> {
        let result = |(name, host): (&String, &Host)| {
            let positions = host_of.get(name).map_or(&[][..], Vec::as_slice);
            let tasks: Vec<&Task> = positions.iter().map(|at| &self.tasks[*at]).collect();
            judge::host(name, host, &tasks)
        };
        self.hosts.iter().map(result).collect()
    }

    /// Makes an output of each task, and an event that says how it ended.
    fn outputs(&mut self, started_at: Timestamp) -> Vec<DraftOutput> {
        let mut names = Names::default();
        let mut outputs = Vec::new();
        for task in std::mem::take(&mut self.tasks) {
            let command = names.of(&task);
            let at = task.ended_at.or(task.started_at).unwrap_or(started_at);
            let host = task.host.clone();
            let output = task.output(&command, started_at);
            self.events.push((at, finished(&host, &output)));
            outputs.push(output);
        }
        self.events.sort_by_key(|(at, _)| *at);
        outputs
    }

    fn close_devices(&mut self, results: &[DeviceResult], started_at: Timestamp) {
        let at = self.ended_at.unwrap_or(started_at);
        for result in results {
            let mut data = json!(result);
            let extra = self.hosts.get(&result.device).map(|host| &host.extra);
            if let Some(extra) = extra.filter(|extra| !extra.is_empty()) {
                data["extra_counters"] = json!(extra);
            }
            let event = NewEvent::new(EventKind::DeviceFinished, word(&result.status))
                .on(&result.device)
                .level(match result.error {
                    Some(_) => Level::Error,
                    None => Level::Info,
                })
                .data(data);
            self.events.push((at, event));
        }
    }

    fn assemble(
        self,
        started_at: Timestamp,
        results: Vec<DeviceResult>,
        outputs: Vec<DraftOutput>,
        options: &ImportOptions,
    ) -> Draft {
        let digest = self.identity(&results, &outputs, options);
        let (status, reason) = match self.verdict {
            Some((status, reason)) => (status, Some(reason)),
            None => (judge::run(&results), None),
        };
        let mut commands: Vec<String> = Vec::new();
        for one in &outputs {
            let command = &one.output.summary.command;
            if !commands.contains(command) {
                commands.push(command.clone());
            }
        }
        let parameters_digest = match &self.parameters {
            Value::Null => None,
            parameters => Some(Digest::of(parameters.to_string().as_bytes())),
        };
        let about = Execution {
            kind: match self.adhoc {
                true => ExecutionKind::Adhoc,
                false => ExecutionKind::Playbook,
            },
            name: secrets::text(&self.name.unwrap_or_else(|| self.source.clone())).into_owned(),
            job_id: self.job,
            actor: self.actor.unwrap_or_else(|| options.actor.clone()),
            dry_run: self.dry_run,
            started_at: Some(started_at),
            parameters: self.parameters,
            parameters_digest,
            labels: [origin(self.format, &digest)].into(),
            devices: self.hosts.iter().map(summary).collect(),
            commands,
            tool: "ansible".to_owned(),
            ..Execution::new(draft::id_of(started_at, &digest), started_at)
        };
        Draft::new(Parts {
            about,
            status,
            reason,
            ended_at: self.ended_at,
            events: self.events,
            results,
            outputs,
            source: self.source,
        })
    }

    /// Names what the run was made of. What does not say when it happened is told from its like by the time that the caller named,
    /// or else by its place: a playbook that finds nothing to do says the same each night.
    fn identity(
        &self,
        results: &[DeviceResult],
        outputs: &[DraftOutput],
        options: &ImportOptions,
    ) -> Digest {
        let at = self.started_at.or(options.at);
        let mut text = format!("{at:?} {:?}\n", self.verdict);
        if at.is_none() {
            text += &format!("{:?}\n", self.source);
        }
        if self.started_at.is_none() {
            text += &format!("{}\n", self.place);
        }
        for result in results {
            text += &json!(result).to_string();
        }
        for one in outputs {
            text += &json!(one.output.summary).to_string();
        }
        for (name, host) in &self.hosts {
            text += &format!("{name} {:?}", host.extra);
        }
        Digest::of(text.as_bytes())
    }
}

fn summary((name, host): (&String, &Host)) -> DeviceSummary {
    DeviceSummary {
        ip: host.address.clone().unwrap_or_default(),
        ..draft::device(name)
    }
}

/// Tells tasks of one host and name apart.
#[derive(Default)]
struct Names(HashMap<(String, String), u64>);

impl Names {
    fn of(&mut self, task: &Task) -> String {
        let name = secrets::text(&task.name).into_owned();
        let mut shown = name.clone();
        loop {
            let count = self
                .0
                .entry((task.host.clone(), shown.clone()))
                .or_default();
            *count += 1;
            if *count == 1 {
                return shown;
            }
            shown = format!("{name} ({count})");
        }
    }
}

impl Task {
    fn output(self, command: &str, otherwise: Timestamp) -> DraftOutput {
        let started_at = self.started_at.or(self.ended_at).unwrap_or(otherwise);
        let mut one = DraftOutput::here(&self.host, command, started_at, self.outcome.text);
        let summary = &mut one.output.summary;
        summary.status = self.status;
        summary.exit_status = self.outcome.exit_status;
        summary.duration_us = length(self.started_at, self.ended_at);
        summary.parsed = self.outcome.data.is_some();
        summary.redactions = summary.redactions.saturating_add(self.outcome.redactions);
        one.output.parsed = self.outcome.data;
        one
    }
}

/// The event of a task that ended.
fn finished(host: &str, one: &DraftOutput) -> NewEvent {
    let summary = &one.output.summary;
    let level = match summary.status.is_failure() {
        true => Level::Error,
        false => Level::Info,
    };
    let status = word(&summary.status);
    NewEvent::new(
        EventKind::CommandFinished,
        format!("{}: {status}", summary.command),
    )
    .on(host)
    .level(level)
    .data(json!({
        "command": summary.command,
        "bytes": summary.bytes,
        "proof": summary.proof,
        "status": status,
    }))
}

/// Microseconds from begin to end, 0 where they are not known or cannot be.
pub(super) fn length(from: Option<Timestamp>, until: Option<Timestamp>) -> u64 {
    match (from, until) {
        (Some(from), Some(until)) => draft::between(from, until)
            .filter(|length| *length <= LONGEST_US)
            .unwrap_or_default(),
        _ => 0,
    }
}

/// The stable word of a value.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}
