//! Which runs are in a folder of output files that older tools left?
//!
//! Outputs are files `<device>_<command>.txt` and `.json`, in the folder or in `TEXT/` and `JSON/` below it. Where a record
//! stands beside them, they are those of one run, and it says what run that was. A folder without one mixes the files of all
//! runs: all that tells them apart is when they were written.

mod group;
mod names;
mod record;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use jiff::Timestamp;

use self::group::Group;
pub(super) use self::group::{CALLED, renamed};
use self::names::Names;
use self::record::{Beside, Record};
use super::detect::folders;
use super::draft::between;
use super::import::{Found, file_name};
use super::{ImportOptions, RefusedRun, file_error, refused};
use crate::error::{Error, ErrorKind, Result};

/// Below this, two runs could have the same name.
const LEAST_GAP_US: u64 = 1_000_000;
/// The largest file that is read.
const LARGEST: u64 = 1 << 29;

/// A file of outputs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LegacyFile {
    written_at: Timestamp,
    /// Relative to the folder.
    name: PathBuf,
    json: bool,
    bytes: u64,
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
            let is_beside = record::BESIDE
                .iter()
                .any(|beside| name == Path::new(beside));
            let is_output = about.is_file() && about.len() <= LARGEST && !is_beside;
            match (is_output, ending(&name), written_at(&about)) {
                (true, Some(json), Some(written_at)) => files.push(LegacyFile {
                    written_at,
                    name,
                    json,
                    bytes: about.len(),
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

/// Finds the folders of runs that left a record: itself, those in it, and those in `executions` below it. Blocking.
///
/// # Errors
/// `NotFound`; `Storage`.
pub(super) fn runs(folder: &Path) -> Result<Vec<PathBuf>> {
    if is_run(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let mut found = folders(folder)?;
    let below = folder.join("executions");
    if found.contains(&below) {
        found.extend(folders(&below)?);
    }
    found.retain(|one| !matches!(record::beside(one), Beside::Nothing));
    found.sort();
    Ok(found)
}

/// Says whether a record stands in a folder that can be read.
fn is_run(folder: &Path) -> bool {
    matches!(record::beside(folder), Beside::Record(_) | Beside::Ours)
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
    let mut found = Found::default();
    let runs = runs(folder)?;
    for run in &runs {
        read_run(run, options, &mut found)?;
    }
    if runs.iter().all(|run| run != folder) {
        read_mixed(folder, options, &mut found)?;
    }
    if found.drafts.is_empty() && found.refused.is_empty() {
        return Err(refused("the folder holds no outputs")
            .hint("outputs are files <device>_<command>.txt or .json, in the folder or in TEXT and JSON below it"));
    }
    Ok(found)
}

/// Reads the folder of one run, by its record.
fn read_run(folder: &Path, options: &ImportOptions, found: &mut Found) -> Result<()> {
    let source = file_name(folder);
    match record::beside(folder) {
        Beside::Nothing => {}
        Beside::Broken(why) => found.remarks.push(unreadable(&source, &why)),
        Beside::Ours => found.refused.push(ours(source)),
        Beside::Record(record) => read_record(folder, *record, options, found)?,
    }
    Ok(())
}

fn read_record(
    folder: &Path,
    record: Record,
    options: &ImportOptions,
    found: &mut Found,
) -> Result<()> {
    let source = file_name(folder);
    let (files, others) = files(folder)?;
    // The record itself is not passed over.
    let beside = [record::METADATA, record::DEVICES];
    let read = beside.iter().filter(|name| folder.join(name).is_file());
    passed_over(others.saturating_sub(read.count() as u64), &source, found);
    let group = Group::new(named(record.names(), options));
    match group.of_record(folder, &files, record, options) {
        Ok((draft, remarks)) => {
            let remarks = remarks.iter().map(|remark| format!("{source}: {remark}"));
            found.remarks.extend(remarks);
            found.drafts.push(draft);
        }
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            found.refused.push(refusal(source, &error));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Adds the devices that the caller knows.
fn named(mut names: Names, options: &ImportOptions) -> Names {
    for device in &options.devices {
        names.device(device, device);
    }
    names
}

fn unreadable(source: &str, why: &str) -> String {
    format!("{source}/metadata.json cannot be read as the record of a run: {why}")
}

fn ours(source: String) -> RefusedRun {
    let error = refused("the folder is a run of a file store").hint(
        "copy it into `executions` of a file store, or export it there as a bundle and import that",
    );
    refusal(source, &error)
}

fn refusal(source: String, error: &Error) -> RefusedRun {
    RefusedRun {
        execution: None,
        source,
        error: error.report(),
    }
}

fn passed_over(others: u64, source: &str, found: &mut Found) {
    if others > 0 {
        let remark = format!("{source}: {others} files are no outputs and were passed over");
        found.remarks.push(remark);
    }
}

/// Reads the outputs of a folder that nothing but their time tells apart.
fn read_mixed(folder: &Path, options: &ImportOptions, found: &mut Found) -> Result<()> {
    if let Beside::Broken(why) = record::beside(folder) {
        found.remarks.push(unreadable(&file_name(folder), &why));
    }
    let (files, others) = files(folder)?;
    passed_over(others, &file_name(folder), found);
    let belongs = |a: &LegacyFile, b: &LegacyFile| {
        between(a.written_at, b.written_at).is_some_and(|gap| gap < options.gap_us)
    };
    for group in files.chunk_by(belongs) {
        let names = named(Names::default(), options);
        let draft = Group::new(names).of(folder, group, options)?;
        found.drafts.push(draft);
    }
    Ok(())
}
