//! How does printed text become the tree of a device that has just booted?

use super::known::Known;
use super::peers;
use super::place::{Arrivals, literal_place};
use super::reading::Reading;
use super::switch;
use super::table::Table;
use super::tree::{self, Document, Node, indent};
use crate::error::{Error, ErrorKind, Result};

/// Reads a running configuration as the device printed it.
///
/// # Errors
/// `ConfigurationInvalid` for a control character.
pub(super) fn boot(table: &Table, running: &str) -> Result<Document> {
    if let Some(line) = running.lines().position(unusable) {
        return Err(Error::new(
            ErrorKind::ConfigurationInvalid,
            "a line holds a control character",
        )
        .during("config.simulate")
        .with("line", line + 1)
        .hint("take the terminal's control characters out of the text"));
    }
    let lines: Vec<Line<'_>> = running.split('\n').map(Line::of).collect();
    let start = preamble(&lines);
    let mut reader = Reader {
        table,
        lines: &lines,
        at: start,
    };
    let mut root = Node::from(tree::Line {
        keeps: true,
        ..tree::Line::default()
    });
    reader.fill(&mut root, "global");
    Ok(Document {
        preamble: owned(&lines[..start]),
        root,
        tail: owned(&lines[reader.at..]),
        length: running.len() + running.len() / 16,
    })
}

fn unusable(line: &str) -> bool {
    // A banner's end mark (ETX) is printed as itself by some.
    let is_unusable = |c: char| c.is_control() && c != '\t' && c != '\u{3}';
    // Most lines are printable ASCII, which is seen without reading characters.
    let others = |found, byte: &u8| found | !matches!(byte, b' '..=b'~');
    line.as_bytes().iter().fold(false, others) && line.contains(is_unusable)
}

fn owned(lines: &[Line<'_>]) -> Vec<String> {
    lines.iter().map(|line| line.raw.to_owned()).collect()
}

/// A line of the text, looked at once.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    raw: &'a str,
    /// How much white space stands before it.
    width: usize,
    /// Whether nothing stands in it, or a comment.
    separates: bool,
    /// Whether it ends a section.
    closes: bool,
}

impl<'a> Line<'a> {
    fn of(raw: &'a str) -> Self {
        let text = raw.trim_start();
        Self {
            raw,
            width: raw.len() - text.len(),
            separates: text.is_empty() || text.starts_with('!'),
            closes: text.starts_with("exit") && is_close(text.trim_end()),
        }
    }

    fn ends(&self) -> bool {
        self.raw == "end" || self.closes
    }
}

/// The lines up to and including `Current configuration`.
fn preamble(lines: &[Line<'_>]) -> usize {
    lines
        .iter()
        .take(20)
        .position(|line| line.raw.starts_with("Current configuration"))
        .map_or(0, |index| index + 1)
}

#[derive(Debug)]
struct Reader<'a> {
    table: &'a Table,
    lines: &'a [Line<'a>],
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
            let Some(line) = here.filter(|line| line.width >= indent && !line.ends()) else {
                self.at = start;
                return;
            };
            let text = (mode == "global").then(|| self.text(line)).flatten();
            let mut node =
                text.unwrap_or_else(|| self.node(line, mode, (&section.children, &mut arrivals)));
            if node.literal && self.says_nothing(mode, &node.text) {
                continue;
            }
            match (mode, one_by_one(&node)) {
                ("global", Some(headers)) => {
                    for header in headers {
                        let node = self.node_of(&header, mode, (&section.children, &mut arrivals));
                        settle(section, node);
                    }
                }
                _ => {
                    node.before = before;
                    settle(section, node);
                }
            }
        }
    }

    /// Says whether a line says that something does not stand which a rule knows: some devices print that.
    fn says_nothing(&self, mode: &str, line: &str) -> bool {
        let Some(words) = line.strip_prefix("no ") else {
            return false;
        };
        let mode = self.table.modes.get(mode);
        let mut rules = mode.into_iter().flat_map(|mode| &mode.lines);
        rules.any(|rule| rule.absence.as_deref() == Some(words))
    }

    fn node(
        &mut self,
        line: Line<'_>,
        mode: &str,
        (siblings, arrivals): (&[Node], &mut Arrivals),
    ) -> Node {
        let (blanks, text) = line.raw.split_at(line.width);
        self.at += 1;
        let mut node = self.node_of(text, mode, (siblings, arrivals));
        node.indent = indent(blanks);
        let inner = node.mode.clone().unwrap_or_default();
        if self.next_indent() > line.width {
            self.fill(&mut node, &inner);
        }
        if inner == "router-bgp" {
            peers::seat_all(&mut node);
        }
        node.close = self.close(line.width);
        if node.trails || (node.close.is_some() && self.is_last_of_section(line.width)) {
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
                let rule = known.rule;
                let placed = Known {
                    arrivals: Some(arrivals),
                    ..known
                };
                let node = placed.node(siblings);
                let words = placed.words;
                arrivals.note(rule, &words, node.place.as_ref());
                node
            }
            None => Node::from(tree::Line {
                key: text.to_owned(),
                literal: true,
                place: self
                    .table
                    .modes
                    .get(mode)
                    .and_then(|mode| literal_place(mode, text)),
                ..tree::Line::default()
            }),
        };
        if node.text != text {
            text.clone_into(&mut node.text);
        }
        node.booted = true;
        node
    }

    /// Returns a text that is read to its end as one line.
    fn text(&mut self, line: Line<'_>) -> Option<Node> {
        let (mut reading, first) = Reading::printed(&self.table.texts, line.raw)?;
        self.at += 1;
        let mut is_whole = first.is_some_and(|first| reading.feed(first));
        while !is_whole && let Some(Line { raw, .. }) = self.lines.get(self.at) {
            self.at += 1;
            is_whole = reading.feed(raw);
        }
        Some(reading.booted())
    }

    fn close(&mut self, indent: usize) -> Option<String> {
        let line = self.lines.get(self.at)?;
        (line.closes && line.width == indent).then(|| {
            self.at += 1;
            line.raw.trim().to_owned()
        })
    }

    /// Says whether separators and then the end of the section around follow.
    fn is_last_of_section(&self, indent: usize) -> bool {
        let mut rest = self.lines[self.at.min(self.lines.len())..].iter();
        let next = rest.find(|line| !line.separates);
        next.is_some_and(|line| line.closes && line.width < indent)
    }

    fn separators(&mut self) -> Vec<String> {
        let start = self.at;
        while self.lines.get(self.at).is_some_and(|line| line.separates) {
            self.at += 1;
        }
        owned(&self.lines[start..self.at])
    }

    fn next_indent(&self) -> usize {
        self.lines[self.at.min(self.lines.len())..]
            .iter()
            .find(|line| !line.separates)
            .map_or(0, |line| line.width)
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
    if !node.text.starts_with("vlan ") {
        return section.children.push(node);
    }
    match section.child_mut(&node.key) {
        Some(listed) if listed.children.is_empty() => *listed = node,
        Some(_) if node.children.is_empty() => {}
        _ => section.children.push(node),
    }
}

fn is_close(word: &str) -> bool {
    word == "exit" || word.starts_with("exit-")
}
