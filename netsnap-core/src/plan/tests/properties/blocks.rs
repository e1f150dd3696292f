//! Of what are configurations of a platform put together?
//!
//! `blocks/NAME.txt` holds paragraphs, one a block. The first two characters of a line say what it is:
//!
//! ```text
//! #   what the block is, as a few words
//!     (two blanks) a line, indented under the one that opens its section; on a platform whose commands are paths, a whole path
//! ?   a line that may be left out, with all that is indented under it
//! |   a line that may stand in the place of the one before it
//! @   (in a paragraph of its own) a pool: its name and its values, ` | ` between two
//! =   (in a paragraph of its own) a line at the head of all configurations
//! ```
//!
//! `{pool}` in a line stands for one of the values of a pool, the same one in the whole block; `{pool2}` for another one of
//! them. The triples of a platform are blocks too: one side or the other.

use std::collections::BTreeMap;

use super::super::triples;
use crate::config::Configuration;
use crate::platform::{Form, Platform};

/// All blocks of a platform.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// The lines at the head of all configurations.
    pub(super) head: String,
    pub(super) all: Vec<Block>,
    pools: BTreeMap<String, Vec<String>>,
    /// How many of them were written for this; the others are triples.
    pub(super) written: usize,
}

/// Lines that belong together.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) title: String,
    /// One is chosen.
    bodies: Vec<Vec<Line>>,
}

#[derive(Clone, Debug)]
struct Line {
    /// One is chosen.
    texts: Vec<String>,
    is_optional: bool,
}

impl Line {
    fn depth(&self) -> usize {
        self.texts[0].len() - self.texts[0].trim_start().len()
    }
}

impl Blocks {
    /// Reads the blocks of a platform, and its triples.
    pub(super) fn of(platform: &Platform, file: &str) -> Self {
        let mut blocks = Self::default();
        for paragraph in file.split("\n\n").map(|text| text.trim_matches('\n')) {
            blocks.add(paragraph);
        }
        blocks.written = blocks.all.len();
        for (title, sides) in triples::sides(&platform.name) {
            blocks.all.push(Block::of_triple(platform, title, &sides));
        }
        blocks
    }

    fn add(&mut self, paragraph: &str) {
        let mut body: Vec<Line> = Vec::new();
        let mut title = String::new();
        for line in paragraph.lines() {
            let (sign, text) = line.split_at_checked(2).unwrap_or((line, ""));
            let line = |is_optional| Line {
                texts: vec![text.to_owned()],
                is_optional,
            };
            match sign {
                "# " => text.clone_into(&mut title),
                "@ " => self.pool(text),
                "= " => self.head += &format!("{text}\n"),
                "  " => body.push(line(false)),
                "? " => body.push(line(true)),
                "| " => {
                    let before = body.last_mut().expect("it stands behind a line");
                    before.texts.push(text.to_owned());
                }
                _ => panic!("not a line of a block: `{sign}{text}` behind `{title}`"),
            }
        }
        if !body.is_empty() {
            let bodies = vec![body];
            self.all.push(Block { title, bodies });
        }
    }

    fn pool(&mut self, text: &str) {
        let (name, values) = text.split_once(' ').expect("a pool has values");
        let values = values.split(" | ").map(|value| value.trim().to_owned());
        self.pools.insert(name.to_owned(), values.collect());
    }

    /// Writes a block as a choice of its slots says. Any choice fits.
    pub(super) fn text(&self, block: usize, choice: &Choice) -> String {
        let block = &self.all[block];
        let mut slots = Slots {
            choice,
            used: 0,
            pools: &self.pools,
            chosen: BTreeMap::new(),
        };
        let body = &block.bodies[slots.next(block.bodies.len())];
        let mut text = String::new();
        let mut skipped: Option<usize> = None;
        for line in body {
            if skipped.is_some_and(|depth| line.depth() > depth) {
                continue;
            }
            skipped = None;
            if line.is_optional && slots.next(2) == 0 {
                skipped = Some(line.depth());
                continue;
            }
            let number = slots.next(line.texts.len());
            text += &slots.fill(&line.texts[number]);
            text.push('\n');
        }
        text
    }
}

/// What a block is in one configuration: a number for each of its slots.
pub(super) type Choice = Vec<u8>;

struct Slots<'b> {
    choice: &'b Choice,
    used: usize,
    pools: &'b BTreeMap<String, Vec<String>>,
    chosen: BTreeMap<String, &'b str>,
}

impl<'b> Slots<'b> {
    /// Chooses one of so many.
    fn next(&mut self, count: usize) -> usize {
        if count < 2 {
            return 0;
        }
        let number = self.choice.get(self.used).copied().unwrap_or_default();
        self.used += 1;
        usize::from(number) % count
    }

    fn fill(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else {
                break;
            };
            let pool = name.trim_end_matches(|last: char| last.is_ascii_digit());
            let Some(values) = self.pools.get(pool) else {
                out += &format!("{before}{{");
                rest = behind;
                continue;
            };
            let value = match self.chosen.get(name) {
                Some(value) => value,
                None => {
                    let value = values[self.next(values.len())].as_str();
                    self.chosen.insert(name.to_owned(), value);
                    value
                }
            };
            out += before;
            out += value;
            rest = after;
        }
        out + rest
    }
}

impl Block {
    fn of_triple(platform: &Platform, title: String, sides: &[String; 2]) -> Self {
        let body = |side: &String| {
            let plain = |text: &str| Line {
                texts: vec![text.to_owned()],
                is_optional: false,
            };
            match platform.grammar.form() {
                Form::Indented => side.lines().map(plain).collect(),
                _ => match Configuration::parse(side, platform) {
                    Ok(read) => read.paths().iter().map(|path| plain(path)).collect(),
                    Err(_) => Vec::new(),
                },
            }
        };
        Self {
            title,
            bodies: sides.iter().map(body).collect(),
        }
    }
}
