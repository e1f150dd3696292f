//! How does the history stay small, and what remains of what was removed?
//!
//! [`prune`] removes the runs that a [`RetentionPolicy`] chooses, [`archive`] compresses the outputs of old ones. Of a removed run
//! a [`Tombstone`] remains in the log `tombstones`, and its figures in the log `rollups` (see [`Rollup`]). The steps of a removal
//! are: tombstone, entry in the audit log, removal, rollup. Each can be done twice, and whoever comes next goes on where another
//! one died; [`stats`](crate::store::stats) counts a run once at any moment in between, also one that an import brings back (log
//! `returned`).

mod archive;
mod bury;
mod choose;
mod policy;
mod prune;
mod returned;
mod rollup;
mod settle;
mod tombstone;

pub use self::archive::{ArchiveOptions, ArchiveReport, archive};
pub use self::policy::{Newest, Per, RetentionPolicy};
pub use self::prune::{PruneOptions, PruneReport, PrunedRun, prune};
pub use self::returned::{RETURNED, ReturnedRun};
pub(in crate::store) use self::returned::{Returned, Returns};
pub use self::rollup::{DURATION_BOUNDS_US, DeviceCell, DurationSum, ROLLUPS, Rollup, RunCell};
pub(in crate::store) use self::rollup::{histogram_place, rollups, word};
pub(in crate::store) use self::settle::complete;
pub(in crate::store) use self::tombstone::tombstones;
pub use self::tombstone::{DeviceOutcome, TOMBSTONES, Tombstone};
