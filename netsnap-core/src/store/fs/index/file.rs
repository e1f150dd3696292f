//! How do rows stand in a file? A header, then frames: length, checksum, entry. What a crash tore stands at the end and is
//! cut by the next who appends.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::row::Entry;
use crate::store::fs::{durable, layout};

/// Says what the file is; another format has another number.
const HEADER: &[u8; 16] = b"netsnap index 2\n";
/// Length and checksum.
const FRAME: usize = 8;

/// The file of the index, open.
#[derive(Debug)]
pub(super) struct IndexFile {
    path: PathBuf,
    file: File,
    /// Everything before was taken in.
    read: u64,
}

/// Whether the file is the one that is open, and how much of it is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// Entries were appended.
    Grown,
    /// It is another file, a shorter one, or gone.
    Replaced,
}

/// The entries of some bytes, and how many of the bytes they are.
pub(super) struct Entries<'a> {
    bytes: &'a [u8],
    read: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, read: 0 }
    }

    /// Returns the length of what counts.
    pub(super) fn valid(&self) -> u64 {
        self.read as u64
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let rest = &self.bytes[self.read..];
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (checksum, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let body = rest.get(..length)?;
        if length == 0 || crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let entry = postcard::from_bytes(body).ok()?;
        self.read += FRAME + length;
        Some(entry)
    }
}

/// Writes entries as frames.
pub(super) fn encode<'a>(entries: impl IntoIterator<Item = &'a Entry<'a>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        push(&mut bytes, entry);
    }
    bytes
}

fn push(bytes: &mut Vec<u8>, entry: &Entry<'_>) {
    let body = postcard::to_stdvec(entry).expect("numbers and texts can be written");
    let length = u32::try_from(body.len()).expect("a row is small");
    bytes.extend(length.to_le_bytes());
    bytes.extend(crc32fast::hash(&body).to_le_bytes());
    bytes.extend(body);
}

impl IndexFile {
    /// Opens an index and returns the bytes of its entries; `None` when there is none of this format.
    pub(super) fn open(path: &Path) -> io::Result<Option<(Self, Vec<u8>)>> {
        let mut file = match durable::open_to_append(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            // It is derived: whatever stands there instead gives way to a new one.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(None),
            // That of another user may be closed where the runs are not.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
            file => file?,
        };
        let mut header = [0; HEADER.len()];
        match file.read_exact(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        if header != *HEADER {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let read = HEADER.len() as u64;
        let path = path.to_owned();
        Ok(Some((Self { path, file, read }, bytes)))
    }

    /// Puts a new file in the place of the old one, whole and durable.
    pub(super) fn create<'a>(
        root: &Path,
        entries: impl Iterator<Item = Entry<'a>>,
    ) -> io::Result<Self> {
        let path = layout::index(root);
        let mut read = HEADER.len() as u64;
        durable::swap_written(root, &path, |file| {
            file.write_all(HEADER)?;
            let mut frame = Vec::new();
            for entry in entries {
                frame.clear();
                push(&mut frame, &entry);
                file.write_all(&frame)?;
                read += frame.len() as u64;
            }
            Ok(())
        })?;
        let file = durable::open_to_append(&path)?;
        Ok(Self { path, file, read })
    }

    /// Says that bytes were taken in.
    pub(super) fn advance(&mut self, bytes: u64) {
        self.read += bytes;
    }

    /// Looks whether somebody else wrote.
    pub(super) fn change(&self) -> Change {
        let Ok(now) = fs::symlink_metadata(&self.path) else {
            return Change::Replaced;
        };
        let same = self
            .file
            .metadata()
            .is_ok_and(|opened| durable::is_same(&opened, &now));
        match now.len().cmp(&self.read) {
            _ if !same => Change::Replaced,
            std::cmp::Ordering::Less => Change::Replaced,
            std::cmp::Ordering::Equal => Change::None,
            std::cmp::Ordering::Greater => Change::Grown,
        }
    }

    /// Returns the bytes that were not taken in.
    pub(super) fn news(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(self.read))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Appends frames behind what was taken in; anything there was torn. The caller holds the lock of the store and has taken in
    /// what is new.
    pub(super) fn append(&mut self, frames: &[u8]) -> io::Result<()> {
        if self.file.metadata()?.len() != self.read {
            self.file.set_len(self.read)?;
        }
        if let Err(error) = self.file.write_all(frames) {
            // Best effort: what stays is torn, and the next append cuts it.
            let _ = self.file.set_len(self.read);
            return Err(error);
        }
        self.read += frames.len() as u64;
        Ok(())
    }

    /// Makes what was appended survive power loss.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// A medium that refuses to write, as a full one does.
#[cfg(test)]
impl IndexFile {
    pub(super) fn refuse_to_write(&mut self) {
        self.file = File::open(&self.path).unwrap();
    }

    pub(super) fn write_again(&mut self) {
        self.file = durable::open_to_append(&self.path).unwrap();
    }
}
