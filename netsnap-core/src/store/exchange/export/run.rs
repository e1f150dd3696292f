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
    /// Those that can be read, in the order in which they were put.
    pub(in crate::store::exchange) outputs: Vec<OutputSummary>,
    /// The place of each among all of the run.
    places: Vec<usize>,
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
        let places = readable(store, &execution, &all).await?;
        Ok(Self {
            store,
            execution,
            results,
            superseded: (all.len() - places.len()) as u64,
            outputs: places.iter().map(|place| all[*place].clone()).collect(),
            places,
        })
    }

    /// Reads the output of a number, counted from 0, and makes sure that it is the one that was listed.
    pub(in crate::store::exchange) async fn output(&self, number: usize) -> Result<Output> {
        let id = &self.execution.id;
        let output = self.store.output_at(id, self.places[number]).await?;
        if output.summary.digest == self.outputs[number].digest {
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

/// Returns the places of the outputs that the store can read: all of them, or, where it says that it cannot, of one command on one
/// device the newest.
async fn readable(
    store: &dyn Backend,
    run: &Execution,
    all: &[OutputSummary],
) -> Result<Vec<usize>> {
    let newest = newest(all);
    let older = (0..all.len()).find(|place| newest.binary_search(place).is_err());
    let Some(older) = older else {
        return Ok(newest);
    };
    match store.output_at(&run.id, older).await {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(newest),
        // What else is wrong with it shows when it is its turn.
        _ => Ok((0..all.len()).collect()),
    }
}

/// Returns the places of the newest output of each command on each device.
fn newest(outputs: &[OutputSummary]) -> Vec<usize> {
    let mut seen = HashSet::new();
    let mut kept: Vec<usize> = (0..outputs.len())
        .rev()
        .filter(|place| {
            let one = &outputs[*place];
            seen.insert((&one.device, &one.command))
        })
        .collect();
    kept.reverse();
    kept
}
