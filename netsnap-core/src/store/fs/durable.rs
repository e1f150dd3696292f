//! How do bytes reach the disk whole? Private files, atomic replacement, synced folders.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tempfile::{NamedTempFile, PersistError};

use super::layout;
use crate::error::{Error, ErrorKind};
use crate::store::metrics;

/// A folder that was changed so shortly ago can be changed again without a later time: clocks of file systems tick each 1 to 10
/// milliseconds, of old ones each second or two.
const TICK: Duration = Duration::from_millis(20);
const OLD_TICK: Duration = Duration::from_secs(3);

/// How the name of a file begins that is not whole yet.
const STAGED: &str = ".tmp-";
/// So many threads wait for the disk beside the one that asks …
const SYNC_THREADS: usize = 31;
/// … one for each so many files.
const FILES_FOR_A_THREAD: usize = 4;
/// How much is written at once.
const BUFFER: usize = 256 * 1024;

/// Wraps a failure of the file system.
pub(super) fn storage(path: &Path, source: io::Error) -> Error {
    let (kind, message, hint) = match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            ErrorKind::StorageFull,
            "no space is left",
            "remove runs that are no longer needed, or make room; what is there can be read",
        ),
        _ => (
            ErrorKind::Storage,
            "the file system refused",
            "check that the folder exists and is writable",
        ),
    };
    Error::new(kind, message)
        .with("path", path.display())
        .because(source)
        .hint(hint)
}

/// Says whether a failure was one of rights, or of media that cannot be written.
pub(super) fn is_refused(error: &Error) -> bool {
    let source = std::error::Error::source(error);
    let source = source.and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|source| is_closed(source.kind()))
}

fn is_closed(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// Makes a folder and its parents, for the owner alone. One that is there already is left as it is.
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes sure that no folder between the root of a store and something in it is a link, or anything else: it would lead out of
/// the store. The root itself may be one.
///
/// # Errors
/// `Corrupt`.
pub(super) fn check_folders(root: &Path, path: &Path) -> Result<(), Error> {
    folders(root, path).try_for_each(|folder| check_folder(&folder).map(drop))
}

/// Makes sure that a folder of a store is one, and says whether it is there.
///
/// # Errors
/// `Corrupt`.
pub(super) fn check_folder(path: &Path) -> Result<bool, Error> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.is_dir() => Err(no_folder(path)),
        there => Ok(there.is_ok()),
    }
}

/// The folders below the root that a path goes through, the uppermost first.
pub(super) fn folders(root: &Path, path: &Path) -> impl Iterator<Item = PathBuf> {
    let below = path.strip_prefix(root).ok().and_then(Path::parent);
    let parts = below.into_iter().flat_map(Path::components);
    parts.scan(root.to_owned(), |folder, part| {
        folder.push(part);
        Some(folder.clone())
    })
}

/// The error of what stands in the place of a folder.
fn no_folder(path: &Path) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "what stands in the place of a folder is none",
    )
    .with("path", path.display())
    .hint("put the folder itself back in its place; links are not followed within a store")
}

/// Makes a folder of a new name, for the owner alone, that goes away unless it is renamed.
pub(super) fn staging_dir(parent: &Path, prefix: &str) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent)
}

/// Options that make files for the owner alone, and follow no link: it could lead out of the store.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Whatever is there instead of a file must not hold up who opens it.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    options
}

/// Opens a file that is a file.
///
/// # Errors
/// `InvalidData` for a link and for whatever else is not a plain file.
fn plain(options: &OpenOptions, path: &Path) -> io::Result<File> {
    // Where opening cannot be told not to follow links.
    #[cfg(not(unix))]
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(not_plain());
    }
    let file = options.open(path).map_err(|error| {
        let link = fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file());
        if link { not_plain() } else { error }
    })?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(not_plain())
}

fn not_plain() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a plain file")
}

/// Opens a file for reading.
pub(super) fn open(path: &Path) -> io::Result<File> {
    plain(private().read(true), path)
}

/// Opens a file that is there for reading and appending, or for reading alone where it cannot be changed.
pub(super) fn open_to_append(path: &Path) -> io::Result<File> {
    match plain(private().read(true).append(true), path) {
        Err(error) if is_closed(error.kind()) => open(path),
        file => file,
    }
}

/// Opens a file for reading and appending, and makes it when it is missing.
pub(super) fn open_log(path: &Path) -> io::Result<File> {
    plain(private().read(true).append(true).create(true), path)
}

/// Says whether two descriptions are of one file.
pub(super) fn is_same(a: &Metadata, b: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        (a.dev(), a.ino()) == (b.dev(), b.ino())
    }
    #[cfg(not(unix))]
    {
        a.created().ok() == b.created().ok()
    }
}

/// Says when a file or folder was changed, in seconds and nanoseconds; not by the time that a copy may carry over.
pub(super) fn version(metadata: &Metadata) -> (i64, i64) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        (metadata.ctime(), metadata.ctime_nsec())
    }
    #[cfg(not(unix))]
    {
        let at = metadata.modified().ok();
        let age = at.and_then(|at| at.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
        let age = age.unwrap_or_default();
        let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        (seconds, i64::from(age.subsec_nanos()))
    }
}

/// Says whether a version is old enough that every later change has another one.
pub(super) fn is_settled((second, nanosecond): (i64, i64)) -> bool {
    let tick = if nanosecond == 0 { OLD_TICK } else { TICK };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let at = u64::try_from(second).map(Duration::from_secs);
    let fraction = Duration::from_nanos(u64::try_from(nanosecond).unwrap_or(0));
    match (now, at) {
        (Ok(now), Ok(at)) => now.checked_sub(at + fraction).is_some_and(|age| age > tick),
        _ => false,
    }
}

/// Takes the lock of a file, and counts the time when others hold it.
pub(super) fn hold(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(error),
        Err(TryLockError::WouldBlock) => {}
    }
    let started = Instant::now();
    file.lock()?;
    metrics::waited(started.elapsed());
    Ok(())
}

/// Returns how many bytes of the disk a file or folder takes.
pub(super) fn allocated(metadata: &Metadata) -> u64 {
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::blocks(metadata) * 512
    }
    #[cfg(not(unix))]
    {
        metadata.len()
    }
}

/// Returns how many bytes of the disk a folder and everything in it take. What goes away meanwhile does not count.
pub(super) fn tree_size(path: &Path) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return 0;
    };
    let own = allocated(&metadata);
    if !metadata.is_dir() {
        return own;
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    own + entries.map(|entry| tree_size(&entry.path())).sum::<u64>()
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

/// Syncs many files. File systems with a journal share one commit among those who wait for it at the same time, so each file in
/// turn would take many times as long (measured on ext4 beside other writers: 3 to 7 ms for each of 100 small files in turn, 0.1 to 0.8 ms with 4 to 50 threads).
///
/// The file system is never synced as a whole (`syncfs(2)`): that waits for whatever others wrote to it.
///
/// # Errors
/// The first of those that occurred.
pub(super) fn sync_each<E: Send>(
    paths: &[PathBuf],
    sync: impl Fn(&Path) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mine = std::iter::from_fn(|| paths.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(PathBuf::as_path).try_for_each(&sync)
    };
    let others = (paths.len() / FILES_FOR_A_THREAD).min(SYNC_THREADS);
    thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        // Where no thread can be had, the others and this one do its part.
        let others: Vec<_> = (0..others).map_while(spawn).collect();
        let mine = work();
        let joined = others.into_iter().map(|other| {
            other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.fold(mine, Result::and)
    })
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
///
/// Until it is whole it lies where everything lies that is on its way into the store, so that what a killed process leaves is found
/// without a search.
pub(super) fn replace(root: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    swap(root, path, bytes)?;
    sync_dir(folder_of(path))
}

/// Like [`replace`], but after power loss the old bytes can be back until the folder is synced.
pub(super) fn swap(root: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let place = |file: NamedTempFile| file.persist(path);
    placed(root, path, bytes, place)
}

/// Like [`swap`] for bytes that are not held all at once.
pub(super) fn swap_written(
    root: &Path,
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = on_its_way(&layout::staging(root))?;
    let mut buffered = BufWriter::with_capacity(BUFFER, file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Like [`replace`] for a name that must not be taken.
///
/// # Errors
/// `AlreadyExists` when it is.
pub(super) fn put_new(root: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let place = |file: NamedTempFile| file.persist_noclobber(path);
    placed(root, path, bytes, place)?;
    sync_dir(folder_of(path))
}

/// Writes a file and gives it its place. A folder of the store may be another file system, which no name goes to from elsewhere: there
/// it is written beside its place.
fn placed(
    root: &Path,
    path: &Path,
    bytes: &[u8],
    place: impl Fn(NamedTempFile) -> Result<File, PersistError>,
) -> io::Result<()> {
    let within = |folder: &Path| {
        let placed = place(staged(folder, bytes)?);
        placed.map(drop).map_err(|error| error.error)
    };
    match within(&layout::staging(root)) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => within(folder_of(path)),
        placed => placed,
    }
}

fn staged(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = on_its_way(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Makes a file of a new name, for the owner alone, that goes away unless it is renamed.
fn on_its_way(folder: &Path) -> io::Result<NamedTempFile> {
    let make = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix(STAGED).tempfile_in(folder)
    };
    match make() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_dir(folder)?;
            make()
        }
        made => made,
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Reads a file that is a file: a link is not followed, it could lead out of the store.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Says whether a path is a folder and not a link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Opens a file that is only there to be locked.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    plain(private().append(true).create(true), path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_beside_its_place_where_that_is_on_another_disk() {
        let Ok(other) = tempfile::tempdir_in("/dev/shm") else {
            return;
        };
        let root = tempfile::tempdir().unwrap();
        let path = other.path().join("record");
        swap(root.path(), &path, b"one").unwrap();
        put_new(root.path(), &path, b"two").unwrap_err();
        replace(root.path(), &path, b"two").unwrap();
        assert_eq!(read(&path).unwrap(), b"two");
        for folder in [other.path(), root.path()] {
            let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
            let hidden = left.filter(|entry| entry.path().is_file() && entry.path() != path);
            assert_eq!(hidden.count(), 0);
        }
    }

    #[test]
    fn a_file_on_its_way_lies_where_an_open_looks_for_what_was_left() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("index");
        let names = |folder: &Path| fs::read_dir(folder).unwrap().count();
        swap_written(root.path(), &path, |file| {
            file.write_all(b"half")?;
            assert_eq!(names(root.path()), 1, "the folder of what is on its way");
            assert_eq!(names(&layout::staging(root.path())), 1);
            Ok(())
        })
        .unwrap();
        assert_eq!(read(&path).unwrap(), b"half");
        assert_eq!(names(&layout::staging(root.path())), 0);
    }
}
