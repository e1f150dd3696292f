//! How is a file of a bundle read again, after all were checked? The file can have changed since: it is checked again.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use serde::de::DeserializeOwned;

use super::scan::{Slice, damaged};
use crate::error::Result;
use crate::event::Event;
use crate::id::Digest;
use crate::store::exchange::{file_error, refused};
use crate::store::lines;

/// The longest line of a log.
const LINE: u64 = 64 << 20;
/// Events that are read at once.
const CHUNK: usize = 1000;

/// Reads a whole file of a bundle. Blocking.
///
/// # Errors
/// `Corrupt` when it is not what it was; `Storage`.
pub(super) fn whole(path: &Path, name: &str, slice: &Slice) -> Result<Vec<u8>> {
    let unreadable = |error| file_error(path, error);
    let mut file = File::open(path).map_err(unreadable)?;
    file.seek(SeekFrom::Start(slice.offset))
        .map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(slice.bytes)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if Digest::of(&bytes) == slice.sha256 {
        return Ok(bytes);
    }
    Err(damaged(name))
}

/// Reads the values of a list. Blocking.
///
/// # Errors
/// `InvalidInput` for a line that is none; those of [`whole`].
pub(super) fn list<T: DeserializeOwned>(path: &Path, name: &str, slice: &Slice) -> Result<Vec<T>> {
    let bytes = whole(path, name, slice)?;
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| lines::decode(line).ok_or_else(|| bad_line(name)))
        .collect()
}

fn bad_line(name: &str) -> crate::error::Error {
    refused("a line of a bundle cannot be read").with("entry", name.escape_debug())
}

/// The log of a run, read some events at a time.
pub(super) struct Log {
    reader: std::io::Take<BufReader<File>>,
    next: u64,
}

impl Log {
    /// Opens the log. Blocking.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn open(path: &Path, slice: &Slice) -> Result<Self> {
        let unreadable = |error| file_error(path, error);
        let mut file = File::open(path).map_err(unreadable)?;
        file.seek(SeekFrom::Start(slice.offset))
            .map_err(unreadable)?;
        Ok(Self {
            reader: BufReader::new(file).take(slice.bytes),
            next: 1,
        })
    }

    /// Reads the next events; none at the end. Blocking.
    ///
    /// # Errors
    /// `InvalidInput` for a line that is none, or a hole in the log; `Storage`.
    pub(super) fn some(&mut self) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        while events.len() < CHUNK {
            let Some(event) = self.one()? else { break };
            if event.sequence != self.next {
                return Err(refused("the log of a run has a hole").with("sequence", self.next));
            }
            self.next += 1;
            events.push(event);
        }
        Ok(events)
    }

    fn one(&mut self) -> Result<Option<Event>> {
        let mut line = Vec::new();
        let mut limited = self.reader.by_ref().take(LINE);
        limited
            .read_until(b'\n', &mut line)
            .map_err(|error| file_error(Path::new(super::layout::EVENTS), error))?;
        if line.is_empty() {
            return Ok(None);
        }
        let event = lines::decode(&line).ok_or_else(|| bad_line(super::layout::EVENTS))?;
        Ok(Some(event))
    }
}
