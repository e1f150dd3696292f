//! What does a device read to its end without showing a prompt?
//!
//! What is typed from the first line of a banner to its last one is no command. A text that ends too early turns the rest into
//! commands, and one that never ends takes in all that is typed behind it.

use serde::Deserialize;

use super::tree::{Line, Node};
use super::{LineDevice, Response, boot};
use crate::error::Result;

/// What a terminal or the device may take for something else than a part of the text.
const DOUBTFUL: [char; 1] = ['?'];

/// A kind of such texts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    /// The words that it begins with, a `|` between those of which one stands there, `*` for any.
    begins: String,
    /// The line that ends it; where there is none, its first character does, which may not stand in it.
    #[serde(default)]
    end: Option<String>,
    /// What the device prints in place of that character; the character itself where this is left out.
    #[serde(default)]
    prints: Option<String>,
    /// Characters that may not end it.
    #[serde(default)]
    never_ends: String,
    /// How many lines, and how many characters in one, the device is known to take.
    lines: usize,
    width: usize,
    /// The document that says so; a kind without one proves nothing.
    #[serde(default)]
    source: Option<String>,
}

impl Kind {
    /// Returns the words that a line begins with, spelled plainly, and what stands behind them.
    fn begins<'l>(&self, line: &'l str) -> Option<(String, &'l str)> {
        let mut head: Vec<&str> = Vec::new();
        let mut rest = line;
        for form in self.begins.split(' ') {
            rest = rest.trim_start();
            let (word, behind) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
            let fits = form == "*" || form.split('|').any(|one| one == word);
            if word.is_empty() || !fits {
                return None;
            }
            head.push(word);
            rest = behind;
        }
        Some((head.join(" "), rest.trim_start()))
    }
}

/// How a text ends.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// With a line of its own.
    Line(String),
    /// With the next of these characters.
    Mark(String),
}

/// A text that is being read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    kind: Kind,
    head: String,
    end: End,
    lines: Vec<String>,
    is_sure: bool,
}

impl Reading {
    /// Begins to read a text as somebody types it; returns with it what stands in its first line.
    pub(super) fn typed<'l>(kinds: &[Kind], line: &'l str) -> Option<(Self, Option<&'l str>)> {
        kinds.iter().find_map(|kind| Self::begun(kind, line, None))
    }

    /// Begins to read a text as the device prints it.
    pub(super) fn printed<'l>(kinds: &[Kind], line: &'l str) -> Option<(Self, Option<&'l str>)> {
        let prints = |kind: &Kind| kind.prints.clone();
        kinds
            .iter()
            .find_map(|kind| Self::begun(kind, line, prints(kind).as_deref()))
    }

    fn begun<'l>(
        kind: &Kind,
        line: &'l str,
        shown: Option<&str>,
    ) -> Option<(Self, Option<&'l str>)> {
        let (head, rest) = kind.begins(line)?;
        let reading = |end, is_sure| Self {
            kind: kind.clone(),
            head,
            end,
            lines: Vec::new(),
            is_sure,
        };
        if let Some(end) = &kind.end {
            return Some((reading(End::Line(end.clone()), rest.is_empty()), None));
        }
        let first = rest.chars().next()?;
        let length = match shown {
            Some(shown) if rest.starts_with(shown) => shown.len(),
            _ => first.len_utf8(),
        };
        let (mark, inside) = rest.split_at(length);
        // Two characters are how the device shows one that nobody types: what it makes of the two is another text.
        let is_shown = kind
            .prints
            .as_deref()
            .is_some_and(|shown| rest.starts_with(shown));
        let is_sure = first.is_ascii_punctuation() && !kind.never_ends.contains(first) && !is_shown;
        Some((reading(End::Mark(mark.to_owned()), is_sure), Some(inside)))
    }

    /// Takes a line of the text; says whether it was the last one.
    pub(super) fn feed(&mut self, line: &str) -> bool {
        match &self.end {
            End::Line(end) if line.trim() == end => {
                self.is_sure &= line == end;
                true
            }
            End::Mark(mark) => match line.split_once(mark.as_str()) {
                Some((last, behind)) => {
                    self.is_sure &= behind.is_empty();
                    self.lines.push(last.to_owned());
                    true
                }
                None => self.add(line),
            },
            End::Line(_) => self.add(line),
        }
    }

    fn add(&mut self, line: &str) -> bool {
        self.lines.push(line.to_owned());
        false
    }

    /// Returns the words that it begins with.
    pub(super) fn head(&self) -> &str {
        &self.head
    }

    /// Says whether it is known that the device takes the text as it was typed.
    pub(super) fn is_sure(&self) -> bool {
        let says_something = self.lines.iter().any(|line| !line.trim().is_empty());
        self.is_sure
            && self.kind.source.is_some()
            && says_something
            && self.lines.len() <= self.kind.lines
            && self.lines.iter().all(|line| self.is_plain(line))
    }

    /// Says whether a line is kept as it is typed: blanks at its end may go, and some characters call for help.
    fn is_plain(&self, line: &str) -> bool {
        let is_plain = |c: char| (c == ' ' || c.is_ascii_graphic()) && !DOUBTFUL.contains(&c);
        line.len() <= self.kind.width && !line.ends_with(' ') && line.chars().all(is_plain)
    }

    /// Returns the text as the device prints it.
    pub(super) fn node(self) -> Node {
        let inside = self.lines.join("\n");
        let text = match (&self.end, &self.kind.prints) {
            (End::Line(end), _) if self.lines.is_empty() => format!("{}\n{end}", self.head),
            (End::Line(end), _) => format!("{}\n{inside}\n{end}", self.head),
            (End::Mark(_), Some(shown)) => format!("{} {shown}{inside}{shown}", self.head),
            (End::Mark(mark), None) => format!("{} {mark}{inside}{mark}", self.head),
        };
        Node::from(Line {
            key: self.head,
            is_text: true,
            text,
            ..Line::default()
        })
    }

    /// Returns the text of a device that boots with it.
    pub(super) fn booted(self) -> Node {
        let mut node = self.node();
        node.booted = true;
        node
    }
}

/// Returns what identifies the text that a line takes away.
pub(super) fn removed(kinds: &[Kind], line: &str) -> Option<String> {
    let named = line.trim().strip_prefix("no ")?;
    let found = kinds.iter().find_map(|kind| kind.begins(named));
    found.and_then(|(head, rest)| rest.is_empty().then_some(head))
}

/// Puts a text in the place of the one of its kind.
pub(super) fn put(root: &mut Node, node: Node) {
    match root.child_mut(&node.key) {
        Some(stands) => {
            *stands = Node::from(Line {
                before: stands.before.clone(),
                ..(*node).clone()
            });
        }
        None => root.children.push(node),
    }
}

/// Says whether a configuration plainly says all of the texts of a device, and no other.
pub(super) fn are_said(kinds: &[Kind], root: &Node, text: &str) -> bool {
    let begins = |line: &&str| kinds.iter().any(|kind| kind.begins(line).is_some());
    let own: Vec<&Node> = texts(root).collect();
    let count = match kinds.is_empty() {
        true => 0,
        false => text.lines().filter(begins).count(),
    };
    own.len() == count && own.iter().all(|node| text.contains(node.text.as_str()))
}

/// Says whether two devices have the same texts.
pub(super) fn have_the_same(one: &Node, other: &Node) -> bool {
    let is_in = |root: &Node, node: &Node| {
        root.child(&node.key)
            .is_some_and(|same| inside(same) == inside(node))
    };
    texts(one).all(|node| is_in(other, node)) && texts(other).all(|node| is_in(one, node))
}

/// Returns what a text says, whatever ends it.
fn inside(node: &Node) -> &str {
    let said = node.text.strip_prefix(&node.key).unwrap_or_default();
    match said.strip_prefix(' ') {
        // What ends it, one character or two, stands before it too.
        Some(marked) => {
            let end = if marked.starts_with("^C") { 2 } else { 1 };
            let inside = marked.get(end..marked.len().saturating_sub(end));
            inside.unwrap_or(marked)
        }
        None => said,
    }
}

fn texts(root: &Node) -> impl Iterator<Item = &Node> {
    root.children.iter().filter(|child| child.is_text)
}

impl LineDevice {
    /// Begins to read a text, or takes one away; none for any other line.
    pub(super) fn text(&mut self, line: &str) -> Option<Response> {
        if let Some(key) = removed(&self.table.texts, line) {
            self.path.clear();
            self.document.root.take_out(|child| child.key == key);
            return Some(Response::taken(String::new()));
        }
        let (reading, rest) = Reading::typed(&self.table.texts, line)?;
        self.path.clear();
        Some(match rest {
            Some(rest) => self.read(reading, rest),
            None => {
                self.reading = Some(reading);
                Response::taken(String::new())
            }
        })
    }

    /// Reads a line of a text, which is none of the configuration's.
    pub(super) fn read(&mut self, mut reading: Reading, line: &str) -> Response {
        if !reading.feed(line) {
            self.reading = Some(reading);
            return Response::taken(String::new());
        }
        let modelled = reading.is_sure();
        put(&mut self.document.root, reading.node());
        Response {
            modelled,
            ..Response::taken(String::new())
        }
    }

    /// Says whether it is in the middle of a text.
    pub(super) fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Says whether its texts of several lines are those that a device has which booted with a text.
    pub(super) fn has_texts_of(&self, text: &str) -> Result<bool> {
        let root = &self.document.root;
        if are_said(&self.table.texts, root, text) {
            return Ok(true);
        }
        let booted = boot::boot(&self.table, text)?;
        Ok(have_the_same(root, &booted.root))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Simulation;

    /// What becomes of lines on a device: whether all were known, and what it prints.
    fn typed(platform: &str, running: &str, lines: &[&str]) -> (bool, String) {
        let mut device = Simulation::new(platform, running).unwrap();
        let answers: Vec<_> = lines.iter().map(|line| device.line(line)).collect();
        let is_sure = answers
            .iter()
            .all(|answer| answer.accepted && answer.modelled);
        let is_whole = device.commit().accepted;
        (is_sure && is_whole, device.running())
    }

    #[test]
    fn a_banner_is_read_to_its_mark_and_printed_as_the_device_shows_it() {
        let lines = [
            "banner motd #",
            "interface Loopback1",
            " ! no comment",
            "",
            "end#",
        ];
        let shown = "banner motd ^C\ninterface Loopback1\n ! no comment\n\nend^C\n";
        assert_eq!(typed("cisco_ios", "", &lines), (true, shown.to_owned()));
        // What is printed is read alike.
        assert_eq!(typed("cisco_ios", shown, &[]).1, shown);
        let other = typed("cisco_ios", shown, &["banner motd @one@"]);
        assert_eq!(other, (true, "banner motd ^Cone^C\n".to_owned()));
        assert_eq!(
            typed("cisco_ios", shown, &["no banner motd"]),
            (true, String::new())
        );
    }

    #[test]
    fn a_banner_of_eos_ends_with_a_line_of_its_own() {
        let lines = ["banner login", "no ip routing", " EO", "EOF"];
        let shown = "banner login\nno ip routing\n EO\nEOF\n";
        assert_eq!(typed("arista_eos", "", &lines), (true, shown.to_owned()));
        assert_eq!(
            typed("arista_eos", shown, &["no banner login"]),
            (true, String::new())
        );
    }

    #[test]
    fn nxos_prints_the_mark_that_was_typed() {
        let (is_sure, shown) = typed("cisco_nxos", "", &["banner motd #", "one", "#"]);
        assert!(is_sure);
        assert_eq!(shown, "banner motd #\none\n#\n");
    }

    #[test]
    fn what_may_be_read_otherwise_proves_nothing() {
        let long = "x".repeat(300);
        for lines in [
            &["banner motd ^C", "one", "^C"][..],
            &["banner motd #", "one", "# two"],
            &["banner motd xonex"],
            &["banner motd \"one\""],
            &["banner motd ##"],
            &["banner motd #", "help?", "#"],
            &["banner motd #", "one ", "#"],
            &["banner motd #", "caf\u{e9}", "#"],
            &["banner motd #", &long, "#"],
            &["banner motd #", "one"],
        ] {
            assert!(!typed("cisco_ios", "", lines).0, "{lines:?}");
        }
        assert!(!typed("arista_eos", "", &["banner motd", "one", " EOF"]).0);
    }

    #[test]
    fn a_text_in_its_middle_is_no_configuration() {
        let mut device = Simulation::new("cisco_ios", "hostname r1\n").unwrap();
        device.line("banner motd #");
        assert!(device.is_reading());
        device.line("hostname r2");
        assert_eq!(device.running(), "hostname r1\n");
        assert!(!device.commit().accepted);
        device.reset();
        assert!(!device.is_reading() && device.commit().accepted);
    }

    #[test]
    fn two_texts_are_told_apart_whatever_their_marks() {
        let device = Simulation::new("cisco_ios", "banner motd ^C\none\n^C\n").unwrap();
        assert!(device.is_as("banner motd @\none\n@\n").unwrap());
        assert!(!device.is_as("banner motd @\ntwo\n@\n").unwrap());
        assert!(!device.is_as("hostname r1\n").unwrap());
        let other = Simulation::new("cisco_ios", "hostname r1\n").unwrap();
        assert!(!other.is_as("hostname r1\nbanner motd @\none\n@\n").unwrap());
    }
}
