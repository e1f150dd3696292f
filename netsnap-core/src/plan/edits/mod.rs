//! What has to go, to come and to change, and what does the device take along by itself?

mod coming;
mod doubts;
mod going;
mod lists;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::defaults;
use super::forms;
use super::lost::{Lost, Reach, beginnings};
use super::manner::Manner;
use super::members;
use super::turns;
use super::unit::{Phase, Rank, Unit};
use super::unread;
use crate::config::Configuration;
use crate::config::canonical::{Item, Level};
use crate::diff::matching::Matching;
use crate::model::Step;
use crate::platform::Rule;

/// The units from one configuration to another, without their order.
#[derive(Debug, Default)]
pub(super) struct Edits {
    pub(super) units: Vec<Unit>,
    /// Why the steps may not do what they should.
    pub(super) doubts: Vec<String>,
    section: Vec<String>,
    /// Lines of which one form alone is printed, and that go.
    unprinted: BTreeSet<String>,
    /// The names that go, each with the marker of the line that takes it along.
    gone: HashMap<String, String>,
    /// What lets the list count anew whose entries are looked at.
    renumber: Option<String>,
    rank: Rank,
    manner: Manner,
    /// Whether something goes that cannot come again.
    is_barred: bool,
}

impl Edits {
    /// Finds the units from one configuration to another.
    pub(super) fn between(running: &Configuration, intended: &Configuration) -> Self {
        let mut edits = Self {
            manner: Manner::of(running),
            ..Self::default()
        };
        edits.levels(running.level(), intended.level(), &Lost::default());
        members::settle(&mut edits.units, running, intended);
        for line in std::mem::take(&mut edits.unprinted) {
            if !forms::are_told(&line, [running, intended]) {
                edits.doubts.push(doubts::unknown(&line));
            }
        }
        edits
            .doubts
            .extend(doubts::twice(running).chain(doubts::twice(intended)));
        let moved = unread::moved(running.level(), intended.level());
        edits.doubts.extend(moved);
        if edits.is_barred {
            edits.units.clear();
        }
        edits
    }

    fn levels<'c>(&mut self, before: Level<'c>, after: Level<'c>, inherited: &Lost) {
        let mut matching = Matching::of(before, after);
        self.note_gone(&matching);
        self.doubts.extend(turns::doubts(&matching));
        self.manner.leave_marks_of_gone(&mut matching.removed);
        self.spare(&mut matching);
        let lost = self.lost(&matching, inherited);
        self.renumbered(&mut matching, &lost);
        for item in &matching.removed {
            self.removed(*item, &lost);
        }
        let swaps = self.swapped(&matching, &lost);
        let is_swapped = |place| {
            swaps
                .iter()
                .any(|(one, other)| [*one, *other].contains(&place))
        };
        for (place, (old, new)) in matching.both.iter().enumerate() {
            if !is_swapped(place) {
                self.kept(*old, *new, &lost);
            }
        }
        for item in &matching.added {
            self.added(*item, &lost);
        }
        // Entries of which some show their numbers are no such list.
        if ![&matching.removed, &matching.added]
            .iter()
            .all(|items| items.is_empty())
            || !matching.both.is_empty()
        {
            self.renumber = None;
        }
        for group in &matching.ordered {
            self.ordered(group, &lost);
        }
        for (header, line) in defaults::unsaid(&matching, before, after) {
            self.said(header, line);
        }
    }

    /// A line in a section inside which neither configuration has.
    fn said(&mut self, header: String, line: String) {
        self.section.push(header);
        let mut unit = self.unit((Phase::Rest, usize::MAX));
        unit.steps.push(self.step(line));
        self.units.push(unit);
        self.section.pop();
    }

    /// A text of several lines stays where the one that is to take its place cannot be typed.
    fn spare(&self, matching: &mut Matching<'_>) {
        let left_out = matching
            .added
            .iter()
            .filter(|item| !self.manner.types(**item));
        let left_out: HashSet<&str> = left_out.map(|item| first_word(item.text())).collect();
        matching
            .removed
            .retain(|item| !(item.is_blob() && left_out.contains(first_word(item.text()))));
    }

    /// Notes the names that go, before any line that goes with them.
    fn note_gone(&mut self, matching: &Matching<'_>) {
        if !self.section.is_empty() {
            return;
        }
        let defined = |item: &Item<'_>| item.rule().map(|rule| rule.defines(item.text()));
        for name in matching.removed.iter().filter_map(defined).flatten() {
            let marker = format!("{}{name}", super::lost::MARK);
            self.gone.insert(name, marker);
        }
        for name in matching.added.iter().filter_map(defined).flatten() {
            self.gone.remove(&name);
        }
    }

    /// Finds what the device drops by itself when the differences of a section are carried out.
    fn lost(&self, matching: &Matching<'_>, inherited: &Lost) -> Lost {
        let mut lost = inherited.for_children();
        let place = self.section.join("\n");
        let before = matching.both.iter().map(|(old, _)| old);
        for item in matching.removed.iter().chain(before) {
            lost.add_follower(*item, &matching.removed, &place);
        }
        for item in &matching.removed {
            lost.rewrite(*item);
            if !is_spared(*item, matching) {
                lost.add(*item, Rule::destroys, (&place, reach(*item)));
            }
            lost.add(*item, Rule::goes_out_of_force, (&place, Reach::Beside));
            lost.add(*item, Rule::allows_without, (&place, Reach::Arrivals));
            lost.add(*item, Rule::goes_into_doubt, (&place, Reach::Perhaps));
            lost.add(*item, Rule::apart_from, (&place, Reach::Ahead));
        }
        let changed = matching
            .both
            .iter()
            .filter(|(old, new)| !old.has_text_of(*new));
        for item in matching.added.iter().chain(changed.map(|(_, new)| new)) {
            lost.rewrite(*item);
            lost.add(*item, Rule::comes_into_force, (&place, Reach::Beside));
            lost.add(*item, Rule::allows, (&place, Reach::Arrivals));
            lost.add(*item, Rule::comes_into_doubt, (&place, Reach::Perhaps));
            lost.add(*item, Rule::apart_from, (&place, Reach::Ahead));
        }
        lost
    }

    /// Returns what drops a line: another line of its section, or a name that it needs.
    fn dropped_with<'m>(&'m self, item: Item<'_>, lost: &'m Lost) -> Option<&'m str> {
        let by_name = || {
            let rule = item.rule().filter(|_| !self.gone.is_empty())?;
            let needs = rule.needs(item.text());
            needs.iter().find_map(|name| self.gone.get(name))
        };
        lost.dropped_with(item)
            .or_else(|| by_name().map(String::as_str))
    }

    fn inside(&mut self, item: Item<'_>, rank: (Phase, usize), visit: impl FnOnce(&mut Self)) {
        self.section.push(item.text().to_owned());
        self.rank.push(rank);
        let renumber = item.rule().and_then(|rule| rule.renumber(item.text()));
        let around = std::mem::replace(&mut self.renumber, renumber);
        visit(self);
        self.renumber = around;
        self.rank.pop();
        self.section.pop();
    }

    fn unit(&self, rank: (Phase, usize)) -> Unit {
        let mut whole = self.rank.clone();
        whole.push(rank);
        Unit::new(whole)
    }

    fn step(&self, line: String) -> Step {
        Step::new(self.section.clone(), line)
    }

    /// Takes a line back, with all that it destroys where it is the cause of that.
    fn undone_whole(&self, item: Item<'_>, lost: &Lost) -> Vec<Step> {
        let whole = item
            .rule()
            .filter(|rule| lost.has_cause(item, &rule.destroys(item.text())))
            .and_then(|rule| rule.negation_of_whole(item.text()));
        match whole {
            Some(line) => vec![Step::new(self.section.clone(), line)],
            None => self.undone(item),
        }
    }

    fn undone(&self, item: Item<'_>) -> Vec<Step> {
        let less = self.manner.delta(&self.section, (Some(item), None));
        less.unwrap_or_else(|| vec![self.manner.undo(&self.section, item)])
    }

    fn set(&self, item: Item<'_>) -> Vec<Step> {
        let more = self.manner.delta(&self.section, (None, Some(item)));
        more.unwrap_or_else(|| vec![self.manner.set(&self.section, item)])
    }
}

/// How far a line reaches that takes others along.
fn reach(item: Item<'_>) -> Reach {
    match item.rule().is_some_and(Rule::destroys_inside) {
        true => Reach::Inside,
        false => Reach::Beside,
    }
}

/// Says whether a line stands with which nothing disappears with another one: a peer with an AS of its own outlives its group.
fn is_spared(item: Item<'_>, matching: &Matching<'_>) -> bool {
    let Some(rule) = item.rule() else {
        return false;
    };
    let (spared, kept) = (rule.spared_by(item.text()), rule.kept_by(item.text()));
    let begins = |other: &Item<'_>, starts: &[String]| {
        beginnings(other.text()).any(|start| starts.iter().any(|own| own == start))
    };
    let removed = || matching.removed.iter();
    let before = || removed().chain(matching.both.iter().map(|(old, _)| old));
    let after = || {
        matching
            .both
            .iter()
            .map(|(_, new)| new)
            .chain(&matching.added)
    };
    (!spared.is_empty() && before().any(|other| begins(other, &spared)))
        || (!kept.is_empty() && after().any(|other| begins(other, &kept)))
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}
