//! What in the folder of the runs cannot be read?

use std::fs;
use std::path::Path;

use super::durable::{self, storage};
use super::index::Key;
use super::index::scan;
use super::layout;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::store::Damage;

/// Reads every summary, and lists what cannot be read and what is no run. Hidden names are the store's own.
///
/// # Errors
/// `Storage`.
pub(super) fn list(root: &Path) -> Result<Vec<Damage>> {
    let folder = layout::executions(root);
    let refused = |error| storage(&folder, error);
    durable::check_folder(&folder)?;
    let mut keys = Vec::new();
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(refused)? {
        let name = entry.map_err(refused)?.file_name();
        let name = name.to_string_lossy();
        match name.parse::<ExecutionId>() {
            _ if name.starts_with('.') => {}
            Ok(id) if durable::is_folder(&folder.join(id.as_str())) => keys.push(Key::of(&id)),
            _ => found.push(damage(&name, &stranger())),
        }
    }
    let answers = scan::summaries(root, &keys).into_iter();
    let broken = answers.filter_map(|answer| Some((answer.key.id(), answer.run.err()?)));
    // What went away meanwhile is no damage.
    let broken = broken.filter(|(_, error)| error.kind() != ErrorKind::NotFound);
    found.extend(broken.map(|(id, error)| damage(id.as_str(), &error)));
    for name in layout::SHARED {
        links(root, Path::new(name), &mut found);
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    Ok(found)
}

/// Finds what is neither a folder nor a file below a folder of the store. What cannot be listed is found by who reads it.
fn links(root: &Path, place: &Path, found: &mut Vec<Damage>) {
    let path = root.join(place);
    let Ok(metadata) = fs::symlink_metadata(&path) else {
        return;
    };
    if !metadata.is_dir() {
        return found.push(damage(&place.to_string_lossy(), &alien()));
    }
    for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
        let place = place.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_file() => {}
            _ => links(root, &place, found),
        }
    }
}

fn damage(name: &str, error: &Error) -> Damage {
    Damage {
        place: name.to_owned(),
        error: error.report(),
    }
}

fn alien() -> Error {
    Error::new(ErrorKind::Corrupt, "neither a file nor a folder")
        .during("store.damage")
        .hint("put back what the store had there; links are not followed within a store")
}

fn stranger() -> Error {
    Error::new(ErrorKind::Corrupt, "not the folder of a run")
        .during("store.damage")
        .hint("move it elsewhere; the store does not touch it")
}
