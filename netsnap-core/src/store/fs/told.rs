//! How do a summary and the entry of the audit log that tells of it change together, when they stand in two files?
//!
//! The new summary is written beside the old one, under a name that says which entry tells of it; the entry is appended; the new
//! summary takes the place of the old one. The append decides: who died before it left a summary that nobody was told of, and it is
//! thrown away; who died behind it left one that everybody was told of, and it is put in its place. Whoever next writes the run,
//! or lists it, does that.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::durable::{self, storage};
use super::run::Run;
use super::{layout, logs};
use crate::error::Result;
use crate::id::Digest;
use crate::store::audit::LOG;

/// How the name of a summary begins that is not in its place yet; the number and the digest of the entry follow.
const NEXT: &str = ".next-";

/// The entry that tells of a change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling<'a> {
    pub(super) root: &'a Path,
    pub(super) number: u64,
    pub(super) entry: &'a [u8],
}

impl Telling<'_> {
    /// Replaces the summary of a run, whose lock the caller holds.
    ///
    /// # Errors
    /// `Conflict` when the number of the entry is taken; `Corrupt`; `Storage`.
    pub(super) fn replace(&self, run: &Run, summary: &[u8]) -> Result<()> {
        let name = format!("{NEXT}{}-{}", self.number, Digest::of(self.entry));
        let next = run.file(&name);
        let stage = || {
            let staged = durable::replace(self.root, &next, summary);
            staged.map_err(|error| storage(&next, error))
        };
        let entries = [self.entry.to_vec()];
        let told = logs::append_behind(self.root, (LOG, self.number), &entries, stage);
        match told {
            Ok(()) => put_in_place(run, &next),
            // What the log says decides, also when it failed on its way back.
            Err(error) => settle(self.root, run).and(Err(error)),
        }
    }
}

/// Completes or takes back what somebody died over. The caller holds the lock of the run.
///
/// # Errors
/// `Corrupt` when the log cannot be read; `Storage`.
pub(super) fn settle(root: &Path, run: &Run) -> Result<()> {
    for next in left(run) {
        if is_told(root, &next)? {
            put_in_place(run, &next)?;
        } else {
            fs::remove_file(&next).map_err(|error| storage(&next, error))?;
        }
    }
    Ok(())
}

/// Does the same for a reader, unless somebody is writing the run. What cannot be done now is done by who writes it next.
pub(super) fn settle_idle(root: &Path, run: &Run) {
    if left(run).is_empty() {
        return;
    }
    let Ok(lock) = durable::open_lock(&run.file(layout::LOCK)) else {
        return;
    };
    if lock.try_lock().is_ok() {
        let _ = settle(root, run);
    }
}

fn left(run: &Run) -> Vec<PathBuf> {
    let entries = fs::read_dir(&run.path).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let next = names.filter(|name| name.starts_with(NEXT));
    next.map(|name| run.file(&name)).collect()
}

/// Says whether the entry that a name speaks of is in the log.
fn is_told(root: &Path, next: &Path) -> Result<bool> {
    let name = next.file_name().and_then(|name| name.to_str());
    let Some((number, digest)) = name.and_then(parse) else {
        return Ok(false);
    };
    let found = logs::read(root, LOG, number, 1)?;
    let told =
        |(at, entry): &(u64, Vec<u8>)| *at == number && Digest::of(entry).to_string() == digest;
    Ok(found.first().is_some_and(told))
}

fn parse(name: &str) -> Option<(u64, &str)> {
    let (number, digest) = name.strip_prefix(NEXT)?.split_once('-')?;
    Some((number.parse().ok()?, digest))
}

fn put_in_place(run: &Run, next: &Path) -> Result<()> {
    let path = run.file(layout::METADATA);
    let put = || -> io::Result<()> {
        fs::rename(next, &path)?;
        durable::sync_dir(&run.path)
    };
    put().map_err(|error| storage(&path, error))
}
