//! What the tests of several rooms share: an engine with a store of its own, and simulated devices beside it.

mod bed;
mod bench;
pub mod change;
mod child;
mod server;

pub use bed::{Bed, eventually, impatient, short};
pub use bench::{Bench, device, files, leftovers};
pub use child::Job;
pub use server::{Alone, alone};
