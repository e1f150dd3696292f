//! What are the files of a bundle called? Names from outside never become part of a path as they are.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::id::{Digest, ExecutionId};

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const METADATA: &str = "metadata.json";
pub(super) const DEVICES: &str = "devices.json";
pub(super) const RESULTS: &str = "results.ndjson";
pub(super) const OUTPUTS: &str = "outputs.ndjson";
pub(super) const EVENTS: &str = "events.ndjson";
/// Documents that runs can have.
pub(super) const DOCUMENTS: &[&str] = &["topology.json"];
pub(super) const TEXT: &str = "TEXT";
pub(super) const JSON: &str = "JSON";
pub(super) const PARSED: &str = "PARSED";

const EXECUTIONS: &str = "executions/";
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.');
/// With its ending and a number, the name of an output stays below the 100 bytes that a name has in a tar file.
const DEVICE_LIMIT: usize = 36;
const COMMAND_LIMIT: usize = 46;

/// The path of a file of a run.
pub(super) fn path(id: &ExecutionId, file: &str) -> String {
    format!("{EXECUTIONS}{id}/{file}")
}

/// Splits the path of a file of a run; `None` for one that no bundle has.
pub(super) fn parse(path: &str) -> Option<(ExecutionId, &str)> {
    let (id, file) = path.strip_prefix(EXECUTIONS)?.split_once('/')?;
    let known = [METADATA, DEVICES, RESULTS, OUTPUTS, EVENTS];
    let is_file = known.contains(&file) || DOCUMENTS.contains(&file) || is_output(file);
    is_file.then_some((id.parse().ok()?, file))
}

fn is_output(file: &str) -> bool {
    file.split_once('/').is_some_and(|(folder, name)| {
        [TEXT, JSON, PARSED].contains(&folder)
            && !name.is_empty()
            && !name.starts_with('.')
            && !name.contains(['/', '\\', '\0'])
    })
}

/// Names an output without folder and ending; the first is number 1.
pub(super) fn stem(device: &str, command: &str, number: usize) -> String {
    let mut name = format!(
        "{}_{}",
        part(device, DEVICE_LIMIT),
        part(command, COMMAND_LIMIT)
    );
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    if number > 1 {
        name.push_str(&format!("~{number}"));
    }
    name
}

fn part(text: &str, limit: usize) -> String {
    let mut name = utf8_percent_encode(text, PLAIN).to_string();
    name = name.replace("%20", "_");
    if name.len() <= limit {
        return name;
    }
    // Encoded text is ASCII; an escape that is cut in two stands for nothing and harms nobody.
    name.truncate(limit - 9);
    format!("{name}={}", &Digest::of(text.as_bytes()).to_string()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_that_a_bundle_has_or_none() {
        let id = "exec_2026-03-01_100000_0000000a";
        let inside = |file: &str| format!("executions/{id}/{file}");
        for good in [
            METADATA,
            EVENTS,
            "topology.json",
            "TEXT/r1_show.txt",
            "PARSED/r1_show.json",
        ] {
            let path = inside(good);
            let (parsed, file) = parse(&path).unwrap();
            assert_eq!((parsed.as_str(), file), (id, good));
        }
        for bad in [
            inside("TEXT/../x"),
            inside("../x"),
            inside("TEXT/.x"),
            inside("TEXT/a/b"),
            inside("other"),
            inside("/etc/passwd"),
            "executions/x/metadata.json".into(),
            "executions/../metadata.json".into(),
            format!("/executions/{id}/metadata.json"),
            String::new(),
        ] {
            assert_eq!(parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_is_plain_and_short() {
        let long = "ü".repeat(400);
        for (device, command) in [("../..", "a/b"), (&long, &long), ("", ""), (".x", "\0\n")] {
            let file = format!("TEXT/{}.json", stem(device, command, 12345));
            assert!(is_output(&file), "{file}");
            assert!(file.len() <= 105, "{file}");
        }
        assert_eq!(stem("core-1", "show ip route", 1), "core-1_show_ip_route");
        assert_ne!(stem(&long, "a", 1), stem(&(long.clone() + "x"), "a", 1));
    }
}
