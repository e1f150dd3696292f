//! A configuration that another tool read: is it one, where does it end, and whose is it?

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::capture::check_text;
use crate::config::Configuration;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{EventKind, NewEvent};
use crate::model::{
    DeviceResult, DeviceStatus, DeviceSummary, ExecutionKind, ExecutionStatus, Proof, Snapshot,
    SnapshotKind,
};
use crate::platform::Platform;
use crate::snapshot::{NewSnapshot, SnapshotService, StoredSnapshots, check_subject};
use crate::store::{Durability, NewExecution, Recorder};

/// How a configuration that another tool read is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeepOptions {
    /// When it was read from the device; now when absent.
    pub taken_at: Option<Timestamp>,
    /// Who hands it in.
    pub actor: String,
}

/// Keeps a running configuration that another tool read as a snapshot of its device, in a run of its own.
///
/// # Errors
/// `InvalidInput` for a bad name or a time to come; `Unsupported` for an unknown platform; `ConfigurationInvalid`, with the place;
/// `ConfigurationIncomplete`; `OutputTruncated` without the last line that the platform prints; `Storage`. Nothing is kept then.
pub(crate) async fn keep_configuration(
    context: &Context,
    (device, platform): (&str, &str),
    text: &str,
    options: &KeepOptions,
) -> Result<Snapshot> {
    let given = given((device, platform), text, options).map_err(|error| {
        error
            .during("keep_configuration")
            .with("device", device.escape_debug())
    })?;
    let recorder = context.begin(begin(&given, options)).await?;
    let given = NewSnapshot {
        execution: Some(recorder.id().clone()),
        ..given
    };
    let snapshots = StoredSnapshots::new(context.store.clone());
    let snapshot = snapshots.take(given, text.as_bytes()).await?;
    finish(&recorder, &snapshot).await?;
    Ok(snapshot)
}

/// Makes sure that a text is a configuration, and returns what is said of it.
fn given(
    (device, platform): (&str, &str),
    text: &str,
    options: &KeepOptions,
) -> Result<NewSnapshot> {
    check_subject(device)?;
    let taken_at = taken_at(options)?;
    let platform = Platform::named(platform)?;
    check_text(text, &platform)?;
    let configuration = Configuration::parse(text, &platform)?;
    if configuration.level().items().next().is_none() {
        return Err(Error::new(
            ErrorKind::ConfigurationInvalid,
            "the text holds no configuration",
        )
        .hint("nothing was kept; look at what the other tool wrote"));
    }
    Ok(NewSnapshot {
        subject: device.to_owned(),
        kind: SnapshotKind::RunningConfiguration,
        platform: platform.name.clone(),
        meaning: configuration.meaning(),
        taken_at,
        execution: None,
        proof: Proof::Given,
    })
}

/// A snapshot of a time to come would stay the newest of its device, whatever is captured meanwhile.
fn taken_at(options: &KeepOptions) -> Result<Timestamp> {
    let now = Timestamp::now();
    match options.taken_at {
        Some(at) if at > now => Err(Error::new(
            ErrorKind::InvalidInput,
            "the configuration was not read yet",
        )
        .with("taken_at", at)
        .hint("leave the time out for now")),
        Some(at) => Ok(at),
        None => Ok(now),
    }
}

fn begin(given: &NewSnapshot, options: &KeepOptions) -> NewExecution {
    let device = DeviceSummary {
        id: given.subject.clone(),
        name: given.subject.clone(),
        ip: String::new(),
        platform: Some(given.platform.clone()),
    };
    NewExecution {
        kind: ExecutionKind::Custom,
        name: "keep configuration".to_owned(),
        actor: options.actor.clone(),
        parameters: json!({ "taken_at": given.taken_at }),
        devices: vec![device],
        ..NewExecution::default()
    }
}

async fn finish(recorder: &Recorder, snapshot: &Snapshot) -> Result<()> {
    let device = &snapshot.subject;
    let taken = NewEvent::new(EventKind::SnapshotTaken, "configuration handed in")
        .on(device)
        .progress(1, 1)
        .data(json!({ "snapshot": snapshot.id, "content": snapshot.content, "bytes": snapshot.bytes }));
    recorder.event(taken, Durability::Batched).await?;
    let result = DeviceResult {
        ended_at: Some(Timestamp::now()),
        ..DeviceResult::new(device, DeviceStatus::Ok)
    };
    recorder.untold_device_results(&[result]).await?;
    let ended = recorder.finish(ExecutionStatus::Succeeded, None).await;
    ended.map(drop)
}

#[cfg(test)]
mod tests;
