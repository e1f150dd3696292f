//! How do Python and Node call the engine?
//!
//! By messages: the name of a verb and its arguments as one JSON text go in, long texts beside it as they are; one JSON
//! text comes out, rows in batches.
//! What the languages share (names, defaults, cancellation, closing) stands here once, so a binding holds no logic, and
//! a case in `tests/cases` means the same in each of them. Devices go in as values and never come out: their secrets
//! stay on this side.

mod arguments;
mod batches;
mod differences;
mod handle;
mod history;
mod keep;
mod memory;
mod plans;
mod public;
mod recorded;
mod recording;
mod texts;
mod verbs;
mod work;

pub use batches::Batches;
pub use handle::{Handle, Reply, Request};
pub use recording::Recording;
pub use texts::{Text, Texts};
pub use verbs::{VERBS, only_computes};
pub use work::{Step, Told, Work};
