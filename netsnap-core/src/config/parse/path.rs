//! Where in the tree does a path of words belong?
//!
//! Braces and flat lines say the same in different pieces. Both are taken as paths: as far as the grammar knows the headers of
//! sections, a path goes down them; the rest is one command, known or not. So both forms of one configuration give one tree.

use super::super::tree::{ROOT, Tree};
use super::super::{Annotation, Configuration, LeftOut};
use super::lexer::Token;
use super::{finish, left_out, place, without_meaning};
use crate::error::Result;
use crate::platform::{Grammar, SectionId};

/// More words than any path has; what is read recursively stays shallow.
const LONGEST: usize = 64;

/// More words than a line of several statements has.
const MOST: usize = 16;

/// A section as far as its headers are known, and the words behind that are not.
#[derive(Clone, Debug)]
pub(super) struct Place<'t> {
    entry: u32,
    pending: Vec<Token<'t>>,
    depth: usize,
}

impl Place<'_> {
    /// Returns the place outside all sections.
    pub(super) fn outermost() -> Self {
        Self {
            entry: ROOT,
            pending: Vec::new(),
            depth: 0,
        }
    }
}

/// Puts paths into a tree.
pub(super) struct Paths {
    tree: Tree,
    left_out: Vec<LeftOut>,
}

impl Paths {
    /// Makes a tree without commands.
    pub(super) fn of(text: &str, grammar: &Grammar) -> Self {
        Self {
            tree: Tree::new(text, grammar),
            left_out: Vec::new(),
        }
    }

    /// Makes a configuration of what was added.
    pub(super) fn finish(
        mut self,
        comments: Vec<LeftOut>,
        annotations: Option<Vec<Annotation>>,
    ) -> Configuration {
        self.left_out.extend(comments);
        finish(self.tree, self.left_out, annotations)
    }

    /// Goes into a section.
    pub(super) fn enter<'t>(&mut self, at: &Place<'t>, words: &[Token<'t>]) -> Result<Place<'t>> {
        let path = [&at.pending, words].concat();
        let (entry, used) = self.descend(at, &path)?;
        Ok(Place {
            entry,
            pending: path[used..].to_vec(),
            depth: at.depth + path.len(),
        })
    }

    /// Adds a command. A path that ends at a section adds the empty section.
    pub(super) fn add<'t>(&mut self, at: &Place<'t>, words: &[Token<'t>]) -> Result<()> {
        let path = [&at.pending, words].concat();
        let (entry, used) = self.descend(at, &path)?;
        let rest = &path[used..];
        let (Some(first), Some(last)) = (rest.first(), rest.last()) else {
            return Ok(());
        };
        let why = (entry == ROOT).then(|| without_meaning(&self.tree.grammar, &joined(rest)));
        if let Some(why) = why.flatten() {
            let end = last.start + last.text.len();
            self.left_out.push(left_out(first.start, end, why));
            return Ok(());
        }
        for statement in self.statements(entry, rest) {
            let span = self.span(statement);
            self.tree.add(entry, span, place(statement[0].start));
        }
        Ok(())
    }

    /// Returns the headers around a statement, and the statement itself without its value.
    pub(super) fn name(&self, at: &Place<'_>, words: &[Token<'_>]) -> Vec<String> {
        let whole = joined(&[&at.pending, words].concat());
        let section = self.tree.entries[at.entry as usize].opens;
        let rule = self.tree.grammar.find(section, &whole);
        let named = rule.map_or(whole.as_str(), |rule| {
            self.tree.grammar.rule(rule).named(&whole)
        });
        let mut path = self.tree.path(at.entry);
        path.push(named.to_owned());
        path
    }

    /// Returns the statements of a line: one, unless it is not known and consists of known ones: `key 1 prefer`.
    fn statements<'p, 't>(&self, entry: u32, words: &'p [Token<'t>]) -> Vec<&'p [Token<'t>]> {
        let section = self.tree.entries[entry as usize].opens;
        let is_one = words.len() == 1 || words.len() > MOST;
        if is_one || self.tree.grammar.find(section, &joined(words)).is_some() {
            return vec![words];
        }
        self.apart(section, words).unwrap_or_else(|| vec![words])
    }

    /// Takes a line apart into statements that the section knows by their first word; none where it cannot be done.
    fn apart<'p, 't>(
        &self,
        section: SectionId,
        words: &'p [Token<'t>],
    ) -> Option<Vec<&'p [Token<'t>]>> {
        // Behind each place, how long the next statement is on a way to the end.
        let mut lengths: Vec<Option<usize>> = vec![None; words.len()];
        for place in (0..words.len()).rev() {
            let leads_on = |length: &usize| {
                let end = place + length;
                let reaches = lengths.get(end).is_none_or(Option::is_some);
                reaches
                    && self
                        .tree
                        .grammar
                        .is_statement(section, &joined(&words[place..end]))
            };
            let found = (1..=words.len() - place).rev().find(leads_on);
            lengths[place] = found;
        }
        let mut statements = Vec::new();
        let mut place = 0;
        while place < words.len() {
            let length = lengths[place]?;
            statements.push(&words[place..place + length]);
            place += length;
        }
        Some(statements)
    }

    /// Returns the section around the last header or command of a path, and how many words lead to it.
    pub(super) fn around<'t>(
        &mut self,
        at: &Place<'t>,
        path: &[Token<'t>],
    ) -> Result<(Place<'t>, usize)> {
        let mut around = (at.clone(), 0);
        let texts: Vec<&str> = path.iter().map(|word| word.text).collect();
        loop {
            let (here, used) = &around;
            let section = self.tree.entries[here.entry as usize].opens;
            let header = self.tree.grammar.header(section, &texts[*used..]);
            let Some((_, length)) = header.filter(|(_, length)| used + length < path.len()) else {
                return Ok(around);
            };
            let inside = self.enter(here, &path[*used..used + length])?;
            around = (inside, used + length);
        }
    }

    /// Adds a mark on a statement: the statement itself is there and does nothing.
    pub(super) fn mark<'t>(&mut self, at: &Place<'t>, mark: &str, words: &[Token<'t>]) {
        let path = [&at.pending, words].concat();
        let Some(first) = path.first() else { return };
        let grammar = &self.tree.grammar;
        let section = self.tree.entries[at.entry as usize].opens;
        let whole = joined(&path);
        let texts: Vec<&str> = path.iter().map(|word| word.text).collect();
        let rule = grammar.find(section, &whole);
        let named = rule.map_or(whole.as_str(), |rule| grammar.rule(rule).named(&whole));
        let said = format!("{mark} {named}");
        let known = grammar
            .find(section, &said)
            .filter(|_| rule.is_some() || grammar.is_name(section, &texts));
        let span = self.tree.write(&said);
        self.tree
            .add_known(at.entry, known, (span, place(first.start)));
    }

    /// Goes down the headers that are known, and returns how many words they took.
    fn descend(&mut self, at: &Place<'_>, path: &[Token<'_>]) -> Result<(u32, usize)> {
        if let Some(last) = path.last().filter(|_| at.depth + path.len() > LONGEST) {
            return Err(last.error(
                "sections are nested too deep",
                "check the braces: no configuration nests like this",
            ));
        }
        let texts: Vec<&str> = path.iter().map(|word| word.text).collect();
        let (mut entry, mut used) = (at.entry, 0);
        loop {
            let section = self.tree.entries[entry as usize].opens;
            let Some((rule, length)) = self.tree.grammar.header(section, &texts[used..]) else {
                return Ok((entry, used));
            };
            let words = &path[used..used + length];
            let span = self.span(words);
            let position = place(words[0].start);
            entry = self.tree.add_known(entry, Some(rule), (span, position));
            used += length;
        }
    }

    /// Where the words stand beside each other in the text, they are not written again.
    fn span(&mut self, words: &[Token<'_>]) -> std::ops::Range<u32> {
        let (first, last) = (&words[0], &words[words.len() - 1]);
        let is_one_piece = words.windows(2).all(|pair| {
            let end = pair[0].start + pair[0].text.len();
            end + 1 == pair[1].start && self.tree.texts.as_bytes()[end] == b' '
        });
        match is_one_piece {
            true => place(first.start)..place(last.start + last.text.len()),
            false => self.tree.write(&joined(words)),
        }
    }
}

fn joined(words: &[Token<'_>]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
    texts.join(" ")
}
