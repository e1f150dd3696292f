//! How does one list of numbers become another?

use super::captures::Captures;
use super::numbers::{Notation, Numbers};
use super::table::{EachTable, RangeTable};
use super::{LinePattern, Template};
use crate::error::{Error, ErrorKind, Result};

/// How many characters of a list go into one line: far fewer than a device takes.
const LONGEST: usize = 160;

/// More single lines than any list stands for.
const MOST: u64 = 16_384;

/// A line whose value is a set of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    value: String,
    whole: Template,
    add: Option<Template>,
    remove: Template,
    all: Option<Numbers>,
    notation: Notation,
    /// Whether the line that is printed adds to one before it.
    pub(super) continues: bool,
}

impl Range {
    /// Makes it from what a table says about a line.
    pub(super) fn new(table: RangeTable, pattern: &LinePattern) -> Result<Self> {
        let wrong = |message| Error::new(ErrorKind::InvalidInput, message).during("grammar.parse");
        let value = pattern.first_value();
        let value = value.ok_or_else(|| {
            wrong("a range stands on a line without a value")
                .with("row", pattern.as_template().text())
        })?;
        let notation = Notation::of(table.separator, table.to);
        let all = table.all.map(|all| {
            let read = notation.read(&all);
            read.ok_or_else(|| wrong("not a list of numbers").with("all", all))
        });
        Ok(Self {
            value: value.to_owned(),
            whole: pattern.as_template(),
            add: table.add.map(Template::new),
            remove: Template::new(table.remove),
            all: all.transpose()?,
            notation,
            continues: false,
        })
    }

    /// Returns the form of a printed line that adds to the one before, where it is another one.
    pub(super) fn continuation(&self) -> Option<String> {
        let add = self.add.as_ref()?.text();
        let value = format!("{{{}}}", self.value);
        Some(add.replace(&value, &format!("<{}...>", self.value)))
    }

    /// Returns the same for the lines that only add.
    pub(super) fn continuing(&self) -> Self {
        Self {
            continues: true,
            ..self.clone()
        }
    }

    /// Returns the texts of its templates.
    pub(super) fn templates(&self) -> impl Iterator<Item = &Template> {
        self.add.iter().chain([&self.remove])
    }

    /// Says whether a line adds to what is there already.
    pub(super) fn adds(&self) -> bool {
        self.continues || self.add.is_none()
    }

    /// Returns a text of the table up to the value.
    pub(super) fn without_value(&self, text: &Template) -> String {
        let value = format!("{{{}}}", self.value);
        text.text().replace(&value, "")
    }

    /// Reads the value of a line.
    pub(super) fn numbers(&self, captures: &Captures<'_>) -> Option<Numbers> {
        let text = captures.get(self.value.as_str())?.trim();
        let Some(all) = &self.all else {
            return self.notation.read(text);
        };
        match text.strip_prefix("except ") {
            Some(list) => Some(all.without(&self.notation.read(list)?)),
            None if text == "all" => Some(all.clone()),
            None if text == "none" => Some(Numbers::default()),
            None => self.notation.read(text),
        }
    }

    /// Writes the line with all numbers, however long it gets.
    pub(super) fn written(&self, captures: &Captures<'_>, numbers: &Numbers) -> String {
        let list = match self.word(numbers) {
            Some(word) => word.to_owned(),
            None => self.notation.pieces(numbers, usize::MAX).concat(),
        };
        self.fill(&self.whole, captures, &list)
    }

    /// Writes the lines that make all of a set.
    pub(super) fn whole(&self, captures: &Captures<'_>, numbers: &Numbers) -> Vec<String> {
        if let Some(word) = self.word(numbers) {
            return vec![self.fill(&self.whole, captures, word)];
        }
        let pieces = self.notation.pieces(numbers, LONGEST);
        let form = |place: usize| match (place, &self.add) {
            (1.., Some(add)) => add,
            _ => &self.whole,
        };
        let lines = pieces.iter().enumerate();
        lines
            .map(|(place, piece)| self.fill(form(place), captures, piece))
            .collect()
    }

    /// Writes the lines that take numbers out of a set.
    pub(super) fn less(&self, captures: &Captures<'_>, numbers: &Numbers) -> Vec<String> {
        let pieces = self.notation.pieces(numbers, LONGEST).into_iter();
        pieces
            .map(|piece| self.fill(&self.remove, captures, &piece))
            .collect()
    }

    /// Writes the lines from one set to another: what comes, then what goes. Where the device overwrites, and the new list is
    /// shorter than the list of all that comes and goes, the new one takes the place of the old one.
    pub(super) fn delta(
        &self,
        captures: &Captures<'_>,
        (old, new): (&Numbers, &Numbers),
    ) -> Vec<String> {
        let (comes, goes) = (new.without(old), old.without(new));
        let length = |set: &Numbers| self.notation.pieces(set, usize::MAX).concat().len();
        let is_turned = [old, new].iter().any(|set| self.word(set).is_some());
        let is_other = !comes.is_empty() && length(new) < length(&comes) + length(&goes);
        if self.add.is_some() && (is_turned || is_other) {
            return self.whole(captures, new);
        }
        let more = self.add.as_ref().unwrap_or(&self.whole);
        let pieces = self.notation.pieces(&comes, LONGEST).into_iter();
        let mut delta: Vec<String> = pieces
            .map(|piece| self.fill(more, captures, &piece))
            .collect();
        delta.extend(self.less(captures, &goes));
        delta
    }

    /// Returns the word for a set that has one.
    fn word(&self, numbers: &Numbers) -> Option<&'static str> {
        match &self.all {
            Some(_) if numbers.is_empty() => Some("none"),
            Some(all) if all == numbers => Some("all"),
            _ => None,
        }
    }

    fn fill(&self, form: &Template, captures: &Captures<'_>, list: &str) -> String {
        form.fill(&captures.with(&self.value, list))
    }
}

/// A line that stands for one line for each number of a list.
#[derive(Clone, Debug)]
pub(crate) struct Each {
    list: String,
    single: Template,
    notation: Notation,
}

impl Each {
    /// Makes it from what a table says about a line.
    pub(super) fn new(table: EachTable, pattern: &LinePattern) -> Self {
        let (list, single, notation) = match table {
            EachTable::Of(list) => (list, None, Notation::default()),
            EachTable::As(table) => (
                table.of,
                table.single,
                Notation::of(table.separator, table.to),
            ),
        };
        Self {
            list,
            single: single.map_or_else(|| pattern.as_template(), Template::new),
            notation,
        }
    }

    /// Returns its template, and the name of the list.
    pub(super) fn parts(&self) -> (&Template, &str) {
        (&self.single, &self.list)
    }

    /// Returns the single lines; none where the line is one, or its value no list.
    pub(super) fn lines(&self, line: &str, captures: &Captures<'_>) -> Option<Vec<String>> {
        let list = captures.get(self.list.as_str())?;
        let numbers = self.notation.read(list)?;
        if numbers.count() > MOST {
            return None;
        }
        let single = |number: u32| {
            let number = number.to_string();
            self.single.fill(&captures.with(&self.list, &number))
        };
        let lines: Vec<String> = numbers.each().map(single).collect();
        (lines != [line]).then_some(lines)
    }
}
