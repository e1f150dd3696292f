//! How do bytes reach the disk whole? Private files, atomic replacement, synced folders.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::error::{Error, ErrorKind};

/// Wraps a failure of the file system.
pub(super) fn storage(path: &Path, source: io::Error) -> Error {
    let error = Error::new(ErrorKind::Storage, "the file system refused")
        .with("path", path.display())
        .because(source);
    error.hint("check that the folder exists, is writable and has free space")
}

/// Makes a folder and its parents, for the owner alone. One that is there already is left as it is.
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a folder of a new name, for the owner alone, that goes away unless it is renamed.
pub(super) fn staging_dir(parent: &Path, prefix: &str) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent)
}

/// Options that make files for the owner alone.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes names that were made or changed in a folder survive power loss.
pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file, and the file system orders names itself.
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Makes a file that was not there, with these bytes; not synced.
///
/// # Errors
/// `AlreadyExists` when the name is taken.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().write(true).create_new(true).open(path)?;
    file.write_all(bytes)
}

/// Puts a file in the place of another: a reader meets the old bytes or the new ones. Survives power loss.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    swap(path, bytes)?;
    sync_dir(folder_of(path))
}

/// Like [`replace`], but after power loss the old bytes can be back until the folder is synced.
pub(super) fn swap(path: &Path, bytes: &[u8]) -> io::Result<()> {
    staged(folder_of(path), bytes)?
        .persist(path)
        .map(drop)
        .map_err(|error| error.error)
}

/// Like [`replace`] for a name that must not be taken.
///
/// # Errors
/// `AlreadyExists` when it is.
pub(super) fn put_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    staged(folder, bytes)?
        .persist_noclobber(path)
        .map_err(|error| error.error)?;
    sync_dir(folder)
}

fn staged(folder: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".tmp-")
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Reads a file that is a file: a link is not followed, it could lead out of the store.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    regular(path)?;
    fs::read(path)
}

/// Fails for whatever is not a plain file.
pub(super) fn regular(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_file() {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        "not a plain file",
    ))
}

/// Says whether a path is a folder and not a link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Waits until no other task or process holds a lock file, and holds it until the value is dropped.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    let file = private().append(true).create(true).open(path)?;
    file.lock()?;
    Ok(file)
}
