//! What takes how much room, what is damaged, and how does a run go away?

use std::collections::BTreeSet;

use futures_util::FutureExt as _;

use super::SqlStore;
use super::driver::{Row, Session};
use super::pack;
use super::rows::at_most;
use super::statement::Statement;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::{Damage, Durability};

impl SqlStore {
    /// Lists the runs whose summaries cannot be read.
    pub(super) async fn damaged(&self) -> Result<Vec<Damage>> {
        const BATCH: i64 = 1000;
        let sql = "select e.number, e.id, s.body from execution e \
             join summary s on s.execution = e.number where e.number > $1 order by e.number limit $2";
        let (mut damage, mut last) = (Vec::new(), -1);
        loop {
            let values = vec![last.into(), BATCH.into()];
            let rows = self.rows("store.damage", sql, values).await?;
            if rows.is_empty() {
                return Ok(damage);
            }
            for mut row in rows {
                last = row.int()?;
                damage.extend(damage_of(row)?);
            }
        }
    }

    /// Returns the bytes of all that belongs to a run, without those of the indexes.
    pub(super) async fn size_of(&self, id: &ExecutionId) -> Result<u64> {
        const ROW: u64 = 150;
        let execution = self.number("store.size", id).await?;
        let parts = [
            "select octet_length(body) from summary where execution = $1",
            "select octet_length(body) + 40 from event_chunk where execution = $1",
            "select octet_length(summary) + octet_length(bytes) + coalesce(octet_length(parsed), 0) + 40 \
             from run_output where execution = $1",
            "select octet_length(body) + octet_length(device) + 20 from run_result where execution = $1",
            "select octet_length(bytes) + 40 from document where execution = $1",
            "select octet_length(key) + octet_length(value) + 30 from label where execution = $1",
            "select octet_length(name) + 30 from device where execution = $1",
        ];
        let sql = format!(
            "select cast(coalesce(sum(size), 0) as bigint) from ({}) parts",
            parts
                .map(|part| part.replacen(" from", " as size from", 1))
                .join(" union all ")
        );
        let rows = self
            .rows("store.size", &sql, vec![execution.into()])
            .await?;
        let bytes = rows
            .into_iter()
            .next()
            .map_or(Ok(0), |mut row| row.count())?;
        Ok(bytes + ROW)
    }

    /// Removes runs with all that belongs to them.
    pub(super) async fn remove(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        let asked = ids;
        let mut ids = ids.to_vec();
        // In one order, so that two who delete never wait for each other.
        ids.sort();
        ids.dedup();
        let removed = self.write("store.delete", Durability::Durable, move |session| {
            async move { remove(session, &ids).await }.boxed()
        });
        let mut removed: BTreeSet<ExecutionId> = removed.await?.into_iter().collect();
        let asked = asked.iter();
        Ok(asked.filter(|id| removed.remove(id)).cloned().collect())
    }
}

fn damage_of(mut row: Row) -> Result<Option<Damage>> {
    let place = row.text()?;
    let body = row.bytes()?;
    let read = pack::unpacked(&body).and_then(|text| {
        let run = serde_json::from_slice::<Execution>(&text);
        run.map_err(|source| Error::new(ErrorKind::Corrupt, "it is no summary").because(source))
    });
    let Err(source) = read else {
        return Ok(None);
    };
    let error = Error::new(ErrorKind::Corrupt, "the summary of a run cannot be read")
        .during("store.load")
        .hint("restore it from a copy, or delete the run")
        .because(source);
    Ok(Some(Damage {
        place,
        error: error.report(),
    }))
}

async fn remove(session: &mut dyn Session, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
    let mut removed = Vec::new();
    for batch in ids.chunks(500) {
        let mut delete = Statement::new("delete from execution where id in ");
        delete.list(batch.iter().map(|id| id.as_str().into()));
        delete.push(" returning id");
        for mut row in session.rows(&delete.sql, delete.values).await? {
            removed.push(row.text()?.parse()?);
        }
    }
    Ok(removed)
}

/// So many rows of an answer, as a literal: planners look at it.
pub(super) fn limit(rows: usize) -> String {
    at_most(rows as u64).to_string()
}
