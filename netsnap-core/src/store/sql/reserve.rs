//! How is a SQLite database made smaller when its disk is full? Whatever changes it needs room in its log first, also what removes
//! something: a file is kept beside it that can be given up for that.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Enough for the log of a removal, and to write a short log back.
pub(super) const SIZE: usize = 512 * 1024;

fn place(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push("-reserve");
    PathBuf::from(name)
}

/// Makes the reserve, unless it is there. Without it all works until the disk is full.
pub(super) fn keep(database: &Path) {
    let place = place(database);
    let is_whole = |file: fs::Metadata| file.is_file() && file.len() >= SIZE as u64;
    if !fs::symlink_metadata(&place).is_ok_and(is_whole) && fill(&place).is_err() {
        give_up(database);
    }
}

fn fill(place: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Written, not only lengthened: holes hold no space.
    options.open(place)?.write_all(&vec![b'.'; SIZE])
}

/// Removes the reserve, and says whether there was one.
pub(super) fn give_up(database: &Path) -> bool {
    fs::remove_file(place(database)).is_ok()
}
