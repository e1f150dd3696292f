//! Which parts of what others recorded must not be kept? Masked before anything is hashed or stored: rather too much.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::redact::{self, MASK};
use crate::store::rules;

/// Words in the name of a value that is secret.
const WORDS: &str = "passw(?:or)?d|passphrase|_pass|secret|token|api[_-]?key|private[_-]?key|auth[_-]?key|\
    snmp[_-]?community|community[_-]?string";

/// `name=value`, `name: value`, `"name": "value"`.
static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    let name = format!(r#"(?P<name>[\w.-]*(?:{WORDS})[\w.-]*|\bpass)"#);
    let between = r#"(?P<between>\\?["']?[ \t]*[=:][ \t]*)"#;
    let value = r#"(?:\\"(?:[^"\\\n]|\\[^"\n])*\\"|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,;&"'}\]]+)"#;
    Regex::new(&format!("(?i){name}{between}{value}")).expect("a test masks with it")
});

static SECRET_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!("(?i){WORDS}|^pass$")).expect("a test masks with it"));

/// Masks secrets in a text: in lines of configurations, and values of secret names.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    let masked = redact::secrets(text);
    let again = ASSIGNED.replace_all(&masked, |found: &Captures<'_>| {
        format!("{}{}{MASK}", &found["name"], &found["between"])
    });
    match again {
        Cow::Borrowed(_) => masked,
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// Masks secrets in a document, by the names of its fields and in its texts.
pub(super) fn json(value: &mut Value) {
    match value {
        Value::String(string) => {
            if let Cow::Owned(masked) = text(string) {
                *string = masked;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(json),
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_plain = value.is_null() || value.is_boolean();
                if SECRET_NAME.is_match(name) && !is_plain {
                    *value = Value::String(MASK.to_owned());
                } else {
                    json(value);
                }
            }
        }
        _ => {}
    }
}

/// Masks secrets in an output. One without a secret keeps its bytes, whatever they are.
pub(super) fn bytes(bytes: Vec<u8>) -> Vec<u8> {
    if rules::is_json(&bytes)
        && let Ok(mut value) = serde_json::from_slice::<Value>(&bytes)
    {
        let before = value.clone();
        json(&mut value);
        return match value == before {
            true => bytes,
            false => pretty(&value),
        };
    }
    match std::str::from_utf8(&bytes) {
        Ok(whole) => match text(whole) {
            Cow::Borrowed(_) => bytes,
            Cow::Owned(masked) => masked.into_bytes(),
        },
        Err(_) => lines(&bytes),
    }
}

/// Masks line by line what is not all UTF-8; only a line with a secret loses its strange bytes.
fn lines(bytes: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match text(&String::from_utf8_lossy(line)) {
            Cow::Borrowed(_) => masked.extend_from_slice(line),
            Cow::Owned(line) => masked.extend_from_slice(line.as_bytes()),
        }
    }
    masked
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

    #[test]
    fn values_of_secret_names_are_masked_in_text() {
        for (line, shown) in [
            (
                "-e ansible_password=hunter2",
                "-e ansible_password=********",
            ),
            (
                "-e ansible_become_pass='a b' x",
                "-e ansible_become_pass=******** x",
            ),
            (
                r#"-e {"api_key": "a\"b", "n": 1}"#,
                r#"-e {"api_key": ********, "n": 1}"#,
            ),
            (
                r#"{\"enable_secret\": \"x\"}"#,
                r#"{\"enable_secret\": ********}"#,
            ),
            (
                " neighbor 10.0.0.1 password hunter2",
                " neighbor 10.0.0.1 password ********",
            ),
            ("pass=x y", "pass=******** y"),
        ] {
            assert_eq!(text(line), shown);
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
            "password": MASK, "ok": true, "token": null, "keys": {"private_key": MASK},
            "lines": ["enable secret ********", "hostname r1"], "secret": false
        });
        assert_eq!(value, masked);
    }

    #[test]
    fn bytes_without_a_secret_stay_and_with_one_lose_it() {
        for whole in [&b"caf\xe9\r\nx\0"[..], b"{\"a\":  1.0}", b"", b"[1, 2]\n"] {
            assert_eq!(bytes(whole.to_vec()), whole);
        }
        let masked = bytes(b"caf\xe9\nenable secret x\n".to_vec());
        assert_eq!(masked, b"caf\xe9\nenable secret ********\n");
        let document = bytes(b"{\"password\": \"hunter2\"}".to_vec());
        assert_eq!(document, b"{\n  \"password\": \"********\"\n}\n");
    }
}
