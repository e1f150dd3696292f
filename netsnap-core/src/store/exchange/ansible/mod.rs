//! What did Ansible leave of a playbook, and how does it become a run?
//!
//! The forms are those of ansible-core 2.19, ansible-runner 2.4 and ansible.posix 2.1, recorded; older recaps by the history
//! of the default callback.

mod callback;
mod document;
mod judge;
mod outcome;
mod playbook;
mod recap;
mod runner;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::import::{Found, file_name};
use super::{ImportOptions, detect, file_error, refused};
use crate::error::Result;

/// The largest file that is read.
const LARGEST: u64 = 256 << 20;

/// Reads a folder of artefacts of ansible-runner. Blocking.
///
/// # Errors
/// `InvalidInput` for a folder without a run; `NotFound`; `Storage`.
pub(super) fn runner(path: &Path, options: &ImportOptions) -> Result<Found> {
    let runs = detect::runs_of_runner(path)?;
    if runs.is_empty() {
        return Err(refused("the folder holds no artefacts of ansible-runner")
            .hint("give artifacts/<ident>, the folder with job_events, or the folder above it"));
    }
    let mut found = Found::default();
    for run in runs {
        runner::read(&run, options, &mut found)?;
    }
    Ok(found)
}

/// Reads a file with one `PLAY RECAP` or several. Blocking.
///
/// # Errors
/// `InvalidInput` for a file without a recap; `NotFound`; `Storage`.
pub(super) fn recap(path: &Path, options: &ImportOptions) -> Result<Found> {
    let bytes = read(path)?;
    let at = time_of(path, options);
    recap_text(&bytes, at, &file_name(path), options)
}

/// Reads a text with one `PLAY RECAP` or several.
///
/// # Errors
/// `InvalidInput` for a text without a recap.
pub(super) fn recap_text(
    text: &[u8],
    at: Timestamp,
    source: &str,
    options: &ImportOptions,
) -> Result<Found> {
    recap::read(&String::from_utf8_lossy(text), at, source, options)
}

/// Reads what the JSON callbacks print: one document, or lines. Blocking.
///
/// # Errors
/// `InvalidInput` for a file that is neither; `NotFound`; `Storage`.
pub(super) fn json(path: &Path, options: &ImportOptions) -> Result<Found> {
    let bytes = read(path)?;
    let at = time_of(path, options);
    json_text(&bytes, at, &file_name(path), options)
}

/// Reads a text of the JSON callbacks.
///
/// # Errors
/// `InvalidInput` for a text that is neither a document nor lines of theirs.
pub(super) fn json_text(
    bytes: &[u8],
    at: Timestamp,
    source: &str,
    options: &ImportOptions,
) -> Result<Found> {
    match callback::is_lines(bytes) {
        true => callback::read(bytes, at, source, options),
        false => document::read(bytes, at, source, options),
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| file_error(path, error))?;
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| file_error(path, error))?;
    if bytes.len() as u64 <= LARGEST {
        return Ok(bytes);
    }
    Err(refused("the file is too large")
        .with("path", path.display())
        .with("most", LARGEST))
}

/// When a file was written last, for records that do not say when they were made.
fn time_of(path: &Path, options: &ImportOptions) -> Timestamp {
    let modified = || {
        let about = fs::metadata(path).ok()?;
        Timestamp::try_from(about.modified().ok()?).ok()
    };
    let at = options.at.or_else(modified).and_then(sane);
    at.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Reads a time as Ansible writes it; one without a zone is in UTC.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let with_zone = || text.parse::<Timestamp>().ok();
    let without = || {
        let at = text.parse::<DateTime>().ok()?;
        Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    with_zone().or_else(without).and_then(sane)
}

/// A time that runs can have: ids have four digits for the year, and no computer ran before 1970.
fn sane(at: Timestamp) -> Option<Timestamp> {
    (Timestamp::UNIX_EPOCH..=Timestamp::MAX)
        .contains(&at)
        .then_some(at)
}
