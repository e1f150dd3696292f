//! What is different between two runs: the devices, then what they said otherwise.

use maud::{Markup, html};

use super::parts::{badge, cut, folded, scrolling};
use crate::compare::{
    Comparison, DeviceComparison, DurationChange, JsonChange, OutputChange, OutputComparison,
};
use crate::model::DeviceStatus;
use crate::report::text::{duration, one_line, visible};
use crate::report::words::{Tone, Word, device_change, device_status};

pub(super) fn comparison(compared: &Comparison) -> Markup {
    let devices: Vec<&DeviceComparison> = compared.devices.iter().collect();
    let differing = devices.iter().flat_map(|device| {
        let outputs = device.outputs.iter();
        let shown = outputs.filter(|output| output.change != OutputChange::Masked);
        shown.map(|output| (device.device.as_str(), output))
    });
    let differing: Vec<(&str, &OutputComparison)> = differing.collect();
    html! {
        section.comparison #comparison {
            h2 { "What is different" }
            p.lead { (compared.before.execution) " → " (compared.after.execution) " · " (took(&compared.duration)) }
            (scrolling("Devices", &table(&devices)))
            @if !differing.is_empty() {
                h3 { "Outputs" }
                (folded(differing.len(), "output", &html! {
                    @for (device, output) in &differing { (one(device, output)) }
                }))
            }
            @if compared.totals.outputs_masked > 0 {
                p.meta { (compared.totals.outputs_masked) " outputs differ only in what changes by itself." }
            }
        }
    }
}

fn table(devices: &[&DeviceComparison]) -> Markup {
    html! {
        table.list {
            thead { tr {
                th scope="col" { "Device" } th scope="col" { "Change" } th scope="col" { "Before" } th scope="col" { "After" }
                th scope="col" { "Took" } th scope="col" { "Commands" }
            } }
            tbody { @for device in devices { tr {
                th scope="row" { code { (one_line(&device.device)) } }
                td { (badge(device_change(device.change))) }
                td { (status(device.status_before)) }
                td { (status(device.status_after)) }
                td { (took(&device.duration)) }
                td {
                    @for command in &device.commands_removed { code { "− " (one_line(command)) } " " }
                    @for command in &device.commands_added { code { "+ " (one_line(command)) } " " }
                }
            } } }
        }
    }
}

fn status(status: Option<DeviceStatus>) -> Markup {
    html! { @if let Some(status) = status { (badge(device_status(status))) } @else { "–" } }
}

fn took(change: &DurationChange) -> String {
    let side = |time: Option<u64>| time.map_or_else(|| "–".to_owned(), duration);
    format!("{} → {}", side(change.before_us), side(change.after_us))
}

fn one(device: &str, output: &OutputComparison) -> Markup {
    let masked = output.masked_before.max(output.masked_after);
    html! {
        details.panel.output {
            summary {
                code.device { (one_line(device)) } code.command { (one_line(&output.command)) }
                @if output.change == OutputChange::Unknown { (badge(Word { text: "not compared", tone: Tone::Caution })) }
                @if masked > 0 { span.meta { (masked) " masked" } }
            }
            @if let Some(error) = &output.error { (cut(&visible(&error.message))) }
            @if output.truncated.is_some() { (cut("Not everything is shown: it is too large.")) }
            @if let Some(diff) = &output.diff { pre tabindex="0" { @for line in diff.lines().skip(2) { (diff_line(line)) } } }
            @if let Some(changes) = &output.json { pre tabindex="0" { @for change in changes { (json_change(change)) } } }
        }
    }
}

fn diff_line(line: &str) -> Markup {
    let shown = visible(line);
    match line.as_bytes().first() {
        Some(b'-') => html! { del { (shown) } "\n" },
        Some(b'+') => html! { ins { (shown) } "\n" },
        _ => html! { (shown) "\n" },
    }
}

fn json_change(change: &JsonChange) -> Markup {
    let line = |sign: &str, value: &serde_json::Value| format!("{sign}{} = {value}", change.path);
    html! {
        @if let Some(value) = &change.before { del { (visible(&line("-", value))) } "\n" }
        @if let Some(value) = &change.after { ins { (visible(&line("+", value))) } "\n" }
    }
}
