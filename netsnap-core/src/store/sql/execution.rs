//! How do runs, their events, outputs and results stand in tables?

use async_trait::async_trait;
use futures_util::FutureExt as _;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{QueryBuilder, query, query_as, query_scalar};

use super::SqliteStore;
use super::database::database;
use super::rows::{Row, from_json, integer, limit, to_json};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, EventKind};
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};
use crate::store::rules::{self, Tail};
use crate::store::{
    Archived, Damage, Durability, ExecutionStore, Filter, LogStore, Selection, Usage,
};

/// Rows of one insert: four columns each, far below what SQLite binds at once.
const ROWS: usize = 500;

#[async_trait]
impl ExecutionStore for SqliteStore {
    async fn create(&self, execution: &Execution) -> Result<()> {
        rules::check_new(execution)?;
        let id = execution.id.clone();
        let row = Row::of(execution)?;
        self.write("store.create", Durability::Durable, move |connection| {
            async move {
                if insert(connection, row).await? == 0 {
                    return Err(rules::execution_exists(&id));
                }
                Ok(())
            }
            .boxed()
        })
        .await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let proposed = execution.clone();
        self.write("store.update", Durability::Durable, move |connection| {
            async move {
                let stored = summary(&mut *connection, &proposed.id).await?;
                let next = rules::next_revision(&stored, &proposed)?;
                replace(connection, Row::of(&next)?).await?;
                Ok(next)
            }
            .boxed()
        })
        .await
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        summary(&self.database.readers, id)
            .await
            .map_err(|error| error.during("store.load"))
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        let runs = self.all().await?;
        Ok(selection.of(&runs).into_iter().cloned().collect())
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        let runs = self.all().await?;
        Ok(cap.min(runs.iter().filter(|run| filter.matches(run)).count() as u64))
    }

    async fn damage(&self) -> Result<Vec<Damage>> {
        Err(not_yet())
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        let id: Option<String> = query_scalar(
            "select id from execution where terminal = 1 order by created_at desc, id desc limit 1",
        )
        .fetch_optional(&self.database.readers)
        .await
        .map_err(|error| database(error).during("store.current"))?;
        id.map(|id| id.parse()).transpose()
    }

    async fn unfinished(&self) -> Result<Vec<Execution>> {
        let summaries: Vec<String> =
            query_scalar("select summary from execution where terminal = 0")
                .fetch_all(&self.database.readers)
                .await
                .map_err(|error| database(error).during("store.unfinished"))?;
        Ok(readable(&summaries))
    }

    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        let (id, events) = (id.clone(), events.to_vec());
        self.write("store.append", durability, move |connection| {
            async move {
                tail(connection, &id).await?.check(&id, &events)?;
                for rows in events.chunks(ROWS) {
                    insert_events(connection, &id, rows).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
    }

    async fn events(&self, id: &ExecutionId, from: u64, count: usize) -> Result<Vec<Event>> {
        let rows: Vec<String> = query_scalar(
            "select body from event where execution_id = $1 and sequence >= $2 order by sequence limit $3",
        )
        .bind(id.as_str())
        .bind(integer(from)?)
        .bind(limit(count))
        .fetch_all(&self.database.readers)
        .await
        .map_err(|error| database(error).during("store.events"))?;
        self.known(id, rows.is_empty()).await?;
        rows.iter().map(|row| from_json(id, row)).collect()
    }

    async fn put_output(&self, id: &ExecutionId, mut output: Output) -> Result<OutputSummary> {
        let id = id.clone();
        output.summary.bytes = output.bytes.len() as u64;
        output.summary.digest = Digest::of(&output.bytes);
        output.summary.json = rules::is_json(&output.bytes);
        output.summary.file.clear();
        self.write("store.put_output", Durability::Batched, move |connection| {
            async move {
                exists(&mut *connection, &id).await?;
                insert_output(connection, &id, &output).await?;
                Ok(output.summary)
            }
            .boxed()
        })
        .await
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        let rows: Vec<String> =
            query_scalar("select summary from output where execution_id = $1 order by position")
                .bind(id.as_str())
                .fetch_all(&self.database.readers)
                .await
                .map_err(|error| database(error).during("store.outputs"))?;
        self.known(id, rows.is_empty()).await?;
        rows.iter().map(|row| from_json(id, row)).collect()
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        let row: Option<(String, Vec<u8>)> = query_as(
            "select summary, bytes from output \
             where execution_id = $1 and device = $2 and command = $3 order by position desc limit 1",
        )
        .bind(id.as_str())
        .bind(device)
        .bind(command)
        .fetch_optional(&self.database.readers)
        .await
        .map_err(|error| database(error).during("store.output"))?;
        self.known(id, row.is_none()).await?;
        let (summary, bytes) = row.ok_or_else(|| rules::no_output(id, device, command))?;
        let summary: OutputSummary = from_json(id, &summary)?;
        if Digest::of(&bytes) != summary.digest {
            return Err(rules::damaged("execution", id).with("device", device));
        }
        Ok(Output {
            summary,
            bytes,
            parsed: None,
        })
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        let row: Option<(String, Vec<u8>)> = query_as(
            "select summary, bytes from output where execution_id = $1 order by position limit 1 offset $2",
        )
        .bind(id.as_str())
        .bind(i64::try_from(place).unwrap_or(i64::MAX))
        .fetch_optional(&self.database.readers)
        .await
        .map_err(|error| database(error).during("store.output_at"))?;
        self.known(id, row.is_none()).await?;
        let (summary, bytes) = row.ok_or_else(|| rules::no_output_at(id, place))?;
        let summary: OutputSummary = from_json(id, &summary)?;
        if Digest::of(&bytes) != summary.digest {
            return Err(rules::damaged("execution", id).with("device", &summary.device));
        }
        Ok(Output {
            summary,
            bytes,
            parsed: None,
        })
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        let (id, results) = (id.clone(), results.to_vec());
        self.write(
            "store.put_device_results",
            Durability::Batched,
            move |connection| {
                async move {
                    exists(&mut *connection, &id).await?;
                    for result in &results {
                        put_result(connection, &id, result).await?;
                    }
                    Ok(())
                }
                .boxed()
            },
        )
        .await
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        let rows: Vec<String> =
            query_scalar("select body from device_result where execution_id = $1 order by device")
                .bind(id.as_str())
                .fetch_all(&self.database.readers)
                .await
                .map_err(|error| database(error).during("store.device_results"))?;
        self.known(id, rows.is_empty()).await?;
        rows.iter().map(|row| from_json(id, row)).collect()
    }

    async fn sync(&self, _: &ExecutionId) -> Result<()> {
        Err(not_yet())
    }

    async fn put_document(&self, _: &ExecutionId, _: &str, _: &[u8]) -> Result<()> {
        Err(not_yet())
    }

    async fn document(&self, _: &ExecutionId, _: &str) -> Result<Vec<u8>> {
        Err(not_yet())
    }

    async fn size(&self, _: &ExecutionId) -> Result<u64> {
        Err(not_yet())
    }

    async fn archive(&self, _: &ExecutionId) -> Result<Archived> {
        Err(not_yet())
    }

    async fn delete(&self, _: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        Err(not_yet())
    }

    async fn usage(&self) -> Result<Usage> {
        Err(not_yet())
    }
}

#[async_trait]
impl LogStore for SqliteStore {
    async fn append_log(&self, _: &str, _: u64, _: &[Vec<u8>]) -> Result<()> {
        Err(not_yet())
    }

    async fn log(&self, _: &str, _: u64, _: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        Err(not_yet())
    }

    async fn log_end(&self, _: &str) -> Result<Option<(u64, Vec<u8>)>> {
        Err(not_yet())
    }
}

fn not_yet() -> Error {
    Error::new(ErrorKind::Unsupported, "not built yet")
}

impl SqliteStore {
    async fn all(&self) -> Result<Vec<Execution>> {
        let summaries: Vec<String> = query_scalar("select summary from execution")
            .fetch_all(&self.database.readers)
            .await
            .map_err(|error| database(error).during("store.select"))?;
        Ok(readable(&summaries))
    }

    /// When nothing was found, tells an empty run from one that is not there.
    async fn known(&self, id: &ExecutionId, nothing: bool) -> Result<()> {
        if !nothing {
            return Ok(());
        }
        let mut connection = self.database.readers.acquire().await.map_err(database)?;
        exists(&mut connection, id).await
    }
}

fn readable(summaries: &[String]) -> Vec<Execution> {
    let runs = summaries.iter();
    runs.filter_map(|run| serde_json::from_str(run).ok())
        .collect()
}

async fn insert(connection: &mut SqliteConnection, row: Row) -> Result<u64> {
    query(
        "insert into execution (id, created_at, revision, terminal, summary) values ($1, $2, $3, $4, $5) \
         on conflict (id) do nothing",
    )
    .bind(row.place.id)
    .bind(row.place.created_at)
    .bind(row.revision)
    .bind(row.terminal)
    .bind(row.summary)
    .execute(connection)
    .await
    .map(|done| done.rows_affected())
    .map_err(database)
}

async fn replace(connection: &mut SqliteConnection, row: Row) -> Result<()> {
    query("update execution set revision = $2, terminal = $3, summary = $4 where id = $1")
        .bind(row.place.id)
        .bind(row.revision)
        .bind(row.terminal)
        .bind(row.summary)
        .execute(connection)
        .await
        .map(drop)
        .map_err(database)
}

async fn summary<'c>(
    executor: impl sqlx::Executor<'c, Database = Sqlite>,
    id: &ExecutionId,
) -> Result<Execution> {
    let summary: Option<String> = query_scalar("select summary from execution where id = $1")
        .bind(id.as_str())
        .fetch_optional(executor)
        .await
        .map_err(database)?;
    from_json(id, &summary.ok_or_else(|| rules::no_execution(id))?)
}

async fn exists(connection: &mut SqliteConnection, id: &ExecutionId) -> Result<()> {
    let found: Option<i64> = query_scalar("select 1 from execution where id = $1")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await
        .map_err(database)?;
    found.map(drop).ok_or_else(|| rules::no_execution(id))
}

async fn tail(connection: &mut SqliteConnection, id: &ExecutionId) -> Result<Tail> {
    exists(connection, id).await?;
    let last: Option<(i64, String)> = query_as(
        "select sequence, kind from event where execution_id = $1 order by sequence desc limit 1",
    )
    .bind(id.as_str())
    .fetch_optional(connection)
    .await
    .map_err(database)?;
    Ok(last.map_or_else(Tail::default, |(sequence, kind)| Tail {
        sequence: sequence.unsigned_abs(),
        closed: kind == EventKind::ExecutionFinished.as_str(),
    }))
}

async fn insert_events(
    connection: &mut SqliteConnection,
    id: &ExecutionId,
    events: &[Event],
) -> Result<()> {
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        rows.push((
            integer(event.sequence)?,
            event.kind.as_str(),
            to_json(event)?,
        ));
    }
    QueryBuilder::new("insert into event (execution_id, sequence, kind, body) ")
        .push_values(rows, |mut row, (sequence, kind, body)| {
            row.push_bind(id.as_str())
                .push_bind(sequence)
                .push_bind(kind)
                .push_bind(body);
        })
        .build()
        .persistent(false)
        .execute(connection)
        .await
        .map(drop)
        .map_err(database)
}

async fn insert_output(
    connection: &mut SqliteConnection,
    id: &ExecutionId,
    output: &Output,
) -> Result<()> {
    query(
        "insert into output (execution_id, position, device, command, summary, bytes) values \
         ($1, (select coalesce(max(position), 0) + 1 from output where execution_id = $1), $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(&output.summary.device)
    .bind(&output.summary.command)
    .bind(to_json(&output.summary)?)
    .bind(&output.bytes)
    .execute(connection)
    .await
    .map(drop)
    .map_err(database)
}

async fn put_result(
    connection: &mut SqliteConnection,
    id: &ExecutionId,
    result: &DeviceResult,
) -> Result<()> {
    query(
        "insert into device_result (execution_id, device, body) values ($1, $2, $3) \
         on conflict (execution_id, device) do update set body = excluded.body",
    )
    .bind(id.as_str())
    .bind(&result.device)
    .bind(to_json(result)?)
    .execute(connection)
    .await
    .map(drop)
    .map_err(database)
}
