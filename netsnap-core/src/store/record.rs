//! What names everything that was recorded of a run? One SHA-256 over its lines as the store keeps them.
//!
//! It is the store's own: another one that takes the run in names what it keeps itself. Made of the bytes that are kept and not of what
//! is read from them, it stays the same when a later netsnap reads more from them, or less.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Backend, ExecutionStore};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, ExecutionId};
use crate::model::Execution;

/// Events that are read at a time.
const CHUNK: usize = 1000;

/// Gathers what makes up the record of a run.
pub(super) struct Record(Sha256);

impl Default for Record {
    fn default() -> Self {
        Self(Sha256::new_with_prefix(b"netsnap:record\0"))
    }
}

impl Record {
    /// Adds a line.
    pub(super) fn add(&mut self, line: &[u8]) {
        // With its length no line runs into the next.
        self.0.update((line.len() as u64).to_be_bytes());
        self.0.update(line);
    }

    pub(super) fn digest(self) -> Digest {
        Digest::from_sha256(self.0.finalize().into())
    }

    fn add_each<T: Serialize>(&mut self, values: &[T]) -> Result<()> {
        for value in values {
            self.add(&serde_json::to_vec(value).map_err(not_json)?);
        }
        Ok(())
    }
}

fn not_json(source: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, "a value cannot be written as JSON").because(source)
}

/// Names the record of a run whose store keeps values, not bytes.
pub(super) async fn digest_of_values<S: ExecutionStore + ?Sized>(
    store: &S,
    id: &ExecutionId,
) -> Result<Digest> {
    let mut record = Record::default();
    let mut next = 1;
    loop {
        let events = store.events(id, next, CHUNK).await?;
        record.add_each(&events)?;
        match events.last() {
            Some(last) => next = last.sequence + 1,
            None => break,
        }
    }
    let (outputs, results) = store.recorded(id).await?;
    record.add_each(&outputs)?;
    record.add_each(&results)?;
    Ok(record.digest())
}

/// Binds a run that is about to end to what was recorded of it: its summary names the record, and the audit log its summary. A record that
/// cannot be read is not named.
///
/// # Errors
/// `NotFound`; `Storage`.
pub(super) async fn bound(store: &dyn Backend, run: &Execution) -> Result<Execution> {
    let record_digest = match store.record_digest(&run.id).await {
        Err(error) if error.kind() == ErrorKind::Corrupt => None,
        digest => Some(digest?),
    };
    Ok(Execution {
        record_digest,
        ..run.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_record_is_fixed_for_ever() {
        let mut record = Record::default();
        record.add(b"{\"a\":1}");
        record.add(b"");
        let mut bytes = 7_u64.to_be_bytes().to_vec();
        bytes.extend_from_slice(b"{\"a\":1}");
        bytes.extend_from_slice(&0_u64.to_be_bytes());
        assert_eq!(record.digest(), Digest::of_kind("record", &bytes));
    }
}
