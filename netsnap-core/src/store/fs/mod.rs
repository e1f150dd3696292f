//! How are runs, records and contents kept as plain files that `ls`, `cat`, `grep` and `jq` can read?
//!
//! ```text
//! executions/exec_…/metadata.json      the summary, replaced atomically
//!                   devices.json       the devices, with their results once the run has ended
//!                   events.ndjson      the log: one JSON object a line, the last field a checksum
//!                   outputs.ndjson     which file of TEXT/ or JSON/ is which command of which device
//!                   results.ndjson     how devices ended, as they end
//!                   TEXT/  JSON/       the outputs
//! current                              a link to the newest finished run
//! records/<collection>/<key>  blobs/ab/<sha-256>
//! ```
//!
//! A run's folder is self-contained: copied into another store, it opens there.

mod content;
mod durable;
mod layout;
mod list;
mod log;
mod output;
mod run;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;

use self::durable::storage;
use self::run::Run;
use super::{
    Archived, BlobStore, Damage, Durability, ExecutionStore, Filter, LogStore, RecordStore,
    Selection, Usage, rules,
};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};

/// A staged run that is older was left by a process that went away.
const STAGED_FOR_LONG: Duration = Duration::from_secs(3600);

/// A store in a folder.
#[derive(Clone, Debug)]
pub struct FsStore {
    root: Arc<PathBuf>,
    index: Arc<output::Index>,
    /// Who keeps an output. They would only wait for the same lock, each on a thread of its own.
    turn: Arc<Mutex<()>>,
}

impl FsStore {
    /// Opens a folder as a store, and makes it when it is missing.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let store = Self {
            root: Arc::new(root.into()),
            index: Arc::default(),
            turn: Arc::default(),
        };
        store.blocking("store.open", prepare).await?;
        Ok(store)
    }

    /// Runs work on files where waiting for them holds up nobody else. It runs to its end even when nobody waits.
    async fn blocking<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Path) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let root = Arc::clone(&self.root);
        tokio::task::spawn_blocking(move || work(&root))
            .await
            .map_err(|source| {
                Error::new(ErrorKind::Internal, "work on files did not end").because(source)
            })
            .flatten()
            .map_err(|error| error.during(operation))
    }

    async fn with_run<T: Send + 'static>(
        &self,
        operation: &'static str,
        id: &ExecutionId,
        work: impl FnOnce(&Run) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let id = id.clone();
        self.blocking(operation, move |root| work(&Run::open(root, &id)?))
            .await
    }
}

fn prepare(root: &Path) -> Result<()> {
    let executions = layout::executions(root);
    durable::create_dir(&executions)
        .and_then(|()| durable::sync_dir(root))
        .map_err(|error| storage(&executions, error))?;
    remove_stale(&executions);
    list::refresh_current(root)
}

/// Removes runs that were staged and never came in. What cannot be removed is hidden, and harms nobody.
fn remove_stale(executions: &Path) {
    for entry in fs::read_dir(executions).into_iter().flatten().flatten() {
        let staged = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(layout::STAGED));
        let old = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STAGED_FOR_LONG));
        if staged && old {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[async_trait]
impl ExecutionStore for FsStore {
    async fn create(&self, execution: &Execution) -> Result<()> {
        rules::check_new(execution)?;
        let execution = execution.clone();
        self.blocking("store.create", move |root| {
            Run::create(root, &execution)?;
            if execution.status.is_terminal() {
                list::advance_current(root, &execution)?;
            }
            Ok(())
        })
        .await
    }

    async fn update(&self, execution: &Execution) -> Result<Execution> {
        let execution = execution.clone();
        self.blocking("store.update", move |root| {
            let next = Run::open(root, &execution.id)?.update(&execution)?;
            if next.status.is_terminal() {
                list::advance_current(root, &next)?;
            }
            Ok(next)
        })
        .await
    }

    async fn load(&self, id: &ExecutionId) -> Result<Execution> {
        self.with_run("store.load", id, Run::load).await
    }

    async fn select(&self, selection: &Selection) -> Result<Vec<Execution>> {
        let selection = selection.clone();
        self.blocking("store.select", move |root| {
            let runs = list::all(root)?;
            Ok(selection.of(&runs).into_iter().cloned().collect())
        })
        .await
    }

    async fn count(&self, filter: &Filter, cap: u64) -> Result<u64> {
        let filter = filter.clone();
        self.blocking("store.count", move |root| {
            let runs = list::all(root)?;
            Ok(cap.min(runs.iter().filter(|run| filter.matches(run)).count() as u64))
        })
        .await
    }

    async fn damage(&self) -> Result<Vec<Damage>> {
        Err(not_yet())
    }

    async fn current(&self) -> Result<Option<ExecutionId>> {
        self.blocking("store.current", list::current).await
    }

    async fn append(
        &self,
        id: &ExecutionId,
        events: &[Event],
        durability: Durability,
    ) -> Result<()> {
        let events = events.to_vec();
        self.with_run("store.append", id, move |run| {
            run.append(&events, durability)
        })
        .await
    }

    async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>> {
        self.with_run("store.events", id, move |run| run.events(from, limit))
            .await
    }

    async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        self.with_run("store.put_output", id, move |run| {
            let _turn = turn;
            run.put_output(&output)
        })
        .await
    }

    async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>> {
        self.with_run("store.outputs", id, Run::outputs).await
    }

    async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output> {
        let (device, command) = (device.to_owned(), command.to_owned());
        let index = Arc::clone(&self.index);
        self.with_run("store.output", id, move |run| {
            run.output(&index, &device, &command)
        })
        .await
    }

    async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output> {
        let index = Arc::clone(&self.index);
        self.with_run("store.output_at", id, move |run| {
            run.output_at(&index, place)
        })
        .await
    }

    async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()> {
        let results = results.to_vec();
        self.with_run("store.put_device_results", id, move |run| {
            run.put_device_results(&results)
        })
        .await
    }

    async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>> {
        self.with_run("store.device_results", id, Run::device_results)
            .await
    }

    async fn sync(&self, _: &ExecutionId) -> Result<()> {
        Err(not_yet())
    }

    async fn put_document(&self, _: &ExecutionId, _: &str, _: &[u8]) -> Result<()> {
        Err(not_yet())
    }

    async fn document(&self, _: &ExecutionId, _: &str) -> Result<Vec<u8>> {
        Err(not_yet())
    }

    async fn size(&self, _: &ExecutionId) -> Result<u64> {
        Err(not_yet())
    }

    async fn archive(&self, _: &ExecutionId) -> Result<Archived> {
        Err(not_yet())
    }

    async fn delete(&self, _: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
        Err(not_yet())
    }

    async fn usage(&self) -> Result<Usage> {
        Err(not_yet())
    }
}

#[async_trait]
impl LogStore for FsStore {
    async fn append_log(&self, _: &str, _: u64, _: &[Vec<u8>]) -> Result<()> {
        Err(not_yet())
    }

    async fn log(&self, _: &str, _: u64, _: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        Err(not_yet())
    }

    async fn log_end(&self, _: &str) -> Result<Option<(u64, Vec<u8>)>> {
        Err(not_yet())
    }
}

fn not_yet() -> Error {
    Error::new(ErrorKind::Unsupported, "not built yet")
}

#[async_trait]
impl RecordStore for FsStore {
    async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()> {
        let (collection, key) = (collection.to_owned(), key.to_owned());
        let value = value.to_vec();
        self.blocking("store.put_record", move |root| {
            content::put_record(root, &collection, &key, &value)
        })
        .await
    }

    async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>> {
        let (collection, key) = (collection.to_owned(), key.to_owned());
        self.blocking("store.record", move |root| {
            content::record(root, &collection, &key)
        })
        .await
    }

    async fn records(
        &self,
        collection: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let (collection, prefix) = (collection.to_owned(), prefix.to_owned());
        let after = after.map(str::to_owned);
        self.blocking("store.records", move |root| {
            let range = content::Range {
                prefix: &prefix,
                after: after.as_deref(),
                limit,
            };
            content::records(root, &collection, &range)
        })
        .await
    }
}

#[async_trait]
impl BlobStore for FsStore {
    async fn put_blob(&self, bytes: &[u8]) -> Result<Digest> {
        let bytes = bytes.to_vec();
        self.blocking("store.put_blob", move |root| {
            content::put_blob(root, &bytes)
        })
        .await
    }

    async fn blob(&self, digest: &Digest) -> Result<Vec<u8>> {
        let digest = *digest;
        self.blocking("store.blob", move |root| content::blob(root, &digest))
            .await
    }
}
