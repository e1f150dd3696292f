//! What does a device do with a line of one kind?

use serde::Deserialize;

use super::super::pattern::Value;
use super::Notation;
use super::effect::{Effect, Negative};

/// One line that the device knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Rule {
    /// Its shape.
    pub(in super::super) set: Notation,
    /// Which words identify it, where that is not a prefix.
    #[serde(default)]
    pub(in super::super) identity: Option<Vec<usize>>,
    /// Whether the value may stand behind `no`.
    #[serde(default)]
    pub(in super::super) behind_no: Value,
    /// Values that the device does not print, because they are its defaults.
    #[serde(default)]
    pub(in super::super) hidden: Vec<String>,
    /// Words that it leaves out, for the same reason.
    #[serde(default)]
    pub(in super::super) omits: Vec<String>,
    /// The value that it prints when none was typed.
    #[serde(default)]
    pub(in super::super) fills: Option<String>,
    /// Whether it prints `no X` too, and when.
    #[serde(default)]
    pub(in super::super) negative: Option<Negative>,
    /// Of an entry, a last word with which it stands for the one without it as well: that one is left out as if it stood already.
    #[serde(default)]
    pub(in super::super) lingers: Option<String>,
    /// Whether a list may print no numbers, and numbers its entries all the same.
    #[serde(default)]
    pub(in super::super) unseen: bool,
    /// Whether `no X VALUE` takes the value away and leaves `X`.
    #[serde(default)]
    pub(in super::super) reduces: bool,
    /// Whether the device may do otherwise than this rule: the line is carried out, and proves nothing.
    #[serde(default)]
    pub(in super::super) unproven: bool,
    /// The same for its removal alone.
    #[serde(default)]
    pub(in super::super) removal_unproven: bool,
    /// Whether its removal proves something all the same where no other line shares its first two words.
    #[serde(default)]
    pub(in super::super) sure_alone: bool,
    /// The document that says so.
    #[serde(default)]
    pub(super) source: Option<String>,
    /// Values with which it proves nothing: the device may not print them.
    #[serde(default)]
    pub(in super::super) doubtful: Vec<String>,
    /// Whether putting it in the place of another value proves nothing.
    #[serde(default)]
    pub(in super::super) change_unproven: bool,
    /// Whether words that a new line leaves out may stay.
    #[serde(default)]
    pub(in super::super) options_stay: bool,
    /// First words of lines beside which it proves nothing, in the section, at its head or among the `switches`; `*` behind them
    /// cuts the last one, and `{1}` is the second word of this line.
    #[serde(default)]
    pub(in super::super) beside: Vec<String>,
    /// Lines with which those of `beside` do no harm.
    #[serde(default)]
    pub(in super::super) unless: Vec<String>,
    /// First words of a line of its section that must stand before it, in the same notation.
    #[serde(default)]
    pub(in super::super) follows: Option<String>,
    /// Whether it proves nothing unless the device printed one of the same words when it booted: releases spell it in several ways.
    #[serde(default)]
    pub(in super::super) if_seen: bool,
    /// How many first words it may share with no other line.
    #[serde(default)]
    pub(in super::super) alone: Option<usize>,
    /// First words of lines of which one must stand, here or at the top: the device may not print it otherwise.
    #[serde(default)]
    pub(in super::super) shown_with: Vec<String>,
    /// Whether a mask that it names matches the bits that are set in it: host bits prove nothing.
    #[serde(default)]
    pub(in super::super) masked: bool,
    /// The same for the bits that are not set.
    #[serde(default)]
    pub(in super::super) wildcard: bool,
    /// Whether the device leaves the mask of a class out.
    #[serde(default)]
    pub(in super::super) classful: bool,
    /// Whether another line of its section with the same first and last words makes it prove nothing.
    #[serde(default)]
    pub(in super::super) own_value: bool,
    /// Whether the same line in another section makes it prove nothing.
    #[serde(default)]
    pub(in super::super) unique: bool,
    /// The section that must stand at the top; `{1}` is its second word; behind a `|` another one that will do.
    #[serde(default)]
    pub(in super::super) refers: Option<String>,
    /// Lines that the device prints once the section is made, in the same notation; behind a `/` beside it, and they go with it;
    /// with ` > ` in a section beside it, where that stands.
    #[serde(default)]
    pub(in super::super) brings: Vec<String>,
    /// First words of a line that some releases print besides, once this one is new: a line of the same kind that stands without
    /// it tells that this one does not.
    #[serde(default)]
    pub(in super::super) may_bring: Option<String>,
    /// First words of lines anywhere that speak of it, in the same notation: its removal proves nothing while one stands.
    /// `{1#}` is the number in the second word; behind a `*` the words may stand anywhere in a line, before a `$` they are all of it.
    #[serde(default)]
    pub(in super::super) referred: Vec<String>,
    /// First words of lines anywhere of which one must stand, in the same notation.
    #[serde(default)]
    pub(in super::super) companions: Vec<String>,
    /// First words of lines anywhere beside which it proves nothing, in the same notation.
    #[serde(default)]
    pub(in super::super) rivals: Vec<String>,
    /// Whether numbers or addresses of it that fall prove nothing: the first of a range stands before its last.
    #[serde(default)]
    pub(in super::super) rises: bool,
    /// Whether an odd number proves nothing.
    #[serde(default)]
    pub(in super::super) even: bool,
    /// Printed instead of setting it on a loopback interface.
    #[serde(default)]
    pub(in super::super) on_loopback: Option<String>,
    /// Printed when it stands already.
    #[serde(default)]
    pub(in super::super) again: Option<String>,
    /// Printed when what it matches is no regular expression; `{text}` is that.
    #[serde(default)]
    pub(in super::super) malformed: Option<String>,
    /// Printed when it has letters, which then may not stand in one.
    #[serde(default)]
    pub(in super::super) lettered: Option<String>,
    /// Whether the names of its lists are printed in the order of their bytes.
    #[serde(default)]
    pub(in super::super) bytes: bool,
    /// Whether it holds by default: the device prints only `no X`.
    #[serde(default)]
    pub(in super::super) default_on: bool,
    /// A line at the top with which it does not hold by default.
    #[serde(default)]
    pub(in super::super) turned_by: Option<String>,
    /// Printed after taking it.
    #[serde(default)]
    pub(in super::super) note: Option<String>,
    /// What the device prints behind a `no` where none stands: the same as nothing.
    #[serde(default)]
    pub(in super::super) absence: Option<String>,
    /// Printed when there is nothing to remove.
    #[serde(default)]
    pub(in super::super) absent: Option<String>,
    /// Printed instead of removing it; `{line}` is the line.
    #[serde(default)]
    pub(in super::super) fixed: Option<String>,
    /// Printed instead of removing it when the device booted with it.
    #[serde(default)]
    pub(in super::super) active: Option<String>,
    /// Printed after removing it.
    #[serde(default)]
    pub(in super::super) farewell: Option<String>,
    /// Printed when another value stands already; `{value}` is that one.
    #[serde(default)]
    pub(in super::super) taken: Option<String>,
    /// Printed when the value behind `no` is another one than that which stands.
    #[serde(default)]
    pub(in super::super) other: Option<String>,
    /// Further forms of its removal, without the `no`: they remove all lines that begin so.
    #[serde(default)]
    pub(in super::super) remove: Vec<Notation>,
    /// Rules of one group print together, by the word `by` first.
    #[serde(default)]
    pub(in super::super) group: Option<String>,
    /// The word by which lines of one rule or group sort.
    #[serde(default)]
    pub(in super::super) by: Option<usize>,
    /// The word that names a list: names print in the order of arrival, the entries of one by number.
    #[serde(default)]
    pub(in super::super) listed: Option<usize>,
    /// The word that stands before the number of an entry, where numbers have one.
    #[serde(default)]
    pub(in super::super) numbered_by: Option<String>,
    /// Neighbouring lines of one block have no `!` between them.
    #[serde(default)]
    pub(in super::super) block: Option<String>,
    /// The mode that this section header enters.
    #[serde(default)]
    pub(in super::super) enter: Option<String>,
    /// What the device prints at the end of the section.
    #[serde(default)]
    pub(in super::super) close: Option<String>,
    /// Whether it prints the section without content.
    #[serde(default)]
    pub(in super::super) keeps: bool,
    /// Whether a `!` stands before it inside a section.
    #[serde(default)]
    pub(in super::super) gap: bool,
    /// Printed when a list of the same name and another kind stands; `{kind}` is that one.
    #[serde(default)]
    pub(in super::super) conflict: Option<String>,
    /// Printed when something else is missing that the line needs.
    #[serde(default)]
    pub(in super::super) need: Option<String>,
    /// The word by which lines of this rule sort that are equal until there.
    #[serde(default)]
    pub(in super::super) then: Option<usize>,
    /// Whether it prints in the place of the rule before.
    #[serde(default)]
    pub(super) shared_rank: bool,
    /// Whether a blank stands behind it where it has no value.
    #[serde(default)]
    pub(in super::super) trailing: bool,
    /// Whether a `!` stands behind the section.
    #[serde(default)]
    pub(in super::super) trails: bool,
    /// What it does besides.
    #[serde(default)]
    pub(in super::super) effect: Option<Effect>,
    /// The feature that must be switched on for it, and whose end is its own.
    #[serde(default)]
    pub(in super::super) needs: Option<String>,
    /// Its place among the rules of its mode.
    #[serde(skip)]
    pub(in super::super) own_rank: usize,
    /// The place of the first rule of its group; its own without a group.
    #[serde(skip)]
    pub(in super::super) rank: usize,
}

impl Rule {
    /// Says whether the device prints `X` at times and `no X` at others.
    pub(in super::super) fn prints_both(&self) -> bool {
        self.negative.is_some() || matches!(self.effect, Some(Effect::Exception | Effect::Layer))
    }

    /// Says whether a device prints this form of it, with a `no` or without.
    pub(in super::super) fn is_printed(&self, negated: bool) -> bool {
        let is_usual = self.default_on == negated && self.effect != Some(Effect::Resequence);
        is_usual || self.prints_both() || (self.turned_by.is_some() && !negated)
    }

    /// Says whether it was read in a document and not measured: what happens to another value than the one that stands is
    /// then not known.
    pub(in super::super) fn is_documented(&self) -> bool {
        self.source.is_some()
    }
}
