//! How did a run go? One head line and one row for each device.

use super::Layout;
use super::paint::{state, strong};
use super::table::{Cell, Side, Table};
use crate::model::{DeviceResult, Execution};
use crate::report::text::{count, duration, one_line, visible};
use crate::report::words::{device_status, execution_kind, execution_status};

/// Returns the summary of a run: its state, a table of its devices, and what to do about those that did not end well.
#[must_use]
pub fn summary(execution: &Execution, devices: &[DeviceResult], layout: &Layout) -> String {
    let mut text = head(execution, layout);
    if !devices.is_empty() {
        text.push('\n');
        text.push_str(&table(devices).render(layout));
    }
    text.push_str(&hints(devices));
    text
}

fn head(execution: &Execution, layout: &Layout) -> String {
    let title = format!("{} {}", execution_kind(execution.kind), execution.id);
    let status = state(execution_status(execution.status), layout);
    let took = execution
        .duration_us
        .map(|took| format!("  {}", duration(took)));
    let mut text = format!(
        "{}  {status}{}\n",
        strong(&title, layout),
        took.unwrap_or_default()
    );
    for line in [Some(&execution.name), execution.reason.as_ref()]
        .into_iter()
        .flatten()
    {
        if !line.is_empty() {
            text.push_str(&format!("{}\n", one_line(line)));
        }
    }
    text
}

fn table(devices: &[DeviceResult]) -> Table {
    let mut table = Table::new(&[
        ("DEVICE", Side::Left),
        ("ENDED", Side::Left),
        ("COMMANDS", Side::Right),
        ("FAILED", Side::Right),
        ("TOOK", Side::Right),
        ("WHY", Side::Left),
    ]);
    for device in devices {
        table.row(row(device));
    }
    table
}

fn row(device: &DeviceResult) -> Vec<Cell> {
    let status = device_status(device.status);
    let why = device
        .error
        .as_ref()
        .map_or("", |error| error.message.as_str());
    vec![
        Cell::new(&device.device),
        Cell::new(&format!("{} {}", status.tone.sign(), status.text)).tone(status.tone),
        Cell::new(
            &device
                .commands_ok
                .saturating_add(device.commands_failed)
                .to_string(),
        ),
        Cell::new(&device.commands_failed.to_string()),
        Cell::new(&duration(device.duration_us)),
        Cell::new(why),
    ]
}

/// Each hint once, with the devices that it is for.
fn hints(devices: &[DeviceResult]) -> String {
    let mut hints: Vec<(&str, Vec<&str>)> = Vec::new();
    for device in devices {
        let Some(hint) = device
            .error
            .as_ref()
            .and_then(|error| error.hint.as_deref())
        else {
            continue;
        };
        match hints.iter_mut().find(|(known, _)| *known == hint) {
            Some((_, names)) => names.push(&device.device),
            None => hints.push((hint, vec![&device.device])),
        }
    }
    let lines = hints
        .iter()
        .map(|(hint, names)| format!("\n→ {}: {}\n", who(names), visible(hint)));
    lines.collect()
}

fn who(names: &[&str]) -> String {
    match names {
        [first, rest @ ..] if rest.len() >= 3 => {
            format!(
                "{} and {}",
                one_line(first),
                count(rest.len(), "other device")
            )
        }
        names => names
            .iter()
            .map(|name| one_line(name))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
