//! How are the outputs of a run kept as files that a person can read?
//!
//! The bytes stand in `TEXT/` or `JSON/`, one file each; the index `outputs.ndjson` says which file is what.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::durable::{self, storage};
use super::run::Run;
use super::{layout, log};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, ExecutionId};
use crate::model::{Output, OutputSummary};
use crate::store::{Durability, rules};

/// From this many files on, syncing is shared by several threads: the disk then joins their waits.
const SYNC_CHUNK: usize = 16;

/// The index of the run that was read last: who reads many outputs of one run reads its index once.
#[derive(Debug, Default)]
pub(super) struct Index {
    read: Mutex<Option<Read>>,
}

#[derive(Debug)]
struct Read {
    id: ExecutionId,
    /// An index only grows, so one of this length is this one.
    length: u64,
    outputs: Arc<Vec<OutputSummary>>,
}

impl Index {
    fn of(&self, run: &Run) -> Result<Arc<Vec<OutputSummary>>> {
        let length = std::fs::metadata(run.file(layout::OUTPUTS)).map_or(0, |file| file.len());
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = read.as_ref()
            && read.id == run.id
            && read.length == length
        {
            return Ok(Arc::clone(&read.outputs));
        }
        let outputs = Arc::new(run.outputs()?);
        *read = Some(Read {
            id: run.id.clone(),
            length,
            outputs: Arc::clone(&outputs),
        });
        Ok(outputs)
    }
}

impl Run {
    /// Keeps an output: first its file, then the line that names it.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn put_output(&self, output: &Output) -> Result<OutputSummary> {
        let mut summary = output.summary.clone();
        summary.bytes = output.bytes.len() as u64;
        summary.digest = Digest::of(&output.bytes);
        summary.json = rules::is_json(&output.bytes);
        summary.file = self.write_output(&summary, &output.bytes)?;
        let line = log::encode(&summary)?;
        let _lock = self.lock()?;
        log::append(&self.file(layout::OUTPUTS), &line, Durability::Batched)?;
        Ok(summary)
    }

    /// Writes the bytes under the first free name and returns it. The file system decides what is free, since some do not
    /// tell upper from lower case.
    fn write_output(&self, summary: &OutputSummary, bytes: &[u8]) -> Result<String> {
        let folder = if summary.json {
            layout::JSON
        } else {
            layout::TEXT
        };
        let stem = layout::output_stem(&summary.device, &summary.command);
        let path = self.output_folder(folder)?;
        let mut copy = 1;
        loop {
            let file = layout::output_file(&stem, folder, copy);
            match durable::create(&self.file(&file), bytes) {
                Ok(()) => return Ok(file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => copy += 1,
                Err(error) => return Err(storage(&path, error)),
            }
        }
    }

    /// Returns the folder of a kind of outputs, made if it is missing, never a link.
    fn output_folder(&self, folder: &str) -> Result<PathBuf> {
        let path = self.file(folder);
        if durable::is_folder(&path) {
            return Ok(path);
        }
        durable::create_dir(&path).map_err(|error| storage(&path, error))?;
        Ok(path)
    }

    /// Lists the outputs in the order they were put.
    pub(super) fn outputs(&self) -> Result<Vec<OutputSummary>> {
        log::read_all(&self.file(layout::OUTPUTS))
    }

    /// Returns the newest output of a command on a device.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub(super) fn output(&self, index: &Index, device: &str, command: &str) -> Result<Output> {
        let summary = index
            .of(self)?
            .iter()
            .rev()
            .find(|summary| summary.device == device && summary.command == command)
            .cloned()
            .ok_or_else(|| rules::no_output(&self.id, device, command))?;
        self.read_output(summary)
    }

    /// Returns the output at a place in the list of outputs.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Storage`.
    pub(super) fn output_at(&self, index: &Index, place: usize) -> Result<Output> {
        let summary = index.of(self)?.get(place).cloned();
        self.read_output(summary.ok_or_else(|| rules::no_output_at(&self.id, place))?)
    }

    fn read_output(&self, summary: OutputSummary) -> Result<Output> {
        let path = self.output_path(&summary)?;
        let bytes = durable::read(&path).map_err(|error| self.unreadable(&path, error))?;
        if Digest::of(&bytes) != summary.digest {
            return Err(rules::damaged("path", path.display()).during("store.output"));
        }
        Ok(Output {
            summary,
            bytes,
            parsed: None,
        })
    }

    fn unreadable(&self, path: &Path, error: io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::InvalidData => {
                Error::new(ErrorKind::Corrupt, "the file of an output is gone")
                    .during("store.output")
                    .with("execution", &self.id)
                    .with("path", path.display())
                    .because(error)
            }
            _ => storage(path, error),
        }
    }

    fn output_path(&self, summary: &OutputSummary) -> Result<PathBuf> {
        let (folder, name) = layout::parse_output_file(&summary.file)?;
        let folder = self.file(folder);
        if durable::is_folder(&folder) {
            return Ok(folder.join(name));
        }
        Err(
            Error::new(ErrorKind::Corrupt, "the folder of the outputs is gone")
                .with("path", folder.display()),
        )
    }

    /// Makes every output survive power loss.
    pub(super) fn sync_outputs(&self) -> Result<()> {
        let paths: Vec<PathBuf> = self
            .outputs()?
            .iter()
            .filter_map(|summary| self.output_path(summary).ok())
            .collect();
        if paths.is_empty() {
            return Ok(());
        }
        std::thread::scope(|scope| {
            let syncing: Vec<_> = paths
                .chunks((paths.len() / 8).max(SYNC_CHUNK))
                .map(|chunk| scope.spawn(|| chunk.iter().try_for_each(|path| sync(path))))
                .collect();
            syncing.into_iter().try_for_each(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "a sync panicked")))
            })
        })?;
        for folder in [layout::TEXT, layout::JSON] {
            let path = self.output_folder(folder)?;
            durable::sync_dir(&path).map_err(|error| storage(&path, error))?;
        }
        Ok(())
    }
}

/// Syncs one output. One that is gone stays gone: its absence is found, as damage, by who reads it.
fn sync(path: &Path) -> Result<()> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(storage(path, error)),
        _ => Ok(()),
    }
}
