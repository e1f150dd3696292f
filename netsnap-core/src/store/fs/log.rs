//! How is an append-only log kept in a file? One JSON object a line, whose last field is a checksum of the line.
//!
//! A line counts when it ends in a newline and its checksum fits. What a crash tore can only stand at the end: it is not
//! read, and the next append cuts it off. Damage before a line that counts is never cut; reading it is `Corrupt`.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::durable::{self, storage};
use crate::error::{Error, ErrorKind, Result};
use crate::store::Durability;

const FIELD: &str = ",\"crc32\":\"";
/// `,"crc32":"01234567"}`
const TRAILER: usize = FIELD.len() + 8 + 2;
/// How much is read at once while looking for a line.
const WINDOW: u64 = 16 * 1024;

/// Writes a value as a line.
///
/// # Errors
/// `Internal` when it is no JSON object.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value).map_err(not_json)?;
    debug_assert!(line.len() > 2, "only objects with fields are logged");
    line.pop();
    let checksum = crc32fast::hash(&line);
    line.extend_from_slice(format!("{FIELD}{checksum:08x}\"}}\n").as_bytes());
    Ok(line)
}

fn not_json(source: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
}

/// Reads a line, newline included; `None` when it does not count.
pub(super) fn decode<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let line = line.strip_suffix(b"\n")?;
    let (body, trailer) = line.split_at_checked(line.len().checked_sub(TRAILER)?)?;
    let digits = trailer
        .strip_prefix(FIELD.as_bytes())?
        .strip_suffix(b"\"}")?;
    let expected = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    if crc32fast::hash(body) != expected {
        return None;
    }
    serde_json::from_slice(line).ok()
}

/// Appends lines behind the last one that counts. The caller holds the lock of the run.
///
/// A failed append leaves the log as it was, as far as the file system lets it.
///
/// # Errors
/// `Corrupt` when the log is damaged before its end; `Storage`.
pub(super) fn append(path: &Path, lines: &[u8], durability: Durability) -> Result<()> {
    let mut file = open_for_append(path).map_err(|error| storage(path, error))?;
    let end = repaired_end(path, &mut file)?;
    if let Err(error) = write(&mut file, lines, durability) {
        // Best effort: when even this fails, the next append finds the torn tail.
        let _ = file.set_len(end);
        return Err(storage(path, error));
    }
    Ok(())
}

fn write(file: &mut File, lines: &[u8], durability: Durability) -> io::Result<()> {
    file.write_all(lines)?;
    if durability == Durability::Durable {
        file.sync_data()?;
    }
    Ok(())
}

fn open_for_append(path: &Path) -> io::Result<File> {
    match durable::regular(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    durable::private()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
}

/// Returns the last line that counts, after cutting off a torn tail. The caller holds the lock of the run.
///
/// # Errors
/// `Corrupt` when the log is damaged before its end; `Storage`.
pub(super) fn last<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let mut file = open_for_append(path).map_err(|error| storage(path, error))?;
    let end = repaired_end(path, &mut file)?;
    let line = line_before(&mut file, end).map_err(|error| storage(path, error))?;
    if line.is_empty() {
        return Ok(None);
    }
    decode(&line).map(Some).ok_or_else(|| damaged(path))
}

/// Cuts off a torn tail and returns the length of what is left.
fn repaired_end(path: &Path, file: &mut File) -> Result<u64> {
    let inspect = |error| storage(path, error);
    let length = file.metadata().map_err(inspect)?.len();
    let line = line_before(file, length).map_err(inspect)?;
    if length == 0 || decode::<serde_json::Value>(&line).is_some() {
        return Ok(length);
    }
    let end = Lines::<serde_json::Value>::open(path, 0)?.valid_end()?;
    file.set_len(end).map_err(inspect)?;
    file.sync_all().map_err(inspect)?;
    Ok(end)
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

impl<'a, T: DeserializeOwned> Lines<'a, T> {
    /// Opens a log at the start of a line.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn open(path: &'a Path, position: u64) -> Result<Self> {
        let open = || {
            durable::regular(path)?;
            let mut file = File::open(path)?;
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
        let line = self.line()?;
        if line.is_empty() {
            return Ok(None);
        }
        match decode(&line) {
            Some(value) => {
                self.position += line.len() as u64;
                Ok(Some(value))
            }
            // The writer is about to end this line, or never will.
            None if !line.ends_with(b"\n") => Ok(None),
            None => self.torn().map(|()| None),
        }
    }

    fn line(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        self.reader
            .read_until(b'\n', &mut line)
            .map_err(|error| storage(self.path, error))?;
        Ok(line)
    }

    /// Makes sure that nothing behind a line that does not count does.
    fn torn(&mut self) -> Result<()> {
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(());
            }
            if decode::<T>(&line).is_some() {
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
pub(super) fn read_all<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    if !fs::exists(path).map_err(|error| storage(path, error))? {
        return Ok(Vec::new());
    }
    let mut lines = Lines::open(path, 0)?;
    let mut values = Vec::new();
    while let Some(value) = lines.next()? {
        values.push(value);
    }
    Ok(values)
}

/// Finds the start of a line at or before the first whose rank is `wanted` or more, in a log sorted by rank.
///
/// Halves the file instead of reading it, so that the end of a long log is near.
///
/// # Errors
/// `Storage`.
pub(super) fn seek<T: DeserializeOwned>(
    path: &Path,
    wanted: u64,
    rank: fn(&T) -> u64,
) -> Result<u64> {
    let probe = || {
        durable::regular(path)?;
        let mut file = File::open(path)?;
        let (mut low, mut high) = (0, file.metadata()?.len());
        while high - low > WINDOW {
            let middle = low + (high - low) / 2;
            let (start, line) = line_after(&mut file, middle)?;
            match decode::<T>(&line) {
                Some(value) if start < high && rank(&value) <= wanted => low = start,
                _ => high = middle,
            }
        }
        Ok(low)
    };
    probe().map_err(|error| storage(path, error))
}

/// Reads the first line that starts behind a position.
fn line_after(file: &mut File, position: u64) -> io::Result<(u64, Vec<u8>)> {
    file.seek(SeekFrom::Start(position))?;
    let mut reader = BufReader::new(file);
    let mut rest = Vec::new();
    let start = position + reader.read_until(b'\n', &mut rest)? as u64;
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    Ok((start, line))
}
