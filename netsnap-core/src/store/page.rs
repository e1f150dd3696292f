//! How does a caller walk through the list of runs? By pages, each with a cursor to the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Backend, Position};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Execution;

/// Some of many, with the way to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Newest first.
    pub items: Vec<T>,
    /// What to hand in for the next page; `None` on the last one. Opaque.
    pub cursor: Option<String>,
}

/// Returns a page of runs, newest first.
///
/// Walking by cursors visits each run once, however many begin meanwhile.
///
/// # Errors
/// `InvalidInput` for a limit of 0 or a damaged cursor; `Storage`.
pub async fn list(
    store: &dyn Backend,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<Execution>> {
    if limit == 0 {
        return Err(
            Error::new(ErrorKind::InvalidInput, "a page of no runs shows nothing")
                .during("store.list")
                .hint("ask for at least one run"),
        );
    }
    let after = cursor.map(decode).transpose()?;
    // One more than asked for tells whether there is a next page.
    let mut items = store.page(after.as_ref(), limit.saturating_add(1)).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| more);
    let cursor = last.map(|run| encode(&Position::of(run)));
    Ok(Page { items, cursor })
}

/// The text of a position: a checksum, then JSON, in base64.
fn encode(position: &Position) -> String {
    let json = serde_json::to_vec(position).expect("a position is plain text");
    let mut bytes = crc32fast::hash(&json).to_be_bytes().to_vec();
    bytes.extend(json);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(cursor: &str) -> Result<Position> {
    parse(cursor).ok_or_else(|| {
        Error::new(ErrorKind::InvalidInput, "not a cursor of this list")
            .during("store.list")
            .with("cursor", cursor.escape_debug())
            .hint("hand in the cursor of the page before as it came, or none for the first page")
    })
}

fn parse(cursor: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (checksum, json) = bytes.split_first_chunk::<4>()?;
    if crc32fast::hash(json) != u32::from_be_bytes(*checksum) {
        return None;
    }
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ExecutionId;

    #[test]
    fn a_cursor_comes_back_exactly_and_a_damaged_one_is_refused() {
        let created_at = "2026-03-01T10:00:00.123456789Z".parse().unwrap();
        let position = Position {
            created_at,
            id: ExecutionId::new(created_at, 7),
        };
        let cursor = encode(&position);
        assert_eq!(decode(&cursor).unwrap(), position);
        for at in 0..cursor.len() {
            let mut damaged = cursor.clone().into_bytes();
            damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).unwrap();
            assert_eq!(
                decode(&damaged).unwrap_err().kind(),
                ErrorKind::InvalidInput
            );
        }
        assert!(decode("").is_err());
        assert!(decode("../x").is_err());
    }
}
