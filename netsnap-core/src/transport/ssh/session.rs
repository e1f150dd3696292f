//! A login that is ready for commands.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use super::channel::{self, Terminal};
use super::connection::Connection;
use super::socket::Traffic;
use super::{ProofPreference, errors, exec};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Answer, Device, Gap};
use crate::platform::{ExecChannels, Platform};
use crate::transport::shell::{Shell, input};
use crate::transport::{Limits, Reading, Session};

/// How long a polite farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A login on a device over SSH.
///
/// Dropped, it closes its socket at once. A call of [`Session::run`] that is dropped half way closes it too when the
/// command runs on a channel of its own; in the shell, the shell decides.
#[derive(Debug)]
pub struct SshSession {
    place: Place,
    platform: Arc<Platform>,
    limits: Limits,
    preference: ProofPreference,
    // The shell goes before the connection that it stands on.
    shell: Option<Shell>,
    connection: Connection,
}

/// What an error says about the device.
#[derive(Clone, Debug)]
struct Place {
    device: String,
    host: String,
    port: u16,
}

impl Place {
    fn named(&self, error: Error) -> Error {
        error
            .with("device", &self.device)
            .with("host", &self.host)
            .with("port", self.port)
    }
}

impl SshSession {
    pub(super) async fn open(
        device: &Device,
        platform: &Arc<Platform>,
        limits: &Limits,
        preference: ProofPreference,
    ) -> Result<Self> {
        let connection = Connection::open(device, limits).await?;
        let mut session = Self {
            place: Place {
                device: device.name.clone(),
                host: device.host.clone(),
                port: device.port,
            },
            platform: Arc::clone(platform),
            limits: limits.clone(),
            preference,
            shell: None,
            connection,
        };
        if !session.runs_apart() {
            session.enter_shell().await?;
        }
        Ok(session)
    }

    /// Returns the number of bytes on the wire so far, encryption and all.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.connection.traffic()
    }

    /// Says whether commands run on channels of their own: where nothing else proves an output, or on wish.
    fn runs_apart(&self) -> bool {
        let cli = &self.platform.cli;
        let is_wanted = cli.fence.is_none() || self.preference == ProofPreference::Exec;
        cli.exec == ExecChannels::Many && is_wanted
    }

    /// Runs one command on a channel of its own, whatever is preferred otherwise. Its output comes before what it wrote
    /// to the error stream; the end is proven by the exit status.
    ///
    /// # Errors
    /// As [`Session::run`]; `ChannelRefused`; `OutputTruncated` when the channel ends without an exit status;
    /// `Unsupported` where the platform has no such channels beside a shell.
    pub async fn run_exec(&mut self, command: &str) -> Result<Answer> {
        let read = self.read_exec(command, &Reading::default()).await;
        read.map(|(answer, _)| answer)
    }

    async fn read_exec(
        &mut self,
        command: &str,
        reading: &Reading,
    ) -> Result<(Answer, Option<Gap>)> {
        if self.platform.cli.exec != ExecChannels::Many {
            return Err(self
                .place
                .named(unsupported("run commands on channels of their own")));
        }
        input::check(&self.platform.cli, command)?;
        if self.connection.is_dead() {
            return Err(self.place.named(closed()));
        }
        let fuse = self.connection.fuse();
        let how = (&self.limits, reading);
        let answer = exec::run(&self.connection, command, how, &self.platform.cli).await;
        match answer {
            Ok(answer) => {
                fuse.disarm();
                Ok(answer)
            }
            Err(error) => Err(self.place.named(error)),
        }
    }

    async fn enter_shell(&mut self) -> Result<&mut Shell> {
        match self.open_shell().await {
            Ok(shell) => Ok(self.shell.insert(shell)),
            Err(error) => {
                self.connection.kill();
                Err(error)
            }
        }
    }

    async fn open_shell(&mut self) -> Result<Shell> {
        let terminal = match self.platform.cli.terminal {
            true => Terminal::Vt100,
            false => Terminal::None,
        };
        let limit = self.limits.prompt;
        let pipe = match timeout(limit, channel::open_shell(&self.connection, terminal)).await {
            Ok(opened) => opened?,
            Err(_) => return Err(errors::refused("the device did not open a shell in time")),
        };
        let platform = Arc::clone(&self.platform);
        Shell::open(Box::new(pipe), platform, self.limits.clone()).await
    }

    /// Returns the shell for configuration, opened when it is first needed.
    async fn configuring(&mut self) -> Result<&mut Shell> {
        if self.platform.configuration.is_none() {
            return Err(unsupported("have a configuration mode"));
        }
        if self.shell.is_none() {
            return self.enter_shell().await;
        }
        Ok(self.shell.as_mut().expect("it is there: checked above"))
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("the platform does not {what}"),
    )
    .during("ssh.session")
}

fn closed() -> Error {
    Error::new(
        ErrorKind::Desynchronised,
        "the session ended with an earlier error or a call that was given up",
    )
    .during("ssh.run")
    .hint("log in again")
}

#[async_trait]
impl Session for SshSession {
    /// Empty where no shell is open: without one there is no prompt to learn it from.
    fn hostname(&self) -> &str {
        self.shell.as_ref().map_or("", Shell::hostname)
    }

    async fn run(&mut self, command: &str) -> Result<Answer> {
        let read = self.read(command, &Reading::default()).await;
        read.map(|(answer, _)| answer)
    }

    async fn read(&mut self, command: &str, reading: &Reading) -> Result<(Answer, Option<Gap>)> {
        if self.runs_apart() {
            return self.read_exec(command, reading).await;
        }
        let place = &self.place;
        match &mut self.shell {
            Some(shell) => {
                let read = shell.read(command, reading).await;
                read.map_err(|error| place.named(error))
            }
            None => Err(place.named(closed())),
        }
    }

    async fn configure(&mut self) -> Result<()> {
        let place = self.place.clone();
        let work = async { self.configuring().await?.configure().await };
        work.await.map_err(|error| place.named(error))
    }

    async fn line(&mut self, line: &str) -> Result<Answer> {
        let place = self.place.clone();
        let work = async { self.configuring().await?.line(line).await };
        work.await.map_err(|error| place.named(error))
    }

    async fn leave(&mut self) -> Result<()> {
        let place = self.place.clone();
        let work = async { self.configuring().await?.leave().await };
        work.await.map_err(|error| place.named(error))
    }

    async fn close(self: Box<Self>) {
        let Self {
            shell,
            mut connection,
            ..
        } = *self;
        let farewell = async {
            if let Some(shell) = shell {
                shell.close().await;
            }
            connection.disconnect().await;
        };
        // Late or not, the socket is closed when the connection is dropped.
        let _ = timeout(FAREWELL, farewell).await;
    }
}
