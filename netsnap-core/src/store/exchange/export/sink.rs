//! Where do the bytes of an export go?

use std::io::{Read as _, Seek as _, Write};

use sha2::{Digest as _, Sha256};
use tempfile::SpooledTempFile;
use tokio::sync::mpsc;

use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;

/// Bytes that are gathered before they are handed on.
const BUFFER: usize = 64 * 1024;
/// Bytes of a run that are held in memory until the run is whole; what is longer waits in a file without a name.
const HELD: usize = 4 * 1024 * 1024;

enum Target<'a> {
    Writer(&'a mut (dyn Write + Send)),
    /// A thread that writes a file.
    Thread(mpsc::Sender<Vec<u8>>),
}

/// Takes the bytes of an export, counts and hashes them.
pub(in crate::store::exchange) struct Sink<'a> {
    target: Target<'a>,
    waiting: Vec<u8>,
    hasher: Sha256,
    bytes: u64,
    held: Option<Held>,
}

/// What may still be taken back.
struct Held {
    spool: SpooledTempFile,
    /// How much was written before it.
    bytes: u64,
}

impl<'a> Sink<'a> {
    pub(super) fn writer(out: &'a mut (dyn Write + Send)) -> Self {
        Self::to(Target::Writer(out))
    }

    pub(super) fn thread(chunks: mpsc::Sender<Vec<u8>>) -> Self {
        Self::to(Target::Thread(chunks))
    }

    fn to(target: Target<'a>) -> Self {
        Self {
            target,
            waiting: Vec::new(),
            hasher: Sha256::new(),
            bytes: 0,
            held: None,
        }
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// `Storage`; `StorageFull`.
    pub(in crate::store::exchange) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes += bytes.len() as u64;
        match &mut self.held {
            Some(held) => held.spool.write_all(bytes).map_err(unwritten),
            None => self.pass(bytes).await,
        }
    }

    /// Holds what is written from now on, until it is kept or taken back.
    pub(super) fn hold(&mut self) {
        self.held = Some(Held {
            spool: SpooledTempFile::new(HELD),
            bytes: self.bytes,
        });
    }

    /// Keeps what is held.
    ///
    /// # Errors
    /// `Storage`; `StorageFull`.
    pub(super) async fn keep(&mut self) -> Result<()> {
        let Some(Held { mut spool, .. }) = self.held.take() else {
            return Ok(());
        };
        spool.rewind().map_err(unwritten)?;
        let mut bytes = vec![0; BUFFER];
        loop {
            let read = spool.read(&mut bytes).map_err(unwritten)?;
            if read == 0 {
                return Ok(());
            }
            self.pass(&bytes[..read]).await?;
        }
    }

    /// Forgets what is held.
    pub(super) fn take_back(&mut self) {
        if let Some(held) = self.held.take() {
            self.bytes = held.bytes;
        }
    }

    async fn pass(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() < BUFFER {
            return Ok(());
        }
        self.hand_on().await
    }

    /// Hands on what waits.
    ///
    /// # Errors
    /// `Storage`; `StorageFull`.
    pub(super) async fn flush(&mut self) -> Result<()> {
        self.hand_on().await?;
        match &mut self.target {
            Target::Writer(out) => out.flush().map_err(unwritten),
            Target::Thread(_) => Ok(()),
        }
    }

    async fn hand_on(&mut self) -> Result<()> {
        let bytes = std::mem::take(&mut self.waiting);
        match &mut self.target {
            Target::Writer(out) => out.write_all(&bytes).map_err(unwritten),
            // Why the thread is gone is said by its result.
            Target::Thread(chunks) => chunks
                .send(bytes)
                .await
                .map_err(|_| Error::new(ErrorKind::Storage, "the file is not written any more")),
        }
    }

    /// How many bytes were written.
    pub(in crate::store::exchange) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 of what was written.
    pub(super) fn digest(&self) -> Digest {
        Digest::from_sha256(self.hasher.clone().finalize().into())
    }
}

fn unwritten(error: std::io::Error) -> Error {
    let kind = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            ErrorKind::StorageFull
        }
        _ => ErrorKind::Storage,
    };
    Error::new(kind, "the export cannot be written").because(error)
}
