//! Columns that line up and fit the terminal.

use super::Layout;
use super::paint::paint;
use crate::report::text::{columns, fit, one_line};
use crate::report::words::Tone;

/// Columns between two cells.
const GUTTER: usize = 2;
/// No column is made narrower than this.
const NARROWEST: usize = 6;

/// On which side the text of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// One cell: text, and the tone that colours it.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    text: String,
    tone: Option<Tone>,
}

impl Cell {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: one_line(text).into_owned(),
            tone: None,
        }
    }

    pub(super) fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

/// A table whose last column takes what is left of the width.
#[derive(Clone, Debug)]
pub(super) struct Table {
    sides: Vec<Side>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn new(columns: &[(&str, Side)]) -> Self {
        let head = columns
            .iter()
            .map(|(name, _)| Cell::new(name).tone(Tone::Quiet));
        Self {
            sides: columns.iter().map(|(_, side)| *side).collect(),
            rows: vec![head.collect()],
        }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(super) fn render(&self, layout: &Layout) -> String {
        let widths = self.widths(layout.width);
        let mut text = String::new();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).zip(&self.sides);
            let cells: Vec<String> = cells
                .map(|((cell, width), side)| render_cell(cell, *width, *side, layout))
                .collect();
            text.push_str(cells.join(&" ".repeat(GUTTER)).trim_end());
            text.push('\n');
        }
        text
    }

    /// Takes columns off the widest cells until the table fits.
    fn widths(&self, available: usize) -> Vec<usize> {
        let widest = |index: usize| {
            let cells = self.rows.iter().filter_map(move |row| row.get(index));
            cells.map(|cell| columns(&cell.text)).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..self.sides.len()).map(widest).collect();
        let gutters = GUTTER * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gutters > available {
            let Some(widest) = widths.iter_mut().max().filter(|width| **width > NARROWEST) else {
                break;
            };
            *widest -= 1;
        }
        widths
    }
}

fn render_cell(cell: &Cell, width: usize, side: Side, layout: &Layout) -> String {
    let text = fit(&cell.text, width);
    let space = " ".repeat(width.saturating_sub(columns(&text)));
    let painted = match cell.tone {
        Some(tone) => paint(&text, tone, layout),
        None => text.into_owned(),
    };
    match side {
        Side::Left => painted + &space,
        Side::Right => space + &painted,
    }
}
