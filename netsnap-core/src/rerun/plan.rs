//! May a run be done once more, and with what?

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{DeviceStatus, Execution, ExecutionKind};
use crate::redact;
use crate::store::Backend;

/// Which devices of a run are worked on once more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of them.
    #[default]
    All,
    /// Those that did not end well, and those that were not tried.
    Failed,
    /// These.
    Devices(Vec<String>),
}

/// What a run would do when it is done once more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rerun {
    /// What it is for.
    pub kind: ExecutionKind,
    /// Its one line for a person.
    pub name: String,
    /// The names of the devices, in the order of the run.
    pub devices: Vec<String>,
    /// The commands.
    pub commands: Vec<String>,
    /// The parameters.
    pub parameters: Value,
    /// The run that is repeated.
    pub retry_of: ExecutionId,
}

/// Says what doing a run once more means.
///
/// # Errors
/// `NotFound` for the run, or a device that it does not have; `Conflict` for a run that has not ended; `Unsupported` for a kind
/// that is never repeated blindly (the hint says what to do instead); `InvalidInput` when a secret was masked in the record and
/// would have to be supplied anew, and when no device is left to work on; `Corrupt`; `Storage`.
pub async fn rerun_plan(store: &dyn Backend, id: &ExecutionId, scope: &Scope) -> Result<Rerun> {
    let run = store.load(id).await?;
    check(&run)?;
    let devices = devices(store, &run, scope).await?;
    Ok(Rerun {
        kind: run.kind,
        name: run.name,
        devices,
        commands: run.commands,
        parameters: run.parameters,
        retry_of: run.id,
    })
}

fn check(run: &Execution) -> Result<()> {
    if !run.status.is_terminal() {
        return Err(refused(ErrorKind::Conflict, "the run has not ended", run)
            .hint("wait for its end, or cancel it"));
    }
    if let Some(instead) = instead(run.kind) {
        let what = "a run of this kind is not repeated";
        return Err(refused(ErrorKind::Unsupported, what, run).hint(instead));
    }
    match masked(run) {
        None => Ok(()),
        Some(place) => {
            let what =
                "a secret of the run is not in its record and would have to be supplied anew";
            Err(refused(ErrorKind::InvalidInput, what, run)
                .with("place", place)
                .hint("begin the run yourself with the secret, and name this one as the run that it repeats"))
        }
    }
}

/// What to do instead of repeating a run that changed devices, or whose input is not in its record.
fn instead(kind: ExecutionKind) -> Option<&'static str> {
    match kind {
        ExecutionKind::Deploy => Some(
            "the devices are no longer what the plan was made for: capture them, make a new plan to the same intended \
             configuration, and deploy that; devices that are there already are left alone",
        ),
        ExecutionKind::Rollback => Some(
            "roll the deployment back again by its own id: each device is read first and taken back from where it stands",
        ),
        ExecutionKind::Plan => Some(
            "plan again with the intended configurations: a plan is made from the newest snapshots",
        ),
        _ => None,
    }
}

/// Returns where the record holds a mask in the place of a secret.
fn masked(run: &Execution) -> Option<String> {
    let command = run.commands.iter().position(|command| is_masked(command));
    let command = command.map(|place| format!("/commands/{place}"));
    command.or_else(|| masked_value("/parameters", &run.parameters))
}

fn masked_value(path: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => is_masked(text).then(|| path.to_owned()),
        Value::Array(items) => {
            let mut places = items.iter().enumerate();
            places.find_map(|(place, item)| masked_value(&format!("{path}/{place}"), item))
        }
        Value::Object(fields) => {
            let mut places = fields.iter();
            places.find_map(|(key, value)| masked_value(&format!("{path}/{key}"), value))
        }
        _ => None,
    }
}

fn is_masked(text: &str) -> bool {
    [redact::MASK, "<redacted>", "<removed>"]
        .iter()
        .any(|mask| text.contains(mask))
}

async fn devices(store: &dyn Backend, run: &Execution, scope: &Scope) -> Result<Vec<String>> {
    let results = store.device_results(&run.id).await?;
    let mut names: Vec<String> = run.devices.iter().map(|device| device.id.clone()).collect();
    // A program that records a run of its own need not say beforehand which devices it will meet.
    let unplanned = results.iter().map(|result| &result.device);
    for name in unplanned {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    match scope {
        Scope::All => {}
        Scope::Failed => {
            let well = |status| matches!(status, DeviceStatus::Ok | DeviceStatus::Changed);
            let well: BTreeSet<&str> = results
                .iter()
                .filter(|result| well(result.status))
                .map(|result| result.device.as_str())
                .collect();
            names.retain(|name| !well.contains(name.as_str()));
        }
        Scope::Devices(wanted) => {
            if let Some(foreign) = wanted.iter().find(|name| !names.contains(name)) {
                let what = "the run has no such device";
                return Err(refused(ErrorKind::NotFound, what, run).with("device", foreign));
            }
            names.retain(|name| wanted.contains(name));
        }
    }
    if names.is_empty() {
        let what = "no device is left to work on";
        return Err(refused(ErrorKind::InvalidInput, what, run)
            .hint("every device ended well, or none was asked for"));
    }
    Ok(names)
}

fn refused(kind: ErrorKind, what: &'static str, run: &Execution) -> Error {
    Error::new(kind, what)
        .during("rerun")
        .with("execution", &run.id)
}
