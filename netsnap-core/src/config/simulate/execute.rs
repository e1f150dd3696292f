//! What happens when a line is typed in a section?

use std::sync::Arc;

use super::bgp::Bgp;
use super::known::{key, split_no};
use super::ospf::Ospf;
use super::pattern::{Match, farther};
use super::remove::try_removal;
use super::set::try_set;
use super::table::{Mode, Negative, Rule, Table};
use super::tree::Node;

/// What became of a line in one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The device took it, and printed this.
    Taken(String),
    /// It took it and went into this section: its key.
    Entered(String),
    /// It refused it with these words.
    Refused(String),
    /// It ends too early.
    Incomplete,
    /// It departs from all that the section knows, at this word.
    Departs(usize),
    /// This word stands where a value is expected, and is none.
    Wrong(usize),
    /// It took it, printed the note, and keeps it on this interface.
    Passive(Passive),
    /// The device knows such lines; the rules do not.
    Unmodelled,
    /// This was carried out, but the device may do otherwise.
    Unproven(Box<Self>),
}

impl Attempt {
    /// Marks what was carried out as proving nothing.
    pub(super) fn doubted(self) -> Self {
        match self {
            Self::Taken(_) | Self::Entered(_) | Self::Refused(_) | Self::Passive(_) => {
                Self::Unproven(Box::new(self))
            }
            other => other,
        }
    }
}

/// What is kept on another section than the one it was typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passive {
    pub(super) line: String,
    pub(super) interface: String,
    pub(super) note: String,
}

/// What a section cannot know by itself.
#[derive(Clone, Debug)]
pub(super) struct Device<'a> {
    pub(super) table: &'a Table,
    pub(super) bgp: Bgp,
    pub(super) ospf: Ospf,
    /// The features that are switched on.
    pub(super) features: Arc<[String]>,
    /// The lines at the top that change what is printed elsewhere.
    pub(super) switches: Arc<[String]>,
    /// Whether ports switch where nothing says so, where that is known.
    pub(super) switches_by_itself: Option<bool>,
    /// Whether lists show the numbers of their entries, where some devices do not.
    pub(super) shows_numbers: bool,
}

impl Device<'_> {
    /// Says whether a line holds where nothing says so.
    pub(super) fn has_by_default(&self, rule: &Rule) -> bool {
        let is_turned = |line: &String| self.switches.contains(line);
        rule.default_on && !rule.turned_by.as_ref().is_some_and(is_turned)
    }
}

/// Tries a line in a section of a mode. `section` is changed only when the line is taken.
pub(super) fn attempt(
    device: &Device<'_>,
    mode: &str,
    section: &mut Node,
    words: &[&str],
) -> Attempt {
    let Some(mode) = device.table.modes.get(mode) else {
        return Attempt::Unmodelled;
    };
    if let Some(back) = back_to_default(mode, section, words) {
        return back;
    }
    let (negated, rest) = split_no(words);
    let tried = match negated {
        true => try_removal(device, mode, section, rest),
        false => try_set(device, mode, section, rest),
    };
    let no = usize::from(negated);
    match tried {
        Attempt::Departs(_) if rest.is_empty() && mode.knows(rest) => Attempt::Incomplete,
        Attempt::Departs(_) if mode.knows(rest) => Attempt::Unmodelled,
        Attempt::Departs(at) => Attempt::Departs(at + no),
        Attempt::Wrong(at) => Attempt::Wrong(at + no),
        other => other,
    }
}

/// Takes a line away that stands in either form, behind `default`.
fn back_to_default(mode: &Mode, section: &mut Node, words: &[&str]) -> Option<Attempt> {
    let words = words.strip_prefix(&["default"])?;
    let mut rules = mode.rules_for(words);
    let found = rules.find_map(|rule| match rule.set.0.follow(words) {
        Match::Whole(words) if rule.negative == Some(Negative::Either) => Some(key(rule, &words)),
        _ => None,
    })?;
    section.take_out(|child| child.key == found);
    Some(Attempt::Taken(String::new()))
}

/// The rule that a line of these words follows as a whole; else how far the best one goes.
pub(super) fn best<'m>(
    mode: &'m Mode,
    words: &[&str],
    follow: impl Fn(&Rule) -> Match,
) -> Result<(&'m Rule, Vec<String>), Attempt> {
    let mut worst = Match::Departs(0);
    for rule in mode.rules_for(words) {
        match follow(rule) {
            Match::Whole(words) => return Ok((rule, words)),
            Match::Incomplete => worst = Match::Incomplete,
            found if worst != Match::Incomplete => worst = farther(found, worst),
            _ => {}
        }
    }
    Err(match worst {
        Match::Departs(at) => Attempt::Departs(at),
        Match::Wrong(at) => Attempt::Wrong(at),
        _ => Attempt::Incomplete,
    })
}
