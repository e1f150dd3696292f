//! In which order are credentials offered, and when is it enough?
//!
//! Agent, key, password, keyboard-interactive; each only while the device still offers its method. What was rejected is
//! never sent again, not even by another method: trying again locks accounts.

use std::sync::Arc;

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse, Prompt};
use russh::keys::agent::AgentIdentity;
use russh::keys::{HashAlg, PrivateKeyWithHashAlg, PublicKey};
use russh::{MethodKind, MethodSet};

use super::handler::{Ending, Fate, Gatekeeper};
use super::{agent, algorithms, credentials, errors};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Device;
use crate::transport::secret::reveal;

/// Logs in.
///
/// # Errors
/// `AuthenticationRejected` with the methods that the device offers and what was tried; `InvalidInput` for a credential
/// that cannot be found or used here; `ConnectionLost`.
pub(super) async fn authenticate(
    handle: &mut Handle<Gatekeeper>,
    device: &Device,
    fate: &Fate,
) -> Result<()> {
    let mut login = Login {
        handle,
        device,
        fate,
        offered: MethodSet::empty(),
        tried: Vec::new(),
        rejected_keys: Vec::new(),
        password_spent: false,
        is_partial: false,
    };
    // Asks which methods there are; a device without authentication accepts.
    let none = login.handle.authenticate_none(&device.username).await;
    if login.judge(none)? || login.keys().await? || login.passwords().await? {
        return Ok(());
    }
    Err(login.rejected())
}

pub(super) struct Login<'a> {
    pub(super) handle: &'a mut Handle<Gatekeeper>,
    pub(super) device: &'a Device,
    fate: &'a Fate,
    offered: MethodSet,
    /// For people: what was sent, without any value.
    tried: Vec<String>,
    rejected_keys: Vec<PublicKey>,
    password_spent: bool,
    /// Whether a credential was accepted, and was not enough.
    is_partial: bool,
}

impl Login<'_> {
    async fn keys(&mut self) -> Result<bool> {
        if self.device.agent && self.offers(MethodKind::PublicKey) && agent::offer(self).await? {
            return Ok(true);
        }
        self.key_file().await
    }

    async fn passwords(&mut self) -> Result<bool> {
        Ok(self.password().await? || self.keyboard_interactive().await?)
    }

    async fn key_file(&mut self) -> Result<bool> {
        let Some(path) = &self.device.key else {
            return Ok(false);
        };
        if !self.offers(MethodKind::PublicKey) {
            return Ok(false);
        }
        let key = credentials::private_key(self.device, path).await?;
        if self.was_rejected(key.public_key()) {
            return Ok(false);
        }
        let hash = self.rsa_hash(key.public_key()).await?;
        self.note(format!("private key {}", path.display()));
        self.rejected_keys.push(key.public_key().clone());
        let signed = PrivateKeyWithHashAlg::new(Arc::clone(&key), hash);
        let result = self
            .handle
            .authenticate_publickey(&self.device.username, signed)
            .await;
        self.judge(result)
    }

    async fn password(&mut self) -> Result<bool> {
        let Some(secret) = &self.device.password else {
            return Ok(false);
        };
        if !self.offers(MethodKind::Password) {
            return Ok(false);
        }
        let password = reveal(secret).await?;
        self.note("password".to_owned());
        self.password_spent = true;
        let result = self
            .handle
            .authenticate_password(&self.device.username, password)
            .await;
        self.judge(result)
    }

    /// Answers the first questions that hide what is typed, and no others.
    async fn keyboard_interactive(&mut self) -> Result<bool> {
        let Some(secret) = &self.device.password else {
            return Ok(false);
        };
        if self.password_spent || !self.offers(MethodKind::KeyboardInteractive) {
            return Ok(false);
        }
        let mut password = Some(reveal(secret).await?);
        self.note("keyboard-interactive".to_owned());
        let name = self.device.username.as_str();
        let start = self
            .handle
            .authenticate_keyboard_interactive_start(name, None);
        let mut step = start.await;
        loop {
            use KeyboardInteractiveAuthResponse as Response;
            match step.map_err(|_| self.ended())? {
                Response::Success => return Ok(true),
                Response::Failure {
                    remaining_methods,
                    partial_success,
                } => {
                    return self.judge(Ok(AuthResult::Failure {
                        remaining_methods,
                        partial_success,
                    }));
                }
                Response::InfoRequest { prompts, .. } => {
                    let answers = answers(&prompts, &mut password).map_err(|e| self.explain(e))?;
                    step = self
                        .handle
                        .authenticate_keyboard_interactive_respond(answers)
                        .await;
                }
            }
        }
    }

    /// Says whether the device accepted; after a refusal, remembers what it still offers.
    pub(super) fn judge(&mut self, result: Result<AuthResult, russh::Error>) -> Result<bool> {
        match result {
            Ok(AuthResult::Success) => Ok(true),
            Ok(AuthResult::Failure { .. }) if self.handle.is_closed() => Err(self.ended()),
            Ok(AuthResult::Failure {
                remaining_methods,
                partial_success,
            }) => {
                self.offered = remaining_methods;
                self.is_partial |= partial_success;
                Ok(false)
            }
            Err(_) => Err(self.ended()),
        }
    }

    pub(super) fn offers(&self, method: MethodKind) -> bool {
        self.offered.contains(&method)
    }

    pub(super) fn note(&mut self, what: String) {
        self.tried.push(what);
    }

    pub(super) fn was_rejected(&self, key: &PublicKey) -> bool {
        let is_same = |rejected: &PublicKey| rejected.key_data() == key.key_data();
        self.rejected_keys.iter().any(is_same)
    }

    pub(super) fn reject(&mut self, identity: &AgentIdentity) {
        self.rejected_keys.push(identity.public_key().into_owned());
    }

    /// Returns the hash to sign with: for RSA the best that the device names. One that names none is older than the
    /// extension (RFC 8308), and knows SHA-1 alone.
    pub(super) async fn rsa_hash(&self, key: &PublicKey) -> Result<Option<HashAlg>> {
        if !key.algorithm().is_rsa() {
            return Ok(None);
        }
        let sha1 = algorithms::allows_sha1(self.device.algorithms);
        match self.handle.best_supported_rsa_hash().await {
            Ok(Some(Some(hash))) => Ok(Some(hash)),
            Ok(_) if sha1 => Ok(None),
            Ok(_) => Ok(Some(HashAlg::Sha512)),
            Err(_) => Err(self.ended()),
        }
    }

    /// Says how the connection ended. Closed upon a credential, it was a refusal: sending it again could lock the account.
    pub(super) fn ended(&self) -> Error {
        let ending = match self.tried.is_empty() {
            true => None,
            false => self.fate.ending().or(Some(Ending::Closed)),
        };
        let message = "the device closed the connection upon the credentials";
        match ending {
            Some(Ending::Closed) => self.explain(refusal(message)),
            Some(Ending::Dismissed(words)) => {
                self.explain(refusal(message).with("device_said", words.escape_debug()))
            }
            Some(Ending::Broken(_)) | None => errors::lost(self.fate).during("ssh.authenticate"),
        }
    }

    fn rejected(&self) -> Error {
        let device = self.device;
        let has_none = !device.agent && device.key.is_none() && device.password.is_none();
        let error = match (has_none, self.tried.is_empty()) {
            (true, _) => Error::new(ErrorKind::InvalidInput, "the device has no credential")
                .during("ssh.authenticate"),
            _ if self.is_partial => {
                refusal("the device accepted a credential and asks for a further one")
            }
            (false, true) => refusal("the device offers no method for the credentials there are"),
            (false, false) => refusal("the device refused the credentials"),
        };
        self.explain(error)
    }

    fn explain(&self, error: Error) -> Error {
        let offered: Vec<&str> = self.offered.iter().map(Into::into).collect();
        error
            .with("username", self.device.username.escape_debug())
            .with("offered", offered.join(","))
            .with("tried", self.tried.join(", "))
            .hint("check the username and the credentials of the device; they are not tried again by themselves")
    }
}

fn refusal(message: &'static str) -> Error {
    Error::new(ErrorKind::AuthenticationRejected, message).during("ssh.authenticate")
}

/// Answers hidden questions with the password, once.
fn answers(prompts: &[Prompt], password: &mut Option<String>) -> Result<Vec<String>> {
    if prompts.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(open) = prompts.iter().find(|prompt| prompt.echo) {
        return Err(
            refusal("the device asks for something else than a password")
                .with("question", open.prompt.escape_debug()),
        );
    }
    match password.take() {
        Some(password) => Ok(vec![password; prompts.len()]),
        None => Err(refusal("the device asks again after the password")
            .with("question", prompts[0].prompt.escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(text: &str, echo: bool) -> Prompt {
        Prompt {
            prompt: text.to_owned(),
            echo,
        }
    }

    #[test]
    fn hidden_questions_get_the_password_once() {
        let mut password = Some("hunter2".to_owned());
        assert!(answers(&[], &mut password).unwrap().is_empty());
        let hidden = [prompt("Password: ", false)];
        assert_eq!(answers(&hidden, &mut password).unwrap(), ["hunter2"]);
        let error = answers(&hidden, &mut password).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthenticationRejected);
    }

    #[test]
    fn an_open_question_is_refused_and_keeps_the_password() {
        let mut password = Some("hunter2".to_owned());
        let open = [prompt("Password: ", false), prompt("Token: ", true)];
        let error = answers(&open, &mut password).unwrap_err();
        assert!(error.to_string().contains("Token: "));
        assert!(!format!("{error:?}").contains("hunter2"));
        assert!(password.is_some());
    }
}
