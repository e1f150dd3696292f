//! What was done to this object, by this actor, in this time? The audit log, page by page.

use serde::{Deserialize, Serialize};

use super::{Audit, AuditAction, AuditEntry, CHUNK, LOG};
use crate::error::{Error, ErrorKind, Result};
use crate::store::query::TimeRange;
use crate::store::{Direction, Page};

/// Which entries of the audit log are wanted, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditOptions {
    /// Only those about this kind of thing: `execution`, `snapshot`, `store`, …
    pub object_type: Option<String>,
    /// Only those about the thing with this id.
    pub object_id: Option<String>,
    /// Only those of this actor.
    pub actor: Option<String>,
    /// Only these actions; every one when empty.
    pub actions: Vec<AuditAction>,
    /// Only those written in this time.
    pub at: TimeRange,
    /// Newest first by default.
    pub direction: Direction,
    /// Entries of a page.
    pub limit: usize,
    /// The cursor of the page before; none for the first page.
    pub cursor: Option<String>,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self {
            object_type: None,
            object_id: None,
            actor: None,
            actions: Vec::new(),
            at: TimeRange::default(),
            direction: Direction::default(),
            limit: 100,
            cursor: None,
        }
    }
}

impl AuditOptions {
    fn fits(&self, entry: &AuditEntry) -> bool {
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        same(&self.object_type, &entry.object_type)
            && same(&self.object_id, &entry.object_id)
            && same(&self.actor, &entry.actor)
            && (self.actions.is_empty() || self.actions.contains(&entry.action))
            && self.at.contains(entry.at)
    }
}

impl Audit<'_> {
    /// Returns a page of entries. An entry that cannot be read is passed over; [`verify`](Self::verify) names it.
    ///
    /// The entries of a page are found by reading the log: a filter that few fit reads all of it, in constant memory.
    ///
    /// # Errors
    /// `InvalidInput` for a limit of 0, an unknown action, a time that cannot be read, or a cursor that is none; `Storage`.
    pub async fn entries(&self, options: &AuditOptions) -> Result<Page<AuditEntry>> {
        if options.limit == 0 {
            return Err(bad("a page of no entries shows nothing", "0").hint("use at least 1"));
        }
        if let Some(action) = options.actions.iter().find(|action| action.is_unknown()) {
            return Err(bad("no such action", &format!("{action:?}")).hint(ACTIONS));
        }
        let wanted = AuditOptions {
            at: options.at.at(self.store.now())?,
            ..options.clone()
        };
        let end = self.store.log_end(LOG).await?.map_or(0, |(end, _)| end);
        let mut items = Vec::new();
        let mut window = Window::first(&wanted, end)?;
        while let Some((from, count)) = window.next(end) {
            for (number, bytes) in window.ordered(self.store.log(LOG, from, count).await?) {
                let entry = AuditEntry::read(&bytes).filter(|entry| wanted.fits(entry));
                if entry.is_some() && items.len() == wanted.limit {
                    return Ok(page(items, Some(window.before(number))));
                }
                items.extend(entry);
            }
        }
        Ok(page(items, None))
    }
}

fn page(items: Vec<AuditEntry>, cursor: Option<u64>) -> Page<AuditEntry> {
    Page {
        items,
        cursor: cursor.map(|last| last.to_string()),
        total: None,
    }
}

/// The part of the log that is read next.
struct Window {
    direction: Direction,
    /// The last number that was looked at; when descending, 1 above the first.
    last: u64,
}

impl Window {
    fn first(options: &AuditOptions, end: u64) -> Result<Self> {
        let last = match (&options.cursor, options.direction) {
            (Some(cursor), _) => cursor
                .parse()
                .map_err(|_| bad("not a cursor of this list", cursor).hint(CURSOR))?,
            (None, Direction::Ascending) => 0,
            (None, Direction::Descending) => end + 1,
        };
        Ok(Self {
            direction: options.direction,
            last,
        })
    }

    /// Where to read, and how many; `None` behind the last.
    fn next(&mut self, end: u64) -> Option<(u64, usize)> {
        let chunk = CHUNK as u64;
        match self.direction {
            Direction::Ascending => {
                let from = self.last + 1;
                self.last = (self.last + chunk).min(end);
                (from <= end).then_some((from, CHUNK))
            }
            Direction::Descending => {
                let above = self.last;
                self.last = above.saturating_sub(chunk).max(1);
                let count = usize::try_from(above - self.last.min(above)).unwrap_or(CHUNK);
                (count > 0).then_some((self.last, count))
            }
        }
    }

    fn ordered(&self, mut entries: Vec<(u64, Vec<u8>)>) -> Vec<(u64, Vec<u8>)> {
        if self.direction == Direction::Descending {
            entries.reverse();
        }
        entries
    }

    /// The number that was looked at before this one.
    fn before(&self, number: u64) -> u64 {
        match self.direction {
            Direction::Ascending => number - 1,
            Direction::Descending => number + 1,
        }
    }
}

const CURSOR: &str = "hand in the cursor of the page before as it came, or none for the first page";
const ACTIONS: &str = "there are create, start, request_cancel, cancel, finish, recover, label, pin, annotate, prune, archive, export, \
    import and approve";

fn bad(what: &'static str, text: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, what)
        .during("audit.entries")
        .with("text", text.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actions_that_are_named_are_those_that_are_known() {
        let words = ACTIONS
            .trim_start_matches("there are ")
            .replace(" and ", ", ");
        for word in words.split(", ") {
            let action: AuditAction = serde_json::from_value(word.trim().into()).unwrap();
            assert!(!action.is_unknown(), "{word}");
        }
        assert_eq!(words.split(", ").count(), 14);
    }
}
