//! How does a person see a difference?

use similar::{DiffOp, DiffTag, TextDiff};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::line_operations;

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// The same line on both sides.
    Same,
    /// Two lines that stand for each other.
    Changed,
    /// A line of the left side only.
    Removed,
    /// A line of the right side only.
    Added,
    /// Equal lines were left out here.
    Gap,
}

/// One row of two texts side by side: the number of the line, from 1, and the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it shows.
    pub kind: RowKind,
    /// The line of the first text.
    pub left: Option<(usize, String)>,
    /// The line of the second text.
    pub right: Option<(usize, String)>,
}

/// Whether to use the colours of a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Color {
    /// Plain text.
    #[default]
    Never,
    /// ANSI colours.
    Always,
}

/// Lines up two texts, with some equal lines around each difference. Equal texts have no rows.
#[must_use]
pub fn rows(before: &str, after: &str, context: usize) -> Vec<Row> {
    let left: Vec<&str> = before.lines().collect();
    let right: Vec<&str> = after.lines().collect();
    let operations = line_operations(&left, &right);
    if operations
        .iter()
        .all(|operation| operation.tag() == DiffTag::Equal)
    {
        return Vec::new();
    }
    let mut rows = Vec::new();
    let mut shown = 0;
    for operation in similar::group_diff_ops(operations, context)
        .iter()
        .flatten()
    {
        let start = operation.old_range().start;
        if start > shown {
            rows.push(gap());
        }
        shown = operation.old_range().end;
        add_rows(operation, (&left, &right), &mut rows);
    }
    if shown < left.len() {
        rows.push(gap());
    }
    rows
}

fn gap() -> Row {
    Row {
        kind: RowKind::Gap,
        left: None,
        right: None,
    }
}

fn add_rows(operation: &DiffOp, (left, right): (&[&str], &[&str]), rows: &mut Vec<Row>) {
    let (old, new) = (operation.old_range(), operation.new_range());
    for step in 0..old.len().max(new.len()) {
        let cell = |lines: &[&str], range: &std::ops::Range<usize>| {
            let place = range.start + step;
            (place < range.end).then(|| (place + 1, lines[place].to_owned()))
        };
        let (left, right) = (cell(left, &old), cell(right, &new));
        let kind = match (operation.tag(), &left, &right) {
            (DiffTag::Equal, ..) => RowKind::Same,
            (_, Some(_), Some(_)) => RowKind::Changed,
            (_, Some(_), None) => RowKind::Removed,
            _ => RowKind::Added,
        };
        rows.push(Row { kind, left, right });
    }
}

/// Writes the difference of two texts as `diff -u` does. Equal texts give an empty one.
#[must_use]
pub fn unified(
    before: &str,
    after: &str,
    before_name: &str,
    after_name: &str,
    context: usize,
) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(context)
        .header(before_name, after_name)
        .to_string()
}

/// Equal lines around a difference that [`side_by_side`] shows.
const CONTEXT: usize = 3;
/// The sign between the sides, with a blank around it.
const GUTTER: usize = 3;

/// Shows two texts beside each other on a terminal of a width. Equal texts give an empty one.
///
/// Long lines are cut with `…`, wide characters count as two columns, and control characters are shown, never sent.
#[must_use]
pub fn side_by_side(before: &str, after: &str, width: usize, color: Color) -> String {
    let rows = rows(before, after, CONTEXT);
    let numbers = rows
        .iter()
        .flat_map(|row| row.left.iter().chain(&row.right))
        .map(|(number, _)| number.to_string().len())
        .max()
        .unwrap_or(1);
    let column = (width.saturating_sub(GUTTER) / 2).max(numbers + 2);
    rows.iter()
        .map(|row| show(row, column, numbers, color))
        .collect()
}

fn show(row: &Row, column: usize, numbers: usize, color: Color) -> String {
    let (sign, code) = match row.kind {
        RowKind::Same => (" ", ""),
        RowKind::Changed => ("|", "33"),
        RowKind::Removed => ("<", "31"),
        RowKind::Added => (">", "32"),
        RowKind::Gap => ("⋮", "2"),
    };
    let left = cell(row.left.as_ref(), column, numbers);
    let right = cell(row.right.as_ref(), column, numbers);
    let text = format!("{left} {sign} {right}");
    match color {
        Color::Always if !code.is_empty() => format!("\x1b[{code}m{}\x1b[0m\n", text.trim_end()),
        _ => format!("{}\n", text.trim_end()),
    }
}

fn cell(line: Option<&(usize, String)>, column: usize, numbers: usize) -> String {
    let Some((number, text)) = line else {
        return " ".repeat(column);
    };
    let text = fit(text, column - numbers - 1);
    let blanks = (column - numbers - 1).saturating_sub(text.width());
    format!("{number:>numbers$} {text}{}", " ".repeat(blanks))
}

/// Cuts a line to a width and makes what a terminal would act on visible.
fn fit(text: &str, width: usize) -> String {
    let visible: String = text.chars().map(visible).collect();
    if visible.width() <= width {
        return visible;
    }
    let mut cut = String::new();
    let mut used = 1;
    for character in visible.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        cut.push(character);
    }
    cut.push('…');
    cut
}

fn visible(character: char) -> char {
    match u32::from(character) {
        // The control pictures of Unicode stand in the order of the characters.
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f..0xa0 => '\u{fffd}',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: usize, changed: usize) -> String {
        (1..=count)
            .map(|line| {
                if line == changed {
                    "changed\n".to_owned()
                } else {
                    format!("line {line}\n")
                }
            })
            .collect()
    }

    #[test]
    fn equal_texts_show_nothing() {
        let text = numbered(5, 0);
        assert!(rows(&text, &text, 3).is_empty());
        assert_eq!(unified(&text, &text, "a", "b", 3), "");
        assert_eq!(side_by_side(&text, &text, 80, Color::Always), "");
    }

    #[test]
    fn rows_carry_numbers_and_gaps() {
        let found = rows(&numbered(9, 0), &numbered(9, 5), 1);
        let kinds: Vec<_> = found.iter().map(|row| row.kind).collect();
        assert_eq!(
            kinds,
            [
                RowKind::Gap,
                RowKind::Same,
                RowKind::Changed,
                RowKind::Same,
                RowKind::Gap
            ]
        );
        assert_eq!(found[2].left, Some((5, "line 5".to_owned())));
        assert_eq!(found[2].right, Some((5, "changed".to_owned())));
    }

    #[test]
    fn a_unified_difference_reads_as_usual() {
        assert_eq!(
            unified("a\nb\n", "a\nc\n", "running", "intended", 3),
            "--- running\n+++ intended\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
        );
    }

    #[test]
    fn sides_fit_the_width_whatever_the_characters() {
        let shown = side_by_side(
            "a\n界界界界界界界界界界\n",
            "a\nx\u{1b}[31m\n",
            30,
            Color::Never,
        );
        assert_eq!(shown, "1 a             1 a\n2 界界界界界… | 2 x␛[31m\n");
        for width in 0..60 {
            let _ = side_by_side("界é\tx\n", "", width, Color::Always);
        }
    }

    #[test]
    fn colour_is_there_only_when_asked_for() {
        assert!(!side_by_side("a\n", "b\n", 40, Color::Never).contains('\x1b'));
        assert!(side_by_side("a\n", "b\n", 40, Color::Always).contains("\x1b[33m"));
    }
}
