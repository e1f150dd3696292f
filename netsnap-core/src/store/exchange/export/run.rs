//! What does an export read of one run?

use std::collections::HashSet;

use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::model::{DeviceResult, Execution, Output, OutputSummary};
use crate::store::Backend;

/// Events that are read at once.
const CHUNK: usize = 1000;

/// A run of a store, with all that is small of it.
pub(in crate::store::exchange) struct Run<'a> {
    store: &'a dyn Backend,
    pub(in crate::store::exchange) execution: Execution,
    pub(in crate::store::exchange) results: Vec<DeviceResult>,
    /// Those that can be read: of one command on one device the newest.
    pub(in crate::store::exchange) outputs: Vec<OutputSummary>,
    /// How many there are besides.
    pub(in crate::store::exchange) superseded: u64,
}

impl<'a> Run<'a> {
    pub(in crate::store::exchange) async fn load(
        store: &'a dyn Backend,
        execution: Execution,
    ) -> Result<Self> {
        let results = store.device_results(&execution.id).await?;
        let all = store.outputs(&execution.id).await?;
        let count = all.len();
        let outputs = newest(all);
        Ok(Self {
            store,
            execution,
            results,
            superseded: (count - outputs.len()) as u64,
            outputs,
        })
    }

    /// Reads an output, and makes sure that it is the one that was listed.
    pub(in crate::store::exchange) async fn output(
        &self,
        summary: &OutputSummary,
    ) -> Result<Output> {
        let id = &self.execution.id;
        let output = self.store.output(id, &summary.device, &summary.command);
        let output = output.await?;
        if output.summary.digest == summary.digest {
            return Ok(output);
        }
        Err(
            Error::new(ErrorKind::Conflict, "the run was changed while it was read")
                .with("execution", id)
                .hint("export it again"),
        )
    }

    /// Reads the next events, from a sequence number on; none at the end.
    pub(in crate::store::exchange) async fn events(&self, from: u64) -> Result<Vec<Event>> {
        self.store.events(&self.execution.id, from, CHUNK).await
    }

    /// Reads a document, if the run has it.
    pub(in crate::store::exchange) async fn document(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.store.document(&self.execution.id, name).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // A store that keeps no documents has none.
            Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Keeps of the outputs of one command on one device the newest, in the order in which they were put.
fn newest(outputs: Vec<OutputSummary>) -> Vec<OutputSummary> {
    let mut seen = HashSet::new();
    let mut kept: Vec<OutputSummary> = outputs
        .into_iter()
        .rev()
        .filter(|one| seen.insert((one.device.clone(), one.command.clone())))
        .collect();
    kept.reverse();
    kept
}
