//! How do the logs of the store stand in a table?

use async_trait::async_trait;
use futures_util::FutureExt as _;

use super::SqlStore;
use super::driver::{Row, Session};
use super::pack;
use super::rows::{at_most, insert_all, integer};
use crate::error::Result;
use crate::store::{Durability, LogStore, rules};

#[async_trait]
impl LogStore for SqlStore {
    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        let (log, entries) = (log.to_owned(), entries.to_vec());
        self.write("store.append_log", Durability::Durable, move |session| {
            async move { append(session, &log, next, entries).await }.boxed()
        })
        .await
    }

    async fn log(&self, log: &str, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        let sql = "select number, entry from log_entry where log = $1 and number >= $2 \
             order by number limit $3";
        let limit = at_most(limit as u64);
        let values = vec![log.as_bytes().into(), at_most(from).into(), limit.into()];
        let rows = self.rows("store.log", sql, values).await?;
        rows.into_iter().map(entry).collect()
    }

    async fn log_end(&self, log: &str) -> Result<Option<(u64, Vec<u8>)>> {
        let sql = "select number, entry from log_entry where log = $1 order by number desc limit 1";
        let rows = self.rows("store.log_end", sql, vec![log.as_bytes().into()]);
        rows.await?.into_iter().next().map(entry).transpose()
    }
}

fn entry(mut row: Row) -> Result<(u64, Vec<u8>)> {
    Ok((row.count()?, pack::unpacked(&row.bytes()?)?.into_owned()))
}

/// Appends entries; see [`LogStore::append_log`].
pub(super) async fn append(
    session: &mut dyn Session,
    log: &str,
    next: u64,
    entries: Vec<Vec<u8>>,
) -> Result<()> {
    let sql = "select coalesce(max(number), 0) from log_entry where log = $1";
    let rows = session.rows(sql, vec![log.as_bytes().into()]).await?;
    let end = rows
        .into_iter()
        .next()
        .map_or(Ok(0), |mut row| row.count())?;
    rules::check_log(log, end, next)?;
    let wanted = entries.len() as u64;
    let numbered = (integer(next)?..).zip(entries);
    let rows = numbered.map(|(number, entry)| {
        let packed = pack::record(&entry);
        vec![log.as_bytes().into(), number.into(), packed.into()]
    });
    let inserted = insert_all(session, "log_entry (log, number, entry)", rows).await?;
    if inserted == wanted {
        return Ok(());
    }
    // Somebody else took the number in the same moment.
    rules::check_log(log, next, next)
}
