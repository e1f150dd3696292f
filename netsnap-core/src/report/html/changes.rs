//! What is different: before and after, side by side, with the changed words marked.

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

use super::parts::{cut, scrolling};
use crate::diff::render::{Row, RowKind, rows};
use crate::report::DeviceDiff;
use crate::report::text::{count, one_line};

/// Same lines shown around each change.
const CONTEXT: usize = 3;
/// Rows of one device that a page shows.
const MOST_ROWS: usize = 4_000;
/// Below this likeness two lines are shown as different altogether: marked crumbs would only confuse.
const ALIKE: f32 = 0.4;
/// Longer lines are not compared word by word: certificates and keys gain nothing from it.
const LONGEST_COMPARED: usize = 2_000;

pub(super) fn changes(diffs: &[DeviceDiff]) -> Markup {
    html! {
        @if !diffs.is_empty() {
            section #changes {
                h2 { "Difference" }
                @for diff in diffs { (device(diff)) }
            }
        }
    }
}

fn device(diff: &DeviceDiff) -> Markup {
    let rows = rows(&diff.before, &diff.after, CONTEXT);
    let (removed, added) = totals(&rows);
    html! {
        details.panel open {
            summary {
                h3 { (one_line(&diff.device)) }
                span.meta {
                    ins { "+" (added) } " " del { "−" (removed) }
                    " · " (count(diff.before.lines().count(), "line")) " before, "
                    (diff.after.lines().count()) " after"
                }
            }
            (body(&diff.device, &rows))
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

fn body(device: &str, rows: &[Row]) -> Markup {
    let shown = &rows[..rows.len().min(MOST_ROWS)];
    let label = format!("Difference of {}", one_line(device));
    html! {
        @if rows.is_empty() { p.empty { "No difference." } }
        @else { (scrolling(&label, &table(shown))) }
        @if rows.len() > MOST_ROWS {
            (cut(&format!("{} of {} rows are not shown.", rows.len() - MOST_ROWS, rows.len())))
        }
    }
}

fn table(rows: &[Row]) -> Markup {
    html! {
        table.diff {
            colgroup { col.number; col; col.number; col; }
            thead { tr {
                th scope="col" colspan="2" { "Before" }
                th scope="col" colspan="2" { "After" }
            } }
            tbody { @for (index, row) in rows.iter().enumerate() { (line(rows, index, row)) } }
        }
    }
}

fn line(rows: &[Row], index: usize, row: &Row) -> Markup {
    match row.kind {
        RowKind::Gap => gap(rows, index),
        RowKind::Changed => changed(row),
        RowKind::Same => plain("same", row),
        RowKind::Removed => plain("removed", row),
        RowKind::Added => plain("added", row),
    }
}

/// Says how many lines are left out, as far as the numbers around the gap tell.
fn gap(rows: &[Row], index: usize) -> Markup {
    let number = |row: &Row| row.left.as_ref().map(|(number, _)| *number);
    let before = rows[..index].iter().rev().find_map(number).unwrap_or(0);
    let after = rows[index + 1..].iter().find_map(number);
    let hidden = after.map_or(0, |after| after.saturating_sub(before + 1));
    html! {
        tr.gap { td colspan="4" {
            "⋯ " @if hidden > 0 { (count(hidden, "line")) " the same" } @else { "the same" }
        } }
    }
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
    if left.len().max(right.len()) > LONGEST_COMPARED {
        return plain("changed", row);
    }
    let words = TextDiff::from_words(left.as_str(), right.as_str());
    if words.ratio() < ALIKE {
        return plain("changed", row);
    }
    html! {
        tr.changed {
            td.number.left { (left_number) } td.text.left { (marked(&words, ChangeTag::Delete)) }
            td.number.right { (right_number) } td.text.right { (marked(&words, ChangeTag::Insert)) }
        }
    }
}

/// One side of a changed line, with the words of its own marked.
fn marked(words: &TextDiff<'_, '_, str>, own: ChangeTag) -> Markup {
    html! {
        @for change in words.iter_all_changes() {
            @if change.tag() == ChangeTag::Equal { (one_line(change.value())) }
            @else if change.tag() == own { mark { (one_line(change.value())) } }
        }
    }
}
