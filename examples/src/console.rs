//! How wide is the terminal, is colour wanted, and what happens on Ctrl-C?

use std::io::IsTerminal as _;
use std::process::ExitCode;

use console::Term;
use netsnap_core::Error;
use netsnap_core::report::terminal::{Color, Layout, printable};
use tokio_util::sync::CancellationToken;

/// What a shell reports for a program that Ctrl-C ended: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;
/// Text that goes to a file or a pipe is laid out for this many columns.
const COLUMNS_OF_A_FILE: usize = 120;

/// Returns the layout for standard output: the width of the terminal, and colour unless `NO_COLOR` is set.
#[must_use]
pub fn layout() -> Layout {
    let terminal = std::io::stdout().is_terminal();
    let width = match Term::stdout().size_checked() {
        Some((_, columns)) if terminal => usize::from(columns),
        _ => COLUMNS_OF_A_FILE,
    };
    let no_color = std::env::var("NO_COLOR").ok();
    Layout {
        width,
        color: color(terminal, no_color.as_deref()),
    }
}

/// Decides about colour: <https://no-color.org>, any value but the empty one switches it off.
fn color(terminal: bool, no_color: Option<&str>) -> Color {
    let refused = no_color.is_some_and(|value| !value.is_empty());
    match terminal {
        true if !refused => Color::Always,
        _ => Color::Never,
    }
}

/// Returns a token that the first Ctrl-C cancels, so that work ends in order; the second ends the program at once.
///
/// Prints nothing by itself: [`crate::progress::show`] says it above the bars. Has to be called inside a Tokio runtime.
#[must_use]
pub fn cancelled_by_interrupt() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        cancelled.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            eprintln!();
            std::process::exit(INTERRUPTED);
        }
    });
    token
}

/// Tells the person what failed and what to do now, and returns the exit code of a failure.
#[must_use]
pub fn failure(error: &Error) -> ExitCode {
    for line in explain(error) {
        eprintln!("{line}");
    }
    ExitCode::FAILURE
}

fn explain(error: &Error) -> Vec<String> {
    let report = error.report();
    let mut lines = vec![format!(
        "error: {} [{}]",
        printable(&report.message),
        report.kind
    )];
    for (key, value) in &report.context {
        lines.push(format!("  {}: {}", printable(key), printable(value)));
    }
    lines.extend(report.hint.map(|hint| format!("  → {}", printable(&hint))));
    lines
}

#[cfg(test)]
mod tests {
    use netsnap_core::ErrorKind;

    use super::*;

    #[test]
    fn colour_needs_a_terminal_and_nobody_who_refused_it() {
        assert_eq!(color(true, None), Color::Always);
        assert_eq!(color(true, Some("")), Color::Always);
        assert_eq!(color(true, Some("1")), Color::Never);
        assert_eq!(color(false, None), Color::Never);
    }

    #[test]
    fn an_error_is_told_with_its_facts_and_what_to_do() {
        let error = Error::new(ErrorKind::ConnectTimeout, "the host did not answer in time")
            .with("device", "r4\u{1b}[2J")
            .hint("check that the device is up");
        let expected = [
            "error: the host did not answer in time [connect_timeout]",
            "  device: r4␛[2J",
            "  → check that the device is up",
        ];
        assert_eq!(explain(&error), expected);
    }
}
