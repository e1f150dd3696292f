//! What does one kind of line mean?

use serde::Deserialize;

use super::captures::Captures;
use super::numbers::Numbers;
use super::range::{Each, Range};
use super::table::LineProperties;
use super::texts::Texts;
use super::{LinePattern, Negation, SectionId};
use crate::error::Result;

/// The number of a rule in a grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RuleId(u16);

impl RuleId {
    pub(super) fn of(number: usize) -> Result<Self> {
        u16::try_from(number)
            .map(Self)
            .map_err(|_| super::too_many("lines"))
    }

    /// Returns the rule behind it.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// How a section goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Removal {
    /// With one line: the negation of its header.
    #[default]
    Negate,
    /// Line by line, because the thing itself stays; empty, it counts as absent.
    Reset,
}

/// How a text of several lines is typed. One without a form is not typed at all: nobody knows how the device reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TextForm {
    /// Blanks around a line, and lines without anything, make no difference.
    Lines,
    /// As it stands, and the device shows its prompt between the lines, as with the form before.
    Verbatim,
    /// As it stands, in one go: the device reads it to its end without showing a prompt, as most banners.
    Whole,
}

/// What one kind of line means.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(super) pattern: LinePattern,
    pub(super) opens: Option<SectionId>,
    pub(super) negation: Negation,
    unknown_default: bool,
    /// Whether a device prints one of its two forms alone.
    pub(crate) prints_one_form: bool,
    /// Seldom asked for, so that what is asked for each line stays close together.
    pub(super) texts: Box<Texts>,
    default: Option<LinePattern>,
    /// Whether another value is refused or merged while the old one is there.
    pub(crate) remove_first: bool,
    /// That the device may keep words of the old value that the new one leaves out; the words behind which a name stands.
    options_stay: Option<Vec<String>>,
    /// Whether the line goes only after its replacement is there.
    pub(crate) make_before_break: bool,
    /// Whether lines with the same key keep their order.
    pub(crate) ordered: bool,
    /// Whether the line is an entry of a list that can count anew: a number may stand before it.
    pub(crate) numbered: bool,
    /// Whether the device asks what such lines name in the order in which they came.
    pub(crate) asked_in_turn: bool,
    /// Whether the line comes before the others of its section, and goes after them.
    pub(crate) first: bool,
    /// How the section goes that the line opens.
    pub(crate) removal: Removal,
    /// Whether the section cannot stand inside another.
    pub(crate) outermost: bool,
    /// Whether a further line adds its names to those that stand.
    pub(crate) merges: bool,
    /// Whether the section around it is made anew when its value changes.
    pub(crate) remakes: bool,
    /// Whether nobody uses what it makes any more, by a commit, before it goes.
    pub(crate) freed_apart: bool,
    /// Whether another value in the header leaves what stands inside.
    pub(crate) in_place: bool,
    /// How a text of several lines is typed; none where it cannot be.
    pub(crate) text: Option<TextForm>,
    has_value: bool,
    pub(super) range: Option<Box<Range>>,
    pub(super) each: Option<Box<Each>>,
    /// Whether a line is kept as it stands.
    pub(crate) is_plain: bool,
}

impl Rule {
    /// Makes a rule from what a table says.
    pub(super) fn new(
        mut table: LineProperties,
        opens: Option<SectionId>,
        negation: &Negation,
    ) -> Result<Self> {
        let pattern = LinePattern::parse(&table.line)?;
        let default = table.default.as_deref().map(LinePattern::parse);
        let texts = Box::new(Texts::of(&mut table));
        let range = table.range.map(|range| Range::new(range, &pattern));
        Ok(Self {
            is_plain: range.is_none() && table.each.is_none() && table.text.is_none(),
            range: range.transpose()?.map(Box::new),
            each: table.each.map(|each| Box::new(Each::new(each, &pattern))),
            texts,
            has_value: pattern.has_value(),
            pattern,
            opens,
            negation: negation.clone(),
            unknown_default: table.unknown_default,
            prints_one_form: table.prints_one_form,
            default: default.transpose()?,
            remove_first: table.remove_first,
            options_stay: table.options_stay,
            merges: table.merges,
            remakes: table.remakes,
            freed_apart: table.freed_apart,
            make_before_break: table.make_before_break || table.critical,
            ordered: table.ordered,
            numbered: table.numbered,
            asked_in_turn: table.asked_in_turn,
            first: table.first,
            removal: table.removal,
            outermost: table.outermost,
            in_place: table.in_place,
            text: table.text,
        })
    }

    /// Says whether a line, or its body without the negation, has this form. A section is never opened by its negation.
    pub(super) fn fits(&self, line: &str, body: &str) -> bool {
        match self.opens {
            Some(_) => self.pattern.matches(line),
            None => self.pattern.matches(body),
        }
    }

    /// Returns how many words of a path this form takes from its beginning.
    pub(super) fn begins(&self, path: &[&str]) -> Option<usize> {
        self.pattern.begins(path)
    }

    /// Returns a line up to its first value: what names it where a path is taken back.
    pub(crate) fn named<'t>(&self, line: &'t str) -> &'t str {
        match self.pattern.named(line) {
            // Nothing but a value: a choice like `accept` or `reject`.
            "" => line,
            named => named,
        }
    }

    /// Says whether no fixed word stands before what names the line.
    pub(crate) fn begins_with_a_name(&self) -> bool {
        self.pattern.first_word().is_none()
    }

    /// Returns the section that the line opens.
    pub(crate) fn opens(&self) -> Option<SectionId> {
        self.opens
    }

    /// Says whether a part of the line is a value.
    pub(crate) fn has_value(&self) -> bool {
        self.has_value
    }

    /// Shows the words that name the command of a line, one after the other.
    pub(crate) fn identity<'t>(&self, line: &'t str, visit: impl FnMut(&'t str)) {
        let _ = self.pattern.identity(self.negation.positive(line), visit);
    }

    /// Says whether two lines of this form give the same command.
    pub(crate) fn is_same_command(&self, one: &str, other: &str) -> bool {
        let words = |line| {
            let mut words = Vec::new();
            self.identity(line, |word| words.push(word));
            words
        };
        one == other || words(one) == words(other)
    }

    /// Says whether the line means the same as its absence, on a device that says some lines at the top.
    pub(crate) fn is_default(&self, line: &str, says: impl Fn(&str) -> bool) -> bool {
        let Some(default) = &self.default else {
            return false;
        };
        match self.texts.default_turned_by.as_deref().is_some_and(says) {
            true => default.matches(&self.negation.inverse(line)),
            false => default.matches(line),
        }
    }

    /// Returns what takes a line back.
    pub(crate) fn negation(&self, line: &str) -> String {
        if let Some(reset) = &self.texts.reset {
            return reset.fill(&self.captures(line));
        }
        match &self.texts.negate {
            Some(template) if !self.negation.is_on(line) => template.fill(&self.captures(line)),
            _ => self.negation.inverse(line),
        }
    }

    /// Says whether a section goes line by line, because no line takes it back.
    pub(crate) fn is_emptied(&self) -> bool {
        self.opens.is_some() && self.removal == Removal::Reset && self.texts.reset.is_none()
    }

    /// Says whether the line can be taken back, and nobody knows what holds then.
    pub(crate) fn leaves_unknown(&self) -> bool {
        self.unknown_default && self.texts.reset.is_none()
    }

    /// Makes the rule for a printed line that adds to the set of a line before it.
    pub(super) fn continuation(&self) -> Result<Option<Self>> {
        let Some(range) = &self.range else {
            return Ok(None);
        };
        let Some(form) = range.continuation() else {
            return Ok(None);
        };
        Ok(Some(Self {
            pattern: LinePattern::parse(&form)?,
            range: Some(Box::new(range.continuing())),
            ..self.clone()
        }))
    }

    /// Says whether a line is refused or merged while another one of the command is there.
    pub(crate) fn collides(&self, old: &str, new: &str) -> bool {
        let stays = |names: &Vec<String>| leaves_out(names, old, new);
        self.remove_first || self.options_stay.as_ref().is_some_and(stays)
    }

    /// Says whether the line adds to a line of the same command before it.
    pub(crate) fn adds(&self) -> bool {
        self.range.as_ref().is_some_and(|range| range.adds())
    }

    /// Says whether the value is a list of names to which a further line adds.
    #[cfg(test)]
    pub(crate) fn adds_names(&self) -> bool {
        self.merges
    }

    /// Says whether the value is a set of numbers.
    pub(crate) fn is_range(&self) -> bool {
        self.range.is_some()
    }

    /// Says whether the line only adds to what another one of this form gives.
    pub(crate) fn continues(&self) -> bool {
        self.range.as_ref().is_some_and(|range| range.continues)
    }

    /// Says whether a line of this form is only read as other lines: `vlan batch 10 20` as `vlan 10` and `vlan 20`.
    #[cfg(test)]
    pub(super) fn stands_for_others(&self) -> bool {
        let own = self.pattern.as_template();
        let single = self.each.as_ref().map(|each| each.parts().0.text());
        single.is_some_and(|single| single != own.text())
    }

    /// Returns a line in the form that all lines with the same set of numbers share. The set of a line before it can be added.
    pub(crate) fn settled(&self, line: &str, before: Option<&Numbers>) -> Option<String> {
        let range = self.range.as_ref()?;
        let captures = self.captures(line);
        let own = range.numbers(&captures)?;
        let numbers = before.map_or_else(|| own.clone(), |before| own.with(before));
        Some(range.written(&captures, &numbers))
    }

    /// Returns the set of numbers of a line.
    pub(crate) fn numbers(&self, line: &str) -> Option<Numbers> {
        self.range.as_ref()?.numbers(&self.captures(line))
    }

    /// Returns the lines that make one set of numbers of another; none where the values are no sets.
    pub(crate) fn delta(&self, old: Option<&str>, new: Option<&str>) -> Option<Vec<String>> {
        let Some(range) = &self.range else {
            return self.names_delta(old?, new?);
        };
        match (old, new) {
            (Some(old), Some(new)) => {
                let sets = (&self.numbers(old)?, &self.numbers(new)?);
                Some(range.delta(&self.captures(new), sets))
            }
            (None, Some(new)) => Some(range.whole(&self.captures(new), &self.numbers(new)?)),
            (Some(old), None) if self.texts.negate.is_none() && self.texts.reset.is_none() => {
                Some(range.less(&self.captures(old), &self.numbers(old)?))
            }
            _ => None,
        }
    }

    /// Returns the lines that make one list of names of another: what is new comes before what goes, so that the list is never empty.
    /// None where the names would not stand in their order.
    fn names_delta(&self, old: &str, new: &str) -> Option<Vec<String>> {
        let named = self.named(new);
        let names = |line: &'_ str| -> Option<Vec<String>> {
            let names = line.strip_prefix(named).filter(|_| self.merges)?;
            Some(names.split_whitespace().map(str::to_owned).collect())
        };
        let (before, after) = (names(old)?, names(new)?);
        let missing = |from: &[String], other: &[String]| -> Vec<String> {
            let names = from.iter().filter(|name| !other.contains(name));
            names.cloned().collect()
        };
        let (fresh, gone) = (missing(&after, &before), missing(&before, &after));
        let end = [missing(&before, &gone), fresh.clone()].concat();
        let line =
            |names: &[String]| (!names.is_empty()).then(|| format!("{named} {}", names.join(" ")));
        let taken = line(&gone).map(|line| self.negation.inverse(&line));
        (end == after).then(|| line(&fresh).into_iter().chain(taken).collect())
    }

    /// Returns a text of several lines without the blanks that make no difference; none where it has none.
    pub(crate) fn trimmed(&self, text: &str) -> Option<String> {
        if self.text != Some(TextForm::Lines) || !text.contains('\n') {
            return None;
        }
        let lines = text.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        let trimmed = lines.join("\n");
        (trimmed != text).then_some(trimmed)
    }

    /// Returns the single lines that a line with a list stands for.
    pub(crate) fn each(&self, line: &str) -> Option<Vec<String>> {
        let each = self.each.as_ref()?;
        match self.negation.is_on(line) {
            true => None,
            false => each.lines(line, &self.captures(line)),
        }
    }

    /// Returns what takes back all lines with the same key, where single ones cannot be.
    pub(crate) fn negation_of_all(&self, line: &str) -> Option<String> {
        let template = self.texts.negate_all.as_ref()?;
        Some(template.fill(&self.captures(line)))
    }

    /// Returns what lets the list that the line opens count anew, without the numbers behind it.
    pub(crate) fn renumber(&self, line: &str) -> Option<String> {
        let template = self.texts.renumber.as_ref()?;
        Some(template.fill(&self.captures(line)))
    }

    /// Returns what tells a list apart from others whose lines stand in the same section.
    pub(crate) fn list(&self, line: &str) -> Option<String> {
        let whole = self
            .texts
            .list
            .as_ref()
            .or(self.texts.negate_all.as_ref())?;
        Some(whole.fill(&self.captures(line)))
    }

    pub(super) fn captures<'a>(&'a self, line: &'a str) -> Captures<'a> {
        self.pattern.captures(self.negation.positive(line))
    }
}

/// Says whether a line lacks a word of the one in whose place it comes. A number stands for another one, and so does a name behind
/// the same one of these words.
fn leaves_out(names: &[String], old: &str, new: &str) -> bool {
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let names_it = |word: &str| names.iter().any(|name| name == word);
    let fits = |(behind, old): (&str, &str), (also_behind, new): (&str, &str)| {
        let is_name = behind == also_behind && names_it(behind);
        old == new || is_name || (is_number(old) && is_number(new))
    };
    let mut words = with_word_before(new);
    !with_word_before(old).all(|old| words.any(|new| fits(old, new)))
}

/// The words of a line, each with the one before it.
fn with_word_before(line: &str) -> impl Iterator<Item = (&str, &str)> {
    std::iter::once("")
        .chain(line.split(' '))
        .zip(line.split(' '))
}
