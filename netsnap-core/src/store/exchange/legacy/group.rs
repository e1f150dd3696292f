//! How does a run come of the files that it left?

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;

use super::LegacyFile;
use super::names::Names;
use super::record::{Naming, Record};
use crate::error::{Error, Result};
use crate::event::{EventKind, NewEvent};
use crate::id::{Digest, ExecutionId};
use crate::model::{
    DeviceResult, DeviceStatus, DeviceSummary, Execution, ExecutionKind, ExecutionStatus,
};
use crate::store::cap;
use crate::store::exchange::draft::{Draft, DraftOutput, Parts, between, device};
use crate::store::exchange::import::{file_name, origin};
use crate::store::exchange::{ImportOptions, refused};

/// What a run without a record lacks.
const INCOMPLETE: &str = "only the files of outputs are left of this run";
/// What a run with one lacks.
const NO_LOG: &str = "only its record and the files of its outputs are left of this run";
/// The label that says what a run was called that has another name here.
pub(in crate::store::exchange) const CALLED: &str = "legacy_id";

/// The files of one run.
#[derive(Default)]
pub(super) struct Group {
    names: Names,
    outputs: Vec<DraftOutput>,
    /// Where the output of a command on a device is among them.
    places: HashMap<(String, String), usize>,
    results: BTreeMap<String, DeviceResult>,
    identity: String,
}

impl Group {
    pub(super) fn new(names: Names) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    /// Makes a run of files that were written at one time.
    pub(super) fn of(
        mut self,
        folder: &Path,
        files: &[LegacyFile],
        options: &ImportOptions,
    ) -> Result<Draft> {
        self.fill(folder, files, |file| file.written_at)?;
        for output in &self.outputs {
            let summary = &output.output.summary;
            if let Some(result) = self.results.get_mut(&summary.device) {
                spans(result, summary.started_at);
            }
        }
        let created_at = files
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |file| file.written_at);
        let ended_at = files.last().map(|file| file.written_at);
        let source = file_name(folder);
        let digest = Digest::of(self.identity.as_bytes());
        let about = Execution {
            kind: ExecutionKind::Collect,
            name: source.clone(),
            actor: options.actor.clone(),
            started_at: Some(created_at),
            labels: [origin("legacy", &digest)].into(),
            devices: self.results.keys().map(|name| device(name)).collect(),
            commands: self.commands(),
            incomplete: Some(INCOMPLETE.to_owned()),
            tool: "legacy".to_owned(),
            ..Execution::new(ExecutionId::legacy(created_at), created_at)
        };
        Ok(Draft::new(Parts {
            about,
            status: ExecutionStatus::Succeeded,
            reason: None,
            ended_at,
            events: Vec::new(),
            results: self.results.into_values().collect(),
            outputs: self.outputs,
            source,
        }))
    }

    /// Makes a run of its record and its files, and returns what a person should know of it.
    ///
    /// Copies have other times than the files that the run wrote: none of them is taken from a file, so that they are one run.
    ///
    /// # Errors
    /// `InvalidInput` where nothing says when it was; `Storage`.
    pub(super) fn of_record(
        mut self,
        folder: &Path,
        files: &[LegacyFile],
        record: Record,
        options: &ImportOptions,
    ) -> Result<(Draft, Vec<String>)> {
        let digest = Digest::of(identity(&record, files).as_bytes());
        let oldest = files.first().map(|file| file.written_at);
        let Some(naming) = record.naming(oldest, &digest) else {
            return Err(untimed(&record));
        };
        self.fill(folder, files, |_| naming.started_at)?;
        for (device, status) in &record.ends {
            self.result(device).status = *status;
        }
        let source = file_name(folder);
        let mut about = self.about(&record, &naming, &source, options);
        about.labels.extend([origin("legacy", &digest)]);
        let mut remarks = record.doubts;
        if record.said != naming.id.as_str() {
            remarks.push(renamed(&record.said, &naming.id));
            about.labels.insert(CALLED.to_owned(), record.said);
        }
        let said = NewEvent::new(EventKind::Note, "what its record says").data(record.rest);
        let draft = Draft::new(Parts {
            about,
            status: record.status,
            reason: record.reason,
            ended_at: None,
            events: vec![(naming.started_at, said)],
            results: self.results.into_values().collect(),
            outputs: self.outputs,
            source,
        });
        Ok((draft.or_called(naming.spare), remarks))
    }

    /// What a run with a record was about.
    fn about(
        &self,
        record: &Record,
        naming: &Naming,
        source: &str,
        options: &ImportOptions,
    ) -> Execution {
        let commands = match record.commands.is_empty() {
            true => self.commands(),
            false => record.commands.clone(),
        };
        Execution {
            kind: ExecutionKind::Collect,
            name: source.to_owned(),
            actor: options.actor.clone(),
            started_at: Some(naming.started_at),
            job_id: record.job_id.clone(),
            devices: self.devices(record),
            commands,
            incomplete: Some(record.lacks(self.outputs.len() as u64)),
            tool: "legacy".to_owned(),
            ..Execution::new(naming.id.clone(), naming.created_at)
        }
    }

    /// The devices of a record, and those of files that it does not speak of.
    fn devices(&self, record: &Record) -> Vec<DeviceSummary> {
        let is_known = |name: &String| record.devices.iter().any(|known| known.name == *name);
        let others = self.results.keys().filter(|name| !is_known(name));
        let others = others.map(|name| device(name));
        record.devices.iter().cloned().chain(others).collect()
    }

    fn fill(
        &mut self,
        folder: &Path,
        files: &[LegacyFile],
        at: impl Fn(&LegacyFile) -> Timestamp,
    ) -> Result<()> {
        // Text first: the JSON of the same command is its data.
        let (json, text): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.json);
        let mut files = text.into_iter().chain(json);
        files.try_for_each(|file| self.add(folder, file, at(file)))
    }

    fn add(&mut self, folder: &Path, file: &LegacyFile, at: Timestamp) -> Result<()> {
        let stem = file.name.file_stem().unwrap_or_default().to_string_lossy();
        let (device, command) = self.names.of(&stem);
        let path = folder.join(&file.name);
        let mut output = DraftOutput::file(&device, &command, at, path.clone())?;
        let digest = output.output.summary.digest;
        self.identity += &format!("{}\t{digest}\n", file.name.display());
        let key = (device.clone(), command);
        if let Some(place) = self.places.get(&key) {
            let known = &mut self.outputs[*place];
            if known.output.summary.digest == digest {
                return Ok(());
            }
            if file.json && is_data(&output) && !known.output.summary.parsed {
                known.parse(path, output.output.summary.redactions);
                return Ok(());
            }
            output.output.summary.command = self.free_name(&key);
        }
        self.result(&device).commands_ok += 1;
        let command = output.output.summary.command.clone();
        self.places.insert((device, command), self.outputs.len());
        self.outputs.push(output);
        Ok(())
    }

    /// A name for another output of the same command.
    fn free_name(&self, (device, command): &(String, String)) -> String {
        (2..)
            .map(|number| format!("{command} ({number})"))
            .find(|name| !self.places.contains_key(&(device.clone(), name.clone())))
            .unwrap_or_else(|| command.clone())
    }

    fn result(&mut self, device: &str) -> &mut DeviceResult {
        self.results
            .entry(device.to_owned())
            .or_insert_with(|| DeviceResult::new(device, DeviceStatus::Ok))
    }

    fn commands(&self) -> Vec<String> {
        let mut commands: Vec<String> = self
            .outputs
            .iter()
            .map(|one| one.output.summary.command.clone())
            .collect();
        commands.sort();
        commands.dedup();
        commands
    }
}

/// Takes in when a file of a device was written.
fn spans(result: &mut DeviceResult, at: Timestamp) {
    let first = result.started_at.map_or(at, |first| first.min(at));
    let last = result.ended_at.map_or(at, |last| last.max(at));
    (result.started_at, result.ended_at) = (Some(first), Some(last));
    result.duration_us = between(first, last).unwrap_or_default();
}

/// What makes a run with a record that one. Not the bytes of its outputs: what of them is kept can be less one day, and a
/// digest of what is not kept would tell of it.
fn identity(record: &Record, files: &[LegacyFile]) -> String {
    let mut files: Vec<_> = files.iter().map(|file| (&file.name, file.bytes)).collect();
    files.sort();
    let lines = files.iter();
    let lines = lines.map(|(name, bytes)| format!("{}\t{bytes}\n", name.display()));
    record.identity.clone() + &lines.collect::<String>()
}

/// Tells of a name that another one takes the place of.
pub(in crate::store::exchange) fn renamed(said: &str, id: &ExecutionId) -> String {
    format!("its name {said:?} cannot be kept; it is {id} here")
}

fn untimed(record: &Record) -> Error {
    refused("the record of the run has no time, and no output is beside it")
        .with("execution_id", record.said.escape_debug())
        .hint("a time is written like 2026-01-31T23:59:59Z")
}

impl Record {
    /// What is missing in a run of which so many outputs are left.
    fn lacks(&self, outputs: u64) -> String {
        let mut lacks = vec![NO_LOG.to_owned()];
        if let Some(total) = self.total.filter(|total| *total != outputs) {
            let count = format!("it counts {total} commands, and {outputs} outputs are left");
            lacks.push(count);
        }
        lacks.extend(self.doubts.iter().cloned());
        lacks.join("; ")
    }
}

/// Says whether a file is whole JSON that can stand beside a text.
fn is_data(output: &DraftOutput) -> bool {
    let summary = &output.output.summary;
    summary.json && summary.cut.is_none() && summary.bytes <= cap::LIMIT as u64
}
