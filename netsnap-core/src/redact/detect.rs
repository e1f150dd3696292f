//! What is a secret by its own shape, whatever stands around it? Few shapes, each so particular that hardly anything else has it.
//!
//! They are looked for in all that is masked, and behind the masks in what is about to be kept: a name that no mask may change, and a
//! field that nobody thought of.

use std::sync::LazyLock;

use regex::bytes::Regex;
use serde_json::Value;

use super::{MASK, joined};

/// The shapes: what each is called, and how it looks. The first group is the secret.
const SHAPES: &[(&str, &str)] = &[
    // RFC 7468, as it is and as a text in JSON. The rules for lines hide all of it.
    (
        "a private key",
        r#"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY-----(?:\\[nr]|[\s>|"'+,#])*([A-Za-z0-9+/=]{16,})"#,
    ),
    // RFC 7519: the header is a JSON object, so its base64 begins in this way.
    (
        "a JSON web token",
        r"\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
    ),
    // crypt(5); Junos and IOS types 1, 5, 6, 8, 9 and 14.
    (
        "a hash of a password",
        r"(\$(?:1|5|6|7|8|9|14|y|gy|sha1|sha512|2[abxy])\$(?:[./A-Za-z0-9=,+-]{1,32}\$){1,4}[./A-Za-z0-9+=-]{8,})",
    ),
    // GitHub's documentation, "Token formats".
    (
        "a token of GitHub",
        r"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
    ),
    // GitLab's documentation, "Token prefixes".
    (
        "a token of GitLab",
        r"\b(gl(?:pat|oas|dt|rt|cbt|ptt|ft|agent|soat)-[A-Za-z0-9_.-]{20,})",
    ),
    // AWS, "Understanding unique ID prefixes": access keys, and temporary ones.
    ("an access key of AWS", r"\b((?:AKIA|ASIA)[A-Z2-7]{16})\b"),
    // Slack's documentation, "Token types" and "Incoming webhooks".
    (
        "a token of Slack",
        r"\b(xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,})",
    ),
    (
        "a webhook of Slack",
        r"hooks\.slack\.com/(?:services|workflows)/(T[A-Z0-9]{6,}/[A-Za-z0-9/]{16,})",
    ),
    // As their services publish them for scanners of secrets.
    ("a key of Google", r"\b(AIza[A-Za-z0-9_-]{35})"),
    (
        "a key of Stripe",
        r"\b((?:sk|rk)_(?:live|test)_[A-Za-z0-9]{12,})",
    ),
    (
        "a token of a package registry",
        r"\b(npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{20,})",
    ),
    (
        "a key of SendGrid",
        r"\b(SG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50})",
    ),
    ("a token of Vault", r"\b(hv[sbr]\.[A-Za-z0-9_-]{24,})"),
    ("a key of age", r"\b(AGE-SECRET-KEY-1[0-9A-Z]{50,})"),
];

/// One look that tells almost every harmless text.
static ANY: LazyLock<Regex> = LazyLock::new(|| {
    let shapes: Vec<String> = SHAPES
        .iter()
        .map(|(_, shape)| format!("(?:{shape})"))
        .collect();
    Regex::new(&shapes.join("|")).expect("a test looks with it")
});

static EACH: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let compiled = |shape| Regex::new(shape).expect("a test looks with each shape");
    SHAPES
        .iter()
        .map(|(name, shape)| (*name, compiled(shape)))
        .collect()
});

/// The parts of a text that have the shape of a secret, in order, without overlaps.
pub(super) fn find(text: &[u8]) -> Vec<(usize, usize)> {
    if !ANY.is_match(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (_, shape) in EACH.iter() {
        let places = shape.captures_iter(text);
        found
            .extend(places.filter_map(|place| place.get(1).map(|part| (part.start(), part.end()))));
    }
    joined(found)
}

/// Names the shape of the first secret in a text; `None` when nothing looks like one.
fn shape(text: &str) -> Option<&'static str> {
    if !ANY.is_match(text.as_bytes()) {
        return None;
    }
    let mut each = EACH.iter();
    each.find(|(_, shape)| shape.is_match(text.as_bytes()))
        .map(|(name, _)| *name)
}

/// Where something still looks like a secret, and like which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// The way to it, as a JSON pointer (RFC 6901). A key that is the secret itself is masked in it.
    pub place: String,
    /// What it looks like, such as `a private key`.
    pub shape: &'static str,
}

/// Finds the first text, key or value, that looks like a secret; `None` when there is none.
#[must_use]
pub fn suspicion(value: &Value) -> Option<Suspicion> {
    match value {
        Value::String(text) => shape(text).map(|shape| Suspicion {
            place: String::new(),
            shape,
        }),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(position, item)| below(&position.to_string(), suspicion(item)))
        }
        Value::Object(fields) => fields.iter().find_map(|(key, value)| match shape(key) {
            Some(shape) => Some(Suspicion {
                place: format!("/{MASK}"),
                shape,
            }),
            None => below(key, suspicion(value)),
        }),
        _ => None,
    }
}

fn below(key: &str, found: Option<Suspicion>) -> Option<Suspicion> {
    let found = found?;
    let key = key.replace('~', "~0").replace('/', "~1");
    Some(Suspicion {
        place: format!("/{key}{}", found.place),
        ..found
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::redact::rows::tests::has_another_sign;

    /// A text of each shape, made here so that no whole one stands in the source.
    fn samples() -> Vec<(&'static str, String)> {
        let word = |length: usize| "Ab3dEf6hIj".repeat(10)[..length].to_owned();
        let upper = |length: usize| "ABCD2EFGH3".repeat(10)[..length].to_owned();
        vec![
            (
                "a private key",
                format!("-----BEGIN PRIVATE KEY-----\\n{}", word(40)),
            ),
            (
                "a private key",
                format!("-----BEGIN RSA PRIVATE KEY-----\r\n{}\r\n", word(64)),
            ),
            (
                "a JSON web token",
                format!("eyJ{}.eyJ{}.{}", word(20), word(20), word(20)),
            ),
            (
                "a hash of a password",
                format!("$6${}${}", word(8), word(40)),
            ),
            (
                "a hash of a password",
                format!("$9${}${}", word(14), word(43)),
            ),
            ("a hash of a password", format!("$2y$10${}", word(53))),
            (
                "a hash of a password",
                format!("$8$aes256-gcm$hmac-sha2-256$100${}", word(20)),
            ),
            ("a token of GitHub", format!("ghp_{}", word(36))),
            ("a token of GitHub", format!("github_pat_{}", word(60))),
            ("a token of GitLab", format!("glpat-{}", word(20))),
            ("an access key of AWS", format!("AKIA{}", upper(16))),
            (
                "a token of Slack",
                format!("xoxb-{}-{}", word(11), word(24)),
            ),
            (
                "a webhook of Slack",
                format!(
                    "https://hooks.slack.com/services/T{0}/B{0}/{1}",
                    upper(9),
                    word(24)
                ),
            ),
            ("a key of Google", format!("AIza{}", word(35))),
            ("a key of Stripe", format!("sk_live_{}", word(24))),
            ("a token of a package registry", format!("npm_{}", word(36))),
            ("a key of SendGrid", format!("SG.{}.{}", word(22), word(43))),
            ("a token of Vault", format!("hvs.{}", word(24))),
            ("a key of age", format!("AGE-SECRET-KEY-1{}", upper(58))),
        ]
    }

    #[test]
    fn each_shape_is_known_and_masked_wherever_it_stands() {
        let redactor = crate::redact::Redactor::default();
        for (name, sample) in samples() {
            for text in [
                sample.clone(),
                format!("a ({sample}) b\n"),
                format!("x=\"{sample}\""),
            ] {
                assert_eq!(shape(&text), Some(name), "{text}");
                let (masked, count) = redactor.text(&text);
                assert!(count > 0 && shape(&masked).is_none(), "{masked}");
                assert_eq!(redactor.text(&masked).1, 0, "{masked}");
            }
        }
        let known: std::collections::BTreeSet<&str> =
            samples().iter().map(|(name, _)| *name).collect();
        assert!(SHAPES.iter().all(|(name, _)| known.contains(name)));
    }

    #[test]
    fn no_shape_is_one_short_word() {
        for (name, shape) in SHAPES {
            let parsed = regex_syntax::parse(shape).unwrap();
            let least = parsed.properties().minimum_len().unwrap_or_default();
            assert!(
                has_another_sign(&parsed) || least >= super::super::SHORTEST,
                "{name}: {least}"
            );
        }
    }

    #[test]
    fn what_only_resembles_a_shape_is_none() {
        for text in [
            "-----BEGIN CERTIFICATE-----\nMIIabcdefghijklmnopqrstuvwxyz\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nMIIabcdefghijklmnopqrstuvwxyz",
            "-----BEGIN PRIVATE KEY-----\n********\n-----END PRIVATE KEY-----",
            "asia-southeast1-docker.pkg.dev/AKIA/ASIA",
            "ASIAPACIFICREGIONALOFFICE",
            "echo $1$2 $6$SUFFIX cost $1$5",
            "$9$",
            "ghp_short xox xoxo-hugs eyJ eyJhbGciOi.a.b",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "fe80::a8bb:ccff:fe00:100 aa:bb:cc:dd:ee:ff exec_2026-03-01_100000_0123abcd",
            "AIzaShort SG.short.x npm_config_registry hvs. sk_live_x",
            "snmp-server community ******** RO",
        ] {
            assert_eq!(shape(text), None, "{text}");
            assert_eq!(find(text.as_bytes()), [], "{text}");
        }
    }

    #[test]
    fn what_devices_said_looks_like_no_secret() {
        for said in [
            include_str!("../config/testdata/frr-bgp-r1.txt"),
            include_str!("../config/testdata/frr-ospf-r1.txt"),
            include_str!("../config/testdata/frr-ospf-r4.txt"),
            include_str!("../config/testdata/cisco_ios.txt"),
            include_str!("../config/testdata/cisco_nxos.txt"),
            include_str!("../config/testdata/cisco_iosxr.txt"),
            include_str!("../config/testdata/arista_eos.txt"),
            include_str!("../config/testdata/huawei-vrp.txt"),
            include_str!("../config/testdata/juniper-junos.txt"),
            include_str!("../config/testdata/nokia-sros.txt"),
            include_str!("../config/testdata/drivenets-dnos.txt"),
        ] {
            let (masked, _) = crate::redact::Redactor::default().text(said);
            assert_eq!(shape(&masked), None);
            let clear = find(said.as_bytes());
            let clear = clear.iter().map(|(start, end)| &said[*start..*end]);
            assert!(
                clear.clone().all(|part| part.starts_with('$')),
                "{:?}",
                clear.collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_suspicion_names_the_place_and_never_the_secret() {
        let token = format!("ghp_{}", "a1".repeat(18));
        let place = |value: Value| suspicion(&value).map(|found| found.place);
        assert_eq!(place(json!({ "a": ["x", 1, null] })), None);
        assert_eq!(
            place(json!({ "a": [{ "b/c": token }] })),
            Some("/a/0/b~1c".to_owned())
        );
        assert_eq!(
            place(json!({ "labels": { token.clone(): "x" } })),
            Some(format!("/labels/{MASK}"))
        );
        let found = suspicion(&json!(token)).unwrap();
        assert_eq!(
            (found.place.as_str(), found.shape),
            ("", "a token of GitHub")
        );
    }
}
