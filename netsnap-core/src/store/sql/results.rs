//! How do the results of devices stand in a table?

use futures_util::FutureExt as _;

use super::driver::{Row, Session};
use super::rows::{from_json, to_json};
use super::{SqlStore, open_number};
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::DeviceResult;
use crate::store::{Durability, rules};

impl SqlStore {
    pub(super) async fn keep_results(
        &self,
        id: &ExecutionId,
        results: &[DeviceResult],
    ) -> Result<()> {
        let (id, results) = (id.clone(), results.to_vec());
        self.write(
            "store.put_device_results",
            Durability::Batched,
            move |session| {
                async move {
                    let execution = open_number(session, &id).await?;
                    let closed = is_closed(session, execution).await?;
                    rules::check_open(&id, closed)?;
                    for result in &results {
                        put(session, execution, result).await?;
                    }
                    Ok(())
                }
                .boxed()
            },
        )
        .await
    }

    pub(super) async fn list_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        let sql = "select r.body from run_result r join execution e on e.number = r.execution \
             where e.id = $1 order by r.device";
        let values = vec![id.as_str().into()];
        let rows = self
            .rows_of("store.device_results", id, sql, values)
            .await?;
        let result = |mut row: Row| from_json(id, row.text()?.as_bytes());
        rows.into_iter().map(result).collect()
    }
}

/// Says whether the log of a run has ended.
async fn is_closed(session: &mut dyn Session, execution: i64) -> Result<bool> {
    let sql = "select closed from event_chunk where execution = $1 order by first desc limit 1";
    let rows = session.rows(sql, vec![execution.into()]).await?;
    let last = rows.into_iter().next();
    last.map_or(Ok(false), |mut row| Ok(row.int()? != 0))
}

async fn put(session: &mut dyn Session, execution: i64, result: &DeviceResult) -> Result<()> {
    let sql = "insert into run_result (execution, device, body) values ($1, $2, $3) \
         on conflict (execution, device) do update set body = excluded.body";
    let device = result.device.as_bytes();
    let values = vec![execution.into(), device.into(), to_json(result)?.into()];
    session.execute(sql, values).await.map(drop)
}
