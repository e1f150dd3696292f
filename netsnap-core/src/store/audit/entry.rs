//! What does an entry of the audit log say, and what does its hash cover?

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::unknown::UnknownAction;
use crate::id::Digest;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditAction {
    /// A run was created.
    Create,
    /// A run left the queue.
    Start,
    /// Somebody who does not hold a run asked for its end.
    RequestCancel,
    /// Somebody stopped a run.
    Cancel,
    /// A run ended.
    Finish,
    /// A run whose process went away was ended.
    Recover,
    /// A label was set or taken off.
    Label,
    /// A run was pinned or set free.
    Pin,
    /// A remark was made.
    Annotate,
    /// A run was chosen for removal; the removal follows.
    Prune,
    /// The outputs of a run were compressed.
    Archive,
    /// Something left the store.
    Export,
    /// Something came into the store.
    Import,
    /// Somebody agreed to a plan.
    Approve,
    /// What only a newer netsnap does. Its entry is read and verified as any other.
    #[serde(untagged)]
    Unknown(UnknownAction),
}

impl AuditAction {
    /// Says whether only a newer netsnap knows it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

/// A place in the chain: the number of an entry and its hash, which stands for every entry up to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The number of the entry.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Default for Anchor {
    /// The place before the first entry.
    fn default() -> Self {
        Self {
            number: 0,
            hash: Digest::of_kind("audit", b""),
        }
    }
}

/// What an entry is to say, before it has a place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: AuditAction,
    /// To what kind of thing: `execution`, `snapshot`, `store`, …
    pub object_type: String,
    /// To which of them; empty for the store itself.
    pub object_id: String,
    /// What it was before, see [`execution_digest`](super::execution_digest).
    pub before: Option<Digest>,
    /// What it is now.
    pub after: Option<Digest>,
    /// Why.
    pub reason: Option<String>,
}

impl NewAuditEntry {
    /// Says that somebody did something to an object.
    #[must_use]
    pub fn new(actor: &str, action: AuditAction, object_type: &str, object_id: &str) -> Self {
        Self {
            actor: actor.to_owned(),
            action,
            object_type: object_type.to_owned(),
            object_id: object_id.to_owned(),
            before: None,
            after: None,
            reason: None,
        }
    }

    /// Gives the reason.
    #[must_use]
    pub fn because(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.map(str::to_owned);
        self
    }

    /// Gives it a place in the chain.
    pub(super) fn sealed(&self, previous: &Anchor, at: Timestamp) -> AuditEntry {
        let mut entry = AuditEntry {
            number: previous.number + 1,
            at,
            actor: self.actor.clone(),
            action: self.action,
            object_type: self.object_type.clone(),
            object_id: self.object_id.clone(),
            before: self.before,
            after: self.after,
            reason: self.reason.clone(),
            previous: previous.hash,
            hash: previous.hash,
        };
        entry.hash = entry.expected_hash();
        entry
    }
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Dense from 1.
    pub number: u64,
    /// When, by the clock of the machine that wrote it; order is the number.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: AuditAction,
    /// To what kind of thing.
    pub object_type: String,
    /// To which of them.
    pub object_id: String,
    /// What it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// What it was afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Digest>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The hash of the entry before it.
    pub previous: Digest,
    /// Its own.
    pub hash: Digest,
}

impl AuditEntry {
    /// Names its place.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor {
            number: self.number,
            hash: self.hash,
        }
    }

    /// Computes the hash that it must have: SHA-256, in the domain `audit`, of a compact JSON array of its other fields in the
    /// order in which they are declared.
    #[must_use]
    pub fn expected_hash(&self) -> Digest {
        let covered = (
            self.number,
            self.at,
            &self.actor,
            self.action,
            &self.object_type,
            &self.object_id,
            self.before,
            self.after,
            &self.reason,
            self.previous,
        );
        let bytes = serde_json::to_vec(&covered).expect("an entry is plain text and numbers");
        Digest::of_kind("audit", &bytes)
    }

    /// The bytes that are stored.
    pub(super) fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an entry is plain text and numbers")
    }

    /// Reads stored bytes; `None` when they are not exactly what would be written.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(bytes).ok()?;
        (entry.bytes() == bytes).then_some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_an_entry_is_fixed_for_ever() {
        let new = NewAuditEntry::new("ana", AuditAction::Pin, "execution", "exec_1");
        let new = new.because(Some("the audit of spring"));
        let at = "2026-03-01T10:00:00.123456789Z".parse().unwrap();
        let entry = new.sealed(&Anchor::default(), at);
        let covered = format!(
            r#"[1,"2026-03-01T10:00:00.123456789Z","ana","pin","execution","exec_1",null,null,"the audit of spring","{}"]"#,
            Digest::of_kind("audit", b"")
        );
        assert_eq!(entry.hash, Digest::of_kind("audit", covered.as_bytes()));
        assert_eq!(AuditEntry::read(&entry.bytes()), Some(entry));
    }

    #[test]
    fn an_entry_of_a_newer_netsnap_is_read_as_it_is() {
        let new = NewAuditEntry::new("ana", AuditAction::Pin, "execution", "exec_1");
        let entry = new.sealed(&Anchor::default(), Timestamp::UNIX_EPOCH);
        let text = String::from_utf8(entry.bytes()).unwrap();
        let of_tomorrow = text.replace("\"pin\"", "\"rename_device\"");
        let read = AuditEntry::read(of_tomorrow.as_bytes()).unwrap();
        let AuditAction::Unknown(word) = read.action else {
            panic!("{read:?}")
        };
        assert_eq!(word.as_str(), "rename_device");
        // The hash covers the word: that it was another one is seen.
        assert_ne!(read.expected_hash(), read.hash);
        for no_word in ["", "Pin", "a b", "a_word_of_more_than_thirty_two_bytes"] {
            let other = text.replace("\"pin\"", &format!("\"{no_word}\""));
            assert_eq!(AuditEntry::read(other.as_bytes()), None, "{no_word}");
        }
        for no_text in ["7", "null"] {
            let other = text.replace("\"pin\"", no_text);
            assert_eq!(AuditEntry::read(other.as_bytes()), None, "{no_text}");
        }
    }

    #[test]
    fn bytes_that_say_the_same_in_another_way_are_not_an_entry() {
        let new = NewAuditEntry::new("ana", AuditAction::Export, "store", "");
        let entry = new.sealed(&Anchor::default(), Timestamp::UNIX_EPOCH);
        let text = String::from_utf8(entry.bytes()).unwrap();
        for other in [
            text.replace("{\"number\"", "{ \"number\""),
            text.replace("\"actor\"", "\"extra\":1,\"actor\""),
        ] {
            assert_eq!(AuditEntry::read(other.as_bytes()), None, "{other}");
        }
    }
}
