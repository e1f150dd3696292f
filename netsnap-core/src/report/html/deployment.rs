//! What a deployment or a rollback did, line by line.

use maud::{Markup, html};

use super::parts::{badge, error};
use crate::model::{Deployment, DeviceDeployment, LineResult};
use crate::report::text::{count, one_line, visible};
use crate::report::words::{Tone, Word, device_outcome, rollback_outcome};

pub(super) fn deployment(deployment: &Deployment) -> Markup {
    html! {
        h3 { "Lines sent" }
        @if let Some(taken_back) = &deployment.rollback_of {
            p.lead { "Takes back run " code { (taken_back.as_str()) } "." }
        }
        @for device in &deployment.devices { (device_deployment(device)) }
    }
}

fn device_deployment(device: &DeviceDeployment) -> Markup {
    let refused = device.lines.iter().filter(|line| !line.accepted).count();
    html! {
        details.panel open[!device.lines.is_empty() || device.error.is_some()] {
            summary {
                h4 { (one_line(&device.device)) }
                (badge(device_outcome(device.outcome)))
                span.meta {
                    (count(device.lines.len(), "line"))
                    @if refused > 0 { ", " (refused) " refused" }
                    @if device.saved { " · saved" }
                }
            }
            @if let Some(reason) = &device.error { (error(reason)) }
            @if device.lines.is_empty() { p.empty { "No line was sent." } } @else { (lines(&device.lines)) }
            (ending(device))
        }
    }
}

fn lines(lines: &[LineResult]) -> Markup {
    html! {
        table.lines {
            thead { tr {
                th.amount scope="col" { "#" } th scope="col" { "Line" } th scope="col" { "Device" }
            } }
            tbody { @for (index, line) in lines.iter().enumerate() { (line_row(index + 1, line)) } }
        }
    }
}

fn line_row(position: usize, line: &LineResult) -> Markup {
    let (text, tone) = if line.accepted {
        ("accepted", Tone::Good)
    } else {
        ("refused", Tone::Bad)
    };
    html! {
        tr.refused[!line.accepted] {
            td.amount { (position) }
            td.text { code { (one_line(&line.line)) } }
            td {
                (badge(Word { text, tone }))
                @if !line.answer.is_empty() { pre.answer { (visible(&line.answer)) } }
            }
        }
    }
}

fn ending(device: &DeviceDeployment) -> Markup {
    html! {
        @if let Some(outcome) = device.rollback {
            p.ending { "Rollback " (badge(rollback_outcome(outcome))) }
        }
        @if let (Some(before), Some(after)) = (device.before, device.after) {
            p.meta.digests {
                "before " code { (before.short()) } " → after " code { (after.short()) }
                @if before == after { " (the same bytes)" }
            }
        }
    }
}
