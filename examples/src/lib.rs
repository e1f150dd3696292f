//! What the examples share: the ring, its change, and how they talk to the person in front of them.

pub mod change;
pub mod console;
pub mod progress;
pub mod ring;
