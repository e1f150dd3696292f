//! How are runs kept in memory? The plainest backend, and the yardstick of the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::rules::{self, Tail};
use super::{BlobStore, Durability, ExecutionStore, Position, RecordStore};
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
}

#[derive(Debug)]
struct Run {
    summary: Execution,
    events: Vec<Event>,
    outputs: Vec<Output>,
    results: BTreeMap<String, DeviceResult>,
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
    fn run(&self, id: &ExecutionId) -> Result<&Run> {
        self.runs.get(id).ok_or_else(|| rules::no_execution(id))
    }

    fn run_mut(&mut self, id: &ExecutionId) -> Result<&mut Run> {
        self.runs.get_mut(id).ok_or_else(|| rules::no_execution(id))
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
        };
        state.runs.insert(execution.id.clone(), run);
        Ok(())
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let mut state = self.state();
        let run = state.run_mut(&execution.id)?;
        run.summary = rules::next_revision(&run.summary, execution)?;
        Ok(run.summary.clone())
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        Ok(self.state().run(id)?.summary.clone())
    }

    async fn page(&self, after: Option<&Position>, limit: usize) -> Result<Vec<Execution>> {
        let state = self.state();
        let behind = |place: &(Timestamp, ExecutionId)| {
            after.is_none_or(|position| (place.0, &place.1) < (position.created_at, &position.id))
        };
        Ok(state
            .newest
            .iter()
            .rev()
            .filter(|place| behind(place))
            .take(limit)
            .map(|(_, id)| state.runs[id].summary.clone())
            .collect())
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        let state = self.state();
        let finished = |id: &&ExecutionId| state.runs[*id].summary.status.is_terminal();
        let mut ids = state.newest.iter().rev().map(|(_, id)| id);
        Ok(ids.find(finished).cloned())
    }

    async fn append(&self, id: &ExecutionId, events: &[Event], _: Durability) -> Result<()> {
        let mut state = self.state();
        let run = state.run_mut(id)?;
        Tail::after(run.events.last()).check(id, events)?;
        run.events.extend_from_slice(events);
        Ok(())
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        let state = self.state();
        let skipped = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
        let events = state.run(id)?.events.iter();
        Ok(events.skip(skipped).take(limit).cloned().collect())
    }

    async fn put_output(&self, id: &ExecutionId, mut output: Output) -> Result<OutputSummary> {
        output.summary.bytes = output.bytes.len() as u64;
        output.summary.digest = Digest::of(&output.bytes);
        output.summary.json = rules::is_json(&output.bytes);
        output.summary.file.clear();
        let summary = output.summary.clone();
        self.state().run_mut(id)?.outputs.push(output);
        Ok(summary)
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        let state = self.state();
        let outputs = state.run(id)?.outputs.iter();
        Ok(outputs.map(|output| output.summary.clone()).collect())
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        let state = self.state();
        let mut newest = state.run(id)?.outputs.iter().rev();
        newest
            .find(|output| output.summary.device == device && output.summary.command == command)
            .cloned()
            .ok_or_else(|| rules::no_output(id, device, command))
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        let mut state = self.state();
        let run = state.run_mut(id)?;
        let named = results.iter().map(|one| (one.device.clone(), one.clone()));
        run.results.extend(named);
        Ok(())
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        Ok(self.state().run(id)?.results.values().cloned().collect())
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
