//! Who takes part, and how is one started?

use std::path::{Path, PathBuf};
use std::process::Command;

use netsnap_benches::child::{Measured, measure};

use crate::Arguments;

/// One of those that are compared: a program that does a case and reports it in a line of JSON.
#[derive(Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    cases: &'static [&'static str],
    command: Vec<PathBuf>,
}

const ALL: &[&str] = &[
    "idle", "fleet", "big", "login", "repeat", "traps", "stalled",
];
/// What cannot be told apart from a whole run, a login alone for one, is left to Rust.
const RUNS: &[&str] = &["idle", "fleet", "big", "traps", "stalled"];
/// What the store matters for.
const STORED: &[&str] = &["idle", "fleet", "big"];

/// On which side of the comparison it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ours.
    Ours,
    /// A tool that people use for this; ours has to beat it.
    Tool,
    /// A bare SSH library without a notion of prompts: shown, not raced.
    Library,
}

/// One thing to do.
#[derive(Debug)]
pub(crate) struct Task<'a> {
    pub(crate) case: &'static str,
    pub(crate) inventory: &'a Path,
    pub(crate) in_flight: usize,
    pub(crate) count: usize,
    pub(crate) commands: &'a [String],
}

/// Returns everyone, ours first.
pub(crate) fn all(arguments: &Arguments) -> Vec<Contender> {
    let ours = |name, cases, command| Contender {
        name,
        kind: Kind::Ours,
        cases,
        command,
    };
    let script = |file| vec![arguments.python.clone(), arguments.scripts.join(file)];
    let peer = |name, kind, file| Contender {
        name,
        kind,
        cases: ALL,
        command: script(file),
    };
    let rust = |store: &str| vec![arguments.ours.clone(), format!("--store={store}").into()];
    vec![
        ours("netsnap, Rust", ALL, rust("memory")),
        ours("netsnap, Rust, files", STORED, rust("files")),
        ours("netsnap, Python", RUNS, script("netsnap_collect.py")),
        peer("netmiko", Kind::Tool, "netmiko_collect.py"),
        peer("scrapli", Kind::Tool, "scrapli_collect.py"),
        peer("asyncssh", Kind::Library, "asyncssh_collect.py"),
    ]
}

impl Contender {
    /// Says whether it takes part in a case.
    pub(crate) fn does(&self, case: &str) -> bool {
        self.cases.contains(&case)
    }

    /// Does a task. What fails, or fails on a device, is said and does not count.
    pub(crate) fn run(&self, task: &Task<'_>) -> Option<Measured> {
        if !self.does(task.case) {
            return None;
        }
        let mut command = Command::new(&self.command[0]);
        command
            .args(&self.command[1..])
            // What is left there goes away with the test bed.
            .env("TMPDIR", task.inventory.parent().unwrap_or(Path::new(".")))
            .args([task.case, "--inventory"])
            .arg(task.inventory)
            .args(["--in-flight", &task.in_flight.to_string()])
            .args(["--count", &task.count.to_string()])
            .args(task.commands);
        let measured = measure(&mut command)
            .inspect_err(|error| eprintln!("{}, {}: {error}", self.name, task.case))
            .ok()?;
        if measured.number("failures").unwrap_or(0.0) > 0.0 {
            eprintln!("{}, {}: {:?}", self.name, task.case, measured.said);
            return None;
        }
        Some(measured)
    }
}
