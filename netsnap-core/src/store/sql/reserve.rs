//! How is a SQLite database made smaller when its disk is full? Whatever changes it needs room in its log first, also what removes
//! something: a file is kept beside it that can be given up for that.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Enough to write back the log as long as it becomes before that is done by itself, and for the log of a removal behind it; on a disk
/// that has no room for so much, less.
const SIZES: [usize; 3] = [1536 * 1024, 768 * 1024, 256 * 1024];

fn place(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push("-reserve");
    PathBuf::from(name)
}

/// Makes the reserve, unless it is there. Without it all works until the disk is full.
pub(super) fn keep(database: &Path) {
    let place = place(database);
    let there = fs::symlink_metadata(&place).map_or(0, |file| file.len());
    if there >= SIZES[0] as u64 {
        return;
    }
    for size in SIZES {
        // A part of it, on a disk that is full, goes before less is tried.
        give_up(database);
        if fill(&place, size).is_ok() {
            return;
        }
    }
    give_up(database);
}

/// Says whether so many bytes have room on the disk. Where nobody can tell, they have.
pub(super) fn has_room(database: &Path, bytes: u64) -> bool {
    #[cfg(unix)]
    if let Ok(disk) = rustix::fs::statvfs(database) {
        return bytes <= disk.f_bavail.saturating_mul(disk.f_frsize);
    }
    let _ = (database, bytes);
    true
}

fn fill(place: &Path, size: usize) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Written, not only lengthened: holes hold no space.
    options.open(place)?.write_all(&vec![b'.'; size])
}

/// Removes the reserve, and says whether there was one.
pub(super) fn give_up(database: &Path) -> bool {
    fs::remove_file(place(database)).is_ok()
}
