//! How are runs kept? Their summaries here; what belongs to them in the files beside.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt as _;

use super::driver::{News, Session};
use super::rows::{columns_of, from_json, sides_of};
use super::{Hold, SqlStore, events, logs, one, pack};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, EventKind};
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary, Owner};
use crate::store::audit::LOG;
use crate::store::{
    Archived, Damage, Durability, ExecutionStore, Filter, Reserve, Selection, Usage, owner, rules,
};

#[async_trait]
impl ExecutionStore for SqlStore {
    async fn create(&self, execution: &Execution) -> Result<()> {
        rules::check_new(execution)?;
        let run = execution.clone();
        self.write("store.create", Durability::Durable, move |session| {
            async move { insert(session, &run).await }.boxed()
        })
        .await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let updated = self.put(execution, None, Durability::Durable).await;
        match execution.status.is_terminal() && self.makes_room(&updated).await {
            true => self.put(execution, None, Durability::Durable).await,
            false => updated,
        }
    }

    async fn refresh(&self, execution: &Execution) -> Result<Execution> {
        self.put(execution, None, Durability::Batched).await
    }

    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution> {
        let told = Some((number, entry));
        let updated = self.put(execution, told, Durability::Durable).await;
        match execution.status.is_terminal() && self.makes_room(&updated).await {
            true => self.put(execution, told, Durability::Durable).await,
            false => updated,
        }
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        let load = async || {
            let mut session = self.driver.read().await?;
            summary(session.as_mut(), id, Hold::No).await
        };
        let stored = load().await;
        stored
            .map(|(_, run)| run)
            .map_err(|error| error.during("store.load"))
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        self.page(selection)
            .await
            .map_err(|error| error.during("store.select"))
    }

    async fn outlines(&self, selection: &Selection, label: Option<&str>) -> Result<Vec<Execution>> {
        self.outlined(selection, label)
            .await
            .map_err(|error| error.during("store.outlines"))
    }

    async fn results_of(&self, ids: &[ExecutionId]) -> Result<Vec<Option<Vec<DeviceResult>>>> {
        self.results_of_many(ids).await
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        self.counted(filter, cap)
            .await
            .map_err(|error| error.during("store.count"))
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        let newest = "select id from execution where terminal = 1 \
             order by created_at desc, tie desc limit 1";
        let rows = self.rows("store.current", newest, Vec::new()).await?;
        let mut rows = rows.into_iter();
        rows.next().map(|mut row| row.text()?.parse()).transpose()
    }

    async fn damage(&self) -> Result<Vec<Damage>> {
        self.damaged().await
    }

    fn owner(&self) -> Owner {
        Owner {
            session: self.driver.session(),
            ..owner::this_process()
        }
    }

    async fn gone(&self, owner: &Owner) -> Result<Option<&'static str>> {
        self.left(owner).await
    }

    async fn lives(&self, owner: &Owner) -> Result<bool> {
        if owner.session == 0 || !self.driver.is_shared() {
            return Ok(self.driver.lives(owner));
        }
        self.driver.stands(owner.session).await
    }

    fn doubt(&self, owner: &Owner) -> Duration {
        self.doubt_of(owner)
    }

    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        let appended = self.append_events(id, events, durability).await;
        let ends = |event: &Event| event.kind == EventKind::ExecutionFinished;
        match events.last().is_some_and(ends) && self.makes_room(&appended).await {
            true => self.append_events(id, events, durability).await,
            false => appended,
        }
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        self.read_events(id, from, limit).await
    }

    async fn last_event(&self, id: &ExecutionId) -> Result<Option<Event>> {
        self.read_last(id).await
    }

    async fn wait(&self, id: &ExecutionId, from: u64, patience: Duration) -> Result<()> {
        self.wait_for(id, from, patience)
            .await
            .map_err(|error| error.during("store.wait"))
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        self.keep_output(id, output).await
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        self.list_outputs(id).await
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        self.newest_output(id, device, command).await
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        self.output_in_line(id, place).await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        self.keep_results(id, results).await
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        self.list_results(id).await
    }

    async fn record_digest(&self, id: &ExecutionId) -> Result<Digest> {
        self.name_of_record(id).await
    }

    async fn sync(&self, id: &ExecutionId) -> Result<()> {
        self.flush(id).await
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        rules::check_document(name)?;
        self.keep_document(id, name, bytes).await
    }

    async fn document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>> {
        rules::check_document(name)?;
        self.read_document(id, name).await
    }

    async fn size(&self, id: &ExecutionId) -> Result<u64> {
        self.size_of(id).await
    }

    async fn archive(&self, id: &ExecutionId) -> Result<Archived> {
        self.compress_outputs(id).await
    }

    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        let removed = self.remove(ids).await;
        match self.makes_room(&removed).await {
            true => self.remove(ids).await,
            false => removed,
        }
    }

    async fn reclaim(&self, bytes: u64) -> Result<u64> {
        let reclaimed = self.driver.reclaim(bytes).await;
        reclaimed.map_err(|error| error.during("store.reclaim"))
    }

    async fn reserve(&self, reserve: Reserve) -> Result<bool> {
        let done = self.driver.reserve(reserve).await;
        done.map_err(|error| error.during("store.reserve"))
    }

    async fn usage(&self) -> Result<Usage> {
        let usage = self.driver.usage().await;
        usage.map_err(|error| error.during("store.usage"))
    }
}

impl SqlStore {
    /// Replaces a summary, and appends the entry that tells of it, if there is one.
    async fn put(
        &self,
        execution: &Execution,
        told: Option<(u64, &[u8])>,
        durability: Durability,
    ) -> Result<Execution> {
        let proposed = execution.clone();
        let told = told.map(|(number, entry)| (number, vec![entry.to_vec()]));
        let operation = match told {
            Some(_) => "store.update_audited",
            None => "store.update",
        };
        let next = self.write(operation, durability, move |session| {
            async move {
                let next = replace(session, &proposed).await?;
                if let Some((number, entry)) = told {
                    logs::append(session, LOG, number, entry).await?;
                }
                Ok(next)
            }
            .boxed()
        });
        let next = next.await?;
        self.driver.tell(next.id.as_str(), News::Summary);
        Ok(next)
    }

    /// Makes room when a change that must not fail for want of it did, and says whether to try again.
    async fn makes_room<T: Sync>(&self, changed: &Result<T>) -> bool {
        let full = |error: &Error| error.kind() == ErrorKind::StorageFull;
        changed.as_ref().is_err_and(full) && self.driver.make_room().await
    }
}

async fn insert(session: &mut dyn Session, run: &Execution) -> Result<()> {
    let columns = columns_of(run)?;
    let number = columns.insert(session).await?;
    let number = number.ok_or_else(|| rules::execution_exists(&run.id))?;
    session
        .execute(
            "insert into summary (execution, body) values ($1, $2)",
            vec![number.into(), pack::json(run)?.into()],
        )
        .await?;
    sides_of(run)?.write_to(session, number).await
}

async fn replace(session: &mut dyn Session, proposed: &Execution) -> Result<Execution> {
    let (number, stored) = summary(session, &proposed.id, Hold::Yes).await?;
    let next = rules::next_revision(&stored, proposed)?;
    columns_of(&next)?.write_to(session, number).await?;
    if next.status.is_terminal() && !stored.status.is_terminal() {
        events::close(session, number).await?;
    }
    session
        .execute(
            "update summary set body = $2 where execution = $1",
            vec![number.into(), pack::json(&next)?.into()],
        )
        .await?;
    let sides = sides_of(&next)?;
    sides.replace(&sides_of(&stored)?, session, number).await?;
    Ok(next)
}

/// Returns the number and the summary of a run.
async fn summary(
    session: &mut dyn Session,
    id: &ExecutionId,
    hold: Hold,
) -> Result<(i64, Execution)> {
    let sql = "select e.number, s.body from execution e join summary s on s.execution = e.number \
         where e.id = $1";
    let rows = one(session, sql, id, hold).await?;
    let found = rows.into_iter().next();
    let mut row = found.ok_or_else(|| rules::no_execution(id))?;
    let number = row.int()?;
    let body = row.bytes()?;
    let text = pack::unpacked(&body).map_err(|error| error.with("execution", id))?;
    Ok((number, from_json(id, &text)?))
}
