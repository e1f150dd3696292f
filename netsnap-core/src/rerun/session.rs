//! A login of a past run.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::past::{PastDevice, PastRun};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Answer, Output};
use crate::platform::Platform;
use crate::transport::Session;

/// A login that answers with what was recorded.
#[derive(Debug)]
pub(super) struct PastSession {
    run: PastRun,
    device: String,
    hostname: String,
    platform: Arc<Platform>,
    /// How often each command was answered on this login.
    answered: HashMap<String, usize>,
    state: State,
}

/// Returns the error of a change of what is over.
pub(crate) fn cannot_configure() -> Error {
    let what = "a past run cannot be configured: only what was read is answered";
    Error::new(ErrorKind::Unsupported, what)
        .hint("try a change on simulated devices, or make a plan: its proof runs without a device")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    /// The error of then was replayed: the login of then was not used again either.
    Poisoned,
}

impl PastSession {
    pub(super) fn new(
        run: PastRun,
        (device, hostname): (String, String),
        platform: Arc<Platform>,
    ) -> Self {
        Self {
            run,
            device,
            hostname,
            platform,
            answered: HashMap::new(),
            state: State::Ready,
        }
    }

    fn check(&self, command: &str) -> Result<()> {
        if self.state == State::Poisoned {
            return Err(self.error(ErrorKind::Desynchronised, "the session failed before"));
        }
        if command.trim().is_empty() || command.chars().any(char::is_control) {
            let what = "a command is empty or holds a control character";
            return Err(self
                .error(ErrorKind::InvalidInput, what)
                .with("command", command.escape_debug()));
        }
        Ok(())
    }

    fn error(&self, kind: ErrorKind, what: &'static str) -> Error {
        Error::new(kind, what)
            .during("replay")
            .with("execution", &self.run.execution().id)
            .with("device", &self.device)
    }

    fn cannot_configure(&self) -> Error {
        cannot_configure()
            .during("replay")
            .with("execution", &self.run.execution().id)
            .with("device", &self.device)
    }

    /// What the device did when a command came more often than it was answered: the error of then, if it was about this command.
    fn unanswered(&mut self, past: &PastDevice, command: &str) -> Error {
        let about = |key: &str| past.error.as_ref()?.context.get(key);
        if about("command").is_some_and(|failed| failed == command)
            && let Some(error) = &past.error
        {
            self.state = State::Poisoned;
            return Error::from(error.clone());
        }
        let mut commands: Vec<&str> = Vec::new();
        for (_, summary) in &past.outputs {
            if !commands.contains(&summary.command.as_str()) {
                commands.push(&summary.command);
            }
        }
        let what = match self.answered.get(command) {
            Some(_) => "the run recorded no further output of this command",
            None => "the run recorded no output of this command",
        };
        let seen = self.answered.get(command).copied().unwrap_or_default();
        self.run
            .not_recorded(what, command, &commands)
            .with("device", &self.device)
            .with("command", command)
            .with("recorded", seen)
    }

    /// What the device said. A configuration that was captured, and has secrets, is kept with them as a snapshot alone.
    async fn said(&self, past: &PastDevice, output: &mut Output) -> Vec<u8> {
        let shows = self
            .platform
            .configuration
            .as_ref()
            .map(|known| &known.show);
        let masked = output.summary.redactions > 0 && shows == Some(&output.summary.command);
        if let (true, Some(content)) = (masked, &past.configuration)
            && let Some(captured) = self.run.configuration(content).await
        {
            return captured;
        }
        std::mem::take(&mut output.bytes)
    }

    /// What was recorded; of an output of before warnings were kept, what the platform knows today.
    fn warnings(&self, output: &Output) -> Vec<String> {
        if !output.summary.warnings.is_empty() {
            return output.summary.warnings.clone();
        }
        let refused = output.summary.rejection.as_ref();
        let is_warning = |line: &&str| {
            let warnings = &self.platform.cli.warnings;
            warnings.iter().any(|pattern| pattern.0.is_match(line))
                && refused.is_none_or(|rejection| rejection.line != *line)
        };
        let text = output.text();
        text.lines().filter(is_warning).map(str::to_owned).collect()
    }
}

#[async_trait]
impl Session for PastSession {
    fn hostname(&self) -> &str {
        &self.hostname
    }

    async fn run(&mut self, command: &str) -> Result<Answer> {
        self.check(command)?;
        let run = self.run.clone();
        let past = run.device(&self.device)?;
        let seen = self.answered.get(command).copied().unwrap_or_default();
        let mut recorded = past.outputs.iter();
        let place = recorded
            .by_ref()
            .filter(|(_, summary)| summary.command == command)
            .nth(seen)
            .map(|(place, _)| *place);
        let Some(place) = place else {
            return Err(self.unanswered(past, command));
        };
        let mut output = run.output(place).await?;
        *self.answered.entry(command.to_owned()).or_default() += 1;
        run.wait(output.summary.duration_us).await;
        Ok(Answer {
            warnings: self.warnings(&output),
            bytes: self.said(past, &mut output).await,
            proof: output.summary.proof,
            exit_status: output.summary.exit_status,
            rejection: output.summary.rejection,
            duration_us: output.summary.duration_us,
        })
    }

    async fn configure(&mut self) -> Result<()> {
        Err(self.cannot_configure())
    }

    async fn line(&mut self, _: &str) -> Result<Answer> {
        Err(self.cannot_configure())
    }

    async fn leave(&mut self) -> Result<()> {
        Ok(())
    }

    async fn close(self: Box<Self>) {}
}
