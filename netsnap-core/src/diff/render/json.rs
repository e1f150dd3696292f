//! How does a difference look as data?

use serde::Serialize;

use super::View;
use super::rows::{Row, RowKind, rows};

/// The difference of two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TextDifference {
    /// Lines of the second text only.
    pub added: usize,
    /// Lines of the first text only.
    pub removed: usize,
    /// Differences with the equal lines around them.
    pub hunks: Vec<TextHunk>,
    /// How many more rows there are than were asked for.
    pub truncated: usize,
}

/// Differences that stand near each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TextHunk {
    /// Its lines.
    pub lines: Vec<TextChange>,
}

/// One line, or two that stand for each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextChange {
    /// What it shows.
    pub kind: RowKind,
    /// The number of the line in the first text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_line: Option<usize>,
    /// The line of the first text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The number of the line in the second text, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_line: Option<usize>,
    /// The line of the second text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Returns the difference of two texts as data. Equal texts have no hunks.
#[must_use]
pub fn as_data(before: &str, after: &str, view: &View) -> TextDifference {
    let rows = rows(before, after, view.context);
    let of = |kinds: [RowKind; 2]| rows.iter().filter(|row| kinds.contains(&row.kind)).count();
    let mut difference = TextDifference {
        added: of([RowKind::Added, RowKind::Changed]),
        removed: of([RowKind::Removed, RowKind::Changed]),
        truncated: rows.len().saturating_sub(view.limit),
        hunks: Vec::new(),
    };
    let shown = &rows[..rows.len().min(view.limit)];
    for hunk in shown.split(|row| row.kind == RowKind::Gap) {
        if !hunk.is_empty() {
            let lines = hunk.iter().map(change).collect();
            difference.hunks.push(TextHunk { lines });
        }
    }
    difference
}

fn change(row: &Row) -> TextChange {
    let number = |side: &Option<(usize, String)>| side.as_ref().map(|(number, _)| *number);
    let text = |side: &Option<(usize, String)>| side.as_ref().map(|(_, text)| text.clone());
    TextChange {
        kind: row.kind,
        before_line: number(&row.left),
        before: text(&row.left),
        after_line: number(&row.right),
        after: text(&row.right),
    }
}
