//! Auditing, remarks, statistics, retention, verifying and metrics: what stands once above every backend.

mod audit;
mod history;
mod metrics;
mod retention;
mod stats;
mod verify;

pub use self::audit::*;
pub use self::metrics::*;
pub use self::retention::*;
pub use self::stats::*;
pub use self::verify::*;
