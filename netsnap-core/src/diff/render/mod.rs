//! How does a person, or another program, see a difference?

mod json;
mod patch;
mod rows;
mod terminal;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use json::{TextChange, TextDifference, TextHunk, as_data};
pub use patch::{patch, unified};
pub use rows::{Row, RowKind, rows};
pub use terminal::{beside, by_words, inline, side_by_side};

pub use super::words::{Piece, PieceKind, pieces};

/// Whether to use the colours of a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Color {
    /// Plain text.
    #[default]
    Never,
    /// ANSI colours.
    Always,
}

/// How a difference is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use its colours.
    pub color: Color,
    /// Equal lines around a difference.
    pub context: usize,
    /// Rows that are shown at most.
    pub limit: usize,
}

impl Default for View {
    fn default() -> Self {
        Self {
            width: 100,
            color: Color::Never,
            context: 3,
            limit: 20_000,
        }
    }
}
