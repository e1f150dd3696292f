//! Which part of a text that a device or program said is a secret? Rows of patterns, each with the syntax it comes from.
//!
//! Made for outputs, where most lines are harmless: a row asks for the syntax around a secret, so that `Password aging disabled` stays
//! as it is. What stands in the group `secret` is masked, the rest of the line is kept.

use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

/// Words between the name of a secret and its value that say in which form the value is.
const FORM: &str = r"(?:(?:\d{1,2}[a-z]?|encrypted|cipher|irreversible-cipher|simple|plain|plaintext|clear|cleartext|ascii|ascii-text|hex|hexadecimal|hash2?|md5|sha256|sha512|hmac-(?:md5|sha\S*)|scrypt|level \d+|text|password|local|remote|ENC)[ \t]+)*";
/// A value: quoted, or one word.
const VALUE: &str = r#"(?P<secret>"(?:[^"\\\n]|\\.)+"|'[^'\n]+'|[^\s"';,\\]+)"#;

/// The rows. `FORM` and `VALUE` stand for the above.
const ROWS: &[&str] = &[
    // `username a secret 5 $1$…`, `enable password x`, `set … authentication-key "$9$…"`, `password = x`, `"password": "x"`, `PASSWORD=x`.
    r#"\b(?:password|passwd|passphrase|pass-phrase|passcode|secret|key-string|keystring|shared-secret|shared-key|password-value|pre-shared-key|authentication-key|authentication-password|privacy-password|privacy-key|auth-password|priv-password|auth-pass|priv-pass|auth-key|priv-key|md5-key|key-hex|hex-key|wpa-psk|psk|psksecret|community-string|server-key|client-secret|client_secret|bindpw|bind-password|api[-_]?key|access[-_]?key|secret[-_]?key|auth[-_]?token|access[-_]?token|private[-_]?token|token)\b["']?(?:[ \t]*[:=][ \t]*|[ \t]+)FORMVALUE"#,
    // FRR, IOS: the rest of the line is the password (`neighbor PEER password LINE`).
    r"neighbor[ \t]+\S+[ \t]+password[ \t]+(?:\d{1,2}[ \t]+)?(?P<secret>\S[^\n\r]*)",
    // IKE and wireless keys that stand behind the peer or the kind that they are for.
    r"pre-shared-key[ \t]+(?:(?:address|hostname|local|remote|ipv6)[ \t]+)*(?:\S+[ \t]+){0,2}key[ \t]+FORMVALUE",
    r"\bset-key[ \t]+FORMVALUE",
    r"\bsap[ \t]+pmk[ \t]+VALUE",
    r"session-key[ \t]+(?:in|out)bound[ \t]+(?:ah|esp)[ \t]+\d+[ \t]+(?:cipher[ \t]+)?VALUE(?:[ \t]+authenticator[ \t]+(?P<second>\S+))?",
    r"key[ \t]+config-key[ \t]+(?:password-encrypt|newpass|ascii)[ \t]+VALUE",
    // SNMP communities (IOS, NX-OS, EOS, XR, FRR; Junos; VRP; DNOS), hosts and users.
    r"snmp-server[ \t]+community[ \t]+(?:encrypted[ \t]+|clear[ \t]+|ro[ \t]+|rw[ \t]+)?VALUE",
    r"snmp(?:-agent)?[ \t]+(?:set[ \t]+)?community[ \t]+(?:(?:read|write)[ \t]+)?FORMVALUE",
    r"(?:trap|read|write)[- ]community[ \t]+FORMVALUE",
    r"snmp-server[ \t]+host[ \t]+\S+(?:[ \t]+(?:vrf[ \t]+\S+|use-vrf[ \t]+\S+|traps?|informs?|version[ \t]+(?:1|2c)))*[ \t]+(?P<secret>[^\s]+)",
    r"snmp-server[ \t]+host[ \t]+\S+[^\n]*version[ \t]+3[ \t]+(?:noauth|auth|priv)[ \t]+(?P<secret>[^\s]+)",
    r"snmp-server[ \t]+user[ \t][^\n]*?[ \t]auth[ \t]+(?:md5|sha\S*)[ \t]+(?:(?:encrypted|clear)[ \t]+)?VALUE(?:[ \t]+priv[ \t]+(?:(?:aes|des|3des|aes-?)\S*[ \t]+)?(?:\d{3}[ \t]+)?(?:(?:encrypted|clear)[ \t]+)?(?P<second>\S+))?",
    r"\bauthentication[ \t]+(?:hash[ \t]+)?(?:md5|sha\d*)[ \t]+VALUE[ \t]+privacy[ \t]+\S+[ \t]+(?P<second>\S+)",
    r"\bsecurityname[ \t]+FORMVALUE",
    // Junos shows a community of SNMP as a block without quotes; a community of routes is one line, or quoted (SR OS).
    r#"^[ \t]+community[ \t]+(?P<secret>[^\s"{;]+)[ \t]+\{"#,
    // TACACS+ and RADIUS keys in one line, and a server's `key 7 0822455D0A16`.
    r#"(?:tacacs|radius)\S*[ \t][^\n]*?\bkey[ \t]+FORMVALUE"#,
    r#"^[ \t]*key[ \t]+(?:0|5|6|7|8a?)[ \t]+VALUE"#,
    r"server-private[ \t][^\n]*?\bkey[ \t]+FORMVALUE",
    // In the section of a server (IOS): `key hunter2`, where the key of a chain has a number. MACsec: its name, then its value.
    r#"^[ \t]+key[ \t]+(?P<secret>"[^"\n]+"|[^\s"]*[^\s"\d:][^\s":]*)[ \t]*\r?$"#,
    r"^[ \t]*key[ \t]+[0-9a-f]{1,64}[ \t]+(?:0|7|8a)[ \t]+VALUE",
    // NTP, OSPF, IS-IS, HSRP, VRRP, NHRP, ISAKMP, key chains.
    r"(?:authentication-key|message-digest-key)[ \t]+\d+[ \t]+(?:md5|sha\S*|hmac\S*|cmac\S*|aes\S*|type[ \t]+\S+[ \t]+(?:value|key))[ \t]+FORMVALUE",
    r"(?:hmac-)?(?:md5|sha1|sha-1|sha256|sha-256|hmac-sha-\d+)[ \t]+key[ \t]+FORMVALUE",
    r"\bmd5[ \t]+\d+[ \t]+key[ \t]+FORMVALUE",
    r"\bkey[ \t]+(?:ascii-text|hexadecimal)[ \t]+VALUE",
    r"\bauthentication[ \t]+key[ \t]+FORMVALUE",
    r"\balgorithm[ \t]+\S+[ \t]+key[ \t]+FORMVALUE",
    r"\bauthentication[ \t]+(?:string|text)[ \t]+FORMVALUE",
    // VRP: `ospf authentication-mode md5 1 cipher …`, `privacy-mode aes128 cipher …`, `vrrp vrid 1 authentication-mode md5 …`.
    r"authentication-mode[ \t]+(?:simple|md5|text|hmac-\S+|sha\S*)[ \t]+(?:(?:\d+|usual|nonstandard|ip|osi|send-only|cipher|plain|irreversible-cipher)[ \t]+)*VALUE",
    r"privacy-mode[ \t]+\S+[ \t]+(?:cipher|plain)[ \t]+VALUE",
    r"(?:standby|vrrp|glbp)[ \t]+\d+[ \t]+(?:peer[ \t]+)?authentication[ \t]+(?:md5[ \t]+key-string[ \t]+|text[ \t]+)?FORMVALUE",
    r"nhrp[ \t]+authentication[ \t]+VALUE",
    r"crypto[ \t]+isakmp[ \t]+key[ \t]+FORMVALUE",
    r"(?:area|domain|circuit)-authentication[ \t]+VALUE[ \t]*$",
    // FortiOS: `set psksecret ENC …`; VRP: `%^%#…%^%#`; SR OS: `… hash2`.
    r"\bENC[ \t]+(?P<secret>\S{8,})",
    r"(?P<secret>%\^%#.{8,}?%\^%#|%@%@.{8,}?%@%@)",
    r#""(?P<secret>[^"\n]+?)[ \t]+(?:hash2?|custom)""#,
    // Hashes of crypt(3) and Junos wherever they stand: `$1$…`, `$5$…`, `$6$…`, `$8$…`, `$9$…`, `$2y$…`, `$y$…`.
    r#"(?P<secret>\$(?:1|5|6|8|9|14|2[abxy]|y|sha1|sha512)\$[./A-Za-z0-9$+=-]{6,})"#,
    // RFC 3986 user information: `ftp://user:password@host`.
    r"[a-z][a-z0-9+.-]*://[^\s/:@]+:(?P<secret>[^\s/@]+)@",
    // RFC 7235 and 6265 headers.
    r"(?:proxy-)?authorization[\x22']?[ \t]*[:=][ \t]*[\x22']?(?:basic|bearer|digest|token)[ \t]+(?P<secret>[^\s\x22']+)",
    r"(?:set-)?cookie:[ \t]*(?P<secret>[^\n\r]+)",
    // RFC 7468: the body of a private key.
    r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY-----(?P<secret>(?s:.*?))-----END [A-Z0-9 ]{0,64}PRIVATE KEY-----",
    // A private key whose end is not there.
    r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY-----(?P<secret>\r?\n(?:[ \t]*(?:[a-z-]+: [^\n]*|[a-z0-9+/=]*)\r?\n)*)",
    // Options of command lines: `--password x`, `--api-key=x`.
    r"(?:^|[^\w-])--?(?:password|passwd|pass|secret|token|api-?key|private-key-pass\w*|vault-password|become-pass\w*|conn-pass\w*)(?:[ \t]+|=)VALUE",
    // Short options of programs: MySQL's manual, sshpass(1), snmpcmd(1), curl(1), ldapsearch(1), redis-cli, ipmitool(1), openssl(1).
    r"\b(?:mysql|mariadb)\w*(?:-\w+)?[ \t](?:[^\n|;]*?[ \t])?(?-i:-p)VALUE",
    r"\bsshpass[ \t](?:[^\n|;]*?[ \t])?(?-i:-p)[ \t]*VALUE",
    r"\bsnmp(?:get|getnext|walk|bulkget|bulkwalk|set|status|trap|inform|test|table)[ \t](?:[^\n|;]*?[ \t])?(?-i:-c)[ \t]*VALUE",
    r"\bsnmp(?:get|getnext|walk|bulkget|bulkwalk|set|status|trap|inform|test|table)[ \t](?:[^\n|;]*?[ \t])?(?-i:-A)[ \t]*VALUE",
    r"\bsnmp(?:get|getnext|walk|bulkget|bulkwalk|set|status|trap|inform|test|table)[ \t](?:[^\n|;]*?[ \t])?(?-i:-X)[ \t]*VALUE",
    r#"\bcurl[ \t](?:[^\n|;]*?[ \t])?(?-i:-u|-U|--user|--proxy-user)(?:[ \t]*|=)["']?[^\s:"']+:(?P<secret>[^\s"']+)"#,
    r"\bldap(?:search|add|modify|delete|passwd|whoami|compare)[ \t](?:[^\n|;]*?[ \t])?(?-i:-w)[ \t]*VALUE",
    r"\bredis-cli[ \t](?:[^\n|;]*?[ \t])?(?-i:-a)[ \t]+VALUE",
    r"\bipmitool[ \t](?:[^\n|;]*?[ \t])?(?-i:-P)[ \t]*VALUE",
    r"-pass(?:in|out)?[ \t]+pass:VALUE",
    // Arista's TerminAttr: `-ingestauth=key,hunter2`.
    r"-(?:ingest|cv)auth=key,VALUE",
    // The same in a text of JSON: `["--password", "x"]`, `{"name": "DB_PASSWORD", "value": "x"}`.
    r#""--?[\w-]*(?:password|passwd|passphrase|secret|token|api[-_]?key|[-_]pass)",[ \t]*(?P<secret>"(?:[^"\\\n]|\\.)+")"#,
    r#""(?:name|key|header|variable)":[ \t]*"\w*NAME\w*",[ \t]*"value":[ \t]*(?P<secret>"(?:[^"\\\n]|\\.)+")"#,
    // Environment variables and assignments: `DB_PASSWORD=x`, `ansible_ssh_pass=x`, `AWS_SECRET_ACCESS_KEY=x`.
    r#"\b\w*NAME\w*["']?[ \t]*[=:][ \t]*VALUE"#,
    r"\bpass=VALUE",
    r"\b(?-i:[A-Z][A-Z0-9_]*(?:_KEY|_PW|_PAT|_AUTH|_PASS|PWD|SSHPASS)|SSHPASS)=VALUE",
    // XML of NETCONF (RFC 6241) and of `display xml`.
    r"<(?:[\w-]+:)?(?:TAG)(?:[ \t][^<>\n]*)?>(?P<secret>[^<\n]+)</",
    r"<(?:[\w-]+:)?community(?:[ \t][^<>\n]*)?>(?P<secret>[^<:\n]+)</",
    // The same in JSON that is a text of JSON: `{\"api_key\": \"x\"}`.
    r#"\b\w*NAME\w*\\["'][ \t]*[=:][ \t]*\\["'](?P<secret>(?:[^"'\\\n]|\\\\.|\\[^"'\\\n])+)"#,
];

/// What stands in the name of an assignment whose value is secret.
const NAME: &str = "(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?key|\
    snmp[_-]?community|community[_-]?string|_pass|_pwd|_psk|credentials?)";

/// What an element of XML is called whose text is secret.
const TAG: &str = "(?:[\\w-]+-)?(?:password|passwd|passphrase|secret|pre-shared-key|shared-key|authentication-key|auth-key|key-string|\
    md5-key|api-key|token|private-key|password-value)|(?-i:key)";

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

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    ROWS.iter()
        .map(|row| {
            let row = row.replace("FORM", FORM).replace("VALUE", VALUE);
            let row = row.replace("NAME", NAME).replace("TAG", TAG);
            // Bytes, not characters: what is looked for is ASCII, and the tables of Unicode would take most of the time to get ready.
            Regex::new(&format!("(?im-u){row}")).expect("a test masks with each row")
        })
        .collect()
});

/// One look that tells almost every harmless text.
static SUSPECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i-u)passw|pass-?phrase|passcode|secret|key|psk|community|snmp|token|bindpw|authentication|auth-|priv-|\bENC |%\^%#|%@%@|hash|\$[0-9a-z]{1,6}\$|://[^\s/:@]+:|authorization|cookie|_pass|_pwd|credential|--pass|\bpass=|-pass|sshpass|mysql|mariadb|curl|ldap|redis-cli|ipmitool|[A-Z](?:_PW|_PAT|_AUTH|PWD)=|\bsap |session-key|-mode ",
    )
    .expect("a test masks with it")
});

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
    if !SUSPECT.is_match(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for pattern in PATTERNS.iter() {
        for captures in pattern.captures_iter(text) {
            found.extend(secret_parts(&captures));
        }
    }
    super::joined(found)
}

fn secret_parts(captures: &Captures<'_>) -> Vec<(usize, usize)> {
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
        .map(|(_, place)| place)
        .collect()
}

/// Leaves the quotes in place, so that what is quoted stays well-formed.
fn unquoted(part: &[u8], start: usize, end: usize) -> (usize, usize) {
    match part {
        [b'"', .., b'"'] | [b'\'', .., b'\''] => (start + 1, end - 1),
        _ => (start, end),
    }
}

fn is_value(part: &[u8]) -> bool {
    let word = part.trim_ascii();
    let word = match word {
        [b'"', word @ .., b'"'] | [b'\'', word @ .., b'\''] => word,
        word => word,
    };
    let word = word.strip_suffix(b".").unwrap_or(word);
    !word.is_empty()
        && !word.ends_with(b"?")
        && word != super::MASK.as_bytes()
        && !NO_VALUES
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}
