//! Is the answer to this line whole, and where does it end?
//!
//! One exchange is one line and its answer: bytes in, steps out, no clock. The proof is the sequence *prompt, echo of the
//! fence, the same prompt*, with nothing behind it: the fence is unguessable, so only the command line itself can have
//! printed it, and a terminal that echoes type-ahead at once prints no second prompt until it has read the line.
//!
//! When in doubt the output keeps too much rather than too little: a log message behind the prompt, followed by a new prompt,
//! stays at its end together with the prompt in front of it.

use std::ops::Range;

use super::echo::{Sought, is_message, output_start};
use super::fence::{Fences, Hit};
use super::prompt::{self, Prompt};
use super::screen::{Line, Screen};
use crate::model::Gap;
use crate::platform::{Cli, FenceTiming};
use crate::transport::reading::{Ends, Shown, widened};

/// Fences of one exchange: more are not tried.
const FENCES: usize = 4;

/// Messages between the fence and the prompt are looked for in so many bytes.
const MESSAGES: usize = 64 << 10;

/// What to do after bytes came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Read on.
    Read,
    /// Send these bytes, then read on.
    Send(Vec<u8>),
    /// The answer is whole.
    Settled(Settled),
}

/// Where the answer ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// The end of the output in the text.
    pub(super) output_end: usize,
    /// The prompt that the device waits at.
    pub(super) prompt: Prompt,
}

/// One line and its answer.
#[derive(Debug)]
pub(super) struct Exchange<'a> {
    cli: &'a Cli,
    fences: &'a mut Fences,
    before: Option<Prompt>,
    screen: Screen,
    sent: Vec<String>,
    hits: Vec<Hit>,
    /// The last line that may be a prompt that was pushed up by a message.
    pushed_up: Option<Line>,
    /// The pager that was answered: the start of its line, and what it showed.
    paged: Option<(usize, Vec<u8>)>,
    has_command: bool,
    /// Whether the fence went out in the same write as the command.
    went_along: bool,
    /// The prompt before Enter, on a platform without a fence.
    repeated: Option<Prompt>,
    /// What of a long text is kept, when that is not all.
    ends: Option<Ends>,
    /// Where something was forgotten.
    gap: Option<Gap>,
    /// How far the output was shown before its end; none before the echo was seen.
    shown: Option<Shown>,
}

impl<'a> Exchange<'a> {
    /// Starts an exchange; `before` is the prompt that the device waits at, none before it is known.
    pub(super) fn new(cli: &'a Cli, fences: &'a mut Fences, before: Option<Prompt>) -> Self {
        Self {
            cli,
            fences,
            before,
            screen: Screen::default(),
            sent: Vec::new(),
            hits: Vec::new(),
            pushed_up: None,
            paged: None,
            has_command: false,
            went_along: false,
            repeated: None,
            ends: None,
            gap: None,
            shown: None,
        }
    }

    /// Keeps head and tail of a long text alone. What proves the end of an answer stands behind its tail.
    pub(super) fn keeping(mut self, ends: Option<Ends>) -> Self {
        self.ends = ends.map(|ends| ends.with_tail(2 * MESSAGES));
        self
    }

    /// Returns the bytes that send a command, and the fence in the same write where the terminal reads ahead in order.
    pub(super) fn command(&mut self, command: &str) -> Vec<u8> {
        self.has_command = true;
        let mut bytes = format!("{command}\n").into_bytes();
        self.went_along = self.goes_along(command);
        if self.went_along {
            bytes.extend(self.fence().unwrap_or_default());
        }
        bytes
    }

    /// Says whether a fence that went along came back, and the command printed nothing.
    ///
    /// Without a terminal a refusal can come on an error stream, which overtakes nothing: it is there when a fence that is
    /// sent from here on has come back. So silence is asked about once more.
    fn is_silent(&self, settled: &Settled) -> bool {
        let printed = &self.screen.text()[..settled.output_end];
        let lines = printed.iter().filter(|byte| **byte == b'\n').count();
        self.went_along && !self.cli.terminal && self.sent.len() == 1 && lines <= 1
    }

    fn goes_along(&self, command: &str) -> bool {
        match self.cli.fence.as_ref().map(|fence| fence.timing) {
            Some(FenceTiming::WithCommand) => true,
            Some(FenceTiming::WithReads) => self.cli.only_reads(command),
            Some(FenceTiming::AfterCandidate) | None => false,
        }
    }

    /// Returns the bytes of a fresh fence; none when the platform has none or enough were sent.
    pub(super) fn fence(&mut self) -> Option<Vec<u8>> {
        if self.sent.len() == FENCES {
            return None;
        }
        let line = self.fences.next()?;
        let bytes = format!("{line}\n").into_bytes();
        self.sent.push(line);
        Some(bytes)
    }

    /// Takes bytes from the device.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Step {
        let (sent, hits, pushed_up) = (&self.sent, &mut self.hits, &mut self.pushed_up);
        let before = self.before.as_ref();
        self.screen.feed(bytes, &mut |text, line| {
            let shown = &text[line.start..line.end];
            if let Some(hit) = find_fence(shown, line, sent) {
                hits.push(hit);
            } else if before.is_some_and(|before| is_same_host(shown, before)) {
                *pushed_up = Some(line);
            }
        });
        self.forget();
        self.next_step()
    }

    /// Forgets what stands between head and tail, and moves what was found behind it.
    fn forget(&mut self) {
        let until = self.screen.line_start();
        let excess = |ends: Ends| ends.excess(self.screen.text(), self.gap, until);
        let Some(part) = self.ends.and_then(excess) else {
            return;
        };
        self.screen.forget(&part);
        self.gap = Some(widened(self.gap, &part));
        if let Some(shown) = &mut self.shown {
            shown.forget(&part);
        }
        let is_left = |start, end| end <= part.start || start >= part.end;
        let moved = |place: usize| match place >= part.end {
            true => place - part.len(),
            false => place,
        };
        self.hits.retain(|hit| is_left(hit.start, hit.end));
        for hit in &mut self.hits {
            for place in [&mut hit.start, &mut hit.echo, &mut hit.end] {
                *place = moved(*place);
            }
        }
        let pushed_up = self.pushed_up.filter(|line| is_left(line.start, line.end));
        self.pushed_up = pushed_up.map(|line| Line {
            start: moved(line.start),
            end: moved(line.end),
        });
        if let Some((start, _)) = &mut self.paged {
            *start = moved(*start);
        }
    }

    /// Returns whole lines of the output that were not shown before, without echoes of fences.
    pub(super) fn next_part(&mut self, sought: &Sought<'_>) -> Option<Vec<u8>> {
        let mut lines = &self.screen.text()[..self.screen.line_start()];
        if self.shown.is_none() {
            let mut shown = Shown::default();
            shown.pass(output_start(lines, sought)?);
            self.shown = Some(shown);
        }
        let hidden: Vec<_> = self.hits.iter().map(|hit| self.hidden(*hit)).collect();
        let shown = self.shown.as_mut()?;
        for hidden in hidden {
            if hidden.start > shown.end() {
                lines = &lines[..hidden.start];
                break;
            }
            shown.pass(hidden.end);
        }
        shown.next(lines, self.gap)
    }

    /// Returns what is no output where a fence was echoed: the prompt in front of it neither.
    fn hidden(&self, hit: Hit) -> Range<usize> {
        let before = self.before.as_ref();
        let at_prompt = before.is_some_and(|before| before.bytes == self.before_fence(hit));
        match at_prompt {
            true => hit.start..hit.end,
            false => hit.echo..hit.end,
        }
    }

    /// Returns how much may be kept of an output that must not be longer than a limit.
    pub(super) fn most(&self, limit: u64) -> u64 {
        let held = self.ends.map_or(0, Ends::held);
        limit.saturating_add(held as u64)
    }

    fn next_step(&mut self) -> Step {
        if let Some(settled) = self.settled() {
            return match self.is_silent(&settled).then(|| self.fence()).flatten() {
                Some(fence) => Step::Send(fence),
                None => Step::Settled(settled),
            };
        }
        if let Some(answer) = self.answer_to_pager() {
            return Step::Send(answer);
        }
        if self.sent.is_empty() && self.candidate().is_some() {
            return match self.fence() {
                Some(fence) => Step::Send(fence),
                None => self.settle_by_tail(),
            };
        }
        Step::Read
    }

    /// Takes notice that nothing came for a while: a fence that the device dropped is sent again behind a candidate, and a
    /// prompt that a message pushed up is asked for.
    pub(super) fn quiet(&mut self) -> Step {
        let pushed_up = self.screen.tail().is_empty() && self.pushed_up.is_some();
        if self.candidate().is_none() && !pushed_up {
            return Step::Read;
        }
        self.fence().map_or(Step::Read, Step::Send)
    }

    /// Takes notice of silence at login: asks again behind a prompt, presses Enter otherwise, never answers a question.
    pub(super) fn nudge(&mut self) -> Step {
        if self.candidate().is_some() {
            return self.ask_again();
        }
        let asks = matches!(
            self.tail().trim_ascii_end().last(),
            Some(b'?' | b':' | b']' | b')')
        );
        if asks {
            return Step::Read;
        }
        Step::Send(b"\n".to_vec())
    }

    fn ask_again(&mut self) -> Step {
        match self.fence() {
            Some(fence) => Step::Send(fence),
            None if self.cli.fence.is_some() => Step::Read,
            None => self.repeat_prompt(),
        }
    }

    /// Without a fence: the same prompt must come back after Enter.
    fn repeat_prompt(&mut self) -> Step {
        match self.candidate() {
            Some(prompt) if self.repeated.as_ref() == Some(&prompt) => Step::Settled(Settled {
                output_end: self.screen.line_start(),
                prompt,
            }),
            prompt => {
                self.repeated = prompt;
                Step::Send(b"\n".to_vec())
            }
        }
    }

    /// Returns the unfinished line.
    pub(super) fn tail(&self) -> &[u8] {
        let tail = self.screen.tail();
        tail.rsplit(|byte| *byte == b'\r').next().unwrap_or(tail)
    }

    /// Returns everything received.
    pub(super) fn text(&self) -> &[u8] {
        self.screen.text()
    }

    /// Returns the number of bytes kept.
    pub(super) fn len(&self) -> usize {
        self.screen.len()
    }

    /// Reads the unfinished line as a prompt. Behind a carriage return it is none: a line feed is still to come.
    pub(super) fn candidate(&self) -> Option<Prompt> {
        if self.has_command && self.screen.line_start() == 0 || self.screen.is_returned() {
            return None;
        }
        prompt::read_after(self.cli, self.tail(), self.before.as_ref())
    }

    fn settle_by_tail(&self) -> Step {
        match self.candidate() {
            Some(prompt) if self.before.is_some() => Step::Settled(Settled {
                output_end: self.screen.line_start(),
                prompt,
            }),
            _ => Step::Read,
        }
    }

    fn settled(&self) -> Option<Settled> {
        let hit = self.hits.last()?;
        if hit.fence + 1 != self.sent.len() || self.tail().is_empty() {
            return None;
        }
        let prompt = prompt::read(self.cli, self.tail())?;
        if !self.holds_messages(hit.end, self.screen.line_start()) {
            return None;
        }
        let output_end = match self.before_fence(*hit) {
            shown if shown == prompt.bytes => self.first_of_run(hit.start, &prompt),
            b"" => self.first_of_run(self.pushed_up_prompt(*hit, &prompt)?, &prompt),
            _ => return None,
        };
        Some(Settled { output_end, prompt })
    }

    fn before_fence(&self, hit: Hit) -> &[u8] {
        let shown = &self.screen.text()[hit.start..hit.echo];
        shown.rsplit(|byte| *byte == b'\r').next().unwrap_or(shown)
    }

    /// Returns where the run of fences before `end` starts: one that was sent twice is answered twice.
    fn first_of_run(&self, end: usize, prompt: &Prompt) -> usize {
        let mut start = end;
        for hit in self.hits.iter().rev().filter(|hit| hit.end <= end) {
            if hit.end != start || self.before_fence(*hit) != prompt.bytes {
                break;
            }
            start = hit.start;
        }
        start
    }

    /// Returns where the prompt stands that a message pushed up, if only messages stand between it and the fence.
    fn pushed_up_prompt(&self, hit: Hit, prompt: &Prompt) -> Option<usize> {
        let line = self.pushed_up.filter(|line| line.end < hit.start)?;
        let shown = &self.screen.text()[line.start..line.end];
        let same = shown.trim_ascii_end() == prompt.bytes.trim_ascii_end();
        (same && self.holds_messages(line.end + 1, hit.start)).then_some(line.start)
    }

    fn holds_messages(&self, start: usize, end: usize) -> bool {
        let text = &self.screen.text()[start..end];
        text.len() < MESSAGES
            && text
                .split(|byte| *byte == b'\n')
                .all(|line| line.trim_ascii().is_empty() || is_message(line, &self.cli.messages))
    }

    /// Answers a pager once for each time it shows.
    fn answer_to_pager(&mut self) -> Option<Vec<u8>> {
        let shown = (self.screen.line_start(), self.screen.tail().to_vec());
        if self.paged.as_ref() == Some(&shown) {
            return None;
        }
        self.paged = None;
        let raw = String::from_utf8_lossy(self.screen.raw_tail());
        let matches = |patterns: &[crate::platform::Pattern]| {
            patterns.iter().any(|pattern| pattern.0.is_match(&raw))
        };
        let key = match () {
            () if matches(&self.cli.pager) => b' ',
            () if matches(&self.cli.pager_end) => b'q',
            () => return None,
        };
        self.paged = Some(shown);
        Some(vec![key])
    }

    /// Gives the output away, and where something of it is missing: what stands from `start` to `end`, without the echoes of fences that
    /// came too early.
    pub(super) fn into_output(self, start: usize, end: usize) -> (Vec<u8>, Option<Gap>) {
        let gap = self.gap.filter(|gap| (start..=end).contains(&gap.at));
        let mut missing = gap;
        let mut text = self.screen.into_text();
        text.truncate(end);
        let echoes = self.hits.iter().map(|hit| (hit.echo, hit.end));
        let mut kept = 0;
        let mut from = start.min(end);
        for (echo, after) in echoes.filter(|(echo, after)| *echo >= start && *after <= end) {
            text.copy_within(from..echo, kept);
            kept += echo - from;
            from = after;
            if let (Some(gap), Some(missing)) = (gap, &mut missing)
                && after <= gap.at
            {
                missing.at -= after - echo;
            }
        }
        text.copy_within(from..end, kept);
        text.truncate(kept + end - from);
        let moved = |gap: Gap| Gap {
            at: gap.at - start,
            ..gap
        };
        (text, missing.map(moved))
    }
}

fn find_fence(shown: &[u8], line: Line, sent: &[String]) -> Option<Hit> {
    let trimmed = shown.trim_ascii_end();
    let fence = sent
        .iter()
        .rposition(|fence| trimmed.ends_with(fence.as_bytes()))?;
    Some(Hit {
        start: line.start,
        echo: line.start + trimmed.len() - sent[fence].len(),
        end: line.end + 1,
        fence,
    })
}

fn is_same_host(shown: &[u8], before: &Prompt) -> bool {
    !before.host.is_empty()
        && shown.len() < 256
        && shown.starts_with(before.host.as_bytes())
        && shown.trim_ascii_end().last() == before.bytes.trim_ascii_end().last()
}
