//! The first thing a reader sees: what it was, how it went, how much there was.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maud::{Markup, html};

use super::parts::{badge, fact};
use crate::model::Execution;
use crate::report::text::{count, duration, moment, one_line};
use crate::report::words::{Word, execution_kind, execution_status};
use crate::report::{ExecutionReport, RunReport};

pub(super) fn header(report: &RunReport) -> Markup {
    html! {
        header.top {
            p.eyebrow { "netsnap run report" }
            h1 { (one_line(&report.title)) }
            div.badges { @for (number, word) in states(report) { (tally(number, word)) } }
            dl.facts { (facts(report)) }
            (story(report))
        }
    }
}

/// Counts the runs by state, in the order of the report.
fn states(report: &RunReport) -> Vec<(usize, Word)> {
    let mut states: Vec<(usize, Word)> = Vec::new();
    for run in &report.executions {
        let word = execution_status(run.execution.status);
        match states.iter_mut().find(|(_, known)| *known == word) {
            Some((number, _)) => *number += 1,
            None => states.push((1, word)),
        }
    }
    states
}

fn tally(number: usize, word: Word) -> Markup {
    html! { span.tally { @if number > 1 { (number) " × " } (badge(word)) } }
}

fn facts(report: &RunReport) -> Markup {
    let sum = |pick: fn(&Execution) -> u64| -> u64 {
        let runs = report.executions.iter();
        runs.map(|run| pick(&run.execution))
            .fold(0, u64::saturating_add)
    };
    let refused = sum(|run| run.results.failed_commands);
    html! {
        (fact("Runs", &report.executions.len().to_string()))
        (fact("Devices", &devices(report).to_string()))
        (fact("Commands", &sum(|run| run.results.total_commands).to_string()))
        (fact("Commands failed", &refused.to_string()))
        (fact("Outputs", &report.executions.iter().map(|run| run.outputs.len()).sum::<usize>().to_string()))
        @if let Some(started) = started(report) { (fact("Started", &moment(started))) }
        (fact("Took in all", &duration(sum(|run| run.duration_us.unwrap_or(0)))))
    }
}

fn devices(report: &RunReport) -> usize {
    let runs = report.executions.iter();
    let names = runs.flat_map(|run| run.execution.devices.iter().map(|device| &device.id));
    names.collect::<BTreeSet<_>>().len()
}

fn started(report: &RunReport) -> Option<Timestamp> {
    let runs = report.executions.iter();
    runs.map(|run| run.execution.created_at).min()
}

/// The chain of runs, each a way into its section.
fn story(report: &RunReport) -> Markup {
    html! {
        nav aria-label="Sections" {
            ol.story {
                @if !report.diffs.is_empty() {
                    (card("#changes", "Difference", &count(report.diffs.len(), "device"), None))
                }
                @if let Some(plan) = &report.plan {
                    (card("#plan", "Plan", &count(plan.waves.len(), "wave"), Some(super::plan::verdict(plan))))
                }
                @for (index, run) in report.executions.iter().enumerate() { (run_card(index, run)) }
            }
        }
    }
}

fn run_card(index: usize, run: &ExecutionReport) -> Markup {
    let execution = &run.execution;
    let took = execution.duration_us.map_or_else(String::new, duration);
    let state = execution_status(execution.status);
    card(
        &format!("#run-{index}"),
        execution_kind(execution.kind),
        &took,
        Some(state),
    )
}

fn card(target: &str, name: &str, detail: &str, state: Option<Word>) -> Markup {
    html! {
        li { a.card href=(target) {
            span.name { (name) }
            @if let Some(state) = state { (badge(state)) }
            span.detail { (detail) }
        } }
    }
}
