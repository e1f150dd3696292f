//! Which part of a line is a secret, and how is it shown?
//!
//! For what is shown and kept beside a configuration: errors, reasons, events, reports of sent lines. A configuration itself,
//! and the plan made from it, keep their secrets: a device could not be brought back without them.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in the place of a secret. No line that holds it is ever planned: it is a mask in every platform's table.
pub const MASK: &str = "********";

/// The words behind which the rest of a line is secret, on any platform. More is masked rather than less: `password 7 0822…`
/// loses its kind too. A `community` or `key` is a secret only in some places: `set community 65000:1` is none.
const WORDS: &[&str] = &[
    // FRR, IOS and EOS: logins, neighbours, key chains (their command references).
    "password",
    "passwd",
    "passphrase",
    "secret",
    "key-string",
    "authentication-key",
    "message-digest-key",
    "pre-shared-key",
    "private-key",
    "hmac-sha-256",
    "md5",
    // Communities and keys of protocols that send them in clear.
    r"snmp-server +(?:community|user)",
    r"snmp-server +host +\S+",
    r"(?:tacacs|radius)(?:-server)?\b[^\n`]*? key",
    r"crypto +isakmp +key",
    // In a section of a server: `key 7 0822455D0A16`.
    r"key +(?:0|6|7|8a?)",
];

static SECRETS: LazyLock<Regex> = LazyLock::new(|| {
    let words = WORDS.join("|");
    Regex::new(&format!(
        r"(?i)\b(?P<kept>(?:{words}))[ \t]+(?P<secret>[^\s`][^\n`]*)"
    ))
    .expect("a test masks with it")
});

/// Masks the secrets in configuration lines, also where a text quotes them between backticks. A question that a device asks
/// stays: no secret that can be typed holds `? `.
#[must_use]
pub fn secrets(text: &str) -> Cow<'_, str> {
    SECRETS.replace_all(text, |found: &Captures<'_>| match &found["secret"] {
        question if question.contains("? ") => found[0].to_owned(),
        _ => format!("{} {MASK}", &found["kept"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn the_value_behind_a_secret_word_is_masked() {
        for (line, shown) in [
            ("enable secret 5 $1$x", "enable secret ********"),
            (
                "username a privilege 15 secret hunter2",
                "username a privilege 15 secret ********",
            ),
            (
                " neighbor 10.0.0.1 password two words",
                " neighbor 10.0.0.1 password ********",
            ),
            (
                "ip ospf message-digest-key 1 md5 hunter2",
                "ip ospf message-digest-key ********",
            ),
            (
                "ip ospf authentication-key hunter2",
                "ip ospf authentication-key ********",
            ),
            (
                "snmp-server community hunter2 RO",
                "snmp-server community ********",
            ),
            (
                "tacacs-server host 10.0.0.1 key 7 0822",
                "tacacs-server host 10.0.0.1 key ********",
            ),
            (" key 7 0822455D0A16", " key 7 ********"),
            (
                "refuses `password hunter2`: no",
                "refuses `password ********`: no",
            ),
            ("password a\nhostname r1", "password ********\nhostname r1"),
        ] {
            assert_eq!(secrets(line), shown);
        }
    }

    #[test]
    fn a_line_without_a_secret_stays() {
        for line in [
            "service password-encryption",
            "Change the password now? [Y/N]:",
            "no neighbor 10.0.0.1 password",
            "set community 65000:1",
            "bgp community-list standard C2 seq 5 permit 65000:1",
            "key chain OSPF",
            " key 1",
            "ip ospf authentication message-digest",
            "aaa authentication login default group tacacs+ local",
        ] {
            assert_eq!(secrets(line), line);
        }
    }

    #[test]
    fn a_mask_is_a_mask_for_every_platform_with_a_configuration() {
        for name in ["arista_eos", "cisco_ios", "frr"] {
            let platform = crate::platform::Platform::named(name).unwrap();
            assert!(
                platform.grammar.is_masked(&secrets("enable password x")),
                "{name}"
            );
        }
    }

    #[test]
    fn no_error_carries_a_secret_from_a_line() {
        let error = Error::new(ErrorKind::CommandRejected, "refused")
            .with("line", "neighbor 10.0.0.1 password hunter2")
            .because(std::io::Error::other("% Unknown command: password hunter2"));
        let shown = format!("{error} {error:?} {:?}", error.report());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
