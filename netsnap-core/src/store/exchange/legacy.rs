//! Which runs are in a folder of output files that older tools left?
//!
//! Such a folder mixes the files of all runs: `<device>_<command>.txt` and `.json`, in it or in `TEXT/` and `JSON/` below it.
//! All that tells runs apart is when the files were written.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use jiff::Timestamp;

use super::draft::{Draft, DraftOutput, Parts, between, device};
use super::import::{Found, file_name, origin};
use super::{ImportOptions, file_error, refused};
use crate::error::Result;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, DeviceStatus, Execution, ExecutionKind, ExecutionStatus};
use crate::store::cap;

/// Below this, two runs could have the same name.
const LEAST_GAP_US: u64 = 1_000_000;
/// The largest file that is read.
const LARGEST: u64 = 1 << 29;
/// The device of files that name none.
const UNKNOWN: &str = "unknown";
/// What such a run lacks.
const INCOMPLETE: &str = "only the files of outputs are left of this run";

/// A file of outputs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LegacyFile {
    written_at: Timestamp,
    /// Relative to the folder.
    name: PathBuf,
    json: bool,
}

/// Finds the files of a folder, oldest first, and how many others there are. Blocking.
///
/// # Errors
/// `NotFound`; `Storage`.
pub(super) fn files(folder: &Path) -> Result<(Vec<LegacyFile>, u64)> {
    let mut files = Vec::new();
    let mut others = 0;
    for below in ["", "TEXT", "JSON"] {
        let path = folder.join(below);
        if !below.is_empty() && !fs::symlink_metadata(&path).is_ok_and(|about| about.is_dir()) {
            continue;
        }
        for entry in fs::read_dir(&path).map_err(|error| file_error(&path, error))? {
            let entry = entry.map_err(|error| file_error(&path, error))?;
            let about = entry.metadata().map_err(|error| file_error(&path, error))?;
            let name = Path::new(below).join(entry.file_name());
            let is_output = about.is_file() && about.len() <= LARGEST;
            match (is_output, ending(&name), written_at(&about)) {
                (true, Some(json), Some(written_at)) => files.push(LegacyFile {
                    written_at,
                    name,
                    json,
                }),
                _ if about.is_dir() => {}
                _ => others += 1,
            }
        }
    }
    files.sort();
    Ok((files, others))
}

/// Says whether the ending is that of JSON; `None` for one that outputs do not have.
fn ending(name: &Path) -> Option<bool> {
    match name.extension()?.to_str()?.to_lowercase().as_str() {
        "json" => Some(true),
        "txt" => Some(false),
        _ => None,
    }
}

fn written_at(about: &fs::Metadata) -> Option<Timestamp> {
    let since = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Timestamp::try_from(UNIX_EPOCH + since).ok()
}

/// Reads a folder. Blocking.
///
/// # Errors
/// `InvalidInput` for a gap that is too small, or a folder without outputs; `NotFound`; `Storage`.
pub(super) fn read(folder: &Path, options: &ImportOptions) -> Result<Found> {
    if options.gap_us < LEAST_GAP_US {
        return Err(refused("the gap between runs is too small")
            .with("gap_us", options.gap_us)
            .hint("use at least 1000000, a second: runs are named by their second"));
    }
    let (files, others) = files(folder)?;
    if files.is_empty() {
        return Err(refused("the folder holds no outputs")
            .hint("outputs are files <device>_<command>.txt or .json, in the folder or in TEXT and JSON below it"));
    }
    let mut found = Found::default();
    if others > 0 {
        let remark = format!("{others} files are no outputs and were passed over");
        found.remarks.push(remark);
    }
    let belongs = |a: &LegacyFile, b: &LegacyFile| {
        between(a.written_at, b.written_at).is_some_and(|gap| gap < options.gap_us)
    };
    for group in files.chunk_by(belongs) {
        let draft = Group::default().of(folder, group, options)?;
        found.drafts.push(draft);
    }
    Ok(found)
}

/// The files of one run.
#[derive(Default)]
struct Group {
    outputs: Vec<DraftOutput>,
    /// Where the output of a command on a device is among them.
    places: HashMap<(String, String), usize>,
    results: BTreeMap<String, DeviceResult>,
    identity: String,
}

impl Group {
    fn of(mut self, folder: &Path, files: &[LegacyFile], options: &ImportOptions) -> Result<Draft> {
        // Text first: the JSON of the same command is its data.
        let (json, text): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.json);
        for file in text.into_iter().chain(json) {
            self.add(folder, file, options)?;
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

    fn add(&mut self, folder: &Path, file: &LegacyFile, options: &ImportOptions) -> Result<()> {
        let stem = file.name.file_stem().unwrap_or_default().to_string_lossy();
        let (device, command) = guess(&stem, &options.devices);
        let path = folder.join(&file.name);
        let mut output = DraftOutput::file(&device, &command, file.written_at, path.clone())?;
        let digest = output.output.summary.digest;
        self.identity += &format!("{}\t{digest}\n", file.name.display());
        let key = (device.clone(), command);
        if let Some(place) = self.places.get(&key) {
            let known = &mut self.outputs[*place];
            if known.output.summary.digest == digest {
                return Ok(());
            }
            if file.json && is_data(&output) && !known.output.summary.parsed {
                known.parse(path);
                return Ok(());
            }
            output.output.summary.command = self.free_name(&key);
        }
        self.count(&device, file.written_at);
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

    fn count(&mut self, device: &str, at: Timestamp) {
        let result = self
            .results
            .entry(device.to_owned())
            .or_insert_with(|| DeviceResult::new(device, DeviceStatus::Ok));
        result.commands_ok += 1;
        let first = result.started_at.map_or(at, |first| first.min(at));
        let last = result.ended_at.map_or(at, |last| last.max(at));
        (result.started_at, result.ended_at) = (Some(first), Some(last));
        result.duration_us = between(first, last).unwrap_or_default();
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

/// Says whether a file is whole JSON that can stand beside a text.
fn is_data(output: &DraftOutput) -> bool {
    let summary = &output.output.summary;
    summary.json && summary.cut.is_none() && summary.bytes <= cap::LIMIT as u64
}

/// Guesses device and command of a file name without its ending. A name without a device is kept whole, as a command.
fn guess(stem: &str, devices: &[String]) -> (String, String) {
    let known = devices
        .iter()
        .filter_map(|device| {
            Some((
                device,
                stem.strip_prefix(device.as_str())?.strip_prefix('_')?,
            ))
        })
        .max_by_key(|(device, _)| device.len());
    let first = || stem.split_once('_').filter(|_| devices.is_empty());
    let (device, command) = match known {
        Some((device, command)) => (device.as_str(), command),
        None => match first() {
            Some((device, command)) if !device.is_empty() && !command.is_empty() => {
                (device, command)
            }
            _ => return (UNKNOWN.to_owned(), stem.to_owned()),
        },
    };
    (device.to_owned(), command.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_longest_known_device_is_the_one() {
        let devices = ["r1", "r1_lab", "core"].map(str::to_owned);
        for (stem, device, command) in [
            ("r1_show_version", "r1", "show version"),
            ("r1_lab_show_version", "r1_lab", "show version"),
            ("r10_show_version", UNKNOWN, "r10_show_version"),
            ("core", UNKNOWN, "core"),
        ] {
            assert_eq!(guess(stem, &devices), (device.into(), command.into()));
        }
    }

    #[test]
    fn without_a_list_the_first_mark_parts_device_and_command() {
        for (stem, device, command) in [
            ("r1_show_ip_route", "r1", "show ip route"),
            ("notes", UNKNOWN, "notes"),
            ("_show", UNKNOWN, "_show"),
            ("r1_", UNKNOWN, "r1_"),
        ] {
            assert_eq!(guess(stem, &[]), (device.into(), command.into()));
        }
    }

    proptest! {
        #[test]
        fn any_name_is_guessed_and_none_is_lost(stem in ".*", devices in prop::collection::vec(".{0,4}", 0..4)) {
            let (device, command) = guess(&stem, &devices);
            let whole = if device == UNKNOWN && command == stem { command } else { format!("{device}_{command}") };
            prop_assert_eq!(whole.replace('_', " "), stem.replace('_', " "));
        }
    }
}
