//! How does a program behave with this device, when the device is not here? A recorded transcript answers in its place.
//!
//! A transcript is text, one entry a line: `> 'sent'`, `< 'received'` with the escapes `\r \n \t \\ \' \" \xNN`; `#` and `=` begin
//! notes. Lines must be sent in the recorded order. Fences and empty lines need no recording: they are answered as the recorded
//! command lines do, with their echo and the prompt again.
//!
//! It plays the bytes of one login. Outputs that a run recorded in a store are answered by [`crate::rerun::PastRun`].

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;

use super::pipe::Pipe;
use super::shell::Shell;
use super::{Limits, Session, Transport};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Device;
use crate::platform::Platform;

/// How the recorded bytes are cut into reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// As much as there is.
    #[default]
    Whole,
    /// Byte by byte.
    Bytes,
    /// As much as there is, but never across this position, counted from the login.
    SplitAt(usize),
}

#[derive(Clone, Debug, Default)]
struct Entry {
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// A recorded login that plays the device. Each connection plays it from the start.
#[derive(Clone, Debug)]
pub struct Replay {
    entries: VecDeque<Entry>,
    delivery: Delivery,
}

impl Replay {
    /// Reads a transcript.
    ///
    /// # Errors
    /// `InvalidInput` for a line that is no entry; the context names it.
    pub fn parse(transcript: &str) -> Result<Self> {
        let mut entries = VecDeque::from([Entry::default()]);
        for (number, line) in transcript.lines().enumerate() {
            let entry = match line.split_at_checked(2) {
                Some((">" | "<" | "> " | "< ", literal)) => unquote(literal),
                _ if line.starts_with(['#', '=']) || line.is_empty() => continue,
                _ => None,
            };
            let bytes = entry.ok_or_else(|| {
                Error::new(ErrorKind::InvalidInput, "the transcript does not parse")
                    .during("replay.parse")
                    .with("line", number + 1)
                    .hint("an entry is > 'sent' or < 'received'; # and = begin notes")
            })?;
            match entries.back_mut() {
                Some(last) if line.starts_with('<') => last.received.extend(bytes),
                _ => entries.push_back(Entry {
                    sent: bytes,
                    received: Vec::new(),
                }),
            }
        }
        Ok(Self {
            entries,
            delivery: Delivery::Whole,
        })
    }

    /// Sets how the bytes are cut into reads.
    #[must_use]
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// Opens the recorded channel.
    pub(crate) fn pipe(&self) -> Box<dyn Pipe> {
        let mut pipe = ReplayPipe {
            entries: self.entries.clone(),
            delivery: self.delivery,
            typed: Vec::new(),
            coming: VecDeque::new(),
            delivered: 0,
            prompt: Vec::new(),
            line_end: "\n",
            ended: false,
        };
        if let Some(greeting) = pipe.entries.pop_front() {
            if greeting.received.windows(2).any(|pair| pair == b"\r\n") {
                pipe.line_end = "\r\n";
            }
            pipe.play(greeting.received);
        }
        Box::new(pipe)
    }

    #[cfg(test)]
    pub(crate) fn recorded(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let entries = self.entries.iter();
        entries.map(|entry| (&*entry.sent, &*entry.received))
    }
}

#[async_trait]
impl Transport for Replay {
    async fn connect(
        &self,
        device: &Device,
        platform: &Arc<Platform>,
        limits: &Limits,
    ) -> Result<Box<dyn Session>> {
        let shell = Shell::open(self.pipe(), Arc::clone(platform), limits.clone()).await;
        Ok(Box::new(
            shell.map_err(|error| error.with("device", &device.name))?,
        ))
    }
}

#[derive(Debug)]
struct ReplayPipe {
    entries: VecDeque<Entry>,
    delivery: Delivery,
    typed: Vec<u8>,
    coming: VecDeque<u8>,
    delivered: usize,
    prompt: Vec<u8>,
    line_end: &'static str,
    ended: bool,
}

impl ReplayPipe {
    fn play(&mut self, received: Vec<u8>) {
        let last = received.rsplit(|byte| *byte == b'\n').next();
        self.prompt = last.unwrap_or_default().to_vec();
        self.ended = self.prompt.is_empty();
        self.coming.extend(received);
    }

    /// Answers the next thing typed; says whether there was one.
    fn answer(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let expected = self.entries.front().map(|entry| entry.sent.as_slice());
        if let Some(sent) = expected.filter(|sent| self.typed.starts_with(sent)) {
            self.typed.drain(..sent.len());
            let entry = self.entries.pop_front().unwrap_or_default();
            self.play(entry.received);
            return Ok(true);
        }
        let Some(end) = self.typed.iter().position(|byte| *byte == b'\n') else {
            return Ok(false);
        };
        let line: Vec<u8> = self.typed.drain(..=end).take(end).collect();
        let text = String::from_utf8_lossy(&line);
        if text.is_empty() || text.contains("netsnap-") {
            let echo = [&line, self.line_end.as_bytes(), &self.prompt].concat();
            self.coming.extend(echo);
            return Ok(true);
        }
        if self.entries.is_empty() {
            self.ended = true;
            return Ok(true);
        }
        Err(self.unexpected(&text))
    }

    fn unexpected(&self, typed: &str) -> Error {
        let expected = self.entries.front().map(|entry| &*entry.sent);
        let expected = String::from_utf8_lossy(expected.unwrap_or_default());
        Error::new(
            ErrorKind::InvalidInput,
            "the transcript goes on with another line",
        )
        .during("replay.write")
        .with("recorded", expected.escape_debug())
        .with("sent", typed.escape_debug())
        .hint("send the lines in the recorded order")
    }

    fn next_read(&self) -> usize {
        match self.delivery {
            Delivery::SplitAt(at) if self.delivered < at => {
                self.coming.len().min(at - self.delivered)
            }
            Delivery::Whole | Delivery::SplitAt(_) => self.coming.len(),
            Delivery::Bytes => 1,
        }
    }
}

#[async_trait]
impl Pipe for ReplayPipe {
    async fn read(&mut self, buffer: &mut Vec<u8>) -> Result<usize> {
        if self.coming.is_empty() {
            if self.ended {
                return Ok(0);
            }
            return std::future::pending().await;
        }
        let count = self.next_read();
        buffer.extend(self.coming.drain(..count));
        self.delivered += count;
        Ok(count)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.typed.extend_from_slice(bytes);
        while self.answer()? {}
        Ok(())
    }
}

/// Reads a quoted literal.
fn unquote(literal: &str) -> Option<Vec<u8>> {
    let literal = literal.trim();
    let quote = literal
        .chars()
        .next()
        .filter(|quote| "'\"".contains(*quote))?;
    let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            bytes.extend(character.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        bytes.push(match characters.next()? {
            'r' => b'\r',
            'n' => b'\n',
            't' => b'\t',
            'x' => {
                let (high, low) = (characters.next()?, characters.next()?);
                u8::from_str_radix(&format!("{high}{low}"), 16).ok()?
            }
            itself @ ('\\' | '\'' | '"') => itself as u8,
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_comes_back_byte_for_byte() {
        assert_eq!(unquote(r"'a\r\n\x1b[K\\'"), Some(b"a\r\n\x1b[K\\".to_vec()));
        assert_eq!(unquote(r#""% Can't""#), Some(b"% Can't".to_vec()));
        assert_eq!(unquote(r"'\q'"), None);
        assert_eq!(unquote("'open"), None);
    }

    #[test]
    fn a_line_that_is_no_entry_is_named() {
        let error = Replay::parse("# note\n> 'a\\n'\nfoo\n").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.report().context["line"], "3");
    }
}
