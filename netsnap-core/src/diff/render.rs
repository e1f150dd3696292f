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

/// Returns the rows of a side-by-side view, with `context` same lines around each change.
#[must_use]
pub fn rows(before: &str, after: &str, context: usize) -> Vec<Row> {
    let diff = TextDiff::from_lines(before, after);
    let mut rows = Vec::new();
    for (position, group) in diff.grouped_ops(context).iter().enumerate() {
        if position > 0 {
            rows.push(Row {
                kind: RowKind::Gap,
                left: None,
                right: None,
            });
        }
        for operation in group {
            pair(before, after, operation, &mut rows);
        }
    }
    rows
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
