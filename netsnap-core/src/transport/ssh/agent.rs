//! Which keys of the agent does the device accept?

use russh::MethodKind;
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::{AgentClient, AgentStream};

use super::authentication::Login;
use crate::error::{Error, ErrorKind, Result};

type Agent = AgentClient<Box<dyn AgentStream + Send + Unpin>>;

/// Offers each key of the agent, in its order, until one is accepted. An agent that is not there is passed over when the
/// device has another credential.
///
/// # Errors
/// `InvalidInput` without an agent and without another credential; `AuthenticationRejected`, `ConnectionLost`.
pub(super) async fn offer(login: &mut Login<'_>) -> Result<bool> {
    let (mut agent, identities) = match open().await {
        Ok(opened) => opened,
        Err(error) if login.device.key.is_some() || login.device.password.is_some() => {
            login.note(format!("agent ({error})"));
            return Ok(false);
        }
        Err(error) => return Err(absent(error)),
    };
    for identity in identities {
        if !login.offers(MethodKind::PublicKey) {
            break;
        }
        if offer_one(login, &mut agent, &identity).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn offer_one(
    login: &mut Login<'_>,
    agent: &mut Agent,
    identity: &AgentIdentity,
) -> Result<bool> {
    let key = identity.public_key();
    if login.was_rejected(&key) && matches!(identity, AgentIdentity::PublicKey { .. }) {
        return Ok(false);
    }
    let hash = login.rsa_hash(&key).await?;
    let user = login.device.username.clone();
    login.note(format!(
        "agent key {}",
        key.fingerprint(russh::keys::HashAlg::Sha256)
    ));
    let result = match identity {
        AgentIdentity::PublicKey { key, .. } => {
            let key = key.clone();
            let offer = login
                .handle
                .authenticate_publickey_with(user, key, hash, agent);
            offer.await
        }
        AgentIdentity::Certificate { certificate, .. } => {
            let certificate = certificate.clone();
            let offer = login
                .handle
                .authenticate_certificate_with(user, certificate, hash, agent);
            offer.await
        }
    };
    match result {
        Ok(result) => {
            login.reject(identity);
            login.judge(Ok(result))
        }
        // The agent declines to sign with this key: the next one may do.
        Err(russh::AgentAuthError::Key(_)) => Ok(false),
        Err(russh::AgentAuthError::Send(_)) => Err(login.ended()),
    }
}

async fn open() -> Result<(Agent, Vec<AgentIdentity>), russh::keys::Error> {
    #[cfg(unix)]
    let agent = AgentClient::connect_env().await?;
    #[cfg(windows)]
    let agent = AgentClient::connect_named_pipe(r"\\.\pipe\openssh-ssh-agent").await?;
    let mut agent = agent.dynamic();
    let identities = agent.request_identities().await?;
    Ok((agent, identities))
}

fn absent(error: russh::keys::Error) -> Error {
    Error::new(ErrorKind::InvalidInput, "the agent cannot be reached")
        .during("ssh.agent")
        .with("variable", "SSH_AUTH_SOCK")
        .hint("start ssh-agent and let SSH_AUTH_SOCK name its socket, or give the device a key or a password")
        .because(error)
}
