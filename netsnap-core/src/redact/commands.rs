//! Which part of a configuration line is a secret, where the line is shown? By the words of configurations, by the section that it stands
//! in, and by the syntax of outputs.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{MASK, detect, joined, lines, shown};

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

/// Sections, and the first word of a line in them behind which a secret stands, where it stands before a name elsewhere: a policy has
/// communities, too.
const HELD: &[(&str, &str)] = &[("snmp", "community")];

/// A community in the text of a whole configuration, told by what stands in it: Junos, SR OS, DNOS. A policy's holds members.
static BLOCKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?m)(?P<kept>(?:^|[{};])[ \t]*community)[ \t]+(?P<secret>"[^"\n]*"|[^\s";{]+)(?P<rest>[^\n{;]*\{?[ \t]*\r?\n?[ \t]*(?:authorization|clients?|client-list-name|logical-system|routing-instance|view|access|access-permissions|source-access-list)\b)"#,
    )
    .expect("a test masks with it")
});

/// Masks the secrets in configuration lines, also where a text quotes them between backticks. A question that a device asks
/// stays: no secret that can be typed holds `? `.
///
/// Whatever is said of a configuration passes here: differences, reasons, findings, errors and reports.
#[must_use]
pub fn secrets(text: &str) -> Cow<'_, str> {
    after(by_words(text), by_syntax)
}

/// Masks the secrets in a line that stands in a section, such as `community x` in `snmp`.
#[must_use]
pub fn secrets_in<'t>(section: &[String], text: &'t str) -> Cow<'t, str> {
    let line = text.trim_start();
    let command = ["no ", "undo ", "delete "].iter();
    let command = command.fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    let is_held = |(header, word): &&(&str, &str)| {
        let behind = command.strip_prefix(word);
        behind.is_some_and(|behind| behind.starts_with(' ') && !behind.trim().is_empty())
            && section.iter().any(|around| around.trim() == *header)
    };
    match HELD.iter().find(is_held) {
        None => secrets(text),
        Some((_, word)) => {
            let kept = &text[..text.len() - command.len() + word.len()];
            Cow::Owned(format!("{kept} {MASK}"))
        }
    }
}

/// Masks the secrets in the headers around a line, each in the section that it stands in.
#[must_use]
pub fn secret_path(section: &[String]) -> Vec<String> {
    let headers = section.iter().enumerate();
    headers
        .map(|(depth, header)| secrets_in(&section[..depth], header).into_owned())
        .collect()
}

/// Masks once more what was masked once.
fn after<'t>(text: Cow<'t, str>, mask: impl Fn(&str) -> Cow<'_, str>) -> Cow<'t, str> {
    match mask(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(masked) => Cow::Owned(masked),
    }
}

/// Masks by the words of configurations.
fn by_words(text: &str) -> Cow<'_, str> {
    let masked = SECRETS.replace_all(text, |found: &Captures<'_>| match &found["secret"] {
        question if question.contains("? ") => found[0].to_owned(),
        _ => hidden(found),
    });
    let masked = after(masked, |text| {
        FIRST.replace_all(text, |found: &Captures<'_>| match is_secret(found) {
            true => hidden(found),
            false => found[0].to_owned(),
        })
    });
    after(masked, |text| {
        BLOCKS.replace_all(text, |found: &Captures<'_>| hidden(found) + &found["rest"])
    })
}

fn hidden(found: &Captures<'_>) -> String {
    format!("{} {MASK}", &found["kept"])
}

/// Masks by the syntax of outputs, and what is secret by its own shape.
fn by_syntax(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let places = lines::find(bytes).into_iter().chain(detect::find(bytes));
    let mut found: Vec<_> = places.filter_map(|place| unquoted(bytes, place)).collect();
    if text.contains('`') {
        found.extend(lines::find(apart(text).as_bytes()));
    }
    shown(text, &joined(found))
}

/// Ends a secret where the quotation ends in which it begins; `None` where nothing of it is left.
fn unquoted(text: &[u8], (start, end): (usize, usize)) -> Option<(usize, usize)> {
    let before = text[..start].iter().rev();
    let ticks = before.take_while(|byte| **byte != b'\n');
    let is_quoted = ticks.filter(|byte| **byte == b'`').count() % 2 == 1;
    let closes = |at: &usize| {
        let next = text.get(at + 1);
        text[*at] == b'`' && next.is_none_or(|next| !next.is_ascii_alphanumeric())
    };
    match (start..end).find(closes).filter(|_| is_quoted) {
        None => Some((start, end)),
        Some(closing) => lines::is_value(&text[start..closing]).then_some((start, closing)),
    }
}

/// Puts each quoted line, and each header of a quoted path, on a line of its own, at the same place.
fn apart(text: &str) -> String {
    text.replace('`', "\n").replace(" / ", "\n\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn what_outputs_lose_is_lost_where_it_is_quoted() {
        for (text, shown) in [
            (
                "`interface Gi0/1 / vrrp 1 authentication text hunter2`: why",
                "`interface Gi0/1 / vrrp 1 authentication text ********`: why",
            ),
            (
                "does not know `ip nhrp authentication hunter2`, and `ip rip authentication string hunter2`",
                "does not know `ip nhrp authentication ********`, and `ip rip authentication string ********`",
            ),
            (
                "`daemon T / exec /usr/bin/TerminAttr -cvauth=key,hunter2 -taillogs`",
                "`daemon T / exec /usr/bin/TerminAttr -cvauth=key,******** -taillogs`",
            ),
            (
                "`snmp-server community-map hunter2 context x`: why",
                "`snmp-server community-map ******** context x`: why",
            ),
            (
                "event manager environment pw hunter2",
                "event manager environment pw ********",
            ),
            (
                "`boot config tftp://u:hunter2@192.0.2.1/x` is not proven",
                "`boot config tftp://u:********@192.0.2.1/x` is not proven",
            ),
            (
                "`router isis 1 / domain-authentication hunter2`",
                "`router isis 1 / domain-authentication ********`",
            ),
            (
                "ip nhrp authentication hun`ter2",
                "ip nhrp authentication ********",
            ),
        ] {
            assert_eq!(secrets(text), shown);
            assert_eq!(secrets(shown), shown);
        }
    }

    #[test]
    fn what_is_quoted_and_no_secret_stays() {
        for text in [
            "`key chain K / key 1`: why",
            "`Enter password:`: why",
            "`{\"path\": \"/etc/passwd\" }`: why",
            "`route-map A permit 10 / set community 65000:1`: why",
            "`event manager environment _interval 60`",
            "`vlan 10 / name token`: why",
            "`interface Gi0/1 / ip ospf authentication message-digest` is not known",
        ] {
            assert_eq!(secrets(text), text);
        }
    }

    #[test]
    fn a_community_is_a_secret_in_the_section_of_its_protocol() {
        let section = |headers: &[&str]| -> Vec<String> {
            headers.iter().map(|header| (*header).to_owned()).collect()
        };
        let snmp = section(&["system", "snmp"]);
        for (line, shown) in [
            ("community hunter2", "community ********"),
            ("no community \"hunter2\"", "no community ********"),
            ("  community hunter2 vrf a", "  community ********"),
            ("communityless hunter2", "communityless hunter2"),
            ("community ", "community "),
        ] {
            assert_eq!(secrets_in(&snmp, line), shown);
        }
        let policy = section(&["policy-options"]);
        let line = "community \"CUSTOMERS\"";
        assert_eq!(secrets_in(&policy, line), line);
        assert_eq!(secrets_in(&policy, "secret hunter2"), "secret ********");
    }

    #[test]
    fn a_community_is_told_by_what_stands_in_it() {
        for text in [
            "snmp {\n    community \"hunter2\" {\n        authorization read-only;\n    }\n}\n",
            "snmp {\n    community hunter2 {\r\n        clients {\n",
            "    community \"hunter2\" { access-permissions r }\n",
            "  snmp\n    community hunter2\n      access read-only\n",
            "snmp { community hunter2 { authorization read-only; } }",
            "configure { snmp { community \"hunter2\" { access-permissions r } } }",
        ] {
            let shown = secrets(text);
            assert_eq!(
                shown,
                text.replace("\"hunter2\"", MASK).replace("hunter2", MASK)
            );
        }
        for text in [
            "    community \"CUSTOMERS\" {\n        member \"65000:1\" { }\n",
            "    community CUSTOMERS members 65000:1;\n    community OTHERS members 65000:2;\n",
        ] {
            assert_eq!(secrets(text), text);
        }
    }
}
