//! How is a device reached over SSH?
//!
//! The socket and the decision about host keys are ours; the protocol between them is the library's, and none of its types
//! leave this folder. Whatever happens to a login (refused, late, given up by its caller), no socket stays behind.

mod agent;
mod algorithms;
mod authentication;
mod channel;
mod connection;
mod credentials;
mod errors;
mod exec;
mod handler;
mod host_keys;
mod session;
mod socket;

use std::sync::Arc;

use async_trait::async_trait;

pub use session::SshSession;
pub use socket::Traffic;

use super::{Limits, Session, Transport};
use crate::error::Result;
use crate::model::Device;
use crate::platform::Platform;

/// What proves an output on platforms that have both a fence and exec channels. Where there is no fence, the exec channel
/// proves, whatever is preferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProofPreference {
    /// The fence, in one shell: one login on the device, and the host name is learned.
    #[default]
    Fence,
    /// A channel for each command: with exit status, without a prompt. The shell is opened for configuration alone.
    Exec,
}

/// Reaches devices over SSH.
///
/// Cancel-safe: a [`Transport::connect`] that is dropped at any point leaves no socket.
#[derive(Clone, Copy, Debug, Default)]
pub struct SshTransport {
    preference: ProofPreference,
}

impl SshTransport {
    /// Chooses what proves outputs.
    #[must_use]
    pub fn prefer(preference: ProofPreference) -> Self {
        Self { preference }
    }

    /// Connects as [`Transport::connect`] does, and returns the session with its own methods.
    ///
    /// # Errors
    /// As [`Transport::connect`]; each names device, host and port, and has no effect on the device.
    pub async fn open(
        &self,
        device: &Device,
        platform: &Arc<Platform>,
        limits: &Limits,
    ) -> Result<SshSession> {
        let opened = SshSession::open(device, platform, limits, self.preference).await;
        opened.map_err(|error| errors::about(error, device))
    }
}

#[async_trait]
impl Transport for SshTransport {
    async fn connect(
        &self,
        device: &Device,
        platform: &Arc<Platform>,
        limits: &Limits,
    ) -> Result<Box<dyn Session>> {
        Ok(Box::new(self.open(device, platform, limits).await?))
    }
}
