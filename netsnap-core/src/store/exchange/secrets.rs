//! Which parts of what others recorded must not be kept? What the [`Redactor`] finds, which stands before every store, too.
//!
//! What comes in is masked before it is hashed and cut, so that the same comes in only once, and no cut splits a secret from the
//! word that tells it.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde_json::Value;

use crate::redact::Redactor;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::default);

/// Masks secrets in a text.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    REDACTOR.text(text).0
}

/// Masks secrets in a text that is counted among those of an output.
pub(super) fn counted(text: &str) -> (String, u32) {
    let (masked, count) = REDACTOR.text(text);
    (masked.into_owned(), count)
}

/// Masks secrets in a document, by the names of its fields and in its texts, and counts them.
pub(super) fn json(value: &mut Value) -> u32 {
    REDACTOR.json(value)
}

/// Masks secrets in an output, and counts them. One without a secret keeps its bytes, whatever they are.
pub(super) fn bytes(bytes: Vec<u8>) -> (Vec<u8>, u32) {
    match REDACTOR.bytes(&bytes) {
        (Cow::Borrowed(_), count) => (bytes, count),
        (Cow::Owned(masked), count) => (masked, count),
    }
}

/// Writes a document for a person.
pub(super) fn pretty(value: &Value) -> Vec<u8> {
    let mut bytes = format!("{value:#}").into_bytes();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::redact::MASK;

    #[test]
    fn values_of_secret_names_are_masked_in_text() {
        for line in [
            "-e ansible_password=hunter2",
            "-e ansible_become_pass='hunter2 hunter2' x",
            r#"-e {"api_key": "hunter2\"hunter2", "n": 1}"#,
            r#"{\"enable_secret\": \"hunter2\"}"#,
            " neighbor 10.0.0.1 password hunter2",
            "pass=hunter2 y",
            "passphrase: hunter2",
            "client_secret=hunter2&x=1",
            "auth_token: 'hunter2'",
            "private-key=hunter2",
            "auth_key=hunter2",
            "snmp_community=hunter2",
            "snmp-community: hunter2",
        ] {
            let masked = text(line);
            assert!(masked.contains(MASK), "{masked}");
            assert!(!masked.contains("hunter2"), "{masked}");
        }
        for line in [
            "show version",
            "Community: 65000:1",
            "service password-encryption",
            "bypass=1",
        ] {
            assert!(matches!(text(line), Cow::Borrowed(_)), "{line}");
        }
    }

    #[test]
    fn documents_are_masked_by_name_and_in_their_texts() {
        let mut value = json!({
            "password": "hunter2", "ok": true, "token": null, "keys": {"private_key": ["a"]},
            "lines": ["enable secret 5 x", "hostname r1"], "secret": false
        });
        super::json(&mut value);
        let masked = json!({
            "password": MASK, "ok": true, "token": null, "keys": {"private_key": [MASK]},
            "lines": ["enable secret 5 ********", "hostname r1"], "secret": false
        });
        assert_eq!(value, masked);
    }

    #[test]
    fn bytes_without_a_secret_stay_and_with_one_lose_it() {
        for whole in [&b"caf\xe9\r\nx\0"[..], b"{\"a\":  1.0}", b"", b"[1, 2]\n"] {
            assert_eq!(bytes(whole.to_vec()), (whole.to_vec(), 0));
        }
        let masked = bytes(b"caf\xe9\nenable secret x\n".to_vec());
        assert_eq!(masked, (b"caf\xe9\nenable secret ********\n".to_vec(), 1));
        let document = bytes(b"{\"password\": \"hunter2\"}".to_vec());
        assert_eq!(document, (b"{\"password\": \"********\"}".to_vec(), 1));
    }
}
