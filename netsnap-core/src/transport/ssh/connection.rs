//! One login: from the socket to the accepted credentials, and back.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Handle, Msg};
use russh::{Channel, Disconnect, SshId};
use tokio::time::timeout;

use super::handler::{Fate, Gatekeeper};
use super::host_keys::HostKeys;
use super::socket::{self, KEEPALIVE, KEEPALIVE_PROBES, KillSwitch, Traffic};
use super::{algorithms, authentication, errors};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Device;
use crate::transport::Limits;

/// How much a device may send before we have said that we took it: enough to fill a fast, long line.
const WINDOW: u32 = 4 << 20;

/// One login. Dropped, it leaves no socket.
pub(super) struct Connection {
    handle: Handle<Gatekeeper>,
    switch: KillSwitch,
    fate: Fate,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("traffic", &self.traffic())
            .field("ending", &self.fate.ending())
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Connects, checks the host key and logs in. Each phase has its own clock; dropped in any, it leaves no socket.
    pub(super) async fn open(device: &Device, limits: &Limits) -> Result<Self> {
        let keys = Arc::new(HostKeys::load(device).await?);
        let stream = socket::connect(&device.host, device.port, limits.connect).await?;
        let (wire, switch) = socket::guard(stream);
        let fate = Fate::default();
        let config = Arc::new(configuration(device, limits, &keys));
        let gatekeeper = Gatekeeper {
            keys,
            fate: fate.clone(),
        };
        let handshake = client::connect_stream(config, wire, gatekeeper);
        let handle = match timeout(limits.handshake, handshake).await {
            Ok(Ok(handle)) => handle,
            Ok(Err(fault)) => return Err(errors::handshake(fault, device, &fate)),
            Err(_) => {
                return Err(errors::handshake_timeout(
                    switch.traffic(),
                    limits.handshake,
                ));
            }
        };
        let connection = Self {
            handle,
            switch,
            fate,
        };
        connection.log_in(device, limits.authentication).await
    }

    async fn log_in(mut self, device: &Device, limit: Duration) -> Result<Self> {
        let login = authentication::authenticate(&mut self.handle, device, &self.fate);
        match timeout(limit, login).await {
            Ok(Ok(())) => Ok(self),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(undecided(limit)),
        }
    }

    /// Opens a channel.
    ///
    /// # Errors
    /// `ChannelRefused`, `ConnectionLost`.
    pub(super) async fn channel(&self) -> Result<Channel<Msg>> {
        let opened = self.handle.channel_open_session().await;
        opened.map_err(|error| errors::channel(error, &self.fate))
    }

    pub(super) fn fate(&self) -> &Fate {
        &self.fate
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.switch.traffic()
    }

    /// Closes the socket unless disarmed: for what must not be left half done.
    pub(super) fn fuse(&self) -> Fuse<'_> {
        Fuse(Some(&self.switch))
    }

    /// Closes the socket now.
    pub(super) fn kill(&self) {
        self.switch.kill();
    }

    /// Says whether this side has closed the socket.
    pub(super) fn is_dead(&self) -> bool {
        self.switch.is_dead()
    }

    /// Says good-bye and waits until the library has sent it.
    pub(super) async fn disconnect(&mut self) {
        let goodbye = self.handle.disconnect(Disconnect::ByApplication, "", "");
        if goodbye.await.is_ok() {
            let _ = (&mut self.handle).await;
        }
    }
}

/// Closes the socket when dropped armed.
#[derive(Debug)]
pub(super) struct Fuse<'a>(Option<&'a KillSwitch>);

impl Fuse<'_> {
    pub(super) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for Fuse<'_> {
    fn drop(&mut self) {
        if let Some(switch) = self.0 {
            switch.kill();
        }
    }
}

fn configuration(device: &Device, limits: &Limits, keys: &HostKeys) -> client::Config {
    // A device that answers keepalives is never inactive; before the login there are none.
    let silence = KEEPALIVE * (KEEPALIVE_PROBES + 2);
    let inactivity = silence.max(limits.handshake).max(limits.authentication);
    client::Config {
        client_id: SshId::Standard(Cow::Borrowed(concat!(
            "SSH-2.0-netsnap_",
            env!("CARGO_PKG_VERSION")
        ))),
        window_size: WINDOW,
        preferred: algorithms::offer(device.algorithms, &keys.expected()),
        inactivity_timeout: Some(inactivity),
        keepalive_interval: Some(KEEPALIVE),
        keepalive_max: KEEPALIVE_PROBES as usize,
        nodelay: true,
        ..client::Config::default()
    }
}

fn undecided(limit: Duration) -> Error {
    Error::new(
        ErrorKind::AuthenticationTimeout,
        "the device did not decide about the credentials in time",
    )
    .during("ssh.authenticate")
    .with("limit", format_args!("{limit:?}"))
    .hint("look at the authentication servers of the device, or raise limits.authentication")
}
