//! How can a run end when the disk is full? A file is kept that can be given up for it.

use std::io;
use std::path::Path;

use super::durable;
use super::layout;
use crate::error::{ErrorKind, Result};

/// Enough for the last event and the summary of a run of a thousand devices.
const SIZE: usize = 256 * 1024;

/// Makes the reserve, unless it is there. Without it all works until the disk is full.
pub(super) fn keep(root: &Path) {
    let path = layout::reserve(root);
    let there = durable::open(&path)
        .and_then(|file| file.metadata())
        .is_ok_and(|metadata| metadata.len() >= SIZE as u64);
    if !there {
        let _ = fill(root, &path);
    }
}

fn fill(root: &Path, path: &Path) -> io::Result<()> {
    // Written, not only lengthened: holes hold no space.
    let filled = durable::swap(root, path, &vec![b'.'; SIZE]);
    if filled.is_err() {
        release(path)?;
    }
    filled
}

fn release(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Does what must not fail for want of space: when there is none, the reserve is given up and it is tried again.
///
/// # Errors
/// Those of the work.
pub(super) fn spend<T>(root: &Path, mut work: impl FnMut() -> Result<T>) -> Result<T> {
    match work() {
        Err(error) if error.kind() == ErrorKind::StorageFull => {
            let _ = release(&layout::reserve(root));
            work()
        }
        done => done,
    }
}
