//! The primitives of records, contents and logs, on files.

use async_trait::async_trait;

use super::{FsStore, content, logs};
use crate::error::Result;
use crate::id::Digest;
use crate::store::{BlobStore, LogStore, RecordStore};

#[async_trait]
impl LogStore for FsStore {
    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        let (log, entries) = (log.to_owned(), entries.to_vec());
        self.work("store.append_log", move |folder| {
            logs::append(&folder.root, &log, next, &entries)
        })
        .await
    }

    async fn log(&self, log: &str, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        let log = log.to_owned();
        self.work("store.log", move |folder| {
            logs::read(&folder.root, &log, from, limit)
        })
        .await
    }

    async fn log_end(&self, log: &str) -> Result<Option<(u64, Vec<u8>)>> {
        let log = log.to_owned();
        self.work("store.log_end", move |folder| logs::end(&folder.root, &log))
            .await
    }
}

#[async_trait]
impl RecordStore for FsStore {
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        let (collection, key) = (collection.to_owned(), key.to_owned());
        let value = value.to_vec();
        self.work("store.put_record", move |folder| {
            content::put_record(&folder.root, &collection, &key, &value)
        })
        .await
    }

    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>> {
        let (collection, key) = (collection.to_owned(), key.to_owned());
        self.work("store.record", move |folder| {
            content::record(&folder.root, &collection, &key)
        })
        .await
    }

    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let (collection, prefix) = (collection.to_owned(), prefix.to_owned());
        let after = after.map(str::to_owned);
        self.work("store.records", move |folder| {
            let range = content::Range {
                prefix: &prefix,
                after: after.as_deref(),
                limit,
            };
            folder.keys.records(&folder.root, &collection, &range)
        })
        .await
    }
}

#[async_trait]
impl BlobStore for FsStore {
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        let bytes = bytes.to_vec();
        self.work("store.put_blob", move |folder| {
            content::put_blob(&folder.root, &bytes)
        })
        .await
    }

    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>> {
        let digest = *digest;
        self.work("store.blob", move |folder| {
            content::blob(&folder.root, &digest)
        })
        .await
    }
}
