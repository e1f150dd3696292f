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
    command: Vec<PathBuf>,
}

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
    let script = |file| vec![arguments.python.clone(), arguments.scripts.join(file)];
    let contender = |name, kind, command| Contender {
        name,
        kind,
        command,
    };
    vec![
        contender("netsnap, Rust", Kind::Ours, vec![arguments.ours.clone()]),
        contender("netsnap, Python", Kind::Ours, script("netsnap_collect.py")),
        contender("netmiko", Kind::Tool, script("netmiko_collect.py")),
        contender("scrapli", Kind::Tool, script("scrapli_collect.py")),
        contender("asyncssh", Kind::Library, script("asyncssh_collect.py")),
    ]
}

impl Contender {
    /// Does a task. What fails, or fails on a device, is said and does not count.
    pub(crate) fn run(&self, task: &Task<'_>) -> Option<Measured> {
        let mut command = Command::new(&self.command[0]);
        command
            .args(&self.command[1..])
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
