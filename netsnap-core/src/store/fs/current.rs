//! What does the link `current` say? It is for people and scripts; the store itself asks its index.

use std::fs;
use std::io;
use std::path::Path;

use super::{durable, layout};
use crate::id::ExecutionId;

/// How a link is called until it takes the place of the one before.
const NEXT: &str = ".current-";

/// Makes the link name a run, or go away. Not synced: an open makes it right.
pub(super) fn point(root: &Path, id: Option<&ExecutionId>) -> io::Result<()> {
    let path = layout::current(root);
    let Some(id) = id else {
        return match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        };
    };
    let target = layout::current_target(id);
    if read_pointer(&path).is_some_and(|known| Path::new(known.trim()) == target) {
        return Ok(());
    }
    replace(root, &path, &target)
}

/// Removes links that somebody died over. The caller holds the lock of the store, under which they are made.
pub(super) fn sweep(root: &Path) {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let is_left = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(NEXT.as_bytes());
    for left in entries.filter(|entry| is_left(&entry.file_name())) {
        // One that stays harms nobody.
        let _ = fs::remove_file(left.path());
    }
}

/// Reads a link, or the text of a file where links do not exist.
fn read_pointer(path: &Path) -> Option<String> {
    match fs::read_link(path) {
        Ok(target) => Some(target.to_str()?.to_owned()),
        Err(_) => String::from_utf8(durable::read(path).ok()?).ok(),
    }
}

#[cfg(unix)]
fn replace(root: &Path, path: &Path, target: &Path) -> io::Result<()> {
    let link = tempfile::Builder::new()
        .prefix(NEXT)
        .make_in(root, |path| std::os::unix::fs::symlink(target, path))?;
    link.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(not(unix))]
fn replace(root: &Path, path: &Path, target: &Path) -> io::Result<()> {
    durable::replace(root, path, target.to_string_lossy().as_bytes())
}
