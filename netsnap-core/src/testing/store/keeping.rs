//! Auditing, remarks, statistics, retention, verifying and metrics: what stands once above every backend.

mod audit;

pub use self::audit::*;
