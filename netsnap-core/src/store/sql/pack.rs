//! How do bytes stand in a column? The first says how the others are written: plain, or compressed with zstd.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
const LEVEL: i32 = 3;
/// Below, the frame of zstd costs more than it saves.
const SMALL: usize = 100;

/// Writes bytes as they are.
pub(super) fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(bytes.len() + 1);
    packed.push(PLAIN);
    packed.extend_from_slice(bytes);
    packed
}

/// Writes bytes compressed, when that saves a tenth.
pub(super) fn compressed(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() < SMALL {
        return plain(bytes);
    }
    match zstd::bulk::compress(bytes, LEVEL) {
        Ok(smaller) if smaller.len() < bytes.len() / 10 * 9 => {
            let mut packed = vec![ZSTD];
            packed.extend(smaller);
            packed
        }
        _ => plain(bytes),
    }
}

/// Says whether bytes were written compressed.
pub(super) fn is_compressed(packed: &[u8]) -> bool {
    packed.first() == Some(&ZSTD)
}

/// Reads bytes.
///
/// # Errors
/// `Corrupt`.
pub(super) fn unpacked(packed: &[u8]) -> Result<Cow<'_, [u8]>> {
    match packed.split_first() {
        Some((&PLAIN, bytes)) => Ok(Cow::Borrowed(bytes)),
        Some((&ZSTD, bytes)) => zstd::decode_all(bytes)
            .map(Cow::Owned)
            .map_err(|source| unreadable().because(source)),
        _ => Err(unreadable()),
    }
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Corrupt, "stored bytes cannot be unpacked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_whichever_way_they_were_written() {
        for bytes in [&b""[..], b"\0\xff", &b"show version\n".repeat(99)] {
            for packed in [plain(bytes), compressed(bytes)] {
                assert_eq!(unpacked(&packed).unwrap(), bytes);
            }
        }
        assert!(is_compressed(&compressed(&[7; 5000])));
        for broken in [&b""[..], b"\x02x", b"\x01x"] {
            let kind = unpacked(broken).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::Corrupt);
        }
    }
}
