//! Which runs does a text with `PLAY RECAP` tell of?
//!
//! ```text
//! PLAY RECAP *********************************************************************
//! r1                         : ok=7    changed=2    unreachable=0    failed=0    skipped=3    rescued=0    ignored=0
//! ```
//!
//! Colours are passed over whatever they are, host names may hold colons, counters may be missing (before 2.8) or be unknown
//! here, a log file sets `2026-11-21 02:10:40,123 p=8335 u=operator n=ansible | ` in front of each line, and a text can hold
//! several recaps: each is a run.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;

use super::playbook::Playbook;
use crate::error::Result;
use crate::store::exchange::ImportOptions;
use crate::store::exchange::import::Found;
use crate::store::exchange::refused;

const BANNER: &str = "PLAY RECAP *";
/// Longer lines are no part of a recap.
const LONGEST: usize = 4096;

/// Control sequences of terminals: SGR and the others that begin alike, and those that set a title.
static CONTROL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("\u{1b}\\[[0-?]*[ -/]*[@-~]|\u{1b}\\][^\u{7}\u{1b}]*(?:\u{7}|\u{1b}\\\\)|\r")
        .expect("a test strips with it")
});

/// What the log file of Ansible sets in front of a line (`log_path`, ansible-core 2.19).
static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?P<day>\d{4}-\d\d-\d\d) (?P<clock>\d\d:\d\d:\d\d),(?P<milli>\d{3}) p=(?P<process>\d+) u=(?P<user>.*?) (?:n=\S+ )?(?:[A-Z]+ ?)?\| ?",
    )
    .expect("a test reads with it")
});

/// A line of a recap: the host ends at the last colon before the counters.
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<host>\S(?:.*\S)?)\s*\s: (?P<fields>[A-Za-z_]+=\d+(?:\s+[A-Za-z_]+=\d+)*)$")
        .expect("a test reads with it")
});

/// Reads a text.
///
/// # Errors
/// `InvalidInput` when there is no recap in it.
pub(super) fn read(
    text: &str,
    at: Timestamp,
    source: &str,
    options: &ImportOptions,
) -> Result<Found> {
    let mut reading = Reading::new(source);
    text.lines().for_each(|line| reading.line(line));
    reading.end_recap();
    let mut found = Found::default();
    for (place, mut playbook) in reading.done.into_iter().enumerate() {
        playbook.place = place;
        found.drafts.push(playbook.into_draft(at, options));
    }
    if reading.empty > 0 {
        let remark = format!("{} recaps name no host and were passed over", reading.empty);
        found.remarks.push(remark);
    }
    if found.drafts.is_empty() {
        return Err(refused("the text holds no PLAY RECAP").hint(
            "a playbook that was stopped, or failed before its first play, prints none; import the artefacts of ansible-runner or the lines of the JSON callback instead",
        ));
    }
    Ok(found)
}

struct Reading {
    source: String,
    current: Playbook,
    /// What stands before the banner, in a recap.
    recap: Option<String>,
    done: Vec<Playbook>,
    empty: u64,
}

impl Reading {
    fn new(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            current: Playbook::new("recap", source),
            recap: None,
            done: Vec::new(),
            empty: 0,
        }
    }

    fn line(&mut self, line: &str) {
        if line.len() > LONGEST {
            return self.end_recap();
        }
        let line = CONTROL.replace_all(line, "");
        let line = self.without_prefix(&line).to_owned();
        if let Some(place) = line.find(BANNER) {
            self.end_recap();
            self.recap = Some(line[..place].to_owned());
        } else if let Some(prefix) = self.recap.clone() {
            self.recap_line(&line, &prefix);
        } else {
            self.other_line(&line);
        }
    }

    /// Takes the log's prefix off, with what it says.
    fn without_prefix<'l>(&mut self, line: &'l str) -> &'l str {
        let Some(prefix) = PREFIX.captures(line) else {
            return line;
        };
        let at = format!(
            "{}T{}.{}",
            &prefix["day"], &prefix["clock"], &prefix["milli"]
        );
        if let Some(at) = super::time(&at) {
            self.current.seen(at);
        }
        self.current.actor = Some(prefix["user"].to_owned());
        &line[prefix[0].len()..]
    }

    fn recap_line(&mut self, line: &str, prefix: &str) {
        let line = behind(line, prefix).unwrap_or(line).trim();
        let Some((host, fields)) = parse(line) else {
            self.end_recap();
            return self.other_line(line);
        };
        for (name, count) in fields {
            self.current.count(&host, name, count);
        }
    }

    fn other_line(&mut self, line: &str) {
        if let Some((name, _)) = line
            .strip_prefix("PLAY [")
            .and_then(|rest| rest.rsplit_once(']'))
        {
            self.current.name.get_or_insert_with(|| name.to_owned());
        }
        if line.starts_with("DRY RUN *") {
            self.current.dry_run = true;
        }
    }

    fn end_recap(&mut self) {
        if self.recap.take().is_none() {
            return;
        }
        let next = Playbook::new("recap", &self.source);
        let ended = std::mem::replace(&mut self.current, next);
        match ended.hosts.is_empty() {
            true => self.empty += 1,
            false => self.done.push(ended),
        }
    }
}

/// Takes a prefix off that looks like the one before the banner: the same but for digits.
fn behind<'l>(line: &'l str, prefix: &str) -> Option<&'l str> {
    let (front, rest) = line.split_at_checked(prefix.len())?;
    let alike = |(a, b): (u8, u8)| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
    let same = front.bytes().zip(prefix.bytes()).all(alike);
    same.then_some(rest)
}

/// Reads a line of a recap: the host and its counters.
fn parse(line: &str) -> Option<(String, Vec<(&str, u64)>)> {
    let found = LINE.captures(line)?;
    let host = found.name("host")?.as_str().to_owned();
    let fields = found.name("fields")?.as_str().split_whitespace();
    let counters: Option<Vec<_>> = fields
        .map(|field| {
            let (name, count) = field.split_once('=')?;
            Some((name, count.parse().ok()?))
        })
        .collect();
    Some((host, counters?))
}
