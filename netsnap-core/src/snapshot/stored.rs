//! Observations over the records and blobs of a backend.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{NewSnapshot, SnapshotService};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, SnapshotId};
use crate::model::Snapshot;
use crate::store::{Backend, Page};

const RECORDS: &str = "snapshots";
const HISTORY: &str = "history";

/// Parts of a history key are divided by a character that no subject can hold.
const DIVIDER: char = '\u{1f}';

/// Observations over the records and blobs of a backend.
#[derive(Clone, Debug)]
pub struct StoredSnapshots {
    store: Arc<dyn Backend>,
}

impl StoredSnapshots {
    /// Keeps observations in a backend.
    #[must_use]
    pub fn new(store: Arc<dyn Backend>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl SnapshotService for StoredSnapshots {
    async fn take(&self, observed: NewSnapshot, bytes: &[u8]) -> Result<Snapshot> {
        check_subject(&observed.subject)?;
        let content = self.store.put_blob(bytes).await?;
        let snapshot = name(observed, content, bytes.len() as u64)?;
        let record = to_json(&snapshot)?;
        // The record first: a history entry never points at nothing.
        self.store
            .put_record(RECORDS, &snapshot.id.to_string(), &record)
            .await?;
        self.store
            .put_record(HISTORY, &history_key(&snapshot), &record)
            .await?;
        Ok(snapshot)
    }

    async fn snapshot(&self, id: &SnapshotId) -> Result<Snapshot> {
        let record = self
            .store
            .record(RECORDS, &id.to_string())
            .await
            .map_err(|error| {
                error
                    .with("snapshot", id)
                    .hint("list the history of the device to see which snapshots there are")
            })?;
        from_json(&record)
    }

    async fn text(&self, id: &SnapshotId) -> Result<String> {
        let snapshot = self.snapshot(id).await?;
        let bytes = self.store.blob(&snapshot.content).await?;
        String::from_utf8(bytes).map_err(|error| {
            Error::new(ErrorKind::Corrupt, "the snapshot is not text")
                .during("snapshot.text")
                .with("snapshot", id)
                .because(error)
        })
    }

    async fn history(
        &self,
        subject: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page<Snapshot>> {
        let prefix = format!("{subject}{DIVIDER}");
        if cursor.is_some_and(|cursor| !cursor.starts_with(&prefix)) {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                "the cursor belongs to another list",
            )
            .during("snapshot.history")
            .with("subject", subject.escape_debug())
            .hint("pass the cursor of the page before, or none for the first page"));
        }
        // One more than asked tells whether there is a next page.
        let mut found = self
            .store
            .records(HISTORY, &prefix, cursor, limit.saturating_add(1))
            .await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let cursor = found.last().filter(|_| more).map(|(key, _)| key.clone());
        let items = found
            .iter()
            .map(|(_, record)| from_json(record))
            .collect::<Result<_>>()?;
        Ok(Page {
            items,
            cursor,
            total: None,
        })
    }
}

/// Refuses what cannot be the name of a subject.
///
/// # Errors
/// `InvalidInput`.
pub(crate) fn check_subject(subject: &str) -> Result<()> {
    if subject.is_empty() || subject.chars().any(char::is_control) {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "a subject is empty or holds a control character",
        )
        .during("snapshot.take")
        .with("subject", subject.escape_debug()));
    }
    Ok(())
}

fn name(observed: NewSnapshot, content: Digest, bytes: u64) -> Result<Snapshot> {
    let NewSnapshot {
        subject,
        kind,
        platform,
        meaning,
        taken_at,
        execution,
        proof,
    } = observed;
    let unnamed = Digest::of(b"").into();
    let mut snapshot = Snapshot {
        id: unnamed,
        subject,
        kind,
        platform,
        content,
        meaning,
        bytes,
        taken_at,
        execution,
        proof,
    };
    let mut record = serde_json::to_value(&snapshot).map_err(internal)?;
    record
        .as_object_mut()
        .and_then(|fields| fields.remove("id"));
    // serde_json keeps the keys of a `Value` sorted, so the form is canonical.
    snapshot.id = SnapshotId::from(Digest::of_kind("snapshot", record.to_string().as_bytes()));
    Ok(snapshot)
}

fn history_key(snapshot: &Snapshot) -> String {
    format!(
        "{}{DIVIDER}{:020}{DIVIDER}{}",
        snapshot.subject,
        microseconds(snapshot.taken_at),
        snapshot.id
    )
}

fn microseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_microsecond()).unwrap_or(0)
}

fn to_json(snapshot: &Snapshot) -> Result<Vec<u8>> {
    serde_json::to_vec(snapshot).map_err(internal)
}

fn from_json(record: &[u8]) -> Result<Snapshot> {
    serde_json::from_slice(record).map_err(|error| {
        Error::new(
            ErrorKind::Corrupt,
            "the record of a snapshot does not parse",
        )
        .during("snapshot.load")
        .because(error)
    })
}

fn internal(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, "a snapshot cannot be written as JSON")
        .during("snapshot.take")
        .because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Proof, SnapshotKind};
    use crate::store::MemoryStore;

    fn observed(subject: &str, second: i64) -> NewSnapshot {
        NewSnapshot {
            subject: subject.to_owned(),
            kind: SnapshotKind::RunningConfiguration,
            platform: "frr".to_owned(),
            meaning: Digest::of(b"meaning"),
            taken_at: Timestamp::from_second(second).unwrap(),
            execution: None,
            proof: Proof::Fence,
        }
    }

    #[tokio::test]
    async fn the_history_of_a_device_is_its_own_and_newest_first() {
        let service = StoredSnapshots::new(Arc::new(MemoryStore::default()));
        for (subject, second) in [
            ("r1", 10),
            ("r1", 30),
            ("r1", 20),
            ("r10", 40),
            ("r1/x", 50),
        ] {
            service
                .take(observed(subject, second), b"hostname r1\n")
                .await
                .unwrap();
        }
        let first = service.history("r1", None, 2).await.unwrap();
        let second = service
            .history("r1", first.cursor.as_deref(), 2)
            .await
            .unwrap();
        let seconds: Vec<_> = first
            .items
            .iter()
            .chain(&second.items)
            .map(|s| s.taken_at.as_second())
            .collect();
        assert_eq!(seconds, [30, 20, 10]);
        assert_eq!(second.cursor, None);
        let error = service
            .history("r10", first.cursor.as_deref(), 2)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn equal_bytes_share_a_blob_and_observations_stay_apart() {
        let service = StoredSnapshots::new(Arc::new(MemoryStore::default()));
        let one = service.take(observed("r1", 1), b"same").await.unwrap();
        let two = service.take(observed("r1", 2), b"same").await.unwrap();
        assert_eq!(one.content, two.content);
        assert_ne!(one.id, two.id);
        assert_eq!(service.text(&two.id).await.unwrap(), "same");
        assert_eq!(service.snapshot(&one.id).await.unwrap(), one);
    }
}
