//! What names the record of a run in its rows?

use super::driver::{Row, Value};
use super::{SqlStore, pack};
use crate::error::Result;
use crate::id::{Digest, ExecutionId};
use crate::store::record::Record;

const OPERATION: &str = "store.record_digest";

/// Rows of events that are read at a time.
const ROWS: usize = 64;

impl SqlStore {
    /// Names the record; see [`crate::store::ExecutionStore::record_digest`].
    pub(super) async fn name_of_record(&self, id: &ExecutionId) -> Result<Digest> {
        let execution = self.number(OPERATION, id).await?;
        let mut record = Record::default();
        self.add_events(execution, &mut record)
            .await
            .map_err(|error| error.with("execution", id))?;
        for (part, sql) in [
            (
                "outputs",
                "select summary from run_output where execution = $1 order by number",
            ),
            (
                "results",
                "select body from run_result where execution = $1 order by device",
            ),
        ] {
            record.add(part.as_bytes());
            for mut row in self.rows(OPERATION, sql, vec![execution.into()]).await? {
                record.add(row.text()?.as_bytes());
            }
        }
        Ok(record.digest())
    }

    /// Adds the events, however they are spread over rows.
    async fn add_events(&self, execution: i64, record: &mut Record) -> Result<()> {
        let sql = format!(
            "select first, body from event_chunk where execution = $1 and first > $2 order by first limit {ROWS}"
        );
        let mut last = 0;
        loop {
            let values: Vec<Value> = vec![execution.into(), last.into()];
            let rows = self.rows(OPERATION, &sql, values).await?;
            let is_all = rows.len() < ROWS;
            for row in rows {
                last = add_lines(row, record)?;
            }
            if is_all {
                return Ok(());
            }
        }
    }
}

/// Adds the events of a row, and returns the number of the first.
fn add_lines(mut row: Row, record: &mut Record) -> Result<i64> {
    let first = row.int()?;
    let body = row.bytes()?;
    let lines = pack::unpacked(&body)?;
    lines
        .split(|byte| *byte == b'\n')
        .for_each(|line| record.add(line));
    Ok(first)
}
