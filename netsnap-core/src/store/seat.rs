//! How does a process show that it lives to one that cannot find it among its own, as from one container to another?
//!
//! With each opening of a store comes a file of its own, which the process keeps locked until it ends: the kernel that both of them share
//! lets go of the lock then, however it ended. Numbers of processes count in one container alone, and names are given to many.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::owner;
use crate::model::Owner;

/// So old a file is that nobody holds before it is cleared away: whoever it stood for was asked about long since.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// The place of an open store among those that have it open.
#[derive(Debug)]
pub(super) struct Seat {
    session: i64,
    path: PathBuf,
    /// Locked as long as it is open.
    _held: File,
}

impl Seat {
    /// Takes a seat in a folder, and clears old ones away. Without one a process is known by its number and its names alone.
    pub(super) fn take(folder: &Path) -> Option<Self> {
        tidy(folder);
        let session = i64::from(getrandom::u32().ok()?) + 1;
        Self::at(folder.join(name(session)), session).ok()
    }

    fn at(path: PathBuf, session: i64) -> io::Result<Self> {
        let mut options = File::options();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let held = options.open(&path)?;
        held.lock()?;
        Ok(Self {
            session,
            path,
            _held: held,
        })
    }

    /// Names it.
    pub(super) fn session(&self) -> i64 {
        self.session
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // One that stays is old one day.
        let _ = fs::remove_file(&self.path);
    }
}

fn name(session: i64) -> String {
    format!("{session:016x}")
}

/// Says why an owner certainly is gone, by its seat in a folder where its process cannot be found from here.
pub(super) fn gone(folder: &Path, owner: &Owner) -> Option<&'static str> {
    match is_taken(folder, owner) {
        Some(true) => None,
        Some(false) => Some("its process went away"),
        None => owner::gone(owner),
    }
}

/// Says whether an owner certainly lives.
pub(super) fn lives(folder: &Path, owner: &Owner) -> bool {
    is_taken(folder, owner).unwrap_or_else(|| owner::lives(owner))
}

/// Says whether the seat of an owner is taken; `None` where there is none, and where its process is known better.
fn is_taken(folder: &Path, owner: &Owner) -> Option<bool> {
    if owner.session == 0 || !owner::is_beside(owner) {
        return None;
    }
    is_locked(&folder.join(name(owner.session)))
}

fn is_locked(path: &Path) -> Option<bool> {
    let file = fs::symlink_metadata(path).ok()?;
    if !file.is_file() {
        return None;
    }
    match File::open(path).ok()?.try_lock_shared() {
        Ok(()) => Some(false),
        Err(fs::TryLockError::WouldBlock) => Some(true),
        Err(fs::TryLockError::Error(_)) => None,
    }
}

/// Removes what processes left that ended without a word.
fn tidy(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let is_old = fs::symlink_metadata(&path)
            .and_then(|file| file.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > OLD));
        if is_old && is_locked(&path) == Some(false) {
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    /// This process as somebody in another container would have to judge it; `None` where there are none.
    fn beside(session: i64) -> Option<Owner> {
        let here = owner::this_process();
        (here.space != 0).then(|| Owner {
            space: here.space + 1,
            process: u32::MAX - 1,
            session,
            ..here
        })
    }

    #[test]
    fn an_owner_in_another_container_lives_as_long_as_its_seat_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let seat = Seat::take(folder.path()).unwrap();
        let Some(same_name) = beside(seat.session()) else {
            return;
        };
        let other_name = Owner {
            host: "another".into(),
            ..same_name.clone()
        };
        let owners = [same_name, other_name];
        for owner in &owners {
            assert_eq!(gone(folder.path(), owner), None);
            assert!(lives(folder.path(), owner));
        }
        let other = Seat::take(folder.path()).unwrap();
        assert_ne!(other.session(), seat.session());
        // As it is left by a process that is killed.
        let path = seat.path.clone();
        drop(seat);
        assert!(!path.exists());
        fs::write(&path, "").unwrap();
        for owner in &owners {
            assert_eq!(gone(folder.path(), owner), Some("its process went away"));
            assert!(!lives(folder.path(), owner));
        }
    }

    #[test]
    fn without_a_seat_an_owner_is_judged_by_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let Some(owner) = beside(7) else {
            return;
        };
        assert_eq!(gone(folder.path(), &owner), owner::gone(&owner));
        let renamed = Owner {
            host: "another".into(),
            ..owner
        };
        assert_eq!(gone(folder.path(), &renamed), None);
        assert!(!lives(folder.path(), &renamed));
    }

    #[test]
    fn a_process_of_the_same_container_is_known_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let seat = Seat::take(folder.path()).unwrap();
        let here = owner::this_process();
        let dead = Owner {
            process: u32::MAX - 1,
            session: seat.session(),
            ..here
        };
        // A child that it left may still hold its file open.
        assert_eq!(gone(folder.path(), &dead), owner::gone(&dead));
    }

    #[test]
    fn only_old_seats_that_nobody_holds_are_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let held = Seat::take(folder.path()).unwrap();
        let (left, fresh) = (folder.path().join("left"), folder.path().join("fresh"));
        fs::write(&left, "").unwrap();
        fs::write(&fresh, "").unwrap();
        for path in [&held.path, &left] {
            let file = File::options().append(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - 2 * OLD).unwrap();
        }
        tidy(folder.path());
        let there = [&held.path, &left, &fresh].map(|path| path.exists());
        assert_eq!(there, [true, false, true]);
    }
}
