//! How do bytes stand in a column? The first says how the others are written: plain, compressed with zstd, or compressed with zstd by
//! somebody who knows the words that stand in every summary, event and audit entry.

use std::borrow::Cow;
use std::cell::RefCell;

use serde::Serialize;
use zstd::bulk::{Compressor, Decompressor};

use super::rows::to_json;
use crate::error::{Error, ErrorKind, Result};

const PLAIN: u8 = 0;
const ZSTD: u8 = 1;
const WORDS: u8 = 2;
const LEVEL: i32 = 3;
/// For what is soon written again: half of the time, up to a third more bytes.
const HASTE: i32 = -5;
/// What is compressed with these words can be read with these alone: they never change. Others would get another first byte.
const KNOWN: &[u8] = include_bytes!("words.txt");
/// What is longer has words enough of its own.
const LONG: usize = 16 * 1024;
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

/// Knows the words.
type Knowing = RefCell<Option<Compressor<'static>>>;

/// Writes records of our own: a summary, a few events, an entry of a log.
pub(super) fn record(bytes: &[u8]) -> Vec<u8> {
    thread_local! {
        static COMPRESSOR: Knowing = const { RefCell::new(None) };
    }
    COMPRESSOR.with(|compressor| record_by(compressor, LEVEL, bytes))
}

/// Writes a record that others soon take the place of.
pub(super) fn record_in_haste(bytes: &[u8]) -> Vec<u8> {
    thread_local! {
        static COMPRESSOR: Knowing = const { RefCell::new(None) };
    }
    COMPRESSOR.with(|compressor| record_by(compressor, HASTE, bytes))
}

fn record_by(compressor: &Knowing, level: i32, bytes: &[u8]) -> Vec<u8> {
    if bytes.len() > LONG {
        return compressed(bytes);
    }
    let mut compressor = compressor.borrow_mut();
    let mut smaller = || match &mut *compressor {
        Some(compressor) => compressor.compress(bytes),
        made => made
            .insert(Compressor::with_dictionary(level, KNOWN)?)
            .compress(bytes),
    };
    match smaller() {
        Ok(smaller) if smaller.len() < bytes.len() => {
            let mut packed = vec![WORDS];
            packed.extend(smaller);
            packed
        }
        _ => plain(bytes),
    }
}

/// Writes a value as JSON, packed as a [`record`].
///
/// # Errors
/// `Internal`.
pub(super) fn json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    to_json(value).map(|text| record(text.as_bytes()))
}

/// Says whether bytes were written compressed.
pub(super) fn is_compressed(packed: &[u8]) -> bool {
    matches!(packed.first(), Some(&(ZSTD | WORDS)))
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
        Some((&WORDS, bytes)) => knowing(bytes)
            .map(Cow::Owned)
            .map_err(|source| unreadable().because(source)),
        _ => Err(unreadable()),
    }
}

/// Reads what was written by somebody who knows the words.
fn knowing(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    DECOMPRESSOR.with_borrow_mut(|decompressor| match decompressor {
        Some(decompressor) => decompressor.decompress(bytes, LONG),
        None => decompressor
            .insert(Decompressor::with_dictionary(KNOWN)?)
            .decompress(bytes, LONG),
    })
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Corrupt, "stored bytes cannot be unpacked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ExecutionId;
    use crate::model::Execution;

    #[test]
    fn bytes_come_back_whichever_way_they_were_written() {
        for bytes in [&b""[..], b"\0\xff", &b"show version\n".repeat(99)] {
            let packed = [plain, compressed, record, record_in_haste].map(|pack| pack(bytes));
            for packed in packed {
                assert_eq!(unpacked(&packed).unwrap(), bytes);
            }
        }
        assert!(is_compressed(&compressed(&[7; 5000])));
        for broken in [&b""[..], b"\x03x", b"\x02x", b"\x01x"] {
            let kind = unpacked(broken).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::Corrupt);
        }
    }
    #[test]
    fn what_stands_in_every_record_takes_hardly_any_room() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let run = Execution::new(ExecutionId::new(at, 7), at);
        let plain = to_json(&run).unwrap();
        assert!(json(&run).unwrap().len() < plain.len() / 3, "{plain}");
        let long = vec![b'x'; LONG + 1];
        assert_eq!(unpacked(&record(&long)).unwrap(), long);
    }

    #[test]
    fn the_words_are_those_that_databases_were_written_with() {
        let digest = crate::id::Digest::of(KNOWN).to_string();
        assert_eq!(
            digest,
            "2e82c11c236ece0e7ffc81a2d0a37edecc25758bebd81aafd956e85be8dfc5a3"
        );
    }
}
