//! Where did a search stop? A place in the walk, as text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::Position;
use super::{SearchOptions, bad};
use crate::error::Result;
use crate::id::Digest;

/// Where a walk goes on, and what it walks through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The runs up to this one are done.
    pub(super) done: Option<Position>,
    /// The run in which the walk stopped, and where.
    pub(super) within: Option<Within>,
    /// When the walk began: what its relative times are relative to.
    pub(super) now: Timestamp,
    /// Of what is looked for and where.
    digest: String,
}

/// A place within a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Within {
    /// The run.
    pub(super) run: Position,
    /// The place of the output to go on with.
    pub(super) output: usize,
    /// The line to go on with, counted from 1.
    pub(super) line: u64,
}

impl Place {
    /// Returns where a search begins: at the beginning, or where its cursor says.
    pub(super) fn start(options: &SearchOptions, now: Timestamp) -> Result<Self> {
        let digest = digest(options)?;
        let Some(cursor) = &options.cursor else {
            return Ok(Self {
                done: None,
                within: None,
                now,
                digest,
            });
        };
        let place = Self::parse(cursor).filter(|place| place.digest == digest);
        place.ok_or_else(|| {
            bad("not a cursor of this search")
                .with("cursor", cursor.escape_debug())
                .hint("hand in the cursor of the search before as it came, with the same pattern and filter")
        })
    }

    /// The text of a place: a checksum, then JSON, in base64.
    pub(super) fn text(&self) -> String {
        let json = serde_json::to_vec(self).expect("a place is plain text");
        let mut bytes = crc32fast::hash(&json).to_be_bytes().to_vec();
        bytes.extend(json);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn parse(cursor: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (checksum, json) = bytes.split_first_chunk::<4>()?;
        if crc32fast::hash(json) != u32::from_be_bytes(*checksum) {
            return None;
        }
        serde_json::from_slice(json).ok()
    }
}

/// Names a search by all that decides which lines it meets; limits and context may differ from call to call.
fn digest(options: &SearchOptions) -> Result<String> {
    let text = serde_json::to_vec(&(
        (&options.pattern, options.syntax, options.case),
        (&options.execution, &options.filter, options.sort),
        (&options.device, &options.command),
    ))
    .map_err(|error| bad("the filter cannot be written as JSON").because(error))?;
    let mut digest = Digest::of(&text).to_string();
    digest.truncate(16);
    Ok(digest)
}
