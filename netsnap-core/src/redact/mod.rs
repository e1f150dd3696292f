//! Which part of a text is a secret, and how is it shown?
//!
//! [`Redactor`] masks what is recorded of a run: parameters, command lines, outputs, events, errors. [`secrets`] masks configuration
//! lines where they are shown. A configuration itself, and the plan made from it, keep their secrets: a device could not be
//! brought back without them.

mod detect;
mod json;
mod lines;
mod masks;
mod rows;
mod stream;
mod values;
mod vector;

use std::borrow::Cow;
use std::sync::LazyLock;

pub use self::detect::{Suspicion, suspicion};
pub(crate) use self::masks::is_masked;
pub use self::stream::Stream;
use self::values::Values;

use regex::{Captures, Regex};
use serde_json::Value;

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
    r"snmp +community",
    r"snmp-agent +community +(?:read|write)",
    r"(?:tacacs|radius)(?:-server)?\b[^\n`]*? key",
    r"crypto +isakmp +key",
    // VRP: `shared-key cipher …`, `ospf authentication-mode simple plain …`.
    "shared-key",
    r"(?:irreversible-)?cipher",
    r"authentication-mode +simple",
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

/// The first word of a line, or of what is quoted, behind which a secret stands in the section of a server: `key hunter2`. In
/// another section it stands before a name or a number.
static FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?im)(?P<kept>(?P<quote>^[ \t]*|`|/ )(?:no |undo )?(?P<word>key|community))[ \t]+(?P<secret>[^\s`][^\n`]*)",
    )
    .expect("a test masks with it")
});

/// Says whether what stands behind the first word of a line is a secret. A `community` that a policy knows is none, and can only be
/// told from one where a table of routes stands behind it; where it is quoted, in what is said about a line, more is masked.
fn is_secret(found: &Captures<'_>) -> bool {
    let behind = &found["secret"];
    let is_masked = behind.ends_with(MASK);
    let is_name = behind.starts_with("chain ") || behind.bytes().all(|byte| byte.is_ascii_digit());
    match &found["word"] {
        "key" => !is_masked && !is_name,
        _ => !is_masked && (matches!(&found["quote"], "`" | "/ ") || behind.contains(" vrf ")),
    }
}

/// Masks the secrets in configuration lines, also where a text quotes them between backticks. A question that a device asks
/// stays: no secret that can be typed holds `? `.
#[must_use]
pub fn secrets(text: &str) -> Cow<'_, str> {
    let shown = |found: &Captures<'_>| format!("{} {MASK}", &found["kept"]);
    let masked = SECRETS.replace_all(text, |found: &Captures<'_>| match &found["secret"] {
        question if question.contains("? ") => found[0].to_owned(),
        _ => shown(found),
    });
    let first = FIRST.replace_all(&masked, |found: &Captures<'_>| match is_secret(found) {
        true => shown(found),
        false => found[0].to_owned(),
    });
    match first {
        Cow::Borrowed(_) => masked,
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// Masks what is secret by its own shape, and nothing else: for the names of devices, by which records refer to each other.
#[must_use]
pub fn by_shape(name: &str) -> Cow<'_, str> {
    shown(name, &detect::find(name.as_bytes()))
}

/// Masks what is secret by the syntax around it or by its own shape, but no value that is known to be one: for the names of people and
/// jobs, which must be the same tomorrow, also where somebody logs in to a device with their own name for a password.
#[must_use]
pub fn in_name(name: &str) -> Cow<'_, str> {
    let bytes = name.as_bytes();
    shown(
        name,
        &joined([lines::find(bytes), detect::find(bytes)].concat()),
    )
}

fn shown<'a>(text: &'a str, found: &[(usize, usize)]) -> Cow<'a, str> {
    match found {
        [] => Cow::Borrowed(text),
        _ => Cow::Owned(String::from_utf8_lossy(&masked(text.as_bytes(), found)).into_owned()),
    }
}

/// Bytes of the shortest text with a secret that any rule finds: `psk x`.
const SHORTEST: usize = 5;

/// Masks secrets in whatever is recorded of a run.
///
/// By value where one was handed in to log in with, by the syntax of devices and protocols around them, by the key in JSON, and by
/// their own shape. It is fail-safe by shape: what it masks is gone for good, what it does not know stays.
#[derive(Debug, Default)]
pub struct Redactor {
    values: Values,
}

impl Redactor {
    /// Remembers a value that is secret. One of less than six bytes is not looked for: it would be found everywhere.
    pub fn register(&self, value: &str) {
        self.values.add(value);
    }

    /// Masks bytes, and counts what was masked.
    #[must_use]
    pub fn bytes<'a>(&self, bytes: &'a [u8]) -> (Cow<'a, [u8]>, u32) {
        if bytes.len() < SHORTEST {
            return (Cow::Borrowed(bytes), 0);
        }
        let mut found = lines::find(bytes);
        let others = [detect::find(bytes), self.values.find(bytes)].concat();
        if !others.is_empty() {
            found.extend(others);
            found = joined(found);
        }
        if found.is_empty() {
            return (Cow::Borrowed(bytes), 0);
        }
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        (Cow::Owned(masked(bytes, &found)), count)
    }

    /// Masks a text, and counts what was masked.
    #[must_use]
    pub fn text<'a>(&self, text: &'a str) -> (Cow<'a, str>, u32) {
        match self.bytes(text.as_bytes()) {
            (Cow::Borrowed(_), count) => (Cow::Borrowed(text), count),
            (Cow::Owned(bytes), count) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                (Cow::Owned(text), count)
            }
        }
    }

    /// Masks a JSON value in place, and counts what was masked.
    pub fn json(&self, value: &mut Value) -> u32 {
        json::mask(self, value)
    }
}

/// Puts places in order, and makes one of those that touch.
fn joined(mut found: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    found.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(found.len());
    for (start, end) in found {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

fn masked(bytes: &[u8], found: &[(usize, usize)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for (start, end) in found {
        out.extend_from_slice(&bytes[from..*start]);
        out.extend_from_slice(MASK.as_bytes());
        // A key that spans lines keeps its lines apart.
        out.extend(bytes[*start..*end].iter().filter(|byte| **byte == b'\n'));
        from = *end;
    }
    out.extend_from_slice(&bytes[from..]);
    out
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
            (" key hunter2", " key ********"),
            ("  community hunter2 vrf mgmt0", "  community ********"),
            (
                "does not know `community hunter2`",
                "does not know `community ********`",
            ),
            (
                "first `snmp / community hunter2 vrf a / access read-only`: why",
                "first `snmp / community ********`: why",
            ),
            (
                "snmp-agent community read cipher hunter2",
                "snmp-agent community read ********",
            ),
            (
                "set snmp community hunter2 authorization read-only",
                "set snmp community ********",
            ),
            (
                " hwtacacs-server shared-key cipher hunter2",
                " hwtacacs-server shared-key ********",
            ),
            (
                "local-user bob password irreversible-cipher hunter2",
                "local-user bob password ********",
            ),
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
            "community CUSTOMERS members 65000:1",
            "ip ospf authentication message-digest",
            "aaa authentication login default group tacacs+ local",
        ] {
            assert_eq!(secrets(line), line);
        }
    }

    /// Lines with secrets planted in them, and harmless ones.
    fn planted() -> impl Iterator<Item = &'static str> {
        let files = [include_str!("planted.txt"), include_str!("guides.txt")];
        let lines = files.into_iter().flat_map(str::lines);
        lines.filter(|line| !line.starts_with("# "))
    }

    #[test]
    fn outputs_lose_their_secrets_and_nothing_else() {
        let redactor = Redactor::default();
        let mut wrong = Vec::new();
        for line in planted() {
            let clear = line.replace(['\u{ab}', '\u{bb}'], "");
            let mut expected = line.to_owned();
            while let (Some(start), Some(end)) = (expected.find('\u{ab}'), expected.find('\u{bb}'))
            {
                expected.replace_range(start..end + '\u{bb}'.len_utf8(), MASK);
            }
            let masked = redactor.text(&clear).0;
            if masked != expected {
                wrong.push(format!("{line}\n  {masked}"));
            }
        }
        assert!(
            wrong.is_empty(),
            "{}\n{} wrong",
            wrong.join("\n"),
            wrong.len()
        );
    }

    #[test]
    fn a_private_key_is_masked_over_its_lines() {
        let text =
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef==\n-----END RSA PRIVATE KEY-----\nb";
        let (masked, count) = Redactor::default().text(text).clone();
        assert!(!masked.contains("MIIabc") && !masked.contains("def==") && masked.ends_with("\nb"));
        assert_eq!((count, masked.lines().count()), (1, text.lines().count()));
    }

    #[test]
    fn a_registered_value_is_masked_wherever_it_stands_by_itself() {
        let redactor = Redactor::default();
        redactor.register("hunter2!");
        redactor.register("abc");
        for (text, expected) in [
            ("it is hunter2! indeed", "it is ******** indeed"),
            ("aHVudGVyMiE=", "********"),
            ("x=hunter2%21&y=1", "x=********&y=1"),
            ("abc hunter2", "abc hunter2"),
        ] {
            assert_eq!(redactor.text(text).0, expected);
        }
        let (bytes, count) = redactor.bytes(b"\xff\0 hunter2!\xff");
        assert_eq!((&*bytes, count), (&b"\xff\0 ********\xff"[..], 1));
    }

    #[test]
    fn a_name_keeps_what_is_a_secret_elsewhere() {
        let token = format!("ghp_{}", "a1".repeat(18));
        let actor = format!("ana token={token}");
        assert_eq!(in_name(&actor), "ana token=********");
        assert_eq!(in_name("ci password hunter2"), "ci password ********");
        assert_eq!(by_shape("password hunter2"), "password hunter2");
        assert_eq!(by_shape(&format!("r1-{token}")), "r1-********");
    }

    #[test]
    fn a_value_of_several_lines_is_masked_line_by_line() {
        let redactor = Redactor::default();
        redactor.register("first-line\nof it\r\nthird-line");
        let (masked, count) = redactor.text("  first-line\r\n  third-line\nof it");
        assert_eq!((&*masked, count), ("  ********\r\n  ********\nof it", 2));
    }

    #[test]
    fn masking_twice_changes_nothing_more() {
        let redactor = Redactor::default();
        let planted: Vec<&str> = planted().collect();
        let text = planted.join("\n").replace(['\u{ab}', '\u{bb}'], "");
        let once = redactor.text(&text).0.into_owned();
        for line in once.lines() {
            assert_eq!(redactor.text(line), (line.into(), 0));
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
