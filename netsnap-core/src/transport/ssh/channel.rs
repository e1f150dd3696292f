//! The interactive channel of a login, as a pipe.

use async_trait::async_trait;
use futures_util::FutureExt;
use russh::client::Msg;
use russh::{Channel, ChannelMsg};

use super::connection::Connection;
use super::errors;
use super::handler::Fate;
use crate::error::Result;
use crate::transport::pipe::Pipe;

/// Wide enough that no device wraps a line; high enough that none pages before paging is off.
const COLUMNS: u32 = 511;
const ROWS: u32 = 1000;

/// Kept of what a device says beside its output; more is no message.
const ERRORS: usize = 1 << 20;

/// Taken at once while there is more: what arrives together is read together.
const BATCH: usize = 256 << 10;

/// Whether the shell gets a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terminal {
    None,
    Vt100,
}

/// Opens the shell of the device. No terminal modes and no environment are sent.
///
/// # Errors
/// `ChannelRefused`, `ConnectionLost`.
pub(super) async fn open_shell(connection: &Connection, terminal: Terminal) -> Result<ShellPipe> {
    let channel = connection.channel().await?;
    let mut pipe = ShellPipe {
        channel,
        fate: connection.fate().clone(),
        early: Vec::new(),
        errors: Vec::new(),
        ended: false,
    };
    // Both requests go out together; their answers come back in order.
    let mut requests = vec!["the device gives no shell"];
    if terminal == Terminal::Vt100 {
        requests.insert(0, "the device gives no terminal");
        let asked = pipe
            .channel
            .request_pty(true, "vt100", COLUMNS, ROWS, 0, 0, &[]);
        asked
            .await
            .map_err(|error| errors::channel(error, &pipe.fate))?;
    }
    let asked = pipe.channel.request_shell(true).await;
    asked.map_err(|error| errors::channel(error, &pipe.fate))?;
    for refusal in requests {
        pipe.granted(refusal).await?;
    }
    Ok(pipe)
}

/// The interactive channel.
///
/// Without a terminal a device can have an error stream (recorded, FRR 8.4.4: `bgpd is not running`). The server reads it
/// by itself, so its bytes arrive before or behind the next prompt, and would hide that: they are kept apart.
#[derive(Debug)]
pub(super) struct ShellPipe {
    channel: Channel<Msg>,
    fate: Fate,
    /// What came before the answer to the request for the shell.
    early: Vec<u8>,
    errors: Vec<u8>,
    ended: bool,
}

impl ShellPipe {
    async fn granted(&mut self, refusal: &'static str) -> Result<()> {
        loop {
            match self.channel.wait().await {
                Some(ChannelMsg::Success) => return Ok(()),
                Some(ChannelMsg::Failure | ChannelMsg::Close) => {
                    return Err(errors::refused(refusal));
                }
                Some(ChannelMsg::Data { data }) => self.early.extend_from_slice(&data),
                Some(ChannelMsg::ExtendedData { data, .. }) => self.keep_errors(&data),
                Some(_) => {}
                None => return Err(errors::lost(&self.fate).during("ssh.channel")),
            }
        }
    }

    fn keep_errors(&mut self, bytes: &[u8]) {
        let room = ERRORS.saturating_sub(self.errors.len());
        self.errors
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn take(&mut self, message: Option<ChannelMsg>, buffer: &mut Vec<u8>) -> Result<()> {
        match message {
            Some(ChannelMsg::Data { data }) => buffer.extend_from_slice(&data),
            Some(ChannelMsg::ExtendedData { data, .. }) => self.keep_errors(&data),
            Some(ChannelMsg::Eof | ChannelMsg::Close) => self.ended = true,
            Some(_) => {}
            None if self.ended => {}
            None => return Err(errors::lost(&self.fate).during("ssh.read")),
        }
        Ok(())
    }
}

impl Drop for ShellPipe {
    /// Asks the device to end the shell, if that can be said without waiting. The end of the connection says it too.
    fn drop(&mut self) {
        let _ = self.channel.close().now_or_never();
    }
}

#[async_trait]
impl Pipe for ShellPipe {
    async fn read(&mut self, buffer: &mut Vec<u8>) -> Result<usize> {
        let before = buffer.len();
        buffer.append(&mut self.early);
        while buffer.len() == before && !self.ended {
            // Nothing is lost when dropped here: a message is taken out and appended without a pause.
            let message = self.channel.wait().await;
            self.take(message, buffer)?;
        }
        while buffer.len() - before < BATCH && !self.ended {
            match self.channel.wait().now_or_never() {
                Some(Some(message)) => self.take(Some(message), buffer)?,
                // The end is told by the next call, when what came before it was read.
                Some(None) | None => break,
            }
        }
        Ok(buffer.len() - before)
    }

    fn take_errors(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.errors)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let sent = self.channel.data_bytes(bytes.to_vec()).await;
        sent.map_err(|error| errors::lost(&self.fate).during("ssh.write").because(error))
    }
}
