//! How are the logs of the store kept? One file each, a line an entry.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::content::make_parent;
use super::durable::{self, storage};
use super::layout;
use super::log::{self, Line, LogFile};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Durability, rules};

/// An entry: as it is when it is a JSON object of one line, otherwise in base64.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Line for Entry {
    fn is(_: &[u8]) -> bool {
        true
    }
}

impl Entry {
    fn new(number: u64, bytes: &[u8]) -> Self {
        let entry = raw(bytes);
        let base64 = entry.is_none().then(|| STANDARD.encode(bytes));
        Self {
            number,
            entry,
            base64,
        }
    }

    fn into_bytes(self) -> Option<(u64, Vec<u8>)> {
        let bytes = match (self.entry, self.base64) {
            (Some(entry), None) => entry.get().as_bytes().to_vec(),
            (None, Some(base64)) => STANDARD.decode(base64).ok()?,
            _ => return None,
        };
        Some((self.number, bytes))
    }
}

/// Returns bytes as JSON when they come back from a line exactly as they are.
fn raw(bytes: &[u8]) -> Option<Box<RawValue>> {
    let plain = bytes.starts_with(b"{") && bytes.ends_with(b"}") && !bytes.contains(&b'\n');
    let text = std::str::from_utf8(bytes).ok().filter(|_| plain)?;
    serde_json::from_str(text).ok()
}

/// Appends entries; see [`crate::store::LogStore::append_log`].
pub(super) fn append(root: &Path, name: &str, next: u64, entries: &[Vec<u8>]) -> Result<()> {
    append_behind(root, (name, next), entries, || Ok(()))
}

/// Appends entries behind something that is done once their numbers are known to be free.
///
/// # Errors
/// `Conflict`; those of the work; `Corrupt`; `Storage`.
pub(super) fn append_behind(
    root: &Path,
    (name, next): (&str, u64),
    entries: &[Vec<u8>],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let path = layout::log(root, name);
    let refused = |error| storage(&path, error);
    make_parent(root, &path)?;
    let is_new = fs::symlink_metadata(&path).is_err();
    let lock = durable::open_log(&path).map_err(refused)?;
    durable::hold(&lock).map_err(refused)?;
    let mut log = LogFile::open(path.clone())?;
    let last: Option<Entry> = log.last()?;
    rules::check_log(name, last.map_or(0, |entry| entry.number), next)?;
    let mut lines = Vec::new();
    for (number, bytes) in (next..).zip(entries) {
        lines.extend(log::encode(&Entry::new(number, bytes))?);
    }
    work()?;
    log.append(&lines, Durability::Durable)?;
    if is_new {
        let folder = path.parent().unwrap_or(root);
        durable::sync_dir(folder).map_err(refused)?;
    }
    Ok(())
}

/// Returns entries; see [`crate::store::LogStore::log`].
pub(super) fn read(
    root: &Path,
    name: &str,
    from: u64,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>> {
    let path = layout::log(root, name);
    durable::check_folders(root, &path)?;
    if fs::symlink_metadata(&path).is_err() {
        return Ok(Vec::new());
    }
    let start = log::seek(&path, from, |entry: &Entry| entry.number)?;
    let mut lines = log::Lines::<Entry>::open(&path, start)?;
    let mut entries: Vec<(u64, Vec<u8>)> = Vec::new();
    while entries.len() < limit
        && let Some(entry) = lines.next()?
    {
        if entry.number < from {
            continue;
        }
        let expected = entries.last().map_or(entry.number, |(last, _)| last + 1);
        let entry = entry.into_bytes().filter(|(number, _)| *number == expected);
        entries.push(entry.ok_or_else(|| damaged(&path))?);
    }
    Ok(entries)
}

/// Returns the last entry; see [`crate::store::LogStore::log_end`].
pub(super) fn end(root: &Path, name: &str) -> Result<Option<(u64, Vec<u8>)>> {
    let path = layout::log(root, name);
    durable::check_folders(root, &path)?;
    if fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    let last: Option<Entry> = log::last(&path)?;
    last.map(|entry| entry.into_bytes().ok_or_else(|| damaged(&path)))
        .transpose()
}

fn damaged(path: &Path) -> Error {
    Error::new(ErrorKind::Corrupt, "an entry of a log cannot be read")
        .with("path", path.display())
        .hint("restore the file from a copy")
}
