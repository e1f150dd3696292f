//! One run: how it stands, its devices, its timeline, what it changed and what it recorded.

use maud::{Markup, html};

use super::outputs::Budget;
use super::parts::{badge, error, fact, scrolling};
use super::{deployment, log, outputs, timeline};
use crate::model::{DeviceResult, Execution};
use crate::report::ExecutionReport;
use crate::report::text::{duration, moment, one_line, visible};
use crate::report::topology::picture;
use crate::report::words::{Tone, device_status, execution_kind, execution_status};

pub(super) fn run(index: usize, report: &ExecutionReport, budget: &mut Budget) -> Markup {
    let execution = &report.execution;
    html! {
        section.run id={ "run-" (index) } {
            h2 { (execution_kind(execution.kind)) " " (badge(execution_status(execution.status))) }
            @if !execution.name.is_empty() { p.lead { (one_line(&execution.name)) } }
            @if let Some(reason) = &execution.reason { p.reason { (visible(reason)) } }
            dl.facts { (facts(execution)) }
            (devices(report))
            (timeline::timeline(report))
            @if let Some(topology) = &report.topology {
                h3 { "Topology" }
                (scrolling("Topology", &picture(topology, &html! {})))
            }
            @if let Some(deployment) = &report.deployment { (deployment::deployment(deployment)) }
            (outputs::outputs(&report.outputs, budget))
            (log::log(&report.events))
        }
    }
}

fn facts(execution: &Execution) -> Markup {
    let results = &execution.results;
    html! {
        (fact("Run", execution.id.as_str()))
        (fact("Started", &moment(execution.created_at)))
        @if let Some(took) = execution.duration_us { (fact("Took", &duration(took))) }
        @if !execution.actor.is_empty() { (fact("By", &execution.actor)) }
        (fact("Devices", &tally(results.total_devices, results.failed_devices)))
        (fact("Commands", &tally(results.total_commands, results.failed_commands)))
        @if let Some(parent) = &execution.parent { (fact("Started by run", parent.as_str())) }
        @for (name, value) in &execution.labels { (fact(&one_line(name), value)) }
    }
}

fn tally(total: u64, failed: u64) -> String {
    match failed {
        0 => total.to_string(),
        failed => format!("{total}, {failed} failed"),
    }
}

fn devices(report: &ExecutionReport) -> Markup {
    html! {
        @if !report.devices.is_empty() {
            h3 { "Devices" }
            (scrolling("Devices", &device_table(report)))
        }
    }
}

fn device_table(report: &ExecutionReport) -> Markup {
    html! {
        table.list {
            thead { tr {
                th scope="col" { "Device" } th scope="col" { "Address" } th scope="col" { "Ended" }
                th.amount scope="col" { "Commands" } th.amount scope="col" { "Failed" }
                th.amount scope="col" { "Took" } th scope="col" { "Why" }
            } }
            tbody { @for device in worst_first(&report.devices) { (device_row(&report.execution, device)) } }
        }
    }
}

/// What a person has to look at comes first; otherwise the order of the run stays.
fn worst_first(devices: &[DeviceResult]) -> Vec<&DeviceResult> {
    let mut sorted: Vec<&DeviceResult> = devices.iter().collect();
    sorted.sort_by_key(|device| device_status(device.status).tone != Tone::Bad);
    sorted
}

fn device_row(execution: &Execution, result: &DeviceResult) -> Markup {
    let known = execution
        .devices
        .iter()
        .find(|device| device.id == result.device);
    html! {
        tr {
            th scope="row" { code { (one_line(&result.device)) } }
            td { code { (known.map_or("".into(), |device| one_line(&device.ip))) } }
            td { (badge(device_status(result.status))) }
            td.amount { (result.commands_ok + result.commands_failed) }
            td.amount { (result.commands_failed) }
            td.amount { (duration(result.duration_us)) }
            td { @if let Some(reason) = &result.error { (error(reason)) } }
        }
    }
}
