//! Which runs are there, newest first, and which one is `current`?

use std::fs;
use std::io;
use std::path::Path;

use super::durable::{self, storage};
use super::layout;
use super::run::Run;
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::Position;

/// Returns every run that can be read, newest first.
///
/// # Errors
/// `Storage`.
pub(super) fn all(root: &Path) -> Result<Vec<Execution>> {
    Ok(read_sorted(root, &ids_behind(root, None)?, None))
}

fn second(id: &ExecutionId) -> &str {
    layout::second(id.as_str())
}

/// Lists the ids of all runs that can stand behind a position, greatest first.
fn ids_behind(root: &Path, after: Option<&Position>) -> Result<Vec<ExecutionId>> {
    let mut ids = ids(root)?;
    if let Some(position) = after {
        ids.retain(|id| second(id) <= second(&position.id));
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    Ok(ids)
}

fn ids(root: &Path) -> Result<Vec<ExecutionId>> {
    let folder = layout::executions(root);
    let read = || -> io::Result<Vec<ExecutionId>> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&folder)? {
            if let Some(id) = entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            {
                ids.push(id);
            }
        }
        Ok(ids)
    };
    read().map_err(|error| storage(&folder, error))
}

/// Reads runs, leaves out those that cannot be read, and sorts the others.
fn read_sorted(root: &Path, ids: &[ExecutionId], after: Option<&Position>) -> Vec<Execution> {
    let mut runs: Vec<Execution> = ids
        .iter()
        .filter_map(|id| Run::open(root, id).ok()?.load().ok())
        .filter(|run| {
            after.is_none_or(|position| {
                (run.created_at, &run.id) < (position.created_at, &position.id)
            })
        })
        .collect();
    runs.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    runs
}

/// Returns the newest finished run: what the link says, or what the folders say when there is no good link.
///
/// # Errors
/// `Storage`.
pub(super) fn current(root: &Path) -> Result<Option<ExecutionId>> {
    match linked(root) {
        Some(run) => Ok(Some(run.id)),
        None => Ok(newest_finished(root)?.map(|run| run.id)),
    }
}

/// Makes the link name a run that just finished, unless it names a newer one. Not synced: an open makes it right.
///
/// # Errors
/// `Storage`.
pub(super) fn advance_current(root: &Path, finished: &Execution) -> Result<()> {
    let path = root.join(layout::LOCK);
    let _lock = durable::lock(&path).map_err(|error| storage(&path, error))?;
    let newer =
        |known: Execution| (known.created_at, &known.id) > (finished.created_at, &finished.id);
    if linked(root).is_some_and(newer) {
        return Ok(());
    }
    point(root, &finished.id).map_err(|error| storage(&layout::current(root), error))
}

/// Makes the link right after a crash or a copy.
///
/// # Errors
/// `Storage`.
pub(super) fn refresh_current(root: &Path) -> Result<()> {
    match newest_finished(root)? {
        Some(run) if linked(root).is_none_or(|known| known.id != run.id) => {
            advance_current(root, &run)
        }
        _ => Ok(()),
    }
}

fn newest_finished(root: &Path) -> Result<Option<Execution>> {
    Ok(ids_behind(root, None)?
        .chunk_by(|a, b| second(a) == second(b))
        .find_map(|same_second| {
            read_sorted(root, same_second, None)
                .into_iter()
                .find(|run| run.status.is_terminal())
        }))
}

/// Returns the finished run that the link names.
fn linked(root: &Path) -> Option<Execution> {
    let target = read_pointer(&layout::current(root))?;
    let id = target.rsplit(['/', '\\']).next()?.trim().parse().ok()?;
    let run = Run::open(root, &id).ok()?.load().ok()?;
    run.status.is_terminal().then_some(run)
}

/// Reads a link, or the text of a file where links do not exist.
fn read_pointer(path: &Path) -> Option<String> {
    match fs::read_link(path) {
        Ok(target) => Some(target.to_str()?.to_owned()),
        Err(_) => String::from_utf8(durable::read(path).ok()?).ok(),
    }
}

#[cfg(unix)]
fn point(root: &Path, id: &ExecutionId) -> io::Result<()> {
    let target = layout::current_target(id);
    let link = tempfile::Builder::new()
        .prefix(".current-")
        .make_in(root, |path| std::os::unix::fs::symlink(&target, path))?;
    link.persist(layout::current(root))
        .map(drop)
        .map_err(|error| error.error)
}

#[cfg(not(unix))]
fn point(root: &Path, id: &ExecutionId) -> io::Result<()> {
    let target = layout::current_target(id);
    durable::replace(&layout::current(root), target.to_string_lossy().as_bytes())
}
