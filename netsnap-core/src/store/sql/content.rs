//! How do records and contents stand in tables?

use async_trait::async_trait;
use futures_util::FutureExt as _;
use sqlx::{query, query_as, query_scalar};

use super::SqliteStore;
use super::database::database;
use super::rows::limit;
use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;
use crate::store::{BlobStore, Durability, RecordStore, rules};

#[async_trait]
impl RecordStore for SqliteStore {
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        let (collection, key) = (collection.to_owned(), key.to_owned());
        let value = value.to_vec();
        self.write("store.put_record", Durability::Durable, move |connection| {
            async move {
                query(
                    "insert into record (collection, key, value) values ($1, $2, $3) \
                     on conflict (collection, key) do nothing",
                )
                .bind(&collection)
                .bind(key.as_bytes())
                .bind(&value)
                .execute(&mut *connection)
                .await
                .map_err(database)?;
                let stored: Vec<u8> =
                    query_scalar("select value from record where collection = $1 and key = $2")
                        .bind(&collection)
                        .bind(key.as_bytes())
                        .fetch_one(connection)
                        .await
                        .map_err(database)?;
                if stored != value {
                    return Err(rules::record_exists(&collection, &key));
                }
                Ok(())
            }
            .boxed()
        })
        .await
    }

    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>> {
        let value: Option<Vec<u8>> =
            query_scalar("select value from record where collection = $1 and key = $2")
                .bind(collection)
                .bind(key.as_bytes())
                .fetch_optional(&self.database.readers)
                .await
                .map_err(|error| database(error).during("store.record"))?;
        value.ok_or_else(|| rules::no_record(collection, key).during("store.record"))
    }

    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        count: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let below = below(prefix, after);
        let rows: Vec<(Vec<u8>, Vec<u8>)> = match below {
            None => query_as(
                "select key, value from record where collection = $1 and key >= $2 \
                 order by key desc limit $3",
            ),
            Some(_) => query_as(
                "select key, value from record where collection = $1 and key >= $2 and key < $4 \
                 order by key desc limit $3",
            ),
        }
        .bind(collection)
        .bind(prefix.as_bytes())
        .bind(limit(count))
        .bind(below)
        .fetch_all(&self.database.readers)
        .await
        .map_err(|error| database(error).during("store.records"))?;
        rows.into_iter().map(text_key).collect()
    }
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
fn behind_prefix(prefix: &str) -> Option<Vec<u8>> {
    let mut bytes = prefix.as_bytes().to_vec();
    // No byte of UTF-8 is 0xff, so the last one can always grow.
    *bytes.last_mut()? += 1;
    Some(bytes)
}

fn text_key((key, value): (Vec<u8>, Vec<u8>)) -> Result<(String, Vec<u8>)> {
    let key = String::from_utf8(key).map_err(|source| {
        Error::new(ErrorKind::Corrupt, "a key is no text")
            .during("store.records")
            .because(source)
    })?;
    Ok((key, value))
}

#[async_trait]
impl BlobStore for SqliteStore {
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let bytes = bytes.to_vec();
        self.write("store.put_blob", Durability::Durable, move |connection| {
            async move {
                // Bytes that rotted are replaced; equal ones are not written again.
                query(
                    "insert into blob (digest, bytes) values ($1, $2) \
                     on conflict (digest) do update set bytes = excluded.bytes where bytes <> excluded.bytes",
                )
                .bind(digest.as_bytes().as_slice())
                .bind(bytes)
                .execute(connection)
                .await
                .map_err(database)?;
                Ok(digest)
            }
            .boxed()
        })
        .await
    }

    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>> {
        let bytes: Option<Vec<u8>> = query_scalar("select bytes from blob where digest = $1")
            .bind(digest.as_bytes().as_slice())
            .fetch_optional(&self.database.readers)
            .await
            .map_err(|error| database(error).during("store.blob"))?;
        let bytes = bytes.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "content does not exist")
                .during("store.blob")
                .with("digest", digest)
        })?;
        if Digest::of(&bytes) == *digest {
            return Ok(bytes);
        }
        Err(rules::damaged("digest", digest).during("store.blob"))
    }
}
