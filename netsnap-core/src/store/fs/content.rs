//! How are records and contents kept as files?

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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
    durable::check_folders(root, &path)?;
    let known = durable::read(&path).is_ok_and(|stored| stored == bytes);
    let done = if known {
        // Who wrote it may not have come to this yet.
        durable::sync_dir(parent(&path))
    } else {
        make_parent(root, &path)?;
        durable::replace(root, &path, bytes)
    };
    done.map(|()| digest).map_err(|error| storage(&path, error))
}

/// Returns a content, checked against its name.
///
/// # Errors
/// `NotFound`; `Corrupt`; `Storage`.
pub(super) fn blob(root: &Path, digest: &Digest) -> Result<Vec<u8>> {
    let path = layout::blob(root, digest);
    durable::check_folders(root, &path)?;
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
    let folder = layout::collection(root, collection);
    let path = folder.join(layout::key_path(key));
    if let Some(known) = elder_record(root, &folder, key)? {
        return is_same(&known, value, (collection, key));
    }
    make_parent(root, &path)?;
    match durable::put_new(root, &path, value) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        result => return result.map_err(|error| storage(&path, error)),
    }
    is_same(&record(root, collection, key)?, value, (collection, key))?;
    durable::sync_dir(parent(&path)).map_err(|error| storage(&path, error))
}

fn is_same(known: &[u8], value: &[u8], (collection, key): (&str, &str)) -> Result<()> {
    match known == value {
        true => Ok(()),
        false => Err(rules::record_exists(collection, key)),
    }
}

/// Returns a record.
///
/// # Errors
/// `NotFound`; `Storage`.
pub(super) fn record(root: &Path, collection: &str, key: &str) -> Result<Vec<u8>> {
    let folder = layout::collection(root, collection);
    let known = match read_record(root, &folder.join(layout::key_path(key)))? {
        None => elder_record(root, &folder, key)?,
        known => known,
    };
    known.ok_or_else(|| rules::no_record(collection, key))
}

fn read_record(root: &Path, path: &Path) -> Result<Option<Vec<u8>>> {
    use io::ErrorKind::{InvalidFilename, NotFound};
    durable::check_folders(root, path)?;
    match durable::read(path) {
        Err(error) if matches!(error.kind(), NotFound | InvalidFilename) => Ok(None),
        read => read.map(Some).map_err(|error| storage(path, error)),
    }
}

/// Returns a record under the name that an elder netsnap gave it.
fn elder_record(root: &Path, folder: &Path, key: &str) -> Result<Option<Vec<u8>>> {
    let Some(within) = layout::elder_key_path(key) else {
        return Ok(None);
    };
    let path = folder.join(&within);
    match read_record(root, &path)? {
        Some(value) if is_called(folder, &within).map_err(|error| storage(&path, error))? => {
            Ok(Some(value))
        }
        _ => Ok(None),
    }
}

/// Says whether what a path leads to is called so, letter by letter: some file systems find it by capitals for small letters, too.
fn is_called(folder: &Path, within: &Path) -> io::Result<bool> {
    let mut folder = folder.to_owned();
    for part in within {
        let mut entries = fs::read_dir(&folder)?;
        if !entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() == part)) {
            return Ok(false);
        }
        folder.push(part);
    }
    Ok(true)
}

/// Which records of a collection are asked for.
#[derive(Debug)]
pub(super) struct Range<'a> {
    pub(super) prefix: &'a str,
    pub(super) after: Option<&'a str>,
    pub(super) limit: usize,
}

/// The keys of collections, as they were when their folders were of some version: who pages through a collection reads its
/// names once, and the records that it asks for.
#[derive(Debug, Default)]
pub(super) struct Keys {
    known: Mutex<HashMap<String, Listed>>,
}

/// The keys of a collection with their files, least first.
#[derive(Clone, Debug)]
struct Listed {
    /// Whether every later change gives another version.
    settled: bool,
    versions: Vec<(PathBuf, (i64, i64))>,
    keys: Arc<BTreeMap<String, PathBuf>>,
}

impl Listed {
    fn read(folder: &Path) -> io::Result<Self> {
        let mut listed = Gathered::default();
        listed.collect(folder, "")?;
        Ok(Self {
            settled: !listed.fresh,
            versions: listed.versions,
            keys: Arc::new(listed.keys),
        })
    }

    fn is_current(&self) -> bool {
        let same = |(folder, version): &(PathBuf, (i64, i64))| {
            fs::symlink_metadata(folder).is_ok_and(|now| durable::version(&now) == *version)
        };
        !self.versions.is_empty() && self.versions.iter().all(same)
    }
}

impl Keys {
    fn of(&self, collection: &str, folder: &Path) -> io::Result<Arc<BTreeMap<String, PathBuf>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listed) = known.get(collection).filter(|listed| listed.is_current()) {
            return Ok(Arc::clone(&listed.keys));
        }
        let listed = Listed::read(folder)?;
        let keys = Arc::clone(&listed.keys);
        known.remove(collection);
        if listed.settled {
            known.insert(collection.to_owned(), listed);
        }
        Ok(keys)
    }

    /// Returns records, greatest key first.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn records(
        &self,
        root: &Path,
        collection: &str,
        range: &Range<'_>,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let folder = layout::collection(root, collection);
        durable::check_folders(root, &folder.join(layout::METADATA))?;
        let keys = self.of(collection, &folder);
        let keys = keys.map_err(|error| storage(&folder, error))?;
        let end = match range.after {
            Some(after) => Bound::Excluded(after),
            None => Bound::Unbounded,
        };
        if range.after.is_some_and(|after| after < range.prefix) {
            return Ok(Vec::new());
        }
        keys.range::<str, _>((Bound::Included(range.prefix), end))
            .rev()
            .filter(|(key, _)| key.starts_with(range.prefix))
            .take(range.limit)
            .map(|(key, path)| {
                let value = durable::read(path).map_err(|error| storage(path, error))?;
                Ok((key.clone(), value))
            })
            .collect()
    }
}

#[derive(Default)]
struct Gathered {
    /// Set when a folder was changed just before its names were read.
    fresh: bool,
    versions: Vec<(PathBuf, (i64, i64))>,
    keys: BTreeMap<String, PathBuf>,
}

impl Gathered {
    /// Gathers the keys under a folder; strangers are passed over.
    fn collect(&mut self, folder: &Path, before: &str) -> io::Result<()> {
        let version = match fs::symlink_metadata(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Ok(metadata) if !metadata.is_dir() => return Ok(()),
            metadata => durable::version(&metadata?),
        };
        self.fresh |= !durable::is_settled(version);
        self.versions.push((folder.to_owned(), version));
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            match entry.file_name().to_str().and_then(layout::key_part) {
                Some(KeyPart::Folder(part)) if kind.is_dir() => {
                    self.collect(&entry.path(), &format!("{before}{part}"))?;
                }
                Some(KeyPart::Record(part)) if kind.is_file() => {
                    let key = layout::decode_key(&format!("{before}{part}"));
                    self.keys.extend(key.map(|key| (key, entry.path())));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Makes the folders between the root of a store and a file, each of them durable. No link is followed.
///
/// # Errors
/// `Corrupt` when something else stands in the place of one; `Storage`.
pub(super) fn make_parent(root: &Path, path: &Path) -> Result<()> {
    for folder in durable::folders(root, path) {
        if durable::check_folder(&folder)? {
            continue;
        }
        let made = durable::create_dir(&folder).and_then(|()| durable::sync_dir(parent(&folder)));
        made.map_err(|error| storage(&folder, error))?;
        // Somebody else can have been faster.
        durable::check_folder(&folder)?;
    }
    Ok(())
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_an_elder_netsnap_wrote_is_there_and_is_not_written_again() {
        let root = tempfile::tempdir().unwrap();
        let folder = layout::collection(root.path(), "kept");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("R1"), b"elder").unwrap();
        assert_eq!(record(root.path(), "kept", "R1").unwrap(), b"elder");
        put_record(root.path(), "kept", "R1", b"elder").unwrap();
        let other = put_record(root.path(), "kept", "R1", b"other").unwrap_err();
        assert_eq!(other.kind(), crate::error::ErrorKind::AlreadyExists);
        put_record(root.path(), "kept", "R2", b"newer").unwrap();
        let range = Range {
            prefix: "R",
            after: None,
            limit: 9,
        };
        let all = Keys::default().records(root.path(), "kept", &range);
        let all = all.unwrap();
        let all: Vec<_> = all
            .iter()
            .map(|(key, value)| (key.as_str(), &value[..]))
            .collect();
        assert_eq!(all, [("R2", &b"newer"[..]), ("R1", b"elder")]);
    }

    #[test]
    fn what_is_found_by_other_letters_is_not_called_so() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("a=")).unwrap();
        fs::write(root.path().join("a=/b"), b"").unwrap();
        let called = |path: &str| is_called(root.path(), Path::new(path)).unwrap();
        assert!(called("a=/b"));
        assert!(!called("a=/B") && !called("A="));
    }
}
