//! What is a run that an import makes of others' records, before it is in a store?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::content::Content;
use super::landing::Landing;
use super::legacy::CALLED;
use super::{blocking, file_error, secrets};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, EventKind, NewEvent};
use crate::id::{Digest, ExecutionId};
use crate::model::{
    CommandStatus, DeviceResult, DeviceSummary, Execution, ExecutionStatus, Output, OutputSummary,
    Proof,
};
use crate::store::recover::Closing;
use crate::store::tally::Tally;
use crate::store::{cap, rules};

/// An output of a draft.
#[derive(Clone, Debug)]
pub(super) struct DraftOutput {
    /// Its secrets are masked, and its middle is cut where it is too large.
    pub(super) output: Output,
    /// Where the bytes are until they are kept, when not here.
    file: Option<PathBuf>,
    /// Where the same stands as data.
    data: Option<PathBuf>,
}

/// A run that ended elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) execution: Execution,
    pub(super) events: Vec<Event>,
    pub(super) results: Vec<DeviceResult>,
    pub(super) outputs: Vec<DraftOutput>,
    /// What it was made of, for a person.
    pub(super) source: String,
    /// What it is called where another run has its name; without it, it does not come in there.
    pub(super) spare: Option<ExecutionId>,
}

/// What a run is made of.
#[derive(Debug)]
pub(super) struct Parts {
    /// What it was about; how it ended is filled in.
    pub(super) about: Execution,
    pub(super) status: ExecutionStatus,
    pub(super) reason: Option<String>,
    pub(super) ended_at: Option<Timestamp>,
    /// What happened between begin and end.
    pub(super) events: Vec<(Timestamp, NewEvent)>,
    pub(super) results: Vec<DeviceResult>,
    pub(super) outputs: Vec<DraftOutput>,
    pub(super) source: String,
}

impl Draft {
    /// Puts a run together: counts it, and gives it a log.
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { about, events, .. } = parts;
        let mut tally = Tally::default();
        for one in &parts.outputs {
            tally.output(&one.output.summary);
        }
        parts.results.iter().for_each(|one| tally.result(one));
        let ended_at = parts.ended_at.unwrap_or(about.created_at);
        let closing = Closing {
            status: parts.status,
            reason: parts.reason,
            duration_us: between(about.started_at.unwrap_or(about.created_at), ended_at)
                .filter(|_| parts.ended_at.is_some()),
            results: tally.counters(about.devices.len() as u64),
            files: tally.files(),
            error_kinds: tally.error_kinds(),
            cost: tally.cost(),
            incomplete: about.incomplete.clone(),
        };
        let started = NewEvent::new(EventKind::ExecutionStarted, about.name.clone());
        let begin = (about.created_at, started);
        let mut log: Vec<Event> = (1..)
            .zip(std::iter::once(begin).chain(events))
            .map(|(sequence, (at, event))| event.at(sequence, at))
            .collect();
        let last = closing.event(log.len() as u64 + 1, ended_at);
        let mut execution = closing.applied_to(about, &last);
        execution.ended_at = parts.ended_at;
        log.push(last);
        Self {
            execution,
            events: log,
            results: parts.results,
            outputs: parts.outputs,
            source: parts.source,
            spare: None,
        }
    }

    /// Gives it another name for where its own is taken.
    pub(super) fn or_called(self, spare: ExecutionId) -> Self {
        Self {
            spare: Some(spare),
            ..self
        }
    }

    /// Gives it that name, and notes the one that it had.
    pub(super) fn rename(&mut self, id: ExecutionId) {
        let said = std::mem::replace(&mut self.execution.id, id).to_string();
        self.execution.labels.insert(CALLED.to_owned(), said);
    }

    /// Names its content, as it will be in a store.
    pub(super) fn digest(&self) -> Result<Digest> {
        let mut content = Content::of(&self.execution)?;
        let results: BTreeMap<&str, &DeviceResult> = self
            .results
            .iter()
            .map(|result| (result.device.as_str(), result))
            .collect();
        for result in results.values() {
            content.result(result)?;
        }
        for one in &self.outputs {
            content.output(&one.output.summary)?;
        }
        for event in &self.events {
            content.event(event)?;
        }
        Ok(content.digest())
    }

    /// Brings it into a store.
    ///
    /// # Errors
    /// `Conflict` when a file is another one than before; `Storage`.
    pub(super) async fn land(self, mut landing: Landing) -> Result<()> {
        let filled = self.fill(&mut landing).await;
        landing.end(filled).await
    }

    async fn fill(self, landing: &mut Landing) -> Result<()> {
        const CHUNK: usize = 1000;
        for events in self.events.chunks(CHUNK) {
            landing.events(events).await?;
        }
        for one in self.outputs {
            landing.output(one.read().await?).await?;
        }
        landing.results(&self.results).await
    }
}

/// Microseconds between two times of one clock.
pub(super) fn between(from: Timestamp, until: Timestamp) -> Option<u64> {
    u64::try_from(until.as_microsecond() - from.as_microsecond()).ok()
}

/// A device of which only the name is known.
pub(super) fn device(name: &str) -> DeviceSummary {
    DeviceSummary {
        id: name.to_owned(),
        name: name.to_owned(),
        ip: String::new(),
        platform: None,
    }
}

/// Makes an id that the same content always has.
pub(super) fn id_of(created_at: Timestamp, digest: &Digest) -> ExecutionId {
    let [a, b, c, d, ..] = *digest.as_bytes();
    ExecutionId::new(created_at, u32::from_be_bytes([a, b, c, d]))
}

impl DraftOutput {
    /// An output that is in memory, with its secrets masked and its middle cut.
    pub(super) fn here(device: &str, command: &str, started_at: Timestamp, bytes: Vec<u8>) -> Self {
        let output = prepared(empty(device, command, started_at), bytes);
        Self {
            output,
            file: None,
            data: None,
        }
    }

    /// An output that is in a file; it is read for its summary, and again when it is kept. Blocking.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn file(
        device: &str,
        command: &str,
        started_at: Timestamp,
        path: PathBuf,
    ) -> Result<Self> {
        let bytes = std::fs::read(&path).map_err(|error| file_error(&path, error))?;
        let mut output = prepared(empty(device, command, started_at), bytes);
        output.bytes = Vec::new();
        Ok(Self {
            output,
            file: Some(path),
            data: None,
        })
    }

    /// Says in which file the same stands as data, and how many secrets are masked in there.
    pub(super) fn parse(&mut self, file: PathBuf, redactions: u32) {
        let summary = &mut self.output.summary;
        summary.parsed = true;
        summary.redactions = summary.redactions.saturating_add(redactions);
        self.data = Some(file);
    }

    async fn read(self) -> Result<Output> {
        blocking(move || {
            let mut output = match self.file {
                Some(path) => read_again(&path, self.output.summary)?,
                None => self.output,
            };
            if let Some(path) = self.data {
                let mut value = json_file(&path)?;
                secrets::json(&mut value);
                output.parsed = Some(value);
            }
            Ok(output)
        })
        .await
    }
}

fn read_again(path: &Path, summary: OutputSummary) -> Result<Output> {
    let bytes = std::fs::read(path).map_err(|error| file_error(path, error))?;
    let (digest, redactions) = (summary.digest, summary.redactions);
    let mut output = prepared(summary, bytes);
    if output.summary.digest != digest {
        return Err(changed(path));
    }
    output.summary.redactions = redactions;
    Ok(output)
}

fn json_file(path: &Path) -> Result<Value> {
    let bytes = std::fs::read(path).map_err(|error| file_error(path, error))?;
    serde_json::from_slice(&bytes).map_err(|source| changed(path).because(source))
}

fn changed(path: &Path) -> Error {
    Error::new(
        ErrorKind::Conflict,
        "a file was changed while it was imported",
    )
    .with("path", path.display())
    .hint("import again when nobody writes to it any more")
}

/// What is known of an output that only its bytes are left of: that it ended is all the proof there is.
fn empty(device: &str, command: &str, started_at: Timestamp) -> OutputSummary {
    let (command, redactions) = secrets::counted(command);
    OutputSummary {
        device: device.to_owned(),
        command,
        bytes: 0,
        digest: Digest::of(b""),
        proof: Proof::Tail,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        status: CommandStatus::Ok,
        cut: None,
        parsed: false,
        redactions,
        started_at,
        duration_us: 0,
        json: false,
        file: String::new(),
    }
}

fn prepared(mut summary: OutputSummary, bytes: Vec<u8>) -> Output {
    let (bytes, redactions) = secrets::bytes(bytes);
    summary.redactions = summary.redactions.saturating_add(redactions);
    let whole = Output {
        summary,
        bytes,
        parsed: None,
    };
    let mut output = cap::output(whole, cap::LIMIT);
    output.summary.bytes = output.bytes.len() as u64;
    output.summary.digest = Digest::of(&output.bytes);
    output.summary.json = rules::is_json(&output.bytes);
    output
}
