//! Which algorithms may be agreed on with a device, and in which order?
//!
//! Each profile is the one before it and more, weaker, at the end. `none` and `clear` are in no list. 3DES, DSA, `hmac-md5`
//! and `hmac-sha1-96` are in none either: the library lacks them or they are not built in.

use std::borrow::Cow;

use russh::keys::{Algorithm, EcdsaCurve, HashAlg};
use russh::{Preferred, cipher, compression, kex, mac};

use crate::model::AlgorithmProfile;

const MODERN_KEX: usize = 12;
const COMPATIBLE_KEX: usize = MODERN_KEX + 1;

/// The rank of each counts on its own; the four markers at the end are no algorithms but offers of extensions.
const KEX: &[kex::Name] = &[
    kex::MLKEM768X25519_SHA256,
    kex::CURVE25519,
    kex::CURVE25519_PRE_RFC_8731,
    kex::ECDH_SHA2_NISTP256,
    kex::ECDH_SHA2_NISTP384,
    kex::ECDH_SHA2_NISTP521,
    kex::DH_G16_SHA512,
    kex::DH_G18_SHA512,
    kex::DH_GEX_SHA256,
    kex::DH_G17_SHA512,
    kex::DH_G15_SHA512,
    kex::DH_G14_SHA256,
    kex::DH_G14_SHA1,
    kex::DH_GEX_SHA1,
    kex::DH_G1_SHA1,
];

const EXTENSIONS: &[kex::Name] = &[
    kex::EXTENSION_SUPPORT_AS_CLIENT,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
];

const MODERN_CIPHERS: usize = 6;

const CIPHERS: &[cipher::Name] = &[
    cipher::CHACHA20_POLY1305,
    cipher::AES_256_GCM,
    cipher::AES_128_GCM,
    cipher::AES_256_CTR,
    cipher::AES_192_CTR,
    cipher::AES_128_CTR,
    cipher::AES_256_CBC,
    cipher::AES_192_CBC,
    cipher::AES_128_CBC,
];

const MODERN_MACS: usize = 4;

const MACS: &[mac::Name] = &[
    mac::HMAC_SHA256_ETM,
    mac::HMAC_SHA512_ETM,
    mac::HMAC_SHA256,
    mac::HMAC_SHA512,
    mac::HMAC_SHA1_ETM,
    mac::HMAC_SHA1,
];

const fn ecdsa(curve: EcdsaCurve) -> Algorithm {
    Algorithm::Ecdsa { curve }
}

const fn rsa(hash: Option<HashAlg>) -> Algorithm {
    Algorithm::Rsa { hash }
}

/// The last one signs with SHA-1.
const HOST_KEYS: &[Algorithm] = &[
    Algorithm::Ed25519,
    ecdsa(EcdsaCurve::NistP256),
    ecdsa(EcdsaCurve::NistP384),
    ecdsa(EcdsaCurve::NistP521),
    rsa(Some(HashAlg::Sha512)),
    rsa(Some(HashAlg::Sha256)),
    rsa(None),
];

/// Says whether a profile accepts signatures with SHA-1.
pub(super) fn allows_sha1(profile: AlgorithmProfile) -> bool {
    profile != AlgorithmProfile::Modern
}

/// Returns the profile as an inventory spells it.
pub(super) fn name(profile: AlgorithmProfile) -> &'static str {
    match profile {
        AlgorithmProfile::Modern => "modern",
        AlgorithmProfile::Compatible => "compatible",
        AlgorithmProfile::Legacy => "legacy",
    }
}

/// What is known about the host before its key is seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// The types of its known keys, as in `ssh-rsa`.
    pub(super) key_types: Vec<String>,
    /// Whether an authority is known for it: only then is a certificate asked for.
    pub(super) certificates: bool,
}

/// Returns the lists to offer: of the host keys, those of known types first, as OpenSSH does. So a host that is known by
/// its ECDSA key shows that one, though it has an Ed25519 key too.
pub(super) fn offer(profile: AlgorithmProfile, expected: &Expected) -> Preferred {
    let keys = host_keys(profile, &expected.key_types);
    let certificates = match expected.certificates {
        true => keys.clone(),
        false => Vec::new(),
    };
    Preferred {
        kex: [key_exchanges(profile), EXTENSIONS].concat().into(),
        key: keys.into(),
        host_key_certificates: certificates.into(),
        cipher: Cow::Borrowed(ciphers(profile)),
        mac: Cow::Borrowed(macs(profile)),
        compression: Cow::Borrowed(&[compression::NONE]),
    }
}

fn key_exchanges(profile: AlgorithmProfile) -> &'static [kex::Name] {
    match profile {
        AlgorithmProfile::Modern => &KEX[..MODERN_KEX],
        AlgorithmProfile::Compatible => &KEX[..COMPATIBLE_KEX],
        AlgorithmProfile::Legacy => KEX,
    }
}

fn ciphers(profile: AlgorithmProfile) -> &'static [cipher::Name] {
    match profile {
        AlgorithmProfile::Modern | AlgorithmProfile::Compatible => &CIPHERS[..MODERN_CIPHERS],
        AlgorithmProfile::Legacy => CIPHERS,
    }
}

fn macs(profile: AlgorithmProfile) -> &'static [mac::Name] {
    match profile {
        AlgorithmProfile::Modern => &MACS[..MODERN_MACS],
        AlgorithmProfile::Compatible | AlgorithmProfile::Legacy => MACS,
    }
}

fn host_keys(profile: AlgorithmProfile, known: &[String]) -> Vec<Algorithm> {
    let allowed = match allows_sha1(profile) {
        true => HOST_KEYS,
        false => &HOST_KEYS[..HOST_KEYS.len() - 1],
    };
    let is_known = |algorithm: &Algorithm| known.iter().any(|kind| *kind == key_type(algorithm));
    let (mut first, rest): (Vec<_>, Vec<_>) = allowed.iter().cloned().partition(is_known);
    first.extend(rest);
    first
}

/// Returns the type of the key behind an algorithm: the three of RSA share one.
fn key_type(algorithm: &Algorithm) -> String {
    match algorithm {
        Algorithm::Rsa { .. } => "ssh-rsa".to_owned(),
        other => other.to_string(),
    }
}

/// Returns the narrowest wider profile that has one of these, if any.
pub(super) fn profile_with(theirs: &[String], profile: AlgorithmProfile) -> Option<&'static str> {
    let wider: &[AlgorithmProfile] = match profile {
        AlgorithmProfile::Modern => &[AlgorithmProfile::Compatible, AlgorithmProfile::Legacy],
        AlgorithmProfile::Compatible => &[AlgorithmProfile::Legacy],
        AlgorithmProfile::Legacy => &[],
    };
    wider
        .iter()
        .find(|profile| theirs.iter().any(|theirs| offers(**profile, theirs)))
        .map(|profile| name(*profile))
}

fn offers(profile: AlgorithmProfile, wanted: &str) -> bool {
    key_exchanges(profile)
        .iter()
        .any(|name| name.as_ref() == wanted)
        || ciphers(profile).iter().any(|name| name.as_ref() == wanted)
        || macs(profile).iter().any(|name| name.as_ref() == wanted)
        || host_keys(profile, &[])
            .iter()
            .any(|algorithm| algorithm.as_ref() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [AlgorithmProfile; 3] = [
        AlgorithmProfile::Modern,
        AlgorithmProfile::Compatible,
        AlgorithmProfile::Legacy,
    ];

    fn names(offer: &Preferred) -> Vec<String> {
        let kex = offer.kex.iter().map(|name| name.as_ref().to_owned());
        let keys = offer.key.iter().map(ToString::to_string);
        let ciphers = offer.cipher.iter().map(|name| name.as_ref().to_owned());
        let macs = offer.mac.iter().map(|name| name.as_ref().to_owned());
        kex.chain(keys).chain(ciphers).chain(macs).collect()
    }

    #[test]
    fn no_profile_offers_an_open_connection() {
        for profile in ALL {
            let names = names(&offer(profile, &Expected::default()));
            assert!(!names.iter().any(|name| name == "none" || name == "clear"));
        }
    }

    #[test]
    fn only_the_modern_profile_is_free_of_sha1_and_only_legacy_has_cbc() {
        let has = |profile, part: &str| {
            names(&offer(profile, &Expected::default()))
                .iter()
                .any(|name| name.ends_with(part))
        };
        for part in ["-sha1", "hmac-sha1-etm@openssh.com", "ssh-rsa"] {
            assert!(!has(AlgorithmProfile::Modern, part), "{part}");
            assert!(has(AlgorithmProfile::Compatible, part), "{part}");
        }
        for part in ["-cbc", "group1-sha1", "group-exchange-sha1"] {
            assert!(!has(AlgorithmProfile::Compatible, part), "{part}");
            assert!(has(AlgorithmProfile::Legacy, part), "{part}");
        }
    }

    #[test]
    fn a_known_key_type_is_asked_for_first() {
        for (known, first) in [
            ("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"),
            ("ssh-rsa", "rsa-sha2-512"),
            ("ssh-ed25519", "ssh-ed25519"),
            ("sk-unheard-of", "ssh-ed25519"),
        ] {
            let keys = host_keys(AlgorithmProfile::Compatible, &[known.to_owned()]);
            assert_eq!(keys[0].to_string(), first);
            assert_eq!(keys.len(), HOST_KEYS.len());
        }
    }

    #[test]
    fn the_hint_names_the_narrowest_profile_that_would_do() {
        let theirs = |name: &str| vec![name.to_owned()];
        for (name, profile, expected) in [
            (
                "diffie-hellman-group14-sha1",
                AlgorithmProfile::Modern,
                Some("compatible"),
            ),
            (
                "diffie-hellman-group1-sha1",
                AlgorithmProfile::Modern,
                Some("legacy"),
            ),
            ("aes128-cbc", AlgorithmProfile::Compatible, Some("legacy")),
            ("ssh-rsa", AlgorithmProfile::Modern, Some("compatible")),
            ("hmac-md5", AlgorithmProfile::Compatible, None),
            ("aes128-cbc", AlgorithmProfile::Legacy, None),
        ] {
            assert_eq!(profile_with(&theirs(name), profile), expected, "{name}");
        }
    }
}
