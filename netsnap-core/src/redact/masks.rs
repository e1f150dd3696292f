//! What do tools and devices write where a secret was? Rows, each with who writes it so.
//!
//! Some can be nothing else wherever they stand. Others are words like any other, and count only where a secret has its place.

use std::sync::LazyLock;

use regex::RegexSet;

use super::lines;

/// What is a mask wherever it stands in a line.
#[rustfmt::skip] // A row is a line.
const ANYWHERE: &[(&str, &str)] = &[
    (r"\*{4,}", "netsnap itself, and the web pages of many devices"),
    (r"(?i)<removed>", "RANCID; Oxidized: `model/raisecom.rb`; `show tech-support` of IOS"),
    (r"(?i)<(?:secret|configuration) (?:hidden|removed)>", "Oxidized: `model/qtech.rb`, `model/nxos.rb`, `model/tmos.rb`"),
    (r"(?i)<(?:[a-z]+:)?redacted>", "programs that name themselves before it"),
    (r"(?i)<(?:secret|password|hidden|masked)>", "placeholders in examples and in the texts of scripts"),
    (r"(?i)\[(?:masked|redacted|hidden)\]", "job logs of GitLab CI: `[MASKED]`"),
    ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "Ansible: `no_log` of a module's parameter"),
];

/// What is a mask where a secret has its place, and a word elsewhere.
#[rustfmt::skip] // A row is a line.
const IN_PLACE: &[(&str, &str)] = &[
    (r"^\*+$", "job logs of GitHub Actions: `***`"),
    (r"^[xX]{4,}$", "configurations that are shown to others"),
    (r"(?i)^(?:redacted|removed|masked|hidden)$", "`kubectl config view`: `REDACTED`"),
    (r"^SECRET-DATA$", "Junos: the comment behind a secret"),
];

static MASKS: LazyLock<[RegexSet; 2]> = LazyLock::new(|| {
    let set = |rows: &[(&str, &str)]| RegexSet::new(rows.iter().map(|(form, _)| *form));
    [ANYWHERE, IN_PLACE].map(|rows| set(rows).expect("a test asks it"))
});

/// Says whether a line holds a mask in the place of a secret.
pub(crate) fn is_masked(line: &str) -> bool {
    let [anywhere, in_place] = &*MASKS;
    let is_mask = |(start, end): (usize, usize)| {
        line.get(start..end)
            .is_some_and(|value| in_place.is_match(value))
    };
    anywhere.is_match(line) || lines::find(line.as_bytes()).into_iter().any(is_mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_found_by_an_example() {
        for line in [
            "username a secret 5 ****",
            "enable secret 5 <removed>",
            "snmp-server community <secret hidden> RO",
            "snmp-server community <configuration removed>",
            "radius-server key <secret removed>",
            "ntp authentication-key 1 md5 <netsnap:redacted> 7",
            "snmp-server community <redacted> RO",
            "snmp-server community <secret> RO",
            "enable secret 5 <hidden>",
            "tacacs-server key [masked]",
            "enable secret VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
            "username bob secret 0 ***",
            "enable secret xxxxxxxx",
            "snmp-server community REDACTED RO",
            "snmp-server community SECRET-DATA RO",
            "set system root-authentication encrypted-password \"SECRET-DATA\"",
        ] {
            assert!(is_masked(line), "{line}");
        }
    }

    #[test]
    fn a_word_elsewhere_and_a_real_secret_are_no_masks() {
        for line in [
            "description *** uplink ***",
            "description xxxxxxxx",
            "description REDACTED",
            "hostname removed",
            "enable secret 5 $1$abcd$0123456789abcdef",
            "snmp-server community xray RO",
            "username removed secret 0 tiger42",
        ] {
            assert!(!is_masked(line), "{line}");
        }
    }
}
