//! What the examples share: how they talk to the person in front of them.

pub mod console;
pub mod progress;
