//! What may be written to a run? Written once, asked by every backend.

use serde::de::IgnoredAny;

use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, EventKind};
use crate::id::ExecutionId;
use crate::model::{DeviceResult, Execution, OutputSummary};

/// Makes sure that a new run stands where its name says it does.
///
/// # Errors
/// `InvalidInput` when the second in its id is not that of its creation: lists would lose their order.
pub(super) fn check_new(execution: &Execution) -> Result<()> {
    if execution.id.names(execution.created_at) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidInput,
        "the id of a run does not name the second of its creation",
    )
    .during("store.create")
    .with("execution", &execution.id)
    .with("created_at", execution.created_at)
    .hint("make the id from the time of creation"))
}

/// Returns what takes the place of a stored summary.
///
/// # Errors
/// `AlreadyFinished` when the stored one is terminal and more than remarks would change; `Conflict` when its revision is
/// another one.
pub(super) fn next_revision(stored: &Execution, proposed: &Execution) -> Result<Execution> {
    if stored.status.is_terminal() && !only_remarks_differ(stored, proposed) {
        return Err(finished(&stored.id)
            .during("store.update")
            .with("status", word(stored))
            .hint("of a run that has ended only labels, pin and annotations change"));
    }
    if stored.revision != proposed.revision {
        return Err(
            Error::new(ErrorKind::Conflict, "somebody else changed the run")
                .during("store.update")
                .with("execution", &stored.id)
                .with("stored_revision", stored.revision)
                .with("revision", proposed.revision)
                .hint("load the run again and repeat the change"),
        );
    }
    let mut next = proposed.clone();
    next.created_at = stored.created_at;
    next.revision += 1;
    Ok(next)
}

/// Says whether two summaries of a run tell the same story.
fn only_remarks_differ(stored: &Execution, proposed: &Execution) -> bool {
    let mut same = proposed.clone();
    same.labels.clone_from(&stored.labels);
    same.annotations.clone_from(&stored.annotations);
    same.pinned = stored.pinned;
    same.archived = stored.archived;
    same.revision = stored.revision;
    same == *stored
}

/// Makes sure that a document can have a name.
///
/// # Errors
/// `InvalidInput`.
pub(super) fn check_document(name: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain) {
        return Ok(());
    }
    Err(
        Error::new(ErrorKind::InvalidInput, "a document cannot have this name")
            .with("name", name.escape_debug())
            .hint("use up to 100 letters, digits, `-`, `_` and `.`"),
    )
}

/// Returns how devices ended in one of many runs: none where that cannot be read, `None` where the run is gone.
///
/// # Errors
/// All but these two.
pub(super) fn unless_gone(results: Result<Vec<DeviceResult>>) -> Result<Option<Vec<DeviceResult>>> {
    match results {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::Corrupt => Ok(Some(Vec::new())),
        results => results.map(Some),
    }
}

/// The error of a document that is not there.
pub(super) fn no_document(id: &ExecutionId, name: &str) -> Error {
    Error::new(ErrorKind::NotFound, "the run has no such document")
        .during("store.document")
        .with("execution", id)
        .with("name", name)
}

/// Makes sure that entries continue a log of the store.
///
/// # Errors
/// `Conflict`.
pub(super) fn check_log(log: &str, end: u64, next: u64) -> Result<()> {
    if next == end + 1 {
        return Ok(());
    }
    Err(
        Error::new(ErrorKind::Conflict, "somebody else appended to the log")
            .during("store.append_log")
            .with("log", log.escape_debug())
            .with("next", end + 1)
            .with("given", next)
            .hint("read its end again and repeat the append"),
    )
}

/// Makes sure that a run has not ended: nothing more is recorded of it then.
///
/// # Errors
/// `AlreadyFinished`.
pub(super) fn check_open(id: &ExecutionId, has_ended: bool) -> Result<()> {
    match has_ended {
        true => Err(finished(id)
            .hint("begin another run; this one takes remarks and derived documents only")),
        false => Ok(()),
    }
}

fn word(execution: &Execution) -> String {
    serde_json::to_value(execution.status)
        .ok()
        .and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Where a log ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tail {
    /// The last sequence number, 0 in an empty log.
    pub(super) sequence: u64,
    /// Set when the last event says that the run is finished.
    pub(super) closed: bool,
}

impl Tail {
    /// The tail of a log that ends with an event.
    pub(super) fn after(event: Option<&Event>) -> Self {
        event.map_or_else(Self::default, |event| Self {
            sequence: event.sequence,
            closed: event.kind == EventKind::ExecutionFinished,
        })
    }

    /// Makes sure that events continue a log without a hole, and that nothing stands behind the last one.
    ///
    /// # Errors
    /// `AlreadyFinished` behind the event that ends a run; `Conflict` when a sequence number is not the next one.
    pub(super) fn check(mut self, id: &ExecutionId, events: &[Event]) -> Result<()> {
        for event in events {
            if self.closed {
                return Err(finished(id).during("store.append"));
            }
            if event.sequence != self.sequence + 1 {
                return Err(self.hole(id, event));
            }
            self = Self::after(Some(event));
        }
        Ok(())
    }

    fn hole(self, id: &ExecutionId, event: &Event) -> Error {
        Error::new(ErrorKind::Conflict, "the event does not continue the log")
            .during("store.append")
            .with("execution", id)
            .with("next", self.sequence + 1)
            .with("sequence", event.sequence)
            .hint("one writer at a time appends to a run")
    }
}

/// The error of writing to a run that has ended.
pub(super) fn finished(id: &ExecutionId) -> Error {
    Error::new(ErrorKind::AlreadyFinished, "the run has ended").with("execution", id)
}

/// The error of a run that is not there.
pub(super) fn no_execution(id: &ExecutionId) -> Error {
    Error::new(ErrorKind::NotFound, "execution does not exist")
        .with("execution", id)
        .hint("list executions to see which ids this store holds")
}

/// The error of an id that is taken.
pub(super) fn execution_exists(id: &ExecutionId) -> Error {
    Error::new(ErrorKind::AlreadyExists, "the id of the run is taken")
        .during("store.create")
        .with("execution", id)
}

/// The error of an output that is not there.
pub(super) fn no_output(id: &ExecutionId, device: &str, command: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        "the run has no output of this command on this device",
    )
    .during("store.output")
    .with("execution", id)
    .with("device", device)
    .with("command", command)
    .hint("list the outputs of the run")
}

/// The error of a place in the list of outputs that is not there.
pub(super) fn no_output_at(id: &ExecutionId, place: usize) -> Error {
    Error::new(ErrorKind::NotFound, "the run has no output at this place")
        .during("store.output_at")
        .with("execution", id)
        .with("place", place)
        .hint("places are counted from 0, in the order of the list of outputs")
}

/// The error of an older output of a command, where only the newest can be read.
pub(super) fn only_newest(id: &ExecutionId, summary: &OutputSummary) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "this store reads only the newest output of a command",
    )
    .during("store.output_at")
    .with("execution", id)
    .with("device", &summary.device)
    .with("command", &summary.command)
}

/// The error of a record or content that is not there.
pub(super) fn no_record(collection: &str, key: &str) -> Error {
    Error::new(ErrorKind::NotFound, "record does not exist")
        .with("collection", collection)
        .with("key", key)
}

/// The error of a key that holds something else.
pub(super) fn record_exists(collection: &str, key: &str) -> Error {
    Error::new(ErrorKind::AlreadyExists, "the key holds another record")
        .during("store.put_record")
        .with("collection", collection)
        .with("key", key)
        .hint("records never change; use another key")
}

/// The error of bytes that are not what was put.
pub(super) fn damaged(what: &'static str, name: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        "the stored bytes do not match their digest",
    )
    .with(what, name)
    .hint("restore them from a copy")
}

/// Says whether bytes are a JSON object or array. A lone number or word is text to a person.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    // Passing over a value, serde_json does not look whether its strings are UTF-8.
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
        && std::str::from_utf8(bytes)
            .is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documents_are_json() {
        for (bytes, expected) in [
            (&b"{\"a\": [1]}\n"[..], true),
            (b" [1, 2]", true),
            (b"[1, 2] trailing", false),
            (b"12", false),
            (b"true", false),
            (b"[edit]\nset x", false),
            (b"", false),
            (b"[\"\xff\"]", false),
        ] {
            assert_eq!(is_json(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
