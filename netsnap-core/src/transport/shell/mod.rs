//! From bytes to answers: one interactive command line over a pipe.
//!
//! Bytes become lines (`screen`, `escape`), a line has the shape of a prompt or not (`prompt`), a fence proves it (`fence`,
//! `exchange`), the echo in front is cut off (`echo`), the answer is judged (`judge`). Those have no clock and no I/O; `channel`
//! puts the clocks around them, and [`Shell`] the modes.

mod channel;
mod echo;
mod escape;
mod exchange;
mod fence;
pub(crate) mod input;
pub(crate) mod judge;
mod prompt;
mod screen;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::time::Instant;

use self::channel::{Channel, Viewer, about};
use self::echo::Sought;
use self::exchange::Exchange;
use self::fence::Fences;
use self::judge::Sent;
use self::prompt::Prompt;
use super::pipe::Pipe;
use super::{Limits, Reading};
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::model::{Answer, Gap, Proof};
use crate::platform::Platform;

/// A shorter host name in a configuration prompt is a new name, a longer beginning of the old one may be cut off by IOS.
const SHORTEST_CUT: usize = 10;

/// One login on one device, one line at a time.
///
/// After a failed exchange, and after a call that was dropped half way, every further call fails with `Desynchronised`.
#[derive(Debug)]
pub(crate) struct Shell {
    channel: Channel,
    platform: Arc<Platform>,
    fences: Fences,
    prompt: Prompt,
    hostname: String,
    poisoned: bool,
}

impl Shell {
    /// Reads the greeting, learns the prompt and sends the platform's `prepare` commands.
    ///
    /// # Errors
    /// `Unsupported` for a platform without an interactive command line; `PromptNotFound`; as [`Shell::run`].
    pub(crate) async fn open(
        pipe: Box<dyn Pipe>,
        platform: Arc<Platform>,
        limits: Limits,
    ) -> Result<Self> {
        if !platform.cli.interactive {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "this platform has no interactive command line",
            )
            .during("shell.open")
            .with("platform", &platform.name)
            .hint("run its commands on exec channels"));
        }
        let mut fences = Fences::new(platform.cli.fence.as_ref().map(|fence| &*fence.line))?;
        let mut channel = Channel::new(pipe, limits);
        let mut greeting = Exchange::new(&platform.cli, &mut fences, None);
        let prompt = channel.greet(&mut greeting).await?;
        let mut shell = Self {
            hostname: prompt.host.clone(),
            poisoned: false,
            channel,
            platform,
            fences,
            prompt,
        };
        shell.prepare().await?;
        Ok(shell)
    }

    /// Returns the host name that the device shows in its prompt.
    pub(crate) fn hostname(&self) -> &str {
        &self.hostname
    }

    /// As [`super::Session::run`].
    ///
    /// # Errors
    /// As [`super::Session::run`]; `InvalidInput` in configuration mode.
    pub(crate) async fn run(&mut self, command: &str) -> Result<Answer> {
        let read = self.read(command, &Reading::default()).await;
        read.map(|(answer, _)| answer)
    }

    /// As [`super::Session::read`].
    ///
    /// # Errors
    /// As [`Shell::run`]; no `OutputOverflow` for lines that are not wanted.
    pub(crate) async fn read(
        &mut self,
        command: &str,
        reading: &Reading,
    ) -> Result<(Answer, Option<Gap>)> {
        if self.prompt.configuring && !self.poisoned {
            return Err(misplaced("a command was given in configuration mode")
                .hint("leave configuration mode first"));
        }
        self.send_reading(command, Sent::Command, reading).await
    }

    /// As [`super::Session::configure`]. A refusal leaves the session usable.
    ///
    /// # Errors
    /// As [`super::Session::configure`].
    pub(crate) async fn configure(&mut self) -> Result<()> {
        let platform = Arc::clone(&self.platform);
        let Some(commands) = &platform.configuration else {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "this platform has no configuration mode",
            )
            .during("shell.configure")
            .with("platform", &platform.name));
        };
        let answer = self.run(&commands.enter).await?;
        let refused = |message| {
            Error::new(ErrorKind::CommandRejected, message)
                .during("shell.configure")
                .with("command", &commands.enter)
        };
        if let Some(rejection) = answer.rejection {
            return Err(refused("the device refused configuration mode")
                .with("line", rejection.line)
                .hint("check that the login may configure and that nobody holds the lock"));
        }
        if !self.prompt.configuring {
            return Err(refused("the device did not enter configuration mode")
                .with("prompt", self.prompt.text()));
        }
        Ok(())
    }

    /// As [`super::Session::line`].
    ///
    /// # Errors
    /// As [`super::Session::line`]; `InvalidInput` outside configuration mode, where a line would be a command.
    pub(crate) async fn line(&mut self, line: &str) -> Result<Answer> {
        if !self.prompt.configuring && !self.poisoned {
            return Err(
                misplaced("a configuration line was given outside configuration mode")
                    .with("prompt", self.prompt.text())
                    .hint("enter configuration mode first; an earlier line may have left it"),
            );
        }
        self.send(line, Sent::ConfigurationLine).await
    }

    /// As [`super::Session::leave`]. Nothing is sent when configuration mode was left already.
    ///
    /// # Errors
    /// As [`super::Session::leave`].
    pub(crate) async fn leave(&mut self) -> Result<()> {
        let platform = Arc::clone(&self.platform);
        let leave = platform
            .configuration
            .as_ref()
            .map(|commands| &commands.leave);
        let (Some(leave), true) = (leave, self.prompt.configuring || self.poisoned) else {
            return Ok(());
        };
        self.send(leave, Sent::ConfigurationLine).await?;
        if self.prompt.configuring {
            self.poisoned = true;
            return Err(Error::new(
                ErrorKind::Desynchronised,
                "the device did not leave configuration mode",
            )
            .during("shell.leave")
            .with("prompt", self.prompt.text()));
        }
        Ok(())
    }

    /// Leaves configuration mode, logs out and drops the pipe. A session out of step is only dropped.
    pub(crate) async fn close(mut self) {
        let politeness = std::time::Duration::from_secs(1);
        let _ = tokio::time::timeout(politeness, self.log_out()).await;
    }

    async fn log_out(&mut self) -> Result<()> {
        if self.poisoned {
            return Ok(());
        }
        self.leave().await?;
        let logout = format!("{}\n", self.platform.cli.logout);
        self.channel.pipe.write(logout.as_bytes()).await?;
        let mut ignored = Vec::new();
        while self.channel.pipe.read(&mut ignored).await? > 0 {
            ignored.clear();
        }
        Ok(())
    }

    async fn prepare(&mut self) -> Result<()> {
        let platform = Arc::clone(&self.platform);
        for command in &platform.cli.prepare {
            self.send(command, Sent::Command).await?;
        }
        Ok(())
    }

    async fn send(&mut self, line: &str, sent: Sent) -> Result<Answer> {
        let whole = Reading::default();
        let answered = self.send_reading(line, sent, &whole).await;
        answered.map(|(answer, _)| answer)
    }

    async fn send_reading(
        &mut self,
        line: &str,
        sent: Sent,
        reading: &Reading,
    ) -> Result<(Answer, Option<Gap>)> {
        if self.poisoned {
            return Err(
                Error::new(ErrorKind::Desynchronised, "the session is out of step")
                    .during("shell.send")
                    .hint("open a new session; this one failed or was cancelled before"),
            );
        }
        input::check(&self.platform.cli, line)?;
        // Until the answer is whole; a future that is dropped half way leaves it so.
        self.poisoned = true;
        let effect = match sent {
            Sent::Command => self.platform.cli.effect(line),
            Sent::ConfigurationLine => Effect::Indeterminate,
        };
        let exchanged = self.exchange(line, sent, reading).await;
        exchanged.map_err(|error| error.effect(effect))
    }

    async fn exchange(
        &mut self,
        line: &str,
        sent: Sent,
        reading: &Reading,
    ) -> Result<(Answer, Option<Gap>)> {
        let started = Instant::now();
        let cli = &self.platform.cli;
        let before = self.prompt.clone();
        let exchange = Exchange::new(cli, &mut self.fences, Some(before));
        let mut exchange = exchange.keeping(reading.ends());
        let bytes = exchange.command(line);
        let sought = Sought {
            command: line,
            prompt: &self.prompt.bytes,
            messages: &cli.messages,
        };
        let viewer = reading.pace().map(|pace| Viewer { pace, sought });
        let settled = self.channel.drive(&bytes, &mut exchange, viewer).await?;
        let received = &exchange.text()[..settled.output_end];
        let Some(start) = echo::output_start(received, &sought) else {
            let error = no_echo(&exchange);
            self.resynchronise().await?;
            return Err(error);
        };
        let (mut answer, gap) = exchange.into_output(start, settled.output_end);
        add_errors(&mut answer, &self.channel.pipe.take_errors());
        let verdict = judge::judge(cli, sent, &answer);
        self.arrive(settled.prompt);
        let answer = Answer {
            bytes: answer,
            proof: self.proof(),
            exit_status: None,
            rejection: verdict.rejection,
            warnings: verdict.warnings,
            duration_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        };
        Ok((answer, gap))
    }

    fn proof(&self) -> Proof {
        match self.platform.cli.fence {
            Some(_) => Proof::Fence,
            None => Proof::Tail,
        }
    }

    /// Gets into step with a fresh fence behind an empty line, once.
    async fn resynchronise(&mut self) -> Result<()> {
        let cli = &self.platform.cli;
        let before = self.prompt.clone();
        let mut exchange = Exchange::new(cli, &mut self.fences, Some(before));
        let mut bytes = b"\n".to_vec();
        bytes.extend(exchange.fence().unwrap_or_default());
        let settled = self
            .channel
            .drive(&bytes, &mut exchange, None)
            .await
            .map_err(|error| {
                Error::new(
                    ErrorKind::Desynchronised,
                    "the session could not be brought into step",
                )
                .during("shell.resynchronise")
                .because(error)
            })?;
        self.arrive(settled.prompt);
        Ok(())
    }

    /// The device waits at a proven prompt.
    fn arrive(&mut self, prompt: Prompt) {
        let cut = prompt.configuring
            && prompt.host.len() >= SHORTEST_CUT
            && self.hostname.starts_with(&prompt.host);
        if !cut && !prompt.host.is_empty() {
            self.hostname.clone_from(&prompt.host);
        }
        self.prompt = prompt;
        self.poisoned = false;
    }
}

/// Puts what came on the error stream behind an output, as lines of their own.
fn add_errors(answer: &mut Vec<u8>, errors: &[u8]) {
    if !errors.is_empty() && answer.last().is_some_and(|last| *last != b'\n') {
        answer.push(b'\n');
    }
    answer.extend(errors.iter().filter(|byte| **byte != b'\r'));
}

fn misplaced(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, message).during("shell.send")
}

fn no_echo(exchange: &Exchange<'_>) -> Error {
    let first = exchange.text().split(|byte| *byte == b'\n').next();
    let first = String::from_utf8_lossy(first.unwrap_or_default());
    let shown: String = first.chars().take(80).collect();
    about(
        ErrorKind::Desynchronised,
        "the echo is not the command that was sent",
        exchange,
    )
    .with("first_line", shown.escape_debug())
    .hint("what the device read is not what was sent; read its state before doing more")
}
