//! How does one file stand in a tar file? A header of 512 bytes, the content, and zeros up to the next 512.

use sha2::{Digest as _, Sha256};

use super::ManifestFile;
use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;
use crate::store::exchange::export::Sink;

const BLOCK: u64 = 512;
/// What a tar file ends with.
pub(super) const END: [u8; 1024] = [0; 1024];

/// A file that is being written, of a size that is known.
pub(super) struct Entry {
    path: String,
    size: u64,
    written: u64,
    hasher: Sha256,
}

impl Entry {
    /// Writes the header. It tells nothing of this machine: same content, same bytes.
    ///
    /// # Errors
    /// `Internal` for a path that is too long; `Storage`.
    pub(super) async fn begin(path: String, size: u64, sink: &mut Sink<'_>) -> Result<Self> {
        let header = header(&path, size)?;
        sink.write(header.as_bytes()).await?;
        Ok(Self {
            path,
            size,
            written: 0,
            hasher: Sha256::new(),
        })
    }

    /// Writes some of the content.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) async fn write(&mut self, bytes: &[u8], sink: &mut Sink<'_>) -> Result<()> {
        self.hasher.update(bytes);
        self.written += bytes.len() as u64;
        sink.write(bytes).await
    }

    /// Ends the file.
    ///
    /// # Errors
    /// `Conflict` when the content is not of the size that was said; `Storage`.
    pub(super) async fn end(self, sink: &mut Sink<'_>) -> Result<ManifestFile> {
        if self.written != self.size {
            return Err(
                Error::new(ErrorKind::Conflict, "the run was changed while it was read")
                    .with("path", self.path)
                    .hint("export it again"),
            );
        }
        let padding = (BLOCK - self.size % BLOCK) % BLOCK;
        sink.write(&END[..usize::try_from(padding).unwrap_or_default()])
            .await?;
        Ok(ManifestFile {
            path: self.path,
            bytes: self.size,
            sha256: Digest::from_sha256(self.hasher.finalize().into()),
        })
    }
}

fn header(path: &str, size: u64) -> Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header
        .set_path(path)
        .map_err(|source| Error::new(ErrorKind::Internal, "a path is too long").because(source))?;
    header.set_size(size);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    Ok(header)
}

/// Writes a whole file.
///
/// # Errors
/// `Storage`.
pub(super) async fn write(path: String, bytes: &[u8], sink: &mut Sink<'_>) -> Result<ManifestFile> {
    let mut entry = Entry::begin(path, bytes.len() as u64, sink).await?;
    entry.write(bytes, sink).await?;
    entry.end(sink).await
}
