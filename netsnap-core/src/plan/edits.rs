//! What has to go, to come and to change, and what does the device take along by itself?

use std::collections::{BTreeSet, HashMap};

use super::barrier::is_made_anew;
use super::defaults;
use super::forms;
use super::lost::{Lost, Reach, beginnings};
use super::manner::Manner;
use super::members;
use super::order::service;
use super::park;
use super::placement::{Leaving, Placement};
use super::queue;
use super::turns;
use super::unit::{Part, Phase, Rank, Unit};
use super::unread;
use crate::config::canonical::{Item, Level};
use crate::config::{Configuration, WhyLeftOut};
use crate::diff::matching::{Matching, Ordered};
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
    rank: Rank,
    manner: Manner,
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
                edits.doubts.push(unknown(&line));
            }
        }
        edits.doubts.extend(twice(running).chain(twice(intended)));
        let moved = unread::moved(running.level(), intended.level());
        edits.doubts.extend(moved);
        edits
    }

    fn levels<'c>(&mut self, before: Level<'c>, after: Level<'c>, inherited: &Lost) {
        let mut matching = Matching::of(before, after);
        self.note_gone(&matching);
        self.doubts.extend(turns::doubts(&matching));
        self.manner.leave_marks_of_gone(&mut matching.removed);
        let lost = self.lost(&matching, inherited);
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
                lost.add(*item, Rule::destroys, (&place, Reach::Inside));
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

    fn removed(&mut self, item: Item<'_>, lost: &Lost) {
        if item.rule().is_some_and(Rule::is_emptied) {
            let rank = (Phase::Remove, from_the_end(item));
            return self.inside(item, rank, |edits| {
                edits.levels(item.children(), Level::default(), lost);
            });
        }
        let mut unit = self.unit((removal_phase(item), from_the_end(item)));
        unit.goes(item);
        unit.goes_apart(item, lost);
        service::note(&mut unit, &self.section, (Some(item), None));
        self.unbind(&mut unit, item);
        self.doubt_inside(item);
        match self.dropped_with(item, lost) {
            Some(marker) => {
                unit.falls(item, marker);
                service::falls(&mut unit);
            }
            None if lost.rewrites(&self.section, item) => {}
            None => {
                unit.steps.extend(self.undone(item));
                unit.releases.extend(lost.markers_of(item));
                unit.releases.extend(self.markers_of(item));
                self.doubt(item);
                self.doubt_default(item);
            }
        }
        self.units.push(unit);
    }

    /// Returns the markers of the names that go with a line.
    fn markers_of(&self, item: Item<'_>) -> Vec<String> {
        let names = item.rule().map(|rule| rule.defines(item.text()));
        let names = names.into_iter().flatten();
        names
            .filter_map(|name| self.gone.get(&name).cloned())
            .collect()
    }

    /// Notes the references inside a section, and what only it can have, which can be taken back before it goes.
    fn unbind(&mut self, unit: &mut Unit, item: Item<'_>) {
        if item.children().is_empty() {
            return;
        }
        self.section.push(item.text().to_owned());
        for child in item.children().items() {
            unit.early
                .extend(Part::before(child, || self.undone(child)));
            self.unbind(unit, child);
        }
        self.section.pop();
    }

    fn kept<'c>(&mut self, old: Item<'c>, new: Item<'c>, lost: &Lost) {
        if lost.is_empty() && old.is_alike(new) {
            return;
        }
        if is_made_anew(old, new, lost) {
            self.removed(old, lost);
            return self.added(new, lost);
        }
        let is_in_place = new.rule().is_some_and(|rule| rule.in_place);
        if is_in_place && !old.has_text_of(new) && lost.dropped_with(new).is_none() {
            return self.entered_anew(old, new, lost);
        }
        if !old.has_text_of(new) {
            return self.changed(old, new, lost);
        }
        if let Some(by) = lost.may_drop(new) {
            self.doubts.push(format!(
                "some releases drop `{}` with `{by}`: it is sent again",
                new.text()
            ));
            return self.added(new, lost);
        }
        if lost.dropped_with(new).is_some() {
            return self.added(new, lost);
        }
        if old.is_section() || new.is_section() {
            let rank = (Phase::Rest, new.position());
            self.inside(new, rank, |edits| {
                edits.levels(old.children(), new.children(), lost);
            });
        }
    }

    /// Lets the only two entries of lists take each other's number, and returns which did.
    fn swapped(&mut self, matching: &Matching<'_>, lost: &Lost) -> Vec<park::Swap> {
        if self.manner.has_paths() {
            return Vec::new();
        }
        let mut swaps = park::swaps(matching);
        swaps.retain(|(one, other)| {
            let pairs = [matching.both[*one], matching.both[*other]];
            let is_free = pairs
                .iter()
                .all(|(_, new)| lost.dropped_with(*new).is_none());
            is_free && self.swap(pairs)
        });
        swaps
    }

    /// One entry goes behind the other until that has its number. False where no number is left for it.
    fn swap(&mut self, [(one, to_one), (other, to_other)]: [(Item<'_>, Item<'_>); 2]) -> bool {
        let meanwhile = park::parked(one.text(), to_other.text());
        let Some((meanwhile, rule)) = meanwhile.zip(to_other.rule()) else {
            return false;
        };
        let undo = rule.negation(&meanwhile);
        let mut unit = self.unit((Phase::Rest, to_one.position()));
        for (old, new) in [(one, to_one), (other, to_other)] {
            unit.goes(old);
            unit.comes(new);
            service::note(&mut unit, &self.section, (Some(old), Some(new)));
        }
        unit.steps.extend(self.undone(one));
        unit.steps.push(self.step(meanwhile));
        unit.steps.extend(self.undone(other));
        unit.steps.extend(self.set(to_one));
        unit.steps.push(self.step(undo));
        unit.steps.extend(self.set(to_other));
        self.units.push(unit);
        true
    }

    /// A section whose header has another value, which overwrites the old one.
    fn entered_anew<'c>(&mut self, old: Item<'c>, new: Item<'c>, lost: &Lost) {
        let mut unit = self.unit((Phase::First, new.position()));
        unit.steps.push(self.step(new.text().to_owned()));
        self.doubt_inside(old);
        self.units.push(unit);
        let rank = (Phase::Rest, new.position());
        self.inside(new, rank, |edits| {
            edits.levels(old.children(), new.children(), lost);
        });
    }

    fn changed(&mut self, old: Item<'_>, new: Item<'_>, lost: &Lost) {
        let mut unit = self.unit((self.arrival_phase(new), new.position()));
        let is_lost = lost.dropped_with(new);
        unit.claims.extend(lost.comes_after(new).map(str::to_owned));
        unit.releases.extend(lost.markers_of(new));
        unit.goes(old);
        unit.comes(new);
        unit.comes_apart(new, lost);
        service::note(&mut unit, &self.section, (Some(old), Some(new)));
        let delta = match is_lost {
            None => self.manner.delta(&self.section, (Some(old), Some(new))),
            Some(_) => None,
        };
        if let Some(delta) = delta {
            unit.steps.extend(delta);
        } else {
            let undo = self.undone(old);
            if is_lost.is_none() {
                if must_go_first(old, new) {
                    unit.steps.extend(undo.iter().cloned());
                }
                if can_go_first(old) && !new.is_section() {
                    unit.undo = undo;
                }
            }
            self.arrive(&mut unit, new);
        }
        self.doubt(old);
        self.doubt_inside(new);
        self.units.push(unit);
    }

    fn added(&mut self, item: Item<'_>, lost: &Lost) {
        let is_free = lost.comes_after(item).is_none() && !self.section.is_empty();
        if is_free && service::comes_in_parts(item) {
            let rank = (Phase::Rest, item.position());
            return self.inside(item, rank, |edits| {
                edits.levels(Level::default(), item.children(), lost);
            });
        }
        let mut unit = self.unit((self.arrival_phase(item), item.position()));
        unit.claims
            .extend(lost.comes_after(item).map(str::to_owned));
        unit.releases.extend(lost.markers_of(item));
        unit.comes(item);
        unit.comes_apart(item, lost);
        service::note(&mut unit, &self.section, (None, Some(item)));
        self.arrive(&mut unit, item);
        self.units.push(unit);
    }

    /// Lines whose order matters stay in one unit: nothing may come between and turn them around.
    fn ordered(&mut self, group: &Ordered<'_>, lost: &Lost) {
        let rule = group
            .after
            .first()
            .or(group.before.first())
            .and_then(|item| item.rule());
        if self.manner.places() && rule.is_some_and(|rule| rule.ordered) {
            return self.placed(group, lost);
        }
        let mut appended = group.appended();
        let whole = group
            .before
            .first()
            .and_then(|item| item.rule()?.negation_of_all(item.text()));
        if let Some(whole) = whole.filter(|_| !appended.removed.is_empty()) {
            return self.rebuilt(group, whole);
        }
        let place = group
            .after
            .first()
            .or(group.before.first())
            .map_or(0, |item| item.position());
        let mut unit = self.unit((Phase::Rest, place));
        let leaving = Leaving::of(&mut appended, rule);
        self.taken_back(&mut unit, &leaving.early);
        for item in &appended.added {
            self.taken_back(&mut unit, leaving.right_before(*item));
            unit.comes(*item);
            self.arrive(&mut unit, *item);
        }
        self.taken_back(&mut unit, &leaving.late);
        self.units.push(unit);
        for (old, new) in appended.kept.drain(..) {
            self.kept(old, new, lost);
        }
    }

    fn taken_back<'a, 'c: 'a>(
        &mut self,
        unit: &mut Unit,
        items: impl IntoIterator<Item = &'a Item<'c>>,
    ) {
        for item in items {
            unit.goes(*item);
            unit.steps.extend(self.undone(*item));
            self.doubt(*item);
        }
    }

    /// A list whose commands can be put between others.
    fn placed(&mut self, group: &Ordered<'_>, lost: &Lost) {
        let placement = Placement::of(group);
        let place = group.after.first().or(group.before.first());
        let mut unit = self.unit((Phase::Rest, place.map_or(0, |item| item.position())));
        self.taken_back(&mut unit, &placement.removed);
        for (item, arrival) in placement.arrivals() {
            if arrival.is_new {
                unit.comes(item);
                self.arrive(&mut unit, item);
            }
            let beside = arrival
                .beside
                .map(|beside| self.manner.insert(&self.section, item, beside));
            unit.steps.extend(beside);
        }
        self.units.push(unit);
        for (_, old, new) in placement.common {
            self.kept(old, new, lost);
        }
    }

    fn rebuilt(&mut self, group: &Ordered<'_>, negation: String) {
        let place = group.before.first().map_or(0, |item| item.position());
        let mut unit = self.unit((Phase::Rest, place));
        unit.steps.push(self.step(negation));
        for item in &group.before {
            unit.goes(*item);
            self.doubt(*item);
        }
        for item in &group.after {
            unit.comes(*item);
            self.arrive(&mut unit, *item);
        }
        self.units.push(unit);
    }

    /// Adds the steps that make a line and everything inside it.
    fn arrive(&mut self, unit: &mut Unit, item: Item<'_>) {
        self.doubt(item);
        if item.is_blob() && !self.manner.types(item) {
            let first = item.text().lines().next().unwrap_or_default();
            self.doubts.push(format!(
                "`{first}` begins a text of several lines, which is not set line by line"
            ));
            return;
        }
        if item.children().is_empty() {
            unit.steps.extend(self.set(item));
            return;
        }
        self.section.push(item.text().to_owned());
        let mut children: Vec<_> = item.children().items().collect();
        children.sort_by_key(|child| (self.manner.is_mark(*child), service::turn(*child)));
        for child in queue::in_turn(children) {
            let before = unit.steps.len();
            self.arrive(unit, child);
            unit.late.extend(Part::behind(child, &unit.steps[before..]));
        }
        self.section.pop();
    }

    fn inside(&mut self, item: Item<'_>, rank: (Phase, usize), visit: impl FnOnce(&mut Self)) {
        self.section.push(item.text().to_owned());
        self.rank.push(rank);
        visit(self);
        self.rank.pop();
        self.section.pop();
    }

    fn unit(&self, rank: (Phase, usize)) -> Unit {
        let mut whole = self.rank.clone();
        whole.push(rank);
        Unit::new(whole)
    }

    fn step(&self, line: String) -> Step {
        Step {
            section: self.section.clone(),
            line,
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

    fn doubt_default(&mut self, item: Item<'_>) {
        match item.rule().filter(|rule| rule.leaves_unknown()) {
            Some(rule) if rule.prints_one_form => {
                self.unprinted.insert(item.positive().to_owned());
            }
            Some(_) => self.doubts.push(unknown(item.positive())),
            None => {}
        }
    }

    /// What switches a statement off comes when the statement is there.
    fn arrival_phase(&self, item: Item<'_>) -> Phase {
        match item.rule() {
            _ if self.manner.is_mark(item) => Phase::Last,
            Some(rule) if !rule.stops(item.text()).is_empty() => Phase::Remove,
            Some(rule) if item.is_negated() && !rule.starts(item.text()).is_empty() => Phase::Last,
            Some(rule) if rule.first => Phase::First,
            _ => Phase::Rest,
        }
    }

    fn doubt(&mut self, item: Item<'_>) {
        match item.rule() {
            None => {
                let first = item.text().lines().next().unwrap_or_default();
                self.doubts
                    .push(format!("the grammar does not know `{first}`"));
            }
            Some(_) => self.doubt_inside(item),
        }
    }

    /// Of a line that is known to open no section nobody knows what becomes of the lines that stand inside all the same.
    fn doubt_inside(&mut self, item: Item<'_>) {
        if item.rule().is_some_and(|rule| rule.opens().is_none()) {
            item.children().items().for_each(|child| self.doubt(child));
        }
    }
}

fn unknown(line: &str) -> String {
    format!("nobody knows what holds without `{line}` or its negation")
}

/// Names the lines that another one of the same text takes the place of. A device that prints both knows two commands.
fn twice(configuration: &Configuration) -> impl Iterator<Item = String> {
    let pieces = match configuration.has_paths() {
        // Paths may be written as they are typed, one after the other.
        true => Vec::new(),
        false => configuration.unread(),
    };
    let twice = pieces
        .into_iter()
        .filter(|piece| piece.why == WhyLeftOut::Overwritten);
    twice.map(|piece| {
        let first = piece.text.trim().lines().next().unwrap_or_default();
        format!("`{first}` stands beside another line that the grammar takes for the same command")
    })
}

/// Says whether a line stands with which nothing disappears with another one: a peer with an AS of its own outlives its group.
fn is_spared(item: Item<'_>, matching: &Matching<'_>) -> bool {
    let spared = item.rule().map(|rule| rule.spared_by(item.text()));
    let spared = spared.unwrap_or_default();
    let stands = |other: &Item<'_>| {
        beginnings(other.text()).any(|start| spared.iter().any(|own| own == start))
    };
    !spared.is_empty()
        && (matching.removed.iter().any(stands) || matching.both.iter().any(|(old, _)| stands(old)))
}

fn from_the_end(item: Item<'_>) -> usize {
    usize::MAX - item.position()
}

fn removal_phase(item: Item<'_>) -> Phase {
    match item.rule() {
        Some(rule) if rule.make_before_break => Phase::Last,
        Some(rule) if !rule.stops(item.text()).is_empty() => Phase::Last,
        Some(rule) if rule.first && !takes_others(rule, item.text()) => Phase::First,
        _ => Phase::Remove,
    }
}

/// Says whether lines go with one that say more than the same in other sections.
fn takes_others(rule: &Rule, line: &str) -> bool {
    rule.destroys(line).iter().any(|start| start != line)
}

/// Says whether the old value can go for a while: of a line by which the device is reached it must not.
fn can_go_first(old: Item<'_>) -> bool {
    let has_to_stay = old.rule().is_some_and(|rule| rule.make_before_break);
    !old.is_section() && !has_to_stay
}

/// Says whether the old value has to go before the new one: a section always, a line where the device refuses or merges.
fn must_go_first(old: Item<'_>, new: Item<'_>) -> bool {
    let is_negation = old.is_negated() || new.is_negated();
    let is_stubborn = |rule: &Rule| rule.remove_first || rule.adds();
    let is_stubborn = old.rule().is_some_and(is_stubborn) && !is_negation;
    is_stubborn || old.is_section() || new.is_section()
}
