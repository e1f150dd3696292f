//! Is the audit log what was written? Its chain is computed again, entry by entry.

use serde::{Deserialize, Serialize};

use super::{Anchor, Audit, AuditEntry, CHUNK, LOG};
use crate::error::Result;

/// How an entry is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditFaultKind {
    /// What it says does not have its hash, or it is no entry at all: it was changed.
    Changed,
    /// One or more entries before it are gone.
    Removed,
    /// It stands where another one was; that one stands further on.
    Reordered,
    /// It does not continue the entry before it: it was put there by somebody who did not know the chain, or the entry before
    /// it was replaced together with its hash.
    Unlinked,
    /// The log ends before an entry that is known to have been written.
    CutOff,
    /// The whole chain up to an entry that is known was computed anew.
    Rewritten,
}

/// The first place where the audit log is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFault {
    /// The number of the entry.
    pub number: u64,
    /// How it is not what was written.
    pub kind: AuditFaultKind,
    /// The same for a person.
    pub why: String,
}

/// What a check of the audit log found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// Entries that are as they were written, counted from the first on.
    pub entries: u64,
    /// The last of them. Kept elsewhere and handed in at the next check, it proves that nothing up to it was changed or cut off
    /// since.
    pub head: Option<Anchor>,
    /// The first entry that is not; the chain says nothing of those behind it.
    pub fault: Option<AuditFault>,
}

impl Audit<'_> {
    /// Checks the whole chain, and that it holds the entry that an anchor names, when one is given.
    ///
    /// What this can find, and what only an anchor can, stands in the documentation of the [module](super).
    ///
    /// # Errors
    /// `Corrupt` when the backend itself says that the log is damaged; `Storage`.
    pub async fn verify(&self, anchor: Option<&Anchor>) -> Result<AuditReport> {
        let mut chain = Chain::new(anchor);
        loop {
            let from = chain.end.number + 1;
            let entries = self.store.log(LOG, from, CHUNK).await?;
            if entries.is_empty() {
                return Ok(chain.finish());
            }
            for (number, bytes) in &entries {
                if let Err(fault) = chain.take(*number, bytes) {
                    let fault = self.refined(fault).await?;
                    return Ok(chain.broken(fault));
                }
            }
        }
    }

    /// Tells an entry that was moved from one that is gone, by looking for it further on.
    async fn refined(&self, fault: AuditFault) -> Result<AuditFault> {
        if fault.kind != AuditFaultKind::Removed {
            return Ok(fault);
        }
        let mut from = fault.number;
        loop {
            let entries = self.store.log(LOG, from, CHUNK).await?;
            let Some((last, _)) = entries.last() else {
                return Ok(fault);
            };
            from = last + 1;
            let mut numbers = entries.iter().filter_map(|(_, bytes)| own_number(bytes));
            if numbers.any(|number| number == fault.number) {
                return Ok(AuditFaultKind::Reordered.at(fault.number));
            }
        }
    }
}

fn own_number(bytes: &[u8]) -> Option<u64> {
    AuditEntry::read(bytes).map(|entry| entry.number)
}

/// The chain as far as it was checked.
struct Chain<'a> {
    end: Anchor,
    anchor: Option<&'a Anchor>,
}

impl<'a> Chain<'a> {
    fn new(anchor: Option<&'a Anchor>) -> Self {
        Self {
            end: Anchor::default(),
            anchor,
        }
    }

    /// Checks the entry that stands at a number of the log.
    fn take(&mut self, number: u64, bytes: &[u8]) -> Result<(), AuditFault> {
        let expected = self.end.number + 1;
        let entry = AuditEntry::read(bytes).ok_or(AuditFaultKind::Changed.at(expected))?;
        let kind = if entry.hash != entry.expected_hash() {
            AuditFaultKind::Changed
        } else if number > expected || entry.number > expected {
            AuditFaultKind::Removed
        } else if entry.number < expected {
            AuditFaultKind::Reordered
        } else if entry.previous != self.end.hash {
            AuditFaultKind::Unlinked
        } else if self.contradicts_anchor(&entry) {
            AuditFaultKind::Rewritten
        } else {
            self.end = entry.anchor();
            return Ok(());
        };
        Err(kind.at(expected))
    }

    fn contradicts_anchor(&self, entry: &AuditEntry) -> bool {
        let anchor = self.anchor.filter(|anchor| anchor.number == entry.number);
        anchor.is_some_and(|anchor| anchor.hash != entry.hash)
    }

    fn finish(self) -> AuditReport {
        let missing = self.anchor.filter(|anchor| anchor.number > self.end.number);
        let fault = missing.map(|_| AuditFaultKind::CutOff.at(self.end.number + 1));
        self.report(fault)
    }

    fn broken(self, fault: AuditFault) -> AuditReport {
        self.report(Some(fault))
    }

    fn report(self, fault: Option<AuditFault>) -> AuditReport {
        AuditReport {
            entries: self.end.number,
            fault,
            head: (self.end.number > 0).then_some(self.end),
        }
    }
}

impl AuditFaultKind {
    fn at(self, number: u64) -> AuditFault {
        let why = match self {
            Self::Changed => "the entry is not what was written",
            Self::Removed => "an entry is gone",
            Self::Reordered => "the entry stands in another place than it was written to",
            Self::Unlinked => "the entry does not continue the one before it",
            Self::CutOff => "the log ends before an entry that is known to have been written",
            Self::Rewritten => "the entry has another hash than is known of it",
        };
        AuditFault {
            number,
            kind: self,
            why: why.to_owned(),
        }
    }
}
