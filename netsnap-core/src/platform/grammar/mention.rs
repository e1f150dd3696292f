//! Which names does a line speak of that need not be there?

use super::numbers::Numbers;

/// Names that a line speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mention {
    /// One name.
    Name(String),
    /// A name for each number, behind these characters.
    Each(String, Numbers),
}
