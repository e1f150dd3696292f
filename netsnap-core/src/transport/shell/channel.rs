//! The clocks and limits around an exchange.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::echo::Sought;
use super::exchange::{Exchange, Settled, Step};
use super::prompt::Prompt;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::Limits;
use crate::transport::pipe::Pipe;
use crate::transport::reading::Pace;

/// Silence after which a prompt is asked for again. Not on the fast path: only when something went missing.
const PATIENCE: Duration = Duration::from_secs(2);

/// The first silence of a greeting; each further one is four times as long.
const GREETING: Duration = Duration::from_millis(150);

/// What the echo and the prompt may add to an output before it counts as too long.
const SURROUNDINGS: u64 = 16 << 10;

/// Who sees what has come of an output before its end.
#[derive(Debug)]
pub(super) struct Viewer<'a> {
    pub(super) pace: Pace<'a>,
    pub(super) sought: Sought<'a>,
}

impl Viewer<'_> {
    fn due(&self) -> Instant {
        self.pace.due()
    }

    fn look(&mut self, exchange: &mut Exchange<'_>) {
        let sought = &self.sought;
        self.pace.look(|| exchange.next_part(sought));
    }
}

/// A pipe with its limits.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) pipe: Box<dyn Pipe>,
    pub(super) limits: Limits,
    buffer: Vec<u8>,
}

impl Channel {
    pub(super) fn new(pipe: Box<dyn Pipe>, limits: Limits) -> Self {
        Self {
            pipe,
            limits,
            buffer: Vec::new(),
        }
    }

    /// Reads what the device says at login until its prompt is proven.
    ///
    /// # Errors
    /// `PromptNotFound`, `ConnectionLost`.
    pub(super) async fn greet(&mut self, exchange: &mut Exchange<'_>) -> Result<Prompt> {
        let deadline = Instant::now() + self.limits.prompt;
        let mut silence = GREETING;
        loop {
            let wait = silence.min(deadline.saturating_duration_since(Instant::now()));
            let step = match self.read(wait, exchange).await? {
                Some(step) => step,
                None if Instant::now() >= deadline => return Err(no_prompt(exchange)),
                None => {
                    silence *= 4;
                    exchange.nudge()
                }
            };
            match step {
                Step::Read => {}
                Step::Send(bytes) => self.write(&bytes, deadline).await?,
                Step::Settled(settled) => return Ok(settled.prompt),
            }
            if Instant::now() >= deadline || exchange.len() as u64 > self.limits.output {
                return Err(no_prompt(exchange));
            }
        }
    }

    /// Sends bytes and reads until the answer is proven.
    ///
    /// # Errors
    /// `CommandTimeout`, `OutputOverflow`, `ConnectionLost`.
    pub(super) async fn drive(
        &mut self,
        bytes: &[u8],
        exchange: &mut Exchange<'_>,
        mut viewer: Option<Viewer<'_>>,
    ) -> Result<Settled> {
        let total = Instant::now() + self.limits.total;
        self.write(bytes, total).await?;
        let mut idle = Instant::now() + self.limits.idle;
        let mut quiet = Instant::now() + PATIENCE;
        loop {
            let clocks = [
                Some(idle),
                Some(total),
                Some(quiet),
                viewer.as_ref().map(Viewer::due),
            ];
            let next = clocks.into_iter().flatten().min().unwrap_or(quiet);
            let wait = next.saturating_duration_since(Instant::now());
            let step = match self.read(wait, exchange).await? {
                Some(step) => {
                    idle = Instant::now() + self.limits.idle;
                    quiet = Instant::now() + PATIENCE;
                    step
                }
                None if Instant::now() >= quiet => {
                    quiet = Instant::now() + PATIENCE;
                    exchange.quiet()
                }
                None => Step::Read,
            };
            match step {
                Step::Read => {}
                Step::Send(bytes) => self.write(&bytes, total).await?,
                Step::Settled(settled) => return Ok(settled),
            }
            if let Some(viewer) = &mut viewer {
                viewer.look(exchange);
            }
            self.check_limits(idle, total, exchange)?;
        }
    }

    fn check_limits(&self, idle: Instant, total: Instant, exchange: &Exchange<'_>) -> Result<()> {
        let now = Instant::now();
        let late = |clock, hint| {
            let message = "the device did not finish a command in time";
            Err(about(ErrorKind::CommandTimeout, message, exchange)
                .with("clock", clock)
                .hint(hint))
        };
        let most = exchange.most(self.limits.output);
        if exchange.len() as u64 > most.saturating_add(SURROUNDINGS) {
            let message = "a command printed more than the limit";
            return Err(about(ErrorKind::OutputOverflow, message, exchange)
                .with("limit", self.limits.output)
                .hint("narrow the command or raise limits.output"));
        }
        match () {
            () if now >= total => late("total", "raise limits.total for a long output"),
            () if now >= idle => late(
                "idle",
                "the unfinished line shows what the device waits for; a question is never answered",
            ),
            () => Ok(()),
        }
    }

    /// Reads once; nothing when nothing came in time.
    async fn read(&mut self, wait: Duration, exchange: &mut Exchange<'_>) -> Result<Option<Step>> {
        self.buffer.clear();
        let Ok(read) = timeout(wait, self.pipe.read(&mut self.buffer)).await else {
            return Ok(None);
        };
        let count = read.map_err(|error| error.with("received", exchange.len()))?;
        if count == 0 {
            let message = "the device ended the session";
            return Err(about(ErrorKind::ConnectionLost, message, exchange));
        }
        Ok(Some(exchange.feed(&self.buffer)))
    }

    async fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<()> {
        let wait = deadline.saturating_duration_since(Instant::now());
        match timeout(wait.min(self.limits.idle), self.pipe.write(bytes)).await {
            Ok(written) => written,
            Err(_) => Err(
                Error::new(ErrorKind::CommandTimeout, "the device takes no more bytes")
                    .during("shell.write"),
            ),
        }
    }
}

fn no_prompt(exchange: &Exchange<'_>) -> Error {
    about(
        ErrorKind::PromptNotFound,
        "no prompt of this platform was found",
        exchange,
    )
    .hint("the unfinished line shows what the device waits for; check the device's platform in the inventory")
}

/// Makes an error that tells how much had arrived and what the unfinished line shows.
pub(super) fn about(kind: ErrorKind, message: &'static str, exchange: &Exchange<'_>) -> Error {
    let tail = String::from_utf8_lossy(exchange.tail());
    let start = tail.char_indices().rev().nth(79).map_or(0, |(at, _)| at);
    Error::new(kind, message)
        .during("shell.read")
        .with("received", exchange.len())
        .with("unfinished_line", tail[start..].escape_debug())
}
