//! How do bytes on a channel become lines, and replies bytes?

use std::time::Duration;

use russh::ChannelMsg;
use russh::server::Msg;
use tokio_util::bytes::Bytes;

use super::behavior::{DeviceBehavior, Fault};
use super::cli::{Cli, Next, Reply};

type Reader = russh::ChannelReadHalf;
type Writer = russh::ChannelWriteHalf<Msg>;

/// What a terminal changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terminal {
    /// Lines end with `\r\n`.
    Present,
    /// Lines end with `\n`; the echo and the prompts are the same (recorded, FRR 8.4.4).
    Absent,
}

/// How a channel came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Politely.
    Politely,
    /// The whole connection breaks.
    Broken,
}

/// So much of a long output is held a second time, where line ends must be changed.
const PIECE: usize = 32 << 10;

/// The writing side of a channel, with the manners of the device.
#[derive(Debug)]
struct Voice {
    writer: Writer,
    terminal: Terminal,
}

impl Voice {
    async fn say(&self, text: Bytes, behavior: &DeviceBehavior) -> Option<()> {
        let mut rest = text;
        while !rest.is_empty() {
            let piece = rest.split_to(PIECE.min(rest.len()));
            let piece = match self.terminal {
                Terminal::Absent => piece,
                Terminal::Present => with_returns(&piece),
            };
            self.write(piece, behavior).await?;
        }
        Some(())
    }

    async fn write(&self, mut rest: Bytes, behavior: &DeviceBehavior) -> Option<()> {
        let size = behavior.chunk.unwrap_or(rest.len()).max(1);
        while !rest.is_empty() {
            let chunk = rest.split_to(size.min(rest.len()));
            self.writer.data_bytes(chunk).await.ok()?;
            if behavior.chunk.is_some() {
                tokio::time::sleep(behavior.pause).await;
            }
        }
        Some(())
    }

    async fn complain(&self, text: Bytes) -> Option<()> {
        if text.is_empty() {
            return Some(());
        }
        self.writer.extended_data_bytes(ERRORS, text).await.ok()
    }

    async fn echo(&self, text: String) -> Option<()> {
        self.say(text.into(), &DeviceBehavior::default()).await
    }
}

/// The error stream of a channel (RFC 4254, section 5.2).
const ERRORS: u32 = 1;

fn with_returns(text: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(text.len() + text.len() / 32);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match line.split_last() {
            Some((b'\n', body)) => out.extend(body.iter().chain(b"\r\n")),
            _ => out.extend(line),
        }
    }
    out.into()
}

/// Serves an interactive login until it ends.
pub(super) async fn interact(
    mut cli: Cli,
    (mut reader, writer): (Reader, Writer),
    terminal: Terminal,
) -> Ended {
    let voice = Voice { writer, terminal };
    let ended = converse(&mut cli, &mut reader, &voice)
        .await
        .unwrap_or(Ended::Politely);
    if ended == Ended::Politely {
        finish(&voice.writer, 0).await;
    }
    ended
}

async fn converse(cli: &mut Cli, reader: &mut Reader, voice: &Voice) -> Option<Ended> {
    let greeting = cli.greeting();
    voice.say(greeting.into(), &cli.device.behavior()).await?;
    prompt(cli, voice).await?;
    let (mut typed, mut echoed) = (Vec::new(), 0);
    loop {
        while let Some(line) = next_line(&mut typed) {
            let rest = line.get(std::mem::take(&mut echoed)..).unwrap_or("");
            voice.echo(format!("{rest}\n")).await?;
            let (next, errors) = answer(cli, voice, &line).await?;
            match next {
                Next::Prompt => {
                    prompt(cli, voice).await?;
                    voice.complain(errors).await?;
                }
                Next::Logout => return Some(Ended::Politely),
                Next::Break => return Some(Ended::Broken),
                Next::Hang => std::future::pending().await,
            }
        }
        // As it is typed: some clients wait for the echo before they press Enter.
        voice
            .echo(String::from_utf8_lossy(&typed[echoed..]).into_owned())
            .await?;
        echoed = typed.len();
        match reader.wait().await? {
            ChannelMsg::Data { data } => typed.extend_from_slice(&data),
            ChannelMsg::Eof | ChannelMsg::Close => return Some(Ended::Politely),
            _ => {}
        }
    }
}

/// Takes the first whole line; `\n`, `\r` and `\r\n` end one.
fn next_line(typed: &mut Vec<u8>) -> Option<String> {
    let end = typed
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))?;
    let both = typed[end..].starts_with(b"\r\n");
    let line = String::from_utf8_lossy(&typed[..end]).into_owned();
    typed.drain(..=end + usize::from(both));
    Some(line)
}

/// Answers a line; also returns what comes on the error stream, behind the prompt.
async fn answer(cli: &mut Cli, voice: &Voice, line: &str) -> Option<(Next, Bytes)> {
    let behavior = cli.device.behavior();
    let reply = cli.line(line);
    pause(behavior.delay).await;
    if let Some((text, wait)) = reply.first {
        voice.say(format!("{text}\n").into(), &behavior).await?;
        pause(wait).await;
    }
    if voice.terminal == Terminal::Absent && is_on_error_stream(&reply.output) {
        return Some((reply.next, reply.output));
    }
    voice.say(reply.output, &behavior).await?;
    Some((reply.next, Bytes::new()))
}

/// Without a terminal vtysh says this on its error stream, which sshd reads apart from the output (recorded, FRR 8.4.4).
fn is_on_error_stream(output: &Bytes) -> bool {
    output.ends_with(b" is not running\n")
}

async fn prompt(cli: &Cli, voice: &Voice) -> Option<()> {
    let behavior = cli.device.behavior();
    for fault in &behavior.faults {
        if let Fault::SlowPrompt(wait) = fault {
            pause(*wait).await;
        }
    }
    voice.say(cli.prompt().into(), &behavior).await
}

async fn pause(wait: Duration) {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
}

/// Carries out the lines of an exec request; stops at the first that is refused, with status 1 (recorded, FRR 8.4.4).
pub(super) async fn execute(mut cli: Cli, writer: Writer, command: String) -> Ended {
    let voice = Voice {
        writer,
        terminal: Terminal::Absent,
    };
    let behavior = cli.device.behavior();
    for line in command.lines() {
        let Reply {
            output,
            refused,
            next,
            ..
        } = cli.line(line);
        pause(behavior.delay).await;
        if voice.say(output, &behavior).await.is_none() {
            return Ended::Politely;
        }
        match next {
            Next::Break => return Ended::Broken,
            Next::Hang => std::future::pending().await,
            Next::Logout => break,
            Next::Prompt if refused => {
                finish(&voice.writer, 1).await;
                return Ended::Politely;
            }
            Next::Prompt => {}
        }
    }
    finish(&voice.writer, 0).await;
    Ended::Politely
}

/// A client that is gone needs no goodbye.
async fn finish(writer: &Writer, status: u32) {
    let _ = writer.exit_status(status).await;
    let _ = writer.eof().await;
    let _ = writer.close().await;
}
