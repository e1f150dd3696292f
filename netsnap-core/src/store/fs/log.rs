//! How is an append-only log kept in a file? A [line](crate::store::lines) an entry.
//!
//! A line counts when it ends in a newline and its checksum fits. What a crash tore can only stand at the end: it is not
//! read, and the next append cuts it off. Damage before a line that counts is never cut; reading it is `Corrupt`.
//!
//! Lines of several kinds can share a file; who reads one kind passes over the others.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::durable::{self, storage};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Durability;
pub(super) use crate::store::lines::encode;
use crate::store::lines::{counts, decode};

/// A kind of lines.
pub(super) trait Line: DeserializeOwned {
    /// Says whether a line is of this kind, by how it begins.
    fn is(line: &[u8]) -> bool;
}

/// How much is read at once while looking for a line.
const WINDOW: u64 = 16 * 1024;

/// A log that is written to. All calls are made under the lock of what it belongs to.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    /// Where the last line that counts ends, as far as this process knows; `None` before it looked.
    end: Option<u64>,
}

impl LogFile {
    /// Opens a log, and makes it when it is missing.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        let file = durable::open_log(&path).map_err(|error| storage(&path, error))?;
        let end = None;
        Ok(Self { path, file, end })
    }

    /// Cuts off a torn tail and returns the length of what is left, and whether anybody else changed it since the last call.
    ///
    /// # Errors
    /// `Corrupt` when the log is damaged before its end; `Storage`.
    pub(super) fn look(&mut self) -> Result<(u64, Look)> {
        let inspect = |error| storage(&self.path, error);
        let length = self.file.metadata().map_err(inspect)?.len();
        if self.end == Some(length) {
            return Ok((length, Look::Before));
        }
        let end = self.repaired(length)?;
        self.end = Some(end);
        Ok((end, Look::Anew))
    }

    fn repaired(&mut self, length: u64) -> Result<u64> {
        let inspect = |error| storage(&self.path, error);
        let line = line_before(&mut self.file, length).map_err(inspect)?;
        if length == 0 || counts(&line) {
            return Ok(length);
        }
        let end = Lines::<Anything>::open(&self.path, 0)?.valid_end()?;
        self.file.set_len(end).map_err(inspect)?;
        self.file.sync_all().map_err(inspect)?;
        Ok(end)
    }

    /// Appends lines behind the last one that counts. A failed append leaves the log as it was, as far as the file system lets
    /// it.
    ///
    /// # Errors
    /// `Corrupt` when the log is damaged before its end; `Storage`.
    pub(super) fn append(&mut self, lines: &[u8], durability: Durability) -> Result<()> {
        let (end, _) = self.look()?;
        self.append_at(end, lines, durability)
    }

    /// Like [`append`](Self::append) where nobody wrote since the caller looked, who knows the length.
    pub(super) fn append_at(
        &mut self,
        end: u64,
        lines: &[u8],
        durability: Durability,
    ) -> Result<()> {
        if let Err(error) = self.write(lines, durability) {
            // Best effort: when even this fails, the next append finds the torn tail.
            let _ = self.file.set_len(end);
            self.end = None;
            return Err(storage(&self.path, error));
        }
        self.end = Some(end + lines.len() as u64);
        Ok(())
    }

    fn write(&mut self, lines: &[u8], durability: Durability) -> io::Result<()> {
        self.file.write_all(lines)?;
        if durability == Durability::Durable {
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// Makes everything that was appended survive power loss.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn sync(&self) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|error| storage(&self.path, error))
    }

    /// Returns the last line of a kind.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn last<T: Line>(&mut self) -> Result<Option<T>> {
        let (mut end, _) = self.look()?;
        while end > 0 {
            let line = line_before(&mut self.file, end);
            let line = line.map_err(|error| storage(&self.path, error))?;
            if T::is(&line) {
                return decode(&line).map(Some).ok_or_else(|| damaged(&self.path));
            }
            end -= line.len() as u64;
        }
        Ok(None)
    }
}

/// Whether a log is as this process left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Before,
    Anew,
}

/// A line of any kind.
#[derive(serde::Deserialize)]
struct Anything {}

impl Line for Anything {
    fn is(_: &[u8]) -> bool {
        true
    }
}

/// Reads what stands between the last newline but one before `end` and `end`.
fn line_before(file: &mut File, end: u64) -> io::Result<Vec<u8>> {
    let mut window = WINDOW;
    loop {
        let start = end.saturating_sub(window);
        let length = usize::try_from(end - start).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut bytes)?;
        let before_last = bytes.len().saturating_sub(1);
        if let Some(newline) = bytes[..before_last].iter().rposition(|byte| *byte == b'\n') {
            return Ok(bytes.split_off(newline + 1));
        }
        if start == 0 {
            return Ok(bytes);
        }
        window *= 2;
    }
}

fn damaged(path: &Path) -> Error {
    Error::new(ErrorKind::Corrupt, "a log is damaged before its end")
        .with("path", path.display())
        .hint("restore the file from a copy; lines before the damage are intact")
}

/// Reads the lines of a log, in order, up to the last that counts.
#[derive(Debug)]
pub(super) struct Lines<'a, T> {
    path: &'a Path,
    reader: BufReader<File>,
    position: u64,
    kind: std::marker::PhantomData<T>,
}

impl<'a, T: Line> Lines<'a, T> {
    /// Opens a log at the start of a line.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn open(path: &'a Path, position: u64) -> Result<Self> {
        let open = || {
            let mut file = durable::open(path)?;
            file.seek(SeekFrom::Start(position))?;
            Ok(file)
        };
        let file = open().map_err(|error| storage(path, error))?;
        Ok(Self {
            path,
            reader: BufReader::with_capacity(64 * 1024, file),
            position,
            kind: std::marker::PhantomData,
        })
    }

    /// Returns the next value, or `None` at the end of what counts.
    ///
    /// # Errors
    /// `Corrupt` when a line that counts stands behind one that does not; `Storage`.
    pub(super) fn next(&mut self) -> Result<Option<T>> {
        let mut line = Vec::new();
        loop {
            self.line(&mut line)?;
            if line.is_empty() {
                return Ok(None);
            }
            if !T::is(&line) && counts(&line) {
                self.position += line.len() as u64;
                continue;
            }
            return match decode(&line) {
                Some(value) => {
                    self.position += line.len() as u64;
                    Ok(Some(value))
                }
                // The writer is about to end this line, or never will.
                None if !line.ends_with(b"\n") => Ok(None),
                None => self.torn().map(|()| None),
            };
        }
    }

    /// Hands over each line that counts as it stands there, of whatever kind, and returns where the last one ends.
    ///
    /// # Errors
    /// `Corrupt` when a line that counts stands behind one that does not; `Storage`.
    pub(super) fn each(&mut self, mut take: impl FnMut(&[u8])) -> Result<u64> {
        let mut line = Vec::new();
        loop {
            self.line(&mut line)?;
            if !counts(&line) {
                break;
            }
            take(&line);
            self.position += line.len() as u64;
        }
        if line.ends_with(b"\n") {
            self.torn()?;
        }
        Ok(self.position)
    }

    /// Reads the next line into a buffer.
    fn line(&mut self, line: &mut Vec<u8>) -> Result<()> {
        line.clear();
        let read = self.reader.read_until(b'\n', line);
        read.map(drop).map_err(|error| storage(self.path, error))
    }

    /// Makes sure that nothing behind a line that does not count does.
    fn torn(&mut self) -> Result<()> {
        let mut line = Vec::new();
        loop {
            self.line(&mut line)?;
            if line.is_empty() {
                return Ok(());
            }
            if counts(&line) {
                return Err(damaged(self.path));
            }
        }
    }

    fn valid_end(mut self) -> Result<u64> {
        while self.next()?.is_some() {}
        Ok(self.position)
    }
}

/// Reads a whole log; one that was never written is empty.
///
/// # Errors
/// `Corrupt`; `Storage`.
pub(super) fn read_all<T: Line>(path: &Path) -> Result<Vec<T>> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(Vec::new());
    }
    let mut lines = Lines::open(path, 0)?;
    let mut values = Vec::new();
    while let Some(value) = lines.next()? {
        values.push(value);
    }
    Ok(values)
}

/// Returns the last line of a kind, and leaves a torn tail as it is.
///
/// # Errors
/// `Corrupt`; `Storage`.
pub(super) fn last<T: Line>(path: &Path) -> Result<Option<T>> {
    let mut end = length(path)?;
    if !ends_whole(path, end)? {
        end = Lines::<Anything>::open(path, 0)?.valid_end()?;
    }
    let refused = |error| storage(path, error);
    let mut file = durable::open(path).map_err(refused)?;
    while end > 0 {
        let line = line_before(&mut file, end).map_err(refused)?;
        if T::is(&line) {
            return decode(&line).map(Some).ok_or_else(|| damaged(path));
        }
        end -= line.len() as u64;
    }
    Ok(None)
}

fn length(path: &Path) -> Result<u64> {
    let length = durable::open(path).and_then(|file| Ok(file.metadata()?.len()));
    length.map_err(|error| storage(path, error))
}

fn ends_whole(path: &Path, end: u64) -> Result<bool> {
    let line = durable::open(path).and_then(|mut file| line_before(&mut file, end));
    let line = line.map_err(|error| storage(path, error))?;
    Ok(counts(&line))
}

/// Finds the start of a line at or before the first whose rank is `wanted` or more, in a log sorted by rank.
///
/// Halves the file instead of reading it, so that the end of a long log is near.
///
/// # Errors
/// `Storage`.
pub(super) fn seek<T: Line>(path: &Path, wanted: u64, rank: fn(&T) -> u64) -> Result<u64> {
    let probe = || {
        let mut file = durable::open(path)?;
        let (mut low, mut high) = (0, file.metadata()?.len());
        while high - low > WINDOW {
            let middle = low + (high - low) / 2;
            match line_after(&mut file, middle..high)? {
                Some((start, value)) if rank(&value) <= wanted => low = start,
                _ => high = middle,
            }
        }
        Ok(low)
    };
    probe().map_err(|error| storage(path, error))
}

/// Reads the first line of a kind that starts in a range, behind its first byte.
fn line_after<T: Line>(
    file: &mut File,
    range: std::ops::Range<u64>,
) -> io::Result<Option<(u64, T)>> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    let mut start = range.start + reader.read_until(b'\n', &mut line)? as u64;
    while start < range.end {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)? as u64;
        if T::is(&line) {
            return Ok(decode(&line).map(|value| (start, value)));
        }
        start += length.max(1);
    }
    Ok(None)
}
