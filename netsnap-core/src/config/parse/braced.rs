//! How are statements in braces read?

use super::super::{Annotation, Configuration, WhyLeftOut};
use super::lexer::{Lexer, Mark, Token};
use super::path::{Paths, Place};
use super::{annotation, left_out};
use crate::error::{Error, Result};
use crate::platform::{Grammar, Platform, Terminator};

/// Reads statements in braces.
pub(super) fn parse(text: &str, platform: &Platform) -> Result<Configuration> {
    let grammar = &platform.grammar;
    let mut parser = Parser {
        lexer: Lexer::of_braces(text, grammar),
        paths: Paths::of(text, grammar),
        grammar,
        inactive: grammar.inactive(),
        root: grammar.root(),
        terminator: grammar.terminator(),
        open: Vec::new(),
        words: Vec::new(),
        text,
        noted: 0,
        annotations: Vec::new(),
    };
    while let Some(token) = parser.lexer.next()? {
        parser.token(token)?;
    }
    if parser.terminator == Terminator::EndOfLine {
        parser.last_line()?;
    }
    parser.check_end()?;
    let Parser { lexer, paths, .. } = parser;
    Ok(paths.finish(lexer.comments, Some(parser.annotations)))
}

/// A section that is open.
struct Open<'t> {
    place: Place<'t>,
    brace: Token<'t>,
    /// Whether something stands inside.
    is_used: bool,
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    paths: Paths,
    grammar: &'t Grammar,
    inactive: Option<&'t str>,
    root: Option<&'t str>,
    terminator: Terminator,
    open: Vec<Open<'t>>,
    /// The statement so far.
    words: Vec<Token<'t>>,
    text: &'t str,
    /// How many comments stand before what was read, or belong to it.
    noted: usize,
    annotations: Vec<Annotation>,
}

impl<'t> Parser<'t> {
    fn token(&mut self, token: Token<'t>) -> Result<()> {
        match token.mark {
            Mark::Word => self.words.push(token),
            Mark::Open => self.enter(token)?,
            Mark::Close => self.leave(token)?,
            Mark::End => self.statement(token)?,
            Mark::ListOpen => self.list(token)?,
            Mark::ListClose => {
                return Err(token.error(
                    "a bracket closes nothing",
                    "give the [ before it, or quote it",
                ));
            }
        }
        Ok(())
    }

    /// Returns the place of what stands here, which is no empty section any more.
    fn here(&mut self) -> Place<'t> {
        let Some(open) = self.open.last_mut() else {
            return Place::outermost();
        };
        open.is_used = true;
        open.place.clone()
    }

    fn enter(&mut self, brace: Token<'t>) -> Result<()> {
        let here = self.here();
        let words = self.taken(&here, brace)?;
        let is_root = self.is_root(&words);
        self.annotate(&here, &words);
        let place = match is_root {
            true => self.around(here, &words[0]),
            false => self.paths.enter(&here, &words)?,
        };
        self.open.push(Open {
            place,
            brace,
            is_used: is_root,
        });
        Ok(())
    }

    /// Notes the word around the whole configuration, and stays where it stands.
    fn around(&mut self, here: Place<'t>, root: &Token<'t>) -> Place<'t> {
        let end = root.start + root.text.len();
        let piece = left_out(root.start, end, WhyLeftOut::Around);
        self.lexer.comments.push(piece);
        here
    }

    /// Says whether words only open the whole configuration.
    fn is_root(&self, words: &[Token<'t>]) -> bool {
        let root = self.root.filter(|_| self.open.is_empty());
        matches!((root, words), (Some(root), [word]) if word.text == root)
    }

    fn leave(&mut self, brace: Token<'t>) -> Result<()> {
        if self.terminator == Terminator::EndOfLine {
            self.statement(brace)?;
        }
        if let Some(word) = self.words.first() {
            return Err(word.error(
                "a statement has no end",
                "end it before the closing brace, or the configuration is cut off here",
            ));
        }
        self.noted = self.lexer.comments.len();
        match self.open.pop() {
            Some(open) if open.is_used => Ok(()),
            // A section with nothing in it is there all the same.
            Some(open) => self.paths.add(&open.place, &[]),
            None => Err(brace.error(
                "a brace closes nothing",
                "the configuration does not begin at its beginning, or a { is missing",
            )),
        }
    }

    /// What ends a list, or stands alone, ends nothing more.
    fn statement(&mut self, end: Token<'t>) -> Result<()> {
        if self.words.is_empty() {
            return Ok(());
        }
        let here = self.here();
        let words = self.taken(&here, end)?;
        self.annotate(&here, &words);
        self.paths.add(&here, &words)
    }

    /// Notes the comments right before a statement, where the device keeps them with it.
    fn annotate(&mut self, here: &Place<'t>, words: &[Token<'t>]) {
        let (Some(first), comments) = (words.first(), &mut self.lexer.comments[self.noted..])
        else {
            return;
        };
        for piece in comments {
            let text = &self.text[piece.start as usize..piece.end as usize];
            let is_before = (piece.start as usize) < first.start;
            if is_before && self.grammar.is_annotation(text) {
                piece.why = WhyLeftOut::Annotation;
                let section = self.paths.name(here, words);
                self.annotations.push(annotation(section, text));
            }
        }
        self.noted = self.lexer.comments.len();
    }

    /// Takes the statement so far, and notes where it is marked as doing nothing.
    fn taken(&mut self, here: &Place<'t>, end: Token<'t>) -> Result<Vec<Token<'t>>> {
        let mut words = std::mem::take(&mut self.words);
        while let Some(mark) = self
            .inactive
            .filter(|mark| words.first().is_some_and(|word| word.text == *mark))
        {
            words.remove(0);
            self.paths.mark(here, mark, &words);
        }
        match words.is_empty() {
            true => Err(end.error("a statement without words", "give the words before it")),
            false => Ok(words),
        }
    }

    /// Each word of a list is a statement of its own.
    fn list(&mut self, bracket: Token<'t>) -> Result<()> {
        let here = self.here();
        let mut words = self.taken(&here, bracket)?;
        self.annotate(&here, &words);
        while let Some(token) = self.lexer.next()? {
            match token.mark {
                Mark::Word => {
                    words.push(token);
                    self.paths.add(&here, &words)?;
                    words.pop();
                }
                Mark::ListClose => return Ok(()),
                Mark::End if token.text == "\n" => {}
                _ => break,
            }
        }
        Err(no_end(&bracket, "a list has no end"))
    }

    /// The last line may have no end.
    fn last_line(&mut self) -> Result<()> {
        match self.words.last().copied() {
            Some(last) => self.statement(last),
            None => Ok(()),
        }
    }

    fn check_end(&self) -> Result<()> {
        if let Some(open) = self.open.last() {
            return Err(no_end(&open.brace, "a section has no end"));
        }
        match self.words.first() {
            Some(word) => Err(no_end(word, "a statement has no end")),
            None => Ok(()),
        }
    }
}

fn no_end(token: &Token<'_>, message: &'static str) -> Error {
    token.error(message, "the configuration is cut off: read it again")
}
