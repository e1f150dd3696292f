//! What is a thing called on the disk? Names only; no file is touched here.
//!
//! A name that came from outside (device, command, key) is never a path: every byte but letters, digits and a few marks
//! is percent-encoded, so a name reads back as what it stands for.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, ErrorKind, Result};
use crate::id::{Digest, ExecutionId};

pub(super) const METADATA: &str = "metadata.json";
pub(super) const DEVICES: &str = "devices.json";
pub(super) const RESULTS: &str = "results.ndjson";
pub(super) const EVENTS: &str = "events.ndjson";
pub(super) const OUTPUTS: &str = "outputs.ndjson";
pub(super) const LOCK: &str = ".lock";
/// The outputs of a run in compressed form.
pub(super) const PACK: &str = "outputs.pack";
/// Hidden names that begin so are runs on their way in.
pub(super) const STAGED: &str = ".new-";
/// The folders of what belongs to no run.
pub(super) const SHARED: [&str; 3] = ["logs", "records", "blobs"];
/// Where outputs of the two kinds lie, in a run's folder.
pub(super) const TEXT: &str = "TEXT";
pub(super) const JSON: &str = "JSON";

/// Letters, digits, `-` and `.` stand for themselves.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.');
/// In keys `_` does as well: nothing is joined by it there.
const KEY: &AsciiSet = &PLAIN.remove(b'_');

/// With the other parts of a name these stay below the 255 bytes that a file name may have.
const DEVICE_LIMIT: usize = 80;
const COMMAND_LIMIT: usize = 120;
const KEY_LIMIT: usize = 200;
/// Follows the part of a long key that another folder continues. Encoded text never contains it.
const CONTINUED: char = '=';
/// Stands before what says which letters of a part are capitals. Encoded text never contains it.
const CAPITALS: char = '~';
/// The name of the empty key; encoded text never is a lone percent sign.
const EMPTY: &str = "%";

/// The folder in which a store keeps its runs.
pub(super) fn executions(root: &Path) -> PathBuf {
    root.join("executions")
}

/// The folder of one run.
pub(super) fn execution(root: &Path, id: &ExecutionId) -> PathBuf {
    executions(root).join(id.as_str())
}

/// The index of the runs.
pub(super) fn index(root: &Path) -> PathBuf {
    executions(root).join(".index")
}

/// Where runs lie that are on their way out.
pub(super) fn trash(root: &Path) -> PathBuf {
    root.join(".trash")
}

/// Where those show that they live who have the store open.
pub(super) fn owners(root: &Path) -> PathBuf {
    root.join(".owners")
}

/// Where runs and files lie that are on their way in.
pub(super) fn staging(root: &Path) -> PathBuf {
    root.join(".staging")
}

/// Space that is given up when a run must end and there is no other.
pub(super) fn reserve(root: &Path) -> PathBuf {
    root.join(".reserve")
}

/// The file of a log of the store.
pub(super) fn log(root: &Path, name: &str) -> PathBuf {
    let mut path = root.join("logs").join(key_path(name)).into_os_string();
    path.push(".ndjson");
    path.into()
}

/// Says whether a name in a run's folder belongs to the store. Upper and lower case are one name to some file systems.
pub(super) fn is_own(name: &str) -> bool {
    let own = [
        METADATA, DEVICES, RESULTS, EVENTS, OUTPUTS, PACK, TEXT, JSON,
    ];
    own.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The link that names the newest finished run.
pub(super) fn current(root: &Path) -> PathBuf {
    root.join("current")
}

/// What the link `current` says.
pub(super) fn current_target(id: &ExecutionId) -> PathBuf {
    Path::new("executions").join(id.as_str())
}

/// The file of a content.
pub(super) fn blob(root: &Path, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    root.join("blobs").join(&name[..2]).join(name)
}

/// The folder of a collection of records.
pub(super) fn collection(root: &Path, collection: &str) -> PathBuf {
    root.join("records").join(key_path(collection))
}

/// Names an output file without its ending: `<device>_<command>`, spaces of the command as `_`.
///
/// Different pairs have different names. The name of an over-long part is cut and ends in `=` and 16 digits of its digest.
pub(super) fn output_stem(device: &str, command: &str) -> String {
    let mut encoded = utf8_percent_encode(device, PLAIN).to_string();
    if encoded.starts_with('.') {
        encoded.replace_range(..1, "%2E");
    }
    let command_name = utf8_percent_encode(command, PLAIN)
        .to_string()
        .replace("%20", "_");
    format!(
        "{}_{}",
        shortened(encoded, device, DEVICE_LIMIT),
        shortened(command_name, command, COMMAND_LIMIT)
    )
}

fn shortened(mut encoded: String, original: &str, limit: usize) -> String {
    if encoded.len() <= limit {
        return encoded;
    }
    encoded.truncate(whole_escapes(&encoded, limit - "=0123456789abcdef".len()));
    let digest = Digest::of(original.as_bytes()).to_string();
    format!("{encoded}={}", &digest[..16])
}

/// Moves a cut to the left until it does not fall into a `%XX`.
fn whole_escapes(encoded: &str, cut: usize) -> usize {
    match encoded[..cut].rfind('%') {
        Some(percent) if percent + 3 > cut => percent,
        _ => cut,
    }
}

/// Names an output file; `copy` tells outputs of one device and command apart, counted from 1.
pub(super) fn output_file(stem: &str, folder: &str, copy: usize) -> String {
    let ending = if folder == JSON { "json" } else { "txt" };
    match copy {
        1 => format!("{folder}/{stem}.{ending}"),
        _ => format!("{folder}/{stem}~{copy}.{ending}"),
    }
}

/// Reads the file name of an index line, which may come from another machine: one plain name in one of two folders.
///
/// # Errors
/// `Corrupt` for anything else.
pub(super) fn parse_output_file(file: &str) -> Result<(&str, &str)> {
    file.split_once('/')
        .filter(|(folder, name)| {
            [TEXT, JSON].contains(folder)
                && !name.is_empty()
                && !name.starts_with('.')
                && !name.contains(['/', '\\', '\0'])
        })
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Corrupt,
                "the index names a file outside of the run",
            )
            .with("file", file.escape_debug())
        })
}

/// Turns a key into a relative path: one file name, or folders when it is longer than a file name may be. Keys that differ in upper and
/// lower case alone have names that differ otherwise, too.
pub(super) fn key_path(key: &str) -> PathBuf {
    path_of(key, marked)
}

/// The path of a key as an elder netsnap wrote it, which left it to the file system to tell upper from lower case; `None` where it is
/// the same.
pub(super) fn elder_key_path(key: &str) -> Option<PathBuf> {
    let elder = path_of(key, str::to_owned);
    (elder != key_path(key)).then_some(elder)
}

/// Says behind a part of a key which of its letters are capitals.
fn marked(part: &str) -> String {
    match capitals(part) {
        none if none.is_empty() => part.to_owned(),
        capitals => format!("{part}{CAPITALS}{capitals}"),
    }
}

/// Which letters of encoded text are capitals, a hexadecimal digit for each four of them, up to the last capital. Those of an escape
/// are what they are in every case.
fn capitals(part: &str) -> String {
    let mut escaped = 0;
    let mut is_capital = |byte: u8| {
        let is_escaped = escaped > 0;
        escaped = if byte == b'%' {
            2
        } else {
            escaped - i32::from(is_escaped)
        };
        !is_escaped && byte.is_ascii_uppercase()
    };
    let flags: Vec<bool> = part.bytes().map(&mut is_capital).collect();
    let digit = |four: &[bool]| {
        let places = four.iter().zip([8, 4, 2, 1]);
        let digit = places.map(|(set, place)| u32::from(*set) * place).sum();
        char::from_digit(digit, 16).unwrap_or('0')
    };
    let digits: String = flags.chunks(4).map(digit).collect();
    digits.trim_end_matches('0').to_owned()
}

fn path_of(key: &str, named: fn(&str) -> String) -> PathBuf {
    let mut rest = utf8_percent_encode(key, KEY).to_string();
    if rest.is_empty() {
        return PathBuf::from(EMPTY);
    }
    let mut path = PathBuf::new();
    loop {
        if rest.starts_with('.') {
            rest.replace_range(..1, "%2E");
        }
        if rest.len() <= KEY_LIMIT {
            path.push(named(&rest));
            return path;
        }
        let tail = rest.split_off(whole_escapes(&rest, KEY_LIMIT));
        path.push(format!("{}{CONTINUED}", named(&rest)));
        rest = tail;
    }
}

/// What a name in a folder of records stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum KeyPart {
    /// A folder with the continuations of keys that begin so (still encoded).
    Folder(String),
    /// A record, with the last part of its key (still encoded).
    Record(String),
}

/// Reads a name in a folder of records; `None` for a stranger, such as a file on its way in.
pub(super) fn key_part(name: &str) -> Option<KeyPart> {
    if name.starts_with('.') {
        return None;
    }
    Some(match name.strip_suffix(CONTINUED) {
        Some(part) => KeyPart::Folder(unmarked(part)?),
        None if name == EMPTY => KeyPart::Record(String::new()),
        None => KeyPart::Record(unmarked(name)?),
    })
}

/// Takes off what says which letters are capitals; `None` where it says something else.
fn unmarked(name: &str) -> Option<String> {
    let Some((part, said)) = name.split_once(CAPITALS) else {
        return Some(name.to_owned());
    };
    (!said.is_empty() && said == capitals(part)).then(|| part.to_owned())
}

/// Decodes the joined parts of a key; `None` when they are not what [`key_path`] writes.
pub(super) fn decode_key(encoded: &str) -> Option<String> {
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_output_is_named_for_a_person() {
        assert_eq!(
            output_stem("core-1.example", "show ip route"),
            "core-1.example_show_ip_route"
        );
        assert_eq!(output_file("r1_show", TEXT, 1), "TEXT/r1_show.txt");
        assert_eq!(output_file("r1_show", JSON, 3), "JSON/r1_show~3.json");
    }

    #[test]
    fn a_name_is_never_a_path() {
        for (device, command) in [
            ("../../etc/passwd", "show"),
            ("..", ".."),
            (".", ""),
            ("a\0b", "show\n../x"),
            ("C:\\r1", "a/b"),
            ("~root", "%2e%2e%2f"),
        ] {
            let stem = output_stem(device, command);
            assert!(!stem.contains(['/', '\\', '\0', '\n', ':']), "{stem}");
            assert!(!stem.starts_with('.'), "{stem}");
        }
    }

    #[test]
    fn different_pairs_have_different_names() {
        let pairs = [
            ("a", "b c"),
            ("a b", "c"),
            ("a_b", "c"),
            ("a", "b_c"),
            ("a", "b%20c"),
            ("a", "b~2"),
        ];
        let names: std::collections::BTreeSet<_> = pairs
            .iter()
            .map(|(device, command)| output_stem(device, command))
            .collect();
        assert_eq!(names.len(), pairs.len());
    }

    #[test]
    fn a_long_name_is_cut_and_still_its_own() {
        let one = output_stem(&"ü".repeat(300), &"show ".repeat(100));
        let two = output_stem(&"ü".repeat(300), &("show ".repeat(100) + "x"));
        assert!(one.len() < 230, "{}", one.len());
        assert_ne!(one, two);
    }

    #[test]
    fn an_index_cannot_name_a_file_elsewhere() {
        assert_eq!(
            parse_output_file("TEXT/r1_show.txt").unwrap(),
            ("TEXT", "r1_show.txt")
        );
        for bad in [
            "",
            "TEXT/",
            "TEXT/..",
            "TEXT/../x",
            "../TEXT/x",
            "/etc/passwd",
            "TEXT//etc/passwd",
            "metadata.json",
        ] {
            assert_eq!(
                parse_output_file(bad).unwrap_err().kind(),
                ErrorKind::Corrupt,
                "{bad}"
            );
        }
    }

    #[test]
    fn every_key_comes_back_from_its_path() {
        let long = "ключ/".repeat(200);
        let capitals = "Core-R1/é".repeat(90);
        for key in [
            "", "a", "../x", ".", "..", "%", "a=b", "dev/r1\n", "R1", "a~8", "É", &long, &capitals,
        ] {
            let path = key_path(key);
            let parts: Vec<_> = path
                .iter()
                .map(|part| key_part(part.to_str().unwrap()).unwrap())
                .collect();
            let (last, folders) = parts.split_last().unwrap();
            let mut encoded = String::new();
            for folder in folders {
                let KeyPart::Folder(part) = folder else {
                    panic!("{folder:?} is no folder")
                };
                encoded.push_str(part);
            }
            let KeyPart::Record(part) = last else {
                panic!("{last:?} is no record")
            };
            encoded.push_str(part);
            assert_eq!(decode_key(&encoded).as_deref(), Some(key));
        }
    }

    /// How a path is called where upper and lower case are one.
    fn folded(path: &Path) -> String {
        path.to_str().unwrap().to_lowercase()
    }

    proptest! {
        #[test]
        fn two_keys_have_two_names_where_upper_and_lower_case_are_one(a in "[aAbB%/~=é.]{0,7}", b in "[aAbB%/~=é.]{0,7}") {
            prop_assert_eq!(folded(&key_path(&a)) == folded(&key_path(&b)), a == b);
        }

        #[test]
        fn no_part_of_a_name_is_longer_than_a_name_may_be(key in "[A-Zé/]{180,500}") {
            prop_assert!(key_path(&key).iter().all(|part| part.len() <= 255));
        }
    }

    #[test]
    fn only_a_key_with_capitals_was_called_otherwise() {
        assert_eq!(key_path("Core-R1"), Path::new("Core-R1~84"));
        assert_eq!(elder_key_path("Core-R1").unwrap(), Path::new("Core-R1"));
        for key in ["", "core-r1", "é/ü", "a b"] {
            assert_eq!(elder_key_path(key), None, "{key}");
        }
        for stranger in ["r1~", "R1~4", "r1~0", "R1~8~8"] {
            assert_eq!(key_part(stranger), None, "{stranger}");
        }
        assert_eq!(key_part("R1"), Some(KeyPart::Record("R1".into())));
    }
}
