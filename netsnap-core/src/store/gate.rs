//! Where do secrets stop? Everything that is recorded of a run passes here, whoever records it and wherever it is kept.
//!
//! Records, contents and logs pass as they are. Records and contents are snapshots and plans: a device could not be brought back
//! without its secrets. Who writes a log (audit, tombstones, rollups) takes what is in it from a run as it is kept here, or asks
//! [`text_as_kept`](super::ExecutionStore::text_as_kept).
//!
//! Of a run that has ended only what people add is masked: its story stays as the masks of its day left it.
//!
//! What can be masked is masked, so that no run fails because a router printed a token. What is referred to by its name cannot be: a
//! device and a label whose very name looks like a secret are refused.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;

use super::front::Front;
use super::{Backend, Durability};
use crate::error::{Error, ErrorKind, ErrorReport, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{Annotation, DeviceResult, Execution, Output, OutputSummary};
use crate::redact::{self, MASK, Redactor, Suspicion};

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
        self.mask(&mut run.tool);
        self.mask(&mut run.version);
        run.devices
            .iter_mut()
            .for_each(|device| self.mask(&mut device.ip));
        mask_name(&mut run.actor);
        run.job_id.iter_mut().for_each(mask_name);
        run.commands
            .iter_mut()
            .for_each(|command| self.mask(command));
        for (key, label) in &mut run.labels {
            self.redactor.field(key, label);
        }
        run.annotations
            .iter_mut()
            .for_each(|note| self.annotation(note));
        if let Some(request) = &mut run.cancel_request {
            mask_name(&mut request.actor);
            request.reason.iter_mut().for_each(|why| self.mask(why));
        }
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

    fn annotation(&self, note: &mut Annotation) {
        self.mask(&mut note.text);
        mask_name(&mut note.actor);
    }

    /// A run as it is kept in the place of `stored`. The story of a run that has ended is final, also where today's masks hide more
    /// than those of then: only what people add to it is masked.
    fn in_place_of(&self, stored: &Execution, wanted: &Execution) -> Execution {
        if !stored.status.is_terminal() {
            return self.execution(wanted);
        }
        let mut run = wanted.clone();
        for (key, label) in &mut run.labels {
            if stored.labels.get(key) != Some(label) {
                self.redactor.field(key, label);
            }
        }
        let notes = run.annotations.iter_mut();
        notes
            .filter(|note| !stored.annotations.contains(note))
            .for_each(|note| self.annotation(note));
        run
    }

    /// Returns what is kept of a change of a run. The run is read only where the masks hide something of it.
    async fn changed(&self, run: &Execution) -> Result<Execution> {
        let kept = self.execution(run);
        if kept == *run || !run.status.is_terminal() {
            return Ok(kept);
        }
        Ok(self.in_place_of(&self.store.load(&run.id).await?, run))
    }

    fn event(&self, mut event: Event) -> Event {
        let device = event.device.as_deref().map(redact::in_name);
        if let Some(Cow::Owned(masked)) = device {
            event.device = Some(masked);
        }
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
            self.mask(&mut rejection.rule);
        }
        let warnings = output.summary.warnings.iter_mut();
        warnings.for_each(|warning| self.mask(warning));
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
        self.mask(&mut error.operation);
        error.hint.iter_mut().for_each(|hint| self.mask(hint));
        for (key, value) in &mut error.context {
            self.redactor.field(key, value);
        }
    }

    /// Refuses a change of a run that would add what looks like a secret. What is there already stays: a run has to be able to end.
    async fn check_change(&self, run: &Execution) -> Result<()> {
        let Some(found) = suspicion(run) else {
            return Ok(());
        };
        match suspicion(&self.store.load(&run.id).await?) {
            Some(before) if before == found => Ok(()),
            _ => Err(refused(&found).during("store.update")),
        }
    }
}

fn mask_name(name: &mut String) {
    *name = redact::in_name(name).into_owned();
}

/// Finds what the masks left in a run, in whatever field, and a name with a secret in it.
fn suspicion(run: &Execution) -> Option<Suspicion> {
    let fields = serde_json::to_value(run).ok()?;
    redact::suspicion(&fields).or_else(|| suspicious_name(run))
}

fn suspicious_name(run: &Execution) -> Option<Suspicion> {
    let devices = run.devices.iter().enumerate().flat_map(|(place, device)| {
        [("id", &device.id), ("name", &device.name)]
            .map(|(field, name)| (format!("/devices/{place}/{field}"), name))
    });
    let labels = run
        .labels
        .keys()
        .map(|key| (format!("/labels/{MASK}"), key));
    devices
        .chain(labels)
        .find_map(|(place, name)| redact::suspicion_of_name(&place, name))
}

/// Refuses a device whose name looks like a secret.
fn check_device(device: &str) -> Result<()> {
    redact::suspicion_of_name("/device", device).map_or(Ok(()), |found| Err(refused(&found)))
}

fn refused(found: &Suspicion) -> Error {
    Error::new(ErrorKind::InvalidInput, "a name looks like a secret")
        .with("place", &found.place)
        .with("looks_like", found.shape)
        .hint("keep secrets out of the names of devices and labels; what is a value is masked")
}

#[async_trait]
impl Front for Gate {
    fn behind(&self) -> &dyn Backend {
        self.store.as_ref()
    }

    async fn create(&self, execution: &Execution) -> Result<()> {
        let kept = self.execution(execution);
        if let Some(found) = suspicion(&kept) {
            return Err(refused(&found).during("store.create"));
        }
        self.store.create(&kept).await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let kept = self.changed(execution).await?;
        self.check_change(&kept).await?;
        self.store.update(&kept).await
    }

    async fn refresh(&self, execution: &Execution) -> Result<Execution> {
        let kept = self.changed(execution).await?;
        self.check_change(&kept).await?;
        self.store.refresh(&kept).await
    }

    async fn update_audited(
        &self,
        execution: &Execution,
        number: u64,
        entry: &[u8],
    ) -> Result<Execution> {
        let kept = self.changed(execution).await?;
        self.check_change(&kept).await?;
        self.store.update_audited(&kept, number, entry).await
    }

    fn summary_as_kept(&self, stored: &Execution, wanted: &Execution) -> Execution {
        let kept = self.in_place_of(stored, wanted);
        self.store.summary_as_kept(stored, &kept)
    }

    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        let events: Vec<Event> = events
            .iter()
            .cloned()
            .map(|event| self.event(event))
            .collect();
        self.store.append(id, &events, durability).await
    }

    async fn append_kept(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        self.store.append_kept(id, events, durability).await
    }

    fn text_as_kept(&self, text: &str) -> String {
        let (masked, _) = self.redactor.text(text);
        self.store.text_as_kept(&masked)
    }

    fn as_kept(&self, event: Event) -> Event {
        self.store.as_kept(self.event(event))
    }

    fn output_as_kept(&self, output: Output) -> Output {
        self.store.output_as_kept(self.masked_output(output))
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        check_device(&output.summary.device).map_err(|error| error.during("store.put_output"))?;
        self.store.put_output(id, self.masked_output(output)).await
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        // A command is known by the name under which it was kept, by the rules of that day.
        let (masked, count) = self.redactor.text(command);
        match self.store.output(id, device, &masked).await {
            Err(error) if error.kind() == ErrorKind::NotFound && count > 0 => {
                self.store.output(id, device, command).await
            }
            found => found,
        }
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        for result in results {
            check_device(&result.device)
                .map_err(|error| error.during("store.put_device_results"))?;
        }
        let results: Vec<DeviceResult> = results.iter().map(|result| self.result(result)).collect();
        self.store.put_device_results(id, &results).await
    }

    async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()> {
        let (bytes, _) = self.redactor.bytes(bytes);
        self.store.put_document(id, name, &bytes).await
    }
}

#[cfg(test)]
mod tests;
