//! How does a caller walk through the list of runs? By pages, each with a cursor to the next.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Filter, Position, Selection, Sort};
use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;
use crate::model::Execution;
use crate::store::Backend;

/// How a list of runs is chosen, ordered and cut into pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListOptions {
    /// Which runs; every one by default.
    pub filter: Filter,
    /// In which order; newest first by default.
    pub sort: Sort,
    /// Runs of a page.
    pub limit: usize,
    /// The cursor of the page before; none for the first page.
    pub cursor: Option<String>,
    /// The number of the page, counted from 1, for those who leaf through numbered pages. Runs that begin meanwhile move from
    /// page to page; a walk by cursors visits each once. Not together with a cursor.
    pub page: Option<usize>,
    /// Count the runs that fit as well, up to this number; counting costs more the more there are.
    pub count_up_to: Option<u64>,
}

impl Default for ListOptions {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            sort: Sort::default(),
            limit: 50,
            cursor: None,
            page: None,
            count_up_to: None,
        }
    }
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// So many were counted.
    pub count: u64,
    /// Set when counting stopped there: there may be more.
    pub capped: bool,
    /// So many pages of this size they fill.
    pub pages: u64,
}

/// Some of many, with the way to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// In the order that was asked for.
    pub items: Vec<T>,
    /// What to hand in for the next page; `None` on the last one. Opaque.
    pub cursor: Option<String>,
    /// How many there are, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
}

/// Where a walk stands, and what it walks through.
#[derive(Serialize, Deserialize)]
struct Place {
    position: Position,
    /// When the walk began: what its relative times are relative to.
    now: Timestamp,
    /// Of the filter and the order.
    digest: String,
}

/// Returns a page of runs.
///
/// Walking by cursors visits each run that was there from the first page on exactly once, however many begin meanwhile, as long
/// as it keeps what it is filtered and sorted by. Relative times stay those of the first page.
///
/// # Errors
/// `InvalidInput` for a limit of 0, a page 0, a damaged cursor or one of another list; `Storage`.
pub async fn list(store: &dyn Backend, options: &ListOptions) -> Result<Page<Execution>> {
    let walk = Walk::of(options, store.now())?;
    // One more than asked for tells whether there is a next page.
    let mut items = store.select(&walk.selection).await?;
    let more = items.len() > options.limit;
    items.truncate(options.limit);
    let last = items.last().filter(|_| more);
    let cursor = last.map(|run| walk.cursor(run));
    let total = match options.count_up_to {
        Some(cap) => Some(total(store, &walk.selection.filter, cap, options.limit).await?),
        None => None,
    };
    Ok(Page {
        items,
        cursor,
        total,
    })
}

async fn total(store: &dyn Backend, filter: &Filter, cap: u64, size: usize) -> Result<Total> {
    let count = store.count(filter, cap.saturating_add(1)).await?;
    let shown = count.min(cap);
    Ok(Total {
        count: shown,
        capped: count > cap,
        pages: shown.div_ceil(size as u64),
    })
}

struct Walk {
    selection: Selection,
    now: Timestamp,
    digest: String,
}

impl Walk {
    fn of(options: &ListOptions, now: Timestamp) -> Result<Self> {
        if options.limit == 0 {
            return Err(bad("a page of no runs shows nothing").hint("ask for at least one run"));
        }
        let digest = digest(options)?;
        let place = match &options.cursor {
            Some(cursor) => Some(decode(cursor, &digest)?),
            None => None,
        };
        let now = place.as_ref().map_or(now, |place| place.now);
        let selection = Selection {
            filter: options.filter.at(now)?,
            sort: options.sort,
            after: place.map(|place| place.position),
            skip: skip(options)?,
            limit: options.limit.saturating_add(1),
        };
        Ok(Self {
            selection,
            now,
            digest,
        })
    }

    fn cursor(&self, last: &Execution) -> String {
        encode(&Place {
            position: Position::of(last, self.selection.sort.by),
            now: self.now,
            digest: self.digest.clone(),
        })
    }
}

fn skip(options: &ListOptions) -> Result<usize> {
    match (options.page, &options.cursor) {
        (None, _) => Ok(0),
        (Some(_), Some(_)) => Err(bad("a list has a page number or a cursor, not both")
            .hint("walk by cursors, or leaf through pages by number")),
        (Some(page), None) => page
            .checked_sub(1)
            .and_then(|pages| pages.checked_mul(options.limit))
            .ok_or_else(|| {
                bad("no such page")
                    .with("page", page)
                    .hint("the first page is 1")
            }),
    }
}

/// Names what is walked through, so that a cursor is not taken for another list.
fn digest(options: &ListOptions) -> Result<String> {
    let text = serde_json::to_vec(&(&options.filter, options.sort))
        .map_err(|error| bad("the filter cannot be written as JSON").because(error))?;
    let mut digest = Digest::of(&text).to_string();
    digest.truncate(16);
    Ok(digest)
}

/// The text of a place: a checksum, then JSON, in base64.
fn encode(place: &Place) -> String {
    let json = serde_json::to_vec(place).expect("a place is plain text");
    let mut bytes = crc32fast::hash(&json).to_be_bytes().to_vec();
    bytes.extend(json);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(cursor: &str, digest: &str) -> Result<Place> {
    let refused = |why| {
        bad(why)
            .with("cursor", cursor.escape_debug())
            .hint("hand in the cursor of the page before as it came, or none for the first page")
    };
    let place = parse(cursor).ok_or_else(|| refused("not a cursor of this list"))?;
    if place.digest == digest {
        return Ok(place);
    }
    Err(refused(
        "the cursor belongs to a list with another filter or order",
    ))
}

fn parse(cursor: &str) -> Option<Place> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (checksum, json) = bytes.split_first_chunk::<4>()?;
    if crc32fast::hash(json) != u32::from_be_bytes(*checksum) {
        return None;
    }
    serde_json::from_slice(json).ok()
}

fn bad(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, what).during("store.list")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ExecutionId;
    use crate::store::SortKey;

    #[test]
    fn a_cursor_comes_back_exactly_and_a_damaged_or_foreign_one_is_refused() {
        let created_at = "2026-03-01T10:00:00.123456789Z".parse().unwrap();
        let position = Position {
            key: SortKey::Text("é".into()),
            created_at,
            id: ExecutionId::new(created_at, 7),
        };
        let place = Place {
            position: position.clone(),
            now: created_at,
            digest: "a".into(),
        };
        let cursor = encode(&place);
        assert_eq!(decode(&cursor, "a").unwrap().position, position);
        let refused = |cursor: &str, digest: &str| {
            let error = decode(cursor, digest).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        };
        refused(&cursor, "b");
        for at in 0..cursor.len() {
            let mut damaged = cursor.clone().into_bytes();
            damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
            refused(&String::from_utf8(damaged).unwrap(), "a");
        }
        refused("", "a");
        refused("../x", "a");
    }
}
