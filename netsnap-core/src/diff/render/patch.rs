//! How does a difference look that other programs read? As POSIX `diff -u` says it, and as GNU `patch` and `git apply` take it.

use std::fmt::Write as _;

use crate::diff::lines::{Hunk, grouped, hunks, lines};

/// Writes the difference of two texts as `diff -u` does. Equal texts give an empty one.
///
/// It is exact: applied to the first text it gives the second, byte for byte, whatever their newlines. It is never cut.
#[must_use]
pub fn unified(
    before: &str,
    after: &str,
    before_name: &str,
    after_name: &str,
    context: usize,
) -> String {
    let (old, new) = (lines(before), lines(after));
    let found = hunks(&old, &new);
    let mut text = String::new();
    if found.is_empty() {
        return text;
    }
    let _ = write!(text, "--- {before_name}\n+++ {after_name}\n");
    for group in grouped(&found, context) {
        write_group(&mut text, group, (&old, &new), context);
    }
    text
}

/// Writes the difference of one file as a patch that `patch -p1` and `git apply` take. A text that is not there is none.
#[must_use]
pub fn patch(name: &str, before: Option<&str>, after: Option<&str>, context: usize) -> String {
    let side = |letter: char, text: Option<&str>| match text {
        Some(_) => quoted(&format!("{letter}/{name}")),
        None => "/dev/null".to_owned(),
    };
    unified(
        before.unwrap_or_default(),
        after.unwrap_or_default(),
        &side('a', before),
        &side('b', after),
        context,
    )
}

/// Writes a name as git does where it holds what would end it. A blank is ended by a tab, as GNU diff writes it.
fn quoted(name: &str) -> String {
    let is_plain = |c: char| !c.is_control() && c != '"' && c != '\\' && c.is_ascii();
    if !name.chars().all(is_plain) {
        return format!("\"{}\"", name.bytes().map(escaped).collect::<String>());
    }
    match name.contains(' ') {
        true => format!("{name}\t"),
        false => name.to_owned(),
    }
}

fn escaped(byte: u8) -> String {
    match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        0x20..0x7f => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    }
}

fn write_group(text: &mut String, group: &[Hunk], (old, new): (&[&str], &[&str]), context: usize) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return;
    };
    let lead = first.before.start.min(context);
    let start = first.before.start - lead;
    let end = last.before.end.saturating_add(context).min(old.len());
    let new_start = first.after.start - lead;
    let new_end = last.after.end + (end - last.before.end);
    let _ = writeln!(
        text,
        "@@ -{} +{} @@",
        span(start, end),
        span(new_start, new_end)
    );
    let mut at = start;
    for hunk in group {
        push(text, ' ', &old[at..hunk.before.start]);
        push(text, '-', &old[hunk.before.clone()]);
        push(text, '+', &new[hunk.after.clone()]);
        at = hunk.before.end;
    }
    push(text, ' ', &old[at..end]);
}

/// Where lines stand: an empty range is named by the line before it (POSIX, "diff", "-u").
fn span(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

fn push(text: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        text.push(sign);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unified_difference_reads_as_usual() {
        assert_eq!(
            unified("a\nb\n", "a\nc\n", "running", "intended", 3),
            "--- running\n+++ intended\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
        );
        assert_eq!(
            unified("a\n", "a", "x", "y", 3),
            "--- x\n+++ y\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn a_text_that_comes_or_goes_is_none_on_the_other_side() {
        assert_eq!(
            patch("r1.cfg", None, Some("a\n"), 3),
            "--- /dev/null\n+++ b/r1.cfg\n@@ -0,0 +1 @@\n+a\n"
        );
        assert_eq!(
            patch("r1.cfg", Some("a\n"), None, 3),
            "--- a/r1.cfg\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        );
    }

    #[test]
    fn a_name_that_would_end_early_is_quoted() {
        assert_eq!(quoted("a/r 1"), "a/r 1\t");
        assert_eq!(quoted("a/r\n1"), "\"a/r\\0121\"");
        assert_eq!(quoted("a/ä"), "\"a/\\303\\244\"");
    }
}
