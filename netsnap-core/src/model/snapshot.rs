//! One observation of a subject: immutable, named by its digest.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{Digest, ExecutionId, SnapshotId};
use crate::model::output::Proof;

/// What a snapshot is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SnapshotKind {
    /// The running configuration of a device.
    RunningConfiguration,
    /// A configuration that somebody wants.
    IntendedConfiguration,
}

/// One observation of a subject. Its bytes are a blob, stored once however often they are observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The digest of this record without its id.
    pub id: SnapshotId,
    /// What it is of: the name of a device.
    pub subject: String,
    /// What kind of state it is.
    pub kind: SnapshotKind,
    /// The network OS that reads the bytes.
    pub platform: String,
    /// SHA-256 of the exact bytes: the name of the blob.
    pub content: Digest,
    /// Digest of the meaning: order where it does not matter, comments and volatile lines left out.
    pub meaning: Digest,
    /// Number of bytes.
    pub bytes: u64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The run that took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<ExecutionId>,
    /// How it is known that the bytes are all.
    pub proof: Proof,
}
