//! What is different between two runs? One head line, one row for each device, then what the devices said otherwise.

use super::Layout;
use super::paint::{paint, strong};
use super::table::{Cell, Side, Table};
use crate::compare::{
    Comparison, DeviceComparison, DurationChange, JsonChange, OutputChange, OutputComparison,
    Truncation,
};
use crate::model::DeviceStatus;
use crate::report::text::{bytes, count, duration, one_line, visible};
use crate::report::words::{Tone, device_change, device_status};

/// Returns the comparison of two runs: a table of the devices, then the differences of their outputs.
#[must_use]
pub fn comparison(compared: &Comparison, layout: &Layout) -> String {
    let mut text = head(compared, layout);
    if !compared.devices.is_empty() {
        text.push('\n');
        text.push_str(&table(&compared.devices).render(layout));
    }
    for device in &compared.devices {
        text.push_str(&commands(device, layout));
        for output in &device.outputs {
            text.push_str(&difference(&device.device, output, layout));
        }
    }
    text
}

fn head(compared: &Comparison, layout: &Layout) -> String {
    let title = format!(
        "Compare {} with {}",
        compared.before.execution, compared.after.execution
    );
    let totals = &compared.totals;
    let words = [
        (totals.fixed, "fixed", Tone::Good),
        (totals.broken, "broken", Tone::Bad),
        (totals.same, "same", Tone::Quiet),
        (totals.added, "added", Tone::Info),
        (totals.removed, "removed", Tone::Caution),
        (totals.outputs_changed, "outputs differ", Tone::Caution),
        (
            totals.outputs_unknown,
            "outputs not compared",
            Tone::Caution,
        ),
    ];
    let words: Vec<String> = words
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, word, tone)| paint(&format!("{number} {word}"), *tone, layout))
        .collect();
    let took = took(&compared.duration);
    format!("{}  {took}\n{}\n", strong(&title, layout), words.join(", "))
}

fn table(devices: &[DeviceComparison]) -> Table {
    let mut table = Table::new(&[
        ("DEVICE", Side::Left),
        ("CHANGE", Side::Left),
        ("BEFORE", Side::Left),
        ("AFTER", Side::Left),
        ("OUTPUTS", Side::Right),
        ("DIFFER", Side::Right),
        ("TOOK", Side::Left),
    ]);
    for device in devices {
        table.row(row(device));
    }
    table
}

fn row(device: &DeviceComparison) -> Vec<Cell> {
    let change = device_change(device.change);
    let status = |status: Option<DeviceStatus>, kind: Option<crate::ErrorKind>| {
        let Some(status) = status else {
            return Cell::new("–").tone(Tone::Quiet);
        };
        let word = device_status(status);
        let why = kind.map(|kind| format!(": {kind}")).unwrap_or_default();
        Cell::new(&format!("{}{why}", word.text)).tone(word.tone)
    };
    let differ = |output: &&OutputComparison| output.change != OutputChange::Masked;
    let outputs = device.outputs_same + device.outputs.len() as u64;
    vec![
        Cell::new(&device.device),
        Cell::new(&format!("{} {}", change.tone.sign(), change.text)).tone(change.tone),
        status(device.status_before, device.error_before),
        status(device.status_after, device.error_after),
        Cell::new(&outputs.to_string()),
        Cell::new(&device.outputs.iter().filter(differ).count().to_string()),
        Cell::new(&took(&device.duration)),
    ]
}

/// Both lengths of time, and how much more or less the second is.
fn took(change: &DurationChange) -> String {
    let side = |time: Option<u64>| time.map_or_else(|| "–".to_owned(), duration);
    let ratio = change.ratio.map(|ratio| format!(" (×{ratio:.2})"));
    format!(
        "{} → {}{}",
        side(change.before_us),
        side(change.after_us),
        ratio.unwrap_or_default()
    )
}

fn commands(device: &DeviceComparison, layout: &Layout) -> String {
    let lines = |commands: &[String], sign: &str, tone| -> String {
        let line = |command: &String| {
            let line = format!("{sign} {}: {}", one_line(&device.device), one_line(command));
            format!("{}\n", paint(&line, tone, layout))
        };
        commands.iter().map(line).collect()
    };
    let removed = lines(&device.commands_removed, "-", Tone::Bad);
    let added = lines(&device.commands_added, "+", Tone::Good);
    match (removed.is_empty(), added.is_empty()) {
        (true, true) => String::new(),
        _ => format!("\n{removed}{added}"),
    }
}

fn difference(device: &str, output: &OutputComparison, layout: &Layout) -> String {
    if output.change == OutputChange::Masked {
        return String::new();
    }
    let nth = match output.occurrence {
        1 => String::new(),
        nth => format!(" (no. {nth})"),
    };
    let title = format!("{}: {}{nth}", one_line(device), one_line(&output.command));
    let mut text = format!("\n{}\n", strong(&title, layout));
    if let Some(diff) = &output.diff {
        // The first two lines name the sides.
        text.extend(diff.lines().skip(2).map(|line| diff_line(line, layout)));
    }
    for change in output.json.iter().flatten() {
        text.push_str(&json_change(change, layout));
    }
    for note in notes(output) {
        text.push_str(&format!("{}\n", paint(&note, Tone::Caution, layout)));
    }
    text
}

fn diff_line(line: &str, layout: &Layout) -> String {
    let shown = one_line(line);
    match line.as_bytes().first() {
        Some(b'-') => format!("{}\n", paint(&shown, Tone::Bad, layout)),
        Some(b'+') => format!("{}\n", paint(&shown, Tone::Good, layout)),
        Some(b'@') => format!("{}\n", paint(&shown, Tone::Info, layout)),
        _ => format!("{shown}\n"),
    }
}

fn json_change(change: &JsonChange, layout: &Layout) -> String {
    let side = |sign: &str, value: &Option<serde_json::Value>, tone| {
        let value = value.as_ref()?;
        let line = format!("{sign}{} = {value}", change.path);
        Some(format!("{}\n", paint(&one_line(&line), tone, layout)))
    };
    let sides = [
        side("-", &change.before, Tone::Bad),
        side("+", &change.after, Tone::Good),
    ];
    sides.into_iter().flatten().collect()
}

fn notes(output: &OutputComparison) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(left_out) = output.truncated {
        notes.push(match left_out {
            Truncation::Output => format!(
                "not compared inside: {} and {}",
                bytes(output.before.bytes),
                bytes(output.after.bytes)
            ),
            Truncation::Difference => "the rest of the difference is left out".to_owned(),
            Truncation::Total => "not compared inside: enough differences were shown".to_owned(),
        });
    }
    if let Some(error) = &output.error {
        notes.push(format!("not compared inside: {}", visible(&error.message)));
    }
    let masked = output.masked_before.max(output.masked_after);
    if masked > 0 {
        let masked = usize::try_from(masked).unwrap_or(usize::MAX);
        notes.push(format!(
            "{} masked: they change by themselves",
            count(masked, "place")
        ));
    }
    notes
}
