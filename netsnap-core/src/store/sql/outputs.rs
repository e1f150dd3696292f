//! How do outputs and documents stand in tables? Their bytes exactly, packed.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::driver::{Row, Session, Value};
use super::places::List;
use super::rows::{from_json, to_json};
use super::{Hold, SqlStore, number, pack};
use crate::error::{Error, Result};
use crate::id::{Digest, ExecutionId};
use crate::model::{Output, OutputSummary};
use crate::store::{Archived, Durability, rules};

impl SqlStore {
    pub(super) async fn keep_output(
        &self,
        id: &ExecutionId,
        mut output: Output,
    ) -> Result<OutputSummary> {
        output.summary.bytes = output.bytes.len() as u64;
        output.summary.digest = Digest::of(&output.bytes);
        output.summary.json = rules::is_json(&output.bytes);
        output.summary.file.clear();
        let hold = self.driver.dialect().for_update_of("e");
        let sql = format!(
            "insert into run_output (execution, place, summary, parsed, bytes) \
             select e.number, $2, $3, $4, $5 from execution e{{ease}} where e.id = $1 and e.terminal = 0 \
             and coalesce((select c.closed from event_chunk c where c.execution = e.number \
             order by c.first desc limit 1), 0) = 0{hold}"
        );
        let values = row(id, &output)?;
        let inserted = self.alone("store.put_output", Durability::Batched, &sql, values);
        match inserted.await? {
            0 => Err(self.not_open("store.put_output", id).await),
            _ => Ok(output.summary),
        }
    }

    /// Says why nothing can be recorded of a run.
    async fn not_open(&self, operation: &'static str, id: &ExecutionId) -> Error {
        match self.number(operation, id).await {
            Ok(_) => rules::finished(id).during(operation),
            Err(error) => error,
        }
    }

    pub(super) async fn list_outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        let (_, summaries) = self.listed(id).await?;
        Ok(summaries)
    }

    /// Reads the list of the outputs of a run, and remembers it.
    async fn listed(&self, id: &ExecutionId) -> Result<(List, Vec<OutputSummary>)> {
        let sql = "select e.revision, o.number, o.summary from run_output o \
             join execution e on e.number = o.execution where e.id = $1 order by o.number";
        let values = vec![id.as_str().into()];
        let rows = self.rows_of("store.outputs", id, sql, values).await?;
        let (mut revision, mut numbers, mut summaries) = (0, Vec::new(), Vec::new());
        for mut row in rows {
            revision = row.int()?;
            numbers.push(row.int()?);
            summaries.push(from_json(id, row.text()?.as_bytes())?);
        }
        let numbers = numbers.into();
        let list = List { revision, numbers };
        self.places.remember(id, list.clone());
        Ok((list, summaries))
    }

    pub(super) async fn newest_output(
        &self,
        id: &ExecutionId,
        device: &str,
        command: &str,
    ) -> Result<Output> {
        const OPERATION: &str = "store.output";
        let sql = "select o.number, o.summary from run_output o \
             join execution e on e.number = o.execution \
             where e.id = $1 and o.place in ($2, 0) order by o.number desc";
        let values = vec![id.as_str().into(), place(device, command).into()];
        for mut row in self.rows_of(OPERATION, id, sql, values).await? {
            let number = row.int()?;
            let kept: Kept<OutputSummary> = from_json(id, row.text()?.as_bytes())?;
            if kept.summary.device == device && kept.summary.command == command {
                return self.whole(id, number, kept).await;
            }
        }
        Err(rules::no_output(id, device, command))
    }

    pub(super) async fn output_in_line(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        if let Some(known) = self.places.list(id)
            && let Some(output) = self.output_of(id, &known, place).await?
        {
            return Ok(output);
        }
        let (mut list, _) = self.listed(id).await?;
        // What was read a moment ago is right also where the summary has changed since.
        list.revision = List::ANY;
        let output = self.output_of(id, &list, place).await?;
        output.ok_or_else(|| rules::no_output_at(id, place))
    }

    /// Reads what a list has in a place; `None` where the list has nothing there, or is not that of the run as it is now.
    async fn output_of(
        &self,
        id: &ExecutionId,
        list: &List,
        place: usize,
    ) -> Result<Option<Output>> {
        let Some(number) = list.numbers.get(place) else {
            return Ok(None);
        };
        let sql = "select o.summary, o.parsed, o.bytes from run_output o \
             join execution e on e.number = o.execution \
             where o.number = $1 and e.id = $2 and (e.revision = $3 or $3 < 0)";
        let values = vec![(*number).into(), id.as_str().into(), list.revision.into()];
        let rows = self.rows("store.output_at", sql, values).await?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let kept = from_json(id, row.text()?.as_bytes())?;
        unpacked(id, kept, row).map(Some)
    }

    /// Writes the row of the run as it is: what is durable takes along everything that was written before.
    pub(super) async fn flush(&self, id: &ExecutionId) -> Result<()> {
        let sql = "update execution set revision = revision where id = $1";
        let values = vec![id.as_str().into()];
        let written = self.alone("store.sync", Durability::Durable, sql, values);
        match written.await? {
            0 => Err(rules::no_execution(id).during("store.sync")),
            _ => Ok(()),
        }
    }

    async fn whole(
        &self,
        id: &ExecutionId,
        number: i64,
        kept: Kept<OutputSummary>,
    ) -> Result<Output> {
        let sql = "select o.parsed, o.bytes from run_output o \
             join execution e on e.number = o.execution where o.number = $1 and e.id = $2";
        let values = vec![number.into(), id.as_str().into()];
        let rows = self.rows("store.output", sql, values).await?;
        // Deleted between the two questions, it is as if it had been before the first.
        let summary = &kept.summary;
        let row = rows
            .into_iter()
            .next()
            .ok_or_else(|| rules::no_output(id, &summary.device, &summary.command))?;
        unpacked(id, kept, row)
    }

    pub(super) async fn compress_outputs(&self, id: &ExecutionId) -> Result<Archived> {
        const OPERATION: &str = "store.archive";
        let sql = "select o.number, o.summary from run_output o \
             join execution e on e.number = o.execution where e.id = $1 order by o.number";
        let values = vec![id.as_str().into()];
        let mut archived = Archived::default();
        for mut row in self.rows_of(OPERATION, id, sql, values).await? {
            let number = row.int()?;
            let summary: OutputSummary = from_json(id, row.text()?.as_bytes())?;
            let stored = self.write(OPERATION, Durability::Batched, move |session| {
                async move { compress(session, number).await }.boxed()
            });
            archived.plain += summary.bytes;
            archived.stored += stored.await?;
        }
        Ok(archived)
    }

    pub(super) async fn keep_document(
        &self,
        id: &ExecutionId,
        name: &str,
        bytes: &[u8],
    ) -> Result<()> {
        let (id, name, bytes) = (id.clone(), name.to_owned(), pack::compressed(bytes));
        self.write("store.put_document", Durability::Durable, move |session| {
            async move {
                let execution = number(session, &id, Hold::Yes).await?;
                let sql = "insert into document (execution, name, bytes) values ($1, $2, $3) \
                     on conflict (execution, name) do update set bytes = excluded.bytes";
                let values = vec![execution.into(), name.into(), bytes.into()];
                session.execute(sql, values).await.map(drop)
            }
            .boxed()
        })
        .await
    }

    pub(super) async fn read_document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>> {
        let sql = "select d.bytes from document d join execution e on e.number = d.execution \
             where e.id = $1 and d.name = $2";
        let values = vec![id.as_str().into(), name.into()];
        let rows = self.rows_of("store.document", id, sql, values).await?;
        let mut row = rows
            .into_iter()
            .next()
            .ok_or_else(|| rules::no_document(id, name))?;
        let document = row.bytes()?;
        Ok(pack::unpacked(&document)?.into_owned())
    }
}

/// The summary of an output as it stands in its row.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    #[serde(flatten)]
    summary: T,
    /// SHA-256 of the parsed answer as it is written; rows that were written earlier have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parsed_digest: Option<Digest>,
}

fn row(id: &ExecutionId, output: &Output) -> Result<Vec<Value>> {
    let summary = &output.summary;
    let parsed = output.parsed.as_ref().map(to_json).transpose()?;
    let parsed = parsed.as_ref().map(String::as_bytes);
    let kept = Kept {
        summary,
        parsed_digest: parsed.map(Digest::of),
    };
    Ok(vec![
        id.as_str().into(),
        place(&summary.device, &summary.command).into(),
        to_json(&kept)?.into(),
        parsed.map_or(Value::Null, |parsed| pack::compressed(parsed).into()),
        pack::plain(&output.bytes).into(),
    ])
}

/// Reads what was parsed of an output, and its bytes, which have to be those that were kept.
fn unpacked(id: &ExecutionId, kept: Kept<OutputSummary>, mut row: Row) -> Result<Output> {
    let Kept {
        summary,
        parsed_digest,
    } = kept;
    let parsed = row.maybe_bytes()?;
    let parsed = parsed.as_deref().map(pack::unpacked).transpose()?;
    if parsed_digest.is_some() && parsed_digest != parsed.as_deref().map(Digest::of) {
        return Err(rules::damaged("execution", id).with("device", summary.device));
    }
    let read = |text: &[u8]| from_json(id, text);
    let parsed = parsed.as_deref().map(read).transpose()?;
    let bytes = pack::unpacked(&row.bytes()?)
        .map_err(|error| error.with("execution", id))?
        .into_owned();
    if Digest::of(&bytes) != summary.digest {
        return Err(rules::damaged("execution", id).with("device", summary.device));
    }
    Ok(Output {
        summary,
        bytes,
        parsed,
    })
}

/// Compresses an output, and returns how many bytes it takes then.
async fn compress(session: &mut dyn Session, number: i64) -> Result<u64> {
    let sql = format!(
        "select bytes from run_output where number = $1{}",
        session.dialect().for_update
    );
    let rows = session.rows(&sql, vec![number.into()]).await?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(0);
    };
    let stored = row.bytes()?;
    if pack::is_compressed(&stored) {
        return Ok(stored.len() as u64);
    }
    let smaller = pack::compressed(&pack::unpacked(&stored)?);
    let size = smaller.len() as u64;
    if smaller != stored {
        let sql = "update run_output set bytes = $2 where number = $1";
        session
            .execute(sql, vec![number.into(), smaller.into()])
            .await?;
    }
    Ok(size)
}

/// A number that nearly always differs where device or command do, and never is 0.
fn place(device: &str, command: &str) -> i64 {
    let name = format!("{}:{device}{command}", device.len());
    let digest = Digest::of_kind("output", name.as_bytes());
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk()
        .expect("a digest has 32 bytes");
    i64::from_be_bytes(*first) | 1
}
