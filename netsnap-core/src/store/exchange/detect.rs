//! What is it that somebody wants to import?

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{ImportFormat, file_error, legacy, refused};
use crate::error::Result;

/// Enough of a file to know it by, also behind the warnings of a tool.
const HEAD: usize = 64 * 1024;
/// The folder in the artefacts of a run that holds its events.
pub(super) const EVENTS: &str = "job_events";
/// Where a tar file says that it is one.
const MAGIC: std::ops::Range<usize> = 257..262;

/// Tells a format by its look. Blocking.
///
/// # Errors
/// `InvalidInput` for a folder that looks like none; `NotFound`; `Storage`.
pub(super) fn format(path: &Path) -> Result<ImportFormat> {
    let about = fs::metadata(path).map_err(|error| file_error(path, error))?;
    if about.is_dir() {
        return folder(path);
    }
    let mut head = Vec::new();
    let file = File::open(path).map_err(|error| file_error(path, error))?;
    file.take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(|error| file_error(path, error))?;
    if head.get(MAGIC).is_some_and(|magic| magic == b"ustar") {
        return Ok(ImportFormat::Bundle);
    }
    Ok(text(&head))
}

/// Tells what Ansible printed by how it begins. JSON stands behind whatever was printed before the playbook began.
pub(super) fn text(bytes: &[u8]) -> ImportFormat {
    let head = &bytes[..bytes.len().min(HEAD)];
    let lines = head
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_start);
    let mut telling = lines.filter(|line| line.starts_with(b"{") || line.starts_with(b"PLAY "));
    match telling.next() {
        Some(line) if line.starts_with(b"{") => ImportFormat::AnsibleJson,
        // Whether there is a recap in it is seen by reading it all.
        _ => ImportFormat::Recap,
    }
}

fn folder(path: &Path) -> Result<ImportFormat> {
    if !runs_of_runner(path)?.is_empty() {
        return Ok(ImportFormat::AnsibleRunner);
    }
    if !legacy::files(path)?.0.is_empty() || !legacy::runs(path)?.is_empty() {
        return Ok(ImportFormat::Legacy);
    }
    Err(
        refused("the folder holds neither outputs nor artefacts of ansible-runner").hint(
            "give the folder with the files <device>_<command>.txt, or with job_events, or say which format it is",
        ),
    )
}

/// Finds the folders of single runs in a folder of artefacts: itself, the one that it holds the events of, those in it, or those
/// in its `artifacts`. Blocking.
///
/// # Errors
/// `Storage`.
pub(super) fn runs_of_runner(path: &Path) -> Result<Vec<PathBuf>> {
    if is_run(path) {
        return Ok(vec![path.to_owned()]);
    }
    // Given as `job_events/` or as `.` inside of it.
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if let Some(run) = whole.parent().filter(|_| whole.ends_with(EVENTS)) {
        return Ok(vec![run.to_owned()]);
    }
    let mut found = folders(path)?;
    found.retain(|folder| is_run(folder));
    let artifacts = path.join("artifacts");
    if found.is_empty() && is_folder(&artifacts) {
        found = folders(&artifacts)?;
        found.retain(|folder| is_run(folder));
    }
    found.sort();
    Ok(found)
}

fn is_run(path: &Path) -> bool {
    is_folder(&path.join(EVENTS))
}

/// A folder, and not a link to one.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|about| about.is_dir())
}

/// Finds the folders in a folder, links left out. Blocking.
///
/// # Errors
/// `Storage`.
pub(super) fn folders(path: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error| file_error(path, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if is_folder(&entry.path()) {
            found.push(entry.path());
        }
    }
    Ok(found)
}
