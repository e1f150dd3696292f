//! What is in the folder of one run, and how is it changed?

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::durable::{self, storage};
use super::{layout, log};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceSummary, Execution};
use crate::store::Durability;
use crate::store::rules::{self, Tail};

/// The folder of a run that is there.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: ExecutionId,
    pub(super) path: PathBuf,
}

/// A device in `devices.json`.
#[derive(Serialize)]
struct DeviceEntry<'a> {
    #[serde(flatten)]
    device: &'a DeviceSummary,
    result: Option<&'a DeviceResult>,
}

impl Run {
    /// Finds a run. A link in its place is not followed.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) fn open(root: &Path, id: &ExecutionId) -> Result<Self> {
        let path = layout::execution(root, id);
        if !durable::is_folder(&path) {
            return Err(rules::no_execution(id));
        }
        Ok(Self {
            id: id.clone(),
            path,
        })
    }

    /// Makes a run appear: staged under a hidden name, synced, renamed.
    ///
    /// # Errors
    /// `AlreadyExists`; `Storage`.
    pub(super) fn create(root: &Path, execution: &Execution) -> Result<()> {
        let executions = layout::executions(root);
        let path = layout::execution(root, &execution.id);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(rules::execution_exists(&execution.id));
        }
        let staged = durable::staging_dir(&executions, layout::STAGED)
            .map_err(|error| storage(&executions, error))?;
        fill(staged.path(), execution)?;
        match fs::rename(staged.path(), &path) {
            Ok(()) => durable::sync_dir(&executions).map_err(|error| storage(&executions, error)),
            Err(_) if fs::symlink_metadata(&path).is_ok() => {
                Err(rules::execution_exists(&execution.id))
            }
            Err(error) => Err(storage(&path, error)),
        }
    }

    /// Waits until nobody else writes to the run, and keeps it so while the value lives.
    pub(super) fn lock(&self) -> Result<File> {
        let path = self.file(layout::LOCK);
        durable::lock(&path).map_err(|error| storage(&path, error))
    }

    /// The path of a file of the run.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Returns the summary.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn load(&self) -> Result<Execution> {
        let path = self.file(layout::METADATA);
        let execution: Execution = read_json(&path)?;
        if execution.id == self.id {
            return Ok(execution);
        }
        Err(
            Error::new(ErrorKind::Corrupt, "the folder of a run holds another run")
                .with("path", path.display())
                .with("execution", execution.id)
                .hint("give the folder the name of the run again"),
        )
    }

    /// Replaces the summary; see [`crate::store::ExecutionStore::update`].
    pub(super) fn update(&self, execution: &Execution) -> Result<Execution> {
        let _lock = self.lock()?;
        let next = rules::next_revision(&self.load()?, execution)?;
        if next.status.is_terminal() {
            self.settle(&next)?;
        }
        let path = self.file(layout::METADATA);
        durable::replace(&path, &pretty(&next)?).map_err(|error| storage(&path, error))?;
        Ok(next)
    }

    /// Makes everything that was recorded before the end of a run survive power loss; its names do once the summary, which
    /// stands in the same folder, is replaced.
    fn settle(&self, execution: &Execution) -> Result<()> {
        let devices = devices_json(execution, &self.device_results()?)?;
        let path = self.file(layout::DEVICES);
        durable::swap(&path, &devices).map_err(|error| storage(&path, error))?;
        self.sync_outputs()?;
        [layout::EVENTS, layout::OUTPUTS, layout::RESULTS]
            .into_iter()
            .try_for_each(|name| sync_if_there(&self.file(name)))
    }

    /// Appends events; see [`crate::store::ExecutionStore::append`].
    pub(super) fn append(&self, events: &[Event], durability: Durability) -> Result<()> {
        let mut lines = Vec::new();
        for event in events {
            lines.extend(log::encode(event)?);
        }
        let path = self.file(layout::EVENTS);
        let _lock = self.lock()?;
        let last: Option<Event> = log::last(&path)?;
        Tail::after(last.as_ref()).check(&self.id, events)?;
        log::append(&path, &lines, durability)
    }

    /// Returns events from a sequence number on.
    pub(super) fn events(&self, from: u64, limit: usize) -> Result<Vec<Event>> {
        match self.read_events(from, limit) {
            // The writer may have cut a torn tail while it was read.
            Err(error) if error.kind() == ErrorKind::Corrupt => self.read_events(from, limit),
            result => result,
        }
    }

    fn read_events(&self, from: u64, limit: usize) -> Result<Vec<Event>> {
        let path = self.file(layout::EVENTS);
        let start = log::seek(&path, from, |event: &Event| event.sequence)?;
        let mut lines = log::Lines::<Event>::open(&path, start)?;
        let mut events: Vec<Event> = Vec::new();
        while events.len() < limit
            && let Some(event) = lines.next()?
        {
            if event.sequence < from {
                continue;
            }
            if events
                .last()
                .is_some_and(|last| last.sequence + 1 != event.sequence)
            {
                return Err(self.hole(&path, event.sequence));
            }
            events.push(event);
        }
        Ok(events)
    }

    fn hole(&self, path: &Path, sequence: u64) -> Error {
        Error::new(ErrorKind::Corrupt, "the log has a hole")
            .with("execution", &self.id)
            .with("path", path.display())
            .with("sequence", sequence)
    }

    /// Keeps how devices ended.
    pub(super) fn put_device_results(&self, results: &[DeviceResult]) -> Result<()> {
        let mut lines = Vec::new();
        for result in results {
            lines.extend(log::encode(result)?);
        }
        let _lock = self.lock()?;
        log::append(&self.file(layout::RESULTS), &lines, Durability::Batched)
    }

    /// Lists how devices ended, by name; of two results of one device the later.
    pub(super) fn device_results(&self) -> Result<Vec<DeviceResult>> {
        let results: Vec<DeviceResult> = log::read_all(&self.file(layout::RESULTS))?;
        let by_name: std::collections::BTreeMap<String, DeviceResult> = results
            .into_iter()
            .map(|result| (result.device.clone(), result))
            .collect();
        Ok(by_name.into_values().collect())
    }
}

fn fill(folder: &Path, execution: &Execution) -> Result<()> {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        durable::create(&path, bytes).map_err(|error| storage(&path, error))
    };
    write(layout::METADATA, &pretty(execution)?)?;
    write(layout::DEVICES, &devices_json(execution, &[])?)?;
    write(layout::EVENTS, b"")?;
    for name in [layout::TEXT, layout::JSON] {
        let path = folder.join(name);
        durable::create_dir(&path).map_err(|error| storage(&path, error))?;
    }
    // The list of devices is in the summary too, and the log is empty: the summary alone has bytes to lose.
    sync_if_there(&folder.join(layout::METADATA))?;
    durable::sync_dir(folder).map_err(|error| storage(folder, error))
}

fn devices_json(execution: &Execution, results: &[DeviceResult]) -> Result<Vec<u8>> {
    let result_of = |name: &str| results.iter().find(|result| result.device == name);
    let entries: Vec<DeviceEntry<'_>> = execution
        .devices
        .iter()
        .map(|device| DeviceEntry {
            device,
            result: result_of(&device.id).or_else(|| result_of(&device.name)),
        })
        .collect();
    pretty(&entries)
}

fn sync_if_there(path: &Path) -> Result<()> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(storage(path, error)),
        _ => Ok(()),
    }
}

fn pretty<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|source| {
        Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = durable::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::InvalidData => unreadable(path).because(error),
        _ => storage(path, error),
    })?;
    serde_json::from_slice(&bytes).map_err(|source| unreadable(path).because(source))
}

fn unreadable(path: &Path) -> Error {
    Error::new(ErrorKind::Corrupt, "the summary of a run cannot be read")
        .with("path", path.display())
        .hint("restore the file from a copy; the other files of the run are not affected")
}
