//! What is typed between entering and leaving configuration mode?

use crate::model::Step;
use crate::platform::{Platform, SectionId};

/// Returns the lines that carry out some steps, sections entered and left around them.
///
/// A device changes its section by itself when a line fits another one, so that a line typed in the wrong section can be
/// taken for something else. Each section is therefore left by its own line before the next line outside it, and at the end.
#[must_use]
pub fn lines(steps: &[Step], platform: &Platform) -> Vec<String> {
    let mut typist = Typist {
        platform,
        open: Vec::new(),
        typed: Vec::new(),
    };
    for step in steps {
        typist.go_to(&step.section);
        typist.enter(&step.line);
    }
    typist.leave_to(0);
    typist.typed
}

struct Typist<'p> {
    platform: &'p Platform,
    open: Vec<(String, SectionId)>,
    typed: Vec<String>,
}

impl Typist<'_> {
    fn go_to(&mut self, section: &[String]) {
        let shared = self
            .open
            .iter()
            .zip(section)
            .take_while(|((open, _), wanted)| open == *wanted)
            .count();
        self.leave_to(shared);
        for header in &section[shared..] {
            self.type_header(header);
        }
    }

    fn leave_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some((_, section)) = self.open.pop() {
                self.typed
                    .push(self.platform.grammar.leave(section).to_owned());
            }
        }
    }

    /// Types a line; one that opens a section leaves the device inside it. A text of several lines ends with its own last one.
    fn enter(&mut self, line: &str) {
        if line.contains('\n') {
            return self.typed.extend(line.lines().map(str::to_owned));
        }
        match self.platform.grammar.opens(self.section(), line) {
            Some(_) => self.type_header(line),
            None => self.typed.push(line.to_owned()),
        }
    }

    fn type_header(&mut self, header: &str) {
        let opened = self
            .platform
            .grammar
            .opens(self.section(), header)
            .unwrap_or(SectionId::UNKNOWN);
        self.typed.push(header.to_owned());
        self.open.push((header.to_owned(), opened));
    }

    fn section(&self) -> SectionId {
        self.open
            .last()
            .map_or(SectionId::GLOBAL, |(_, section)| *section)
    }
}
