//! How are runs counted without reading their summaries? From the columns beside them, many runs by one statement.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::SqlStore;
use super::driver::Row;
use super::known::known;
use super::page;
use super::rows::from_json;
use super::statement::Statement;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Execution};
use crate::store::{Selection, SortBy};

/// Runs whose results one statement reads.
const MANY: usize = 500;

impl SqlStore {
    /// Returns the outlines of a selection; see [`crate::store::ExecutionStore::outlines`].
    pub(super) async fn outlined(
        &self,
        selection: &Selection,
        label: Option<&str>,
    ) -> Result<Vec<Execution>> {
        let mut session = self.driver.read().await?;
        let known = match selection.sort.by {
            SortBy::Created => known(session.as_mut(), &selection.filter).await?,
            _ => Vec::new(),
        };
        let asked = page::outlines(selection, label, &known, session.dialect())?;
        let mut runs: Vec<Execution> = Vec::new();
        for row in session.rows(&asked.sql, asked.values).await? {
            let run = outline(row, label)?;
            match runs.last_mut() {
                // One row for each kind of error.
                Some(last) if last.id == run.id => last.error_kinds.extend(run.error_kinds),
                _ => runs.push(run),
            }
        }
        Ok(runs)
    }

    /// Returns the results of several runs; see [`crate::store::ExecutionStore::results_of`].
    pub(super) async fn results_of_many(
        &self,
        ids: &[ExecutionId],
    ) -> Result<Vec<Option<Vec<DeviceResult>>>> {
        let mut found: HashMap<String, Vec<String>> = HashMap::new();
        for ids in ids.chunks(MANY) {
            let mut asked = Statement::new(
                "select e.id, r.body from execution e \
                 left join run_result r on r.execution = e.number where e.id in ",
            );
            asked.list(ids.iter().map(|id| id.as_str().into()));
            asked.push(" order by r.device");
            let operation = "store.results_of";
            for mut row in self.rows(operation, &asked.sql, asked.values).await? {
                let results = found.entry(row.text()?).or_default();
                results.extend(row.maybe_any_text()?);
            }
        }
        let read = ids.iter().map(|id| {
            let bodies = found.get(id.as_str())?.iter();
            let results = bodies.map(|body| from_json(id, body.as_bytes()));
            Some(results.collect::<Result<_>>().unwrap_or_default())
        });
        Ok(read.collect())
    }
}

fn outline(mut row: Row, label: Option<&str>) -> Result<Execution> {
    let id: ExecutionId = row.text()?.parse()?;
    let created_at = Timestamp::from_nanosecond(row.int()?.into());
    let created_at = created_at.map_err(|source| unreadable(&id).because(source))?;
    let mut run = Execution::new(id, created_at);
    run.status = of_word(&run.id, row.text()?)?;
    run.kind = of_word(&run.id, row.text()?)?;
    run.actor = text(&run.id, row.bytes()?)?;
    run.name = text(&run.id, row.bytes()?)?;
    run.duration_us = u64::try_from(row.int()?).ok();
    if let Some(kind) = row.maybe_any_text()? {
        run.error_kinds.insert(of_word(&run.id, kind)?, 1);
    }
    if let (Some(key), Some(value)) = (label, row.maybe_bytes()?) {
        let value = text(&run.id, value)?;
        run.labels.insert(key.to_owned(), value);
    }
    Ok(run)
}

fn of_word<T: DeserializeOwned>(id: &ExecutionId, word: String) -> Result<T> {
    serde_json::from_value(Json::String(word)).map_err(|source| unreadable(id).because(source))
}

fn text(id: &ExecutionId, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|source| unreadable(id).because(source))
}

fn unreadable(id: &ExecutionId) -> Error {
    Error::new(ErrorKind::Corrupt, "the columns of a run cannot be read").with("execution", id)
}
