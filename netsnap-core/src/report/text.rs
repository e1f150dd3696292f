//! How do values look in words that a person reads at a glance, and how is hostile text made harmless?

use std::borrow::Cow;

use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Makes control characters visible, so that no text of a device can steer a terminal or reorder a page.
///
/// Line ends and tabs stay. C0 and DEL become their Unicode control pictures; C1 and the characters that change the
/// direction of writing (Unicode UAX #9) become U+FFFD.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(picture).collect())
}

/// Like [`visible`], for text that has to stay on one line.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| is_harmless(c) && !c.is_control()) {
        return Cow::Borrowed(text);
    }
    let flat = |c: char| match c {
        '\n' => '\u{2424}',
        '\t' => ' ',
        other => picture(other),
    };
    Cow::Owned(text.chars().map(flat).collect())
}

fn is_harmless(c: char) -> bool {
    matches!(c, '\n' | '\t') || picture(c) == c
}

fn picture(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}

/// Returns how many bytes to show: all, or up to the last line end within the limit.
pub(crate) fn line_boundary(bytes: &[u8], limit: usize) -> usize {
    if bytes.len() <= limit {
        return bytes.len();
    }
    let newline = bytes[..limit].iter().rposition(|byte| *byte == b'\n');
    newline.map_or_else(|| character_boundary(bytes, limit), |found| found + 1)
}

/// Steps back to the first byte of a UTF-8 character, at most three bytes.
fn character_boundary(bytes: &[u8], limit: usize) -> usize {
    let is_start = |position: &usize| bytes[*position] & 0b1100_0000 != 0b1000_0000;
    let earliest = limit.saturating_sub(3);
    (earliest..=limit).rev().find(is_start).unwrap_or(limit)
}

/// Shows microseconds in the unit that a person would take.
pub(crate) fn duration(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..60_000_000 => {
            format!(
                "{}.{:02} s",
                micros / 1_000_000,
                micros % 1_000_000 / 10_000
            )
        }
        60_000_000..3_600_000_000 => {
            let seconds = micros / 1_000_000;
            format!("{} min {:02} s", seconds / 60, seconds % 60)
        }
        _ => {
            let minutes = micros / 60_000_000;
            format!("{} h {:02} min", minutes / 60, minutes % 60)
        }
    }
}

/// Shows a number of bytes in decimal units.
pub(crate) fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{}.{} kB", count / 1_000, count % 1_000 / 100),
        _ => format!("{}.{} MB", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

/// Shows a number with its noun in the singular or plural.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Shows a date and time of day in UTC.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Shows a time of day in UTC, with milliseconds.
pub(crate) fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S%.3f").to_string()
}

/// Returns how many columns of a terminal a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// Cuts a text to a number of columns, with an ellipsis where something was cut.
pub(crate) fn fit(text: &str, width: usize) -> Cow<'_, str> {
    if columns(text) <= width {
        return Cow::Borrowed(text);
    }
    let mut taken = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= width {
            break;
        }
        taken.push(c);
    }
    taken.push('…');
    Cow::Owned(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_pictures_and_line_ends_stay() {
        assert_eq!(visible("a\x1b[31m\n\tb\x07"), "a␛[31m\n\tb␇");
        assert_eq!(visible("\u{202e}abc\u{9b}"), "\u{fffd}abc\u{fffd}");
        assert_eq!(one_line("a\nb\tc\r"), "a␤b c␍");
    }

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(visible("interface eth0\n"), Cow::Borrowed(_)));
        assert!(matches!(one_line("interface eth0"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_cut_ends_at_a_line_and_never_inside_a_character() {
        assert_eq!(line_boundary(b"one\ntwo\nthree", 9), 8);
        assert_eq!(line_boundary("ää".as_bytes(), 3), 2);
        assert_eq!(line_boundary(b"short", 9), 5);
    }

    #[test]
    fn durations_take_the_unit_a_person_would() {
        let shown: Vec<_> = [840, 4_200, 12_345, 1_240_000, 125_000_000, 3_725_000_000]
            .map(duration)
            .into();
        assert_eq!(
            shown,
            [
                "840 µs",
                "4.2 ms",
                "12 ms",
                "1.24 s",
                "2 min 05 s",
                "1 h 02 min"
            ]
        );
    }

    #[test]
    fn a_fitted_text_is_never_wider_than_asked() {
        assert_eq!(fit("configuration", 8), "configu…");
        assert_eq!(fit("設定設定", 5), "設定…");
        assert_eq!(fit("same", 4), "same");
    }
}
