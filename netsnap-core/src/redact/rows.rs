//! The rows by which secrets are found in lines: the syntax around them, and where it comes from.

use std::sync::OnceLock;

use regex::bytes::Regex;

/// Words between the name of a secret and its value that say in which form the value is.
const FORM: &str = r"(?:(?:\d{1,2}[a-z]?|encrypted|cipher|irreversible-cipher|simple|plain|plaintext|clear|cleartext|ascii|ascii-text|hex|hexadecimal|hash2?|md5|sha256|sha512|hmac-(?:md5|sha\S*)|scrypt|level \d+|text|password|local|remote|ENC)[ \t]+)*";
/// A value: quoted, or one word.
const VALUE: &str = r#"(?P<secret>"(?:[^"\\\n]|\\.)+"|'[^'\n]+'|[^\s"';,\\]+)"#;

/// The rows: words of which each text that the pattern finds has one (in whatever case), and the pattern. `FORM`, `VALUE`, `NAME` and
/// `TAG` stand for what these constants hold.
#[rustfmt::skip] // A row is a line.
const ROWS: &[(&[&str], &str)] = &[
    // `username a secret 5 $1$…`, `enable password x`, `set … authentication-key "$9$…"`, `password = x`, `"password": "x"`, `PASSWORD=x`.
    (&["passw", "passphrase", "pass-phrase", "passcode", "secret", "key", "psk", "community-string", "bindpw", "auth-pass", "priv-pass", "token"], r#"\b(?:password|passwd|passphrase|pass-phrase|passcode|secret|key-string|keystring|shared-secret|shared-key|password-value|pre-shared-key|authentication-key|authentication-password|privacy-password|privacy-key|auth-password|priv-password|auth-pass|priv-pass|auth-key|priv-key|md5-key|key-hex|hex-key|wpa-psk|psk|psksecret|community-string|server-key|client-secret|client_secret|bindpw|bind-password|api[-_]?key|access[-_]?key|secret[-_]?key|auth[-_]?token|access[-_]?token|private[-_]?token|token)\b["']?(?:[ \t]*[:=][ \t]*|[ \t]+)FORMVALUE"#),
    // FRR, IOS: the rest of the line is the password (`neighbor PEER password LINE`).
    (&["password"], r"neighbor[ \t]+\S+[ \t]+password[ \t]+(?:\d{1,2}[ \t]+)?(?P<secret>\S[^\n\r]*)"),
    // IKE and wireless keys that stand behind the peer or the kind that they are for.
    (&["pre-shared-key"], r"pre-shared-key[ \t]+(?:(?:address|hostname|local|remote|ipv6)[ \t]+)*(?:\S+[ \t]+){0,2}key[ \t]+FORMVALUE"),
    (&["set-key"], r"\bset-key[ \t]+FORMVALUE"),
    (&["pmk"], r"\bsap[ \t]+pmk[ \t]+VALUE"),
    (&["session-key"], r"session-key[ \t]+(?:in|out)bound[ \t]+(?:ah|esp)[ \t]+\d+[ \t]+(?:cipher[ \t]+)?VALUE(?:[ \t]+authenticator[ \t]+(?P<second>\S+))?"),
    (&["config-key"], r"key[ \t]+config-key[ \t]+(?:password-encrypt|newpass|ascii)[ \t]+VALUE"),
    // SNMP communities (IOS, NX-OS, EOS, XR, FRR; Junos; VRP; DNOS), hosts and users.
    (&["snmp-server"], r"snmp-server[ \t]+community[ \t]+(?:encrypted[ \t]+|clear[ \t]+|ro[ \t]+|rw[ \t]+)?VALUE"),
    (&["snmp"], r"snmp(?:-agent)?[ \t]+(?:set[ \t]+)?community[ \t]+(?:(?:read|write)[ \t]+)?FORMVALUE"),
    (&["community"], r"(?:trap|read|write)[- ]community[ \t]+FORMVALUE"),
    (&["snmp-server"], r"snmp-server[ \t]+host[ \t]+\S+(?:[ \t]+(?:vrf[ \t]+\S+|use-vrf[ \t]+\S+|traps?|informs?|version[ \t]+(?:1|2c)))*[ \t]+(?P<secret>[^\s]+)"),
    (&["snmp-server"], r"snmp-server[ \t]+host[ \t]+\S+[^\n]*version[ \t]+3[ \t]+(?:noauth|auth|priv)[ \t]+(?P<secret>[^\s]+)"),
    (&["snmp-server"], r"snmp-server[ \t]+user[ \t][^\n]*?[ \t]auth[ \t]+(?:md5|sha\S*)[ \t]+(?:(?:encrypted|clear)[ \t]+)?VALUE(?:[ \t]+priv[ \t]+(?:(?:aes|des|3des|aes-?)\S*[ \t]+)?(?:\d{3}[ \t]+)?(?:(?:encrypted|clear)[ \t]+)?(?P<second>\S+))?"),
    (&["privacy"], r"\bauthentication[ \t]+(?:hash[ \t]+)?(?:md5|sha\d*)[ \t]+VALUE[ \t]+privacy[ \t]+\S+[ \t]+(?P<second>\S+)"),
    (&["securityname"], r"\bsecurityname[ \t]+FORMVALUE"),
    // Junos shows a community of SNMP as a block without quotes; a community of routes is one line, or quoted (SR OS).
    (&["community"], r#"^[ \t]+community[ \t]+(?P<secret>[^\s"{;]+)[ \t]+\{"#),
    // TACACS+ and RADIUS keys in one line, and a server's `key 7 0822455D0A16`.
    (&["tacacs", "radius"], r#"(?:tacacs|radius)\S*[ \t][^\n]*?\bkey[ \t]+FORMVALUE"#),
    (&["key ", "key\t"], r#"^[ \t]*key[ \t]+(?:0|5|6|7|8a?)[ \t]+VALUE"#),
    (&["server-private"], r"server-private[ \t][^\n]*?\bkey[ \t]+FORMVALUE"),
    // In the section of a server (IOS): `key hunter2`, where the key of a chain has a number. MACsec: its name, then its value.
    (&["key ", "key\t"], r#"^[ \t]+key[ \t]+(?P<secret>"[^"\n]+"|[^\s"]*[^\s"\d:][^\s":]*)[ \t]*\r?$"#),
    (&["key ", "key\t"], r"^[ \t]*key[ \t]+[0-9a-f]{1,64}[ \t]+(?:0|7|8a)[ \t]+VALUE"),
    // NTP, OSPF, IS-IS, HSRP, VRRP, NHRP, ISAKMP, key chains.
    (&["authentication-key", "message-digest-key"], r"(?:authentication-key|message-digest-key)[ \t]+\d+[ \t]+(?:md5|sha\S*|hmac\S*|cmac\S*|aes\S*|type[ \t]+\S+[ \t]+(?:value|key))[ \t]+FORMVALUE"),
    (&["key ", "key\t"], r"(?:hmac-)?(?:md5|sha1|sha-1|sha256|sha-256|hmac-sha-\d+)[ \t]+key[ \t]+FORMVALUE"),
    (&["md5"], r"\bmd5[ \t]+\d+[ \t]+key[ \t]+FORMVALUE"),
    (&["key ", "key\t"], r"\bkey[ \t]+(?:ascii-text|hexadecimal)[ \t]+VALUE"),
    (&["authentication"], r"\bauthentication[ \t]+key[ \t]+FORMVALUE"),
    (&["algorithm"], r"\balgorithm[ \t]+\S+[ \t]+key[ \t]+FORMVALUE"),
    (&["authentication"], r"\bauthentication[ \t]+(?:string|text)[ \t]+FORMVALUE"),
    // VRP: `ospf authentication-mode md5 1 cipher …`, `privacy-mode aes128 cipher …`, `vrrp vrid 1 authentication-mode md5 …`.
    (&["authentication-mode"], r"authentication-mode[ \t]+(?:simple|md5|text|hmac-\S+|sha\S*)[ \t]+(?:(?:\d+|usual|nonstandard|ip|osi|send-only|cipher|plain|irreversible-cipher)[ \t]+)*VALUE"),
    (&["privacy-mode"], r"privacy-mode[ \t]+\S+[ \t]+(?:cipher|plain)[ \t]+VALUE"),
    (&["authentication"], r"(?:standby|vrrp|glbp)[ \t]+\d+[ \t]+(?:peer[ \t]+)?authentication[ \t]+(?:md5[ \t]+key-string[ \t]+|text[ \t]+)?FORMVALUE"),
    (&["nhrp"], r"nhrp[ \t]+authentication[ \t]+VALUE"),
    (&["isakmp"], r"crypto[ \t]+isakmp[ \t]+key[ \t]+FORMVALUE"),
    (&["-authentication"], r"(?:area|domain|circuit)-authentication[ \t]+VALUE[ \t]*$"),
    // IOS: a variable of a script, by its name; XR: a community again, where it is mapped.
    (&["environment"], r"event[ \t]+manager[ \t]+environment[ \t]+\w*(?:passw\w*|pass|pwd?|secret|token|key|community)[ \t]+(?P<secret>\S[^\n\r]*)"),
    (&["community-map"], r"snmp-server[ \t]+community-map[ \t]+VALUE"),
    // ASA: the key between the two of a pair, and of a server; NX-OS and IOS: a key as octets; ScreenOS; BFD; hashes of passwords.
    (&["failover"], r"\bfailover[ \t]+key[ \t]+FORMVALUE"),
    (&["aaa-server"], r"\baaa-server[ \t][^\n]*?\bkey[ \t]+FORMVALUE"),
    (&["key-octet-string"], r"\bkey-octet-string[ \t]+(?:[067][ \t]+)?VALUE"),
    (&["auth-pwd"], r"\bset[ \t]+auth-pwd[ \t]+VALUE"),
    (&["keyed-sha1", "keyed-md5"], r"\bkeyed-(?:sha1|md5)[ \t]+\d+[ \t]+(?:key[ \t]+)?FORMVALUE"),
    (&["password-hash"], r"\bpassword-hash[ \t]+FORMVALUE"),
    (&["pre-share"], r"\bauthentication[ \t]+pre-share[ \t]+key[ \t]+FORMVALUE"),
    (&["authentication"], r"\bauthentication[ \t]+md5[ \t]+encrypted[ \t]+VALUE"),
    // FortiOS: `set psksecret ENC …`; VRP: `%^%#…%^%#`; SR OS: `… hash2`.
    (&["enc ", "enc\t"], r"\bENC[ \t]+(?P<secret>\S{8,})"),
    (&["%^%", "%@%"], r"(?P<secret>%\^%#.{8,}?%\^%#|%@%@.{8,}?%@%@)"),
    (&["hash\"", "hash2\"", "custom\""], r#""(?P<secret>[^"\n]+?)[ \t]+(?:hash2?|custom)""#),
    // Hashes of crypt(3) and Junos wherever they stand: `$1$…`, `$5$…`, `$6$…`, `$8$…`, `$9$…`, `$2y$…`, `$y$…`.
    (&["$1$", "$5$", "$6$", "$8$", "$9$", "$14$", "$2a$", "$2b$", "$2x$", "$2y$", "$y$", "$sha1$", "$sha512$"], r#"(?P<secret>\$(?:1|5|6|8|9|14|2[abxy]|y|sha1|sha512)\$[./A-Za-z0-9$+=-]{6,})"#),
    // RFC 3986 user information: `ftp://user:password@host`.
    (&["://"], r"[a-z][a-z0-9+.-]*://[^\s/:@]+:(?P<secret>[^\s/@]+)@"),
    // RFC 7235 and 6265 headers.
    (&["authorization"], r"(?:proxy-)?authorization[\x22']?[ \t]*[:=][ \t]*[\x22']?(?:basic|bearer|digest|token)[ \t]+(?P<secret>[^\s\x22']+)"),
    (&["cookie:"], r"(?:set-)?cookie:[ \t]*(?P<secret>[^\n\r]+)"),
    // RFC 7468: the body of a private key.
    (&["-----begin"], r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY-----(?P<secret>(?s:.*?))-----END [A-Z0-9 ]{0,64}PRIVATE KEY-----"),
    // A private key whose end is not there.
    (&["-----begin"], r"-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY-----(?P<secret>\r?\n(?:[ \t]*(?:[a-z-]+: [^\n]*|[a-z0-9+/=]*)\r?\n)*)"),
    // Options of command lines: `--password x`, `--api-key=x`.
    (&["pass", "secret", "token", "apikey", "api-key"], r"(?:^|[^\w-])--?(?:password|passwd|pass|secret|token|api-?key|private-key-pass\w*|vault-password|become-pass\w*|conn-pass\w*)(?:[ \t]+|=)VALUE"),
    // Short options of programs: MySQL's manual, sshpass(1), snmpcmd(1), curl(1), ldapsearch(1), redis-cli, ipmitool(1), openssl(1).
    (&["mysql", "mariadb"], r"\b(?:mysql|mariadb)\w*(?:-\w+)?[ \t](?:[^\n|;]*?[ \t])?(?-i:-p)VALUE"),
    (&["sshpass"], r"\bsshpass[ \t](?:[^\n|;]*?[ \t])?(?-i:-p)[ \t]*VALUE"),
    (&["snmp"], r"\bsnmp(?:get|getnext|walk|bulkget|bulkwalk|set|status|trap|inform|test|table)[ \t](?:[^\n|;]*?[ \t])?(?-i:-c)[ \t]*VALUE"),
    (&["snmp"], r"\bsnmp(?:get|getnext|walk|bulkget|bulkwalk|set|status|trap|inform|test|table)[ \t](?:[^\n|;]*?[ \t])?(?-i:-A)[ \t]*VALUE"),
    (&["snmp"], r"\bsnmp(?:get|getnext|walk|bulkget|bulkwalk|set|status|trap|inform|test|table)[ \t](?:[^\n|;]*?[ \t])?(?-i:-X)[ \t]*VALUE"),
    (&["curl"], r#"\bcurl[ \t](?:[^\n|;]*?[ \t])?(?-i:-u|-U|--user|--proxy-user)(?:[ \t]*|=)["']?[^\s:"']+:(?P<secret>[^\s"']+)"#),
    (&["ldap"], r"\bldap(?:search|add|modify|delete|passwd|whoami|compare)[ \t](?:[^\n|;]*?[ \t])?(?-i:-w)[ \t]*VALUE"),
    (&["redis-cli"], r"\bredis-cli[ \t](?:[^\n|;]*?[ \t])?(?-i:-a)[ \t]+VALUE"),
    (&["ipmitool"], r"\bipmitool[ \t](?:[^\n|;]*?[ \t])?(?-i:-P)[ \t]*VALUE"),
    // PuTTY's manual; Windows, `net help use`.
    (&["plink", "pscp", "psftp"], r"\b(?:plink|pscp|psftp)(?:\.exe)?[ \t](?:[^\n|;]*?[ \t])?(?-i:-pw)[ \t]+VALUE"),
    (&["net use"], r"\bnet use[ \t]+(?:[a-z]:[ \t]+|\*[ \t]+)?\\\\\S+[ \t]+(?P<secret>[^\s/*-]\S*)"),
    (&["pass:"], r"-pass(?:in|out)?[ \t]+pass:VALUE"),
    // Arista's TerminAttr: `-ingestauth=key,hunter2`.
    (&["auth=key,"], r"-(?:ingest|cv)auth=key,VALUE"),
    // The same in a text of JSON: `["--password", "x"]`, `{"name": "DB_PASSWORD", "value": "x"}`.
    (&["pass", "secret", "token", "api"], r#""--?[\w-]*(?:password|passwd|passphrase|secret|token|api[-_]?key|[-_]pass)",[ \t]*(?P<secret>"(?:[^"\\\n]|\\.)+")"#),
    (NAMES, r#""(?:name|key|header|variable)":[ \t]*"\w*NAME\w*",[ \t]*"value":[ \t]*(?P<secret>"(?:[^"\\\n]|\\.)+")"#),
    // Environment variables and assignments: `DB_PASSWORD=x`, `ansible_ssh_pass=x`, `AWS_SECRET_ACCESS_KEY=x`.
    (NAMES, r#"\b\w*NAME\w*["']?[ \t]*[=:][ \t]*VALUE"#),
    (&["pass="], r"\bpass=VALUE"),
    (&["_key", "_pw", "_pat", "_auth", "_pass", "pwd", "sshpass"], r"\b(?-i:[A-Z][A-Z0-9_]*(?:_KEY|_PW|_PAT|_AUTH|_PASS|PWD|SSHPASS)|SSHPASS)=VALUE"),
    // XML of NETCONF (RFC 6241) and of `display xml`.
    (TAGS, r"<(?:[\w-]+:)?(?:TAG)(?:[ \t][^<>\n]*)?>(?P<secret>[^<\n]+)</"),
    (&["community"], r"<(?:[\w-]+:)?community(?:[ \t][^<>\n]*)?>(?P<secret>[^<:\n]+)</"),
    // Junos: a community of SNMP; a policy's has members.
    (&["community"], r"<community>[ \t]*<name>(?P<secret>[^<\n]+)</name>[ \t]*(?:</community>|<(?:authorization|clients|client-list-name|view|routing-instance|logical-system)\b)"),
    // The same in JSON that is a text of JSON: `{\"api_key\": \"x\"}`.
    (NAMES, r#"\b\w*NAME\w*\\["'][ \t]*[=:][ \t]*\\["'](?P<secret>(?:[^"'\\\n]|\\\\.|\\[^"'\\\n])+)"#),
];

/// What stands in the name of an assignment whose value is secret.
const NAME: &str = "(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|auth[_-]?key|\
    snmp[_-]?community|community[_-]?string|_pass|_pwd|_psk|credentials?)";

/// The words of `NAME`.
const NAMES: &[&str] = &[
    "passw",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "privatekey",
    "private_key",
    "private-key",
    "accesskey",
    "access_key",
    "access-key",
    "authkey",
    "auth_key",
    "auth-key",
    "community",
    "_pass",
    "_pwd",
    "_psk",
    "credential",
];

/// What an element of XML is called whose text is secret.
const TAG: &str = "(?:[\\w-]+-)?(?:password|passwd|passphrase|secret|pre-shared-key|shared-key|authentication-key|auth-key|key-string|\
    md5-key|api-key|token|private-key|password-value)|(?-i:key)";

/// The words of `TAG`.
const TAGS: &[&str] = &["passw", "passphrase", "secret", "key", "token"];

/// One row. Its pattern is compiled when a text has one of its words: most programs meet a few rows, and all of them together take
/// longer to get ready than a hundred devices take to answer.
pub(super) struct Row {
    pub(super) words: &'static [&'static str],
    source: &'static str,
    compiled: OnceLock<Regex>,
}

impl Row {
    pub(super) fn pattern(&self) -> &Regex {
        self.compiled
            .get_or_init(|| Regex::new(&self.written_out()).expect("a test masks with each row"))
    }

    fn written_out(&self) -> String {
        let row = self.source.replace("FORM", FORM).replace("VALUE", VALUE);
        let row = row.replace("NAME", NAME).replace("TAG", TAG);
        // Bytes, not characters: what is looked for is ASCII, and the tables of Unicode would take most of the time to get ready.
        format!("(?im-u){row}")
    }
}

pub(super) fn rows() -> Vec<Row> {
    let row = |(words, source): &(&'static [&'static str], &'static str)| Row {
        words,
        source,
        compiled: OnceLock::new(),
    };
    ROWS.iter().map(row).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use regex_syntax::ParserBuilder;
    use regex_syntax::hir::{Class, Hir, HirKind};

    use super::*;

    /// More ways than any part of a row has.
    const MANY: usize = 4096;

    fn parsed(row: &Row) -> Hir {
        let source = row.written_out();
        let mut parser = ParserBuilder::new().utf8(false).build();
        parser.parse(&source).unwrap()
    }

    /// All that a part can find, in lower case; `None` where that is too much.
    fn ways(part: &Hir) -> Option<Vec<String>> {
        match part.kind() {
            HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
            HirKind::Literal(bytes) => Some(vec![String::from_utf8_lossy(&bytes.0).to_lowercase()]),
            HirKind::Class(class) => letters(class),
            HirKind::Capture(group) => ways(&group.sub),
            HirKind::Alternation(parts) => {
                let each: Option<Vec<_>> = parts.iter().map(ways).collect();
                each.map(|each| each.concat())
            }
            HirKind::Concat(parts) => parts.iter().try_fold(vec![String::new()], |before, part| {
                both(&before, &ways(part)?)
            }),
            HirKind::Repetition(again) if again.max == Some(1) => {
                let mut once = ways(&again.sub)?;
                once.push(String::new());
                Some(once)
            }
            HirKind::Repetition(_) => None,
        }
    }

    fn letters(class: &Class) -> Option<Vec<String>> {
        let Class::Bytes(class) = class else {
            return None;
        };
        let all: Vec<u8> = class
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .collect();
        let lower = |byte: &u8| char::from(byte.to_ascii_lowercase()).to_string();
        (all.len() <= 16).then(|| all.iter().map(lower).collect())
    }

    fn both(before: &[String], behind: &[String]) -> Option<Vec<String>> {
        let joined = before
            .iter()
            .flat_map(|one| behind.iter().map(move |two| format!("{one}{two}")));
        let mut joined: Vec<String> = joined.collect();
        joined.sort();
        joined.dedup();
        (joined.len() <= MANY).then_some(joined)
    }

    /// Says whether whatever a part finds has one of the words.
    fn has_a_word(part: &Hir, words: &[&str]) -> bool {
        let in_all = |ways: &[String]| {
            ways.iter()
                .all(|way| words.iter().any(|word| way.contains(word)))
        };
        if ways(part).is_some_and(|ways| in_all(&ways)) {
            return true;
        }
        match part.kind() {
            HirKind::Capture(group) => has_a_word(&group.sub, words),
            HirKind::Repetition(again) => again.min > 0 && has_a_word(&again.sub, words),
            HirKind::Alternation(parts) => parts.iter().all(|part| has_a_word(part, words)),
            HirKind::Concat(parts) => {
                parts.iter().any(|part| has_a_word(part, words))
                    || runs(parts).iter().any(|run| in_all(run))
            }
            _ => false,
        }
    }

    /// Says whether whatever a part finds has a sign that stands in no word.
    pub(in crate::redact) fn has_another_sign(part: &Hir) -> bool {
        let is_sign = |byte: u8| !byte.is_ascii_alphanumeric() && byte != b'_';
        match part.kind() {
            HirKind::Literal(literal) => literal.0.iter().any(|byte| is_sign(*byte)),
            HirKind::Class(Class::Bytes(class)) => {
                let mut bytes = class.iter().flat_map(|range| range.start()..=range.end());
                bytes.all(is_sign)
            }
            HirKind::Class(Class::Unicode(class)) => {
                let mut signs = class.iter().flat_map(|range| range.start()..=range.end());
                signs.all(|sign| u8::try_from(sign).map_or(true, is_sign))
            }
            HirKind::Capture(group) => has_another_sign(&group.sub),
            HirKind::Repetition(again) => again.min > 0 && has_another_sign(&again.sub),
            HirKind::Alternation(parts) => parts.iter().all(has_another_sign),
            HirKind::Concat(parts) => parts.iter().any(has_another_sign),
            HirKind::Empty | HirKind::Look(_) => false,
        }
    }

    /// What parts beside each other find together, where that can be told. Of what comes again and again it is the first.
    fn runs(parts: &[Hir]) -> Vec<Vec<String>> {
        let mut runs = vec![vec![String::new()]];
        for part in parts {
            let (first, goes_on) = match part.kind() {
                HirKind::Repetition(again) if again.min > 0 => {
                    (ways(&again.sub), again.max != Some(1))
                }
                _ => (ways(part), false),
            };
            let last = runs.last_mut().unwrap();
            let longer = first.and_then(|first| both(last, &first));
            let ends = goes_on || longer.is_none();
            if let Some(longer) = longer {
                *last = longer;
            }
            if ends {
                runs.push(vec![String::new()]);
            }
        }
        runs
    }

    #[test]
    fn whatever_a_row_finds_has_one_of_its_words() {
        for row in rows() {
            let (words, source) = (row.words, row.written_out());
            assert!(has_a_word(&parsed(&row), words), "{words:?}: {source}");
            assert!(
                row.words.iter().all(|word| *word == word.to_lowercase()),
                "{:?}",
                row.words
            );
        }
    }

    #[test]
    fn no_row_finds_anything_in_one_word() {
        let all = rows();
        let found: Vec<&str> = all
            .iter()
            .filter(|row| !has_another_sign(&parsed(row)))
            .map(|row| row.source)
            .collect();
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_word_that_is_too_much_is_told() {
        let row = Row {
            words: &["password"],
            source: "(?:password|secret)=VALUE",
            compiled: OnceLock::new(),
        };
        let parsed = parsed(&row);
        assert!(!has_a_word(&parsed, row.words) && has_a_word(&parsed, &["password", "secret"]));
    }
}
