//! How does a device take lines that stand in sections, `no` before what goes, into a candidate?

use std::collections::HashSet;

use super::super::Response;
use super::beside;
use super::boot::invalid;
use super::edit::{self, Done, Shown};
use super::effects;
use super::junos::response;
use super::numbers;
use super::path::{Astray, Path, Place, Step, Target};
use super::schema::{Body, Found, Schema, SectionId, StatementId};
use super::seen;
use super::tree::Node;
use super::words::words;
use crate::error::Result;

/// Where the next line goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The sections around it.
    around: Vec<String>,
    /// A text that is being typed.
    text: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    key: String,
    end: String,
    lines: Vec<String>,
}

impl Cursor {
    /// Goes back to the outermost section.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Says whether a text has begun and not ended.
    pub(super) fn is_inside_text(&self) -> bool {
        self.text.is_some()
    }
}

/// How a platform writes sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// What stands before a line that goes.
    pub(super) negation: &'static str,
    /// What leaves a section.
    pub(super) leave: &'static str,
    /// What stands at the end of a section.
    pub(super) close: &'static str,
    /// How deep a level is indented.
    pub(super) indent: usize,
}

/// Cisco IOS XR.
pub(super) const IOS_XR: Style = Style {
    negation: "no",
    leave: "exit",
    close: "!",
    indent: 1,
};

/// DriveNets DNOS.
pub(super) const DNOS: Style = Style {
    indent: 2,
    ..IOS_XR
};

/// Huawei VRP.
pub(super) const VRP: Style = Style {
    negation: "undo",
    leave: "quit",
    close: "#",
    indent: 1,
};

/// A tree with its rules and a place in it.
#[derive(Debug)]
pub(super) struct Device<'d> {
    pub(super) style: Style,
    pub(super) schema: &'d Schema,
    pub(super) root: &'d mut Node,
    pub(super) cursor: &'d mut Cursor,
    /// The statements of which the device printed one when it booted; none while it boots.
    pub(super) seen: Option<&'d HashSet<StatementId>>,
    /// What it printed when it booted; none while it boots.
    pub(super) booted: Option<&'d Node>,
}

/// Reads a configuration as the device prints it: what belongs to a line is indented below it.
pub(super) fn boot(style: Style, schema: &Schema, text: &str) -> Result<Node> {
    let mut root = Node::default();
    let mut cursor = Cursor::default();
    let mut open: Vec<(usize, usize)> = Vec::new();
    for line in text.lines() {
        let mut device = Device {
            style,
            schema,
            root: &mut root,
            cursor: &mut cursor,
            seen: None,
            booted: None,
        };
        let text = line.trim();
        if device.cursor.text.is_some() {
            device.text_line(text);
            continue;
        }
        if is_silent(text) || is_around(text) {
            continue;
        }
        let width = line.len() - line.trim_start().len();
        while let Some((_, around)) = open.pop_if(|(indent, _)| *indent >= width) {
            device.cursor.around.truncate(around);
        }
        let around = device.cursor.around.len();
        device.printed(&words(text));
        open.push((width, around));
    }
    match cursor.text {
        Some(_) => Err(invalid("the text ends inside a statement")),
        None => {
            root.note_empty(schema);
            Ok(root)
        }
    }
}

/// Says whether a line only stands around a configuration.
fn is_around(line: &str) -> bool {
    OUTERMOST.contains(&line) || line.starts_with("Building configuration")
}

fn is_silent(line: &str) -> bool {
    line.is_empty() || line.starts_with(['!', '#'])
}

/// Lines that leave all sections, and stand at the end of some.
const OUTERMOST: [&str; 6] = [
    "root",
    "top",
    "end",
    "return",
    "end-policy-map",
    "end-class-map",
];

impl Device<'_> {
    /// Carries out one line of configuration mode.
    pub(super) fn line(&mut self, line: &str) -> Response {
        let text = line.trim();
        let done = match text {
            _ if self.cursor.text.is_some() => self.text_line(text),
            _ if is_silent(text) => Done::Surely,
            _ if text == self.style.leave => self.leave(),
            _ if OUTERMOST.contains(&text) => {
                self.cursor.reset();
                Done::Surely
            }
            _ => self.command(&words(text)),
        };
        response(&done)
    }

    fn leave(&mut self) -> Done {
        self.cursor.around.pop();
        Done::Surely
    }

    fn command(&mut self, words: &[String]) -> Done {
        match words.split_first() {
            Some((no, rest)) if no == self.style.negation => self.undo(words, rest),
            _ => self.set(words),
        }
    }

    /// Some negations are statements of their own.
    fn undo(&mut self, words: &[String], rest: &[String]) -> Done {
        let depth = self.cursor.around.len();
        let schema = self.schema;
        let section = self.section(depth).and_then(|(section, _)| section);
        let found = section.map(|section| schema.find(section, words));
        let is_known = matches!(found, Some(Found::Head(head))
            if schema.statement(head.statement).name() == self.style.negation);
        match is_known {
            true => self.set_here(words),
            false => self.remove(rest),
        }
    }

    /// The section at a depth; none where no rule knows it.
    fn section(&mut self, depth: usize) -> Option<(Option<SectionId>, &mut Node)> {
        let schema = self.schema;
        let mut section = Some(Schema::ROOT);
        let mut node = &mut *self.root;
        for key in &self.cursor.around[..depth] {
            node = node.children.get_mut(key)?;
            section = match node.rule(schema).map(|rule| &rule.body) {
                Some(Body::Section { section, .. }) => Some(*section),
                _ => None,
            };
        }
        Some((section, node))
    }

    /// The innermost section that knows how words begin; else the current one.
    fn depth(&mut self, knows: impl Fn(&Schema, SectionId) -> bool) -> usize {
        let deepest = self.cursor.around.len();
        let schema = self.schema;
        let mut known = (0..=deepest).rev().filter(|depth| {
            let section = self.section(*depth).and_then(|(section, _)| section);
            section.is_some_and(|section| knows(schema, section))
        });
        known.next().unwrap_or(deepest)
    }

    /// Sets a line where it is known: in the current section, else in one around it.
    fn set(&mut self, words: &[String]) -> Done {
        let depth = self.depth(|schema, section| {
            let path = Path::follow(schema, section, words);
            !matches!(
                path.as_ref().map(|path| path.steps.first()),
                Ok(Some(Step::Literal(_)))
            )
        });
        self.cursor.around.truncate(depth);
        self.set_here(words)
    }

    /// Sets a line that the device printed: where it stands.
    fn printed(&mut self, words: &[String]) {
        let length = self.cursor.around.len();
        if let Done::Refused(_) = self.set_here(words) {
            self.literally(words);
        }
        // What no rule knows may have lines below it.
        let is_batch = self.batch(words).is_some();
        if self.cursor.around.len() == length && self.cursor.text.is_none() && !is_batch {
            self.cursor.around.push(words.join(" "));
        }
    }

    fn literally(&mut self, words: &[String]) -> Done {
        let depth = self.cursor.around.len();
        if let Some((_, node)) = self.section(depth) {
            node.children.entry(Node::new(None, words.join(" "), None));
        }
        Done::Perhaps
    }

    fn set_here(&mut self, words: &[String]) -> Done {
        if let Some(numbers) = self.batch(words) {
            for number in numbers {
                self.set_here(&["vlan".to_owned(), number.to_string()]);
                self.leave();
            }
            return Done::Surely;
        }
        let (schema, seen) = (self.schema, self.seen);
        let depth = self.cursor.around.len();
        let Some((section, node)) = self.section(depth) else {
            return Done::Nothing;
        };
        let Some(section) = section else {
            node.children.entry(Node::new(None, words.join(" "), None));
            return Done::Perhaps;
        };
        let shorter = self.seen.and_then(|_| {
            let (_, node) = self.section(depth)?;
            effects::without_default(schema, (section, node), words)
        });
        let words = match &shorter {
            Some(words) if words.is_empty() => return Done::Surely,
            Some(words) => words,
            None => words,
        };
        let steps = match Path::follow(schema, section, words) {
            Ok(path) => path.steps,
            // A number out of its bounds is refused; other words may belong to a form that no rule knows.
            Err(Astray::Invalid) if ends_with_number(words) => return Astray::Invalid.into(),
            Err(_) => return self.literally(words),
        };
        if effects::is_more_than_one(schema, &steps) {
            return self.literally(words);
        }
        let place = (self.cursor.around.as_slice(), steps.as_slice());
        let has_place = beside::has_place(schema, self.root, place)
            && beside::lands_surely(schema, (self.root, self.booted), place);
        let shown = shown(self.booted, place);
        let Some((_, node)) = self.section(depth) else {
            return Done::Nothing;
        };
        let is_whole = effects::is_whole(schema, node, &steps);
        let done = match seen {
            Some(seen) => typed(schema, (section, node), (&steps, (words, shown), seen)),
            None => edit::set_in(schema, (section, node), (words, shown)),
        };
        match steps.last() {
            Some(Step::Enter(..)) => self.enter(&steps),
            Some(Step::Put(id, key, _)) => self.open_text(*id, key),
            _ => {}
        }
        match done {
            Done::Surely => Done::sure(has_place && is_whole),
            done => done,
        }
    }

    /// `vlan batch 10 20 to 22` stands for one `vlan` for each of them (VRP 8 command reference, VLAN commands).
    fn batch(&self, words: &[String]) -> Option<Vec<u16>> {
        let is_outermost = self.style == VRP && self.cursor.around.is_empty();
        let list = words.strip_prefix(&["vlan".to_owned(), "batch".to_owned()])?;
        is_outermost.then(|| numbers::read(list)).flatten()
    }

    /// What stands on one line is no section to type in.
    fn enter(&mut self, steps: &[Step]) {
        let schema = self.schema;
        let sections = steps
            .iter()
            .take_while(|step| !effects::is_one_line(schema, step));
        for step in sections {
            if let Step::Enter(_, key) = step {
                self.cursor.around.push(key.clone());
            }
        }
    }

    fn open_text(&mut self, id: StatementId, key: &str) {
        if let Body::Text(end) = &self.schema.statement(id).body {
            self.cursor.text = Some(Text {
                key: key.to_owned(),
                end: end.clone(),
                lines: Vec::new(),
            });
        }
    }

    /// A text is replaced as a whole when it ends.
    fn text_line(&mut self, line: &str) -> Done {
        let Some(text) = &mut self.cursor.text else {
            return Done::Nothing;
        };
        if line != text.end {
            if !line.is_empty() {
                text.lines.push(line.to_owned());
            }
            return Done::Surely;
        }
        let Some(text) = self.cursor.text.take() else {
            return Done::Nothing;
        };
        let depth = self.cursor.around.len();
        if let Some((_, section)) = self.section(depth)
            && let Some(node) = section.children.get_mut(&text.key)
        {
            node.value = Some(text.lines.join("\n"));
        }
        Done::Surely
    }

    /// Removes what a line names otherwise than it is written.
    fn removed(&mut self, words: &[String]) -> Option<Done> {
        let schema = self.schema;
        let mut depths = (0..=self.cursor.around.len()).rev();
        let (depth, id, values) = depths.find_map(|depth| {
            let (section, _) = self.section(depth)?;
            let (id, values) = schema.removed(section?, words)?;
            Some((depth, id, values))
        })?;
        self.cursor.around.truncate(depth);
        let (_, node) = self.section(depth)?;
        let gone = node.children.take_out(|child| {
            let own: Vec<&str> = child.key.split(' ').collect();
            child.statement == Some(id) && schema.statement(id).values(&own) == values
        });
        Some(if gone > 0 {
            Done::Surely
        } else {
            Done::Nothing
        })
    }

    fn remove(&mut self, words: &[String]) -> Done {
        if let Some(numbers) = self.batch(words) {
            for number in numbers {
                self.remove(&["vlan".to_owned(), number.to_string()]);
            }
            return Done::Surely;
        }
        if let Some(done) = self.removed(words) {
            return done;
        }
        let depth = self.depth(|schema, section| {
            let place = Place::follow(schema, section, words);
            !matches!(
                place.map(|place| place.target),
                Ok(Target::Literal(_)) | Err(_)
            )
        });
        self.cursor.around.truncate(depth);
        let schema = self.schema;
        let takes_short = self.style == IOS_XR;
        let Some((section, node)) = self.section(depth) else {
            return Done::Nothing;
        };
        let done = match section {
            Some(section) => match edit::delete_in(schema, (section, &mut *node), words) {
                Done::Surely => Done::sure(takes_short || is_whole(schema, section, words)),
                done => done,
            },
            None => Done::Refused("no rule knows this section"),
        };
        let is_unknown = matches!(done, Done::Refused(_)) && !ends_with_number(words);
        let done = match is_unknown {
            true => {
                let key = words.join(" ");
                node.children.take_out(|child| child.key == key);
                Done::Perhaps
            }
            false => done,
        };
        while self.section(self.cursor.around.len()).is_none() {
            self.cursor.around.pop();
        }
        done
    }
}

/// Says whether words name a statement to take out; some of its first ones may be too few.
fn is_whole(schema: &Schema, section: SectionId, words: &[String]) -> bool {
    let Ok(Place {
        target: Target::All(statements, key),
        ..
    }) = Place::follow(schema, section, words)
    else {
        return true;
    };
    let count = key.split(' ').count();
    let is_enough = |id: &StatementId| {
        let rule = schema.statement(*id);
        rule.head.len() <= count || rule.removed_by == count || rule.owns == count
    };
    statements.iter().any(is_enough)
}

fn ends_with_number(words: &[String]) -> bool {
    let last = words.last();
    last.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Says whether a device printed a line where it stands when it booted.
fn shown(booted: Option<&Node>, (around, steps): (&[String], &[Step])) -> Shown {
    let mut path = around.iter();
    let section = booted.and_then(|root| path.try_fold(root, |node, key| node.children.get(key)));
    let Some(mut node) = section else {
        return Shown::Never;
    };
    for step in steps {
        let stands = match step {
            Step::Enter(_, key) => node.children.get(key),
            Step::Put(_, key, value) => node
                .children
                .get(key)
                .filter(|line| line.value == *value)
                .map(|_| node),
            Step::Literal(_) => None,
        };
        let Some(inner) = stands else {
            return Shown::Never;
        };
        node = inner;
    }
    Shown::Before
}

/// Sets what a line says, with what follows from it.
fn typed(
    schema: &Schema,
    (id, section): (SectionId, &mut Node),
    (steps, line, seen): (&[Step], (&[String], Shown), &HashSet<StatementId>),
) -> Done {
    effects::clear_beside(schema, section, steps);
    let brought = effects::brought(schema, section, steps);
    let done = edit::set_in(schema, (id, section), line);
    if let Some(brought) = brought {
        edit::set_in(schema, (id, section), (&brought, Shown::Never));
    }
    if let [Step::Put(id, key, _)] = steps
        && seen::is_without_a_word(schema, *id, seen)
    {
        section.children.take_out(|child| child.key == *key);
    }
    done
}
