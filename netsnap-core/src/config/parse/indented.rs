//! How are indented lines read?

use super::super::tree::{ROOT, Tree};
use super::super::{Annotation, Configuration, LeftOut, WhyLeftOut};
use super::{
    annotation, before, finish, invalid, invalid_at, left_out, place, stray, without_meaning,
};
use crate::error::{Error, Result};
use crate::platform::{BlobEnd, Grammar, Indentation, Pattern, Platform, SectionId};

/// More levels than any device has; what is read recursively stays shallow.
const DEEPEST: usize = 16;

/// Reads indented lines.
pub(super) fn parse(text: &str, platform: &Platform) -> Result<Configuration> {
    let mut parser = Parser::new(text, platform);
    let mut lines = Lines::new(text);
    while let Some(line) = lines.next() {
        parser.line(line, &mut lines)?;
    }
    parser.finish()
}

/// One line of the text.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    /// From 1.
    number: usize,
    /// Where it begins in the text.
    start: usize,
    /// Without its end-of-line characters.
    raw: &'t str,
    /// Without the white space around it.
    body: &'t str,
    /// How much white space stands before it.
    indent: usize,
}

impl Line<'_> {
    fn error(&self, message: &'static str, hint: &'static str) -> Error {
        invalid_at(self.number, self.raw, message, hint)
    }

    fn left_out(&self, why: WhyLeftOut) -> LeftOut {
        let start = self.start + self.indent;
        left_out(start, start + self.body.len(), why)
    }
}

/// The lines of a text, with the place where each begins.
struct Lines<'t> {
    text: &'t str,
    start: usize,
    number: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            start: before(text),
            number: 0,
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let rest = &self.text[self.start..];
        if rest.is_empty() {
            return None;
        }
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let raw = rest[..length].trim_end_matches(['\n', '\r']);
        let inner = raw.trim_start();
        let start = self.start;
        self.start += length;
        self.number += 1;
        Some(Line {
            number: self.number,
            start,
            raw,
            body: inner.trim_end(),
            indent: raw.len() - inner.len(),
        })
    }
}

/// A line that further indented lines can belong to.
struct Open {
    entry: u32,
    /// Other sections that the same header stands for.
    beside: Vec<u32>,
    indent: usize,
    /// The indentation of its first child.
    inside: Option<usize>,
}

struct Parser<'t> {
    grammar: &'t Grammar,
    preamble: &'t [Pattern],
    end: Option<&'t str>,
    tree: Tree,
    open: Vec<Open>,
    left_out: Vec<LeftOut>,
    annotations: Vec<Annotation>,
    is_printed: bool,
    has_ended: bool,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, platform: &'t Platform) -> Self {
        let commands = platform.configuration.as_ref();
        Self {
            grammar: &platform.grammar,
            preamble: commands.map_or(&[], |commands| &commands.preamble),
            end: commands.and_then(|commands| commands.end.as_deref()),
            tree: Tree::new(text, &platform.grammar),
            open: Vec::new(),
            left_out: Vec::new(),
            annotations: Vec::new(),
            is_printed: false,
            has_ended: false,
        }
    }

    fn line(&mut self, line: Line<'t>, lines: &mut Lines<'t>) -> Result<()> {
        let body = line.body;
        if body.is_empty() {
            return Ok(());
        }
        if self.grammar.is_comment(body) {
            let why = self.annotate(&line);
            self.left_out.push(line.left_out(why));
            return Ok(());
        }
        if self.is_preamble(body) {
            self.left_out.push(line.left_out(WhyLeftOut::Around));
            return Ok(());
        }
        if self.has_ended {
            return Err(line.error(
                "a line after the end of the configuration",
                "pass one configuration, without what the device printed behind it",
            ));
        }
        if Some(body) == self.end && line.indent == 0 {
            self.has_ended = true;
            self.left_out.push(line.left_out(WhyLeftOut::Around));
            return Ok(());
        }
        if self.grammar.is_closer(body) {
            self.close(line.indent);
            self.left_out.push(line.left_out(WhyLeftOut::Closer));
            return Ok(());
        }
        check_blanks(&line)?;
        let end = self.blob(&line, lines)?;
        check_characters(&line, end)?;
        self.add(&line, end.unwrap_or(line.start + line.raw.trim_end().len()))
    }

    /// Notes a comment of the section around it, where the device keeps it; says what it is.
    fn annotate(&mut self, line: &Line<'t>) -> WhyLeftOut {
        if !self.grammar.is_annotation(line.body) {
            return WhyLeftOut::Comment;
        }
        let mut open = self.open.iter().rev();
        let around = open.find(|open| open.indent < line.indent);
        let section = around.map_or_else(Vec::new, |open| self.tree.path(open.entry));
        self.annotations.push(annotation(section, line.body));
        WhyLeftOut::Annotation
    }

    /// Says whether a line stands around the configuration; only possible before its first line.
    fn is_preamble(&mut self, body: &str) -> bool {
        let found = self.tree.is_empty()
            && self
                .preamble
                .iter()
                .any(|Pattern(form)| form.is_match(body));
        self.is_printed |= found;
        found
    }

    /// Ends the sections that a closer at an indentation ends: its own level's last one.
    fn close(&mut self, indent: usize) {
        while self.open.last().is_some_and(|open| open.indent >= indent) {
            self.open.pop();
        }
    }

    /// Ends the lines that open no section: what is indented deeper than such a line stands beside it. At the top nothing does, so
    /// that a line that nobody knows there may belong to the one above, which has learned to open a section.
    fn leave_plain_lines(&mut self, line: &Line<'t>) {
        let is_plain = |open: &Open| {
            let rule = self.tree.rule(&self.tree.entries[open.entry as usize]);
            rule.is_some_and(|rule| rule.opens().is_none())
        };
        let section = self.open.iter().rposition(|open| !is_plain(open));
        let is_known = || self.grammar.find(SectionId::GLOBAL, line.body).is_some();
        if section.is_some() || line.indent == 0 || is_known() {
            self.open.truncate(section.map_or(0, |last| last + 1));
        }
    }

    /// Reads on to the end of a text of several lines; none for an ordinary line.
    fn blob(&self, line: &Line<'t>, lines: &mut Lines<'t>) -> Result<Option<usize>> {
        let unfinished = || {
            line.error(
                "a text of several lines has no end",
                "the configuration is cut off here, or the closing delimiter is missing",
            )
        };
        let Some(blob_end) = self.grammar.blob(line.raw) else {
            return Ok(None);
        };
        if let BlobEnd::Here = blob_end {
            return Ok(None);
        }
        let last = lines
            .find(|line| ends(&blob_end, line))
            .ok_or_else(unfinished)?;
        Ok(Some(last.start + last.raw.trim_end().len()))
    }

    fn add(&mut self, line: &Line<'t>, end: usize) -> Result<()> {
        let indent = line.indent;
        self.close(indent);
        if self.grammar.indentation() == Indentation::Mixed {
            self.leave_plain_lines(line);
        }
        self.check_depth(line)?;
        let parent = self.open.last().map_or(ROOT, |open| open.entry);
        let section = self.tree.entries[parent as usize].opens;
        if section == SectionId::GLOBAL
            && let Some(why) = without_meaning(self.grammar, line.body)
        {
            self.left_out.push(line.left_out(why));
            return Ok(());
        }
        let start = place(line.start + indent);
        let mut beside = Vec::new();
        let span = (start..place(end), start);
        let entry = self.tree.add_each(parent, span.clone(), &mut beside);
        for other in self.open.last().map_or(&[][..], |open| &open.beside) {
            let first = self.tree.add_each(*other, span.clone(), &mut beside);
            beside.push(first);
        }
        self.check_place(line, section, entry)?;
        self.open.push(Open {
            entry,
            beside,
            indent,
            inside: None,
        });
        Ok(())
    }

    /// Refuses a line that is indented under nothing, under a text of several lines, or between two depths.
    ///
    /// Under a line that is known to open no section it is read, as what nobody knows: the device may have learned one.
    fn check_depth(&mut self, line: &Line<'t>) -> Result<()> {
        let indent = line.indent;
        if self.open.is_empty() {
            return match indent {
                0 => Ok(()),
                _ => Err(line.error(
                    "a line is indented under nothing",
                    "give the section header above it, or remove the indentation",
                )),
            };
        }
        if self.open.len() > DEEPEST {
            return Err(line.error(
                "sections are nested too deep",
                "check the indentation: no configuration nests like this",
            ));
        }
        let open = self.open.last_mut().expect("checked above");
        let is_alike = *open.inside.get_or_insert(indent) == indent;
        if !is_alike && self.grammar.indentation() == Indentation::Alike {
            return Err(line.error(
                "the indentation fits no open section",
                "indent the lines of one section alike",
            ));
        }
        let parent = &self.tree.entries[open.entry as usize];
        match parent.opens == SectionId::UNKNOWN && self.tree.text(parent).contains('\n') {
            true => Err(line.error(
                "a line is indented under a text of several lines",
                "check the indentation: the text above takes no lines inside",
            )),
            false => Ok(()),
        }
    }

    /// Refuses a section of the outermost level inside another: most often its indentation is wrong. What stands inside a
    /// section that nobody knows may be called anything.
    fn check_place(&self, line: &Line<'t>, section: SectionId, entry: u32) -> Result<()> {
        let is_known = self.tree.entries[entry as usize].rule.is_some();
        if matches!(section, SectionId::GLOBAL | SectionId::UNKNOWN) || is_known {
            return Ok(());
        }
        let global = self.grammar.find(SectionId::GLOBAL, line.body);
        if !global.is_some_and(|rule| self.grammar.rule(rule).outermost) {
            return Ok(());
        }
        Err(line.error(
            "this section cannot stand inside another",
            "remove the indentation of the section header",
        ))
    }

    fn finish(self) -> Result<Configuration> {
        if self.is_printed && !self.has_ended && self.end.is_some() {
            return Err(invalid(
                "the configuration has no end",
                "what the device printed is cut off: read it again",
            ));
        }
        Ok(finish(self.tree, self.left_out, Some(self.annotations)))
    }
}

fn ends(end: &BlobEnd, line: &Line<'_>) -> bool {
    match end {
        BlobEnd::Here => true,
        BlobEnd::Delimiter(delimiter) => line.raw.contains(delimiter.as_str()),
        BlobEnd::Line(Pattern(form)) => form.is_match(line.body),
    }
}

/// Says whether a text is made of printable ASCII, which most lines are: that is seen without reading characters.
fn is_plain(text: &str) -> bool {
    let others = |found, byte: &u8| found | !matches!(byte, b' '..=b'~');
    !text.as_bytes().iter().fold(false, others)
}

fn check_blanks(line: &Line<'_>) -> Result<()> {
    if line.raw[..line.indent].bytes().any(|byte| byte != b' ') {
        return Err(line.error(
            "the indentation is not made of spaces",
            "replace tabs by spaces, as the device prints them",
        ));
    }
    Ok(())
}

/// Refuses what no device prints in a line. A text of several lines may hold it: an ETX ends a banner. A tab within a line is text.
fn check_characters(line: &Line<'_>, blob_end: Option<usize>) -> Result<()> {
    if blob_end.is_some() || is_plain(line.body) {
        return Ok(());
    }
    match line.body.split('\t').find_map(stray) {
        None => Ok(()),
        Some(what) => Err(line.error(
            what,
            "the text is not a clean configuration: a pager or an editor left it there",
        )),
    }
}
