//! A device as it was measured and as its own documents describe it: configuration lines in, running configuration out.
//!
//! Its rules are its own and share nothing with the planner's tables, so that it can see the planner's mistakes. They stand in
//! `platforms/simulator/NAME.toml`; those for FRR were measured on FRR 8.4.4, those for Cisco IOS come from its documents.
//! Abbreviated words (`int eth1`) are not understood, and every daemon is taken to run.

mod ace;
mod address;
mod again;
mod apart;
mod bgp;
mod boot;
mod bring;
mod bundle;
mod candidate;
mod circle;
mod command;
mod device;
mod doubt;
mod effects;
mod emptied;
mod entry;
mod execute;
mod gone;
mod index;
mod interface;
#[cfg(test)]
mod ios_tests;
mod kin;
mod known;
mod lifetime;
mod list;
mod mlag;
mod named;
mod ospf;
mod overall;
mod pattern;
mod peers;
mod place;
mod pool;
mod port;
mod reading;
mod refer;
mod regexp;
mod remove;
mod route;
mod set;
mod shape;
mod share;
mod source;
mod suspect;
mod switch;
#[cfg(test)]
mod switch_tests;
mod table;
#[cfg(test)]
mod tests;
mod tree;
mod typed;
mod unnumbered;
mod unseen;
mod value;

use std::sync::Arc;

use self::overall::{Booted, Tops};
use self::reading::Reading;
use self::table::{Mode, Table};
use self::tree::{Document, Node};
use crate::error::Result;
pub(crate) use apart::Apart;
pub use device::Simulation;

/// What a simulated device does with one configuration line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// What it prints, without the final newline; empty as a rule.
    pub output: String,
    /// Whether it took the line.
    pub accepted: bool,
    /// Whether the rules know this line. An unknown one is taken literally and proves nothing.
    pub modelled: bool,
}

impl Response {
    fn taken(output: String) -> Self {
        Self {
            output,
            accepted: true,
            modelled: true,
        }
    }

    fn refused(output: String) -> Self {
        Self {
            output,
            accepted: false,
            modelled: true,
        }
    }
}

/// A section that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Level {
    key: String,
    mode: String,
    /// Where it stood among its siblings when it was entered; most often it still does.
    place: usize,
}

impl Level {
    fn find<'n>(&self, around: &'n mut Node) -> Option<&'n mut Node> {
        let is_it = |node: &Node| node.key == self.key;
        let place = match around.children.get(self.place).is_some_and(is_it) {
            true => self.place,
            false => around.children.iter().position(is_it)?,
        };
        around.children.get_mut(place)
    }
}

/// The section that a login is in; one device has as many as there are logins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position(Vec<Level>);

/// A device that carries out each line at once.
#[derive(Clone, Debug)]
struct LineDevice {
    table: Arc<Table>,
    document: Document,
    path: Vec<Level>,
    /// Kept from line to line until something is done at the top.
    tops: Option<Tops>,
    /// By which lists it filters, as far as somebody asked.
    filters: gone::Filters,
    /// The interfaces that were deleted, where the device remembers them.
    deleted: Vec<Node>,
    booted: Arc<Booted>,
    /// The text that it is in the middle of.
    reading: Option<Reading>,
    /// The ports that left their bundle, where they may be shut then.
    left: bundle::Left,
    /// The interfaces whose addresses were typed anew.
    readdressed: interface::Readdressed,
}

impl LineDevice {
    /// Boots a device of a platform with a running configuration, as the device prints it.
    ///
    /// # Errors
    /// `Unsupported` for a platform without simulator rules; `ConfigurationInvalid` for a control character.
    fn new(platform: &str, running: &str) -> Result<Self> {
        let table = Table::named(platform)?;
        let document = boot::boot(&table, running)?;
        Ok(Self {
            booted: Arc::new(Booted::of(&table, &document.root)),
            table,
            document,
            path: Vec::new(),
            tops: None,
            filters: gone::Filters::default(),
            deleted: Vec::new(),
            reading: None,
            left: bundle::Left::default(),
            readdressed: interface::Readdressed::default(),
        })
    }

    /// Carries out one line in the current section.
    ///
    /// A line of an outer section is accepted there and leaves the inner one, as on the device. `exit` in the global
    /// section changes nothing: leaving configuration mode is the caller's.
    fn line(&mut self, line: &str) -> Response {
        if let Some(reading) = self.reading.take() {
            return self.read(reading, line);
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [] => return Response::taken(String::new()),
            [first, ..] if first.starts_with(['!', '#']) => return Response::taken(String::new()),
            ["end"] => self.path.clear(),
            ["exit" | "quit"] => drop(self.path.pop()),
            [word] if self.current_mode().leave.as_deref() == Some(word) => drop(self.path.pop()),
            ["no", "interface", _] if self.table.remembers_deleted => return self.delete(&words),
            _ => {
                return self.text(line).unwrap_or_else(|| {
                    let response = self.command(&words);
                    self.pad(line.trim(), &words);
                    response
                });
            }
        }
        Response::taken(String::new())
    }

    /// Prints an entry with the blanks behind `deny` with which some devices make it as long as `permit`, where it was typed so.
    fn pad(&mut self, line: &str, words: &[&str]) {
        if !line.contains("deny  ") {
            return;
        }
        let told = words.join(" ");
        let section = self.section(self.path.len());
        let mut entries = section
            .into_iter()
            .flat_map(|section| &mut section.children);
        if let Some(entry) = entries.find(|entry| entry.text == told) {
            line.clone_into(&mut entry.text);
        }
    }

    /// Carries out a line that deletes an interface, and remembers what went.
    fn delete(&mut self, words: &[&str]) -> Response {
        let before = self.document.root.child(&words[1..].join(" ")).cloned();
        let response = self.command(words);
        let root = &self.document.root;
        self.deleted
            .extend(before.filter(|node| root.child(&node.key).is_none()));
        response
    }

    /// Says what may stand at the end of a change that nobody typed.
    fn commit(&self) -> Response {
        if let Some(reading) = &self.reading {
            return Response::refused(format!("`{}` has no end", reading.head()));
        }
        let mut lines = again::reappearing(&self.deleted, &self.document.root);
        lines.extend(effects::come_back(&self.document.root));
        lines.extend(self.left.open(&self.document.root));
        lines.extend(self.readdressed.lost(&self.document.root));
        match lines.is_empty() {
            true => Response::taken(String::new()),
            false => Response::refused(lines.join("\n")),
        }
    }

    /// Goes back to the global section, as on entering configuration mode.
    fn reset(&mut self) {
        self.path.clear();
        self.reading = None;
    }

    /// Returns where this login is.
    fn position(&self) -> Position {
        Position(self.path.clone())
    }

    /// Goes back to where a login was.
    fn resume(&mut self, position: &Position) {
        self.path.clone_from(&position.0);
    }

    /// Returns the word that the prompt shows for the current section: `if`, `router`; empty in the global one.
    fn mode(&self) -> &str {
        &self.current_mode().prompt
    }

    /// Returns the host name, which the prompt shows.
    fn hostname(&self) -> &str {
        let named = self.document.root.child("hostname");
        named
            .and_then(|node| node.text.split_whitespace().nth(1))
            .unwrap_or(&self.table.hostname)
    }

    /// Returns the running configuration as the device prints it, preamble included.
    fn running(&self) -> String {
        self.document.print()
    }

    fn mode_at(&self, depth: usize) -> &str {
        depth
            .checked_sub(1)
            .map_or("global", |index| &self.path[index].mode)
    }

    fn current_mode(&self) -> &Mode {
        &self.table.modes[self.mode_at(self.path.len())]
    }
}
