//! What does the link `current` say? It is for people and scripts; the store itself asks its index.

use std::fs;
use std::io;
use std::path::Path;

use super::{durable, layout};
use crate::id::ExecutionId;

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
        .prefix(".current-")
        .make_in(root, |path| std::os::unix::fs::symlink(target, path))?;
    link.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(not(unix))]
fn replace(_: &Path, path: &Path, target: &Path) -> io::Result<()> {
    durable::replace(path, target.to_string_lossy().as_bytes())
}
