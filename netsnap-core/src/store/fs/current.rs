//! What does `current` say? It is a link, or where links cannot be made a file with the path that the link would have. It is for
//! people and scripts; the store itself asks its index.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::{durable, layout};
use crate::id::ExecutionId;

/// How it is called until it takes the place of the one before.
const NEXT: &str = ".current-";

/// Makes it name a run, or go away. Not synced: an open makes it right.
pub(super) fn point(root: &Path, id: Option<&ExecutionId>) -> io::Result<()> {
    point_by(root, id, link)
}

/// Like [`point`], by links that are made so.
pub(super) fn point_by(
    root: &Path,
    id: Option<&ExecutionId>,
    link: fn(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
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
    match replace(root, &path, |next| link(&target, next)) {
        Err(error) if has_no_links(&error) => write(root, &path, &target),
        replaced => replaced,
    }
}

/// Removes what somebody died over. The caller holds the lock of the store, under which it is made.
pub(super) fn sweep(root: &Path) {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let is_left = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(NEXT.as_bytes());
    for left in entries.filter(|entry| is_left(&entry.file_name())) {
        // One that stays harms nobody.
        let _ = fs::remove_file(left.path());
    }
}

/// Reads a link, or the text of a file where links cannot be made.
fn read_pointer(path: &Path) -> Option<String> {
    match fs::read_link(path) {
        Ok(target) => Some(target.to_str()?.to_owned()),
        Err(_) => String::from_utf8(durable::read(path).ok()?).ok(),
    }
}

/// Says whether a link was refused for what it is: FAT and some shares have none, and each says so in its own way.
fn has_no_links(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::Unsupported
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::InvalidInput
    )
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Puts what is made under another name in its place: a reader meets the old one or the new one.
fn replace<T>(
    root: &Path,
    path: &Path,
    make: impl FnMut(&Path) -> io::Result<T>,
) -> io::Result<()> {
    let next = tempfile::Builder::new().prefix(NEXT).make_in(root, make)?;
    next.persist(path).map(drop).map_err(|error| error.error)
}

fn write(root: &Path, path: &Path, target: &Path) -> io::Result<()> {
    replace(root, path, |next| {
        let mut file = durable::private().write(true).create_new(true).open(next)?;
        file.write_all(target.to_string_lossy().as_bytes())
    })
}
