//! The bytes of one interactive channel, whatever carries them.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;

/// A two-way stream of bytes with a device's command line at the other end. Dropping it closes it.
#[async_trait]
pub(crate) trait Pipe: Debug + Send + Sync {
    /// Waits for bytes and appends them to the buffer; returns how many, 0 at the end of the stream.
    ///
    /// Cancel safe: a call that is dropped before it returns has taken nothing out of the stream.
    ///
    /// # Errors
    /// `ConnectionLost`.
    async fn read(&mut self, buffer: &mut Vec<u8>) -> Result<usize>;

    /// Takes what the device has said beside the stream, on its error stream, since the last call.
    fn take_errors(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Sends all of the bytes.
    ///
    /// # Errors
    /// `ConnectionLost`.
    async fn write(&mut self, bytes: &[u8]) -> Result<()>;
}
