//! Which private key is a device logged in to with?

use std::path::Path;
use std::sync::Arc;

use russh::keys::{PrivateKey, decode_secret_key};

use crate::error::{Error, ErrorKind, Result};
use crate::model::Device;
use crate::transport::secret::reveal;

/// Reads the private key of a device and decrypts it, if it is encrypted.
///
/// # Errors
/// `InvalidInput` for a file that cannot be read, is no private key, or needs another passphrase.
pub(super) async fn private_key(device: &Device, path: &Path) -> Result<Arc<PrivateKey>> {
    let text = tokio::fs::read_to_string(path).await.map_err(|error| {
        unusable("the private key cannot be read", path)
            .hint("check the path and its permissions")
            .because(error)
    })?;
    let passphrase = match &device.key_passphrase {
        Some(secret) => Some(reveal(secret).await?),
        None => None,
    };
    // Deriving a key from a passphrase is slow on purpose: not on a thread that serves other devices.
    let decoded = tokio::task::spawn_blocking(move || decode(&text, passphrase.as_deref())).await;
    match decoded {
        Ok(Ok(key)) => Ok(Arc::new(key)),
        Ok(Err(error)) => Err(undecodable(error, path, device.key_passphrase.is_some())),
        Err(panicked) => Err(unusable("the private key cannot be decoded", path).because(panicked)),
    }
}

/// A passphrase that a key does not need is no reason to refuse the key.
fn decode(text: &str, passphrase: Option<&str>) -> Result<PrivateKey, russh::keys::Error> {
    match decode_secret_key(text, None) {
        Err(russh::keys::Error::KeyIsEncrypted) if passphrase.is_some() => {
            decode_secret_key(text, passphrase)
        }
        decoded => decoded,
    }
}

fn undecodable(error: russh::keys::Error, path: &Path, has_passphrase: bool) -> Error {
    let encrypted = matches!(error, russh::keys::Error::KeyIsEncrypted);
    let (message, hint) = match (encrypted, has_passphrase) {
        (true, false) => (
            "the private key is encrypted",
            "set key_passphrase, or load the key into an agent",
        ),
        (_, true) => (
            "the private key cannot be decrypted",
            "check key_passphrase, and that the file is a private key in OpenSSH or PEM form",
        ),
        (false, false) => (
            "the file holds no private key that can be used",
            "give a private key in OpenSSH or PEM form; RSA keys need at least 1024 bits",
        ),
    };
    unusable(message, path).hint(hint).because(error)
}

fn unusable(message: &'static str, path: &Path) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
        .during("ssh.credential")
        .with("key", path.display())
}
