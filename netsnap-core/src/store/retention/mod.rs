//! How does the history stay small, and what remains of what was removed?

mod archive;
mod bury;
mod choose;
mod policy;
mod prune;
mod rollup;
mod settle;
mod tombstone;

pub use self::archive::{ArchiveOptions, ArchiveReport, archive};
pub use self::policy::{Newest, Per, RetentionPolicy};
pub use self::prune::{PruneOptions, PruneReport, PrunedRun, prune};
pub use self::rollup::{DURATION_BOUNDS_US, DeviceCell, DurationSum, ROLLUPS, Rollup, RunCell};
pub(in crate::store) use self::rollup::{histogram_place, rollups, word};
pub(in crate::store) use self::tombstone::tombstones;
pub use self::tombstone::{DeviceOutcome, TOMBSTONES, Tombstone};
