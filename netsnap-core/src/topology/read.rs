//! The edge: the outputs of one run are read, and the topology is kept beside them.

use std::collections::BTreeMap;

use super::graph::{Observation, build};
use super::model::{Remark, Source, Topology};
use super::parse;
use crate::error::{Error, ErrorKind, Result};
use crate::event::EventKind;
use crate::id::ExecutionId;
use crate::store::Backend;

/// The name of the document in the run.
pub const DOCUMENT: &str = "topology.json";
/// Events that are read at once.
const CHUNK: usize = 1_000;

/// Works out the topology from the outputs of one run and keeps it as [`DOCUMENT`] of the run. One output at a time is in memory.
///
/// The newest output of each command of each device counts. Outputs that cannot be read are remarks. An earlier document is
/// replaced; the same outputs always give the same one. Of a store that
/// is for reading alone it is not kept.
///
/// # Errors
/// `NotFound`; `Corrupt`; `Storage`.
pub async fn topology(store: &dyn Backend, id: &ExecutionId) -> Result<Topology> {
    let devices = devices(store, id).await?;
    let (observations, mut remarks) = observe(store, id).await?;
    let mut topology = build(id, &devices, &observations);
    topology.remarks.append(&mut remarks);
    topology.remarks.sort();
    let json = serde_json::to_vec_pretty(&topology).map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            "the topology cannot be written as JSON",
        )
        .because(error)
    })?;
    match store.put_document(id, DOCUMENT, &json).await {
        // It can be worked out again.
        Err(error) if error.kind() == ErrorKind::ReadOnly => {}
        kept => kept?,
    }
    Ok(topology)
}

/// Returns the topology that was kept.
///
/// # Errors
/// `NotFound` for the run, or when none was worked out; `Corrupt`; `Storage`.
pub async fn stored_topology(store: &dyn Backend, id: &ExecutionId) -> Result<Topology> {
    let json = store.document(id, DOCUMENT).await?;
    serde_json::from_slice(&json).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "the document is no topology")
            .during("topology.load")
            .with("execution", id)
            .hint("work the topology out again: the outputs are still there")
            .because(error)
    })
}

async fn observe(store: &dyn Backend, id: &ExecutionId) -> Result<(Vec<Observation>, Vec<Remark>)> {
    let mut newest: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (place, summary) in store.outputs(id).await?.into_iter().enumerate() {
        // What a device refused says nothing about the network.
        if summary.rejection.is_none() && parse::is_about(&summary.command) {
            newest.insert((summary.device, summary.command), place);
        }
    }
    let (mut observations, mut remarks) = (Vec::new(), Vec::new());
    for ((device, command), place) in newest {
        match store.output_at(id, place).await {
            Ok(output) => observations.extend(Observation::read(&device, &command, &output.text())),
            Err(error) if error.kind() == ErrorKind::Corrupt => remarks.push(Remark {
                source: Some(Source { device, command }),
                text: error.to_string(),
            }),
            Err(error) => return Err(error),
        }
    }
    Ok((observations, remarks))
}

/// The devices of a run, each with the host name that its prompt showed.
async fn devices(
    store: &dyn Backend,
    id: &ExecutionId,
) -> Result<BTreeMap<String, Option<String>>> {
    let run = store.load(id).await?;
    let mut devices: BTreeMap<String, Option<String>> = BTreeMap::new();
    devices.extend(run.devices.into_iter().map(|device| (device.id, None)));
    let mut from = 1;
    loop {
        let events = store.events(id, from, CHUNK).await?;
        let Some(last) = events.last() else {
            return Ok(devices);
        };
        from = last.sequence + 1;
        for event in events {
            if let (EventKind::Connected, Some(device)) = (event.kind, event.device) {
                devices.insert(device, Some(event.text));
            }
        }
    }
}
