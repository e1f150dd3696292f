//! How did tasks, hosts and the whole end? The counters of the recap decide where there are any; else the tasks do.

use super::playbook::{Host, Task, length};
use crate::error::{Error, ErrorKind, ErrorReport};
use crate::model::{CommandStatus, DeviceResult, DeviceStatus, ExecutionStatus, TaskCounters};

/// Says which of the failures of a host were ignored or rescued.
///
/// Results do not say so, counters do, and a failure that is neither ends the work on a host: so the last ones count. Where a
/// host has both rescued and ignored failures, their numbers are right, and which is which is a guess.
pub(super) fn failures(tasks: &mut [Task], of_host: &[usize], counters: Option<TaskCounters>) {
    let Some(counters) = counters else { return };
    let known = |status| {
        let those = of_host.iter().filter(|at| tasks[**at].status == status);
        those.count() as u64
    };
    let mut ignored = counters
        .ignored
        .saturating_sub(known(CommandStatus::Ignored));
    let mut rescued = counters
        .rescued
        .saturating_sub(known(CommandStatus::Rescued));
    let open: Vec<usize> = of_host
        .iter()
        .copied()
        .filter(|at| tasks[*at].status == CommandStatus::Failed)
        .collect();
    let real = usize::try_from(counters.failed).unwrap_or(usize::MAX);
    for at in &open[..open.len().saturating_sub(real)] {
        if rescued > 0 {
            rescued -= 1;
            tasks[*at].status = CommandStatus::Rescued;
        } else if ignored > 0 {
            ignored -= 1;
            tasks[*at].status = CommandStatus::Ignored;
        }
    }
}

/// Says how a host ended.
pub(super) fn host(name: &str, host: &Host, tasks: &[&Task]) -> DeviceResult {
    let counters = host.counters.unwrap_or_else(|| count(tasks));
    let started_at = tasks.iter().filter_map(|task| task.started_at).min();
    let ended_at = tasks.iter().filter_map(|task| task.ended_at).max();
    let status = status(&counters);
    DeviceResult {
        commands_ok: counters.ok + counters.rescued,
        commands_failed: counters.failed + counters.unreachable,
        tasks: counters,
        started_at,
        ended_at,
        duration_us: length(started_at, ended_at),
        error: error(name, status, tasks),
        ..DeviceResult::new(name, status)
    }
}

fn status(counters: &TaskCounters) -> DeviceStatus {
    if counters.unreachable > 0 {
        DeviceStatus::Unreachable
    } else if counters.failed > 0 {
        DeviceStatus::Failed
    } else if counters.changed > 0 {
        DeviceStatus::Changed
    } else if counters.ok + counters.rescued + counters.ignored > 0 {
        DeviceStatus::Ok
    } else {
        DeviceStatus::Skipped
    }
}

/// Counts tasks as a recap does.
fn count(tasks: &[&Task]) -> TaskCounters {
    let mut counters = TaskCounters::default();
    for task in tasks {
        match task.status {
            CommandStatus::Ok => counters.ok += 1,
            CommandStatus::Changed => {
                counters.ok += 1;
                counters.changed += 1;
            }
            CommandStatus::Failed => counters.failed += 1,
            CommandStatus::Skipped => counters.skipped += 1,
            CommandStatus::Ignored => {
                counters.ok += 1;
                counters.ignored += 1;
            }
            CommandStatus::Rescued => counters.rescued += 1,
            CommandStatus::Unreachable => counters.unreachable += 1,
        }
    }
    counters
}

fn error(name: &str, status: DeviceStatus, tasks: &[&Task]) -> Option<ErrorReport> {
    let (kind, what) = match status {
        DeviceStatus::Unreachable => (ErrorKind::Unreachable, "the host was not reached"),
        DeviceStatus::Failed => (ErrorKind::CommandRejected, "a task failed"),
        _ => return None,
    };
    let mut error = Error::new(kind, what)
        .during("ansible.task")
        .with("device", name);
    let last = tasks.iter().rev().find(|task| task.status.is_failure());
    if let Some(task) = last {
        error = error.with("task", &task.name);
        if !task.outcome.message.is_empty() {
            error = error.with("answer", &task.outcome.message);
        }
    }
    Some(error.report())
}

/// Says how a run ended by how its hosts did.
pub(super) fn run(results: &[DeviceResult]) -> ExecutionStatus {
    let bad = |result: &&DeviceResult| {
        matches!(
            result.status,
            DeviceStatus::Failed | DeviceStatus::Unreachable
        )
    };
    match results.iter().filter(bad).count() {
        0 => ExecutionStatus::Succeeded,
        count if count == results.len() => ExecutionStatus::Failed,
        _ => ExecutionStatus::Partial,
    }
}
