//! How do the outputs of a run stand in one compressed file?
//!
//! ```text
//! netsnap pack 1\n          15 bytes
//! blocks                    zstd, each of some outputs one behind the other
//! directory                 zstd of JSON: the blocks, and where in them each output stands
//! offset, length, checksum  of the directory: 8, 8 and 4 bytes, little end first
//! netsnap\n                 8 bytes
//! ```
//!
//! Each block and the directory have a CRC-32; each output has its digest in the log as well.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::durable::{self, storage};
use super::layout;
use super::run::Run;
use crate::error::{Error, ErrorKind, Result};

const HEADER: &[u8; 15] = b"netsnap pack 1\n";
const FOOTER: &[u8; 8] = b"netsnap\n";
/// Behind the directory.
const TRAILER: usize = 8 + 8 + 4 + FOOTER.len();
/// A block holds outputs until they are so many bytes: what is alike compresses better together, and one output is read by
/// unpacking one block.
const BLOCK: usize = 256 * 1024;
/// The default of zstd.
const LEVEL: i32 = 3;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Directory {
    blocks: Vec<Block>,
    files: BTreeMap<String, Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Block {
    offset: u64,
    stored: usize,
    plain: usize,
    crc32: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    block: usize,
    start: usize,
    length: usize,
}

/// The block that was unpacked last.
type Unpacked = Mutex<Option<(usize, Arc<Vec<u8>>)>>;

/// A pack that is there.
#[derive(Debug)]
pub(super) struct Pack {
    path: PathBuf,
    file: Mutex<File>,
    metadata: Metadata,
    directory: Directory,
    unpacked: Unpacked,
}

impl Pack {
    /// Opens the pack of a run, if there is one.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn open(run: &Run) -> Result<Option<Self>> {
        let path = run.file(layout::PACK);
        let mut file = match durable::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(damaged(&path).because(error));
            }
            file => file.map_err(|error| storage(&path, error))?,
        };
        let metadata = file.metadata().map_err(|error| storage(&path, error))?;
        let directory =
            read_directory(&mut file, metadata.len()).map_err(|error| refused(&path, error))?;
        Ok(Some(Self {
            path,
            file: Mutex::new(file),
            metadata,
            directory,
            unpacked: Mutex::default(),
        }))
    }

    /// Says whether the pack of the run still is this one.
    pub(super) fn is_current(&self) -> bool {
        fs::symlink_metadata(&self.path).is_ok_and(|now| durable::is_same(&now, &self.metadata))
    }

    /// Says whether a file is in it.
    pub(super) fn holds(&self, file: &str) -> bool {
        self.directory.files.contains_key(file)
    }

    /// Returns the files that are in it.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.directory.files.keys().map(String::as_str)
    }

    /// Returns how many bytes it is.
    pub(super) fn length(&self) -> u64 {
        self.metadata.len()
    }

    /// Returns the bytes of a file.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn read(&self, file: &str) -> Result<Vec<u8>> {
        let place = self
            .directory
            .files
            .get(file)
            .ok_or_else(|| damaged(&self.path))?;
        let block = self
            .unpack(place.block)
            .map_err(|error| refused(&self.path, error))?;
        let end = place.start.saturating_add(place.length);
        let bytes = block
            .get(place.start..end)
            .ok_or_else(|| damaged(&self.path))?;
        Ok(bytes.to_vec())
    }

    fn unpack(&self, number: usize) -> io::Result<Arc<Vec<u8>>> {
        let mut last = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, bytes)) = last.as_ref()
            && *known == number
        {
            return Ok(Arc::clone(bytes));
        }
        let block = self.directory.blocks.get(number).ok_or_else(broken)?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = read_at(&mut file, block.offset, block.stored)?;
        if crc32fast::hash(&stored) != block.crc32 {
            return Err(broken());
        }
        let bytes = Arc::new(zstd::bulk::decompress(&stored, block.plain)?);
        *last = Some((number, Arc::clone(&bytes)));
        Ok(bytes)
    }
}

fn read_directory(file: &mut File, length: u64) -> io::Result<Directory> {
    let trailer_at = length.checked_sub(TRAILER as u64).ok_or_else(broken)?;
    let trailer = read_at(file, trailer_at, TRAILER)?;
    let header = read_at(file, 0, HEADER.len())?;
    if header != HEADER || !trailer.ends_with(FOOTER) {
        return Err(broken());
    }
    let number = |at: usize| {
        trailer[at..]
            .first_chunk::<8>()
            .copied()
            .map(u64::from_le_bytes)
    };
    let checksum = trailer[16..]
        .first_chunk::<4>()
        .copied()
        .map(u32::from_le_bytes);
    let (Some(offset), Some(stored), Some(checksum)) = (number(0), number(8), checksum) else {
        return Err(broken());
    };
    if offset.checked_add(stored) != Some(trailer_at) {
        return Err(broken());
    }
    let stored = usize::try_from(stored).map_err(|_| broken())?;
    let stored = read_at(file, offset, stored)?;
    if crc32fast::hash(&stored) != checksum {
        return Err(broken());
    }
    Ok(serde_json::from_slice(&zstd::stream::decode_all(
        &stored[..],
    )?)?)
}

fn read_at(file: &mut File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its checksums do not fit")
}

fn refused(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => {
            damaged(path).because(error)
        }
        _ => storage(path, error),
    }
}

fn damaged(path: &Path) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "the compressed outputs of a run are damaged",
    )
    .with("path", path.display())
    .hint("restore the file from a copy")
}

/// A pack that is being made.
#[derive(Debug)]
pub(super) struct Builder {
    bytes: Vec<u8>,
    open: Vec<u8>,
    directory: Directory,
}

impl Builder {
    /// Makes an empty one.
    pub(super) fn new() -> Self {
        Self {
            bytes: HEADER.to_vec(),
            open: Vec::new(),
            directory: Directory::default(),
        }
    }

    /// Adds a file.
    pub(super) fn add(&mut self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let place = Place {
            block: self.directory.blocks.len(),
            start: self.open.len(),
            length: bytes.len(),
        };
        self.directory.files.insert(file.to_owned(), place);
        self.open.extend_from_slice(bytes);
        if self.open.len() >= BLOCK {
            self.close()?;
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let stored = zstd::bulk::compress(&self.open, LEVEL)?;
        self.directory.blocks.push(Block {
            offset: self.bytes.len() as u64,
            stored: stored.len(),
            plain: self.open.len(),
            crc32: crc32fast::hash(&stored),
        });
        self.bytes.extend(stored);
        self.open.clear();
        Ok(())
    }

    /// Returns the bytes of the pack.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        if !self.open.is_empty() || self.directory.blocks.is_empty() {
            self.close()?;
        }
        let json = serde_json::to_vec(&self.directory)?;
        let stored = zstd::bulk::compress(&json, LEVEL)?;
        let offset = self.bytes.len() as u64;
        self.bytes.extend(&stored);
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend((stored.len() as u64).to_le_bytes());
        self.bytes.extend(crc32fast::hash(&stored).to_le_bytes());
        self.bytes.extend(FOOTER);
        Ok(self.bytes)
    }
}
