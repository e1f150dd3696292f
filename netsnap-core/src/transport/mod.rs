//! How a device is reached, and how it is known that what it said is whole.

#[cfg(feature = "ssh")]
mod known_hosts;
mod pipe;
mod reading;
pub mod replay;
pub(crate) mod secret;
mod shell;
#[cfg(feature = "ssh")]
mod ssh;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::{Answer, Device, Gap};
use crate::platform::Platform;

pub use reading::Reading;
#[cfg(feature = "ssh")]
pub use ssh::{ProofPreference, SshSession, SshTransport, Traffic};

/// Time and size limits of a connection. Every one of them is a clock of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Limits {
    /// Until the TCP connection stands.
    pub connect: Duration,
    /// From there until the server's SSH banner and key exchange are done.
    pub handshake: Duration,
    /// From there until the credentials are accepted.
    pub authentication: Duration,
    /// From there until the prompt is known.
    pub prompt: Duration,
    /// Without a single byte during a command.
    pub idle: Duration,
    /// For one command as a whole.
    pub total: Duration,
    /// Bytes of one output.
    pub output: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            handshake: Duration::from_secs(15),
            authentication: Duration::from_secs(20),
            prompt: Duration::from_secs(15),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(600),
            output: 64 << 20,
        }
    }
}

/// A way to reach devices.
#[async_trait]
pub trait Transport: std::fmt::Debug + Send + Sync {
    /// Connects, logs in and learns the prompt. Dropped half way, it leaves no socket.
    ///
    /// # Errors
    /// `NameResolution`, `ConnectionRefused`, `Unreachable`, `ConnectTimeout`, `BannerTimeout`, `ConnectionLost`,
    /// `AlgorithmMismatch`, `HostKeyUnknown`, `HostKeyChanged`, `HostKeyRevoked`, `AuthenticationRejected`,
    /// `AuthenticationTimeout`, `ChannelRefused`, `PromptNotFound`.
    async fn connect(
        &self,
        device: &Device,
        platform: &Arc<Platform>,
        limits: &Limits,
    ) -> Result<Box<dyn Session>>;
}

/// One login on one device: one command at a time.
///
/// After an error other than `InvalidInput`, `Unsupported` and `CommandRejected`, and after a call that was dropped half way,
/// the session is poisoned: every further call fails with `Desynchronised`. A wrong echo alone poisons only when a fresh fence
/// does not bring the session back into step.
#[async_trait]
pub trait Session: std::fmt::Debug + Send + Sync {
    /// Returns the host name that the device shows in its prompt.
    fn hostname(&self) -> &str;

    /// Runs one command outside configuration mode. A refusal by the device is an answer, not an error.
    ///
    /// # Errors
    /// `InvalidInput` for a command with a control character or in configuration mode; `CommandTimeout`, `OutputOverflow`, `ConnectionLost`,
    /// `Desynchronised`.
    async fn run(&mut self, command: &str) -> Result<Answer>;

    /// Runs one command as [`run`](Session::run) does, for a caller who wants only so much of its output, and says where something is
    /// missing. A session that knows no way to keep less returns all of it.
    ///
    /// # Errors
    /// As [`run`](Session::run); no `OutputOverflow` where it keeps less.
    async fn read(&mut self, command: &str, reading: &Reading) -> Result<(Answer, Option<Gap>)> {
        let _ = reading;
        self.run(command).await.map(|answer| (answer, None))
    }

    /// Enters configuration mode.
    ///
    /// # Errors
    /// As [`Session::run`]; `CommandRejected`; `Unsupported` for a platform without one.
    async fn configure(&mut self) -> Result<()>;

    /// Sends one configuration line and waits for its answer. A refusal by the device is an answer, not an error.
    /// The lines enter sections by their headers, as a person would type them.
    ///
    /// # Errors
    /// As [`Session::run`]; `InvalidInput` outside configuration mode, where the line would be a command. On every other error
    /// the effect is indeterminate.
    async fn line(&mut self, line: &str) -> Result<Answer>;

    /// Leaves configuration mode, from whatever section.
    ///
    /// # Errors
    /// As [`Session::run`].
    async fn leave(&mut self) -> Result<()>;

    /// Logs out and closes the socket. Never fails: what cannot be ended politely is ended.
    async fn close(self: Box<Self>);
}
