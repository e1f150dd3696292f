//! How is a command with a secret shown, and when is only the secret another?

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::redact::{Redactor, secrets};

/// One look that tells almost every command without a secret: the words that either set of patterns asks for.
static SUSPECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)passw|pass-?phrase|passcode|secret|key|psk|community|snmp|token|authentication|auth-|priv|md5|sha|cipher|\bENC |%\^%#|%@%@|hash|\$[0-9a-z]{1,6}\$|://|tacacs|radius|isakmp|pass",
    )
    .expect("a test masks with it")
});

/// Returns a command with its secrets masked: by the words of configurations first, then by the syntax of outputs.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    if !SUSPECT.is_match(text) {
        return Cow::Borrowed(text);
    }
    static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::default);
    match secrets(text) {
        Cow::Borrowed(text) => REDACTOR.text(text).0,
        Cow::Owned(masked) => Cow::Owned(REDACTOR.text(&masked).0.into_owned()),
    }
}

/// Says whether a command holds a secret.
pub(super) fn is_secret(text: &str) -> bool {
    shown(text) != text
}
