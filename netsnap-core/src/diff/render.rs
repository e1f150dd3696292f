//! How does a difference look, line by line?

use similar::{DiffOp, TextDiff};

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// The same on both sides.
    Same,
    /// Another line on the right.
    Changed,
    /// On the left only.
    Removed,
    /// On the right only.
    Added,
    /// Lines that are the same, left out.
    Gap,
}

/// One row of a side-by-side view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What happened.
    pub kind: RowKind,
    /// Line number, from 1, and text before.
    pub left: Option<(usize, String)>,
    /// Line number, from 1, and text after.
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
    let diff = TextDiff::from_lines(before, after);
    let mut rows = Vec::new();
    let mut shown = 0;
    for operation in diff.grouped_ops(context).iter().flatten() {
        if operation.old_range().start > shown {
            rows.push(gap());
        }
        shown = operation.old_range().end;
        pair(before, after, operation, &mut rows);
    }
    if !rows.is_empty() && shown < before.lines().count() {
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

fn pair(before: &str, after: &str, operation: &DiffOp, rows: &mut Vec<Row>) {
    let (lefts, rights) = (operation.old_range(), operation.new_range());
    for offset in 0..lefts.len().max(rights.len()) {
        let left = line(before, lefts.start + offset, lefts.end);
        let right = line(after, rights.start + offset, rights.end);
        let kind = match (&left, &right) {
            (Some(left), Some(right)) if left.1 == right.1 => RowKind::Same,
            (Some(_), Some(_)) => RowKind::Changed,
            (Some(_), None) => RowKind::Removed,
            _ => RowKind::Added,
        };
        rows.push(Row { kind, left, right });
    }
}

fn line(text: &str, index: usize, end: usize) -> Option<(usize, String)> {
    let inside = (index < end).then_some(index)?;
    let found = text.lines().nth(inside)?;
    Some((inside + 1, found.to_owned()))
}
