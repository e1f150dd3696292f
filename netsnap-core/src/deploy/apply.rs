//! Lines onto a device: each is journalled before its bytes go out, and its answer behind it.

use serde_json::json;

use crate::error::{Effect, Error, ErrorKind, Result};
use crate::event::{EventKind, Level, NewEvent};
use crate::model::{Answer, LineResult};
use crate::redact;
use crate::store::{Durability, Recorder};
use crate::transport::Session;

/// Which way lines lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Towards the plan's target: what cannot be written down is not sent.
    There,
    /// Back: a store that fails does not keep a half changed device from coming back.
    Back,
}

/// Where lines of one device are written down.
#[derive(Debug)]
pub(super) struct Journal<'a> {
    /// The run.
    pub(super) recorder: &'a Recorder,
    /// The device.
    pub(super) device: &'a str,
    /// How many lines there are.
    pub(super) total: usize,
    /// Which way they lead.
    pub(super) way: Way,
}

impl Journal<'_> {
    async fn write(&self, event: NewEvent, durability: Durability) -> Result<()> {
        match (self.recorder.event(event, durability).await, self.way) {
            (Err(error), Way::There) => Err(error),
            _ => Ok(()),
        }
    }

    async fn intend(&self, position: usize, line: &str) -> Result<()> {
        let shown = redact::secrets(line);
        let event = NewEvent::new(EventKind::LineIntended, shown.as_ref())
            .on(self.device)
            .level(Level::Debug)
            .data(json!({ "line": shown, "position": position + 1 }));
        self.write(event, Durability::Durable).await
    }

    async fn answer(&self, position: usize, result: &LineResult) -> Result<()> {
        let event = NewEvent::new(EventKind::LineAnswered, &result.line)
            .on(self.device)
            .level(if result.accepted {
                Level::Info
            } else {
                Level::Error
            })
            .progress(position as u64 + 1, self.total as u64)
            .data(json!({
                "line": result.line,
                "position": position + 1,
                "accepted": result.accepted,
                "answer": result.answer,
            }));
        self.write(event, Durability::Batched).await
    }
}

/// Sends lines one by one and stops at the first that is refused or not answered.
///
/// # Errors
/// `CommandRejected`, effect known; the errors of [`Session::line`].
pub(super) async fn send(
    session: &mut dyn Session,
    journal: &Journal<'_>,
    lines: &[String],
    results: &mut Vec<LineResult>,
) -> Result<()> {
    for (position, line) in lines.iter().enumerate() {
        let accepted = send_line(session, journal, (position, line), results).await?;
        if !accepted {
            return Err(rejected(line, results.last()));
        }
    }
    Ok(())
}

/// Sends every step whatever the device answers: on the way back, more is better than nothing.
///
/// A step whose line is refused, its header perhaps, is given up, and the next one begins outside every section: no line
/// lands in a section that it was not meant for.
pub(super) async fn send_all(
    session: &mut dyn Session,
    journal: &Journal<'_>,
    steps: &[Vec<String>],
    results: &mut Vec<LineResult>,
) -> Result<()> {
    let mut position = 0;
    for lines in steps {
        for (place, line) in lines.iter().enumerate() {
            if !send_line(session, journal, (position + place, line), results).await? {
                session.leave().await?;
                session.configure().await?;
                break;
            }
        }
        position += lines.len();
    }
    Ok(())
}

async fn send_line(
    session: &mut dyn Session,
    journal: &Journal<'_>,
    (position, line): (usize, &str),
    results: &mut Vec<LineResult>,
) -> Result<bool> {
    journal.intend(position, line).await?;
    // From here on the line counts as sent: an answer that never comes leaves it in the report as not accepted.
    results.push(LineResult {
        line: redact::secrets(line).into_owned(),
        accepted: false,
        answer: String::new(),
    });
    let answer = session
        .line(line)
        .await
        .map_err(|error| error.with("line", line))?;
    let result = result(line, &answer);
    journal.answer(position, &result).await?;
    let accepted = result.accepted;
    if let Some(last) = results.last_mut() {
        *last = result;
    }
    Ok(accepted)
}

fn result(line: &str, answer: &Answer) -> LineResult {
    LineResult {
        line: redact::secrets(line).into_owned(),
        accepted: answer.rejection.is_none(),
        answer: redact::secrets(answer.text().trim_end()).into_owned(),
    }
}

fn rejected(line: &str, result: Option<&LineResult>) -> Error {
    Error::new(
        ErrorKind::CommandRejected,
        "the device refused a line of the plan",
    )
    .during("deploy.apply")
    .with("line", line)
    .with("answer", result.map_or("", |result| result.answer.as_str()))
    .hint("read the answer, correct the intended configuration, and plan again")
    .effect(Effect::Known)
}
