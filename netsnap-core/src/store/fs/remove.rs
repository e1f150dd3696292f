//! How does a run go away? Renamed out of sight in one step, then unlinked piece by piece.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::durable::{self, storage};
use super::index::Index;
use super::layout;
use crate::error::Result;
use crate::id::ExecutionId;

/// A staged run or file that is older was left by a process that went away.
const STAGED_FOR_LONG: Duration = Duration::from_secs(3600);
/// From this many runs on, they are unlinked by several threads.
const SHARE: usize = 16;

/// Removes runs, and returns those that were there.
///
/// # Errors
/// `Storage`.
pub(super) fn delete(root: &Path, index: &Index, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>> {
    let trash = layout::trash(root);
    durable::check_folder(&trash)?;
    durable::check_folder(&layout::executions(root))?;
    durable::create_dir(&trash).map_err(|error| storage(&trash, error))?;
    // A run of the same name may have gone before and not be unlinked yet.
    let mark = getrandom::u64().unwrap_or_default();
    let hidden = |id: &ExecutionId| trash.join(format!("{id}.{mark:016x}"));
    let gone = index.dismiss(ids, |id| dismiss(root, &hidden(id), id))?;
    let executions = layout::executions(root);
    if !gone.is_empty() {
        durable::sync_dir(&executions).map_err(|error| storage(&executions, error))?;
    }
    let paths: Vec<PathBuf> = gone.iter().map(hidden).collect();
    unlink(&paths);
    Ok(gone)
}

/// Moves a run out of sight, and says whether it was there.
fn dismiss(root: &Path, hidden: &Path, id: &ExecutionId) -> Result<bool> {
    let path = layout::execution(root, id);
    if !durable::is_folder(&path) {
        return Ok(false);
    }
    match fs::rename(&path, hidden) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(storage(&path, error)),
    }
}

/// Unlinks files, and folders with everything in them, never through a link. What cannot be unlinked now is at the next open.
fn unlink(paths: &[PathBuf]) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = paths.len().div_ceil(threads).max(SHARE);
    std::thread::scope(|scope| {
        for paths in paths.chunks(share).skip(1) {
            scope.spawn(|| paths.iter().for_each(|path| unlink_tree(path)));
        }
        let own = paths.iter().take(share);
        own.for_each(|path| unlink_tree(path));
    });
}

fn unlink_tree(path: &Path) {
    let _ = match durable::is_folder(path) {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    };
}

/// Removes what processes that went away left: runs on their way out, and runs and files that were staged and never came in. What cannot
/// be removed is hidden, and harms nobody.
pub(super) fn tidy(root: &Path) {
    let of = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    unlink(&of(&layout::trash(root)));
    let mut staged = of(&layout::staging(root));
    staged.retain(|path| is_old(path));
    unlink(&staged);
}

fn is_old(path: &Path) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > STAGED_FOR_LONG))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn staged(root: &Path, name: &str, age: Duration) -> PathBuf {
        let path = layout::staging(root).join(name);
        let file = fs::File::create(&path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
        path
    }

    #[test]
    fn a_file_that_somebody_died_over_goes_and_one_on_its_way_stays() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(layout::staging(root.path())).unwrap();
        let left = staged(root.path(), ".tmp-1", STAGED_FOR_LONG * 2);
        let young = staged(root.path(), ".tmp-2", STAGED_FOR_LONG / 2);
        tidy(root.path());
        assert!(!left.exists());
        assert!(young.exists());
    }
}
