//! How long does the medium itself take for small files that are to survive power loss, with nothing of ours around them?

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Arguments, Outcome};

/// So many wait for the disk at once: a disk serves those who wait together faster than one after the other.
const THREADS: usize = 32;

/// A folder on the disk of the store, with files in it.
pub(crate) struct Files {
    folder: PathBuf,
    made: Vec<PathBuf>,
}

impl Files {
    /// Makes it, where the store is one of files.
    pub(crate) fn of(arguments: &Arguments) -> Outcome<Option<Self>> {
        if arguments.store.contains(':') {
            return Ok(None);
        }
        let folder = arguments
            .folder
            .join(format!("files-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let made = Vec::new();
        Ok(Some(Self { folder, made }))
    }

    /// Makes files, and says how long that took.
    pub(crate) fn make(&mut self, contents: &[Vec<u8>]) -> Outcome<Duration> {
        let start = Instant::now();
        for bytes in contents {
            let path = self.folder.join(format!("{}.txt", self.made.len()));
            File::create_new(&path)?.write_all(bytes)?;
            self.made.push(path);
        }
        Ok(start.elapsed())
    }

    /// Takes all of them to the disk, with their names, and says how long that took. The folder stays: what is removed makes the next
    /// files slower.
    pub(crate) fn settle(&self) -> Outcome<Duration> {
        let start = Instant::now();
        let next = AtomicUsize::new(0);
        let sync = || {
            let mine = || self.made.get(next.fetch_add(1, Ordering::Relaxed));
            std::iter::from_fn(mine).try_for_each(|path| File::open(path)?.sync_all())
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(sync)).collect();
            let mut joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
            joined.try_for_each(|synced| synced.map_err(|_| "a thread died")?.map_err(Into::into))
        })
        .and_then(|()| Ok(File::open(&self.folder)?.sync_all()?))
        .map(|()| start.elapsed())
    }
}
