//! Auditing, remarks, statistics, retention, verifying and metrics: what stands once above every backend.

mod audit;
mod history;
mod retention;
mod stats;

pub use self::audit::*;
pub use self::retention::*;
pub use self::stats::*;
