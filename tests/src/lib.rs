//! What the tests of several rooms share: an engine with a store of its own, and simulated devices beside it.

mod bed;
mod bench;
pub mod change;
mod child;
mod server;
#[path = "../../netsnap-core/tests/shared/skip.rs"]
mod skipped;

pub use bed::{Bed, eventually, impatient, short};
pub use bench::{Bench, device, files, leftovers};
pub use child::Job;
pub use server::{Alone, alone};

/// Says why a test does not run.
///
/// # Panics
/// Where everything must run: `NETSNAP_TEST_EVERYTHING` is set.
pub fn skip(why: &str) {
    skipped::skip(why);
}
