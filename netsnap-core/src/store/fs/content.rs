//! How are records and contents kept as files?

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::durable::{self, storage};
use super::layout::{self, KeyPart};
use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;
use crate::store::rules;

/// Keeps a content, unless a good copy is there already.
///
/// # Errors
/// `Storage`.
pub(super) fn put_blob(root: &Path, bytes: &[u8]) -> Result<Digest> {
    let digest = Digest::of(bytes);
    let path = layout::blob(root, &digest);
    let known = durable::read(&path).is_ok_and(|stored| stored == bytes);
    let done = if known {
        // Who wrote it may not have come to this yet.
        durable::sync_dir(parent(&path))
    } else {
        make_parent(root, &path).and_then(|()| durable::replace(&path, bytes))
    };
    done.map(|()| digest).map_err(|error| storage(&path, error))
}

/// Returns a content, checked against its name.
///
/// # Errors
/// `NotFound`; `Corrupt`; `Storage`.
pub(super) fn blob(root: &Path, digest: &Digest) -> Result<Vec<u8>> {
    let path = layout::blob(root, digest);
    let bytes = durable::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => no_blob(digest),
        _ => storage(&path, error),
    })?;
    if Digest::of(&bytes) == *digest {
        return Ok(bytes);
    }
    Err(rules::damaged("path", path.display()).during("store.blob"))
}

fn no_blob(digest: &Digest) -> Error {
    Error::new(ErrorKind::NotFound, "content does not exist")
        .during("store.blob")
        .with("digest", digest)
}

/// Keeps a record.
///
/// # Errors
/// `AlreadyExists` when the key holds other bytes; `Storage`.
pub(super) fn put_record(root: &Path, collection: &str, key: &str, value: &[u8]) -> Result<()> {
    let path = layout::collection(root, collection).join(layout::key_path(key));
    make_parent(root, &path).map_err(|error| storage(&path, error))?;
    match durable::put_new(&path, value) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        result => return result.map_err(|error| storage(&path, error)),
    }
    if record(root, collection, key)? != value {
        return Err(rules::record_exists(collection, key));
    }
    durable::sync_dir(parent(&path)).map_err(|error| storage(&path, error))
}

/// Returns a record.
///
/// # Errors
/// `NotFound`; `Storage`.
pub(super) fn record(root: &Path, collection: &str, key: &str) -> Result<Vec<u8>> {
    let path = layout::collection(root, collection).join(layout::key_path(key));
    durable::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename => {
            rules::no_record(collection, key)
        }
        _ => storage(&path, error),
    })
}

/// Which records of a collection are asked for.
#[derive(Debug)]
pub(super) struct Range<'a> {
    pub(super) prefix: &'a str,
    pub(super) after: Option<&'a str>,
    pub(super) limit: usize,
}

/// Returns records, greatest key first.
///
/// # Errors
/// `Storage`.
pub(super) fn records(
    root: &Path,
    collection: &str,
    range: &Range<'_>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let folder = layout::collection(root, collection);
    let mut keys = Vec::new();
    collect_keys(&folder, "", &mut keys).map_err(|error| storage(&folder, error))?;
    keys.retain(|(key, _)| {
        key.starts_with(range.prefix) && range.after.is_none_or(|after| key.as_str() < after)
    });
    keys.sort_unstable_by(|a, b| b.cmp(a));
    keys.truncate(range.limit);
    keys.into_iter()
        .map(|(key, path)| {
            let value = durable::read(&path).map_err(|error| storage(&path, error))?;
            Ok((key, value))
        })
        .collect()
}

/// Gathers the keys under a folder; strangers are passed over.
fn collect_keys(folder: &Path, before: &str, keys: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        match entry.file_name().to_str().and_then(layout::key_part) {
            Some(KeyPart::Folder(part)) if kind.is_dir() => {
                collect_keys(&entry.path(), &format!("{before}{part}"), keys)?;
            }
            Some(KeyPart::Record(part)) if kind.is_file() => {
                let key = layout::decode_key(&format!("{before}{part}"));
                keys.extend(key.map(|key| (key, entry.path())));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Makes the folders above a file, each of them durable.
fn make_parent(root: &Path, path: &Path) -> io::Result<()> {
    let folder = parent(path);
    if folder.is_dir() {
        return Ok(());
    }
    durable::create_dir(folder)?;
    for above in folder.ancestors().skip(1) {
        durable::sync_dir(above)?;
        if above == root {
            break;
        }
    }
    Ok(())
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}
