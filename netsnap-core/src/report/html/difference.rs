//! One page with the difference of two texts: side by side, or below each other.

use maud::{DOCTYPE, Markup, html};

use super::changes::{changes, marked};
use super::parts::{cut, scrolling};
use crate::diff::render::{PieceKind, Row, RowKind, pieces, rows};
use crate::report::DeviceDiff;
use crate::report::text::{count, one_line};

/// How two texts stand on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sides {
    /// Beside each other.
    #[default]
    Beside,
    /// Below each other.
    Inline,
}

/// Rows that a page shows below each other.
const MOST_ROWS: usize = 8_000;

/// Returns one self-contained page with the differences of some texts. The same texts always give the same page.
#[must_use]
pub fn text_page(title: &str, diffs: &[DeviceDiff], sides: Sides, context: usize) -> String {
    page(title, &both(diffs, sides, context)).into_string()
}

/// The section of a page with the differences of some texts.
pub(in crate::report) fn both(diffs: &[DeviceDiff], sides: Sides, context: usize) -> Markup {
    match sides {
        Sides::Beside => changes(diffs, context),
        Sides::Inline => inline(diffs, context),
    }
}

/// A page around some sections.
pub(in crate::report) fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (super::head(title))
            body {
                a.skip href="#content" { "Skip to the content" }
                header { h1 { (one_line(title)) } }
                main #content { (body) }
                footer { "Rendered by netsnap " (env!("CARGO_PKG_VERSION")) "." }
            }
        }
    }
}

fn inline(diffs: &[DeviceDiff], context: usize) -> Markup {
    html! {
        section #changes {
            h2 { "Difference" }
            @for diff in diffs { (one(diff, context)) }
        }
    }
}

fn one(diff: &DeviceDiff, context: usize) -> Markup {
    let rows = rows(&diff.before, &diff.after, context);
    let left = rows.len().saturating_sub(MOST_ROWS);
    html! {
        details.panel open {
            summary { h3 { (one_line(&diff.device)) } }
            @if rows.is_empty() { p.empty { "No difference." } }
            @else { (scrolling(&format!("Difference of {}", one_line(&diff.device)), &table(&rows))) }
            @if left > 0 { (cut(&format!("{left} of {} are not shown.", count(rows.len(), "row")))) }
        }
    }
}

fn table(rows: &[Row]) -> Markup {
    html! {
        table.diff.inline {
            colgroup { col.number; col.number; col; }
            thead { tr { th scope="col" { "Before" } th scope="col" { "After" } th scope="col" { "Line" } } }
            tbody { @for row in rows.iter().take(MOST_ROWS) { (row_lines(row)) } }
        }
    }
}

fn row_lines(row: &Row) -> Markup {
    let text =
        |side: &Option<(usize, String)>| side.as_ref().map_or("", |(_, text)| text).to_owned();
    let (left, right) = (text(&row.left), text(&row.right));
    let words = pieces(&left, &right).filter(|_| row.kind == RowKind::Changed);
    let (old, new) = match &words {
        Some(words) => (
            marked(words, PieceKind::Removed),
            marked(words, PieceKind::Added),
        ),
        None => (html! { (one_line(&left)) }, html! { (one_line(&right)) }),
    };
    let number = |side: &Option<(usize, String)>| side.as_ref().map(|(number, _)| *number);
    let (before, after) = (number(&row.left), number(&row.right));
    match row.kind {
        RowKind::Gap => html! { tr.gap { td colspan="3" { "⋯" } } },
        RowKind::Same => line("same", [before, after], &new),
        RowKind::Removed => line("removed", [before, None], &old),
        RowKind::Added => line("added", [None, after], &new),
        RowKind::Changed => html! {
            (line("removed", [before, None], &old))
            (line("added", [None, after], &new))
        },
    }
}

fn line(class: &str, numbers: [Option<usize>; 2], text: &Markup) -> Markup {
    let side = if class == "removed" { "left" } else { "right" };
    let sign = match class {
        "removed" => "−",
        "added" => "+",
        _ => " ",
    };
    html! {
        tr.(class) {
            @for number in numbers { td.number { @if let Some(number) = number { (number) } } }
            td.text.(side) { (sign) " " (text) }
        }
    }
}
