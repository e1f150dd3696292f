//! How do whole runs travel in one file?
//!
//! A plain tar file (POSIX ustar, regular files only):
//!
//! ```text
//! executions/<id>/metadata.json     the summary
//!                 devices.json      its devices, each with its result
//!                 results.ndjson    how devices ended
//!                 outputs.ndjson    which file is which command of which device
//!                 events.ndjson     the log
//!                 topology.json     where the run has it
//!                 TEXT/ JSON/       the outputs, byte for byte
//!                 PARSED/           the same as data, where somebody parsed them
//! manifest.json                     every file with its size and SHA-256, last
//! ```
//!
//! The folder of a run is that of the file store: unpacked there, it opens.

mod entry;
mod layout;
mod reader;
mod scan;
mod take;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use self::take::Bundle;
pub(super) use self::writer::Writer;

use serde::{Deserialize, Serialize};

use crate::id::{Digest, ExecutionId};

/// What the manifest calls this form.
const FORMAT: &str = "netsnap.bundle";
const VERSION: u64 = 1;

/// The largest file of a bundle that has to be held in memory at once.
const LARGEST: u64 = 1 << 30;

/// The list of what is in a bundle.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u64,
    executions: Vec<ExecutionId>,
    files: Vec<ManifestFile>,
}

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ManifestFile {
    path: String,
    bytes: u64,
    sha256: Digest,
}
