//! Immutable, content-addressed states: what did a device look like, and when?

mod stored;

use async_trait::async_trait;
use jiff::Timestamp;

pub use stored::StoredSnapshots;
pub(crate) use stored::check_subject;

use crate::error::Result;
use crate::id::{ExecutionId, SnapshotId};
use crate::model::{Proof, Snapshot, SnapshotKind};
use crate::store::Page;

/// An observation before it has an id.
#[derive(Clone, Debug)]
pub struct NewSnapshot {
    /// What it is of.
    pub subject: String,
    /// What kind of state it is.
    pub kind: SnapshotKind,
    /// The network OS that reads the bytes.
    pub platform: String,
    /// The digest of the meaning.
    pub meaning: crate::id::Digest,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The run that took it.
    pub execution: Option<ExecutionId>,
    /// How it is known that the bytes are all.
    pub proof: Proof,
}

/// Keeps observations. An observation is never changed; equal bytes are kept once, however often they are observed.
#[async_trait]
pub trait SnapshotService: std::fmt::Debug + Send + Sync {
    /// Keeps an observation, durable on return.
    ///
    /// # Errors
    /// `Storage`.
    async fn take(&self, observed: NewSnapshot, bytes: &[u8]) -> Result<Snapshot>;

    /// Returns the record of an observation.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    async fn snapshot(&self, id: &SnapshotId) -> Result<Snapshot>;

    /// Returns the bytes of an observation as text, checked against their digest.
    ///
    /// # Errors
    /// As [`SnapshotService::snapshot`]; `Corrupt` for bytes that are no UTF-8.
    async fn text(&self, id: &SnapshotId) -> Result<String>;

    /// Lists the observations of a subject, newest first.
    ///
    /// # Errors
    /// `InvalidInput` for a cursor of another list; `Corrupt`; `Storage`.
    async fn history(
        &self,
        subject: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page<Snapshot>>;
}
