//! How are figures shown, kept and held against their targets?

use std::fmt::Write as _;
use std::path::Path;

use netsnap_core::{Error, ErrorKind, Result};

use crate::figure::Figure;
use crate::machine;

const HEADER: [&str; 7] = ["case", "figure", "ours", "theirs", "ratio", "target", "met"];

/// Returns the figures as a table in Markdown.
#[must_use]
pub fn table(figures: &[Figure]) -> String {
    let mut rows = vec![HEADER.map(str::to_owned)];
    rows.extend(figures.iter().map(row));
    let widths: [usize; 7] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    rows.insert(1, widths.map(|width| "-".repeat(width)));
    let mut text = String::new();
    for row in rows {
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a string cannot fail.
            let _ = write!(text, "| {cell:width$} ");
        }
        text.push_str("|\n");
    }
    text
}

fn row(figure: &Figure) -> [String; 7] {
    let with_unit = |value: f64| format!("{} {}", short(value), figure.unit);
    let theirs = match (&figure.peer, figure.theirs) {
        (None, _) => String::new(),
        (Some(peer), None) => format!("{peer}: did not run"),
        (Some(peer), Some(value)) => format!("{peer}: {}", with_unit(value)),
    };
    [
        figure.case.clone(),
        figure.figure.to_owned(),
        figure.ours.map_or_else(|| "did not run".into(), with_unit),
        theirs,
        figure
            .ratio()
            .map(|ratio| format!("{} x", short(ratio)))
            .unwrap_or_default(),
        figure.target_text().unwrap_or_default(),
        figure
            .met()
            .map_or("", |met| if met { "yes" } else { "NO" })
            .to_owned(),
    ]
}

/// Three significant digits, whole numbers as they are.
fn short(value: f64) -> String {
    match value {
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        _ if value.abs() >= 100.0 => format!("{value:.0}"),
        _ if value.abs() >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Prints the table, then one line of JSON for each figure.
#[expect(
    clippy::print_stdout,
    reason = "printing the figures is what a benchmark is for"
)]
pub fn print(figures: &[Figure]) {
    println!("\n{}", table(figures));
    for figure in figures {
        println!("{}", figure.json());
    }
}

/// Writes a benchmark's section of a file of results; the sections of other benchmarks stay.
///
/// # Errors
/// `InvalidInput` when the file can be neither read nor written.
pub fn write(path: &Path, bench: &str, notes: &str, figures: &[Figure]) -> Result<()> {
    let old = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        result => result.map_err(|error| unusable(path).because(error))?,
    };
    let section = format!(
        "Measured on: {}.\n{notes}\n\n{}",
        machine::describe(),
        table(figures)
    );
    std::fs::write(path, with_section(&old, bench, &section))
        .map_err(|error| unusable(path).because(error))
}

fn unusable(path: &Path) -> Error {
    Error::new(ErrorKind::InvalidInput, "the results file cannot be used")
        .during("bench.report")
        .with("path", path.display())
}

const TITLE: &str =
    "# Results\n\nWritten by `benches/run NAME`: ours and theirs in one go on one machine.\n";

/// Replaces the section of a benchmark, or adds it at the end.
fn with_section(old: &str, bench: &str, section: &str) -> String {
    let heading = format!("\n## {bench}\n");
    let new = format!("{heading}\n{}\n", section.trim_end());
    let old = if old.is_empty() { TITLE } else { old };
    let Some(start) = old.find(&heading) else {
        return format!("{}\n{new}", old.trim_end());
    };
    let rest = &old[start + heading.len()..];
    let end = rest.find("\n## ").unwrap_or(rest.len());
    format!("{}{new}{}", &old[..start], &rest[end..])
}

/// Returns the figures that miss their target.
pub fn missed(figures: &[Figure]) -> impl Iterator<Item = &Figure> {
    figures.iter().filter(|figure| figure.met() == Some(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Target;

    fn figure() -> Figure {
        Figure {
            bench: "collect",
            case: "100 devices".into(),
            figure: "processor time",
            unit: "ms",
            ours: Some(1.25),
            peer: Some("netmiko".into()),
            theirs: None,
            target: Target::AtMost(1.0),
        }
    }

    #[test]
    fn a_peer_that_did_not_run_is_named() {
        let text = table(&[figure()]);
        assert!(
            text.contains("netmiko: did not run") && text.contains("| NO"),
            "{text}"
        );
        assert!(
            text.lines()
                .all(|line| line.len() == text.lines().next().unwrap().len())
        );
    }

    #[test]
    fn a_missed_target_is_found() {
        let met = Figure {
            ours: Some(0.5),
            ..figure()
        };
        assert_eq!(missed(&[met, figure()]).collect::<Vec<_>>(), [&figure()]);
    }

    #[test]
    fn a_section_replaces_itself_alone() {
        let one = with_section("", "collect", "old");
        let two = with_section(&one, "store", "rows");
        let three = with_section(&two, "collect", "new");
        assert!(
            three.contains("## collect\n\nnew\n\n## store\n\nrows\n"),
            "{three}"
        );
        assert!(
            three.starts_with("# Results\n") && !three.contains("old"),
            "{three}"
        );
        assert_eq!(with_section(&three, "collect", "new"), three);
    }
}
