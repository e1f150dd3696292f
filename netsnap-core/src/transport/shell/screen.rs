//! What would a terminal show, line by line, of the bytes that a device sent?
//!
//! Everything but terminal control is kept exactly, NUL and invalid UTF-8 included; `\r\n` becomes `\n`. A NUL behind a control
//! function is padding (recorded: vtysh after `\x1b[K`). Each byte is handled once and written once.

use std::ops::Range;

use super::escape::{Effect, Escape};

/// How much of the unfinished line is kept as it came, control included, to recognise a pager by.
const RAW_TAIL: usize = 512;

const LINE_FEED: u8 = b'\n';
const RETURN: u8 = b'\r';
const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;
const BACKSPACE: u8 = 0x08;

fn is_plain(byte: u8) -> bool {
    !matches!(byte, 0 | BELL | BACKSPACE | LINE_FEED | RETURN | ESCAPE)
}

/// A line that was just completed: where it stands in the text, line feed not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The text so far, the last line unfinished.
#[derive(Debug, Default)]
pub(super) struct Screen {
    text: Vec<u8>,
    line: usize,
    cursor: usize,
    escape: Escape,
    /// A carriage return whose meaning the next byte decides.
    returned: bool,
    /// The byte before was terminal control.
    controlled: bool,
    raw: Vec<u8>,
}

impl Screen {
    /// Takes bytes, and tells of each line as it is completed.
    pub(super) fn feed(&mut self, bytes: &[u8], completed: &mut dyn FnMut(&[u8], Line)) {
        self.remember_raw(bytes);
        let mut rest = bytes;
        while let Some((&first, behind)) = rest.split_first() {
            if self.escape.is_open() {
                self.continue_escape(first);
                rest = behind;
            } else if is_plain(first) {
                let length = rest
                    .iter()
                    .position(|byte| !is_plain(*byte))
                    .unwrap_or(rest.len());
                self.print(&rest[..length]);
                rest = &rest[length..];
            } else {
                self.control(first, completed);
                rest = behind;
            }
        }
    }

    /// Returns the text, the unfinished line included.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the number of bytes kept.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Returns where the unfinished line starts.
    pub(super) fn line_start(&self) -> usize {
        self.line
    }

    /// Says whether the last thing was a carriage return, whose meaning the next byte decides.
    pub(super) fn is_returned(&self) -> bool {
        self.returned
    }

    /// Returns the unfinished line as it shows: blanks that erase a longer line are not part of it.
    pub(super) fn tail(&self) -> &[u8] {
        &self.text[self.line..self.shown_end()]
    }

    /// Returns the last bytes since the last line feed as they came.
    pub(super) fn raw_tail(&self) -> &[u8] {
        &self.raw
    }

    /// Gives the text away.
    pub(super) fn into_text(self) -> Vec<u8> {
        self.text
    }

    /// Forgets a part of the finished lines.
    pub(super) fn forget(&mut self, part: &Range<usize>) {
        self.text.drain(part.clone());
        self.line -= part.len();
        self.cursor -= part.len();
    }

    fn shown_end(&self) -> usize {
        let erased = self.text[self.cursor..].iter().all(|byte| *byte == b' ');
        if erased { self.cursor } else { self.text.len() }
    }

    fn remember_raw(&mut self, bytes: &[u8]) {
        let fresh = match bytes.iter().rposition(|byte| *byte == LINE_FEED) {
            Some(at) => {
                self.raw.clear();
                &bytes[at + 1..]
            }
            None => bytes,
        };
        self.raw
            .extend_from_slice(&fresh[fresh.len().saturating_sub(RAW_TAIL)..]);
        let excess = self.raw.len().saturating_sub(RAW_TAIL);
        self.raw.drain(..excess);
    }

    fn print(&mut self, bytes: &[u8]) {
        self.carry_out_return();
        self.controlled = false;
        let over = bytes.len().min(self.text.len() - self.cursor);
        self.text[self.cursor..self.cursor + over].copy_from_slice(&bytes[..over]);
        self.text.extend_from_slice(&bytes[over..]);
        self.cursor += bytes.len();
    }

    fn carry_out_return(&mut self) {
        if !std::mem::take(&mut self.returned) {
            return;
        }
        if self.line == 0 {
            // The first line holds the echo, where a bare return is the wrap of a narrow terminal: kept for the comparison.
            self.text.push(RETURN);
            self.cursor = self.text.len();
        } else {
            self.cursor = self.line;
        }
    }

    fn control(&mut self, byte: u8, completed: &mut dyn FnMut(&[u8], Line)) {
        match byte {
            LINE_FEED => return self.end_line(completed),
            0 if !self.controlled => return self.print(&[0]),
            RETURN => self.returned = true,
            BACKSPACE => {
                self.carry_out_return();
                self.cursor = self.cursor.saturating_sub(1).max(self.line);
            }
            ESCAPE => {
                self.carry_out_return();
                self.escape.begin();
            }
            _ => {}
        }
        self.controlled = true;
    }

    fn end_line(&mut self, completed: &mut dyn FnMut(&[u8], Line)) {
        let end = self.shown_end();
        self.text.truncate(end);
        self.text.push(LINE_FEED);
        let start = std::mem::replace(&mut self.line, end + 1);
        self.cursor = end + 1;
        self.returned = false;
        self.controlled = false;
        completed(&self.text, Line { start, end });
    }

    fn continue_escape(&mut self, byte: u8) {
        match self.escape.take(byte) {
            None | Some(Effect::Nothing) => {}
            Some(Effect::EraseAfter) => self.text.truncate(self.cursor),
            Some(Effect::EraseLine) => {
                self.text.truncate(self.line);
                self.cursor = self.line;
            }
            Some(Effect::Back(count)) => {
                self.cursor = self.cursor.saturating_sub(count).max(self.line);
            }
            Some(Effect::Column(column)) => {
                self.cursor = self.line.saturating_add(column).min(self.text.len());
            }
        }
    }
}
