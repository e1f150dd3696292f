//! Is this the key that the host is known by?
//!
//! Our own reading of the OpenSSH format: a revoked key is refused wherever it stands, a host may have several keys, and a
//! line that cannot be read hides no other line. Everything here is pure; [`file`] touches the disk.

pub(crate) mod file;
mod pattern;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use sha2::{Digest, Sha256};

pub(crate) use pattern::is_any_of;
use pattern::{Match, matches};

/// Padding may be there or not: both are found in files.
const KEYS: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownKey {
    /// Counted from 1.
    pub(crate) line: usize,
    /// The name of its type, as in `ssh-ed25519`.
    pub(crate) algorithm: String,
    /// In wire form.
    pub(crate) blob: Vec<u8>,
}

/// What a file says about one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The keys of the host itself.
    pub(crate) keys: Vec<KnownKey>,
    /// The authorities whose certificates are good for it.
    pub(crate) authorities: Vec<KnownKey>,
    /// Keys that are good for nobody.
    pub(crate) revoked: Vec<KnownKey>,
    /// The numbers of the lines that cannot be read.
    pub(crate) unreadable: Vec<usize>,
}

/// What the file says about a key that a host shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict<'a> {
    /// It is listed for the host.
    Trusted,
    /// Nothing is listed for the host.
    Unknown,
    /// Others are listed for the host: this one, or one of the same type.
    Changed(&'a KnownKey),
    /// It was revoked, on this line.
    Revoked(&'a KnownKey),
}

/// Returns the name under which a host is looked up: `host`, or `[host]:port` for another port than 22.
pub(crate) fn place(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    match port {
        22 => host,
        port => format!("[{host}]:{port}"),
    }
}

/// Returns the fingerprint of a key as OpenSSH prints it: `SHA256:` and base64 without padding.
pub(crate) fn fingerprint(blob: &[u8]) -> String {
    let engine = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);
    format!("SHA256:{}", engine.encode(Sha256::digest(blob)))
}

/// Returns the line that makes a key known, without a line end.
pub(crate) fn line(place: &str, algorithm: &str, blob: &[u8]) -> String {
    format!("{place} {algorithm} {}", KEYS.encode(blob))
}

impl Known {
    /// Reads what a file says about a place.
    ///
    /// `@revoked` keys count whatever host field they carry: they "must never be accepted" (sshd(8)).
    pub(crate) fn read(file: &[u8], place: &str) -> Self {
        let mut known = Self::default();
        for (index, text) in file.split(|byte| *byte == b'\n').enumerate() {
            match entry(text, place) {
                Ok(None) => {}
                Ok(Some((marker, algorithm, blob))) => known.add(
                    marker,
                    KnownKey {
                        line: index + 1,
                        algorithm,
                        blob,
                    },
                ),
                Err(Unreadable) => known.unreadable.push(index + 1),
            }
        }
        known
    }

    fn add(&mut self, marker: Marker, key: KnownKey) {
        match marker {
            Marker::None => self.keys.push(key),
            Marker::Authority => self.authorities.push(key),
            Marker::Revoked => self.revoked.push(key),
        }
    }

    /// Judges a key in wire form. Revocation outweighs everything.
    pub(crate) fn judge(&self, algorithm: &str, blob: &[u8]) -> Verdict<'_> {
        if let Some(key) = self.revoked.iter().find(|key| key.blob == blob) {
            return Verdict::Revoked(key);
        }
        if self.keys.iter().any(|key| key.blob == blob) {
            return Verdict::Trusted;
        }
        let same = self.keys.iter().find(|key| key.algorithm == algorithm);
        same.or(self.keys.first())
            .map_or(Verdict::Unknown, Verdict::Changed)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    None,
    Authority,
    Revoked,
}

struct Unreadable;

/// Reads one line: nothing when it is empty, a comment or about other hosts.
fn entry(text: &[u8], place: &str) -> Result<Option<(Marker, String, Vec<u8>)>, Unreadable> {
    let mut words = text
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .peekable();
    let marker = match words.peek() {
        None => return Ok(None),
        Some(word) if word.starts_with(b"#") => return Ok(None),
        Some(word) if word.starts_with(b"@") => marker(words.next().unwrap_or_default())?,
        Some(_) => Marker::None,
    };
    let (Some(hosts), Some(algorithm), Some(key)) = (words.next(), words.next(), words.next())
    else {
        return Err(Unreadable);
    };
    match matches(hosts, place) {
        Match::Malformed => return Err(Unreadable),
        Match::No if marker != Marker::Revoked => return Ok(None),
        _ => {}
    }
    let blob = KEYS.decode(key).map_err(|_| Unreadable)?;
    if name_in(&blob) != Some(algorithm) {
        return Err(Unreadable);
    }
    let algorithm = String::from_utf8(algorithm.to_vec()).map_err(|_| Unreadable)?;
    Ok(Some((marker, algorithm, blob)))
}

fn marker(word: &[u8]) -> Result<Marker, Unreadable> {
    match word {
        b"@revoked" => Ok(Marker::Revoked),
        b"@cert-authority" => Ok(Marker::Authority),
        _ => Err(Unreadable),
    }
}

/// Returns the name of the type, with which every key in wire form begins (RFC 4253, 6.6).
fn name_in(blob: &[u8]) -> Option<&[u8]> {
    let (length, rest) = blob.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests;
