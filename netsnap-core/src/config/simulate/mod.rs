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
mod value;

use std::sync::Arc;

use self::bgp::Bgp;
use self::execute::{Attempt, Device, Passive, attempt};
use self::ospf::Ospf;
use self::overall::{Booted, Tops};
use self::place::literal_place;
use self::reading::Reading;
use self::table::{Mode, Table};
use self::tree::{Document, Line, Node, Separator};
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

    /// Tries the current section, then the outer ones.
    fn command(&mut self, words: &[&str]) -> Response {
        let mut attempts = Vec::new();
        for depth in (0..=self.path.len()).rev() {
            match self.attempt(depth, words) {
                Attempt::Departs(at) => attempts.push((depth, Attempt::Departs(at))),
                Attempt::Wrong(at) => attempts.push((depth, Attempt::Wrong(at))),
                Attempt::Incomplete => attempts.push((depth, Attempt::Incomplete)),
                Attempt::Unmodelled => attempts.push((depth, Attempt::Unmodelled)),
                done => return self.done(depth, done),
            }
        }
        let unmodelled = attempts
            .iter()
            .find(|(_, attempt)| *attempt == Attempt::Unmodelled);
        let no = usize::from(words.first() == Some(&"no"));
        match (attempts.first(), unmodelled) {
            (Some((_, Attempt::Wrong(at))), _) if *at > no => {
                self.refuse(&self.table.messages.unknown, words, *at)
            }
            (Some((_, Attempt::Incomplete)), _) => {
                self.refuse(&self.table.messages.incomplete, words, words.len())
            }
            (_, Some((depth, _))) => self.literally(*depth, words),
            _ => self.refuse(&self.table.messages.unknown, words, furthest(&attempts)),
        }
    }

    fn done(&mut self, depth: usize, attempt: Attempt) -> Response {
        match attempt {
            Attempt::Taken(output) => self.landed(depth, Response::taken(output)),
            Attempt::Refused(output) => self.landed(depth, Response::refused(output)),
            Attempt::Entered(key) => self.entered(depth, key),
            Attempt::Passive(passive) => self.passive(depth, &passive),
            Attempt::Unproven(attempt) => Response {
                modelled: false,
                ..self.done(depth, *attempt)
            },
            Attempt::Departs(_) | Attempt::Wrong(_) | Attempt::Incomplete | Attempt::Unmodelled => {
                Response::refused(String::new())
            }
        }
    }

    fn attempt(&mut self, depth: usize, words: &[&str]) -> Attempt {
        let process = self.path.first().map(|level| level.key.clone());
        let process = process.filter(|_| depth > 0);
        self.filters.forget(process.as_deref(), words);
        let table = Arc::clone(&self.table);
        let count = self.document.root.children.len();
        let device = self.seen(&table, process.as_deref(), words);
        let mode = self.mode_at(depth).to_owned();
        let followers = self.followers(depth, words);
        let found = match self.section(depth) {
            Some(section) => {
                gone::remember(section, words);
                bring_along(&device, &mode, section, words)
            }
            None => Attempt::Departs(0),
        };
        let found = self.carry_on((&device, &mode), &followers, words, found);
        let is_entered = matches!(found, Attempt::Entered(_))
            && count == self.document.root.children.len()
            && !table.may_be_top(words);
        if depth > 0 || is_entered {
            self.tops = Some(Tops::from(device));
        }
        if let (["neighbor", peer, ..], Attempt::Taken(_) | Attempt::Unproven(_)) = (words, &found)
            && let Some(process) = process.and_then(|key| self.document.root.child_mut(&key))
            && process.mode.as_deref() == Some("router-bgp")
        {
            peers::seat(process, peer);
        }
        if matches!(found, Attempt::Taken(_)) {
            self.note(depth, words);
        }
        if let Attempt::Entered(key) = &found
            && depth == 0
            && let Some(section) = self.document.root.child_mut(key)
        {
            gone::forget(section);
        }
        let is_new =
            self.document.root.children.len() > count && matches!(found, Attempt::Entered(_));
        if let (Attempt::Taken(_), Some(circle)) = (&found, self.circle(words)) {
            return Attempt::Refused(circle);
        }
        match self.is_doubtful(depth, &mode, words, is_new) {
            true => found.doubted(),
            false => found,
        }
    }

    /// Looks at the device for what a section cannot know by itself.
    fn seen<'t>(&mut self, table: &'t Table, process: Option<&str>, words: &[&str]) -> Device<'t> {
        let root = &self.document.root;
        let tops = self.tops.take().unwrap_or_else(|| Tops::of(table, root));
        Device {
            table,
            bgp: Bgp::of(root, process, words),
            ospf: Ospf::of(root, words),
            features: tops.features,
            switches: tops.switches,
            switches_by_itself: self.booted.switches_by_itself,
        }
    }

    fn section(&mut self, depth: usize) -> Option<&mut Node> {
        self.path[..depth]
            .iter()
            .try_fold(&mut self.document.root, |section, level| {
                level.find(section)
            })
    }

    /// A section that was removed while being in it is left.
    fn landed(&mut self, depth: usize, response: Response) -> Response {
        self.path.truncate(depth);
        while self.section(self.path.len()).is_none() {
            self.path.pop();
        }
        response
    }

    fn entered(&mut self, depth: usize, key: String) -> Response {
        self.path.truncate(depth);
        let siblings = self.section(depth).map(|section| &section.children);
        let entered = siblings.and_then(|siblings| {
            let place = siblings.iter().position(|child| child.key == key)?;
            Some((place, siblings[place].mode.clone()?))
        });
        let (place, mode) = entered.unwrap_or_default();
        self.path.push(Level { key, mode, place });
        Response::taken(String::new())
    }

    /// Carries a line out on an interface, and stays where it was typed.
    fn passive(&mut self, depth: usize, passive: &Passive) -> Response {
        self.path.truncate(depth);
        let here = self.path.clone();
        let exists = self.has_interface(&passive.interface);
        let entered = self.line(&format!("interface {}", passive.interface));
        let response = self.line(&passive.line);
        self.path = here;
        Response {
            modelled: exists && entered.modelled && response.modelled,
            ..Response::taken(passive.note.clone())
        }
    }

    fn has_interface(&self, name: &str) -> bool {
        let header = format!("interface {name}");
        let sections = &self.document.root.children;
        sections.iter().any(|section| section.text == header)
    }

    fn refuse(&self, message: &str, words: &[&str], at: usize) -> Response {
        let before: usize = words.iter().take(at).map(|word| word.len() + 1).sum();
        let mode = self.mode();
        let dash = usize::from(!mode.is_empty());
        let prompt = self.hostname().len() + "(config)#".len() + dash + mode.len();
        let caret = " ".repeat(prompt + before) + "^";
        Response::refused(
            message
                .replace("{line}", &words.join(" "))
                .replace("{caret}", &caret),
        )
    }

    /// Puts an unknown line at the end of its section, or takes it out of it.
    fn literally(&mut self, depth: usize, words: &[&str]) -> Response {
        self.tops = None;
        self.path.truncate(depth);
        let line = words.join(" ");
        let place = literal_place(&self.table.modes[self.mode_at(depth)], &line);
        if let Some(section) = self.section(depth) {
            let removed = match line.strip_prefix("no ") {
                Some(positive) => section.take_out(|child| child.text == positive),
                None => section.child(&line).is_some(),
            };
            if !removed {
                let separator = if depth == 0 {
                    Separator::Block
                } else {
                    Separator::Never
                };
                let node = Node::from(Line {
                    text: line.clone(),
                    key: line,
                    literal: true,
                    place,
                    ..Line::default()
                });
                section.insert(node, &separator);
            }
        }
        Response {
            output: String::new(),
            accepted: true,
            modelled: false,
        }
    }
}

/// Tries a line in a section, with what the device prints of its own accord.
fn bring_along(device: &Device<'_>, mode: &str, section: &mut Node, words: &[&str]) -> Attempt {
    let before = section.children.len();
    let found = attempt(device, mode, section, words);
    let place = bring::Place {
        table: device.table,
        mode,
    };
    match words {
        ["no", rest @ ..] if section.children.len() < before => place.take(section, rest),
        _ if section.children.len() > before => place.bring(section, words),
        _ => {}
    }
    found
}

fn furthest(attempts: &[(usize, Attempt)]) -> usize {
    let departs = |attempt: &Attempt| match attempt {
        Attempt::Departs(at) | Attempt::Wrong(at) => Some(*at),
        _ => None,
    };
    attempts
        .iter()
        .filter_map(|(_, attempt)| departs(attempt))
        .max()
        .unwrap_or(0)
}
