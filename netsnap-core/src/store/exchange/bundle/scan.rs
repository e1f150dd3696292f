//! Is a bundle what it says it is? Every byte is read and hashed before anything is written to a store.
//!
//! A tar file can hold links, paths that lead elsewhere, a name twice, sizes that are lies. Nothing of it is unpacked to the
//! disk, and whatever a bundle does not have is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use tar::{Archive, EntryType};

use super::{FORMAT, LARGEST, Manifest, ManifestFile, VERSION, layout};
use crate::error::{Error, Result};
use crate::id::{Digest, ExecutionId};
use crate::store::exchange::{file_error, refused};

/// The longest manifest that is read.
const MANIFEST_LIMIT: u64 = 256 << 20;
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// Where a file of a bundle stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) offset: u64,
    pub(super) bytes: u64,
    pub(super) sha256: Digest,
}

/// The files of each run, by their name in its folder.
pub(super) type Runs = BTreeMap<ExecutionId, BTreeMap<String, Slice>>;

type Found = BTreeMap<String, Slice>;
type Tar<'a> = tar::Entry<'a, BufReader<File>>;

/// Checks a bundle and says what is where. Blocking.
///
/// # Errors
/// `InvalidInput` for anything that a bundle is not; `Corrupt` for content that does not fit the manifest; `NotFound` and
/// `Storage` for a file that cannot be read.
pub(super) fn scan(path: &Path) -> Result<Runs> {
    let file = File::open(path).map_err(|error| file_error(path, error))?;
    let length = file
        .metadata()
        .map_err(|error| file_error(path, error))?
        .len();
    let mut archive = Archive::new(BufReader::with_capacity(CHUNK, file));
    let mut found = Found::new();
    let entries = archive.entries().map_err(not_tar)?;
    let mut manifest = None;
    // Raw: names and sizes from extension records are not taken, the records themselves are refused.
    for entry in entries.raw(true) {
        let entry = entry.map_err(not_tar)?;
        if manifest.is_some() {
            return Err(refused("something stands behind the manifest of a bundle"));
        }
        let path = checked(&entry, length)?;
        if path == layout::MANIFEST {
            manifest = Some(read_manifest(entry)?);
            continue;
        }
        let slice = hashed(entry)?;
        if found.insert(path.clone(), slice).is_some() {
            return Err(in_entry("a bundle holds a file twice", &path));
        }
    }
    let manifest = manifest.ok_or_else(cut_off)?;
    compare(&manifest, &found)?;
    runs(manifest, found)
}

fn cut_off() -> Error {
    refused("the file has no manifest at its end")
        .hint("it was cut off on its way, or it is not a bundle; export it again")
}

fn not_tar(source: std::io::Error) -> Error {
    refused("the file is not a whole tar file")
        .hint("it was cut off on its way, or it is not a bundle; export it again")
        .because(source)
}

fn in_entry(what: &'static str, path: &str) -> Error {
    refused(what).with("entry", path.escape_debug())
}

/// Makes sure that an entry is one that a bundle has, and returns its path.
fn checked(entry: &Tar<'_>, length: u64) -> Result<String> {
    let bytes = entry.path_bytes();
    let path = String::from_utf8_lossy(&bytes).into_owned();
    match entry.header().entry_type() {
        EntryType::Regular => {}
        EntryType::Symlink | EntryType::Link => {
            return Err(in_entry("a bundle holds a link", &path));
        }
        _ => {
            return Err(in_entry("a bundle holds something else than a file", &path));
        }
    }
    if std::str::from_utf8(&bytes).is_err()
        || (path != layout::MANIFEST && layout::parse(&path).is_none())
    {
        return Err(in_entry("a bundle holds a path that none has", &path));
    }
    if entry.size() > length {
        return Err(in_entry("a file is larger than its bundle", &path));
    }
    let in_memory = !path.ends_with(layout::EVENTS);
    if in_memory && entry.size() > LARGEST {
        return Err(in_entry("a file of a bundle is too large", &path).with("most", LARGEST));
    }
    Ok(path)
}

fn read_manifest(entry: Tar<'_>) -> Result<Manifest> {
    if entry.size() > MANIFEST_LIMIT {
        return Err(refused("the manifest of a bundle is too large"));
    }
    let mut bytes = Vec::new();
    entry
        .take(MANIFEST_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(not_tar)?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|source| refused("the manifest of a bundle cannot be read").because(source))?;
    if (manifest.format.as_str(), manifest.version) == (FORMAT, VERSION) {
        return Ok(manifest);
    }
    Err(refused("a bundle of a form that is not known here")
        .with("format", manifest.format.escape_debug())
        .with("version", manifest.version)
        .hint("import it with the version of netsnap that wrote it, or a newer one"))
}

fn hashed(mut entry: Tar<'_>) -> Result<Slice> {
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut bytes = 0;
    loop {
        let read = entry.read(&mut chunk).map_err(not_tar)?;
        if read == 0 {
            break;
        }
        hasher.update(&chunk[..read]);
        bytes += read as u64;
    }
    if bytes != entry.size() {
        return Err(cut_off());
    }
    Ok(Slice {
        offset: entry.raw_file_position(),
        bytes,
        sha256: Digest::from_sha256(hasher.finalize().into()),
    })
}

/// Makes sure that the manifest and the file name the same files with the same content.
fn compare(manifest: &Manifest, found: &Found) -> Result<()> {
    let mut listed = BTreeSet::new();
    for file in &manifest.files {
        if !listed.insert(file.path.as_str()) {
            return Err(in_entry("the manifest names a file twice", &file.path));
        }
        match found.get(&file.path) {
            Some(slice) if fits(file, slice) => {}
            Some(_) => return Err(damaged(&file.path)),
            None => return Err(in_entry("a file of the manifest is missing", &file.path)),
        }
    }
    match found.keys().find(|path| !listed.contains(path.as_str())) {
        Some(path) => Err(in_entry("the manifest does not name a file", path)),
        None => Ok(()),
    }
}

fn fits(file: &ManifestFile, slice: &Slice) -> bool {
    (file.bytes, file.sha256) == (slice.bytes, slice.sha256)
}

/// The error of bytes that are not those that were exported.
pub(super) fn damaged(path: &str) -> Error {
    Error::new(
        crate::error::ErrorKind::Corrupt,
        "a file of a bundle does not match its digest",
    )
    .during("store.import")
    .with("entry", path.escape_debug())
    .hint("the bundle was damaged or changed; export it again")
}

fn runs(manifest: Manifest, found: Found) -> Result<Runs> {
    let mut runs = Runs::new();
    for (path, slice) in found {
        if let Some((id, file)) = layout::parse(&path) {
            runs.entry(id).or_default().insert(file.to_owned(), slice);
        }
    }
    let named: BTreeSet<ExecutionId> = manifest.executions.into_iter().collect();
    if !named.iter().eq(runs.keys()) {
        return Err(refused(
            "the manifest names other runs than the bundle holds",
        ));
    }
    Ok(runs)
}
