//! How does an entry of a log stand in a file, here or in a bundle? One JSON object a line, the last field a checksum of the line.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};

const FIELD: &str = ",\"crc32\":\"";
/// `,"crc32":"01234567"}`
const TRAILER: usize = FIELD.len() + 8 + 2;

/// Writes a value as a line.
///
/// # Errors
/// `Internal` when it is no JSON object.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value).map_err(not_json)?;
    debug_assert!(line.len() > 2, "only objects with fields are logged");
    line.pop();
    let checksum = crc32fast::hash(&line);
    line.extend_from_slice(format!("{FIELD}{checksum:08x}\"}}\n").as_bytes());
    Ok(line)
}

fn not_json(source: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
}

/// Says whether a line, newline included, is whole.
pub(super) fn counts(line: &[u8]) -> bool {
    fn fits(line: &[u8]) -> Option<bool> {
        let line = line.strip_suffix(b"\n")?;
        let (body, trailer) = line.split_at_checked(line.len().checked_sub(TRAILER)?)?;
        let digits = trailer
            .strip_prefix(FIELD.as_bytes())?
            .strip_suffix(b"\"}")?;
        let expected = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        Some(crc32fast::hash(body) == expected)
    }
    fits(line) == Some(true)
}

/// Reads a line that counts; `None` when it does not.
pub(super) fn decode<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    if !counts(line) {
        return None;
    }
    serde_json::from_slice(line.strip_suffix(b"\n")?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_form_of_a_line_is_fixed_for_ever() {
        let line = encode(&json!({"a": 1})).unwrap();
        let checksum = crc32fast::hash(b"{\"a\":1");
        let expected = format!("{{\"a\":1,\"crc32\":\"{checksum:08x}\"}}\n");
        assert_eq!(line, expected.as_bytes());
        assert_eq!(decode::<Value>(&line).unwrap()["a"], 1);
    }

    #[test]
    fn a_line_that_was_changed_or_cut_does_not_count() {
        let line = encode(&json!({"a": "some text"})).unwrap();
        for place in 0..line.len() {
            assert!(!counts(&line[..place]), "cut at {place}");
            let mut changed = line.clone();
            changed[place] ^= 1;
            assert!(!counts(&changed), "changed at {place}");
            assert_eq!(decode::<Value>(&changed), None);
        }
        assert!(counts(&line));
    }
}
