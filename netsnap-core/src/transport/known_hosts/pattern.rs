//! Does the host field of a line mean this host?
//!
//! The rules are those of the manual page sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// What a host field says about a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// The line is about it.
    Yes,
    /// The line is about others, or excludes it.
    No,
    /// The field cannot be read.
    Malformed,
}

/// Says whether a host field, plain or hashed, is about a place.
pub(super) fn matches(field: &[u8], place: &str) -> Match {
    match field.strip_prefix(b"|1|") {
        Some(hashed) => matches_hash(hashed, place),
        None if field.starts_with(b"|") => Match::Malformed,
        None => matches_list(field, place.as_bytes()),
    }
}

/// Compares `salt|hash`, both in base64, with the HMAC-SHA-1 of the place under the salt.
fn matches_hash(hashed: &[u8], place: &str) -> Match {
    let Some(bar) = hashed.iter().position(|byte| *byte == b'|') else {
        return Match::Malformed;
    };
    let (Ok(salt), Ok(hash)) = (
        STANDARD.decode(&hashed[..bar]),
        STANDARD.decode(&hashed[bar + 1..]),
    ) else {
        return Match::Malformed;
    };
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&salt) else {
        return Match::Malformed;
    };
    mac.update(place.as_bytes());
    match mac.verify_slice(&hash) {
        Ok(()) => Match::Yes,
        Err(_) => Match::No,
    }
}

/// Says whether one of these patterns, as in the principals of a certificate, is about a host.
pub(crate) fn is_any_of(patterns: &[String], host: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| is_like(pattern.as_bytes(), host.as_bytes()))
}

/// A comma-separated list matches when one of its patterns does and no negated one does.
fn matches_list(list: &[u8], place: &[u8]) -> Match {
    let mut found = Match::No;
    for pattern in list.split(|byte| *byte == b',') {
        match pattern.strip_prefix(b"!") {
            Some(excluded) if is_like(excluded, place) => return Match::No,
            None if is_like(pattern, place) => found = Match::Yes,
            _ => {}
        }
    }
    found
}

/// Compares without case, `*` standing for any run and `?` for one byte. Never worse than pattern times text.
fn is_like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, seen));
                at += 1;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&text[seen]) => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((after, from)) = star else {
                    return false;
                };
                star = Some((after, from + 1));
                (at, seen) = (after, from + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_matches_as_the_manual_page_says() {
        for (field, place, expected) in [
            ("r1", "r1", Match::Yes),
            ("R1.Example", "r1.example", Match::Yes),
            ("r1", "r11", Match::No),
            ("r0,r1,10.0.0.1", "10.0.0.1", Match::Yes),
            ("*.example.com", "r1.example.com", Match::Yes),
            ("*.example.com", "example.com", Match::No),
            ("10.0.0.?", "10.0.0.7", Match::Yes),
            ("10.0.0.?", "10.0.0.17", Match::No),
            ("r*,!r1", "r2", Match::Yes),
            ("r*,!r1", "r1", Match::No),
            ("!r1,r*", "r1", Match::No),
            ("!r1", "r2", Match::No),
            ("[r1]:2222", "[r1]:2222", Match::Yes),
            ("[r1]:2222", "r1", Match::No),
            ("r1", "[r1]:2222", Match::No),
            ("[r*]:2222", "[r1]:2222", Match::Yes),
            ("*", "[r1]:2222", Match::Yes),
            ("a*b*c", "axxbyyc", Match::Yes),
            ("a*b*c", "axxbyy", Match::No),
            ("", "r1", Match::No),
            ("|2|x|y", "r1", Match::Malformed),
            ("|1|no-bar", "r1", Match::Malformed),
            ("|1|%%%|AAAA", "r1", Match::Malformed),
        ] {
            assert_eq!(
                matches(field.as_bytes(), place),
                expected,
                "{field} {place}"
            );
        }
    }

    #[test]
    fn a_hashed_field_matches_its_host_alone() {
        let salt = STANDARD.encode(b"01234567890123456789");
        let mut mac = Hmac::<Sha1>::new_from_slice(b"01234567890123456789").unwrap();
        mac.update(b"r1.example.com");
        let field = format!("|1|{salt}|{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(matches(field.as_bytes(), "r1.example.com"), Match::Yes);
        assert_eq!(matches(field.as_bytes(), "r2.example.com"), Match::No);
    }

    #[test]
    fn many_stars_cost_no_more_than_pattern_times_text() {
        let pattern = "*a".repeat(2_000);
        let text = "a".repeat(4_000) + "b";
        assert!(!is_like(pattern.as_bytes(), text.as_bytes()));
    }
}
