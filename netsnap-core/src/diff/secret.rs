//! How is a command with a secret shown, and when is only the secret another?

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::redact::{Redactor, secrets};

/// Returns a command, or a whole configuration, with its secrets masked: by the words of configurations first, then by the syntax of
/// outputs.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
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
