//! A device whose answers come in pieces at chosen times.

use std::collections::VecDeque;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{Instant, sleep_until};

use crate::error::Result;
use crate::transport::pipe::Pipe;

/// How the terminal of the device echoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Echo {
    /// When the line is read: IOS, a pipe without a terminal.
    InOrder,
    /// At once, and again when the line is read: a Unix terminal.
    Twice,
}

/// A device. Each command in turn gets the next of its answers; a fence and an empty line get the prompt.
#[derive(Debug)]
pub(super) struct Fake {
    /// What it says at login before the prompt.
    pub(super) greeting: String,
    /// The prompt as it is drawn.
    pub(super) prompt: String,
    /// What follows the prompt once, without a new prompt.
    pub(super) behind_prompt: String,
    /// The answers, without echo and prompt.
    pub(super) answers: VecDeque<Vec<u8>>,
    /// The position in echo and answer at which the device pauses, and how long.
    pub(super) pause: Option<(usize, Duration)>,
    pub(super) echo: Echo,
    pub(super) typed: Vec<u8>,
    pub(super) coming: Vec<(Instant, Vec<u8>)>,
    pub(super) greeted: bool,
}

impl Fake {
    pub(super) fn new(prompt: &str, answers: &[&[u8]]) -> Self {
        Self {
            greeting: "\r\nwelcome\r\n".to_owned(),
            prompt: prompt.to_owned(),
            behind_prompt: String::new(),
            answers: answers.iter().map(|answer| answer.to_vec()).collect(),
            pause: None,
            echo: Echo::InOrder,
            typed: Vec::new(),
            coming: Vec::new(),
            greeted: false,
        }
    }

    fn schedule(&mut self, at: Instant, bytes: Vec<u8>) {
        let place = self.coming.partition_point(|(time, _)| *time <= at);
        self.coming.insert(place, (at, bytes));
    }

    fn idle_from(&self) -> Instant {
        let last = self.coming.last().map(|(time, _)| *time);
        last.unwrap_or_else(Instant::now).max(Instant::now())
    }

    fn read_line(&mut self, line: &[u8]) {
        let at = self.idle_from();
        if self.echo == Echo::Twice && at > Instant::now() {
            self.schedule(Instant::now(), [line, b"\r\n"].concat());
        }
        let mut said = [line, b"\r\n"].concat();
        if line.is_empty() || line.windows(8).any(|part| part == b"netsnap-") {
            said.extend(self.prompt.as_bytes());
            return self.schedule(at, said);
        }
        said.extend(self.answers.pop_front().unwrap_or_default());
        let first = self.pause.map_or(said.len(), |(position, _)| position);
        let rest = said.split_off(first.min(said.len()));
        let pause = self.pause.map_or(Duration::ZERO, |(_, length)| length);
        let behind = std::mem::take(&mut self.behind_prompt);
        let rest = [rest, self.prompt.clone().into_bytes(), behind.into_bytes()].concat();
        self.schedule(at, said);
        self.schedule(at + pause, rest);
    }
}

#[async_trait]
impl Pipe for Fake {
    async fn read(&mut self, buffer: &mut Vec<u8>) -> Result<usize> {
        if !std::mem::replace(&mut self.greeted, true) {
            buffer.extend([self.greeting.as_bytes(), self.prompt.as_bytes()].concat());
            return Ok(buffer.len());
        }
        let Some((at, _)) = self.coming.first() else {
            return std::future::pending().await;
        };
        sleep_until(*at).await;
        let (_, bytes) = self.coming.remove(0);
        if bytes.is_empty() {
            return self.read(buffer).await;
        }
        buffer.extend(&bytes);
        Ok(bytes.len())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.typed.extend(bytes);
        while let Some(end) = self.typed.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.typed.drain(..=end).take(end).collect();
            self.read_line(&line);
        }
        Ok(())
    }
}
