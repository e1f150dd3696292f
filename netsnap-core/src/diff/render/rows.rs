//! Which lines of two texts stand beside each other?

use serde::Serialize;

use crate::diff::lines::{Hunk, grouped, hunks, lines};

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
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

/// Lines up two texts, with some equal lines around each difference. Equal texts have no rows.
///
/// Lines are the same only with their ends: where those alone differ, the row shows the carriage return, or says that the
/// newline is missing.
#[must_use]
pub fn rows(before: &str, after: &str, context: usize) -> Vec<Row> {
    let sides = Sides {
        left: lines(before),
        right: lines(after),
    };
    let found = hunks(&sides.left, &sides.right);
    let mut rows = Vec::new();
    let mut shown = 0;
    for group in grouped(&found, context) {
        let start = group[0].before.start.saturating_sub(context).max(shown);
        if start > shown {
            rows.push(gap());
        }
        shown = sides.add_group(group, (start, context), &mut rows);
    }
    if !found.is_empty() && shown < sides.left.len() {
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

struct Sides<'t> {
    left: Vec<&'t str>,
    right: Vec<&'t str>,
}

impl Sides<'_> {
    /// Adds differences that are shown together, and returns the first line behind them.
    fn add_group(
        &self,
        group: &[Hunk],
        (start, context): (usize, usize),
        rows: &mut Vec<Row>,
    ) -> usize {
        let mut at = start;
        for hunk in group {
            self.add_same(at..hunk.before.start, hunk.after.start, rows);
            self.add_hunk(hunk, rows);
            at = hunk.before.end;
        }
        let end = at.saturating_add(context).min(self.left.len());
        let behind = group.last().map_or(0, |hunk| hunk.after.end) + (end - at);
        self.add_same(at..end, behind, rows);
        end
    }

    /// Adds equal lines that end before a line of the right side.
    fn add_same(&self, left: std::ops::Range<usize>, right_end: usize, rows: &mut Vec<Row>) {
        let right = right_end - left.len()..right_end;
        for (left, right) in left.zip(right) {
            rows.push(Row {
                kind: RowKind::Same,
                left: Some((left + 1, plain(self.left[left]))),
                right: Some((right + 1, plain(self.right[right]))),
            });
        }
    }

    fn add_hunk(&self, hunk: &Hunk, rows: &mut Vec<Row>) {
        for step in 0..hunk.before.len().max(hunk.after.len()) {
            let cell = |lines: &[&str], range: &std::ops::Range<usize>| {
                let place = range.start + step;
                (place < range.end).then(|| (place + 1, ended(lines[place])))
            };
            let left = cell(&self.left, &hunk.before);
            let right = cell(&self.right, &hunk.after);
            let kind = match (&left, &right) {
                (Some(_), Some(_)) => RowKind::Changed,
                (Some(_), None) => RowKind::Removed,
                _ => RowKind::Added,
            };
            rows.push(Row { kind, left, right });
        }
    }
}

fn plain(line: &str) -> String {
    line.trim_end_matches(['\n', '\r']).to_owned()
}

/// A line that differs, so that another end of it is seen.
fn ended(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => line.to_owned(),
        None => format!("{line}{NO_NEWLINE}"),
    }
}

/// What stands behind the last line of a text that does not end with a newline.
const NO_NEWLINE: &str = " (no newline at the end)";
