//! In which section is a line carried out, and what becomes of the login?

use std::sync::Arc;

use super::bgp::Bgp;
use super::execute::{Attempt, Device, Passive, attempt};
use super::ospf::Ospf;
use super::overall::Tops;
use super::place::literal_place;
use super::table::Table;
use super::tree::{Line, Node, Separator};
use super::{Level, LineDevice, Response, bring, gone, peers};

impl LineDevice {
    /// Tries the current section, then the outer ones.
    pub(super) fn command(&mut self, words: &[&str]) -> Response {
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
            shows_numbers: self.booted.shows_numbers,
        }
    }

    pub(super) fn section(&mut self, depth: usize) -> Option<&mut Node> {
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
pub(super) fn bring_along(
    device: &Device<'_>,
    mode: &str,
    section: &mut Node,
    words: &[&str],
) -> Attempt {
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
