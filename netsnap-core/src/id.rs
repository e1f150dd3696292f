//! Names that are safe to pass around: of runs, plans, snapshots and content.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, ErrorKind, Result};

/// Reads a value of a text type from a string, for serde.
fn from_text<'de, D: Deserializer<'de>, T: FromStr<Err = Error>>(
    deserializer: D,
) -> Result<T, D::Error> {
    String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)
}

macro_rules! text_serde {
    ($($type:ty),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                from_text(deserializer)
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    )*};
}

text_serde!(ExecutionId, Digest, PlanId, SnapshotId);

/// The name of one run: `exec_YYYY-MM-DD_HHMMSS_<8 hex>`, in UTC. A run that was made of files without a record is called
/// `exec_legacy_YYYY-MM-DD_HHMMSS_migrated`.
///
/// Ids sort by their second of creation, within it by their bytes. They contain no character that is special in a path.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ExecutionId(String);

const PREFIX: &str = "exec_";
const LEGACY: &str = "legacy_";
/// What ends the id of a run that was made of files; as long as the random part of any other.
const MIGRATED: &str = "_migrated";

impl ExecutionId {
    /// Makes the id of a run created at a time, with 32 random bits that tell runs of one second apart.
    #[must_use]
    pub fn new(created_at: Timestamp, random: u32) -> Self {
        Self(format!("{PREFIX}{}_{random:08x}", second(created_at)))
    }

    /// Makes the id of a run that is made of files which older tools left; there is one for each second.
    #[must_use]
    pub fn legacy(created_at: Timestamp) -> Self {
        Self(format!("{PREFIX}{LEGACY}{}{MIGRATED}", second(created_at)))
    }

    /// Returns the second of creation as `YYYY-MM-DD_HHMMSS`.
    #[must_use]
    pub fn second(&self) -> &str {
        let end = self.0.len() - MIGRATED.len();
        &self.0[end - "YYYY-MM-DD_HHMMSS".len()..end]
    }

    /// Says whether the second is that of a time.
    #[must_use]
    pub fn names(&self, created_at: Timestamp) -> bool {
        self.second() == second(created_at)
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d_%H%M%S").to_string()
}

impl Ord for ExecutionId {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.second(), &self.0).cmp(&(other.second(), &other.0))
    }
}

impl PartialOrd for ExecutionId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ExecutionId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if !is_execution_id(text) {
            return Err(
                Error::new(ErrorKind::InvalidInput, "not the id of an execution")
                    .during("id.parse")
                    .with("id", text.escape_debug())
                    .hint("an id looks like exec_2026-01-31_235959_0a1b2c3d"),
            );
        }
        Ok(Self(text.to_owned()))
    }
}

fn is_execution_id(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(PREFIX) else {
        return false;
    };
    match rest.strip_prefix(LEGACY) {
        Some(legacy) => legacy
            .strip_suffix(MIGRATED)
            .is_some_and(|second| has_shape(second, "dddd-dd-dd_dddddd")),
        None => has_shape(rest, "dddd-dd-dd_dddddd_hhhhhhhh"),
    }
}

/// Compares with a shape: `d` is a digit, `h` a hexadecimal digit, anything else itself.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, shape)| match shape {
                b'd' => byte.is_ascii_digit(),
                b'h' => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
                literal => byte == literal,
            })
}

/// The SHA-256 of some bytes, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Hashes bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Hashes bytes that belong to a domain, so that equal bytes of different kinds never share a digest.
    #[must_use]
    pub fn of_kind(domain: &str, bytes: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"netsnap:");
        hasher.update(domain.as_bytes());
        hasher.update([0]);
        hasher.update(bytes);
        Self(hasher.finalize().into())
    }

    /// Takes a SHA-256 that was made piece by piece.
    #[must_use]
    pub fn from_sha256(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the first twelve digits, enough for a person.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = || {
            Error::new(ErrorKind::InvalidInput, "not a SHA-256 digest")
                .during("id.parse")
                .with("digest", text.escape_debug())
                .hint("a digest is 64 lower-case hexadecimal digits")
        };
        if text.len() != 64
            || !text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (position, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[position * 2..position * 2 + 2], 16)
                .map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

macro_rules! digest_ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Digest);

        impl $name {
            /// Returns the digest behind the name.
            #[must_use]
            pub fn digest(&self) -> &Digest {
                &self.0
            }
        }
        impl From<Digest> for $name {
            fn from(digest: Digest) -> Self {
                Self(digest)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                text.parse().map(Self)
            }
        }
    )*};
}

digest_ids!(
    /// The name of a frozen plan: the digest of its canonical form.
    PlanId,
    /// The name of one observation of a subject: the digest of its record.
    SnapshotId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_id_is_parsed_not_joined() {
        let id = ExecutionId::new("2025-11-24T19:44:01Z".parse().unwrap(), 0xa1b2_c3d4);
        assert_eq!(id.as_str(), "exec_2025-11-24_194401_a1b2c3d4");
        assert_eq!(id.as_str().parse::<ExecutionId>().unwrap(), id);
        for bad in [
            "",
            "exec_",
            "../exec_2025-11-24_194401_a1b2c3d4",
            "exec_2025-11-24_194401_A1B2C3D4",
            "exec_2025-11-24/194401_a1b2c3d4",
        ] {
            assert_eq!(
                bad.parse::<ExecutionId>().unwrap_err().kind(),
                ErrorKind::InvalidInput,
                "{bad}"
            );
        }
    }

    #[test]
    fn a_legacy_id_stands_where_its_second_does() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let legacy = ExecutionId::legacy(at("2025-11-24T19:44:01.5Z"));
        assert_eq!(legacy.as_str(), "exec_legacy_2025-11-24_194401_migrated");
        assert_eq!(legacy.as_str().parse::<ExecutionId>().unwrap(), legacy);
        assert_eq!(legacy.second(), "2025-11-24_194401");
        assert!(legacy.names(at("2025-11-24T19:44:01Z")));
        assert!(!legacy.names(at("2025-11-24T19:44:02Z")));
        let same = ExecutionId::new(at("2025-11-24T19:44:01Z"), u32::MAX);
        let next = ExecutionId::new(at("2025-11-24T19:44:02Z"), 0);
        assert!(same < legacy && legacy < next);
        for bad in [
            "exec_legacy_2025-11-24_194401",
            "exec_legacy_2025-11-24_194401_a1b2c3d4",
            "exec_2025-11-24_194401_migrated",
            "exec_legacy_2025-11-24/194401_migrated",
        ] {
            assert!(bad.parse::<ExecutionId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_digest_reads_back_and_domains_do_not_meet() {
        let digest = Digest::of(b"abc");
        assert_eq!(
            digest.to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        assert_ne!(
            Digest::of_kind("plan", b"abc"),
            Digest::of_kind("snapshot", b"abc")
        );
        assert!("BA".repeat(32).parse::<Digest>().is_err());
    }
}
