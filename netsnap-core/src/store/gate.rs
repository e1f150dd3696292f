//! Where do secrets stop? Everything that is recorded of a run passes here, whoever records it and wherever it is kept.
//!
//! Snapshots, plans and contents pass as they are: a device could not be brought back without its secrets.

use std::sync::Arc;

use async_trait::async_trait;

use super::front::Front;
use super::{Backend, Durability};
use crate::error::{ErrorReport, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};
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

    fn masked_output(&self, mut output: Output) -> Output {
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
impl Front for Gate {
    fn behind(&self) -> &dyn Backend {
        self.store.as_ref()
    }

    async fn create(&self, execution: &Execution) -> Result<()> {
        self.store.create(&self.execution(execution)).await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        self.store.update(&self.execution(execution)).await
    }

    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution> {
        let kept = self.execution(execution);
        self.store.update_audited(&kept, number, entry).await
    }

    fn summary_as_kept(&self, execution: &Execution) -> Execution {
        self.store.summary_as_kept(&self.execution(execution))
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

    fn text_as_kept(&self, text: &str) -> String {
        let (masked, _) = self.redactor.text(text);
        self.store.text_as_kept(&masked)
    }

    fn as_kept(&self, event: Event) -> Event {
        self.store.as_kept(self.event(&event))
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        self.store.put_output(id, self.masked_output(output)).await
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        // A command is known by the name under which it was kept.
        let (command, _) = self.redactor.text(command);
        self.store.output(id, device, &command).await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        let results: Vec<DeviceResult> = results.iter().map(|result| self.result(result)).collect();
        self.store.put_device_results(id, &results).await
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        let (bytes, _) = self.redactor.bytes(bytes);
        self.store.put_document(id, name, &bytes).await
    }
}
