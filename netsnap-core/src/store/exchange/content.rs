//! Are two records of a run the same? What was recorded decides, not what was remarked about it since.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::export::Run;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::Digest;
use crate::model::{DeviceResult, Execution, Files, OutputSummary};
use crate::store::Backend;

/// Gathers what makes up a run, in the order summary, device results by name, outputs, events.
#[derive(Default)]
pub(super) struct Content(Sha256);

impl Content {
    /// Begins with a summary; its remarks, and what only a store says, are left out.
    pub(super) fn of(run: &Execution) -> Result<Self> {
        let mut bare = run.clone();
        bare.labels.clear();
        bare.annotations.clear();
        bare.pinned = false;
        bare.archived = false;
        bare.revision = 0;
        bare.owner = None;
        bare.record_digest = None;
        bare.files = Files::default();
        let mut content = Self::default();
        content.add(&bare)?;
        Ok(content)
    }

    pub(super) fn result(&mut self, result: &DeviceResult) -> Result<()> {
        self.add(result)
    }

    pub(super) fn output(&mut self, summary: &OutputSummary) -> Result<()> {
        let mut bare = summary.clone();
        bare.file.clear();
        bare.json = false;
        self.add(&bare)
    }

    pub(super) fn event(&mut self, event: &Event) -> Result<()> {
        self.add(event)
    }

    pub(super) fn digest(self) -> Digest {
        Digest::from_sha256(self.0.finalize().into())
    }

    fn add<T: Serialize>(&mut self, value: &T) -> Result<()> {
        let mut value = serde_json::to_value(value).map_err(|source| {
            Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
        })?;
        settle(&mut value);
        self.0.update(value.to_string().as_bytes());
        self.0.update(b"\n");
        Ok(())
    }
}

/// Rounds numbers with a fraction: read from text, they can be off by their last bit.
fn settle(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            *value = Value::String(format!("{:.9e}", number.as_f64().unwrap_or_default()));
        }
        Value::Array(values) => values.iter_mut().for_each(settle),
        Value::Object(fields) => fields.values_mut().for_each(settle),
        _ => {}
    }
}

/// Names the content of a run of a store.
///
/// # Errors
/// `NotFound`; `Corrupt`; `Storage`.
pub(super) async fn stored(store: &dyn Backend, run: &Execution) -> Result<Digest> {
    let mut content = Content::of(run)?;
    let run = Run::load(store, run.clone()).await?;
    for result in &run.results {
        content.result(result)?;
    }
    for output in &run.outputs {
        content.output(output)?;
    }
    let mut next = 1;
    loop {
        let events = run.events(next).await?;
        for event in &events {
            content.event(event)?;
        }
        match events.last() {
            Some(last) => next = last.sequence + 1,
            None => return Ok(content.digest()),
        }
    }
}
