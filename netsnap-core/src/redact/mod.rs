//! Which part of a text is a secret, and how is it shown?
//!
//! [`Redactor`] masks what is recorded of a run: parameters, command lines, outputs, events, errors. [`secrets`] masks configuration
//! lines where they are shown. A configuration itself, and the plan made from it, keep their secrets: a device could not be
//! brought back without them.

mod commands;
mod detect;
mod json;
mod lines;
mod masks;
mod rows;
mod stream;
mod values;
mod vector;

use std::borrow::Cow;

pub use self::commands::{secret_path, secrets, secrets_in};
pub use self::detect::{Suspicion, suspicion};
pub(crate) use self::masks::is_masked;
pub use self::stream::Stream;
use self::values::Values;

use serde_json::Value;

/// What stands in the place of a secret. No line that holds it is ever planned: it is a mask in every platform's table.
pub const MASK: &str = "********";

/// Masks what is secret by the syntax around it or by its own shape, but no value that is known to be one: for the names of people and
/// jobs, which must be the same tomorrow, also where somebody logs in to a device with their own name for a password.
#[must_use]
pub fn in_name(name: &str) -> Cow<'_, str> {
    shown(name, &found_by_rules(name.as_bytes()))
}

/// Says why a name that records refer to cannot be kept: a part of it is secret by the syntax around it or by its own shape.
#[must_use]
pub fn suspicion_of_name(place: &str, name: &str) -> Option<Suspicion> {
    let found = |shape| Suspicion {
        place: place.to_owned(),
        shape,
    };
    let by_shape = suspicion(&name.into()).map(|by_shape| found(by_shape.shape));
    by_shape.or_else(|| match in_name(name) {
        Cow::Borrowed(_) => None,
        Cow::Owned(_) => Some(found("a secret behind its name")),
    })
}

fn shown<'a>(text: &'a str, found: &[(usize, usize)]) -> Cow<'a, str> {
    match found {
        [] => Cow::Borrowed(text),
        _ => Cow::Owned(String::from_utf8_lossy(&masked(text.as_bytes(), found)).into_owned()),
    }
}

/// Bytes of the shortest word by itself that any rule finds: a token that is known by its first letters has more.
const SHORTEST: usize = 16;

/// Says whether a text is one short word, as most keys and many values of JSON are: no rule finds anything in it. Each row for lines asks
/// for a sign that stands in no word, and each shape for that or for more letters.
fn is_short_word(bytes: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    bytes.len() < SHORTEST && bytes.iter().all(is_letter)
}

/// The parts of a text that are secret by the syntax around them or by their own shape, in order, without overlaps.
fn found_by_rules(bytes: &[u8]) -> Vec<(usize, usize)> {
    if is_short_word(bytes) {
        return Vec::new();
    }
    let mut found = lines::find(bytes);
    let shapes = detect::find(bytes);
    if !shapes.is_empty() {
        found.extend(shapes);
        found = joined(found);
    }
    found
}

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
        let mut found = found_by_rules(bytes);
        let values = self.values.find(bytes);
        if !values.is_empty() {
            found.extend(values);
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

    /// Masks the text of a named field in place: all of it behind a secret's name. Counts what was masked.
    pub fn field(&self, name: &str, text: &mut String) -> u32 {
        json::mask_field(self, name, text)
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
    fn a_name_loses_what_stands_as_a_secret_in_it_alone() {
        let token = format!("ghp_{}", "a1".repeat(18));
        let actor = format!("ana token={token}");
        assert_eq!(in_name(&actor), "ana token=********");
        assert_eq!(in_name("ci password hunter2"), "ci password ********");
        assert_eq!(in_name(&format!("r1-{token}")), "r1-********");
    }

    #[test]
    fn a_name_with_a_secret_in_it_cannot_be_kept() {
        let shape = |name: &str| suspicion_of_name("/device", name).map(|found| found.shape);
        for name in [
            "password=hunter2",
            "r1 token: hunter2",
            "ftp://u:hunter2@r1",
        ] {
            assert_eq!(shape(name), Some("a secret behind its name"), "{name}");
        }
        for name in [
            "r1",
            "secret-router",
            "key1",
            "password",
            "token ring",
            "community",
        ] {
            assert_eq!(shape(name), None, "{name}");
        }
    }

    #[test]
    fn a_field_is_masked_by_its_name() {
        let redactor = Redactor::default();
        for (name, text, shown) in [
            ("password", "hunter2", MASK),
            ("api_token", "hunter2", MASK),
            ("line", "enable secret hunter2", "enable secret ********"),
            ("site", "fra", "fra"),
        ] {
            let mut kept = text.to_owned();
            let count = redactor.field(name, &mut kept);
            assert_eq!((&*kept, count > 0), (shown, shown != text));
        }
    }

    #[test]
    fn a_value_of_several_lines_is_masked_line_by_line() {
        let redactor = Redactor::default();
        redactor.register("first-line\nof it\r\nthird-line");
        let (masked, count) = redactor.text("  first-line\r\n  third-line\nof it");
        assert_eq!((&*masked, count), ("  ********\r\n  ********\nof it", 2));
    }

    #[test]
    fn a_short_word_that_was_handed_in_is_masked() {
        let redactor = Redactor::default();
        redactor.register("hunter2");
        assert_eq!(redactor.text("hunter2"), (MASK.into(), 1));
        assert!(is_short_word(b"hunter2") && !is_short_word(b"psk x"));
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
