//! Which values of a JSON document are secret? Those whose key says so; text is searched as any text is.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde_json::{Map, Value};

use super::{MASK, Redactor, vector};

/// Words of a key behind which a value is secret, whole words only: `monkey` and `key_field` are none.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "passwords",
    "pass",
    "pwd",
    "secret",
    "secrets",
    "token",
    "apikey",
    "authorization",
    "cookie",
    "psk",
    "bearer",
    "credential",
    "credentials",
    "creds",
    "otp",
    "dsn",
    "bindpw",
    "community",
];

/// Pairs of words that are secret together.
const PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("private", "key"),
    ("auth", "key"),
    ("priv", "key"),
    ("secret", "key"),
    ("access", "key"),
    ("shared", "key"),
    ("pre", "shared"),
    ("connection", "string"),
    ("key", "string"),
    ("encryption", "key"),
    ("md5", "key"),
    ("server", "key"),
    ("ssh", "key"),
    // What protocols of routing and management are kept secret with.
    ("tacacs", "key"),
    ("radius", "key"),
    ("bgp", "key"),
    ("ospf", "key"),
    ("isis", "key"),
    ("ldp", "key"),
    ("ntp", "key"),
    ("bgp", "md5"),
    ("ospf", "md5"),
    ("isis", "md5"),
    ("ldp", "md5"),
    ("ntp", "md5"),
    ("snmp", "ro"),
    ("snmp", "rw"),
];

/// Ends of words that stand for the whole: `PGPASSWORD`, `sshpass`.
const ENDS: &[&str] = &["password", "passwd", "passphrase", "sshpass", "mysqlpwd"];

/// Last words of a variable of the environment (all capitals) that say what it is: `GITHUB_PAT`, `LDAP_BIND_PW`, `REDISCLI_AUTH`.
const LAST_OF_VARIABLES: &[&str] = &["key", "pat", "pw", "auth"];

/// Last words that make a key harmless: it names a secret or speaks of one.
const ABOUT: &[&str] = &[
    "id", "ids", "name", "names", "file", "path", "type", "length", "age", "policy", "expires",
    "count", "list",
];

/// What each key has in it behind which a value is secret, in whatever case. One look for it tells almost every harmless key.
static PARTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    // The longer word of two: fewer harmless keys have it.
    let pairs = PAIRS
        .iter()
        .map(|(first, second)| match first.len() > second.len() {
            true => first,
            false => second,
        });
    let parts = WORDS
        .iter()
        .chain(ENDS)
        .chain(LAST_OF_VARIABLES)
        .chain(pairs);
    let search = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(parts);
    search.expect("a test looks with it")
});

/// Fields that give the name of what stands in the field `value` beside them.
const NAMES: &[&str] = &["name", "key", "header", "variable"];

/// Masks what is secret in a value, and counts it. Numbers, booleans and nulls stay: none of them is a secret by itself, except a
/// number behind a secret's key.
pub(super) fn mask(redactor: &Redactor, value: &mut Value) -> u32 {
    match value {
        Value::String(text) => mask_text(redactor, text),
        Value::Array(items) => vector::mask(redactor, items),
        Value::Object(fields) => mask_fields(redactor, fields),
        _ => 0,
    }
}

fn mask_fields(redactor: &Redactor, fields: &mut Map<String, Value>) -> u32 {
    let is_pair = names_a_secret(fields);
    let mut count = 0;
    let mut is_key_secret = false;
    for (key, value) in fields.iter_mut() {
        is_key_secret |= redactor.text(key).1 > 0;
        count += match is_secret(key) || (is_pair && key == "value") {
            true => hide(value),
            false => hide_below(key, value) + mask(redactor, value),
        };
    }
    match is_key_secret {
        true => count + mask_keys(redactor, fields),
        false => count,
    }
}

/// Hides what is secret together with the key around it: `{"tacacs": {"key": "x"}}`, and the password of `{"auth": ["user", "x"]}`.
fn hide_below(around: &str, value: &mut Value) -> u32 {
    match value {
        Value::Array(items) if around.eq_ignore_ascii_case("auth") => match &mut items[..] {
            [Value::String(_), password @ Value::String(_)] => hide(password),
            _ => 0,
        },
        Value::Array(items) => items.iter_mut().map(|item| hide_below(around, item)).sum(),
        Value::Object(fields) => {
            let secret = fields.iter_mut().filter(|(key, _)| is_pair(around, key));
            secret.map(|(_, value)| hide(value)).sum()
        }
        _ => 0,
    }
}

/// Says whether two keys, one around the other, are secret together.
fn is_pair(around: &str, key: &str) -> bool {
    let is_second = |(_, second): &&(&str, &str)| key.eq_ignore_ascii_case(second);
    let mut pairs = PAIRS.iter().filter(is_second).peekable();
    pairs.peek().is_some() && {
        let around = words(around);
        pairs.any(|(first, _)| around.last().is_some_and(|last| last == first))
    }
}

/// Masks the text behind a key.
pub(super) fn mask_field(redactor: &Redactor, key: &str, text: &mut String) -> u32 {
    match is_secret(key) {
        false => mask_text(redactor, text),
        true if text.is_empty() || text == MASK => 0,
        true => {
            MASK.clone_into(text);
            1
        }
    }
}

/// Says whether an object is one of a list of named values whose name is that of a secret: `{"name": "PASSWORD", "value": "x"}`.
fn names_a_secret(fields: &Map<String, Value>) -> bool {
    let name = |field: &&str| fields.get(*field).and_then(Value::as_str);
    fields.contains_key("value") && NAMES.iter().filter_map(name).any(is_secret)
}

/// Masks keys that are whole lines, as those of a parsed configuration. Of keys that then are the same, one stays.
fn mask_keys(redactor: &Redactor, fields: &mut Map<String, Value>) -> u32 {
    let mut count = 0;
    let kept = std::mem::take(fields).into_iter();
    *fields = kept
        .map(|(key, value)| {
            let (masked, found) = redactor.text(&key);
            count += found;
            (masked.into_owned(), value)
        })
        .collect();
    count
}

fn mask_text(redactor: &Redactor, text: &mut String) -> u32 {
    let (masked, count) = redactor.text(text);
    if count > 0 {
        *text = masked.into_owned();
    }
    count
}

/// Hides a value behind a secret's key, all of it.
pub(super) fn hide(value: &mut Value) -> u32 {
    match value {
        Value::String(text) if text.is_empty() || text == MASK => 0,
        Value::String(_) | Value::Number(_) => {
            *value = Value::String(MASK.to_owned());
            1
        }
        Value::Array(items) => items.iter_mut().map(hide).sum(),
        Value::Object(fields)
            if fields.len() == 1 && (fields.contains_key("env") || fields.contains_key("file")) =>
        {
            0
        }
        Value::Object(fields) => fields.values_mut().map(hide).sum(),
        _ => 0,
    }
}

/// Says whether the value behind a key is a secret.
pub(super) fn is_secret(key: &str) -> bool {
    // There are letters beyond ASCII that are one of it in lower case.
    if key.is_ascii() && !PARTS.is_match(key) {
        return false;
    }
    let words = words(key);
    if words.len() > 1
        && words
            .last()
            .is_some_and(|last| ABOUT.contains(&last.as_str()))
    {
        return false;
    }
    words.iter().any(|word| WORDS.contains(&word.as_str()))
        || words.iter().any(|word| ends_like_a_secret(word))
        || is_secret_variable(key, &words)
        || words
            .windows(2)
            .any(|pair| PAIRS.contains(&(pair[0].as_str(), pair[1].as_str())))
}

/// Says whether a word ends as one that is secret by itself. `nopassword` and the like say that there is none.
fn ends_like_a_secret(word: &str) -> bool {
    !word.starts_with("no") && ENDS.iter().any(|end| word.ends_with(end))
}

fn is_secret_variable(key: &str, words: &[String]) -> bool {
    let is_variable = words.len() > 1 && !key.contains(|letter: char| letter.is_lowercase());
    let last = words.last().map(String::as_str).unwrap_or_default();
    is_variable && LAST_OF_VARIABLES.contains(&last) && words[0] != "primary"
}

/// Splits a key at everything but letters and digits, and where a capital begins a word.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in key.chars() {
        let begins = letter.is_uppercase() && before.is_lowercase();
        if (!letter.is_alphanumeric() || begins)
            && words.last().is_some_and(|word| !word.is_empty())
        {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            let lower = letter.to_lowercase();
            words.last_mut().expect("there always is one").extend(lower);
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_secret_by_whole_words() {
        for key in [
            "password",
            "enable_password",
            "apiKey",
            "api-key",
            "clientSecret",
            "AUTH_KEY",
            "snmp_community",
            "Authorization",
            "db.passwd",
            "connectionString",
            "ansible_ssh_pass",
            "PGPASSWORD",
            "SSHPASS",
            "MYSQL_PWD",
            "GITHUB_PAT",
            "LDAP_BIND_PW",
            "REDISCLI_AUTH",
            "AZURE_STORAGE_KEY",
            "tacacs_key",
            "radius_key",
            "ospf_md5",
            "bgpKey",
            "snmp_ro",
            "passwords",
            "creds",
            "SENTRY_DSN",
            "otp",
            "ssh_key",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "keyboard",
            "monkey",
            "key_field",
            "primaryKey",
            "password_policy",
            "secretary",
            "compass",
            "bypass",
            "token_count",
            "secret_name",
            "passive",
            "communityList",
            "nopassword",
            "PRIMARY_KEY",
            "sort_key",
            "AUTH",
            "PATH",
            "auth",
            "ssh_key_file",
            "md5",
            "bgp",
            "snmp_location",
            "ro",
            "host_key",
            "adsn",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn a_value_beside_the_name_of_a_secret_is_masked() {
        for (given, shown) in [
            (
                json!([{ "name": "DB_PASSWORD", "value": "x" }, { "name": "user", "value": "x" }]),
                json!([{ "name": "DB_PASSWORD", "value": MASK }, { "name": "user", "value": "x" }]),
            ),
            (
                json!({ "key": "Authorization", "value": "x", "enabled": true }),
                json!({ "key": "Authorization", "value": MASK, "enabled": true }),
            ),
        ] {
            let mut value = given;
            assert_eq!(mask(&Redactor::default(), &mut value), 1);
            assert_eq!(value, shown);
        }
        let mut harmless = json!({ "name": "password", "values": ["x"] });
        assert_eq!(mask(&Redactor::default(), &mut harmless), 0);
    }

    #[test]
    fn a_key_is_secret_with_the_key_around_it() {
        for (given, shown) in [
            (
                json!({ "tacacs": { "key": "x", "port": 49 } }),
                json!({ "tacacs": { "key": MASK, "port": 49 } }),
            ),
            (
                json!({ "radius": [{ "key": "x" }] }),
                json!({ "radius": [{ "key": MASK }] }),
            ),
            (
                json!({ "defaults": { "snmp": { "ro": "x" } } }),
                json!({ "defaults": { "snmp": { "ro": MASK } } }),
            ),
            (
                json!({ "auth": ["bob", "x"] }),
                json!({ "auth": ["bob", MASK] }),
            ),
        ] {
            let mut value = given;
            assert_eq!(mask(&Redactor::default(), &mut value), 1);
            assert_eq!(value, shown);
        }
        for harmless in [
            json!({ "sort": { "key": "name" }, "primary": { "key": 1 } }),
            json!({ "auth": ["aaa", "local", "none"], "chain": { "key": 1 } }),
            json!({ "auth": "none", "ospf": { "md5": true, "area": "0" } }),
        ] {
            let mut value = harmless.clone();
            assert_eq!(mask(&Redactor::default(), &mut value), 0);
            assert_eq!(value, harmless);
        }
    }

    #[test]
    fn a_key_that_is_a_line_loses_its_secret() {
        let mut value = json!({ "router bgp 1": { "neighbor 10.0.0.1 password hunter2": {} } });
        assert_eq!(mask(&Redactor::default(), &mut value), 1);
        assert_eq!(
            value,
            json!({ "router bgp 1": { "neighbor 10.0.0.1 password ********": {} } })
        );
    }

    #[test]
    fn values_behind_secret_keys_are_masked_and_others_searched() {
        let mut value = json!({
            "user": "a", "password": "x", "port": 22, "pin": {"secret": [1, "b"]}, "none": {"token": null, "password": ""},
            "command": "username a secret 5 $1$abcdefgh", "key": {"env": "NETSNAP_PASSWORD"},
        });
        assert_eq!(mask(&Redactor::default(), &mut value), 4);
        assert_eq!(
            value,
            json!({
                "user": "a", "password": MASK, "port": 22, "pin": {"secret": [MASK, MASK]}, "none": {"token": null, "password": ""},
                "command": "username a secret 5 ********", "key": {"env": "NETSNAP_PASSWORD"},
            })
        );
    }
}
