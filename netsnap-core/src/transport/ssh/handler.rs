//! What the protocol library calls back for: the host key, and the end.

use std::sync::{Arc, Mutex, PoisonError};

use russh::client::{DisconnectReason, Handler};
use russh::keys::PublicKeyOrCertificate;

use super::host_keys::HostKeys;
use crate::error::Error;

/// Why the library gave up: by itself, or because we refused the host key.
#[derive(Debug)]
pub(super) enum Fault {
    Protocol(russh::Error),
    Refused(Error),
}

impl From<russh::Error> for Fault {
    fn from(error: russh::Error) -> Self {
        Self::Protocol(error)
    }
}

/// How a connection ended.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// The device said good-bye, with these words.
    Dismissed(String),
    /// The device closed the connection without a word.
    Closed,
    /// It broke.
    Broken(String),
}

/// How the connection ended, once it has. Shared by everybody who waits for the device.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate(Arc<Mutex<Option<Ending>>>);

impl Fate {
    pub(super) fn ending(&self) -> Option<Ending> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn seal(&self, ending: Ending) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(ending);
    }
}

/// Stands between the library and us.
#[derive(Debug)]
pub(super) struct Gatekeeper {
    pub(super) keys: Arc<HostKeys>,
    pub(super) fate: Fate,
}

impl Handler for Gatekeeper {
    type Error = Fault;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Fault> {
        self.keys.admit(shown).await.map_err(Fault::Refused)?;
        Ok(true)
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Fault>) -> Result<(), Fault> {
        match reason {
            DisconnectReason::ReceivedDisconnect(said) => {
                self.fate.seal(Ending::Dismissed(said.message));
                Ok(())
            }
            DisconnectReason::Error(fault) => {
                self.fate.seal(ending(&fault));
                Err(fault)
            }
        }
    }
}

fn ending(fault: &Fault) -> Ending {
    use std::io::ErrorKind as Io;
    match fault {
        Fault::Protocol(russh::Error::Disconnect | russh::Error::HUP) => Ending::Closed,
        // A device that closes before it has read everything shows as a reset.
        Fault::Protocol(russh::Error::IO(error))
            if matches!(
                error.kind(),
                Io::UnexpectedEof | Io::ConnectionReset | Io::BrokenPipe
            ) =>
        {
            Ending::Closed
        }
        Fault::Protocol(error) => Ending::Broken(error.to_string()),
        Fault::Refused(error) => Ending::Broken(error.to_string()),
    }
}
