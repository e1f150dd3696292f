//! What is sent in one go, and what does it need?

use std::collections::HashSet;

use super::barrier::apart;
use super::lost::Lost;
use crate::config::canonical::Item;
use crate::model::Step;
use crate::platform::{Mention, Rule};

/// The place of a unit where nothing needs another one: phase and position, outermost section first.
pub(super) type Rank = Vec<(Phase, usize)>;

/// When something happens among its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Lines go.
    Remove,
    /// Lines that the others need, or that make the device drop others.
    First,
    /// Lines come or change.
    Rest,
    /// Lines go that had to wait for their replacement.
    Last,
}

/// Steps that stay together, and what they need and give.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) rank: Rank,
    pub(super) steps: Vec<Step>,
    /// Names that are there afterwards.
    pub(super) defines: Vec<String>,
    /// Names that have to be there before.
    pub(super) uses: Vec<String>,
    /// Names that are gone, at least in part, afterwards.
    pub(super) undefines: Vec<String>,
    /// Names that are not needed any more afterwards.
    pub(super) unuses: Vec<String>,
    /// Those of the names that go which nobody needs any more, by a commit, before.
    pub(super) freed: Vec<String>,
    /// Things that nobody else may have.
    pub(super) claims: Vec<String>,
    /// Things that somebody else can have afterwards.
    pub(super) releases: Vec<String>,
    /// Names that it speaks of afterwards, and those that it spoke of before.
    pub(super) mentions: [Vec<Mention>; 2],
    /// What it had better wait for, where nothing is in the way.
    pub(super) wishes: Vec<String>,
    /// What others had better wait for.
    pub(super) grants: Vec<String>,
    /// The guards in it, each with the names that it uses.
    pub(super) guarding: Vec<(String, Vec<String>)>,
    /// The guards whose names had better be there before it comes.
    pub(super) guarded_by: Vec<String>,
    /// Whether it comes as soon as it can.
    pub(super) is_urgent: bool,
    /// What takes the old value back, where the unit overwrites one.
    pub(super) undo: Vec<Step>,
    /// Those of the steps that can come later than the others.
    pub(super) late: Vec<Part>,
    /// What can be taken back before the rest goes; not among the steps.
    pub(super) early: Vec<Part>,
}

/// Steps of one line that uses names, or has what nobody else may have.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) steps: Vec<Step>,
    pub(super) names: Vec<String>,
    /// What somebody else can have when the line is taken back.
    pub(super) frees: Vec<String>,
}

impl Part {
    /// Returns what can come behind the rest: a line that uses names.
    pub(super) fn behind(item: Item<'_>, steps: &[Step]) -> Option<Self> {
        let rule = item.rule().filter(|_| is_reference(item))?;
        Some(Self {
            steps: steps.to_vec(),
            names: rule.uses(item.text()),
            frees: Vec::new(),
        })
    }

    /// Returns what can be taken back before the rest: a line that uses names, or has what nobody else may have.
    pub(super) fn before(item: Item<'_>, undone: impl FnOnce() -> Vec<Step>) -> Option<Self> {
        let rule = item.rule().filter(|_| is_plain(item))?;
        let names = match rule.only_uses() {
            true => rule.uses(item.text()),
            false => Vec::new(),
        };
        let frees = rule.claims(item.text());
        (rule.only_uses() || !frees.is_empty()).then(|| Self {
            steps: undone(),
            names,
            frees,
        })
    }

    /// Says whether the line has a thing that nobody else may have.
    pub(super) fn has_thing(&self, name: &str) -> bool {
        self.frees.iter().any(|thing| thing == name)
    }

    /// Says whether the line uses a name.
    pub(super) fn uses_name(&self, name: &str) -> bool {
        self.names.iter().any(|used| used == name)
    }
}

impl Unit {
    pub(super) fn new(rank: Rank) -> Self {
        Self {
            rank,
            steps: Vec::new(),
            defines: Vec::new(),
            uses: Vec::new(),
            undefines: Vec::new(),
            unuses: Vec::new(),
            freed: Vec::new(),
            claims: Vec::new(),
            releases: Vec::new(),
            mentions: Default::default(),
            wishes: Vec::new(),
            grants: Vec::new(),
            guarding: Vec::new(),
            guarded_by: Vec::new(),
            is_urgent: false,
            undo: Vec::new(),
            late: Vec::new(),
            early: Vec::new(),
        }
    }

    /// Notes what a line, and the lines inside it, give and need once they are there.
    pub(super) fn comes(&mut self, item: Item<'_>) {
        if let Some(rule) = item.rule() {
            self.defines.extend(rule.defines(item.text()));
            self.uses.extend(rule.uses(item.text()));
            self.uses.extend(rule.needs(item.text()));
            self.claims.extend(rule.claims(item.text()));
            self.claims.extend(rule.never_beside(item.text()));
            self.claims
                .extend(rule.apart(item.text()).iter().map(apart));
            self.mentions[0].extend(rule.mentions(item.text()));
        }
        item.children().items().for_each(|child| self.comes(child));
    }

    /// Notes what a line, and the lines inside it, no longer give and need once they are gone.
    pub(super) fn goes(&mut self, item: Item<'_>) {
        if let Some(rule) = item.rule() {
            self.undefines.extend(rule.defines(item.text()));
            self.unuses.extend(rule.uses(item.text()));
            self.releases.extend(rule.claims(item.text()));
            self.releases.extend(rule.sort(item.text()));
            self.releases
                .extend(rule.apart(item.text()).iter().map(apart));
            if rule.freed_apart {
                self.freed.extend(rule.defines(item.text()));
            }
            self.mentions[1].extend(rule.mentions(item.text()));
        }
        item.children().items().for_each(|child| self.goes(child));
    }

    /// Notes that a line goes ahead of another one, or behind others, by a commit.
    pub(super) fn goes_apart(&mut self, item: Item<'_>, lost: &Lost) {
        self.releases.extend(lost.goes_ahead_of(item).map(apart));
        self.comes_apart(item, lost);
    }

    /// Notes that a line comes behind others, by a commit.
    pub(super) fn comes_apart(&mut self, item: Item<'_>, lost: &Lost) {
        self.claims.extend(lost.goes_behind(item).iter().map(apart));
    }

    /// Returns its first line, with the sections around it, for people.
    pub(super) fn name(&self) -> String {
        let Some(step) = self.steps.first() else {
            return "what goes by itself".to_owned();
        };
        let first = step.line.lines().next().unwrap_or_default();
        let path = step.section.iter().map(String::as_str).chain([first]);
        format!("`{}`", path.collect::<Vec<_>>().join(" / "))
    }

    /// Says whether one of its lines touches the way by which the device is reached.
    pub(super) fn touches(&self, way: &dyn Fn(&str) -> bool) -> bool {
        self.steps.iter().any(|step| {
            let path = step.section.iter().chain([&step.line]);
            let path: Vec<&str> = path.map(String::as_str).collect();
            way(&path.join(" "))
        })
    }

    /// Puts it behind all that nothing makes wait for it.
    pub(super) fn wait_for_the_end(&mut self) {
        if let Some((phase, _)) = self.rank.first_mut() {
            *phase = Phase::Last;
        }
    }

    /// One of the lines that used a name is not in the unit any more.
    pub(super) fn needs_once_less(&mut self, name: &str) {
        take_one(&mut self.uses, name);
    }

    /// One of the lines that no longer use a name is not in the unit any more.
    pub(super) fn frees_once_less(&mut self, name: &str) {
        take_one(&mut self.unuses, name);
    }

    /// Notes that a line goes by itself with what a marker stands for. What takes it along does not wait for it.
    pub(super) fn falls(&mut self, item: Item<'_>, marker: &str) {
        self.claims.push(marker.to_owned());
        if let Some(rule) = item.rule().filter(|rule| rule.is_follower()) {
            let uses = rule.uses(item.text());
            self.unuses.retain(|name| !uses.contains(name));
        }
    }

    /// Leaves out what it would only wish of itself, or needs anyway.
    pub(super) fn settle_wishes(&mut self) {
        let Self {
            wishes,
            grants,
            defines,
            uses,
            ..
        } = self;
        if wishes.is_empty() {
            return;
        }
        wishes.sort();
        wishes.dedup();
        let own: HashSet<&String> = grants.iter().chain(&*defines).chain(&*uses).collect();
        wishes.retain(|name| !own.contains(name));
    }

    /// Leaves out what stays as it was, so that a unit never waits for itself.
    pub(super) fn settle(&mut self) {
        let Self {
            defines,
            uses,
            undefines,
            unuses,
            freed,
            claims,
            releases,
            ..
        } = self;
        undefines.retain(|name| !defines.contains(name));
        freed.retain(|name| undefines.contains(name));
        unuses.retain(|name| !uses.contains(name));
        uses.retain(|name| !defines.contains(name));
        unuses.retain(|name| !undefines.contains(name));
        let kept: Vec<String> = claims
            .iter()
            .filter(|name| releases.contains(name))
            .cloned()
            .collect();
        claims.retain(|name| !kept.contains(name));
        releases.retain(|name| !kept.contains(name));
    }
}

/// Says whether a line uses names and does nothing else that others wait for.
fn is_reference(item: Item<'_>) -> bool {
    is_plain(item) && item.rule().is_some_and(Rule::only_uses)
}

fn is_plain(item: Item<'_>) -> bool {
    item.group().is_none() && !item.is_section() && !item.is_blob()
}

fn take_one(names: &mut Vec<String>, name: &str) {
    if let Some(place) = names.iter().position(|known| known == name) {
        names.swap_remove(place);
    }
}
