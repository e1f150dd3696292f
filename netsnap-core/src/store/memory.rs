//! How are runs kept in memory? The plainest backend, and the yardstick of the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::audit::LOG;
use super::rules::{self, Tail};
use super::{
    Archived, BlobStore, Damage, Durability, ExecutionStore, Filter, LogStore, RecordStore,
    Selection, Usage,
};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};

/// A store that lives as long as its process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    runs: HashMap<ExecutionId, Run>,
    newest: BTreeSet<(Timestamp, ExecutionId)>,
    records: BTreeMap<(String, String), Vec<u8>>,
    blobs: HashMap<Digest, Vec<u8>>,
    logs: HashMap<String, Vec<Vec<u8>>>,
}

#[derive(Debug)]
struct Run {
    summary: Execution,
    events: Vec<Event>,
    outputs: Vec<Output>,
    results: BTreeMap<String, DeviceResult>,
    documents: BTreeMap<String, Vec<u8>>,
}

impl MemoryStore {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one step that cannot panic half-way, so a poisoned lock guards a whole state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns a run; where there is none, the error names what was to be done with it.
    fn run(&self, operation: &'static str, id: &ExecutionId) -> Result<&Run> {
        let run = self.runs.get(id);
        run.ok_or_else(|| rules::no_execution(id).during(operation))
    }

    fn run_mut(&mut self, operation: &'static str, id: &ExecutionId) -> Result<&mut Run> {
        let run = self.runs.get_mut(id);
        run.ok_or_else(|| rules::no_execution(id).during(operation))
    }

    /// Returns a run that has not ended.
    fn open_run(&mut self, operation: &'static str, id: &ExecutionId) -> Result<&mut Run> {
        let run = self.run_mut(operation, id)?;
        let open = rules::check_open(id, run.summary.status.is_terminal());
        open.map_err(|error| error.during(operation))?;
        Ok(run)
    }

    /// Returns a run whose log has not ended either.
    fn open_record(&mut self, operation: &'static str, id: &ExecutionId) -> Result<&mut Run> {
        let run = self.open_run(operation, id)?;
        let open = rules::check_open(id, Tail::after(run.events.last()).closed);
        open.map_err(|error| error.during(operation))?;
        Ok(run)
    }
}

#[async_trait]
impl ExecutionStore for MemoryStore {
    async fn create(&self, execution: &Execution) -> Result<()> {
        rules::check_new(execution)?;
        let mut state = self.state();
        if state.runs.contains_key(&execution.id) {
            return Err(rules::execution_exists(&execution.id));
        }
        let place = (execution.created_at, execution.id.clone());
        state.newest.insert(place);
        let run = Run {
            summary: execution.clone(),
            events: Vec::new(),
            outputs: Vec::new(),
            results: BTreeMap::new(),
            documents: BTreeMap::new(),
        };
        state.runs.insert(execution.id.clone(), run);
        Ok(())
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let mut state = self.state();
        let run = state.run_mut("store.update", &execution.id)?;
        run.summary = rules::next_revision(&run.summary, execution)?;
        Ok(run.summary.clone())
    }

    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution> {
        let mut state = self.state();
        let next = rules::next_revision(
            &state.run("store.update_audited", &execution.id)?.summary,
            execution,
        )?;
        let log = state.logs.entry(LOG.to_owned()).or_default();
        rules::check_log(LOG, log.len() as u64, number)?;
        log.push(entry.to_vec());
        state
            .run_mut("store.update_audited", &execution.id)?
            .summary = next.clone();
        Ok(next)
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        Ok(self.state().run("store.load", id)?.summary.clone())
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        let state = self.state();
        let runs = state.runs.values().map(|run| &run.summary);
        Ok(selection.of(runs).into_iter().cloned().collect())
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        let state = self.state();
        let fitting = state
            .runs
            .values()
            .filter(|run| filter.matches(&run.summary));
        Ok(fitting
            .take(usize::try_from(cap).unwrap_or(usize::MAX))
            .count() as u64)
    }

    async fn damage(&self) -> Result<Vec<Damage>> {
        Ok(Vec::new())
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        let state = self.state();
        let finished = |id: &&ExecutionId| state.runs[*id].summary.status.is_terminal();
        let mut ids = state.newest.iter().rev().map(|(_, id)| id);
        Ok(ids.find(finished).cloned())
    }

    async fn append(&self, id: &ExecutionId, events: &[Event], _: Durability) -> Result<()> {
        let mut state = self.state();
        let run = state.open_run("store.append", id)?;
        Tail::after(run.events.last()).check(id, events)?;
        run.events.extend_from_slice(events);
        Ok(())
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        let state = self.state();
        let skipped = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        let events = state.run("store.events", id)?.events.iter();
        Ok(events.skip(skipped).take(limit).cloned().collect())
    }

    async fn last_event(&self, id: &ExecutionId) -> Result<Option<Event>> {
        Ok(self
            .state()
            .run("store.last_event", id)?
            .events
            .last()
            .cloned())
    }

    async fn put_output(&self, id: &ExecutionId, mut output: Output) -> Result<OutputSummary> {
        output.summary.bytes = output.bytes.len() as u64;
        output.summary.digest = Digest::of(&output.bytes);
        output.summary.json = rules::is_json(&output.bytes);
        output.summary.parsed = output.parsed.is_some();
        output.summary.file.clear();
        let summary = output.summary.clone();
        self.state()
            .open_record("store.put_output", id)?
            .outputs
            .push(output);
        Ok(summary)
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        let state = self.state();
        let outputs = state.run("store.outputs", id)?.outputs.iter();
        Ok(outputs.map(|output| output.summary.clone()).collect())
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        let state = self.state();
        let mut newest = state.run("store.output", id)?.outputs.iter().rev();
        newest
            .find(|output| output.summary.device == device && output.summary.command == command)
            .cloned()
            .ok_or_else(|| rules::no_output(id, device, command).during("store.output"))
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        let state = self.state();
        let output = state.run("store.output_at", id)?.outputs.get(place);
        output
            .cloned()
            .ok_or_else(|| rules::no_output_at(id, place).during("store.output_at"))
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        let mut state = self.state();
        let run = state.open_record("store.put_device_results", id)?;
        let named = results.iter().map(|one| (one.device.clone(), one.clone()));
        run.results.extend(named);
        Ok(())
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        Ok(self
            .state()
            .run("store.device_results", id)?
            .results
            .values()
            .cloned()
            .collect())
    }

    async fn sync(&self, id: &ExecutionId) -> Result<()> {
        self.state().run("store.sync", id).map(drop)
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        rules::check_document(name)?;
        let mut state = self.state();
        let documents = &mut state.run_mut("store.put_document", id)?.documents;
        documents.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    async fn document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>> {
        rules::check_document(name)?;
        let state = self.state();
        let document = state.run("store.document", id)?.documents.get(name);
        document
            .cloned()
            .ok_or_else(|| rules::no_document(id, name).during("store.document"))
    }

    async fn size(&self, id: &ExecutionId) -> Result<u64> {
        Ok(self.state().run("store.size", id)?.size())
    }

    /// Memory has no compressed form.
    async fn archive(&self, id: &ExecutionId) -> Result<Archived> {
        let bytes = self.state().run("store.archive", id)?.output_bytes();
        Ok(Archived {
            plain: bytes,
            stored: bytes,
        })
    }

    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        let mut state = self.state();
        let mut deleted = Vec::new();
        for id in ids {
            if let Some(run) = state.runs.remove(id) {
                state.newest.remove(&(run.summary.created_at, id.clone()));
                deleted.push(id.clone());
            }
        }
        Ok(deleted)
    }

    async fn usage(&self) -> Result<Usage> {
        let state = self.state();
        let runs: u64 = state.runs.values().map(Run::size).sum();
        let contents = state.records.values().chain(state.blobs.values());
        let logged = state.logs.values().flatten();
        let others: usize = contents.chain(logged).map(Vec::len).sum();
        Ok(Usage {
            bytes: runs + others as u64,
            free: 0,
        })
    }
}

impl Run {
    fn output_bytes(&self) -> u64 {
        self.outputs
            .iter()
            .map(|output| output.bytes.len() as u64)
            .sum()
    }

    /// About what the run takes: its contents, and a round number for each row.
    fn size(&self) -> u64 {
        const ROW: usize = 200;
        let rows = 1 + self.events.len() + self.outputs.len() + self.results.len();
        let documents: usize = self.documents.values().map(Vec::len).sum();
        self.output_bytes() + (rows * ROW + documents) as u64
    }
}

#[async_trait]
impl LogStore for MemoryStore {
    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        let mut state = self.state();
        let stored = state.logs.entry(log.to_owned()).or_default();
        rules::check_log(log, stored.len() as u64, next)?;
        stored.extend_from_slice(entries);
        Ok(())
    }

    async fn log(&self, log: &str, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        let state = self.state();
        let stored = state.logs.get(log).into_iter().flatten();
        let skipped = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        let numbered = (1..).zip(stored.cloned()).skip(skipped);
        Ok(numbered.take(limit).collect())
    }

    async fn log_end(&self, log: &str) -> Result<Option<(u64, Vec<u8>)>> {
        let state = self.state();
        let stored = state.logs.get(log);
        Ok(stored.and_then(|entries| Some((entries.len() as u64, entries.last()?.clone()))))
    }
}

#[async_trait]
impl RecordStore for MemoryStore {
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        let mut state = self.state();
        let stored = state
            .records
            .entry((collection.to_owned(), key.to_owned()))
            .or_insert_with(|| value.to_vec());
        if stored == value {
            return Ok(());
        }
        Err(rules::record_exists(collection, key))
    }

    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>> {
        let state = self.state();
        let record = state.records.get(&(collection.to_owned(), key.to_owned()));
        record
            .cloned()
            .ok_or_else(|| rules::no_record(collection, key).during("store.record"))
    }

    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let state = self.state();
        let asked = |(name, key): &(String, String)| {
            name == collection
                && key.starts_with(prefix)
                && after.is_none_or(|after| key.as_str() < after)
        };
        Ok(state
            .records
            .iter()
            .rev()
            .filter(|(place, _)| asked(place))
            .take(limit)
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }
}

#[async_trait]
impl BlobStore for MemoryStore {
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        self.state().blobs.insert(digest, bytes.to_vec());
        Ok(digest)
    }

    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>> {
        self.state().blobs.get(digest).cloned().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "content does not exist")
                .during("store.blob")
                .with("digest", digest)
        })
    }
}
