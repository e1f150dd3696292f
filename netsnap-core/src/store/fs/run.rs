//! What is in the folder of one run, and how is it read?

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::durable::{self, storage};
use super::log::{self, Line};
use super::{layout, output};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::ExecutionId;
use crate::model::{DeviceResult, DeviceSummary, Execution};
use crate::store::rules;

/// The folder of a run that is there.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) id: ExecutionId,
    pub(super) path: PathBuf,
    /// The folder of the store.
    pub(super) root: PathBuf,
}

/// A device in `devices.json`.
#[derive(Serialize)]
struct DeviceEntry<'a> {
    #[serde(flatten)]
    device: &'a DeviceSummary,
    result: Option<&'a DeviceResult>,
}

/// How a device ended, in the log.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ResultLine<T> {
    pub(super) result: T,
}

pub(super) const RESULT: &[u8] = b"{\"result\":";

impl Line for ResultLine<DeviceResult> {
    fn is(line: &[u8]) -> bool {
        line.starts_with(RESULT)
    }
}

impl Line for Event {
    fn is(line: &[u8]) -> bool {
        !line.starts_with(RESULT) && !line.starts_with(output::OUTPUT)
    }
}

/// A line of `results.ndjson`, which version 0.1.0 wrote.
impl Line for DeviceResult {
    fn is(_: &[u8]) -> bool {
        true
    }
}

impl Run {
    /// Finds a run. A link in its place, or in that of the folder of all runs, is not followed.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`.
    pub(super) fn open(root: &Path, id: &ExecutionId) -> Result<Self> {
        let path = layout::execution(root, id);
        durable::check_folders(root, &path)?;
        if !durable::is_folder(&path) {
            return Err(rules::no_execution(id));
        }
        Ok(Self {
            id: id.clone(),
            path,
            root: root.to_owned(),
        })
    }

    /// Writes a run into a folder of its own that nobody sees, and returns it. Renamed, it is the run.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn stage(root: &Path, execution: &Execution) -> Result<tempfile::TempDir> {
        let folder = layout::staging(root);
        durable::check_folders(root, &layout::execution(root, &execution.id))?;
        durable::check_folder(&folder)?;
        let staged = durable::staging_dir(&folder, layout::STAGED)
            .map_err(|error| storage(&folder, error))?;
        fill(staged.path(), execution)?;
        Ok(staged)
    }

    /// Gives a staged run its name.
    ///
    /// # Errors
    /// `AlreadyExists`; `Storage`.
    pub(super) fn appear(root: &Path, staged: &Path, id: &ExecutionId) -> Result<()> {
        let path = layout::execution(root, id);
        // An empty folder would give way to the renamed one.
        if fs::symlink_metadata(&path).is_ok() {
            return Err(rules::execution_exists(id));
        }
        fs::rename(staged, &path).map_err(|error| storage(&path, error))
    }

    /// Returns what reading the run gave, unless it was removed meanwhile: then it is as if it had been before.
    ///
    /// # Errors
    /// `NotFound`; those of the reading.
    pub(super) fn unless_gone<T>(&self, read: Result<T>) -> Result<T> {
        match read {
            Err(error) if !durable::is_folder(&self.path) => {
                Err(rules::no_execution(&self.id).because(error))
            }
            read => read,
        }
    }

    /// The path of a file of the run.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Says whether nobody is writing the run.
    pub(super) fn is_idle(&self) -> bool {
        match durable::open(&self.file(layout::LOCK)) {
            Ok(lock) => lock.try_lock().is_ok(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Returns the summary.
    ///
    /// # Errors
    /// `NotFound` when the run went away; `Corrupt`; `Storage`.
    pub(super) fn load(&self) -> Result<Execution> {
        let path = self.file(layout::METADATA);
        let execution: Execution = self.summary(&path)?;
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

    fn summary(&self, path: &Path) -> Result<Execution> {
        let bytes = durable::read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if !durable::is_folder(&self.path) => {
                rules::no_execution(&self.id)
            }
            io::ErrorKind::NotFound | io::ErrorKind::InvalidData => unreadable(path).because(error),
            _ => storage(path, error),
        })?;
        serde_json::from_slice(&bytes).map_err(|source| unreadable(path).because(source))
    }

    /// Returns events from a sequence number on.
    pub(super) fn events(&self, from: u64, limit: usize) -> Result<Vec<Event>> {
        if fs::symlink_metadata(self.file(layout::EVENTS)).is_err() {
            return Ok(Vec::new());
        }
        match self.read_events(from, limit) {
            // The writer may have cut a torn tail while it was read.
            Err(error) if error.kind() == ErrorKind::Corrupt => self.read_events(from, limit),
            result => result,
        }
    }

    /// Returns the last event.
    pub(super) fn last_event(&self) -> Result<Option<Event>> {
        let path = self.file(layout::EVENTS);
        if fs::symlink_metadata(&path).is_err() {
            return Ok(None);
        }
        match log::last(&path) {
            // The writer may have cut a torn tail while it was read.
            Err(error) if error.kind() == ErrorKind::Corrupt => log::last(&path),
            last => last,
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

    /// Lists how devices ended, by name; of two results of one device the later.
    pub(super) fn device_results(&self) -> Result<Vec<DeviceResult>> {
        let mut results: Vec<DeviceResult> = log::read_all(&self.file(layout::RESULTS))?;
        let lines: Vec<ResultLine<DeviceResult>> = log::read_all(&self.file(layout::EVENTS))?;
        results.extend(lines.into_iter().map(|line| line.result));
        Ok(by_name(results))
    }
}

/// Puts results in the order of their devices; of two of one device the later counts.
pub(super) fn by_name(results: Vec<DeviceResult>) -> Vec<DeviceResult> {
    let named = results
        .into_iter()
        .map(|result| (result.device.clone(), result));
    let by_name: BTreeMap<String, DeviceResult> = named.collect();
    by_name.into_values().collect()
}

fn fill(folder: &Path, execution: &Execution) -> Result<()> {
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        durable::create(&path, bytes).map_err(|error| storage(&path, error))
    };
    write(layout::METADATA, &pretty(execution)?)?;
    if !execution.devices.is_empty() {
        write(layout::DEVICES, &devices_json(execution, &[])?)?;
    }
    write(layout::EVENTS, b"")?;
    // The list of devices is in the summary too, and the log is empty: the summary alone has bytes to lose.
    sync_if_there(&folder.join(layout::METADATA))?;
    durable::sync_dir(folder).map_err(|error| storage(folder, error))
}

/// Writes the devices of a run with how they ended.
pub(super) fn devices_json(execution: &Execution, results: &[DeviceResult]) -> Result<Vec<u8>> {
    let by_name: BTreeMap<&str, &DeviceResult> = results
        .iter()
        .map(|result| (result.device.as_str(), result))
        .collect();
    let result_of = |name: &str| by_name.get(name).copied();
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

/// Makes a file survive power loss. One that is gone stays gone: its absence is found by who reads it.
pub(super) fn sync_if_there(path: &Path) -> Result<()> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(storage(path, error)),
        _ => Ok(()),
    }
}

/// Writes a value as JSON for people.
pub(super) fn pretty<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|source| {
        Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn unreadable(path: &Path) -> Error {
    Error::new(ErrorKind::Corrupt, "the summary of a run cannot be read")
        .with("path", path.display())
        .hint("restore the file from a copy; the other files of the run are not affected")
}
