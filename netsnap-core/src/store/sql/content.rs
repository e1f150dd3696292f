//! How do records and contents stand in tables?

use async_trait::async_trait;
use futures_util::FutureExt as _;

use super::SqlStore;
use super::driver::{Row, Session, Value};
use super::rows::at_most;
use super::statement::Statement;
use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;
use crate::store::{BlobStore, Durability, RecordStore, rules};

#[async_trait]
impl RecordStore for SqlStore {
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        let (collection, key) = (collection.to_owned(), key.to_owned());
        let value = value.to_vec();
        self.write("store.put_record", Durability::Durable, move |session| {
            async move { put(session, &collection, &key, &value).await }.boxed()
        })
        .await
    }

    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>> {
        let rows = self.rows("store.record", RECORD, place(collection, key));
        let mut rows = rows.await?.into_iter();
        let mut row = rows
            .next()
            .ok_or_else(|| rules::no_record(collection, key).during("store.record"))?;
        row.bytes()
    }

    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        count: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let mut list = Statement::new("select key, value from record where collection = ");
        list.bind(collection)
            .push(" and key >= ")
            .bind(prefix.as_bytes());
        if let Some(below) = below(prefix, after) {
            list.push(" and key < ").bind(below);
        }
        list.push(" order by key desc limit ")
            .bind(at_most(count as u64));
        let rows = self.rows("store.records", &list.sql, list.values).await?;
        rows.into_iter().map(record).collect()
    }
}

const RECORD: &str = "select value from record where collection = $1 and key = $2";

fn place(collection: &str, key: &str) -> Vec<Value> {
    vec![collection.into(), key.as_bytes().into()]
}

async fn put(session: &mut dyn Session, collection: &str, key: &str, value: &[u8]) -> Result<()> {
    let sql = "insert into record (collection, key, value) values ($1, $2, $3) \
         on conflict (collection, key) do nothing";
    let mut values = place(collection, key);
    values.push(value.into());
    if session.execute(sql, values).await? == 1 {
        return Ok(());
    }
    let rows = session.rows(RECORD, place(collection, key)).await?;
    let stored = rows
        .into_iter()
        .next()
        .map(|mut row| row.bytes())
        .transpose()?;
    if stored.as_deref() == Some(value) {
        return Ok(());
    }
    Err(rules::record_exists(collection, key))
}

/// The least key that no asked one reaches; `None` when there is no bound.
fn below(prefix: &str, after: Option<&str>) -> Option<Vec<u8>> {
    let after = after.map(|after| after.as_bytes().to_vec());
    match (behind_prefix(prefix), after) {
        (Some(end), Some(after)) => Some(end.min(after)),
        (end, after) => end.or(after),
    }
}

/// The least bytes that are greater than all that start with a prefix.
pub(super) fn behind_prefix(prefix: &str) -> Option<Vec<u8>> {
    let mut bytes = prefix.as_bytes().to_vec();
    // No byte of UTF-8 is 0xff, so the last one can always grow.
    *bytes.last_mut()? += 1;
    Some(bytes)
}

fn record(mut row: Row) -> Result<(String, Vec<u8>)> {
    let key = String::from_utf8(row.bytes()?).map_err(|source| {
        Error::new(ErrorKind::Corrupt, "a key is no text")
            .during("store.records")
            .because(source)
    })?;
    Ok((key, row.bytes()?))
}

#[async_trait]
impl BlobStore for SqlStore {
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let bytes = bytes.to_vec();
        self.write("store.put_blob", Durability::Durable, move |session| {
            async move {
                // Bytes that rotted are replaced; equal ones are not written again.
                let sql = "insert into blob (digest, bytes) values ($1, $2) on conflict (digest) \
                     do update set bytes = excluded.bytes where blob.bytes <> excluded.bytes";
                let values = vec![digest.as_bytes().as_slice().into(), bytes.into()];
                session.execute(sql, values).await?;
                Ok(digest)
            }
            .boxed()
        })
        .await
    }

    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>> {
        const OPERATION: &str = "store.blob";
        let sql = "select bytes from blob where digest = $1";
        let values = vec![digest.as_bytes().as_slice().into()];
        let rows = self.rows(OPERATION, sql, values).await?;
        let mut row = rows.into_iter().next().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "content does not exist")
                .during(OPERATION)
                .with("digest", digest)
        })?;
        let bytes = row.bytes()?;
        if Digest::of(&bytes) == *digest {
            return Ok(bytes);
        }
        Err(rules::damaged("digest", digest).during(OPERATION))
    }
}
