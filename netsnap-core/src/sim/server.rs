//! How does a device speak SSH?

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use russh::keys::PrivateKey;
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, Response, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, Preferred, Pty, kex};
use tokio::sync::Notify;

use super::behavior::Fault;
use super::cli::Cli;
use super::device::Device;
use super::network::{Shared, USERNAME};
use super::shell::{Ended, Terminal, execute, interact};

/// Returns the server's side of the negotiation.
pub(super) fn config(key: PrivateKey, no_common_algorithm: bool) -> Config {
    let kex: Cow<'static, [kex::Name]> = match no_common_algorithm {
        true => Cow::Borrowed(&[kex::DH_G1_SHA1]),
        false => Cow::Borrowed(&[
            kex::CURVE25519,
            kex::CURVE25519_PRE_RFC_8731,
            kex::DH_G14_SHA256,
        ]),
    };
    let preferred = Preferred {
        kex,
        ..Preferred::default()
    };
    Config {
        keys: vec![key],
        preferred,
        auth_rejection_time: std::time::Duration::ZERO,
        inactivity_timeout: None,
        nodelay: true,
        ..Config::default()
    }
}

/// One connection.
pub(super) struct Connection {
    pub(super) device: Arc<Device>,
    pub(super) shared: Arc<Shared>,
    /// Told when the connection must break.
    pub(super) broken: Arc<Notify>,
    pub(super) channels: HashMap<ChannelId, (Option<Channel<Msg>>, Terminal)>,
}

impl Connection {
    fn decide(&self, accepted: bool) -> Auth {
        let refuses = self
            .device
            .behavior()
            .faults
            .contains(&Fault::RefuseAuthentication);
        match accepted && !refuses {
            true => Auth::Accept,
            false => Auth::reject(),
        }
    }

    fn login(&self) -> Cli {
        Cli::new(Arc::clone(&self.device), Arc::clone(&self.shared))
    }

    fn take(&mut self, id: ChannelId) -> Option<(Channel<Msg>, Terminal)> {
        let (channel, terminal) = self.channels.get_mut(&id)?;
        Some((channel.take()?, *terminal))
    }

    /// Serves a channel beside the connection.
    fn serve(&self, work: impl Future<Output = Ended> + Send + 'static) {
        let broken = Arc::clone(&self.broken);
        tokio::spawn(async move {
            if work.await == Ended::Broken {
                broken.notify_one();
            }
        });
    }
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(self.decide(user == USERNAME && password == self.shared.password))
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        let known = key.public_key.key_data() == self.shared.client_key.public_key().key_data();
        Ok(self.decide(user == USERNAME && known))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _methods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let Some(mut answers) = response else {
            return Ok(Auth::Partial {
                name: Cow::Borrowed(""),
                instructions: Cow::Borrowed(""),
                prompts: Cow::Borrowed(&[(Cow::Borrowed("Password: "), false)]),
            });
        };
        let right = answers
            .next()
            .is_some_and(|answer| answer.as_ref() == self.shared.password.as_bytes());
        Ok(self.decide(user == USERNAME && right))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channels
            .insert(channel.id(), (Some(channel), Terminal::Absent));
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        _term: &str,
        _columns: u32,
        _rows: u32,
        _width: u32,
        _height: u32,
        _modes: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if let Some((_, terminal)) = self.channels.get_mut(&id) {
            *terminal = Terminal::Present;
        }
        session.channel_success(id)
    }

    async fn shell_request(
        &mut self,
        id: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let Some((channel, terminal)) = self.take(id) else {
            return session.channel_failure(id);
        };
        session.channel_success(id)?;
        self.serve(interact(self.login(), channel.split(), terminal));
        Ok(())
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let Some((channel, _)) = self.take(id) else {
            return session.channel_failure(id);
        };
        session.channel_success(id)?;
        let command = String::from_utf8_lossy(command).into_owned();
        let login = self.login();
        // The reading half is kept, so that the channel's queue does not fill up.
        let (mut reader, writer) = channel.split();
        self.serve(async move {
            let drain = async { while reader.wait().await.is_some() {} };
            let (ended, ()) = tokio::join!(execute(login, writer, command), drain);
            ended
        });
        Ok(())
    }

    async fn channel_close(
        &mut self,
        id: ChannelId,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channels.remove(&id);
        Ok(())
    }
}
