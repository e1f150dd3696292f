//! Where do secrets stop? Everything that is recorded of a run passes here, whoever records it and wherever it is kept.
//!
//! Snapshots, plans and contents pass as they are: a device could not be brought back without its secrets.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{
    Archived, Backend, BlobStore, Damage, Durability, ExecutionStore, Filter, LogStore,
    RecordStore, Selection, Usage,
};
use crate::error::{ErrorReport, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary, Owner};
use crate::redact::Redactor;

/// A store behind a redactor.
#[derive(Clone, Debug)]
pub struct Gate {
    store: Arc<dyn Backend>,
    redactor: Arc<Redactor>,
}

impl Gate {
    /// Puts a redactor in front of a store.
    #[must_use]
    pub fn new(store: Arc<dyn Backend>, redactor: Arc<Redactor>) -> Self {
        Self { store, redactor }
    }

    fn mask(&self, text: &mut String) {
        self.counted(text);
    }

    fn counted(&self, text: &mut String) -> u32 {
        let (masked, count) = self.redactor.text(text);
        if count > 0 {
            *text = masked.into_owned();
        }
        count
    }

    fn execution(&self, run: &Execution) -> Execution {
        let mut run = run.clone();
        if self.redactor.json(&mut run.parameters) > 0 {
            run.parameters_digest = Some(Digest::of(run.parameters.to_string().as_bytes()));
        }
        self.mask(&mut run.name);
        run.commands
            .iter_mut()
            .for_each(|command| self.mask(command));
        run.labels.values_mut().for_each(|label| self.mask(label));
        run.annotations
            .iter_mut()
            .for_each(|note| self.mask(&mut note.text));
        let others = [
            &mut run.reason,
            &mut run.why,
            &mut run.ticket,
            &mut run.incomplete,
        ];
        others
            .into_iter()
            .flatten()
            .for_each(|text| self.mask(text));
        run
    }

    fn event(&self, event: &Event) -> Event {
        let mut event = event.clone();
        self.mask(&mut event.text);
        self.redactor.json(&mut event.data);
        event
    }

    fn output(&self, mut output: Output) -> Output {
        let (masked, count) = self.redactor.bytes(&output.bytes);
        let masked = (count > 0).then(|| masked.into_owned());
        let mut redactions = output.summary.redactions.saturating_add(count);
        if let Some(masked) = masked {
            output.bytes = masked;
        }
        if let Some(parsed) = &mut output.parsed {
            redactions = redactions.saturating_add(self.redactor.json(parsed));
        }
        redactions = redactions.saturating_add(self.counted(&mut output.summary.command));
        if let Some(rejection) = &mut output.summary.rejection {
            self.mask(&mut rejection.line);
        }
        output.summary.redactions = redactions;
        output
    }

    fn result(&self, result: &DeviceResult) -> DeviceResult {
        let mut result = result.clone();
        if let Some(error) = &mut result.error {
            self.error(error);
        }
        result
    }

    fn error(&self, error: &mut ErrorReport) {
        self.mask(&mut error.message);
        error
            .context
            .values_mut()
            .for_each(|value| self.mask(value));
    }
}

#[async_trait]
impl ExecutionStore for Gate {
    async fn create(&self, execution: &Execution) -> Result<()> {
        self.store.create(&self.execution(execution)).await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        self.store.update(&self.execution(execution)).await
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        self.store.load(id).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        self.store.select(selection).await
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        self.store.count(filter, cap).await
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        self.store.current().await
    }

    async fn unfinished(&self) -> Result<Vec<Execution>> {
        self.store.unfinished().await
    }

    async fn damage(&self) -> Result<Vec<Damage>> {
        self.store.damage().await
    }

    fn owner(&self) -> Owner {
        self.store.owner()
    }

    async fn gone(&self, owner: &Owner) -> Result<Option<&'static str>> {
        self.store.gone(owner).await
    }

    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        let events: Vec<Event> = events.iter().map(|event| self.event(event)).collect();
        self.store.append(id, &events, durability).await
    }

    fn as_kept(&self, event: Event) -> Event {
        self.store.as_kept(self.event(&event))
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        self.store.events(id, from, limit).await
    }

    async fn wait(&self, id: &ExecutionId, from: u64, patience: Duration) -> Result<()> {
        self.store.wait(id, from, patience).await
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        self.store.put_output(id, self.output(output)).await
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        self.store.outputs(id).await
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        // A command is known by the name under which it was kept.
        let (command, _) = self.redactor.text(command);
        self.store.output(id, device, &command).await
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        self.store.output_at(id, place).await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        let results: Vec<DeviceResult> = results.iter().map(|result| self.result(result)).collect();
        self.store.put_device_results(id, &results).await
    }

    async fn sync(&self, id: &ExecutionId) -> Result<()> {
        self.store.sync(id).await
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        self.store.device_results(id).await
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        let (bytes, _) = self.redactor.bytes(bytes);
        self.store.put_document(id, name, &bytes).await
    }

    async fn document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>> {
        self.store.document(id, name).await
    }

    async fn size(&self, id: &ExecutionId) -> Result<u64> {
        self.store.size(id).await
    }

    async fn archive(&self, id: &ExecutionId) -> Result<Archived> {
        self.store.archive(id).await
    }

    async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        self.store.delete(ids).await
    }

    async fn reclaim(&self, bytes: u64) -> Result<u64> {
        self.store.reclaim(bytes).await
    }

    async fn usage(&self) -> Result<Usage> {
        self.store.usage().await
    }
}

#[async_trait]
impl RecordStore for Gate {
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        self.store.put_record(collection, key, value).await
    }

    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>> {
        self.store.record(collection, key).await
    }

    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        self.store.records(collection, prefix, after, limit).await
    }
}

#[async_trait]
impl BlobStore for Gate {
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        self.store.put_blob(bytes).await
    }

    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>> {
        self.store.blob(digest).await
    }
}

#[async_trait]
impl LogStore for Gate {
    async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
        self.store.append_log(log, next, entries).await
    }

    async fn log(&self, log: &str, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        self.store.log(log, from, limit).await
    }

    async fn log_end(&self, log: &str) -> Result<Option<(u64, Vec<u8>)>> {
        self.store.log_end(log).await
    }
}
