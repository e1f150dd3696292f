//! How does a log stand in a bundle? As in the file store: one JSON object a line, the last field a checksum of the line.

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
    let mut line = serde_json::to_vec(value).map_err(|source| {
        Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
    })?;
    line.pop();
    let checksum = crc32fast::hash(&line);
    line.extend_from_slice(format!("{FIELD}{checksum:08x}\"}}\n").as_bytes());
    Ok(line)
}

/// Reads a line, newline included; `None` when it is none or its checksum does not fit.
pub(super) fn decode<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let line = line.strip_suffix(b"\n")?;
    let (body, trailer) = line.split_at_checked(line.len().checked_sub(TRAILER)?)?;
    let digits = trailer
        .strip_prefix(FIELD.as_bytes())?
        .strip_suffix(b"\"}")?;
    let expected = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    if crc32fast::hash(body) != expected {
        return None;
    }
    serde_json::from_slice(line).ok()
}
