//! Where is a credential at the moment of use? No value is kept, printed or put into an error.

use std::path::Path;
use std::sync::Arc;

use russh::keys::{PrivateKey, decode_secret_key};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Device, Secret};

/// Returns the value of a secret.
///
/// # Errors
/// `InvalidInput` naming the variable or file that does not hold it.
pub(super) async fn reveal(secret: &Secret) -> Result<String> {
    match secret {
        Secret::Literal(value) => Ok(value.clone()),
        Secret::Environment { env } => std::env::var(env).map_err(|error| {
            missing("the environment variable of a secret cannot be used")
                .with("variable", env)
                .hint("set the variable before the run")
                .because(match error {
                    std::env::VarError::NotPresent => "it is not set",
                    std::env::VarError::NotUnicode(_) => "it is not UTF-8",
                })
        }),
        Secret::File { file } => match tokio::fs::read_to_string(file).await {
            Ok(text) => Ok(without_newline(text)),
            Err(error) => Err(missing("the file of a secret cannot be read")
                .with("file", file.display())
                .hint("write the secret there, readable by the owner alone")
                .because(error)),
        },
    }
}

fn without_newline(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

fn missing(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, message).during("ssh.credential")
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_is_found_where_it_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "hunter2\r\n").unwrap();
        for secret in [Secret::Literal("hunter2".to_owned()), Secret::File { file }] {
            assert_eq!(reveal(&secret).await.unwrap(), "hunter2");
        }
        let path = Secret::Environment {
            env: "PATH".to_owned(),
        };
        assert_eq!(reveal(&path).await.unwrap(), std::env::var("PATH").unwrap());
    }

    #[tokio::test]
    async fn a_missing_secret_names_its_place() {
        let env = "NETSNAP_TEST_NO_SUCH_VARIABLE".to_owned();
        let error = reveal(&Secret::Environment { env }).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("NETSNAP_TEST_NO_SUCH_VARIABLE"));
        let file = "/no/such/secret".into();
        let error = reveal(&Secret::File { file }).await.unwrap_err();
        assert!(error.to_string().contains("/no/such/secret"));
    }

    #[test]
    fn one_newline_is_not_part_of_a_secret() {
        for (text, secret) in [
            ("a", "a"),
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("", ""),
        ] {
            assert_eq!(without_newline(text.to_owned()), secret);
        }
    }
}
