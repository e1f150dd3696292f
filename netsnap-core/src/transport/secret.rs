//! Where is a secret at the moment of use? No value is kept, printed or put into an error.

use crate::error::{Error, ErrorKind, Result};
use crate::model::Secret;

/// Returns the value of a secret.
///
/// # Errors
/// `InvalidInput` naming the variable or file that does not hold it.
pub(crate) async fn reveal(secret: &Secret) -> Result<String> {
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
    Error::new(ErrorKind::InvalidInput, message).during("transport.credential")
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
