//! Which run does the document of `ansible.posix.json` tell of?

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::outcome;
use super::playbook::{Playbook, Task};
use crate::error::Result;
use crate::model::ExecutionStatus;
use crate::store::exchange::ImportOptions;
use crate::store::exchange::import::Found;
use crate::store::exchange::refused;

#[derive(Deserialize)]
struct Document {
    plays: Vec<Play>,
    #[serde(default)]
    stats: Map<String, Value>,
}

#[derive(Deserialize)]
struct Play {
    #[serde(default)]
    play: About,
    #[serde(default)]
    tasks: Vec<TaskResults>,
}

#[derive(Deserialize)]
struct TaskResults {
    #[serde(default)]
    task: About,
    #[serde(default)]
    hosts: Map<String, Value>,
}

/// What is said of a play or a task.
#[derive(Default, Deserialize)]
pub(super) struct About {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) path: String,
    #[serde(default)]
    duration: Duration,
}

#[derive(Default, Deserialize)]
struct Duration {
    #[serde(default)]
    start: String,
    #[serde(default)]
    end: String,
}

impl About {
    pub(super) fn start(&self) -> Option<Timestamp> {
        super::time(&self.duration.start)
    }

    pub(super) fn end(&self) -> Option<Timestamp> {
        super::time(&self.duration.end)
    }

    /// The file that a play or task stands in.
    pub(super) fn file(&self) -> Option<&str> {
        let (file, _) = self.path.rsplit_once(':')?;
        file.rsplit('/').next().filter(|name| !name.is_empty())
    }
}

/// Reads a document.
///
/// # Errors
/// `InvalidInput` when it is none of this callback.
pub(super) fn read(
    bytes: &[u8],
    at: Timestamp,
    source: &str,
    options: &ImportOptions,
) -> Result<Found> {
    let document = parse(bytes)?;
    let mut playbook = Playbook::new("ansible_json", source);
    for play in &document.plays {
        add_play(&mut playbook, play);
    }
    add_stats(&mut playbook, &document.stats);
    if playbook.is_empty() {
        return Err(refused("the document tells of no play"));
    }
    if document.stats.is_empty() {
        playbook.verdict = Some((
            ExecutionStatus::Interrupted,
            "the document has no statistics: the playbook did not come to its end".to_owned(),
        ));
    }
    Ok(Found {
        drafts: vec![playbook.into_draft(at, options)],
        ..Found::default()
    })
}

/// Finds the document, also behind lines that something else printed first.
fn parse(bytes: &[u8]) -> Result<Document> {
    let mut from = 0;
    loop {
        let rest = &bytes[from..];
        let parsed = serde_json::Deserializer::from_slice(rest)
            .into_iter::<Document>()
            .next();
        match parsed {
            Some(Ok(document)) => return Ok(document),
            // Only at the begin of a line, and not for ever.
            failed if from < FRONT => match next_begin(bytes, from) {
                Some(next) => from = next,
                None => return Err(no_document(failed.and_then(Result::err))),
            },
            failed => return Err(no_document(failed.and_then(Result::err))),
        }
    }
}

/// How far from the begin of a file a document is looked for.
const FRONT: usize = 64 * 1024;

fn next_begin(bytes: &[u8], from: usize) -> Option<usize> {
    let found = bytes[from..].windows(2).position(|pair| pair == b"\n{")?;
    Some(from + found + 1)
}

fn no_document(source: Option<serde_json::Error>) -> crate::error::Error {
    let error = refused("the file is no document of a JSON callback")
        .hint("ansible.posix.json prints one document with plays and stats, ansible.posix.jsonl a line for each event");
    match source {
        Some(source) => error.because(source),
        None => error,
    }
}

fn add_play(playbook: &mut Playbook, play: &Play) {
    for at in [play.play.start(), play.play.end()].into_iter().flatten() {
        playbook.seen(at);
    }
    if let Some(file) = play.play.file() {
        playbook.name.get_or_insert_with(|| file.to_owned());
    }
    if let Some(at) = play.play.start() {
        playbook.note(at, &format!("play: {}", play.play.name));
    }
    for results in &play.tasks {
        for (host, result) in &results.hosts {
            add_result(playbook, &results.task, (host.as_str(), result));
        }
    }
}

/// Adds the result of a task on a host.
pub(super) fn add_result(playbook: &mut Playbook, task: &About, (host, result): (&str, &Value)) {
    for at in [task.start(), task.end()].into_iter().flatten() {
        playbook.seen(at);
    }
    playbook.task(Task {
        host: host.to_owned(),
        name: task.name.clone(),
        status: outcome::status(result),
        started_at: task.start(),
        ended_at: task.end(),
        outcome: outcome::read(result),
    });
}

/// Adds the counters of `{"r1": {"ok": 7, "failures": 0, …}}`.
pub(super) fn add_stats(playbook: &mut Playbook, stats: &Map<String, Value>) {
    for (host, counters) in stats {
        for (name, count) in counters.as_object().into_iter().flatten() {
            if let Some(count) = count.as_u64() {
                playbook.count(host, name, count);
            }
        }
    }
}
