//! Who changed what, when and why, and has nobody changed that record since?
//!
//! The log `audit` of a store is a chain: each entry holds the hash of the one before it, so an entry that is changed, taken
//! out, moved or put in breaks the chain at that place. What a chain without a key can promise, and what it cannot:
//!
//! - Whoever can write the store can also compute the chain anew, from any entry on. Only an [`Anchor`] that is kept where they
//!   cannot write shows it: hand it to [`Audit::verify`]. An anchor stands for every entry up to it.
//! - Entries cut off the end leave a whole chain behind. They are missed by an anchor of the caller, by the anchors in the
//!   tombstones of removed runs (a log of its own), and by [`verify`](crate::store::verify::verify), which asks for the
//!   entries of every run that is there.
//! - An entry binds what it tells of by the digest of the summary, and the summary of a run that has ended all that was recorded of it
//!   ([`Execution::record_digest`](crate::model::Execution::record_digest)).
//! - A change of a run and its entry are written in one step ([`Audit::change`]): a process that dies leaves both or neither. A run
//!   is created first, its entry follows, and whoever finds it without one ends it with an entry. A removal is announced first: its
//!   entry may stand there before the run is gone.

mod chain;
mod digest;
mod entry;
mod read;
mod transition;
mod unknown;

pub use self::chain::{AuditFault, AuditFaultKind, AuditReport};
pub use self::digest::execution_digest;
pub use self::entry::{Anchor, AuditAction, AuditEntry, NewAuditEntry};
pub use self::read::AuditOptions;
pub use self::transition::Change;
pub use self::unknown::UnknownAction;
use super::Backend;
use super::contention::Contention;
use crate::error::{Error, ErrorKind, Result};
use crate::redact;

/// The log that holds the entries.
pub const LOG: &str = "audit";
/// Entries that are read at a time.
const CHUNK: usize = 1000;

/// The audit log of a store.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'a> {
    store: &'a dyn Backend,
}

impl<'a> Audit<'a> {
    /// Speaks of the audit log of a store.
    #[must_use]
    pub fn of(store: &'a dyn Backend) -> Self {
        Self { store }
    }

    /// Appends an entry, durable on return, and returns it with its place in the chain.
    ///
    /// Many processes may append at once: whoever finds the end taken reads it again and repeats.
    ///
    /// # Errors
    /// `Conflict` when others were faster for several seconds; `Corrupt` when the last entry cannot be read; `Storage`.
    pub async fn append(&self, new: NewAuditEntry) -> Result<AuditEntry> {
        let mut entries = self.append_all(vec![new]).await?;
        entries
            .pop()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "an entry that was appended is missing"))
    }

    /// Appends entries one behind the other, all of them or none, durable on return.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    pub async fn append_all(&self, new: Vec<NewAuditEntry>) -> Result<Vec<AuditEntry>> {
        let mut contention = Contention::default();
        loop {
            match self.try_append(&new).await {
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    contention.wait_after(error).await?;
                }
                result => return result.map_err(|error| error.during("audit.append")),
            }
        }
    }

    async fn try_append(&self, new: &[NewAuditEntry]) -> Result<Vec<AuditEntry>> {
        let mut end = self.head().await?.unwrap_or_default();
        let (next, at) = (end.number + 1, self.store.now());
        let mut sealed = Vec::with_capacity(new.len());
        for entry in new {
            let entry = self.as_kept(entry).sealed(&end, at);
            end = entry.anchor();
            sealed.push(entry);
        }
        let bytes: Vec<Vec<u8>> = sealed.iter().map(AuditEntry::bytes).collect();
        self.store.append_log(LOG, next, &bytes).await?;
        Ok(sealed)
    }

    /// An entry without the secrets in its reason and in who gives it.
    fn as_kept(&self, new: &NewAuditEntry) -> NewAuditEntry {
        let reason = new.reason.as_deref();
        NewAuditEntry {
            actor: redact::in_name(&new.actor).into_owned(),
            reason: reason.map(|reason| self.store.text_as_kept(reason)),
            ..new.clone()
        }
    }

    /// Names the last entry; `None` when there is none.
    ///
    /// # Errors
    /// `Corrupt` when it cannot be read; `Storage`.
    pub async fn head(&self) -> Result<Option<Anchor>> {
        let Some((number, bytes)) = self.store.log_end(LOG).await? else {
            return Ok(None);
        };
        let entry = AuditEntry::read(&bytes).ok_or_else(|| unreadable(number))?;
        Ok(Some(Anchor {
            number,
            hash: entry.hash,
        }))
    }
}

fn unreadable(number: u64) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "the last entry of the audit log cannot be read",
    )
    .with("number", number)
    .hint("verify the store to see where the log was changed, and restore it from a copy")
}
