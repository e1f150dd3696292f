//! What is different: before and after, side by side, with the changed words marked.

use maud::{Markup, html};

use super::parts::{cut, scrolling};
use crate::diff::render::{Piece, PieceKind, Row, RowKind, pieces, rows};
use crate::report::DeviceDiff;
use crate::report::text::{count, one_line};

/// Same lines shown around each change of a run.
pub(super) const CONTEXT: usize = 3;
/// Rows of one device that a page shows.
const MOST_ROWS: usize = 4_000;

pub(super) fn changes(diffs: &[DeviceDiff], context: usize) -> Markup {
    html! {
        @if !diffs.is_empty() {
            section #changes {
                h2 { "Difference" }
                @for diff in diffs { (device(diff, context)) }
            }
        }
    }
}

/// What lines up two configurations, and how long the first one is.
struct Sides {
    rows: Vec<Row>,
    lines_before: usize,
    lines_after: usize,
}

impl Sides {
    fn new(diff: &DeviceDiff, context: usize) -> Self {
        Self {
            rows: rows(&diff.before, &diff.after, context),
            lines_before: diff.before.lines().count(),
            lines_after: diff.after.lines().count(),
        }
    }
}

fn device(diff: &DeviceDiff, context: usize) -> Markup {
    let sides = Sides::new(diff, context);
    let (removed, added) = totals(&sides.rows);
    html! {
        details.panel open {
            summary {
                h3 { (one_line(&diff.device)) }
                span.meta {
                    ins { "+" (added) } " " del { "−" (removed) }
                    " · " (count(sides.lines_before, "line")) " before, " (sides.lines_after) " after"
                }
            }
            (body(&diff.device, &sides))
        }
    }
}

/// Counts lines that only the left has, and lines that only the right has.
fn totals(rows: &[Row]) -> (usize, usize) {
    let of = |kinds: [RowKind; 2]| rows.iter().filter(|row| kinds.contains(&row.kind)).count();
    (
        of([RowKind::Removed, RowKind::Changed]),
        of([RowKind::Added, RowKind::Changed]),
    )
}

fn body(device: &str, sides: &Sides) -> Markup {
    let total = sides.rows.len();
    let label = format!("Difference of {}", one_line(device));
    html! {
        @if total == 0 { p.empty { "No difference." } }
        @else { (scrolling(&label, &table(sides))) }
        @if total > MOST_ROWS {
            (cut(&format!("{} of {total} rows are not shown.", total - MOST_ROWS)))
        }
    }
}

fn table(sides: &Sides) -> Markup {
    html! {
        table.diff {
            colgroup { col.number; col; col.number; col; }
            thead { tr {
                th scope="col" colspan="2" { "Before" }
                th scope="col" colspan="2" { "After" }
            } }
            tbody { @for index in 0..sides.rows.len().min(MOST_ROWS) { (line(sides, index)) } }
        }
    }
}

fn line(sides: &Sides, index: usize) -> Markup {
    let row = &sides.rows[index];
    match row.kind {
        RowKind::Gap => gap(sides, index),
        RowKind::Changed => changed(row),
        RowKind::Same => plain("same", row),
        RowKind::Removed => plain("removed", row),
        RowKind::Added => plain("added", row),
    }
}

/// Says how many lines are left out between the rows around the gap.
fn gap(sides: &Sides, index: usize) -> Markup {
    let number = |row: &Row| row.left.as_ref().map(|(number, _)| *number);
    let before = sides.rows[..index].iter().rev().find_map(number);
    let after = sides.rows[index + 1..].iter().find_map(number);
    let end = after.unwrap_or(sides.lines_before + 1);
    let hidden = end.saturating_sub(before.unwrap_or(0) + 1);
    html! { tr.gap { td colspan="4" { "⋯ " (count(hidden, "line")) " the same" } } }
}

fn plain(class: &str, row: &Row) -> Markup {
    html! { tr.(class) { (cell("left", row.left.as_ref())) (cell("right", row.right.as_ref())) } }
}

fn cell(side: &str, line: Option<&(usize, String)>) -> Markup {
    html! {
        @match line {
            Some((number, text)) => { td.number.(side) { (number) } td.text.(side) { (one_line(text)) } }
            None => { td.number.(side).none {} td.text.(side).none {} }
        }
    }
}

fn changed(row: &Row) -> Markup {
    let (Some((left_number, left)), Some((right_number, right))) = (&row.left, &row.right) else {
        return plain("changed", row);
    };
    let Some(words) = pieces(left, right) else {
        return plain("changed", row);
    };
    html! {
        tr.changed {
            td.number.left { (left_number) } td.text.left { (marked(&words, PieceKind::Removed)) }
            td.number.right { (right_number) } td.text.right { (marked(&words, PieceKind::Added)) }
        }
    }
}

/// One side of a changed line, with the words of its own marked.
pub(super) fn marked(words: &[Piece<'_>], own: PieceKind) -> Markup {
    html! {
        @for piece in words {
            @if piece.kind == PieceKind::Same { (one_line(piece.text)) }
            @else if piece.kind == own { mark { (one_line(piece.text)) } }
        }
    }
}
