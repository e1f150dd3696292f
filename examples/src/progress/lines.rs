//! Plain lines, for files, pipes and continuous integration: only what is worth one.

use std::io::Write;

use netsnap_core::event::{Event, Level};
use netsnap_core::report::terminal::printable;

use super::{View, ended_badly, is_worth_a_line, words};

/// A view that writes a line for each milestone and each failure, and never draws over anything.
#[derive(Debug)]
pub struct Lines<W> {
    sink: W,
}

impl<W: Write> Lines<W> {
    /// Makes a view that writes to a sink.
    pub fn new(sink: W) -> Self {
        Self { sink }
    }

    /// Gives the sink back.
    pub fn into_inner(self) -> W {
        self.sink
    }

    /// A reader that went away must not end the work: the record is complete without these lines.
    fn line(&mut self, text: &str) {
        writeln!(self.sink, "{text}").unwrap_or_default();
    }
}

impl<W: Write> View for Lines<W> {
    fn event(&mut self, event: &Event) {
        if !is_worth_a_line(event) {
            return;
        }
        let sign = match (ended_badly(event), event.level) {
            (true, _) => "✗ ",
            (false, Level::Warning) => "! ",
            _ => "",
        };
        let device = event
            .device
            .as_deref()
            .map(|name| format!("{}: ", printable(name)));
        let at = event.at.strftime("%H:%M:%S");
        self.line(&format!(
            "{at} {sign}{}{}",
            device.unwrap_or_default(),
            words(event)
        ));
    }

    fn missed(&mut self, number: u64) {
        self.line(&format!(
            "({number} events are not shown here; the record has them)"
        ));
    }

    fn note(&mut self, text: &str) {
        self.line(text);
    }

    fn finish(&mut self) {
        self.sink.flush().unwrap_or_default();
    }
}
