//! What does a store keep besides runs? Records, contents, and logs of its own.

use async_trait::async_trait;

use crate::error::Result;
use crate::id::Digest;

/// Keeps small records by collection and key: snapshots, plans, deployments.
///
/// Keys are any text and sort by their bytes. A record is written once and never changed.
#[async_trait]
pub trait RecordStore: std::fmt::Debug + Send + Sync {
    /// Keeps a record, durable on return. The same bytes under the same key again are no error.
    ///
    /// # Errors
    /// `AlreadyExists` when the key holds other bytes; `Storage`.
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()>;

    /// Returns a record.
    ///
    /// # Errors
    /// `NotFound`; `Storage`.
    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>>;

    /// Returns up to `limit` records whose keys start with `prefix`, greatest key first, that stand behind `after`.
    ///
    /// # Errors
    /// `Storage`.
    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>>;
}

/// Keeps bytes by their SHA-256, each content once.
#[async_trait]
pub trait BlobStore: std::fmt::Debug + Send + Sync {
    /// Keeps bytes, durable on return, and returns their name.
    ///
    /// # Errors
    /// `Storage`.
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest>;

    /// Returns the bytes of a name, checked against it.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt` when they are not what was put; `Storage`.
    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>>;
}

/// Keeps logs that belong to the store and not to one run: append-only lists of entries with dense numbers from 1, by name.
#[async_trait]
pub trait LogStore: std::fmt::Debug + Send + Sync {
    /// Appends entries of which the first gets the number `next`: all of them or none, durable on return.
    ///
    /// # Errors
    /// `Conflict` when `next` is not the next number; `Corrupt` when the log is damaged before its end; `Storage`.
    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()>;

    /// Returns up to `limit` entries from number `from` on, each with its number. A log that nobody wrote to is empty.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    async fn log(&self, log: &str, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>>;

    /// Returns the last entry of a log.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    async fn log_end(&self, log: &str) -> Result<Option<(u64, Vec<u8>)>>;
}
