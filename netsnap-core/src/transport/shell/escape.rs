//! Where does a terminal control sequence end, and what does it do to the line?
//!
//! ECMA-48 sections 5.4 (control sequences) and 5.6 (control strings), as far as devices use them.

/// A sequence longer than this is none: the bytes after it are text again.
const LONGEST: usize = 1024;

/// What a finished sequence does to the current line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that text shows: colour, title, keypad.
    Nothing,
    /// Erases from the cursor to the end (EL 0, ED 0).
    EraseAfter,
    /// Erases the whole line (EL 2).
    EraseLine,
    /// Moves the cursor back (CUB); Huawei VRP erases its pager so.
    Back(usize),
    /// Moves the cursor to a column (CHA), counted from 0.
    Column(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    Escape,
    Intermediate,
    Control,
    /// OSC, DCS, APC, PM, SOS: until BEL or ESC \.
    String,
    StringEscape,
}

/// The parser; it survives the end of a chunk in the middle of a sequence.
#[derive(Debug)]
pub(super) struct Escape {
    state: State,
    length: usize,
    parameter: usize,
}

impl Default for Escape {
    fn default() -> Self {
        Self {
            state: State::Text,
            length: 0,
            parameter: 0,
        }
    }
}

impl Escape {
    /// Says whether the next byte belongs to a sequence.
    pub(super) fn is_open(&self) -> bool {
        self.state != State::Text
    }

    /// Starts a sequence: the byte ESC was read.
    pub(super) fn begin(&mut self) {
        *self = Self {
            state: State::Escape,
            ..Self::default()
        };
    }

    /// Takes the next byte of an open sequence; returns what the sequence does when this byte ends it.
    pub(super) fn take(&mut self, byte: u8) -> Option<Effect> {
        self.length += 1;
        if self.length > LONGEST {
            return self.end(Effect::Nothing);
        }
        match self.state {
            State::Text => Some(Effect::Nothing),
            State::Escape => self.after_escape(byte),
            State::Intermediate => (!matches!(byte, 0x20..=0x2f))
                .then(|| self.end(Effect::Nothing))
                .flatten(),
            State::Control => self.control(byte),
            State::String => self.string(byte),
            State::StringEscape => self.end(Effect::Nothing),
        }
    }

    fn after_escape(&mut self, byte: u8) -> Option<Effect> {
        self.state = match byte {
            b'[' => State::Control,
            b']' | b'P' | b'X' | b'^' | b'_' => State::String,
            0x20..=0x2f => State::Intermediate,
            0x1b => State::Escape,
            _ => return self.end(Effect::Nothing),
        };
        None
    }

    fn control(&mut self, byte: u8) -> Option<Effect> {
        match byte {
            b'0'..=b'9' => {
                let digit = usize::from(byte - b'0');
                self.parameter = self.parameter.saturating_mul(10).saturating_add(digit);
                None
            }
            0x20..=0x3f => None,
            0x1b => {
                self.begin();
                None
            }
            _ => {
                let effect = self.meaning(byte);
                self.end(effect)
            }
        }
    }

    fn meaning(&self, last: u8) -> Effect {
        match (last, self.parameter) {
            (b'K' | b'J', 0) => Effect::EraseAfter,
            (b'K', 2) => Effect::EraseLine,
            (b'D', count) => Effect::Back(count.max(1)),
            (b'G', column) => Effect::Column(column.max(1) - 1),
            _ => Effect::Nothing,
        }
    }

    fn string(&mut self, byte: u8) -> Option<Effect> {
        match byte {
            0x07 => self.end(Effect::Nothing),
            0x1b => {
                self.state = State::StringEscape;
                None
            }
            _ => None,
        }
    }

    fn end(&mut self, effect: Effect) -> Option<Effect> {
        self.state = State::Text;
        Some(effect)
    }
}
