//! How do the runs of a bundle come into a store?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reader::{self, Log};
use super::scan::{self, Runs, Slice};
use super::{layout, scan::damaged};
use crate::error::Result;
use crate::event::EventKind;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};
use crate::store::exchange::content::Content;
use crate::store::exchange::landing::Landing;
use crate::store::exchange::{blocking, refused};

/// A bundle that was checked.
pub(in crate::store::exchange) struct Bundle {
    path: Arc<PathBuf>,
    runs: Runs,
}

impl Bundle {
    /// Checks a file whole.
    ///
    /// # Errors
    /// `InvalidInput` for anything that a bundle is not; `Corrupt` for content that does not fit the manifest; `Storage`.
    pub(in crate::store::exchange) async fn open(path: &Path) -> Result<Self> {
        let path = Arc::new(path.to_owned());
        let scanned = Arc::clone(&path);
        let runs = blocking(move || scan::scan(&scanned)).await?;
        Ok(Self { path, runs })
    }

    /// Returns the ids of its runs, oldest first.
    pub(in crate::store::exchange) fn ids(&self) -> Vec<ExecutionId> {
        self.runs.keys().cloned().collect()
    }

    /// Reads a run, all but its outputs and its log.
    ///
    /// # Errors
    /// `InvalidInput` for a run that is not one that was exported; `Corrupt`; `Storage`.
    pub(in crate::store::exchange) async fn run(&self, id: &ExecutionId) -> Result<BundleRun> {
        let files = self.runs.get(id).cloned().unwrap_or_default();
        let (path, id) = (Arc::clone(&self.path), id.clone());
        blocking(move || BundleRun::read(path, files, &id)).await
    }
}

/// A run of a bundle.
pub(in crate::store::exchange) struct BundleRun {
    path: Arc<PathBuf>,
    files: BTreeMap<String, Slice>,
    pub(in crate::store::exchange) execution: Execution,
    results: Vec<DeviceResult>,
    pub(in crate::store::exchange) outputs: Vec<OutputSummary>,
    /// What names its content.
    pub(in crate::store::exchange) digest: Digest,
}

impl BundleRun {
    fn read(path: Arc<PathBuf>, files: BTreeMap<String, Slice>, id: &ExecutionId) -> Result<Self> {
        let execution = execution(&path, &files, id)?;
        let list = |name| slice(&files, name);
        let results = reader::list(&path, layout::RESULTS, list(layout::RESULTS)?)?;
        let outputs = reader::list(&path, layout::OUTPUTS, list(layout::OUTPUTS)?)?;
        let mut run = Self {
            path,
            digest: Digest::of(b""),
            files,
            execution,
            results,
            outputs,
        };
        run.check_outputs()?;
        run.digest = run.content()?;
        Ok(run)
    }

    /// Makes sure that the list of outputs and the files are about the same outputs.
    fn check_outputs(&self) -> Result<()> {
        let mut files = BTreeSet::new();
        for output in &self.outputs {
            let slice = slice(&self.files, &output.file)?;
            if slice.sha256 != output.digest {
                return Err(damaged(&output.file));
            }
            if !files.insert(output.file.as_str()) {
                return Err(refused("a bundle lists an output twice")
                    .with("entry", output.file.escape_debug()));
            }
        }
        let is_listed = |file: &&String| match file.split_once('/') {
            Some((layout::TEXT | layout::JSON, _)) => files.contains(file.as_str()),
            _ => true,
        };
        match self.files.keys().find(|file| !is_listed(file)) {
            Some(file) => Err(refused("a bundle holds an output that it does not list")
                .with("entry", file.escape_debug())),
            None => Ok(()),
        }
    }

    fn content(&self) -> Result<Digest> {
        let mut content = Content::of(&self.execution)?;
        for result in &self.results {
            content.result(result)?;
        }
        for output in &self.outputs {
            content.output(output)?;
        }
        let mut log = Log::open(&self.path, slice(&self.files, layout::EVENTS)?)?;
        let mut closed = false;
        loop {
            let events = log.some()?;
            if events.is_empty() {
                return Ok(content.digest());
            }
            for event in &events {
                if closed {
                    return Err(refused("something stands behind the end of a log")
                        .with("sequence", event.sequence));
                }
                closed = event.kind == EventKind::ExecutionFinished;
                content.event(event)?;
            }
        }
    }

    /// Brings the run into a store, with a summary that can hold more remarks than its own.
    ///
    /// # Errors
    /// `AlreadyExists`; `Corrupt` when the bundle changes meanwhile; `Storage`.
    pub(in crate::store::exchange) async fn land(self, mut landing: Landing) -> Result<()> {
        let filled = self.fill(&mut landing).await;
        landing.end(filled).await
    }

    async fn fill(&self, landing: &mut Landing) -> Result<()> {
        self.fill_log(landing).await?;
        for summary in &self.outputs {
            landing.output(self.output(summary).await?).await?;
        }
        landing.results(&self.results).await?;
        for name in layout::DOCUMENTS {
            if self.files.contains_key(*name) {
                let bytes = self.file((*name).to_owned()).await?;
                landing.document(name, &bytes).await?;
            }
        }
        Ok(())
    }

    async fn fill_log(&self, landing: &mut Landing) -> Result<()> {
        let (path, slice) = (
            Arc::clone(&self.path),
            slice(&self.files, layout::EVENTS)?.clone(),
        );
        let mut log = blocking(move || Log::open(&path, &slice)).await?;
        loop {
            let (rest, events) = blocking(move || {
                let events = log.some()?;
                Ok((log, events))
            })
            .await?;
            if events.is_empty() {
                return Ok(());
            }
            landing.events(&events).await?;
            log = rest;
        }
    }

    async fn output(&self, summary: &OutputSummary) -> Result<Output> {
        let bytes = self.file(summary.file.clone()).await?;
        let parsed = match parsed_file(&summary.file) {
            Some(file) if self.files.contains_key(&file) => {
                let bytes = self.file(file.clone()).await?;
                Some(serde_json::from_slice(&bytes).map_err(|source| {
                    refused("the data of an output cannot be read")
                        .with("entry", file)
                        .because(source)
                })?)
            }
            _ => None,
        };
        Ok(Output {
            summary: OutputSummary {
                file: String::new(),
                ..summary.clone()
            },
            bytes,
            parsed,
        })
    }

    async fn file(&self, name: String) -> Result<Vec<u8>> {
        let slice = slice(&self.files, &name)?.clone();
        let path = Arc::clone(&self.path);
        blocking(move || reader::whole(&path, &name, &slice)).await
    }
}

/// Where the data of an output stands, when somebody parsed it.
fn parsed_file(file: &str) -> Option<String> {
    let (_, name) = file.split_once('/')?;
    let (stem, _) = name.rsplit_once('.')?;
    Some(format!("{}/{stem}.json", layout::PARSED))
}

fn slice<'a>(files: &'a BTreeMap<String, Slice>, name: &str) -> Result<&'a Slice> {
    files
        .get(name)
        .ok_or_else(|| refused("a file of a run is missing").with("entry", name.escape_debug()))
}

fn execution(path: &Path, files: &BTreeMap<String, Slice>, id: &ExecutionId) -> Result<Execution> {
    let bytes = reader::whole(path, layout::METADATA, slice(files, layout::METADATA)?)?;
    let run: Execution = serde_json::from_slice(&bytes).map_err(|source| {
        refused("the summary of a run cannot be read")
            .with("execution", id)
            .because(source)
    })?;
    if run.id != *id || !run.id.names(run.created_at) {
        return Err(refused("the folder of a run holds another run").with("execution", id));
    }
    if run.status.is_terminal() {
        return Ok(run);
    }
    Err(refused("a run of the bundle has not ended").with("execution", id))
}
