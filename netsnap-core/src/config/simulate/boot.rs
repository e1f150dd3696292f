//! How does printed text become the tree of a device that has just booted?

use super::known::Known;
use super::peers;
use super::place::{Arrivals, literal_place};
use super::switch;
use super::table::Table;
use super::tree::{Document, Node};
use crate::error::{Error, ErrorKind, Result};

/// Reads a running configuration as the device printed it.
///
/// # Errors
/// `ConfigurationInvalid` for a control character.
pub(super) fn boot(table: &Table, running: &str) -> Result<Document> {
    if let Some(line) = running.lines().position(|line| line.contains(unusable)) {
        return Err(Error::new(
            ErrorKind::ConfigurationInvalid,
            "a line holds a control character",
        )
        .during("config.simulate")
        .with("line", line + 1)
        .hint("take the terminal's control characters out of the text"));
    }
    let lines: Vec<&str> = running.split('\n').collect();
    let start = preamble(&lines);
    let mut reader = Reader {
        table,
        lines: &lines,
        at: start,
    };
    let mut root = Node {
        keeps: true,
        ..Node::default()
    };
    reader.fill(&mut root, "global");
    Ok(Document {
        preamble: owned(&lines[..start]),
        root,
        tail: owned(&lines[reader.at..]),
    })
}

/// A banner's end mark (ETX) is printed as itself by some.
fn unusable(c: char) -> bool {
    c.is_control() && c != '\t' && c != '\u{3}'
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// The lines up to and including `Current configuration`.
fn preamble(lines: &[&str]) -> usize {
    lines
        .iter()
        .take(20)
        .position(|line| line.starts_with("Current configuration"))
        .map_or(0, |index| index + 1)
}

#[derive(Debug)]
struct Reader<'a> {
    table: &'a Table,
    lines: &'a [&'a str],
    at: usize,
}

impl Reader<'_> {
    /// Reads the children of a section, as far as they are indented like the first.
    fn fill(&mut self, section: &mut Node, mode: &str) {
        let indent = self.next_indent();
        let mut arrivals = Arrivals::default();
        loop {
            let start = self.at;
            let before = self.separators();
            let here = self.lines.get(self.at).copied();
            let Some(line) = here.filter(|line| width(line) >= indent && !ends(line)) else {
                self.at = start;
                return;
            };
            let node = self.node(line, mode, (&section.children, &mut arrivals));
            match (mode, one_by_one(&node)) {
                ("global", Some(headers)) => {
                    for header in headers {
                        let node = self.node_of(&header, mode, (&section.children, &mut arrivals));
                        settle(section, node);
                    }
                }
                _ => settle(section, Node { before, ..node }),
            }
        }
    }

    fn node(
        &mut self,
        line: &str,
        mode: &str,
        (siblings, arrivals): (&[Node], &mut Arrivals),
    ) -> Node {
        let (indent, text) = line.split_at(width(line));
        self.at += 1;
        let mut node = self.node_of(text, mode, (siblings, arrivals));
        node.text = text.to_owned() + &self.rest_of_banner(text);
        node.indent = indent.to_owned();
        let inner = node.mode.clone().unwrap_or_default();
        if self.next_indent() > indent.len() {
            self.fill(&mut node, &inner);
        }
        if inner == "router-bgp" {
            peers::seat_all(&mut node);
        }
        node.close = self.close(indent.len());
        if node.trails || (node.close.is_some() && self.is_last_of_section(indent.len())) {
            node.after = self.separators();
        }
        node
    }

    /// Returns a line alone, by its rule.
    fn node_of(
        &self,
        text: &str,
        mode: &str,
        (siblings, arrivals): (&[Node], &mut Arrivals),
    ) -> Node {
        let mut node = match Known::find(self.table, mode, text) {
            Some(known) => {
                let placed = Known {
                    arrivals: Some(arrivals),
                    ..known.clone()
                };
                let node = placed.node(siblings);
                arrivals.note(known.rule, &known.words, node.place.as_ref());
                node
            }
            None => Node {
                key: text.to_owned(),
                literal: true,
                place: self
                    .table
                    .modes
                    .get(mode)
                    .and_then(|mode| literal_place(mode, text)),
                ..Node::default()
            },
        };
        node.text = text.to_owned();
        node.booted = true;
        node
    }

    /// Returns the lines of a banner behind its first one.
    fn rest_of_banner(&mut self, first: &str) -> String {
        let mut rest = String::new();
        let Some(mark) = open_mark(first) else {
            return rest;
        };
        while let Some(line) = self.lines.get(self.at) {
            self.at += 1;
            rest.push('\n');
            rest.push_str(line);
            if line.contains(mark) {
                break;
            }
        }
        rest
    }

    fn close(&mut self, indent: usize) -> Option<String> {
        let line = self.lines.get(self.at)?;
        let closes = width(line) == indent && is_close(line.trim());
        closes.then(|| {
            self.at += 1;
            line.trim().to_owned()
        })
    }

    /// Says whether separators and then the end of the section around follow.
    fn is_last_of_section(&self, indent: usize) -> bool {
        let mut rest = self.lines[self.at.min(self.lines.len())..].iter();
        let next = rest.find(|line| !is_separator(line));
        next.is_some_and(|line| width(line) < indent && is_close(line.trim()))
    }

    fn separators(&mut self) -> Vec<String> {
        let start = self.at;
        while self
            .lines
            .get(self.at)
            .is_some_and(|line| is_separator(line))
        {
            self.at += 1;
        }
        owned(&self.lines[start..self.at])
    }

    fn next_indent(&self) -> usize {
        self.lines[self.at.min(self.lines.len())..]
            .iter()
            .find(|line| !is_separator(line))
            .map_or(0, |line| width(line))
    }
}

/// Returns the VLANs of `vlan 1,10-12` as lines of their own: each of them can be named, changed and taken away.
fn one_by_one(node: &Node) -> Option<Vec<String>> {
    let list = node.text.strip_prefix("vlan ")?;
    let is_list = node.literal && node.children.is_empty() && list.contains([',', '-']);
    let vlans = switch::read(list).filter(|_| is_list)?;
    Some(vlans.iter().map(|vlan| format!("vlan {vlan}")).collect())
}

/// Puts a node behind the others; a VLAN of a list may come again with what is said of it.
fn settle(section: &mut Node, node: Node) {
    let is_vlan = node.text.starts_with("vlan ");
    match section.child_mut(&node.key).filter(|_| is_vlan) {
        Some(listed) if listed.children.is_empty() => *listed = node,
        Some(_) if node.children.is_empty() => {}
        _ => section.children.push(node),
    }
}

fn width(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_separator(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('!')
}

fn is_close(word: &str) -> bool {
    word == "exit" || word.starts_with("exit-")
}

fn ends(line: &str) -> bool {
    *line == *"end" || is_close(line.trim())
}

/// Returns the mark that ends a banner, when the first line does not hold it twice.
fn open_mark(line: &str) -> Option<&str> {
    let mut words = line.splitn(3, ' ');
    let (Some("banner"), Some(_), Some(rest)) = (words.next(), words.next(), words.next()) else {
        return None;
    };
    let end = if rest.starts_with("^C") {
        2
    } else {
        rest.chars().next()?.len_utf8()
    };
    let (mark, behind) = rest.split_at(end);
    (!behind.contains(mark) && (mark == "^C" || !mark.starts_with(char::is_alphanumeric)))
        .then_some(mark)
}
