//! How does a state get its colour?

use super::{Color, Layout};
use crate::report::words::{Tone, Word};

/// Returns the SGR parameter of a tone (ECMA-48, 8.3.117).
fn parameter(tone: Tone) -> &'static str {
    match tone {
        Tone::Quiet => "2",
        Tone::Good => "32",
        Tone::Info => "36",
        Tone::Caution => "33",
        Tone::Bad => "31",
    }
}

/// Colours a text, if colour is wanted.
pub(in crate::report) fn paint(text: &str, tone: Tone, layout: &Layout) -> String {
    match layout.color {
        Color::Never => text.to_owned(),
        Color::Always => format!("\u{1b}[{}m{text}\u{1b}[0m", parameter(tone)),
    }
}

/// Makes a heading stand out, if colour is wanted.
pub(in crate::report) fn strong(text: &str, layout: &Layout) -> String {
    match layout.color {
        Color::Never => text.to_owned(),
        Color::Always => format!("\u{1b}[1m{text}\u{1b}[0m"),
    }
}

/// Shows a state: sign and word.
pub(super) fn state(word: Word, layout: &Layout) -> String {
    paint(
        &format!("{} {}", word.tone.sign(), word.text),
        word.tone,
        layout,
    )
}
