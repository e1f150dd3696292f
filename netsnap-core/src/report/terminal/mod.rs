//! The same facts for a terminal: a summary of a run, a plan in plain words, what a deployment did.
//!
//! Nothing a device said can steer the terminal: every text is made visible first. Colour only repeats what a sign says
//! already. Whether colour is wanted (`NO_COLOR`, no terminal) is the caller's to decide.

mod comparison;
mod deployment;
mod paint;
mod plan;
mod summary;
mod table;

use std::borrow::Cow;

use crate::report::text::one_line;

pub(super) use paint::{paint, strong};

pub use crate::diff::render::Color;
pub use comparison::comparison;
pub use deployment::deployment;
pub use plan::plan;
pub use summary::summary;

/// How text is laid out for a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the terminal; tables and lines are cut to fit, with `…` at the place of the cut.
    pub width: usize,
    /// Whether text carries colour.
    pub color: Color,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            width: 100,
            color: Color::Never,
        }
    }
}

/// Returns a text on one line, with every character that could steer a terminal made visible.
///
/// For programs that print what a device said themselves.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    one_line(text)
}

#[cfg(test)]
mod tests;
