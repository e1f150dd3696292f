//! One command on a channel of its own: its end is told by the protocol, not guessed from a prompt.

use std::time::Duration;

use russh::client::Msg;
use russh::{Channel, ChannelMsg};
use tokio::time::{Instant, timeout_at};

use super::connection::Connection;
use super::errors;
use super::handler::Fate;
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::model::{Answer, Gap, Proof};
use crate::platform::Cli;
use crate::transport::reading::{Ends, Pace, Shown, widened};
use crate::transport::shell::judge::{Sent, judge};
use crate::transport::{Limits, Reading};

/// Runs a command and collects what it prints: the output first, then what it wrote to the error stream.
///
/// # Errors
/// `ChannelRefused`, `CommandTimeout`, `OutputOverflow`, `ConnectionLost`; `OutputTruncated` when the channel ends
/// without an exit status.
pub(super) async fn run(
    connection: &Connection,
    command: &str,
    (limits, reading): (&Limits, &Reading),
    cli: &Cli,
) -> Result<(Answer, Option<Gap>)> {
    let started = Instant::now();
    let mut clocks = Clocks {
        idle: limits.idle,
        idle_end: started + limits.idle,
        total: limits.total,
        total_end: started + limits.total,
    };
    let mut channel = clocks.limit(connection.channel()).await??;
    let mut printed = Printed {
        limit: limits.output,
        ends: reading.ends(),
        ..Printed::default()
    };
    let sent = clocks.limit(channel.exec(true, command)).await?;
    sent.map_err(|error| errors::channel(error, connection.fate()))?;
    let pace = reading.pace();
    let collected = collect(
        &mut channel,
        &mut clocks,
        (&mut printed, pace),
        connection.fate(),
    );
    let collected = collected.await;
    let status = collected.map_err(|error| {
        let effect = match error.kind() {
            ErrorKind::ChannelRefused => Effect::None,
            _ => cli.effect(command),
        };
        error
            .during("ssh.exec")
            .effect(effect)
            .with("command", command.escape_debug())
            .with("received_bytes", printed.len())
    })?;
    Ok(printed.answer(status, started, cli))
}

async fn collect(
    channel: &mut Channel<Msg>,
    clocks: &mut Clocks,
    (printed, mut pace): (&mut Printed, Option<Pace<'_>>),
    fate: &Fate,
) -> Result<u32> {
    let mut status = None;
    let mut is_closed = false;
    loop {
        let due = pace.as_ref().map(Pace::due);
        let heard = clocks.limit_until(due, channel.wait()).await?;
        if let Some(pace) = &mut pace {
            pace.look(|| printed.next_part());
        }
        let message = match heard {
            Some(Some(message)) => message,
            Some(None) => break,
            None => continue,
        };
        clocks.hear();
        match message {
            ChannelMsg::Data { data } => printed.add(Stream::Output, &data)?,
            ChannelMsg::ExtendedData { data, .. } => printed.add(Stream::Errors, &data)?,
            ChannelMsg::ExitStatus { exit_status } => status = Some(exit_status),
            ChannelMsg::ExitSignal { signal_name, .. } => {
                return Err(without_status().with("signal", format_args!("{signal_name:?}")));
            }
            ChannelMsg::Failure => {
                return Err(errors::refused("the device runs no command this way"));
            }
            ChannelMsg::Close => is_closed = true,
            _ => {}
        }
    }
    match status {
        Some(status) if is_closed => Ok(status),
        None if is_closed => Err(without_status()),
        _ => Err(errors::lost(fate)),
    }
}

fn without_status() -> Error {
    Error::new(
        ErrorKind::OutputTruncated,
        "the command ended without an exit status",
    )
    .hint("the command was killed, or the device does not tell: run it through the shell instead")
}

/// The two clocks of a command.
struct Clocks {
    idle: Duration,
    idle_end: Instant,
    total: Duration,
    total_end: Instant,
}

impl Clocks {
    async fn limit<F: Future>(&self, work: F) -> Result<F::Output> {
        let end = self.idle_end.min(self.total_end);
        timeout_at(end, work).await.map_err(|_| self.expired())
    }

    /// Waits no longer than until then: nothing when nothing came.
    async fn limit_until<F: Future>(
        &self,
        until: Option<Instant>,
        work: F,
    ) -> Result<Option<F::Output>> {
        let work = self.limit(work);
        match until {
            Some(until) => timeout_at(until, work).await.ok().transpose(),
            None => work.await.map(Some),
        }
    }

    fn hear(&mut self) {
        self.idle_end = Instant::now() + self.idle;
    }

    fn expired(&self) -> Error {
        let (clock, limit) = match self.idle_end < self.total_end {
            true => ("idle", self.idle),
            false => ("total", self.total),
        };
        Error::new(
            ErrorKind::CommandTimeout,
            "the device did not finish the command in time",
        )
        .with("clock", clock)
        .with("limit", format_args!("{limit:?}"))
        .hint(format!(
            "raise limits.{clock} for commands that take longer"
        ))
    }
}

#[derive(Clone, Copy)]
enum Stream {
    Output,
    Errors,
}

/// What a command has printed so far.
#[derive(Default)]
struct Printed {
    output: Vec<u8>,
    errors: Vec<u8>,
    limit: u64,
    /// What of a long output is kept, when that is not all.
    ends: Option<Ends>,
    /// Where something was forgotten.
    gap: Option<Gap>,
    shown: Shown,
}

impl Printed {
    /// Returns whole lines of the output that were not shown before.
    fn next_part(&mut self) -> Option<Vec<u8>> {
        let newline = self.output.iter().rposition(|byte| *byte == b'\n')?;
        let mut part = self.shown.next(&self.output[..=newline], self.gap)?;
        unify_line_ends(&mut part);
        Some(part)
    }

    fn len(&self) -> usize {
        self.output.len() + self.errors.len()
    }

    fn add(&mut self, stream: Stream, bytes: &[u8]) -> Result<()> {
        let held = self.ends.map_or(0, Ends::held);
        if (self.len() + bytes.len()) as u64 > self.limit.saturating_add(held as u64) {
            return Err(Error::new(
                ErrorKind::OutputOverflow,
                "the command printed more than the limit",
            )
            .with("limit", self.limit)
            .hint("ask for less, or raise limits.output"));
        }
        match stream {
            Stream::Output => self.output.extend_from_slice(bytes),
            Stream::Errors => self.errors.extend_from_slice(bytes),
        }
        self.forget();
        Ok(())
    }

    fn forget(&mut self) {
        let until = self.output.len();
        let excess = |ends: Ends| ends.excess(&self.output, self.gap, until);
        if let Some(part) = self.ends.and_then(excess) {
            self.output.drain(part.clone());
            self.gap = Some(widened(self.gap, &part));
            self.shown.forget(&part);
        }
    }

    fn answer(mut self, status: u32, started: Instant, cli: &Cli) -> (Answer, Option<Gap>) {
        let head_end = self.gap.map_or(self.output.len(), |gap| gap.at);
        let mut tail = self.output.split_off(head_end);
        let mut bytes = self.output;
        tail.append(&mut self.errors);
        // Apart, so that it is still known where something is missing.
        unify_line_ends(&mut bytes);
        unify_line_ends(&mut tail);
        let gap = self.gap.map(|gap| Gap {
            at: bytes.len(),
            ..gap
        });
        bytes.append(&mut tail);
        let verdict = judge(cli, Sent::Command, &bytes);
        let elapsed = started.elapsed().as_micros();
        let answer = Answer {
            bytes,
            proof: Proof::Exec,
            exit_status: Some(status),
            rejection: verdict.rejection,
            warnings: verdict.warnings,
            duration_us: u64::try_from(elapsed).unwrap_or(u64::MAX),
        };
        (answer, gap)
    }
}

/// Makes `\n` of `\r\n`, in place.
fn unify_line_ends(bytes: &mut Vec<u8>) {
    let Some(first) = bytes.windows(2).position(|pair| pair == b"\r\n") else {
        return;
    };
    let mut write = first;
    for read in first..bytes.len() {
        let is_dropped = bytes[read] == b'\r' && bytes.get(read + 1) == Some(&b'\n');
        if !is_dropped {
            bytes[write] = bytes[read];
            write += 1;
        }
    }
    bytes.truncate(write);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_newlines_and_nothing_else_changes() {
        for (before, after) in [
            ("a\nb\n", "a\nb\n"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("a\rb\r\n\r\nc\r", "a\rb\n\nc\r"),
            ("\r\n", "\n"),
            ("\r\r\n", "\r\n"),
            ("", ""),
        ] {
            let mut bytes = before.as_bytes().to_vec();
            unify_line_ends(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), after);
        }
    }

    #[test]
    fn the_limit_counts_both_streams() {
        let mut printed = Printed {
            limit: 4,
            ..Printed::default()
        };
        printed.add(Stream::Output, b"ab").unwrap();
        printed.add(Stream::Errors, b"cd").unwrap();
        let error = printed.add(Stream::Output, b"e").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutputOverflow);
    }
}
