//! Which part of a text that a device or program said is a secret? Rows of patterns, each with the syntax it comes from.
//!
//! Made for outputs, where most lines are harmless: a row asks for the syntax around a secret, so that `Password aging disabled` stays
//! as it is. What stands in the group `secret` is masked, the rest of the line is kept.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::{Captures, Regex};

use super::rows::{self, Row};

/// What is no value although it stands where one does: words of sentences, prompts, and masks.
const NO_VALUES: &[&str] = &[
    "is",
    "was",
    "are",
    "not",
    "no",
    "none",
    "null",
    "nil",
    "yes",
    "true",
    "false",
    "for",
    "of",
    "and",
    "or",
    "the",
    "to",
    "on",
    "in",
    "at",
    "by",
    "with",
    "has",
    "have",
    "set",
    "unset",
    "must",
    "will",
    "cannot",
    "can",
    "should",
    "may",
    "aging",
    "required",
    "expired",
    "expires",
    "expiry",
    "disabled",
    "enabled",
    "encryption",
    "recovery",
    "policy",
    "strength",
    "prompt",
    "authentication",
    "authenticated",
    "protected",
    "change",
    "changed",
    "history",
    "minimum",
    "maximum",
    "length",
    "configured",
    "chain",
    "keychain",
    "address",
    "hostname",
    "set-key",
    "key-chain",
    "message-digest",
    "management",
    "manager",
    "reset",
    "attempts",
    "lockout",
    "control",
    "check",
    "checking",
    "method",
    "mode",
    "type",
    "level",
    "database",
    "file",
    "from",
    "rules",
    "complexity",
    "age",
    "local",
    "prompts",
    "accepted",
    "rejected",
    "incorrect",
    "invalid",
    "correct",
    "usage",
    "bucket",
    "ring",
    "rotation",
    "id",
    "ids",
    "index",
    "name",
    "names",
    "[",
    "{",
    "(",
    "<",
    "]",
    "}",
    ")",
    ">",
    "|",
    "&&",
    "<removed>",
    "version",
    "traps",
    "trap",
    "informs",
    "community",
    "md5",
    "sha",
    "sha1",
    "sha256",
    "********",
];

/// What is no value in a phrase: what tasks, plays and notes of people speak of. No word that somebody would choose as a password.
const WORK: &[&str] = &[
    "task",
    "tasks",
    "play",
    "plays",
    "playbook",
    "role",
    "roles",
    "job",
    "jobs",
    "step",
    "steps",
    "stage",
    "workflow",
    "pipeline",
    "script",
    "handler",
    "audit",
    "scan",
    "scanner",
    "scanning",
    "sync",
    "renewal",
    "refresh",
    "update",
    "updates",
    "rollout",
    "deployment",
    "cleanup",
    "removal",
    "creation",
    "generation",
    "verification",
    "validation",
    "lookup",
    "report",
    "inventory",
    "store",
    "stores",
    "storage",
    "vault",
    "values",
    "entries",
    "items",
    "files",
    "folder",
    "service",
    "services",
    "provider",
    "providers",
    "facts",
    "variables",
    "backend",
    "handling",
];

/// First words of commands that set a secret: behind one of them whatever stands where a value does is one.
const SETTING: &[&str] = &[
    "aaa",
    "authentication",
    "bgp",
    "boot",
    "community",
    "crypto",
    "enable",
    "key",
    "line",
    "login",
    "neighbor",
    "no",
    "ntp",
    "ppp",
    "radius",
    "radius-server",
    "server",
    "set",
    "snmp",
    "snmp-server",
    "super",
    "tacacs",
    "tacacs-server",
    "user",
    "username",
    "wpa-psk",
];

/// The rows, and one look that tells which of them a text can have anything for: most have nothing for any.
struct Rows {
    rows: Vec<Row>,
    words: AhoCorasick,
    /// Which row a word belongs to, by its place among the words.
    rows_of_words: Vec<usize>,
}

static ROWS: LazyLock<Rows> = LazyLock::new(|| {
    let rows = rows::rows();
    let each = rows.iter().enumerate();
    let words = each.flat_map(|(row, one)| one.words.iter().map(move |word| (row, *word)));
    let (rows_of_words, words): (Vec<_>, Vec<_>) = words.unzip();
    let words = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words);
    Rows {
        rows,
        words: words.expect("a test looks with them"),
        rows_of_words,
    }
});

impl Rows {
    /// The rows of which a text has a word.
    fn suspects(&self, text: &[u8]) -> impl Iterator<Item = &Row> {
        let mut is_suspect = vec![false; self.rows.len()];
        if self.words.is_match(text) {
            for word in self.words.find_overlapping_iter(text) {
                is_suspect[self.rows_of_words[word.pattern().as_usize()]] = true;
            }
        }
        let rows = self.rows.iter().zip(is_suspect);
        rows.filter_map(|(row, is_suspect)| is_suspect.then_some(row))
    }
}

/// Programs whose short options the rows know.
static PROGRAMS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:mysql|mariadb)\w*(?:-\w+)?|sshpass|snmp[a-z]+|curl|ldap[a-z]+|redis-cli|ipmitool)$")
        .expect("a test asks it")
});

/// Says whether a word is the name of a program whose short options the rows know.
pub(super) fn is_program(word: &str) -> bool {
    PROGRAMS.is_match(word.as_bytes())
}

/// The parts of a text that are secret: start and end, in order, without overlaps.
pub(super) fn find(text: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for row in ROWS.suspects(text) {
        for captures in row.pattern().captures_iter(text) {
            found.extend(secret_parts(text, &captures));
        }
    }
    super::joined(found)
}

fn secret_parts(text: &[u8], captures: &Captures<'_>) -> Vec<(usize, usize)> {
    let named = ["secret", "second"].into_iter();
    named
        .filter_map(|name| captures.name(name))
        .map(|part| {
            (
                part.as_bytes(),
                unquoted(part.as_bytes(), part.start(), part.end()),
            )
        })
        .filter(|(part, (start, end))| start < end && is_value(part))
        .filter(|(part, (from, _))| !(is_work(part) && is_phrase(text, *from)))
        .map(|(_, place)| place)
        .collect()
}

/// Says whether a text is what people write, a name or a note, rather than a line of a device or a command: one line with nothing but
/// words up to what stands where a value does, none of them an option or that of a command, and not indented.
fn is_phrase(text: &[u8], value: usize) -> bool {
    let front = &text[..value];
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'-' | b'_');
    let is_plain = |word: &[u8]| !word.starts_with(b"-") && !is_one_of(SETTING, word);
    !text.contains(&b'\n')
        && !front.starts_with(b" ")
        && front.iter().all(is_letter)
        && front.split(|byte| *byte == b' ').all(is_plain)
}

fn is_work(part: &[u8]) -> bool {
    is_one_of(WORK, part.trim_ascii())
}

fn is_one_of(words: &[&str], word: &[u8]) -> bool {
    let mut words = words.iter();
    words.any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// Leaves the quotes in place, so that what is quoted stays well-formed.
fn unquoted(part: &[u8], start: usize, end: usize) -> (usize, usize) {
    match part {
        [b'"', .., b'"'] | [b'\'', .., b'\''] => (start + 1, end - 1),
        _ => (start, end),
    }
}

/// Says whether what stands where a secret does is one.
pub(super) fn is_value(part: &[u8]) -> bool {
    let word = part.trim_ascii();
    let word = match word {
        [b'"', word @ .., b'"'] | [b'\'', word @ .., b'\''] => word,
        word => word,
    };
    let word = word.strip_suffix(b".").unwrap_or(word);
    !word.is_empty()
        && !word.ends_with(b"?")
        && word != super::MASK.as_bytes()
        && !is_one_of(NO_VALUES, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_of_people_is_no_secret_unless_it_holds_a_value() {
        for phrase in [
            "secret task",
            "Secret Task",
            "password audit",
            "Refresh the token store",
            "rotate secret files",
        ] {
            assert_eq!(find(phrase.as_bytes()), [], "{phrase}");
        }
        for (line, value) in [
            ("secret hunter", "hunter"),
            ("secret task1", "task1"),
            ("secret: task", "task"),
            ("password=audit", "audit"),
            ("Set enable secret 5 $1$abc", "$1$abc"),
            ("Set the secret 0 task", "task"),
            ("enable secret task", "task"),
            ("username a secret task", "task"),
            ("neighbor 192.0.2.1 password audit", "audit"),
            ("tool --password vault", "vault"),
            ("snmp community scan", "scan"),
            (" password vault", "vault"),
            ("hostname r1\nsecret task\n", "task"),
            ("secret task\n", "task"),
        ] {
            let found = find(line.as_bytes());
            let shown: Vec<_> = found.iter().map(|(from, to)| &line[*from..*to]).collect();
            assert_eq!(shown, [value], "{line}");
        }
    }
}
