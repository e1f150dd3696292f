//! What stands in the configuration of the simulated device, and how is it printed?

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::BuildHasher as _;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use foldhash::fast::{FixedState, RandomState};

use super::address::Prefix;
use super::place::Place;

/// A line or a section with what stands in it. Copies share it until one of them changes: a device is copied at each step
/// of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// Made of the key: a child is looked for among thousands, most of which are told apart by it without being read.
    tag: u64,
    line: Arc<Line>,
}

/// What is known of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// White space before the text, as printed.
    pub(super) indent: Cow<'static, str>,
    /// The line; a banner spans several.
    pub(super) text: String,
    /// Separators and comments printed before it, raw.
    pub(super) before: Vec<String>,
    /// What identifies it among its siblings.
    pub(super) key: String,
    /// Whether no rule knows it.
    pub(super) literal: bool,
    /// Whether it is a text that the device reads to its end without a prompt.
    pub(super) is_text: bool,
    /// Where it prints among its siblings; none where that is unknown.
    pub(super) place: Option<Place>,
    /// Neighbours of one block have no separator between them.
    pub(super) block: Option<String>,
    /// The mode that it enters.
    pub(super) mode: Option<String>,
    /// Printed at the end of the section.
    pub(super) close: Option<String>,
    /// Whether the section is printed when it is empty.
    pub(super) keeps: bool,
    /// Whether the device had it when it booted.
    pub(super) booted: bool,
    /// Whether a `!` stands behind the section.
    pub(super) trails: bool,
    /// Printed behind the end of the section, raw.
    pub(super) after: Vec<String>,
    /// What it knows of lines that are gone.
    pub(super) memory: Option<String>,
    /// In the order of printing.
    pub(super) children: Vec<Node>,
    /// The addresses that it has, where it is an interface and somebody asked.
    pub(super) networks: Found<Box<[Prefix]>>,
}

/// What was found in a line and what stands in it, and is forgotten where one of them changes: no part of what it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Found<T>(OnceLock<T>);

impl<T> Found<T> {
    /// Returns what was found before, or looks for it.
    pub(super) fn or_look(&self, look: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(look)
    }
}

impl<T> PartialEq for Found<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Found<T> {}

impl Default for Node {
    fn default() -> Self {
        Self::from(Line::default())
    }
}

impl From<Line> for Node {
    fn from(line: Line) -> Self {
        Self {
            tag: tag(&line.key),
            line: Arc::new(line),
        }
    }
}

fn tag(key: &str) -> u64 {
    FixedState::default().hash_one(key)
}

impl Deref for Node {
    type Target = Line;

    fn deref(&self) -> &Line {
        &self.line
    }
}

impl DerefMut for Node {
    fn deref_mut(&mut self) -> &mut Line {
        let line = Arc::make_mut(&mut self.line);
        line.networks = Found::default();
        line
    }
}

/// Whether a new node gets a separator before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// It does not.
    Never,
    /// It does, unless a sibling of its block stands before it.
    Block,
}

impl Node {
    /// Returns the child that a key identifies.
    pub(super) fn child(&self, key: &str) -> Option<&Self> {
        let tag = tag(key);
        self.children.iter().find(|child| child.has_key(tag, key))
    }

    /// Returns the child that a key identifies, to change it.
    pub(super) fn child_mut(&mut self, key: &str) -> Option<&mut Self> {
        let tag = tag(key);
        let mut children = self.children.iter_mut();
        children.find(|child| child.has_key(tag, key))
    }

    fn has_key(&self, tag: u64, key: &str) -> bool {
        debug_assert_eq!(self.tag, self::tag(&self.key), "{}", self.key);
        self.tag == tag && self.key == key
    }

    /// Gives it another key: the only way to do so.
    pub(super) fn identify(&mut self, key: String) {
        self.tag = tag(&key);
        self.key = key;
    }

    /// Returns the white space before its children.
    pub(super) fn inner_indent(&self) -> Cow<'static, str> {
        match self.children.first() {
            Some(child) => child.indent.clone(),
            None if self.mode.is_none() => Cow::Borrowed(""),
            None => format!("{} ", self.indent).into(),
        }
    }

    /// Puts a child where it prints.
    pub(super) fn insert(&mut self, mut child: Self, separator: &Separator) {
        child.indent = self.inner_indent();
        if child.trails {
            child.after = vec![format!("{}!", child.indent)];
        }
        let at = self.position(&child);
        if *separator == Separator::Block {
            self.separate(&mut child, at);
        }
        self.children.insert(at, child);
    }

    /// After the last sibling that prints before it or equal, else before the first that prints after it.
    fn position(&self, child: &Self) -> usize {
        let siblings = &self.children;
        if child.place.is_none() {
            return siblings.len();
        }
        let before = |sibling: &Self| sibling.place.is_some() && sibling.place <= child.place;
        siblings
            .iter()
            .rposition(before)
            .map(|last| last + 1)
            .or_else(|| siblings.iter().position(|sibling| sibling.place.is_some()))
            .unwrap_or(siblings.len())
    }

    fn separate(&mut self, child: &mut Self, at: usize) {
        if child.trails {
            return;
        }
        let same = |sibling: &Self| child.block.is_some() && sibling.block == child.block;
        if at > 0 && same(&self.children[at - 1]) {
            return;
        }
        child.before = match self.children.get_mut(at) {
            Some(next) if same(next) => std::mem::take(&mut next.before),
            _ => vec![format!("{}!", child.indent)],
        };
    }

    /// Takes out the children that a question picks; says whether there were any.
    pub(super) fn take_out(&mut self, picked: impl Fn(&Self) -> bool) -> bool {
        let count = self.children.len();
        let mut from = 0;
        while let Some(ahead) = self.children[from..].iter().position(&picked) {
            let at = from + ahead;
            from = at;
            let gone = self.children.remove(at);
            if let Some(next) = self.children.get_mut(at)
                && gone.block.is_some()
                && next.block == gone.block
                && next.before.is_empty()
            {
                next.before.clone_from(&gone.before);
            }
        }
        self.children.len() < count
    }

    /// Says whether the device prints it.
    pub(super) fn is_printed(&self) -> bool {
        self.mode.is_none() || self.keeps || self.children.iter().any(Self::is_printed)
    }

    /// Says whether it is printed as another one is, but for blanks and separators.
    fn is_like(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.line, &other.line)
            || (self.text == other.text && are_like(&self.children, &other.children))
    }

    /// Where it is kept: equal for copies that share it.
    fn address(&self) -> *const Line {
        Arc::as_ptr(&self.line)
    }

    pub(super) fn print(&self, out: &mut String) {
        if !self.is_printed() {
            return;
        }
        for line in &self.before {
            push(out, "", line);
        }
        push(out, &self.indent, &self.text);
        for child in &self.children {
            child.print(out);
        }
        if let Some(close) = &self.close {
            push(out, &self.indent, close);
        }
        for line in &self.after {
            push(out, "", line);
        }
    }
}

/// Leaves out what two lists share at their ends; two states of a device share most.
fn unshared<'n>(some: &'n [Node], others: &'n [Node]) -> (&'n [Node], &'n [Node]) {
    let is_shared = |(one, other): &(&Node, &Node)| one.address() == other.address();
    let head = some.iter().zip(others).take_while(is_shared).count();
    let (some, others) = (&some[head..], &others[head..]);
    let ends = some.iter().rev().zip(others.iter().rev());
    let tail = ends.take_while(is_shared).count();
    (&some[..some.len() - tail], &others[..others.len() - tail])
}

fn addresses(nodes: &[Node]) -> HashSet<*const Line, RandomState> {
    nodes.iter().map(Node::address).collect()
}

/// Returns those nodes that others share, in their order.
fn shared(some: &[Node], others: &[Node]) -> impl Iterator<Item = *const Line> {
    let others = addresses(others);
    let addresses = some.iter().map(Node::address);
    addresses.filter(move |address| others.contains(address))
}

fn are_like(some: &[Node], others: &[Node]) -> bool {
    some.len() == others.len()
        && some
            .iter()
            .zip(others)
            .all(|(one, other)| one.is_like(other))
}

fn push(out: &mut String, indent: &str, line: &str) {
    out.push_str(indent);
    out.push_str(line);
    out.push('\n');
}

/// Returns white space as a line keeps it; as a rule it is nothing but a few blanks.
pub(super) fn indent(blanks: &str) -> Cow<'static, str> {
    const BLANKS: &str = "                                ";
    match BLANKS.get(..blanks.len()) {
        Some(same) if same == blanks => Cow::Borrowed(same),
        _ => Cow::Owned(blanks.to_owned()),
    }
}

/// A whole running configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    /// What the device prints before the configuration, raw.
    pub(super) preamble: Vec<String>,
    /// The global section.
    pub(super) root: Node,
    /// What it prints behind, raw.
    pub(super) tail: Vec<String>,
    /// How long about it is when printed.
    pub(super) length: usize,
}

impl Document {
    /// Says whether it is printed as another one is, but for blanks and separators; no where that is not sure.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        are_like(&self.root.children, &other.root.children)
    }

    /// Says whether the same sections and lines stand at the top in the same order, whatever is in them.
    pub(super) fn has_tops_of(&self, other: &Self) -> bool {
        let (own, others) = (&self.root.children, &other.root.children);
        let is_same = |(one, other): (&Node, &Node)| {
            one.address() == other.address() || (one.key == other.key && one.text == other.text)
        };
        own.len() == others.len() && own.iter().zip(others).all(is_same)
    }

    /// Says whether what stands at the top here and in another state of the same device as well has the same order in both.
    pub(super) fn keeps_order_of(&self, other: &Self) -> bool {
        let (own, others) = unshared(&self.root.children, &other.root.children);
        shared(own, others).eq(shared(others, own))
    }

    /// Prints what stands at the top here and not in another state of the same device, sections with all that is in them.
    pub(super) fn print_beside(&self, other: &Self) -> String {
        let (own, others) = unshared(&self.root.children, &other.root.children);
        let others = addresses(others);
        let mut out = String::new();
        own.iter()
            .filter(|node| !others.contains(&node.address()))
            .for_each(|node| node.print(&mut out));
        out
    }

    /// Prints what stands before the configuration.
    pub(super) fn print_head(&self, out: &mut String) {
        for line in &self.preamble {
            push(out, "", line);
        }
    }

    /// Prints it as the device does.
    pub(super) fn print(&self) -> String {
        let mut out = String::with_capacity(self.length);
        self.print_head(&mut out);
        for child in &self.root.children {
            child.print(&mut out);
        }
        out.push_str(&self.tail.join("\n"));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::Part;
    use super::*;

    fn node(text: &str, rank: u128, block: &str) -> Node {
        Node::from(Line {
            text: text.to_owned(),
            key: text.to_owned(),
            place: Some(vec![Part::Number(rank)]),
            block: Some(block.to_owned()),
            ..Line::default()
        })
    }

    fn texts(root: &Node) -> Vec<&str> {
        root.children
            .iter()
            .flat_map(|child| {
                child
                    .before
                    .iter()
                    .map(String::as_str)
                    .chain([child.text.as_str()])
            })
            .collect()
    }

    #[test]
    fn a_block_has_one_separator_whatever_the_order_of_arrival() {
        let mut root = Node::default();
        for (text, rank, block) in [("b2", 4, "b"), ("a", 1, "a"), ("b1", 3, "b"), ("c", 9, "c")] {
            root.insert(node(text, rank, block), &Separator::Block);
        }
        assert_eq!(texts(&root), ["!", "a", "!", "b1", "b2", "!", "c"]);
        root.take_out(|child| child.text == "b1");
        assert_eq!(texts(&root), ["!", "a", "!", "b2", "!", "c"]);
        root.take_out(|child| child.text == "b2");
        assert_eq!(texts(&root), ["!", "a", "!", "c"]);
    }

    #[test]
    fn a_state_prints_what_another_one_does_not_share() {
        let state = |nodes: &[&Node]| Document {
            root: Node::from(Line {
                children: nodes.iter().map(|node| (*node).clone()).collect(),
                ..Line::default()
            }),
            ..Document::default()
        };
        let all = ["a", "b", "c", "d"].map(|text| node(text, 0, text));
        let [a, b, c, d] = &all;
        let (one, other) = (state(&[a, b, c, d]), state(&[a, c, d]));
        assert_eq!(one.print_beside(&other), "b\n");
        assert_eq!(other.print_beside(&one), "");
        let (one, other) = (state(&[a, b, a]), state(&[b, a]));
        assert_eq!(one.print_beside(&other), "a\n");
        assert_eq!(state(&[c, a]).print_beside(&state(&[a, d, c])), "");
        assert_eq!(state(&[a]).print_beside(&state(&[])), "a\n");
    }

    #[test]
    fn an_unknown_line_stays_where_it_was() {
        let mut unknown = node("?", 0, "?");
        unknown.place = None;
        let mut root = Node::from(Line {
            children: vec![node("a", 1, "a"), unknown, node("z", 9, "z")],
            ..Line::default()
        });
        root.insert(node("b", 2, "b"), &Separator::Never);
        assert_eq!(texts(&root), ["a", "b", "?", "z"]);
    }

    #[test]
    fn a_child_is_found_by_the_key_that_it_has_now() {
        let mut root = node("", 0, "");
        root.children = vec![node("one", 1, ""), node("two", 2, "")];
        root.child_mut("one").unwrap().identify("three".to_owned());
        assert!(root.child("one").is_none());
        assert_eq!(root.child("three").unwrap().text, "one");
    }

    #[test]
    fn what_was_found_is_forgotten_with_a_change() {
        let prefix = |text: &str| vec![Prefix::parse(text).unwrap()].into_boxed_slice();
        let mut port = node("interface eth1", 1, "");
        let copy = port.clone();
        let found = |port: &Node, text| port.networks.or_look(|| prefix(text)).clone();
        assert_eq!(found(&port, "10.0.0.1/24"), prefix("10.0.0.1/24"));
        assert_eq!(found(&port, "10.0.0.2/24"), prefix("10.0.0.1/24"));
        port.children.push(node("shutdown", 1, ""));
        assert_eq!(found(&port, "10.0.0.2/24"), prefix("10.0.0.2/24"));
        assert_eq!(found(&copy, "10.0.0.3/24"), prefix("10.0.0.1/24"));
    }
}
