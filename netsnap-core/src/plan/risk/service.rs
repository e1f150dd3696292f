//! Is something in service without its filter, for a moment?
//!
//! A neighbour that is made before a device takes its filter; a filter that has to go before another one can come.

use super::{Subject, risk};
use crate::model::{RiskClass, Step, StepRisk};
use crate::platform::{Rule, SectionId};

/// What a step does to things that are filtered, each with the depth of the section that it stands in.
struct Deed<'s> {
    section: &'s [String],
    rule: Option<&'s Rule>,
    line: &'s str,
    is_removed: bool,
}

/// Returns, for each step, the risk of something that passes unfiltered until a later step.
pub(super) fn unfiltered(subject: &Subject<'_>, steps: &[Step]) -> Vec<Option<StepRisk>> {
    let deeds: Vec<Deed<'_>> = steps.iter().map(|step| Deed::of(subject, step)).collect();
    let risky = deeds.iter().enumerate().map(|(place, deed)| {
        let later = &deeds[place + 1..];
        let guard = deed
            .brings_out_before(later)
            .or_else(|| deed.makes_way_for(later))?;
        let reason = format!(
            "everything passes until `{}` is there: what filters it comes later",
            guard.line
        );
        Some(risk(RiskClass::FailOpen, reason))
    });
    risky.collect()
}

impl<'s> Deed<'s> {
    fn of(subject: &'s Subject<'_>, step: &'s Step) -> Self {
        let grammar = &subject.platform.grammar;
        let opened =
            |section, header: &String| grammar.opens(section, header).unwrap_or(SectionId::UNKNOWN);
        let section = step.section.iter().fold(SectionId::GLOBAL, opened);
        Self {
            section: &step.section,
            rule: grammar
                .find(section, &step.line)
                .map(|number| grammar.rule(number)),
            line: &step.line,
            is_removed: grammar.negation().is_on(&step.line),
        }
    }

    fn filters(&self) -> Vec<String> {
        self.rule
            .map(|rule| rule.guards(self.line))
            .unwrap_or_default()
    }

    /// Returns the filter that comes after what it filters.
    fn brings_out_before<'d>(&self, later: &'d [Self]) -> Option<&'d Self> {
        let mut things = self.starts();
        if let Some(rule) = self.rule.filter(|_| !self.is_removed) {
            let exposed = rule.exposes(self.line).into_iter();
            // What others join is in service with the first that does.
            let is_joined = |thing: &String| later.iter().any(|deed| deed.starts().contains(thing));
            things.extend(exposed.filter(|thing| !is_joined(thing)));
        }
        if things.is_empty() {
            return None;
        }
        later.iter().find(|deed| {
            let is_inside = deed.section.starts_with(self.section) && !deed.is_removed;
            is_inside && deed.filters().iter().any(|thing| things.contains(thing))
        })
    }

    fn starts(&self) -> Vec<String> {
        self.rule
            .map(|rule| rule.starts(self.line))
            .unwrap_or_default()
    }

    /// Returns the filter that comes after the old one is gone.
    fn makes_way_for<'d>(&self, later: &'d [Self]) -> Option<&'d Self> {
        let rule = self
            .rule
            .filter(|_| self.is_removed && !self.filters().is_empty())?;
        later.iter().find(|deed| {
            let is_same = deed.section == self.section
                && !deed.is_removed
                && deed.filters() == self.filters();
            is_same && rule.is_same_command(deed.line, self.line)
        })
    }
}
